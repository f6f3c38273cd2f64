//! What could be seen? How small a change a rank test finds with so many measurements.

use std::f64::consts::SQRT_2;

use super::{normal, smallest_p};

/// The smallest relative change that [`rank_test`](super::rank_test) would probably find.
///
/// * `n_old`, `n_new`: measurements on each side, at least 1 each.
/// * `relative_spread`: standard deviation / median of one side, at least 0; take
///   [`relative_spread`](super::relative_spread), which a few wild values do not move.
/// * `alpha`: p at or below which a change counts as found.
/// * `power`: the probability with which it is to be found, between 0 and 1; 0.8 is usual.
/// * Returns a share of the old value (0.03 is 3 %), or `None` when no change, however large, is
///   found that often with so few measurements.
///
/// An approximation for values that are roughly normal and shifted as a whole. With heavy tails
/// and a robust spread it asks for a little too much.
///
/// Source: Noether 1987, Journal of the American Statistical Association 82(398), 645–647:
/// with z = z(1 − alpha/2) + z(power), the test finds P(new > old) = 1/2 + d when
/// d² >= z² (n_old + n_new) / (12 n_old n_new). For normal values a shift of s standard
/// deviations has P(new > old) = Φ(s / √2).
///
/// ```
/// use regress::stats::smallest_visible_change;
///
/// // z = 1.960 + 0.842; d = 2.802 sqrt(40 / (12 * 400)) = 0.256; s = √2 Φ⁻¹(0.756) = 0.980
/// let change = smallest_visible_change(20, 20, 0.02, 0.05, 0.8).expect("20 + 20 are enough");
/// assert!((change - 0.980 * 0.02).abs() < 1e-4);
/// // 2 / C(6, 3) = 0.1 is the smallest possible p
/// assert_eq!(smallest_visible_change(3, 3, 0.02, 0.05, 0.8), None);
/// ```
pub fn smallest_visible_change(
    n_old: usize,
    n_new: usize,
    relative_spread: f64,
    alpha: f64,
    power: f64,
) -> Option<f64> {
    if smallest_p(n_old, n_new) > alpha {
        return None;
    }
    let pairs = n_old as f64 * n_new as f64;
    let advantage = z_sum(alpha, power) * ((n_old + n_new) as f64 / (12.0 * pairs)).sqrt();
    (advantage < 0.5).then(|| SQRT_2 * normal::quantile(0.5 + advantage) * relative_spread)
}

/// The measurements per side with which [`rank_test`](super::rank_test) would probably find a
/// relative change of `change`.
///
/// * `change`: a share of the old value, above or below 0; 0.03 is 3 %.
/// * `relative_spread`, `alpha`, `power`: as for [`smallest_visible_change`], whose inverse
///   this is.
/// * Returns at least 1, or `None` when `change` or `alpha` is 0, or more than a million would be
///   needed.
///
/// ```
/// use regress::stats::samples_for_change;
///
/// // Φ(0.5 / √2) − 1/2 = 0.1381; 2.802² / (6 * 0.1381²) = 68.6
/// assert_eq!(samples_for_change(0.01, 0.02, 0.05, 0.8), Some(69));
/// // no spread: 2.802² / (6 * 0.5²) = 5.2
/// assert_eq!(samples_for_change(0.01, 0.0, 0.05, 0.8), Some(6));
/// ```
pub fn samples_for_change(change: f64, relative_spread: f64, alpha: f64, power: f64) -> Option<usize> {
    let advantage = normal::cdf(change.abs() / relative_spread / SQRT_2) - 0.5;
    let wanted = (z_sum(alpha, power) / advantage).powi(2) / 6.0;
    let fewest = super::samples_for_p(alpha)?;
    (wanted <= MOST_SAMPLES).then(|| fewest.max(wanted.ceil() as usize))
}

/// More measurements than this are not an answer anybody can use; chosen, nothing depends on it.
const MOST_SAMPLES: f64 = 1e6;

/// How many standard errors a change must be away, so that it is found with `power`.
fn z_sum(alpha: f64, power: f64) -> f64 {
    normal::quantile(1.0 - alpha / 2.0) + normal::quantile(power)
}
