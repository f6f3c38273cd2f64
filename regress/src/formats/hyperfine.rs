//! What `hyperfine --export-json` writes, of hyperfine 1 and 2.
//!
//! ```json
//! {"results": [{"command": "./a 10", "times": [0.0012, 0.0011], "exit_codes": [0, 0], "parameters": {"n": "10"}}]}
//! {"schema_version": 2, "results": [{"command": "./a 10", "measurements": [{"time_wall_clock": {"value": 0.0012, "unit": "second"}, "exit_code": 0}]}]}
//! ```
//!
//! Kept: every run, each as a process of its own, in the order taken. `time` is its wall time; `peak-rss` the most memory
//! it had resident. Of hyperfine 2 also `time-user`, `time-system` and whatever else was asked for with `--metrics`;
//! hyperfine 1 keeps only the means of the first two, which are left out.
//! A benchmark is called by its command (or what `--command-name` says), its parameters behind it: `./a 10/n=10`.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{self, Document, Members};
use super::units::{self, Factor};
use super::{File, Format, Place, Problem, ReadError, Reading, json, known};
use crate::model::{BenchId, Metric, Processes, Values, Warning};
use crate::stats::Sample;
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: HARNESS,
    keeps: "every run of a command: wall time and peak memory (--export-json, 1 and 2)",
    recognises,
    baseline_of: None,
    read: |files| document::each_file(files, read_file),
};

const HARNESS: &str = "hyperfine";
const WANTED: &str = "a file of `hyperfine --export-json`";
const WANTED_RESULT: &str = "a result of hyperfine";

/// The newest layout that is understood.
const VERSION: u64 = 2;

fn recognises(bytes: &[u8]) -> bool {
    let Some((key, value)) = json::first_member(bytes) else { return false };
    let of_first_layout = || {
        let result = value.strip_prefix(b"[").unwrap_or_default();
        json::first_member(result).is_some_and(|(key, _)| key == b"command")
    };
    key == b"schema_version" && value.first().is_some_and(u8::is_ascii_digit) || key == b"results" && of_first_layout()
}

/// The file, as far as it is read.
#[derive(Deserialize)]
struct Export<'a> {
    schema_version: Option<u64>,
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    hyperfine_version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    start_time: Option<Cow<'a, str>>,
}

/// A command, in the layout of hyperfine 1.
#[derive(Deserialize)]
struct FirstResult<'a> {
    command: String,
    #[serde(borrow)]
    times: &'a RawValue,
    #[serde(borrow)]
    memory_usage_byte: Option<&'a RawValue>,
    /// `null` where a signal ended the process.
    exit_codes: Option<Vec<Option<i64>>>,
    #[serde(borrow, default)]
    parameters: Option<Members<'a>>,
}

/// A command, in the layout of hyperfine 2.
#[derive(Deserialize)]
struct SecondResult<'a> {
    command: String,
    name: Option<String>,
    #[serde(borrow, default)]
    parameters: Option<Members<'a>>,
    #[serde(borrow)]
    measurements: Vec<Members<'a>>,
}

/// A number with its unit.
#[derive(Deserialize)]
struct Quantity<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
    #[serde(borrow)]
    unit: Option<Cow<'a, str>>,
}

fn read_file(file: &File) -> Result<Reading, ReadError> {
    let export: Export = json::parse(&file.path, &file.bytes, WANTED)?;
    let version = export.schema_version.unwrap_or(1);
    if version > VERSION {
        let problem = Problem::UnknownVersion { found: version.to_string(), known: "versions 1 and 2" };
        return Err(ReadError { path: file.path.clone(), place: Place::Field("schema_version".to_owned()), problem });
    }
    let mut document = Document::of(file, HARNESS);
    if let Some(metadata) = export.metadata {
        document.provenance().recorded_at = metadata.start_time.and_then(|time| document::utc(&time));
        if let Some(version) = metadata.hyperfine_version {
            document.version(version);
        }
    }
    for (index, part) in export.results.into_iter().enumerate() {
        let field = format!("results[{index}]");
        if version == 1 {
            read_first(&mut document, &field, part);
        } else {
            read_second(&mut document, &field, part);
        }
    }
    Ok(document.finish())
}

fn read_first<'a>(document: &mut Document<'a>, field: &str, part: &'a RawValue) {
    let Some(result) = document.part::<FirstResult>(part, WANTED_RESULT) else { return };
    let parameters = result.parameters.unwrap_or_default();
    let shown = parameters.0.iter().map(|(key, value)| (&**key, document::shown(value)));
    let id = document::with_parameters(&result.command, shown);
    let lists =
        [("times", Some(result.times), known("time")), ("memory_usage_byte", result.memory_usage_byte, peak_rss())];
    for (list, json, metric) in lists {
        let Some(json) = json else { continue };
        let field = format!("{field}.{list}");
        let Some(numbers) = document.numbers(&field, json) else { continue };
        take(document, &field, &id, metric, &numbers, Factor::Times(1.0));
    }
    tell_failures(document, &id, &result.exit_codes.unwrap_or_default());
}

fn read_second<'a>(document: &mut Document<'a>, field: &str, part: &'a RawValue) {
    let Some(result) = document.part::<SecondResult>(part, WANTED_RESULT) else { return };
    let id = second_id(document, field, &result);
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in result.measurements.iter().flat_map(|measurement| &measurement.0) {
        if name != EXIT_CODE && name != USER_AND_SYSTEM && !names.contains(&&**name) {
            names.push(name);
        }
    }
    if result.measurements.is_empty() {
        return document.refuse(format!("{field}.measurements"), Problem::Empty);
    }
    for name in names {
        take_series(document, field, &id, name, &result.measurements);
    }
    let code = |measurement: &Members| -> Option<i64> {
        measurement.get(EXIT_CODE).map_or(Some(0), |code| serde_json::from_str(code.get()).ok())
    };
    let codes: Vec<Option<i64>> = result.measurements.iter().map(code).collect();
    tell_failures(document, &id, &codes);
}

const EXIT_CODE: &str = "exit_code";
/// The sum of two other metrics.
const USER_AND_SYSTEM: &str = "time_cpu";

fn second_id<'a>(document: &mut Document<'a>, field: &str, result: &SecondResult<'a>) -> BenchId {
    let name = result.name.as_deref().unwrap_or(&result.command);
    let mut shown: Vec<(&str, String)> = Vec::new();
    for (key, value) in result.parameters.iter().flat_map(|members| &members.0) {
        match serde_json::from_str::<Members>(value.get()).ok().and_then(|members| members.get("value")) {
            Some(value) => shown.push((key, document::shown(value))),
            None => document.refuse(
                format!("{field}.parameters.{key}"),
                Problem::Syntax { found: document::beginning(value), wanted: "an object with a `value`".to_owned() },
            ),
        }
    }
    document::with_parameters(name, shown)
}

/// One metric of all measurements.
fn take_series<'a>(document: &mut Document<'a>, field: &str, id: &BenchId, name: &str, measurements: &[Members<'a>]) {
    let mut numbers = Vec::with_capacity(measurements.len());
    let mut unit: Option<Cow<str>> = None;
    for (index, measurement) in measurements.iter().enumerate() {
        let field = format!("{field}.measurements[{index}].{name}");
        let Some(json) = measurement.get(name) else {
            let wanted = "every measurement with the same metrics".to_owned();
            return document.refuse(field, Problem::Syntax { found: "nothing".to_owned(), wanted });
        };
        let Some(quantity) = document.part::<Quantity>(json, "a `value` with its `unit`") else { return };
        let Some(number) = document.number(&field, quantity.value) else { return };
        numbers.push(number);
        let found = quantity.unit.unwrap_or_default();
        match &unit {
            None => unit = Some(found),
            Some(first) if *first == found => {}
            Some(first) => {
                let problem = Problem::Syntax { found: format!("unit `{found}`"), wanted: format!("unit `{first}`") };
                return document.refuse(field, problem);
            }
        }
    }
    let (metric, factor) = metric_of(name, &unit.unwrap_or_default());
    take(document, &format!("{field}.measurements"), id, metric, &numbers, factor);
}

/// hyperfine 2's metrics under our names.
fn metric_of(name: &str, unit: &str) -> (Arc<Metric>, Factor) {
    let (unit, factor) = units::understood(unit).unwrap_or((Unit::Count, Factor::Times(1.0)));
    let metric = match (name, &unit) {
        ("time_wall_clock", Unit::Seconds) => known("time"),
        ("memory_peak_resident", Unit::Bytes) => peak_rss(),
        // Counts of the whole process by the processor: its start, the kernel and chance are in them. All of them,
        // and times, are better when lower.
        _ => {
            let metric = units::custom(&name.replace('_', "-"), unit, HARNESS);
            Arc::new(Metric { better: Better::Lower, ..metric })
        }
    };
    (metric, factor)
}

fn peak_rss() -> Arc<Metric> {
    Arc::new(Metric::custom("peak-rss", Unit::Bytes, Better::Lower))
}

/// Each run is a process.
fn take(document: &mut Document, field: &str, id: &BenchId, metric: Arc<Metric>, numbers: &[f64], factor: Factor) {
    let sample: Option<Sample> = document.sample(field, numbers, factor, &metric.unit);
    if let Some(sample) = sample {
        let metric = document.metric(Metric::clone(&metric));
        document.observe(field, id, metric, Values::Sampled(Processes::each(sample)));
    }
}

/// A command that fails may be fast because it did nothing.
fn tell_failures(document: &mut Document, id: &BenchId, codes: &[Option<i64>]) {
    let failed: Vec<&Option<i64>> = codes.iter().filter(|code| **code != Some(0)).collect();
    let Some(first) = failed.first() else { return };
    let how = first.map_or("by a signal".to_owned(), |code| format!("with exit code {code}"));
    let text = format!(
        "{} of {} runs failed (the first {how}), so the time may not be that of the work; run the command by hand",
        failed.len(),
        codes.len()
    );
    document.warn(Warning::about(id, "time", text));
}
