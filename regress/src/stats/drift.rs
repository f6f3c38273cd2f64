//! May it be trusted? Signs that measurements were not independent of the time they were taken.

use super::order::median_in_any_order;
use super::{RankTest, Sample, normal, rank_test};

/// What the order of one sample tells. Each fact is worked out when it is asked for: most samples are dismissed after
/// the first. Nothing here says how much is too much.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift<'a> {
    sample: &'a Sample,
    early: &'a [f64],
    late: &'a [f64],
}

/// Early against late, and each against the next.
///
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
/// use regress::stats::{Sample, drift};
///
/// let cooling = Sample::new(vec![8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0])?;
/// let drift = drift(&cooling).expect("8 values");
/// assert_eq!((drift.early_median(), drift.late_median()), (6.5, 2.5));
/// // all early above all late: 2 / C(8, 4)
/// assert_eq!(drift.early_to_late().p, 2.0 / 70.0);
/// // around 4.5: (3.5 * 2.5 + 2.5 * 1.5 + 1.5 * 0.5 - 0.5 * 0.5 + ...) / 42 = 26.25 / 42
/// assert_eq!(drift.autocorrelation(), 0.625);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn drift(sample: &Sample) -> Option<Drift<'_>> {
    let values = sample.values();
    let half = values.len() / 2;
    if half < 2 {
        return None;
    }
    Some(Drift { sample, early: &values[..half], late: &values[values.len() - half..] })
}

impl Drift<'_> {
    /// The median of the first half, in the unit of the values.
    pub fn early_median(&self) -> f64 {
        median_in_any_order(&mut self.early.to_vec())
    }

    /// The median of the second half, in the unit of the values.
    pub fn late_median(&self) -> f64 {
        median_in_any_order(&mut self.late.to_vec())
    }

    /// The first half as old, the second as new: a small p is a warm-up or a drift.
    pub fn early_to_late(&self) -> RankTest {
        let half = |values: &[f64]| Sample::new(values.to_vec()).expect("part of a sample, not empty");
        rank_test(&half(self.early), &half(self.late))
    }

    /// The correlation of each rank with the one before it, from −1 to 1: near 0 for independent
    /// measurements, positive when slow ones follow slow ones. 0 when all values are the same.
    pub fn autocorrelation(&self) -> f64 {
        autocorrelation(&ranks(self.sample))
    }

    /// What [`autocorrelation`](Drift::autocorrelation) exceeds with probability `alpha`, in either direction, when the
    /// measurements are independent.
    pub fn autocorrelation_bound(&self, alpha: f64) -> f64 {
        normal::quantile(1.0 - alpha / 2.0) / (self.sample.len() as f64).sqrt()
    }
}

/// How many independent measurements tell as much about the mean as `n` of which each resembles the one before.
///
/// * `autocorrelation`: of neighbours, in (−1, 1).
/// * Returns n (1 − r) / (1 + r), what holds for many measurements when the correlation fades by r at each step.
///
/// Source: Bayley & Hammersley 1946, Supplement to the Journal of the Royal Statistical Society 8(2), 184–197.
///
/// ```
/// use regress::stats::effective_size;
///
/// assert_eq!(effective_size(90, 0.5), 30.0); // 0.5 / 1.5
/// assert_eq!(effective_size(90, 0.0), 90.0);
/// ```
pub fn effective_size(n: usize, autocorrelation: f64) -> f64 {
    n as f64 * (1.0 - autocorrelation) / (1.0 + autocorrelation)
}

/// The rank of each value in the order taken, from 1; equal values share the mean of their ranks.
fn ranks(sample: &Sample) -> Vec<f64> {
    let sorted = sample.sorted();
    let rank = |value: &f64| {
        let below = sorted.partition_point(|other| other < value);
        let is_alone = sorted.get(below + 1).is_none_or(|next| next > value);
        let up_to = if is_alone { below + 1 } else { sorted.partition_point(|other| other <= value) };
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::Method;

    /// All of them at once.
    #[derive(Debug, PartialEq)]
    struct Facts {
        early_median: f64,
        late_median: f64,
        early_to_late: RankTest,
        autocorrelation: f64,
        autocorrelation_bound: f64,
    }

    fn facts(values: &[f64]) -> Option<Facts> {
        let sample = Sample::new(values.to_vec()).expect("finite");
        let drift = drift(&sample)?;
        Some(Facts {
            early_median: drift.early_median(),
            late_median: drift.late_median(),
            early_to_late: drift.early_to_late(),
            autocorrelation: drift.autocorrelation(),
            autocorrelation_bound: drift.autocorrelation_bound(0.05),
        })
    }

    #[test]
    fn three_values_say_nothing() {
        assert_eq!(facts(&[1.0]), None);
        assert_eq!(facts(&[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn a_constant_does_not_drift() {
        let drift = facts(&[5.0; 10]).expect("10 values");
        assert_eq!(drift.early_to_late.method, Method::AllEqual);
        assert_eq!(drift.autocorrelation, 0.0);
    }

    #[test]
    fn the_middle_value_belongs_to_neither_half() {
        let drift = facts(&[1.0, 2.0, 99.0, 3.0, 4.0]).expect("5 values");
        assert_eq!((drift.early_median, drift.late_median), (1.5, 3.5));
    }

    #[test]
    fn to_and_fro_is_a_negative_correlation() {
        // Ranks 1.5 and 3.5 in turn around 2.5: three products of -1, four squares of 1
        assert_eq!(facts(&[1.0, 2.0, 1.0, 2.0]).map(|drift| drift.autocorrelation), Some(-0.75));
    }

    #[test]
    fn a_warm_up_is_seen_and_a_wild_value_is_not_taken_for_one() {
        let steady = |i: u32| 100.0 + f64::from(i * 7919 % 31); // scattered over 100 .. 130
        let warm_up: Vec<f64> = (0..40).map(|i| steady(i) + if i < 15 { 60.0 } else { 0.0 }).collect();
        let drift = facts(&warm_up).expect("40 values");
        assert!(drift.early_to_late.p < 0.001 && drift.early_to_late.superiority < 0.2);
        assert!(drift.autocorrelation > drift.autocorrelation_bound);

        let wild: Vec<f64> = (0..40).map(|i| if i == 3 { 1e9 } else { steady(i) }).collect();
        assert!(facts(&wild).expect("40 values").early_to_late.p > 0.05);
    }

    /// Seeded: of 2000 samples without any pattern, about one in 20 exceeds a bound at alpha 0.05.
    #[test]
    fn independent_values_seldom_exceed_the_bounds() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64; // xorshift, Marsaglia 2003
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64
        };
        let (mut drifting, mut correlated) = (0, 0);
        for _ in 0..2000 {
            let values: Vec<f64> = (0..30).map(|_| random()).collect();
            let drift = facts(&values).expect("30 values");
            drifting += i32::from(drift.early_to_late.p <= 0.05);
            correlated += i32::from(drift.autocorrelation.abs() > drift.autocorrelation_bound);
        }
        // 100 ± 4 sqrt(2000 * 0.05 * 0.95) = 100 ± 39; the bound is a little wide for few values
        assert!((61..=139).contains(&drifting), "{drifting}");
        assert!((40..=139).contains(&correlated), "{correlated}");
    }

    proptest! {
        #[test]
        fn backwards_the_halves_change_places(values in prop::collection::vec(-1e3..1e3, 4..60)) {
            let there = facts(&values).expect("enough");
            let backwards: Vec<f64> = values.into_iter().rev().collect();
            let back = facts(&backwards).expect("enough");
            prop_assert_eq!(there.early_median, back.late_median);
            prop_assert!((there.early_to_late.p - back.early_to_late.p).abs() < 1e-12);
            prop_assert!((there.autocorrelation - back.autocorrelation).abs() < 1e-12);
            prop_assert!((-1.0..=1.0).contains(&there.autocorrelation));
        }
    }
}
