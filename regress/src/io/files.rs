use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::catalogue;
use super::error::Failure;
use crate::formats::ReadError;
use crate::parallel::in_parts;

/// What `take` makes of each of the files, in this order. `-` is standard input.
///
/// * `start`: what to begin with, by the path of the file.
/// * `take`: gets the lines of a file piece by piece; the last piece may lack its line end. The files are read at the
///   same time.
///
/// # Errors
/// Every file that cannot be opened or read, or where `take` fails.
pub fn read_lines<T: Send>(
    paths: &[&str],
    start: impl Fn(&str) -> T + Sync,
    take: impl Fn(&mut T, &[u8]) -> Result<(), ReadError> + Sync,
) -> Result<Vec<T>, Failure> {
    if 1 < paths.iter().filter(|path| **path == STDIN).count() {
        return Err(Failure::new("`-` stands for standard input, and is named twice", "write one of them to a file"));
    }
    let read = |path: &str| {
        let mut taken = start(path);
        let take = |piece: &[u8]| take(&mut taken, piece);
        let unreadable = |error| catalogue::unreadable(Path::new(path), &error);
        match path {
            STDIN => in_pieces(io::stdin().lock(), unreadable, take),
            path => in_pieces(File::open(path).map_err(unreadable)?, unreadable, take),
        }?;
        Ok(taken)
    };
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for result in in_parts(paths, 1, |path| read(path[0])) {
        match result {
            Ok(taken) => all.push(taken),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(Failure::of_reading(&problems)) }
}

const STDIN: &str = "-";

/// Small enough for the processor's own memory, large enough that calls of the system do not count; chosen.
const PIECE_BYTES: usize = 1 << 17;

fn in_pieces(
    mut source: impl Read,
    unreadable: impl Fn(io::Error) -> ReadError,
    mut take: impl FnMut(&[u8]) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut buffer = vec![0; PIECE_BYTES];
    let mut filled = 0;
    loop {
        let count = match source.read(&mut buffer[filled..]) {
            Ok(0) => return take(&buffer[..filled]),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(unreadable(error)),
        };
        let end = memchr::memrchr(b'\n', &buffer[filled..filled + count]).map_or(0, |at| filled + at + 1);
        filled += count;
        if 0 < end {
            take(&buffer[..end])?;
            buffer.copy_within(end..filled, 0);
            filled -= end;
        } else if filled == buffer.len() {
            // A line that is longer than that.
            buffer.resize(2 * filled, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out a few bytes at a time, as a pipe does.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (now, rest) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = rest;
            Ok(count)
        }
    }

    #[test]
    fn pieces_end_where_lines_end() {
        let long = format!("{}\nb\n", "a".repeat(3 * PIECE_BYTES));
        for text in ["", "a", "a\n", "a\nbc\n\nd", &long] {
            for size in [1, 2, 3, 1000, PIECE_BYTES] {
                let mut pieces: Vec<Vec<u8>> = Vec::new();
                let unreadable = |error| panic!("{error}");
                let take = |piece: &[u8]| {
                    pieces.push(piece.to_vec());
                    Ok(())
                };
                in_pieces(Trickle(text.as_bytes(), size), unreadable, take).unwrap();
                assert_eq!(pieces.concat(), text.as_bytes());
                let (_, whole) = pieces.split_last().unwrap();
                assert!(whole.iter().all(|piece| piece.ends_with(b"\n")), "by {size}");
            }
        }
    }
}
