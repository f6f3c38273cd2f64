//! Our own format, `regress-run/1`: everything a [`Run`] holds, one observation a line.
//!
//! ```json
//! {
//! "schema": "regress-run/1",
//! "provenance": {
//! "commit": {"hash":"4f0c…","dirty":false}
//! },
//! "observations": [
//! {"benchmark":"embedding/cosine/d128","metric":"allocs","unit":"count","harness":"meter","total":0,"operations":100},
//! {"benchmark":"embedding/cosine/d128","metric":"time","unit":"s","harness":"criterion","processes":[[1.5e-7,1.4e-7]]}
//! ]
//! }
//! ```
//!
//! The order is that of [`Run::observations`] and numbers are the shortest that read back equal, so that the same
//! run gives the same bytes and a `git diff` of two baselines reads as a report.
//! `better`, `nature` and `standing` stand there only where they differ from what the metric's name says, `summary` only
//! where the numbers are the middles of measurements that were not kept (in it `least`, the smallest of them, and `within`,
//! from where to where the middle may lie, as far as they are known), `turns` only where each measurement was taken next to
//! the one of the same number of another side with the same word.
//!
//! Where the files that were recorded say something of benchmarks (`pkg: example.com/face`), `"settings"` in front of the
//! observations lists each combination on a line, and `settings` of an observation is the number of its benchmark's, from 0.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::numbers::{self, BadList};
use super::settings::{Combinations, Stored};
use super::{File, Format, Place, Problem, ReadError, Reading, json};
use crate::model::{
    BenchId, Commit, Exact, Host, Kept, METRICS, Metric, Nature, Observation, Processes, Provenance, Run, Settings,
    Standing, Values,
};
use crate::stats::Sample;
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: "regress",
    keeps: "everything: what `regress record` writes",
    recognises: |bytes| json::has_schema(bytes, "regress-run"),
    baseline_of: None,
    read,
};

const SCHEMA: &str = "regress-run/1";
const WANTED: &str = "a file of `regress record`";

/// `run` as a file. Its label and warnings are not part of it.
pub fn write(run: &Run) -> Vec<u8> {
    let mut text = format!("{{\n\"schema\": \"{SCHEMA}\",\n\"provenance\": ");
    text.push_str(&provenance_text(&run.provenance));
    let combinations = Combinations::of(run);
    if !combinations.all.is_empty() {
        text.push_str(",\n\"settings\": [");
        push_lines(&mut text, combinations.all.iter().map(|settings| json_text(&Stored(settings.clone()))));
        text.push_str("\n]");
    }
    text.push_str(",\n\"observations\": [");
    let line = |observation: &Observation| {
        let settings = run.settings.get(&observation.id).and_then(|settings| combinations.number(settings));
        json_text(&ObservationOut { settings, ..ObservationOut::of(observation) })
    };
    push_lines(&mut text, run.observations().iter().map(line));
    text.push_str("\n]\n}\n");
    text.into_bytes()
}

fn push_lines(text: &mut String, lines: impl Iterator<Item = String>) {
    for (index, line) in lines.enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&line);
    }
}

/// The same on one line, without its end.
pub(super) fn write_line(run: &Run) -> Vec<u8> {
    // Within a string a line break is written as two characters.
    write(run).into_iter().filter(|byte| *byte != b'\n').collect()
}

/// What a file says of where its numbers come from, without reading these. `None`: it is no file of ours.
pub fn provenance(bytes: &[u8]) -> Option<Provenance> {
    let head: Head = json::has_schema(bytes, "regress-run").then(|| json::object(bytes).ok()).flatten()?;
    (head.schema == SCHEMA).then(|| head.provenance.into_provenance())
}

/// A file, whatever it is taken for.
pub(super) fn read_one(file: &File) -> Reading {
    read_file(file).unwrap_or_else(Reading::refused)
}

/// One key a line.
pub(super) fn provenance_text(provenance: &Provenance) -> String {
    let stored = StoredProvenance::of(provenance);
    let lines = [
        stored.commit.as_ref().map(|commit| ("commit", json_text(commit))),
        stored.recorded_at.as_ref().map(|time| ("recorded_at", json_text(time))),
        stored.host.as_ref().map(|host| ("host", json_text(host))),
        stored.toolchain.as_ref().map(|toolchain| ("toolchain", json_text(toolchain))),
        (!stored.harnesses.is_empty()).then(|| ("harnesses", json_text(&stored.harnesses))),
        (!stored.build.is_empty()).then(|| ("build", json_text(&stored.build))),
    ];
    let lines: Vec<String> = lines.into_iter().flatten().map(|(key, value)| format!("\n\"{key}\": {value}")).collect();
    if lines.is_empty() { "{}".to_owned() } else { format!("{{{}\n}}", lines.join(",")) }
}

pub(super) fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings, numbers and maps with string keys are always JSON")
}

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    #[serde(rename = "schema")]
    _schema: &'a str,
    #[serde(default)]
    provenance: StoredProvenance,
    #[serde(default)]
    settings: Vec<Stored>,
    #[serde(borrow)]
    observations: Vec<&'a RawValue>,
}

/// The beginning of a file.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    schema: Cow<'a, str>,
    #[serde(default)]
    provenance: StoredProvenance,
}

/// What every version has.
#[derive(Deserialize)]
struct Version<'a> {
    #[serde(borrow)]
    schema: Cow<'a, str>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StoredProvenance {
    commit: Option<StoredCommit>,
    recorded_at: Option<String>,
    host: Option<StoredHost>,
    toolchain: Option<String>,
    harnesses: BTreeMap<String, String>,
    build: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCommit {
    hash: String,
    dirty: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredHost {
    cpu: String,
    cores: usize,
    os: String,
}

impl StoredProvenance {
    fn of(provenance: &Provenance) -> StoredProvenance {
        let Provenance { commit, recorded_at, host, toolchain, harnesses, build } = provenance.clone();
        StoredProvenance {
            commit: commit.map(|Commit { hash, dirty }| StoredCommit { hash, dirty }),
            recorded_at,
            host: host.map(|Host { cpu, cores, os }| StoredHost { cpu, cores, os }),
            toolchain,
            harnesses,
            build,
        }
    }

    pub(super) fn into_provenance(self) -> Provenance {
        Provenance {
            commit: self.commit.map(|StoredCommit { hash, dirty }| Commit { hash, dirty }),
            recorded_at: self.recorded_at,
            host: self.host.map(|StoredHost { cpu, cores, os }| Host { cpu, cores, os }),
            toolchain: self.toolchain,
            harnesses: self.harnesses,
            build: self.build,
        }
    }
}

/// A line, as written.
#[derive(Serialize)]
struct ObservationOut<'a> {
    benchmark: &'a str,
    metric: &'a str,
    unit: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    better: Option<StoredBetter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nature: Option<StoredNature>,
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<StoredStanding>,
    harness: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operations: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    processes: Option<Vec<&'a [f64]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<SummaryOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    turns: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<usize>,
}

/// A line, as read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObservationIn<'a> {
    #[serde(borrow)]
    benchmark: Cow<'a, str>,
    #[serde(borrow)]
    metric: Cow<'a, str>,
    #[serde(borrow)]
    unit: Cow<'a, str>,
    better: Option<StoredBetter>,
    nature: Option<StoredNature>,
    standing: Option<StoredStanding>,
    #[serde(borrow)]
    harness: Cow<'a, str>,
    total: Option<u64>,
    operations: Option<u64>,
    #[serde(borrow)]
    processes: Option<&'a RawValue>,
    #[serde(borrow)]
    summary: Option<SummaryIn<'a>>,
    #[serde(borrow)]
    turns: Option<Cow<'a, str>>,
    settings: Option<usize>,
}

/// That the numbers are middles of measurements which are lost.
#[derive(Serialize)]
struct SummaryOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    least: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<(f64, f64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SummaryIn<'a> {
    #[serde(borrow)]
    least: Option<&'a RawValue>,
    #[serde(borrow)]
    within: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredBetter {
    Lower,
    Higher,
    Unknown,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredNature {
    Counted,
    Timed,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredStanding {
    Headline,
    Detail,
}

impl StoredBetter {
    fn of(better: Better) -> StoredBetter {
        match better {
            Better::Lower => StoredBetter::Lower,
            Better::Higher => StoredBetter::Higher,
            Better::Unknown => StoredBetter::Unknown,
        }
    }

    fn better(self) -> Better {
        match self {
            StoredBetter::Lower => Better::Lower,
            StoredBetter::Higher => Better::Higher,
            StoredBetter::Unknown => Better::Unknown,
        }
    }
}

impl StoredNature {
    fn of(nature: Nature) -> StoredNature {
        match nature {
            Nature::Counted => StoredNature::Counted,
            Nature::Timed => StoredNature::Timed,
        }
    }

    fn nature(self) -> Nature {
        match self {
            StoredNature::Counted => Nature::Counted,
            StoredNature::Timed => Nature::Timed,
        }
    }
}

impl StoredStanding {
    fn of(standing: Standing) -> StoredStanding {
        match standing {
            Standing::Headline => StoredStanding::Headline,
            Standing::Detail => StoredStanding::Detail,
        }
    }

    fn standing(self) -> Standing {
        match self {
            StoredStanding::Headline => Standing::Headline,
            StoredStanding::Detail => Standing::Detail,
        }
    }
}

/// What the name alone says about a metric.
fn metric_of_name(name: &str, unit: Unit) -> Metric {
    match METRICS.get(name) {
        Some(metric) => metric.in_unit(unit),
        None => Metric::custom(name, unit, Better::Unknown),
    }
}

impl<'a> ObservationOut<'a> {
    fn of(observation: &'a Observation) -> ObservationOut<'a> {
        let Observation { id, metric, values, harness, origin: _ } = observation;
        let plain = metric_of_name(&metric.name, metric.unit.clone());
        let (total, operations, processes) = match values {
            Values::Exact(exact) => (Some(exact.total()), Some(exact.operations()), None),
            Values::Sampled(processes) => (None, None, Some(processes)),
        };
        let summary = processes.and_then(|processes| match processes.kept() {
            Kept::Measurements => None,
            Kept::Middles { least, within } => Some(SummaryOut { least, within }),
        });
        ObservationOut {
            benchmark: id.as_str(),
            metric: &metric.name,
            unit: metric.unit.name(),
            better: (metric.better != plain.better).then(|| StoredBetter::of(metric.better)),
            nature: (metric.nature != plain.nature).then(|| StoredNature::of(metric.nature)),
            standing: (metric.standing != plain.standing).then(|| StoredStanding::of(metric.standing)),
            harness,
            total,
            operations,
            processes: processes.map(|processes| processes.by_process().collect()),
            summary,
            turns: processes.and_then(Processes::turns),
            settings: None,
        }
    }
}

impl ObservationIn<'_> {
    fn metric(&self) -> Metric {
        let plain = metric_of_name(&self.metric, Unit::from_name(&self.unit));
        Metric {
            better: self.better.map_or(plain.better, StoredBetter::better),
            nature: self.nature.map_or(plain.nature, StoredNature::nature),
            standing: self.standing.map_or(plain.standing, StoredStanding::standing),
            ..plain
        }
    }

    /// Those of its benchmark, which are the same for all its metrics.
    fn settings(&self, all: &[Stored], known: Option<&Settings>) -> Result<Option<Settings>, Problem> {
        let Some(number) = self.settings else { return Ok(None) };
        let wrong = |wanted: String| Problem::Syntax { found: format!("`settings` {number}"), wanted };
        let Some(Stored(settings)) = all.get(number) else {
            return Err(wrong(format!("the number of one of the {} that the file lists, from 0", all.len())));
        };
        match known.is_none_or(|known| known == settings) {
            true => Ok(Some(settings.clone())),
            false => Err(wrong("the same for every metric of a benchmark".to_owned())),
        }
    }

    fn values(&self) -> Result<Values, Problem> {
        match (self.total, self.operations, self.processes) {
            (Some(total), Some(operations), None) if self.summary.is_none() => {
                let found = "0".to_owned();
                let impossible = Problem::ImpossibleNumber { found, wanted: "at least 1 operation" };
                Exact::new(total, operations).map(Values::Exact).ok_or(impossible)
            }
            (None, None, Some(processes)) => {
                let processes = Processes::new(samples(processes)?).ok_or(Problem::Empty)?;
                match (&self.summary, &self.turns) {
                    (None, None) => Ok(Values::Sampled(processes)),
                    (None, Some(series)) => Ok(Values::Sampled(processes.in_turns(series))),
                    (Some(summary), _) => middles(&processes, summary),
                }
            }
            _ => Err(Problem::Syntax {
                found: "other numbers".to_owned(),
                wanted: "either `total` and `operations` or `processes`".to_owned(),
            }),
        }
    }
}

fn middles(processes: &Processes, summary: &SummaryIn<'_>) -> Result<Values, Problem> {
    if !processes.measured_once_each() {
        let found = "a `summary` of several numbers a process".to_owned();
        return Err(Problem::Syntax { found, wanted: "one number a process: its middle".to_owned() });
    }
    let least = summary.least.map(json::number).transpose()?;
    let middles = Processes::middles(processes.pooled().clone(), least);
    let Some(within) = summary.within else { return Ok(Values::Sampled(middles)) };
    match numbers::list(within.get()).as_deref() {
        Ok(&[low, high]) if low <= high => Ok(Values::Sampled(middles.within(low, high))),
        _ => {
            let found = within.get().chars().take(24).collect();
            Err(Problem::Syntax { found, wanted: "`within`: two numbers, the smaller one first".to_owned() })
        }
    }
}

fn samples(json: &RawValue) -> Result<Vec<Sample>, Problem> {
    let lists = numbers::lists(json.get()).map_err(|bad| match bad {
        BadList::NotAList => {
            let found = json.get().chars().take(24).collect();
            Problem::Syntax { found, wanted: "`processes`: a list of numbers for each process".to_owned() }
        }
        BadList::Element { found, .. } => Problem::ImpossibleNumber { found, wanted: "a finite number" },
    })?;
    lists.into_iter().map(|numbers| Sample::new(numbers).map_err(|_| Problem::Empty)).collect()
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_one)
}

/// # Errors
/// The one problem that keeps the file from being read at all.
fn read_file(file: &File) -> Result<Reading, ReadError> {
    let version: Version = json::parse(&file.path, &file.bytes, WANTED)?;
    if version.schema != SCHEMA {
        let problem = Problem::UnknownVersion { found: version.schema.into_owned(), known: SCHEMA };
        return Err(ReadError { path: file.path.clone(), place: Place::Field("schema".to_owned()), problem });
    }
    let document: Document = json::parse(&file.path, &file.bytes, WANTED)?;
    let mut reading = Reading { provenance: document.provenance.into_provenance(), ..Reading::default() };
    let mut places = LineNumbers::of(&file.bytes);
    let mut shared = Shared::default();
    let mut seen: HashMap<(BenchId, Arc<str>), usize> = HashMap::new();
    for text in document.observations {
        let line_number = places.of_part(text.get());
        let read = json::object::<ObservationIn>(text.get().as_bytes())
            .map_err(|error| json::problem(&error, "an observation"))
            .and_then(|line| {
                let metric = line.metric();
                let id = BenchId::new(&line.benchmark);
                if let Some(first) = seen.insert((id.clone(), metric.name.clone()), line_number) {
                    let what = format!("`{id}` {}", metric.name);
                    return Err(Problem::Duplicate { what, first: format!("line {first}") });
                }
                let values = line.values()?;
                let settings = line.settings(&document.settings, reading.settings.get(&id))?;
                reading.settings.extend(settings.map(|settings| (id.clone(), settings)));
                let harness = shared.name(&line.harness);
                Ok(Observation { id, metric: shared.metric(metric), values, harness, origin: file.path.clone() })
            });
        match read {
            Ok(observation) => reading.observations.push(observation),
            Err(problem) => {
                let place = Place::Line { line_number, column_number: 0 };
                reading.problems.push(ReadError { path: file.path.clone(), place, problem });
            }
        }
    }
    Ok(reading)
}

/// One copy of what many observations share.
#[derive(Default)]
struct Shared {
    names: Vec<Arc<str>>,
    metrics: Vec<Arc<Metric>>,
}

impl Shared {
    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.iter().find(|known| known.as_ref() == name) {
            return known.clone();
        }
        self.names.push(name.into());
        name.into()
    }

    fn metric(&mut self, metric: Metric) -> Arc<Metric> {
        if let Some(known) = self.metrics.iter().find(|known| ***known == metric) {
            return known.clone();
        }
        let metric = Arc::new(metric);
        self.metrics.push(metric.clone());
        metric
    }
}

/// Finds the line of parts of a text, which are asked for from front to back.
struct LineNumbers<'a> {
    text: &'a [u8],
    offset: usize,
    line_number: usize,
}

impl<'a> LineNumbers<'a> {
    fn of(text: &'a [u8]) -> LineNumbers<'a> {
        LineNumbers { text, offset: 0, line_number: 1 }
    }

    /// The line on which `part`, a slice of the text, begins; from 1.
    fn of_part(&mut self, part: &str) -> usize {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        if let Some(between) = self.text.get(self.offset..offset) {
            self.line_number += between.iter().filter(|byte| **byte == b'\n').count();
            self.offset = offset;
        }
        self.line_number
    }
}
