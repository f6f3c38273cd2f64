//! Threads that are there before the measurement begins.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};

/// A number of members, one of them the caller, who do the same job at the same time, again and again.
///
/// Starting threads costs more than most workloads; a crew starts them once, in the setup. A round
/// costs two barriers (tens of microseconds if a thread has to wake up, nothing for a crew of one),
/// and they do not allocate.
pub(crate) struct Crew {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
}

struct Shared {
    job: Box<dyn Fn(usize) + Send + Sync>,
    start: Barrier,
    end: Barrier,
    dismissed: AtomicBool,
}

impl Crew {
    /// * `members`: at least 1, the caller included.
    /// * `job`: is handed the index of the member, 0 for the caller. It must not panic:
    ///   the others would wait for ever.
    pub(crate) fn new(members: usize, job: impl Fn(usize) + Send + Sync + 'static) -> Crew {
        let shared = Arc::new(Shared {
            job: Box::new(job),
            start: Barrier::new(members),
            end: Barrier::new(members),
            dismissed: AtomicBool::new(false),
        });
        let helper = |member: usize| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.help(member))
        };
        let helpers = (1..members).map(helper).collect();
        Crew { shared, helpers }
    }

    /// Every member does the job once. Returns when the last one is done.
    pub(crate) fn round(&self) {
        self.shared.start.wait();
        (self.shared.job)(0);
        self.shared.end.wait();
    }
}

impl Shared {
    fn help(&self, member: usize) {
        loop {
            self.start.wait();
            if self.dismissed.load(Ordering::Relaxed) {
                return;
            }
            (self.job)(member);
            self.end.wait();
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        // The barrier orders this store before the helpers' load.
        self.shared.dismissed.store(true, Ordering::Relaxed);
        self.shared.start.wait();
        for helper in self.helpers.drain(..) {
            // A helper that panicked has said so already; a second panic here would abort.
            let _ = helper.join();
        }
    }
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crew").field("members", &(1 + self.helpers.len())).finish_non_exhaustive()
    }
}
