use super::Interval;
use crate::model::{Exact, Values};
use crate::stats::{self, Sample};

/// One side of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The median and its distribution-free interval, in base units; for counts all three are equal.
    pub center: Interval,
    /// The smallest and the largest measurement, in base units.
    pub range: (f64, f64),
    /// How many measurements; for counts how many operations were counted.
    pub n: usize,
    /// How many processes measured.
    pub processes: usize,
    /// The exact count, where it is one.
    pub exact: Option<Exact>,
}

impl Summary {
    /// Sums up the values of one side.
    pub(super) fn of(values: &Values, confidence: f64) -> Summary {
        match values {
            Values::Exact(exact) => Summary::exact(*exact),
            Values::Sampled(processes) => Summary::sampled(&pool(processes.samples()), processes.count(), confidence),
        }
    }

    fn exact(exact: Exact) -> Summary {
        let value = exact.per_operation();
        Summary {
            center: Interval { low: value, point: value, high: value },
            range: (value, value),
            n: usize::try_from(exact.operations()).unwrap_or(usize::MAX),
            processes: 1,
            exact: Some(exact),
        }
    }

    pub(super) fn sampled(sample: &Sample, processes: usize, confidence: f64) -> Summary {
        let interval = stats::median_interval(sample, confidence);
        let center = Interval { low: interval.low, point: stats::median(sample), high: interval.high };
        Summary { center, range: (sample.min(), sample.max()), n: sample.len(), processes, exact: None }
    }
}

/// The measurements of all processes as one sample, in the order they were taken.
pub(super) fn pool(samples: &[Sample]) -> std::borrow::Cow<'_, Sample> {
    match samples {
        [one] => std::borrow::Cow::Borrowed(one),
        many => {
            let values = many.iter().flat_map(|sample| sample.values().iter().copied()).collect();
            std::borrow::Cow::Owned(Sample::new(values).expect("samples are neither empty nor hold NaN"))
        }
    }
}
