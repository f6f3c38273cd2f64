//! The standard normal distribution: mean 0, standard deviation 1.

use std::f64::consts::SQRT_2;

use statrs::function::erf::{erfc, erfc_inv};

/// The probability of a value of at most `z`.
///
/// Off by at most 1e-10 of itself (that is statrs' `erfc`), also far out in the lower tail, where
/// one minus the upper tail would round to 0.
pub(super) fn cdf(z: f64) -> f64 {
    erfc(-z / SQRT_2) / 2.0
}

/// The value below which `probability` lies: the inverse of [`cdf`].
///
/// * `probability`: in \[0, 1\]; the ends give minus and plus infinity.
pub(super) fn quantile(probability: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_printed_tables() {
        assert_eq!(cdf(0.0), 0.5);
        assert!((cdf(1.959_963_984_540_054) - 0.975).abs() < 1e-10);
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((cdf(-10.0) / 7.619_853_024_160_527e-24 - 1.0).abs() < 1e-10);
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
    }
}
