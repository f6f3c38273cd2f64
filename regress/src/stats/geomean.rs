//! Many ratios as one number.

/// The geometric mean: the `n`-th root of the product of `n` values.
///
/// * `values`: any unit; ratios for the mean change of several things.
/// * Returns `None` when there is no value, or one that is not above 0 (0, negative, NaN):
///   a product with 0 in it says nothing about the others.
///
/// The mean of the logarithms is updated value by value, in benchstat's order of operations.
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
        if value.is_nan() || value <= 0.0 {
            return None;
        }
        count += 1.0;
        mean_of_logs += (value.ln() - mean_of_logs) / count;
    }
    (count > 0.0).then(|| mean_of_logs.exp())
}
