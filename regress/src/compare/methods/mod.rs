//! Ways of comparing two observations, one file each.

mod exact;
mod rank;

pub(super) use rank::finding as rank_finding;

use super::{Comparison, Options};
use crate::model::{Exact, Nature, Observation, Values};
use crate::stats::NullDistributions;

/// A way of comparing.
pub struct Method {
    /// What the JSON report calls it.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub what: &'static str,
}

/// All ways of comparing, with the cases they are for.
pub const METHODS: &[&Method] = &[&exact::METHOD, &rank::METHOD];

/// Counts that repeat are compared as counts, everything else by ranks.
pub(super) fn apply(
    old: &Observation,
    new: &Observation,
    options: &Options,
    nulls: &mut NullDistributions,
) -> Comparison {
    match (counted(old), counted(new)) {
        (Some(old_count), Some(new_count)) => exact::compare(new, old_count, new_count),
        _ => rank::compare(old, new, options, nulls),
    }
}

/// The count behind an observation: an exact one, or equal whole numbers of a counted metric.
fn counted(observation: &Observation) -> Option<Exact> {
    match &observation.values {
        Values::Exact(exact) => Some(*exact),
        Values::Sampled(_) if observation.metric.nature == Nature::Timed => None,
        Values::Sampled(processes) => {
            let first = *processes.samples()[0].values().first()?;
            let all_equal = processes.samples().iter().all(|sample| sample.values().iter().all(|v| *v == first));
            /// Up to here every whole number is a floating point number of its own.
            const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;
            let whole = first.fract() == 0.0 && 0.0 <= first && first < EXACT_BELOW;
            (all_equal && whole).then(|| Exact::once(first as u64))
        }
    }
}
