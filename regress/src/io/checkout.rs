use std::path::{Path, PathBuf};

use git2::build::CheckoutBuilder;
use git2::{ObjectType, Repository};

use super::error::Failure;

/// A revision of this repository, by its commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The full hash, in hexadecimal.
    pub commit: String,
    /// Where the project lies below the top of the repository; empty for the top itself.
    pub project_below: PathBuf,
}

/// Finds a revision (`main`, `HEAD~1`, `v1.2`, a hash) in the repository around `project`.
///
/// # Errors
/// No repository; no such revision; a shallow clone that does not hold it.
pub fn find(project: &Path, revision: &str) -> Result<Revision, Failure> {
    let repository = discover(project)?;
    let object = repository.revparse_single(revision).and_then(|object| object.peel(ObjectType::Commit));
    let object = object.map_err(|error| {
        let next_step = match repository.is_shallow() {
            true => "the clone is shallow; git fetch --unshallow",
            false => "git log --oneline lists commits, git branch --all branches",
        };
        Failure::new(format!("there is no revision `{revision}`: {}", error.message()), next_step)
    })?;
    let top = repository.workdir().unwrap_or_else(|| repository.path());
    let (top, project) = (real(top), real(project));
    let project_below = project.strip_prefix(&top).map(Path::to_owned).unwrap_or_default();
    Ok(Revision { commit: object.id().to_string(), project_below })
}

/// Writes the files of a revision into `directory`, which has to be empty or missing.
///
/// They are written out plainly, not as a worktree that the repository keeps a list of: a run that is killed leaves
/// nothing behind that `git` would trip over. Submodules stay empty, as in a fresh clone.
///
/// # Errors
/// What git or the system refused.
pub fn write_out(project: &Path, revision: &Revision, directory: &Path) -> Result<(), Failure> {
    let repository = discover(project)?;
    let refused = |error: git2::Error| {
        Failure::new(
            format!("{}: commit {} cannot be written out: {}", directory.display(), revision.commit, error.message()),
            "check the space on the disk and the directory's permissions",
        )
    };
    std::fs::create_dir_all(directory).map_err(|error| {
        Failure::new(format!("{}: {error}", directory.display()), "check the directory's permissions and space")
    })?;
    let tree = repository.revparse_single(&revision.commit).and_then(|object| object.peel(ObjectType::Tree));
    let mut options = CheckoutBuilder::new();
    // The index is that of the user's own checkout: it must not learn of this.
    options.target_dir(directory).force().recreate_missing(true).update_index(false);
    tree.and_then(|tree| repository.checkout_tree(&tree, Some(&mut options))).map_err(refused)
}

fn discover(project: &Path) -> Result<Repository, Failure> {
    Repository::discover(project).map_err(|error| {
        Failure::new(
            format!("{}: no git repository: {}", project.display(), error.message()),
            "run this inside of a repository, or compare two executables with --old and --new",
        )
    })
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
