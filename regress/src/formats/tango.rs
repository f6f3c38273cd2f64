//! What tango's `compare -d DIRECTORY` dumps: a CSV file for each benchmark, old and new program measured in turns.
//!
//! ```text
//! build_10.csv:   2540399,14064206,5955      nanoseconds of the baseline, of the candidate, iterations of each
//!                 2707919,18290254,5955
//! ```
//!
//! Kept: every measurement, `nanoseconds / iterations`, in the order taken, as one process on each side, and that those
//! of a line are a pair. The two are benchmarks of their own, told apart by a key: `build_10/side=baseline` and
//! `build_10/side=candidate`. As two runs of one benchmark, `build_10`, they are `FILE@baseline` and `FILE@candidate`. The
//! name is that of the file, in which tango wrote `-` for every `/`.

use std::sync::Arc;

use super::measured::Measured;
use super::{File, Format, Line, Place, Problem, ReadError, Reading, json, lines, numbers};
use crate::model::{BenchId, Observation, Processes, Values, Warning};

pub(super) const FORMAT: Format = Format {
    name: "tango",
    keeps: "every measurement of both programs, as pairs: compare FILE@baseline with FILE@candidate (`compare -d`)",
    recognises,
    baseline_of: None,
    read,
};

const WANTED: &str = "`BASELINE_NS,CANDIDATE_NS,ITERATIONS`";

/// How far to look: one row would do.
const ROWS: usize = 3;

/// Three whole numbers a line, and no heading.
fn recognises(bytes: &[u8]) -> bool {
    let mut rows = lines(json::without_bom(bytes)).take(ROWS).filter(|line| line.is_whole).peekable();
    let is_whole = |field: &[u8]| !field.is_empty() && field.iter().all(u8::is_ascii_digit);
    rows.peek().is_some()
        && rows.all(|row| {
            let fields = row.bytes.split(|byte| *byte == b',');
            fields.clone().count() == 3 && fields.clone().all(is_whole)
        })
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_file)
}

fn read_file(file: &File) -> Reading {
    let mut reading = Reading::default();
    let mut rows = Rows::default();
    let mut is_cut_off = false;
    for (index, Line { bytes, is_whole }) in lines(json::without_bom(&file.bytes)).enumerate() {
        // Half a number of iterations is one, too: a time ten or a thousand times as long.
        is_cut_off = !is_whole;
        if is_cut_off {
            break;
        }
        if let Err(problem) = rows.take(bytes) {
            let place = Place::Line { line_number: index + 1, column_number: 0 };
            reading.problems.push(ReadError { path: file.path.clone(), place, problem });
        }
    }
    if is_cut_off {
        let text = format!("{}: the last line has no end and is left out; the file may be cut off", file.path);
        reading.warnings.push(Warning::general(text));
    }
    if !reading.problems.is_empty() {
        return reading;
    }
    let time = Measured::in_unit("ns");
    let harness: Arc<str> = "tango".into();
    for (side, totals) in [("baseline", &rows.baseline), ("candidate", &rows.candidate)] {
        match time.per_iteration(totals, &rows.iterations) {
            Ok(sample) => {
                let observation = |id: BenchId| Observation {
                    id,
                    metric: time.metric.clone(),
                    values: Values::Sampled(Processes::one(sample.clone()).in_turns(&file.path)),
                    harness: harness.clone(),
                    origin: file.path.clone(),
                };
                let alone = observation(BenchId::from_parts([name(&file.path), &format!("side={side}")]));
                reading.observations.push(alone);
                reading.earlier.insert(side.to_owned(), vec![observation(BenchId::new(name(&file.path)))]);
            }
            Err(_) => {
                let (path, place) = (file.path.clone(), Place::Whole);
                return Reading::refused(ReadError { path, place, problem: Problem::Empty });
            }
        }
    }
    reading
}

/// The columns.
#[derive(Default)]
struct Rows {
    baseline: Vec<f64>,
    candidate: Vec<f64>,
    iterations: Vec<f64>,
}

impl Rows {
    fn take(&mut self, row: &[u8]) -> Result<(), Problem> {
        let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(60).collect::<String>();
        let fields: Vec<&[u8]> = row.split(|byte| *byte == b',').collect();
        let [baseline, candidate, iterations] = fields[..] else {
            return Err(Problem::Syntax { found: format!("`{}`", shown(row)), wanted: WANTED.to_owned() });
        };
        let number = |field: &[u8], wanted, least: f64| {
            let number = numbers::decimal(field).filter(|(number, length)| *length == field.len() && *number >= least);
            let (number, _) = number.ok_or_else(|| Problem::ImpossibleNumber { found: shown(field), wanted })?;
            Ok(number)
        };
        let baseline = number(baseline, "a time of at least 0 ns", 0.0)?;
        let candidate = number(candidate, "a time of at least 0 ns", 0.0)?;
        let iterations = number(iterations, "at least 1 iteration", 1.0)?;
        self.baseline.push(baseline);
        self.candidate.push(candidate);
        self.iterations.push(iterations);
        Ok(())
    }
}

/// The name of the file without directories and ending.
fn name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".csv").filter(|name| !name.is_empty()).unwrap_or(file)
}
