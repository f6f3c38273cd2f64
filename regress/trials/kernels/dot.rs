//! Products of two rows of numbers, in sixteen sums at once: what the compiler makes of it runs in vectors.

use std::hint::black_box;

use crate::Kernel;
use crate::random::Random;

const NUMBERS: usize = 2048;
const LANES: usize = 16;
const PRODUCTS: usize = 95;

struct Dot {
    left: Vec<f32>,
    right: Vec<f32>,
}

pub fn make() -> Box<dyn Kernel> {
    let mut random = Random::new(1);
    let mut row = || (0..NUMBERS).map(|_| random.uniform() as f32).collect();
    Box::new(Dot { left: row(), right: row() })
}

impl Kernel for Dot {
    fn unit(&mut self) -> u64 {
        (0..PRODUCTS).map(|_| u64::from(dot(black_box(&self.left), &self.right).to_bits())).sum()
    }
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (left, right) in left.chunks_exact(LANES).zip(right.chunks_exact(LANES)) {
        for ((sum, left), right) in sums.iter_mut().zip(left).zip(right) {
            *sum += left * right;
        }
    }
    sums.iter().sum()
}
