//! libtest's `#[bench]` as JSON lines: `cargo bench -- -Z unstable-options --format json`, of a nightly compiler.
//!
//! ```text
//! {"type":"suite","event":"started","test_count":2}
//! {"type":"test","event":"started","name":"kernels::sum"}
//! {"type":"bench","name":"kernels::sum","median":154.33,"deviation":33.86,"mib_per_second":51948}
//! {"type":"suite","event":"ok","passed":0,"failed":0,"ignored":0,"measured":1,"filtered_out":0,"exec_time":1.1}
//! ```
//!
//! Kept: what the [text](super::libtest) keeps, with more digits: the median in nanoseconds, as a
//! [middle](crate::model::Kept::Middles), and `mib_per_second` as `throughput`, which is in megabytes of 10⁶ whatever it
//! is called. The harness is libtest in both: the one can be compared with the other. `deviation` is largest less smallest
//! of the measurements and no interval of the median. Benches that failed are told, and so is a suite that never ended.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::measured::seconds;
use super::{File, Format, Line, Place, Problem, ReadError, Reading, json, known, lines};
use crate::model::{BenchId, Observation, Processes, Values, Warning};
use crate::stats::Sample;

pub(super) const FORMAT: Format = Format {
    name: "libtest-json",
    keeps: "summary only: median, and throughput (libtest's `-Z unstable-options --format json`)",
    recognises,
    baseline_of: None,
    read,
};

/// How far to look for the first event: cargo and the benches themselves may print before it.
const BEGINNING_BYTES: usize = 1 << 16;

const WANTED: &str = "an event of libtest";

/// A line that begins with `{"type":"suite",`, `…"test",` or `…"bench",`.
fn recognises(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(BEGINNING_BYTES)];
    lines(json::without_bom(beginning)).any(|line| {
        let types: [&[u8]; 3] = [b"\"suite\"", b"\"test\"", b"\"bench\""];
        let after = |value: &[u8]| json::after_string(value).and_then(json::next_member).map(|(key, _)| key.to_vec());
        json::first_member(line.bytes).is_some_and(|(key, value)| {
            let follows = || after(value).is_some_and(|key| key == b"event" || key == b"name");
            key == b"type" && types.iter().any(|kind| value.starts_with(kind)) && follows()
        })
    })
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_file)
}

/// An event, as far as it is read.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    median: Option<&'a RawValue>,
    #[serde(borrow)]
    mib_per_second: Option<&'a RawValue>,
}

/// A problem, and the field of the event that has it.
type Misread = (Option<&'static str>, Problem);

/// What one file holds, as far as it was read.
#[derive(Default)]
struct Events {
    reading: Reading,
    /// In which line a benchmark stood first.
    seen: HashMap<BenchId, usize>,
    /// Suites that began and did not end.
    open_suites: usize,
}

fn read_file(file: &File) -> Reading {
    let mut events = Events::default();
    for (index, Line { bytes, .. }) in lines(json::without_bom(&file.bytes)).enumerate() {
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            continue;
        }
        let event = json::object::<Event>(bytes).map_err(|error| (None, json::problem(&error, WANTED)));
        let line_number = index + 1;
        if let Err((field, problem)) = event.and_then(|event| events.take(&event, line_number, file)) {
            let place = match field {
                Some(field) => Place::Field(format!("line {line_number}: {field}")),
                None => Place::Line { line_number, column_number: 0 },
            };
            events.reading.problems.push(ReadError { path: file.path.clone(), place, problem });
        }
    }
    let Events { mut reading, open_suites, .. } = events;
    if open_suites > 0 {
        let text = format!("{}: the last event of a suite is missing; the run or the file may be cut off", file.path);
        reading.warnings.push(Warning::general(text));
    }
    if reading.observations.is_empty() && reading.problems.is_empty() {
        let (path, place) = (file.path.clone(), Place::Whole);
        reading.problems.push(ReadError { path, place, problem: Problem::Empty });
    }
    reading
}

impl Events {
    fn take(&mut self, event: &Event<'_>, line_number: usize, file: &File) -> Result<(), Misread> {
        match (&*event.kind, event.event.as_deref(), &event.name) {
            ("suite", Some("started"), _) => self.open_suites += 1,
            ("suite", _, _) => self.open_suites = self.open_suites.saturating_sub(1),
            ("test", Some("failed"), Some(name)) => {
                let text = format!("{}:{line_number}: `{name}` failed", file.path);
                self.reading.warnings.push(Warning::general(text));
            }
            ("bench", _, Some(name)) => self.take_bench(event, BenchId::new(name), line_number, file)?,
            _ => {}
        }
        Ok(())
    }

    fn take_bench(&mut self, event: &Event, id: BenchId, line_number: usize, file: &File) -> Result<(), Misread> {
        let missing = || (None, Problem::Syntax { found: "no `median`".to_owned(), wanted: WANTED.to_owned() });
        let time = seconds(event.median.ok_or_else(missing)?).map_err(|problem| (Some("median"), problem))?;
        let rate = event.mib_per_second.map(throughput).transpose();
        let rate = rate.map_err(|problem| (Some("mib_per_second"), problem))?;
        if let Some(first) = self.seen.insert(id.clone(), line_number) {
            return Err((None, Problem::Duplicate { what: format!("`{id}`"), first: format!("line {first}") }));
        }
        let harness: Arc<str> = "libtest".into();
        let observe = |(metric, middle)| Observation {
            id: id.clone(),
            metric: known(metric),
            values: Values::Sampled(Processes::middles(middle, None)),
            harness: harness.clone(),
            origin: file.path.clone(),
        };
        let rate = rate.map(|rate| ("throughput", rate));
        self.reading.observations.extend([("time", time)].into_iter().chain(rate).map(observe));
        Ok(())
    }
}

/// Bytes a second, of megabytes.
fn throughput(megabytes: &RawValue) -> Result<Sample, Problem> {
    let rate = json::number(megabytes)? * 1e6;
    let sample = Sample::new(vec![rate]).ok().filter(|_| rate >= 0.0);
    let (found, wanted) = (megabytes.get().to_owned(), "a rate of at least 0");
    sample.ok_or(Problem::ImpossibleNumber { found, wanted })
}
