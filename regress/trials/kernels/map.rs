//! Look-ups in a hash map of half a megabyte, every second one in vain: caches, and where the pages lie in them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use crate::Kernel;
use crate::random::Random;

const ENTRIES: usize = 20_000;
const LOOK_UPS: usize = 500;

struct Map {
    /// Not seeded: the same places in every process.
    map: HashMap<u64, u64, BuildHasherDefault<DefaultHasher>>,
    random: Random,
}

pub fn make() -> Box<dyn Kernel> {
    let map = (0..ENTRIES as u64).map(|key| (2 * key, key)).collect();
    Box::new(Map { map, random: Random::new(1) })
}

impl Kernel for Map {
    fn unit(&mut self) -> u64 {
        (0..LOOK_UPS).filter_map(|_| self.map.get(&(self.random.below(2 * ENTRIES) as u64))).sum()
    }
}
