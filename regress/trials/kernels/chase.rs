//! Following pointers through 4 MiB, each to another cache line: latency of memory, and the pages a process was dealt.

use crate::Kernel;
use crate::random::Random;

const BYTES: usize = 4 << 20;
const LINES: usize = BYTES / size_of::<Line>();
const STEPS: usize = 300;

#[repr(align(64))]
struct Line {
    next: u32,
}

struct Chase {
    lines: Vec<Line>,
    place: u32,
}

pub fn make() -> Box<dyn Kernel> {
    let mut random = Random::new(1);
    let mut next: Vec<u32> = (0..LINES as u32).collect();
    // Sattolo 1986, Information Processing Letters 22(6), 315–317: one cycle through all of them.
    for last in (1..LINES).rev() {
        next.swap(last, random.below(last));
    }
    Box::new(Chase { lines: next.into_iter().map(|next| Line { next }).collect(), place: 0 })
}

impl Kernel for Chase {
    fn unit(&mut self) -> u64 {
        for _ in 0..STEPS {
            self.place = self.lines[self.place as usize].next;
        }
        u64::from(self.place)
    }
}
