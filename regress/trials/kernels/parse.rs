//! Reading numbers out of text: short branches, byte by byte.

use std::fmt::Write;

use crate::Kernel;
use crate::random::Random;

const FIELDS: usize = 300;

struct Parse(String);

pub fn make() -> Box<dyn Kernel> {
    let mut random = Random::new(1);
    let mut text = String::new();
    for number in 0..FIELDS {
        let _ = write!(text, "field{number}={}.{};", random.below(10_000), random.below(1000));
    }
    Box::new(Parse(text))
}

impl Kernel for Parse {
    fn unit(&mut self) -> u64 {
        let values = self.0.split(';').filter_map(|field| field.split_once('=')?.1.parse::<f64>().ok());
        values.sum::<f64>().to_bits()
    }
}
