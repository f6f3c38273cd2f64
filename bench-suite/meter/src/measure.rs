//! One operation counted, and operations by the hundred.

use std::hint::black_box;

use crate::counts::{self, Counts};
use crate::leak;
use crate::peak::PeakWatch;
use crate::settle::Settle;

/// What one operation did, all threads together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) counts: Counts,
    /// Highest live bytes above those at the start; unknown while the benchmark itself holds a
    /// `PeakWatch`, of which there is one per process.
    pub(crate) peak_bytes: Option<u64>,
    pub(crate) threads: Threads,
}

/// Who called the allocator during an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    /// Only the thread that carried it out.
    One,
    /// Others as well: their calls may fall in another order next time.
    Several,
}

/// What the counted operations of a case did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Observed {
    /// In the order taken, the repeats one after the other.
    pub(crate) operations: Vec<Operation>,
    /// Bytes, one number for each repeat but the first: [`leak::rises`].
    pub(crate) leaked_bytes: Vec<u64>,
    /// How far each counter of the case's own rose in each operation.
    pub(crate) rises: Vec<(&'static str, Vec<u64>)>,
    /// Operations of a repeat, at least 1.
    pub(crate) of_a_repeat: usize,
}

/// How often an operation is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Counted operations per repeat, at least 1.
    pub(crate) operations: u32,
    /// At least 1. Only equal repeats make an exact result.
    pub(crate) repeats: u32,
}

/// Uncounted operations ahead of the others, so that lazy statics and thread-locals are filled.
const WARM_UP_OPERATIONS: u32 = 2;

/// Counts what operations of one case do.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    settle: Settle,
    counters: Vec<Counter>,
}

/// A number of the program's own that only rises.
#[derive(Debug)]
pub(crate) struct Counter {
    pub(crate) metric: &'static str,
    read: fn() -> u64,
    before: u64,
    /// One for each operation.
    rises: Vec<u64>,
}

impl Counter {
    pub(crate) fn new(metric: &'static str, read: fn() -> u64) -> Counter {
        Counter { metric, read, before: 0, rises: Vec::new() }
    }
}

impl Probe {
    pub(crate) fn new(counters: Vec<Counter>) -> Probe {
        Probe { settle: Settle::default(), counters }
    }

    /// Counts what `run` does. What it returns is dropped afterwards, uncounted.
    pub(crate) fn count<O>(&mut self, run: impl FnOnce() -> O) -> Operation {
        self.settle.before();
        for counter in &mut self.counters {
            counter.before = (counter.read)();
        }
        let watch = PeakWatch::start();
        let (old, old_here) = (counts::total(), counts::thread());
        let output = black_box(run());
        self.settle.after();
        let (new, new_here) = (counts::total(), counts::thread());
        let peak_bytes = watch.as_ref().map(PeakWatch::peak_bytes);
        drop(watch);
        for counter in &mut self.counters {
            counter.rises.push((counter.read)().wrapping_sub(counter.before));
        }
        drop(output);
        let counts = new.since(&old);
        let is_alone = counts == new_here.since(&old_here);
        let threads = if is_alone { Threads::One } else { Threads::Several };
        Operation { counts, peak_bytes, threads }
    }

    /// Warms up, then carries out the plan.
    ///
    /// * `operation`: one of them whole, from its setup until its input and its output are dropped.
    pub(crate) fn observe(mut self, plan: Plan, operation: &mut dyn FnMut(&mut Probe) -> Operation) -> Observed {
        for _ in 0..WARM_UP_OPERATIONS {
            operation(&mut self);
        }
        let of_a_repeat = plan.operations as usize;
        let count = of_a_repeat.saturating_mul(plan.repeats as usize);
        // All room is taken before the first reading: what the meter itself allocates is nobody's leak.
        let mut operations = Vec::with_capacity(count);
        let mut levels = Vec::with_capacity(count);
        for counter in &mut self.counters {
            counter.rises.clear();
            counter.rises.reserve_exact(count);
        }
        let start = counts::total();
        for _ in 0..count {
            operations.push(operation(&mut self));
            levels.push(counts::total().since(&start).live_bytes);
        }
        let rises = self.counters.into_iter().map(|counter| (counter.metric, counter.rises)).collect();
        Observed { operations, leaked_bytes: leak::rises(&levels, of_a_repeat), rises, of_a_repeat }
    }
}

/// Whether allocations of this program are counted at all.
pub(crate) fn is_counting() -> bool {
    let old = counts::thread();
    drop(black_box(Box::new(0u8)));
    counts::thread().since(&old).fresh == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The unit tests of this crate use the plain allocator.
    #[test]
    fn a_program_without_the_counting_allocator_is_noticed() {
        assert!(!is_counting());
    }
}
