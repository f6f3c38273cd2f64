//! bytes → [`Run`](crate::model::Run): one file per format. A tool's quirks end at this door.
//!
//! A reader gets bytes and paths and returns a [`Reading`]: what could be read, what there is to say about it,
//! and every problem at once. It touches no disk and cannot panic. To add a format, write its file and add it
//! to [`FORMATS`].

pub mod bencher_metric;
mod cachegrind;
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
mod events;
mod github_action;
pub mod go_text;
mod google_benchmark;
mod gungraun;
mod hyperfine;
mod jmh;
mod json;
mod layout;
mod libtest;
mod libtest_json;
mod massif;
mod measured;
mod meter;
pub mod native;
pub mod noise;
pub mod note;
mod numbers;
mod problems;
mod pyperf;
mod pytest_benchmark;
mod raw_csv;
mod settings;
mod table;
mod tango;
mod units;
mod write;

pub use error::{Place, Problem, ReadError};
pub use problems::Problems;
pub use write::{WRITERS, Writer};

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::model::{BenchId, METRICS, Metric, Observation, Provenance, Settings, Warning};

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
    /// What the files say of single benchmarks.
    pub settings: BTreeMap<BenchId, Settings>,
    /// Everything that is wrong, not only the first. Not empty: the files may not be used.
    pub problems: Problems,
    /// What the files say of the runs that theirs was compared with, by the names these were saved under.
    pub earlier: BTreeMap<String, Vec<Observation>>,
    /// Which of these it is, where it is not the files' own run.
    pub earlier_name: Option<String>,
}

impl Reading {
    /// Files that stand for themselves, each read alone.
    fn of_each(files: &[File], read: impl Fn(&File) -> Reading) -> Reading {
        let mut whole = Reading::default();
        files.iter().for_each(|file| whole.absorb(read(file)));
        whole
    }

    /// Nothing read, one problem.
    pub fn refused(problem: ReadError) -> Reading {
        Reading { problems: problem.into(), ..Reading::default() }
    }

    /// Adds what another group of files gave. What is true of the whole run is said once, not for every file.
    pub fn absorb(&mut self, other: Reading) {
        self.observations.extend(other.observations);
        for warning in other.warnings {
            if warning.row.is_some() || !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        for (id, settings) in other.settings {
            self.settings.entry(id).or_insert(settings);
        }
        self.problems.absorb(other.problems);
        for (name, observations) in other.earlier {
            self.earlier.entry(name).or_default().extend(observations);
        }
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
    &libtest_json::FORMAT,
    &divan::FORMAT,
    &tango::FORMAT,
    &callgrind::FORMAT,
    &cachegrind::FORMAT,
    &massif::FORMAT,
    &dhat::FORMAT,
    &gungraun::FORMAT,
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

/// Whether what `format` left in a directory is said at first hand by the files of `other` beside it, which are read
/// then: a summary may be of an earlier run than these, and is never of a baseline.
pub fn repeats(format: &Format, other: &Format) -> bool {
    let first_hand = [callgrind::FORMAT.name, cachegrind::FORMAT.name, dhat::FORMAT.name];
    format.name == gungraun::FORMAT.name && first_hand.contains(&other.name)
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

/// What a number should be that is finite as it is written, and is not once it is converted.
const FINITE_IN_BASE_UNITS: &str = "a number that is finite in base units (seconds, bytes, counts)";

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

/// The first lines of a text, without the byte order mark in front, for recognising it by them.
fn header_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    /// A command with all its arguments may be long; chosen.
    const HEADER_BYTES: usize = 64 * 1024;
    const HEADER_LINES: usize = 64;
    let text = json::without_bom(text);
    let header = &text[..text.len().min(HEADER_BYTES)];
    header.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).take(HEADER_LINES)
}
