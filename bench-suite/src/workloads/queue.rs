//! A bounded queue in memory between those who take requests and the one who answers them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, MutexGuard, PoisonError};

use crate::Workload;
use crate::crew::Crew;
use crate::lock::Lock;

/// Items that go through the queue in a run, a multiple of the capacity.
const ITEMS: u64 = 100 * CAPACITY;

/// Items that wait at most. Producers wait when there are so many.
const CAPACITY: u64 = 64;

/// All items go through the queue once. size: producers, each in a thread of its own.
///
/// 0 means that the consumer fills the queue and empties it in turns: the cost without contention.
/// The threads are started in the setup; nothing allocates.
#[derive(Debug)]
pub struct Bounded;

/// A queue and those at its ends.
#[derive(Debug)]
pub struct Ends {
    crew: Crew,
    received: Arc<AtomicU64>,
}

impl Workload for Bounded {
    type Input = Ends;
    type Output = u64;

    const LOCKS: bool = true;

    fn setup(size: usize) -> Ends {
        let queue = Queue::default();
        let received = Arc::new(AtomicU64::new(0));
        let sum = Arc::clone(&received);
        let producers = size as u64;
        let crew = Crew::new(1 + size, move |member| match (member, producers) {
            (0, 0) => sum.store(fill_and_empty(&queue), Ordering::Relaxed),
            (0, _) => sum.store(consume(&queue), Ordering::Relaxed),
            (producer, _) => produce(&queue, producer as u64 - 1, producers),
        });
        Ends { crew, received }
    }

    fn run(ends: &mut Ends) -> u64 {
        ends.crew.round();
        ends.received.load(Ordering::Relaxed)
    }

    fn check(_: &Ends, received: &u64) {
        assert_eq!(*received, ITEMS * (ITEMS - 1) / 2, "every item arrives once");
    }
}

fn fill_and_empty(queue: &Queue) -> u64 {
    let mut sum = 0;
    for first in (0..ITEMS).step_by(CAPACITY as usize) {
        for item in first..first + CAPACITY {
            queue.push(item);
        }
        for _ in 0..CAPACITY {
            sum += queue.pop();
        }
    }
    sum
}

fn consume(queue: &Queue) -> u64 {
    (0..ITEMS).map(|_| queue.pop()).sum()
}

/// Every producer has its share: producer 1 of 3 has items 1, 4, 7, …
fn produce(queue: &Queue, producer: u64, producers: u64) {
    for item in (producer..ITEMS).step_by(producers as usize) {
        queue.push(item);
    }
}

#[derive(Debug)]
struct Queue {
    state: Lock<State>,
    not_full: Condvar,
    not_empty: Condvar,
}

/// Waking nobody is a system call all the same, so those who wait are counted.
#[derive(Debug)]
struct State {
    items: VecDeque<u64>,
    waiting_producers: u32,
    waiting_consumers: u32,
}

impl Default for Queue {
    fn default() -> Queue {
        let items = VecDeque::with_capacity(CAPACITY as usize);
        Queue {
            state: Lock::new(State { items, waiting_producers: 0, waiting_consumers: 0 }),
            not_full: Condvar::new(),
            not_empty: Condvar::new(),
        }
    }
}

impl Queue {
    fn push(&self, item: u64) {
        let mut state = self.state.lock();
        while state.items.len() as u64 == CAPACITY {
            state.waiting_producers += 1;
            state = wait(&self.not_full, state);
            state.waiting_producers -= 1;
        }
        state.items.push_back(item);
        if 0 < state.waiting_consumers {
            self.not_empty.notify_one();
        }
    }

    fn pop(&self) -> u64 {
        let mut state = self.state.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                if 0 < state.waiting_producers {
                    self.not_full.notify_one();
                }
                return item;
            }
            state.waiting_consumers += 1;
            state = wait(&self.not_empty, state);
            state.waiting_consumers -= 1;
        }
    }
}

fn wait<'a>(changed: &Condvar, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
    changed.wait(state).unwrap_or_else(PoisonError::into_inner)
}
