//! criterion's `raw.csv`, a row for each measurement; one file, or those of many benchmarks in one.
//!
//! ```text
//! group,function,value,sample_time_nanos,iteration_count                                                  up to 0.2
//! group,function,value,throughput_num,throughput_type,sample_time_nanos,iteration_count                   0.2.6
//! group,function,value,throughput_num,throughput_type,sample_measured_value,unit,iteration_count          from 0.3
//! embed,dot,128,128,elements,284344.0,ns,6719
//! ```
//!
//! Columns are found by the names in the first row; others are passed over. Kept: every measurement,
//! `sample_measured_value / iteration_count`, in the order of the rows, as one process. The name is
//! `group/function/value`, as far as they are there. It is the only file of criterion's that carries the unit.

use std::collections::HashMap;
use std::sync::Arc;

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord};

use super::measured::{self, Measured};
use super::{File, Format, Place, Problem, ReadError, Reading, json};
use crate::model::{BenchId, Processes, Warning};

pub(super) const FORMAT: Format = Format {
    name: "raw-csv",
    keeps: "every measurement, its unit, and throughput (criterion's raw.csv)",
    recognises: |bytes| json::without_bom(bytes).starts_with(b"group,function,value,"),
    baseline_of: None,
    read,
};

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_file)
}

/// Where the columns are, from 0.
struct Columns {
    names: [usize; 3],
    total: usize,
    iterations: usize,
    unit: Option<usize>,
    amount: Option<usize>,
    kind: Option<usize>,
}

impl Columns {
    /// # Errors
    /// Every column that is missing.
    fn of(header: &StringRecord) -> Result<Columns, Vec<Problem>> {
        let optional = |name: &str| header.iter().position(|column| column.trim() == name);
        let missing = |names: &str| {
            let found = header.iter().collect::<Vec<_>>().join(",");
            Problem::Syntax { found: shortened(&found), wanted: format!("a column {names}") }
        };
        let required = |name: &str| optional(name).ok_or_else(|| missing(&format!("`{name}`")));
        let total = optional("sample_measured_value").or_else(|| optional("sample_time_nanos"));
        let total = total.ok_or_else(|| missing("`sample_measured_value` or `sample_time_nanos`"));
        let columns = (required("group"), required("function"), required("value"), total, required("iteration_count"));
        match columns {
            (Ok(group), Ok(function), Ok(value), Ok(total), Ok(iterations)) => Ok(Columns {
                names: [group, function, value],
                total,
                iterations,
                unit: optional("unit"),
                amount: optional("throughput_num"),
                kind: optional("throughput_type"),
            }),
            (group, function, value, total, iterations) => {
                let all = [group, function, value, total, iterations];
                Err(all.into_iter().filter_map(Result::err).collect())
            }
        }
    }
}

/// What stands in all rows of a benchmark alike.
#[derive(PartialEq)]
struct Setting {
    unit: String,
    amount: String,
    kind: String,
}

/// The rows of one benchmark.
struct Bench {
    id: BenchId,
    setting: Setting,
    /// Of the first row.
    line_number: usize,
    totals: Vec<f64>,
    iterations: Vec<f64>,
}

fn read_file(file: &File) -> Reading {
    let mut reading = Reading::default();
    let mut problem = |line_number: usize, problem| {
        let place = Place::Line { line_number: line_number.max(1), column_number: 0 };
        reading.problems.push(ReadError { path: file.path.clone(), place, problem });
    };
    let text = json::without_bom(&file.bytes);
    let mut line_numbers = LineNumbers { text, offset: 0, line_number: 1 };
    // Half a number of iterations is one, too: a time ten or a thousand times as long.
    let whole_rows = memchr::memrchr(b'\n', text).map_or(text.len(), |last| last + 1);
    let mut rows = ReaderBuilder::new().from_reader(&text[..whole_rows]);
    let columns = match rows
        .headers()
        .map_err(|error| (1, vec![csv_problem(&error)]))
        .and_then(|header| Columns::of(header).map_err(|problems| (1, problems)))
    {
        Ok(columns) => columns,
        Err((line_number, problems)) => {
            problems.into_iter().for_each(|found| problem(line_number, found));
            return reading;
        }
    };
    let mut benches = Benches::default();
    let mut row = StringRecord::new();
    loop {
        match rows.read_record(&mut row) {
            Ok(false) => break,
            Ok(true) => {
                let offset = row.position().map_or(0, Position::byte);
                let taken = benches.take(&row, &columns, || line_numbers.of(offset));
                taken.unwrap_or_else(|found| problem(line_numbers.of(offset), found));
            }
            Err(error) => {
                let offset = error.position().map_or(0, Position::byte);
                problem(line_numbers.of(offset), csv_problem(&error));
            }
        }
    }
    let harness: Arc<str> = "criterion".into();
    for bench in benches.all {
        observe(bench, (&harness, &file.path), &mut reading);
    }
    if !file.bytes.ends_with(b"\n") {
        let text = format!("{}: the last line has no end and is left out; the file may be cut off", file.path);
        reading.warnings.push(Warning::general(text));
    }
    if reading.observations.is_empty() && reading.problems.is_empty() {
        let (path, place) = (file.path.clone(), Place::Whole);
        reading.problems.push(ReadError { path, place, problem: Problem::Empty });
    }
    reading
}

/// The benchmarks so far, in the order of their first rows.
#[derive(Default)]
struct Benches {
    all: Vec<Bench>,
    by_name: HashMap<String, usize>,
    /// The name of the row before: nearly always that of the next one.
    last: Option<(String, usize)>,
    name: String,
}

impl Benches {
    fn take(
        &mut self,
        row: &StringRecord,
        columns: &Columns,
        line_number: impl FnOnce() -> usize,
    ) -> Result<(), Problem> {
        let field = |index: usize| row.get(index).unwrap_or_default();
        let total = number(field(columns.total), "a measurement of at least 0", |total| total >= 0.0)?;
        let count = number(field(columns.iterations), "more than 0 iterations", |count| count > 0.0)?;
        self.name.clear();
        for part in columns.names.iter().map(|index| field(*index)).filter(|part| !part.is_empty()) {
            self.name.push_str(if self.name.is_empty() { "" } else { "/" });
            self.name.push_str(part);
        }
        let setting = || Setting {
            unit: columns.unit.map_or("ns", field).to_owned(),
            amount: columns.amount.map_or("", field).to_owned(),
            kind: columns.kind.map_or("", field).to_owned(),
        };
        let index = self.index(line_number, setting);
        let bench = &mut self.all[index];
        let is_alike = bench.setting.unit == columns.unit.map_or("ns", field)
            && bench.setting.amount == columns.amount.map_or("", field)
            && bench.setting.kind == columns.kind.map_or("", field);
        if !is_alike {
            let what = format!("`{}` in another unit or with another throughput", bench.id);
            return Err(Problem::Duplicate { what, first: format!("line {}", bench.line_number) });
        }
        bench.totals.push(total);
        bench.iterations.push(count);
        Ok(())
    }

    /// Where the benchmark of [`name`](Benches::name) is.
    fn index(&mut self, line_number: impl FnOnce() -> usize, setting: impl FnOnce() -> Setting) -> usize {
        if let Some((name, index)) = &self.last
            && *name == self.name
        {
            return *index;
        }
        let next = self.all.len();
        let index = *self.by_name.entry(self.name.clone()).or_insert(next);
        if index == next {
            let (totals, iterations) = (Vec::new(), Vec::new());
            self.all.push(Bench {
                id: BenchId::new(&self.name),
                setting: setting(),
                line_number: line_number(),
                totals,
                iterations,
            });
        }
        self.last = Some((self.name.clone(), index));
        index
    }
}

fn observe(bench: Bench, (harness, origin): (&Arc<str>, &Arc<str>), reading: &mut Reading) {
    let Bench { id, setting, line_number, totals, iterations } = bench;
    let mut refuse = |problem| {
        let place = Place::Line { line_number, column_number: 0 };
        reading.problems.push(ReadError { path: origin.clone(), place, problem });
    };
    let measured = Measured::in_unit(&setting.unit);
    let sample = match measured.per_iteration(&totals, &iterations) {
        Ok(sample) => sample,
        Err(None) => return refuse(Problem::Empty),
        Err(Some((_, found))) => {
            return refuse(Problem::ImpossibleNumber { found, wanted: "a finite measurement of one iteration" });
        }
    };
    let load = (!setting.kind.is_empty()).then(|| measured::load(&setting.amount, &setting.kind)).transpose();
    match load {
        Ok(load) => {
            let named = (&id, harness, origin);
            measured::observe(named, (measured.metric, sample), load.as_ref(), (Processes::one, None), reading);
        }
        Err(problem) => refuse(problem),
    }
}

fn number(text: &str, wanted: &'static str, is_possible: impl Fn(f64) -> bool) -> Result<f64, Problem> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && is_possible(*number));
    number.ok_or_else(|| Problem::ImpossibleNumber { found: shortened(text), wanted })
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Finds the line of rows, which are asked for from front to back.
///
/// The `csv` crate's own line is one too small behind lines that end as those of Windows: it takes the second character
/// of the end for the beginning of the next row.
struct LineNumbers<'a> {
    text: &'a [u8],
    offset: usize,
    line_number: usize,
}

impl LineNumbers<'_> {
    /// From 1.
    fn of(&mut self, offset: u64) -> usize {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.text.len());
        let ends = self.text[offset..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let between = self.text.get(self.offset..offset + ends).unwrap_or_default();
        self.line_number += between.iter().filter(|byte| **byte == b'\n').count();
        self.offset = self.offset.max(offset + ends);
        self.line_number
    }
}

/// What the `csv` crate says, in our words.
fn csv_problem(error: &csv::Error) -> Problem {
    let (found, wanted) = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            (format!("{len} fields"), format!("{expected_len}, as in the first line"))
        }
        ErrorKind::Utf8 { .. } => ("bytes that are no UTF-8".to_owned(), "text in UTF-8".to_owned()),
        _ => (error.to_string(), "comma-separated values".to_owned()),
    };
    Problem::Syntax { found, wanted }
}
