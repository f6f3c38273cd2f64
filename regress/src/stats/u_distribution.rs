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

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

/// Remembers the distribution of U for every pair of sizes it was asked about.
///
/// Benchmarks of one run mostly have the same number of measurements: thousands of comparisons
/// then count the orderings once. Make one, hand it to every comparison.
#[derive(Clone, Debug, Default)]
pub struct NullDistributions {
    lower_tails: BTreeMap<(usize, usize), Box<[f64]>>,
    /// What tied orderings were counted in, for the next ones.
    buffers: [Vec<f64>; 2],
}

impl NullDistributions {
    /// Knows no distribution yet.
    pub fn new() -> NullDistributions {
        NullDistributions::default()
    }

    /// P(U <= u) for u from 0 to half of the largest U, when no measurements are tied.
    ///
    /// Above the middle the distribution mirrors itself. Both sizes at least 1 and at most
    /// [`LARGEST_UNTIED`].
    pub(super) fn lower_tail(&mut self, n_old: usize, n_new: usize) -> &[f64] {
        let sizes = (n_old.min(n_new), n_old.max(n_new));
        self.lower_tails.entry(sizes).or_insert_with(|| untied_lower_tail(sizes.0, sizes.1))
    }

    /// What `read` finds in [`TiedOrderings::count`]. Not remembered: ties are rarely the same twice.
    pub(super) fn of_ties<R>(
        &mut self,
        groups: &[usize],
        n_old: usize,
        n_new: usize,
        read: impl FnOnce(&TiedOrderings) -> R,
    ) -> R {
        let buffers = std::mem::take(&mut self.buffers);
        let orderings = TiedOrderings::count(groups, n_old, n_new, buffers);
        let result = read(&orderings);
        self.buffers = [orderings.low.counts, orderings.high.counts];
        result
    }
}

/// Measurements per side up to which U without ties is counted out: C(100, 50) is below 2^97.
pub(super) const LARGEST_UNTIED: usize = 50;

/// Measurements per side up to which U with ties is counted out: C(50, 25) is below 2^47.
pub(super) const LARGEST_TIED: usize = 25;

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

/// The orderings of pooled measurements of which some are equal, counted by their U.
///
/// 2 U is used throughout: an integer, though a tie counts one half in U.
///
/// ```text
/// groups of equal values   ● ● ● ●● ● | ●●● ● ● ● ● ●
///                          low half ▶   ◀ high half
///                          ╰───╯ untied, remembered ╰─────╯
/// ```
///
/// Each half is counted on its own, from its outer end to the middle, and begins with the untied values there, which
/// are remembered. Most samples have one tie or two, and the halves meet at one of them. A choice of old ones with k in
/// the low half leaves m new ones in the high half, and those are above all k: 2 U = 2 U(low) + 2 U(high) + 2 k m.
/// Counting the whole at once takes three times as long.
///
/// Source: the definition, counted; ties after Lehmann 1975, Nonparametrics, section 1.4.
pub(super) struct TiedOrderings {
    n_old: usize,
    low: Half,
    /// From the top, so with old and new exchanged. Numbers of orderings with at most, not with just, that 2 U.
    high: Half,
}

impl TiedOrderings {
    /// * `groups`: how many measurements share each value, from the smallest value to the largest.
    ///   They add up to `n_old + n_new`; each of these at most [`LARGEST_TIED`].
    /// * `buffers`: whatever is in them is written over.
    fn count(groups: &[usize], n_old: usize, n_new: usize, buffers: [Vec<f64>; 2]) -> TiedOrderings {
        let (low, high) = groups.split_at(meeting_place(groups));
        let [for_low, for_high] = buffers;
        let low = Half::count(low.iter().copied(), n_old, n_new, for_low);
        let mut high = Half::count(high.iter().rev().copied(), n_new, n_old, for_high);
        high.accumulate();
        TiedOrderings { n_old, low, high }
    }

    /// How many orderings have 2 U of at most `twice_u`. Exact: at most C(50, 25) < 2^53.
    pub(super) fn at_most(&self, twice_u: i64) -> f64 {
        let mut orderings = 0.0;
        for old_low in self.low.possible_old() {
            let old_high = self.n_old - old_low;
            let new_high = self.high.measurements - old_high;
            let high = self.high.row(new_high);
            // What the high half may have is what the low half leaves.
            let room = twice_u - (2 * old_low * new_high) as i64;
            for (used, count) in (0..=room).zip(self.low.row(old_low)) {
                let left = (room - used) as usize;
                orderings += count * high[left.min(high.len() - 1)];
            }
        }
        orderings
    }
}

/// How many groups the low half has: what makes the halves most alike, of all places from the first tie to the last.
fn meeting_place(groups: &[usize]) -> usize {
    let total: usize = groups.iter().sum();
    let mut passed = 0;
    let middle = groups.iter().position(|&size| {
        passed += size;
        2 * passed > total
    });
    let first_tie = groups.iter().position(|&size| 1 < size).unwrap_or(0);
    let last_tie = groups.iter().rposition(|&size| 1 < size).map_or(groups.len(), |last| last + 1);
    middle.unwrap_or(0).clamp(first_tie, last_tie)
}

/// The orderings of up to 2 [`LARGEST_TIED`] untied measurements by their U; half a megabyte.
///
/// By number of measurements n. Each has a row for every number of old ones k up to n / 2: the number of orderings with
/// U = 0 ..= k (n - k). With k new ones instead it is the same row.
static UNTIED: LazyLock<Vec<Vec<Box<[f64]>>>> = LazyLock::new(|| {
    let mut rows: Vec<Vec<Box<[f64]>>> = vec![vec![Box::new([1.0])]];
    for n in 1..=2 * LARGEST_TIED {
        let before = |old: usize| &rows[n - 1][old.min(n - 1 - old)];
        // The largest measurement: an old one adds nothing to U, a new one adds all old ones.
        let row = |old: usize| {
            let mut row = vec![0.0; old * (n - old) + 1].into_boxed_slice();
            row[old..].copy_from_slice(before(old));
            if 0 < old {
                row.iter_mut().zip(before(old - 1)).for_each(|(target, count)| *target += count);
            }
            row
        };
        let of_n = (0..=n / 2).map(row).collect();
        rows.push(of_n);
    }
    rows
});

/// How many ways lead to each (number of old ones, 2 U) among the measurements of one half.
struct Half {
    measurements: usize,
    n_old: usize,
    n_new: usize,
    /// One row per number of old ones, each as long as the longest: k old and m new ones have 2 U
    /// from 0 to 2 k m.
    counts: Vec<f64>,
    width: usize,
}

impl Half {
    fn count(groups: impl Iterator<Item = usize> + Clone, n_old: usize, n_new: usize, buffer: Vec<f64>) -> Half {
        let measurements: usize = groups.clone().sum();
        let rows = measurements.min(n_old) + 1;
        let width = measurements * measurements / 2 + 1; // 2 k m is largest for k = m
        let mut counts = buffer;
        counts.resize(counts.len().max(rows * width), 0.0);
        let alone = groups.clone().take_while(|&size| size == 1).count();
        let mut half = Half { measurements: alone, n_old, n_new, counts, width };
        for old in half.possible_old() {
            half.begin_with(old, &UNTIED[alone][old.min(alone - old)]);
        }
        groups.skip(alone).for_each(|size| half.add(size));
        half
    }

    /// Takes orderings by U over, as those by 2 U.
    fn begin_with(&mut self, old: usize, by_u: &[f64]) {
        let row = self.row_mut(old);
        row.fill(0.0);
        row.iter_mut().step_by(2).zip(by_u).for_each(|(target, count)| *target = *count);
    }

    /// Adds a group above all others. Choosing j of its t to be old, after k old and m new ones,
    /// can be done in C(t, j) ways, and adds to 2 U
    ///
    /// ```text
    ///   2 k (t - j)    new ones of this group above old ones of the groups before
    ///   j (t - j)      ties within this group, one half each
    /// ```
    ///
    /// In place, from the last row to the first: row k takes from rows k − j, which are still as they were.
    fn add(&mut self, size: usize) {
        let (before, measurements) = (self.possible_old(), self.measurements);
        let length = |old: usize| 2 * old * (measurements - old) + 1;
        self.measurements += size;
        for old in self.possible_old().rev() {
            let (fewer, rows) = self.counts.split_at_mut(old * self.width);
            let row = &mut rows[..2 * old * (self.measurements - old) + 1];
            if before.contains(&old) {
                row.copy_within(..length(old), 2 * old * size);
                row[..2 * old * size].fill(0.0);
            } else {
                row.fill(0.0);
            }
            let mut ways = 1.0; // C(size, chosen)
            for chosen in 1..=size.min(old) {
                let (from, rest) = (old - chosen, size - chosen);
                ways = ways * (rest + 1) as f64 / chosen as f64;
                if before.contains(&from) {
                    let onto = row[(2 * from + chosen) * rest..].iter_mut();
                    for (target, count) in onto.zip(&fewer[from * self.width..][..length(from)]) {
                        *target += ways * count;
                    }
                }
            }
        }
    }

    /// Turns "just that 2 U" into "at most that 2 U".
    fn accumulate(&mut self) {
        for old in self.possible_old() {
            let mut at_most = 0.0;
            for count in self.row_mut(old) {
                at_most += *count;
                *count = at_most;
            }
        }
    }

    /// The numbers of old ones among the measurements so far that fit into either kind.
    fn possible_old(&self) -> RangeInclusive<usize> {
        self.measurements.saturating_sub(self.n_new)..=self.measurements.min(self.n_old)
    }

    fn place(&self, old: usize) -> Range<usize> {
        let start = old * self.width;
        start..start + 2 * old * (self.measurements - old) + 1
    }

    fn row(&self, old: usize) -> &[f64] {
        &self.counts[self.place(old)]
    }

    fn row_mut(&mut self, old: usize) -> &mut [f64] {
        let place = self.place(old);
        &mut self.counts[place]
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
    fn tied(groups: &[usize], n_old: usize, n_new: usize) -> Vec<f64> {
        let orderings = TiedOrderings::count(groups, n_old, n_new, Default::default());
        (0..=2 * (n_old * n_new) as i64).map(|twice_u| orderings.at_most(twice_u)).collect()
    }

    #[test]
    fn the_drawing_above() {
        // U = 0, 1, 2 of 6 orderings: 1, 1, 2
        let tail = [1.0 / 6.0, 2.0 / 6.0, 4.0 / 6.0];
        assert_eq!(NullDistributions::new().lower_tail(2, 2), tail);
        assert_eq!(tied(&[1; 4], 2, 2), [1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 5.0, 5.0, 6.0]);
    }

    #[test]
    fn one_pair_of_ties() {
        // 1 2 2: the old one is the 1 (both new above: U = 2) or a 2 (one tied: U = 1/2), two ways.
        assert_eq!(tied(&[1, 2], 1, 2), [0.0, 2.0, 2.0, 2.0, 3.0]);
    }

    #[test]
    fn what_was_counted_before_does_not_show() {
        let mut nulls = NullDistributions::new();
        for (groups, n_old, n_new) in
            [(&[2; 25][..], 25, 25), (&[1, 2, 3, 1], 3, 4), (&[2, 1, 1], 1, 3), (&[5; 6], 20, 10)]
        {
            let every = 0..=2 * (n_old * n_new) as i64;
            let again: Vec<f64> =
                nulls.of_ties(groups, n_old, n_new, |orderings| every.map(|u| orderings.at_most(u)).collect());
            assert_eq!(again, tied(groups, n_old, n_new), "{groups:?} {n_old} + {n_new}");
        }
    }

    #[test]
    fn without_ties_both_ways_of_counting_agree() {
        let mut nulls = NullDistributions::new();
        for (n_old, n_new) in [(1, 1), (1, 25), (3, 4), (7, 7), (10, 25), (25, 25)] {
            let orderings = tied(&vec![1; n_old + n_new], n_old, n_new);
            let total = binomial(n_old + n_new, n_old) as f64;
            let tail: Vec<f64> =
                orderings.iter().step_by(2).take(n_old * n_new / 2 + 1).map(|count| count / total).collect();
            assert_eq!(nulls.lower_tail(n_old, n_new), tail, "{n_old} + {n_new}");
        }
    }

    #[test]
    fn the_largest_distributions_do_not_overflow() {
        let mut nulls = NullDistributions::new();
        let tail = nulls.lower_tail(LARGEST_UNTIED, LARGEST_UNTIED);
        assert_eq!(tail[0], 1.0 / binomial(100, 50) as f64);
        assert!(tail.is_sorted());
        assert!(0.5 < tail[1250] && tail[1250] < 0.502); // half of all, and half of the middle
        // All 50 values equal: each of the C(50, 25) orderings has U = 625 / 2.
        let all = binomial(50, 25) as f64;
        let orderings = TiedOrderings::count(&[50], LARGEST_TIED, LARGEST_TIED, Default::default());
        assert_eq!((orderings.at_most(624), orderings.at_most(625), orderings.at_most(1250)), (0.0, all, all));
        let orderings = TiedOrderings::count(&[2; 25], LARGEST_TIED, LARGEST_TIED, Default::default());
        assert_eq!((orderings.at_most(-1), orderings.at_most(1250)), (0.0, all));
    }

    #[test]
    fn binomial_coefficients() {
        assert_eq!(binomial(5, 0), 1);
        assert_eq!(binomial(5, 2), 10);
        // python3 -c 'import math; print(math.comb(100, 50))'
        assert_eq!(binomial(100, 50), 100_891_344_545_564_193_334_812_497_256);
    }
}
