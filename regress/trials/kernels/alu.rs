//! Arithmetic in registers, each step waiting for the one before: nothing but the clock of the processor.

use crate::Kernel;

const STEPS: usize = 5500;

struct Alu(u64);

pub fn make() -> Box<dyn Kernel> {
    Box::new(Alu(1))
}

impl Kernel for Alu {
    fn unit(&mut self) -> u64 {
        for _ in 0..STEPS {
            self.0 = (self.0 ^ self.0 >> 29).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        }
        self.0
    }
}
