use std::collections::{BTreeMap, BTreeSet};
use std::fs::DirEntry;
use std::path::{Path, PathBuf};

use super::catalogue::unreadable;
use super::group::{Group, Memory, Results};
use crate::formats::{self, FORMATS, Format, ReadError, WHOLE_DIRECTORIES};
use crate::parallel::in_owned_parts;

/// What a walk found.
#[derive(Default)]
pub(super) struct Found {
    pub groups: Vec<Group>,
    /// What those of the wanted baselines hold, by the name of the baseline.
    pub read: BTreeMap<String, Results>,
    /// What could not be looked into.
    pub problems: Vec<ReadError>,
}

impl Found {
    fn absorb(&mut self, other: Found) {
        self.groups.extend(other.groups);
        for (baseline, results) in other.read {
            self.read.entry(baseline).or_default().absorb(results);
        }
        self.problems.extend(other.problems);
    }
}

/// The groups of files below a directory.
///
/// Links to directories below the root are not followed: they may lead round in circles.
///
/// * `wanted`: baselines that are read as they are found. The system has their directories at hand then: to come back for
///   the files after the walk took it a fifth longer.
pub(super) fn walk(root: &Path, wanted: &BTreeSet<String>) -> Found {
    /// So many directories keep all cores busy, as far as they are of one size; chosen.
    const ENOUGH: usize = 64;
    let mut steps = vec![Step::Ahead(Directory { path: root.to_owned(), relative: String::new() })];
    while (1..ENOUGH).contains(&steps.iter().filter(|step| matches!(step, Step::Ahead(_))).count()) {
        steps = steps.into_iter().flat_map(|step| step.look_into(wanted)).collect();
    }
    let mut whole = Found::default();
    for found in in_owned_parts(steps, 1, |steps| steps.into_iter().map(|step| step.walk(wanted)).collect::<Vec<_>>()) {
        found.into_iter().for_each(|found| whole.absorb(found));
    }
    whole
}

/// A part of a walk. What is found comes in one order, however many cores walk: a directory before those in it, these by
/// name.
enum Step {
    Done(Found),
    Ahead(Directory),
}

impl Step {
    fn look_into(self, wanted: &BTreeSet<String>) -> Vec<Step> {
        let Step::Ahead(directory) = self else { return vec![self] };
        let mut walker = Walker::new(wanted);
        let below = walker.look_into(&directory);
        std::iter::once(Step::Done(walker.found)).chain(below.into_iter().map(Step::Ahead)).collect()
    }

    fn walk(self, wanted: &BTreeSet<String>) -> Found {
        match self {
            Step::Done(found) => found,
            Step::Ahead(directory) => {
                let mut walker = Walker::new(wanted);
                walker.look_below(&directory);
                walker.found
            }
        }
    }
}

/// A directory that is to be looked into.
struct Directory {
    path: PathBuf,
    /// The way from the root, `/` between parts.
    relative: String,
}

struct Walker<'w> {
    wanted: &'w BTreeSet<String>,
    found: Found,
    memory: Memory,
}

impl Walker<'_> {
    fn new(wanted: &BTreeSet<String>) -> Walker<'_> {
        Walker { wanted, found: Found::default(), memory: Memory::default() }
    }

    fn look_below(&mut self, directory: &Directory) {
        let mut pending = self.look_into(directory);
        pending.reverse();
        while let Some(directory) = pending.pop() {
            pending.extend(self.look_into(&directory).into_iter().rev());
        }
    }

    /// Takes up the files of a directory, and returns the directories in it by name: in the order of the system, which
    /// differs from disk to disk, results would have to be sorted afterwards.
    fn look_into(&mut self, directory: &Directory) -> Vec<Directory> {
        let entries = match std::fs::read_dir(&directory.path) {
            Ok(entries) => entries,
            Err(error) => {
                self.found.problems.push(unreadable(&directory.path, &error));
                return Vec::new();
            }
        };
        let mut directories = Vec::new();
        let mut claims = Claims::default();
        let mut relative = directory.relative.clone();
        if !relative.is_empty() {
            relative.push('/');
        }
        let length = relative.len();
        for entry in entries.filter_map(Result::ok) {
            relative.truncate(length);
            relative.push_str(&entry.file_name().to_string_lossy());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let path = entry.path();
                if !self.is_taken_up_without_listing(&entry, &path) {
                    directories.push(Directory { path, relative: relative.clone() });
                }
            } else {
                claims.add(&relative, || entry.path());
            }
        }
        for group in claims.groups() {
            if self.wanted.contains(&group.baseline) {
                results_of(&mut self.found, &group).read(&group, &mut self.memory);
            }
            self.found.groups.push(group);
        }
        directories.sort_unstable_by(|a, b| a.relative.cmp(&b.relative));
        directories
    }

    /// Takes up the results of a directory of which is known what is in it: a format always leaves the same files there.
    ///
    /// Listing takes five calls of the system and this takes one, of some twenty that criterion's results of a benchmark
    /// take in all. `false`: it has to be listed. A benchmark may be called like a baseline, so a directory below keeps
    /// one from being known; where the system does not count the directories in a directory, all are listed.
    fn is_taken_up_without_listing(&mut self, entry: &DirEntry, path: &Path) -> bool {
        if !holds_no_directory(entry) {
            return false;
        }
        WHOLE_DIRECTORIES.iter().any(|(format, names)| {
            let baseline = entry.file_name().to_string_lossy().into_owned();
            let group = Group { format, baseline, paths: names.iter().map(|name| path.join(name)).collect() };
            let is_there = match self.wanted.contains(&group.baseline) {
                true => results_of(&mut self.found, &group).read_if_there(&group, &mut self.memory),
                false => group.paths[0].exists(),
            };
            if is_there {
                self.found.groups.push(group);
            }
            is_there
        })
    }
}

fn results_of<'f>(found: &'f mut Found, group: &Group) -> &'f mut Results {
    found.read.entry(group.baseline.clone()).or_default()
}

/// A directory is linked to by its name, by itself, and by each directory in it.
#[cfg(unix)]
fn holds_no_directory(entry: &DirEntry) -> bool {
    use std::os::unix::fs::MetadataExt;
    entry.metadata().is_ok_and(|metadata| metadata.nlink() == 2)
}

#[cfg(not(unix))]
fn holds_no_directory(_: &DirEntry) -> bool {
    false
}

/// The results that one directory holds.
#[derive(Default)]
struct Claims(Vec<Claimed>);

/// Files of one format and baseline.
struct Claimed {
    format: &'static Format,
    baseline: String,
    /// Whether the files' own names say the baseline: `….out@old`.
    is_in_name: bool,
    paths: Vec<PathBuf>,
}

impl Claims {
    /// Takes up the file that has this path from the root, if it holds results.
    fn add(&mut self, relative: &str, path: impl FnOnce() -> PathBuf) {
        let Some((format, baseline)) = claim(relative) else { return };
        let is_in_name = relative.strip_suffix(baseline).is_some_and(|before| before.ends_with('@'));
        let is_alike = |known: &&mut Claimed| {
            known.format.name == format.name && known.baseline == baseline && known.is_in_name == is_in_name
        };
        match self.0.iter_mut().find(is_alike) {
            Some(known) => known.paths.push(path()),
            None => {
                self.0.push(Claimed { format, baseline: baseline.to_owned(), is_in_name, paths: vec![path()] });
            }
        }
    }

    /// One group for each format and baseline. What is there at first hand is not read again from a summary. A run without
    /// a name is called `new`; where another was saved under just that name, the later of the two counts.
    fn groups(mut self) -> Vec<Group> {
        let key = |claimed: &Claimed| (claimed.format.name, claimed.baseline.clone(), claimed.is_in_name);
        self.0.sort_by_cached_key(key);
        let present: Vec<&Format> = self.0.iter().map(|claimed| claimed.format).collect();
        self.0.retain(|claimed| !present.iter().any(|other| formats::repeats(claimed.format, other)));
        let mut groups: Vec<Group> = Vec::new();
        for Claimed { format, baseline, mut paths, .. } in self.0 {
            paths.sort();
            match groups.last_mut().filter(|last| last.format.name == format.name && last.baseline == baseline) {
                Some(last) if modified(&last.paths) < modified(&paths) => last.paths = paths,
                Some(_) => {}
                None => groups.push(Group { format, baseline, paths }),
            }
        }
        groups
    }
}

/// The format that keeps results in a file of this name, and the name they were saved under.
fn claim(relative: &str) -> Option<(&'static Format, &str)> {
    FORMATS.iter().find_map(|format| Some((*format, (format.baseline_of?)(relative)?)))
}

/// When the latest of these files was written.
fn modified(paths: &[PathBuf]) -> Option<std::time::SystemTime> {
    paths.iter().filter_map(|path| path.metadata().ok()?.modified().ok()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However deep they lie, and however many directories there are beside them: cores share those out from 64 on.
    #[test]
    fn results_are_found_in_the_order_of_their_names() {
        let expected = ["a/x", "b", "c/y/z", "d"];
        for others in [0, 10, 100] {
            let root = tempfile::tempdir().unwrap();
            for place in expected {
                let directory = root.path().join(place).join("new");
                std::fs::create_dir_all(&directory).unwrap();
                for file in ["benchmark.json", "sample.json", "estimates.json"] {
                    std::fs::write(directory.join(file), "{}").unwrap();
                }
            }
            for other in 0..others {
                std::fs::create_dir_all(root.path().join(format!("q{other}")).join("empty")).unwrap();
            }
            let found = walk(root.path(), &BTreeSet::new());
            let places = found.groups.iter().map(|group| {
                let directory = group.paths[0].parent().and_then(Path::parent).unwrap();
                directory.strip_prefix(root.path()).unwrap().to_string_lossy().into_owned()
            });
            assert_eq!(places.collect::<Vec<_>>(), expected, "beside {others} others");
        }
    }
}
