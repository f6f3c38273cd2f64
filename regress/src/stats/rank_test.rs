//! Did it change? The two-sided test of Mann and Whitney.

use super::u_distribution::{LARGEST_TIED, LARGEST_UNTIED, binomial, lower_tail, orderings_at_most};
use super::{Sample, normal};

/// What a rank test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankTest {
    /// The number of pairs (one old, one new value) in which the new one is larger, ties counting
    /// one half: from 0 to n_old * n_new.
    pub u: f64,
    /// The share of such pairs: 0 when every new value is smaller, 0.5 when neither side is
    /// ahead, 1 when every new value is larger.
    pub superiority: f64,
    /// The probability of a U at least as far from the middle when nothing changed, in \[0, 1\].
    pub p: f64,
    /// How `p` was found.
    pub method: Method,
}

/// How a p-value was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// All orderings were counted.
    Exact,
    /// From a normal distribution, with corrections for ties and continuity.
    Normal,
    /// All values on both sides are the same: there is nothing to rank, and p is 1.
    AllEqual,
}

/// The two-sided Mann–Whitney U test: could `old` and `new` come from the same source?
///
/// * Exact when no value occurs twice and both sides have at most 50 values, and with ties up to
///   25 on each side; otherwise normal.
///
/// p = P(|U − n_old n_new / 2| >= |u − n_old n_new / 2|) over all orderings of the values that
/// were measured. Equals benchstat's p, except with ties *and* sizes that differ: U is not
/// symmetric then, and benchstat doubles one tail of it, which gives 0 for {3} against
/// {1, 1, 1, 1, 1, 1, 1, 2} where 1 ordering in 9 is as extreme.
///
/// Source: Mann & Whitney 1947, Annals of Mathematical Statistics 18(1), 50–60; ties after
/// Lehmann 1975, Nonparametrics, section 1.4.
///
/// ```
/// use regress::stats::{Method, Sample, rank_test};
///
/// let old = Sample::new(vec![1.0, 2.0, 3.0])?;
/// let new = Sample::new(vec![4.0, 5.0, 6.0])?;
/// let test = rank_test(&old, &new);
/// assert_eq!(test.u, 9.0); // 3 * 3: every new value is above every old one
/// assert_eq!(test.p, 0.1); // 2 of C(6, 3) = 20 orderings are that extreme
/// assert_eq!(test.method, Method::Exact);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn rank_test(old: &Sample, new: &Sample) -> RankTest {
    if are_all_equal(old, new) {
        let u = (old.len() * new.len()) as f64 / 2.0;
        return RankTest { u, superiority: 0.5, p: 1.0, method: Method::AllEqual };
    }
    let pooled = Pooled::merge(old.sorted(), new.sorted());
    let (method, p) = if pooled.has_ties() && pooled.larger_side() <= LARGEST_TIED {
        (Method::Exact, tied_p(&pooled))
    } else if !pooled.has_ties() && pooled.larger_side() <= LARGEST_UNTIED {
        (Method::Exact, untied_p(&pooled))
    } else {
        (Method::Normal, normal_p(pooled.twice_u, pooled.n_old, pooled.n_new, pooled.tie_term()))
    };
    let u = pooled.twice_u as f64 / 2.0;
    RankTest { u, superiority: u / pooled.pairs(), p, method }
}

/// Counts of bytes and allocations mostly are: then there is nothing to rank.
fn are_all_equal(old: &Sample, new: &Sample) -> bool {
    old.is_constant() && new.is_constant() && old.min() == new.min()
}

/// What benchstat prints as p of [`rank_test`], and not always a probability.
///
/// * Equal to p but with ties on sides of different size, up to 25 each. `None` everywhere else.
/// * There benchstat doubles one tail of a distribution with two different ones, and takes the lower tail of the old
///   side's U even where the smaller U is the new side's. What it prints depends on which side is called old; it can be
///   0, and above 1. With two different values in all it also rounds the number of new ones above towards zero.
///
/// For showing what benchstat shows; no decision should rest on it.
///
/// Source: the behaviour of github.com/aclements/go-moremath at c8b1d7a.
///
/// ```
/// use regress::stats::{Sample, doubled_tail};
///
/// let three = Sample::new(vec![3.0])?;
/// let ones = Sample::new(vec![1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0])?;
/// assert_eq!(doubled_tail(&three, &ones), Some(0.0)); // a probability of 1/9
/// assert_eq!(doubled_tail(&ones, &three), Some(2.0 / 9.0)); // the same
/// assert_eq!(doubled_tail(&three, &three), None);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn doubled_tail(old: &Sample, new: &Sample) -> Option<f64> {
    let (n_old, n_new) = (old.len(), new.len());
    if n_old == n_new || n_old.max(n_new) > LARGEST_TIED || are_all_equal(old, new) {
        return None;
    }
    let pooled = Pooled::merge(old.sorted(), new.sorted());
    if !pooled.has_ties() {
        return None;
    }
    let twice_pairs = 2 * (n_old * n_new) as u64;
    let smaller = pooled.twice_u.min(twice_pairs - pooled.twice_u) as i64;
    if 2 * smaller == twice_pairs as i64 {
        return Some(1.0);
    }
    let total = binomial(n_old + n_new, n_old) as f64;
    let orderings = match *pooled.groups {
        [low, high] => of_two_values(low, high, n_old, smaller),
        // Its U counts the old ones that are larger, ours the new ones.
        _ => total - orderings_at_most(&pooled.groups, n_old, n_new, twice_pairs as i64 - smaller - 1) as f64,
    };
    Some(2.0 * orderings / total)
}

/// How many orderings of `low` smaller and `high` larger values benchstat counts up to its 2 U.
///
/// With k of the old ones among the larger values, 2 U = n_old (low − n_old) + k (low + high).
fn of_two_values(low: usize, high: usize, n_old: usize, twice_u: i64) -> f64 {
    let all_low = n_old as i64 * (low as i64 - n_old as i64);
    let most = (twice_u - all_low) / (low + high) as i64; // towards zero: -2 / 4 is 0, and one ordering too many
    let possible = n_old.saturating_sub(low) as i64..=most.min(n_old.min(high) as i64);
    possible.map(|k| binomial(low, n_old - k as usize) as f64 * binomial(high, k as usize) as f64).sum()
}

/// The smallest p-value [`rank_test`] can reach with so few measurements, none of them tied.
///
/// * `n_old`, `n_new`: measurements on each side, at least 1 each.
/// * Returns a probability in \[0, 1\]: 2 / C(n_old + n_new, n_old), at most 1; above 50 on a side
///   what the normal approximation gives.
///
/// A gate whose alpha lies below this can never fail.
///
/// Source: Mann & Whitney 1947, Annals of Mathematical Statistics 18(1), 50–60:
/// when nothing changed, every ordering of the pooled measurements is equally likely.
///
/// ```
/// use regress::stats::smallest_p;
///
/// assert_eq!(smallest_p(1, 1), 1.0);
/// assert_eq!(smallest_p(3, 3), 0.1); // 2 / C(6, 3) = 2 / 20
/// assert_eq!(smallest_p(4, 4), 2.0 / 70.0); // C(8, 4) = 70
/// ```
pub fn smallest_p(n_old: usize, n_new: usize) -> f64 {
    if n_old.max(n_new) <= LARGEST_UNTIED {
        f64::min(1.0, 2.0 / binomial(n_old + n_new, n_old) as f64)
    } else {
        normal_p(0, n_old, n_new, 0.0)
    }
}

/// The fewest measurements per side with which [`rank_test`] can reach p <= `alpha`.
///
/// * `alpha`: a probability; `None` when it is 0 or less, which no test can reach.
///
/// ```
/// use regress::stats::samples_for_p;
///
/// assert_eq!(samples_for_p(0.05), Some(4)); // 2 / C(8, 4) = 0.029, 2 / C(6, 3) = 0.1
/// assert_eq!(samples_for_p(0.01), Some(5)); // 2 / C(10, 5) = 0.0079
/// assert_eq!(samples_for_p(0.0), None);
/// ```
pub fn samples_for_p(alpha: f64) -> Option<usize> {
    // From about 1000 per side on the normal tail is below the smallest f64.
    (1..=1000).find(|&n| alpha > 0.0 && smallest_p(n, n) <= alpha)
}

/// Both sides in one ranking.
struct Pooled {
    n_old: usize,
    n_new: usize,
    /// 2 U, an integer even where values are tied.
    twice_u: u64,
    /// How many measurements share each value, from the smallest value to the largest.
    groups: Vec<usize>,
}

impl Pooled {
    /// Both sorted from small to large, and finite.
    fn merge(old: &[f64], new: &[f64]) -> Pooled {
        let (mut o, mut n, mut twice_u) = (0, 0, 0);
        let mut groups = Vec::with_capacity(old.len() + new.len());
        // Nothing is larger than infinity: so the end of a side needs no question of its own.
        let at = |values: &[f64], index: usize| values.get(index).copied().unwrap_or(f64::INFINITY);
        let (mut next_old, mut next_new) = (at(old, 0), at(new, 0));
        while o + n < old.len() + new.len() {
            let value = next_old.min(next_new);
            let (old_before, new_before) = (o, n);
            while next_old == value {
                o += 1;
                next_old = at(old, o);
            }
            while next_new == value {
                n += 1;
                next_new = at(new, n);
            }
            twice_u += (n - new_before) as u64 * (old_before + o) as u64;
            groups.push(o - old_before + n - new_before);
        }
        Pooled { n_old: old.len(), n_new: new.len(), twice_u, groups }
    }

    fn has_ties(&self) -> bool {
        self.groups.len() < self.n_old + self.n_new
    }

    fn larger_side(&self) -> usize {
        self.n_old.max(self.n_new)
    }

    fn pairs(&self) -> f64 {
        self.n_old as f64 * self.n_new as f64
    }

    /// The sum of t³ − t over the groups of t equal values.
    fn tie_term(&self) -> f64 {
        self.groups.iter().map(|&size| size as f64).map(|t| t * t * t - t).sum()
    }
}

/// Twice the lower tail: without ties the distribution is symmetric.
fn untied_p(pooled: &Pooled) -> f64 {
    let pairs = pooled.n_old * pooled.n_new;
    let u = pooled.twice_u as usize / 2;
    let tail = u.min(pairs - u);
    if 2 * tail == pairs {
        return 1.0; // both tails hold the middle
    }
    2.0 * lower_tail(pooled.n_old, pooled.n_new)[tail]
}

/// Both tails as they are: with ties the distribution need not be symmetric.
fn tied_p(pooled: &Pooled) -> f64 {
    let middle = (pooled.n_old * pooled.n_new) as i64; // of 2 U
    let distance = (pooled.twice_u as i64 - middle).abs();
    if distance == 0 {
        return 1.0;
    }
    let at_most = |twice_u| orderings_at_most(&pooled.groups, pooled.n_old, pooled.n_new, twice_u);
    let total = binomial(pooled.n_old + pooled.n_new, pooled.n_old) as u64;
    let below = at_most(middle - distance);
    // Sides of one size can be exchanged: then it is symmetric after all.
    let above = if pooled.n_old == pooled.n_new { below } else { total - at_most(middle + distance - 1) };
    (below + above) as f64 / total as f64
}

/// From the normal distribution with the mean and variance of U, half a step towards the middle.
fn normal_p(twice_u: u64, n_old: usize, n_new: usize, tie_term: f64) -> f64 {
    let pairs = n_old as f64 * n_new as f64;
    let total = (n_old + n_new) as f64;
    let variance = pairs * ((total + 1.0) - tie_term / (total * (total - 1.0))) / 12.0;
    let difference = twice_u as f64 / 2.0 - pairs / 2.0;
    if difference == 0.0 {
        return 1.0;
    }
    let z = (difference - difference.signum() * 0.5) / variance.sqrt();
    2.0 * normal::cdf(z).min(normal::cdf(-z))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(values: &[f64]) -> Sample {
        Sample::new(values.to_vec()).expect("finite")
    }

    fn test(old: &[f64], new: &[f64]) -> RankTest {
        rank_test(&sample(old), &sample(new))
    }

    #[track_caller]
    fn check(old: &[f64], new: &[f64], u: f64, p: f64, method: Method) {
        let test = test(old, new);
        assert_eq!((test.u, test.method), (u, method));
        assert!((test.p - p).abs() < 1e-15, "p = {}, expected {p}", test.p);
    }

    #[test]
    fn by_hand() {
        check(&[1.0], &[2.0], 1.0, 1.0, Method::Exact); // 2 of 2
        check(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], 9.0, 2.0 / 20.0, Method::Exact);
        check(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0], 0.0, 2.0 / 20.0, Method::Exact);
        check(&[1.0, 4.0], &[2.0, 3.0], 2.0, 1.0, Method::Exact); // the middle of 0 .. 4
        // U <= 1 or U >= 8: 0 and 1 in one ordering each, of C(6, 3) = 20
        check(&[1.0, 2.0, 4.0], &[3.0, 5.0, 6.0], 8.0, 4.0 / 20.0, Method::Exact);
        check(&[7.0; 3], &[7.0; 5], 7.5, 1.0, Method::AllEqual);
        check(&[0.0], &[-0.0], 0.5, 1.0, Method::AllEqual);
        check(&[7.0; 100], &[7.0; 100], 5000.0, 1.0, Method::AllEqual);
    }

    /// Both tails are counted; doubling one of them, benchstat prints p = 0 and p = 0.222 for the first
    /// two, and p = 1.714 for the third.
    #[test]
    fn ties_with_sizes_that_differ() {
        let ones = [1.0; 7];
        let with_two = [&ones[..], &[2.0]].concat();
        // One of nine is old. The 3: U = 0, 4 from the middle; the 2: U = 1, 3 from it; a 1: U = 5, 1 from it
        check(&[3.0], &with_two, 0.0, 1.0 / 9.0, Method::Exact);
        check(&with_two, &[3.0], 8.0, 1.0 / 9.0, Method::Exact);
        // One of seven is old. A 1: U = 3.5, 0.5 from the middle, and nothing is nearer to it
        check(&[1.0], &[1.0, 1.0, 1.0, 1.0, 1.0, 3.0], 3.5, 1.0, Method::Exact);
    }

    #[test]
    fn exact_up_to_the_sizes_of_benchstat() {
        let distinct = |n: i32, start: f64| (0..n).map(|i| start + f64::from(i)).collect::<Vec<_>>();
        let method = |old: &[f64], new: &[f64]| test(old, new).method;
        assert_eq!(method(&distinct(50, 0.0), &distinct(50, 0.5)), Method::Exact);
        assert_eq!(method(&distinct(1, 0.0), &distinct(51, 0.5)), Method::Normal);
        assert_eq!(method(&distinct(25, 0.0), &distinct(25, 0.0)), Method::Exact);
        assert_eq!(method(&distinct(26, 0.0), &distinct(1, 0.0)), Method::Normal);
    }

    #[test]
    fn the_smallest_p_is_that_of_sides_far_apart() {
        for (n_old, n_new) in [(1, 1), (1, 39), (2, 3), (5, 5), (50, 50), (51, 51), (60, 3)] {
            let old: Vec<f64> = (0..n_old).map(f64::from).collect();
            let new: Vec<f64> = (0..n_new).map(|i| f64::from(1000 + i)).collect();
            assert_eq!(smallest_p(old.len(), new.len()), test(&old, &new).p, "{n_old} + {n_new}");
        }
    }

    #[test]
    fn how_many_measurements_a_p_takes() {
        // The table of benchstat, then beyond it.
        assert_eq!(samples_for_p(1.0), Some(1));
        assert_eq!(samples_for_p(0.1), Some(3)); // 2 / C(6, 3), reached exactly
        assert_eq!(samples_for_p(0.05), Some(4));
        assert_eq!(samples_for_p(0.001), Some(7)); // 2 / C(14, 7) = 0.00058
        assert_eq!(samples_for_p(1e-6), Some(12)); // 2 / C(24, 12) = 7.4e-7
        assert_eq!(samples_for_p(1e-50), Some(151)); // normal: z = (n² - 1) / sqrt(n² (2n + 1) / 3)
        assert_eq!(samples_for_p(f64::MIN_POSITIVE).map(|n| n < 1000), Some(true));
        assert_eq!(samples_for_p(0.0), None);
        assert_eq!(samples_for_p(f64::NAN), None);
    }

    /// Counts every choice of old values from the pool, without any of the code above.
    fn p_by_enumeration(old: &[f64], new: &[f64]) -> f64 {
        let pool = [old, new].concat();
        let distance = |chosen: u32| {
            let is_old = |i: usize| chosen >> i & 1 == 1;
            let mut twice_u = 0_i32;
            for (i, a) in pool.iter().enumerate().filter(|(i, _)| is_old(*i)) {
                for (j, b) in pool.iter().enumerate().filter(|(j, _)| !is_old(*j)) {
                    assert_ne!(i, j);
                    twice_u += if b > a { 2 } else { i32::from(b == a) };
                }
            }
            (twice_u - (old.len() * new.len()) as i32).abs()
        };
        let measured = distance((1 << old.len()) - 1);
        let orderings: Vec<u32> =
            (0..1_u32 << pool.len()).filter(|chosen| chosen.count_ones() as usize == old.len()).collect();
        let extreme = orderings.iter().filter(|&&chosen| distance(chosen) >= measured).count();
        extreme as f64 / orderings.len() as f64
    }

    #[test]
    fn benchstat_doubles_one_tail() {
        #[track_caller]
        fn check(old: &[f64], new: &[f64], expected: Option<f64>) {
            assert_eq!(doubled_tail(&sample(old), &sample(new)), expected);
        }
        // Printed by benchstat: p=1.714. 2 U of the old 1 is 5; 6 of 7 orderings have the old one among the 1s.
        check(&[1.0], &[1.0, 1.0, 1.0, 1.0, 1.0, 3.0], Some(12.0 / 7.0));
        // 7 × 1230 B against 13 × 455 B: benchstat prints no p, which stands for 0.
        check(&[1230.0; 7], &[455.0; 13], Some(0.0));
        // (0 − 1 (3 − 1)) / 4 is 0 in Go, and so the three orderings with U = 1 are counted as U = 0: 2 · 3/4.
        check(&[2.0], &[1.0; 3], Some(1.5));
        check(&[1.0; 3], &[2.0], Some(0.5)); // 2 · 1/4
        // Three values, every choice of one old one: 2 U = 1, 1, 4, 6; the smaller 2 U is 0.
        check(&[3.0], &[1.0, 1.0, 2.0], Some(0.0));
        check(&[2.0], &[1.0, 1.0, 3.0], Some(1.0)); // 2 U = 4, the smaller is 2: 2 · 2/4
        check(&[1.0, 2.0], &[1.0, 2.0], None);
        check(&[1.0], &[2.0, 3.0], None);
        check(&[1.0], &[1.0, 1.0], None);
    }

    proptest! {
        #[test]
        fn exact_p_equals_enumeration(
            old in prop::collection::vec((0..6_i32).prop_map(f64::from), 1..6),
            new in prop::collection::vec((0..6_i32).prop_map(f64::from), 1..6),
        ) {
            prop_assert!((test(&old, &new).p - p_by_enumeration(&old, &new)).abs() < 1e-15);
        }

        #[test]
        fn swapping_old_and_new_keeps_p(
            old in prop::collection::vec((0..50_i32).prop_map(f64::from), 1..60),
            new in prop::collection::vec((0..50_i32).prop_map(f64::from), 1..60),
        ) {
            let (there, back) = (test(&old, &new), test(&new, &old));
            prop_assert!((0.0..=1.0).contains(&there.p));
            prop_assert!((there.p - back.p).abs() <= 1e-12 * there.p);
            prop_assert_eq!(there.u + back.u, (old.len() * new.len()) as f64);
            prop_assert_eq!(there.method, back.method);
        }

        #[test]
        fn only_the_order_counts(
            old in prop::collection::vec(-20.0..20.0, 1..40),
            new in prop::collection::vec(-20.0..20.0, 1..40),
        ) {
            let rise = |values: &[f64]| values.iter().map(|x| 3.0 * x.powi(3) + 1.0).collect::<Vec<_>>();
            prop_assert_eq!(test(&old, &new), test(&rise(&old), &rise(&new)));
        }
    }
}
