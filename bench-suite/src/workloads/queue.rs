//! A bounded queue in memory between those who take requests and the one who answers them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::Workload;
use crate::crew::Crew;

/// Items that go through the queue in a run, a multiple of the capacity and of every size + 1.
const ITEMS: u64 = 6 * 64 * 32;

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
    items: Mutex<VecDeque<u64>>,
    not_full: Condvar,
    not_empty: Condvar,
}

impl Default for Queue {
    fn default() -> Queue {
        Queue {
            items: Mutex::new(VecDeque::with_capacity(CAPACITY as usize)),
            not_full: Condvar::new(),
            not_empty: Condvar::new(),
        }
    }
}

impl Queue {
    fn push(&self, item: u64) {
        let full = |items: &mut VecDeque<u64>| items.len() as u64 == CAPACITY;
        let items = self.lock();
        let mut items = self.not_full.wait_while(items, full).unwrap_or_else(PoisonError::into_inner);
        items.push_back(item);
        drop(items);
        self.not_empty.notify_one();
    }

    fn pop(&self) -> u64 {
        let mut items = self.lock();
        loop {
            if let Some(item) = items.pop_front() {
                drop(items);
                self.not_full.notify_one();
                return item;
            }
            items = self.not_empty.wait(items).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<u64>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
