use std::path::{Path, PathBuf};

use git2::{Oid, Repository};

use super::error::Failure;
use super::git;
use super::project::Project;
use super::{machine, replace};
use crate::formats::{native, note};
use crate::model::{Commit, Provenance, Run};

/// A run that is kept under `baselines/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// `main` for `baselines/main.json`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
}

/// The runs that are kept, by name.
pub fn list(project: &Project) -> Vec<Stored> {
    let Ok(entries) = std::fs::read_dir(project.baselines()) else { return Vec::new() };
    let mut stored: Vec<Stored> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|path| Some(Stored { name: path.file_stem()?.to_str()?.to_owned(), path }))
        .collect();
    stored.sort_by(|a, b| a.name.cmp(&b.name));
    stored
}

/// The file of a kept run that the user calls `main` or `baselines/main`, if there is one.
pub(super) fn find(project: &Project, item: &str) -> Option<PathBuf> {
    let name = item.strip_prefix("baselines/").unwrap_or(item);
    if name.contains(['/', '\\']) {
        return None;
    }
    list(project).into_iter().find(|stored| stored.name == name).map(|stored| stored.path)
}

/// The file that a run of this name is kept in.
///
/// # Errors
/// A name that is no file name, or would lead out of the directory.
pub fn path(project: &Project, name: &str) -> Result<PathBuf, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err(Failure::new(
            format!("`{name}` cannot be the name of a baseline"),
            "use letters, digits, `-`, `_` and `.`",
        ));
    }
    Ok(project.baselines().join(format!("{name}.json")))
}

/// Keeps a run: all of it or nothing. What stood there before stays until the new file is whole.
///
/// # Errors
/// What the system refused, with the file's name.
pub fn save(run: &Run, path: &Path) -> Result<(), Failure> {
    replace::file(path, &native::write(run))
}

/// Keeps a run beside its commit, as a git note. What other machines measured of the commit stays.
///
/// * Returns the commit, shortened.
///
/// # Errors
/// Those of [`can_be_noted`]; what git refused.
pub fn save_note(run: &Run, project: &Project) -> Result<String, Failure> {
    let repository = git::discover(&project.directory)?;
    let commit = commit_of(run, &repository)?;
    git::change_note(&repository, commit, |present| Ok(note::with(present.unwrap_or_default(), run)))?;
    Ok(git::short(commit))
}

/// Whether a run can be kept beside its commit.
///
/// # Errors
/// It says no commit, or one that is not here; files differed from it; no repository.
pub fn can_be_noted(run: &Run, project: &Project) -> Result<(), Failure> {
    commit_of(run, &git::discover(&project.directory)?).map(|_| ())
}

fn commit_of(run: &Run, repository: &Repository) -> Result<Oid, Failure> {
    let label = &run.label;
    let commit = run.provenance.commit.as_ref().ok_or_else(|| {
        let problem = format!("nobody knows of which commit `{label}` is: it does not say so itself");
        Failure::new(problem, "if it was measured here: regress record --note --commit HEAD")
    })?;
    if commit.dirty {
        return Err(Failure::new(
            format!("`{label}` was measured on commit {commit}: it is a run of no commit"),
            "commit the changes first; if they are none of what is measured: regress record --note --commit HEAD",
        ));
    }
    git::resolve(repository, &commit.hash)
}

/// Where a run comes from of which the user says that it was measured here, of this revision.
///
/// # Errors
/// No such revision; the run itself says otherwise.
pub fn stated(measured: Provenance, revision: &str, project: &Project) -> Result<Provenance, Failure> {
    let hash = git::find(&project.directory, revision)?.commit;
    if let Some(commit) = measured.commit.as_ref().filter(|commit| !hash.starts_with(&commit.hash)) {
        return Err(Failure::new(
            format!("these results are of commit {commit}, as they say themselves; `{revision}` is another"),
            "leave --commit out",
        ));
    }
    let host = measured.host.clone().or_else(|| Some(machine::host()));
    Ok(Provenance { commit: Some(Commit { hash, dirty: false }), host, ..measured })
}
