//! The same numbers as benchstat, on the inputs and outputs in `tests/oracle/benchstat`.
//!
//! Every cell of its tables is computed from our comparison by its rules for text: the centre to the last bit, the
//! interval as ± percent, the change, p to three decimals, n, and the row of geometric means. The places where we
//! differ are the [`Deviation`]s; the test counts them, so that none appears or vanishes unseen.
//!
//! benchstat's means of each *side* (2.412µ old, 2.288µ new) are in no report of ours: an average of unrelated
//! benchmarks says something only as a ratio. They are checked here all the same, made from our centres.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regress::compare::{self, Benchstat, Beside, Comparison, MetricMean, Options, Summary};
use regress::formats::{self, File};
use regress::model::{BenchId, Nature, Observation, Run, Values};
use regress::stats::{self, Method, Sample};
use regress::unit::Unit;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/benchstat");

/// Cases with arguments that `regress compare` has no counterpart for, and which.
const PASSED_OVER: &[(&str, &str)] = &[
    ("col-fixed-order", "-col, -row and -ignore"),
    ("col-format", "-col"),
    ("col-format-row-size", "-col and -row"),
    ("filter-regexp", "-filter and -col"),
    ("filter-unit", "-filter and -col"),
    ("row-name-nonsingular", "-row"),
];

/// Where we differ from benchstat, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deviation {
    /// A count that is the same in every measurement is compared as a count: a change of one is a change, and there
    /// is no p. benchstat ranks it like a time and needs four measurements a side.
    CountHasNoP,
    /// A count that is the same in every measurement has no interval; benchstat's is infinite below six.
    CountHasNoInterval,
    /// With ties and sides of different size the distribution of U is not symmetric, and benchstat doubles one of
    /// its tails: p may be 0 or above 1. Ours adds up both tails.
    TiesOnUnequalSides,
    /// benchstat shows any change of a unit with `assume=exact`, though the measurements differ. We test it.
    NotAsExactAsPromised,
    /// benchstat leaves `0 ns/op` in nanoseconds, in a table of its own. To us it is a time of 0 s.
    ZeroNanoseconds,
    /// There is no ratio to a negative number; the shift says what there is to say. benchstat divides, and calls
    /// a rise from -20 to -15 a fall.
    RatioToNegative,
}

#[test]
fn every_number_of_benchstat_is_ours() {
    let mut tally = Tally::default();
    for directory in case_directories() {
        let name = directory.file_name().unwrap().to_str().unwrap().to_owned();
        if !PASSED_OVER.iter().any(|(passed_over, _)| *passed_over == name) {
            Case::load(&name, &directory).check(&mut tally);
        }
    }
    use Deviation::*;
    let deviations = BTreeMap::from([
        (CountHasNoP, 160),
        (CountHasNoInterval, 90),
        (TiesOnUnequalSides, 2),
        (NotAsExactAsPromised, 1),
        (ZeroNanoseconds, 1),
        (RatioToNegative, 1),
    ]);
    assert_eq!(tally, Tally { cases: 29, sides: 768, changes: 253, means: 344, deviations });
}

#[test]
fn only_cases_with_projections_are_passed_over() {
    let mut expected: Vec<String> = Vec::new();
    for directory in case_directories() {
        let projects = |argument: &String| ["-col", "-row", "-filter", "-ignore"].contains(&argument.as_str());
        if arguments(&directory).iter().any(projects) {
            expected.push(directory.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    let passed_over: Vec<&str> = PASSED_OVER.iter().map(|(name, _)| *name).collect();
    assert_eq!(passed_over, expected);
}

/// benchstat's own p for these was printed by the program of the README.
#[test]
fn with_ties_and_unequal_sides_p_is_a_probability() {
    #[track_caller]
    fn check(old: &[u32], new: &[u32], benchstats_p: f64, expected: f64) {
        let p = p_of_times(old, new);
        assert!((p - expected).abs() < 1e-15, "{old:?} {new:?}: {p}");
        assert!((counted_p(&sample(old), &sample(new)) - expected).abs() < 1e-15, "{old:?} {new:?}");
        assert!((p - benchstats_p).abs() > 0.1, "{old:?} {new:?}");
    }
    // The 3 can be any of 9 measurements, and only as itself is it so far from the middle.
    check(&[3], &[1, 1, 1, 1, 1, 1, 1, 2], 0.0, 1.0 / 9.0);
    check(&[1, 1, 1, 1, 1, 1, 1, 2], &[3], 0.222, 1.0 / 9.0);
    // U is 0 where the 3 is the old one (1 of 7), else 3.5: as far from the middle, 3, as ours or further in all 7.
    check(&[1], &[1, 1, 1, 1, 1, 3], 1.714, 1.0);
}

#[test]
fn lines_that_benchstat_leaves_out_are_left_out_with_a_warning() {
    let directory = Path::new(CASES).join("malformed-lines");
    let complaints = fs::read_to_string(directory.join("expected.txt.stderr")).unwrap();
    // `old.txt:7: parsing iteration count: invalid syntax`
    let place = |line: &str| line.split(": ").next().unwrap().to_owned();
    let expected: Vec<String> = complaints.lines().map(place).collect();
    let run = read_run(&directory, "old.txt", "old.txt");
    assert_eq!(run.warnings.iter().map(|warning| place(&warning.text)).collect::<Vec<_>>(), expected);
}

fn case_directories() -> Vec<PathBuf> {
    let entries = fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path());
    let mut directories: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    directories.sort();
    directories
}

fn arguments(directory: &Path) -> Vec<String> {
    serde_json::from_slice(&fs::read(directory.join("args.json")).unwrap()).unwrap()
}

// ---- a case ---------------------------------------------------------------------------------------------------

struct Case {
    name: String,
    /// What benchstat takes for a difference.
    alpha: f64,
    options: Options,
    runs: Vec<Run>,
    tables: Vec<Table>,
}

impl Case {
    fn load(name: &str, directory: &Path) -> Case {
        let options = Options { beside: Beside::Benchstat, ..Options::default() };
        let (mut alpha, mut options, mut runs) = (Benchstat::ALPHA, options, Vec::new());
        let mut arguments = arguments(directory).into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "-alpha" => alpha = arguments.next().unwrap().parse().unwrap(),
                "-confidence" => options.confidence = arguments.next().unwrap().parse().unwrap(),
                file => {
                    let (label, path) = file.split_once('=').unwrap_or((file, file));
                    runs.push(read_run(directory, label, path));
                }
            }
        }
        let csv = fs::read(directory.join("expected.csv")).unwrap();
        Case { name: name.to_owned(), alpha, options, runs, tables: tables(&csv) }
    }

    fn check(&self, tally: &mut Tally) {
        tally.cases += 1;
        let (old, others) = self.runs.split_first().unwrap();
        let alone = compare::survey(old, &self.options);
        for table in &self.tables {
            table.check_side(0, &alone, |row| row.new_side(), &self.name, tally);
        }
        for (index, new) in others.iter().enumerate() {
            let comparisons = compare::compare(old, new, &self.options);
            for table in &self.tables {
                let column = index + 1;
                table.check_side(0, &comparisons, Comparison::old, &self.name, tally);
                table.check_side(column, &comparisons, Comparison::new_side, &self.name, tally);
                let contrast = Contrast { case: self, old, new, table, column };
                contrast.check(&comparisons, tally);
            }
        }
    }
}

fn read_run(directory: &Path, label: &str, path: &str) -> Run {
    let file = File { path: path.into(), bytes: fs::read(directory.join(path)).unwrap() };
    let format = formats::choose(&file.bytes).unwrap();
    assert_eq!(format.name, "go");
    let reading = (format.read)(&[file]);
    assert_eq!(*reading.problems, []);
    Run::new(label, reading.provenance, reading.warnings, reading.observations).unwrap()
}

/// How much was checked. The first file's cells count several times: on their own, and in each comparison.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    cases: usize,
    /// Centres with their intervals.
    sides: usize,
    /// Changes with their p and n.
    changes: usize,
    /// Geometric means, of a side or of ratios.
    means: usize,
    deviations: BTreeMap<Deviation, usize>,
}

impl Tally {
    fn deviates(&mut self, deviation: Deviation) {
        *self.deviations.entry(deviation).or_default() += 1;
    }
}

// ---- what benchstat printed -----------------------------------------------------------------------------------

/// One unit of one package.
struct Table {
    package: String,
    unit: String,
    rows: Vec<Cells>,
    geomean: Cells,
}

/// A row: its name and one cell a file.
struct Cells {
    name: String,
    cells: Vec<Cell>,
}

/// What stands under one file: nothing at all where it lacks the benchmark.
struct Cell {
    center: Option<f64>,
    interval: String,
    change: String,
    evidence: String,
}

/// Tables begin with two lines whose first cell is empty: the files, and the units. Between them stand settings
/// that changed, `pkg: …` among them.
fn tables(csv: &[u8]) -> Vec<Table> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv);
    let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let (mut tables, mut package) = (Vec::new(), String::new());
    let mut records = records.iter().peekable();
    while let Some(record) = records.next() {
        if record.len() == 1 {
            package = record[0].strip_prefix("pkg: ").map_or(package, str::to_owned);
            continue;
        }
        assert!(record[0].is_empty(), "no table begins with {record:?}");
        let unit = records.next().unwrap()[1].to_owned();
        let width = record.len();
        let mut rows = Vec::new();
        while let Some(row) = records.next_if(|row| row.len() > 1 && !row[0].is_empty()) {
            rows.push(Cells::of(row, width));
        }
        let geomean = rows.pop().filter(|row| row.name == "geomean").unwrap();
        tables.push(Table { package: package.clone(), unit, rows, geomean });
    }
    tables
}

impl Cells {
    /// The first file takes two cells, every other one four. A row ends with its last cell.
    fn of(record: &csv::StringRecord, width: usize) -> Cells {
        let at = |index: usize| record.get(index).unwrap_or_default().to_owned();
        let starts = std::iter::once(1).chain((3..width).step_by(4));
        let cells = starts.map(|start| Cell {
            center: record.get(start).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap()),
            interval: at(start + 1),
            change: if start == 1 { String::new() } else { at(start + 2) },
            evidence: if start == 1 { String::new() } else { at(start + 3) },
        });
        Cells { name: record[0].to_owned(), cells: cells.collect() }
    }
}

impl Table {
    /// Our name for the unit.
    fn metric(&self) -> &str {
        match &*self.unit {
            "sec/op" | "ns/op" => "time",
            "B/op" => "alloc-bytes",
            "allocs/op" => "allocs",
            other => other,
        }
    }

    fn id(&self, row: &Cells) -> BenchId {
        BenchId::new(&format!("{}.{}", self.package, row.name))
    }

    fn find<'c>(&self, row: &Cells, comparisons: &'c [Comparison]) -> Option<&'c Comparison> {
        let id = self.id(row);
        comparisons.iter().find(|c| c.id == id && &*c.metric.name == self.metric())
    }

    /// Checks the centres and intervals of one file, and their mean.
    fn check_side(
        &self,
        column: usize,
        comparisons: &[Comparison],
        side: impl Fn(&Comparison) -> Option<&Summary>,
        case: &str,
        tally: &mut Tally,
    ) {
        let mut centers = Vec::new();
        for row in &self.rows {
            let what = format!("{case}: {} {}, file {column}", row.name, self.unit);
            let (cell, ours) = (&row.cells[column], self.find(row, comparisons).and_then(&side));
            assert_eq!(ours.map(|ours| ours.center.point), cell.center, "{what}");
            let Some(ours) = ours else { continue };
            tally.sides += 1;
            centers.push(ours.center.point);
            if ours.exact.is_some() && cell.interval == "∞" {
                assert!(ours.n < 6, "{what}");
                tally.deviates(Deviation::CountHasNoInterval);
            } else {
                assert_eq!(interval_text(ours), cell.interval, "{what}");
            }
        }
        let mean = stats::geometric_mean(centers);
        assert_eq!(mean, self.geomean.cells[column].center, "{case}: geomean {}, file {column}", self.unit);
        tally.means += 1;
    }
}

// ---- old against new ------------------------------------------------------------------------------------------

/// Two files in one table.
struct Contrast<'a> {
    case: &'a Case,
    old: &'a Run,
    new: &'a Run,
    table: &'a Table,
    column: usize,
}

impl Contrast<'_> {
    fn check(&self, comparisons: &[Comparison], tally: &mut Tally) {
        let mut of_table: Vec<Comparison> = Vec::new();
        for row in &self.table.rows {
            let ours = self.table.find(row, comparisons).unwrap();
            of_table.push(ours.clone());
            let (id, metric) = (self.table.id(row), self.table.metric());
            match (self.old.get(&id, metric), self.new.get(&id, metric)) {
                (Some(old), Some(new)) => self.check_change(row, ours, old, new, tally),
                _ => assert_eq!((&*row.cells[self.column].change, &ours.change), ("", &None)),
            }
        }
        if self.table.unit == "ns/op" {
            tally.deviates(Deviation::ZeroNanoseconds);
        }
        assert_eq!(self.mean_text(&of_table), self.table.geomean.cells[self.column].change, "{}", self.case.name);
        tally.means += 1;
    }

    fn check_change(&self, row: &Cells, ours: &Comparison, old: &Observation, new: &Observation, tally: &mut Tally) {
        let what = format!("{}: {} {}", self.case.name, row.name, self.table.unit);
        let cell = &row.cells[self.column];
        let change = ours.change.as_ref().unwrap();
        let (old_side, new_side) = (ours.old().unwrap(), ours.new_side().unwrap());
        let (old_sample, new_sample) = (measurements(old), measurements(new));
        let test = stats::rank_test(&old_sample, &new_sample);
        let as_exact = is_exact_by_promise(ours);
        tally.changes += 1;

        match change.p {
            Some(p) => assert_eq!(p, test.p, "{what}"),
            None => {
                assert_eq!(change.method, "exact", "{what}");
                if !as_exact {
                    tally.deviates(Deviation::CountHasNoP);
                }
            }
        }
        if as_exact && change.p.is_some() {
            tally.deviates(Deviation::NotAsExactAsPromised);
        }

        let p = if as_exact { 0.0 } else { test.p };
        let evidence = evidence_text(p, old_side.n, new_side.n);
        if is_defect(&test.method, &old_sample, &new_sample) {
            assert!((test.p - counted_p(&old_sample, &new_sample)).abs() < 1e-12 * test.p, "{what}");
            assert_ne!(evidence, cell.evidence, "{what}");
            assert_eq!(evidence_text(0.0, old_side.n, new_side.n), cell.evidence, "{what}");
            tally.deviates(Deviation::TiesOnUnequalSides);
        } else {
            assert_eq!(evidence, cell.evidence, "{what}");
        }

        // What stands beside ours is benchstat's, of counts as well.
        let beside = ours.benchstat.unwrap();
        assert_eq!((beside.p, beside.n), (test.p, (old_sample.len(), new_sample.len())), "{what}");
        if !as_exact && self.case.alpha == Benchstat::ALPHA {
            assert_eq!(beside_text(&beside), cell.change, "{what}");
        }

        let alpha = if as_exact { 0.0 } else { self.case.alpha };
        assert_eq!(change_text(p, alpha, old_side, new_side), cell.change, "{what}");
        match change.ratio {
            Some(ratio) => assert_eq!(ratio, new_side.center.point / old_side.center.point, "{what}"),
            None if old_side.center.point < 0.0 => tally.deviates(Deviation::RatioToNegative),
            None => assert_eq!(old_side.center.point, 0.0, "{what}"),
        }
    }

    /// We give no mean of a single benchmark, nor of a metric that only explains another one.
    fn mean_text(&self, of_table: &[Comparison]) -> String {
        let ratio = match compare::geomeans(of_table).as_slice() {
            [MetricMean { ratio, benchmarks, left_out, .. }] => {
                assert_eq!(benchmarks + left_out, of_table.len());
                *ratio
            }
            _ => {
                let [only] = of_table else { panic!("{}: no mean of {}", self.case.name, self.table.unit) };
                let centers = only.old().zip(only.new_side()).map(|(old, new)| (old.center.point, new.center.point));
                let ratio_of = |(old, new)| if old == new { 1.0 } else { new / old };
                stats::geometric_mean(centers.map(ratio_of))
            }
        };
        ratio.map_or("?".to_owned(), |ratio| format!("{:+.2}%", (ratio - 1.0) * 100.0))
    }
}

/// A unit that a `Unit` line calls `assume=exact`; those that everybody knows have no such line here.
fn is_exact_by_promise(comparison: &Comparison) -> bool {
    comparison.metric.nature == Nature::Counted && matches!(comparison.metric.unit, Unit::Other(_))
}

fn measurements(observation: &Observation) -> Sample {
    let Values::Sampled(processes) = &observation.values else { panic!("Go's text holds measurements") };
    processes.pooled().clone()
}

// ---- benchstat's rules for text -------------------------------------------------------------------------------

/// Half of the interval in percent of the centre, by the longer side.
fn interval_text(side: &Summary) -> String {
    let compare::Interval { low, point, high } = side.center;
    let sign = |x: f64| if x == 0.0 { 0.0 } else { x.signum() };
    match () {
        () if low.is_infinite() || high.is_infinite() => "∞".to_owned(),
        () if sign(low) != sign(point) || sign(high) != sign(point) => "?".to_owned(),
        () if point == 0.0 => "0%".to_owned(),
        () => format!("{:.0}%", 100.0 * f64::max(high / point - 1.0, 1.0 - low / point)),
    }
}

fn change_text(p: f64, alpha: f64, old: &Summary, new: &Summary) -> String {
    match (old.center.point, new.center.point) {
        _ if p > alpha => "~".to_owned(),
        (old, new) if old == new => "0.00%".to_owned(),
        (0.0, _) => "?".to_owned(),
        (old, new) => format!("{:+.2}%", (new / old - 1.0) * 100.0),
    }
}

fn beside_text(beside: &Benchstat) -> String {
    match beside.ratio {
        _ if !beside.differs() => "~".to_owned(),
        Some(1.0) => "0.00%".to_owned(),
        Some(ratio) => format!("{:+.2}%", (ratio - 1.0) * 100.0),
        None => "?".to_owned(),
    }
}

fn evidence_text(p: f64, n_old: usize, n_new: usize) -> String {
    let n = if n_old == n_new { format!("n={n_old}") } else { format!("n={n_old}+{n_new}") };
    if p == 0.0 { n } else { format!("p={p:.3} {n}") }
}

// ---- p, by counting -------------------------------------------------------------------------------------------

/// Whether benchstat doubles one tail of a distribution with two different ones.
fn is_defect(method: &Method, old: &Sample, new: &Sample) -> bool {
    let mut pooled = [old.values(), new.values()].concat();
    pooled.sort_by(f64::total_cmp);
    let has_ties = pooled.windows(2).any(|pair| pair[0] == pair[1]);
    *method == Method::Exact && has_ties && old.len() != new.len()
}

/// P(|U - n_old n_new / 2| >= |u - n_old n_new / 2|): every choice of the old ones among all measurements, looked at.
fn counted_p(old: &Sample, new: &Sample) -> f64 {
    let pooled = [old.values(), new.values()].concat();
    let middle = (old.len() * new.len()) as i64; // of 2 U
    let distance = |chosen: &[bool]| (twice_u(&pooled, chosen) - middle).abs();
    let measured: Vec<bool> = (0..pooled.len()).map(|index| index < old.len()).collect();
    let far = distance(&measured);
    let (mut all, mut as_far) = (0_u64, 0_u64);
    for_each_choice(&mut vec![false; pooled.len()], 0, old.len(), &mut |chosen| {
        all += 1;
        as_far += u64::from(distance(chosen) >= far);
    });
    as_far as f64 / all as f64
}

/// Twice the number of pairs in which the new measurement is larger; a tie is half a pair.
fn twice_u(pooled: &[f64], is_old: &[bool]) -> i64 {
    let of_side = |wanted: bool| pooled.iter().zip(is_old).filter(move |(_, old)| **old == wanted).map(|(x, _)| x);
    let pair = |old: &f64, new: &f64| i64::from(new >= old) + i64::from(new > old);
    of_side(true).map(|old| of_side(false).map(|new| pair(old, new)).sum::<i64>()).sum()
}

/// Calls `look` with every way of marking `wanted` places from `start` on.
fn for_each_choice(marks: &mut Vec<bool>, start: usize, wanted: usize, look: &mut impl FnMut(&[bool])) {
    if wanted == 0 {
        return look(marks);
    }
    for place in start..=marks.len() - wanted {
        marks[place] = true;
        for_each_choice(marks, place + 1, wanted - 1, look);
        marks[place] = false;
    }
}

fn sample(values: &[u32]) -> Sample {
    Sample::new(values.iter().copied().map(f64::from).collect()).unwrap()
}

/// p of a comparison of times in nanoseconds, through the whole way from text.
fn p_of_times(old: &[u32], new: &[u32]) -> f64 {
    let run = |values: &[u32]| {
        let line = |nanos: &u32| format!("BenchmarkX 1 {nanos} ns/op\n");
        let text: String = values.iter().map(line).collect();
        let file = File { path: "x.txt".into(), bytes: text.into_bytes() };
        let reading = (formats::choose(&file.bytes).unwrap().read)(&[file]);
        Run::new("x", reading.provenance, reading.warnings, reading.observations).unwrap()
    };
    let comparisons = compare::compare(&run(old), &run(new), &Options::default());
    comparisons[0].change.as_ref().unwrap().p.unwrap()
}
