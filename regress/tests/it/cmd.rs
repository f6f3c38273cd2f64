//! The program as a whole: arguments in, stdout, stderr and exit code out, each time in a fresh directory.
//!
//! What it says when all is well stands in `tests/cmd/*.md`, to be read as a story. Here is what a story cannot tell:
//! streams, permissions, links, other directories, bytes nobody would want to see in a file.

mod columns;
mod convert;
mod critcmp;
mod ended;
mod harnesses;
mod help;
mod hostile;
mod null;
mod one_run;
mod places;
mod pull_request;
mod record;
mod recorded;
mod revisions;
mod run;
mod selection;
mod signoff;
mod stories;
mod streams;
mod valgrind;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A directory of its own, outside of any project, in which `regress` is run.
pub struct Desk {
    home: TempDir,
}

/// What one run of `regress` said.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    /// With these files, by path and text.
    pub fn with(files: &[(&str, &str)]) -> Desk {
        let desk = Desk { home: TempDir::new().expect("there is a temporary directory") };
        for (path, text) in files {
            desk.write(path, text);
        }
        desk
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.home.path().join(below)
    }

    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it lies in the directory")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }

    /// Puts a directory of `tests/corpus` here.
    pub fn copy_corpus(&self, from: &str, to: &str) {
        copy_tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(from), &self.path(to));
    }

    /// `regress` with these arguments, as a shell would split them; nothing of the test's own environment gets in.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regress"));
        command.args(arguments.split(' ').filter(|argument| !argument.is_empty()));
        command.current_dir(self.home.path()).stdin(Stdio::null());
        for variable in ["CARGO_TARGET_DIR", "CRITERION_HOME", "METER_HOME", "COLUMNS", "NO_COLOR", "RUSTC", "CARGO"] {
            command.env_remove(variable);
        }
        command
    }

    #[track_caller]
    pub fn run(&self, arguments: &str) -> Told {
        told(self.command(arguments))
    }
}

#[track_caller]
pub fn told(mut command: Command) -> Told {
    let output = command.output().expect("regress can be started");
    Told::of(output)
}

impl Told {
    pub fn of(output: Output) -> Told {
        let text = |bytes| String::from_utf8(bytes).expect("all that is printed is UTF-8");
        Told { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The work could not be done: exit code 2, nothing on stdout, and each of these texts on stderr.
    #[track_caller]
    pub fn refused(&self, texts: &[&str]) {
        assert_eq!((self.code, &*self.stdout), (Some(2), ""), "{self:#?}");
        assert!(self.stderr.starts_with("regress: "), "{self:#?}");
        for text in texts {
            assert!(self.stderr.contains(text), "{text:?} is not in {self:#?}");
        }
    }
}

impl Told {
    /// The arguments make no sense: exit code 2, and the reason.
    #[track_caller]
    pub fn told_of(&self, text: &str) {
        assert_eq!((self.code, &*self.stdout), (Some(2), ""), "{self:#?}");
        assert!(self.stderr.contains(text), "{text:?} is not in {self:#?}");
    }
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it can be made");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("it can be listed");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("it has a type").is_dir() {
            true => copy_tree(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("it can be copied")),
        }
    }
}
