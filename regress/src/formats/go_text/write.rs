//! Go text of any results, so that benchstat and whatever else reads it can be run on them.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use super::line::{LastResult, Line};
use super::unit::tidy;
use crate::model::{Metric, Nature, Observation, PACKAGE, Run, Settings, Values};
use crate::unit::{Better, Unit};

/// `run` as Go text: a line for each measurement, with as many units as were measured.
///
/// * Times stand in `ns/op`, bytes in `B/op`, allocations in `allocs/op`, rates of bytes in `MB/s`. Any other metric is
///   a unit of its own, with a `Unit` line that says which direction is good news and whether it is counted.
/// * A count that is the same in every repeat stands in the first line of its benchmark only.
/// * Blanks in a name become `_`. Names that are the same then are told apart as Go does: `#01` behind the second.
/// * What files said of a benchmark stands in front of it, as they said it; a package is no part of the name then.
/// * Nothing is said of the commit: benchstat would take two files with different settings for things not to be
///   compared.
///
/// Which process took a measurement is lost: Go has one for each line.
pub fn write(run: &Run) -> Vec<u8> {
    let mut text = String::new();
    let of_run = host(run);
    let mut now = Standing::default();
    if run.settings.is_empty() {
        now.set(of_run.clone(), &mut text);
    }
    write_units(run, &mut text);
    let mut names = BTreeSet::new();
    let mut last = None;
    for of_benchmark in run.observations().chunk_by(|a, b| a.id == b.id) {
        let id = of_benchmark[0].id.as_str();
        let of_file = run.settings.get(&of_benchmark[0].id);
        // Those of a file are the same for most of its benchmarks.
        if last.replace(of_file) != Some(of_file) {
            now.set(settings(of_file, &of_run), &mut text);
        }
        let package = now.package.as_str();
        let bare = id.strip_prefix(package).and_then(|rest| rest.strip_prefix('.')).filter(|_| !package.is_empty());
        write_benchmark(&name(package, bare.unwrap_or(id), &mut names), of_benchmark, &mut text);
    }
    text.into_bytes()
}

const A_STRING: &str = "a String never refuses";

/// A key with its value.
type Setting = (String, String);

/// What is known of the machine of all benchmarks. Nothing where files speak of theirs: the others may be of another.
fn host(run: &Run) -> Vec<Setting> {
    let is_of_the_machine = |(key, _): &(Box<str>, Box<str>)| MACHINE.contains(&&**key);
    let mut of_files: Vec<&Settings> = run.settings.values().collect();
    of_files.dedup();
    if of_files.into_iter().any(|settings| settings.iter().any(is_of_the_machine)) {
        return Vec::new();
    }
    let Some(host) = &run.provenance.host else { return Vec::new() };
    let (os, architecture) = host.os.split_once(' ').unwrap_or((&host.os, ""));
    let known = MACHINE.into_iter().zip([os, architecture, &host.cpu]);
    known.filter_map(|(key, value)| setting(key, value)).collect()
}

/// The settings that say on which machine was measured.
const MACHINE: [&str; 3] = ["goos", "goarch", "cpu"];

/// What a file said of a benchmark, and what is known of the machine of all of them.
fn settings(of_file: Option<&Settings>, of_run: &[Setting]) -> Vec<Setting> {
    let of_file = of_file.map_or(&[][..], |settings| settings);
    let of_file = of_file.iter().filter_map(|(key, value)| setting(key, value));
    of_file.chain(of_run.iter().cloned()).collect()
}

/// As a reader takes it back; `None` for what would be no setting in such a text.
fn setting(key: &str, value: &str) -> Option<Setting> {
    let value = value.replace(char::is_control, " ").trim().to_owned();
    let line = format!("{key}: {value}");
    let is_read = Line::new(&line, &mut LastResult::default()) == Ok(Line::Setting(key, &value));
    (is_read && !value.is_empty()).then(|| (key.to_owned(), value))
}

/// The settings that hold at a place of the text.
#[derive(Default)]
struct Standing {
    settings: Vec<Setting>,
    /// The package that stands in front of names; empty without one.
    package: String,
}

impl Standing {
    /// Makes these hold, and no others.
    fn set(&mut self, wanted: Vec<Setting>, text: &mut String) {
        fn values(settings: &[Setting]) -> HashMap<&str, &str> {
            settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
        }
        let (before, after) = (values(&self.settings), values(&wanted));
        for (key, _) in self.settings.iter().filter(|(key, _)| !after.contains_key(key.as_str())) {
            writeln!(text, "{key}:").expect(A_STRING);
        }
        for (key, value) in wanted.iter().filter(|(key, value)| before.get(key.as_str()) != Some(&value.as_str())) {
            writeln!(text, "{key}: {value}").expect(A_STRING);
        }
        self.package = after.get(PACKAGE).map_or_else(String::new, |package| (*package).to_owned());
        self.settings = wanted;
    }
}

/// What a reader could not know of the units that have no meaning of their own.
fn write_units(run: &Run, text: &mut String) {
    let mut told = BTreeSet::new();
    for metric in run.observations().iter().map(|observation| &observation.metric) {
        let unit = GoUnit::of(metric);
        if unit.is_known || !told.insert(unit.name.clone()) {
            continue;
        }
        let better = match metric.better {
            Better::Lower => " better=lower",
            Better::Higher => " better=higher",
            Better::Unknown => "",
        };
        let assume = if metric.nature == Nature::Counted { " assume=exact" } else { "" };
        if !better.is_empty() || !assume.is_empty() {
            writeln!(text, "Unit {}{better}{assume}", unit.name).expect(A_STRING);
        }
    }
}

/// A name without blanks, which no benchmark of the package before had.
fn name(package: &str, bare: &str, taken: &mut BTreeSet<(String, String)>) -> String {
    let plain = without_blanks(bare);
    let mut name = plain.clone();
    let mut number = 0;
    while !taken.insert((package.to_owned(), name.clone())) {
        number += 1;
        name = format!("{plain}#{number:02}");
    }
    name
}

fn without_blanks(text: &str) -> String {
    text.replace(|c: char| c.is_whitespace() || c.is_control(), "_")
}

fn write_benchmark(name: &str, observations: &[Observation], text: &mut String) {
    let columns: Vec<(GoUnit, Vec<f64>)> = observations
        .iter()
        .map(|observation| {
            let numbers = match &observation.values {
                Values::Exact(exact) => vec![exact.per_operation()],
                Values::Sampled(processes) => processes.pooled().values().to_vec(),
            };
            (GoUnit::of(&observation.metric), numbers)
        })
        .collect();
    let lines = columns.iter().map(|(_, numbers)| numbers.len()).max().unwrap_or(0);
    for index in 0..lines {
        write!(text, "Benchmark{name}\t1").expect(A_STRING);
        for (unit, number) in columns.iter().filter_map(|(unit, numbers)| Some((unit, *numbers.get(index)?))) {
            write!(text, "\t{} {}", unit.number(number), unit.name).expect(A_STRING);
        }
        text.push('\n');
    }
}

/// A metric as Go text has it.
struct GoUnit {
    name: String,
    /// Base units for one of this unit.
    factor: f64,
    /// Whether readers know what it means.
    is_known: bool,
}

impl GoUnit {
    fn of(metric: &Metric) -> GoUnit {
        let known = |name: &str| GoUnit { name: name.to_owned(), factor: tidy(name).1, is_known: true };
        let own = |name: String, factor| GoUnit { name: without_blanks(&name), factor, is_known: false };
        match (&*metric.name, &metric.unit) {
            ("time", Unit::Seconds) => known("ns/op"),
            ("alloc-bytes", Unit::Bytes) => known("B/op"),
            ("allocs", Unit::Count) => known("allocs/op"),
            ("throughput", Unit::BytesPerSecond) => known("MB/s"),
            (name, Unit::Seconds) => own(format!("{name}-ns/op"), 1e-9),
            (name, Unit::Bytes) => own(format!("{}-B/op", name.strip_suffix("-bytes").unwrap_or(name)), 1.0),
            (name, Unit::Count) => own(format!("{name}/op"), 1.0),
            (name, Unit::BytesPerSecond) => own(format!("{name}-B/s"), 1.0),
            (name, Unit::PerSecond) => own(format!("{name}/s"), 1.0),
            // A unit that is its metric's name is one that was read from such a text; a reader tidied it.
            (name, Unit::Other(unit)) if **unit == *name => own(name.to_owned(), 1.0),
            (name, Unit::Other(unit)) => own(format!("{name}-{unit}"), 1.0),
        }
    }

    /// The number in this unit that a reader takes back for `base`, or the nearest to it.
    ///
    /// 1e-9 is not exact, so that 1720000 ns are read as 1.7200000000000002 ms: what becomes 1.72 ms is one step below.
    /// Of several numbers that are read alike it is a short one.
    fn number(&self, base: f64) -> f64 {
        let near = base / self.factor;
        if !near.is_finite() {
            return base;
        }
        let short = format!("{near:.14e}").parse().unwrap_or(near);
        let candidates = [short, near, near.next_up(), near.next_down()];
        candidates.into_iter().find(|number| number * self.factor == base).unwrap_or(near)
    }
}

#[cfg(test)]
mod tests {
    use super::super::FORMAT;
    use super::*;
    use crate::formats::File;
    use crate::model::{BenchId, Exact, Host, Processes, Provenance};
    use crate::stats::Sample;

    fn observation(name: &str, metric: Metric, values: Values) -> Observation {
        Observation { id: BenchId::new(name), metric: metric.into(), values, harness: "h".into(), origin: "x".into() }
    }

    fn sampled(values: &[f64]) -> Values {
        Values::Sampled(Processes::one(Sample::new(values.to_vec()).unwrap()))
    }

    fn run() -> Run {
        let count = |total, operations| Values::Exact(Exact::new(total, operations).unwrap());
        let observations = vec![
            observation("sort/large n", Metric::known("time"), sampled(&[1.72e-3, 1e-9 / 3.0])),
            observation("sort/large n", Metric::known("allocs"), count(1, 2)),
            observation("sort/large n", Metric::known("peak-bytes"), count(4096, 1)),
            observation("sort/large n", Metric::known("throughput"), sampled(&[5e6, 6e6])),
            observation("sort/large\tn", Metric::known("instructions"), count(u64::MAX, 1)),
            observation("x", Metric::known("time-p90"), sampled(&[2e-9])),
        ];
        let host = Host { cpu: "A\nB".to_owned(), cores: 2, os: "linux x86_64".to_owned() };
        let provenance = Provenance { host: Some(host), ..Provenance::default() };
        Run::new("x", provenance, Vec::new(), observations).unwrap()
    }

    #[test]
    fn every_measurement_is_a_line_of_go() {
        assert_eq!(
            String::from_utf8(write(&run())).unwrap(),
            "\
goos: linux
goarch: x86_64
cpu: A B
Unit instructions/op better=lower assume=exact
Unit peak-B/op better=lower assume=exact
Unit time-p90-ns/op better=lower
Benchmarksort/large_n\t1\t18446744073709552000 instructions/op
Benchmarksort/large_n#01\t1\t0.5 allocs/op\t4096 peak-B/op\t1719999.9999999998 ns/op\t5 MB/s
Benchmarksort/large_n#01\t1\t0.33333333333333337 ns/op\t6 MB/s
Benchmarkx\t1\t2 time-p90-ns/op
"
        );
    }

    #[test]
    fn the_reader_takes_the_same_numbers_back() {
        let file = File { path: "x".into(), bytes: write(&run()) };
        let reading = (FORMAT.read)(&[file]);
        assert!(reading.problems.is_empty() && reading.warnings.is_empty(), "{reading:?}");
        let numbers: Vec<(&str, Vec<f64>)> = reading
            .observations
            .iter()
            .map(|observation| match &observation.values {
                Values::Sampled(processes) => (&*observation.metric.name, processes.pooled().values().to_vec()),
                Values::Exact(exact) => (&*observation.metric.name, vec![exact.per_operation()]),
            })
            .collect();
        assert_eq!(
            numbers,
            [
                ("instructions/op", vec![u64::MAX as f64]),
                ("allocs", vec![0.5]),
                ("peak-B/op", vec![4096.0]),
                ("time", vec![1.72e-3, 1e-9 / 3.0]),
                ("throughput", vec![5e6, 6e6]),
                ("time-p90-sec/op", vec![2e-9]),
            ]
        );
    }
}
