use std::io::Write;
use std::path::Path;

use super::error::Failure;

/// Writes a file: all of it or nothing. What stood there before stays until the new one is whole.
///
/// # Errors
/// What the system refused, with the file's name.
pub(super) fn file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let refused = |error: std::io::Error| {
        Failure::new(
            format!("{}: cannot be written: {error}", path.display()),
            "check the directory's permissions and space",
        )
    };
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory).map_err(refused)?;
    let mut file = tempfile::Builder::new().prefix(".regress").tempfile_in(directory).map_err(refused)?;
    file.write_all(bytes).map_err(refused)?;
    file.as_file().sync_all().map_err(refused)?;
    make_readable_by_all(file.as_file()).map_err(refused)?;
    file.persist(path).map_err(|error| refused(error.error))?;
    Ok(())
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
