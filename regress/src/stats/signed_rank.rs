//! Do differences lean to one side? Wilcoxon's signed ranks.

use super::{Method, Sample, normal};

/// What the signed ranks of differences say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedRank {
    /// The sum of the ranks of the positive differences: from 0 to n (n + 1) / 2.
    pub w: f64,
    /// Differences that are not 0: zeros lean to neither side and are left out.
    pub n: usize,
    /// The probability of a sum at least this large when the differences lie symmetrically around 0
    /// or below: small when they lie above.
    pub p_above: f64,
    /// The probability of a sum at most this large when they lie symmetrically around 0 or above:
    /// small when they lie below.
    pub p_below: f64,
    /// The two-sided probability: twice the smaller of the two, at most 1.
    pub p: f64,
    /// How the probabilities were found; `AllEqual` when every difference is 0.
    pub method: Method,
}

/// Wilcoxon's signed-rank test of differences against 0; subtract a boundary first to test against it.
///
/// * Differences of equal size share the mean of their ranks.
/// * Exact for up to 50 differences that are not 0, ties or no ties; beyond that normal, with
///   corrections for ties and continuity.
///
/// The smallest one-sided p that n differences can reach is 2^−n.
///
/// Source: Wilcoxon 1945, Biometrics Bulletin 1(6), 80–83; zeros left out as there; ties after
/// Lehmann 1975, Nonparametrics, section 3.2.
///
/// ```
/// use regress::stats::{Sample, signed_rank};
///
/// // ranks of the sizes: 1, 2, 3, 4; all but the 2 are positive
/// let test = signed_rank(&Sample::new(vec![1.0, -2.0, 3.0, 4.0])?);
/// assert_eq!(test.w, 8.0); // 1 + 3 + 4
/// // of the 2^4 ways to give signs, {}, {1} and {2} negative reach 8 or more
/// assert_eq!(test.p_above, 3.0 / 16.0);
/// assert_eq!(test.p, 6.0 / 16.0);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn signed_rank(differences: &Sample) -> SignedRank {
    let ranked = Ranked::of(differences);
    let n = ranked.n;
    let (method, p_above, p_below) = if n == 0 {
        (Method::AllEqual, 1.0, 1.0)
    } else if n <= LARGEST_EXACT {
        let (above, below) = ranked.exact_tails();
        (Method::Exact, above, below)
    } else {
        let (above, below) = ranked.normal_tails();
        (Method::Normal, above, below)
    };
    let p = (2.0 * f64::min(p_above, p_below)).min(1.0);
    SignedRank { w: ranked.twice_w as f64 / 2.0, n, p_above, p_below, p, method }
}

/// Differences up to which all ways to give signs are counted out: 2^50 fits into an f64.
const LARGEST_EXACT: usize = 50;

/// The differences that are not 0, by size.
struct Ranked {
    n: usize,
    /// Twice the sum of the ranks of the positive ones: an integer, though shared ranks are halves.
    twice_w: usize,
    /// Twice the rank, and how many share it.
    groups: Vec<(usize, usize)>,
}

impl Ranked {
    fn of(differences: &Sample) -> Ranked {
        let mut by_size: Vec<f64> = differences.values().iter().copied().filter(|&x| x != 0.0).collect();
        by_size.sort_unstable_by(|a, b| a.abs().total_cmp(&b.abs()));
        let mut ranked = Ranked { n: by_size.len(), twice_w: 0, groups: Vec::new() };
        let mut below = 0;
        for group in by_size.chunk_by(|a, b| a.abs() == b.abs()) {
            let twice_rank = 2 * below + group.len() + 1;
            ranked.twice_w += twice_rank * group.iter().filter(|&&x| x > 0.0).count();
            ranked.groups.push((twice_rank, group.len()));
            below += group.len();
        }
        ranked
    }

    /// Counts, rank by rank, how many choices of positive ones reach each sum.
    fn exact_tails(&self) -> (f64, f64) {
        let mut choices = vec![0.0; self.n * (self.n + 1) + 1];
        choices[0] = 1.0;
        let mut largest = 0;
        for &(twice_rank, size) in &self.groups {
            for _ in 0..size {
                for sum in (0..=largest).rev() {
                    choices[sum + twice_rank] += choices[sum];
                }
                largest += twice_rank;
            }
        }
        let all = 2.0_f64.powi(self.n as i32);
        let at_least: f64 = choices[self.twice_w..].iter().sum();
        let at_most: f64 = choices[..=self.twice_w].iter().sum();
        (at_least / all, at_most / all)
    }

    /// W has mean n (n + 1) / 4 and variance n (n + 1)(2 n + 1) / 24 − Σ (t³ − t) / 48.
    fn normal_tails(&self) -> (f64, f64) {
        let n = self.n as f64;
        let mean = n * (n + 1.0) / 4.0;
        let ties: f64 = self.groups.iter().map(|&(_, size)| (size as f64).powi(3) - size as f64).sum();
        let deviation = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0).sqrt();
        let w = self.twice_w as f64 / 2.0;
        let tail = |distance: f64| normal::cdf(-(distance - 0.5) / deviation);
        (tail(w - mean), tail(mean - w))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn test(differences: &[f64]) -> SignedRank {
        signed_rank(&Sample::new(differences.to_vec()).expect("finite"))
    }

    #[test]
    fn zeros_lean_to_neither_side() {
        let zeros = test(&[0.0, -0.0, 0.0]);
        assert_eq!((zeros.n, zeros.w, zeros.p, zeros.method), (0, 0.0, 1.0, Method::AllEqual));
        assert_eq!(test(&[0.0, 1.0, -2.0, 3.0]), test(&[1.0, -2.0, 3.0]));
    }

    #[test]
    fn equal_sizes_share_their_rank() {
        // Ranks 1.5, 1.5, 3; positive 1.5 + 3. Sums of all 8 choices: 0 1.5 1.5 3 3 4.5 4.5 6
        let tied = test(&[1.0, -1.0, 2.0]);
        assert_eq!((tied.w, tied.p_above, tied.p_below), (4.5, 3.0 / 8.0, 7.0 / 8.0));
    }

    #[test]
    fn the_smallest_p_halves_with_each_difference() {
        for n in 1..=LARGEST_EXACT {
            let all_above: Vec<f64> = (1..=n).map(|i| i as f64).collect();
            assert_eq!(test(&all_above).p_above, 0.5_f64.powi(n as i32));
        }
    }

    #[test]
    fn the_normal_tail_continues_the_exact_one() {
        let every_third_below = (1..=LARGEST_EXACT as i32).map(|i| f64::from(if i % 3 == 0 { -i } else { i }));
        let ranked = Ranked::of(&Sample::new(every_third_below.collect()).expect("finite"));
        let (exact, normal) = (ranked.exact_tails(), ranked.normal_tails());
        assert!((normal.0 / exact.0 - 1.0).abs() < 0.05, "{normal:?}, exact {exact:?}");
        assert!((normal.1 / exact.1 - 1.0).abs() < 0.05, "{normal:?}, exact {exact:?}");
    }

    proptest! {
        #[test]
        fn mirrored_differences_change_the_tails(values in prop::collection::vec(-20..20_i32, 1..80)) {
            let there: Vec<f64> = values.iter().map(|&x| f64::from(x)).collect();
            let back: Vec<f64> = there.iter().map(|x| -x).collect();
            let (there, back) = (test(&there), test(&back));
            prop_assert!((there.p_above - back.p_below).abs() < 1e-12);
            prop_assert!((there.p - back.p).abs() < 1e-12);
            prop_assert!(0.0 <= there.p && there.p <= 1.0);
        }

        #[test]
        fn only_ranks_count(values in prop::collection::vec(-1e3..1e3, 1..40)) {
            let cubed: Vec<f64> = values.iter().map(|x: &f64| x.powi(3)).collect();
            prop_assert_eq!(test(&values), test(&cubed));
        }
    }
}
