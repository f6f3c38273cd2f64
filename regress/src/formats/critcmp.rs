//! What `critcmp --export` writes: criterion's estimates of one baseline, without the measurements.
//!
//! ```text
//! {"name":"v1","benchmarks":{"embed/dot/128":{"baseline":"v1","fullname":"v1/embed/dot/128",
//!   "criterion_benchmark_v1":{"throughput":{"Bytes":null,"Elements":128},…},
//!   "criterion_estimates_v1":{"median":{"point_estimate":43.3,…},"mean":{…},…}}}}
//! ```
//!
//! Kept: the median, as a [middle](crate::model::Kept::Middles), with criterion's confidence interval of it, which a change
//! has to lie beyond; critcmp itself compares means. Like critcmp this reader
//! takes all times for nanoseconds. The harness is criterion: a directory of its measurements can be compared with it.
//! critcmp exports no throughput in bits, decimal bytes, or elements and bytes: both its fields are `null` then.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::criterion::Load;
use super::json::{self, Entries};
use super::measured::{self, Measured};
use super::{File, Format, Place, Problem, ReadError, Reading};
use crate::model::{BenchId, Processes};
use crate::stats::Sample;

pub(super) const FORMAT: Format = Format {
    name: "critcmp",
    keeps: "summary only: criterion's median with its interval, and throughput (`critcmp --export`)",
    recognises,
    baseline_of: None,
    read,
};

const WANTED: &str = "an export of critcmp";

/// `{"name":"…","benchmarks":{`: other tools that begin like this have a list of benchmarks.
fn recognises(bytes: &[u8]) -> bool {
    let Some((b"name", value)) = json::first_member(bytes) else { return false };
    json::after_string(value)
        .and_then(json::next_member)
        .is_some_and(|(key, value)| key == b"benchmarks" && value.starts_with(b"{"))
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, |file| read_file(file).unwrap_or_else(Reading::refused))
}

#[derive(Deserialize)]
struct Export<'a> {
    #[serde(borrow)]
    benchmarks: Entries<'a, Benchmark<'a>>,
}

#[derive(Deserialize)]
struct Benchmark<'a> {
    criterion_benchmark_v1: Info,
    #[serde(borrow)]
    criterion_estimates_v1: Estimates<'a>,
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Throughput {
    bytes: Option<u64>,
    elements: Option<u64>,
}

#[derive(Deserialize)]
struct Estimates<'a> {
    #[serde(borrow)]
    median: Estimate<'a>,
}

#[derive(Deserialize)]
struct Estimate<'a> {
    #[serde(borrow)]
    point_estimate: &'a RawValue,
    confidence_interval: Option<ConfidenceInterval>,
}

#[derive(Deserialize)]
struct ConfidenceInterval {
    lower_bound: f64,
    upper_bound: f64,
}

impl ConfidenceInterval {
    /// The ends, in seconds; `None` where they are no times.
    fn seconds(&self) -> Option<Sample> {
        let ends = [self.lower_bound, self.upper_bound];
        let seconds = Measured::in_unit("ns").per_iteration(&ends, &[1.0, 1.0]).ok()?;
        (seconds.min() >= 0.0).then_some(seconds)
    }
}

impl Throughput {
    fn load(&self) -> Option<Load> {
        match (self.bytes, self.elements) {
            (Some(bytes), _) => Some(Load::Bytes(bytes as f64)),
            (None, Some(elements)) => Some(Load::Elements(elements as f64)),
            (None, None) => None,
        }
    }
}

/// # Errors
/// The one problem that keeps the file from being read at all.
fn read_file(file: &File) -> Result<Reading, ReadError> {
    let export: Export = json::parse(&file.path, &file.bytes, WANTED)?;
    let problem_at = |place, problem| ReadError { path: file.path.clone(), place, problem };
    let mut reading = Reading::default();
    let harness: Arc<str> = "criterion".into();
    let mut seen: HashSet<&Cow<'_, str>> = HashSet::new();
    for (name, benchmark) in &export.benchmarks.0 {
        if !seen.insert(name) {
            let problem = Problem::Duplicate { what: format!("`{name}`"), first: "the same file".to_owned() };
            reading.problems.push(problem_at(Place::Field(format!("benchmarks[{name:?}]")), problem));
            continue;
        }
        match measured::seconds(benchmark.criterion_estimates_v1.median.point_estimate) {
            Ok(sample) => {
                let load = benchmark.criterion_benchmark_v1.throughput.as_ref().and_then(Throughput::load);
                let id = BenchId::new(name);
                let time = Measured::in_unit("ns").metric;
                let interval = benchmark.criterion_estimates_v1.median.confidence_interval.as_ref();
                let within = interval.and_then(ConfidenceInterval::seconds);
                let keep = (|sample| Processes::middles(sample, None), within.as_ref());
                measured::observe((&id, &harness, &file.path), (time, sample), load.as_ref(), keep, &mut reading);
            }
            Err(problem) => {
                let field = format!("benchmarks[{name:?}].criterion_estimates_v1.median.point_estimate");
                reading.problems.push(problem_at(Place::Field(field), problem));
            }
        }
    }
    if reading.observations.is_empty() && reading.problems.is_empty() {
        return Err(problem_at(Place::Whole, Problem::Empty));
    }
    Ok(reading)
}
