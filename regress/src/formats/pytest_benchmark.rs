//! The JSON of pytest-benchmark: `--benchmark-json`, `--benchmark-save`, `--benchmark-autosave`.
//!
//! ```json
//! {"machine_info": {…}, "commit_info": {"id": "4f0c…", "dirty": false},
//!  "benchmarks": [{"fullname": "test_b.py::test_build[10]", "stats": {"median": 1.6e-6, "rounds": 2, "data": [1.6e-6, 1.7e-6]}}],
//!  "datetime": "2026-11-20T20:28:56.557504+00:00", "version": "5.3.1"}
//! ```
//!
//! Kept: every round, in the order taken; seconds of one call. All are of one process. A saved file has no rounds unless
//! `--benchmark-save-data` was given: then the median is taken, as what is left of them, with
//! [the interval that follows from its quartiles](crate::stats::interval_of_quartiles), and the smallest.
//! A benchmark is called by its full name, parameters included.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{self, Document};
use super::units::Factor;
use super::{File, Format, ReadError, Reading, json, known};
use crate::model::{BenchId, Commit, Host, Processes, Values, Warning};
use crate::stats::{Sample, interval_of_quartiles};
use crate::unit::Unit;

pub(super) const FORMAT: Format = Format {
    name: HARNESS,
    keeps: "every round; of files saved without --benchmark-save-data the median",
    recognises: |bytes| json::first_member(bytes).is_some_and(|(key, _)| key == b"machine_info"),
    baseline_of: None,
    read: |files| document::each_file(files, read_file),
};

const HARNESS: &str = "pytest-benchmark";
const WANTED: &str = "a JSON file of pytest-benchmark";

const MEDIANS_ONLY: &str =
    "of the rounds only medians and minima were saved, which show large changes alone; save with --benchmark-save-data";

/// The file, as far as it is read.
#[derive(Deserialize)]
struct Session<'a> {
    #[serde(borrow, default)]
    machine_info: Machine<'a>,
    #[serde(borrow)]
    commit_info: Option<CommitInfo<'a>>,
    #[serde(borrow)]
    benchmarks: Vec<&'a RawValue>,
    #[serde(borrow)]
    datetime: Option<Cow<'a, str>>,
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
struct Machine<'a> {
    #[serde(borrow)]
    machine: Option<Cow<'a, str>>,
    #[serde(borrow)]
    system: Option<Cow<'a, str>>,
    #[serde(borrow)]
    python_implementation: Option<Cow<'a, str>>,
    #[serde(borrow)]
    python_version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    cpu: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Cpu<'a> {
    #[serde(borrow)]
    brand_raw: Cow<'a, str>,
    count: Option<usize>,
}

#[derive(Deserialize)]
struct CommitInfo<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    dirty: Option<bool>,
}

#[derive(Deserialize)]
struct Benchmark<'a> {
    #[serde(borrow)]
    fullname: Cow<'a, str>,
    #[serde(borrow)]
    stats: Stats<'a>,
}

#[derive(Deserialize)]
struct Stats<'a> {
    #[serde(borrow)]
    median: &'a RawValue,
    #[serde(borrow)]
    min: Option<&'a RawValue>,
    #[serde(borrow)]
    q1: Option<&'a RawValue>,
    #[serde(borrow)]
    q3: Option<&'a RawValue>,
    rounds: Option<usize>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

fn read_file(file: &File) -> Result<Reading, ReadError> {
    let session: Session = json::parse(&file.path, &file.bytes, WANTED)?;
    let mut document = Document::of(file, HARNESS);
    tell_provenance(&mut document, &session);
    let mut medians_only = false;
    for (index, part) in session.benchmarks.into_iter().enumerate() {
        let Some(benchmark) = document.part::<Benchmark>(part, "a benchmark of pytest-benchmark") else { continue };
        let stats = benchmark.stats;
        let field = format!("benchmarks[{index}].stats.{}", if stats.data.is_some() { "data" } else { "median" });
        let numbers = match stats.data {
            Some(data) => document.numbers(&field, data),
            None => document.number(&field, stats.median).map(|median| vec![median]),
        };
        medians_only |= stats.data.is_none();
        let sample = numbers.and_then(|it| document.sample(&field, &it, Factor::Times(1.0), &Unit::Seconds));
        let Some(sample) = sample else { continue };
        let id = BenchId::new(&benchmark.fullname);
        if let (Some(rounds), Some(_)) = (stats.rounds, stats.data)
            && rounds != sample.len()
        {
            let text = format!("only {} of its {rounds} rounds are in the file", sample.len());
            document.warn(Warning::about(&id, "time", text));
        }
        let processes = match stats.data {
            Some(_) => Processes::one(sample),
            None => middle(sample, &stats),
        };
        document.observe(&field, &id, known("time"), Values::Sampled(processes));
    }
    if medians_only {
        document.warn(Warning::general(MEDIANS_ONLY));
    }
    Ok(document.finish())
}

/// What was saved of the rounds.
fn middle(median: Sample, stats: &Stats) -> Processes {
    let time = |json: Option<&RawValue>| json.and_then(document::number_of).filter(|time| *time >= 0.0);
    let within = time(stats.q1)
        .zip(time(stats.q3))
        .zip(stats.rounds)
        .and_then(|(quartiles, rounds)| interval_of_quartiles(median.min(), quartiles, rounds));
    let middle = Processes::middles(median, time(stats.min));
    match within {
        Some(ends) => middle.within(ends.low, ends.high),
        None => middle,
    }
}

fn tell_provenance(document: &mut Document, session: &Session) {
    let Session { machine_info: machine, commit_info, datetime, version, .. } = session;
    if let Some(version) = version {
        document.version(version.as_ref());
    }
    let provenance = document.provenance();
    provenance.recorded_at = datetime.as_ref().and_then(|time| document::utc(time));
    let commit = commit_info.as_ref().and_then(|commit| Some((commit.id.as_ref()?, commit.dirty?)));
    let commit = commit.filter(|(hash, _)| !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    provenance.commit = commit.map(|(hash, dirty)| Commit { hash: hash.to_string(), dirty });
    let words = |parts: [&Option<Cow<str>>; 2]| parts.map(|part| part.as_deref().unwrap_or_default()).join(" ");
    if machine.python_version.is_some() {
        provenance.toolchain = Some(words([&machine.python_implementation, &machine.python_version]));
    }
    // What looks up the processor may fail, and leaves other members then.
    let cpu = machine.cpu.and_then(|cpu| serde_json::from_str::<Cpu>(cpu.get()).ok());
    provenance.host = cpu.map(|cpu| Host {
        cpu: cpu.brand_raw.into_owned(),
        cores: cpu.count.unwrap_or(0),
        os: words([&machine.system, &machine.machine]).trim().to_lowercase(),
    });
}
