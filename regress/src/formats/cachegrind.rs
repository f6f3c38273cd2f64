//! cachegrind's `.out` files: instructions and cache behaviour of a whole process.
//!
//! ```text
//! desc: I1 cache:         32768 B, 64 B, 8-way associative
//! cmd: ./sort 1000
//! events: Ir I1mr ILmr Dr D1mr DLmr Dw D1mw DLmw
//! fl=./sort.c
//! fn=main
//! 128 2 1 1 2 0 0 0 0 0
//! summary: 332863 1708 1658 80591 2523 1826 34477 698 642
//! ```
//!
//! Kept: `instructions` and, where the cache was simulated (no longer the default since valgrind 3.21), `l1-hits`,
//! `ll-hits`, `ram-hits` and `estimated-cycles`, from the `summary:` line, which is the last: without it the file
//! was cut off. Not kept: what each line of source cost. Processes of one benchmark of a harness are added up.
//!
//! Where callgrind measured the same benchmark, its counts are taken instead: they leave the set-up out.
//!
//! Source of the layout: <https://valgrind.org/docs/manual/cg-manual.html>, "Cachegrind Output File Format".

use super::events::{self, Events};
use super::layout::{self, Caller};
use super::{File, Format, Place, Problem, ReadError, Reading};
use crate::model::{BenchId, Warning};

pub(super) const FORMAT: Format = Format {
    name: "cachegrind",
    keeps: "exact: instructions, cache hits, estimated cycles of a process (valgrind; iai-callgrind, gungraun)",
    recognises,
    baseline_of: Some(|path| layout::baseline_of(path, TOOL)),
    read,
};

pub(super) const TOOL: &str = "cachegrind";

/// What a harness's user should know who measures with it.
pub(super) const WHOLE_PROCESS: &str = "cachegrind counts the whole process, set-up and harness included, unless the \
     benchmark starts and stops it; callgrind counts the benchmark alone";

/// Begins like massif's file, but says which events it counted before the first function.
fn recognises(bytes: &[u8]) -> bool {
    let mut header = super::header_lines(bytes);
    header.next().is_some_and(|line| line.starts_with(b"desc:") || line.starts_with(b"cmd:"))
        && header
            .take_while(|line| line.starts_with(b"desc:") || line.starts_with(b"cmd:") || line.starts_with(b"events:"))
            .any(|line| line.starts_with(b"events:"))
}

fn read(files: &[File]) -> Reading {
    layout::read_each(files, TOOL, read_benchmark)
}

fn read_benchmark(id: Option<BenchId>, files: &[&File], reading: &mut Reading) {
    let before = reading.problems.len();
    let mut total = Some(Events::default());
    let mut command = None;
    for file in files {
        match Process::parse(file) {
            Ok(process) => {
                total = total.and_then(|sum| sum.plus(&process.events));
                command.get_or_insert(process.command);
            }
            Err(problem) => reading.problems.push(problem),
        }
    }
    let (Some(file), Some(command)) = (files.first(), command) else { return };
    if before < reading.problems.len() {
        return;
    }
    let id = id.unwrap_or_else(|| layout::plain_id(&command, &file.path));
    if events::report(total, id, TOOL, file, reading) && Caller::runs_a_function(&command) {
        reading.warnings.push(Warning::general(WHOLE_PROCESS));
    }
}

/// One file.
struct Process {
    command: String,
    events: Events,
}

impl Process {
    fn parse(file: &File) -> Result<Process, ReadError> {
        let at = |line_number, problem| {
            let place = Place::Line { line_number, column_number: 0 };
            ReadError { path: file.path.clone(), place, problem }
        };
        let cut_off = |wanted: &str| {
            let problem = Problem::Truncated { wanted: wanted.to_owned() };
            ReadError { path: file.path.clone(), place: Place::Whole, problem }
        };
        let (mut command, mut names, mut events) = (None, None, None);
        for (index, line) in super::lines(&file.bytes).enumerate() {
            let line_number = index + 1;
            if events.is_some() && !line.bytes.trim_ascii().is_empty() {
                let (found, wanted) = ("more behind `summary:`".to_owned(), "one process in a file".to_owned());
                return Err(at(line_number, Problem::Syntax { found, wanted }));
            }
            if let Some(value) = value_of(line.bytes, b"summary:").filter(|_| line.is_whole) {
                let names: String = names.clone().ok_or_else(|| cut_off("an `events:` line"))?;
                events = Some(Events::paired(&names, &value, "counts").map_err(|problem| at(line_number, problem))?);
            } else if let Some(value) = value_of(line.bytes, b"cmd:") {
                command = Some(value);
            } else if let Some(value) = value_of(line.bytes, b"events:")
                && names.replace(value).is_some()
            {
                let wanted = "a `summary:` line before further `events:`".to_owned();
                return Err(at(line_number, Problem::Truncated { wanted }));
            }
        }
        names.ok_or_else(|| cut_off("an `events:` line"))?;
        let events = events.ok_or_else(|| cut_off("a `summary:` line"))?;
        Ok(Process { command: command.unwrap_or_default(), events })
    }
}

fn value_of(line: &[u8], key: &[u8]) -> Option<String> {
    line.strip_prefix(key).map(|value| String::from_utf8_lossy(value).trim().to_owned())
}
