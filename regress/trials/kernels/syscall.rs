//! The shortest system calls there are on files: the way into the kernel and back.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use crate::Kernel;
use crate::read::own_executable;

const CALLS: u64 = 110;

struct Syscall(File);

pub fn make() -> Box<dyn Kernel> {
    Box::new(Syscall(own_executable()))
}

impl Kernel for Syscall {
    fn unit(&mut self) -> u64 {
        (0..CALLS).filter_map(|place| self.0.seek(SeekFrom::Start(place)).ok()).sum()
    }
}
