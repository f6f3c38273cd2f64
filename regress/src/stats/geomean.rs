//! Many ratios as one number.

use super::natural;

/// The geometric mean: the `n`-th root of the product of `n` values.
///
/// * `values`: any unit; ratios for the mean change of several things.
/// * Returns `None` when there is no value, or one that is not above 0 (0, negative, NaN) or not
///   finite:
///   a product with 0 in it says nothing about the others.
///
/// The mean of the logarithms is updated value by value. Order of operations and rounding are those
/// of benchstat: all digits are equal, also the wrong ones (the mean of 924.8 alone is
/// 924.7999999999995).
///
/// ```
/// use regress::stats::geometric_mean;
///
/// let mean = geometric_mean([2.0, 8.0]).expect("both are above 0");
/// assert!((mean - 4.0).abs() < 1e-15 * 4.0); // sqrt(2 * 8)
/// assert_eq!(geometric_mean([2.0, 0.0]), None);
/// assert_eq!(geometric_mean([]), None);
/// ```
pub fn geometric_mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut mean_of_logs = 0.0;
    let mut count = 0.0;
    for value in values {
        if !(0.0 < value && value.is_finite()) {
            return None;
        }
        count += 1.0;
        mean_of_logs += (natural::ln(value) - mean_of_logs) / count;
    }
    (count > 0.0).then(|| natural::exp(mean_of_logs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_benchstat_to_the_last_digit() {
        // Printed by benchstat -format csv for these centres.
        assert_eq!(geometric_mean([924.8]), Some(924.7999999999995));
        assert_eq!(geometric_mean([20.5]), Some(20.500000000000004));
        let centers = [0.000895432, 8.499785000000001e-07, 6.1446e-08, 2.40481e-07, 5.569500000000001e-06];
        assert_eq!(geometric_mean(centers), Some(2.287527001177543e-06));
    }

    #[test]
    fn refuses_what_has_no_logarithm() {
        for bad in [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(geometric_mean([2.0, bad, 3.0]), None, "for {bad}");
        }
    }

    #[test]
    fn survives_the_ends_of_the_range() {
        assert!(geometric_mean([f64::MAX; 3]).is_some_and(|mean| mean > 1e308));
        assert!(geometric_mean([f64::from_bits(1); 3]).is_some_and(|mean| mean > 0.0));
        assert_eq!(geometric_mean([f64::from_bits(1), f64::MAX]).map(f64::is_normal), Some(true));
    }
}
