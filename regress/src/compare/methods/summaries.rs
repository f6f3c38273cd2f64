use super::Method;
use super::rank::{direction, medians_of};
use crate::compare::{Change, Comparison, Finding, Interval, Lack, Options, Sides, Summary};
use crate::model::{Kept, Observation, Processes, Values};
use crate::stats;
use crate::unit::Better;

pub(super) const METHOD: Method = Method {
    name: "summaries",
    what: "a summary is all that was kept: its middle has to move by more than two runs of one program may differ",
};

/// The fewest middles of each side that a rank test can tell apart: 2 ÷ C(8, 4) = 0.029.
const ENOUGH: usize = 4;

/// Whether there is nothing to test: fewer than four runs a side, and of one side only their middles.
pub(super) fn is_for(old: &Values, new: &Values) -> bool {
    let is_middle = |values: &Values| match values {
        Values::Sampled(processes) => processes.kept() != Kept::Measurements && processes.count() < ENOUGH,
        Values::Exact(_) => false,
    };
    is_middle(old) || is_middle(new)
}

/// Compares two middles whose scatter nobody kept. There is no p, and no interval but the one of the allowance.
///
/// What two medians can show was looked at in 12 runs of three unchanged benchmarks on a loaded machine: of 198 pairs
/// the medians differ by more than ×1.75 in 3 (at most by ×2.01), medians and minima together in none. So where
/// the least of the measurements is known, it has to move as well.
pub(super) fn compare(old: &Observation, new: &Observation, options: &Options) -> Comparison {
    let (old_middle, new_middle) = (middle(&old.values), middle(&new.values));
    let allowance = options.allowance(&new.id, &new.metric);
    let ratio = (old_middle > 0.0).then(|| new_middle / old_middle);
    let least = match new.metric.better {
        Better::Lower => least(&old.values).zip(least(&new.values)),
        Better::Higher | Better::Unknown => None,
    };
    let change = Change {
        method: METHOD.name,
        ratio,
        shift: Interval { low: f64::NEG_INFINITY, point: new_middle - old_middle, high: f64::INFINITY },
        believed: ratio.map(|ratio| (ratio / allowance.ratio, ratio * allowance.ratio)),
        best_ratio: least.filter(|(old, _)| *old > 0.0).map(|(old, new)| new / old),
        p: None,
        p_adjusted: None,
        allowance,
    };
    let side = |observation: &Observation| Summary::of(observation, options.confidence);
    Comparison {
        id: new.id.clone(),
        metric: new.metric.clone(),
        harness: new.harness.clone(),
        sides: Sides::Both { old: side(old), new: side(new) },
        finding: finding(&change, new.metric.better, options),
        change: Some(change),
        benchstat: None,
        warnings: Vec::new(),
    }
}

/// Beyond the allowance, or nothing: without any knowledge of the scatter nothing is shown to be the same.
fn finding(change: &Change, better: Better, options: &Options) -> Finding {
    let allowance = change.allowance.ratio;
    let lack = || Finding::NotProven(Lack::Summary { allowance: change.allowance.clone() });
    let (Some((low, high)), true) = (change.believed, allowance > 1.0) else { return lack() };
    let best = change.best_ratio;
    let effect = options.smallest_effect;
    match () {
        () if low > effect && best.is_none_or(|best| best / allowance >= 1.0) => direction(better, Better::Higher),
        () if high < 1.0 / effect && best.is_none_or(|best| best * allowance <= 1.0) => {
            direction(better, Better::Lower)
        }
        () => lack(),
    }
}

fn middle(values: &Values) -> f64 {
    match values {
        Values::Exact(count) => count.per_operation(),
        Values::Sampled(processes) => stats::median(&medians_of(processes)),
    }
}

fn least(values: &Values) -> Option<f64> {
    match values {
        Values::Exact(count) => Some(count.per_operation()),
        Values::Sampled(processes) => Processes::least(processes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BenchId, Metric};
    use crate::stats::Sample;

    fn time(values: Processes) -> Observation {
        Observation {
            id: BenchId::new("a"),
            metric: Metric::known("time").into(),
            values: Values::Sampled(values),
            harness: "h".into(),
            origin: "x".into(),
        }
    }

    fn sample(values: &[f64]) -> Sample {
        Sample::new(values.to_vec()).unwrap()
    }

    fn lack() -> Finding {
        Finding::NotProven(Lack::Summary { allowance: crate::compare::Allowance::stated(1.75) })
    }

    #[track_caller]
    fn check(old: (f64, Option<f64>), new: (f64, Option<f64>), expected: Finding) {
        let side = |(middle, least)| time(Processes::middles(sample(&[middle]), least));
        let comparison =
            super::super::apply(&side(old), &side(new), &Options::default(), &mut stats::NullDistributions::new());
        assert_eq!(comparison.finding, expected, "{old:?} {new:?}");
    }

    #[test]
    fn a_middle_has_to_move_by_more_than_two_runs_may_differ() {
        check((1.0, None), (2.0, None), Finding::Regressed); // 2 > 1.75 · 1.01
        check((2.0, None), (1.0, None), Finding::Improved);
        check((1.0, None), (1.76, None), lack()); // beyond 1.75, by less than an effect
        check((1.0, None), (1.0, None), lack()); // the same middle is not the same program
        check((0.0, None), (1.0, None), lack()); // less than the harness could print
    }

    #[test]
    fn the_least_has_to_move_as_well_where_it_is_known() {
        check((1.0, Some(0.9)), (2.0, Some(1.6)), Finding::Regressed); // 1.6 / 0.9 = 1.78
        check((1.0, Some(0.9)), (2.0, Some(1.5)), lack()); // 1.5 / 0.9 = 1.67
        check((1.0, Some(0.9)), (2.0, None), Finding::Regressed);
        check((2.0, Some(1.5)), (1.0, Some(0.9)), lack());
    }

    #[test]
    fn middles_of_four_runs_a_side_are_ranked() {
        let side = |values: &[f64]| Values::Sampled(Processes::middles(sample(values), None));
        assert!(is_for(&side(&[1.0; 3]), &side(&[1.0; 4])));
        assert!(!is_for(&side(&[1.0; 4]), &side(&[1.0; 4])));
        assert!(!is_for(&side(&[1.0; 4]), &Values::Sampled(Processes::one(sample(&[1.0])))));
        assert!(is_for(&side(&[1.0]), &Values::Sampled(Processes::one(sample(&[1.0; 100])))));
    }
}
