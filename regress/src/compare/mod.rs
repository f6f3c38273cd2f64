//! Two [`Run`]s → [`Comparison`]s: evidence, the same whatever a budget says.
//!
//! ```text
//!   old ─┐
//!        ├─ pair ─▶ comparability ─▶ methods (exact | rank | pairs | summaries) ─▶ family (Holm) ─▶ finding
//!   new ─┘
//! ```
//!
//! **What one process can show.** Measurements of one process are no independent replicates: a second process of
//! the same program lands elsewhere in memory, at another minute of a shared machine. Two runs taken one after the
//! other are therefore *one* replicate a side, however many measurements they hold, and no p-value made of those
//! measurements knows the difference between runs. An [`Allowance`] stands in for it, seen by a null run or stated
//! ([`Options::between_runs`]): a change of a timed metric counts as found when it is significant *and* lies beyond
//! that allowance, in the middle of the measurements and in the fastest of them alike (a disturbance only ever adds
//! time).

mod allowance;
mod benchstat;
mod columns;
mod comparability;
mod comparison;
mod copied;
mod family;
mod geomean;
mod growth;
mod interval;
mod methods;
mod order;
mod pair;
mod residue;
mod subject;
mod summary;
pub mod tables;
mod why;
mod word;

pub use crate::stats::Law;
pub use allowance::{Allowance, Allowances, ENOUGH, NullProcess, SMALLEST, seen_between};
pub use benchstat::Benchstat;
pub use columns::{Columns, Unarranged};
pub use comparison::{Change, Comparison, Finding, Lack, Reason, Sides};
pub use copied::is_same_measurement;
pub use family::Correction;
pub use geomean::{MetricMean, geomeans};
pub use growth::{Growing, Step, growth, steps};
pub use interval::Interval;
pub use methods::{IN_TURNS, METHODS, Method, PAIRS};
pub use subject::Subjects;
pub use summary::Summary;
pub use why::Why;
pub use word::Word;

use crate::model::{BenchId, Metric, Nature, Observation, Run, Standing};
use crate::parallel::in_parts;
use pair::Pair;

/// What the comparison takes as given.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Confidence of all intervals, in (0, 1).
    pub confidence: f64,
    /// The probability of any false finding among all rows of a comparison, in (0, 1).
    pub alpha: f64,
    /// How the p-values of one comparison are corrected for being many.
    pub correction: Correction,
    /// The smallest change of a timed metric that is worth a finding, as a ratio above 1: `1.01`.
    pub smallest_effect: f64,
    /// How much two runs of the same program may differ in a timed metric where `allowances` does not know better,
    /// as a ratio above 1.
    ///
    /// The default was measured on a shared machine under load: two runs differed in median and minimum by more than
    /// ×1.75 in none of 396 pairs of runs of unchanged criterion benchmarks; for eight unchanged kernels see
    /// `trials/README.md`, "Two runs taken apart".
    pub between_runs: f64,
    /// What null runs saw on this host, for the benchmarks that they measured.
    pub allowances: Allowances,
    /// Whose statistics stand beside ours, for looking at only.
    pub beside: Beside,
}

/// Another tool's statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// None.
    Nothing,
    /// [`Benchstat`].
    Benchstat,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            confidence: 0.95,
            alpha: 0.05,
            correction: Correction::Holm,
            smallest_effect: 1.01,
            between_runs: 1.75,
            allowances: Allowances::default(),
            beside: Beside::Nothing,
        }
    }
}

impl Options {
    /// How much two runs of the same program may differ in this metric of this benchmark.
    pub fn allowance(&self, id: &BenchId, metric: &Metric) -> Allowance {
        match metric.nature {
            Nature::Counted => Allowance::NONE,
            Nature::Timed => {
                let seen = self.allowances.get(id, &metric.name);
                seen.cloned().unwrap_or_else(|| Allowance::stated(self.between_runs))
            }
        }
    }
}

/// Compares every benchmark and metric of two runs.
///
/// * Returns one comparison for each benchmark and metric that either run has, by benchmark name, then in the
///   order of [`METRICS`](crate::model::METRICS).
pub fn compare(old: &Run, new: &Run, options: &Options) -> Vec<Comparison> {
    let pairs = pair::pair(old.observations(), new.observations());
    let comparability = comparability::Judge::of(&old.provenance, &new.provenance);
    let mut comparisons = Vec::with_capacity(pairs.len());
    comparisons
        .extend(in_parts(&pairs, PART, |pairs| compare_pairs(pairs, &comparability, options)).into_iter().flatten());
    family::correct(&mut comparisons, options);
    copied::distrust(&pairs, &mut comparisons);
    comparisons
}

/// What there is to say of two observations that are known to be comparable: the evidence behind a ratio budget.
pub fn contrast(old: &Observation, new: &Observation, options: &Options) -> Comparison {
    let mut comparison = [methods::apply(old, new, options)];
    family::correct(&mut comparison, options);
    let [comparison] = comparison;
    comparison
}

/// A run on its own: every row has a new side only, for rules that need no baseline.
pub fn survey(new: &Run, options: &Options) -> Vec<Comparison> {
    let summary = |observation: &Observation| Summary::of(observation, options.confidence);
    new.observations().iter().map(|new| Comparison::lonely(new, Sides::OnlyNew(summary(new)))).collect()
}

/// So many rows are worth a core's while, with distributions counted for them alone; chosen.
const PART: usize = 256;

fn compare_pairs(pairs: &[Pair<'_>], comparability: &comparability::Judge, options: &Options) -> Vec<Comparison> {
    pairs.iter().map(|pair| compare_pair(pair, comparability, options)).collect()
}

fn compare_pair(pair: &Pair<'_>, comparability: &comparability::Judge, options: &Options) -> Comparison {
    match *pair {
        Pair::OnlyOld(old) => Comparison::lonely(old, Sides::OnlyOld(Summary::of(old, options.confidence))),
        Pair::OnlyNew(new) => Comparison::lonely(new, Sides::OnlyNew(Summary::of(new, options.confidence))),
        Pair::Both { old, new } => {
            let mut comparison = methods::apply(old, new, options);
            if options.beside == Beside::Benchstat {
                comparison.benchstat = Benchstat::of(old, new);
            }
            match comparability.objection(old, new) {
                None => {
                    comparison.warnings.extend(order::warnings(old, new));
                    comparison
                }
                Some(reason) => comparison.not_judged(reason),
            }
        }
    }
}

/// Whether a row takes part in the correction for many tests.
fn is_judged(comparison: &Comparison) -> bool {
    comparison.metric.standing == Standing::Headline && !matches!(comparison.finding, Finding::NotComparable(_))
}
