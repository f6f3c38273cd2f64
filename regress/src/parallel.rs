//! Work shared out to all cores.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::{mem, panic, thread};

/// What `work` makes of all `items`, in parts of `size` shared out to all cores; in the order of the items.
pub(crate) fn in_parts<'t, T: Sync, R: Send>(
    items: &'t [T],
    size: usize,
    work: impl Fn(&'t [T]) -> R + Sync,
) -> Vec<R> {
    let parts: Vec<&[T]> = items.chunks(size).collect();
    share_out(parts.len(), |index| work(parts[index]))
}

/// The same of items that are used up.
pub(crate) fn in_owned_parts<T: Send, R: Send>(
    items: Vec<T>,
    size: usize,
    work: impl Fn(Vec<T>) -> R + Sync,
) -> Vec<R> {
    let count = items.len().div_ceil(size);
    let mut items = items.into_iter();
    let parts: Vec<Mutex<Vec<T>>> = (0..count).map(|_| Mutex::new(items.by_ref().take(size).collect())).collect();
    // Each part is locked once; nobody can have panicked over it.
    share_out(count, |index| work(parts[index].lock().map(|mut part| mem::take(&mut *part)).unwrap_or_default()))
}

/// What `work` makes of the numbers below `count`, in their order.
///
/// A core that is done takes the next: another program that keeps one of them busy holds up one part only.
fn share_out<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take_parts = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if count <= index {
                return done;
            }
            done.push((index, work(index)));
        }
    };
    // Asking takes the system as long as starting a thread.
    static CORES: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, NonZeroUsize::get));
    let cores = count.min(*CORES);
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(take_parts)).collect();
        let mut done = take_parts();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Two things at once.
pub(crate) fn both<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        (one, other.join().unwrap_or_else(|panic| panic::resume_unwind(panic)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_in_order() {
        let items: Vec<usize> = (0..1000).collect();
        for size in [1, 7, 1000, 2000] {
            assert_eq!(in_parts(&items, size, <[usize]>::to_vec).concat(), items, "in parts of {size}");
            assert_eq!(in_owned_parts(items.clone(), size, |part| part).concat(), items, "in parts of {size}");
        }
        assert!(in_parts(&items[..0], 1, <[usize]>::to_vec).is_empty());
    }
}
