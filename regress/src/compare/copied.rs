use super::pair::Pair;
use super::{Comparison, Finding, Lack};
use crate::model::{Nature, Observation, Values};
use crate::unit::Unit;

/// Whether both are one measurement, handed in twice: times that are never measured a second time, to the last digit.
/// Counts are, and so are the few whole numbers that a coarse clock gives.
pub fn is_same_measurement(old: &Observation, new: &Observation) -> bool {
    /// Some clocks tick slowly, and some harnesses round; chosen.
    const DIFFERENT: usize = 5;
    match &new.values {
        Values::Sampled(processes) if new.metric.nature == Nature::Timed && new.metric.unit != Unit::Count => {
            let different = || processes.pooled().sorted().chunk_by(|a, b| a == b).count();
            old.values == new.values && DIFFERENT <= different()
        }
        Values::Sampled(_) | Values::Exact(_) => false,
    }
}

/// Two rows of one measurement show nothing, least of all that nothing changed.
///
/// * `comparisons`: one for each of `pairs`, with their findings.
pub(super) fn distrust(pairs: &[Pair<'_>], comparisons: &mut [Comparison]) {
    for (pair, comparison) in pairs.iter().zip(comparisons) {
        let is_copied = matches!(*pair, Pair::Both { old, new } if is_same_measurement(old, new));
        if is_copied && !matches!(comparison.finding, Finding::NotComparable(_)) {
            comparison.finding = Finding::NotProven(Lack::Copied);
        }
    }
}
