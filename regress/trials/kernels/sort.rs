//! Sorting numbers that fit into the first cache: branches that depend on data.

use crate::Kernel;
use crate::random::Random;

const NUMBERS: usize = 1700;

struct Sort {
    shuffled: Vec<u32>,
    sorted: Vec<u32>,
}

pub fn make() -> Box<dyn Kernel> {
    let mut random = Random::new(1);
    let shuffled: Vec<u32> = (0..NUMBERS).map(|_| random.below(1 << 30) as u32).collect();
    Box::new(Sort { sorted: shuffled.clone(), shuffled })
}

impl Kernel for Sort {
    fn unit(&mut self) -> u64 {
        self.sorted.copy_from_slice(&self.shuffled);
        self.sorted.sort_unstable();
        u64::from(self.sorted[NUMBERS / 2])
    }
}
