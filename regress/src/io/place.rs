use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::catalogue::{self, Catalogue};
use super::error::Failure;
use crate::formats::{self, File, Format, Place, Problem, ReadError, Reading, WHOLE_DIRECTORIES};
use crate::policy::did_you_mean;

/// A file of a format we know is what the user means, whatever else has its name: nothing needs to be looked up.
pub(super) fn read_results(path: &Path) -> Option<Reading> {
    let file = if path.is_file() { catalogue::read_file(path).ok()? } else { return None };
    let format = formats::choose(&file.bytes)?;
    let mut files = companions(path, format);
    files.push(file);
    Some((format.read)(&files))
}

/// What belongs to a file that a harness left among others of the same names, which say the rest of it.
fn companions(path: &Path, format: &Format) -> Vec<File> {
    let names =
        WHOLE_DIRECTORIES.iter().find(|(known, _)| known.name == format.name).map_or(&[][..], |(_, names)| names);
    let is_one = path.file_name().is_some_and(|own| names.iter().any(|name| own == *name));
    let others = names.iter().map(|name| path.with_file_name(name)).filter(|other| is_one && other != path);
    others.filter_map(|other| catalogue::read_file(&other).ok()).collect()
}

pub(super) fn read_bytes(file: File) -> Reading {
    if file.bytes.is_empty() {
        return Reading::refused(ReadError { path: file.path, place: Place::Whole, problem: Problem::Empty });
    }
    match formats::choose(&file.bytes) {
        Some(format) => (format.read)(&[file]),
        None => Reading::refused(ReadError { path: file.path, place: Place::Whole, problem: Problem::Unrecognised }),
    }
}

/// A directory holds what a harness left in it, or files of any format.
pub(super) fn read_directory(directory: &Path, name: Option<&str>) -> Result<Vec<Reading>, Failure> {
    let wanted = name.into_iter().map(str::to_owned).collect();
    let catalogue = Catalogue::of_roots(vec![directory.to_owned()], &wanted);
    if !catalogue.problems().is_empty() {
        return Err(Failure::of_reading(catalogue.problems()));
    }
    let names = catalogue.names();
    let listed = || names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let shown = directory.display();
    match name.or_else(|| the_one_name(names)) {
        Some(name) if names.contains(name) => Ok(catalogue.read(name)),
        Some(name) if names.is_empty() => {
            let loose = read_loose_files(directory)?;
            earlier(loose, name).map_err(|others| match others.is_empty() {
                true => Failure::new(
                    format!("{shown}: no results named `{name}`; no harness saved results here under any name"),
                    format!("name a file of it: {}", directory.join(name).display()),
                ),
                false => no_earlier(directory, name, &others),
            })
        }
        Some(name) => {
            let latest = the_one_name(names).map(|latest| catalogue.read(latest)).unwrap_or_default();
            earlier(latest, name).map_err(|others| no_earlier(directory, name, &others.union(names).cloned().collect()))
        }
        None if names.is_empty() => read_loose_files(directory),
        None => Err(Failure::new(
            format!("{shown}: results of several names"),
            format!("say which: {shown}@NAME, with one of: {}", listed()),
        )),
    }
}

/// What files say of the run of this name that theirs was compared with.
///
/// # Errors
/// They say nothing of it: the names of which they do.
pub(super) fn earlier(readings: Vec<Reading>, name: &str) -> Result<Vec<Reading>, BTreeSet<String>> {
    let names: BTreeSet<String> = readings.iter().flat_map(|reading| reading.earlier.keys().cloned()).collect();
    if !names.contains(name) {
        return Err(names);
    }
    let of_before = |mut reading: Reading| {
        let observations = reading.earlier.remove(name).unwrap_or_default();
        Reading { observations, warnings: Vec::new(), earlier_name: Some(name.to_owned()), ..reading }
    };
    Ok(readings.into_iter().map(of_before).collect())
}

pub(super) fn no_earlier(path: &Path, name: &str, names: &BTreeSet<String>) -> Failure {
    let problem = format!("{}: no results named `{name}`", path.display());
    if names.is_empty() {
        return Failure::new(
            problem,
            "only a summary of iai-callgrind or gungraun holds another run, and a dump of tango two; leave the `@` out",
        );
    }
    let meant = did_you_mean(name, names.iter().map(String::as_str));
    let listed = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    Failure::new(problem, format!("{meant}there are: {listed}"))
}

/// The name to take when none is given: `new`, which harnesses write at every run, or the only one there is.
fn the_one_name(names: &BTreeSet<String>) -> Option<&str> {
    let only = names.iter().next().filter(|_| names.len() == 1);
    names.get("new").or(only).map(String::as_str)
}

/// Every file right in the directory, whatever its format. Where a harness left one benchmark's, only those that are read.
fn read_loose_files(directory: &Path) -> Result<Vec<Reading>, Failure> {
    for (format, names) in WHOLE_DIRECTORIES {
        let paths: Vec<PathBuf> = names.iter().map(|name| directory.join(name)).collect();
        if paths.iter().all(|path| path.is_file()) {
            let files: Result<Vec<File>, ReadError> = paths.iter().map(|path| catalogue::read_file(path)).collect();
            return Ok(vec![files.map_or_else(Reading::refused, |files| (format.read)(&files))]);
        }
    }
    let problem = |error: &std::io::Error| Failure::of_reading(&[catalogue::unreadable(directory, error)]);
    let entries = std::fs::read_dir(directory).map_err(|error| problem(&error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths.iter().map(|path| catalogue::read_file(path).map_or_else(Reading::refused, read_bytes)).collect())
}
