use std::cmp::Ordering;
use std::num::NonZeroU64;
use std::sync::Arc;

use super::{BenchId, Metric};
use crate::stats::{self, Sample};

/// What one side measured for one benchmark and one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// Which benchmark.
    pub id: BenchId,
    /// Which metric; its unit is the unit of `values`.
    pub metric: Arc<Metric>,
    /// The numbers, in base units.
    pub values: Values,
    /// The tool that measured: `criterion`, `iai-callgrind`, `meter`, …
    pub harness: Arc<str>,
    /// Where it was read: a path, for messages.
    pub origin: Arc<str>,
}

/// The numbers of an [`Observation`], in base units of its metric.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Counted, and the same in every repeat.
    Exact(Exact),
    /// Measurements that differ.
    Sampled(Processes),
}

/// Measurements grouped by the process that took them, in the order they were taken; at least one process.
///
/// A reader whose format keeps no order hands those of a process over in ascending order: nobody looks for a warm-up in
/// them then, and what was really taken so is too rare to be missed.
///
/// Measurements of one process are not independent of each other: they share its memory layout and the
/// machine's mood of that minute. Statistics need to know which belong together.
///
/// All are kept in one sample, since most questions are about all of them and most harnesses have either one
/// process or one measurement of each: no measurement is an object of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Processes {
    pooled: Sample,
    bounds: Bounds,
    kept: Kept,
    turns: Option<Arc<str>>,
}

/// What a harness kept of the measurements of each process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kept {
    /// All of them.
    Measurements,
    /// Their middle only, one number for each process: how far they scattered is lost.
    Middles {
        /// The smallest measurement of all, where the harness says it.
        least: Option<f64>,
        /// From where to where the middle may lie by the harness's own account, where it gives one. Of several
        /// processes all the middles with their intervals lie in it; both ends are finite.
        within: Option<(f64, f64)>,
    },
}

/// Where a process ends among all measurements.
#[derive(Clone, Debug, PartialEq)]
enum Bounds {
    /// One process took them all.
    None,
    /// Each is of a process of its own.
    Everywhere,
    /// Behind so many measurements from the first on: ascending, the last is their number.
    At(Box<[usize]>),
}

impl Processes {
    /// All measurements are of one process.
    pub fn one(sample: Sample) -> Processes {
        Processes { pooled: sample, bounds: Bounds::None, kept: Kept::Measurements, turns: None }
    }

    /// Each measurement is of a process of its own.
    pub fn each(sample: Sample) -> Processes {
        let bounds = if sample.len() == 1 { Bounds::None } else { Bounds::Everywhere };
        Processes { pooled: sample, bounds, kept: Kept::Measurements, turns: None }
    }

    /// Each number is the middle of the measurements of a process of its own, which are lost.
    ///
    /// * `least`: the smallest measurement of all, where it is known.
    pub fn middles(sample: Sample, least: Option<f64>) -> Processes {
        Processes { kept: Kept::Middles { least, within: None }, ..Processes::each(sample) }
    }

    /// The same middles, which may lie anywhere from `low` to `high` by the harness's own account.
    ///
    /// An interval that leaves middles out is widened to hold them, and what is no number says nothing. Measurements
    /// stay as they are: they show themselves how they scatter.
    pub fn within(self, low: f64, high: f64) -> Processes {
        let Kept::Middles { least, within } = self.kept else { return self };
        if low.is_nan() || high.is_nan() {
            return self;
        }
        let (min, max) = (self.pooled.min(), self.pooled.max());
        let (low, high) = (low.min(min).max(f64::MIN), high.max(max).min(f64::MAX));
        let within = within.map_or((low, high), |before| (low.min(before.0), high.max(before.1)));
        Processes { kept: Kept::Middles { least, within: Some(within) }, ..self }
    }

    /// One sample per process. `None` when there is no process.
    pub fn new(samples: Vec<Sample>) -> Option<Processes> {
        if samples.is_empty() {
            return None;
        }
        let ends = samples.iter().scan(0, |end, sample| {
            *end += sample.len();
            Some(*end)
        });
        let values = samples.iter().flat_map(Sample::values).copied().collect();
        Some(Processes::bounded(values, ends.collect()))
    }

    /// * `values`: of several samples, so neither empty nor NaN.
    /// * `ends`: as in [`Bounds::At`].
    fn bounded(values: Vec<f64>, ends: Box<[usize]>) -> Processes {
        let bounds = match ends.len() {
            1 => Bounds::None,
            count if count == values.len() => Bounds::Everywhere,
            _ => Bounds::At(ends),
        };
        let pooled = Sample::new(values).expect("samples are neither empty nor hold NaN");
        Processes { pooled, bounds, kept: Kept::Measurements, turns: None }
    }

    /// The same measurements, each taken next to the one of the same number of another side that has this series.
    pub fn in_turns(self, series: &str) -> Processes {
        Processes { turns: Some(series.into()), ..self }
    }

    /// The series of turns in which these were taken, if so: two sides of one series are pairs.
    pub fn turns(&self) -> Option<&str> {
        self.turns.as_deref()
    }

    /// `change(value)` for each measurement. `None` when one of them would be no finite number.
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Option<Processes> {
        let kept = match self.kept {
            Kept::Measurements => Kept::Measurements,
            Kept::Middles { least, within: _ } => {
                Kept::Middles { least: least.map(&change).filter(|least| least.is_finite()), within: None }
            }
        };
        let (bounds, turns) = (self.bounds.clone(), self.turns.clone());
        let mapped = Processes { pooled: self.pooled.map(&change).ok()?, bounds, kept, turns };
        Some(match self.middle_within().map(|(low, high)| (change(low), change(high))) {
            // What falls where it used to rise turns the ends round.
            Some((a, b)) => mapped.within(a.min(b), a.max(b)),
            None => mapped,
        })
    }

    /// How many processes measured; at least 1.
    pub fn count(&self) -> usize {
        match &self.bounds {
            Bounds::None => 1,
            Bounds::Everywhere => self.pooled.len(),
            Bounds::At(ends) => ends.len(),
        }
    }

    /// Whether the numbers are measurements, or what a harness left of them.
    pub fn kept(&self) -> Kept {
        self.kept
    }

    /// The measurements of all processes, in the order they were taken; or [their middles](Kept::Middles).
    pub fn pooled(&self) -> &Sample {
        &self.pooled
    }

    /// Whether each process measured once.
    pub fn measured_once_each(&self) -> bool {
        self.count() == self.pooled.len()
    }

    /// The measurements of each process, at least one, in the order they ran.
    pub fn by_process(&self) -> impl Iterator<Item = &[f64]> {
        let starts = std::iter::once(0).chain(self.ends());
        starts.zip(self.ends()).map(|(start, end)| &self.pooled.values()[start..end])
    }

    /// Behind how many measurements each process ends.
    fn ends(&self) -> impl Iterator<Item = usize> {
        (0..self.count()).map(|index| match &self.bounds {
            Bounds::None => self.pooled.len(),
            Bounds::Everywhere => index + 1,
            Bounds::At(ends) => ends[index],
        })
    }

    /// Adds the processes of another file of the same side.
    ///
    /// Where one of the two kept no more than the middles, the middles of both are what can be compared.
    pub fn append(&mut self, other: Processes) {
        if self.kept != Kept::Measurements || other.kept != Kept::Measurements {
            let least = self.least().zip(other.least()).map(|(a, b)| f64::min(a, b));
            let intervals = [self.middle_within(), other.middle_within()];
            let middles = self.by_process().chain(other.by_process()).map(middle).collect();
            let middles = Processes::middles(Sample::new(middles).expect("a middle of numbers is a number"), least);
            *self = intervals.into_iter().flatten().fold(middles, |all, (low, high)| all.within(low, high));
            return;
        }
        let before = self.pooled.len();
        let ends = self.ends().chain(other.ends().map(|end| before + end)).collect();
        let turns = self.turns().zip(other.turns()).map(|(first, second)| format!("{first}, {second}").into());
        let joined = Processes::bounded([self.pooled.values(), other.pooled.values()].concat(), ends);
        *self = Processes { turns, ..joined };
    }
}

impl Processes {
    /// The smallest measurement, where it is known.
    pub fn least(&self) -> Option<f64> {
        match self.kept {
            Kept::Measurements => Some(self.pooled.min()),
            Kept::Middles { least, .. } => least,
        }
    }

    /// From where to where the middle may lie by the harness's own account; `None` for measurements.
    pub fn middle_within(&self) -> Option<(f64, f64)> {
        match self.kept {
            Kept::Measurements => None,
            Kept::Middles { within, .. } => within,
        }
    }
}

/// The median of measurements, of which there is at least one.
fn middle(values: &[f64]) -> f64 {
    stats::median(&Sample::new(values.to_vec()).expect("they were of a sample"))
}

/// A count over a number of operations: an exact rational, never rounded.
///
/// One allocation in every second operation is ½, not 0: a budget of zero must not pass.
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    total: u64,
    operations: NonZeroU64,
}

impl Exact {
    /// `total` in all of `operations` operations together. `None` when there was no operation.
    pub fn new(total: u64, operations: u64) -> Option<Exact> {
        Some(Exact { total, operations: NonZeroU64::new(operations)? })
    }

    /// A count of one operation.
    pub fn once(total: u64) -> Exact {
        Exact { total, operations: NonZeroU64::MIN }
    }

    /// The total over all operations.
    pub fn total(self) -> u64 {
        self.total
    }

    /// How many operations were counted; at least 1.
    pub fn operations(self) -> u64 {
        self.operations.get()
    }

    /// Per operation, as a floating point number: for printing, not for comparing.
    pub fn per_operation(self) -> f64 {
        self.total as f64 / self.operations.get() as f64
    }
}

impl Ord for Exact {
    /// By the exact ratio: a/b against c/d is a·d against c·b, in 128 bits.
    fn cmp(&self, other: &Exact) -> Ordering {
        let left = u128::from(self.total) * u128::from(other.operations.get());
        let right = u128::from(other.total) * u128::from(self.operations.get());
        left.cmp(&right)
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Exact) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Exact {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_are_told_apart_however_they_came_together() {
        #[track_caller]
        fn check(processes: Processes, expected: &[&[f64]]) {
            assert_eq!(processes.by_process().collect::<Vec<_>>(), expected);
            assert_eq!(processes.count(), expected.len());
            assert_eq!(processes.pooled().values(), expected.concat());
            let samples = expected.iter().map(|values| sample(values)).collect();
            assert_eq!(Some(processes), Processes::new(samples));
        }
        fn sample(values: &[f64]) -> Sample {
            Sample::new(values.to_vec()).unwrap()
        }
        fn joined(mut first: Processes, second: Processes) -> Processes {
            first.append(second);
            first
        }
        let (one, each) = (|values| Processes::one(sample(values)), |values| Processes::each(sample(values)));
        check(one(&[3.0, 1.0]), &[&[3.0, 1.0]]);
        check(each(&[3.0, 1.0]), &[&[3.0], &[1.0]]);
        check(each(&[3.0]), &[&[3.0]]);
        check(joined(one(&[3.0, 1.0]), one(&[2.0])), &[&[3.0, 1.0], &[2.0]]);
        check(joined(one(&[3.0]), each(&[1.0, 2.0])), &[&[3.0], &[1.0], &[2.0]]);
        check(joined(joined(one(&[3.0, 1.0]), one(&[2.0])), one(&[5.0, 4.0])), &[&[3.0, 1.0], &[2.0], &[5.0, 4.0]]);
        assert_eq!(Processes::new(Vec::new()), None);
    }

    #[test]
    fn beside_a_middle_only_the_middles_of_others_count() {
        let sample = |values: &[f64]| Sample::new(values.to_vec()).unwrap();
        let middles = |values, least| Processes::middles(sample(values), least);
        #[track_caller]
        fn check(mut first: Processes, second: Processes, expected: Processes) {
            first.append(second);
            assert_eq!(first, expected);
        }
        check(middles(&[3.0], Some(2.0)), middles(&[5.0], Some(1.0)), middles(&[3.0, 5.0], Some(1.0)));
        check(middles(&[3.0], Some(2.0)), middles(&[5.0], None), middles(&[3.0, 5.0], None));
        let one = Processes::one(sample(&[7.0, 1.0, 4.0]));
        check(one.clone(), middles(&[5.0], Some(3.0)), middles(&[4.0, 5.0], Some(1.0)));
        check(middles(&[5.0], None), one, middles(&[5.0, 4.0], None));
        // What is known of one is known of both, and holds all the middles.
        let wide = |values, low, high| middles(values, None).within(low, high);
        check(wide(&[3.0], 2.0, 4.0), wide(&[5.0], 4.5, 6.0), wide(&[3.0, 5.0], 2.0, 6.0));
        check(wide(&[3.0], 2.0, 4.0), middles(&[5.0], None), wide(&[3.0, 5.0], 2.0, 5.0));
        check(middles(&[5.0], None), wide(&[3.0], 2.0, 4.0), wide(&[5.0, 3.0], 2.0, 5.0));
    }

    #[test]
    fn an_interval_holds_its_middles_and_is_finite() {
        #[track_caller]
        fn check(low: f64, high: f64, expected: Option<(f64, f64)>) {
            let middles = Processes::middles(Sample::new(vec![3.0]).unwrap(), None).within(low, high);
            assert_eq!(middles.middle_within(), expected);
        }
        check(2.0, 4.0, Some((2.0, 4.0)));
        check(4.0, 5.0, Some((3.0, 5.0)));
        check(4.0, 2.0, Some((3.0, 3.0)));
        check(f64::NEG_INFINITY, f64::INFINITY, Some((f64::MIN, f64::MAX)));
        check(f64::NAN, 4.0, None);
        let one = Processes::one(Sample::new(vec![3.0]).unwrap());
        assert_eq!(one.clone().within(2.0, 4.0), one);
        let rate = Processes::middles(Sample::new(vec![4.0]).unwrap(), None).within(2.0, 8.0).map(|x| 8.0 / x);
        assert_eq!(rate.unwrap().middle_within(), Some((1.0, 4.0)));
    }

    #[test]
    fn counts_are_compared_as_exact_rationals() {
        let half = Exact::new(50, 100).unwrap();
        assert!(Exact::once(0) < half);
        assert_eq!(half, Exact::new(1, 2).unwrap());
        assert!(Exact::new(u64::MAX, u64::MAX).unwrap() == Exact::once(1));
        assert!(Exact::new(1, 0).is_none());
    }
}
