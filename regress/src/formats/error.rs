use std::fmt;
use std::sync::Arc;

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The file, as the user would type it.
    pub path: Arc<str>,
    /// Where in the file.
    pub place: Place,
    /// What is wrong.
    pub problem: Problem,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    Whole,
    /// A line and a column, both from 1; column 0 when unknown.
    Line {
        /// From 1.
        line_number: usize,
        /// From 1, in bytes; 0 when unknown.
        column_number: usize,
    },
    /// A field of a JSON document: `benchmarks[3].times[0]`.
    Field(String),
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The bytes are not what the format demands.
    Syntax {
        /// What stands there.
        found: String,
        /// What should.
        wanted: String,
    },
    /// A number no measurement can have: NaN, infinite, negative.
    ImpossibleNumber {
        /// As it stands in the file.
        found: String,
        /// What it should be: `a time of at least 0`.
        wanted: &'static str,
    },
    /// Two lists that must pair up do not.
    UnpairedLists {
        /// The first list and its length.
        first: (&'static str, usize),
        /// The second list and its length.
        second: (&'static str, usize),
    },
    /// The file ends in the middle.
    Truncated {
        /// What should have come.
        wanted: String,
    },
    /// A newer version of a format than this program knows.
    UnknownVersion {
        /// The version in the file.
        found: String,
        /// The versions that are understood.
        known: &'static str,
    },
    /// A file that belongs to another one is missing.
    MissingCompanion {
        /// Its name, beside this one.
        name: &'static str,
    },
    /// The same benchmark twice.
    Duplicate {
        /// The benchmark and metric.
        what: String,
        /// Where it stood first.
        first: String,
    },
    /// Nothing was measured in it.
    Empty,
    /// It was measured, and saved under a name that made its harness empty it again.
    EmptiedByItsHarness,
    /// No format recognises it.
    Unrecognised,
    /// The world refused: permission, a directory, a link loop.
    Unreadable {
        /// The system's words.
        reason: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => Ok(()),
            Place::Line { line_number, column_number: 0 } => write!(f, ":{line_number}"),
            Place::Line { line_number, column_number } => write!(f, ":{line_number}:{column_number}"),
            Place::Field(field) => write!(f, ": `{field}`"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Syntax { found, wanted } => write!(f, "found {found}; wanted {wanted}"),
            Problem::ImpossibleNumber { found, wanted } => write!(f, "`{found}` is no measurement; wanted {wanted}"),
            Problem::UnpairedLists { first, second } => {
                write!(f, "{} {} but {} {}; they must pair up", first.1, first.0, second.1, second.0)
            }
            Problem::Truncated { wanted } => write!(f, "the file ends too early; wanted {wanted}"),
            Problem::UnknownVersion { found, known } => write!(f, "version `{found}`; this program reads {known}"),
            Problem::MissingCompanion { name } => write!(f, "there is no `{name}` beside it"),
            Problem::Duplicate { what, first } => write!(f, "{what} stands here a second time; first in {first}"),
            Problem::Empty => write!(f, "nothing was measured in it"),
            Problem::EmptiedByItsHarness => write!(f, "criterion 0.8 empties what it saves under the name `new`"),
            Problem::Unrecognised => write!(f, "no known result format"),
            Problem::Unreadable { reason } => write!(f, "{reason}"),
        }
    }
}

impl Problem {
    /// Whether it is one mistake, in however many files of a run it shows: it is told once.
    pub fn is_of_the_whole_run(&self) -> bool {
        *self == Problem::EmptiedByItsHarness
    }

    /// What the user can do about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Problem::Syntax { .. } | Problem::ImpossibleNumber { .. } => {
                "the file may be damaged or of another tool; run the benchmark again"
            }
            Problem::UnpairedLists { .. } | Problem::Truncated { .. } | Problem::MissingCompanion { .. } => {
                "the file may be half-written; run the benchmark again"
            }
            Problem::UnknownVersion { .. } => "update this program",
            Problem::Duplicate { .. } => {
                "give each benchmark a name of its own; two bench targets that share a name overwrite each other"
            }
            Problem::Empty => "check that the benchmark ran to its end and that its filter matches",
            Problem::EmptiedByItsHarness => {
                "run `cargo bench` without --save-baseline (its results are called `new`), or use another name"
            }
            Problem::Unrecognised => "`regress formats` lists what can be read",
            Problem::Unreadable { .. } => "check the path and its permissions",
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}: {}", self.path, self.place, self.problem)
    }
}

impl std::error::Error for ReadError {}
