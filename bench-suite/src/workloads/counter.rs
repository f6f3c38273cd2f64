//! The service's own counters: one lock around all, an atomic each, or a lock per thread.

use std::array;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Workload;
use crate::crew::Crew;
use crate::lock::Lock;

/// What a thread records in a run.
const RECORDS: u64 = 20_000;

/// Every this many requests is an error.
const ERROR_EVERY: u64 = 16;

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    requests: u64,
    errors: u64,
    latency_nanos: u64,
}

impl Totals {
    fn add(&mut self, other: Totals) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.latency_nanos += other.latency_nanos;
    }

    /// What the request of that number adds.
    fn of_request(number: u64) -> Totals {
        Totals {
            requests: 1,
            errors: u64::from(number.is_multiple_of(ERROR_EVERY)),
            latency_nanos: 1000 + number % 256,
        }
    }
}

/// A place where several threads count.
pub trait Counters: fmt::Debug + Default + Send + Sync + 'static {
    /// Whether a lock is taken.
    const LOCKS: bool;

    /// Adds what a request did. `member` is the index of the thread.
    fn record(&self, member: usize, request: Totals);

    /// What was added since the last call.
    fn drain(&self) -> Totals;
}

/// Requests recorded by all threads at once. size: threads, the measuring one among them.
///
/// The other threads are started in the setup. Nothing allocates.
#[derive(Debug)]
pub struct Counting<C>(C);

/// Slow on purpose where there are two threads: each waits for the other.
pub type Mutex = Counting<OneLock>;
/// An atomic per counter: nobody waits, but they share a cache line.
pub type Atomic = Counting<Atomics>;
/// A lock per thread, each on cache lines of its own: nobody waits, nothing is shared.
pub type Sharded = Counting<Shards>;

/// Counters and the threads that count.
#[derive(Debug)]
pub struct Threads<C> {
    counters: Arc<C>,
    crew: Crew,
    members: u64,
}

impl<C: Counters> Workload for Counting<C> {
    type Input = Threads<C>;
    type Output = Totals;

    const LOCKS: bool = C::LOCKS;

    fn setup(size: usize) -> Threads<C> {
        let counters = Arc::new(C::default());
        let shared = Arc::clone(&counters);
        let crew = Crew::new(size, move |member| {
            for number in 0..RECORDS {
                shared.record(member, Totals::of_request(number));
            }
        });
        Threads { counters, crew, members: size as u64 }
    }

    fn run(threads: &mut Threads<C>) -> Totals {
        threads.crew.round();
        threads.counters.drain()
    }

    fn check(threads: &Threads<C>, totals: &Totals) {
        let numbers = 0..RECORDS;
        assert_eq!(totals.requests, threads.members * RECORDS);
        assert_eq!(totals.errors, threads.members * numbers.clone().step_by(ERROR_EVERY as usize).count() as u64);
        assert_eq!(totals.latency_nanos, threads.members * numbers.map(|number| 1000 + number % 256).sum::<u64>());
    }
}

/// All counters behind one mutex.
#[derive(Debug, Default)]
pub struct OneLock(Lock<Totals>);

impl Counters for OneLock {
    const LOCKS: bool = true;

    fn record(&self, _: usize, request: Totals) {
        self.0.lock().add(request);
    }

    fn drain(&self) -> Totals {
        std::mem::take(&mut *self.0.lock())
    }
}

/// Every counter an atomic.
#[derive(Debug, Default)]
pub struct Atomics {
    requests: AtomicU64,
    errors: AtomicU64,
    latency_nanos: AtomicU64,
}

impl Counters for Atomics {
    const LOCKS: bool = false;

    fn record(&self, _: usize, request: Totals) {
        self.requests.fetch_add(request.requests, Ordering::Relaxed);
        self.errors.fetch_add(request.errors, Ordering::Relaxed);
        self.latency_nanos.fetch_add(request.latency_nanos, Ordering::Relaxed);
    }

    fn drain(&self) -> Totals {
        Totals {
            requests: self.requests.swap(0, Ordering::Relaxed),
            errors: self.errors.swap(0, Ordering::Relaxed),
            latency_nanos: self.latency_nanos.swap(0, Ordering::Relaxed),
        }
    }
}

/// A mutex per thread, up to 16.
#[derive(Debug)]
pub struct Shards([Shard; 16]);

/// Two cache lines: processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(Lock<Totals>);

impl Default for Shards {
    fn default() -> Shards {
        Shards(array::from_fn(|_| Shard::default()))
    }
}

impl Counters for Shards {
    const LOCKS: bool = true;

    fn record(&self, member: usize, request: Totals) {
        self.0[member % self.0.len()].0.lock().add(request);
    }

    fn drain(&self) -> Totals {
        let mut totals = Totals::default();
        for shard in &self.0 {
            totals.add(std::mem::take(&mut *shard.0.lock()));
        }
        totals
    }
}
