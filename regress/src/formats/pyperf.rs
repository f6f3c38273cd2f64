//! The JSON of pyperf, version 1.0 of its format: `-o` of its runner and of `python3 -m pyperf timeit`.
//!
//! ```json
//! {"benchmarks":[{"metadata":{"name":"build","loops":1024},"runs":[
//!    {"warmups":[[1,1.0e-05]]},
//!    {"metadata":{"mem_max_rss":19472384},"values":[1.5e-05,1.4e-05],"warmups":[[1024,1.7e-05]]}]}],
//!  "metadata":{"unit":"second","perf_version":"2.10.0"},"version":"1.0"}
//! ```
//!
//! Kept: every value, grouped by run, which is a process. Warm-ups are dropped; a run without values calibrated.
//! Seconds are `time`; bytes (`--track-memory`, `--tracemalloc`) `memory`; whole numbers `count`. `peak-rss` is the most
//! memory a process had resident.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{self, Document, Members};
use super::units::Factor;
use super::{File, Format, Place, Problem, ReadError, Reading, json, known};
use crate::model::{BenchId, Host, Metric, Processes, Standing, Values};
use crate::stats::Sample;
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: HARNESS,
    keeps: "every value, by process: seconds, bytes or counts (-o)",
    recognises,
    baseline_of: None,
    read: |files| document::each_file(files, read_file),
};

const HARNESS: &str = "pyperf";
const WANTED: &str = "a JSON file of pyperf";

fn recognises(bytes: &[u8]) -> bool {
    let benchmarks = json::first_member(bytes).filter(|(key, _)| *key == b"benchmarks");
    benchmarks
        .and_then(|(_, value)| json::first_member_in_list(value))
        .is_some_and(|(key, _)| matches!(key, b"metadata" | b"runs"))
}

/// The file.
#[derive(Deserialize)]
struct Suite<'a> {
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
    /// What is true of all benchmarks.
    #[serde(borrow, default)]
    metadata: Members<'a>,
    #[serde(borrow)]
    benchmarks: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Benchmark<'a> {
    /// What is true of all runs.
    #[serde(borrow, default)]
    metadata: Members<'a>,
    #[serde(borrow)]
    runs: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Run<'a> {
    #[serde(borrow, default)]
    metadata: Members<'a>,
    #[serde(borrow)]
    values: Option<&'a RawValue>,
}

fn read_file(file: &File) -> Result<Reading, ReadError> {
    let suite: Suite = json::parse(&file.path, &file.bytes, WANTED)?;
    let version = suite.version.unwrap_or_default();
    if version != "1.0" {
        let problem = Problem::UnknownVersion { found: version.into_owned(), known: "version 1.0 of pyperf's format" };
        return Err(ReadError { path: file.path.clone(), place: Place::Field("version".to_owned()), problem });
    }
    let mut document = Document::of(file, HARNESS);
    let parts = suite.benchmarks;
    let benchmarks: Vec<Option<Benchmark>> =
        parts.into_iter().map(|part| document.part(part, "a benchmark of pyperf")).collect();
    let first = benchmarks.iter().flatten().next().map(|benchmark| &benchmark.metadata);
    tell_provenance(&mut document, |key| suite.metadata.get(key).or_else(|| first?.get(key)));
    for (index, benchmark) in benchmarks.into_iter().enumerate() {
        let Some(benchmark) = benchmark else { continue };
        let told = |key: &str| benchmark.metadata.text(key).or_else(|| suite.metadata.text(key));
        let field = format!("benchmarks[{index}]");
        let Some(name) = told("name") else {
            let wanted = "a `name` in `metadata`".to_owned();
            document.refuse(field, Problem::Syntax { found: "a benchmark without one".to_owned(), wanted });
            continue;
        };
        match metric_of(told("unit").as_deref()) {
            Ok(metric) => read_runs(&mut document, &field, &BenchId::new(&name), metric, benchmark.runs),
            Err(problem) => document.refuse(format!("{field}.metadata.unit"), problem),
        }
    }
    Ok(document.finish())
}

/// * `of_all`: the value of a key of the metadata.
fn tell_provenance<'a>(document: &mut Document, of_all: impl Fn(&str) -> Option<&'a RawValue>) {
    let told = |key: &str| of_all(key).and_then(document::text_of);
    if let Some(version) = told("perf_version") {
        document.version(version);
    }
    let implementation = told("python_implementation").unwrap_or_default();
    let provenance = document.provenance();
    provenance.toolchain =
        told("python_version").map(|version| format!("{implementation} {version}").trim().to_owned());
    // Linux-6.1.0-x86_64-with-glibc2.36
    let platform = told("platform").unwrap_or_default().to_lowercase();
    let system = platform.split('-').next().unwrap_or_default();
    let machine = platform.split('-').find(|part| matches!(*part, "x86_64" | "amd64" | "aarch64" | "arm64"));
    let os = format!("{system} {}", machine.unwrap_or_default()).trim().to_owned();
    let cores = of_all("cpu_count").and_then(|json| json.get().parse().ok()).unwrap_or(0);
    provenance.host = told("cpu_model_name").map(|cpu| Host { cpu, cores, os });
}

fn metric_of(unit: Option<&str>) -> Result<Arc<Metric>, Problem> {
    let own = |name: &str, unit: Unit, better: Better| {
        Arc::new(Metric { standing: Standing::Headline, ..Metric::custom(name, unit, better) })
    };
    match unit {
        None | Some("second") => Ok(known("time")),
        Some("byte") => Ok(own("memory", Unit::Bytes, Better::Lower)),
        Some("integer") => Ok(own("count", Unit::Count, Better::Unknown)),
        Some(other) => {
            let wanted = "`second`, `byte` or `integer`".to_owned();
            Err(Problem::Syntax { found: format!("unit `{other}`"), wanted })
        }
    }
}

fn read_runs<'a>(document: &mut Document<'a>, field: &str, id: &BenchId, metric: Arc<Metric>, runs: Vec<&'a RawValue>) {
    let mut samples: Vec<Sample> = Vec::with_capacity(runs.len());
    let mut memory: Vec<f64> = Vec::new();
    let mut is_whole = true;
    for (index, part) in runs.into_iter().enumerate() {
        let Some(run) = document.part::<Run>(part, "a run of pyperf") else {
            is_whole = false;
            continue;
        };
        let Some(values) = run.values else { continue };
        let field = format!("{field}.runs[{index}].values");
        let numbers = document.numbers(&field, values);
        let sample = numbers.and_then(|it| document.sample(&field, &it, Factor::Times(1.0), &metric.unit));
        is_whole &= sample.is_some();
        samples.extend(sample);
        memory.extend(peak_rss(&run.metadata));
    }
    if !is_whole {
        return;
    }
    let count = samples.len();
    match Processes::new(samples) {
        Some(processes) => document.observe(field, id, metric, Values::Sampled(processes)),
        None => return document.refuse(format!("{field}.runs"), Problem::Empty),
    }
    if memory.len() == count
        && let Some(sample) = document.sample(field, &memory, Factor::Times(1.0), &Unit::Bytes)
    {
        let metric = document.metric(Metric::custom("peak-rss", Unit::Bytes, Better::Lower));
        document.observe(field, id, metric, Values::Sampled(Processes::each(sample)));
    }
}

/// Of `pyperf command` the process of the command counts, not the one that started it.
fn peak_rss(metadata: &Members) -> Option<f64> {
    let json = metadata.get("command_max_rss").or_else(|| metadata.get("mem_max_rss"))?;
    document::number_of(json)
}
