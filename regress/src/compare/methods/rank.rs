use std::borrow::Cow;

use super::method::Method;
use crate::compare::{Change, Comparison, Finding, Interval, Lack, Options, Sides, Summary};
use crate::model::{Exact, Nature, Observation, Processes, Values};
use crate::stats::{self, Sample};
use crate::unit::Better;

pub(super) const METHOD: Method = Method {
    name: "rank",
    what: "measurements that differ: Mann–Whitney U test, Hodges–Lehmann shift, and an allowance for runs taken apart",
};

/// Compares two sides whose measurements differ. The finding is left to [`finding`], once p is corrected.
pub(super) fn compare(old: &Observation, new: &Observation, options: &Options) -> Comparison {
    // A count that repeats has one number only: let it stand for as many as the other side has.
    let old_sample = replicates(&old.values, &new.values);
    let new_sample = replicates(&new.values, &old.values);
    let side = |values: &Values, sample: &Sample| match values {
        Values::Exact(count) => Summary::counted(values, *count),
        Values::Sampled(processes) => Summary::sampled(sample, processes.count(), options.confidence),
    };
    Comparison {
        id: new.id.clone(),
        metric: new.metric.clone(),
        harness: new.harness.clone(),
        change: Some(change((old, &old_sample), (new, &new_sample), options)),
        sides: Sides::Both { old: side(&old.values, &old_sample), new: side(&new.values, &new_sample) },
        finding: Finding::NotProven(Lack::Spread),
        benchstat: None,
        warnings: Vec::new(),
    }
}

/// Each side with the values that count as its replicates.
fn change(
    (old_observation, old): (&Observation, &Sample),
    (observation, new): (&Observation, &Sample),
    options: &Options,
) -> Change {
    let allowance = options.allowance(&observation.id, &observation.metric);
    let (old_center, new_center) = (stats::median(old), stats::median(new));
    let shift = stats::shift(old, new, options.confidence);
    let shift = Interval { low: shift.interval.low, point: shift.value, high: shift.interval.high };
    let shift = as_wide_as_processes(shift, &old_observation.values, &observation.values);
    let ratio_at = |shift: f64| f64::max(0.0, 1.0 + shift / old_center);
    let positive = old_center > 0.0;
    let best = |sample: &Sample| match observation.metric.better {
        Better::Higher => sample.max(),
        Better::Lower | Better::Unknown => sample.min(),
    };
    Change {
        method: METHOD.name,
        ratio: positive.then(|| new_center / old_center),
        shift,
        believed: positive.then(|| (ratio_at(shift.low) / allowance.ratio, ratio_at(shift.high) * allowance.ratio)),
        best_ratio: (best(old) > 0.0).then(|| best(new) / best(old)),
        p: Some(stats::rank_test(old, new).p),
        p_adjusted: None,
        allowance,
    }
}

/// What the corrected evidence means.
///
/// ```text
///            improved │      not proven       │ regressed
///   ──────────────────┼───────────┬───────────┼──────────────▶ new ÷ old
///       1 ÷ (allowance · effect)  1   allowance · effect
/// ```
pub(crate) fn finding(comparison: &Comparison, options: &Options) -> Finding {
    let (Sides::Both { old, new }, Some(change)) = (&comparison.sides, &comparison.change) else {
        return comparison.finding.clone();
    };
    let p = change.p_adjusted.or(change.p).unwrap_or(1.0);
    let smallest = stats::smallest_p(old.n, new.n);
    let correction = p / change.p.filter(|p| *p > 0.0).unwrap_or(p).max(f64::MIN_POSITIVE);
    if p > options.alpha && smallest * correction > options.alpha {
        let needed = stats::samples_for_p(options.alpha / f64::max(correction, 1.0));
        return Finding::NotProven(Lack::Measurements { needed });
    }
    let Some((low, high)) = change.believed else {
        return from_zero(comparison, change, p, options);
    };
    // Counts have no smallest effect: any significant difference of a count is one.
    let is_timed = comparison.metric.nature == Nature::Timed;
    let effect = if is_timed { options.smallest_effect } else { 1.0 };
    let significant = p <= options.alpha;
    let best = change.best_ratio;
    let risen = significant && low > effect && best.is_none_or(|best| best / change.allowance.ratio >= 1.0);
    let fallen = significant && high < 1.0 / effect && best.is_none_or(|best| best * change.allowance.ratio <= 1.0);
    match (risen, fallen) {
        (true, _) => direction(comparison.metric.better, Better::Higher),
        (_, true) => direction(comparison.metric.better, Better::Lower),
        _ if 1.0 / effect <= low && high <= effect => Finding::Unchanged,
        _ if significant => Finding::NotProven(change.apart()),
        _ if change.allowance.ratio > 1.0 => Finding::NotProven(change.apart()),
        _ => Finding::NotProven(Lack::Spread),
    }
}

/// From nothing to something has no ratio; the sign of the shift decides.
fn from_zero(comparison: &Comparison, change: &Change, p: f64, options: &Options) -> Finding {
    match () {
        () if p > options.alpha => Finding::NotProven(Lack::Spread),
        () if change.shift.low > 0.0 => direction(comparison.metric.better, Better::Higher),
        () if change.shift.high < 0.0 => direction(comparison.metric.better, Better::Lower),
        () => Finding::NotProven(Lack::Spread),
    }
}

/// The finding for a metric that moved in the direction `moved`.
pub(super) fn direction(better: Better, moved: Better) -> Finding {
    match better {
        Better::Unknown => Finding::Differs,
        better if better == moved => Finding::Improved,
        Better::Lower | Better::Higher => Finding::Regressed,
    }
}

/// The values that count as replicates: the medians of the processes where there are enough of them to be
/// compared with each other, else all measurements. An exact count repeats for each one of `other`.
fn replicates<'a>(values: &'a Values, other: &Values) -> Cow<'a, Sample> {
    match (values, other) {
        (Values::Sampled(processes), _) => replicates_of(processes),
        (Values::Exact(count), Values::Exact(_)) => Cow::Owned(repeated(*count, 1)),
        (Values::Exact(count), Values::Sampled(other)) => Cow::Owned(repeated(*count, replicates_of(other).len())),
    }
}

/// The fewest values a side whose rank test can be significant at 0.05: 2 ÷ C(8, 4) = 0.029.
const ENOUGH: usize = 4;

/// Widens the interval of pooled measurements to what the processes themselves differ by.
///
/// Two or three processes a side are too few for a rank test: its smallest p is 2 ÷ C(6, 3) = 0.1, and a doubling could
/// never be told. So their measurements are pooled, and p is that of the measurements, as it is of one process. The
/// interval is not: pooled it would hold the truth in 31 to 42 % of simulated comparisons whose processes differ, where
/// it says 95 %. It reaches from the smallest to the largest difference of the medians of an old and a new process: for
/// two processes a side that is what resampling processes gives (the ends of its 95 %, exactly), for three it is wider
/// and holds the truth in 88 to 89 % to its 79 %. `tests/oracle/clusters/` has the numbers. What few processes cannot
/// show is left to the allowance, which a finding has to exceed from this interval's end on.
fn as_wide_as_processes(shift: Interval, old: &Values, new: &Values) -> Interval {
    let (Values::Sampled(old), Values::Sampled(new)) = (old, new) else { return shift };
    let are_replicates = |processes: &Processes| processes.count() >= ENOUGH || processes.measured_once_each();
    let all_alone = old.count() == 1 && new.count() == 1;
    if all_alone || (are_replicates(old) && are_replicates(new)) {
        return shift;
    }
    let ends = |processes: &Processes| {
        let medians = medians_of(processes);
        (medians.min(), medians.max())
    };
    let ((old_low, old_high), (new_low, new_high)) = (ends(old), ends(new));
    Interval { low: shift.low.min(new_low - old_high), high: shift.high.max(new_high - old_low), ..shift }
}

fn replicates_of(processes: &Processes) -> Cow<'_, Sample> {
    if processes.count() < ENOUGH || processes.measured_once_each() {
        return Cow::Borrowed(processes.pooled());
    }
    Cow::Owned(medians_of(processes))
}

pub(super) fn medians_of(processes: &Processes) -> Sample {
    let numbers = "measurements are numbers, and at least one a process";
    let median = |values: &[f64]| stats::median(&Sample::new(values.to_vec()).expect(numbers));
    Sample::new(processes.by_process().map(median).collect()).expect(numbers)
}

fn repeated(count: Exact, times: usize) -> Sample {
    Sample::new(vec![count.per_operation(); times]).expect("a count is a number, and other has at least one")
}
