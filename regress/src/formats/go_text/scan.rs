//! A whole text as it is written: what `regress benchstat` sees in it.
//!
//! Results of one name under the same settings are one [`Bench`], its measurements in one unit a [`Series`]; both in
//! order of first appearance. The text is handed over piece by piece, and none of it is kept but names. Nothing is
//! refused but bytes that are no UTF-8 and numbers no measurement can have.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::{File, Place, Problem, Problems, ReadError};
use super::by_unit::ByUnit;
use super::line::{Fields, LastResult, Line, lines};
use super::unit::tidy;

/// `goos: linux`: key and value.
pub type Setting = (Arc<str>, Arc<str>);

/// What the lines of a file tell.
#[derive(Debug, Default)]
pub struct Scan {
    /// Every state of the settings under which there were results.
    pub settings: Vec<Vec<Setting>>,
    /// In order of first appearance.
    pub benches: Vec<Bench>,
    /// In order of first appearance.
    pub series: Vec<Series>,
    /// In order of first appearance.
    pub units: Vec<Unit>,
    /// In order of their lines.
    pub notes: Vec<Note>,
}

/// Results of one name under the same settings.
#[derive(Debug)]
pub struct Bench {
    /// Index of its settings.
    pub settings: usize,
    /// As printed, without `Benchmark`.
    pub name: Arc<str>,
    /// Indexes of its series.
    pub series: Vec<usize>,
}

/// A unit that results are in.
#[derive(Debug)]
pub struct Unit {
    /// As written: `ns/op`.
    pub written: String,
    /// `sec/op`
    pub tidied: String,
    /// From the written to the tidied one.
    factor: f64,
}

/// All measurements of a bench in one unit, in the order of their lines; finite.
#[derive(Debug)]
pub struct Series {
    /// Index of its bench.
    pub bench: usize,
    /// Index of its unit.
    pub unit: usize,
    /// Whether the values are in the tidied unit, not in the written one.
    ///
    /// A value that tidying leaves as it is keeps its unit: benchstat has `0 ns/op` in a table of its own.
    pub is_tidied: bool,
    /// At least one.
    pub values: Vec<f64>,
}

/// What else a line said.
#[derive(Debug, PartialEq, Eq)]
pub struct Note {
    /// From 1.
    pub line_number: usize,
    /// What it was.
    pub what: Said,
}

/// What a line said that is no result.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// Something that cannot be read and is left out; why, in the words of Go's reader.
    LeftOut(&'static str),
    /// `Unit ns/op better=lower`: one such promise.
    Promise {
        /// As written.
        unit: String,
        /// `better`
        key: String,
        /// `lower`
        value: String,
    },
}

/// Reads a text piece by piece.
#[derive(Debug)]
pub struct Scanner {
    path: Arc<str>,
    seen: Scan,
    /// Numbers no measurement can have.
    problems: Problems,
    line_number: usize,
    /// In the order in which they were set; one that is taken back leaves its place to the last.
    settings: Vec<Setting>,
    /// Index of these settings. `None` when no result stood under them yet.
    settings_index: Option<usize>,
    settings_indexes: FxHashMap<Vec<Setting>, usize>,
    /// The benches under each state of the settings, by name.
    benches: Vec<FxHashMap<Arc<str>, usize>>,
    /// The units as they are written.
    units: FxHashMap<String, usize>,
    by_unit: ByUnit,
    /// The bench of the last result.
    last: usize,
}

/// Reads a file that is in memory.
///
/// # Errors
/// Everything that makes it useless: bytes that are no UTF-8, numbers no measurement can have.
pub fn scan(file: &File) -> Result<Scan, Problems> {
    let mut scanner = Scanner::new(&file.path);
    scanner.take(&file.bytes)?;
    scanner.finish()
}

impl Scanner {
    /// * `path`: of the file, for messages.
    pub fn new(path: &str) -> Scanner {
        Scanner {
            path: path.into(),
            seen: Scan::default(),
            problems: Problems::default(),
            line_number: 0,
            settings: Vec::new(),
            settings_index: None,
            settings_indexes: FxHashMap::default(),
            benches: Vec::new(),
            units: FxHashMap::default(),
            by_unit: ByUnit::default(),
            last: 0,
        }
    }

    /// The next lines.
    ///
    /// * `piece`: ends where a line ends, or is the last.
    ///
    /// # Errors
    /// Bytes that are no UTF-8.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), ReadError> {
        let text = std::str::from_utf8(piece).map_err(|error| {
            let before = piece[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            let place = Place::Line { line_number: self.line_number + before + 1, column_number: 0 };
            let problem =
                Problem::Syntax { found: "bytes that are no UTF-8".to_owned(), wanted: "text in UTF-8".to_owned() };
            ReadError { path: self.path.clone(), place, problem }
        })?;
        let (mut last_result, mut last_name, mut units) = (LastResult::default(), None, Vec::new());
        for line in lines(text) {
            self.line_number += 1;
            match Line::new(line, &mut last_result) {
                Ok(Line::Result(name)) => {
                    if !(last_name.is_some_and(|last| is_again(name, last)) && self.settings_index.is_some()) {
                        self.last = self.bench(name);
                        last_name = Some(name);
                    }
                    self.take_measurements(&last_result.measurements, &mut units);
                }
                Ok(Line::Unit(unit)) => self.take_unit(unit),
                Ok(Line::Setting(key, value)) => self.take_setting(key, value),
                Ok(Line::Other) => {}
                Err(malformed) => self.leave_out(malformed.in_go()),
            }
        }
        Ok(())
    }

    /// # Errors
    /// Numbers no measurement can have.
    pub fn finish(self) -> Result<Scan, Problems> {
        if self.problems.is_empty() { Ok(self.seen) } else { Err(self.problems) }
    }

    fn note(&mut self, what: Said) {
        self.seen.notes.push(Note { line_number: self.line_number, what });
    }

    fn leave_out(&mut self, why: &'static str) {
        self.note(Said::LeftOut(why));
    }

    fn bench(&mut self, name: &str) -> usize {
        let settings = self.settings_index();
        let benches = &mut self.seen.benches;
        // Lines of one benchmark follow each other, or all benchmarks follow each other again and again.
        for index in [self.last, self.last + 1, 0] {
            if benches.get(index).is_some_and(|bench| *bench.name == *name && bench.settings == settings) {
                return index;
            }
        }
        if let Some(&index) = self.benches[settings].get(name) {
            return index;
        }
        let name: Arc<str> = name.into();
        self.benches[settings].insert(name.clone(), benches.len());
        benches.push(Bench { settings, name, series: Vec::new() });
        benches.len() - 1
    }

    fn settings_index(&mut self) -> usize {
        if let Some(index) = self.settings_index {
            return index;
        }
        let known = self.settings_indexes.get(&self.settings).copied();
        let index = known.unwrap_or_else(|| {
            self.settings_indexes.insert(self.settings.clone(), self.seen.settings.len());
            self.seen.settings.push(self.settings.clone());
            self.benches.push(FxHashMap::default());
            self.seen.settings.len() - 1
        });
        self.settings_index = Some(index);
        index
    }

    /// Puts measurements into the series of the last bench.
    ///
    /// * `units`: of the line before, with their indexes.
    fn take_measurements<'a>(&mut self, measurements: &[(f64, &'a str)], units: &mut Vec<(&'a str, usize)>) {
        for (position, &(value, written)) in measurements.iter().enumerate() {
            let unit = match units.get(position) {
                Some((last, unit)) if is_again(written, last) => *unit,
                _ => {
                    let unit = self.unit(written);
                    units.truncate(position);
                    units.push((written, unit));
                    unit
                }
            };
            let factor = self.seen.units[unit].factor;
            let tidied = value * factor;
            let is_tidied = factor != 1.0 && tidied != value;
            let index = self.series_of(position, unit, is_tidied);
            let in_unit = if is_tidied { tidied } else { value };
            if !in_unit.is_finite() {
                let place = Place::Line { line_number: self.line_number, column_number: 0 };
                self.problems.push(ReadError { path: self.path.clone(), place, problem: super::not_finite(value) });
            }
            self.seen.series[index].values.push(in_unit);
        }
    }

    /// The index of a unit.
    fn unit(&mut self, written: &str) -> usize {
        if let Some(unit) = self.units.get(written) {
            return *unit;
        }
        let (tidied, factor) = tidy(written);
        let unit = Unit { written: written.to_owned(), tidied: tidied.into_owned(), factor };
        self.units.insert(written.to_owned(), self.seen.units.len());
        self.seen.units.push(unit);
        self.seen.units.len() - 1
    }

    /// The index of a series of the last bench.
    ///
    /// * `position`: mostly the units of a benchmark stand in the same order in each of its lines.
    #[inline]
    fn series_of(&mut self, position: usize, unit: usize, is_tidied: bool) -> usize {
        let Scan { benches, series, .. } = &self.seen;
        match benches[self.last].series.get(position) {
            Some(&index) if series[index].unit == unit && series[index].is_tidied == is_tidied => index,
            _ => self.other_series(position, unit, is_tidied),
        }
    }

    #[cold]
    fn other_series(&mut self, position: usize, unit: usize, is_tidied: bool) -> usize {
        let Scan { benches, series, .. } = &mut self.seen;
        let of_bench = &mut benches[self.last].series;
        // As written and tidied, a unit is two.
        let unit_of = |index: &usize| 2 * series[*index].unit + usize::from(series[*index].is_tidied);
        let wanted = 2 * unit + usize::from(is_tidied);
        if let Some(place) = self.by_unit.place(self.last, wanted, of_bench, unit_of, position) {
            return of_bench[place];
        }
        self.by_unit.add(self.last, wanted, of_bench.len());
        // The first benchmark had as many lines as this one will have, mostly.
        let lines = series.first().map_or(0, |series| series.values.len().min(MOST_LINES_AT_ONCE));
        of_bench.push(series.len());
        series.push(Series { bench: self.last, unit, is_tidied, values: Vec::with_capacity(lines) });
        series.len() - 1
    }

    /// `p99-ns/op better=lower assume=exact`
    fn take_unit(&mut self, line: &str) {
        let mut fields = Fields::new(line);
        let Some(unit) = fields.next() else { return self.leave_out("missing unit") };
        for field in fields {
            match field.split_once('=').filter(|(key, _)| !key.is_empty()) {
                Some((key, value)) => {
                    self.note(Said::Promise { unit: unit.into(), key: key.into(), value: value.into() });
                }
                None => self.leave_out("expected key=value"),
            }
        }
    }

    /// An empty value takes a setting back.
    fn take_setting(&mut self, key: &str, value: &str) {
        let known = self.settings.iter().position(|(known, _)| **known == *key);
        match known {
            Some(index) if value.is_empty() => {
                self.settings.swap_remove(index);
            }
            Some(index) => self.settings[index].1 = value.into(),
            None if value.is_empty() => return,
            None => self.settings.push((key.into(), value.into())),
        }
        self.settings_index = None;
    }
}

impl Scan {
    /// The unit that the values of a series are in.
    pub fn unit_of(&self, series: &Series) -> &str {
        let Unit { written, tidied, .. } = &self.units[series.unit];
        if series.is_tidied { tidied } else { written }
    }
}

/// Whether a text is the very same as before: [`LastResult`] hands it out again where a line repeats it.
fn is_again(text: &str, last: &str) -> bool {
    std::ptr::eq(text, last)
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
        assert_eq!(seen.settings, [[("pkg".into(), "a".into())], [("pkg".into(), "b".into())]]);
        let benches: Vec<(usize, &str)> = seen.benches.iter().map(|bench| (bench.settings, &*bench.name)).collect();
        assert_eq!(benches, [(0, "X"), (0, "Y"), (1, "X")]);
        let series: Vec<(usize, &str, &[f64])> =
            seen.series.iter().map(|series| (series.bench, seen.unit_of(series), &*series.values)).collect();
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
            seen.series.iter().map(|series| (seen.unit_of(series), series.values.len())).collect();
        assert_eq!(series, [("ns/op", 2), ("B/op", 3), ("sec/op", 1)]);
    }

    #[test]
    fn a_setting_that_is_taken_back_leaves_its_place_to_the_last() {
        let file = file("a: 1\nb: 2\nc: 3\na:\nBenchmarkX 1 1 x\nd: 4\nd:\nBenchmarkX 1 2 x\n");
        let expected = [("c", "3"), ("b", "2")].map(|(key, value)| (key.into(), value.into()));
        assert_eq!(scan(&file).unwrap().settings, [expected]);
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
        check("BenchmarkX x 1 ns/op", Some(Said::LeftOut("parsing iteration count: invalid syntax")));
        check("BenchmarkX 1 1e999 ns/op", Some(Said::LeftOut("parsing measurement: value out of range")));
        check("BenchmarkX 1 1 ns/op 2", Some(Said::LeftOut("missing units")));
        check("Unit", Some(Said::LeftOut("missing unit")));
        check("Unit x y", Some(Said::LeftOut("expected key=value")));
        check("Unit x y=z", Some(Said::Promise { unit: "x".into(), key: "y".into(), value: "z".into() }));
    }

    #[test]
    fn no_measurement_is_infinite() {
        for line in ["BenchmarkX 1 +Inf ns/op", "BenchmarkX 1 NaN ns/op", "BenchmarkX 1 1e308 MB/s"] {
            assert_eq!(scan(&file(line)).unwrap_err().len(), 1, "for {line:?}");
        }
        assert!(scan(&File { path: "x".into(), bytes: b"\n\xff".to_vec() }).is_err());
    }

    #[test]
    fn pieces_make_a_whole() {
        let text = "pkg: a\nBenchmarkX 1 2 ns/op 8 B/op\nBenchmarkX 1 3 ns/op 8 B/op\nBenchmarkY x\nBenchmarkX 1 4 ns/op\nBenchmark 1 5 ns/op";
        let whole = scan(&file(text)).unwrap();
        let mut scanner = Scanner::new("x.txt");
        text.split_inclusive('\n').for_each(|line| scanner.take(line.as_bytes()).unwrap());
        let seen = scanner.take(b"BenchmarkY \xff").unwrap_err();
        assert_eq!(seen.place, Place::Line { line_number: 7, column_number: 0 });
        assert_eq!(format!("{:?}", scanner.finish().unwrap()), format!("{whole:?}"));
    }
}
