use std::io::Read;
use std::path::Path;

use super::catalogue;
use super::error::Failure;
use crate::formats::{File, ReadError};
use crate::parallel::in_parts;

/// Files as they lie there, in this order. `-` is standard input.
///
/// # Errors
/// Every one that cannot be opened or read.
pub fn read_files(paths: &[&str]) -> Result<Vec<File>, Failure> {
    if 1 < paths.iter().filter(|path| **path == STDIN).count() {
        return Err(Failure::new("`-` stands for standard input, and is named twice", "write one of them to a file"));
    }
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for file in in_parts(paths, 1, |path| read(path[0])) {
        match file {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(Failure::of_reading(&problems)) }
}

const STDIN: &str = "-";

fn read(path: &str) -> Result<File, ReadError> {
    let mut bytes = Vec::new();
    let read = match path {
        STDIN => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()),
        path => std::fs::read(path).map(|whole| bytes = whole),
    };
    read.map_err(|error| catalogue::unreadable(Path::new(path), &error))?;
    Ok(File { path: path.into(), bytes })
}
