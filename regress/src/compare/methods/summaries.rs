use super::method::Method;
use super::rank::{direction, medians_of};
use crate::compare::{Change, Comparison, Finding, Interval, Lack, Options, Sides, Summary};
use crate::model::{Kept, Observation, Processes, Values};
use crate::stats;
use crate::unit::{Better, show_change};

pub(super) const METHOD: Method = Method {
    name: "summaries",
    what: "a summary is all that was kept: its middle has to move by more than two runs of one program may differ, and beyond the interval its harness gives it",
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

/// Compares two middles whose scatter nobody kept. There is no p. What is believed is the interval of the allowance, as
/// much wider as the harness says that it cannot tell the middles themselves:
///
/// ```text
///   believed = low of new ÷ high of old ÷ allowance  …  high of new ÷ low of old · allowance
/// ```
///
/// So a wider interval never makes a finding: it only takes some back.
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
    let believed = |old: (f64, f64), new: (f64, f64)| {
        let (low, high) = (quotient(new.0, old.1), quotient(new.1, old.0));
        ratio.map(|_| (low / allowance.ratio, high * allowance.ratio))
    };
    let (old_within, new_within) = (within(&old.values), within(&new.values));
    let mut change = Change {
        method: METHOD.name,
        ratio,
        shift: Interval { low: f64::NEG_INFINITY, point: new_middle - old_middle, high: f64::INFINITY },
        believed: believed((old_middle, old_middle), (new_middle, new_middle)),
        best_ratio: least.filter(|(old, _)| *old > 0.0).map(|(old, new)| new / old),
        p: None,
        p_adjusted: None,
        allowance: allowance.clone(),
    };
    let of_points = finding(&change, new.metric.better, options);
    change.believed = believed(old_within, new_within);
    let found = finding(&change, new.metric.better, options);
    let taken_back = (found != of_points).then(|| {
        format!(
            "it moved by more than two runs may differ, but by the harness's own account the medians themselves lie \
             anywhere in {} of old and {} of new: a change of them may be chance; measure longer",
            around(old_middle, old_within),
            around(new_middle, new_within)
        )
    });
    let side = |observation: &Observation| Summary::of(observation, options.confidence);
    Comparison {
        id: new.id.clone(),
        metric: new.metric.clone(),
        harness: new.harness.clone(),
        sides: Sides::Both { old: side(old), new: side(new) },
        finding: found,
        change: Some(change),
        benchstat: None,
        warnings: taken_back.into_iter().collect(),
    }
}

/// From where to where the middle of a side may lie by its harness's account, none of it below zero; the middle alone
/// where it gives none.
fn within(values: &Values) -> (f64, f64) {
    let middle = middle(values);
    let known = match values {
        Values::Exact(_) => None,
        Values::Sampled(processes) => processes.middle_within(),
    };
    let (low, high) = known.unwrap_or((middle, middle));
    (low.max(0.0), high.max(0.0))
}

/// new ÷ old of ends that are at least 0; without limit where old may be nothing.
fn quotient(new: f64, old: f64) -> f64 {
    if old > 0.0 { new / old } else { f64::INFINITY }
}

/// `−12 % … +35 %`: an interval around its middle.
fn around(middle: f64, (low, high): (f64, f64)) -> String {
    format!("{} … {}", show_change(quotient(low, middle)), show_change(quotient(high, middle)))
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
    use proptest::prelude::*;

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
        let comparison = super::super::apply(&side(old), &side(new), &Options::default());
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

    /// Old and new as middles with an interval.
    fn of_intervals(old: (f64, f64, f64), new: (f64, f64, f64)) -> Comparison {
        let side = |(low, middle, high)| time(Processes::middles(sample(&[middle]), None).within(low, high));
        compare(&side(old), &side(new), &Options::default())
    }

    #[test]
    fn a_middle_has_to_move_beyond_its_own_interval() {
        #[track_caller]
        fn check(old: (f64, f64, f64), new: (f64, f64, f64), expected: Finding, warnings: &[&str]) {
            let comparison = of_intervals(old, new);
            assert_eq!(comparison.finding, expected);
            assert_eq!(comparison.warnings, warnings);
        }
        check((1.0, 1.0, 1.0), (2.0, 2.0, 2.0), Finding::Regressed, &[]);
        check((0.9, 1.0, 1.1), (1.96, 2.0, 2.1), Finding::Regressed, &[]); // 1.96 / 1.1 = 1.78
        let doubt = "it moved by more than two runs may differ, but by the harness's own account the medians themselves \
                     lie anywhere in -10.0 % … +20.0 % of old and -5.00 % … +5.00 % of new: a change of them may be \
                     chance; measure longer";
        check((0.9, 1.0, 1.2), (1.9, 2.0, 2.1), lack(), &[doubt]); // 1.9 / 1.2 = 1.58
        check((1.9, 2.0, 2.1), (0.9, 1.0, 1.0), Finding::Improved, &[]); // 1.0 / 1.9 = 1 / 1.9
        check((0.9, 1.0, 1.2), (1.0, 1.1, 1.2), lack(), &[]); // not told either way
    }

    #[test]
    fn an_old_middle_that_may_be_nothing_bounds_nothing_above() {
        let change = of_intervals((-1.0, 1.0, 2.0), (2.0, 2.0, 2.0)).change.unwrap();
        assert_eq!(change.believed, Some((2.0 / 2.0 / 1.75, f64::INFINITY)));
    }

    proptest! {
        #[test]
        fn a_wider_interval_never_makes_a_bolder_finding(
            old in (0.5..2.0_f64, 0.0..0.5_f64, 0.0..0.5_f64),
            new in (0.5..8.0_f64, 0.0..0.5_f64, 0.0..0.5_f64),
            wider in (0.0..0.5_f64, 0.0..0.5_f64),
        ) {
            let side = |(middle, below, above): (f64, f64, f64)| (middle - below, middle, middle + above);
            let wide = |(middle, below, above): (f64, f64, f64)| side((middle, below + wider.0, above + wider.1));
            let narrow = of_intervals(side(old), side(new));
            for wider in [of_intervals(wide(old), side(new)), of_intervals(side(old), wide(new))] {
                prop_assert!(wider.finding == narrow.finding || wider.finding == lack());
                let (outer, inner) = (wider.change.unwrap().believed.unwrap(), narrow.change.as_ref().unwrap().believed.unwrap());
                prop_assert!(outer.0 <= inner.0 && inner.1 <= outer.1);
            }
            let points = of_intervals(side((old.0, 0.0, 0.0)), side((new.0, 0.0, 0.0)));
            prop_assert!(narrow.finding == points.finding || narrow.finding == lack());
        }
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
