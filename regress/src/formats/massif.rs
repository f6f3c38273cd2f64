//! massif's `.out` files: the most memory a process held at a time.
//!
//! ```text
//! desc: --massif-out-file=massif.out
//! cmd: ./sort 1000
//! time_unit: i
//! #-----------
//! snapshot=53
//! #-----------
//! time=147690
//! mem_heap_B=11072
//! mem_heap_extra_B=2016
//! mem_stacks_B=0
//! heap_tree=peak
//! n2: 11072 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.
//!  n0: 10000 0x1091B0: work (p.c:4)
//!  n0: 1072 in 1 place, below massif's threshold (1.00%)
//! ```
//!
//! Kept: `peak-bytes`, what the program had asked for in the snapshot with `heap_tree=peak`; with
//! `--pages-as-heap=yes`, where all mapped memory counts, `peak-mapped-bytes` instead. Of several processes of a
//! benchmark the largest. Not kept: the other snapshots, who allocated, the allocator's own bytes, stacks.
//!
//! The file has no mark at its end: one that was cut off between two snapshots behind the peak reads as whole.
//!
//! Source of the layout: `massif/ms_main.c` of valgrind, `write_snapshots_to_file`, as `ms_print` reads it.

use std::sync::Arc;

use super::layout;
use super::{File, Format, Place, Problem, ReadError, Reading, known};
use crate::model::{BenchId, Exact, Metric, Nature, Observation, Standing, Values, Warning};
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: "massif",
    keeps: "exact: peak heap bytes (valgrind; iai-callgrind, gungraun)",
    recognises,
    baseline_of: Some(|path| layout::baseline_of(path, TOOL)),
    read,
};

const TOOL: &str = "massif";

const ABOUT: &str = "massif's peak may be up to 1 % too low; with --peak-inaccuracy=0.0 it is exact, and so is DHAT's";
const NO_PEAK: &str = "massif marked no snapshot as the peak, as where memory is never freed; the largest one is taken";

fn recognises(bytes: &[u8]) -> bool {
    let mut header = super::header_lines(bytes);
    header.next().is_some_and(|line| line.starts_with(b"desc:") || line.starts_with(b"cmd:"))
        && header.take(4).any(|line| line.starts_with(b"time_unit:"))
}

fn read(files: &[File]) -> Reading {
    layout::read_each(files, TOOL, read_benchmark)
}

fn read_benchmark(id: Option<BenchId>, files: &[&File], reading: &mut Reading) {
    let mut largest: Option<(&File, Process)> = None;
    for file in files {
        match Process::parse(file) {
            Ok(process) => {
                if largest.as_ref().is_none_or(|(_, known)| known.peak.heap_bytes < process.peak.heap_bytes) {
                    largest = Some((file, process));
                }
            }
            Err(problem) => reading.problems.push(problem),
        }
    }
    let Some((file, process)) = largest else { return };
    let id = id.unwrap_or_else(|| layout::plain_id(&process.command, &file.path));
    let metric = if process.has_option("--pages-as-heap=yes") { mapped() } else { known("peak-bytes") };
    if !process.peak.is_marked {
        reading.warnings.push(Warning::about(&id, &metric.name, NO_PEAK));
    }
    let is_exact = process.has_option("--peak-inaccuracy=0.0") || process.has_option("--peak-inaccuracy=0");
    if !is_exact && !reading.warnings.iter().any(|warning| warning.text == ABOUT) {
        reading.warnings.push(Warning::general(ABOUT));
    }
    reading.observations.push(Observation {
        id,
        metric,
        values: Values::Exact(Exact::once(process.peak.heap_bytes)),
        harness: layout::shared(TOOL),
        origin: file.path.clone(),
    });
}

/// All memory that was mapped, code included: another thing than the heap, and much more.
fn mapped() -> Arc<Metric> {
    Arc::new(Metric {
        name: "peak-mapped-bytes".into(),
        unit: Unit::Bytes,
        better: Better::Lower,
        nature: Nature::Counted,
        standing: Standing::Headline,
    })
}

/// One file.
#[derive(Default)]
struct Process {
    /// The options it was measured with.
    options: String,
    command: String,
    peak: Peak,
}

#[derive(Clone, Copy, Default)]
struct Peak {
    heap_bytes: u64,
    /// Whether massif says that it is the peak.
    is_marked: bool,
}

/// The snapshot that is being read.
#[derive(Clone, Copy)]
enum Snapshot {
    /// None yet.
    None,
    /// Its numbers are not all there.
    Begun { heap_bytes: Option<u64> },
    /// So many nodes of its tree are still to come.
    Tree { missing: u64 },
}

impl Process {
    fn has_option(&self, option: &str) -> bool {
        self.options.split_ascii_whitespace().any(|word| word == option)
    }

    fn parse(file: &File) -> Result<Process, ReadError> {
        let mut process = Process::default();
        let (mut snapshot, mut snapshots) = (Snapshot::None, 0);
        let mut is_whole = true;
        for (index, line) in super::lines(super::json::without_bom(&file.bytes)).enumerate() {
            is_whole = line.is_whole;
            let text = String::from_utf8_lossy(line.bytes);
            snapshot = process.take(&text, snapshot, &mut snapshots).map_err(|problem| {
                let place = Place::Line { line_number: index + 1, column_number: 0 };
                // The last line may lack its end.
                let problem = if line.is_whole { problem } else { cut_off(snapshot) };
                ReadError { path: file.path.clone(), place, problem }
            })?;
        }
        match snapshot {
            Snapshot::Tree { missing: 0 } if is_whole => Ok(process),
            Snapshot::None | Snapshot::Begun { .. } | Snapshot::Tree { .. } => {
                Err(ReadError { path: file.path.clone(), place: Place::Whole, problem: cut_off(snapshot) })
            }
        }
    }

    /// Takes one line, and returns where the snapshot stands then.
    fn take(&mut self, line: &str, snapshot: Snapshot, snapshots: &mut u64) -> Result<Snapshot, Problem> {
        if let Snapshot::Tree { missing: missing @ 1.. } = snapshot {
            let children = children_of(line).ok_or_else(|| unwanted(line, "a node of the heap tree"))?;
            let missing = (missing - 1).checked_add(children).ok_or_else(|| unwanted(line, "fewer nodes"))?;
            return Ok(Snapshot::Tree { missing });
        }
        let (key, value) = match snapshot {
            Snapshot::None => line.split_once(':').or_else(|| line.split_once('=')),
            Snapshot::Begun { .. } | Snapshot::Tree { .. } => line.split_once('='),
        }
        .unwrap_or((line, ""));
        match (key, snapshot) {
            ("desc", Snapshot::None) => value.trim().clone_into(&mut self.options),
            ("cmd", Snapshot::None) => value.trim().clone_into(&mut self.command),
            ("time_unit", Snapshot::None) | ("#-----------", _) => {}
            ("snapshot", Snapshot::None | Snapshot::Tree { .. }) if value == snapshots.to_string() => {
                *snapshots += 1;
                return Ok(Snapshot::Begun { heap_bytes: None });
            }
            ("mem_heap_B", Snapshot::Begun { heap_bytes: None }) => {
                let number = value.parse().map_err(|_| Problem::ImpossibleNumber {
                    found: value.chars().take(40).collect(),
                    wanted: "bytes below 2^64",
                })?;
                return Ok(Snapshot::Begun { heap_bytes: Some(number) });
            }
            ("time" | "mem_heap_extra_B" | "mem_stacks_B", Snapshot::Begun { .. }) => {}
            ("heap_tree", Snapshot::Begun { heap_bytes: Some(heap_bytes) }) => {
                let missing = match value {
                    "empty" => 0,
                    "detailed" | "peak" => 1,
                    _ => return Err(unwanted(line, "`empty`, `detailed` or `peak`")),
                };
                self.consider(heap_bytes, value == "peak")?;
                return Ok(Snapshot::Tree { missing });
            }
            _ => {
                let wanted = match snapshot {
                    Snapshot::None => "the header of a file of massif".to_owned(),
                    Snapshot::Begun { .. } => "the numbers of a snapshot".to_owned(),
                    Snapshot::Tree { .. } => format!("`snapshot={snapshots}`"),
                };
                return Err(unwanted(line, &wanted));
            }
        }
        Ok(snapshot)
    }

    fn consider(&mut self, heap_bytes: u64, is_marked: bool) -> Result<(), Problem> {
        match (self.peak.is_marked, is_marked) {
            (true, true) => return Err(unwanted("a second `heap_tree=peak`", "one peak")),
            (true, false) => {}
            (false, true) => self.peak = Peak { heap_bytes, is_marked },
            (false, false) => self.peak.heap_bytes = self.peak.heap_bytes.max(heap_bytes),
        }
        Ok(())
    }
}

/// How many nodes hang below that of a line `  n2: 10000 0x1091B0: work (p.c:4)`.
fn children_of(line: &str) -> Option<u64> {
    let (number, rest) = line.trim_start().strip_prefix('n')?.split_once(": ")?;
    let bytes = rest.split_once(' ').map_or(rest, |(bytes, _)| bytes);
    bytes.parse::<u64>().ok()?;
    number.parse().ok()
}

fn unwanted(line: &str, wanted: &str) -> Problem {
    let mut found: String = line.chars().take(60).collect();
    if !found.contains('`') {
        found = format!("`{found}`");
    }
    Problem::Syntax { found, wanted: wanted.to_owned() }
}

fn cut_off(snapshot: Snapshot) -> Problem {
    let wanted = match snapshot {
        Snapshot::None => "a snapshot".to_owned(),
        Snapshot::Begun { .. } => "the rest of a snapshot".to_owned(),
        Snapshot::Tree { missing } => format!("{} more nodes of a heap tree", missing.max(1)),
    };
    Problem::Truncated { wanted }
}
