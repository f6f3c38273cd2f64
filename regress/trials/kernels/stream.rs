//! Adding up 8 MiB in order, a stretch at a time: bandwidth, which neighbours share.

use crate::Kernel;

const NUMBERS: usize = (8 << 20) / size_of::<u64>();
const STRETCH: usize = NUMBERS / 32;

struct Stream {
    numbers: Vec<u64>,
    place: usize,
}

pub fn make() -> Box<dyn Kernel> {
    Box::new(Stream { numbers: (0..NUMBERS as u64).collect(), place: 0 })
}

impl Kernel for Stream {
    fn unit(&mut self) -> u64 {
        let stretch = &self.numbers[self.place..self.place + STRETCH];
        self.place = (self.place + STRETCH) % NUMBERS;
        stretch.iter().fold(0, |sum: u64, number| sum.wrapping_add(*number))
    }
}
