//! DHAT's JSON: allocations and allocated bytes, of valgrind's tool (iai-callgrind, gungraun, any program) and of the
//! `dhat` crate.
//!
//! Kept of a heap profile: `allocs` (blocks; growing a block counts again) and `alloc-bytes`; for a whole process also
//! `peak-bytes`. Of an ad hoc profile: `events` and `units`. Of a profile of copies: `copies` and `copied-bytes`. Not
//! kept: how long blocks lived, how often they were read and written, and where they came from.
//!
//! Processes of one benchmark of a harness are added up; of their peaks the largest is taken. A plain file is one
//! benchmark, named after the command that was measured.
//!
//! Whose allocations are counted depends on who wrote the file:
//!
//! * iai-callgrind leaves the whole process in it and counts what passes through the benchmark function. The same
//!   filter is applied here: a frame in `__iai_callgrind_wrapper_mod`, or, because the function is sometimes
//!   inlined, in the function that calls it. The latter also prepares its arguments, so *set-up is counted too*.
//! * gungraun filters the file itself and leaves set-up out.
//! * For a program of one's own, everything is counted.

use std::sync::Arc;

use serde::Deserialize;

use super::layout::{self, Caller, Names};
use super::{File, Format, Place, Problem, ReadError, Reading, json, known};
use crate::model::{BenchId, Exact, Metric, Nature, Observation, Standing, Values, Warning};
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: "dhat",
    keeps: "exact: allocations, their bytes, peak bytes; ad hoc events (valgrind; iai-callgrind, gungraun; the dhat crate)",
    recognises: |bytes| json::first_member(bytes).is_some_and(|(key, _)| key == b"dhatFileVersion"),
    baseline_of: Some(|path| layout::baseline_of(path, TOOL)),
    read,
};

pub(super) const TOOL: &str = "dhat";

/// The version of the file that is understood.
const VERSION: u64 = 2;

pub(super) const SETUP_IS_COUNTED: &str =
    "DHAT of iai-callgrind counts the allocations that set up a benchmark's arguments; gungraun does not";
/// What iai-callgrind itself says until 0.15: it knew no entry point yet.
pub(super) const WHOLE_PROCESS: &str =
    "in its summaries DHAT of iai-callgrind before 0.16 counts the whole process, harness and set-up included";
pub(super) const ZERO_OR_NOTHING: &str = "DHAT lists allocations only, so this 0 may also mean that no function matched its entry point; \
     keep a benchmark that must allocate beside it";

fn read(files: &[File]) -> Reading {
    let mut reading = Reading::default();
    for (id, files) in layout::by_benchmark(files, TOOL) {
        reading.absorb(read_benchmark(id, &files));
    }
    reading
}

/// The processes of one benchmark.
fn read_benchmark(id: Option<BenchId>, files: &[&File]) -> Reading {
    let mut reading = Reading::default();
    let mut total: Option<Counts> = None;
    for file in files {
        let counts = json::parse::<Profile>(&file.path, &file.bytes, "a profile of DHAT").and_then(|profile| {
            let counts = counts_of(file, profile).and_then(|counts| match total.take() {
                Some(before) => before.plus(&counts),
                None => Ok(counts),
            });
            counts.map_err(|(place, problem)| ReadError { path: file.path.clone(), place, problem })
        });
        match counts {
            Ok(counts) => total = Some(counts),
            Err(problem) => reading.problems.push(problem),
        }
    }
    let (Some(file), Some(counts), true) = (files.first(), total, reading.problems.is_empty()) else { return reading };
    let id = id.unwrap_or_else(|| layout::plain_id(&counts.command, &file.path));
    counts.tell(&id, file, &mut reading);
    reading
}

/// What one or more processes of a benchmark counted.
#[derive(Clone)]
struct Counts {
    mode: Mode,
    blocks: u64,
    bytes: u64,
    /// Of the process that held most; only where the whole process counts.
    peak_bytes: Option<u64>,
    /// Whether iai-callgrind's filter was applied, which leaves set-up in.
    has_setup: bool,
    /// Whether what was counted depends on an entry point that may have matched nothing.
    is_filtered: bool,
    /// The first process's.
    command: String,
}

impl Counts {
    fn plus(self, other: &Counts) -> Result<Counts, (Place, Problem)> {
        if self.mode != other.mode {
            let (found, wanted) = (format!("mode `{}`", other.mode.name()), format!("mode `{}`", self.mode.name()));
            return Err((Place::Field("mode".to_owned()), Problem::Syntax { found, wanted }));
        }
        Ok(Counts {
            blocks: sum("tbk", [self.blocks, other.blocks].into_iter())?,
            bytes: sum("tb", [self.bytes, other.bytes].into_iter())?,
            peak_bytes: self.peak_bytes.max(other.peak_bytes),
            has_setup: self.has_setup || other.has_setup,
            is_filtered: self.is_filtered || other.is_filtered,
            ..self
        })
    }

    fn tell(self, id: &BenchId, file: &File, reading: &mut Reading) {
        if self.has_setup {
            reading.warnings.push(Warning::general(SETUP_IS_COUNTED));
        }
        if self.is_filtered && self.blocks == 0 {
            reading.warnings.push(Warning::about(id, "allocs", ZERO_OR_NOTHING));
        }
        let mut counts = match self.mode {
            Mode::Heap => vec![(known("allocs"), self.blocks), (known("alloc-bytes"), self.bytes)],
            Mode::AdHoc => vec![(events(), self.blocks), (units(), self.bytes)],
            Mode::Copy => {
                let copies = counted("copies", Unit::Count);
                vec![(copies, self.blocks), (counted("copied-bytes", Unit::Bytes), self.bytes)]
            }
        };
        counts.extend(self.peak_bytes.map(|bytes| (known("peak-bytes"), bytes)));
        let harness: Arc<str> = layout::shared(TOOL);
        reading.observations.extend(counts.into_iter().map(|(metric, total)| Observation {
            id: id.clone(),
            metric,
            values: Values::Exact(Exact::once(total)),
            harness: harness.clone(),
            origin: file.path.clone(),
        }));
    }
}

/// What a program said happened, how often; and how much of it in units of its own, which may be weights.
pub(super) fn events() -> Arc<Metric> {
    counted("events", Unit::Count)
}

/// See [`events`].
pub(super) fn units() -> Arc<Metric> {
    counted("units", Unit::Count)
}

fn counted(name: &str, unit: Unit) -> Arc<Metric> {
    let (better, nature, standing) = (Better::Lower, Nature::Counted, Standing::Headline);
    Arc::new(Metric { name: name.into(), unit, better, nature, standing })
}

/// What a profile is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Heap,
    AdHoc,
    Copy,
}

impl Mode {
    /// Those of valgrind's tool, and those of the crate.
    fn of(name: &str) -> Option<Mode> {
        match name {
            "heap" | "rust-heap" => Some(Mode::Heap),
            "ad-hoc" | "rust-ad-hoc" => Some(Mode::AdHoc),
            "copy" => Some(Mode::Copy),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Mode::Heap => "heap",
            Mode::AdHoc => "ad-hoc",
            Mode::Copy => "copy",
        }
    }
}

/// The file, as far as it is read. Field names are DHAT's.
#[derive(Deserialize)]
struct Profile {
    #[serde(rename = "dhatFileVersion")]
    version: u64,
    mode: String,
    #[serde(rename = "cmd")]
    command: String,
    #[serde(rename = "pps")]
    points: Vec<Point>,
    #[serde(rename = "ftbl")]
    frames: Vec<String>,
}

/// A program point: one place that allocates. The same place may stand there twice; both count.
#[derive(Deserialize)]
struct Point {
    #[serde(rename = "tb")]
    total_bytes: u64,
    #[serde(rename = "tbk")]
    total_blocks: u64,
    /// Bytes that were live when the process held most.
    #[serde(rename = "gb")]
    bytes_at_peak: Option<u64>,
    /// Indices into the table of frames.
    #[serde(rename = "fs")]
    frames: Vec<usize>,
}

fn counts_of(file: &File, profile: Profile) -> Result<Counts, (Place, Problem)> {
    if profile.version != VERSION {
        let problem = Problem::UnknownVersion { found: profile.version.to_string(), known: "version 2" };
        return Err((Place::Field("dhatFileVersion".to_owned()), problem));
    }
    let Some(mode) = Mode::of(&profile.mode) else {
        let found = format!("mode `{}`", profile.mode);
        let wanted = "mode `heap`, `ad-hoc` or `copy`".to_owned();
        return Err((Place::Field("mode".to_owned()), Problem::Syntax { found, wanted }));
    };
    check_frames(&profile)?;
    let names = Names::of(&file.path, TOOL);
    let scope = match mode {
        Mode::Heap => Scope::of(&profile, &file.path, names.and_then(|names| names.case)),
        Mode::AdHoc | Mode::Copy => Scope::Process,
    };
    let points: Vec<&Point> = scope.points(&profile).collect();
    if matches!(scope, Scope::Function(_)) && profile.points.is_empty() {
        return Err((Place::Whole, Problem::Empty));
    }
    let at_peak: Option<Vec<u64>> = points.iter().map(|point| point.bytes_at_peak).collect();
    let has_peak = mode == Mode::Heap && matches!(scope, Scope::Process);
    let at_peak = at_peak.filter(|_| has_peak).map(|at_peak| sum("gb", at_peak.into_iter())).transpose()?;
    Ok(Counts {
        mode,
        blocks: sum("tbk", points.iter().map(|point| point.total_blocks))?,
        bytes: sum("tb", points.iter().map(|point| point.total_bytes))?,
        peak_bytes: at_peak,
        has_setup: matches!(scope, Scope::Function(_)),
        is_filtered: !matches!(scope, Scope::Process),
        command: profile.command,
    })
}

fn check_frames(profile: &Profile) -> Result<(), (Place, Problem)> {
    for (index, point) in profile.points.iter().enumerate() {
        if let Some(frame) = point.frames.iter().find(|frame| **frame >= profile.frames.len()) {
            let found = format!("frame {frame}");
            let wanted = format!("one of the {} in `ftbl`", profile.frames.len());
            return Err((Place::Field(format!("pps[{index}].fs")), Problem::Syntax { found, wanted }));
        }
    }
    Ok(())
}

fn sum(field: &str, mut counts: impl Iterator<Item = u64>) -> Result<u64, (Place, Problem)> {
    counts.try_fold(0u64, u64::checked_add).ok_or_else(|| {
        let found = format!("the sum of all `{field}`");
        (Place::Field("pps".to_owned()), Problem::ImpossibleNumber { found, wanted: "less than 2^64" })
    })
}

/// Which points of a profile are the benchmark's.
enum Scope {
    /// The file is of the whole process, and so is the benchmark.
    Process,
    /// The harness has left only the benchmark's points in the file.
    Filtered,
    /// Those that pass through one of these frames; whether each of the table is one.
    Function(Vec<bool>),
}

impl Scope {
    fn of(profile: &Profile, path: &str, case: Option<&str>) -> Scope {
        let mut words = profile.command.split_ascii_whitespace();
        match Caller::of(&profile.command, path) {
            // Without the flag it is a binary benchmark, whose whole process counts.
            Caller::IaiCallgrind if words.any(|word| word == "--iai-run") => {
                let entry = Entry::of(words.last().unwrap_or_default(), case);
                Scope::Function(profile.frames.iter().map(|frame| entry.matches(function_of(frame))).collect())
            }
            Caller::Gungraun if words.any(|word| word == "--gungraun-run") => Scope::Filtered,
            Caller::IaiCallgrind | Caller::Gungraun | Caller::Nobody => Scope::Process,
        }
    }

    fn points<'a>(&self, profile: &'a Profile) -> impl Iterator<Item = &'a Point> {
        profile.points.iter().filter(move |point| match self {
            Scope::Process | Scope::Filtered => true,
            Scope::Function(matches) => point.frames.iter().any(|frame| matches.get(*frame) == Some(&true)),
        })
    }
}

/// `0x12E1A4: lib::module::function (file.rs:95)` is of `lib::module::function`.
fn function_of(frame: &str) -> &str {
    let function = frame.split_once(": ").map_or("", |(_, rest)| rest);
    function.rsplit_once(" (").map_or("", |(function, _)| function)
}

/// The functions through which iai-callgrind 0.16 sees a benchmark.
struct Entry<'a> {
    /// Bench file and bench function, of `file::group::function`.
    file_and_function: Option<(&'a str, &'a str)>,
    /// The name of the case, which is a function in some module of the file.
    case: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn of(module_path: &'a str, case: Option<&'a str>) -> Entry<'a> {
        let parts: Vec<&str> = module_path.split("::").collect();
        let file_and_function = match parts[..] {
            [file, _group, function] => Some((file, function)),
            _ => None,
        };
        Entry { file_and_function, case }
    }

    /// `*::__iai_callgrind_wrapper_mod::*`, `file::function::*` or `file::*::case`.
    fn matches(&self, name: &str) -> bool {
        let in_file = |file| name.strip_prefix(file).and_then(|rest| rest.strip_prefix("::"));
        let by_path = self.file_and_function.is_some_and(|(file, function)| {
            in_file(file).is_some_and(|rest| {
                let in_function = rest.strip_prefix(function).is_some_and(|rest| rest.starts_with("::"));
                let in_case = |case| rest.strip_suffix(case).is_some_and(|rest| rest.ends_with("::"));
                in_function || self.case.is_some_and(in_case)
            })
        });
        by_path || name.contains("::__iai_callgrind_wrapper_mod::")
    }
}
