//! The JSON lines of `cargo criterion --message-format=json`.
//!
//! ```text
//! {"reason":"benchmark-complete","id":"embed/dot/128","iteration_count":[10,20],"measured_values":[512.0,1020.0],
//!  "unit":"ns","throughput":[{"per_iteration":128,"unit":"elements"}],"typical":{…},"change":{…}}
//! {"reason":"group-complete","group_name":"embed",…}
//! ```
//!
//! Kept: every measurement, `measured_values[i] / iteration_count[i]`, in the order taken, as one process. Its own
//! estimates and its own verdict are passed over, and so are messages of any other reason, which Cargo has many of.
//! `id` is criterion's title of the benchmark, cut after 100 bytes. The measurements are criterion's, and so is the
//! harness: what one of its directories holds can be compared with them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::measured::{self, Measured};
use super::numbers::{self, BadList};
use super::{File, Format, Line, Place, Problem, ReadError, Reading, json, lines};
use crate::model::{BenchId, Processes, Warning};
use crate::unit::count;

pub(super) const FORMAT: Format = Format {
    name: "cargo-criterion",
    keeps: "every measurement, and throughput (`cargo criterion --message-format=json`)",
    recognises,
    baseline_of: None,
    read,
};

/// How far to look for the first message: a bench may print before it.
const BEGINNING_BYTES: usize = 1 << 16;

const COMPLETE: &str = "benchmark-complete";
const WANTED: &str = "a message of cargo-criterion";

fn recognises(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(BEGINNING_BYTES)];
    lines(json::without_bom(beginning)).any(|line| {
        let reasons = [COMPLETE, "group-complete"];
        json::first_member(line.bytes).is_some_and(|(key, value)| {
            let value = value.strip_prefix(b"\"").unwrap_or_default();
            key == b"reason" && reasons.iter().any(|reason| value.starts_with(reason.as_bytes()))
        })
    })
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_file)
}

/// A message, as far as it is read.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    reason: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    iteration_count: Option<&'a RawValue>,
    #[serde(borrow)]
    measured_values: Option<&'a RawValue>,
    #[serde(borrow)]
    unit: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    throughput: Vec<Throughput<'a>>,
}

#[derive(Deserialize)]
struct Throughput<'a> {
    #[serde(borrow)]
    per_iteration: &'a RawValue,
    #[serde(borrow)]
    unit: Cow<'a, str>,
}

fn read_file(file: &File) -> Reading {
    let mut reading = Reading::default();
    let mut seen = HashMap::new();
    let harness = "criterion".into();
    let mut printed = 0_usize;
    for (index, line) in lines(json::without_bom(&file.bytes)).enumerate() {
        let line_number = index + 1;
        let Line { bytes, .. } = line;
        match bytes.trim_ascii_start().first() {
            None => continue,
            Some(b'{') => {}
            Some(_) => {
                printed += 1;
                continue;
            }
        }
        let message = json::object::<Message>(bytes).map_err(|error| json::problem(&error, WANTED));
        let place = |field: Option<String>| match field {
            Some(field) => Place::Field(format!("line {line_number}: {field}")),
            None => Place::Line { line_number, column_number: 0 },
        };
        let taken = message
            .map_err(|problem| vec![(None, problem)])
            .and_then(|message| take(&message, line_number, &mut seen, (&harness, &file.path), &mut reading));
        if let Err(problems) = taken {
            let path = &file.path;
            let error = |(field, problem)| ReadError { path: path.clone(), place: place(field), problem };
            reading.problems.extend(problems.into_iter().map(error));
        }
    }
    if printed > 0 {
        let text = format!("{}: {} passed over, no messages of cargo-criterion", file.path, count(printed, "line"));
        reading.warnings.push(Warning::general(text));
    }
    if reading.observations.is_empty() && reading.problems.is_empty() {
        let (path, place) = (file.path.clone(), Place::Whole);
        reading.problems.push(ReadError { path, place, problem: Problem::Empty });
    }
    reading
}

/// A problem, and the field of the message that has it.
type Problems = Vec<(Option<String>, Problem)>;

fn take(
    message: &Message<'_>,
    line_number: usize,
    seen: &mut HashMap<BenchId, usize>,
    (harness, origin): (&Arc<str>, &Arc<str>),
    reading: &mut Reading,
) -> Result<(), Problems> {
    if message.reason != COMPLETE {
        return Ok(());
    }
    let missing = |field: &str| (None, Problem::Syntax { found: format!("no `{field}`"), wanted: WANTED.to_owned() });
    let (Some(id), Some(unit), Some(iterations), Some(totals)) =
        (&message.id, &message.unit, message.iteration_count, message.measured_values)
    else {
        let fields = [
            ("id", message.id.is_none()),
            ("iteration_count", message.iteration_count.is_none()),
            ("measured_values", message.measured_values.is_none()),
            ("unit", message.unit.is_none()),
        ];
        return Err(fields.iter().filter(|(_, absent)| *absent).map(|(field, _)| missing(field)).collect());
    };
    let id = BenchId::new(id);
    if let Some(first) = seen.insert(id.clone(), line_number) {
        return Err(vec![(None, Problem::Duplicate { what: format!("`{id}`"), first: format!("line {first}") })]);
    }
    let (iterations, totals) = both(
        list("iteration_count", iterations, ("more than 0 iterations", |count| count > 0.0)),
        list("measured_values", totals, ("a measurement of at least 0", |total| total >= 0.0)),
    )?;
    if iterations.len() != totals.len() {
        let (first, second) = (("iteration counts", iterations.len()), ("measured values", totals.len()));
        return Err(vec![(None, Problem::UnpairedLists { first, second })]);
    }
    let measured = Measured::in_unit(unit);
    let sample = measured.per_iteration(&totals, &iterations).map_err(|bad| match bad {
        None => vec![(None, Problem::Empty)],
        Some((index, found)) => {
            let wanted = "a finite measurement of one iteration";
            vec![(Some(format!("measured_values[{index}]")), Problem::ImpossibleNumber { found, wanted })]
        }
    })?;
    // Of two kinds of throughput the bytes are taken, as of criterion's own files.
    let throughput = message.throughput.iter().find(|load| load.unit == "bytes").or(message.throughput.first());
    let load = throughput
        .map(|Throughput { per_iteration, unit }| measured::load(per_iteration.get(), unit))
        .transpose()
        .map_err(|problem| vec![(Some("throughput".to_owned()), problem)])?;
    measured::observe(
        (&id, harness, origin),
        (measured.metric, sample),
        load.as_ref(),
        (Processes::one, None),
        reading,
    );
    Ok(())
}

fn both<T>(first: Result<T, Problems>, second: Result<T, Problems>) -> Result<(T, T), Problems> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (first, second) => Err([first.err(), second.err()].into_iter().flatten().flatten().collect()),
    }
}

/// The numbers of a list, all of them possible.
fn list(
    field: &'static str,
    json: &RawValue,
    (wanted, is_possible): (&'static str, fn(f64) -> bool),
) -> Result<Vec<f64>, Problems> {
    let at = |index| Some(format!("{field}[{index}]"));
    let numbers = numbers::list(json.get()).map_err(|bad| match bad {
        BadList::NotAList => {
            let found = json.get().chars().take(24).collect();
            vec![(Some(field.to_owned()), Problem::Syntax { found, wanted: "a list of numbers".to_owned() })]
        }
        BadList::Element { index, found } => vec![(at(index), Problem::ImpossibleNumber { found, wanted })],
    })?;
    match numbers.iter().position(|number| !is_possible(*number)) {
        None => Ok(numbers),
        Some(index) => {
            let found = format!("{:?}", numbers[index]);
            Err(vec![(at(index), Problem::ImpossibleNumber { found, wanted })])
        }
    }
}
