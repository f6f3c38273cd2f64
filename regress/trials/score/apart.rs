//! Two runs of one program, minutes apart: how often they differ by more than they are allowed to.
//!
//! ```text
//!   rounds   0 ──── start ──── start + NULL ─────────────────────── 512
//!                     │  null run  │   ·run  ── APART or more ──  ·run
//! ```

use regress::compare::{NullProcess, Options, SMALLEST, seen_between};
use regress::stats::{Sample, median};

use super::samples::{Process, Samples};
use super::table::{markdown, percent};

/// Rounds of a null run.
pub const NULL: usize = 60;

/// Rounds between two runs that are compared: two minutes and more.
const APART: usize = 40;

/// Rounds from the start of one null run to that of the next.
const STEP: usize = 10;

/// Null runs start early enough to leave so many rounds for later runs.
const LATER: usize = 100;

/// Processes of a long run.
const LONG: usize = 20;

/// Their processes differ by a third and more, whatever the program does.
const UNSTEADY: [&str; 2] = ["chase", "pingpong"];

/// A run that is compared with another: the middle and the best of all its processes.
#[derive(Clone, Copy)]
struct Taken {
    median: f64,
    min: f64,
}

/// What is counted over pairs of runs.
#[derive(Clone, Copy, Default)]
pub struct Count {
    pairs: usize,
    beyond: usize,
    doublings_found: usize,
}

impl Count {
    fn plus(self, other: Count) -> Count {
        Count {
            pairs: self.pairs + other.pairs,
            beyond: self.beyond + other.beyond,
            doublings_found: self.doublings_found + other.doublings_found,
        }
    }

    /// The share of the pairs that would have been told apart, were they significant.
    pub fn beyond(self) -> f64 {
        self.beyond as f64 / self.pairs as f64
    }

    /// The share of the pairs whose new side, made twice as slow, lies beyond.
    pub fn doublings(self) -> f64 {
        self.doublings_found as f64 / self.pairs as f64
    }
}

/// All null runs of one kind, and the runs after them.
pub struct Nulls {
    /// What each allows, as a ratio.
    pub allowances: Vec<f64>,
    /// Single processes against single processes: by what was seen, and by what is stated.
    pub single: [Count; 2],
    /// 20 processes against 20: the same.
    pub long: [Count; 2],
    /// The share of single pairs beyond what was seen, after the null run that says least of what follows.
    pub worst: f64,
}

/// * `rounds`: of a null run.
/// * `stated`: what too few processes can only widen.
pub fn nulls(samples: &Samples, kind: usize, rounds: usize, stated: f64) -> Nulls {
    let (old, new) = (&samples.old[kind], &samples.new[kind][0]);
    let single = (runs(old, 1), runs(new, 1));
    let long = (runs(old, LONG), runs(new, LONG));
    let between_runs = Options::default().between_runs;
    let mut nulls = Nulls { allowances: Vec::new(), single: <_>::default(), long: <_>::default(), worst: 0.0 };
    for start in (0..old.len() - rounds - LATER).step_by(STEP) {
        let end = start + rounds;
        let processes: Vec<NullProcess> = old[start..end].iter().chain(&new[start..end]).map(null_process).collect();
        let seen = seen_between(&processes, stated).expect("enough processes, all of which took some time");
        let after = |(old, new): &(Vec<Taken>, Vec<Taken>), allowance| count(&old[end..], &new[end..], allowance);
        let by_seen = after(&single, seen);
        nulls.worst = nulls.worst.max(by_seen.beyond());
        nulls.single = [nulls.single[0].plus(by_seen), nulls.single[1].plus(after(&single, between_runs))];
        nulls.long = [nulls.long[0].plus(after(&long, seen)), nulls.long[1].plus(after(&long, between_runs))];
        nulls.allowances.push(seen);
    }
    nulls
}

fn null_process(process: &Process) -> NullProcess {
    NullProcess { median: process.median, best: process.min }
}

/// A run from every round on.
fn runs(processes: &[Process], length: usize) -> Vec<Taken> {
    let run = |part: &[Process]| Taken {
        median: median(&Sample::new(part.iter().map(|process| process.median).collect()).expect("recorded")),
        min: part.iter().map(|process| process.min).fold(f64::INFINITY, f64::min),
    };
    processes.windows(length).map(run).collect()
}

/// Every old run against every new one that lies far enough from it.
fn count(old: &[Taken], new: &[Taken], allowance: f64) -> Count {
    let effect = Options::default().smallest_effect;
    let mut count = Count::default();
    for (i, old) in old.iter().enumerate() {
        for (_, new) in new.iter().enumerate().filter(|(j, _)| i.abs_diff(*j) >= APART) {
            let (center, best) = (new.median / old.median, new.min / old.min);
            let is_slower = |factor: f64| factor * center > allowance * effect && factor * best >= allowance;
            let is_faster = center * allowance * effect < 1.0 && best * allowance <= 1.0;
            count.pairs += 1;
            count.beyond += usize::from(is_slower(1.0) || is_faster);
            count.doublings_found += usize::from(is_slower(2.0));
        }
    }
    count
}

/// What is stated against what a null run saw, by kind.
pub fn by_kind(samples: &Samples) -> String {
    let mut rows = vec![cells([
        "kind",
        "beyond ×1.75",
        "doublings found",
        "seen by null runs (least … most)",
        "beyond what was seen",
        "after the worst null run",
        "doublings found",
        "20 processes: beyond ×1.75",
        "doublings found",
        "beyond what was seen",
        "doublings found",
    ])];
    rows.extend((0..samples.kinds.len()).map(|kind| row(samples, kind)));
    markdown(&rows)
}

/// One line of [`by_kind`].
pub fn row(samples: &Samples, kind: usize) -> Vec<String> {
    let Nulls { allowances, single, long, worst } = nulls(samples, kind, NULL, Options::default().between_runs);
    let seen = Sample::new(allowances).expect("some null runs");
    vec![
        samples.kinds[kind].clone(),
        percent(single[1].beyond()),
        percent(single[1].doublings()),
        format!("×{:.2} (×{:.2} … ×{:.2})", median(&seen), seen.min(), seen.max()),
        percent(single[0].beyond()),
        percent(worst),
        percent(single[0].doublings()),
        percent(long[1].beyond()),
        percent(long[1].doublings()),
        percent(long[0].beyond()),
        percent(long[0].doublings()),
    ]
}

/// How long a null run has to be: pairs beyond what it saw, were it believed.
pub fn by_length(samples: &Samples) -> String {
    let mut rows = vec![cells([
        "rounds",
        "six steady kinds",
        "the worst of them",
        "after its worst null run",
        "pingpong",
        "chase",
    ])];
    for rounds in [10, 20, 40, 60, 80] {
        let nulls = samples
            .kinds
            .iter()
            .enumerate()
            .map(|(kind, name)| (name.as_str(), nulls(samples, kind, rounds, SMALLEST)));
        let (unsteady, steady): (Vec<_>, Vec<_>) = nulls.partition(|(name, _)| UNSTEADY.contains(name));
        let beyond = |nulls: &Nulls| nulls.single[0].beyond();
        let of = |wanted: &str| {
            let (_, nulls) = unsteady.iter().find(|(name, _)| *name == wanted).expect("a kind");
            percent(beyond(nulls))
        };
        let most = |share: fn(&Nulls) -> f64| steady.iter().map(|(_, nulls)| share(nulls)).fold(0.0, f64::max);
        let mean = steady.iter().map(|(_, nulls)| beyond(nulls)).sum::<f64>() / steady.len() as f64;
        let worst = [percent(most(|nulls| nulls.single[0].beyond())), percent(most(|nulls| nulls.worst))];
        let [worst_kind, worst_null] = worst;
        rows.push(vec![rounds.to_string(), percent(mean), worst_kind, worst_null, of("pingpong"), of("chase")]);
    }
    markdown(&rows)
}

/// Pairs beyond one ratio for all, by kind: where ×1.75 comes from.
pub fn by_ratio(samples: &Samples) -> String {
    const RATIOS: [f64; 4] = [1.5, 1.6, 1.75, 1.9];
    const GROUPS: [(&str, &[&str]); 5] = [
        ("arithmetic, sorting, system calls", &["alu", "sort", "syscall"]),
        ("parsing, allocator", &["parse", "alloc"]),
        ("hash map", &["map"]),
        ("threads handing over", &["pingpong"]),
        ("pointer chase through memory", &["chase"]),
    ];
    let mut rows = vec![cells(["unchanged kernel", "pairs beyond ×1.5", "×1.6", "×1.75", "×1.9"])];
    for (name, kinds) in GROUPS {
        let kinds =
            samples.kinds.iter().enumerate().filter(|(_, kind)| kinds.contains(&kind.as_str())).map(|(kind, _)| kind);
        let kinds: Vec<usize> = kinds.collect();
        let share = |ratio: f64| {
            let of =
                |&kind: &usize| count(&runs(&samples.old[kind], 1), &runs(&samples.new[kind][0], 1), ratio).beyond();
            percent(kinds.iter().map(of).sum::<f64>() / kinds.len() as f64)
        };
        rows.push(std::iter::once(name.to_owned()).chain(RATIOS.map(share)).collect());
    }
    markdown(&rows)
}

fn cells<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}
