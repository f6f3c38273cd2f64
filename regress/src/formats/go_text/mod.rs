//! The text that `go test -bench` prints, and every tool that prints like it.
//!
//! ```text
//! goos: linux
//! pkg: example.com/face
//! Unit p99-ns/op better=lower
//! BenchmarkCosine/d512-8   4046834   247.1 ns/op   0 B/op   0 allocs/op
//! ```
//!
//! What is a benchmark line, what a setting, and what is passed over agrees with benchstat. So does the
//! treatment of a benchmark line that cannot be read: it is left out, with a warning.
//! The name is the printed one without `Benchmark`, behind the package: `example.com/face.Cosine/d512-8`.
//! The events of `go test -json` are put together to that text first (`events.rs`). Each line is a process of its own, as benchstat takes the lines of `-count` for replicates.
//!
//! `ns/op` is `time`, `B/op` `alloc-bytes`, `allocs/op` `allocs`, `MB/s` `throughput`; any other unit is a metric
//! of its own, named by the unit as benchstat tidies it (`p99-ns/op` is `p99-sec/op`).
//! The text does not say how many cores the machine has: a host read from it has 0.
//!
//! Source: <https://go.dev/design/14313-benchmark-format>, and the behaviour of golang.org/x/perf.

mod by_unit;
mod events;
mod line;
pub mod scan;
mod unit;
mod write;

pub use line::{Fields, LastResult, Line, Malformed, lines};
pub use unit::tidy;
pub use write::write;

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{File, Format, Place, Problem, Problems, ReadError, Reading, json, known};
use crate::model::{self, BenchId, Host, METRICS, Metric, Nature, Observation, Processes, Values, Warning};
use crate::stats::Sample;
use crate::unit::{Better, Unit};
use by_unit::ByUnit;

pub(super) const FORMAT: Format = Format {
    name: "go",
    keeps: "every line of `go test -bench -count`, with all its units; also with -json",
    recognises,
    baseline_of: None,
    read,
};

/// How far to look for the first benchmark: a build may have printed before it.
const BEGINNING_BYTES: usize = 1 << 16;

fn recognises(bytes: &[u8]) -> bool {
    if events::recognises(bytes) {
        return true;
    }
    let beginning = &bytes[..bytes.len().min(BEGINNING_BYTES)];
    let mut last = LastResult::default();
    json::without_bom(beginning).split(|byte| *byte == b'\n').any(|line| {
        let line = std::str::from_utf8(line).unwrap_or_default();
        // A line that cannot be read to its end is one all the same: the beginning may end in the middle of it.
        let _ = Line::new(line, &mut last);
        !last.measurements.is_empty()
    })
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_file)
}

fn read_file(file: &File) -> Reading {
    let text = match std::str::from_utf8(json::without_bom(&file.bytes)) {
        Ok(text) => text,
        Err(error) => return Reading::refused(not_utf8(file, error.valid_up_to())),
    };
    if events::recognises(text.as_bytes()) {
        return match events::join(&file.path, text) {
            Ok(streams) => read_streams(file, &streams),
            Err(problems) => Reading { problems, ..Reading::default() },
        };
    }
    let mut results = Results { path: file.path.clone(), ..Results::default() };
    for (index, line) in lines(text).enumerate() {
        results.take(index + 1, line);
    }
    results.notice_end(text);
    results.into_reading(file)
}

fn read_streams(file: &File, streams: &events::Streams) -> Reading {
    let mut results = Results { path: file.path.clone(), warnings: streams.failed.clone(), ..Results::default() };
    for stream in &streams.of_packages {
        results.settings.package = &stream.package;
        for (line, line_number) in lines(&stream.text).zip(&stream.line_numbers) {
            results.take(*line_number, line);
        }
        results.notice_end(&stream.text);
    }
    results.into_reading(file)
}

fn not_utf8(file: &File, offset: usize) -> ReadError {
    let line_number = 1 + json::without_bom(&file.bytes)[..offset].iter().filter(|byte| **byte == b'\n').count();
    ReadError {
        path: file.path.clone(),
        place: Place::Line { line_number, column_number: 0 },
        problem: Problem::Syntax { found: "bytes that are no UTF-8".to_owned(), wanted: "text in UTF-8".to_owned() },
    }
}

fn at(line_number: usize) -> Place {
    Place::Line { line_number, column_number: 0 }
}

/// What the lines so far tell.
#[derive(Default)]
struct Results<'a> {
    path: Arc<str>,
    line_number: usize,
    settings: Settings<'a>,
    units: Units<'a>,
    /// By name within each package.
    benches: FxHashMap<(&'a str, &'a str), usize>,
    /// The measurements of each benchmark, by unit.
    series: Vec<Vec<Series>>,
    by_unit: ByUnit,
    names: Vec<(&'a str, &'a str)>,
    /// Under which settings each benchmark was measured: indices of [`Settings::taken`].
    settings_of: Vec<Vec<usize>>,
    warnings: Vec<(usize, String)>,
    problems: Problems,
    /// With the measurements of the line at hand, as written.
    last: LastResult<'a>,
    /// The same in tidied units, by their index.
    tidied: Vec<(f64, usize)>,
    /// How many measurements the last benchmark had of a unit: the next will have as many.
    usual: usize,
}

/// All measurements of a benchmark in one unit; finite.
struct Series {
    unit: usize,
    values: Vec<f64>,
}

impl Series {
    /// One process for each line.
    fn processes(self) -> Option<Processes> {
        Sample::new(self.values).ok().map(Processes::each)
    }
}

/// What `key: value` lines say.
#[derive(Default)]
struct Settings<'a> {
    /// All of them as they are now.
    now: Vec<(&'a str, &'a str)>,
    /// Where each key stands in `now`.
    places: FxHashMap<&'a str, usize>,
    /// Those under which benchmarks were measured.
    taken: Vec<Vec<(&'a str, &'a str)>>,
    /// Whether they are the last of those.
    is_taken: bool,
    package: &'a str,
    os: &'a str,
    architecture: &'a str,
    /// The first one: the host of the run.
    host: Option<Host>,
}

impl<'a> Results<'a> {
    fn take(&mut self, line_number: usize, line: &'a str) {
        self.line_number = line_number;
        match Line::new(line, &mut self.last) {
            Ok(Line::Result(name)) => self.take_result(name),
            Ok(Line::Unit(unit)) => self.take_unit(unit),
            Ok(Line::Setting(key, value)) => self.settings.take(key, value),
            Ok(Line::Other) => {}
            // Where a log cuts in, the name stands there a second time, with its results.
            Err(Malformed::NoIterations) => {}
            Err(malformed) => self.warn(&format!("{malformed}; the line is left out")),
        }
    }

    /// Looks whether the text behind the last line that was taken is cut off.
    fn notice_end(&mut self, text: &str) {
        if !text.ends_with('\n') && lines(text).last().is_some_and(Line::begins_result) {
            self.warn("the last line has no end; the file may be cut off");
        }
    }

    /// The measurements of a line are taken all or not at all.
    fn take_result(&mut self, name: &'a str) {
        self.tidied.clear();
        for (position, (value, unit)) in self.last.measurements.iter().enumerate() {
            let (unit, factor) = self.units.index_of(unit, position);
            self.tidied.push((value * factor, unit));
        }
        let mut measurements = self.tidied.iter().zip(&self.last.measurements);
        if let Some(problem) = measurements.find_map(|(tidied, (written, _))| self.impossible(*tidied, *written)) {
            let (path, place) = (self.path.clone(), at(self.line_number));
            return self.problems.push(ReadError { path, place, problem });
        }
        let bench = self.bench(name);
        let settings = self.settings.index();
        if self.settings_of[bench].last() != Some(&settings) {
            self.settings_of[bench].push(settings);
        }
        let of_bench = &mut self.series[bench];
        for (position, (number, unit)) in self.tidied.drain(..).enumerate() {
            match self.by_unit.place(bench, unit, of_bench, |series| series.unit, position) {
                Some(index) => of_bench[index].values.push(number),
                None => {
                    self.by_unit.add(bench, unit, of_bench.len());
                    let mut values = Vec::with_capacity(self.usual);
                    values.push(number);
                    of_bench.push(Series { unit, values });
                }
            }
        }
    }

    /// A unit of its own may count backwards, time and memory cannot.
    ///
    /// * `written`: the number before it was tidied.
    fn impossible(&self, (number, unit): (f64, usize), written: f64) -> Option<Problem> {
        if !number.is_finite() {
            return Some(not_finite(written));
        }
        let cannot_be_negative = || self.units.tidied[unit].known_metric().is_some();
        (number < 0.0 && cannot_be_negative()).then(|| {
            let found = written.to_string();
            Problem::ImpossibleNumber { found, wanted: "a measurement of at least 0" }
        })
    }

    fn bench(&mut self, name: &'a str) -> usize {
        let key = (self.settings.package, name);
        if self.names.last() == Some(&key) {
            return self.names.len() - 1;
        }
        let next = self.series.len();
        let index = *self.benches.entry(key).or_insert(next);
        if index == next {
            self.usual = self.series.last().and_then(|last| last.first()).map_or(0, |series| series.values.len());
            self.series.push(Vec::new());
            self.settings_of.push(Vec::new());
            self.names.push(key);
        }
        index
    }

    /// `p99-ns/op better=lower assume=exact`
    fn take_unit(&mut self, line: &'a str) {
        let mut fields = Fields::new(line);
        let Some(unit) = fields.next() else { return self.warn("`Unit` without a unit") };
        let (index, _) = self.units.index_of(unit, 0);
        for field in fields {
            match field.split_once('=').filter(|(key, _)| !key.is_empty()) {
                None => self.warn(&format!("`{field}` is no `key=value`")),
                Some((key, value)) => {
                    let settings = &mut self.units.tidied[index].settings;
                    match settings.iter().find(|(known, _)| *known == key) {
                        None => settings.push((key, value)),
                        Some((_, first)) if *first == value => {}
                        Some((_, first)) => {
                            let text = format!("`{key}` of unit `{unit}` is already `{first}`; `{value}` is left out");
                            self.warn(&text);
                        }
                    }
                }
            }
        }
    }

    fn warn(&mut self, text: &str) {
        self.warnings.push((self.line_number, text.to_owned()));
    }

    fn into_reading(self, file: &File) -> Reading {
        let mut reading = Reading::default();
        reading.provenance.host = self.settings.host;
        let warning = |(line_number, text)| Warning::general(format!("{}{}: {text}", file.path, at(line_number)));
        reading.warnings.extend(self.warnings.into_iter().map(warning));
        reading.problems = self.problems;
        if self.series.is_empty() && reading.problems.is_empty() {
            return Reading::refused(ReadError {
                path: file.path.clone(),
                place: Place::Whole,
                problem: Problem::Empty,
            });
        }
        let metrics: Vec<Arc<Metric>> = self.units.tidied.iter().map(TidiedUnit::metric).collect();
        let harness: Arc<str> = "go".into();
        let mut settings = settings_of_benches(&self.settings.taken, &self.settings_of).into_iter();
        for ((package, name), of_bench) in self.names.into_iter().zip(self.series) {
            let id = bench_id(package, name);
            reading.settings.extend(settings.next().flatten().map(|settings| (id.clone(), settings)));
            reading.observations.extend(of_bench.into_iter().filter_map(|series| {
                Some(Observation {
                    id: id.clone(),
                    metric: metrics[series.unit].clone(),
                    values: Values::Sampled(series.processes()?),
                    harness: harness.clone(),
                    origin: file.path.clone(),
                })
            }));
        }
        reading
    }
}

/// The settings of each benchmark; `None` where there are none. Those of most are the same, and kept once.
fn settings_of_benches(taken: &[Vec<(&str, &str)>], of_benches: &[Vec<usize>]) -> Vec<Option<model::Settings>> {
    let owned = |settings: &[(&str, String)]| -> Option<model::Settings> {
        let there = settings.iter().filter(|(_, value)| !value.is_empty());
        let settings: model::Settings = there.map(|(key, value)| ((*key).into(), value.as_str().into())).collect();
        (!settings.is_empty()).then_some(settings)
    };
    let single = |settings: &Vec<(&str, &str)>| {
        owned(&settings.iter().map(|(key, value)| (*key, (*value).to_owned())).collect::<Vec<_>>())
    };
    let alone: Vec<Option<model::Settings>> = taken.iter().map(single).collect();
    let of_bench = |indices: &Vec<usize>| match indices[..] {
        [only] => alone[only].clone(),
        _ => owned(&joined(indices.iter().map(|index| &taken[*index][..]))),
    };
    of_benches.iter().map(of_bench).collect()
}

/// The settings of a benchmark that was measured under several: each value once.
fn joined<'s>(all: impl Iterator<Item = &'s [(&'s str, &'s str)]>) -> Vec<(&'s str, String)> {
    let mut joined: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    for (key, value) in all.flatten() {
        let next = joined.len();
        match joined.get_mut(*places.entry(key).or_insert(next)) {
            Some((_, values)) if values.contains(value) => {}
            Some((_, values)) => values.push(value),
            None => joined.push((key, vec![value])),
        }
    }
    joined.into_iter().map(|(key, values)| (key, values.join(","))).collect()
}

/// A number that is no measurement, or none any more once it is tidied.
fn not_finite(written: f64) -> Problem {
    let wanted = if written.is_finite() { super::FINITE_IN_BASE_UNITS } else { "a finite measurement" };
    Problem::ImpossibleNumber { found: format!("{written:?}"), wanted }
}

fn bench_id(package: &str, name: &str) -> BenchId {
    if package.is_empty() { BenchId::new(name) } else { BenchId::new(&format!("{package}.{name}")) }
}

impl<'a> Settings<'a> {
    /// Where those of now stand among all that benchmarks were measured under.
    fn index(&mut self) -> usize {
        if !self.is_taken {
            self.taken.push(self.now.clone());
            self.is_taken = true;
        }
        self.taken.len() - 1
    }

    /// An empty value takes a setting back.
    fn take(&mut self, key: &'a str, value: &'a str) {
        let next = self.now.len();
        let place = *self.places.entry(key).or_insert(next);
        match self.now.get_mut(place) {
            Some((_, known)) if *known == value => {}
            Some((_, known)) => (*known, self.is_taken) = (value, false),
            None => {
                self.now.push((key, value));
                self.is_taken = false;
            }
        }
        match key {
            "pkg" => self.package = value,
            "goos" => self.os = value,
            "goarch" => self.architecture = value,
            "cpu" if self.host.is_none() && !value.is_empty() => {
                let os = format!("{} {}", self.os, self.architecture).trim().to_owned();
                self.host = Some(Host { cpu: value.to_owned(), cores: 0, os });
            }
            _ => {}
        }
    }
}

/// The units that were seen, as written and tidied.
#[derive(Default)]
struct Units<'a> {
    /// As written, with the tidied one and the factor to it; in order.
    written: Vec<(&'a str, usize, f64)>,
    /// Where each stands there.
    places: FxHashMap<&'a str, usize>,
    tidied: Vec<TidiedUnit<'a>>,
    /// Where each name stands there.
    tidied_places: FxHashMap<Cow<'a, str>, usize>,
}

struct TidiedUnit<'a> {
    name: Cow<'a, str>,
    /// From `Unit` lines; of each key the first.
    settings: Vec<(&'a str, &'a str)>,
}

impl<'a> Units<'a> {
    /// The tidied unit, and the factor that takes a number into it.
    ///
    /// * `likely`: where the unit probably stands: all lines of a file have the same units in the same order.
    fn index_of(&mut self, written: &'a str, likely: usize) -> (usize, f64) {
        let likely = self.written.get(likely).filter(|(known, ..)| *known == written);
        if let Some((_, index, factor)) = likely.or_else(|| Some(&self.written[*self.places.get(written)?])) {
            return (*index, *factor);
        }
        let (name, factor) = tidy(written);
        let next = self.tidied.len();
        let index = *self.tidied_places.entry(name.clone()).or_insert(next);
        if index == next {
            self.tidied.push(TidiedUnit { name, settings: Vec::new() });
        }
        self.places.insert(written, self.written.len());
        self.written.push((written, index, factor));
        (index, factor)
    }
}

impl TidiedUnit<'_> {
    fn metric(&self) -> Arc<Metric> {
        self.known_metric().map_or_else(|| Arc::new(self.custom(&self.name)), known)
    }

    /// The name of the metric that has this unit.
    fn known_metric(&self) -> Option<&'static str> {
        match &*self.name {
            "sec/op" => Some("time"),
            "B/op" => Some("alloc-bytes"),
            "allocs/op" => Some("allocs"),
            "B/s" => Some("throughput"),
            _ => None,
        }
    }

    fn custom(&self, name: &str) -> Metric {
        let setting = |key| self.settings.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
        let better = match setting("better") {
            Some("higher") => Better::Higher,
            Some("lower") => Better::Lower,
            _ => Better::Unknown,
        };
        // A unit `time` is not our `time`, in seconds.
        let metric_name = if METRICS.get(name).is_some() { format!("go:{name}") } else { name.to_owned() };
        let metric = Metric::custom(&metric_name, Unit::Other(name.into()), better);
        let nature = if setting("assume") == Some("exact") { Nature::Counted } else { Nature::Timed };
        Metric { nature, ..metric }
    }
}
