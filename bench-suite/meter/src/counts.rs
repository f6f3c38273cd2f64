use crate::shard;

/// What an allocator was asked to do, from some beginning until now.
///
/// The convention, call by call. A call that returns null counts as nothing.
///
/// | call | counted as | bytes |
/// |---|---|---|
/// | `alloc`, `alloc_zeroed` | `fresh` | the size asked for |
/// | `realloc` to a larger size | `grows` | the **whole** new size |
/// | `realloc` to the same or a smaller size | `shrinks` | the **whole** new size |
/// | `dealloc` | `frees` | – |
///
/// `allocs()` is `fresh + grows + shrinks`. Go's allocs/op means the same (growing a slice is a
/// new object), and so do the dhat crate and Valgrind's DHAT, block by block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Blocks that were asked for anew: `alloc` and `alloc_zeroed`.
    pub fresh: u64,
    /// Blocks that were made larger by `realloc`, whether or not they moved.
    pub grows: u64,
    /// Blocks that were made smaller (or left as large as they were) by `realloc`.
    pub shrinks: u64,
    /// Blocks that were given back by `dealloc`.
    pub frees: u64,
    /// Bytes asked for: every fresh block, and the full new size of every `realloc`.
    pub bytes: u64,
    /// Bytes that are still held. Below zero where more was freed than allocated: in the
    /// difference of two readings, or in a thread that frees what another one allocated.
    pub live_bytes: i64,
}

impl Counts {
    /// Blocks handed out: `fresh + grows + shrinks`.
    pub fn allocs(&self) -> u64 {
        self.fresh.wrapping_add(self.reallocs())
    }

    /// Blocks resized: `grows + shrinks`.
    pub fn reallocs(&self) -> u64 {
        self.grows.wrapping_add(self.shrinks)
    }

    /// What happened between `old` and this later reading of the same counter.
    pub fn since(&self, old: &Counts) -> Counts {
        Counts {
            fresh: self.fresh.wrapping_sub(old.fresh),
            grows: self.grows.wrapping_sub(old.grows),
            shrinks: self.shrinks.wrapping_sub(old.shrinks),
            frees: self.frees.wrapping_sub(old.frees),
            bytes: self.bytes.wrapping_sub(old.bytes),
            live_bytes: self.live_bytes.wrapping_sub(old.live_bytes),
        }
    }

    pub(crate) fn plus(&self, other: &Counts) -> Counts {
        Counts {
            fresh: self.fresh.wrapping_add(other.fresh),
            grows: self.grows.wrapping_add(other.grows),
            shrinks: self.shrinks.wrapping_add(other.shrinks),
            frees: self.frees.wrapping_add(other.frees),
            bytes: self.bytes.wrapping_add(other.bytes),
            live_bytes: self.live_bytes.wrapping_add(other.live_bytes),
        }
    }
}

/// What every thread of this process did since it began, the threads that ended included.
///
/// Exact for everything that *happened before* this call: the caller's own work, threads it
/// joined, work it was sent word of through a channel or a lock. Other threads that allocate at
/// this very moment may or may not be in it yet; nothing is ever lost. Allocates nothing.
pub fn total() -> Counts {
    shard::total()
}

/// What the calling thread did since its first allocation. Exact, and allocates nothing.
///
/// A thread-local destructor that runs after the one of this crate is in [`total`] only.
pub fn thread() -> Counts {
    shard::thread()
}

/// The most bytes the calling thread held above its balance when it began, or when
/// [`reset_thread_peak`] was called last. Never below zero.
///
/// The balance is what this thread allocated minus what this thread freed. It is the memory in
/// use as long as blocks stay in the thread; a thread that only hands blocks to others sees its
/// balance grow though they are freed elsewhere. [`crate::PeakWatch`] has no such limit.
pub fn thread_peak_bytes() -> u64 {
    shard::thread_peak_bytes()
}

/// Measures [`thread_peak_bytes`] from the present balance of the calling thread on.
pub fn reset_thread_peak() {
    shard::reset_thread_peak();
}
