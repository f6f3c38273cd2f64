use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::Failure;
use crate::formats::Reading;

/// Results that one side is made of.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// The file, by whatever name it was found: one that is there, without links on the way to what was named.
    path: PathBuf,
    /// The file as the system counts it, where one file was named: it may have several names.
    inode: Option<(u64, u64)>,
    /// The run in it that is meant, where it is an earlier one.
    earlier: Option<String>,
    /// As the user typed it.
    item: String,
}

/// What was read for `item`.
///
/// * `roots`: directories that were walked for it.
/// * `here`: the current directory, from which paths are told.
pub(super) fn taken(item: &str, readings: &[Reading], roots: &[PathBuf], here: &Path) -> Vec<Taken> {
    let named = item.rsplit_once('@').map(|(path, _)| path).filter(|_| !Path::new(item).exists()).unwrap_or(item);
    let bases: Vec<(PathBuf, PathBuf)> = std::iter::once(Path::new(named))
        .chain(roots.iter().map(PathBuf::as_path))
        .filter_map(|base| Some((here.join(base), base.canonicalize().ok()?)))
        .collect();
    let real = |origin: &str| {
        let path = here.join(origin);
        let below = |(base, real): &(PathBuf, PathBuf)| {
            let rest = path.strip_prefix(base).ok()?;
            // Joined with nothing, a file would look like a directory.
            Some(if rest.as_os_str().is_empty() { real.clone() } else { real.join(rest) })
        };
        bases.iter().find_map(below).unwrap_or(path)
    };
    let inode = inode(Path::new(named));
    let mut all = Vec::new();
    for reading in readings {
        let mut last: Option<&str> = None;
        for origin in reading.observations.iter().map(|observation| &*observation.origin) {
            if last.replace(origin) != Some(origin) {
                let earlier = reading.earlier_name.clone();
                all.push(Taken { path: real(origin), inode, earlier, item: item.to_owned() });
            }
        }
    }
    all
}

/// # Errors
/// Something stands on both sides: that would pass whatever it holds.
pub(super) fn refuse_what_is_on_both_sides(old: &[Taken], new: &[Taken]) -> Result<(), Failure> {
    let paths: BTreeSet<_> = old.iter().map(|taken| (&taken.path, &taken.earlier)).collect();
    let inodes: BTreeSet<_> = old.iter().filter_map(|taken| Some((taken.inode?, &taken.earlier))).collect();
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
fn inode(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn inode(_: &Path) -> Option<(u64, u64)> {
    None
}
