//! The highest live bytes of the whole process.
//!
//! Counters with one writer each cannot give it: a sum of shards that are read one after the
//! other is no moment that ever was, and the sum of the threads' peaks is only an upper bound.
//! So as long as somebody watches, every call also adds to one shared number, whose values form
//! one order that all threads agree on; the peak is the largest of them. That is exact, and costs
//! an atomic add per call, which is why it is off otherwise.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

static WATCHED: AtomicBool = AtomicBool::new(false);
static CLAIMED: AtomicBool = AtomicBool::new(false);
static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);
static PEAK_BYTES: AtomicI64 = AtomicI64::new(0);

/// Watches how far the live bytes of all threads together rise above where they are now.
///
/// Exact in this sense: an allocation takes effect somewhere between the start and the end of its
/// call, and so does a free; the peak is the highest sum in one such order. With one thread there
/// is only one order. With several, another run may interleave them differently and truly have
/// another peak. Calls that are under way in other threads while the watch starts or stops fall on
/// either side.
///
/// As in Valgrind's DHAT a `realloc` turns the old size into the new one at once: if the allocator
/// had to copy, both blocks existed for a moment, which no caller of it can see.
///
/// ```
/// # #[global_allocator]
/// # static ALLOCATOR: bench_meter::CountingAllocator = bench_meter::CountingAllocator::system();
/// let watch = bench_meter::PeakWatch::start().expect("nobody else watches");
/// drop(vec![0u8; 1000]);
/// drop(vec![0u8; 400]);
/// assert_eq!(watch.peak_bytes(), 1000);
/// ```
#[derive(Debug)]
pub struct PeakWatch {
    _only_from_start: (),
}

impl PeakWatch {
    /// Starts at the present live bytes. `None` while another watch exists: there is one per
    /// process, because it sees all threads. A benchmark that holds one around a case takes it
    /// from the meter, which then writes no `peak-bytes`.
    pub fn start() -> Option<PeakWatch> {
        if CLAIMED.swap(true, Ordering::AcqRel) {
            return None;
        }
        LIVE_BYTES.store(0, Ordering::Relaxed);
        PEAK_BYTES.store(0, Ordering::Relaxed);
        WATCHED.store(true, Ordering::Release);
        Some(PeakWatch { _only_from_start: () })
    }

    /// Bytes above the start; 0 if it never rose above it.
    pub fn peak_bytes(&self) -> u64 {
        let peak_bytes = PEAK_BYTES.load(Ordering::Relaxed);
        peak_bytes.try_into().unwrap_or(0)
    }
}

impl Drop for PeakWatch {
    fn drop(&mut self) {
        WATCHED.store(false, Ordering::Relaxed);
        CLAIMED.store(false, Ordering::Release);
    }
}

#[inline(always)]
pub(crate) fn is_watched() -> bool {
    WATCHED.load(Ordering::Relaxed)
}

#[cold]
#[inline(never)]
pub(crate) fn step(live_change: i64) {
    let live_bytes = LIVE_BYTES.fetch_add(live_change, Ordering::Relaxed);
    PEAK_BYTES.fetch_max(live_bytes.wrapping_add(live_change), Ordering::Relaxed);
}
