use std::thread;
use std::time::{Duration, Instant};

/// Waits until the threads that an operation started are gone, so that their last frees are
/// counted for it and not for the next one.
///
/// `std::thread::scope` returns when the closures have ended, not the threads: those still free a
/// few small blocks. Only where the system tells the number of threads (Linux); elsewhere those
/// frees may fall behind the reading, unless every thread is joined by its handle.
///
/// Must not allocate between `before` and the end of `after`: that would be counted.
#[derive(Debug, Default)]
pub(crate) struct Settle {
    threads_before: Option<u64>,
    /// The threads of this case stay (a pool, say): waiting for their end is of no use.
    threads_stay: bool,
}

/// Chosen: a thread that has returned is gone within microseconds, on an overloaded machine later.
/// Paid once by a case whose threads stay.
const PATIENCE: Duration = Duration::from_millis(500);

impl Settle {
    pub(crate) fn before(&mut self) {
        self.threads_before = threads();
    }

    pub(crate) fn after(&mut self) {
        if self.threads_stay || !self.has_more_threads() {
            return;
        }
        let start = Instant::now();
        while self.has_more_threads() {
            if PATIENCE < start.elapsed() {
                self.threads_stay = true;
                return;
            }
            thread::yield_now();
        }
    }

    fn has_more_threads(&self) -> bool {
        match (self.threads_before, threads()) {
            (Some(before), Some(now)) => before < now,
            _ => false,
        }
    }
}

/// The threads of this process, where the system tells.
#[cfg(target_os = "linux")]
fn threads() -> Option<u64> {
    use std::os::linux::fs::MetadataExt;

    // One directory per thread, each of which links back to its parent; `.` and `..` are the two
    // others. One system call, no memory: the path is short enough for the stack.
    let links = std::fs::metadata("/proc/self/task").ok()?.st_nlink();
    links.checked_sub(2)
}

#[cfg(not(target_os = "linux"))]
fn threads() -> Option<u64> {
    None
}
