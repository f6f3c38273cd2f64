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
//! Each line is a process of its own, as benchstat takes the lines of `-count` for replicates.
//!
//! `ns/op` is `time`, `B/op` `alloc-bytes`, `allocs/op` `allocs`, `MB/s` `throughput`; any other unit is a metric
//! of its own, named by the unit as benchstat tidies it (`p99-ns/op` is `p99-sec/op`).
//! The text does not say how many cores the machine has: a host read from it has 0.
//!
//! Source: <https://go.dev/design/14313-benchmark-format>, and the behaviour of golang.org/x/perf.

use std::collections::HashMap;
use std::sync::Arc;

use super::{File, Format, Place, Problem, ReadError, Reading, json, known, numbers};
use crate::model::{BenchId, Host, METRICS, Metric, Nature, Observation, Processes, Values, Warning};
use crate::stats::Sample;
use crate::unit::{Better, Unit};

pub(super) const FORMAT: Format = Format {
    name: "go",
    keeps: "every line of `go test -bench -count`, with all its units",
    recognises,
    baseline_of: None,
    read,
};

/// How far to look for the first benchmark: a build may have printed before it.
const BEGINNING_BYTES: usize = 1 << 16;

fn recognises(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(BEGINNING_BYTES)];
    super::lines(json::without_bom(beginning)).any(|line| {
        let mut fields = Fields(std::str::from_utf8(line.bytes).unwrap_or_default());
        let is_number = |field: &str| field.parse::<f64>().is_ok();
        fields.next().is_some_and(|name| name.starts_with(PREFIX))
            && fields.next().is_some_and(is_number)
            && fields.next().is_some_and(is_number)
            && fields.next().is_some()
    })
}

const PREFIX: &str = "Benchmark";

fn read(files: &[File]) -> Reading {
    let mut reading = Reading::default();
    for file in files {
        reading.absorb(read_file(file));
    }
    reading
}

fn read_file(file: &File) -> Reading {
    let text = match std::str::from_utf8(json::without_bom(&file.bytes)) {
        Ok(text) => text,
        Err(error) => return Reading::refused(not_utf8(file, error.valid_up_to())),
    };
    let mut results = Results::default();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        results.line_number = index + 1;
        results.take(line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line)));
    }
    if !text.ends_with('\n') && text.lines().last().is_some_and(|line| line.starts_with(PREFIX)) {
        results.warn("the last line has no end; the file may be cut off");
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

/// What the lines so far tell.
#[derive(Default)]
struct Results<'a> {
    line_number: usize,
    settings: Settings<'a>,
    units: Units<'a>,
    /// By name within each package.
    benches: HashMap<(&'a str, &'a str), usize>,
    /// The measurements of each benchmark, by unit.
    series: Vec<Vec<Series>>,
    names: Vec<(&'a str, &'a str)>,
    warnings: Vec<(usize, String)>,
    problems: Vec<(usize, Problem)>,
    /// The pairs of the line at hand.
    pairs: Vec<(f64, usize)>,
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

/// The settings that are read of all `key: value` lines.
#[derive(Default)]
struct Settings<'a> {
    package: &'a str,
    os: &'a str,
    architecture: &'a str,
    /// The first one: the host of the run.
    host: Option<Host>,
}

impl<'a> Results<'a> {
    fn take(&mut self, line: &'a str) {
        if let Some(result) = line.strip_prefix(PREFIX) {
            self.take_result(result);
        } else if let Some(unit) = unit_line(line) {
            self.take_unit(unit);
        } else if let Some((key, value)) = setting(line) {
            self.settings.take(key, value);
        }
    }

    /// `Cosine/d512-8  4046834  247.1 ns/op …`
    fn take_result(&mut self, line: &'a str) {
        let mut fields = Fields(line);
        // `Benchmark` alone has an empty name.
        let name = if line.starts_with(char::is_whitespace) { "" } else { fields.next().unwrap_or_default() };
        // A name alone is what `-v` prints when a benchmark begins.
        let Some(iterations) = fields.next() else { return };
        if let Err(text) = check_iterations(iterations).and_then(|()| self.take_pairs(&mut fields)) {
            return self.warn(&format!("{text}; the line is left out"));
        }
        if let Some(problem) = self.pairs.iter().find_map(|pair| self.impossible(*pair)) {
            return self.problems.push((self.line_number, problem));
        }
        let series = self.series_of(name);
        for (number, unit) in self.pairs.drain(..) {
            let of_bench = &mut self.series[series];
            match of_bench.iter_mut().find(|series| series.unit == unit) {
                Some(series) => series.values.push(number),
                None => of_bench.push(Series { unit, values: vec![number] }),
            }
        }
    }

    /// A unit of its own may count backwards, time and memory cannot.
    fn impossible(&self, (number, unit): (f64, usize)) -> Option<Problem> {
        let problem = |wanted| Some(Problem::ImpossibleNumber { found: number.to_string(), wanted });
        match self.units.tidied[unit].known_metric() {
            _ if !number.is_finite() => problem("a finite measurement"),
            Some(_) if number < 0.0 => problem("a measurement of at least 0"),
            _ => None,
        }
    }

    fn take_pairs(&mut self, fields: &mut Fields<'a>) -> Result<(), String> {
        self.pairs.clear();
        while let Some(number) = fields.next() {
            let value = measurement(number)?;
            let unit = fields.next().ok_or_else(|| format!("`{number}` has no unit"))?;
            let (unit, factor) = self.units.index_of(unit);
            self.pairs.push((value * factor, unit));
        }
        if self.pairs.is_empty() { Err("there are no measurements".to_owned()) } else { Ok(()) }
    }

    fn series_of(&mut self, name: &'a str) -> usize {
        let key = (self.settings.package, name);
        if self.names.last() == Some(&key) {
            return self.names.len() - 1;
        }
        let next = self.series.len();
        let index = *self.benches.entry(key).or_insert(next);
        if index == next {
            self.series.push(Vec::new());
            self.names.push(key);
        }
        index
    }

    /// `p99-ns/op better=lower assume=exact`
    fn take_unit(&mut self, line: &'a str) {
        let mut fields = Fields(line);
        let Some(unit) = fields.next() else { return self.warn("`Unit` without a unit") };
        let (index, _) = self.units.index_of(unit);
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
        let at = |line_number| Place::Line { line_number, column_number: 0 };
        let warning = |(line_number, text)| Warning::general(format!("{}{}: {text}", file.path, at(line_number)));
        reading.warnings.extend(self.warnings.into_iter().map(warning));
        let problem = |(line, problem)| ReadError { path: file.path.clone(), place: at(line), problem };
        reading.problems.extend(self.problems.into_iter().map(problem));
        if self.series.is_empty() && reading.problems.is_empty() {
            return Reading::refused(ReadError {
                path: file.path.clone(),
                place: Place::Whole,
                problem: Problem::Empty,
            });
        }
        let metrics: Vec<Arc<Metric>> = self.units.tidied.iter().map(TidiedUnit::metric).collect();
        let harness: Arc<str> = "go".into();
        for ((package, name), of_bench) in self.names.into_iter().zip(self.series) {
            let id = bench_id(package, name);
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

fn bench_id(package: &str, name: &str) -> BenchId {
    if package.is_empty() { BenchId::new(name) } else { BenchId::new(&format!("{package}.{name}")) }
}

fn check_iterations(field: &str) -> Result<(), String> {
    match field.parse::<i64>() {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("`{field}` is no number of iterations")),
    }
}

/// A number as Go reads it; infinite when it says so, refused when it is too large.
fn measurement(field: &str) -> Result<f64, String> {
    if let Some((number, length)) = numbers::decimal(field.as_bytes())
        && length == field.len()
    {
        return Ok(number);
    }
    let says_infinite = field.trim_start_matches(['+', '-']).starts_with(['i', 'I']);
    match field.parse::<f64>() {
        Ok(number) if !number.is_infinite() || says_infinite => Ok(number),
        _ => Err(format!("`{field}` is no number")),
    }
}

impl<'a> Settings<'a> {
    /// An empty value takes a setting back.
    fn take(&mut self, key: &str, value: &'a str) {
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

/// `key: value`: the key begins with a small letter and has no blanks and no capitals.
fn setting(line: &str) -> Option<(&str, &str)> {
    let first = line.chars().next()?;
    if !first.is_lowercase() {
        return None;
    }
    let end = line.find(|c: char| c == ':' || c.is_whitespace() || c.is_uppercase())?;
    let (key, rest) = line.split_at(end);
    let value = rest.strip_prefix(':')?;
    let trimmed = value.trim_start_matches([' ', '\t']);
    (value.is_empty() || trimmed.len() < value.len()).then_some((key, trimmed))
}

/// What follows the word `Unit`.
fn unit_line(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("Unit")?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim_start())
}

/// The units that were seen, as written and tidied.
#[derive(Default)]
struct Units<'a> {
    /// As written, with the tidied one and the factor to it.
    written: Vec<(&'a str, usize, f64)>,
    tidied: Vec<TidiedUnit<'a>>,
}

struct TidiedUnit<'a> {
    name: String,
    /// From `Unit` lines; of each key the first.
    settings: Vec<(&'a str, &'a str)>,
}

impl<'a> Units<'a> {
    /// The tidied unit, and the factor that takes a number into it.
    fn index_of(&mut self, written: &'a str) -> (usize, f64) {
        if let Some((_, index, factor)) = self.written.iter().find(|(known, ..)| *known == written) {
            return (*index, *factor);
        }
        let (name, factor) = tidy(written);
        let index = self.tidied.iter().position(|unit| unit.name == name).unwrap_or_else(|| {
            self.tidied.push(TidiedUnit { name, settings: Vec::new() });
            self.tidied.len() - 1
        });
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

/// A unit with its prefixes taken off in the numerator: nanoseconds become seconds, megabytes bytes.
///
/// Returns the unit and the factor from the old to the new.
fn tidy(unit: &str) -> (String, f64) {
    match unit {
        "ns/op" => return ("sec/op".to_owned(), 1e-9),
        "MB/s" => return ("B/s".to_owned(), 1e6),
        _ => {}
    }
    let (mut tidied, mut factor, mut numerator) = (String::new(), 1.0, true);
    for token in unit.split_inclusive(['*', '/', '-', ' ']) {
        let word = token.trim_end_matches(['*', '/', '-', ' ']);
        let replacement = match word {
            "ns" if numerator => {
                factor /= 1e9;
                "sec"
            }
            "MB" if numerator => {
                factor *= 1e6;
                "B"
            }
            other => other,
        };
        tidied.push_str(replacement);
        tidied.push_str(&token[word.len()..]);
        match token.as_bytes().last() {
            Some(b'/') => numerator = false,
            Some(b'*') => numerator = true,
            _ => {}
        }
    }
    (tidied, factor)
}

/// The fields of a line, between blanks.
struct Fields<'a>(&'a str);

impl<'a> Iterator for Fields<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.0.as_bytes();
        let start = bytes.iter().position(|byte| !is_blank(*byte)).unwrap_or(bytes.len());
        let length = bytes[start..].iter().position(|byte| is_blank(*byte) || !byte.is_ascii());
        let end = length.map_or(bytes.len(), |length| start + length);
        if bytes.get(end).is_some_and(|byte| !byte.is_ascii()) {
            return self.next_unicode();
        }
        let field = &self.0[start..end];
        self.0 = &self.0[end..];
        (!field.is_empty()).then_some(field)
    }
}

impl<'a> Fields<'a> {
    /// The next field of any script, with any script's blanks.
    #[cold]
    fn next_unicode(&mut self) -> Option<&'a str> {
        let line = self.0.trim_start();
        let (field, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
        self.0 = rest;
        (!field.is_empty()).then_some(field)
    }
}

/// Tab, line feed, vertical tab, form feed, carriage return, blank.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_tidied_as_benchstat_does() {
        #[track_caller]
        fn check(unit: &str, tidied: &str, factor: f64) {
            assert_eq!(tidy(unit), (tidied.to_owned(), factor));
        }
        check("ns/op", "sec/op", 1e-9);
        check("MB/s", "B/s", 1e6);
        check("p99-ns/op", "p99-sec/op", 1e-9);
        check("B/op", "B/op", 1.0);
        check("items/ns", "items/ns", 1.0);
        check("x/op*MB", "x/op*B", 1e6);
        check("ns*ns", "sec*sec", 1.0 / 1e9 / 1e9);
        check("dns/op", "dns/op", 1.0);
        check("", "", 1.0);
    }

    #[test]
    fn a_setting_has_a_small_key() {
        #[track_caller]
        fn check(line: &str, expected: Option<(&str, &str)>) {
            assert_eq!(setting(line), expected, "for {line:?}");
        }
        check("pkg: example.com/face", Some(("pkg", "example.com/face")));
        check("pkg:", Some(("pkg", "")));
        check("pkg:example", None);
        check("Pkg: x", None);
        check("go test: x", None);
        check("goOs: x", None);
        check("ok  \texample.com\t1s", None);
        check(": x", None);
    }
}
