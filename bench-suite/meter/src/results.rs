//! The results file, `meter/1`. README.md of this crate describes it for readers.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::measure::{Operation, Threads};

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

#[derive(Serialize, Deserialize)]
struct End {
    end: bool,
    cases: usize,
}

struct Metric {
    name: &'static str,
    unit: &'static str,
    of: fn(&Operation) -> Option<u64>,
    over_operations: Over,
}

#[derive(Clone, Copy)]
enum Over {
    /// A repeat is worth the sum of its operations.
    Sum,
    /// A repeat is worth its highest operation.
    Highest,
}

pub(crate) const ALLOCS: &str = "allocs";
pub(crate) const ALLOC_BYTES: &str = "alloc-bytes";
pub(crate) const PEAK_BYTES: &str = "peak-bytes";

#[rustfmt::skip]
const METRICS: [Metric; 5] = [
    Metric { name: ALLOC_BYTES, unit: "bytes", of: |o| Some(o.counts.bytes), over_operations: Over::Sum },
    Metric { name: ALLOCS, unit: "count", of: |o| Some(o.counts.allocs()), over_operations: Over::Sum },
    Metric { name: "frees", unit: "count", of: |o| Some(o.counts.frees), over_operations: Over::Sum },
    Metric { name: PEAK_BYTES, unit: "bytes", of: |o| o.peak_bytes, over_operations: Over::Highest },
    Metric { name: "reallocs", unit: "count", of: |o| Some(o.counts.reallocs()), over_operations: Over::Sum },
];

/// The records of one case, sorted by metric.
///
/// * `repeats`: operations in the order taken, one list per repeat, all equally long.
pub(crate) fn records(benchmark: &str, repeats: &[Vec<Operation>]) -> Vec<Record> {
    METRICS.iter().filter_map(|metric| metric.record(benchmark, repeats)).collect()
}

impl Metric {
    /// `None` when it was not measured.
    fn record(&self, benchmark: &str, repeats: &[Vec<Operation>]) -> Option<Record> {
        let of_operations = |repeat: &Vec<Operation>| repeat.iter().map(self.of).collect();
        let values: Vec<Vec<u64>> = repeats.iter().map(of_operations).collect::<Option<_>>()?;
        let value = match self.over_operations {
            Over::Sum => sum(&values),
            Over::Highest => highest(&values, threads(repeats)),
        };
        Some(Record {
            benchmark: benchmark.to_owned(),
            metric: self.name.to_owned(),
            unit: self.unit.to_owned(),
            value,
        })
    }
}

fn threads(repeats: &[Vec<Operation>]) -> Threads {
    let mut operations = repeats.iter().flatten();
    if operations.all(|operation| operation.threads == Threads::One) { Threads::One } else { Threads::Several }
}

/// Samples are operations.
fn sum(repeats: &[Vec<u64>]) -> Value {
    let totals: Vec<u64> = repeats.iter().map(|repeat| repeat.iter().sum()).collect();
    match all_equal(&totals) {
        Some(total) => Value::Exact { total, operations: repeats.first().map_or(0, Vec::len) as u64 },
        None => Value::Varying { samples: repeats.concat() },
    }
}

/// Samples are repeats. With several threads the highest depends on how their calls interleaved:
/// that it was the same five times is luck, and an exact budget must not be built on it.
fn highest(repeats: &[Vec<u64>], threads: Threads) -> Value {
    let of_repeat = |repeat: &Vec<u64>| repeat.iter().copied().max().unwrap_or(0);
    let samples: Vec<u64> = repeats.iter().map(of_repeat).collect();
    match (threads, all_equal(&samples)) {
        (Threads::One, Some(total)) => Value::Exact { total, operations: 1 },
        (Threads::One, None) | (Threads::Several, _) => Value::Varying { samples },
    }
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

    fn value(repeats: &[Vec<Operation>], metric: &str) -> Option<Value> {
        let records = records("case", repeats);
        records.into_iter().find(|r| r.metric == metric).map(|r| r.value)
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
    fn metrics_are_in_the_order_of_the_file() {
        assert!(METRICS.is_sorted_by_key(|metric| metric.name));
    }

    fn results() -> Results {
        let mut all = records("a \"quoted\" | name", &[vec![operation(1, 8)]]);
        all.extend(records("b", &[vec![operation(1, 8)], vec![operation(u64::MAX, 9)]]));
        Results {
            header: Header {
                schema: SCHEMA.to_owned(),
                harness: HARNESS.to_owned(),
                package: "package".to_owned(),
                bench: "bench".to_owned(),
                operations: 1,
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
