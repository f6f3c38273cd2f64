//! The JSON of JMH, the Java harness: `-rf json`.
//!
//! ```json
//! [{"jmhVersion": "1.37", "benchmark": "a.B.run", "mode": "avgt", "params": {"size": "10"},
//!   "primaryMetric": {"score": 27.5, "scoreUnit": "ns/op", "rawData": [[26.6, 26.8], [26.4, 32.9]]},
//!   "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 48.0, "scoreUnit": "B/op", "rawData": [[48.0, 48.0]]}}}]
//! ```
//!
//! Kept: every iteration, grouped by fork, which is a process. The unit decides what was measured: `ns/op` is `time`,
//! `ops/s` is `throughput`. A benchmark is called by its class and method, its parameters behind it
//! (`a.B.run/size=10`); in the modes `sample` and `ss`, which measure something else than `avgt` does, also
//! `/mode=sample` and `/mode=ss`.
//!
//! Mode `sample` writes a histogram of single calls for each iteration. Its mean is taken as the time of the iteration,
//! as in the other modes, and the value below which nine calls in ten lie as `time-p90`.
//! Secondary metrics are details under their own names; `gc.alloc.rate.norm` is `alloc-bytes`. What was not a number
//! (JMH writes `"NaN"`) in a secondary metric was not measured, and is left out.
//!
//! Source: JSONResultFormat.java of JMH.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{self, Document, Members};
use super::units::{self, Factor};
use super::{File, Format, Problem, ReadError, Reading, json, known};
use crate::model::{BenchId, METRICS, Metric, Nature, Processes, Standing, Values, Warning};
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: HARNESS,
    keeps: "every iteration, by fork, and secondary metrics (-rf json)",
    recognises,
    baseline_of: None,
    read: |files| document::each_file(files, read_file),
};

const HARNESS: &str = "jmh";
const WANTED: &str = "a list of results of JMH";
const WANTED_RESULT: &str = "a result of JMH";

const SCORES_ONLY: &str =
    "only scores were written, which show large changes alone; run without -Djmh.json.rawData=false";

fn recognises(bytes: &[u8]) -> bool {
    let Some((key, value)) = json::first_member_in_list(bytes) else { return false };
    key == b"jmhVersion" || key == b"benchmark" && value.starts_with(b"\"")
}

/// A benchmark in one mode, as far as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Benchmark<'a> {
    #[serde(borrow)]
    jmh_version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    benchmark: Cow<'a, str>,
    #[serde(borrow)]
    mode: Cow<'a, str>,
    #[serde(borrow)]
    jdk_version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    vm_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    vm_version: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Members<'a>,
    #[serde(borrow)]
    primary_metric: Scores<'a>,
    #[serde(borrow, default)]
    secondary_metrics: Members<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scores<'a> {
    #[serde(borrow)]
    score: &'a RawValue,
    #[serde(borrow)]
    score_confidence: Option<&'a RawValue>,
    #[serde(borrow)]
    score_unit: Cow<'a, str>,
    #[serde(borrow)]
    raw_data: Option<&'a RawValue>,
    #[serde(borrow)]
    raw_data_histogram: Option<&'a RawValue>,
}

impl Scores<'_> {
    /// The interval of the mean by Student's t, 99.9 %; `None` where there is none, or it is `["NaN", "NaN"]`.
    fn interval(&self) -> Option<[f64; 2]> {
        let ends: [&RawValue; 2] = serde_json::from_str(self.score_confidence?.get()).ok()?;
        let [low, high] = ends.map(document::number_of);
        Some([low?, high?])
    }
}

/// By fork and iteration: durations and how many calls took so long.
type Histograms = Vec<Vec<Vec<(f64, u64)>>>;

fn read_file(file: &File) -> Result<Reading, ReadError> {
    let parts = json::parse_list(&file.path, &file.bytes, WANTED)?;
    let mut document = Document::of(file, HARNESS);
    let mut scores_only = false;
    for (index, part) in parts.into_iter().enumerate() {
        let Some(benchmark) = document.part::<Benchmark>(part, WANTED_RESULT) else { continue };
        if index == 0 {
            tell_provenance(&mut document, &benchmark);
        }
        let field = format!("[{index}]");
        let id = id_of(&benchmark);
        scores_only |= read_primary(&mut document, &format!("{field}.primaryMetric"), &id, &benchmark.primary_metric);
        for (name, part) in &benchmark.secondary_metrics.0 {
            let Some(scores) = document.part::<Scores>(part, "a secondary metric of JMH") else { continue };
            read_secondary(&mut document, &format!("{field}.secondaryMetrics.{name}"), &id, name, &scores);
        }
    }
    if scores_only {
        document.warn(Warning::general(SCORES_ONLY));
    }
    Ok(document.finish())
}

fn tell_provenance(document: &mut Document, benchmark: &Benchmark) {
    if let Some(version) = &benchmark.jmh_version {
        document.version(version.as_ref());
    }
    if let Some(jdk) = &benchmark.jdk_version {
        let machine = [&benchmark.vm_name, &benchmark.vm_version].map(|part| part.as_deref().unwrap_or_default());
        document.provenance().toolchain = Some(format!("JDK {jdk}, {}", machine.join(" ")));
    }
}

fn id_of(benchmark: &Benchmark) -> BenchId {
    let parameters = benchmark.params.0.iter().map(|(key, value)| (&**key, document::shown(value)));
    let mode = match &*benchmark.mode {
        mode @ ("sample" | "ss") => Some(("mode", mode.to_owned())),
        _ => None,
    };
    document::with_parameters(&benchmark.benchmark, parameters.chain(mode))
}

/// Whether there was nothing but a score.
fn read_primary(document: &mut Document, field: &str, id: &BenchId, scores: &Scores) -> bool {
    let (metric, factor) = units::metric(&scores.score_unit, HARNESS);
    // What a benchmark is there for, whatever the metric is in other harnesses.
    let metric = document.metric(Metric { standing: Standing::Headline, ..Metric::clone(&metric) });
    if let Some(histogram) = scores.raw_data_histogram.filter(|histogram| !is_empty(histogram)) {
        read_histogram(document, &format!("{field}.rawDataHistogram"), id, metric, factor, histogram);
        return false;
    }
    if let Some(lists) = scores.raw_data.filter(|lists| !is_empty(lists)) {
        let field = format!("{field}.rawData");
        if let Some(forks) = document.lists(&field, lists) {
            take(document, &field, id, metric, factor, forks);
        }
        return false;
    }
    let field = format!("{field}.score");
    if let Some(score) = document.number(&field, scores.score)
        && let Some(sample) = document.sample(&field, &[score], factor, &metric.unit)
    {
        let middle = document::middle(sample);
        let values = Values::Sampled(match scores.interval() {
            Some([low, high]) => middle.within(factor.apply(low), factor.apply(high)),
            None => middle,
        });
        document.observe(&field, id, metric, values);
    }
    true
}

/// Whether a list of lists holds no number, like `[[], []]`.
fn is_empty(lists: &RawValue) -> bool {
    lists.get().bytes().all(|byte| matches!(byte, b'[' | b']' | b',') || byte.is_ascii_whitespace())
}

fn take(document: &mut Document, field: &str, id: &BenchId, metric: Arc<Metric>, factor: Factor, forks: Vec<Vec<f64>>) {
    let forks = forks.iter().filter(|fork| !fork.is_empty());
    let samples: Option<Vec<_>> = forks.map(|fork| document.sample(field, fork, factor, &metric.unit)).collect();
    if let Some(processes) = samples.and_then(Processes::new) {
        document.observe(field, id, metric, Values::Sampled(processes));
    }
}

fn read_histogram(
    document: &mut Document,
    field: &str,
    id: &BenchId,
    metric: Arc<Metric>,
    factor: Factor,
    histogram: &RawValue,
) {
    let histograms: Histograms = match serde_json::from_str(histogram.get()) {
        Ok(histograms) => histograms,
        Err(error) => {
            return document.refuse(field, json::problem(&error, "lists of durations and their counts"));
        }
    };
    let of_each = |figure: fn(&[(f64, u64)]) -> Option<f64>| -> Vec<Vec<f64>> {
        histograms.iter().map(|fork| fork.iter().filter_map(|iteration| figure(iteration)).collect()).collect()
    };
    let (means, ninth_deciles) = (of_each(mean), of_each(ninth_decile));
    if means.iter().all(Vec::is_empty) {
        return document.refuse(field, Problem::Empty);
    }
    let is_time = metric.unit == Unit::Seconds;
    take(document, field, id, metric, factor, means);
    if is_time {
        take(document, field, id, known("time-p90"), factor, ninth_deciles);
    }
}

/// The mean of all calls of an iteration; `None` when there was none.
fn mean(histogram: &[(f64, u64)]) -> Option<f64> {
    let calls: f64 = histogram.iter().map(|(_, count)| *count as f64).sum();
    (calls > 0.0).then(|| histogram.iter().map(|(value, count)| value * (*count as f64 / calls)).sum())
}

/// The duration of the call below or at which nine in ten of an iteration lie; `None` when there was none.
fn ninth_decile(histogram: &[(f64, u64)]) -> Option<f64> {
    let mut sorted: Vec<(f64, u64)> = histogram.iter().copied().filter(|(_, count)| *count > 0).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let calls: f64 = sorted.iter().map(|(_, count)| *count as f64).sum();
    let mut below = 0.0;
    let reached = sorted.iter().find(|(_, count)| {
        below += *count as f64;
        below >= 0.9 * calls
    });
    reached.or(sorted.last()).map(|(value, _)| *value)
}

fn read_secondary(document: &mut Document, field: &str, id: &BenchId, name: &str, scores: &Scores) {
    let Some(lists) = scores.raw_data.filter(|lists| !is_empty(lists) && !lists.get().contains('"')) else { return };
    let (metric, factor) = secondary_metric(name, &scores.score_unit);
    let metric = document.metric(metric);
    let field = format!("{field}.rawData");
    if let Some(forks) = document.lists(&field, lists) {
        take(document, &field, id, metric, factor, forks);
    }
}

fn secondary_metric(name: &str, written: &str) -> (Metric, Factor) {
    // Until 1.36 the names of what a profiler measured began with a dot.
    let name = name.trim_start_matches('·');
    let (unit, factor) = units::understood(written).unwrap_or((Unit::Other(written.into()), Factor::Times(1.0)));
    if name == "gc.alloc.rate.norm" && unit == Unit::Bytes {
        // Averaged over an iteration: the compiler and the collector leave traces in it.
        let metric = Metric { standing: Standing::Detail, nature: Nature::Timed, ..Metric::known("alloc-bytes") };
        return (metric, factor);
    }
    let better = match unit {
        Unit::Seconds if written.contains('/') => Better::Lower,
        Unit::PerSecond => Better::Higher,
        _ => Better::Unknown,
    };
    let name = if METRICS.get(name).is_some() { format!("{HARNESS}:{name}") } else { name.to_owned() };
    (Metric::custom(&name, unit, better), factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_each_call() {
        let histogram = [(3.0, 1), (1.0, 8), (2.0, 1)];
        assert_eq!(mean(&histogram).map(|mean| (mean * 1e9).round() / 1e9), Some(1.3)); // (8 + 2 + 3) / 10
        assert_eq!(ninth_decile(&histogram), Some(2.0)); // the ninth of ten
        assert_eq!(mean(&[(1.0, 0)]), None);
        assert_eq!(ninth_decile(&[]), None);
        assert_eq!(mean(&[(1.0, u64::MAX), (1.0, u64::MAX)]), Some(1.0));
    }
}
