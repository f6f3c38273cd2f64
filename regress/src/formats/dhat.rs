//! DHAT's JSON: allocations and allocated bytes, of valgrind's tool (iai-callgrind, gungraun) and of the `dhat` crate.
//!
//! Kept: `allocs` (blocks; growing a block counts again) and `alloc-bytes`; for a whole process also `peak-bytes`.
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
use crate::model::{Exact, Observation, Values, Warning};

pub(super) const FORMAT: Format = Format {
    name: "dhat",
    keeps: "allocations and their bytes (iai-callgrind, gungraun, the dhat crate)",
    recognises: |bytes| json::first_member(bytes).is_some_and(|(key, _)| key == b"dhatFileVersion"),
    baseline_of: Some(|path| layout::baseline_of(path, TOOL)),
    read,
};

const TOOL: &str = "dhat";

/// The newest version of the file that is understood.
const VERSION: u64 = 2;

const SETUP_IS_COUNTED: &str =
    "DHAT of iai-callgrind counts the allocations that set up a benchmark's arguments; gungraun does not";
const ZERO_OR_NOTHING: &str = "DHAT lists allocations only, so this 0 may also mean that no function matched its entry point; \
     keep a benchmark that must allocate beside it";

fn read(files: &[File]) -> Reading {
    let mut reading = Reading::default();
    for file in files {
        match json::parse::<Profile>(&file.path, &file.bytes, "a profile of DHAT").and_then(|profile| {
            let problem_at = |(place, problem)| ReadError { path: file.path.clone(), place, problem };
            read_profile(file, &profile).map_err(problem_at)
        }) {
            Ok(of_file) => reading.absorb(of_file),
            Err(problem) => reading.problems.push(problem),
        }
    }
    reading
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

fn read_profile(file: &File, profile: &Profile) -> Result<Reading, (Place, Problem)> {
    if profile.version > VERSION {
        let problem = Problem::UnknownVersion { found: profile.version.to_string(), known: "version 2" };
        return Err((Place::Field("dhatFileVersion".to_owned()), problem));
    }
    if !matches!(&*profile.mode, "heap" | "rust-heap") {
        let found = format!("mode `{}`", profile.mode);
        return Err((Place::Field("mode".to_owned()), Problem::Syntax { found, wanted: "mode `heap`".to_owned() }));
    }
    check_frames(profile)?;

    let names = Names::of(&file.path, TOOL);
    let id = names.bench_id();
    let mut reading = Reading::default();
    let scope = Scope::of(profile, &file.path, &names);
    let points: Vec<&Point> = scope.points(profile).collect();
    match scope {
        Scope::Function(_) if profile.points.is_empty() => return Err((Place::Whole, Problem::Empty)),
        Scope::Function(_) => reading.warnings.push(Warning::general(SETUP_IS_COUNTED)),
        Scope::Filtered | Scope::Process => {}
    }
    if points.is_empty() {
        reading.warnings.push(Warning::about(&id, "allocs", ZERO_OR_NOTHING));
    }
    let mut counts = vec![
        ("allocs", sum("tbk", points.iter().map(|point| point.total_blocks))?),
        ("alloc-bytes", sum("tb", points.iter().map(|point| point.total_bytes))?),
    ];
    let at_peak: Option<Vec<u64>> = points.iter().map(|point| point.bytes_at_peak).collect();
    if let (Scope::Process, Some(at_peak)) = (&scope, at_peak) {
        counts.push(("peak-bytes", sum("gb", at_peak.into_iter())?));
    }
    let harness: Arc<str> = layout::shared(TOOL);
    reading.observations = counts
        .into_iter()
        .map(|(metric, total)| Observation {
            id: id.clone(),
            metric: known(metric),
            values: Values::Exact(Exact::once(total)),
            harness: harness.clone(),
            origin: file.path.clone(),
        })
        .collect();
    Ok(reading)
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
    fn of(profile: &Profile, path: &str, names: &Names<'_>) -> Scope {
        let mut words = profile.command.split_ascii_whitespace();
        match Caller::of(&profile.command, path) {
            // Without the flag it is a binary benchmark, whose whole process counts.
            Caller::IaiCallgrind if words.any(|word| word == "--iai-run") => {
                let entry = Entry::of(words.last().unwrap_or_default(), names.case);
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
