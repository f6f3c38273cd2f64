//! What a workload is.

use std::hint::black_box;

/// One piece of work of the service, at any size.
///
/// The harnesses measure [`run`](Workload::run) and the drop of what it returns, nothing else.
/// They call it many times on one input, so a run leaves the input as costly as it found it:
/// what it fills it empties, what it takes it puts back.
pub trait Workload {
    /// What a run works on. Made and dropped outside the measurement.
    type Input;
    /// What a run makes. Its drop is measured: whoever makes it pays for it.
    type Output;

    /// Whether somebody waits for a single run: an answer of the service. Those are timed call by call as well, for their
    /// 99th percentile.
    const IS_WAITED_FOR: bool = false;

    /// Whether the threads of a run take locks: then it is counted how often they find them taken.
    const LOCKS: bool = false;

    /// The input of that size, the same bytes every time.
    fn setup(size: usize) -> Self::Input;

    /// The work.
    fn run(input: &mut Self::Input) -> Self::Output;

    /// Panics if `output` is not what a run on `input` should have made.
    ///
    /// What is expected is computed here in another way than in `run`: slowly and obviously.
    fn check(input: &Self::Input, output: &Self::Output);

    /// Bytes that one run handles, for those workloads whose budget is a time per kilobyte.
    fn bytes(_size: usize) -> Option<u64> {
        None
    }
}

/// An input that has been worked on once: pools are filled, statements prepared,
/// processor features detected, lazily made things made.
///
/// Every harness measures from here on, so that the one run that callgrind counts and the millions
/// that criterion times are the same work.
pub fn warmed<W: Workload>(size: usize) -> W::Input {
    let mut input = W::setup(size);
    black_box(W::run(black_box(&mut input)));
    input
}
