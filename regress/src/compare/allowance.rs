//! How much two runs of the same program may differ, and who says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{BenchId, METRICS, Noise};
use crate::stats::{self, Sample};

/// How much two runs of the same program may differ, and who says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Allowance {
    /// new ÷ old, or old ÷ new: at least 1. Exactly 1 where runs do not differ: counts, and what took turns.
    pub ratio: f64,
    /// Who saw it: `the null run of 2026-11-20`. `None` when it is stated, not seen.
    pub seen_by: Option<Arc<str>>,
}

impl Allowance {
    /// Two runs do not differ.
    pub const NONE: Allowance = Allowance { ratio: 1.0, seen_by: None };

    /// An allowance that nobody measured for this benchmark.
    pub fn stated(ratio: f64) -> Allowance {
        Allowance { ratio, seen_by: None }
    }
}

/// What null runs saw, by benchmark and metric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Allowances(BTreeMap<BenchId, BTreeMap<Arc<str>, Allowance>>);

impl Allowances {
    /// Keeps what was seen of one metric of one benchmark, instead of what was kept before.
    pub fn insert(&mut self, id: BenchId, metric: &str, seen: Allowance) {
        self.0.entry(id).or_default().insert(metric.into(), seen);
    }

    /// Keeps what a null run saw of times.
    pub fn learn(&mut self, noise: &Noise) {
        let day = noise.provenance.recorded_at.as_deref().and_then(|time| time.split('T').next());
        let seen_by: Arc<str> = format!("the null run of {}", day.unwrap_or("an unknown day")).into();
        for (id, bench) in &noise.benchmarks {
            if let Some(ratio) = bench.between_runs {
                self.insert(id.clone(), "time", Allowance { ratio, seen_by: Some(seen_by.clone()) });
            }
        }
    }

    /// What was seen of this metric of this benchmark, or of the time that it is computed from.
    pub fn get(&self, id: &BenchId, metric: &str) -> Option<&Allowance> {
        let seen = self.0.get(id)?;
        seen.get(metric).or_else(|| METRICS.is_of_the_time(metric).then(|| seen.get("time")).flatten())
    }
}

/// One process of a null run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NullProcess {
    /// The median of its measurements, in base units.
    pub median: f64,
    /// Its best measurement: the smallest time, the largest rate; in base units.
    pub best: f64,
}

/// How much two runs of a program may differ, from processes that all ran it.
///
/// * `processes`: of one benchmark over one null run, of both sides, in any order.
/// * `stated`: what holds where nothing is known, a ratio above 1. Fewer than [`ENOUGH`] processes can only widen it.
/// * Returns a ratio of at least [`SMALLEST`], in steps of 0.01. `None` for fewer than 4 processes, and where something
///   took no time at all.
///
/// ```text
///   every pair of processes ─▶ apart by m in the median, by b in the best ─▶ min(m, b), 1 when they disagree
///                                                                              │
///          allowance = q · ⁴√q ◀── q: 99 of 100 pairs lie below ◀──────────────┘
/// ```
///
/// A finding needs both the median and the best measurement beyond the allowance, so that is what pairs are asked. A
/// null run lasts minutes and the runs it stands for lie further apart: the quarter more, in logarithms, is for what the
/// machine does after it. Chosen on the recorded rounds of `trials/`; how often it errs there stands in
/// `trials/README.md`, "Two runs taken apart".
pub fn seen_between(processes: &[NullProcess], stated: f64) -> Option<f64> {
    let apart = Sample::new(pairs(processes)?).ok()?;
    let q = stats::quantile(&apart, QUANTILE);
    let least = if processes.len() < ENOUGH { stated } else { SMALLEST };
    let rounded_up = (q * q.sqrt().sqrt() * 100.0).ceil() / 100.0;
    rounded_up.is_finite().then(|| rounded_up.max(least))
}

/// Two neighbouring minutes do not show what a machine does in a day; chosen. A steady kernel (`alu` in `trials/`) has
/// 2.6 % of its pairs beyond ×1.13, which null runs of it see, and 0.01 % beyond this.
pub const SMALLEST: f64 = 1.20;

/// Processes of 60 rounds, two a round. Of 40, an unusually quiet stretch of the machine lets 36 % of the later pairs of
/// a steady kernel lie beyond; of 60, at most 5 %.
pub const ENOUGH: usize = 120;

/// The share of the pairs of a null run that an allowance holds before it is widened.
const QUANTILE: f64 = 0.99;

/// How far each pair is apart, as a ratio of at least 1, in median and best measurement alike.
fn pairs(processes: &[NullProcess]) -> Option<Vec<f64>> {
    const FEWEST: usize = 4;
    let is_positive = |process: &NullProcess| process.median > 0.0 && process.best > 0.0;
    if processes.len() < FEWEST || !processes.iter().all(is_positive) {
        return None;
    }
    let pair = |a: &NullProcess, b: &NullProcess| apart(b.median / a.median, b.best / a.best);
    Some(processes.iter().enumerate().flat_map(|(i, a)| processes[..i].iter().map(move |b| pair(a, b))).collect())
}

/// How far median and best moved together: the smaller of the two, 1 where one rose and the other fell.
fn apart(median: f64, best: f64) -> f64 {
    f64::max(f64::min(median, best), f64::min(median.recip(), best.recip())).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Processes whose best is a tenth below the median.
    fn processes(medians: impl IntoIterator<Item = f64>) -> Vec<NullProcess> {
        medians.into_iter().map(|median| NullProcess { median, best: 0.9 * median }).collect()
    }

    #[test]
    fn median_and_best_have_to_move_together() {
        #[track_caller]
        fn check(median: f64, best: f64, expected: f64) {
            assert_eq!(apart(median, best), expected);
        }
        check(1.5, 1.25, 1.25);
        check(1.0 / 4.0, 1.0 / 2.0, 2.0);
        check(4.0, 0.5, 1.0);
        check(1.0, 3.0, 1.0);
    }

    #[test]
    fn a_steady_benchmark_gets_the_smallest_and_few_processes_only_widen() {
        let steady = || (0..120).map(|i| 1.0 + f64::from(i % 5) / 100.0);
        assert_eq!(seen_between(&processes(steady()), 1.75), Some(SMALLEST));
        assert_eq!(seen_between(&processes(steady().take(119)), 1.75), Some(1.75));
        assert_eq!(seen_between(&processes(steady().take(3)), 1.75), None);
        // A third of the processes 16 times slower: 4/9 of the pairs, so q = 16 and 16 · ⁴√16 = 32
        let two_kinds = |n| (0..n).map(|i| if i % 3 == 0 { 16.0 } else { 1.0 });
        assert_eq!(seen_between(&processes(two_kinds(120)), 1.75), Some(32.0));
        assert_eq!(seen_between(&processes(two_kinds(12)), 1.75), Some(32.0));
        assert_eq!(seen_between(&processes([0.0; 90]), 1.75), None);
    }

    #[test]
    fn one_wild_process_does_not_decide() {
        let wild = |n: usize| processes((0..n).map(|i| if i == 7 { 50.0 } else { 1.0 }));
        assert_eq!(seen_between(&wild(320), 1.75), Some(SMALLEST)); // in 319 of 51 040 pairs, 0.6 %
        assert!(seen_between(&wild(120), 1.75).is_some_and(|seen| seen > 100.0)); // in 119 of 7140 pairs, 1.7 %
    }

    #[test]
    fn what_is_computed_from_the_time_differs_as_it_does() {
        let (id, seen) = (BenchId::new("a"), Allowance { ratio: 1.3, seen_by: Some("the null run".into()) });
        let mut allowances = Allowances::default();
        allowances.insert(id.clone(), "time", seen.clone());
        assert_eq!(allowances.get(&id, "throughput"), Some(&seen));
        assert_eq!(allowances.get(&id, "time-p90"), None);
        assert_eq!(allowances.get(&BenchId::new("b"), "time"), None);
    }
}
