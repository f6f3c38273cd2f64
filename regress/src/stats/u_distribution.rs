//! How Mann and Whitney's U falls when nothing changed.
//!
//! U counts the pairs (one old, one new measurement) in which the new one is larger; a tie counts
//! one half. When nothing changed, every way of choosing which of the pooled measurements are the
//! old ones is equally likely, so the distribution of U is a matter of counting.
//!
//! ```text
//! n_old = 2, n_new = 2, no ties: the C(4, 2) = 6 orderings and their U
//!   o o n n  4    o n o n  3    o n n o  2    n o o n  2    n o n o  1    n n o o  0
//! ```

use std::array;
use std::ops::Range;
use std::sync::OnceLock;

/// Measurements per side up to which U without ties is counted out: C(100, 50) is below 2^97.
pub(super) const LARGEST_UNTIED: usize = 50;

/// Measurements per side up to which U with ties is counted out: C(50, 25) is below 2^47.
pub(super) const LARGEST_TIED: usize = 25;

/// P(U <= u) for u from 0 to half of the largest U, when no measurements are tied.
///
/// Above the middle the distribution mirrors itself. Both sizes at least 1 and at most [`LARGEST_UNTIED`]. Benchmarks of
/// one run mostly have the same number of measurements, so what was counted once is remembered.
pub(super) fn lower_tail(n_old: usize, n_new: usize) -> &'static [f64] {
    static TAILS: [[OnceLock<Box<[f64]>>; LARGEST_UNTIED]; LARGEST_UNTIED] =
        [const { [const { OnceLock::new() }; LARGEST_UNTIED] }; LARGEST_UNTIED];
    let (small, large) = (n_old.min(n_new), n_old.max(n_new));
    TAILS[small - 1][large - 1].get_or_init(|| untied_lower_tail(small, large))
}

/// P(U <= u) for u from 0 to `small * large / 2`, without ties.
///
/// The number of orderings with U = u is the coefficient of q^u in the Gaussian binomial
/// coefficient
///
/// ```text
///   small
///    ∏    (1 - q^(large + i)) / (1 - q^i)
///   i = 1
/// ```
///
/// Each factor costs two passes over the coefficients. Between the passes they may be negative:
/// the arithmetic wraps, and what is left at the end is below C(100, 50) < 2^97.
///
/// Source: Mann & Whitney 1947, Annals of Mathematical Statistics 18(1), 50–60, for the
/// recurrence; Andrews 1976, The Theory of Partitions, theorem 3.1, for the product.
fn untied_lower_tail(small: usize, large: usize) -> Box<[f64]> {
    let middle = small * large / 2;
    let mut orderings = vec![0_u128; middle + 1];
    orderings[0] = 1;
    for i in 1..=small {
        for u in (large + i..=middle).rev() {
            orderings[u] = orderings[u].wrapping_sub(orderings[u - large - i]);
        }
        for u in i..=middle {
            orderings[u] = orderings[u].wrapping_add(orderings[u - i]);
        }
    }
    let total = binomial(small + large, small) as f64;
    let mut at_most = 0;
    orderings
        .into_iter()
        .map(|count| {
            at_most += count;
            at_most as f64 / total
        })
        .collect()
}

/// How many orderings of pooled measurements, some of them equal, have 2 U of at most `twice_u`. At most C(50, 25) < 2^53.
///
/// * `groups`: how many measurements share each value, from the smallest value to the largest.
///   They add up to `n_old + n_new`; each of these at most [`LARGEST_TIED`].
///
/// 2 U is used throughout: an integer, though a tie counts one half in U. With twice the rank of each measurement, from
/// 0, and equal ones in the middle of their ranks, 2 U is the sum over the new ones less the least it can be,
/// n_new (n_new − 1). So this counts the choices of new ones by the sum of their ranks, each half on its own:
///
/// ```text
/// value            1   2   2   5 │ 7   7   7   9
/// twice its rank   0   3   3   6   10  10  10  14
/// from above      14  11  11   8   4   4   4   0
///                  new ones here │ old ones there, from above: the same with both exchanged
/// ```
///
/// Halves are small (10 + 10 of 20 + 20, of which 200 sums matter), and all of their sums are joined only once.
///
/// Source: the definition, counted; ties after Lehmann 1975, Nonparametrics, section 1.4.
pub(super) fn orderings_at_most(groups: &[usize], n_old: usize, n_new: usize, twice_u: i64) -> u64 {
    let from_below = Ranks::new(groups.iter().copied());
    let from_above = Ranks::new(groups.iter().rev().copied());
    let in_low = (n_old + n_new) / 2;
    let in_high = n_old + n_new - in_low;
    let low = Half::count(&from_below, in_low, n_new, twice_u);
    let mut high = Half::count(&from_above, in_high, n_old, twice_u);
    high.accumulate();

    // The rank from below is `largest` less that from above.
    let largest = 2 * (n_old + n_new - 1);
    let of_high = from_below.sum_of(in_low..n_old + n_new);
    let of_new = |new_low: usize| {
        let old_high = in_high + new_low - n_new;
        let left = twice_u + (n_new * (n_new - 1) + largest * old_high) as i64 - of_high as i64;
        let room = left - low.least(new_low) - high.least(old_high);
        usize::try_from(room).map_or(0, |room| pairs_within(low.row(new_low), high.row(old_high), room))
    };
    low.possible().map(of_new).sum()
}

/// How many pairs have indices that add up to at most `room`: those `at` an index times those `up_to` another.
fn pairs_within(at: &[u32], up_to: &[u32], room: usize) -> u64 {
    let Some(all) = up_to.last() else { return 0 };
    let at = &at[..at.len().min(room + 1)];
    let (with_all, with_some) = at.split_at(at.len().min((room + 1).saturating_sub(up_to.len())));
    let rest = room - with_all.len();
    let of_all = with_all.iter().copied().map(u64::from).sum::<u64>() * u64::from(*all);
    let others = up_to[..up_to.len().min(rest + 1)].iter().rev();
    of_all + with_some.iter().zip(others).map(|(a, b)| u64::from(*a) * u64::from(*b)).sum::<u64>()
}

/// Twice the rank of each measurement from one end, from 0; equal ones have the middle of their ranks.
struct Ranks {
    twice: Vec<usize>,
    /// The sum of all before each, and of all.
    sums: Vec<usize>,
}

impl Ranks {
    fn new(groups: impl Iterator<Item = usize>) -> Ranks {
        let most = 2 * LARGEST_TIED;
        let (mut twice, mut sums, mut sum) = (Vec::with_capacity(most), Vec::with_capacity(most + 1), 0);
        sums.push(0);
        for size in groups {
            let rank = 2 * twice.len() + size - 1;
            for _ in 0..size {
                sum += rank;
                twice.push(rank);
                sums.push(sum);
            }
        }
        Ranks { twice, sums }
    }

    fn sum_of(&self, places: Range<usize>) -> usize {
        self.sums[places.end] - self.sums[places.start]
    }
}

/// How many ways lead to each sum of ranks, for each number of chosen ones among the measurements of one half.
struct Half<'r> {
    ranks: &'r Ranks,
    /// How many of all are chosen in the end.
    chosen: usize,
    /// The largest sum that counts then.
    limit: i64,
    /// Of how many measurements this tells.
    measurements: usize,
    /// A row for each number of chosen ones, by the sum of their ranks less the least one. A way is never counted
    /// twice, so that none is above C(25, 12) < 2^32.
    ways: Vec<u32>,
    /// Where each row begins, and where the last one ends.
    starts: Vec<usize>,
}

/// So many sums are added at a time, which the compiler makes two or four instructions of. What is added beyond the
/// end of a row is 0, or nobody asks for it.
const LANES: usize = 8;

impl Half<'_> {
    /// * `measurements`: of the first so many.
    /// * `twice_u`: the largest that counts.
    fn count(ranks: &Ranks, measurements: usize, chosen: usize, twice_u: i64) -> Half<'_> {
        let limit = twice_u + (chosen * (chosen - 1)) as i64;
        let spare = usize::try_from(limit - ranks.sums[chosen] as i64).unwrap_or(0);
        let width = |k| spare.min(ranks.sum_of(measurements - k..measurements) - ranks.sums[k]) + 1 + LANES;
        let mut starts = vec![0];
        starts.extend((0..=measurements.min(chosen)).scan(0, |end, k| {
            *end += width(k);
            Some(*end)
        }));
        let ways = vec![0; starts[starts.len() - 1]];
        let mut half = Half { ranks, chosen, limit, measurements: 0, ways, starts };
        half.ways[0] = 1;
        (0..measurements).for_each(|_| half.add());
        half
    }

    /// Adds the next measurement, chosen or not: each row is added to the one after it, moved by the rank.
    ///
    /// In place, from the last row to the first: so each is still as it was.
    fn add(&mut self) {
        let twice_ranks = &self.ranks.twice;
        let Range { start, end } = self.possible();
        for k in (start..end.min(self.chosen)).rev() {
            let length = self.length(k).next_multiple_of(LANES);
            if length == 0 {
                continue;
            }
            let (before, row) = self.ways.split_at_mut(self.starts[k + 1]);
            let from = before[self.starts[k]..][..length].as_chunks::<LANES>().0;
            let onto = row[twice_ranks[self.measurements] - twice_ranks[k]..][..length].as_chunks_mut::<LANES>().0;
            for (onto, from) in onto.iter_mut().zip(from) {
                *onto = array::from_fn(|lane| onto[lane] + from[lane]);
            }
        }
        self.measurements += 1;
    }

    /// How many of the measurements so far may be chosen: all that come cannot make up for fewer.
    fn possible(&self) -> Range<usize> {
        let to_come = self.ranks.twice.len() - self.measurements;
        self.chosen.saturating_sub(to_come)..self.chosen.min(self.measurements) + 1
    }

    /// How many sums of `k` chosen ones can occur, and can still lead to one that counts: the next ones that are chosen
    /// add at least the next ranks.
    fn length(&self, k: usize) -> usize {
        let Half { ranks, measurements, .. } = *self;
        let least_to_come = ranks.sum_of(measurements..measurements + self.chosen - k);
        let largest = ranks.sum_of(measurements - k..measurements) as i64;
        usize::try_from(largest.min(self.limit - least_to_come as i64) - self.least(k) + 1).unwrap_or(0)
    }

    /// The sum that the first way of a row has.
    fn least(&self, k: usize) -> i64 {
        self.ranks.sums[k] as i64
    }

    fn row(&self, k: usize) -> &[u32] {
        &self.ways[self.starts[k]..][..self.length(k)]
    }

    /// Turns "just that sum" into "at most that sum".
    fn accumulate(&mut self) {
        for k in self.possible() {
            let mut at_most = 0;
            let length = self.length(k);
            for ways in &mut self.ways[self.starts[k]..][..length] {
                at_most += *ways;
                *ways = at_most;
            }
        }
    }
}

/// C(n, k), exact for n up to 100.
pub(super) fn binomial(n: usize, k: usize) -> u128 {
    (1..=k as u128).fold(1, |ways, i| ways * (n as u128 - k as u128 + i) / i)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of orderings with at most each 2 U, from 0 up.
    fn tied(groups: &[usize], n_old: usize, n_new: usize) -> Vec<u64> {
        let every = 0..=2 * (n_old * n_new) as i64;
        every.map(|twice_u| orderings_at_most(groups, n_old, n_new, twice_u)).collect()
    }

    #[test]
    fn the_drawing_above() {
        // U = 0, 1, 2 of 6 orderings: 1, 1, 2
        let tail = [1.0 / 6.0, 2.0 / 6.0, 4.0 / 6.0];
        assert_eq!(lower_tail(2, 2), tail);
        assert_eq!(tied(&[1; 4], 2, 2), [1, 1, 2, 2, 4, 4, 5, 5, 6]);
    }

    #[test]
    fn one_pair_of_ties() {
        // 1 2 2: the old one is the 1 (both new above: U = 2) or a 2 (one tied: U = 1/2), two ways.
        assert_eq!(tied(&[1, 2], 1, 2), [0, 2, 2, 2, 3]);
    }

    #[test]
    fn without_ties_both_ways_of_counting_agree() {
        for (n_old, n_new) in [(1, 1), (1, 25), (3, 4), (7, 7), (10, 25), (25, 25)] {
            let orderings = tied(&vec![1; n_old + n_new], n_old, n_new);
            let total = binomial(n_old + n_new, n_old) as f64;
            let tail: Vec<f64> =
                orderings.iter().step_by(2).take(n_old * n_new / 2 + 1).map(|count| *count as f64 / total).collect();
            assert_eq!(lower_tail(n_old, n_new), tail, "{n_old} + {n_new}");
        }
    }

    #[test]
    fn the_largest_distributions_do_not_overflow() {
        let tail = lower_tail(LARGEST_UNTIED, LARGEST_UNTIED);
        assert_eq!(tail[0], 1.0 / binomial(100, 50) as f64);
        assert!(tail.is_sorted());
        assert!(0.5 < tail[1250] && tail[1250] < 0.502); // half of all, and half of the middle
        // All 50 values equal: each of the C(50, 25) orderings has U = 625 / 2.
        let all = binomial(50, 25) as u64;
        let at_most = |groups: &[usize], twice_u| orderings_at_most(groups, LARGEST_TIED, LARGEST_TIED, twice_u);
        assert_eq!([624, 625, 1250].map(|twice_u| at_most(&[50], twice_u)), [0, all, all]);
        assert_eq!([-1, 1250].map(|twice_u| at_most(&[2; 25], twice_u)), [0, all]);
    }

    #[test]
    fn binomial_coefficients() {
        assert_eq!(binomial(5, 0), 1);
        assert_eq!(binomial(5, 2), 10);
        // python3 -c 'import math; print(math.comb(100, 50))'
        assert_eq!(binomial(100, 50), 100_891_344_545_564_193_334_812_497_256);
    }
}
