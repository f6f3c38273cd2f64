//! May it be trusted? Signs that measurements were not independent of the time they were taken.

use super::{NullDistributions, RankTest, Sample, median, normal, rank_test};

/// Facts about the order of one sample. Nothing here says how much is too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// The median of the first half, in the unit of the values.
    pub early_median: f64,
    /// The median of the second half, in the unit of the values.
    pub late_median: f64,
    /// The first half as old, the second as new: a small p is a warm-up or a drift.
    pub early_to_late: RankTest,
    /// The correlation of each rank with the one before it, from −1 to 1: near 0 for independent
    /// measurements, positive when slow ones follow slow ones. 0 when all values are the same.
    pub autocorrelation: f64,
    /// What `autocorrelation` exceeds with probability alpha, in either direction, when the
    /// measurements are independent.
    pub autocorrelation_bound: f64,
}

/// What the order of the measurements tells: early against late, and each against the next.
///
/// * `alpha`: probability for `autocorrelation_bound`, for example 0.05.
/// * Returns `None` for fewer than 4 values: halves of one value say nothing. With an odd number
///   the middle value belongs to neither half.
///
/// Ranks are used in place of the values, so that one wild value cannot hide or feign a pattern.
///
/// Source: halves: [`rank_test`]; rank correlation: Wald & Wolfowitz 1943, Annals of Mathematical
/// Statistics 14(4), 378–388; bound: z(1 − alpha/2) / √n, Bartlett 1946, Supplement to the Journal
/// of the Royal Statistical Society 8(1), 27–41.
///
/// ```
/// use regress::stats::{NullDistributions, Sample, drift};
///
/// let cooling = Sample::new(vec![8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0])?;
/// let drift = drift(&cooling, 0.05, &mut NullDistributions::new()).expect("8 values");
/// assert_eq!((drift.early_median, drift.late_median), (6.5, 2.5));
/// assert_eq!(drift.early_to_late.p, 2.0 / 70.0); // all early above all late: 2 / C(8, 4)
/// // around 4.5: (3.5 * 2.5 + 2.5 * 1.5 + 1.5 * 0.5 - 0.5 * 0.5 + ...) / 42 = 26.25 / 42
/// assert_eq!(drift.autocorrelation, 0.625);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn drift(sample: &Sample, alpha: f64, nulls: &mut NullDistributions) -> Option<Drift> {
    let values = sample.values();
    let half = values.len() / 2;
    if half < 2 {
        return None;
    }
    let part = |values: &[f64]| Sample::new(values.to_vec()).expect("part of a sample, not empty");
    let early = part(&values[..half]);
    let late = part(&values[values.len() - half..]);
    Some(Drift {
        early_median: median(&early),
        late_median: median(&late),
        early_to_late: rank_test(&early, &late, nulls),
        autocorrelation: autocorrelation(&ranks(sample)),
        autocorrelation_bound: normal::quantile(1.0 - alpha / 2.0) / (values.len() as f64).sqrt(),
    })
}

/// The rank of each value in the order taken, from 1; equal values share the mean of their ranks.
fn ranks(sample: &Sample) -> Vec<f64> {
    let sorted = sample.sorted();
    let rank = |value: &f64| {
        let below = sorted.partition_point(|other| other < value);
        let up_to = sorted.partition_point(|other| other <= value);
        (below + up_to + 1) as f64 / 2.0
    };
    sample.values().iter().map(rank).collect()
}

/// Σ (x_i − m)(x_{i+1} − m) / Σ (x_i − m)², or 0 when all are the same.
fn autocorrelation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variation: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
    if variation == 0.0 {
        return 0.0;
    }
    let neighbours = values.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean));
    neighbours.sum::<f64>() / variation
}
