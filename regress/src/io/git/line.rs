use git2::{Commit, Oid, Repository, Sort};

use super::revision::{DEEPEN, resolve};
use crate::io::error::Failure;

/// A commit and its first parents, newest first: what a branch was, one merge after the other.
pub(in crate::io) struct Line<'r> {
    next: Option<Commit<'r>>,
    cut_off: bool,
}

impl<'r> Line<'r> {
    /// From this commit on.
    pub fn from(commit: Commit<'r>) -> Line<'r> {
        Line { next: Some(commit), cut_off: false }
    }

    /// Whether it ended where the clone does, and not where the history does.
    pub fn is_cut_off(&self) -> bool {
        self.cut_off
    }
}

impl<'r> Iterator for Line<'r> {
    type Item = Commit<'r>;

    fn next(&mut self) -> Option<Commit<'r>> {
        let commit = self.next.take()?;
        self.next = commit.parent(0).ok();
        // libgit2 leaves out parents that a shallow clone does not hold; in the commit itself they still stand.
        let has_parents =
            || commit.raw_header_bytes().split(|byte| *byte == b'\n').any(|line| line.starts_with(b"parent "));
        self.cut_off = self.next.is_none() && has_parents();
        Some(commit)
    }
}

/// The last commit on the own line of `name` (its first parents) that HEAD contains: what a branch was begun from, or
/// last merged with. Not a commit of a topic that went into both: nobody measured it as the state of the branch.
///
/// # Errors
/// No such revision; nothing in common; a shallow clone that ends before.
pub(in crate::io) fn merge_base(repository: &Repository, name: &str) -> Result<Oid, Failure> {
    let (head, tip) = (resolve(repository, "HEAD")?, resolve(repository, name)?);
    let outside = own(repository, tip, head).map_err(|error| refused(name, &error))?;
    let Some(oldest) = outside.last() else { return Ok(tip) };
    let oldest = repository.find_commit(*oldest).map_err(|error| refused(name, &error))?;
    oldest.parent_id(0).map_err(|_| {
        let next_step = match repository.is_shallow() {
            true => format!("the clone is shallow, and may end before it: {DEEPEN}"),
            false => format!("name a revision to compare with, as in: regress compare {name} HEAD"),
        };
        Failure::new(format!("`{name}` and HEAD have no commit in common on the line of `{name}`"), next_step)
    })
}

/// The commits from `tip` down its first parents that `base` does not contain, newest first.
pub(in crate::io) fn own_since(repository: &Repository, tip: Oid, base: Oid) -> Vec<Oid> {
    own(repository, tip, base).unwrap_or_default()
}

fn own(repository: &Repository, tip: Oid, base: Oid) -> Result<Vec<Oid>, git2::Error> {
    let mut walk = repository.revwalk()?;
    walk.set_sorting(Sort::TOPOLOGICAL)?;
    walk.simplify_first_parent()?;
    walk.push(tip)?;
    walk.hide(base)?;
    walk.collect()
}

fn refused(name: &str, error: &git2::Error) -> Failure {
    Failure::new(format!("the history of `{name}` cannot be read: {}", error.message()), "git fsck tells more")
}
