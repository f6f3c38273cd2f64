use std::collections::BTreeSet;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use super::project::Project;
use super::walk::{Group, walk};
use crate::formats::{File, Place, Problem, ReadError, Reading};
use crate::model::Warning;
use crate::parallel::in_parts;

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
    groups: Vec<Vec<Group>>,
    problems: Vec<ReadError>,
}

impl Catalogue {
    /// The results of every harness of a project.
    pub(super) fn of_project(project: &Project) -> Catalogue {
        let roots = HOMES.iter().flat_map(|home| project.result_directories(home.variable, home.subdirectory));
        Catalogue::of_roots(roots.collect())
    }

    /// The results below these directories.
    pub(super) fn of_roots(roots: Vec<PathBuf>) -> Catalogue {
        let (groups, problems): (Vec<_>, Vec<_>) = roots.iter().map(|root| walk(from_here(root))).unzip();
        let names = groups.iter().flatten().map(|group: &Group| group.baseline.as_str());
        let names = names.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect();
        Catalogue { roots, names, groups, problems: problems.concat() }
    }

    /// The names under which results were saved.
    pub(super) fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// Reads everything of one name: a reading for each directory that was walked.
    pub(super) fn read(&self, baseline: &str) -> Vec<Reading> {
        let wanted = |group: &&Group| group.baseline == baseline;
        let of_root = |(root, groups): (&PathBuf, &Vec<Group>)| {
            let (mut reading, ages) = read_groups(&groups.iter().filter(wanted).collect::<Vec<_>>());
            reading.warnings.extend(left_over(baseline, root, ages).map(Warning::general));
            reading
        };
        self.roots.iter().zip(&self.groups).map(of_root).collect()
    }

    /// Directories that could not be looked into.
    pub(super) fn problems(&self) -> &[ReadError] {
        &self.problems
    }
}

/// When the results of a benchmark were written: its place, and the time.
type Written = (PathBuf, SystemTime);

/// Reads groups on all cores; the order of the results is that of the groups.
fn read_groups(groups: &[&Group]) -> (Reading, Vec<Written>) {
    /// Enough for a core to be worth asking for, few enough for all to end together; chosen.
    const PART: usize = 128;
    let (mut whole, mut written) = (Reading::default(), Vec::new());
    for (part, of_part) in in_parts(groups, PART, read_part) {
        whole.absorb(part);
        written.extend(of_part);
    }
    (whole, written)
}

fn read_part(groups: &[&Group]) -> (Reading, Vec<Written>) {
    let (mut whole, mut written) = (Reading::default(), Vec::new());
    let mut buffers = Vec::new();
    for group in groups {
        let mut files = Vec::with_capacity(group.paths.len());
        for (index, path) in group.paths.iter().enumerate() {
            match read_into(buffers.pop().unwrap_or_default(), path) {
                Ok((bytes, file)) => {
                    // All files of a directory are written at the same time.
                    if index == 0
                        && let Ok(time) = file.metadata().and_then(|metadata| metadata.modified())
                    {
                        written.push((path.clone(), time));
                    }
                    files.push(File { path: shown(path), bytes });
                }
                // The format says what is missing, and whether that matters.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => whole.problems.push(unreadable(path, &error)),
            }
        }
        whole.absorb((group.format.read)(&files));
        buffers.extend(files.into_iter().map(|file| file.bytes));
    }
    (whole, written)
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

/// One small file from disk, into memory that was used before: there may be ten thousands of them.
///
/// Each call of the system takes as long as reading the numbers: the size is not asked for first, and no second time
/// is read to be told that the file has ended, where the memory was not filled and a JSON object has ended.
fn read_into(mut bytes: Vec<u8>, path: &Path) -> std::io::Result<(Vec<u8>, std::fs::File)> {
    const USUAL_BYTES: usize = 8192;
    let mut file = std::fs::File::open(path)?;
    bytes.resize(USUAL_BYTES.max(bytes.capacity()), 0);
    let length = file.read(&mut bytes)?;
    let has_ended = length < bytes.len() && bytes[..length].last() == Some(&b'}');
    bytes.truncate(length);
    if !has_ended {
        Read::take(&mut file, u64::MAX).read_to_end(&mut bytes)?;
    }
    Ok((bytes, file))
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
