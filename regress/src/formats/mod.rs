//! bytes → [`Run`](crate::model::Run): one file per format. A tool's quirks end at this door.
//!
//! A reader gets bytes and paths and returns a [`Reading`]: what could be read, what there is to say about it,
//! and every problem at once. It touches no disk and cannot panic. To add a format, write its file and add it
//! to [`FORMATS`].

pub mod bencher_metric;
mod callgrind;
mod cargo_criterion;
mod codspeed;
mod critcmp;
mod criterion;
mod dhat;
mod divan;
mod document;
mod error;
pub mod estimates;
mod github_action;
pub mod go_text;
mod google_benchmark;
mod hyperfine;
mod jmh;
mod json;
mod layout;
mod libtest;
mod measured;
mod meter;
pub mod native;
pub mod noise;
mod numbers;
mod pyperf;
mod pytest_benchmark;
mod raw_csv;
mod table;
mod tango;
mod units;
mod write;

pub use error::{Place, Problem, ReadError};
pub use write::{WRITERS, Writer};

use std::sync::{Arc, LazyLock};

use crate::model::{METRICS, Metric, Observation, Provenance, Warning};

/// One file: its path for messages and names (`/` between parts), and what stood in it.
#[derive(Clone, Debug)]
pub struct File {
    /// As the user would type it.
    pub path: Arc<str>,
    /// The whole content.
    pub bytes: Vec<u8>,
}

/// What a reader made of its files.
#[derive(Debug, Default)]
pub struct Reading {
    /// What was measured, in any order.
    pub observations: Vec<Observation>,
    /// What the files say about machine, commit and build.
    pub provenance: Provenance,
    /// What the user should know.
    pub warnings: Vec<Warning>,
    /// Everything that is wrong, not only the first. Not empty: the files may not be used.
    pub problems: Vec<ReadError>,
}

impl Reading {
    /// Nothing read, one problem.
    pub fn refused(problem: ReadError) -> Reading {
        Reading { problems: vec![problem], ..Reading::default() }
    }

    /// Adds what another group of files gave. What is true of the whole run is said once, not for every file.
    pub fn absorb(&mut self, other: Reading) {
        self.observations.extend(other.observations);
        for warning in other.warnings {
            if warning.row.is_some() || !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.problems.extend(other.problems);
        self.provenance = std::mem::take(&mut self.provenance).or(other.provenance);
    }
}

/// How a harness lays out its results in a directory: which baseline a file belongs to.
///
/// * `path`: below the harness's directory, `/` between parts.
/// * Returns the baseline's name, or `None` for a file that holds no results.
pub type BaselineOf = fn(path: &str) -> Option<&str>;

/// A format: how to recognise and how to read it.
pub struct Format {
    /// What the user calls it.
    pub name: &'static str,
    /// What of a measurement it keeps, for `regress formats`.
    pub keeps: &'static str,
    /// Whether these bytes are of this format, by content. Cheap: looks at the beginning only.
    pub recognises: fn(&[u8]) -> bool,
    /// For results that a harness spreads over a directory.
    pub baseline_of: Option<BaselineOf>,
    /// Reads the files of one directory (or one file), which belong together.
    pub read: fn(&[File]) -> Reading,
}

/// All formats. A file is read by the first that recognises it.
pub const FORMATS: &[&Format] = &[
    &native::FORMAT,
    &meter::FORMAT,
    &criterion::FORMAT,
    &cargo_criterion::FORMAT,
    &raw_csv::FORMAT,
    &critcmp::FORMAT,
    &codspeed::FORMAT,
    &libtest::FORMAT,
    &divan::FORMAT,
    &tango::FORMAT,
    &callgrind::FORMAT,
    &dhat::FORMAT,
    &go_text::FORMAT,
    &hyperfine::FORMAT,
    &google_benchmark::FORMAT,
    &jmh::FORMAT,
    &pytest_benchmark::FORMAT,
    &pyperf::FORMAT,
    &bencher_metric::FORMAT,
    &github_action::FORMAT,
];

/// Formats whose harness leaves the same files in every directory of results, with those that are read. Not every one
/// of them need be there.
pub const WHOLE_DIRECTORIES: &[(&Format, &[&str])] = &[(&criterion::FORMAT, &criterion::FILES)];

/// The format of these bytes.
pub fn choose(bytes: &[u8]) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.recognises)(bytes)).copied()
}

/// The known metric `name`, shared by all observations of it.
///
/// # Panics
/// When [`METRICS`] has no such name: for names that are written in the readers.
fn known(name: &'static str) -> Arc<Metric> {
    static SHARED: LazyLock<Vec<Arc<Metric>>> =
        LazyLock::new(|| METRICS.names().map(|name| Arc::new(Metric::known(name))).collect());
    SHARED[METRICS.position(name)].clone()
}

/// A line of a file, without its end.
struct Line<'a> {
    bytes: &'a [u8],
    /// Whether its end was there. The last line of a file that was cut off may lack digits.
    is_whole: bool,
}

/// The lines of a text, with either kind of line end.
fn lines(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    text.split_inclusive(|byte| *byte == b'\n').map(|line| match line.strip_suffix(b"\n") {
        Some(bytes) => Line { bytes: bytes.strip_suffix(b"\r").unwrap_or(bytes), is_whole: true },
        None => Line { bytes: line, is_whole: false },
    })
}
