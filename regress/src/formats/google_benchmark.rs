//! The JSON of Google Benchmark: `--benchmark_format=json`, or `--benchmark_out`.
//!
//! ```json
//! {"context": {"date": "…", "library_build_type": "release"},
//!  "benchmarks": [{"name": "BM_build/10", "run_type": "iteration", "repetition_index": 0,
//!                  "real_time": 299.9, "cpu_time": 186.9, "time_unit": "ns", "items_per_second": 5.3e7}]}
//! ```
//!
//! Kept: every repetition (`--benchmark_repetitions`), in the order taken; all are of one process. `time` is `real_time`,
//! which is the mean of one iteration; `cpu-time` goes with it. Means, medians and the like of repetitions are computed
//! from those and dropped, unless there is nothing else (`--benchmark_report_aggregates_only`): then the median is taken,
//! as what is left of measurements.
//!
//! `bytes_per_second` is `throughput`. What a memory manager counted is `allocs`, `alloc-bytes` and `peak-bytes`. Any
//! other counter is a metric of its own, in whatever unit its bench means.
//! A benchmark that ended with an error has no numbers; it is told and left out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{self, Document, Members};
use super::units::{self, Factor};
use super::{File, Format, Problem, ReadError, Reading, json, known};
use crate::model::{BenchId, Metric, Processes, Warning};
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: HARNESS,
    keeps: "every repetition: real and processor time, counters (--benchmark_out)",
    recognises,
    baseline_of: None,
    read: |files| document::each_file(files, read_file),
};

const HARNESS: &str = "google-benchmark";
const WANTED: &str = "a JSON file of Google Benchmark";
const WANTED_ROW: &str = "a benchmark of Google Benchmark";

const UNOPTIMISED: &str = "Google Benchmark itself was built without optimisation (`library_build_type`: debug), \
     which adds to short times; build it in release mode";
const AGGREGATES_ONLY: &str = "of the repetitions only medians were written, which show large changes alone; \
     run without --benchmark_report_aggregates_only";

fn recognises(bytes: &[u8]) -> bool {
    let context = json::first_member(bytes).filter(|(key, _)| *key == b"context");
    context.and_then(|(_, value)| json::first_member(value)).is_some_and(|(key, _)| key == b"date")
}

/// The file, as far as it is read.
#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    context: Context<'a>,
    #[serde(borrow)]
    benchmarks: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Context<'a> {
    #[serde(borrow)]
    date: Option<Cow<'a, str>>,
    #[serde(borrow)]
    library_version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    library_build_type: Option<Cow<'a, str>>,
}

fn read_file(file: &File) -> Result<Reading, ReadError> {
    let output: Output = json::parse(&file.path, &file.bytes, WANTED)?;
    let mut document = Document::of(file, HARNESS);
    document.provenance().recorded_at = output.context.date.and_then(|date| document::utc(&date));
    if let Some(version) = output.context.library_version {
        document.version(version);
    }
    let mut benches = Benches::default();
    for (index, part) in output.benchmarks.into_iter().enumerate() {
        if let Some(row) = document.part::<Members>(part, WANTED_ROW) {
            benches.take(&mut document, &format!("benchmarks[{index}]"), &row);
        }
    }
    if output.context.library_build_type.as_deref() == Some("debug") {
        document.warn(Warning::general(UNOPTIMISED));
    }
    benches.hand_over(&mut document);
    Ok(document.finish())
}

/// Members of a row that are no counters.
const NO_COUNTERS: &[&str] = &[
    "name",
    "family_index",
    "per_family_instance_index",
    "run_name",
    "run_type",
    "repetitions",
    "repetition_index",
    "threads",
    "aggregate_name",
    "aggregate_unit",
    "error_occurred",
    "error_message",
    "skipped",
    "skip_message",
    "iterations",
    "real_time",
    "cpu_time",
    "time_unit",
    "label",
];

/// What the rows so far tell.
#[derive(Default)]
struct Benches {
    rows: Vec<Bench>,
    /// By name; a name has at most two: its repetitions and the median of them.
    index_of: HashMap<(String, Kind), usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Repetitions,
    Median,
}

/// A benchmark: its measurements by metric.
struct Bench {
    id: BenchId,
    kind: Kind,
    /// Where the first row of it stands.
    field: String,
    /// Two benchmarks of one name are of different families.
    family: String,
    series: Vec<(Arc<Metric>, Vec<f64>)>,
    failure: Option<String>,
}

impl Benches {
    fn take(&mut self, document: &mut Document, field: &str, row: &Members) {
        let text = |key: &str| row.text(key);
        let Some(name) = text("run_name").or_else(|| text("name")) else {
            let wanted = "a `name`".to_owned();
            return document.refuse(field, Problem::Syntax { found: "a benchmark without one".to_owned(), wanted });
        };
        let kind = match (text("run_type").as_deref(), text("aggregate_name").as_deref()) {
            (Some("aggregate"), Some("median")) => Kind::Median,
            (Some("aggregate"), _) => return,
            // Before 1.5 only the name told them apart.
            (None, _) if is_aggregate(&name) => return,
            _ => Kind::Repetitions,
        };
        let family = ["family_index", "per_family_instance_index"].map(|key| row.get(key).map_or("", RawValue::get));
        let family = family.join(".");
        let next = self.rows.len();
        let index = *self.index_of.entry((name.clone(), kind)).or_insert(next);
        if index == next {
            let (id, field) = (BenchId::new(&name), field.to_owned());
            self.rows.push(Bench { id, kind, field, family, series: Vec::new(), failure: None });
        } else if self.rows[index].family != family {
            let first = format!("`{}`", self.rows[index].field);
            return document.refuse(field, Problem::Duplicate { what: format!("`{name}`"), first });
        }
        let bench = &mut self.rows[index];
        if let Some(failure) = failure(row) {
            bench.failure.get_or_insert(failure);
            return;
        }
        if let Some(values) = measurements(document, field, row) {
            for (metric, value) in values {
                bench.push(metric, value);
            }
        }
    }

    fn hand_over(self, document: &mut Document) {
        let mut only_aggregates = false;
        for bench in &self.rows {
            let repetitions = (bench.id.as_str().to_owned(), Kind::Repetitions);
            if bench.kind == Kind::Median && self.index_of.contains_key(&repetitions) {
                continue;
            }
            only_aggregates |= bench.kind == Kind::Median;
            if let Some(failure) = &bench.failure {
                document.warn(Warning::about(&bench.id, "time", format!("{failure}; left out")));
            }
            for (metric, values) in &bench.series {
                let sample = document.sample(&bench.field, values, Factor::Times(1.0), &metric.unit);
                let Some(sample) = sample else { continue };
                let values = document::counted_or(
                    metric,
                    sample,
                    match bench.kind {
                        Kind::Repetitions => Processes::one,
                        Kind::Median => document::middle,
                    },
                );
                document.observe(&bench.field, &bench.id, metric.clone(), values);
            }
        }
        if only_aggregates {
            document.warn(Warning::general(AGGREGATES_ONLY));
        }
    }
}

impl Bench {
    fn push(&mut self, metric: Arc<Metric>, value: f64) {
        match self.series.iter_mut().find(|(known, _)| known.name == metric.name) {
            Some((_, values)) => values.push(value),
            None => self.series.push((metric, vec![value])),
        }
    }
}

fn is_aggregate(name: &str) -> bool {
    ["_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS"].iter().any(|suffix| name.ends_with(suffix))
}

/// What a bench said when it gave up, or was passed over on purpose.
fn failure(row: &Members) -> Option<String> {
    let is_set = |key| row.get(key).is_some_and(|json| json.get() == "true");
    let message = |key, otherwise: &str| row.text(key).unwrap_or_else(|| otherwise.to_owned());
    if is_set("error_occurred") {
        Some(format!("the benchmark failed: {}", message("error_message", "no reason given")))
    } else if is_set("skipped") {
        Some(format!("the benchmark was skipped: {}", message("skip_message", "no reason given")))
    } else {
        None
    }
}

/// The measurements of one repetition, in base units.
fn measurements(document: &mut Document, field: &str, row: &Members) -> Option<Vec<(Arc<Metric>, f64)>> {
    let unit = row.text("time_unit").unwrap_or_default();
    let Some((Unit::Seconds, factor)) = units::understood(&unit) else {
        let wanted = "`ns`, `us`, `ms` or `s`".to_owned();
        document.refuse(format!("{field}.time_unit"), Problem::Syntax { found: format!("`{unit}`"), wanted });
        return None;
    };
    let mut values = Vec::new();
    for (key, metric) in [("real_time", known("time")), ("cpu_time", cpu_time())] {
        let Some(json) = row.get(key) else {
            let wanted = "a number".to_owned();
            document.refuse(format!("{field}.{key}"), Problem::Syntax { found: "nothing".to_owned(), wanted });
            continue;
        };
        let field = format!("{field}.{key}");
        values.extend(document.measurement(&field, json, factor, &Unit::Seconds).map(|time| (metric, time)));
    }
    for (key, json) in row.0.iter().filter(|(key, _)| !NO_COUNTERS.contains(&&**key)) {
        if document::number_of(json).is_some() {
            let metric = document.metric(counter(key));
            let number = document.measurement(&format!("{field}.{key}"), json, Factor::Times(1.0), &metric.unit);
            values.extend(number.map(|number| (metric, number)));
        }
    }
    Some(values)
}

const CPU_TIME: &str = "cpu-time";

fn cpu_time() -> Arc<Metric> {
    Arc::new(Metric::custom(CPU_TIME, Unit::Seconds, Better::Lower))
}

/// A counter, by the name its bench gave it.
fn counter(name: &str) -> Metric {
    match name {
        "bytes_per_second" => Metric::known("throughput"),
        "items_per_second" => Metric::custom("items_per_second", Unit::PerSecond, Better::Higher),
        "allocs_per_iter" => Metric::known("allocs"),
        "total_allocated_bytes" => Metric::known("alloc-bytes"),
        "max_bytes_used" => Metric::known("peak-bytes"),
        CPU_TIME => Metric::custom(&format!("{HARNESS}:{name}"), Unit::Other(name.into()), Better::Unknown),
        _ => units::custom(name, Unit::Other(name.into()), HARNESS),
    }
}
