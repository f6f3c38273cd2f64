use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// What the machine has counted until now. Two of them, one before and one after, give [`Conditions`].
///
/// Taking one reads four small files and asks the system once: 0.05 ms on a virtual machine of two processors.
#[derive(Clone, Debug)]
pub struct Snapshot {
    at: Instant,
    load: Option<f64>,
    processors: Option<Processors>,
    /// Seconds in which some process was ready and had to wait for a processor.
    waiting_seconds: Option<f64>,
    children: Option<Children>,
    frequency: Option<Frequency>,
    throttled: Option<u64>,
}

/// What the machine did in a stretch of time: while a process or a round was measured. Absent is what the system does
/// not say; on other systems than Linux that is most of it.
///
/// The system counts the time of processors in ticks of 10 ms: of a stretch of 50 ms these are coarse.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    /// The stretch of time itself, seconds.
    #[serde(rename = "took", skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Processes that wanted to run, averaged over the last minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<f64>,
    /// Processor time that all programs used together, on all processors, seconds.
    #[serde(rename = "busy", skip_serializing_if = "Option::is_none")]
    pub busy_seconds: Option<f64>,
    /// Processor time that was wanted here and went to other virtual machines, on all processors, seconds.
    #[serde(rename = "stolen", skip_serializing_if = "Option::is_none")]
    pub stolen_seconds: Option<f64>,
    /// Processor time of the measured processes, as far as they have ended, seconds.
    #[serde(rename = "ours", skip_serializing_if = "Option::is_none")]
    pub our_seconds: Option<f64>,
    /// Time in which some process of the machine was ready and had to wait for a processor, seconds.
    #[serde(rename = "waiting", skip_serializing_if = "Option::is_none")]
    pub waiting_seconds: Option<f64>,
    /// How often a processor was taken away from the measured processes, as far as they have ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preempted: Option<u64>,
    /// The fastest processor at the end, megahertz: the one that had work.
    #[serde(rename = "mhz", skip_serializing_if = "Option::is_none")]
    pub megahertz: Option<f64>,
    /// The most it can do, megahertz.
    #[serde(rename = "max_mhz", skip_serializing_if = "Option::is_none")]
    pub megahertz_max: Option<f64>,
    /// How often the first processor was slowed down because it was too hot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttled: Option<u64>,
}

/// Of what was wanted. A budget of 3 % cannot be judged where a twentieth is missing.
const STOLEN_RATIO_MAX: f64 = 0.05;

/// Of the stretch. Chosen: what now and then wakes up is done sooner. Where six programs wanted two processors, it was
/// 0.84 and more in nine of ten stretches of 80 ms.
const WAITING_RATIO_MAX: f64 = 0.1;

/// Of one processor. Half of one is a program that runs, not a clock or a log that is written: it shares cache,
/// memory and the frequency of the chip even where it has a processor of its own.
const OTHERS_RATIO_MAX: f64 = 0.5;

/// Chosen: when all cores work, a chip runs at 0.7 of what one core alone may do, or more. Below is saving or heat.
const FREQUENCY_RATIO_MIN: f64 = 0.6;

/// What a difference of two counters of ticks has to exceed: each is off by up to one on each of two processors.
const COUNTED_SECONDS_MIN: f64 = 0.03;

impl Snapshot {
    /// Now.
    pub fn now() -> Snapshot {
        Snapshot {
            load: crate::io::machine::load(),
            processors: read(Path::new("/proc/stat")).as_deref().and_then(processors),
            waiting_seconds: read(Path::new("/proc/pressure/cpu")).as_deref().and_then(waiting_seconds),
            children: Children::now(),
            frequency: Frequency::now(),
            throttled: number(Path::new("/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count")),
            at: Instant::now(),
        }
    }

    /// What happened between `earlier` and this.
    pub fn since(&self, earlier: &Snapshot) -> Conditions {
        let processors = self.processors.zip(earlier.processors);
        let children = self.children.zip(earlier.children);
        // Counters that a suspended machine or a leaving processor takes back count as nothing.
        let seconds = |now: f64, then: f64| rounded((now - then).max(0.0));
        Conditions {
            seconds: Some(rounded(self.at.saturating_duration_since(earlier.at).as_secs_f64())),
            load: self.load,
            busy_seconds: processors.map(|(now, then)| seconds(now.busy_seconds, then.busy_seconds)),
            stolen_seconds: processors.map(|(now, then)| seconds(now.stolen_seconds, then.stolen_seconds)),
            our_seconds: children.map(|(now, then)| seconds(now.seconds, then.seconds)),
            waiting_seconds: self.waiting_seconds.zip(earlier.waiting_seconds).map(|(now, then)| seconds(now, then)),
            preempted: children.map(|(now, then)| now.preempted.saturating_sub(then.preempted)),
            megahertz: self.frequency.map(|frequency| frequency.megahertz),
            megahertz_max: self.frequency.and_then(|frequency| frequency.megahertz_max),
            throttled: self.throttled.zip(earlier.throttled).map(|(now, then)| now.saturating_sub(then)),
        }
    }
}

impl Conditions {
    /// What disturbed the measurement, in words; the gravest first. `None` when nothing is known to have.
    pub fn disturbance(&self) -> Option<String> {
        self.theft().or_else(|| self.heat()).or_else(|| self.slowness()).or_else(|| self.crowd())
    }

    fn theft(&self) -> Option<String> {
        let (stolen, busy) = self.stolen_seconds.zip(self.busy_seconds)?;
        let ratio = stolen / (stolen + busy);
        let is_much = COUNTED_SECONDS_MIN <= stolen && STOLEN_RATIO_MAX < ratio;
        is_much.then(|| format!("other virtual machines took {:.0} % of the processor time", ratio * 100.0))
    }

    fn heat(&self) -> Option<String> {
        self.throttled.filter(|count| 0 < *count).map(|_| "the processor was slowed down by its heat".to_owned())
    }

    fn slowness(&self) -> Option<String> {
        let (now, max) = self.megahertz.zip(self.megahertz_max)?;
        let gigahertz = |megahertz: f64| megahertz / 1000.0;
        (now < FREQUENCY_RATIO_MIN * max)
            .then(|| format!("the processor ran at {:.1} of {:.1} GHz", gigahertz(now), gigahertz(max)))
    }

    fn crowd(&self) -> Option<String> {
        let seconds = self.seconds.filter(|seconds| 0.0 < *seconds)?;
        let waited = self.waiting_seconds.map(|waiting| waiting / seconds).filter(|ratio| WAITING_RATIO_MAX < *ratio);
        if let Some(ratio) = waited {
            let percent = ratio.min(1.0) * 100.0;
            return Some(format!("processes had to wait for a processor in {percent:.0} % of the time"));
        }
        let others = self.busy_seconds? - self.our_seconds?;
        let is_much = COUNTED_SECONDS_MIN <= others && OTHERS_RATIO_MAX < others / seconds;
        is_much.then(|| format!("other programs kept {:.1} processors busy", others / seconds))
    }
}

/// To microseconds: a line of a journal is long enough.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

/// Since the machine was started, all processors together.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Processors {
    busy_seconds: f64,
    stolen_seconds: f64,
}

/// Linux counts in hundredths of a second for programs, whatever it does inside (`USER_HZ`).
const SECONDS_PER_TICK: f64 = 0.01;

/// The first line of `/proc/stat`: `cpu  user nice system idle iowait irq softirq steal …`, in ticks.
fn processors(text: &str) -> Option<Processors> {
    let numbers = text.lines().next()?.strip_prefix("cpu ")?.split_ascii_whitespace();
    let ticks: Vec<f64> = numbers.take(8).map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let [user, nice, system, _idle, _iowait, irq, softirq, steal] = ticks.try_into().ok()?;
    Some(Processors {
        busy_seconds: (user + nice + system + irq + softirq) * SECONDS_PER_TICK,
        stolen_seconds: steal * SECONDS_PER_TICK,
    })
}

/// `total` of the line `some` of `/proc/pressure/cpu`, which is in microseconds.
fn waiting_seconds(text: &str) -> Option<f64> {
    let total = text.lines().find(|line| line.starts_with("some "))?.split(' ').next_back()?.strip_prefix("total=")?;
    Some(total.parse::<f64>().ok()? * 1e-6)
}

/// All processes that this one started and that have ended, and theirs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Children {
    /// Of processors, in the program and in the system.
    seconds: f64,
    preempted: u64,
}

impl Children {
    #[cfg(unix)]
    fn now() -> Option<Children> {
        use nix::sys::resource::{UsageWho, getrusage};
        use nix::sys::time::TimeValLike;

        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
        let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        let preempted = u64::try_from(usage.involuntary_context_switches()).ok()?;
        Some(Children { seconds: microseconds as f64 * 1e-6, preempted })
    }

    #[cfg(not(unix))]
    fn now() -> Option<Children> {
        None
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Frequency {
    megahertz: f64,
    megahertz_max: Option<f64>,
}

impl Frequency {
    /// Of the fastest processor: the others may be asleep. Where the system hides it, as on virtual machines, what
    /// it says of the first one.
    fn now() -> Option<Frequency> {
        /// Chosen: more would take longer than all the rest; the first 16 tell of the chip.
        const PROCESSORS_MAX: usize = 16;
        let directory = |index: usize| PathBuf::from(format!("/sys/devices/system/cpu/cpu{index}/cpufreq"));
        let megahertz = |index: usize, file: &str| -> Option<f64> {
            Some(number(&directory(index).join(file))? as f64 * 1e-3) // from kilohertz
        };
        let fastest = (0..PROCESSORS_MAX).map_while(|index| megahertz(index, "scaling_cur_freq")).reduce(f64::max).map(
            |megahertz_now| Frequency { megahertz: megahertz_now, megahertz_max: megahertz(0, "cpuinfo_max_freq") },
        );
        fastest.or_else(|| {
            let megahertz = frequency_of(&read(Path::new("/proc/cpuinfo"))?)?;
            Some(Frequency { megahertz, megahertz_max: None })
        })
    }
}

/// The first `cpu MHz` of `/proc/cpuinfo`.
fn frequency_of(text: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with("cpu MHz"))?;
    line.split_once(':')?.1.trim().parse().ok()
}

fn number(path: &Path) -> Option<u64> {
    read(path)?.trim().parse().ok()
}

/// The beginning of a file of the system: all that is wanted stands there, and the rest has to be made first.
fn read(path: &Path) -> Option<String> {
    use std::io::Read;

    /// Holds the first processor of `/proc/cpuinfo`, whose list of flags is long.
    const BYTES: usize = 4096;
    if !cfg!(target_os = "linux") {
        return None;
    }
    let mut bytes = [0; BYTES];
    let length = std::fs::File::open(path).ok()?.read(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_writes_is_read() {
        let stat = "cpu  1303238 10857 158179 769818 18348 0 3149 2075 0 0\ncpu0 627044 4852 75995 417848 5693 0\n";
        // (1303238 + 10857 + 158179 + 0 + 3149) / 100 and 2075 / 100
        assert_eq!(processors(stat), Some(Processors { busy_seconds: 14_754.23, stolen_seconds: 20.75 }));
        let pressure = "some avg10=1.28 avg60=3.65 avg300=2.58 total=3276045051\nfull avg10=0.00 total=0\n";
        assert!((waiting_seconds(pressure).unwrap() - 3276.045051).abs() < 1e-6);
        assert_eq!(frequency_of("model\t: 1\ncpu MHz\t\t: 2600.000\n\ncpu MHz\t\t: 1.0\n"), Some(2600.0));
    }

    #[test]
    fn what_it_does_not_write_is_absent() {
        for text in ["", "cpu", "cpu  1 2 3", "cpu  1 2 3 4 5 6 7 x", "some", "some total=x", "cpu MHz", "cpu MHz : x"]
        {
            assert_eq!((processors(text), waiting_seconds(text), frequency_of(text)), (None, None, None), "{text:?}");
        }
    }

    #[track_caller]
    fn check(conditions: Conditions, expected: Option<&str>) {
        assert_eq!(conditions.disturbance().as_deref(), expected, "{conditions:?}");
    }

    /// A round of 100 ms of a process that keeps one processor busy, on a quiet machine.
    fn quiet() -> Conditions {
        Conditions {
            seconds: Some(0.1),
            load: Some(0.9),
            busy_seconds: Some(0.11),
            stolen_seconds: Some(0.0),
            our_seconds: Some(0.095),
            waiting_seconds: Some(0.001),
            preempted: Some(1),
            megahertz: Some(2900.0),
            megahertz_max: Some(3200.0),
            throttled: Some(0),
        }
    }

    #[test]
    fn a_disturbance_is_told_in_words() {
        check(quiet(), None);
        check(Conditions::default(), None);
        let stolen = |seconds| Conditions { stolen_seconds: Some(seconds), ..quiet() };
        // 0.03 / (0.03 + 0.11)
        check(stolen(0.03), Some("other virtual machines took 21 % of the processor time"));
        check(stolen(0.02), None); // two ticks may be none
        // Of a long stretch it takes more: 0.3 / (0.3 + 11) is 2.7 %.
        check(
            Conditions { busy_seconds: Some(11.0), seconds: Some(10.0), our_seconds: Some(10.9), ..stolen(0.3) },
            None,
        );
        check(Conditions { throttled: Some(2), ..quiet() }, Some("the processor was slowed down by its heat"));
        check(Conditions { megahertz: Some(1400.0), ..quiet() }, Some("the processor ran at 1.4 of 3.2 GHz"));
        check(Conditions { megahertz: Some(1400.0), megahertz_max: None, ..quiet() }, None);
        let waiting = Conditions { waiting_seconds: Some(0.031), ..quiet() };
        check(waiting, Some("processes had to wait for a processor in 31 % of the time"));
        let crowd = Conditions { busy_seconds: Some(0.195), ..quiet() };
        check(crowd.clone(), Some("other programs kept 1.0 processors busy"));
        check(Conditions { our_seconds: Some(0.19), ..crowd }, None); // it was ourselves, in two threads
    }

    #[test]
    fn a_stretch_is_what_was_counted_in_it() {
        let before = Snapshot::now();
        let mut after = before.clone();
        after.processors = Some(Processors { busy_seconds: 12.0, stolen_seconds: 1.0 });
        after.children = Some(Children { seconds: 2.25, preempted: 7 });
        let mut before = before;
        before.processors = Some(Processors { busy_seconds: 10.5, stolen_seconds: 1.5 });
        before.children = Some(Children { seconds: 2.0, preempted: 9 });
        let conditions = after.since(&before);
        assert_eq!((conditions.busy_seconds, conditions.our_seconds), (Some(1.5), Some(0.25)));
        assert_eq!((conditions.stolen_seconds, conditions.preempted), (Some(0.0), Some(0)), "counters never go back");
    }

    #[test]
    fn a_line_of_a_journal_brings_it_back() {
        let line = serde_json::to_string(&quiet()).unwrap();
        assert_eq!(serde_json::from_str::<Conditions>(&line).unwrap(), quiet());
        assert_eq!(serde_json::to_string(&Conditions::default()).unwrap(), "{}");
        assert_eq!(serde_json::from_str::<Conditions>("{}").unwrap(), Conditions::default());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_tells_of_a_process_that_ran() {
        let before = Snapshot::now();
        let mut shell = std::process::Command::new("sh");
        let status = shell.args(["-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"]).status();
        assert!(status.unwrap().success());
        let conditions = Snapshot::now().since(&before);
        assert!(0.0 < conditions.seconds.unwrap() && 0.0 < conditions.our_seconds.unwrap(), "{conditions:?}");
        assert!(conditions.busy_seconds.is_some() && conditions.preempted.is_some(), "{conditions:?}");
    }
}
