//! Did it change? The two-sided test of Mann and Whitney.

use super::u_distribution::{LARGEST_TIED, LARGEST_UNTIED, binomial, tied_orderings};
use super::{NullDistributions, Sample, normal};

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
/// * `nulls`: distributions that were counted before; hand the same one to every test.
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
/// use regress::stats::{Method, NullDistributions, Sample, rank_test};
///
/// let old = Sample::new(vec![1.0, 2.0, 3.0])?;
/// let new = Sample::new(vec![4.0, 5.0, 6.0])?;
/// let test = rank_test(&old, &new, &mut NullDistributions::new());
/// assert_eq!(test.u, 9.0); // 3 * 3: every new value is above every old one
/// assert_eq!(test.p, 0.1); // 2 of C(6, 3) = 20 orderings are that extreme
/// assert_eq!(test.method, Method::Exact);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn rank_test(old: &Sample, new: &Sample, nulls: &mut NullDistributions) -> RankTest {
    let pooled = Pooled::merge(old.sorted(), new.sorted());
    let (method, p) = if pooled.groups.len() == 1 {
        (Method::AllEqual, 1.0)
    } else if pooled.has_ties() && pooled.larger_side() <= LARGEST_TIED {
        (Method::Exact, tied_p(&pooled))
    } else if !pooled.has_ties() && pooled.larger_side() <= LARGEST_UNTIED {
        (Method::Exact, untied_p(&pooled, nulls))
    } else {
        (Method::Normal, normal_p(pooled.twice_u, pooled.n_old, pooled.n_new, pooled.tie_term()))
    };
    let u = pooled.twice_u as f64 / 2.0;
    RankTest { u, superiority: u / pooled.pairs(), p, method }
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
    /// Both sorted from small to large.
    fn merge(old: &[f64], new: &[f64]) -> Pooled {
        let (mut o, mut n, mut twice_u) = (0, 0, 0);
        let mut groups = Vec::with_capacity(old.len() + new.len());
        while o < old.len() || n < new.len() {
            let value = match (old.get(o), new.get(n)) {
                (Some(&a), Some(&b)) => a.min(b),
                (Some(&a), None) => a,
                (None, Some(&b)) => b,
                (None, None) => break,
            };
            let old_ties = run_length(&old[o..], value);
            let new_ties = run_length(&new[n..], value);
            twice_u += new_ties as u64 * (2 * o as u64 + old_ties as u64);
            groups.push(old_ties + new_ties);
            o += old_ties;
            n += new_ties;
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

/// How many values at the start equal `value`.
fn run_length(values: &[f64], value: f64) -> usize {
    values.iter().take_while(|&&other| other == value).count()
}

/// Twice the lower tail: without ties the distribution is symmetric.
fn untied_p(pooled: &Pooled, nulls: &mut NullDistributions) -> f64 {
    let pairs = pooled.n_old * pooled.n_new;
    let u = pooled.twice_u as usize / 2;
    let tail = u.min(pairs - u);
    if 2 * tail == pairs {
        return 1.0; // both tails hold the middle
    }
    2.0 * nulls.lower_tail(pooled.n_old, pooled.n_new)[tail]
}

/// Both tails as they are: with ties the distribution need not be symmetric.
fn tied_p(pooled: &Pooled) -> f64 {
    let orderings = tied_orderings(&pooled.groups, pooled.n_old, pooled.n_new);
    let middle = (pooled.n_old * pooled.n_new) as u64; // of 2 U
    let distance = pooled.twice_u.abs_diff(middle);
    let extreme: f64 = (0..)
        .zip(&orderings)
        .filter(|(twice_u, _)| middle.abs_diff(*twice_u) >= distance)
        .map(|(_, count)| count)
        .sum();
    extreme / binomial(pooled.n_old + pooled.n_new, pooled.n_old) as f64
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
