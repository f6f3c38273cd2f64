//! Bencher Metric Format, what bencher.dev takes and every of its adapters makes: read and written.
//!
//! ```json
//! {"sort/large": {"latency": {"value": 88.0, "lower_value": 87.4, "upper_value": 88.9}, "instructions": {"value": 101093}}}
//! {"sort": [{"parameters": {"size": 16}, "measures": {"latency": {"value": 88.0}}}]}
//! ```
//!
//! Kept: `value`, one number for each benchmark and measure, with `lower_value` and `upper_value` as the interval it may
//! lie in. What these bound differs from adapter to adapter, and it is as wide as an interval of the value or wider: a
//! change has to lie beyond it. Entries of a list that name the same parameters are further runs.
//!
//! Measures have no unit in the file. `latency` is nanoseconds and `throughput` operations per second, as bencher.dev has
//! it; `build-time` is seconds, `file-size` bytes. The names of our own metrics stand for these, in base units, and so do
//! those of the adapters for DHAT and callgrind. A measure of any other name is a metric of its own, about which nobody
//! said which direction is good news.
//!
//! Source: <https://bencher.dev/docs/reference/bencher-metric-format>

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{self, Document, Members};
use super::units::{self, Factor};
use super::{File, Format, Problem, ReadError, Reading, json};
use crate::model::{BenchId, METRICS, Metric, Nature, Observation, Processes, Run, Standing, Values};
use crate::stats::{median, median_interval};
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: HARNESS,
    keeps: "summary only: one value and its interval for each benchmark and measure (Bencher Metric Format)",
    recognises,
    baseline_of: None,
    read: |files| document::each_file(files, read_file),
};

const HARNESS: &str = "bencher";
const WANTED: &str = "benchmarks in Bencher Metric Format";

fn recognises(bytes: &[u8]) -> bool {
    let Some((_, benchmark)) = json::first_member(bytes) else { return false };
    if let Some((key, _)) = json::first_member_in_list(benchmark) {
        return matches!(key, b"parameters" | b"measures");
    }
    let metric = json::first_member(benchmark).and_then(|(_, measure)| json::first_member(measure));
    metric.is_some_and(|(key, value)| {
        let is_number = value.first().is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'-'));
        is_number && matches!(key, b"value" | b"lower_value" | b"upper_value")
    })
}

/// A measure of a benchmark.
#[derive(Deserialize)]
struct Measured<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
    #[serde(borrow)]
    lower_value: Option<&'a RawValue>,
    #[serde(borrow)]
    upper_value: Option<&'a RawValue>,
}

/// The measures of a benchmark with these parameters.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    parameters: Members<'a>,
    #[serde(borrow)]
    measures: Members<'a>,
}

fn read_file(file: &File) -> Result<Reading, ReadError> {
    let benchmarks: Members = json::parse(&file.path, &file.bytes, WANTED)?;
    let mut document = Document::of(file, HARNESS);
    let mut series = AllSeries::default();
    for (name, json) in &benchmarks.0 {
        if json.get().starts_with('[') {
            let entries: Vec<&RawValue> = serde_json::from_str(json.get()).unwrap_or_default();
            for (index, part) in entries.into_iter().enumerate() {
                let Some(entry) = document.part::<Entry>(part, "an entry with `parameters` and `measures`") else {
                    continue;
                };
                let id = document::with_parameters(name, canonical(&entry.parameters));
                series.take_measures(&mut document, &format!("{name}[{index}].measures"), &id, &entry.measures);
            }
        } else if let Some(measures) = document.part::<Members>(json, "the measures of a benchmark") {
            let mut of_benchmark = AllSeries::default();
            of_benchmark.take_measures(&mut document, name, &BenchId::new(name), &measures);
            of_benchmark.hand_over(&mut document);
        }
    }
    series.hand_over(&mut document);
    Ok(document.finish())
}

/// Sorted by name; a number as its shortest, so that 16, 16.0 and 1.6e1 are the same.
fn canonical<'a>(parameters: &'a Members) -> Vec<(&'a str, String)> {
    let shown = |json| document::number_of(json).map_or_else(|| document::shown(json), |number| number.to_string());
    let mut parameters: Vec<(&str, String)> = parameters.0.iter().map(|(key, json)| (&**key, shown(json))).collect();
    parameters.sort();
    parameters
}

/// The numbers so far, by benchmark and metric.
#[derive(Default)]
struct AllSeries {
    index_of: HashMap<(BenchId, Arc<str>), usize>,
    all: Vec<Series>,
}

struct Series {
    id: BenchId,
    metric: Arc<Metric>,
    /// Where the first of them stands.
    field: String,
    /// In base units.
    numbers: Vec<f64>,
    /// From where to where they may lie, as far as anything is said of it; in base units.
    ends: Vec<f64>,
}

impl AllSeries {
    fn take_measures<'a>(&mut self, document: &mut Document<'a>, field: &str, id: &BenchId, measures: &Members<'a>) {
        let mut of_this_object: HashMap<Arc<str>, String> = HashMap::new();
        for (name, json) in &measures.0 {
            let field = format!("{field}.{name}.value");
            let Some(measured) = document.part::<Measured>(json, "a measure with a `value`") else { continue };
            let (metric, factor) = metric_of(name);
            let Some(value) = document.measurement(&field, measured.value, factor, &metric.unit) else { continue };
            if let Some(first) = of_this_object.insert(metric.name.clone(), field.clone()) {
                let what = format!("`{id}` {}", metric.name);
                document.refuse(field, Problem::Duplicate { what, first: format!("`{first}`") });
                continue;
            }
            let metric = document.metric(metric);
            let next = self.all.len();
            let index = *self.index_of.entry((id.clone(), metric.name.clone())).or_insert(next);
            if index == next {
                self.all.push(Series { id: id.clone(), metric, field, numbers: Vec::new(), ends: Vec::new() });
            }
            self.all[index].numbers.push(value);
            let ends = [measured.lower_value, measured.upper_value].into_iter().flatten();
            self.all[index].ends.extend(ends.filter_map(document::number_of).map(|end| factor.apply(end)));
        }
    }

    fn hand_over(self, document: &mut Document) {
        for Series { id, metric, field, numbers, ends } in self.all {
            if let Some(sample) = document.sample(&field, &numbers, Factor::Times(1.0), &metric.unit) {
                let within = |middle: Processes| ends.iter().fold(middle, |middle, end| middle.within(*end, *end));
                let values = document::counted_or(&metric, sample, |sample| within(document::middle(sample)));
                document.observe(&field, &id, metric, values);
            }
        }
    }
}

/// Names of measures, and which of our metrics they are.
const MEASURES: &[(&str, &str)] = &[
    ("latency", "time"),
    ("total-blocks", "allocs"),
    ("total-bytes", "alloc-bytes"),
    ("max-bytes", "peak-bytes"),
    ("l2-hits", "ll-hits"),
];

const THROUGHPUT: &str = "throughput";
/// Ours: bencher.dev has no name for it.
const BYTES_PER_SECOND: &str = "bytes-per-second";

/// What a measure is, and the factor to base units.
fn metric_of(measure: &str) -> (Metric, Factor) {
    let slug = measure.to_lowercase().replace(' ', "-");
    if let Some((_, name)) = MEASURES.iter().find(|(known, _)| *known == slug) {
        let factor = if slug == "latency" { Factor::Over(1e9) } else { Factor::Times(1.0) };
        return (Metric::known(name), factor);
    }
    let headline = |unit, better| Metric { standing: Standing::Headline, ..Metric::custom(&slug, unit, better) };
    let metric = match &*slug {
        THROUGHPUT => Metric { standing: Standing::Headline, ..Metric::known(THROUGHPUT).in_unit(Unit::PerSecond) },
        BYTES_PER_SECOND => Metric::known(THROUGHPUT),
        "build-time" => headline(Unit::Seconds, Better::Lower),
        "file-size" => Metric { nature: Nature::Counted, ..headline(Unit::Bytes, Better::Lower) },
        // Of unknown unit, unlike our own.
        "time" => units::custom("time", Unit::Other("time".into()), HARNESS),
        _ => {
            METRICS.get(&slug).unwrap_or_else(|| Metric::custom(measure, Unit::Other(measure.into()), Better::Unknown))
        }
    };
    (metric, Factor::Times(1.0))
}

/// `run` in Bencher Metric Format: a benchmark a line.
///
/// The value is the median of all measurements, or the count. `lower_value` and `upper_value` are the ends of the
/// interval that holds the median with 95 %, whatever the distribution; they are missing where there are too few
/// measurements for one (6), and for counts. Times are `latency` in nanoseconds, a rate of bytes `bytes-per-second`; all
/// other metrics keep name and base unit.
pub fn write(run: &Run) -> Vec<u8> {
    let mut text = String::from("{");
    let of_same_benchmark = run.observations().chunk_by(|a, b| a.id == b.id);
    for (index, observations) in of_same_benchmark.enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        let measures: Vec<String> = observations.iter().filter_map(measure_text).collect();
        write!(text, "{}: {{{}}}", quoted(observations[0].id.as_str()), measures.join(", ")).expect(A_STRING);
    }
    text.push_str("\n}\n");
    text.into_bytes()
}

const A_STRING: &str = "a String never refuses";

/// `"latency": {"value": 88.0, "lower_value": 87.42, "upper_value": 88.88}`; `None` for a value that is too large to be
/// written in nanoseconds.
fn measure_text(observation: &Observation) -> Option<String> {
    let Observation { metric, values, .. } = observation;
    let (name, in_measure): (String, fn(f64) -> f64) = match (&*metric.name, &metric.unit) {
        ("time", Unit::Seconds) => ("latency".to_owned(), nanoseconds),
        (THROUGHPUT, Unit::BytesPerSecond) => (BYTES_PER_SECOND.to_owned(), |number| number),
        // A harness's own metric that has the name of a measure of another unit.
        (name @ ("latency" | BYTES_PER_SECOND), _) => (format!("own-{name}"), |number| number),
        (name, _) => (name.to_owned(), |number| number),
    };
    let (value, ends) = match values {
        Values::Exact(exact) => (exact.per_operation(), None),
        Values::Sampled(processes) => {
            // What a harness said of its own middle holds; of measurements it is found out.
            let (low, high) = processes.middle_within().unwrap_or_else(|| {
                let interval = median_interval(processes.pooled(), 0.95);
                (interval.low, interval.high)
            });
            (median(processes.pooled()), Some([("lower_value", low), ("upper_value", high)]))
        }
    };
    let ends = ends.filter(|ends| ends.iter().all(|(_, end)| in_measure(*end).is_finite()));
    let numbers = std::iter::once(("value", value)).chain(ends.into_iter().flatten());
    let numbers: Vec<String> =
        numbers.map(|(key, number)| format!("\"{key}\": {}", json_number(in_measure(number)))).collect();
    in_measure(value).is_finite().then(|| format!("{}: {{{}}}", quoted(&name), numbers.join(", ")))
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is always JSON")
}

fn json_number(number: f64) -> String {
    serde_json::to_string(&number).expect("a number is always JSON")
}

/// The shortest number of nanoseconds that reads back as these seconds, where there is one: 88, not 88.00000000000001.
fn nanoseconds(seconds: f64) -> f64 {
    let product = seconds * 1e9;
    if !product.is_finite() {
        return product;
    }
    let mut rounded = (0..17).filter_map(|decimals| format!("{product:.decimals$e}").parse::<f64>().ok());
    rounded.find(|candidate| candidate / 1e9 == seconds).unwrap_or(product)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nanoseconds_are_as_short_as_they_were() {
        #[track_caller]
        fn check(written: f64) {
            assert_eq!(nanoseconds(written / 1e9), written);
        }
        for written in [88.0, 87.42, 0.1, 1e-3, 123_456_789.0, 0.0] {
            check(written);
        }
    }

    #[test]
    fn measures_of_bencher_are_our_metrics() {
        #[track_caller]
        fn check(measure: &str, name: &str, unit: Unit, in_base_units: f64) {
            let (metric, factor) = metric_of(measure);
            assert_eq!((&*metric.name, metric.unit, factor.apply(2.0)), (name, unit, in_base_units));
        }
        check("latency", "time", Unit::Seconds, 2e-9);
        check("Latency", "time", Unit::Seconds, 2e-9);
        check("throughput", "throughput", Unit::PerSecond, 2.0);
        check("bytes-per-second", "throughput", Unit::BytesPerSecond, 2.0);
        check("Total Blocks", "allocs", Unit::Count, 2.0);
        check("file-size", "file-size", Unit::Bytes, 2.0);
        check("peak-bytes", "peak-bytes", Unit::Bytes, 2.0);
        check("time", "bencher:time", Unit::Other("time".into()), 2.0);
        check("My Measure", "My Measure", Unit::Other("My Measure".into()), 2.0);
    }
}
