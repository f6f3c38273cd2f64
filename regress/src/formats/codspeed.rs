//! codspeed's walltime results: what it computed of the rounds of each benchmark, without the rounds.
//!
//! ```text
//! target/codspeed/walltime/raw_results/<harness>/<uuid>.json   a file for each benchmark:
//!   {"name":"embed::dot[128]","uri":"benches/time.rs::g::embed::dot[128]","config":{…},
//!    "stats":{"min_ns":47.0,"max_ns":680.0,"mean_ns":147.1,"stdev_ns":171.5,"q1_ns":48.0,"median_ns":84.0,…}}
//! all of them, as they are sent:
//!   {"creator":{"name":"codspeed-rust","version":"6.0.0","pid":1},"instrument":{"type":"walltime"},"benchmarks":[…]}
//! ```
//!
//! Kept: the median, as a [middle](crate::model::Kept::Middles), with [the interval that follows from quartiles and
//! rounds](crate::stats::interval_of_quartiles), and the least of the rounds. codspeed divides whole
//! nanoseconds by iterations into whole nanoseconds: below some hundred the middle is coarse, and below one it is 0.
//! The name is the `uri`, of which an absolute path keeps the file's name only: elsewhere the same benchmark lies elsewhere.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::measured::seconds;
use super::{File, Format, Place, Problem, ReadError, Reading, json, known};
use crate::model::{BenchId, Observation, Processes, Values};
use crate::stats::{Interval, interval_of_quartiles};

pub(super) const FORMAT: Format = Format {
    name: "codspeed",
    keeps: "summary only: median with its interval, and minimum (codspeed's walltime results)",
    recognises,
    baseline_of: None,
    read,
};

const WANTED: &str = "a walltime result of codspeed";
const WALL_TIME: &str = "walltime";

/// `{"name":"…","uri":` or `{"creator":{"name":`.
fn recognises(bytes: &[u8]) -> bool {
    match json::first_member(bytes) {
        Some((b"name", value)) => {
            json::after_string(value).and_then(json::next_member).is_some_and(|(key, _)| key == b"uri")
        }
        Some((b"creator", value)) => json::first_member(value).is_some(),
        _ => false,
    }
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, |file| read_file(file).unwrap_or_else(Reading::refused))
}

#[derive(Deserialize)]
struct Results<'a> {
    #[serde(borrow)]
    creator: Creator<'a>,
    #[serde(borrow)]
    instrument: Instrument<'a>,
    #[serde(borrow)]
    benchmarks: Vec<Benchmark<'a>>,
}

#[derive(Deserialize)]
struct Creator<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Instrument<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Benchmark<'a> {
    #[serde(borrow)]
    uri: Cow<'a, str>,
    #[serde(borrow)]
    stats: Stats<'a>,
}

#[derive(Deserialize)]
struct Stats<'a> {
    #[serde(borrow)]
    min_ns: &'a RawValue,
    #[serde(borrow)]
    median_ns: &'a RawValue,
    #[serde(borrow)]
    q1_ns: Option<&'a RawValue>,
    #[serde(borrow)]
    q3_ns: Option<&'a RawValue>,
    rounds: Option<usize>,
}

impl Stats<'_> {
    /// From where to where the median may lie, in seconds.
    fn within(&self, median: f64) -> Option<Interval> {
        let quartile = |json: Option<&RawValue>| seconds(json?).ok().map(|time| time.min());
        interval_of_quartiles(median, (quartile(self.q1_ns)?, quartile(self.q3_ns)?), self.rounds?)
    }
}

/// # Errors
/// The one problem that keeps the file from being read at all.
fn read_file(file: &File) -> Result<Reading, ReadError> {
    let problem_at = |place, problem| ReadError { path: file.path.clone(), place, problem };
    let mut reading = Reading::default();
    let is_whole = json::first_member(&file.bytes).is_some_and(|(key, _)| key == b"creator");
    let benchmarks = if is_whole {
        let results: Results = json::parse(&file.path, &file.bytes, WANTED)?;
        if results.instrument.kind != WALL_TIME {
            let found = format!("`{}`", results.instrument.kind);
            let problem = Problem::Syntax { found, wanted: format!("`{WALL_TIME}`: other instruments keep no times") };
            return Err(problem_at(Place::Field("instrument.type".to_owned()), problem));
        }
        reading.provenance.harnesses.insert(results.creator.name.into_owned(), results.creator.version.into_owned());
        results.benchmarks
    } else {
        vec![json::parse(&file.path, &file.bytes, WANTED)?]
    };
    let harness: Arc<str> = "codspeed".into();
    let mut seen: HashMap<BenchId, String> = HashMap::new();
    for (index, benchmark) in benchmarks.iter().enumerate() {
        let place = if is_whole { format!("benchmarks[{index}].") } else { String::new() };
        let id = bench_id(&benchmark.uri);
        if let Some(first) = seen.insert(id.clone(), format!("`{place}uri`")) {
            let problem = Problem::Duplicate { what: format!("`{id}`"), first };
            reading.problems.push(problem_at(Place::Field(format!("{place}uri")), problem));
            continue;
        }
        let number = |name: &str, json| seconds(json).map_err(|problem| (format!("{place}stats.{name}"), problem));
        let median = number("median_ns", benchmark.stats.median_ns);
        match (median, number("min_ns", benchmark.stats.min_ns)) {
            (Ok(median), Ok(least)) => {
                let within = benchmark.stats.within(median.min());
                let middle = Processes::middles(median, Some(least.min()));
                reading.observations.push(Observation {
                    id,
                    metric: known("time"),
                    values: Values::Sampled(within.map_or(middle.clone(), |ends| middle.within(ends.low, ends.high))),
                    harness: harness.clone(),
                    origin: file.path.clone(),
                });
            }
            (median, least) => {
                let both = [median.err(), least.err()].into_iter().flatten();
                reading.problems.extend(both.map(|(field, problem)| problem_at(Place::Field(field), problem)));
            }
        }
    }
    if benchmarks.is_empty() {
        return Err(problem_at(Place::Whole, Problem::Empty));
    }
    Ok(reading)
}

/// `/home/user/project/benches/time.rs::g::dot[128]` is `time.rs::g::dot[128]`.
fn bench_id(uri: &str) -> BenchId {
    let (path, names) = uri.split_once("::").unwrap_or(("", uri));
    let is_absolute = path.starts_with('/') || path.as_bytes().get(1) == Some(&b':');
    let file = path.rsplit(['/', '\\']).next().filter(|_| is_absolute);
    file.map_or_else(|| BenchId::new(uri), |file| BenchId::new(&format!("{file}::{names}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absolute_path_is_cut_to_the_name_of_the_file() {
        #[track_caller]
        fn check(uri: &str, expected: &str) {
            assert_eq!(bench_id(uri).as_str(), expected);
        }
        check("/home/user/p/benches/time.rs::g::dot[128]", "time.rs::g::dot[128]");
        check("C:\\p\\benches\\time.rs::g::dot", "time.rs::g::dot");
        check("crates/a/benches/time.rs::g::dot", "crates/a/benches/time.rs::g::dot");
        check("test_a.py::test_b[1/2]", "test_a.py::test_b[1/2]");
        check("alone", "alone");
    }
}
