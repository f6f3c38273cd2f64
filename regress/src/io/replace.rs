use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::Failure;

/// A file that is being written. What stood there before stays until the new one is whole.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl NewFile {
    /// Begins a file, so that what forbids it is known before the work is done. Its directory is made.
    ///
    /// # Errors
    /// What the system refused, with the file's name.
    pub fn begin(path: &Path) -> Result<NewFile, Failure> {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let begin = || -> std::io::Result<NamedTempFile> {
            if path.is_dir() {
                return Err(std::io::ErrorKind::IsADirectory.into());
            }
            std::fs::create_dir_all(directory)?;
            tempfile::Builder::new().prefix(".regress").tempfile_in(directory)
        };
        Ok(NewFile { path: path.to_owned(), file: begin().map_err(|error| refused(path, &error))? })
    }

    /// All of it.
    ///
    /// # Errors
    /// What the system refused, with the file's name; nothing is written then.
    pub fn finish(mut self, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.path;
        self.file.write_all(bytes).map_err(|error| refused(&path, &error))?;
        self.file.as_file().sync_all().map_err(|error| refused(&path, &error))?;
        make_readable_by_all(self.file.as_file()).map_err(|error| refused(&path, &error))?;
        self.file.persist(&path).map_err(|error| refused(&path, &error.error))?;
        Ok(())
    }
}

/// Writes a file: all of it or nothing.
///
/// # Errors
/// What the system refused, with the file's name.
pub(super) fn file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    NewFile::begin(path)?.finish(bytes)
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{}: cannot be written: {error}", path.display()),
        "check the directory's permissions and the space on the disk",
    )
}

/// A temporary file is its owner's alone; what is kept is to be read by everyone who may read the directory.
#[cfg(unix)]
fn make_readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable_by_all(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
