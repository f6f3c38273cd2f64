//! Counts of all threads together, in a program where nothing else allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use bench_meter::{CountingAllocator, Counts, PeakWatch, thread as this_thread, total};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator::system();

fn main() {
    // The first thread of a program brings lazily made things of the standard library to life.
    in_new_thread(|| ());

    a_thread_counts_for_the_total_when_it_is_gone();
    two_threads_at_once_lose_nothing();
    a_thousand_threads_one_after_the_other_lose_nothing();
    blocks_freed_by_another_thread_leave_nothing_live();
    destructors_of_thread_locals_are_counted();
    a_refused_call_counts_as_nothing();
    the_peak_is_that_of_all_threads_together();
    there_is_one_watch();
}

/// What happened in all threads while `work` ran in this one.
fn counted(work: impl FnOnce()) -> Counts {
    let old = total();
    work();
    total().since(&old)
}

fn in_new_thread(work: impl FnOnce() + Send + 'static) {
    thread::spawn(work).join().expect("the work does not panic");
}

const POINTER_BYTES: i64 = size_of::<usize>() as i64;

#[expect(clippy::vec_box, reason = "each element is to be a block of its own")]
fn boxes(count: u64) -> Vec<Box<u64>> {
    (0..count).map(Box::new).collect()
}

fn a_thread_counts_for_the_total_when_it_is_gone() {
    let empty = counted(|| in_new_thread(|| ()));
    let full = counted(|| in_new_thread(|| drop(black_box(boxes(1000)))));
    let difference = full.since(&empty);
    assert_eq!(difference.fresh, 1001); // 1000 boxes and their list
    assert_eq!(difference.frees, 1001);
    assert_eq!(difference.bytes, 1000 * (8 + size_of::<usize>() as u64));
    assert_eq!(empty.live_bytes, 0);
    assert_eq!(full.live_bytes, 0);
}

fn two_threads_at_once_lose_nothing() {
    const ROUNDS: u64 = 20_000;
    let empty = counted(|| run_two(0));
    let full = counted(|| run_two(ROUNDS));
    assert_eq!(full.since(&empty).fresh, 2 * ROUNDS);
    assert_eq!(full.since(&empty).frees, 2 * ROUNDS);
    assert_eq!(full.live_bytes, 0);
}

fn run_two(rounds: u64) {
    let work = move || {
        let old = this_thread();
        for n in 0..rounds {
            drop(black_box(Box::new(n)));
        }
        assert_eq!(this_thread().since(&old).fresh, rounds);
    };
    let handles = [thread::spawn(work), thread::spawn(work)];
    for handle in handles {
        handle.join().expect("the counts are right");
    }
}

/// Each takes over the counters of the one before, and starts at zero.
fn a_thousand_threads_one_after_the_other_lose_nothing() {
    let empty = counted(|| in_new_thread(|| ()));
    let all = counted(|| {
        for _ in 0..1000 {
            in_new_thread(|| {
                let old = this_thread();
                assert!(old.fresh < 100, "inherited {} blocks", old.fresh);
                drop(black_box(Box::new(1u64)));
                assert_eq!(this_thread().since(&old).fresh, 1);
            });
        }
    });
    assert_eq!(all.fresh, 1000 * (empty.fresh + 1));
    assert_eq!(all.frees, 1000 * (empty.frees + 1));
    assert_eq!(all.live_bytes, 0);
}

fn blocks_freed_by_another_thread_leave_nothing_live() {
    let all = counted(|| {
        let producer = thread::spawn(|| {
            let old = this_thread();
            let boxes = boxes(1000);
            // 1000 boxes and a list of 1000 pointers.
            assert_eq!(this_thread().since(&old).live_bytes, 1000 * (8 + POINTER_BYTES));
            boxes
        });
        let boxes = producer.join().expect("the counts are right");
        in_new_thread(move || {
            let old = this_thread();
            drop(boxes);
            assert_eq!(this_thread().since(&old).live_bytes, -1000 * (8 + POINTER_BYTES));
        });
    });
    assert_eq!(all.live_bytes, 0);
    assert_eq!(all.fresh, all.frees);
}

/// Allocates once more when it is destroyed.
struct Last(Vec<u8>);

impl Drop for Last {
    fn drop(&mut self) {
        drop(black_box(self.0.clone()));
    }
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

fn destructors_of_thread_locals_are_counted() {
    let empty = counted(|| in_new_thread(|| ()));
    let full = counted(|| {
        in_new_thread(|| LAST.with(|last| *last.borrow_mut() = Some(Last(vec![1; 50]))));
    });
    let difference = full.since(&empty);
    assert_eq!(difference.fresh, 2); // the one that was stored, and its clone in the destructor
    assert_eq!(difference.frees, 2);
    assert_eq!(difference.bytes, 100);
    assert_eq!(full.live_bytes, 0);
}

/// `System`, which refuses when it is told to.
struct Moody {
    refuses: AtomicBool,
}

impl Moody {
    fn or_null(&self, block: impl FnOnce() -> *mut u8) -> *mut u8 {
        if self.refuses.load(Ordering::Relaxed) { std::ptr::null_mut() } else { block() }
    }
}

// SAFETY: every call that is not refused goes to `System`.
#[expect(unsafe_code, reason = "`GlobalAlloc` is an unsafe trait")]
unsafe impl GlobalAlloc for Moody {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises.
        self.or_null(|| unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises.
        self.or_null(|| unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the promises.
        self.or_null(|| unsafe { System.realloc(block, layout, new_size) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the promises.
        unsafe { System.dealloc(block, layout) }
    }
}

fn a_refused_call_counts_as_nothing() {
    let moody = CountingAllocator::new(Moody { refuses: AtomicBool::new(false) });
    let layout = Layout::new::<[u8; 100]>();
    // SAFETY: the layout is not zero-sized; the block lives until it is freed, as large as it is.
    #[expect(unsafe_code, reason = "a global allocator that refuses would abort the program")]
    unsafe {
        let block = moody.alloc(layout);
        assert!(!block.is_null());
        let refused = counted(|| {
            let refusing = CountingAllocator::new(Moody { refuses: AtomicBool::new(true) });
            assert!(refusing.alloc(layout).is_null());
            assert!(refusing.alloc_zeroed(layout).is_null());
            assert!(refusing.realloc(block, layout, 200).is_null());
        });
        assert_eq!(refused, Counts::default());
        moody.dealloc(block, layout);
    }
}

fn the_peak_is_that_of_all_threads_together() {
    let barrier = Barrier::new(3);
    thread::scope(|scope| {
        let holder = || {
            barrier.wait(); // the thread has begun, with whatever that takes
            barrier.wait(); // the watch is on
            let held = black_box(vec![1u8; 1000]);
            barrier.wait();
            drop(held);
            barrier.wait();
        };
        let holders = [scope.spawn(holder), scope.spawn(holder)];

        barrier.wait();
        let watch = PeakWatch::start().expect("nobody else watches");
        barrier.wait();
        barrier.wait();
        barrier.wait();
        drop(black_box(vec![1u8; 1500])); // less than the 2 * 1000 before
        assert_eq!(watch.peak_bytes(), 2000);
        drop(watch);

        for holder in holders {
            holder.join().expect("holding does not panic");
        }
    });
}

fn there_is_one_watch() {
    let watch = PeakWatch::start().expect("nobody else watches");
    assert!(PeakWatch::start().is_none());
    assert_eq!(watch.peak_bytes(), 0);
    drop(watch);
    assert!(PeakWatch::start().is_some());
}
