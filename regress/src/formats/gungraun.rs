//! The summaries of iai-callgrind (versions 3 to 6) and of gungraun (6 and 7): `--save-summary=json`, a
//! `summary.json` for each benchmark, or `--output-format=json`, one after the other on standard output.
//!
//! ```text
//! {"baselines":[null,"main"],"id":"small","kind":"LibraryBenchmark","module_path":"file::group::function",
//!  "profiles":[{"tool":"Callgrind","summaries":{"parts":[{"details":…,"metrics_summary":…}],
//!    "total":{"summary":{"Callgrind":{"Ir":{"metrics":{"Both":[{"Int":NEW},{"Int":OLD}]}}}}}}}],"version":"6"}
//! ```
//!
//! Kept, as the raw files of the same run give it: of Callgrind and Cachegrind `instructions`, `l1-hits`, `ll-hits`,
//! `ram-hits`, `estimated-cycles`; of DHAT `allocs`, `alloc-bytes`, for binary benchmarks `peak-bytes`, and of its ad
//! hoc mode `events` and `units`. Cachegrind's only where Callgrind did not count. Not kept: other events, other
//! tools (Massif has no numbers here), limits and what they said.
//!
//! A summary holds two runs. The new one is what the file is read as; the one that it was compared with is read by
//! its name, `summary.json@main`, or `@old` where it was just the run before.
//!
//! The shapes differ by version:
//!
//! | version | written by | numbers of a profile |
//! |---|---|---|
//! | 3 | iai-callgrind up to 0.14 | `callgrind_summary.callgrind_run.total.summary`, `tool_summaries[].summaries.total` |
//! | 3 | iai-callgrind 0.15.0 | as 4: it says 3 by mistake |
//! | 4 | 0.15.1 | `profiles[].summaries.total.summary`, plain integers |
//! | 5, 6 | 0.15.2, 0.16; gungraun before 0.20 | the same with `{"Int": 5}` or `{"Float": 0.5}` |
//! | 7 | gungraun 0.20 | `profiles[].data.total.metrics`, `new` and `old`, plain numbers |

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::layout::Caller;
use super::{File, Format, Place, Problem, ReadError, Reading, cachegrind, dhat, json, known, layout};
use crate::model::{BenchId, Exact, Metric, Observation, Values, Warning};

pub(super) const FORMAT: Format = Format {
    name: "gungraun",
    keeps: "exact: counts of every tool, of two runs (summary.json of gungraun and iai-callgrind)",
    recognises,
    baseline_of: Some(baseline_of),
    read,
};

const WANTED: &str = "a summary of iai-callgrind or gungraun";
const VERSIONS: [&str; 5] = ["3", "4", "5", "6", "7"];

/// What a run is called that was saved under no name, in the results of both harnesses.
const RUN_BEFORE: &str = "old";

/// The summary of the last run, whatever it was saved under.
fn baseline_of(path: &str) -> Option<&str> {
    path.ends_with("/summary.json").then_some("new")
}

/// A line that begins as a summary does, behind what cargo and the test harness may have said before.
fn recognises(bytes: &[u8]) -> bool {
    let first = super::header_lines(json::without_bom(bytes)).find(|line| line.trim_ascii_start().starts_with(b"{"));
    let Some(first) = first else { return false };
    let start = first.as_ptr() as usize - bytes.as_ptr() as usize;
    json::first_member(&bytes[start..]).is_some_and(|(key, value)| match key {
        b"baselines" => value.starts_with(b"["),
        // Version 3 keeps no baselines; all keys are in order.
        b"benchmark_exe" => true,
        _ => false,
    })
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_file)
}

fn read_file(file: &File) -> Reading {
    let mut reading = Reading::default();
    let mut seen: BTreeMap<BenchId, usize> = BTreeMap::new();
    let text = json::without_bom(&file.bytes);
    let mut documents = Documents { text, start: 0 };
    while let Some(document) = documents.next() {
        let line_number = 1 + text[..document.start].iter().filter(|byte| **byte == b'\n').count();
        let problem = |place, problem| ReadError { path: file.path.clone(), place, problem };
        match summary(document.json) {
            Ok(summary) => {
                let id = summary.bench_id();
                let here = Place::Line { line_number, column_number: 0 };
                match seen.insert(id.clone(), line_number) {
                    Some(first) => {
                        let what = format!("`{id}`");
                        reading
                            .problems
                            .push(problem(here, Problem::Duplicate { what, first: format!("line {first}") }));
                    }
                    None => match summary.tell(&id, file) {
                        Ok(of_benchmark) => reading.absorb(of_benchmark),
                        Err((field, wrong)) => {
                            let place = if document.start == 0 { Place::Field(field) } else { here };
                            reading.problems.push(problem(place, wrong));
                        }
                    },
                }
            }
            Err(Refused::Version(found)) => {
                let known = "3 to 7 of iai-callgrind and gungraun";
                let place = Place::Field("version".to_owned());
                reading.problems.push(problem(place, Problem::UnknownVersion { found, known }));
            }
            Err(Refused::Json(error)) => {
                let line = error.line().max(1);
                let column_number = if line == 1 { 0 } else { error.column() };
                let place = Place::Line { line_number: line_number + line - 1, column_number };
                reading.problems.push(problem(place, json::problem(&error, WANTED)));
            }
        }
    }
    if seen.is_empty() && reading.problems.is_empty() {
        let problem = Problem::Truncated { wanted: WANTED.to_owned() };
        return Reading::refused(ReadError { path: file.path.clone(), place: Place::Whole, problem });
    }
    reading
}

/// The JSON objects of a text one after the other; lines between them that begin otherwise are a program's talk.
struct Documents<'a> {
    text: &'a [u8],
    start: usize,
}

/// One of them, not looked into yet.
struct Document<'a> {
    start: usize,
    json: serde_json::Result<&'a RawValue>,
}

impl<'a> Documents<'a> {
    fn next(&mut self) -> Option<Document<'a>> {
        loop {
            let rest = &self.text[self.start..];
            self.start += rest.len() - rest.trim_ascii_start().len();
            let rest = &self.text[self.start..];
            if *rest.first()? == b'{' {
                break;
            }
            self.start += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        }
        let start = self.start;
        let mut values = serde_json::Deserializer::from_slice(&self.text[start..]).into_iter::<&RawValue>();
        let json = values.next()?;
        // What cannot be read to its end hides what follows.
        self.start = if json.is_ok() { start + values.byte_offset() } else { self.text.len() };
        Some(Document { start, json })
    }
}

enum Refused {
    Version(String),
    Json(serde_json::Error),
}

fn summary(json: serde_json::Result<&RawValue>) -> Result<Summary<'_>, Refused> {
    let json = json.map_err(Refused::Json)?.get();
    // Another version may have another shape: that is to be said first.
    let head: Head = serde_json::from_str(json).map_err(Refused::Json)?;
    if !VERSIONS.contains(&&*head.version) {
        return Err(Refused::Version(head.version.chars().take(24).collect()));
    }
    serde_json::from_str(json).map_err(Refused::Json)
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    version: Cow<'a, str>,
}

/// The file, as far as it is read.
#[derive(Deserialize)]
struct Summary<'a> {
    #[serde(borrow)]
    version: Cow<'a, str>,
    kind: Kind,
    #[serde(borrow)]
    module_path: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    /// New and old; none where nobody named them. Not in version 3.
    #[serde(borrow, default)]
    baselines: (Option<Cow<'a, str>>, Option<Cow<'a, str>>),
    #[serde(borrow)]
    profiles: Option<Vec<Profile<'a>>>,
    #[serde(borrow)]
    callgrind_summary: Option<CallgrindSummary<'a>>,
    #[serde(borrow)]
    tool_summaries: Option<Vec<Profile<'a>>>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
enum Kind {
    LibraryBenchmark,
    BinaryBenchmark,
}

/// Callgrind's part of version 3.
#[derive(Deserialize)]
struct CallgrindSummary<'a> {
    #[serde(borrow, rename = "callgrind_run")]
    run: Data<'a>,
}

/// What one tool measured.
#[derive(Deserialize)]
struct Profile<'a> {
    #[serde(borrow)]
    tool: Cow<'a, str>,
    #[serde(borrow, alias = "summaries")]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, alias = "segments", default)]
    parts: Vec<Part<'a>>,
    total: Metrics,
}

/// A process, a thread, or a part of it.
#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, alias = "details")]
    tool_run: Option<Pair<Process<'a>>>,
    /// Version 3 of Callgrind.
    #[serde(borrow)]
    command: Option<Cow<'a, str>>,
    /// Version 3 of Callgrind.
    #[serde(borrow)]
    baseline: Option<Baseline<'a>>,
    #[serde(default, alias = "metrics_summary")]
    metrics: Metrics,
}

#[derive(Deserialize)]
struct Process<'a> {
    #[serde(borrow)]
    command: Cow<'a, str>,
    #[serde(borrow)]
    path: Option<Cow<'a, str>>,
}

/// What version 3 was compared with.
#[derive(Deserialize)]
struct Baseline<'a> {
    #[serde(borrow)]
    kind: BaselineKind<'a>,
}

#[derive(Deserialize)]
enum BaselineKind<'a> {
    Old,
    #[serde(borrow)]
    Name(Cow<'a, str>),
}

/// The counts that are kept, by the tool's name of them.
#[derive(Default)]
struct Metrics(BTreeMap<&'static str, Pair<Number>>);

/// What a run and the one before it have.
struct Pair<T> {
    new: Option<T>,
    old: Option<T>,
}

/// A count, or something else.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    Count(u64),
    Other,
}

/// The names that are kept: of Callgrind and Cachegrind, then of DHAT.
const NAMES: [&str; 10] = [
    "Ir",
    "L1hits",
    "LLhits",
    "RamHits",
    "EstimatedCycles",
    "TotalBlocks",
    "TotalBytes",
    PEAK,
    "TotalEvents",
    "TotalUnits",
];
const PEAK: &str = "AtTGmaxBytes";

impl Summary<'_> {
    /// `group/function/case`, as the directories of the raw files have it.
    fn bench_id(&self) -> BenchId {
        let below_file = self.module_path.split_once("::").map_or(&*self.module_path, |(_, rest)| rest);
        BenchId::from_parts(below_file.split("::").chain(self.id.as_deref()))
    }

    fn tools(&self) -> impl Iterator<Item = (&str, &Data<'_>)> {
        let callgrind = self.callgrind_summary.iter().map(|callgrind| ("Callgrind", &callgrind.run));
        let others = self.tool_summaries.iter().chain(&self.profiles).flatten();
        callgrind.chain(others.map(|profile| (&*profile.tool, &profile.data)))
    }

    fn tell(&self, id: &BenchId, file: &File) -> Result<Reading, (String, Problem)> {
        if self.profiles.is_none() && self.tool_summaries.is_none() {
            let problem = Problem::Syntax { found: "no `profiles`".to_owned(), wanted: WANTED.to_owned() };
            return Err(("profiles".to_owned(), problem));
        }
        let has_callgrind = self.tools().any(|(tool, data)| tool == "Callgrind" && data.total.0.contains_key("Ir"));
        let mut reading = Reading::default();
        let mut earlier = Vec::new();
        for (tool, data) in self.tools() {
            match tool {
                "Cachegrind" if has_callgrind => continue,
                "Callgrind" | "Cachegrind" | "DHAT" => {}
                // Other tools look for errors, or have no numbers here; new ones may come at any time.
                _ => continue,
            }
            let caller = self.caller(file, data);
            let harness = match tool {
                "Callgrind" => caller.harness("callgrind"),
                "Cachegrind" => cachegrind::TOOL,
                _ if self.counts_whole_process() => "dhat-process",
                _ => dhat::TOOL,
            };
            let counts = Counts { summary: self, tool, data, id, file, harness: layout::shared(harness) };
            reading.observations.extend(counts.of_side(|pair| pair.new)?);
            earlier.extend(counts.of_side(|pair| pair.old)?);
            counts.warn(caller, &mut reading.warnings);
        }
        if reading.observations.is_empty() && earlier.is_empty() {
            let tools: Vec<&str> = self.tools().map(|(tool, _)| tool).collect();
            let text = format!("{id}: its summary holds no counts that are read, only {}", tools.join(", "));
            reading.warnings.push(Warning::general(text));
        }
        if !earlier.is_empty() {
            reading.earlier.insert(self.name_of_earlier().to_owned(), earlier);
        }
        Ok(reading)
    }

    /// Whether DHAT's numbers are of the harness too: a count of the benchmark alone is not to be compared with them.
    fn counts_whole_process(&self) -> bool {
        self.kind == Kind::LibraryBenchmark && matches!(&*self.version, "3" | "4" | "5")
    }

    fn name_of_earlier(&self) -> &str {
        let mut of_parts = self.callgrind_summary.iter().flat_map(|callgrind| &callgrind.run.parts);
        let in_part = of_parts.find_map(|part| match &part.baseline.as_ref()?.kind {
            BaselineKind::Name(name) => Some(&**name),
            BaselineKind::Old => None,
        });
        self.baselines.1.as_deref().or(in_part).unwrap_or(RUN_BEFORE)
    }

    /// Who measured: gungraun wrote version 6 as well, and only the command or a path tells.
    fn caller(&self, file: &File, data: &Data<'_>) -> Caller {
        let process = data.parts.iter().filter_map(|part| part.tool_run.as_ref()?.any()).next();
        let command = data.parts.iter().find_map(|part| part.command.as_deref());
        let command = process.map(|process| &*process.command).or(command).unwrap_or_default();
        let path = process.and_then(|process| process.path.as_deref()).unwrap_or(&file.path);
        match Caller::of(command, path) {
            Caller::Nobody if self.version == "7" => Caller::Gungraun,
            Caller::Nobody => Caller::IaiCallgrind,
            caller => caller,
        }
    }
}

/// What one tool counted of one benchmark.
struct Counts<'a> {
    summary: &'a Summary<'a>,
    tool: &'a str,
    data: &'a Data<'a>,
    id: &'a BenchId,
    file: &'a File,
    harness: Arc<str>,
}

impl Counts<'_> {
    fn of_side(&self, side: fn(&Pair<Number>) -> Option<Number>) -> Result<Vec<Observation>, (String, Problem)> {
        let count = |name: &str, metrics: &Metrics| match metrics.0.get(name).and_then(side) {
            None => Ok(None),
            Some(Number::Count(count)) => Ok(Some(count)),
            Some(Number::Other) => {
                let (found, wanted) = (format!("`{name}` that is no integer"), "a count below 2^64".to_owned());
                Err((format!("profiles: {}", self.tool), Problem::Syntax { found, wanted }))
            }
        };
        let mut counts: Vec<(Arc<Metric>, u64)> = Vec::new();
        for (name, metric) in self.wanted() {
            counts.extend(count(name, &self.data.total)?.map(|count| (metric, count)));
        }
        // The tool adds up the peaks of processes that need not have come at the same time.
        if self.tool == "DHAT" && self.summary.kind == Kind::BinaryBenchmark && !counts.is_empty() {
            let peaks = self.data.parts.iter().map(|part| count(PEAK, &part.metrics));
            let peak = peaks.collect::<Result<Vec<_>, _>>()?.into_iter().max().flatten();
            counts.extend(peak.map(|peak| (known("peak-bytes"), peak)));
        }
        if counts.iter().any(|(metric, count)| &*metric.name == "instructions" && *count == 0) {
            return Err((format!("profiles: {}", self.tool), Problem::Empty));
        }
        let observation = |(metric, total)| Observation {
            id: self.id.clone(),
            metric,
            values: Values::Exact(Exact::once(total)),
            harness: self.harness.clone(),
            origin: self.file.path.clone(),
        };
        Ok(counts.into_iter().map(observation).collect())
    }

    /// The tool's names and our metrics.
    fn wanted(&self) -> Vec<(&'static str, Arc<Metric>)> {
        match self.tool {
            "DHAT" => vec![
                ("TotalBlocks", known("allocs")),
                ("TotalBytes", known("alloc-bytes")),
                ("TotalEvents", dhat::events()),
                ("TotalUnits", dhat::units()),
            ],
            _ => vec![
                ("Ir", known("instructions")),
                ("EstimatedCycles", known("estimated-cycles")),
                ("L1hits", known("l1-hits")),
                ("LLhits", known("ll-hits")),
                ("RamHits", known("ram-hits")),
            ],
        }
    }

    /// What the raw files of the same run would give to say.
    fn warn(&self, caller: Caller, warnings: &mut Vec<Warning>) {
        if self.summary.kind == Kind::BinaryBenchmark {
            return;
        }
        let is_new = |name, wanted: fn(Number) -> bool| {
            self.data.total.0.get(name).and_then(|pair| pair.new).is_some_and(wanted)
        };
        match self.tool {
            "DHAT" => {
                if is_new("TotalBlocks", |_| true) {
                    let text = match caller {
                        _ if self.summary.counts_whole_process() => Some(dhat::WHOLE_PROCESS),
                        Caller::IaiCallgrind => Some(dhat::SETUP_IS_COUNTED),
                        Caller::Gungraun | Caller::Nobody => None,
                    };
                    warnings.extend(text.map(Warning::general));
                }
                if is_new("TotalBlocks", |count| count == Number::Count(0)) {
                    warnings.push(Warning::about(self.id, "allocs", dhat::ZERO_OR_NOTHING));
                }
            }
            "Cachegrind" => warnings.push(Warning::general(cachegrind::WHOLE_PROCESS)),
            _ => {}
        }
    }
}

impl<T> Pair<T> {
    fn any(&self) -> Option<&T> {
        self.new.as_ref().or(self.old.as_ref())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pair<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pair<T>, D::Error> {
        deserializer.deserialize_map(PairVisitor(PhantomData))
    }
}

struct PairVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PairVisitor<T> {
    type Value = Pair<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what is new, old, or both")
    }

    /// `{"Left": new}`, `{"Right": old}`, `{"Both": [new, old]}`; in version 7 `{"new": …, "old": …}`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pair<T>, A::Error> {
        const KEYS: &[&str] = &["Left", "Right", "Both", "new", "old"];
        let mut pair = Pair { new: None, old: None };
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let (new, old) = match &*key {
                "Left" | "new" => (Some(map.next_value()?), None),
                "Right" | "old" => (None, Some(map.next_value()?)),
                "Both" => {
                    let (new, old) = map.next_value()?;
                    (Some(new), Some(old))
                }
                other => return Err(A::Error::unknown_field(other, KEYS)),
            };
            if (new.is_some() && pair.new.is_some()) || (old.is_some() && pair.old.is_some()) {
                return Err(A::Error::custom(format_args!("duplicate field `{key}`")));
            }
            pair = Pair { new: new.or(pair.new), old: old.or(pair.old) };
        }
        if pair.any().is_none() {
            return Err(A::Error::custom("missing field `new`"));
        }
        Ok(pair)
    }
}

impl<'de> Deserialize<'de> for Metrics {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Metrics, D::Error> {
        deserializer.deserialize_any(MetricsVisitor)
    }
}

struct MetricsVisitor;

impl<'de> Visitor<'de> for MetricsVisitor {
    type Value = Metrics;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metrics")
    }

    /// `"None"`: the tool has no numbers.
    fn visit_str<E>(self, _: &str) -> Result<Metrics, E> {
        Ok(Metrics::default())
    }

    /// The metrics by name, or inside of what the version wraps around them.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metrics, A::Error> {
        let mut metrics = Metrics::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "summary" | "metrics" | "Callgrind" | "CallgrindSummary" | "Cachegrind" | "Dhat" | "DhatSummary" => {
                    let inner: Metrics = map.next_value()?;
                    if !metrics.0.is_empty() && !inner.0.is_empty() {
                        return Err(A::Error::custom(format_args!("duplicate field `{key}`")));
                    }
                    metrics.0.extend(inner.0);
                }
                name => match NAMES.into_iter().find(|known| *known == name) {
                    Some(name) => {
                        let difference: Difference = map.next_value()?;
                        if metrics.0.insert(name, difference.values).is_some() {
                            return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
                        }
                    }
                    None => {
                        map.next_value::<IgnoredAny>()?;
                    }
                },
            }
        }
        Ok(metrics)
    }
}

/// A metric of both runs; what it changed by follows from the numbers.
#[derive(Deserialize)]
struct Difference {
    #[serde(alias = "metrics")]
    values: Pair<Number>,
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E>(self, count: u64) -> Result<Number, E> {
        Ok(Number::Count(count))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Number, E> {
        Ok(Number::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Number, E> {
        Ok(Number::Other)
    }

    /// `{"Int": 5}`, `{"Float": 0.5}`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
        let mut number = Number::Other;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "Int" => number = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(number)
    }

    /// A tool of later days may give a list.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Number, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Number::Other)
    }
}
