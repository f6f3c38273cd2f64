use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::catalogue::shown;
use super::error::Failure;
use crate::formats::Reading;
use crate::model::{Nature, Provenance};
use crate::parallel::in_parts;

/// Results that one side is made of.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    what: What,
    /// As the user typed it.
    item: Arc<str>,
}

#[derive(Clone, Debug)]
enum What {
    /// What was read from a file.
    File {
        /// Without links on the way to what was named. A text: there may be ten thousands of them to compare, and paths are
        /// compared name by name.
        path: String,
        /// The file as the system counts it, where it was looked at: it may have several names.
        inode: Option<(u64, u64)>,
        /// The run in it that is meant, where it is an earlier one.
        earlier: Option<String>,
    },
    /// The run of a revision, wherever it lies: a note holds one for each machine.
    Run(Box<Provenance>),
}

/// What an item stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    Files,
    Revision,
}

/// So many files may be links, each to be followed: baselines that somebody named. Of more only counts are: nobody takes the
/// same times twice, so what holds the same is told by its numbers. Chosen.
const FEW: usize = 64;

/// What was read for `item`.
///
/// * `roots`: directories that were walked for it.
/// * `here`: the current directory, from which paths are told.
pub(super) fn taken(item: &str, means: Means, readings: &[Reading], roots: &[PathBuf], here: &Path) -> Vec<Taken> {
    let named = item.rsplit_once('@').map(|(path, _)| path).filter(|_| !Path::new(item).exists()).unwrap_or(item);
    let bases: Vec<(String, String)> = std::iter::once(Path::new(named))
        .chain(roots.iter().map(PathBuf::as_path))
        .filter_map(|base| Some((shown(base).trim_end_matches('/').to_owned(), shown(&base.canonicalize().ok()?))))
        .map(|(base, real)| (base, here.join(&*real).to_string_lossy().into_owned()))
        .collect();
    let real = |origin: &str| {
        let rest = |base: &str| origin.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let below = bases.iter().find_map(|(base, real)| Some(format!("{real}{}", rest(base)?)));
        below.unwrap_or_else(|| here.join(origin).to_string_lossy().into_owned())
    };
    let followed = |origin: &str| {
        let path = Path::new(origin).canonicalize();
        path.map_or_else(|_| real(origin), |path| path.to_string_lossy().into_owned())
    };
    let inode = inode_of(Path::new(named));
    let item: Arc<str> = item.into();
    let mut all = Vec::new();
    for reading in readings {
        let mut origins: Vec<&str> = reading.observations.iter().map(|observation| &*observation.origin).collect();
        origins.dedup();
        if means == Means::Revision {
            // What lies in the repository is no file.
            origins.retain(|origin| Path::new(origin).exists());
            let what = What::Run(Box::new(reading.provenance.clone()));
            all.push(Taken { what, item: item.clone() });
        }
        let counts = reading.observations.iter().any(|observation| observation.metric.nature == Nature::Counted);
        let follows = counts || origins.len() <= FEW;
        let file = |origin: &&str| {
            let (path, inode) = match follows {
                true => (followed(origin), inode_of(Path::new(origin)).or(inode)),
                false => (real(origin), inode),
            };
            let what = What::File { path, inode, earlier: reading.earlier_name.clone() };
            Taken { what, item: item.clone() }
        };
        // Ten thousands of them, where every benchmark has a file.
        all.extend(
            in_parts(&origins, 1024, |origins| origins.iter().map(file).collect::<Vec<_>>()).into_iter().flatten(),
        );
    }
    all
}

/// # Errors
/// Something stands on both sides: that would pass whatever it holds.
pub(super) fn refuse_what_is_on_both_sides(old: &[Taken], new: &[Taken]) -> Result<(), Failure> {
    let (mut paths, mut inodes, mut runs) = (FxHashMap::default(), FxHashMap::default(), Vec::new());
    for Taken { what, item } in old {
        match what {
            What::File { path, inode, earlier } => {
                paths.entry((path, earlier)).or_insert(item);
                inodes.extend(inode.map(|inode| ((inode, earlier), item)));
            }
            What::Run(run) => runs.push((run, item)),
        }
    }
    let is_old = |Taken { what, .. }: &Taken| match what {
        What::File { path, inode, earlier } => {
            paths.get(&(path, earlier)).or_else(|| inodes.get(&((*inode)?, earlier))).copied()
        }
        What::Run(run) => runs.iter().find(|(known, _)| *known == run).map(|(_, item)| *item),
    };
    let Some((old, new)) = new.iter().find_map(|new| Some((is_old(new)?, new))) else { return Ok(()) };
    let what = match *old == new.item {
        true => format!("`{old}` is on both sides: that passes whatever it holds"),
        false => format!("`{old}` and `{}` are the same results: that passes whatever they hold", new.item),
    };
    let next_step = format!(
        "name the results from before first, then those from now; one set by itself: regress check {}",
        new.item
    );
    Err(Failure::new(what, next_step))
}

/// The number of a file, the same under all its names.
#[cfg(unix)]
fn inode_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn inode_of(_: &Path) -> Option<(u64, u64)> {
    None
}
