//! A lock that knows how often somebody had to wait for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// How often a [`Lock`] of this process was found locked, by any thread, since it began.
///
/// It is written to only by those who have to wait anyway, so that nobody else pays for it.
static CONTENDED: AtomicU64 = AtomicU64::new(0);

/// How often a lock of the workloads was found locked by another thread, since the program began: its acquisitions that
/// were contended. Waiting for a condition variable is not among them, nor is taking the lock again when it wakes.
pub fn contended() -> u64 {
    CONTENDED.load(Ordering::Relaxed)
}

/// The standard mutex, which a panic of another thread does not make unusable.
#[derive(Debug, Default)]
pub(crate) struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Lock<T> {
        Lock(Mutex::new(value))
    }

    /// Free, it costs one to four instructions more than `Mutex::lock`, which begins with the same attempt.
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        match self.0.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => self.wait(),
        }
    }

    #[cold]
    fn wait(&self) -> MutexGuard<'_, T> {
        CONTENDED.fetch_add(1, Ordering::Relaxed);
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
