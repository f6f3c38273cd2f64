use std::fmt;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use crate::arguments::{Mode, TIMING};
use crate::measure::{self, Plan};
use crate::results::{Record, Value};
use crate::session::{self, Session};
use crate::table;

/// The body of a bench target that times single calls: what a user waits for, and how long the unlucky one waits.
///
/// An average hides the slow calls, and so does a measurement that times a thousand calls at once. Here each call is
/// timed on its own. A round is 1000 calls of a case (`--operations`), and is worth their 50th and their 99th
/// percentile, `time-p50` and `time-p99`. 20 rounds (`--repeats`) are taken, in which the cases take turns, so that each
/// meets the machine in its good and in its bad minutes; the result is the list of what the rounds saw.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     bench_meter::latency(|latency| {
///         latency.case("string/join/n100", || vec!["word"; 100], |words| words.join(" "));
///     })
/// }
/// ```
///
/// Exit codes, and what happens without `--bench`, as with [`crate::main`].
pub fn latency<'a>(cases: impl FnOnce(&mut Latency<'a>)) -> ExitCode {
    let session = match Session::begin(&TIMING) {
        Ok(session) => session,
        Err(exit_code) => return exit_code,
    };
    if session.arguments.mode != Mode::List && measure::is_counting() {
        session::note(format_args!(
            "this program counts its allocations, and that takes time: leave the allocator out"
        ));
    }
    let mut latency = Latency { session, cases: Vec::new() };
    cases(&mut latency);
    latency.carry_out()
}

/// Takes the cases of a bench target, then times their calls in turns.
pub struct Latency<'a> {
    session: Session,
    cases: Vec<Case<'a>>,
}

/// Carries out so many calls and appends what each took, in nanoseconds.
type Calls<'a> = Box<dyn FnMut(usize, &mut Vec<u64>) + 'a>;

struct Case<'a> {
    name: String,
    calls: Calls<'a>,
    /// Nanoseconds, one number for each round.
    rounds: Rounds,
}

#[derive(Default)]
struct Rounds {
    p50: Vec<u64>,
    p99: Vec<u64>,
}

/// Uncounted calls at the beginning of a round, as a share of its calls: the cases before have filled the caches.
const CALLS_PER_RETURN_CALL: usize = 100;

impl<'a> Latency<'a> {
    /// Times `call`, which is lent the input.
    ///
    /// Timed: everything in `call`, and reading the clock once. Not timed: `setup`, which makes one input for all
    /// calls, and the drop of what a call returns.
    ///
    /// * `name`: one line, used once per bench target, the same in every harness that measures the same work.
    pub fn case<I: 'a, O>(
        &mut self,
        name: impl Into<String>,
        mut setup: impl FnMut() -> I + 'a,
        mut call: impl FnMut(&mut I) -> O + 'a,
    ) {
        let name = name.into();
        if !self.session.takes(&name) {
            return;
        }
        let mut input = None;
        let calls = move |count: usize, nanoseconds: &mut Vec<u64>| {
            let input = input.get_or_insert_with(&mut setup);
            for _ in 0..count {
                nanoseconds.push(time(|| call(black_box(input))));
            }
        };
        self.cases.push(Case { name, calls: Box::new(calls), rounds: Rounds::default() });
    }

    fn carry_out(mut self) -> ExitCode {
        if self.session.is_sound() {
            match self.session.arguments.mode {
                Mode::Test => self.test(),
                Mode::Measure | Mode::Discard => self.measure(),
                Mode::List | Mode::Help | Mode::Nothing { .. } => {}
            }
        }
        self.session.finish()
    }

    fn test(&mut self) {
        for mut case in self.cases.drain(..) {
            self.session.test(case.name, || (case.calls)(1, &mut Vec::new()));
        }
    }

    fn measure(&mut self) {
        let Plan { operations: calls, repeats: rounds } = self.session.arguments.plan;
        let calls = calls as usize;
        let mut nanoseconds = Vec::with_capacity(calls);
        let mut clock = Vec::with_capacity(rounds as usize);
        // The warm-up is a round that nobody looks at.
        for round in 0..=rounds {
            clock.push(clock_nanoseconds(&mut nanoseconds));
            self.cases.retain_mut(|case| {
                nanoseconds.clear();
                let session = &mut self.session;
                let is_done = session.attempt(&case.name, || {
                    (case.calls)(calls / CALLS_PER_RETURN_CALL, &mut nanoseconds);
                    nanoseconds.clear();
                    (case.calls)(calls, &mut nanoseconds);
                });
                if is_done.is_some() && 0 < round {
                    case.rounds.push(&mut nanoseconds);
                }
                is_done.is_some()
            });
            // There and back: no case always follows the same one.
            self.cases.reverse();
        }
        self.session.clock_nanoseconds = Some(percentile(&mut clock, 50));
        self.cases.sort_by(|a, b| a.name.cmp(&b.name));
        for case in self.cases.drain(..) {
            let records = case.rounds.records(&case.name);
            self.session.print(format_args!("{}", table::line_of_calls(&case.name, &records)));
            self.session.keep(case.name, records);
        }
    }
}

impl Rounds {
    /// * `nanoseconds`: what the calls of a round took.
    fn push(&mut self, nanoseconds: &mut [u64]) {
        self.p50.push(percentile(nanoseconds, 50));
        self.p99.push(percentile(nanoseconds, 99));
    }

    fn records(self, benchmark: &str) -> Vec<Record> {
        let record = |metric: &str, samples| Record {
            benchmark: benchmark.to_owned(),
            metric: metric.to_owned(),
            unit: "ns".to_owned(),
            value: Value::Varying { samples },
        };
        vec![record(TIME_P50, self.p50), record(TIME_P99, self.p99)]
    }
}

pub(crate) const TIME_P50: &str = "time-p50";
pub(crate) const TIME_P99: &str = "time-p99";

/// Nanoseconds from before `call` until it has returned, and what one reading of the clock takes.
fn time<O>(call: impl FnOnce() -> O) -> u64 {
    let start = Instant::now();
    let output = black_box(call());
    let took = start.elapsed();
    drop(output);
    u64::try_from(took.as_nanos()).unwrap_or(u64::MAX)
}

/// What is measured where nothing is done, in nanoseconds: it is a part of every number.
fn clock_nanoseconds(room: &mut Vec<u64>) -> u64 {
    const READINGS: usize = 1000;
    room.clear();
    room.extend((0..READINGS).map(|_| time(|| ())));
    percentile(room, 50)
}

/// The value that so many percent of all reach at most, by the nearest rank: one of them, the ⌈percent · n / 100⌉th.
/// Sorts them. 0 where there is none.
///
/// Of fewer than 100 the 99th percentile is the largest.
///
/// Source: Hyndman & Fan 1996, The American Statistician 50(4), 361–365, definition 1.
pub(crate) fn percentile(values: &mut [u64], percent: usize) -> u64 {
    values.sort_unstable();
    let rank = values.len().saturating_mul(percent).div_ceil(100);
    values.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

impl fmt::Debug for Latency<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.cases.iter().map(|case| case.name.as_str()).collect();
        f.debug_struct("Latency").field("session", &self.session).field("cases", &names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        #[track_caller]
        fn check(count: u64, percent: usize, expected: u64) {
            // 1, 2, … in another order: the value is its rank.
            let mut values: Vec<u64> = (1..=count).rev().collect();
            assert_eq!(percentile(&mut values, percent), expected, "{percent} % of {count}");
        }
        check(1000, 99, 990);
        check(1000, 50, 500);
        check(100, 99, 99);
        check(101, 99, 100); // ⌈99.99⌉
        check(99, 99, 99); // the largest
        check(5, 50, 3); // ⌈2.5⌉
        check(4, 50, 2);
        check(1, 50, 1);
        check(0, 99, 0);
    }

    #[test]
    fn a_round_is_worth_its_percentiles() {
        let mut rounds = Rounds::default();
        let mut calls: Vec<u64> = vec![10; 98];
        calls.extend([70, 5000]);
        rounds.push(&mut calls);
        rounds.push(&mut [20, 30]);
        let records = rounds.records("case");
        let samples: Vec<&Value> = records.iter().map(|record| &record.value).collect();
        // One call of a hundred may be as slow as it likes.
        assert_eq!(*samples[0], Value::Varying { samples: vec![10, 20] });
        assert_eq!(*samples[1], Value::Varying { samples: vec![70, 30] });
    }
}
