use std::cmp::Ordering;

use super::method::Method;
use crate::compare::{Allowance, Change, Comparison, Finding, Interval, Sides, Summary};
use crate::model::{Exact, Observation};
use crate::unit::Better;

pub(super) const METHOD: Method =
    Method { name: "exact", what: "counts that repeat are compared as exact rationals: any difference is a change" };

/// An observation, and the count that it is.
pub(super) type Counted<'a> = (&'a Observation, Exact);

/// Compares two counts. Nothing is estimated: a difference of one is a difference.
pub(super) fn compare((old_observation, old): Counted<'_>, (new_observation, new): Counted<'_>) -> Comparison {
    let old_side = Summary::counted(&old_observation.values, old);
    let new_side = Summary::counted(&new_observation.values, new);
    let difference = new.per_operation() - old.per_operation();
    let ratio = (old.total() > 0).then(|| ratio(old, new));
    Comparison {
        id: new_observation.id.clone(),
        metric: new_observation.metric.clone(),
        harness: new_observation.harness.clone(),
        change: Some(Change {
            method: METHOD.name,
            ratio,
            shift: Interval { low: difference, point: difference, high: difference },
            believed: ratio.map(|ratio| (ratio, ratio)),
            best_ratio: ratio,
            p: None,
            p_adjusted: None,
            allowance: Allowance::NONE,
        }),
        sides: Sides::Both { old: old_side, new: new_side },
        finding: finding(old, new, new_observation.metric.better),
        benchstat: None,
        warnings: Vec::new(),
    }
}

/// new ÷ old: 1 for equal counts only. One in 10¹⁶ is a difference, and would be rounded away.
fn ratio(old: Exact, new: Exact) -> f64 {
    let rounded = new.per_operation() / old.per_operation();
    match new.cmp(&old) {
        Ordering::Less => rounded.min(1_f64.next_down()),
        Ordering::Equal => 1.0,
        Ordering::Greater => rounded.max(1_f64.next_up()),
    }
}

fn finding(old: Exact, new: Exact, better: Better) -> Finding {
    use Ordering::{Equal, Greater, Less};
    match (new.cmp(&old), better) {
        (Equal, _) => Finding::Unchanged,
        (Less, Better::Lower) | (Greater, Better::Higher) => Finding::Improved,
        (Greater, Better::Lower) | (Less, Better::Higher) => Finding::Regressed,
        (_, Better::Unknown) => Finding::Differs,
    }
}
