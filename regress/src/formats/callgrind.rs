//! callgrind's `.out` files: instructions and cache behaviour, of iai-callgrind, gungraun, or any program.
//!
//! Kept: `instructions` (Ir) and, where the cache was simulated, `l1-hits`, `ll-hits`, `ram-hits` and
//! `estimated-cycles`, from the `totals:` line; `summary:` is wrong when collection was toggled, which both
//! harnesses do. Not kept: what each function cost.
//!
//! Files of one benchmark of a harness that differ in process, thread or part are added up, and so are the parts
//! of one file (`--combine-dumps`). A plain file is one benchmark, named after the command that was measured; where
//! somebody asked for a file for each thread or part, each of them is one (`program/thread 2`).
//!
//! Source of the layout: <https://valgrind.org/docs/manual/cl-format.html>.

use super::events::{self, Events};
use super::layout::{self, Caller};
use super::{File, Format, Place, Problem, ReadError, Reading};
use crate::model::BenchId;

pub(super) const FORMAT: Format = Format {
    name: "callgrind",
    keeps: "exact: instructions, cache hits, estimated cycles (valgrind; iai-callgrind, gungraun)",
    recognises,
    baseline_of: Some(|path| layout::baseline_of(path, TOOL)),
    read,
};

const TOOL: &str = "callgrind";

fn recognises(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(1024)];
    beginning
        .split(|byte| *byte == b'\n')
        .take(4)
        .any(|line| line.starts_with(b"# callgrind format") || line.starts_with(b"creator: callgrind-"))
}

fn read(files: &[File]) -> Reading {
    layout::read_each(files, TOOL, read_benchmark)
}

fn read_benchmark(id: Option<BenchId>, files: &[&File], reading: &mut Reading) {
    let mut parts = Vec::new();
    let before = reading.problems.len();
    for file in files {
        match parts_of(file) {
            Ok(of_file) => parts.extend(of_file),
            Err(problem) => reading.problems.push(problem),
        }
    }
    let (Some(file), Some(head)) = (files.first(), parts.first()) else { return };
    if before < reading.problems.len() {
        return;
    }
    let total = parts.iter().try_fold(Events::default(), |sum, part| sum.plus(&part.events));
    let id = id.unwrap_or_else(|| plain_id(file, &parts));
    let harness = Caller::of(&head.command, &file.path).harness(TOOL);
    let is_read = events::report(total, id, harness, file, reading);
    if let Some(version) = head.valgrind.as_ref().filter(|_| is_read) {
        reading.provenance.harnesses.insert("valgrind".to_owned(), version.clone());
    }
}

/// The program and, where the file holds only one thread or a later part of it, which.
fn plain_id(file: &File, parts: &[Part]) -> BenchId {
    let program = layout::plain_id(&parts[0].command, &file.path);
    let [part] = parts else { return program };
    let thread = (part.thread > 0).then(|| format!("thread {}", part.thread));
    let number = (part.number > 1).then(|| format!("part {}", part.number));
    BenchId::from_parts([Some(program.as_str()), thread.as_deref(), number.as_deref()].into_iter().flatten())
}

/// One part of one thread of one process.
#[derive(Default)]
struct Part {
    process: String,
    /// From 1; 0 where threads are not told apart.
    thread: u64,
    /// From 1; 0 where the file does not say.
    number: u64,
    command: String,
    /// The version of valgrind.
    valgrind: Option<String>,
    names: Option<String>,
    events: Events,
}

impl Part {
    fn is_same(&self, other: &Part) -> bool {
        (&self.process, self.thread, self.number) == (&other.process, other.thread, other.number)
    }
}

/// The parts of one file, at least one.
///
/// Each ends with its `totals:`. Where a second one follows, it begins with `part:`, or, of another thread, with a
/// whole header; what it leaves out is as before.
fn parts_of(file: &File) -> Result<Vec<Part>, ReadError> {
    let fail = |line_number, problem| {
        let place = match line_number {
            0 => Place::Whole,
            line_number => Place::Line { line_number, column_number: 0 },
        };
        Err(ReadError { path: file.path.clone(), place, problem })
    };
    let mut done: Vec<Part> = Vec::new();
    let mut part = Part::default();
    for (index, line) in super::lines(&file.bytes).enumerate() {
        let line_number = index + 1;
        let Some((key, value)) = header(line.bytes) else { continue };
        match key {
            Key::Version if value != "1" => {
                return fail(line_number, Problem::UnknownVersion { found: value, known: "version 1" });
            }
            Key::Version => {}
            Key::Creator => part.valgrind = value.strip_prefix("callgrind-").map(str::to_owned),
            Key::Process => part.process = value,
            Key::Command => part.command = value,
            Key::Part => part.number = value.parse().unwrap_or_default(),
            Key::Thread => part.thread = value.parse().unwrap_or_default(),
            Key::Events if part.names.is_some() => {
                return fail(
                    line_number,
                    Problem::Truncated { wanted: "a `totals:` line before further `events:`".into() },
                );
            }
            Key::Events => part.names = Some(value),
            // A line without its end may lack digits.
            Key::Totals if !line.is_whole => {}
            Key::Totals => {
                let Some(names) = part.names.take() else {
                    let wanted = "an `events:` line before it".to_owned();
                    return fail(line_number, Problem::Syntax { found: "`totals:`".to_owned(), wanted });
                };
                part.events = match Events::paired(&names, &value, "totals") {
                    Ok(events) => events,
                    Err(problem) => return fail(line_number, problem),
                };
                if done.iter().any(|known| known.is_same(&part)) {
                    let (found, wanted) = ("a part for a second time".to_owned(), "each part once".to_owned());
                    return fail(line_number, Problem::Syntax { found, wanted });
                }
                let (process, command, valgrind) = (part.process.clone(), part.command.clone(), part.valgrind.clone());
                let thread = part.thread;
                done.push(std::mem::replace(&mut part, Part { process, command, valgrind, thread, ..Part::default() }));
            }
        }
    }
    match (&part.names, done.is_empty()) {
        (Some(_), _) => fail(0, Problem::Truncated { wanted: "a `totals:` line".to_owned() }),
        // The header of a part that never came.
        (None, _) if part.number > 0 => fail(0, Problem::Truncated { wanted: "an `events:` line".to_owned() }),
        (None, true) => fail(0, Problem::Truncated { wanted: "an `events:` line".to_owned() }),
        (None, false) => Ok(done),
    }
}

#[derive(Clone, Copy)]
enum Key {
    Version,
    Creator,
    Process,
    Command,
    Part,
    Thread,
    Events,
    Totals,
}

/// `key: value` of the header, or of the line of totals. Lines of costs begin with other things.
fn header(line: &[u8]) -> Option<(Key, String)> {
    const KEYS: [(&[u8], Key); 8] = [
        (b"version", Key::Version),
        (b"creator", Key::Creator),
        (b"pid", Key::Process),
        (b"cmd", Key::Command),
        (b"part", Key::Part),
        (b"thread", Key::Thread),
        (b"events", Key::Events),
        (b"totals", Key::Totals),
    ];
    if !matches!(line.first()?, b'v' | b'c' | b'p' | b'e' | b't') {
        return None;
    }
    let (name, key) = KEYS.iter().find(|(name, _)| line.starts_with(name) && line.get(name.len()) == Some(&b':'))?;
    Some((*key, String::from_utf8_lossy(&line[name.len() + 1..]).trim().to_owned()))
}
