//! `meter/1`: the lines that `bench-meter` writes, one JSON object each.
//!
//! ```text
//! {"schema":"meter/1","harness":"bench-meter 0.1.0","package":"p","bench":"allocations","operations":100}
//! {"benchmark":"embedding/cosine/d128","metric":"allocs","unit":"count","total":0,"operations":100}
//! {"benchmark":"embedding/cosine/d128","metric":"peak-bytes","unit":"bytes","samples":[512,640]}
//! {"benchmark":"embedding/cosine/d128","metric":"time-p99","unit":"ns","samples":[41,40]}
//! {"end":true,"cases":1}
//! ```
//!
//! A count that every repeat confirmed is a total over operations; one that differed is a list of samples, and so is a
//! time.
//! The last line is the proof that the bench ran to its end; without it nothing is taken.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::numbers::{self, BadList};
use super::units::{self, Factor};
use super::{File, Format, Place, Problem, ReadError, Reading, json};
use crate::model::{BenchId, Exact, METRICS, Metric, Observation, Processes, Values};
use crate::stats::Sample;
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: "meter",
    keeps: "counts over a number of operations, exactly, and measurements (bench-meter)",
    recognises: |bytes| json::has_schema(bytes, "meter"),
    baseline_of: Some(baseline_of),
    read,
};

const SCHEMA: &str = "meter/1";
const HARNESS: &str = "meter";

/// `<package>/<bench>/<NAME>.jsonl` is of `NAME`.
fn baseline_of(path: &str) -> Option<&str> {
    let (directories, file) = path.rsplit_once('/')?;
    directories.split_once('/')?;
    file.strip_suffix(".jsonl").filter(|name| !name.is_empty())
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_file)
}

/// The first line.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    schema: Cow<'a, str>,
    /// Name and version, `bench-meter 0.1.0`.
    #[serde(borrow)]
    harness: Option<Cow<'a, str>>,
}

/// Any other line.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    benchmark: Option<Cow<'a, str>>,
    #[serde(borrow)]
    metric: Option<Cow<'a, str>>,
    #[serde(borrow)]
    unit: Option<Cow<'a, str>>,
    total: Option<u64>,
    operations: Option<u64>,
    #[serde(borrow)]
    samples: Option<&'a RawValue>,
    #[serde(default)]
    end: bool,
    cases: Option<usize>,
}

fn read_file(file: &File) -> Reading {
    let mut lines = super::lines(json::without_bom(&file.bytes)).enumerate();
    let fail = |line_number, problem| ReadError {
        path: file.path.clone(),
        place: Place::Line { line_number, column_number: 0 },
        problem,
    };
    let mut reading = Reading::default();
    let Some((_, first)) = lines.next() else {
        return Reading::refused(fail(1, Problem::Truncated { wanted: "a first line with a schema".to_owned() }));
    };
    match json::parse::<Head>(&file.path, first.bytes, "the first line of a meter file") {
        Err(problem) => return Reading::refused(problem),
        Ok(head) if head.schema != SCHEMA => {
            let problem = Problem::UnknownVersion { found: head.schema.into_owned(), known: SCHEMA };
            return Reading::refused(fail(1, problem));
        }
        Ok(head) => {
            if let Some((_, version)) = head.harness.as_deref().and_then(|harness| harness.rsplit_once(' ')) {
                reading.provenance.harnesses.insert(HARNESS.to_owned(), version.to_owned());
            }
        }
    }
    let mut rest = Rest { harness: HARNESS.into(), seen: HashMap::new(), end: None };
    for (index, line) in lines.filter(|(_, line)| !line.bytes.trim_ascii().is_empty()) {
        let line_number = index + 1;
        let parsed = json::object::<Line>(line.bytes)
            .map_err(|error| json::problem(&error, "a line of a meter file"))
            .and_then(|parsed| rest.take(parsed, line_number));
        match parsed {
            Ok(Some((id, metric, values))) => reading.observations.push(Observation {
                id,
                metric: Arc::new(metric),
                values,
                harness: rest.harness.clone(),
                origin: file.path.clone(),
            }),
            Ok(None) => {}
            Err(problem) => reading.problems.push(fail(line_number, problem)),
        }
    }
    if reading.problems.is_empty()
        && let Err(problem) = rest.check_end()
    {
        reading.problems.push(ReadError { path: file.path.clone(), place: Place::Whole, problem });
    }
    reading
}

/// What the lines so far tell.
struct Rest {
    harness: Arc<str>,
    /// Benchmark and metric, and the line that has them.
    seen: HashMap<(BenchId, Arc<str>), usize>,
    /// The number of cases in the last line.
    end: Option<Option<usize>>,
}

impl Rest {
    fn check_end(&self) -> Result<(), Problem> {
        let Some(promised) = self.end else {
            return Err(Problem::Truncated { wanted: "a last line with `end`".to_owned() });
        };
        let cases = self.seen.keys().map(|(id, _)| id).collect::<HashSet<_>>().len();
        match promised {
            _ if cases == 0 => Err(Problem::Empty),
            Some(promised) if promised != cases => {
                let (first, second) = (("cases", cases), ("promised by the last line", promised));
                Err(Problem::UnpairedLists { first, second })
            }
            _ => Ok(()),
        }
    }

    /// The observation of a line; `None` for the last one.
    fn take(&mut self, line: Line, line_number: usize) -> Result<Option<(BenchId, Metric, Values)>, Problem> {
        if self.end.is_some() {
            let found = "a line after the one with `end`".to_owned();
            return Err(Problem::Syntax { found, wanted: "the end of the file".to_owned() });
        }
        if line.end {
            self.end = Some(line.cases);
            return Ok(None);
        }
        let field = |name: &str| Problem::Syntax { found: format!("no `{name}`"), wanted: WANTED.to_owned() };
        let benchmark = line.benchmark.ok_or_else(|| field("benchmark"))?;
        let name = line.metric.ok_or_else(|| field("metric"))?;
        let (unit, factor) = unit(&line.unit.ok_or_else(|| field("unit"))?);
        let metric = metric(&name, unit)?;
        let values = match (line.total, line.operations, line.samples) {
            (Some(total), operations, None) => {
                let operations = operations.unwrap_or(1);
                let impossible = || Problem::ImpossibleNumber { found: "0".to_owned(), wanted: "at least 1 operation" };
                let exact = Exact::new(total, operations).ok_or_else(impossible)?;
                match factor == Factor::Times(1.0) {
                    true => Values::Exact(exact),
                    false => Values::Sampled(Processes::one(sample(&[exact.per_operation()], factor)?)),
                }
            }
            (None, _, Some(samples)) => {
                let sample = sample(&list(samples)?, factor)?;
                at_least_zero(&metric, &sample)?;
                Values::Sampled(Processes::one(sample))
            }
            _ => return Err(Problem::Syntax { found: "a line without numbers".to_owned(), wanted: WANTED.to_owned() }),
        };
        let id = BenchId::new(&benchmark);
        if let Some(first) = self.seen.insert((id.clone(), metric.name.clone()), line_number) {
            return Err(Problem::Duplicate { what: format!("`{id}` {name}"), first: format!("line {first}") });
        }
        Ok(Some((id, metric, values)))
    }
}

const WANTED: &str = "`benchmark`, `metric`, `unit` and `total` or `samples`";

/// The base unit, and the factor to it: bench-meter spells bytes out, and counts nanoseconds.
fn unit(name: &str) -> (Unit, Factor) {
    units::understood(name).unwrap_or_else(|| (Unit::from_name(name), Factor::Times(1.0)))
}

fn metric(name: &str, unit: Unit) -> Result<Metric, Problem> {
    match METRICS.get(name) {
        Some(metric) if metric.unit == unit || name == "throughput" => Ok(metric.in_unit(unit)),
        Some(metric) => Err(Problem::Syntax {
            found: format!("`{name}` in `{unit}`"),
            wanted: format!("`{name}` in `{}`", metric.unit),
        }),
        None => Ok(Metric::custom(name, unit, Better::Unknown)),
    }
}

fn list(json: &RawValue) -> Result<Vec<f64>, Problem> {
    numbers::list(json.get()).map_err(|bad| match bad {
        BadList::NotAList => Problem::Syntax { found: "no list".to_owned(), wanted: "`samples`: a list".to_owned() },
        BadList::Element { found, .. } => Problem::ImpossibleNumber { found, wanted: "a finite number" },
    })
}

/// # Errors
/// A time or a count below 0. What a unit of one's own measures may be.
fn at_least_zero(metric: &Metric, sample: &Sample) -> Result<(), Problem> {
    let least = sample.min();
    if METRICS.get(&metric.name).is_none() || 0.0 <= least {
        return Ok(());
    }
    Err(Problem::ImpossibleNumber { found: format!("{least:?}"), wanted: "a measurement of at least 0" })
}

fn sample(numbers: &[f64], factor: Factor) -> Result<Sample, Problem> {
    Sample::new(numbers.iter().map(|number| factor.apply(*number)).collect()).map_err(|_| Problem::Empty)
}
