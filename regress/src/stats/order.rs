//! What the sorted values say: quantiles, and an interval for the median that assumes no
//! distribution.

use std::sync::OnceLock;

use super::{Interval, Sample, normal};

/// The value below which a share of `q` of the population lies, estimated by type R8.
///
/// * `q`: in \[0, 1\]; anything lower (or NaN) gives the smallest value, anything higher the largest.
/// * Returns a value between the smallest and the largest, in their unit.
///
/// R8 is "approximately median-unbiased regardless of the distribution". The order of operations
/// is that of Go's benchstat, so that the last digit agrees as well.
///
/// Source: Hyndman & Fan 1996, The American Statistician 50(4), 361–365.
///
/// ```
/// use regress::stats::{Sample, quantile};
///
/// let sample = Sample::new(vec![10.0, 20.0, 30.0, 40.0, 50.0])?;
/// // h = 1/3 + 0.25 (5 + 1/3) = 5/3: two thirds of the way from the 1st to the 2nd
/// assert!((quantile(&sample, 0.25) - (10.0 + 2.0 / 3.0 * 10.0)).abs() < 1e-12);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn quantile(sample: &Sample, q: f64) -> f64 {
    quantile_of_sorted(sample.sorted(), q)
}

/// The middle value, or the middle between the two middle ones: [`quantile`] at one half.
///
/// ```
/// use regress::stats::{Sample, median};
///
/// assert_eq!(median(&Sample::new(vec![9.0, 1.0, 2.0])?), 2.0);
/// assert_eq!(median(&Sample::new(vec![9.0, 1.0, 2.0, 4.0])?), 3.0); // (2 + 4) / 2
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn median(sample: &Sample) -> f64 {
    quantile(sample, 0.5)
}

/// An interval for the median whose ends are measurements, whatever the distribution.
///
/// * `confidence`: wanted probability in \[0, 1\], for example 0.95.
/// * An end is infinite where there are too few values: fewer than
///   [`samples_for_interval`] (6 for 0.95).
///
/// The orders are those of [`median_orders`].
///
/// ```
/// use regress::stats::{Sample, median_interval};
///
/// let sample = Sample::new(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// let interval = median_interval(&sample, 0.95);
/// assert_eq!((interval.low, interval.high), (1.0, 6.0));
/// assert_eq!(interval.confidence, 0.96875); // 1 - 2 / 2^6: all six above, or all six below
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn median_interval(sample: &Sample, confidence: f64) -> Interval {
    let MedianOrders { low, high, confidence } = median_orders(sample.len(), confidence);
    let sorted = sample.sorted();
    Interval {
        low: if low == 0 { f64::NEG_INFINITY } else { sorted[low - 1] },
        high: if high > sorted.len() { f64::INFINITY } else { sorted[high - 1] },
        confidence,
    }
}

/// Which of the sorted measurements bound the median. Numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MedianOrders {
    /// The number of the lower end; 0 stands for minus infinity.
    pub low: usize,
    /// The number of the upper end; one more than there are measurements stands for infinity.
    pub high: usize,
    /// The probability that the median lies between them.
    pub confidence: f64,
}

/// The orders between which the median of `n` measurements lies with `confidence`.
///
/// The number of measurements below the median is binomial (n, 1/2). The interval grows from the
/// middle, each time towards the more likely neighbour. Where both are alike it leans to the side that
/// benchstat's does: to the left (8 values: orders 1 to 7, not 2 to 8), or from 21 measurements on where
/// the rounding of benchstat's sums has it. Above 30 measurements the binomial distribution is replaced by a normal one.
///
/// * `confidence`: in \[0, 1\]; 1 or more (or NaN) gives infinite ends.
///
/// Source: Gibbons & Chakraborti 2003, Nonparametric Statistical Inference, section 5.2;
/// orders equal to those of golang.org/x/perf.
///
/// ```
/// use regress::stats::median_orders;
///
/// let orders = median_orders(10, 0.95);
/// assert_eq!((orders.low, orders.high), (2, 9));
/// assert_eq!(orders.confidence, 1002.0 / 1024.0); // 1 - 2 (C(10, 0) + C(10, 1)) / 2^10
/// ```
pub fn median_orders(n: usize, confidence: f64) -> MedianOrders {
    let wanted = if confidence < 1.0 { confidence.max(0.0) } else { return everything(n) };
    if n <= LARGEST_EXACT { binomial_orders(n, wanted) } else { normal_orders(n, wanted) }
}

/// The fewest measurements for which both ends of [`median_interval`] are finite.
///
/// * Returns `None` when more than 50 would be needed: intervals of such confidence are not worth
///   waiting for.
///
/// ```
/// use regress::stats::samples_for_interval;
///
/// assert_eq!(samples_for_interval(0.95), Some(6)); // 1 - 2 / 2^6 = 0.969, 1 - 2 / 2^5 = 0.938
/// assert_eq!(samples_for_interval(1.0), None);
/// ```
pub fn samples_for_interval(confidence: f64) -> Option<usize> {
    (2..=50).find(|&n| {
        let orders = median_orders(n, confidence);
        1 <= orders.low && orders.high <= n
    })
}

/// Up to here the binomial distribution is summed term by term; benchstat's limit.
const LARGEST_EXACT: usize = 30;

/// [`quantile`] of values that are sorted already. At least one value.
pub(super) fn quantile_of_sorted(sorted: &[f64], q: f64) -> f64 {
    let last = sorted.len() - 1;
    if q >= 1.0 {
        return sorted[last];
    }
    // Not simplified, so that every last digit is benchstat's. For the median it is exactly (n + 1) / 2.
    let position = 1.0 / 3.0 + q.max(0.0) * (sorted.len() as f64 + 1.0 / 3.0);
    let number = position.floor() as usize; // counts from 1
    if q <= 0.0 || number == 0 {
        return sorted[0];
    }
    if number > last {
        return sorted[last];
    }
    let (below, above) = (sorted[number - 1], sorted[number]);
    let share = position - position.floor();
    let gap = above - below;
    if gap.is_finite() {
        below + share * gap
    } else {
        below * (1.0 - share) + above * share // the gap between -1e308 and 1e308 is too wide
    }
}

/// The [`median`] of values in any order, which are left in another. At least one, none NaN.
pub(super) fn median_in_any_order(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let (below, _, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if let Some(last) = below.len().checked_sub(1) {
        below.select_nth_unstable_by(last, f64::total_cmp);
    }
    // No more than the two in the middle is looked at.
    quantile_of_sorted(values, 0.5)
}

fn everything(n: usize) -> MedianOrders {
    MedianOrders { low: 0, high: n + 1, confidence: 1.0 }
}

/// Grows `[left, right)` over the number of measurements below the median, from 0 to `n`.
fn binomial_orders(n: usize, wanted: f64) -> MedianOrders {
    let masses = binomial_masses(n);
    let mut left = (n + 1).div_ceil(2) - 1;
    let mut right = left + 1;
    let mut confidence = masses[left];
    while confidence < wanted {
        let below = left.checked_sub(1).map_or(0.0, |index| masses[index]);
        let above = masses.get(right).copied().unwrap_or(0.0);
        if below == 0.0 && above == 0.0 {
            break;
        }
        if below > above || (below == above && !leans_right(n, right)) {
            left -= 1;
            confidence += below;
        } else {
            right += 1;
            confidence += above;
        }
    }
    MedianOrders { low: left, high: right, confidence }
}

/// Whether of two neighbours that are as likely as each other the right one comes first, at `right`.
///
/// benchstat means to lean to the left. Above 20 it takes C(n, k) from logarithms of factorials, whose last digits differ
/// for k and n − k; which of the two comes out larger is chance, and always the same.
fn leans_right(n: usize, right: usize) -> bool {
    const FIRST: usize = 21;
    // For 21 to 30 measurements.
    const LEANING: [&[usize]; 10] = [
        &[14, 17, 19],
        &[12, 15, 18, 20],
        &[16, 19, 21],
        &[13, 17, 20, 22],
        &[15, 18, 21, 23],
        &[16, 19, 22, 24],
        &[16, 17, 20, 23, 25],
        &[15, 16, 18, 21, 24, 26],
        &[16, 19, 22, 23, 24, 25, 27],
        &[16, 17, 20, 22, 23, 24, 25, 26, 28],
    ];
    let of_n = n.checked_sub(FIRST).and_then(|index| LEANING.get(index));
    of_n.is_some_and(|rights| rights.contains(&right))
}

/// C(n, k) / 2^n for k from 0 to `n`, at most [`LARGEST_EXACT`]; exact in f64.
///
/// Samples of one run mostly have the same size, so what was computed once is remembered.
fn binomial_masses(n: usize) -> &'static [f64] {
    static MASSES: [OnceLock<Box<[f64]>>; LARGEST_EXACT + 1] = [const { OnceLock::new() }; LARGEST_EXACT + 1];
    let masses = || {
        let next = |(k, mass): &(usize, f64)| Some((k + 1, mass * (n - k) as f64 / (k + 1) as f64));
        std::iter::successors(Some((0, 0.5_f64.powi(n as i32))), next).take(n + 1).map(|(_, mass)| mass).collect()
    };
    MASSES[n].get_or_init(masses)
}

/// The same with a normal distribution in place of the binomial one, half a step of continuity
/// correction on either side.
fn normal_orders(n: usize, wanted: f64) -> MedianOrders {
    let mean = n as f64 / 2.0;
    let deviation = (n as f64).sqrt() / 2.0;
    let probability = |left: f64, right: f64| {
        normal::cdf((right - 0.5 - mean) / deviation) - normal::cdf((left - 0.5 - mean) / deviation)
    };

    let low = mean + deviation * normal::quantile((1.0 - wanted) / 2.0);
    let high = 2.0 * mean - low;
    let left = (low - 0.5).floor() + 1.0;
    let mut right = (high - 0.5).ceil() + 1.0;
    // Both ends were rounded outwards; one step back on the right may be affordable.
    let one_back = probability(left, right - 1.0);
    if one_back >= wanted && one_back < probability(left, right) {
        right -= 1.0;
    }

    if left <= 0.0 && n as f64 + 1.0 <= right {
        return everything(n);
    }
    MedianOrders {
        low: left.max(0.0) as usize,
        high: right.min(n as f64 + 1.0) as usize,
        confidence: probability(left, right),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check_orders(n: usize, expected: (usize, usize)) {
        let orders = median_orders(n, 0.95);
        assert_eq!((orders.low, orders.high), expected, "for {n} measurements");
    }

    #[test]
    fn the_orders_of_benchstat_at_95_percent() {
        // Left: what the binomial distribution gives; 0 and n + 1 are infinite ends.
        check_orders(1, (0, 2));
        check_orders(2, (0, 3));
        check_orders(3, (0, 4));
        check_orders(4, (0, 5));
        check_orders(5, (0, 5)); // 31/32 = 0.969 without the upper end
        check_orders(6, (1, 6));
        check_orders(7, (1, 7));
        check_orders(8, (1, 7)); // leans to the left; 2 to 8 would do as well
        check_orders(9, (2, 8));
        check_orders(10, (2, 9));
        check_orders(11, (2, 9));
        check_orders(12, (3, 10));
        check_orders(15, (4, 12));
        check_orders(16, (4, 12));
        check_orders(20, (6, 15));
        check_orders(25, (8, 18));
        check_orders(30, (10, 21));
        // Chance has it.
        check_orders(22, (6, 16));
        // From here on normal.
        check_orders(31, (10, 22));
        check_orders(40, (14, 27));
        check_orders(50, (18, 32));
        check_orders(100, (40, 60));
    }

    #[test]
    fn no_confidence_asks_for_no_width() {
        for n in [31, 32, 100] {
            let orders = median_orders(n, 0.0);
            assert_eq!((orders.low, orders.high), (n.div_ceil(2), n.div_ceil(2)));
        }
    }

    #[test]
    fn how_many_measurements_an_interval_takes() {
        assert_eq!(samples_for_interval(0.0), Some(2));
        assert_eq!(samples_for_interval(0.95), Some(6)); // 1 - 2 / 2^6 = 0.969
        assert_eq!(samples_for_interval(0.99), Some(8)); // 1 - 2 / 2^8 = 0.992
        assert_eq!(samples_for_interval(1.0), None);
        assert_eq!(samples_for_interval(f64::NAN), None);
    }

    #[test]
    fn quantiles_stop_at_the_ends() {
        let sample = Sample::new(vec![3.0, 1.0]).expect("finite");
        for (q, expected) in
            [(-1.0, 1.0), (0.0, 1.0), (0.1, 1.0), (0.9, 3.0), (1.0, 3.0), (f64::INFINITY, 3.0), (f64::NAN, 1.0)]
        {
            assert_eq!(quantile(&sample, q), expected, "for {q}");
        }
        let widest = Sample::new(vec![f64::MIN, f64::MAX]).expect("finite");
        assert!(quantile(&widest, 0.5).abs() < 1e293); // f64::MAX times the rounding of one half
    }

    proptest! {
        #[test]
        fn quantiles_rise(values in prop::collection::vec(-1e3..1e3, 1..60), p in 0.0..1.0, q in 0.0..1.0) {
            let sample = Sample::new(values).expect("finite");
            let (low, high) = (f64::min(p, q), f64::max(p, q));
            prop_assert!(quantile(&sample, low) <= quantile(&sample, high));
            prop_assert!(sample.min() <= quantile(&sample, low) && quantile(&sample, high) <= sample.max());
        }

        #[test]
        fn the_interval_holds_the_median_and_its_ends_are_measurements(
            values in prop::collection::vec(-1e3..1e3, 1..120), confidence in 0.5..1.0
        ) {
            let sample = Sample::new(values).expect("finite");
            let interval = median_interval(&sample, confidence);
            prop_assert!(interval.contains(median(&sample)));
            prop_assert!(interval.confidence >= confidence - 1e-9);
            for end in [interval.low, interval.high] {
                prop_assert!(end.is_infinite() || sample.values().contains(&end));
            }
        }

        #[test]
        fn orders_stay_within_reach(n in 1_usize..200, confidence in any::<f64>()) {
            let orders = median_orders(n, confidence);
            prop_assert!(orders.low <= orders.high && orders.high <= n + 1, "{orders:?}");
            prop_assert!((0.0..=1.0).contains(&orders.confidence));
        }
    }
}
