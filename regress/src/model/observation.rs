use std::cmp::Ordering;
use std::num::NonZeroU64;
use std::sync::Arc;

use super::{BenchId, Metric};
use crate::stats::Sample;

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
/// Measurements of one process are not independent of each other: they share its memory layout and the
/// machine's mood of that minute. Statistics need to know which belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Processes(Vec<Sample>);

impl Processes {
    /// All measurements are of one process.
    pub fn one(sample: Sample) -> Processes {
        Processes(vec![sample])
    }

    /// One sample per process. `None` when there is no process.
    pub fn new(samples: Vec<Sample>) -> Option<Processes> {
        if samples.is_empty() { None } else { Some(Processes(samples)) }
    }

    /// How many processes measured; at least 1.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The sample of each process, in the order they ran.
    pub fn samples(&self) -> &[Sample] {
        &self.0
    }

    /// Adds the processes of another file of the same side.
    pub fn append(&mut self, other: Processes) {
        self.0.extend(other.0);
    }
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
    fn counts_are_compared_as_exact_rationals() {
        let half = Exact::new(50, 100).unwrap();
        assert!(Exact::once(0) < half);
        assert_eq!(half, Exact::new(1, 2).unwrap());
        assert!(Exact::new(u64::MAX, u64::MAX).unwrap() == Exact::once(1));
        assert!(Exact::new(1, 0).is_none());
    }
}
