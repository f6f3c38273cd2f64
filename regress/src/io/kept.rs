//! Files that stay, and can be read again by anybody.

use std::path::Path;

use super::baseline;
use super::catalogue;
use super::error::Failure;
use super::project::Project;
use crate::formats::File;

/// A file as it lies there.
///
/// # Errors
/// It cannot be read.
pub fn read_file(path: &Path) -> Result<File, Failure> {
    catalogue::read_file(path).map_err(|error| Failure::of_reading(&[error]))
}

/// The executable that is running.
///
/// # Errors
/// The system does not say which it is, or it cannot be read.
pub fn read_this_program() -> Result<Vec<u8>, Failure> {
    let read = std::env::current_exe().and_then(std::fs::read);
    read.map_err(|error| Failure::new(format!("this program's own executable: {error}"), "start it by its whole path"))
}

/// The file of kept results that the user calls `baselines/v1.2.0`, `v1.2.0`, or by its path.
///
/// * Returns it as the user would type it.
///
/// # Errors
/// It is no one file: what a harness left in the target directory is gone with the next run.
pub fn kept_results(project: &Project, item: &str) -> Result<String, Failure> {
    if Path::new(item).is_file() {
        return Ok(item.to_owned());
    }
    if let Some(path) = baseline::find(project, item) {
        return Ok(project.shown(&path));
    }
    let (problem, next_step) = match item {
        "-" => ("standard input cannot be read a second time".to_owned(), "write it to a file".to_owned()),
        item => (
            format!("`{item}` is no file of results, and a sign-off is made of files that stay"),
            format!("keep them: regress record NAME --from {item}; then: baselines/NAME"),
        ),
    };
    Err(Failure::new(problem, next_step))
}

/// The runs of a directory, by name; or the one that is meant.
///
/// # Errors
/// It is neither; no file of the directory ends in `.json`.
pub fn kept_runs(project: &Project, item: &str) -> Result<Vec<String>, Failure> {
    let directory = Path::new(item);
    if !directory.is_dir() {
        return kept_results(project, item).map(|file| vec![file]);
    }
    let refused = |error| Failure::of_reading(&[catalogue::unreadable(directory, &error)]);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "json") {
            files.push(format!("{}/{}", item.trim_end_matches('/'), path.file_name().unwrap_or_default().display()));
        }
    }
    files.sort();
    match files.is_empty() {
        false => Ok(files),
        true => Err(Failure::new(format!("{item}: no file there ends in .json"), "keep runs there: regress record")),
    }
}
