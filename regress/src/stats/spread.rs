//! How far measurements lie from one another, without being fooled by a few wild ones.

use super::order::quantile_of_sorted;
use super::{Sample, median};

/// The median distance of the values from their median (MAD), in their unit.
///
/// Up to half of the values may be arbitrarily wrong before this is.
///
/// Source: Hampel 1974, Journal of the American Statistical Association 69(346), 383–393.
///
/// ```
/// use regress::stats::{Sample, median_absolute_deviation};
///
/// let sample = Sample::new(vec![1.0, 2.0, 3.0, 4.0, 900.0])?;
/// assert_eq!(median_absolute_deviation(&sample), 1.0); // from 3: 2, 1, 0, 1, 897
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn median_absolute_deviation(sample: &Sample) -> f64 {
    let (center, n) = (median(sample), sample.len());
    let middle = [n.div_ceil(2), n / 2 + 1].map(|count| distance_of_nearest(sample.sorted(), center, count));
    quantile_of_sorted(&middle, 0.5)
}

/// How far the furthest of the `count` values is that are nearest to `center`; `count` is from 1 to all of them.
///
/// The nearest stand next to each other. The further right they begin, the further their last is from the center and the
/// nearer their first: where the two change places is found by halving.
fn distance_of_nearest(sorted: &[f64], center: f64, count: usize) -> f64 {
    let of_first = |start: usize| (center - sorted[start]).min(f64::MAX);
    let of_last = |start: usize| (sorted[start + count - 1] - center).min(f64::MAX);
    let (mut low, mut high) = (0, sorted.len() - count + 1);
    while low < high {
        let start = usize::midpoint(low, high);
        if of_last(start) < of_first(start) { low = start + 1 } else { high = start }
    }
    let last_is_further = if low + count <= sorted.len() { of_last(low) } else { f64::MAX };
    let first_is_further = if low > 0 { of_first(low - 1) } else { f64::MAX };
    last_is_further.min(first_is_further)
}

/// The MAD scaled to the standard deviation that normally distributed values would have,
/// in the unit of the values.
///
/// ```
/// use regress::stats::{Sample, robust_standard_deviation};
///
/// let sample = Sample::new(vec![1.0, 2.0, 3.0, 4.0, 900.0])?;
/// assert!((robust_standard_deviation(&sample) - 1.4826).abs() < 1e-5); // MAD 1
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn robust_standard_deviation(sample: &Sample) -> f64 {
    DEVIATIONS_PER_MAD * median_absolute_deviation(sample)
}

/// [`robust_standard_deviation`] as a share of the median: 0.03 for values that scatter by 3 %.
///
/// * Returns at least 0, or `None` when the median is 0 and there is nothing to divide by.
///
/// ```
/// use regress::stats::{Sample, relative_spread};
///
/// let spread = relative_spread(&Sample::new(vec![9.0, 10.0, 11.0])?);
/// assert!((spread.expect("the median is 10") - 0.14826).abs() < 1e-5); // 1.4826 / 10
/// assert_eq!(relative_spread(&Sample::new(vec![0.0])?), None);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn relative_spread(sample: &Sample) -> Option<f64> {
    let center = median(sample).abs();
    (center > 0.0).then(|| robust_standard_deviation(sample) / center)
}

/// 1 / the third quartile of the standard normal distribution (0.6744897501960817): half of all
/// normal values lie within that many standard deviations.
const DEVIATIONS_PER_MAD: f64 = 1.482_602_218_505_602;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_to_divide_by() {
        let around_zero = Sample::new(vec![-1.0, 0.0, 1.0]).expect("finite");
        assert_eq!(relative_spread(&around_zero), None);
        let negative = Sample::new(vec![-9.0, -10.0, -11.0]).expect("finite");
        assert!(relative_spread(&negative).is_some_and(|spread| (spread - 0.148_26).abs() < 1e-5)); // 1.4826 / 10
        let widest = Sample::new(vec![f64::MIN, f64::MAX, f64::MAX]).expect("finite");
        assert_eq!(median_absolute_deviation(&widest), 0.0);
        assert_eq!(median_absolute_deviation(&Sample::new(vec![5.0]).expect("finite")), 0.0);
    }

    proptest! {
        #[test]
        fn the_nearest_are_found_without_sorting_distances(
            values in prop::collection::vec((-50..50_i32).prop_map(|x| f64::from(x) / 7.0), 1..40)
        ) {
            let sample = Sample::new(values.clone()).expect("finite");
            let center = median(&sample);
            let distances = values.iter().map(|value| (value - center).abs()).collect();
            let expected = median(&Sample::new(distances).expect("finite"));
            prop_assert_eq!(median_absolute_deviation(&sample), expected);
        }

        #[test]
        fn scales_with_the_values_and_ignores_where_they_are(
            values in prop::collection::vec((-1000..1000_i32).prop_map(f64::from), 1..40), power in -9..9
        ) {
            let sample = Sample::new(values).expect("finite");
            let factor = 2.0_f64.powi(power);
            let scaled = sample.map(|x| x * factor).expect("finite");
            let moved = sample.map(|x| x + 4096.0).expect("finite");
            let spread = median_absolute_deviation(&sample);
            prop_assert_eq!(median_absolute_deviation(&scaled), spread * factor);
            prop_assert!((median_absolute_deviation(&moved) - spread).abs() < 1e-9);
        }
    }
}
