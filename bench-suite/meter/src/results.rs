//! The results file, `meter/1`. README.md of this crate describes it for readers.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::measure::Operation;

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
    /// The repeats differed.
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
    let record = |metric: &Metric| {
        let values = |repeat: &Vec<Operation>| repeat.iter().map(metric.of).collect();
        let values: Vec<Vec<u64>> = repeats.iter().map(values).collect::<Option<_>>()?;
        Some(Record {
            benchmark: benchmark.to_owned(),
            metric: metric.name.to_owned(),
            unit: metric.unit.to_owned(),
            value: metric.over_operations.value(values),
        })
    };
    METRICS.iter().filter_map(record).collect()
}

impl Over {
    fn value(self, repeats: Vec<Vec<u64>>) -> Value {
        let of_repeat = |repeat: &Vec<u64>| match self {
            Over::Sum => repeat.iter().sum(),
            Over::Highest => repeat.iter().copied().max().unwrap_or(0),
        };
        let per_repeat: Vec<u64> = repeats.iter().map(of_repeat).collect();
        let is_exact = per_repeat.windows(2).all(|pair| pair[0] == pair[1]);
        match (is_exact, per_repeat.first(), self) {
            (true, Some(&total), Over::Sum) => {
                Value::Exact { total, operations: repeats.first().map_or(0, Vec::len) as u64 }
            }
            (true, Some(&total), Over::Highest) => Value::Exact { total, operations: 1 },
            (_, _, Over::Sum) => Value::Varying { samples: repeats.concat() },
            (_, _, Over::Highest) => Value::Varying { samples: per_repeat },
        }
    }
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
