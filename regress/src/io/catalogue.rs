use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use super::group::{Group, Results, Written};
use super::project::Project;
use super::walk::{Found, walk};
use crate::formats::{File, Place, Problem, ReadError, Reading};
use crate::model::Warning;

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
pub(super) struct Catalogue {
    /// Where was looked.
    pub roots: Vec<PathBuf>,
    names: BTreeSet<String>,
    /// What was found, for each root.
    found: Vec<RefCell<Found>>,
    problems: Vec<ReadError>,
}

impl Catalogue {
    /// The results of every harness of a project.
    ///
    /// * `wanted`: the names that will be asked for first. Those are read while their directories are at hand.
    pub(super) fn of_project(project: &Project, wanted: &BTreeSet<String>) -> Catalogue {
        let roots = HOMES.iter().flat_map(|home| project.result_directories(home.variable, home.subdirectory));
        Catalogue::of_roots(roots.collect(), wanted)
    }

    /// The results below these directories; `wanted` as above.
    pub(super) fn of_roots(roots: Vec<PathBuf>, wanted: &BTreeSet<String>) -> Catalogue {
        let mut found: Vec<Found> = roots.iter().map(|root| walk(from_here(root), wanted)).collect();
        let names = found.iter().flat_map(|found| &found.groups).map(|group: &Group| group.baseline.as_str());
        let names = names.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect();
        let problems = found.iter_mut().flat_map(|found| std::mem::take(&mut found.problems)).collect();
        Catalogue { roots, names, found: found.into_iter().map(RefCell::new).collect(), problems }
    }

    /// The names under which results were saved.
    pub(super) fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// Reads everything of one name: a reading for each directory that was walked.
    pub(super) fn read(&self, baseline: &str) -> Vec<Reading> {
        let of_root = |(root, found): (&PathBuf, &RefCell<Found>)| {
            let at_once = found.borrow_mut().read.remove(baseline);
            let Results { mut reading, written } = at_once.unwrap_or_else(|| {
                let found = found.borrow();
                Results::of(&found.groups.iter().filter(|group| group.baseline == baseline).collect::<Vec<_>>())
            });
            reading.warnings.extend(left_over(baseline, root, written).map(Warning::general));
            reading
        };
        self.roots.iter().zip(&self.found).map(of_root).collect()
    }

    /// Directories that could not be looked into.
    pub(super) fn problems(&self) -> &[ReadError] {
        &self.problems
    }
}

/// What to say of results that are far older than the last of the same name: no benchmark that was renamed or removed
/// is ever deleted by its harness, and one that a filter left out keeps what it had.
fn left_over(baseline: &str, root: &Path, mut written: Vec<Written>) -> Option<String> {
    /// Longer than any run of benchmarks that somebody waits for; chosen.
    const FAR: Duration = Duration::from_secs(24 * 60 * 60);
    /// So many are named.
    const NAMED: usize = 3;
    let newest = written.iter().map(|(_, time)| *time).max()?;
    let all = written.len();
    let age = |time: &SystemTime| newest.duration_since(*time).unwrap_or_default();
    written.retain(|(_, time)| age(time) > FAR);
    written.sort();
    let days = |age: Duration| age.as_secs() / FAR.as_secs();
    let oldest = days(written.iter().map(|(_, time)| age(time)).max()?);
    let latest = days(written.iter().map(|(_, time)| age(time)).min()?);
    let place = |(path, _): &Written| {
        let path = Path::new(&**path);
        let directory = path.parent().and_then(|directory| directory.strip_prefix(from_here(root)).ok());
        format!("`{}`", directory.unwrap_or(path).display())
    };
    let mut places: Vec<String> = written.iter().take(NAMED).map(place).collect();
    if written.len() > NAMED {
        places.push(format!("{} more", written.len() - NAMED));
    }
    let old = if oldest == latest { format!("{oldest}") } else { format!("{latest} to {oldest}") };
    let plural = if oldest == 1 { "" } else { "s" };
    Some(format!(
        "{} of {all} results of `{baseline}` in {} are {old} day{plural} older than the last ({}): of a benchmark that \
         is no more, or was left out since; remove them, or measure all again",
        written.len(),
        from_here(root).display(),
        places.join(", ")
    ))
}

/// One file from disk.
pub(super) fn read_file(path: &Path) -> Result<File, ReadError> {
    let is_whole = path.metadata().is_ok_and(|metadata| metadata.is_file());
    let bytes = if is_whole { std::fs::read(path) } else { std::fs::File::open(path).and_then(read_stream) };
    Ok(File { path: shown(path), bytes: bytes.map_err(|error| unreadable(path, &error))? })
}

/// All of a pipe or a device, which may have no end.
pub(super) fn read_stream(stream: impl Read) -> std::io::Result<Vec<u8>> {
    /// Thirty times what the largest results have that anybody showed us; chosen.
    const MOST_BYTES: u64 = 1 << 30;
    let mut bytes = Vec::new();
    if stream.take(MOST_BYTES + 1).read_to_end(&mut bytes)? as u64 > MOST_BYTES {
        return Err(std::io::Error::other("more than 1 GiB and no end of it; write it to a file"));
    }
    Ok(bytes)
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> ReadError {
    ReadError { path: shown(path), place: Place::Whole, problem: Problem::Unreadable { reason: error.to_string() } }
}

/// A path as it stands in messages: below the current directory without the way there.
pub(super) fn shown(path: &Path) -> Arc<str> {
    let shown = from_here(path).to_string_lossy();
    if cfg!(windows) { shown.replace('\\', "/").into() } else { shown.into() }
}

/// The same path without the way to the current directory, where it leads there: every step of a way takes the
/// system's time.
fn from_here(path: &Path) -> &Path {
    static HERE: LazyLock<PathBuf> = LazyLock::new(|| std::env::current_dir().unwrap_or_default());
    let is_below = path.is_absolute() && path != *HERE;
    if is_below { path.strip_prefix(&*HERE).unwrap_or(path) } else { path }
}
