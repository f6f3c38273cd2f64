use std::path::Path;

use git2::{Repository, StatusOptions};

use crate::model::Commit;

/// The commit that `directory` is checked out at, and whether files differ from it. `None` outside of a repository
/// and before the first commit.
pub(super) fn commit(directory: &Path) -> Option<Commit> {
    let repository = Repository::discover(directory).ok()?;
    let head = repository.head().ok()?.peel_to_commit().ok()?;
    Some(Commit { hash: head.id().to_string(), dirty: is_dirty(&repository) })
}

/// Files that git does not track do not count: results of earlier runs lie about everywhere.
fn is_dirty(repository: &Repository) -> bool {
    let mut options = StatusOptions::new();
    options.include_untracked(false).include_ignored(false).exclude_submodules(true);
    repository.statuses(Some(&mut options)).is_ok_and(|statuses| !statuses.is_empty())
}
