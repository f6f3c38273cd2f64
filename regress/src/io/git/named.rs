use std::path::Path;

use git2::{Oid, Repository};

use super::line::merge_base;
use super::revision::{look_up, resolve};
use crate::io::error::Failure;

/// A revision whose results are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::io) enum Named {
    /// `main`, `HEAD~5`, `v1.2`.
    Revision(String),
    /// `merge-base:origin/main`.
    MergeBase(String),
}

impl Named {
    /// What can only be a revision: `rev:main`, `merge-base:origin/main`.
    pub fn for_certain(item: &str) -> Option<Named> {
        let named = |prefix: &str| item.strip_prefix(prefix).filter(|name| !name.is_empty()).map(str::to_owned);
        named("rev:").map(Named::Revision).or_else(|| named("merge-base:").map(Named::MergeBase))
    }

    /// A word that is a revision of the repository around `directory`, if there is one.
    pub fn perhaps(item: &str, directory: &Path) -> Option<Named> {
        let repository = Repository::discover(directory).ok()?;
        look_up(&repository, item).ok().map(|_| Named::Revision(item.to_owned()))
    }

    /// The commit.
    ///
    /// # Errors
    /// No such revision; no commit that both sides have.
    pub fn commit(&self, repository: &Repository) -> Result<Oid, Failure> {
        match self {
            Named::Revision(name) => resolve(repository, name),
            Named::MergeBase(name) => merge_base(repository, name),
        }
    }

    /// Whether these are the words for what is checked out.
    pub fn is_head(&self) -> bool {
        matches!(self, Named::Revision(name) if name == "HEAD" || name == "@")
    }
}
