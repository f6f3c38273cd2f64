//! The counters, one set per thread.
//!
//! ```text
//!  HEAD ──▶ shard of thread 3 ──▶ shard of thread 1 (taken over from thread 0) ──▶ …
//!             ▲ one writer           ▲ one writer
//!             └── CURRENT            └── CURRENT                 LATE: many writers
//! ```
//!
//! Only the thread that holds a shard writes to it, so a count is an ordinary load, add and store:
//! no lock prefix, no shared cache line. Readers add the shards up. A shard is never freed. When
//! its thread ends the next new thread goes on counting in it, so that there are as many shards
//! as there were ever threads at one time, and the sum stays exact.
//!
//! A thread that is so far gone that it gave its shard back may still free memory (in the
//! destructors of other thread-locals): `LATE` takes those, with atomic adds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, AtomicU64, Ordering};

use crate::counts::Counts;
use crate::peak;

/// One call of the allocator that succeeded. Sizes in bytes.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    Fresh { size: usize },
    Resize { old: usize, new: usize },
    Free { size: usize },
}

/// Counts `event` for the calling thread. Takes no lock; allocates nothing from the global
/// allocator; may be called before `main` and while thread-locals are being destroyed.
#[inline(always)]
pub(crate) fn record(event: Event) {
    if peak::is_watched() {
        peak::step(event.live_change());
    }
    match NonNull::new(CURRENT.get()) {
        Some(shard) => {
            // SAFETY: CURRENT is null or points to a shard of the list, and those are never freed.
            #[expect(unsafe_code, reason = "shards live in memory of their own")]
            let shard = unsafe { shard.as_ref() };
            shard.count::<OneWriter>(event);
        }
        None => record_without_shard(event),
    }
}

/// The sum over all shards.
pub(crate) fn total() -> Counts {
    let mut sum = LATE.counts();
    for shard in shards() {
        sum = sum.plus(&shard.counts());
    }
    sum
}

/// What the calling thread counted; all zero before its first allocation and after its end.
pub(crate) fn thread() -> Counts {
    match current() {
        Some(shard) => shard.counts().since(&INHERITED.get()),
        None => Counts::default(),
    }
}

pub(crate) fn thread_peak_bytes() -> u64 {
    let above = |shard: &Shard| {
        let peak = shard.peak_live_bytes.load(Ordering::Relaxed);
        peak.wrapping_sub(PEAK_BASE.get())
    };
    current().map_or(0, above).try_into().unwrap_or(0)
}

pub(crate) fn reset_thread_peak() {
    if let Some(shard) = current() {
        shard.start_peak_here();
    }
}

/// Set by its owner only; read by anybody. Two cache lines wide, because processors fetch lines
/// in pairs.
#[repr(align(128))]
struct Shard {
    fresh: AtomicU64,
    grows: AtomicU64,
    shrinks: AtomicU64,
    frees: AtomicU64,
    bytes: AtomicU64,
    live_bytes: AtomicI64,
    peak_live_bytes: AtomicI64,
    taken: AtomicBool,
    /// Written once, before the shard can be found by others.
    next: AtomicPtr<Shard>,
}

impl Shard {
    const fn new() -> Shard {
        Shard {
            fresh: AtomicU64::new(0),
            grows: AtomicU64::new(0),
            shrinks: AtomicU64::new(0),
            frees: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            live_bytes: AtomicI64::new(0),
            peak_live_bytes: AtomicI64::new(0),
            taken: AtomicBool::new(true),
            next: AtomicPtr::new(ptr::null_mut()),
        }
    }

    #[inline(always)]
    fn count<W: Writers>(&self, event: Event) {
        match event {
            Event::Fresh { size } => {
                W::add(&self.fresh, 1);
                W::add(&self.bytes, size as u64);
            }
            Event::Resize { old, new } => {
                W::add(if old < new { &self.grows } else { &self.shrinks }, 1);
                W::add(&self.bytes, new as u64);
            }
            Event::Free { .. } => W::add(&self.frees, 1),
        }
        let live_bytes = W::add_signed(&self.live_bytes, event.live_change());
        // Written on a new peak only: in a steady state nothing but a comparison is paid.
        if self.peak_live_bytes.load(Ordering::Relaxed) < live_bytes {
            self.peak_live_bytes.store(live_bytes, Ordering::Relaxed);
        }
    }

    fn counts(&self) -> Counts {
        Counts {
            fresh: self.fresh.load(Ordering::Relaxed),
            grows: self.grows.load(Ordering::Relaxed),
            shrinks: self.shrinks.load(Ordering::Relaxed),
            frees: self.frees.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            live_bytes: self.live_bytes.load(Ordering::Relaxed),
        }
    }

    fn start_peak_here(&self) {
        let live_bytes = self.live_bytes.load(Ordering::Relaxed);
        self.peak_live_bytes.store(live_bytes, Ordering::Relaxed);
        PEAK_BASE.set(live_bytes);
    }

    fn take_over(&self) -> bool {
        // Acquire pairs with the Release in `leave`: the last counts of the thread before are
        // seen before ours are added to them.
        self.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }
}

impl Event {
    /// Bytes; below zero when memory was given back. A block is never larger than `isize::MAX`.
    #[inline(always)]
    fn live_change(self) -> i64 {
        match self {
            Event::Fresh { size } => size as i64,
            Event::Resize { old, new } => (new as i64).wrapping_sub(old as i64),
            Event::Free { size } => (size as i64).wrapping_neg(),
        }
    }
}

/// How a counter is written to: by its only writer, or by one of many.
trait Writers {
    fn add(counter: &AtomicU64, n: u64);
    /// Returns the new value.
    fn add_signed(counter: &AtomicI64, n: i64) -> i64;
}

struct OneWriter;

impl Writers for OneWriter {
    #[inline(always)]
    fn add(counter: &AtomicU64, n: u64) {
        let sum = counter.load(Ordering::Relaxed).wrapping_add(n);
        counter.store(sum, Ordering::Relaxed);
    }

    #[inline(always)]
    fn add_signed(counter: &AtomicI64, n: i64) -> i64 {
        let sum = counter.load(Ordering::Relaxed).wrapping_add(n);
        counter.store(sum, Ordering::Relaxed);
        sum
    }
}

struct ManyWriters;

impl Writers for ManyWriters {
    fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }

    fn add_signed(counter: &AtomicI64, n: i64) -> i64 {
        counter.fetch_add(n, Ordering::Relaxed).wrapping_add(n)
    }
}

static HEAD: AtomicPtr<Shard> = AtomicPtr::new(ptr::null_mut());

/// For threads that have no shard: at their very end, or when there is no memory for one.
static LATE: Shard = Shard::new();

// `const` and without destructors: these are plain memory, readable from the first moment of a
// thread to the last, and reading them never allocates.
thread_local! {
    /// The shard this thread writes to; null before its first allocation and after `leave`.
    static CURRENT: Cell<*mut Shard> = const { Cell::new(ptr::null_mut()) };
    /// What stood in the shard when this thread took it over.
    static INHERITED: Cell<Counts> = const {
        Cell::new(Counts { fresh: 0, grows: 0, shrinks: 0, frees: 0, bytes: 0, live_bytes: 0 })
    };
    /// Live bytes of the shard when the peak of this thread began to be measured.
    static PEAK_BASE: Cell<i64> = const { Cell::new(0) };
    static HAS_LEFT: Cell<bool> = const { Cell::new(false) };
    /// Its destructor tells us that the thread ends.
    static DEPARTURE: Departure = const { Departure };
}

struct Departure;

impl Drop for Departure {
    fn drop(&mut self) {
        leave();
    }
}

fn current() -> Option<&'static Shard> {
    // SAFETY: CURRENT is null or points to a shard of the list, and those are never freed.
    #[expect(unsafe_code, reason = "shards live in memory of their own")]
    unsafe {
        CURRENT.get().as_ref()
    }
}

fn shards() -> impl Iterator<Item = &'static Shard> {
    let at = |pointer: &AtomicPtr<Shard>| {
        // SAFETY: the list holds only shards from `new_shard`, complete before they were
        // published with Release and never freed.
        #[expect(unsafe_code, reason = "shards live in memory of their own")]
        unsafe {
            pointer.load(Ordering::Acquire).as_ref()
        }
    };
    std::iter::successors(at(&HEAD), move |shard| at(&shard.next))
}

#[cold]
#[inline(never)]
fn record_without_shard(event: Event) {
    if !HAS_LEFT.get() {
        enter();
    }
    match current() {
        Some(shard) => shard.count::<OneWriter>(event),
        None => LATE.count::<ManyWriters>(event),
    }
}

/// Gives the calling thread a shard, if there is memory for one.
fn enter() {
    let Some(shard) = shards().find(|shard| shard.take_over()).or_else(new_shard) else {
        return;
    };
    INHERITED.set(shard.counts());
    shard.start_peak_here();
    // Before the destructor is registered: should that allocate, it finds the shard in place.
    CURRENT.set(ptr::from_ref(shard).cast_mut());
    if DEPARTURE.try_with(|_| ()).is_err() {
        leave();
    }
}

fn leave() {
    HAS_LEFT.set(true);
    let shard = current();
    CURRENT.set(ptr::null_mut());
    if let Some(shard) = shard {
        shard.taken.store(false, Ordering::Release);
    }
}

/// A taken shard at the head of the list; `None` when the system has no memory left.
fn new_shard() -> Option<&'static Shard> {
    // SAFETY: `Shard` is not zero-sized. The block is ours alone until it is published below, is
    // aligned and large enough for a `Shard`, and is never freed. From `System` and not from the
    // global allocator, which is the one that is counting right now.
    #[expect(unsafe_code, reason = "the allocator cannot use `Box`")]
    let shard: &'static Shard = unsafe {
        let memory = System.alloc(Layout::new::<Shard>()).cast::<Shard>();
        let memory = NonNull::new(memory)?;
        memory.write(Shard::new());
        memory.as_ref()
    };
    let mut head = HEAD.load(Ordering::Relaxed);
    loop {
        shard.next.store(head, Ordering::Relaxed);
        let new_head = ptr::from_ref(shard).cast_mut();
        match HEAD.compare_exchange_weak(head, new_head, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return Some(shard),
            Err(other) => head = other,
        }
    }
}
