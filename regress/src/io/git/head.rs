use std::path::Path;

use git2::{Repository, StatusEntry, StatusOptions, Submodule, SubmoduleIgnore, SubmoduleStatus};

use crate::model::Commit;

/// The commit that `directory` is checked out at, and whether files differ from it. `None` outside of a repository
/// and before the first commit.
pub(in crate::io) fn commit(directory: &Path) -> Option<Commit> {
    let repository = Repository::discover(directory).ok()?;
    let head = repository.head().ok()?.peel_to_commit().ok()?;
    Some(Commit { hash: head.id().to_string(), dirty: is_dirty(&repository) })
}

/// Files that git does not track do not count: results of earlier runs lie about everywhere. A submodule counts that
/// is at another commit, or whose files differ.
fn is_dirty(repository: &Repository) -> bool {
    let mut options = StatusOptions::new();
    options.include_untracked(false).include_ignored(false).exclude_submodules(true);
    repository.statuses(Some(&mut options)).is_ok_and(|statuses| statuses.iter().any(|status| !is_result(&status)))
        || repository.submodules().is_ok_and(|modules| modules.iter().any(|module| differs(repository, module)))
}

/// What was measured does not change what is measured: after `regress record main` the tree is as clean as before.
fn is_result(status: &StatusEntry) -> bool {
    let Ok(path) = status.path() else { return false };
    path.ends_with(".json") && Path::new(path).parent().is_some_and(|directory| directory.ends_with("baselines"))
}

fn differs(repository: &Repository, module: &Submodule) -> bool {
    let status = module.name().ok().and_then(|name| repository.submodule_status(name, SubmoduleIgnore::Untracked).ok());
    status.is_some_and(|status| {
        status.is_index_modified()
            || status.is_wd_modified()
            || status.is_wd_wd_modified()
            || status.intersects(SubmoduleStatus::WD_INDEX_MODIFIED)
    })
}
