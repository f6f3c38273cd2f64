use std::fmt;
use std::path::PathBuf;

use crate::io::error::Failure;
use crate::io::git;
use crate::io::project::Project;

/// Where one side of a run comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A revision of the repository.
    Revision(String),
    /// The files as they lie here.
    WorkingTree,
    /// A bench executable.
    Executable(PathBuf),
    /// A command; the time of the whole process is measured.
    Command(String),
}

impl Origin {
    /// Whether there is such a thing at all.
    ///
    /// # Errors
    /// No such revision.
    pub fn find(&self, project: &Project) -> Result<(), Failure> {
        match self {
            Origin::Revision(name) => git::find(&project.directory, name).map(drop),
            Origin::WorkingTree | Origin::Executable(_) | Origin::Command(_) => Ok(()),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Revision(name) => f.write_str(name),
            Origin::WorkingTree => f.write_str("working tree"),
            Origin::Executable(path) => write!(f, "{}", path.display()),
            Origin::Command(text) => f.write_str(text),
        }
    }
}
