//! The results file, `meter/1`. README.md of this crate describes it for readers.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::measure::{Observed, Operation, Threads};

pub(crate) const SCHEMA: &str = "meter/1";
pub(crate) const HARNESS: &str = concat!("bench-meter ", env!("CARGO_PKG_VERSION"));

/// A whole results file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Results {
    pub(crate) header: Header,
    /// Sorted by benchmark, then metric.
    pub(crate) records: Vec<Record>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) schema: String,
    pub(crate) harness: String,
    pub(crate) package: String,
    pub(crate) bench: String,
    /// Counted operations per repeat of the run that wrote the file last.
    pub(crate) operations: u32,
    /// What the clock read where nothing was done, where calls were timed.
    #[serde(default, rename = "clock-ns", skip_serializing_if = "Option::is_none")]
    pub(crate) clock_nanoseconds: Option<u64>,
}

/// One metric of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) benchmark: String,
    pub(crate) metric: String,
    pub(crate) unit: String,
    #[serde(flatten)]
    pub(crate) value: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Value {
    /// Every repeat gave this. The value of one operation is the fraction `total / operations`.
    Exact { total: u64, operations: u64 },
    /// The repeats differed, or could have.
    Varying { samples: Vec<u64> },
}

impl Value {
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Value::Exact { total, .. } => *total == 0,
            Value::Varying { samples } => samples.iter().all(|sample| *sample == 0),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct End {
    end: bool,
    cases: usize,
}

struct Metric {
    name: &'static str,
    unit: &'static str,
    /// `None` when it was not measured.
    of: fn(&Observed) -> Option<Value>,
}

pub(crate) const ALLOCS: &str = "allocs";
pub(crate) const ALLOC_BYTES: &str = "alloc-bytes";
pub(crate) const LEAKED_BYTES: &str = "leaked-bytes";
pub(crate) const PEAK_BYTES: &str = "peak-bytes";

const BYTES: &str = "bytes";
const COUNT: &str = "count";

const METRICS: [Metric; 6] = [
    Metric { name: ALLOC_BYTES, unit: BYTES, of: |o| Some(sum(o, &each(o, |o| o.counts.bytes))) },
    Metric { name: ALLOCS, unit: COUNT, of: |o| Some(sum(o, &each(o, |o| o.counts.allocs()))) },
    Metric { name: "frees", unit: COUNT, of: |o| Some(sum(o, &each(o, |o| o.counts.frees))) },
    Metric { name: LEAKED_BYTES, unit: BYTES, of: leaked },
    Metric { name: PEAK_BYTES, unit: BYTES, of: highest },
    Metric { name: "reallocs", unit: COUNT, of: |o| Some(sum(o, &each(o, |o| o.counts.reallocs()))) },
];

/// What `regress` takes for something else than a count of one's own.
const OF_OTHERS: [&str; 11] = [
    "estimated-cycles",
    "instructions",
    "l1-hits",
    "ll-hits",
    "ram-hits",
    "throughput",
    "time",
    "time-p50",
    "time-p90",
    "time-p99",
    "time-per-kb",
];

/// Whether a metric of this name has a meaning already: the meter itself counts it, or another harness measures it.
pub(crate) fn has_meaning(metric: &str) -> bool {
    METRICS.iter().any(|known| known.name == metric) || OF_OTHERS.contains(&metric)
}

/// The records of one case, sorted by metric.
pub(crate) fn records(benchmark: &str, observed: &Observed) -> Vec<Record> {
    let record = |metric: &str, unit: &str, value| Record {
        benchmark: benchmark.to_owned(),
        metric: metric.to_owned(),
        unit: unit.to_owned(),
        value,
    };
    let of_metric = |metric: &Metric| Some(record(metric.name, metric.unit, (metric.of)(observed)?));
    let mut records: Vec<Record> = METRICS.iter().filter_map(of_metric).collect();
    records.extend(observed.rises.iter().map(|(metric, rises)| record(metric, COUNT, sum(observed, rises))));
    records.sort_by(|a, b| a.metric.cmp(&b.metric));
    records
}

fn each(observed: &Observed, of: fn(&Operation) -> u64) -> Vec<u64> {
    observed.operations.iter().map(of).collect()
}

/// A repeat is worth the sum of its operations. Samples are operations.
///
/// * `values`: one for each operation.
fn sum(observed: &Observed, values: &[u64]) -> Value {
    let repeats = values.chunks(observed.of_a_repeat);
    let totals: Vec<u64> = repeats.map(|repeat| repeat.iter().sum()).collect();
    match all_equal(&totals) {
        Some(total) => Value::Exact { total, operations: observed.of_a_repeat as u64 },
        None => Value::Varying { samples: values.to_vec() },
    }
}

/// A repeat is worth its highest operation. Samples are repeats. With several threads the highest depends on how their
/// calls interleaved: that it was the same five times is luck, and an exact budget must not be built on it.
fn highest(observed: &Observed) -> Option<Value> {
    let values: Vec<u64> = observed.operations.iter().map(|operation| operation.peak_bytes).collect::<Option<_>>()?;
    let repeats = values.chunks(observed.of_a_repeat);
    let samples: Vec<u64> = repeats.map(|repeat| repeat.iter().copied().max().unwrap_or(0)).collect();
    let is_alone = observed.operations.iter().all(|operation| operation.threads == Threads::One);
    Some(match all_equal(&samples) {
        Some(total) if is_alone => Value::Exact { total, operations: 1 },
        _ => Value::Varying { samples },
    })
}

/// A repeat is worth what the floor rose by since the one before. A floor that rose more than once leaks: all that it rose
/// by is the total, also where a list that doubles raises it now and then. One rise alone may be something that is made
/// once, and nothing is known of it; without one nothing is known at all.
///
/// * Samples are repeats, but of one operation, rounded up so that no leak becomes 0.
fn leaked(observed: &Observed) -> Option<Value> {
    let rises = &observed.leaked_bytes;
    let operations = observed.of_a_repeat as u64;
    if rises.len() < 2 || rises.iter().filter(|&&rise| 0 < rise).count() == 1 {
        let samples: Vec<u64> = rises.iter().map(|rise| rise.div_ceil(operations)).collect();
        return (!samples.is_empty()).then_some(Value::Varying { samples });
    }
    Some(match all_equal(rises) {
        Some(total) => Value::Exact { total, operations },
        None => {
            let total = rises.iter().fold(0, |sum: u64, rise| sum.saturating_add(*rise));
            Value::Exact { total, operations: operations * rises.len() as u64 }
        }
    })
}

/// The value that all have; `None` when they differ, or there is none.
fn all_equal(values: &[u64]) -> Option<u64> {
    let first = *values.first()?;
    values.iter().all(|&value| value == first).then_some(first)
}

impl Results {
    pub(crate) fn cases(&self) -> usize {
        let mut names: Vec<&str> = self.records.iter().map(|r| r.benchmark.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    }

    pub(crate) fn to_text(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string(&self.header)?;
        text.push('\n');
        for record in &self.records {
            text.push_str(&serde_json::to_string(record)?);
            text.push('\n');
        }
        let end = End { end: true, cases: self.cases() };
        text.push_str(&serde_json::to_string(&end)?);
        text.push('\n');
        Ok(text)
    }

    /// Reads what `to_text` wrote. The error says in words what is wrong.
    pub(crate) fn from_text(text: &str) -> Result<Results, String> {
        let mut lines: Vec<&str> = text.lines().collect();
        let end = lines.pop().ok_or("it is empty")?;
        let end: End = serde_json::from_str(end).map_err(|_| "its last line is not the end line")?;
        let mut lines = lines.into_iter();
        let header = lines.next().ok_or("it has no header")?;
        let header: Header = serde_json::from_str(header).map_err(|e| format!("its header is broken: {e}"))?;
        if header.schema != SCHEMA {
            return Err(format!("its schema is `{}`, not `{SCHEMA}`", header.schema));
        }
        let records: Result<Vec<Record>, _> = lines.map(serde_json::from_str).collect();
        let records = records.map_err(|e| format!("a record is broken: {e}"))?;
        let results = Results { header, records };
        if results.cases() != end.cases {
            let (found, promised) = (results.cases(), end.cases);
            return Err(format!("it holds {found} cases, its end line says {promised}"));
        }
        Ok(results)
    }
}

/// Why the results file could not be written.
#[derive(Debug)]
pub(crate) struct WriteError {
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

/// Replaces `path` in one step: whoever reads it sees the old file or the new one, never a part.
pub(crate) fn write(path: &Path, results: &Results) -> Result<(), WriteError> {
    let failed = |source| WriteError { path: path.to_owned(), source };
    let text = results.to_text().map_err(|e| failed(e.into()))?;
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir).map_err(failed)?;
    // In the same directory, as a rename cannot cross file systems; with the number of this
    // process, as two of them may write the same baseline.
    let temporary = path.with_extension(format!("jsonl.{}.tmp", std::process::id()));
    write_through(&temporary, &text).and_then(|()| fs::rename(&temporary, path)).map_err(|source| {
        // The first failure is the one to report.
        let _ = fs::remove_file(&temporary);
        failed(source)
    })
}

fn write_through(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::Counts;

    fn operation(allocs: u64, peak_bytes: u64) -> Operation {
        Operation {
            counts: Counts { fresh: allocs, ..Counts::default() },
            peak_bytes: Some(peak_bytes),
            threads: Threads::One,
        }
    }

    /// These repeats, of which nothing was leaked or counted besides.
    fn observed(repeats: &[Vec<Operation>]) -> Observed {
        let operations = repeats.concat();
        let leaked_bytes = vec![0; repeats.len() - 1];
        Observed { operations, leaked_bytes, rises: Vec::new(), of_a_repeat: repeats[0].len() }
    }

    fn value_of(observed: &Observed, metric: &str) -> Option<Value> {
        let records = records("case", observed);
        records.into_iter().find(|r| r.metric == metric).map(|r| r.value)
    }

    fn value(repeats: &[Vec<Operation>], metric: &str) -> Option<Value> {
        value_of(&observed(repeats), metric)
    }

    fn exact(total: u64, operations: u64) -> Option<Value> {
        Some(Value::Exact { total, operations })
    }

    fn varying(samples: &[u64]) -> Option<Value> {
        Some(Value::Varying { samples: samples.to_vec() })
    }

    #[test]
    fn only_equal_repeats_are_exact() {
        // 0 and 1 in turns: 2 in 4 operations, twice.
        let turns = vec![operation(0, 8), operation(1, 0), operation(0, 8), operation(1, 0)];
        let repeats = [turns.clone(), turns.clone()];
        assert_eq!(value(&repeats, ALLOCS), exact(2, 4));
        assert_eq!(value(&repeats, PEAK_BYTES), exact(8, 1));

        let mut other = turns.clone();
        other[3] = operation(2, 9);
        let repeats = [turns, other];
        assert_eq!(value(&repeats, ALLOCS), varying(&[0, 1, 0, 1, 0, 1, 0, 2]));
        assert_eq!(value(&repeats, PEAK_BYTES), varying(&[8, 9]));
    }

    #[test]
    fn the_peak_of_several_threads_is_never_called_exact() {
        let several = Operation { threads: Threads::Several, ..operation(1, 8) };
        let repeats = [vec![operation(1, 8), several], vec![operation(1, 8); 2]];
        assert_eq!(value(&repeats, PEAK_BYTES), varying(&[8, 8]));
        assert_eq!(value(&repeats, ALLOCS), exact(2, 2));
    }

    #[test]
    fn a_peak_that_was_not_measured_is_not_written() {
        let blind = Operation { peak_bytes: None, ..operation(1, 0) };
        assert_eq!(value(&[vec![operation(1, 8), blind]], PEAK_BYTES), None);
        assert_eq!(value(&[vec![operation(1, 8), blind]], ALLOCS), exact(2, 2));
    }

    #[test]
    fn a_leak_is_exact_when_the_floor_rises_again() {
        #[track_caller]
        fn check(rises: &[u64], expected: Option<Value>) {
            let case = Observed { leaked_bytes: rises.to_vec(), ..observed(&[vec![operation(1, 8); 4]]) };
            assert_eq!(value_of(&case, LEAKED_BYTES), expected, "for {rises:?}");
        }
        check(&[0, 0, 0, 0], exact(0, 4));
        check(&[32, 32], exact(32, 4));
        check(&[32, 0, 64, 1], exact(97, 16)); // of a list that doubles
        check(&[0, 0, 33, 0], varying(&[0, 0, 9, 0])); // ⌈33 / 4⌉, made once for all one knows
        check(&[u64::MAX, 1], exact(u64::MAX, 8));
        check(&[32], varying(&[8]));
        check(&[], None);
    }

    #[test]
    fn what_is_counted_besides_is_summed_up_like_allocations() {
        let mut case = observed(&[vec![operation(1, 8); 2], vec![operation(1, 8); 2]]);
        case.rises = vec![("hits", vec![3, 4, 4, 3]), ("contended", vec![0, 0, 0, 1])];
        assert_eq!(value_of(&case, "hits"), exact(7, 2));
        assert_eq!(value_of(&case, "contended"), varying(&[0, 0, 0, 1]));
    }

    #[test]
    fn metrics_are_in_the_order_of_the_file() {
        let mut case = observed(&[vec![operation(1, 8)]]);
        case.rises = vec![("zzz", vec![0]), ("contended", vec![0])];
        assert!(records("case", &case).is_sorted_by_key(|record| record.metric.clone()));
    }

    fn results() -> Results {
        let mut all = records("a \"quoted\" | name", &observed(&[vec![operation(1, 8)]]));
        all.extend(records("b", &observed(&[vec![operation(1, 8)], vec![operation(u64::MAX, 9)]])));
        Results {
            header: Header {
                schema: SCHEMA.to_owned(),
                harness: HARNESS.to_owned(),
                package: "package".to_owned(),
                bench: "bench".to_owned(),
                operations: 1,
                clock_nanoseconds: None,
            },
            records: all,
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = results().to_text().unwrap();
        assert_eq!(Results::from_text(&text), Ok(results()));
    }

    #[test]
    fn every_file_that_was_cut_off_is_noticed() {
        let text = results().to_text().unwrap();
        // The last byte is the line end, without which nothing is missing.
        for length in 0..text.len() - 1 {
            let cut = &text[..length];
            assert!(Results::from_text(cut).is_err(), "not noticed: {cut}");
        }
    }

    #[test]
    fn the_example_in_the_readme_is_what_would_be_written() {
        let readme = include_str!("../README.md");
        let start = readme.find("{\"schema\"").unwrap();
        let example = &readme[start..];
        let example = &example[..example.find("```").unwrap()];
        let results = Results::from_text(example).unwrap();
        assert_eq!(results.to_text().unwrap(), example);
    }

    #[test]
    fn a_file_that_is_not_ours_is_refused() {
        #[track_caller]
        fn check(from: &str, to: &str, expected: &str) {
            let text = results().to_text().unwrap().replace(from, to);
            let problem = Results::from_text(&text).unwrap_err();
            assert!(problem.starts_with(expected), "{problem}");
        }
        check("meter/1", "meter/2", "its schema is `meter/2`, not `meter/1`");
        check("\"cases\":2", "\"cases\":3", "it holds 2 cases, its end line says 3");
        check("\"schema\"", "\"scheme\"", "its header is broken: missing field `schema`");
        check("\"total\"", "\"sum\"", "a record is broken: ");
    }
}
