//! Two threads handing over to each other: the scheduler, and whether there is a second processor to spare.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

use crate::Kernel;

const HAND_OVERS: usize = 3;

#[derive(Clone, Copy, PartialEq)]
enum Turn {
    Here,
    There,
    Over,
}

struct Table {
    turn: Mutex<(Turn, u64)>,
    changed: Condvar,
}

struct PingPong {
    table: Arc<Table>,
    partner: Option<JoinHandle<()>>,
}

pub fn make() -> Box<dyn Kernel> {
    let table = Arc::new(Table { turn: Mutex::new((Turn::Here, 0)), changed: Condvar::new() });
    let there = Arc::clone(&table);
    let partner = thread::spawn(move || while there.pass(Turn::There, Turn::Here).is_some() {});
    Box::new(PingPong { table, partner: Some(partner) })
}

impl Table {
    /// Waits for its turn and hands over; how often that was done before, `None` when it is over.
    fn pass(&self, mine: Turn, other: Turn) -> Option<u64> {
        const WHOLE: &str = "no thread panics while it holds the lock";
        let guard = self.turn.lock().expect(WHOLE);
        let mut guard = self.changed.wait_while(guard, |(turn, _)| *turn != mine && *turn != Turn::Over).expect(WHOLE);
        if guard.0 == Turn::Over {
            return None;
        }
        *guard = (other, guard.1 + 1);
        self.changed.notify_one();
        Some(guard.1)
    }
}

impl Kernel for PingPong {
    fn unit(&mut self) -> u64 {
        (0..HAND_OVERS).filter_map(|_| self.table.pass(Turn::Here, Turn::There)).sum()
    }
}

impl Drop for PingPong {
    fn drop(&mut self) {
        self.table.pass(Turn::Here, Turn::Over);
        if let Some(partner) = self.partner.take() {
            let _ = partner.join(); // it ends by itself; a panic of its own has been told
        }
    }
}
