//! Files that one format reads together, and what they hold.

use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::catalogue::{shown, unreadable};
use crate::formats::{File, Format, Reading};
use crate::parallel::in_parts;

/// Files of one directory that one format reads together.
pub(super) struct Group {
    pub format: &'static Format,
    /// The name they were saved under.
    pub baseline: String,
    /// At least one; not all of them need be there.
    pub paths: Vec<PathBuf>,
}

/// When the results of a benchmark were written: its place, and the time.
pub(super) type Written = (Arc<str>, SystemTime);

/// What groups hold, together.
#[derive(Default)]
pub(super) struct Results {
    pub reading: Reading,
    /// One for each group whose first file could be opened.
    pub written: Vec<Written>,
}

impl Results {
    /// Reads groups on all cores; the order of the results is that of the groups.
    pub fn of(groups: &[&Group]) -> Results {
        /// Enough for a core to be worth asking for, few enough for all to end together; chosen.
        const PART: usize = 128;
        let read_part = |groups: &[&Group]| {
            let (mut results, mut memory) = (Results::default(), Memory::default());
            for group in groups {
                results.read(group, &mut memory);
            }
            results
        };
        let mut whole = Results::default();
        for part in in_parts(groups, PART, read_part) {
            whole.absorb(part);
        }
        whole
    }

    /// Adds what a group holds.
    pub fn read(&mut self, group: &Group, memory: &mut Memory) {
        let first = memory.read(&group.paths[0]);
        self.read_from(first, group, memory);
    }

    /// Adds what a group holds, if its first file is there. Returns whether it is.
    pub fn read_if_there(&mut self, group: &Group, memory: &mut Memory) -> bool {
        let first = memory.read(&group.paths[0]);
        let is_there = !is_missing(&first);
        if is_there {
            self.read_from(first, group, memory);
        }
        is_there
    }

    fn read_from(&mut self, first: io::Result<Opened>, group: &Group, memory: &mut Memory) {
        let time = first.as_ref().ok().and_then(|Opened { file, .. }| file.metadata().ok()?.modified().ok());
        let mut files: Vec<File> = Vec::with_capacity(group.paths.len());
        let others = group.paths[1..].iter().map(|path| memory.read(path));
        for (path, opened) in group.paths.iter().zip(std::iter::once(first).chain(others)) {
            match opened {
                Ok(Opened { bytes, .. }) => files.push(File { path: shown(path), bytes }),
                // The format says what is missing, and whether that matters.
                missing if is_missing(&missing) => {}
                Err(error) => self.reading.problems.push(unreadable(path, &error)),
            }
        }
        // All files of a directory are written at the same time.
        self.written.extend(files.first().zip(time).map(|(first, time)| (first.path.clone(), time)));
        self.reading.absorb((group.format.read)(&files));
        memory.give_back(files);
    }

    /// Adds what other groups hold.
    pub fn absorb(&mut self, other: Results) {
        self.reading.absorb(other.reading);
        self.written.extend(other.written);
    }
}

/// A file, and what stands in it.
struct Opened {
    file: std::fs::File,
    bytes: Vec<u8>,
}

fn is_missing(opened: &io::Result<Opened>) -> bool {
    opened.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Memory that one file after the other is read into: there may be ten thousands of them.
pub(super) struct Memory {
    /// Where the system writes to.
    landing: Vec<u8>,
    /// Of files that nobody needs any more.
    spare: Vec<Vec<u8>>,
}

impl Default for Memory {
    fn default() -> Memory {
        /// What criterion writes of 500 measurements is shorter.
        const USUAL_BYTES: usize = 16 * 1024;
        Memory { landing: vec![0; USUAL_BYTES], spare: Vec::new() }
    }
}

impl Memory {
    /// One small file from disk.
    ///
    /// Each call of the system takes as long as reading the numbers: the size is not asked for first, and no second time
    /// is read to be told that the file has ended, where the memory was not filled and a JSON object has ended.
    fn read(&mut self, path: &Path) -> io::Result<Opened> {
        let mut file = std::fs::File::open(path)?;
        let length = file.read(&mut self.landing)?;
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.clear();
        bytes.extend_from_slice(&self.landing[..length]);
        let has_ended = length < self.landing.len() && bytes.last() == Some(&b'}');
        if !has_ended {
            file.read_to_end(&mut bytes)?;
        }
        Ok(Opened { file, bytes })
    }

    fn give_back(&mut self, files: Vec<File>) {
        self.spare.extend(files.into_iter().map(|file| file.bytes));
    }
}
