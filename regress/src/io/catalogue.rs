use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::project::Project;
use crate::formats::{FORMATS, File, Format, Place, Problem, ReadError, Reading};

/// A harness's directory below the target directory.
struct Home {
    subdirectory: &'static str,
    /// The environment variable that moves it.
    variable: &'static str,
}

/// Where harnesses leave named results.
const HOMES: &[Home] = &[
    Home { subdirectory: "criterion", variable: "CRITERION_HOME" },
    Home { subdirectory: "iai", variable: "IAI_CALLGRIND_HOME" },
    Home { subdirectory: "gungraun", variable: "GUNGRAUN_HOME" },
    Home { subdirectory: "meter", variable: "METER_HOME" },
];

/// All named results below some directories, found in one walk.
#[derive(Default)]
pub(super) struct Catalogue {
    /// Where was looked.
    pub roots: Vec<PathBuf>,
    groups: Vec<Group>,
    problems: Vec<ReadError>,
}

/// Files of one directory that one format reads together.
struct Group {
    root_index: usize,
    baseline: String,
    format: &'static Format,
    paths: Vec<PathBuf>,
}

impl Catalogue {
    /// The results of every harness of a project.
    pub(super) fn of_project(project: &Project) -> Catalogue {
        let roots = HOMES.iter().flat_map(|home| project.result_directories(home.variable, home.subdirectory));
        Catalogue::of_roots(roots.collect())
    }

    /// The results below these directories.
    pub(super) fn of_roots(roots: Vec<PathBuf>) -> Catalogue {
        let mut catalogue = Catalogue::default();
        for (index, root) in roots.iter().enumerate() {
            catalogue.walk(index, root);
        }
        catalogue.roots = roots;
        catalogue
    }

    /// The names under which results were saved.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        self.groups.iter().map(|group| group.baseline.as_str()).collect()
    }

    /// Reads everything of one name: a reading for each directory that was walked.
    pub(super) fn read(&self, baseline: &str) -> Vec<Reading> {
        (0..self.roots.len())
            .map(|root_index| {
                let wanted = |group: &&Group| group.root_index == root_index && group.baseline == baseline;
                let groups: Vec<&Group> = self.groups.iter().filter(wanted).collect();
                read_groups(&groups)
            })
            .collect()
    }

    /// Directories that could not be looked into.
    pub(super) fn problems(&self) -> &[ReadError] {
        &self.problems
    }

    /// Links to directories below the root are not followed: they may lead round in circles.
    fn walk(&mut self, root_index: usize, root: &Path) {
        let mut pending = vec![(root.to_owned(), String::new())];
        while let Some((directory, relative)) = pending.pop() {
            let entries = match std::fs::read_dir(&directory) {
                Ok(entries) => entries,
                Err(error) => {
                    self.problems.push(unreadable(&directory, &error));
                    continue;
                }
            };
            let mut found = Found::default();
            for entry in entries.filter_map(Result::ok) {
                let name = entry.file_name();
                let below = match relative.is_empty() {
                    true => name.to_string_lossy().into_owned(),
                    false => format!("{relative}/{}", name.to_string_lossy()),
                };
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => pending.push((entry.path(), below)),
                    _ => found.add(&below, entry.path()),
                }
            }
            self.groups.extend(found.groups(root_index));
        }
    }
}

/// What one directory holds, by format, baseline, and whether the file's own name says the baseline.
#[derive(Default)]
struct Found(BTreeMap<(&'static str, String, bool), (&'static Format, Vec<PathBuf>)>);

impl Found {
    fn add(&mut self, relative: &str, path: PathBuf) {
        if let Some((format, baseline)) = claim(relative) {
            let named = relative.ends_with(&format!("@{baseline}"));
            self.0.entry((format.name, baseline, named)).or_insert((format, Vec::new())).1.push(path);
        }
    }

    /// One group for each format and baseline. A run without a name is called `new`; where another was saved under
    /// just that name, the later of the two counts.
    fn groups(self, root_index: usize) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for ((name, baseline, _), (format, mut paths)) in self.0 {
            paths.sort();
            match groups.last_mut().filter(|last| last.format.name == name && last.baseline == baseline) {
                Some(last) if modified(&last.paths) < modified(&paths) => last.paths = paths,
                Some(_) => {}
                None => groups.push(Group { root_index, baseline, format, paths }),
            }
        }
        groups
    }
}

/// When the latest of these files was written.
fn modified(paths: &[PathBuf]) -> Option<std::time::SystemTime> {
    paths.iter().filter_map(|path| path.metadata().ok()?.modified().ok()).max()
}

/// The format that keeps results in a file of this name, and the name they were saved under.
fn claim(relative: &str) -> Option<(&'static Format, String)> {
    FORMATS.iter().find_map(|format| {
        let baseline = (format.baseline_of?)(relative)?;
        Some((*format, baseline.to_owned()))
    })
}

/// Reads groups on all cores; the order of the results is that of the groups.
fn read_groups(groups: &[&Group]) -> Reading {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let share = groups.len().div_ceil(threads).max(1);
    let mut whole = Reading::default();
    std::thread::scope(|scope| {
        let parts: Vec<_> = groups.chunks(share).map(|part| scope.spawn(|| read_part(part))).collect();
        for part in parts {
            match part.join() {
                Ok(reading) => whole.absorb(reading),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    whole
}

fn read_part(groups: &[&Group]) -> Reading {
    let mut whole = Reading::default();
    for group in groups {
        let mut files = Vec::with_capacity(group.paths.len());
        for path in &group.paths {
            match read_file(path) {
                Ok(file) => files.push(file),
                Err(problem) => whole.problems.push(problem),
            }
        }
        whole.absorb((group.format.read)(&files));
    }
    whole
}

/// One file from disk.
pub(super) fn read_file(path: &Path) -> Result<File, ReadError> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    Ok(File { path: shown(path), bytes })
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> ReadError {
    ReadError { path: shown(path), place: Place::Whole, problem: Problem::Unreadable { reason: error.to_string() } }
}

/// A path as it stands in messages: below the current directory without the way there.
fn shown(path: &Path) -> Arc<str> {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_string_lossy().replace('\\', "/").into()
}
