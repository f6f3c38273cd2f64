//! What could be seen? How small a change a rank test finds with so many measurements.

use std::f64::consts::{FRAC_PI_6, SQRT_2, TAU};

use super::shift::end_number;
use super::u_distribution::LARGEST_UNTIED;
use super::{natural, normal};

/// How surely a change is to be found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aim {
    /// p at or below which a change counts as found, for example 0.05.
    pub alpha: f64,
    /// The probability with which a change of the size in question is to be found, between 0 and 1;
    /// 0.8 is usual.
    pub power: f64,
}

/// The smallest relative change that [`rank_test`](super::rank_test) would find with the power
/// that is aimed at.
///
/// * `n_old`, `n_new`: measurements on each side, at least 1 each.
/// * `relative_spread`: standard deviation / median of one side, at least 0; take
///   [`relative_spread`](super::relative_spread), which a few wild values do not move.
/// * Returns a share of the old value (0.03 is 3 %), or `None` when no change, however large, can
///   be found with so few measurements.
///
/// Supposes values that are roughly normal and shifted as a whole. Simulated with 6 to 30 such
/// values a side and alpha from 0.001 to 0.05, the change for power 0.8 was found in 80 to 85 %,
/// that for 0.9 in 88 to 90 %. Noether's shorter formula (1987) asks for up to 60 % more there,
/// or has no answer.
///
/// Source: Lehmann 1975, Nonparametrics, section 2.3: when each new value is larger than an old one
/// with probability p, and larger than two old ones with probability p₂, then U has the mean
/// n_old n_new p and the variance n_old n_new (p (1 − p) + (n_old + n_new − 2)(p₂ − p²)). Normal
/// values that are s standard deviations apart have p = Φ(s / √2).
///
/// ```
/// use regress::stats::{Aim, smallest_visible_change};
///
/// let aim = Aim { alpha: 0.05, power: 0.8 };
/// // 20 + 20 measurements show 0.94 standard deviations
/// let change = smallest_visible_change(20, 20, 0.02, aim).expect("20 + 20 are enough");
/// assert!((change - 0.94 * 0.02).abs() < 1e-4);
/// // 2 / C(6, 3) = 0.1 is the smallest possible p
/// assert_eq!(smallest_visible_change(3, 3, 0.02, aim), None);
/// ```
pub fn smallest_visible_change(n_old: usize, n_new: usize, relative_spread: f64, aim: Aim) -> Option<f64> {
    let found = |deviations: f64| power_at(n_old, n_new, deviations, aim.alpha) >= aim.power;
    if !found(MOST_DEVIATIONS) {
        return None;
    }
    let (mut too_small, mut enough) = (0.0, MOST_DEVIATIONS);
    while enough - too_small > DEVIATIONS_STEP {
        let middle = f64::midpoint(too_small, enough);
        if found(middle) { enough = middle } else { too_small = middle }
    }
    Some(enough * relative_spread)
}

/// The measurements per side with which [`rank_test`](super::rank_test) would find a relative
/// change of `change` with the power that is aimed at.
///
/// * `change`: a share of the old value, above or below 0; 0.03 is 3 %.
/// * `relative_spread`: as for [`smallest_visible_change`], whose inverse this is.
/// * Returns at least 1, or `None` when more than a million would be needed: for no change, or
///   for alpha 0.
///
/// ```
/// use regress::stats::{Aim, samples_for_change};
///
/// let aim = Aim { alpha: 0.05, power: 0.8 };
/// // half a standard deviation; Noether 1987: (1.960 + 0.842)² / (6 * 0.138²) = 69
/// assert_eq!(samples_for_change(0.01, 0.02, aim), Some(68));
/// // no spread: as many as p <= 0.05 takes, 2 / C(8, 4) = 0.029
/// assert_eq!(samples_for_change(0.01, 0.0, aim), Some(4));
/// assert_eq!(samples_for_change(0.0, 0.02, aim), None);
/// ```
pub fn samples_for_change(change: f64, relative_spread: f64, aim: Aim) -> Option<usize> {
    let deviations = change.abs() / relative_spread;
    let enough = |n: usize| power_at(n, n, deviations, aim.alpha) >= aim.power;
    // Orders come in whole steps: for few measurements one more may even be worse.
    if enough(LARGEST_UNTIED) {
        return (1..=LARGEST_UNTIED).find(|&n| enough(n));
    }
    let (mut too_few, mut many) = (LARGEST_UNTIED, MOST_SAMPLES);
    if !enough(many) {
        return None;
    }
    while too_few + 1 < many {
        let middle = usize::midpoint(too_few, many);
        if enough(middle) { many = middle } else { too_few = middle }
    }
    Some(many)
}

/// The probability that the rank test finds a shift of so many standard deviations.
fn power_at(n_old: usize, n_new: usize, deviations: f64, alpha: f64) -> f64 {
    let (number, _) = end_number(n_old, n_new, 1.0 - alpha);
    if number == 0 {
        return 0.0;
    }
    let pairs = n_old as f64 * n_new as f64;
    let larger = normal::cdf(deviations / SQRT_2);
    let larger_than_two = larger - 2.0 * owens_t_of_one_over_root_3(deviations / SQRT_2);
    let others = n_old as f64 + n_new as f64 - 2.0;
    let variance = pairs * (larger * (1.0 - larger) + others * (larger_than_two - larger * larger));
    // Found when at most number − 1 of all pairs speak against it; half a step for continuity.
    let against = pairs * (1.0 - larger);
    normal::cdf((number as f64 - 0.5 - against) / variance.max(0.0).sqrt())
}

/// Owen's T(h, 1/√3): for two standard normal variables with correlation 1/2, both lie below `h`
/// with probability Φ(h) − 2 T(h, 1/√3).
///
/// ```text
/// T(h, tan φ) = 1 / 2π ∫ exp(−h² / (2 cos² θ)) dθ,  θ from 0 to φ = π / 6
/// ```
///
/// By Simpson's rule; 16 steps leave less than 1e-8.
///
/// Source: Owen 1956, Annals of Mathematical Statistics 27(4), 1075–1090.
fn owens_t_of_one_over_root_3(h: f64) -> f64 {
    const STEPS: usize = 16;
    const STEP: f64 = FRAC_PI_6 / STEPS as f64;
    let sum: f64 = (0..=STEPS)
        .map(|i| {
            let weight = if i == 0 || i == STEPS { 1.0 } else { (2 + 2 * (i % 2)) as f64 };
            let cosine = (i as f64 * STEP).cos();
            weight * natural::exp(-(h / cosine).powi(2) / 2.0)
        })
        .sum();
    sum * STEP / 3.0 / TAU
}

/// Nothing is nearer to certain than two sides so many standard deviations apart.
const MOST_DEVIATIONS: f64 = 30.0;

/// How exactly the smallest visible change is searched for; far below what the approximation holds.
const DEVIATIONS_STEP: f64 = 1e-6;

/// More measurements than this are not an answer anybody can use; chosen, nothing depends on it.
const MOST_SAMPLES: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::{Sample, rank_test};

    #[test]
    fn owens_t() {
        assert!((owens_t_of_one_over_root_3(0.0) - 1.0 / 12.0).abs() < 1e-15); // (π/6) / 2π
        assert_eq!(owens_t_of_one_over_root_3(f64::INFINITY), 0.0);
        // scipy.special.owens_t(1, 1/sqrt(3)), scipy 1.17.1
        assert!((owens_t_of_one_over_root_3(1.0) - 0.0480705796108966).abs() < 1e-8);
    }

    #[test]
    fn without_an_effect_the_power_is_alpha() {
        // One tail of the largest rejection region within alpha.
        let power = power_at(100, 100, 0.0, 0.05);
        assert!((power - 0.025).abs() < 5e-4, "{power}");
    }

    #[test]
    fn nothing_can_be_seen_with_too_few() {
        let aim = Aim { alpha: 0.05, power: 0.8 };
        assert_eq!(smallest_visible_change(1, 38, 0.01, aim), None); // 2 / 39 = 0.051
        assert!(smallest_visible_change(1, 39, 0.01, aim).is_some()); // 2 / 40 = 0.05
        assert_eq!(smallest_visible_change(20, 20, 0.0, aim), Some(0.0));
        let never = Aim { alpha: 0.0, power: 0.8 };
        assert_eq!(smallest_visible_change(20, 20, 0.01, never), None);
        assert_eq!(samples_for_change(0.1, 0.01, never), None);
        assert_eq!(samples_for_change(0.0, 0.0, aim), None);
    }

    proptest! {
        #[test]
        fn the_two_questions_are_inverse(n in 52_usize..400, spread in 0.001..0.2, power in 0.5..0.95) {
            let aim = Aim { alpha: 0.05, power };
            let change = smallest_visible_change(n, n, spread, aim).expect("enough");
            let needed = samples_for_change(change, spread, aim);
            prop_assert!(needed.is_some_and(|needed| needed <= n && n <= needed + 1), "{n}: {needed:?}");
        }
    }

    /// Seeded, so that it says the same on every run: normal values, shifted by what should be found
    /// in 80 of 100 trials.
    #[test]
    fn a_visible_change_is_found_as_often_as_promised() {
        let mut uniform = Uniform(0x9E37_79B9_7F4A_7C15);
        for (n_old, n_new) in [(5, 5), (8, 8), (10, 20), (20, 20), (60, 60)] {
            let aim = Aim { alpha: 0.05, power: 0.8 };
            let change = smallest_visible_change(n_old, n_new, 1.0, aim).expect("enough");
            let trials = 1000;
            let found = (0..trials)
                .filter(|_| {
                    let old = uniform.normal_sample(n_old, 0.0);
                    let new = uniform.normal_sample(n_new, change);
                    rank_test(&old, &new).p <= aim.alpha
                })
                .count();
            // 800 ± 3 sqrt(1000 * 0.8 * 0.2) = 800 ± 38, and up to 5 % more for few measurements
            assert!((762..=888).contains(&found), "{n_old} + {n_new}: found {found} of {trials}");
        }
    }

    /// Numbers between 0 and 1; xorshift, Marsaglia 2003.
    struct Uniform(u64);

    impl Uniform {
        fn next(&mut self) -> f64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
        }

        fn normal_sample(&mut self, n: usize, mean: f64) -> Sample {
            let values = (0..n).map(|_| mean + normal::quantile(self.next())).collect();
            Sample::new(values).expect("finite")
        }
    }
}
