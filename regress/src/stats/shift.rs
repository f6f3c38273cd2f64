//! By how much did it change? The estimate of Hodges and Lehmann, and the interval that belongs
//! to the rank test.

use std::array;
use std::borrow::Cow;
use std::ops::Range;

use super::u_distribution::{LARGEST_UNTIED, lower_tail};
use super::{Interval, Sample, normal};

/// A change, and the range in which it is believed to lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The best single number.
    pub value: f64,
    /// Holds `value`. Unbounded on both sides where there are too few measurements.
    pub interval: Interval,
}

/// The difference `new − old`: the median of the differences of all pairs.
///
/// * `confidence`: wanted probability in \[0, 1\], for example 0.95.
/// * Returns differences in the unit of the values. The ends of the interval are differences that
///   were measured, or infinite with too few measurements (3 + 3 at 0.95).
///
/// The interval holds exactly those shifts that [`rank_test`](super::rank_test) would not reject
/// at 1 − `confidence`; with ties it is a little wider than asked for.
///
/// Source: Hodges & Lehmann 1963, Annals of Mathematical Statistics 34(2), 598–611; interval:
/// Hollander & Wolfe 1999, Nonparametric Statistical Methods, section 4.3.
///
/// ```
/// use regress::stats::{Sample, shift};
///
/// let old = Sample::new(vec![1.0, 2.0, 3.0, 4.0])?;
/// let new = Sample::new(vec![11.0, 12.0, 13.0, 14.0])?;
/// let shift = shift(&old, &new, 0.95);
/// assert_eq!(shift.value, 10.0); // 7 once, 8 twice, 9 three times, 10 four times, ... 13 once
/// // P(U = 0) = 1 / C(8, 4) = 1/70 on either side: from the smallest difference to the largest
/// assert_eq!((shift.interval.low, shift.interval.high), (7.0, 13.0));
/// assert_eq!(shift.interval.confidence, 1.0 - 2.0 / 70.0);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn shift(old: &Sample, new: &Sample, confidence: f64) -> Estimate {
    let ends = (f64::NEG_INFINITY, f64::INFINITY);
    if (new.max() - old.min()).is_finite() && (new.min() - old.max()).is_finite() {
        return PairMatrix::new(old, new, |new, old| new - old).estimate(f64::midpoint, ends, confidence);
    }
    // Between -1e308 and 1e308 a difference is too large for a float: it stays the largest.
    let difference = |new: f64, old: f64| (new - old).clamp(f64::MIN, f64::MAX);
    PairMatrix::new(old, new, difference).estimate(f64::midpoint, ends, confidence)
}

/// The ratio `new / old`: the median of the ratios of all pairs; 1.05 is 5 % more.
///
/// * `confidence`: wanted probability in \[0, 1\], for example 0.95.
/// * Returns ratios above 0, or `None` when a value is 0 or negative. The ends of the interval are
///   ratios that were measured, or 0 and infinity with too few measurements.
///
/// This is [`shift`] on the logarithms: swapping old and new gives 1 / ratio.
///
/// ```
/// use regress::stats::{Sample, ratio};
///
/// let old = Sample::new(vec![1.0, 2.0, 4.0])?;
/// let new = Sample::new(vec![4.0, 8.0, 16.0])?;
/// let ratio_new = ratio(&old, &new, 0.90).expect("all values are above 0");
/// assert_eq!(ratio_new.value, 4.0); // 1, 2, 2, 4, 4, 4, 8, 8, 16
/// assert_eq!((ratio_new.interval.low, ratio_new.interval.high), (1.0, 16.0));
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn ratio(old: &Sample, new: &Sample, confidence: f64) -> Option<Estimate> {
    if old.min() <= 0.0 || new.min() <= 0.0 {
        return None;
    }
    let quotient = |new: f64, old: f64| (new / old).clamp(f64::MIN_POSITIVE, f64::MAX);
    let ends = (0.0, f64::INFINITY);
    Some(PairMatrix::new(old, new, quotient).estimate(geometric_midpoint, ends, confidence))
}

fn geometric_midpoint(low: f64, high: f64) -> f64 {
    if low == high { low } else { (low.sqrt() * high.sqrt()).clamp(low, high) }
}

/// All pairs of an old and a new value, never written down.
///
/// ```text
///               new 1    new 2    new 3      combine rises along a row
///   old 1         .        .        .        and falls down a column:
///   old 2         .        .        .        what lies below a limit is a staircase
/// ```
struct PairMatrix<'a, F> {
    rows: usize,
    columns: usize,
    /// From small to large, one for each row.
    old: Cow<'a, [f64]>,
    /// From small to large, one for each column; behind them [`AT_ONCE`] that are infinite.
    new: Cow<'a, [f64]>,
    /// Rises with `new`, falls with `old`. Rounding keeps that.
    combine: F,
}

impl<'a, F: Fn(f64, f64) -> f64> PairMatrix<'a, F> {
    fn new(old: &'a Sample, new: &Sample, combine: F) -> PairMatrix<'a, F> {
        PairMatrix {
            rows: old.len(),
            columns: new.len(),
            old: old.sorted().into(),
            new: [new.sorted(), &[f64::INFINITY; AT_ONCE]].concat().into(),
            combine,
        }
    }

    fn estimate(&self, midpoint: fn(f64, f64) -> f64, (lowest, highest): (f64, f64), confidence: f64) -> Estimate {
        let pairs = self.pairs();
        let (number, confidence) = end_number(self.rows, self.columns, confidence);
        // One and the same where the number of pairs is odd.
        let (below, above) = ((pairs - 1) / 2, pairs / 2);
        let ends = if number == 0 { [below, above] } else { [number - 1, pairs - number] };
        let [low, below, above, high] = self.select([ends[0], below, above, ends[1]]);
        let (low, high) = if number == 0 { (lowest, highest) } else { (low, high) };
        Estimate { value: midpoint(below, above), interval: Interval { low, high, confidence } }
    }

    fn pairs(&self) -> usize {
        self.rows * self.columns
    }

    /// So many pairs are written down rather than divided further.
    fn few(&self) -> usize {
        FEW_PAIRS.max(2 * (self.rows + self.columns))
    }

    /// The values of the pairs at `indices` (from 0) if all pairs were sorted.
    ///
    /// Where there are few pairs, they are written down. Else each is first enclosed from both sides.
    fn select<const N: usize>(&self, indices: [usize; N]) -> [f64; N] {
        if self.pairs() <= FEW_PAIRS {
            let mut values = self.all(&vec![0; self.rows], &vec![self.columns; self.rows]);
            return indices.map(|index| nth_smallest(&mut values, index));
        }
        let cuts = self.cut_around(&indices);
        let (mut before, mut values) = (usize::MAX, Vec::new());
        indices.map(|index| {
            let (low, high) = cuts.around(index);
            // Nothing that a guess could be right about.
            if high.below - low.below > self.few() {
                return self.select_among(Stretches::new(low.columns.clone(), high.columns.clone()), index);
            }
            // The two in the middle are next to each other.
            if low.below != before {
                (before, values) = (low.below, self.all(&low.columns, &high.columns));
            }
            nth_smallest(&mut values, index - before)
        })
    }

    /// Cuts on both sides of the pairs at `indices`, made narrow by guessing values, counting the pairs below them, and
    /// guessing better.
    fn cut_around(&self, indices: &[usize]) -> Cuts {
        // What encloses one encloses the next.
        let indices: Vec<usize> =
            indices.chunk_by(|index, next| (*index..=index + 1).contains(next)).map(|near| near[0]).collect();
        let middle = self.middle();
        let mut cuts = Cuts::around_all(self.rows, self.columns);
        let mut guesses = self.thinned().first_guesses(&indices, self.rows, &middle);
        for round in 1..=GUESSES {
            self.cut_at(&guesses).into_iter().for_each(|cut| cuts.insert(cut));
            guesses = cuts.guesses(&indices, &middle, round);
            if guesses.is_empty() {
                break;
            }
        }
        cuts
    }

    fn middle(&self) -> Middle {
        let pair = |old, new| (self.combine)(self.new[self.columns * new / 4], self.old[self.rows * old / 4]);
        Middle { value: pair(2, 2), step: NORMAL_STEP * (pair(1, 3) - pair(3, 1)) / self.pairs() as f64 }
    }

    /// The same with every fourth row, which tells nearly as much in a quarter of the time.
    fn thinned(&self) -> PairMatrix<'_, &F> {
        const EVERY: usize = 4;
        let old: Vec<f64> = self.old.iter().skip(self.rows.min(EVERY) / 2).step_by(EVERY).copied().collect();
        let (columns, new) = (self.columns, Cow::Borrowed(&*self.new));
        PairMatrix { rows: old.len(), columns, old: old.into(), new, combine: &self.combine }
    }

    /// A little below and a little above where the pairs at `indices` of a matrix with so many `rows` lie, of which this
    /// one is a part. It takes both sides for normal, and looks by how much that is wrong.
    fn first_guesses(&self, indices: &[usize], rows: usize, middle: &Middle) -> Vec<f64> {
        let share = self.rows as f64 / rows as f64;
        let middle = Middle { value: middle.value, step: middle.step / share };
        let around = |beyond: f64| {
            let ends = |index: &usize| [*index as f64 - beyond, *index as f64 + beyond].map(|aim| aim * share);
            indices.iter().flat_map(ends).collect::<Vec<f64>>()
        };
        let mut cuts = Cuts::around_all(self.rows, self.columns);
        let wide: Vec<f64> = around(NORMAL_ERROR * (rows * self.columns) as f64)
            .into_iter()
            .map(|aim| cuts.guess(aim, &middle, 0))
            .collect();
        self.cut_at(&wide).into_iter().for_each(|cut| cuts.insert(cut));
        around(BEYOND).into_iter().map(|aim| cuts.guess(aim, &middle, 1)).collect()
    }

    /// All pairs, cut in two at each value.
    fn cut_at(&self, values: &[f64]) -> Vec<Cut> {
        /// Three pairs are looked for mostly, each from both sides.
        const TOGETHER: usize = 6;
        let mut cuts = Vec::with_capacity(values.len() + TOGETHER);
        for values in values.chunks(TOGETHER) {
            // Walks that nobody asked for take no time beside the others.
            let values: [f64; TOGETHER] = array::from_fn(|walk| values[walk.min(values.len() - 1)]);
            cuts.extend(self.walk_down(values));
        }
        cuts.truncate(values.len());
        cuts
    }

    /// Every cut is a walk down the staircase, in which each step waits for the one before. Several walks at once do not
    /// wait for each other. How wide a step of the staircase is nobody could tell beforehand, so the columns are counted
    /// several at once, not looked at one after the other.
    fn walk_down<const N: usize>(&self, values: [f64; N]) -> [Cut; N] {
        // No pair is beyond the largest number, and a guess may be none.
        let values = values.map(|value| value.min(f64::MAX));
        let mut cuts = values.map(|value| Cut { value, below: 0, columns: vec![0; self.rows] });
        let mut columns = [0; N];
        for (row, &old) in self.old.iter().enumerate() {
            for ((cut, column), value) in cuts.iter_mut().zip(&mut columns).zip(values) {
                loop {
                    let next: &[f64; AT_ONCE] = self.new[*column..].first_chunk().expect(PADDED);
                    let width: usize = next.iter().map(|&new| usize::from((self.combine)(new, old) < value)).sum();
                    *column += width;
                    if width < AT_ONCE {
                        break;
                    }
                }
                cut.columns[row] = *column;
            }
        }
        for cut in &mut cuts {
            cut.below = cut.columns.iter().sum();
        }
        cuts
    }

    /// The value of the pair at `index` (from 0) if all pairs were sorted, when it is among the `candidates`.
    ///
    /// Each row is sorted, so the pairs still in question are one stretch of each row. A pivot from
    /// among them cuts every stretch in two with one walk down the staircase; when few enough are
    /// left, they are written down and selected from.
    ///
    /// Time (rows + columns) log pairs on average; space: rows.
    ///
    /// Source: Monahan 1984, Algorithm 616, ACM Transactions on Mathematical Software 10(3),
    /// 265–270; the pivot is a quantile of a few pairs, not a random one, so that results repeat.
    fn select_among(&self, mut candidates: Stretches, index: usize) -> f64 {
        loop {
            let nth = index - candidates.before;
            if candidates.count <= self.few() {
                return nth_smallest(&mut self.all(&candidates.starts, &candidates.ends), nth);
            }
            let pivot = self.pivot(&candidates, nth);
            let [below, up_to] = self.walk_down([pivot, pivot.next_up()]);
            if index < below.below {
                candidates = candidates.until(below.columns);
            } else if index < up_to.below || pivot == f64::MAX {
                return pivot;
            } else {
                candidates = candidates.from(up_to.columns);
            }
        }
    }

    /// The values of all pairs from the column of each row in `starts` to before that in `ends`.
    ///
    /// Most of these stretches are short, and how short nobody could tell beforehand: two columns are always written down,
    /// and what is too much is overwritten by the next row.
    fn all(&self, starts: &[usize], ends: &[usize]) -> Vec<f64> {
        const SHORT: usize = 2;
        let count = ends.iter().sum::<usize>() - starts.iter().sum::<usize>();
        let mut values = vec![0.0; count + SHORT];
        let mut written = 0;
        for (&old, (&start, &end)) in self.old.iter().zip(starts.iter().zip(ends)) {
            let two: &[f64; SHORT] = self.new[start..].first_chunk().expect(PADDED);
            values[written..written + SHORT].copy_from_slice(&two.map(|new| (self.combine)(new, old)));
            for column in start + SHORT..end {
                values[written + column - start] = (self.combine)(self.new[column], old);
            }
            written += end - start;
        }
        values.truncate(count);
        values
    }

    /// One of the `candidates`, near the `nth` (from 0) of them: that share of [`PROBES`] pairs lies
    /// below it.
    fn pivot(&self, candidates: &Stretches, nth: usize) -> f64 {
        let mut probes = Vec::with_capacity(PROBES);
        let mut passed = 0;
        for (&old, columns) in self.old.iter().zip(candidates.columns()) {
            passed += columns.len();
            // Rows get probes by their length; columns are spread evenly by the golden ratio.
            while probes.len() < PROBES && (2 * probes.len() + 1) * candidates.count < 2 * PROBES * passed {
                let along = (probes.len() as f64 * GOLDEN_RATIO).fract() * columns.len() as f64;
                probes.push((self.combine)(self.new[columns.start + along as usize], old));
            }
        }
        let nth_probe = nth * probes.len() / candidates.count;
        // A little towards the middle: then the pair most likely lies on the shorter side.
        let nth_probe = if nth < candidates.count / 2 { nth_probe + MARGIN } else { nth_probe.saturating_sub(MARGIN) };
        nth_smallest(&mut probes, nth_probe)
    }
}

/// So many columns are looked at together.
const AT_ONCE: usize = 4;

/// Why a stretch of columns can always be read.
const PADDED: &str = "so many stand behind the last column";

/// So few pairs are written down rather than divided further; chosen by trying on 100 + 100 measurements.
const FEW_PAIRS: usize = 768;

/// How many pairs a pivot is chosen from; chosen by trying on 100 + 100 measurements.
const PROBES: usize = 64;

/// So many pairs between two cuts are few enough; chosen by trying on 100 + 100 measurements.
const NARROW: usize = 128;

/// A cut is aimed at so many pairs beyond the one that it is to enclose.
const BEYOND: f64 = NARROW as f64 / 3.0;

/// How often is guessed before a pair is left to pivots, which no distribution can slow down.
const GUESSES: i32 = 8;

/// How many of all pairs may lie between one and where it would lie if both sides were normal; chosen by trying on 100 + 100
/// measurements.
const NORMAL_ERROR: f64 = 0.04;

/// The step from one pair to the next in the middle of all, in sums of both interquartile ranges over all pairs,
/// where both sides are normal and equally wide: sqrt(2 pi) sqrt(2) / (2 * 1.349).
const NORMAL_STEP: f64 = 1.314;

/// How many probes further towards the middle the pivot is taken; chosen by trying on 100 + 100 measurements.
const MARGIN: usize = 1;

/// Multiples of it, without their integer part, fill the unit interval evenly.
const GOLDEN_RATIO: f64 = 1.618_033_988_749_895;

/// What is known of all pairs before any is looked at.
struct Middle {
    /// A value near the middle of all pairs.
    value: f64,
    /// From one pair to the next there, about.
    step: f64,
}

/// All pairs, cut in two at a value.
struct Cut {
    value: f64,
    /// How many pairs lie below it.
    below: usize,
    /// How many columns of each row do.
    columns: Vec<usize>,
}

/// All pairs, cut at ever more values: from small to large, the first cut below all pairs and the last above.
struct Cuts(Vec<Cut>);

impl Cuts {
    fn around_all(rows: usize, columns: usize) -> Cuts {
        let below = Cut { value: f64::NEG_INFINITY, below: 0, columns: vec![0; rows] };
        let above = Cut { value: f64::INFINITY, below: rows * columns, columns: vec![columns; rows] };
        Cuts(vec![below, above])
    }

    /// The cuts next to the pair at `index`: at most so many pairs lie below the first, and more below the second.
    fn around(&self, index: usize) -> (&Cut, &Cut) {
        let above = self.0.partition_point(|cut| cut.below <= index);
        (&self.0[above - 1], &self.0[above])
    }

    fn insert(&mut self, cut: Cut) {
        let place = self.0.partition_point(|known| known.value < cut.value);
        self.0.insert(place, cut);
    }

    /// Where to cut next: a little below and a little above each pair at `indices` that is not closely enclosed.
    fn guesses(&self, indices: &[usize], middle: &Middle, round: i32) -> Vec<f64> {
        let mut guesses = Vec::new();
        for &index in indices {
            let (low, high) = self.around(index);
            if high.below - low.below > NARROW {
                let (within, index) = (low.below as f64..high.below as f64, index as f64);
                let aims = [index - BEYOND, index + BEYOND].into_iter().filter(|aim| within.contains(aim));
                guesses.extend(aims.map(|aim| self.guess(aim, middle, round)));
            }
        }
        guesses
    }

    /// The value that about `aim` pairs lie below.
    fn guess(&self, aim: f64, middle: &Middle, round: i32) -> f64 {
        let last = self.0[self.0.len() - 1].below - 1;
        let (low, high) = self.around((aim as usize).min(last));
        let (pairs_low, pairs_high) = (low.below as f64, high.below as f64);
        // An end that stays infinite is searched in strides that become longer.
        let stride = middle.step * f64::powi(4.0, round - 1);
        match (low.value.is_finite(), high.value.is_finite()) {
            (false, false) => middle.value + middle.step * (aim - pairs_high / 2.0),
            (true, false) => low.value + stride * (aim - pairs_low),
            (false, true) => high.value - stride * (pairs_high - aim),
            (true, true) => low.value + (high.value - low.value) * ((aim - pairs_low) / (pairs_high - pairs_low)),
        }
    }
}

/// One stretch of columns for each row, `starts` included and `ends` not.
struct Stretches {
    starts: Vec<usize>,
    ends: Vec<usize>,
    /// How many pairs lie to the left of the stretches; all of them are smaller.
    before: usize,
    /// How many pairs lie in them.
    count: usize,
}

impl Stretches {
    fn new(starts: Vec<usize>, ends: Vec<usize>) -> Stretches {
        let before = starts.iter().sum();
        let count = ends.iter().sum::<usize>() - before;
        Stretches { starts, ends, before, count }
    }

    fn until(self, ends: Vec<usize>) -> Stretches {
        Stretches::new(self.starts, ends)
    }

    fn from(self, starts: Vec<usize>) -> Stretches {
        Stretches::new(starts, self.ends)
    }

    fn columns(&self) -> impl Iterator<Item = Range<usize>> {
        self.starts.iter().zip(&self.ends).map(|(&start, &end)| start..end)
    }
}

/// The value at `index` (from 0) if the values were sorted.
fn nth_smallest(values: &mut [f64], index: usize) -> f64 {
    *values.select_nth_unstable_by(index, f64::total_cmp).1
}

/// Which of the sorted pairs are the ends of the interval, and the confidence this gives.
///
/// Returns the number of the lower end, counted from 1 and from the smallest; the upper end has the
/// same number from the largest. It is the largest k with 1 − 2 P(U <= k − 1) >= `wanted`, or 0 when
/// not even the smallest and the largest pair are far enough apart.
pub(super) fn end_number(n_old: usize, n_new: usize, wanted: f64) -> (usize, f64) {
    if wanted.is_nan() || 1.0 <= wanted {
        return (0, 1.0);
    }
    let wanted = wanted.max(0.0);
    if LARGEST_UNTIED < n_old.max(n_new) {
        return normal_end_number(n_old, n_new, wanted);
    }
    let tail = lower_tail(n_old, n_new);
    let number = tail.partition_point(|at_most| 1.0 - 2.0 * at_most >= wanted);
    (number, if number == 0 { 1.0 } else { 1.0 - 2.0 * tail[number - 1] })
}

/// The same with a normal distribution in place of that of U, and a continuity correction.
fn normal_end_number(n_old: usize, n_new: usize, wanted: f64) -> (usize, f64) {
    let middle = n_old as f64 * n_new as f64 / 2.0;
    let deviation = (middle * (n_old as f64 + n_new as f64 + 1.0) / 6.0).sqrt();
    let lowest_z = normal::quantile((1.0 - wanted) / 2.0);
    let number = (middle + lowest_z * deviation + 0.5).floor();
    if number < 1.0 {
        return (0, 1.0);
    }
    let at_most = normal::cdf((number - 0.5 - middle) / deviation);
    (number as usize, 1.0 - 2.0 * at_most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::rank_test;

    fn sample(values: &[f64]) -> Sample {
        Sample::new(values.to_vec()).expect("finite")
    }

    fn measurements(sizes: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f64>> {
        prop_oneof![
            prop::collection::vec((1..40_i32).prop_map(f64::from), sizes.clone()),
            prop::collection::vec(1e-9..1e-3, sizes.clone()),
            // Nothing that a guess could be right about.
            prop::collection::vec((-100..100_i32).prop_map(|power| 10_f64.powi(power)), sizes.clone()),
            prop::collection::vec(prop_oneof![9 => 1.0..1.001, 1 => 1e100..1e101], sizes),
        ]
    }

    /// All differences, sorted: the definition.
    fn sorted_differences(old: &[f64], new: &[f64]) -> Vec<f64> {
        let mut all: Vec<f64> = new.iter().flat_map(|new| old.iter().map(move |old| new - old)).collect();
        all.sort_unstable_by(f64::total_cmp);
        all
    }

    #[track_caller]
    fn check_ends(n_old: usize, n_new: usize, confidence: f64, expected: (usize, f64)) {
        let (number, reached) = end_number(n_old, n_new, confidence);
        assert_eq!(number, expected.0, "{n_old} + {n_new} at {confidence}");
        assert!((reached - expected.1).abs() < 1e-12, "{n_old} + {n_new} at {confidence}: {reached}");
    }

    #[test]
    fn the_ends_of_the_interval() {
        check_ends(3, 3, 0.95, (0, 1.0)); // 1 - 2 * 1/20 = 0.90 is not enough
        check_ends(3, 3, 0.90, (1, 0.9));
        check_ends(4, 4, 0.95, (1, 1.0 - 2.0 / 70.0));
        check_ends(4, 4, 0.94, (2, 1.0 - 4.0 / 70.0)); // U = 0 and U = 1, one ordering each
        check_ends(1, 39, 0.95, (1, 0.95)); // 1 - 2/40, to the last bit
        check_ends(5, 5, 1.0, (0, 1.0));
        check_ends(50, 50, 1.0, (0, 1.0)); // though 1 - 2 / C(100, 50) rounds to 1
        check_ends(5, 5, f64::NAN, (0, 1.0));
        check_ends(60, 60, 1.0, (0, 1.0));
    }

    #[test]
    fn the_ends_meet_when_no_confidence_is_asked_for() {
        for (n_old, n_new) in [(1, 1), (1, 2), (3, 3), (4, 5), (51, 51), (60, 70)] {
            for confidence in [0.0, -1.0] {
                let (number, _) = end_number(n_old, n_new, confidence);
                assert!(number <= (n_old * n_new).div_ceil(2), "{n_old} + {n_new}: {number}");
            }
        }
    }

    #[test]
    fn a_ratio_needs_values_above_zero() {
        let good = sample(&[1.0, 2.0]);
        for bad in [&[0.0, 1.0], &[-1.0, 1.0]] {
            assert_eq!(ratio(&good, &sample(bad), 0.95), None);
            assert_eq!(ratio(&sample(bad), &good, 0.95), None);
        }
    }

    #[test]
    fn the_ends_of_the_range_of_f64_stay_numbers() {
        let wide = sample(&[f64::MIN, f64::MAX, f64::MIN, f64::MAX]);
        assert_eq!(shift(&wide, &wide, 0.9).value, 0.0);
        let tall = sample(&[f64::from_bits(1), f64::MAX, f64::from_bits(1), f64::MAX]);
        let tall = ratio(&tall, &tall, 0.9).expect("above 0");
        assert_eq!(tall.value, 1.0);
        assert!(0.0 < tall.interval.low && tall.interval.high.is_finite());
    }

    proptest! {
        #[test]
        fn swapping_old_and_new_turns_the_sign(old in measurements(1..40), new in measurements(1..40)) {
            let (old, new) = (sample(&old), sample(&new));
            let there = shift(&old, &new, 0.95);
            let back = shift(&new, &old, 0.95);
            prop_assert_eq!(there.value, -back.value);
            prop_assert_eq!(there.interval.low, -back.interval.high);
            prop_assert_eq!(there.interval.high, -back.interval.low);

            let there = ratio(&old, &new, 0.95).expect("above 0");
            let back = ratio(&new, &old, 0.95).expect("above 0");
            prop_assert!((there.value * back.value - 1.0).abs() < 1e-14);
        }

        #[test]
        fn the_unit_changes_the_shift_and_not_the_ratio(
            old in measurements(1..30), new in measurements(1..30), power in -20..20
        ) {
            let factor = 2.0_f64.powi(power); // exact, so that the results must be as well
            let (old, new) = (sample(&old), sample(&new));
            let (old_scaled, new_scaled) =
                (old.map(|x| x * factor).expect("finite"), new.map(|x| x * factor).expect("finite"));
            let plain = shift(&old, &new, 0.95);
            let scaled = shift(&old_scaled, &new_scaled, 0.95);
            prop_assert_eq!(plain.value * factor, scaled.value);
            prop_assert_eq!(plain.interval.low * factor, scaled.interval.low);
            prop_assert_eq!(ratio(&old, &new, 0.95), ratio(&old_scaled, &new_scaled, 0.95));
        }

        #[test]
        fn selection_equals_sorting(old in measurements(1..70), new in measurements(1..70), at in 0.0..1.0) {
            let all = sorted_differences(&old, &new);
            let (old, new) = (sample(&old), sample(&new));
            let matrix = PairMatrix::new(&old, &new, |new, old| new - old);
            let indices = [0, all.len() / 2, (at * all.len() as f64) as usize, all.len() - 1];
            prop_assert_eq!(matrix.select(indices), indices.map(|index| all[index]));
        }

        #[test]
        fn the_interval_holds_the_estimate_and_its_ends_were_measured(
            old in measurements(1..60), new in measurements(1..60), confidence in 0.0..1.0
        ) {
            let all = sorted_differences(&old, &new);
            let Estimate { value, interval } =
                shift(&sample(&old), &sample(&new), confidence);
            prop_assert!(interval.contains(value));
            prop_assert!(interval.confidence >= confidence - 1e-9);
            for end in [interval.low, interval.high] {
                prop_assert!(end.is_infinite() || all.contains(&end));
            }
        }

        /// Test and interval are one statement in two forms.
        #[test]
        fn zero_lies_outside_when_the_test_rejects(
            old in prop::collection::hash_set(1..10_000_i32, 1..60),
            new in prop::collection::hash_set(1..10_000_i32, 1..60),
            confidence in 0.5..0.999,
        ) {
            let new: Vec<f64> = new.difference(&old).map(|&x| f64::from(x)).collect();
            let old: Vec<f64> = old.into_iter().map(f64::from).collect();
            prop_assume!(!new.is_empty());
            let (old, new) = (sample(&old), sample(&new));
            let rejected = rank_test(&old, &new).p <= 1.0 - confidence;
            let interval = shift(&old, &new, confidence).interval;
            prop_assert_eq!(!interval.contains(0.0), rejected);
        }
    }

    /// Too many pairs for `proptest` to write down, and shapes that are far from square.
    #[test]
    fn large_and_lopsided_matrices() {
        for (n_old, n_new) in [(1, 3000), (3000, 1), (7, 900), (400, 300)] {
            let old: Vec<f64> = (0..n_old).map(|i| f64::from(i * 7919 % 1009)).collect();
            let new: Vec<f64> = (0..n_new).map(|i| f64::from(i * 104_729 % 1013) * 1.5).collect();
            let all = sorted_differences(&old, &new);
            let (old, new) = (sample(&old), sample(&new));
            let matrix = PairMatrix::new(&old, &new, |new, old| new - old);
            for index in (0..all.len()).step_by(all.len() / 50) {
                assert_eq!(matrix.select([index]), [all[index]], "{n_old} x {n_new} at {index}");
            }
        }
    }
}
