use std::path::Path;

use git2::{ErrorCode, Repository};

use crate::io::error::Failure;

/// The repository around `directory`: a checkout, a linked worktree, a submodule, or a bare one.
///
/// # Errors
/// There is none; it belongs to somebody else; git itself cannot open it.
pub(in crate::io) fn discover(directory: &Path) -> Result<Repository, Failure> {
    Repository::discover(directory).map_err(|error| {
        let next_step = match error.code() {
            ErrorCode::NotFound => {
                "run this inside of a repository, or compare two executables with --old and --new".to_owned()
            }
            ErrorCode::Owner => {
                format!("if you trust it: git config --global --add safe.directory {}", directory.display())
            }
            // A clone with --filter fetches files when they are asked for, which only git itself can.
            _ if error.message().contains("partialclone") => "make a clone without --filter".to_owned(),
            _ => "git status tells more".to_owned(),
        };
        let problem = match error.code() {
            ErrorCode::NotFound => "no git repository",
            _ => "the git repository cannot be opened",
        };
        Failure::new(format!("{}: {problem}: {}", directory.display(), error.message()), next_step)
    })
}

/// Whether a path is git's own: in a bare repository a file called `HEAD` lies where the user stands, and is not what
/// the user means by it.
pub(in crate::io) fn is_its_own(path: &Path) -> bool {
    let Ok(path) = path.canonicalize() else { return false };
    let directory = path.parent().unwrap_or(&path);
    Repository::discover(directory)
        .is_ok_and(|repository| repository.path().canonicalize().is_ok_and(|git| path.starts_with(git)))
}
