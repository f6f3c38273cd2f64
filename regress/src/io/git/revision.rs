use std::path::{Path, PathBuf};

use git2::{Commit, ErrorCode, ObjectType, Oid, Repository};

use super::repository::discover;
use crate::io::error::Failure;
use crate::policy::did_you_mean;

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
pub(in crate::io) fn find(project: &Path, revision: &str) -> Result<Revision, Failure> {
    let repository = discover(project)?;
    let commit = resolve(&repository, revision)?.to_string();
    let top = repository.workdir().unwrap_or_else(|| repository.path());
    let (top, project) = (real(top), real(project));
    let project_below = project.strip_prefix(&top).map(Path::to_owned).unwrap_or_default();
    Ok(Revision { commit, project_below })
}

/// The commit that a revision names; of an annotated tag, the one that was tagged.
///
/// # Errors
/// No such revision; a shallow clone that does not hold it.
pub(in crate::io) fn resolve(repository: &Repository, revision: &str) -> Result<Oid, Failure> {
    let commit = look_up(repository, revision).map_err(|error| unknown(repository, revision, &error))?;
    Ok(commit.id())
}

/// The same commit itself.
///
/// # Errors
/// Git's own.
pub(super) fn look_up<'r>(repository: &'r Repository, revision: &str) -> Result<Commit<'r>, git2::Error> {
    repository.revparse_single(revision)?.peel(ObjectType::Commit)?.into_commit().map_err(|other| {
        git2::Error::from_str(&format!("it is a {}", other.kind().map_or("thing unknown to git", |kind| kind.str())))
    })
}

/// Whether a branch, a tag or the like has this very name.
pub(in crate::io) fn has_name(directory: &Path, name: &str) -> bool {
    let Ok(repository) = Repository::discover(directory) else { return false };
    repository.resolve_reference_from_short_name(name).is_ok()
}

/// What the user writes that only git understands, and git does not know: `HEAD~7`, `main^`, `topic@{upstream}`.
pub(in crate::io) fn unknown_to_git(directory: &Path, item: &str) -> Option<Failure> {
    let looks_so = item.contains(['~', '^']) || item.contains("@{");
    if !looks_so {
        return None;
    }
    let repository = Repository::discover(directory).ok()?;
    resolve(&repository, item).err()
}

fn unknown(repository: &Repository, revision: &str, error: &git2::Error) -> Failure {
    let problem = match error.code() {
        ErrorCode::Ambiguous => format!("`{revision}` names several revisions: {}", error.message()),
        _ => format!("there is no revision `{revision}`: {}", error.message()),
    };
    let next_step = match repository.is_shallow() {
        true => format!("the clone is shallow: {DEEPEN}"),
        false => "git log --oneline lists commits, git branch --all branches, git tag tags".to_owned(),
    };
    Failure::new(problem, format!("{}{next_step}", meant(revision, &names_in(repository))))
}

/// A commit as reports write it.
pub(in crate::io) fn short(commit: Oid) -> String {
    commit.to_string().chars().take(12).collect()
}

/// What makes a whole clone of a shallow one.
pub(in crate::io) const DEEPEN: &str =
    "git fetch --unshallow; in a workflow of GitHub, fetch-depth: 0 of actions/checkout";

/// `did you mean` for a revision. A clone of one branch has the others of its remote only: `origin/main` for `main`.
fn meant(revision: &str, names: &[String]) -> String {
    let (name, way) = revision.split_at(revision.find(['~', '^', '@', ':']).unwrap_or(revision.len()));
    let is_remote = |known: &&String| known.rsplit_once('/').is_some_and(|(_, last)| last == name);
    match names.iter().find(is_remote) {
        Some(remote) => format!("did you mean `{remote}{way}`? "),
        None if names.iter().any(|known| known == name) => String::new(),
        None => did_you_mean(name, names.iter().map(String::as_str)),
    }
}

/// All branches and tags of the repository around `directory`, sorted; none where there is no repository.
pub(in crate::io) fn names(directory: &Path) -> Vec<String> {
    Repository::discover(directory).map(|repository| names_in(&repository)).unwrap_or_default()
}

/// All branches and tags, sorted; none of those that git cannot list. Notes are no revisions.
fn names_in(repository: &Repository) -> Vec<String> {
    let short = |reference: git2::Reference| {
        let is_note = reference.name_bytes().starts_with(b"refs/notes/");
        reference.shorthand().ok().filter(|_| !is_note).map(str::to_owned)
    };
    let references = repository.references().into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> = references.filter_map(short).filter(|name| !name.ends_with("/HEAD")).collect();
    names.sort();
    names.dedup();
    names
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
