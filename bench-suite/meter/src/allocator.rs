use std::alloc::{GlobalAlloc, Layout, System};

use crate::shard::{Event, record};

/// Counts what the allocator inside it is asked for; changes nothing about how it answers.
///
/// Every call goes to the same method of the inner allocator, so blocks still grow in place and
/// zeroed memory still comes cheap. Counting takes no lock and no memory from the inner allocator.
/// All counting allocators of a process share one set of counters.
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: bench_meter::CountingAllocator = bench_meter::CountingAllocator::system();
///
/// let old = bench_meter::thread();
/// let word = String::from("counted");
/// let new = bench_meter::thread();
/// assert_eq!(new.since(&old).allocs(), 1);
/// assert_eq!(new.since(&old).bytes, word.len() as u64);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CountingAllocator<A = System> {
    inner: A,
}

impl CountingAllocator<System> {
    /// Around the allocator of the operating system, Rust's default.
    pub const fn system() -> CountingAllocator<System> {
        CountingAllocator::new(System)
    }
}

impl<A> CountingAllocator<A> {
    /// Around any other: `CountingAllocator::new(MiMalloc)`.
    pub const fn new(inner: A) -> CountingAllocator<A> {
        CountingAllocator { inner }
    }
}

// SAFETY: every method hands its arguments to the same method of the inner allocator and returns
// what that returned, so the inner allocator's promises are ours. `record` does not unwind, and
// does not allocate from the global allocator.
#[expect(unsafe_code, reason = "`GlobalAlloc` is an unsafe trait")]
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAllocator<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises of `GlobalAlloc::alloc`.
        let block = unsafe { self.inner.alloc(layout) };
        if !block.is_null() {
            record(Event::Fresh { size: layout.size() });
        }
        block
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises of `GlobalAlloc::alloc_zeroed`.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if !block.is_null() {
            record(Event::Fresh { size: layout.size() });
        }
        block
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the promises of `GlobalAlloc::realloc`.
        let new_block = unsafe { self.inner.realloc(block, layout, new_size) };
        if !new_block.is_null() {
            record(Event::Resize { old: layout.size(), new: new_size });
        }
        new_block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // Before the block is gone: afterwards another thread may already have it, and for a
        // moment the same bytes would be live twice.
        record(Event::Free { size: layout.size() });
        // SAFETY: the caller keeps the promises of `GlobalAlloc::dealloc`.
        unsafe { self.inner.dealloc(block, layout) }
    }
}
