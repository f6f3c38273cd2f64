//! By how much did it change? The estimate of Hodges and Lehmann, and the interval that belongs
//! to the rank test.

use super::u_distribution::LARGEST_UNTIED;
use super::{Interval, NullDistributions, Sample, normal};

/// A change, and the range in which it is believed to lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The best single number.
    pub value: f64,
    /// Holds `value`. Unbounded on both sides where there are too few measurements.
    pub interval: Interval,
}

/// The difference `new − old`: the median of the differences of all pairs.
///
/// * `confidence`: wanted probability in \[0, 1\], for example 0.95.
/// * `nulls`: distributions that were counted before; hand the same one to every comparison.
/// * Returns differences in the unit of the values. The ends of the interval are differences that
///   were measured, or infinite with too few measurements (3 + 3 at 0.95).
///
/// The interval holds exactly those shifts that [`rank_test`](super::rank_test) would not reject
/// at 1 − `confidence`; with ties it is a little wider than asked for.
///
/// Source: Hodges & Lehmann 1963, Annals of Mathematical Statistics 34(2), 598–611; interval:
/// Hollander & Wolfe 1999, Nonparametric Statistical Methods, section 4.3.
///
/// ```
/// use regress::stats::{NullDistributions, Sample, shift};
///
/// let old = Sample::new(vec![1.0, 2.0, 3.0, 4.0])?;
/// let new = Sample::new(vec![11.0, 12.0, 13.0, 14.0])?;
/// let shift = shift(&old, &new, 0.95, &mut NullDistributions::new());
/// assert_eq!(shift.value, 10.0); // 7 once, 8 twice, 9 three times, 10 four times, ... 13 once
/// // P(U = 0) = 1 / C(8, 4) = 1/70 on either side: from the smallest difference to the largest
/// assert_eq!((shift.interval.low, shift.interval.high), (7.0, 13.0));
/// assert_eq!(shift.interval.confidence, 1.0 - 2.0 / 70.0);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn shift(old: &Sample, new: &Sample, confidence: f64, nulls: &mut NullDistributions) -> Estimate {
    // Between -1e308 and 1e308 a difference can be too large for a float: it stays the largest.
    let difference = |new: f64, old: f64| (new - old).clamp(f64::MIN, f64::MAX);
    let matrix = PairMatrix { old: old.sorted(), new: new.sorted(), combine: difference };
    let ends = (f64::NEG_INFINITY, f64::INFINITY);
    matrix.estimate(f64::midpoint, ends, confidence, nulls)
}

/// The ratio `new / old`: the median of the ratios of all pairs; 1.05 is 5 % more.
///
/// * `confidence`: wanted probability in \[0, 1\], for example 0.95.
/// * `nulls`: distributions that were counted before; hand the same one to every comparison.
/// * Returns ratios above 0, or `None` when a value is 0 or negative. The ends of the interval are
///   ratios that were measured, or 0 and infinity with too few measurements.
///
/// This is [`shift`] on the logarithms: swapping old and new gives 1 / ratio.
///
/// ```
/// use regress::stats::{NullDistributions, Sample, ratio};
///
/// let mut nulls = NullDistributions::new();
/// let old = Sample::new(vec![1.0, 2.0, 4.0])?;
/// let new = Sample::new(vec![4.0, 8.0, 16.0])?;
/// let ratio_new = ratio(&old, &new, 0.90, &mut nulls).expect("all values are above 0");
/// assert_eq!(ratio_new.value, 4.0); // 1, 2, 2, 4, 4, 4, 8, 8, 16
/// assert_eq!((ratio_new.interval.low, ratio_new.interval.high), (1.0, 16.0));
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn ratio(old: &Sample, new: &Sample, confidence: f64, nulls: &mut NullDistributions) -> Option<Estimate> {
    if old.min() <= 0.0 || new.min() <= 0.0 {
        return None;
    }
    let quotient = |new: f64, old: f64| (new / old).clamp(f64::MIN_POSITIVE, f64::MAX);
    let matrix = PairMatrix { old: old.sorted(), new: new.sorted(), combine: quotient };
    let ends = (0.0, f64::INFINITY);
    Some(matrix.estimate(geometric_midpoint, ends, confidence, nulls))
}

fn geometric_midpoint(low: f64, high: f64) -> f64 {
    if low == high { low } else { (low.sqrt() * high.sqrt()).clamp(low, high) }
}

/// All pairs of an old and a new value, never written down.
///
/// ```text
///               new 1    new 2    new 3      combine rises along a row
///   old 1         .        .        .        and falls down a column:
///   old 2         .        .        .        what lies below a limit is a staircase
/// ```
struct PairMatrix<'a, F> {
    /// From small to large; one row each.
    old: &'a [f64],
    /// From small to large; one column each.
    new: &'a [f64],
    /// Rises with `new`, falls with `old`. Rounding keeps that.
    combine: F,
}

impl<F: Fn(f64, f64) -> f64> PairMatrix<'_, F> {
    fn estimate(
        &self,
        midpoint: fn(f64, f64) -> f64,
        (lowest, highest): (f64, f64),
        confidence: f64,
        nulls: &mut NullDistributions,
    ) -> Estimate {
        let pairs = self.old.len() * self.new.len();
        let middle = self.select((pairs - 1) / 2);
        let value = if pairs % 2 == 1 { middle } else { midpoint(middle, self.select(pairs / 2)) };
        let (outside, confidence) = pairs_outside(self.old.len(), self.new.len(), confidence, nulls);
        let interval = if outside == 0 {
            Interval { low: lowest, high: highest, confidence }
        } else {
            let low = self.select(outside - 1);
            Interval { low, high: self.select(pairs - outside), confidence }
        };
        Estimate { value, interval }
    }

    /// The value of the pair at `index` (from 0) if all pairs were sorted.
    fn select(&self, index: usize) -> f64 {
        let mut all: Vec<f64> = Vec::with_capacity(self.old.len() * self.new.len());
        for &old in self.old {
            all.extend(self.new.iter().map(|&new| (self.combine)(new, old)));
        }
        *all.select_nth_unstable_by(index, f64::total_cmp).1
    }
}

/// How many of the sorted pairs lie below the interval (and as many above, counting its end), and
/// the confidence this gives: the largest number k with 1 − 2 P(U <= k − 1) >= `wanted`.
///
/// 0 when even the smallest and the largest pair are not far enough apart.
fn pairs_outside(n_old: usize, n_new: usize, wanted: f64, nulls: &mut NullDistributions) -> (usize, f64) {
    if wanted.is_nan() || 1.0 <= wanted {
        return (0, 1.0);
    }
    let wanted = wanted.max(0.0);
    if n_old.max(n_new) <= LARGEST_UNTIED {
        let tail = nulls.lower_tail(n_old, n_new);
        let outside = tail.partition_point(|at_most| 1.0 - 2.0 * at_most >= wanted);
        return (outside, if outside == 0 { 1.0 } else { 1.0 - 2.0 * tail[outside - 1] });
    }
    normal_pairs_outside(n_old, n_new, wanted)
}

/// The same with a normal distribution in place of that of U.
fn normal_pairs_outside(n_old: usize, n_new: usize, wanted: f64) -> (usize, f64) {
    let pairs = n_old as f64 * n_new as f64;
    let deviation = (pairs * (n_old as f64 + n_new as f64 + 1.0) / 12.0).sqrt();
    let lowest_z = normal::quantile((1.0 - wanted) / 2.0);
    let outside = (pairs / 2.0 + lowest_z * deviation + 0.5).floor().max(0.0);
    if outside == 0.0 {
        return (0, 1.0);
    }
    let at_most = normal::cdf((outside - 0.5 - pairs / 2.0) / deviation);
    (outside as usize, 1.0 - 2.0 * at_most)
}
