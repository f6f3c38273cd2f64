//! callgrind's `.out` files, as iai-callgrind and gungraun leave them: instructions and cache behaviour.
//!
//! Kept: `instructions` (Ir) and, where the cache was simulated, `l1-hits`, `ll-hits`, `ram-hits` and
//! `estimated-cycles`, from the `totals:` line; `summary:` is wrong when collection was toggled, which both
//! harnesses do. Files of one benchmark that differ in process, thread or part are added up.
//!
//! Source of the layout: <https://valgrind.org/docs/manual/cl-format.html>.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::layout::{self, Caller};
use super::{File, Format, Place, Problem, ReadError, Reading, known};
use crate::model::{BenchId, Exact, Observation, Values};

pub(super) const FORMAT: Format = Format {
    name: "callgrind",
    keeps: "instructions, cache hits, estimated cycles (iai-callgrind, gungraun)",
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
    let mut reading = Reading::default();
    for (id, parts) in layout::by_benchmark(files, TOOL) {
        read_benchmark(&id, &parts, &mut reading);
    }
    reading
}

fn read_benchmark(id: &BenchId, files: &[&File], reading: &mut Reading) {
    let mut parts = Vec::new();
    for file in files {
        match Part::parse(file) {
            Ok(part) => parts.push((file, part)),
            Err(problem) => reading.problems.push(problem),
        }
    }
    if parts.len() != files.len() {
        return;
    }
    let Some((first, head)) = parts.first() else { return };
    let harness: Arc<str> = layout::shared(Caller::of(&head.command, &first.path).harness(TOOL));
    let total = parts.iter().try_fold(Events::default(), |sum, (_, part)| sum.plus(&part.events));
    let counts = total.and_then(|total| counts(&total));
    let problem = match counts {
        None => Problem::ImpossibleNumber { found: "the sum of all events".to_owned(), wanted: "less than 2^64" },
        Some(counts) if counts.is_empty() => Problem::Empty,
        Some(counts) => {
            reading.observations.extend(counts.into_iter().map(|(metric, total)| Observation {
                id: id.clone(),
                metric: known(metric),
                values: Values::Exact(Exact::once(total)),
                harness: harness.clone(),
                origin: first.path.clone(),
            }));
            if let Some(version) = &head.valgrind {
                reading.provenance.harnesses.insert("valgrind".to_owned(), version.clone());
            }
            return;
        }
    };
    reading.problems.push(ReadError { path: first.path.clone(), place: Place::Whole, problem });
}

/// How often each event happened, by callgrind's name of it.
#[derive(Clone, Debug, Default)]
struct Events(BTreeMap<String, u64>);

impl Events {
    /// The sum; `None` when it does not fit.
    fn plus(mut self, other: &Events) -> Option<Events> {
        for (name, count) in &other.0 {
            let sum = self.0.entry(name.clone()).or_default();
            *sum = sum.checked_add(*count)?;
        }
        Some(self)
    }

    /// The counts of all `names`; `None` when one of them was not counted.
    fn all<const N: usize>(&self, names: [&str; N]) -> Option<[u64; N]> {
        let mut counts = [0; N];
        for (count, name) in counts.iter_mut().zip(names) {
            *count = *self.0.get(name)?;
        }
        Some(counts)
    }
}

/// The metrics that follow from the events. Empty: no instruction was counted, so nothing was measured (the
/// entry point matched no function). `None`: a sum does not fit into 64 bits.
fn counts(events: &Events) -> Option<Vec<(&'static str, u64)>> {
    let Some(instructions) = events.0.get("Ir").copied().filter(|count| *count > 0) else { return Some(Vec::new()) };
    let mut counts = vec![("instructions", instructions)];
    if let Some(cache) = CacheHits::of(events) {
        let hits = cache?;
        counts.push(("estimated-cycles", hits.estimated_cycles()?));
        counts.extend([("l1-hits", hits.first_level), ("ll-hits", hits.last_level), ("ram-hits", hits.memory)]);
    }
    Some(counts)
}

/// Where memory accesses, instruction fetches included, were answered.
struct CacheHits {
    first_level: u64,
    last_level: u64,
    memory: u64,
}

impl CacheHits {
    /// Outer `None`: the cache was not simulated. Inner `None`: a sum does not fit.
    fn of(events: &Events) -> Option<Option<CacheHits>> {
        let accesses = events.all(["Ir", "Dr", "Dw"])?;
        let first_level_misses = events.all(["I1mr", "D1mr", "D1mw"])?;
        let last_level_misses = events.all(["ILmr", "DLmr", "DLmw"])?;
        Some(CacheHits::from_sums(sum(accesses), sum(first_level_misses), sum(last_level_misses)))
    }

    fn from_sums(accesses: Option<u64>, first_misses: Option<u64>, last_misses: Option<u64>) -> Option<CacheHits> {
        let (first_misses, memory) = (first_misses?, last_misses?);
        let last_level = first_misses.saturating_sub(memory);
        let first_level = accesses?.saturating_sub(memory).saturating_sub(last_level);
        Some(CacheHits { first_level, last_level, memory })
    }

    /// A cycle for the first level, 5 for the last, 35 for memory.
    ///
    /// Source: Itamar Turner-Trauring, <https://pythonspeed.com/articles/consistent-benchmarking-in-ci/>,
    /// as both harnesses print it.
    fn estimated_cycles(&self) -> Option<u64> {
        sum([self.first_level, self.last_level.checked_mul(5)?, self.memory.checked_mul(35)?])
    }
}

fn sum<const N: usize>(counts: [u64; N]) -> Option<u64> {
    counts.into_iter().try_fold(0u64, u64::checked_add)
}

/// One file: one part of one thread of one process.
struct Part {
    command: String,
    /// The version of valgrind.
    valgrind: Option<String>,
    events: Events,
}

impl Part {
    fn parse(file: &File) -> Result<Part, ReadError> {
        let fail = |line_number, problem| {
            let place = match line_number {
                0 => Place::Whole,
                line_number => Place::Line { line_number, column_number: 0 },
            };
            Err(ReadError { path: file.path.clone(), place, problem })
        };
        let mut part = Part { command: String::new(), valgrind: None, events: Events::default() };
        let mut names: Option<Vec<String>> = None;
        let mut totals: Option<Vec<u64>> = None;
        for (index, line) in super::lines(&file.bytes).enumerate() {
            let Some((key, value)) = header(line.bytes) else { continue };
            match key {
                b"version" if value != "1" => {
                    return fail(index + 1, Problem::UnknownVersion { found: value, known: "version 1" });
                }
                b"creator" => part.valgrind = value.strip_prefix("callgrind-").map(str::to_owned),
                b"cmd" => part.command = value,
                b"events" if names.is_some() => {
                    let found = "a second part in the same file (--combine-dumps)".to_owned();
                    return fail(index + 1, Problem::Syntax { found, wanted: "a file for each part".to_owned() });
                }
                b"events" => names = Some(value.split_ascii_whitespace().map(str::to_owned).collect()),
                // A line without its end may lack digits.
                b"totals" if line.is_whole => match value.split_ascii_whitespace().map(str::parse).collect() {
                    Ok(counts) => totals = Some(counts),
                    Err(_) => {
                        let problem = Problem::ImpossibleNumber { found: value, wanted: "counts below 2^64" };
                        return fail(index + 1, problem);
                    }
                },
                _ => {}
            }
        }
        let Some(names) = names else {
            return fail(0, Problem::Truncated { wanted: "an `events:` line".to_owned() });
        };
        let Some(totals) = totals else {
            return fail(0, Problem::Truncated { wanted: "a `totals:` line".to_owned() });
        };
        if totals.len() > names.len() {
            let (first, second) = (("events", names.len()), ("totals", totals.len()));
            return fail(0, Problem::UnpairedLists { first, second });
        }
        // Trailing zeros may be left out of a line of costs.
        let counts = totals.into_iter().chain(std::iter::repeat(0));
        part.events = Events(names.into_iter().zip(counts).collect());
        Ok(part)
    }
}

/// `key: value` of the header, or of the line of totals. Lines of costs begin with other things.
fn header(line: &[u8]) -> Option<(&'static [u8], String)> {
    const KEYS: [&[u8]; 5] = [b"version", b"creator", b"cmd", b"events", b"totals"];
    if !matches!(line.first()?, b'v' | b'c' | b'e' | b't') {
        return None;
    }
    let key = KEYS.into_iter().find(|key| line.starts_with(key) && line.get(key.len()) == Some(&b':'))?;
    Some((key, String::from_utf8_lossy(&line[key.len() + 1..]).trim().to_owned()))
}
