//! A whole text as it is written: what `regress benchstat` sees in it.
//!
//! Results of one name under the same settings are one [`Bench`], its measurements in one unit a [`Series`]; both in
//! order of first appearance, without a copy of any text. Nothing is refused but bytes that are no UTF-8 and numbers no
//! measurement can have.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::super::{File, Place, Problem, ReadError};
use super::line::{Fields, Line, Malformed, Measurements, lines};
use super::unit::tidy;
use crate::parallel::in_parts;

/// What the lines of a file tell.
#[derive(Debug, Default)]
pub struct Scan<'a> {
    /// Every state of the settings under which there were results.
    pub settings: Vec<Vec<(&'a str, &'a str)>>,
    /// In order of first appearance.
    pub benches: Vec<Bench<'a>>,
    /// In order of first appearance.
    pub series: Vec<Series<'a>>,
    /// In order of their lines.
    pub notes: Vec<Note<'a>>,
    /// Numbers no measurement can have. Not empty: the file may not be used.
    pub problems: Vec<ReadError>,
}

/// Results of one name under the same settings.
#[derive(Debug)]
pub struct Bench<'a> {
    /// Index of its settings.
    pub settings: usize,
    /// As printed, without `Benchmark`.
    pub name: &'a str,
    /// Indexes of its series.
    pub series: Vec<usize>,
}

/// All measurements of a bench in one unit, in the order of their lines; finite.
#[derive(Debug)]
pub struct Series<'a> {
    /// Index of its bench.
    pub bench: usize,
    /// As written: `ns/op`.
    pub written: &'a str,
    /// The tidied unit, `sec/op`, which the values are in. `None` where they are in the written one.
    ///
    /// A value that tidying leaves as it is keeps its unit: benchstat has `0 ns/op` in a table of its own.
    pub tidied: Option<Cow<'a, str>>,
    /// At least one.
    pub values: Vec<f64>,
    factor: f64,
}

impl Series<'_> {
    /// The unit of the values.
    pub fn unit(&self) -> &str {
        self.tidied.as_deref().unwrap_or(self.written)
    }
}

/// What else a line said.
#[derive(Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// From 1.
    pub line_number: usize,
    /// What it was.
    pub what: Said<'a>,
}

/// What a line said that is no result.
#[derive(Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// A benchmark line that cannot be read, and is left out.
    Malformed(Malformed<'a>),
    /// `Unit` alone.
    NoUnitName,
    /// A word of a `Unit` line that is no `key=value`.
    NoKeyAndValue(&'a str),
    /// `Unit ns/op better=lower`: one such promise.
    Unit {
        /// As written.
        unit: &'a str,
        /// `better`
        key: &'a str,
        /// `lower`
        value: &'a str,
    },
}

/// Reads files, all at the same time.
///
/// # Errors
/// Everything that makes one of them useless: bytes that are no UTF-8, numbers no measurement can have.
pub fn scan_all(files: &[File]) -> Result<Vec<Scan<'_>>, Vec<ReadError>> {
    let (mut scans, mut problems) = (Vec::new(), Vec::new());
    for result in in_parts(files, 1, |file| scan(&file[0])) {
        match result {
            Ok(mut scan) => {
                problems.append(&mut scan.problems);
                scans.push(scan);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(scans) } else { Err(problems) }
}

/// Reads a file.
///
/// # Errors
/// Bytes that are no UTF-8.
pub fn scan(file: &File) -> Result<Scan<'_>, ReadError> {
    let text = std::str::from_utf8(&file.bytes).map_err(|error| {
        let line_number = 1 + file.bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        let problem =
            Problem::Syntax { found: "bytes that are no UTF-8".to_owned(), wanted: "text in UTF-8".to_owned() };
        ReadError { path: file.path.clone(), place: Place::Line { line_number, column_number: 0 }, problem }
    })?;
    let mut scanner = Scanner::default();
    for line in lines(text) {
        scanner.line_number += 1;
        scanner.take(line, file);
    }
    Ok(scanner.seen)
}

#[derive(Default)]
struct Scanner<'a> {
    seen: Scan<'a>,
    line_number: usize,
    /// In the order in which they were set; one that is taken back leaves its place to the last.
    settings: Vec<(&'a str, &'a str)>,
    /// Index of these settings. `None` when no result stood under them yet.
    settings_index: Option<usize>,
    benches: FxHashMap<(usize, &'a str), usize>,
    /// The bench of the line before.
    last: usize,
    /// Those of the line at hand.
    measurements: Measurements<'a>,
}

impl<'a> Scanner<'a> {
    fn take(&mut self, line: &'a str, file: &File) {
        match Line::new(line, &mut self.measurements) {
            Ok(Line::Result(name)) => {
                self.last = self.bench(name);
                if let Some(written) = self.take_measurements() {
                    let place = Place::Line { line_number: self.line_number, column_number: 0 };
                    let problem = super::not_finite(written);
                    self.seen.problems.push(ReadError { path: file.path.clone(), place, problem });
                }
            }
            Ok(Line::Unit(unit)) => self.take_unit(unit),
            Ok(Line::Setting(key, value)) => self.take_setting(key, value),
            Ok(Line::Other) => {}
            Err(malformed) => self.note(Said::Malformed(malformed)),
        }
    }

    fn note(&mut self, what: Said<'a>) {
        self.seen.notes.push(Note { line_number: self.line_number, what });
    }

    fn bench(&mut self, name: &'a str) -> usize {
        let settings = self.settings_index();
        // Lines of one benchmark follow each other, or all benchmarks follow each other again and again.
        for index in [self.last, self.last + 1, 0] {
            if self.seen.benches.get(index).is_some_and(|bench| bench.name == name && bench.settings == settings) {
                return index;
            }
        }
        let next = self.seen.benches.len();
        let index = *self.benches.entry((settings, name)).or_insert(next);
        if index == next {
            self.seen.benches.push(Bench { settings, name, series: Vec::new() });
        }
        index
    }

    fn settings_index(&mut self) -> usize {
        if let Some(index) = self.settings_index {
            return index;
        }
        let known = self.seen.settings.iter().position(|known| *known == self.settings);
        let index = known.unwrap_or_else(|| {
            self.seen.settings.push(self.settings.clone());
            self.seen.settings.len() - 1
        });
        self.settings_index = Some(index);
        index
    }

    /// Puts the measurements of the line into the series of its bench. Returns a number that is not finite.
    fn take_measurements(&mut self) -> Option<f64> {
        let mut impossible = None;
        let bench = &mut self.seen.benches[self.last];
        let series = &mut self.seen.series;
        for (position, &(value, unit)) in self.measurements.iter().enumerate() {
            // Mostly the units of a benchmark stand in the same order in each of its lines.
            let here = bench.series.get(position).copied().filter(|&index| series[index].holds(unit, value));
            let index = here
                .or_else(|| bench.series.iter().copied().find(|&index| series[index].holds(unit, value)))
                .unwrap_or_else(|| {
                    // The first benchmark had as many lines as this one will have, mostly.
                    let lines = series.first().map_or(0, |series| series.values.len().min(MOST_LINES_AT_ONCE));
                    series.push(Series::begin(self.last, unit, value, lines));
                    bench.series.push(series.len() - 1);
                    series.len() - 1
                });
            let series = &mut series[index];
            let tidied = if series.tidied.is_some() { value * series.factor } else { value };
            if !tidied.is_finite() {
                impossible = Some(value);
            }
            series.values.push(tidied);
        }
        impossible
    }

    /// `p99-ns/op better=lower assume=exact`
    fn take_unit(&mut self, line: &'a str) {
        let mut fields = Fields(line);
        let Some(unit) = fields.next() else { return self.note(Said::NoUnitName) };
        for field in fields {
            self.note(match field.split_once('=').filter(|(key, _)| !key.is_empty()) {
                Some((key, value)) => Said::Unit { unit, key, value },
                None => Said::NoKeyAndValue(field),
            });
        }
    }

    /// An empty value takes a setting back.
    fn take_setting(&mut self, key: &'a str, value: &'a str) {
        let known = self.settings.iter().position(|(known, _)| *known == key);
        match known {
            Some(index) if value.is_empty() => {
                self.settings.swap_remove(index);
            }
            Some(index) => self.settings[index].1 = value,
            None if value.is_empty() => return,
            None => self.settings.push((key, value)),
        }
        self.settings_index = None;
    }
}

impl<'a> Series<'a> {
    fn begin(bench: usize, written: &'a str, value: f64, lines: usize) -> Series<'a> {
        let (tidied, factor) = tidy(written);
        let tidied = (value * factor != value).then_some(tidied);
        Series { bench, written, tidied, values: Vec::with_capacity(lines), factor }
    }

    /// Whether a value of this unit belongs here.
    fn holds(&self, written: &str, value: f64) -> bool {
        self.written == written && (self.factor == 1.0 || (value * self.factor != value) == self.tidied.is_some())
    }
}

/// Memory for more values of a benchmark is asked for when they are there; chosen.
const MOST_LINES_AT_ONCE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { path: "x.txt".into(), bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn results_of_one_name_and_settings_are_one() {
        let file = file(
            "pkg: a\nBenchmarkX 1 2 ns/op 8 B/op\nBenchmarkY 1 1 ns/op\npkg: b\nBenchmarkX 1 3 ns/op\n\
                         pkg: a\r\nBenchmarkX 1 16 B/op 4 ns/op",
        );
        let seen = scan(&file).unwrap();
        assert_eq!(seen.settings, [[("pkg", "a")], [("pkg", "b")]]);
        let benches: Vec<(usize, &str)> = seen.benches.iter().map(|bench| (bench.settings, bench.name)).collect();
        assert_eq!(benches, [(0, "X"), (0, "Y"), (1, "X")]);
        let series: Vec<(usize, &str, &[f64])> =
            seen.series.iter().map(|series| (series.bench, series.unit(), &*series.values)).collect();
        let nano = |value: f64| value * 1e-9;
        assert_eq!(
            series,
            [
                (0, "sec/op", &[nano(2.0), nano(4.0)][..]),
                (0, "B/op", &[8.0, 16.0]),
                (1, "sec/op", &[nano(1.0)]),
                (2, "sec/op", &[nano(3.0)]),
            ]
        );
    }

    #[test]
    fn zero_keeps_its_unit() {
        let file = file("BenchmarkX 1 0 ns/op 0 B/op\nBenchmarkX 1 1 ns/op 1 B/op\nBenchmarkX 1 0 ns/op 0 B/op\n");
        let seen = scan(&file).unwrap();
        let series: Vec<(&str, usize)> =
            seen.series.iter().map(|series| (series.unit(), series.values.len())).collect();
        assert_eq!(series, [("ns/op", 2), ("B/op", 3), ("sec/op", 1)]);
    }

    #[test]
    fn a_setting_that_is_taken_back_leaves_its_place_to_the_last() {
        let file = file("a: 1\nb: 2\nc: 3\na:\nBenchmarkX 1 1 x\nd: 4\nd:\nBenchmarkX 1 2 x\n");
        assert_eq!(scan(&file).unwrap().settings, [[("c", "3"), ("b", "2")]]);
    }

    #[test]
    fn what_cannot_be_read_is_noted() {
        #[track_caller]
        fn check(line: &str, expected: Option<Said>) {
            let file = file(line);
            let seen = scan(&file).unwrap();
            let expected = expected.map(|what| Note { line_number: 1, what });
            assert_eq!(seen.notes, Vec::from_iter(expected), "for {line:?}");
            assert!(seen.series.is_empty(), "for {line:?}");
        }
        check("Benchmark", None);
        check("BenchmarkX", None);
        check("BenchmarkX x 1 ns/op", Some(Said::Malformed(Malformed::Iterations("x"))));
        check("BenchmarkX 1 1e999 ns/op", Some(Said::Malformed(Malformed::TooLargeMeasurement("1e999"))));
        check("BenchmarkX 1 1 ns/op 2", Some(Said::Malformed(Malformed::NoUnit("2"))));
        check("Unit", Some(Said::NoUnitName));
        check("Unit x y", Some(Said::NoKeyAndValue("y")));
        check("Unit x y=z", Some(Said::Unit { unit: "x", key: "y", value: "z" }));
    }

    #[test]
    fn no_measurement_is_infinite() {
        for line in ["BenchmarkX 1 +Inf ns/op", "BenchmarkX 1 NaN ns/op", "BenchmarkX 1 1e308 MB/s"] {
            assert_eq!(scan(&file(line)).unwrap().problems.len(), 1, "for {line:?}");
        }
        assert!(scan(&File { path: "x".into(), bytes: b"\n\xff".to_vec() }).is_err());
    }
}
