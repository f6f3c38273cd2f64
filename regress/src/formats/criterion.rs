//! The directory `target/criterion`: `sample.json` and `benchmark.json` of one benchmark and baseline.
//!
//! ```text
//! target/criterion/<any depth>/<baseline>/benchmark.json   the name and the throughput
//!                                         sample.json      the measurements
//!                                         estimates.json   not read: we estimate ourselves
//! ```
//!
//! Kept: every measurement, `times[i] / iters[i]`, in the order taken, as one process. criterion writes no unit;
//! all times are taken for nanoseconds, which they are unless the bench has a `Measurement` of its own: what it measures
//! is said by `[[unit]]` of the configuration, and put right where that is read.
//!
//! A declared throughput adds two metrics. `throughput` is bytes or elements a second (bits count as ⅛ byte;
//! of bytes *and* elements the bytes are taken). `time-per-kb`, for bytes only, is seconds for 1000 bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::numbers::{self, BadList};
use super::{File, Format, Place, Problem, ReadError, Reading, json, known};
use crate::model::{BenchId, Metric, Observation, Processes, Values, Warning};
use crate::stats::{Sample, SampleError};
use crate::unit::Unit;

pub(super) const FORMAT: Format = Format {
    name: "criterion",
    keeps: "every measurement, and throughput",
    recognises,
    baseline_of: Some(baseline_of),
    read,
};

const BENCHMARK: &str = "benchmark.json";
const SAMPLE: &str = "sample.json";
/// What is read of a directory of results.
pub(super) const FILES: [&str; 2] = [BENCHMARK, SAMPLE];
/// Dividing by it rounds once; 1e-9 is not exact itself, and 11 ns would become 1.1000000000000001e-8 s.
const NANOSECONDS_PER_SECOND: f64 = 1e9;

/// How many measurements criterion takes unless it is told otherwise.
const USUAL_SAMPLES: usize = 100;

static HARNESS: LazyLock<Arc<str>> = LazyLock::new(|| "criterion".into());

fn recognises(bytes: &[u8]) -> bool {
    json::first_member(bytes).is_some_and(|(key, _)| matches!(key, b"group_id" | b"sampling_mode"))
}

/// `<benchmark>/<baseline>/sample.json` is of `<baseline>`. Names decide nothing else: a benchmark may be called
/// `new` or `report`, and `change/` holds neither of the two files.
fn baseline_of(path: &str) -> Option<&str> {
    let (directory, file) = path.rsplit_once('/')?;
    let (_, baseline) = directory.rsplit_once('/')?;
    matches!(file, BENCHMARK | SAMPLE).then_some(baseline)
}

fn read(files: &[File]) -> Reading {
    let mut reading = Reading::default();
    for pair in pairs(files).into_values() {
        match pair {
            (Some(benchmark), Some(sample)) if is_emptied(benchmark, sample) => {
                let problem = Problem::EmptiedByItsHarness;
                reading.problems.push(ReadError { path: sample.path.clone(), place: Place::Whole, problem });
            }
            (Some(benchmark), Some(sample)) => read_pair(benchmark, sample, &mut reading),
            (Some(alone), None) => reading.problems.push(missing(alone, SAMPLE)),
            (None, Some(alone)) => reading.problems.push(missing(alone, BENCHMARK)),
            (None, None) => {}
        }
    }
    reading
}

/// By directory, the file that names the benchmark and the file that holds its measurements.
fn pairs(files: &[File]) -> BTreeMap<&str, (Option<&File>, Option<&File>)> {
    let mut pairs: BTreeMap<&str, (Option<&File>, Option<&File>)> = BTreeMap::new();
    for file in files {
        let (directory, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let pair = pairs.entry(directory).or_default();
        let names_it = name == BENCHMARK
            || name != SAMPLE && json::first_member(&file.bytes).is_some_and(|(key, _)| key == b"group_id");
        if names_it {
            pair.0 = Some(file);
        } else {
            pair.1 = Some(file);
        }
    }
    pairs
}

/// Whether criterion emptied them. Every run is written to `new/` first, and `--save-baseline=new` then copies each of
/// its files onto itself, which leaves nothing of it (seen with 0.8.2).
fn is_emptied(benchmark: &File, sample: &File) -> bool {
    let of_last_run = sample.path.strip_suffix(SAMPLE).is_some_and(|directory| directory.ends_with("/new/"));
    of_last_run && benchmark.bytes.is_empty() && sample.bytes.is_empty()
}

fn missing(alone: &File, name: &'static str) -> ReadError {
    ReadError { path: alone.path.clone(), place: Place::Whole, problem: Problem::MissingCompanion { name } }
}

/// benchmark.json, as far as it is read.
#[derive(Deserialize)]
struct Benchmark<'a> {
    #[serde(borrow)]
    full_id: Cow<'a, str>,
    #[serde(default)]
    throughput: Option<Throughput>,
}

/// How much one iteration processes. Exactly one field is there; an unknown one is from a newer criterion.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Throughput {
    bytes: Option<f64>,
    bytes_decimal: Option<f64>,
    bits: Option<f64>,
    elements: Option<f64>,
    elements_and_bytes: Option<ElementsAndBytes>,
}

#[derive(Deserialize)]
struct ElementsAndBytes {
    bytes: f64,
}

/// What one iteration processes.
pub(super) enum Load {
    Bytes(f64),
    Elements(f64),
    Unknown,
}

impl Throughput {
    fn load(&self) -> Load {
        let bytes = self.bytes.or(self.bytes_decimal).or(self.bits.map(|bits| bits / 8.0));
        match bytes.or(self.elements_and_bytes.as_ref().map(|both| both.bytes)) {
            Some(bytes) => Load::Bytes(bytes),
            None => self.elements.map_or(Load::Unknown, Load::Elements),
        }
    }
}

/// sample.json, as far as it is read.
#[derive(Deserialize)]
struct Measurements<'a> {
    #[serde(borrow)]
    iters: &'a RawValue,
    #[serde(borrow)]
    times: &'a RawValue,
}

fn read_pair(benchmark: &File, sample: &File, reading: &mut Reading) {
    let name = json::parse::<Benchmark>(&benchmark.path, &benchmark.bytes, "a benchmark.json of criterion")
        .map_err(|problem| reading.problems.push(problem));
    let seconds = seconds(sample).map_err(|problems| reading.problems.extend(problems));
    let (Ok(name), Ok(seconds)) = (name, seconds) else { return };

    let id = BenchId::new(&name.full_id);
    if seconds.len() == 2 {
        let text = "taken with --quick: two measurements of one process show no change; run it without";
        reading.warnings.push(Warning::about(&id, "time", text));
    }
    let observe = |metric: Arc<Metric>, sample_of_it: Sample| Observation {
        id: id.clone(),
        metric,
        values: Values::Sampled(Processes::one(sample_of_it)),
        harness: HARNESS.clone(),
        origin: sample.path.clone(),
    };
    if let Some(throughput) = &name.throughput {
        match rates(&throughput.load(), &seconds) {
            Ok(rates) => reading.observations.extend(rates.into_iter().map(|(metric, rate)| observe(metric, rate))),
            Err(text) => reading.warnings.push(Warning::about(&id, "throughput", text)),
        }
    }
    reading.observations.push(observe(known("time"), seconds));
}

/// Seconds for one iteration, in the order taken.
fn seconds(file: &File) -> Result<Sample, Vec<ReadError>> {
    let problem_at = |place, problem| ReadError { path: file.path.clone(), place, problem };
    let (iters, times) = match as_written(&file.bytes) {
        Some(lists) => lists,
        None => any_json(file)?,
    };
    if iters.len() != times.len() {
        let (first, second) = (("iteration counts", iters.len()), ("times", times.len()));
        return Err(vec![problem_at(Place::Whole, Problem::UnpairedLists { first, second })]);
    }
    let impossible: Vec<ReadError> = impossible("iters", &iters, "more than 0 iterations", |count| count > 0.0)
        .chain(impossible("times", &times, "a time of at least 0", |time| time >= 0.0))
        .map(|(place, problem)| problem_at(place, problem))
        .collect();
    if !impossible.is_empty() {
        return Err(impossible);
    }
    let values = times.iter().zip(&iters).map(|(time, count)| time / count / NANOSECONDS_PER_SECOND).collect();
    Sample::new(values).map_err(|error| {
        let index = match error {
            SampleError::Empty => return vec![problem_at(Place::Whole, Problem::Empty)],
            SampleError::NotANumber { index } | SampleError::Infinite { index } => index,
        };
        let found = format!("{:?} / {:?}", times[index], iters[index]);
        let problem = Problem::ImpossibleNumber { found, wanted: "a finite time for one iteration" };
        vec![problem_at(Place::Field(format!("times[{index}]")), problem)]
    })
}

/// Iteration counts and times of a file that has exactly the bytes criterion writes; `None` for any other.
///
/// A tree of results is nearly all such files. Looking for the two lists in them instead of asking a JSON parser
/// takes 2 of 10 µs off each. The parser is asked about the others, for its errors.
fn as_written(bytes: &[u8]) -> Option<(Vec<f64>, Vec<f64>)> {
    let mode = bytes.strip_prefix(br#"{"sampling_mode":""#)?;
    let after_mode = ["Linear", "Flat"].into_iter().find_map(|known| mode.strip_prefix(known.as_bytes()))?;
    let (iters, rest) = numbers::list_at(after_mode.strip_prefix(br#"","iters":"#)?, USUAL_SAMPLES).ok()?;
    let (times, rest) = numbers::list_at(rest.strip_prefix(br#","times":"#)?, iters.len()).ok()?;
    (rest == b"}").then_some((iters, times))
}

fn any_json(file: &File) -> Result<(Vec<f64>, Vec<f64>), Vec<ReadError>> {
    let measurements: Measurements =
        json::parse(&file.path, &file.bytes, "a sample.json of criterion").map_err(|problem| vec![problem])?;
    match (numbers_of("iters", measurements.iters), numbers_of("times", measurements.times)) {
        (Ok(iters), Ok(times)) => Ok((iters, times)),
        (iters, times) => {
            let both = [iters.err(), times.err()].into_iter().flatten();
            Err(both.map(|(place, problem)| ReadError { path: file.path.clone(), place, problem }).collect())
        }
    }
}

fn numbers_of(field: &'static str, json: &RawValue) -> Result<Vec<f64>, (Place, Problem)> {
    numbers::list(json.get()).map_err(|bad| match bad {
        BadList::NotAList => {
            let found = json.get().chars().take(24).collect();
            (Place::Field(field.to_owned()), Problem::Syntax { found, wanted: "a list of numbers".to_owned() })
        }
        BadList::Element { index, found } => {
            (Place::Field(format!("{field}[{index}]")), Problem::ImpossibleNumber { found, wanted: "a finite number" })
        }
    })
}

/// The first of `numbers` that cannot be, if there is one.
fn impossible(
    field: &'static str,
    numbers: &[f64],
    wanted: &'static str,
    possible: fn(f64) -> bool,
) -> impl Iterator<Item = (Place, Problem)> {
    let first = numbers.iter().position(|number| !possible(*number));
    first
        .map(|index| {
            let found = format!("{:?}", numbers[index]);
            (Place::Field(format!("{field}[{index}]")), Problem::ImpossibleNumber { found, wanted })
        })
        .into_iter()
}

/// What follows from the time and the load of one iteration.
pub(super) fn rates(load: &Load, seconds: &Sample) -> Result<Vec<(Arc<Metric>, Sample)>, String> {
    let per_second = |amount: f64| {
        let rate = if amount > 0.0 { seconds.map(|time| amount / time).ok() } else { None };
        rate.ok_or_else(|| format!("no rate follows from a throughput of {amount}; left out"))
    };
    match load {
        Load::Bytes(bytes) => {
            let rate = per_second(*bytes)?;
            let per_kilobyte = seconds.map(|time| time / bytes * 1000.0).map_err(|error| error.to_string())?;
            Ok(vec![(known("throughput"), rate), (known("time-per-kb"), per_kilobyte)])
        }
        Load::Elements(elements) => Ok(vec![(elements_per_second(), per_second(*elements)?)]),
        Load::Unknown => Err("its throughput is of a kind this program does not know; left out".to_owned()),
    }
}

fn elements_per_second() -> Arc<Metric> {
    static METRIC: LazyLock<Arc<Metric>> =
        LazyLock::new(|| Arc::new(Metric::known("throughput").in_unit(Unit::PerSecond)));
    METRIC.clone()
}
