//! Measurements that can be trusted to be numbers.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;

/// Measurements of one thing: never empty, never NaN, never infinite.
///
/// Keeps the order in which they were taken (drift and warm-up show there) and a sorted copy
/// (everything else reads that). Sorting in place would make the median cheap and the drift
/// invisible.
///
/// Costs 8 bytes per value, and 8 more where the values were not taken in ascending order: a
/// single value, or a count that never varies, has no second copy.
///
/// ```
/// use regress::stats::Sample;
///
/// let sample = Sample::new(vec![3.0, 1.0, 2.0])?;
/// assert_eq!(sample.values(), [3.0, 1.0, 2.0]);
/// assert_eq!(sample.sorted(), [1.0, 2.0, 3.0]);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    taken: Box<[f64]>,
    sorted: Sorted,
}

/// Where the ascending order is found.
#[derive(Clone, Debug, PartialEq)]
enum Sorted {
    AsTaken,
    Copy(Box<[f64]>),
}

/// Why numbers do not make a [`Sample`]. `index` counts from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SampleError {
    /// There was no value at all.
    Empty,
    /// A value is NaN.
    NotANumber {
        /// Position of the first such value.
        index: usize,
    },
    /// A value is plus or minus infinity.
    Infinite {
        /// Position of the first such value.
        index: usize,
    },
}

impl Sample {
    /// The values as a sample, in the order given.
    ///
    /// Fails when there is no value, or at the first that is NaN or infinite.
    ///
    /// ```
    /// use regress::stats::{Sample, SampleError};
    ///
    /// assert_eq!(Sample::new(vec![]), Err(SampleError::Empty));
    /// assert_eq!(Sample::new(vec![1.0, f64::NAN]), Err(SampleError::NotANumber { index: 1 }));
    /// ```
    pub fn new(values: Vec<f64>) -> Result<Sample, SampleError> {
        if values.is_empty() {
            return Err(SampleError::Empty);
        }
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(if values[index].is_nan() {
                SampleError::NotANumber { index }
            } else {
                SampleError::Infinite { index }
            });
        }
        let taken = values.into_boxed_slice();
        let sorted = if taken.is_sorted() {
            Sorted::AsTaken
        } else {
            let mut copy = taken.clone();
            // Twice as fast as `total_cmp`, which has an order for NaN as well.
            copy.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
            Sorted::Copy(copy)
        };
        Ok(Sample { taken, sorted })
    }

    /// The values in the order in which they were taken. At least one.
    pub fn values(&self) -> &[f64] {
        &self.taken
    }

    /// The values from small to large. At least one.
    pub fn sorted(&self) -> &[f64] {
        match &self.sorted {
            Sorted::AsTaken => &self.taken,
            Sorted::Copy(sorted) => sorted,
        }
    }

    /// How many values there are: at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a sample is never empty")]
    pub fn len(&self) -> usize {
        self.taken.len()
    }

    /// The smallest value.
    pub fn min(&self) -> f64 {
        self.sorted()[0]
    }

    /// The largest value.
    pub fn max(&self) -> f64 {
        self.sorted()[self.len() - 1]
    }

    /// The arithmetic mean, between [`min`](Sample::min) and [`max`](Sample::max).
    ///
    /// ```
    /// use regress::stats::Sample;
    ///
    /// assert_eq!(Sample::new(vec![1.0, 2.0, 6.0])?.mean(), 3.0); // 9 / 3
    /// # Ok::<(), regress::stats::SampleError>(())
    /// ```
    pub fn mean(&self) -> f64 {
        let count = self.len() as f64;
        let sum: f64 = self.taken.iter().sum();
        let mean = if sum.is_finite() { sum / count } else { self.taken.iter().map(|value| value / count).sum() };
        mean.clamp(self.min(), self.max()) // 0.1 + 0.1 + 0.1 is more than 3 * 0.1
    }

    /// Whether all values are the same: no spread, nothing to test.
    pub fn is_constant(&self) -> bool {
        self.min() == self.max()
    }

    /// A sample of `change(value)` for each value, in the order taken.
    ///
    /// Fails at the first result that is NaN or infinite.
    ///
    /// ```
    /// use regress::stats::{Sample, SampleError};
    ///
    /// let sample = Sample::new(vec![2.0, 0.0])?;
    /// assert_eq!(sample.map(|x| 3.0 * x)?.values(), [6.0, 0.0]);
    /// assert_eq!(sample.map(f64::ln), Err(SampleError::Infinite { index: 1 })); // ln 0
    /// # Ok::<(), SampleError>(())
    /// ```
    pub fn map(&self, change: impl FnMut(f64) -> f64) -> Result<Sample, SampleError> {
        Sample::new(self.taken.iter().copied().map(change).collect())
    }
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SampleError::Empty => write!(f, "no measurements; at least one is needed"),
            SampleError::NotANumber { index } => {
                write!(f, "measurement {} is not a number", index + 1)
            }
            SampleError::Infinite { index } => {
                write!(f, "measurement {} is infinite", index + 1)
            }
        }
    }
}

impl Error for SampleError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(values: &[f64], expected: Result<&[f64], SampleError>) {
        let sample = Sample::new(values.to_vec());
        assert_eq!(sample.as_ref().map(Sample::sorted).map_err(|error| *error), expected, "for {values:?}");
        if let Ok(sample) = sample {
            assert_eq!(sample.values(), values);
        }
    }

    #[test]
    fn only_finite_numbers_and_at_least_one() {
        check(&[], Err(SampleError::Empty));
        check(&[5.0], Ok(&[5.0]));
        check(&[2.0, 1.0, 2.0], Ok(&[1.0, 2.0, 2.0]));
        check(&[0.0, -1.0], Ok(&[-1.0, 0.0]));
        check(&[f64::NAN], Err(SampleError::NotANumber { index: 0 }));
        check(&[1.0, f64::INFINITY, f64::NAN], Err(SampleError::Infinite { index: 1 }));
        check(&[1.0, 2.0, f64::NEG_INFINITY], Err(SampleError::Infinite { index: 2 }));
    }

    #[test]
    fn errors_count_for_people() {
        assert_eq!(SampleError::NotANumber { index: 0 }.to_string(), "measurement 1 is not a number");
        assert_eq!(SampleError::Infinite { index: 9 }.to_string(), "measurement 10 is infinite");
    }

    #[test]
    fn the_mean_stays_between_the_ends() {
        assert_eq!(Sample::new(vec![0.1; 3]).map(|sample| sample.mean()), Ok(0.1));
        assert_eq!(Sample::new(vec![f64::MAX; 3]).map(|sample| sample.mean()), Ok(f64::MAX));
        assert_eq!(Sample::new(vec![f64::MIN, f64::MAX]).map(|sample| sample.mean()), Ok(0.0));
    }

    #[test]
    fn a_constant_has_no_spread() {
        assert_eq!(Sample::new(vec![0.0, -0.0]).map(|sample| sample.is_constant()), Ok(true));
        assert_eq!(Sample::new(vec![0.0, 1e-300]).map(|sample| sample.is_constant()), Ok(false));
    }

    proptest! {
        #[test]
        fn both_orders_hold_the_same_values(values in prop::collection::vec(-1e300..1e300, 1..50)) {
            let sample = Sample::new(values.clone()).expect("finite");
            prop_assert_eq!(sample.values(), &values[..]);
            prop_assert!(sample.sorted().is_sorted());
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            prop_assert_eq!(sample.sorted(), &sorted[..]);
            prop_assert!(sample.min() <= sample.mean() && sample.mean() <= sample.max());
        }

        #[test]
        fn any_numbers_make_a_sample_or_an_error(values in prop::collection::vec(any::<f64>(), 0..20)) {
            let fine = !values.is_empty() && values.iter().all(|value| value.is_finite());
            prop_assert_eq!(Sample::new(values).is_ok(), fine);
        }
    }
}
