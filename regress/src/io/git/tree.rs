use std::path::{Path, PathBuf};

use git2::{Commit, ObjectType, Oid, Repository};

/// A file as it lies in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::io) struct TreeFile {
    /// From the top of the repository.
    pub path: PathBuf,
    /// What its content is called.
    pub blob: Oid,
}

impl TreeFile {
    /// Its bytes. `None` when they are not in this clone.
    pub fn bytes(&self, repository: &Repository) -> Option<Vec<u8>> {
        repository.find_blob(self.blob).ok().map(|blob| blob.content().to_vec())
    }
}

/// The files right in a directory of a commit whose names end in `.json`; none where there is no such directory.
pub(in crate::io) fn files_in(repository: &Repository, commit: &Commit, directory: &Path) -> Vec<TreeFile> {
    let Ok(tree) = commit.tree() else { return Vec::new() };
    let below = match directory.as_os_str().is_empty() {
        true => Some(tree),
        false => {
            let entry = tree.get_path(directory).and_then(|entry| entry.to_object(repository));
            entry.ok().and_then(|object| object.into_tree().ok())
        }
    };
    let Some(below) = below else { return Vec::new() };
    let is_file = |entry: &git2::TreeEntry| entry.kind() == Some(ObjectType::Blob);
    let files = below.iter().filter(is_file).filter_map(|entry| {
        let path = directory.join(entry.name().ok().filter(|name| name.ends_with(".json"))?);
        Some(TreeFile { path, blob: entry.id() })
    });
    files.collect()
}
