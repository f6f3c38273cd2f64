//! One operation counted, and operations by the hundred.

use std::hint::black_box;

use crate::counts::{self, Counts};
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

/// Counts what `run` does. What it returns is dropped afterwards, uncounted.
pub(crate) fn count<O>(settle: &mut Settle, run: impl FnOnce() -> O) -> Operation {
    settle.before();
    let watch = PeakWatch::start();
    let (old, old_here) = (counts::total(), counts::thread());
    let output = black_box(run());
    settle.after();
    let (new, new_here) = (counts::total(), counts::thread());
    let peak_bytes = watch.as_ref().map(PeakWatch::peak_bytes);
    drop(watch);
    drop(output);
    let counts = new.since(&old);
    let is_alone = counts == new_here.since(&old_here);
    let threads = if is_alone { Threads::One } else { Threads::Several };
    Operation { counts, peak_bytes, threads }
}

/// Warms up, then carries out the plan. One inner list per repeat, in the order taken.
pub(crate) fn repeats(plan: Plan, operation: &mut dyn FnMut() -> Operation) -> Vec<Vec<Operation>> {
    for _ in 0..WARM_UP_OPERATIONS {
        operation();
    }
    (0..plan.repeats).map(|_| (0..plan.operations).map(|_| operation()).collect()).collect()
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
