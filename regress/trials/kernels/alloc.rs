//! Allocating and freeing: 512 pieces alive, of 16 bytes to 2 KiB, one replaced at a step.

use crate::Kernel;
use crate::random::Random;

const ALIVE: usize = 512;
const STEPS: usize = 320;

struct Alloc {
    pieces: Vec<Vec<u8>>,
    random: Random,
}

pub fn make() -> Box<dyn Kernel> {
    Box::new(Alloc { pieces: vec![Vec::new(); ALIVE], random: Random::new(1) })
}

impl Kernel for Alloc {
    fn unit(&mut self) -> u64 {
        let mut bytes = 0;
        for _ in 0..STEPS {
            let size = 16 << self.random.below(8);
            let place = self.random.below(ALIVE);
            let mut piece = Vec::with_capacity(size);
            piece.push(size as u8);
            bytes += std::mem::replace(&mut self.pieces[place], piece).capacity() as u64;
        }
        bytes
    }
}
