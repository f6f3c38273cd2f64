//! An interpreter of a small language: a jump at every step that is hard to foresee.

use crate::Kernel;
use crate::random::Random;

const OPERATIONS: usize = 4096;
const STEPS: usize = 1300;

#[derive(Clone, Copy)]
enum Operation {
    Add(u64),
    Exclude(u64),
    Turn(u32),
    Exchange,
    SkipIfOdd,
    Multiply(u64),
}

struct Interpret {
    program: Vec<Operation>,
    place: usize,
    left: u64,
    right: u64,
}

pub fn make() -> Box<dyn Kernel> {
    let mut random = Random::new(1);
    let mut operation = || {
        let operand = random.below(1 << 30) as u64;
        match random.below(6) {
            0 => Operation::Add(operand),
            1 => Operation::Exclude(operand),
            2 => Operation::Turn(operand as u32 % 64),
            3 => Operation::Exchange,
            4 => Operation::SkipIfOdd,
            _ => Operation::Multiply(operand | 1),
        }
    };
    Box::new(Interpret { program: (0..OPERATIONS).map(|_| operation()).collect(), place: 0, left: 1, right: 2 })
}

impl Kernel for Interpret {
    fn unit(&mut self) -> u64 {
        for _ in 0..STEPS {
            let mut step = 1;
            match self.program[self.place] {
                Operation::Add(operand) => self.left = self.left.wrapping_add(operand),
                Operation::Exclude(operand) => self.left ^= operand,
                Operation::Turn(bits) => self.left = self.left.rotate_left(bits),
                Operation::Exchange => std::mem::swap(&mut self.left, &mut self.right),
                Operation::SkipIfOdd => step += (self.left & 1) as usize,
                Operation::Multiply(operand) => self.left = self.left.wrapping_mul(operand),
            }
            self.place = (self.place + step) % OPERATIONS;
        }
        self.left
    }
}
