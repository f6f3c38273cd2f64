use std::collections::BTreeMap;
use std::time::Duration;

use git2::build::TreeUpdateBuilder;
use git2::{ErrorCode, FileMode, ObjectType, Oid, Repository, Signature, Tree};

use crate::io::error::Failure;

/// Where git keeps them.
pub(in crate::io) const NOTES: &str = "refs/notes/regress";

/// Every commit that has a note, with the note's blob. None where nothing was kept yet.
pub(in crate::io) fn all(repository: &Repository) -> BTreeMap<Oid, Oid> {
    let notes = repository.notes(Some(NOTES)).into_iter().flatten().filter_map(Result::ok);
    notes.map(|(note, commit)| (commit, note)).collect()
}

/// Changes the note of a commit. Whoever else writes at the same time waits, and nobody's note is lost.
///
/// * `edit`: the new text, made of the present one.
///
/// # Errors
/// Those of `edit`; what git refused; somebody holds the notes for longer than seconds.
pub(in crate::io) fn change(
    repository: &Repository,
    commit: Oid,
    mut edit: impl FnMut(Option<&[u8]>) -> Result<Vec<u8>, Failure>,
) -> Result<(), Failure> {
    let mut transaction = repository.transaction().map_err(|error| refused(&error))?;
    lock(&mut transaction)?;
    // From here on the reference is ours: git itself and others find it locked, and wait.
    let parent = match repository.find_reference(NOTES) {
        Ok(reference) => Some(reference.peel_to_commit().map_err(|error| refused(&error))?),
        Err(error) if error.code() == ErrorCode::NotFound => None,
        Err(error) => return Err(refused(&error)),
    };
    let tree = parent.as_ref().map(|parent| parent.tree()).transpose().map_err(|error| refused(&error))?;
    let path = path(repository, tree.as_ref(), &commit.to_string());
    let present = tree.as_ref().and_then(|tree| tree.get_path(path.as_ref()).ok());
    let present = present.and_then(|entry| repository.find_blob(entry.id()).ok());
    let text = edit(present.as_ref().map(|blob| blob.content()))?;
    let write = || {
        let who = repository.signature().or_else(|_| Signature::now("regress", "regress@localhost"))?;
        let empty = repository.treebuilder(None)?.write()?;
        let base = tree.clone().map_or_else(|| repository.find_tree(empty), Ok)?;
        let blob = repository.blob(&text)?;
        let changed =
            TreeUpdateBuilder::new().upsert(&*path, blob, FileMode::Blob).create_updated(repository, &base)?;
        let changed = repository.find_tree(changed)?;
        let message = format!("Results of {commit}\n");
        let parents: Vec<&git2::Commit> = parent.iter().collect();
        let written = repository.commit(None, &who, &who, &message, &changed, &parents)?;
        transaction.set_target(NOTES, written, Some(&who), "regress")?;
        transaction.commit()
    };
    write().map_err(|error| refused(&error))
}

/// Waits for others that write: each takes milliseconds.
fn lock(transaction: &mut git2::Transaction<'_>) -> Result<(), Failure> {
    /// About ten seconds in all; chosen.
    const TRIES: u32 = 500;
    const PAUSE: Duration = Duration::from_millis(20);
    for _ in 0..TRIES {
        match transaction.lock_ref(NOTES) {
            Ok(()) => return Ok(()),
            Err(error) if error.code() == ErrorCode::Locked => std::thread::sleep(PAUSE),
            Err(error) => return Err(refused(&error)),
        }
    }
    Err(Failure::new(
        format!("{NOTES} is being written by another program, or one that wrote it was killed"),
        format!("if none is running, remove the file {NOTES}.lock in the directory of git"),
    ))
}

/// Where the note of a commit lies in the tree: below the directories of two digits that git made of many notes, and
/// below one of them where there is none yet.
fn path(repository: &Repository, tree: Option<&Tree<'_>>, hash: &str) -> String {
    const DIGITS: usize = 2;
    let (mut above, mut rest, mut level) = (String::new(), hash, tree.cloned());
    while let Some(tree) = level.take().filter(|_| DIGITS < rest.len()) {
        if tree.get_name(rest).is_some() {
            return format!("{above}{rest}");
        }
        let (digits, below) = rest.split_at(DIGITS);
        if let Some(entry) = tree.get_name(digits).filter(|entry| entry.kind() == Some(ObjectType::Tree)) {
            level = repository.find_tree(entry.id()).ok();
            above = format!("{above}{digits}/");
            rest = below;
        }
    }
    match above.is_empty() {
        true => format!("{}/{}", &rest[..DIGITS], &rest[DIGITS..]),
        false => format!("{above}{rest}"),
    }
}

fn refused(error: &git2::Error) -> Failure {
    Failure::new(
        format!("{NOTES} cannot be written: {}", error.message()),
        "check the permissions of the directory of git; git fsck checks the rest",
    )
}
