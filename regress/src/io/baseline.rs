use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::Failure;
use super::project::Project;
use crate::formats::native;
use crate::model::Run;

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
    let refused = |error: std::io::Error| {
        Failure::new(
            format!("{}: cannot be written: {error}", path.display()),
            "check the directory's permissions and space",
        )
    };
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory).map_err(refused)?;
    let mut file = tempfile::Builder::new().prefix(".baseline").tempfile_in(directory).map_err(refused)?;
    file.write_all(&native::write(run)).map_err(refused)?;
    file.as_file().sync_all().map_err(refused)?;
    make_readable_by_all(file.as_file()).map_err(refused)?;
    file.persist(path).map_err(|error| refused(error.error))?;
    Ok(())
}

/// A temporary file is its owner's alone; a baseline is to be read by everyone who may read the directory.
#[cfg(unix)]
fn make_readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable_by_all(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
