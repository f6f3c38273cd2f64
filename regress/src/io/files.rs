use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::catalogue;
use super::error::Failure;
use crate::formats::{Problems, ReadError};
use crate::parallel::in_parts;

/// What `read` makes of each of the files, in this order, or what is wrong with it. `-` is standard input.
///
/// * `read`: gets the path of a file and its lines. The files are read at the same time.
///
/// # Errors
/// Standard input named twice.
pub fn read_lines<T: Send>(
    paths: &[&str],
    read: impl Fn(&str, &mut Pieces) -> Result<T, Problems> + Sync,
) -> Result<Vec<Result<T, Problems>>, Failure> {
    if 1 < paths.iter().filter(|path| **path == STDIN).count() {
        return Err(Failure::new("`-` stands for standard input, and is named twice", "write one of them to a file"));
    }
    let read = |path: &str| read(path, &mut Pieces::open(path)?);
    Ok(in_parts(paths, 1, |path| read(path[0])))
}

const STDIN: &str = "-";

/// A file, some lines at a time.
pub struct Pieces<'p> {
    path: &'p str,
    source: Box<dyn Read>,
    buffer: Vec<u8>,
    /// How much of the buffer was handed out, and how much is filled.
    taken: usize,
    filled: usize,
}

/// Small enough for the processor's own memory, large enough that calls of the system do not count; chosen.
const PIECE_BYTES: usize = 1 << 16;

/// Whatever is longer has no end, as `/dev/zero`; chosen.
const LONGEST_LINE_BYTES: usize = 1 << 26;

impl Pieces<'_> {
    fn open(path: &str) -> Result<Pieces<'_>, ReadError> {
        let source: Box<dyn Read> = match path {
            STDIN => Box::new(io::stdin()),
            path => Box::new(File::open(path).map_err(|error| catalogue::unreadable(Path::new(path), &error))?),
        };
        Ok(Pieces { path, source, buffer: vec![0; PIECE_BYTES], taken: 0, filled: 0 })
    }

    /// The next lines, whole ones; what stands behind the last line end comes last. `None` at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read_on(&mut self) -> Result<Option<&[u8]>, ReadError> {
        self.buffer.copy_within(self.taken..self.filled, 0);
        self.filled -= self.taken;
        self.taken = 0;
        loop {
            if self.filled == self.buffer.len() {
                if LONGEST_LINE_BYTES <= self.filled {
                    let endless = io::Error::other("a line of more than 64 MiB: this is no text");
                    return Err(catalogue::unreadable(Path::new(self.path), &endless));
                }
                self.buffer.resize(2 * self.filled, 0);
            }
            let count = match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(catalogue::unreadable(Path::new(self.path), &error)),
            };
            let read = self.filled..self.filled + count;
            self.filled = read.end;
            self.taken = match memchr::memrchr(b'\n', &self.buffer[read.clone()]) {
                Some(at) => read.start + at + 1,
                None if count == 0 => self.filled,
                None => continue,
            };
            return Ok((0 < self.taken).then_some(&self.buffer[..self.taken]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out a few bytes at a time, as a pipe does.
    struct Trickle(Vec<u8>, usize);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    #[test]
    fn pieces_end_where_lines_end() {
        let long = format!("{}\nb\n", "a".repeat(3 * PIECE_BYTES));
        for text in ["", "a", "a\n", "a\nbc\n\nd", &long] {
            for bytes in [1000, PIECE_BYTES, 2 * PIECE_BYTES].into_iter().chain((text.len() < 10).then_some(1)) {
                let source = Box::new(Trickle(text.as_bytes().to_vec(), bytes));
                let mut pieces = Pieces { path: "x", source, buffer: vec![0; 10], taken: 0, filled: 0 };
                let mut all: Vec<Vec<u8>> = Vec::new();
                while let Some(piece) = pieces.read_on().unwrap() {
                    all.push(piece.to_vec());
                }
                assert_eq!(all.concat(), text.as_bytes());
                let ends = all.iter().rev().skip(1).all(|piece| piece.ends_with(b"\n"));
                assert!(ends, "{bytes} bytes at a time");
            }
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let source = Box::new(io::repeat(0));
        let mut pieces = Pieces { path: "zero", source, buffer: vec![0; PIECE_BYTES], taken: 0, filled: 0 };
        let refused = pieces.read_on().unwrap_err().to_string();
        assert!(refused.contains("zero: a line of more than 64 MiB"), "{refused}");
    }
}
