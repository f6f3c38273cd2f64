use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, DefaultHasher};

/// Builds hashers that all begin with the same key, so that a `HashMap` in a benchmark behaves the
/// same in every run.
///
/// The standard `RandomState` draws new keys per process and per map. Then entries fall into other
/// places each time: the order of iteration differs, deleted entries leave other gaps, a map that
/// is filled and emptied grows at other moments. A benchmark of a program that did not change then
/// gives other instruction counts (0.1 % with many operations, 1 % with one) and sometimes other
/// allocation counts, and exact budgets are lost.
///
/// The algorithm is still the standard one, so the cost is what production pays. It is fixed for
/// one version of the standard library, not across them. Do not use it where an attacker chooses
/// the keys: unpredictable keys are there for a reason.
///
/// ```
/// use bench_meter::{FixedHashMap, FixedState};
/// use std::hash::BuildHasher;
///
/// assert_eq!(FixedState.hash_one("key"), FixedState.hash_one("key"));
///
/// let mut map = FixedHashMap::with_capacity_and_hasher(10, FixedState);
/// map.insert("key", 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FixedState;

impl BuildHasher for FixedState {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        // Documented: "the initial state is the same for all instances made by `new`".
        DefaultHasher::new()
    }
}

/// A `HashMap` that iterates and grows the same way in every run.
pub type FixedHashMap<K, V> = HashMap<K, V, FixedState>;

/// A `HashSet` that iterates and grows the same way in every run.
pub type FixedHashSet<T> = HashSet<T, FixedState>;
