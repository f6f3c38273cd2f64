use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::io::error::Failure;

/// Only one run measures on this machine while this lives. The system takes it back when the process ends, however.
#[derive(Debug)]
pub struct Lock {
    _machine: Option<File>,
    _directory: File,
}

/// What to do when another run is measuring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// Refuse: two runs disturb each other.
    Refused,
    /// Go on all the same.
    Accepted,
}

impl From<bool> for Company {
    /// Whether to go on all the same.
    fn from(force: bool) -> Company {
        if force { Company::Accepted } else { Company::Refused }
    }
}

/// Claims the machine for one run, and the directory that it builds and writes in. That one is never shared.
///
/// # Errors
/// Another run has it, or the lock file cannot be written.
pub fn claim(company: Company, directory: &Path) -> Result<Lock, Failure> {
    let machine = claim_machine(company)?;
    let path = directory.join("lock");
    let refused = |error: std::io::Error| {
        Failure::new(
            format!("{}: {error}", path.display()),
            "check the directory's permissions and the space on the disk",
        )
    };
    std::fs::create_dir_all(directory).map_err(refused)?;
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(refused)?;
    match try_for_a_moment(&file) {
        Ok(()) => Ok(Lock { _machine: machine, _directory: file }),
        Err(TryLockError::WouldBlock) => Err(Failure::new(
            format!("another run builds and measures in {}", directory.display()),
            "wait for it, or give this one a target directory of its own: CARGO_TARGET_DIR",
        )),
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

fn claim_machine(company: Company) -> Result<Option<File>, Failure> {
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
    match try_for_a_moment(&file) {
        Ok(()) => Ok(Some(file)),
        Err(_) if company == Company::Accepted => Ok(None),
        Err(TryLockError::WouldBlock) => Err(Failure::new(
            "another `regress run` is measuring on this machine, and two disturb each other",
            "wait for it, or go on all the same: --force",
        )),
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

/// A run that was killed while it started a program leaves its locks to that program, until that has begun.
fn try_for_a_moment(file: &File) -> Result<(), TryLockError> {
    const TRIES: u32 = 50;
    for _ in 0..TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            done => return done,
        }
    }
    file.try_lock()
}
