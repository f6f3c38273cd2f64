use super::Interval;
use crate::model::{Exact, Metric, Nature, Observation, Processes, Values};
use crate::stats::{self, Sample};

/// One side of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The median and its distribution-free interval, in base units; for counts all three are equal.
    pub center: Interval,
    /// The smallest and the largest measurement, in base units.
    pub range: (f64, f64),
    /// How many measurements; for a count that was taken once, how many operations it counted.
    pub n: usize,
    /// How many processes measured.
    pub processes: usize,
    /// The exact count, where it is one.
    pub exact: Option<Exact>,
}

impl Summary {
    /// Sums up one side on its own.
    pub(super) fn of(observation: &Observation, confidence: f64) -> Summary {
        match &observation.values {
            Values::Exact(count) => Summary::counted(&observation.values, *count),
            Values::Sampled(processes) => match repeated_count(&observation.metric, processes) {
                Some(count) => Summary::counted(&observation.values, count),
                None => Summary::sampled(processes.pooled(), processes.count(), confidence),
            },
        }
    }

    /// Sums up values that are all the same count: there is nothing to estimate, and no interval.
    pub(super) fn counted(values: &Values, count: Exact) -> Summary {
        let value = count.per_operation();
        let (n, processes) = match values {
            Values::Exact(exact) => (usize::try_from(exact.operations()).unwrap_or(usize::MAX), 1),
            Values::Sampled(processes) => (processes.pooled().len(), processes.count()),
        };
        Summary {
            center: Interval { low: value, point: value, high: value },
            range: (value, value),
            n,
            processes,
            exact: Some(count),
        }
    }

    pub(super) fn sampled(sample: &Sample, processes: usize, confidence: f64) -> Summary {
        let interval = stats::median_interval(sample, confidence);
        let center = Interval { low: interval.low, point: stats::median(sample), high: interval.high };
        Summary { center, range: (sample.min(), sample.max()), n: sample.len(), processes, exact: None }
    }
}

/// The count behind an observation: an exact one, or equal whole numbers of a counted metric.
pub(super) fn count_of(observation: &Observation) -> Option<Exact> {
    match &observation.values {
        Values::Exact(count) => Some(*count),
        Values::Sampled(processes) => repeated_count(&observation.metric, processes),
    }
}

fn repeated_count(metric: &Metric, processes: &Processes) -> Option<Exact> {
    /// Up to here every whole number is a floating point number of its own.
    const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;
    if metric.nature == Nature::Timed {
        return None;
    }
    let value = processes.pooled().min();
    let is_count = value.fract() == 0.0 && (0.0..EXACT_BELOW).contains(&value);
    (is_count && processes.pooled().is_constant()).then(|| Exact::once(value as u64))
}
