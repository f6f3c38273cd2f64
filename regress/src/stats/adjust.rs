//! p-values of many tests, made comparable with one alpha.

/// p-values after Holm's step-down adjustment: compare them with alpha, and the chance of even one
/// false alarm in the whole family stays at most alpha, however the tests depend on one another.
///
/// * `p_values`: probabilities in \[0, 1\], in any order; NaN counts as 1.
/// * Returns as many, in the same order, each at least as large as before and at most 1.
///
/// Source: Holm 1979, Scandinavian Journal of Statistics 6(2), 65–70.
///
/// ```
/// use regress::stats::holm;
///
/// // sorted: 3 * 0.01, 2 * 0.02, 1 * 0.03 -> the last may not fall below the one before it
/// assert_eq!(holm(&[0.02, 0.03, 0.01]), [0.04, 0.04, 0.03]);
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest = 0.0;
    for (rank, index) in ascending(p_values).into_iter().enumerate() {
        let tests_left = (p_values.len() - rank) as f64;
        largest = f64::max(largest, (p_values[index] * tests_left).min(1.0));
        adjusted[index] = largest;
    }
    adjusted
}

/// p-values after the adjustment of Benjamini and Hochberg: compare them with q, and of the
/// changes reported at most a share of q is false on average.
///
/// * `p_values`: probabilities in \[0, 1\], in any order, of tests that are independent or
///   positively dependent; NaN counts as 1.
/// * Returns as many, in the same order, each at least as large as before and at most 1.
///
/// Source: Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57(1), 289–300.
///
/// ```
/// use regress::stats::benjamini_hochberg;
///
/// // sorted: 0.01 * 3/1, 0.02 * 3/2, 0.03 * 3/3 -> all 0.03
/// assert_eq!(benjamini_hochberg(&[0.02, 0.03, 0.01]), [0.03, 0.03, 0.03]);
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p_values.len()];
    let mut smallest = 1.0;
    for (rank, index) in ascending(p_values).into_iter().enumerate().rev() {
        let share = p_values.len() as f64 / (rank + 1) as f64;
        smallest = f64::min(smallest, p_values[index] * share); // f64::min passes over NaN
        adjusted[index] = smallest;
    }
    adjusted
}

/// The positions of the p-values from small to large, NaN last.
fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..p_values.len()).collect();
    indices.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    indices
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn at_most_one_and_nan_is_one() {
        assert!(holm(&[]).is_empty());
        assert!(benjamini_hochberg(&[]).is_empty());
        assert_eq!(holm(&[0.6, 0.7]), [1.0, 1.0]); // 2 * 0.6
        assert_eq!(holm(&[f64::NAN, 0.01]), [1.0, 0.02]);
        assert_eq!(benjamini_hochberg(&[f64::NAN, 0.01]), [1.0, 0.02]);
    }

    fn probabilities() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(0.0..=1.0, 1..50)
    }

    proptest! {
        #[test]
        fn never_below_the_raw_one_and_never_above_one(p_values in probabilities()) {
            let (holm, bh) = (holm(&p_values), benjamini_hochberg(&p_values));
            for i in 0..p_values.len() {
                prop_assert!(p_values[i] <= bh[i] && bh[i] <= holm[i] && holm[i] <= 1.0);
            }
        }

        #[test]
        fn the_order_of_the_tests_does_not_matter(p_values in probabilities(), by in 0_usize..50) {
            let mut rotated = p_values.clone();
            rotated.rotate_left(by % p_values.len());
            for adjust in [holm, benjamini_hochberg] {
                let mut expected = adjust(&p_values);
                expected.rotate_left(by % p_values.len());
                prop_assert_eq!(adjust(&rotated), expected);
            }
        }

        #[test]
        fn the_smallest_stays_the_smallest(p_values in probabilities()) {
            for adjust in [holm, benjamini_hochberg] {
                let adjusted = adjust(&p_values);
                for i in 0..p_values.len() {
                    for j in 0..p_values.len() {
                        prop_assert!(p_values[i] > p_values[j] || adjusted[i] <= adjusted[j]);
                    }
                }
            }
        }
    }
}
