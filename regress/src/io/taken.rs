use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::catalogue::shown;
use super::error::Failure;
use crate::formats::Reading;
use crate::parallel::in_parts;

/// Results that one side is made of.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// The file, without links on the way to what was named. A text: there may be ten thousands of them to compare, and
    /// paths are compared name by name.
    path: String,
    /// The file as the system counts it, where one file was named: it may have several names.
    inode: Option<(u64, u64)>,
    /// The run in it that is meant, where it is an earlier one.
    earlier: Option<String>,
    /// As the user typed it.
    pub item: String,
}

/// So many files may be links, each to be followed: baselines that somebody named. What a harness leaves are none; chosen.
const FEW: usize = 64;

/// What was read for `item`.
///
/// * `roots`: directories that were walked for it.
/// * `here`: the current directory, from which paths are told.
pub(super) fn taken(item: &str, readings: &[Reading], roots: &[PathBuf], here: &Path) -> Vec<Taken> {
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
    let inode = inode_of(Path::new(named));
    let mut all = Vec::new();
    for reading in readings {
        let mut origins: Vec<&str> = reading.observations.iter().map(|observation| &*observation.origin).collect();
        origins.dedup();
        let earlier = &reading.earlier_name;
        let taken = |path, inode| Taken { path, inode, earlier: earlier.clone(), item: item.to_owned() };
        if origins.len() <= FEW {
            let followed = |origin: &str| {
                let path = Path::new(origin).canonicalize();
                path.map_or_else(|_| real(origin), |path| path.to_string_lossy().into_owned())
            };
            all.extend(origins.iter().map(|origin| taken(followed(origin), inode_of(Path::new(origin)).or(inode))));
            continue;
        }
        // Ten thousands of them, where every benchmark has a file.
        let paths = in_parts(&origins, 1024, |origins| origins.iter().map(|origin| real(origin)).collect::<Vec<_>>());
        all.extend(paths.into_iter().flatten().map(|path| taken(path, inode)));
    }
    all
}

/// # Errors
/// Something stands on both sides: that would pass whatever it holds.
pub(super) fn refuse_what_is_on_both_sides(old: &[Taken], new: &[Taken]) -> Result<(), Failure> {
    let paths: HashSet<_> = old.iter().map(|taken| (&taken.path, &taken.earlier)).collect();
    let inodes: HashSet<_> = old.iter().filter_map(|taken| Some((taken.inode?, &taken.earlier))).collect();
    let is_old = |taken: &&Taken| {
        paths.contains(&(&taken.path, &taken.earlier))
            || taken.inode.is_some_and(|inode| inodes.contains(&(inode, &taken.earlier)))
    };
    let Some(new) = new.iter().find(is_old) else { return Ok(()) };
    let is_it = |old: &&Taken| {
        let is_same = old.path == new.path || (old.inode.is_some() && old.inode == new.inode);
        is_same && old.earlier == new.earlier
    };
    let old = old.iter().find(is_it).map_or(&new.item, |old| &old.item);
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
