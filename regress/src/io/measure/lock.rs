use std::fs::{File, TryLockError};
use std::path::PathBuf;

use crate::io::error::Failure;

/// Only one run measures on this machine while this lives. The system takes it back when the process ends, however.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What to do when another run is measuring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// Refuse: two runs disturb each other.
    Refused,
    /// Go on all the same.
    Accepted,
}

/// Claims the machine for one run.
///
/// # Errors
/// Another run has it, or the lock file cannot be written.
pub fn claim(company: Company) -> Result<Option<Lock>, Failure> {
    let path: PathBuf = std::env::temp_dir().join("regress-run.lock");
    let refused = |error: std::io::Error| {
        Failure::new(format!("{}: {error}", path.display()), "make it writable, or go on without it: --force")
    };
    // One that somebody else has made can be read and claimed, but mostly neither written nor made again.
    let file = File::open(&path).or_else(|_| File::options().create(true).truncate(false).write(true).open(&path));
    let file = match file {
        Ok(file) => file,
        Err(_) if company == Company::Accepted => return Ok(None),
        Err(error) => return Err(refused(error)),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock { _file: file })),
        Err(_) if company == Company::Accepted => Ok(None),
        Err(TryLockError::WouldBlock) => Err(Failure::new(
            "another `regress run` is measuring on this machine, and two disturb each other",
            "wait for it, or go on all the same: --force",
        )),
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}
