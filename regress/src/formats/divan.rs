//! The tree that divan prints: all that it leaves of its measurements.
//!
//! ```text
//! trees              fastest       │ slowest       │ median        │ mean          │ samples │ iters
//! ├─ counted         503.8 ns      │ 17.43 µs      │ 506.1 ns      │ 684.9 ns      │ 100     │ 400
//! │                  8.128 GB/s    │ 234.8 MB/s    │ 8.092 GB/s    │ 5.979 GB/s    │         │
//! ╰─ inner                         │               │               │               │         │
//!    ╰─ push                       │               │               │               │         │
//!       ╰─ 10        66.71 ns      │ 75.43 ns      │ 68.81 ns      │ 69.33 ns      │ 100     │ 3200
//!                    alloc:        │               │               │               │         │
//!                      1           │ 1             │ 1             │ 1             │         │
//!                      32 B        │ 32 B          │ 32 B          │ 32 B          │         │
//! ```
//!
//! Kept: the median, as a [middle](crate::model::Kept::Middles) of four digits, and the fastest. The name is the way
//! through the tree, executable, groups, function, argument and threads: `trees/inner/push/10`, `trees/threaded/t=2`. Of
//! several counters the bytes make the `throughput`, else the items, else the characters or cycles.
//!
//! With divan's allocation profiler a count is exact where it is the same in all four columns and no digit is cut off;
//! else it is a middle. `allocs` are blocks and all changes of their size, as bench-meter counts; `reallocs` the changes;
//! `frees` the blocks given back; `peak-bytes` divan's `max alloc`. `alloc-bytes` counts a growth by what it adds, not by
//! the whole new block. divan leaves the rows of nothing out, and all of them without its profiler: a benchmark without
//! such rows has allocated nothing where another one of its tree has some; elsewhere nobody knows.

use std::sync::Arc;

use super::{File, Format, Line, Place, Problem, ReadError, Reading, json, known, lines};
use crate::model::{BenchId, Exact, Metric, Nature, Observation, Processes, Values};
use crate::stats::Sample;
use crate::unit::Unit;

pub(super) const FORMAT: Format = Format {
    name: "divan",
    keeps: "summary only: median and fastest of four digits; small allocation counts exactly",
    recognises,
    baseline_of: None,
    read,
};

/// How far to look for the first tree: a build, and the tests beside the benches, may have printed before it.
const BEGINNING_BYTES: usize = 1 << 16;

const COLUMNS: usize = 6;
const WANTED: &str = "a row of divan's tree";

fn recognises(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(BEGINNING_BYTES)];
    let text = |line: Line<'_>| std::str::from_utf8(line.bytes).unwrap_or_default().to_owned();
    lines(json::without_bom(beginning)).any(|line| Row::of(&text(line)).is_some_and(|row| row.root().is_some()))
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_file)
}

fn read_file(file: &File) -> Reading {
    let mut reading = Reading::default();
    let mut trees: Vec<Tree> = Vec::new();
    for (index, Line { bytes, is_whole }) in lines(json::without_bom(&file.bytes)).enumerate() {
        let line_number = index + 1;
        let taken = match (std::str::from_utf8(bytes), trees.last_mut()) {
            (Ok(line), tree) => match (Row::of(line), tree) {
                (Some(row), _) if row.root().is_some() => {
                    trees.extend(row.root().map(Tree::of));
                    Ok(())
                }
                (Some(row), Some(tree)) => tree.take(&row, line_number),
                (None, _) if !is_whole && line.contains('│') => Err(Problem::Truncated { wanted: WANTED.to_owned() }),
                // Torn by what a benchmark printed.
                (None, Some(_)) if branch(line).is_some() => Err(syntax(line)),
                (_, _) => Ok(()),
            },
            (Err(_), Some(_)) => {
                Err(Problem::Syntax { found: "bytes that are no UTF-8".to_owned(), wanted: WANTED.to_owned() })
            }
            (Err(_), None) => Ok(()),
        };
        if let Err(problem) = taken {
            let place = Place::Line { line_number, column_number: 0 };
            reading.problems.push(ReadError { path: file.path.clone(), place, problem });
        }
    }
    if let Some((tally, _)) = trees.iter().find_map(|tree| tree.open.as_ref()) {
        let label = TALLIES.iter().find(|(_, known)| known == tally).map_or("", |(label, _)| label);
        let problem = Problem::Truncated { wanted: format!("counts and bytes below `{label}`") };
        reading.problems.push(ReadError { path: file.path.clone(), place: Place::Whole, problem });
    }
    if let Some(name) = trees.iter().find_map(Tree::with_siblings).filter(|_| reading.problems.is_empty()) {
        let problem = Problem::Truncated { wanted: format!("what stands below `{name}` in divan's tree") };
        reading.problems.push(ReadError { path: file.path.clone(), place: Place::Whole, problem });
    }
    let harness: Arc<str> = "divan".into();
    let mut seen: Vec<(BenchId, usize)> = Vec::new();
    for tree in trees {
        let is_profiled = tree.leaves.iter().any(|leaf| !leaf.tallies.is_empty());
        for leaf in tree.leaves {
            seen.push((leaf.id.clone(), leaf.line_number));
            let observe = |(metric, values)| Observation {
                id: leaf.id.clone(),
                metric,
                values,
                harness: harness.clone(),
                origin: file.path.clone(),
            };
            reading.observations.extend(leaf.metrics(is_profiled).into_iter().map(observe));
        }
    }
    seen.sort();
    for pair in seen.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let problem = Problem::Duplicate { what: format!("`{}`", pair[1].0), first: format!("line {}", pair[0].1) };
        let place = Place::Line { line_number: pair[1].1, column_number: 0 };
        reading.problems.push(ReadError { path: file.path.clone(), place, problem });
    }
    if reading.observations.is_empty() && reading.problems.is_empty() {
        let (path, place) = (file.path.clone(), Place::Whole);
        reading.problems.push(ReadError { path, place, problem: Problem::Empty });
    }
    reading
}

fn syntax(line: &str) -> Problem {
    Problem::Syntax {
        found: format!("`{}`", line.trim().chars().take(60).collect::<String>()),
        wanted: WANTED.to_owned(),
    }
}

/// A line with all columns.
struct Row<'a> {
    /// The tree, and the first column.
    tree: &'a str,
    /// Slowest, median, mean, samples, iterations; without blanks around them.
    others: [&'a str; COLUMNS - 1],
}

impl<'a> Row<'a> {
    fn of(line: &'a str) -> Option<Row<'a>> {
        let mut cells = line.rsplitn(COLUMNS, '│');
        let mut others = [""; COLUMNS - 1];
        for cell in others.iter_mut().rev() {
            *cell = cells.next()?.trim();
        }
        Some(Row { tree: cells.next()?.trim_end(), others })
    }

    /// The name in a heading.
    fn root(&self) -> Option<&'a str> {
        let name = self.tree.strip_suffix("fastest")?.trim_end();
        (self.others == ["slowest", "median", "mean", "samples", "iters"]).then_some(name)
    }

    /// Fastest, slowest, median, mean; `first` is the first of them.
    fn figures(&self, first: &'a str) -> [&'a str; 4] {
        [first, self.others[0], self.others[1], self.others[2]]
    }

    fn is_blank(&self) -> bool {
        self.others.iter().all(|cell| cell.is_empty())
    }
}

/// A node of the tree.
#[derive(Debug, PartialEq)]
struct Branch<'a> {
    /// How deep in the tree, from 0.
    depth: usize,
    /// Whether another one follows on its level: `├─`, not `╰─`.
    has_next: bool,
    /// What stands behind it.
    node: &'a str,
}

/// The node of a line. `None` for a line without one.
fn branch(line: &str) -> Option<Branch<'_>> {
    let (mut rest, mut depth) = (line, 0);
    loop {
        for (mark, has_next) in [("├─ ", true), ("╰─ ", false)] {
            if let Some(node) = rest.strip_prefix(mark) {
                return Some(Branch { depth, has_next, node });
            }
        }
        rest = rest.strip_prefix("│  ").or_else(|| rest.strip_prefix("   "))?;
        depth += 1;
    }
}

/// What one executable printed.
struct Tree {
    /// The names on the way to the node at hand, from the root on.
    path: Vec<String>,
    /// Of each but the root, whether another node has to follow on its level.
    has_next: Vec<bool>,
    leaves: Vec<Leaf>,
    /// Whether further rows belong to the last leaf.
    is_at_leaf: bool,
    /// The tally whose rows are being read, and its counts once they are there.
    open: Option<(Tally, Option<[Figure; 4]>)>,
}

/// A benchmark.
struct Leaf {
    id: BenchId,
    line_number: usize,
    /// Seconds.
    median: Sample,
    fastest: f64,
    /// Per second, of the median.
    rates: Vec<(Unit, Sample, usize)>,
    /// Counts and bytes, in each column.
    tallies: Vec<(Tally, [Figure; 4], [Figure; 4])>,
}

/// What divan's allocation profiler counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tally {
    Max,
    Alloc,
    Dealloc,
    Grow,
    Shrink,
}

const TALLIES: &[(&str, Tally)] = &[
    ("max alloc:", Tally::Max),
    ("alloc:", Tally::Alloc),
    ("dealloc:", Tally::Dealloc),
    ("grow:", Tally::Grow),
    ("shrink:", Tally::Shrink),
];

/// A number of the tree in base units.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Figure {
    value: f64,
    /// The value as a whole number, where no digit of it was cut off.
    exact: Option<u64>,
}

impl Tree {
    fn of(root: &str) -> Tree {
        let (path, has_next) = (vec![root.to_owned()], Vec::new());
        Tree { path, has_next, leaves: Vec::new(), is_at_leaf: false, open: None }
    }

    /// The node that others had to follow on its level, where the tree ends before they come.
    fn with_siblings(&self) -> Option<&str> {
        let level = self.has_next.iter().position(|has_next| *has_next)?;
        self.path.get(level + 1).map(String::as_str)
    }

    fn take(&mut self, row: &Row<'_>, line_number: usize) -> Result<(), Problem> {
        match branch(row.tree) {
            Some(branch) => self.take_node(row, &branch, line_number),
            None => self.take_detail(row, row.tree.trim_start_matches(['│', ' '])),
        }
    }

    fn take_node(&mut self, row: &Row<'_>, branch: &Branch<'_>, line_number: usize) -> Result<(), Problem> {
        let Branch { depth, has_next, node } = *branch;
        if self.open.take().is_some() || self.path.len() <= depth {
            return Err(syntax(row.tree));
        }
        self.path.truncate(depth + 1);
        self.has_next.truncate(depth);
        self.has_next.push(has_next);
        self.is_at_leaf = false;
        if row.is_blank() {
            let name = node.strip_suffix("(ignored)").unwrap_or(node).trim();
            self.path.push(name.to_owned());
            return Ok(());
        }
        let time = |text| figure(text, TIMES).filter(|figure| figure.value >= 0.0).ok_or_else(|| syntax(text));
        // The name may hold blanks; the fastest is a number, a blank and a unit.
        let (rest, unit) = node.rsplit_once(' ').ok_or_else(|| syntax(node))?;
        let (name, number) = rest.rsplit_once(' ').ok_or_else(|| syntax(node))?;
        let fastest = time(&node[node.len() - number.len() - 1 - unit.len()..])?.value;
        let [_, slowest, median, mean] = row.figures(node);
        time(slowest)?;
        time(mean)?;
        let median = one(time(median)?.value).ok_or_else(|| syntax(median))?;
        let counts = [row.others[3], row.others[4]];
        if let Some(bad) = counts.iter().find(|count| count.parse::<u64>().is_err()) {
            return Err(syntax(bad));
        }
        self.path.push(name.trim().to_owned());
        let id = BenchId::from_parts(self.path.iter().map(String::as_str));
        let (rates, tallies) = (Vec::new(), Vec::new());
        self.leaves.push(Leaf { id, line_number, median, fastest, rates, tallies });
        self.is_at_leaf = true;
        Ok(())
    }

    /// A row below a benchmark's own: a rate, the heading of a tally, its counts, its bytes.
    fn take_detail(&mut self, row: &Row<'_>, first: &str) -> Result<(), Problem> {
        let leaf = self.leaves.last_mut().filter(|_| self.is_at_leaf).ok_or_else(|| syntax(row.tree))?;
        let figures = |units: Units| -> Result<[Figure; 4], Problem> {
            let cells = row.figures(first);
            let read = |cell: &str| figure(cell, units).ok_or_else(|| syntax(cell));
            Ok([read(cells[0])?, read(cells[1])?, read(cells[2])?, read(cells[3])?])
        };
        match self.open.take() {
            Some((tally, None)) => self.open = Some((tally, Some(figures(COUNTS)?))),
            Some((tally, Some(counts))) => leaf.tallies.push((tally, counts, figures(BYTES)?)),
            None => match TALLIES.iter().find(|(label, _)| *label == first) {
                Some((_, tally)) if row.is_blank() => self.open = Some((*tally, None)),
                _ => {
                    let rate = RATES.iter().find_map(|rate| Some((rate, figures(rate.units).ok()?)));
                    let (rate, [_, _, median, _]) = rate.ok_or_else(|| syntax(first))?;
                    let median = one(median.value).ok_or_else(|| syntax(first))?;
                    leaf.rates.push((rate.unit.clone(), median, rate.rank));
                }
            },
        }
        Ok(())
    }
}

impl Leaf {
    fn metrics(&self, is_profiled: bool) -> Vec<(Arc<Metric>, Values)> {
        let median = Processes::middles(self.median.clone(), Some(self.fastest));
        let mut metrics = vec![(known("time"), Values::Sampled(median))];
        if let Some((unit, rate, _)) = self.rates.iter().min_by_key(|(_, _, rank)| *rank) {
            let metric = Arc::new(Metric::known("throughput").in_unit(unit.clone()));
            metrics.push((metric, Values::Sampled(Processes::middles(rate.clone(), None))));
        }
        if is_profiled {
            use Tally::{Alloc, Dealloc, Grow, Max, Shrink};
            let counts = |wanted: &[Tally]| self.sum(wanted, |(_, counts, _)| counts);
            let bytes = |wanted: &[Tally]| self.sum(wanted, |(_, _, bytes)| bytes);
            let sums = [
                ("allocs", counts(&[Alloc, Grow, Shrink])),
                ("alloc-bytes", bytes(&[Alloc, Grow])),
                ("peak-bytes", bytes(&[Max])),
                ("reallocs", counts(&[Grow, Shrink])),
                ("frees", counts(&[Dealloc])),
            ];
            metrics.extend(sums.into_iter().filter_map(|(name, sum)| counted(name, sum)));
        }
        metrics
    }

    /// The sum of some tallies, by column. What has no row is nothing.
    fn sum(
        &self,
        wanted: &[Tally],
        figures: impl Fn(&(Tally, [Figure; 4], [Figure; 4])) -> &[Figure; 4],
    ) -> [Figure; 4] {
        let nothing = [Figure { value: 0.0, exact: Some(0) }; 4];
        self.tallies.iter().filter(|(tally, ..)| wanted.contains(tally)).map(figures).fold(nothing, |sum, figures| {
            std::array::from_fn(|column| Figure {
                value: sum[column].value + figures[column].value,
                exact: sum[column].exact.zip(figures[column].exact).and_then(|(a, b)| a.checked_add(b)),
            })
        })
    }
}

/// A count that is the same in all columns is exact; else their median is a middle, with the machine's mood in it.
fn counted(name: &'static str, [fastest, slowest, median, mean]: [Figure; 4]) -> Option<(Arc<Metric>, Values)> {
    match median.exact {
        Some(count) if [fastest, slowest, mean].iter().all(|figure| figure.exact == Some(count)) => {
            Some((known(name), Values::Exact(Exact::once(count))))
        }
        _ => {
            let metric = Metric { nature: Nature::Timed, ..Metric::known(name) };
            Some((Arc::new(metric), Values::Sampled(Processes::middles(one(median.value)?, None))))
        }
    }
}

fn one(value: f64) -> Option<Sample> {
    Sample::new(vec![value]).ok()
}

/// Units of a kind, and how many base units one is.
type Units = &'static [(&'static str, Scale)];

/// So many base units. A power of ten is left to the reader of decimals, which rounds once.
#[derive(Clone, Copy)]
enum Scale {
    Ten(i32),
    Times(f64),
}

use Scale::{Ten, Times};

const TIMES: Units = &[
    ("ps", Ten(-12)),
    ("ns", Ten(-9)),
    ("µs", Ten(-6)),
    ("ms", Ten(-3)),
    ("s", Ten(0)),
    ("m", Times(60.0)),
    ("h", Times(3600.0)),
    ("d", Times(86_400.0)),
];
const COUNTS: Units = &[("", Ten(0))];
const BYTES: Units = &[
    ("B", Ten(0)),
    ("KB", Ten(3)),
    ("MB", Ten(6)),
    ("GB", Ten(9)),
    ("TB", Ten(12)),
    ("PB", Ten(15)),
    ("KiB", Times(1024.0)),
    ("MiB", Times(1_048_576.0)),
    ("GiB", Times(1_073_741_824.0)),
    ("TiB", Times(1_099_511_627_776.0)),
    ("PiB", Times(1_125_899_906_842_624.0)),
];

/// What a counter counts.
struct Rate {
    units: Units,
    unit: Unit,
    /// The smallest of a benchmark's is its throughput.
    rank: usize,
}

const RATES: &[Rate] = &[
    Rate {
        units: &[
            ("B/s", Ten(0)),
            ("KB/s", Ten(3)),
            ("MB/s", Ten(6)),
            ("GB/s", Ten(9)),
            ("TB/s", Ten(12)),
            ("PB/s", Ten(15)),
            ("KiB/s", Times(1024.0)),
            ("MiB/s", Times(1_048_576.0)),
            ("GiB/s", Times(1_073_741_824.0)),
            ("TiB/s", Times(1_099_511_627_776.0)),
            ("PiB/s", Times(1_125_899_906_842_624.0)),
        ],
        unit: Unit::BytesPerSecond,
        rank: 0,
    },
    Rate {
        units: &[
            ("item/s", Ten(0)),
            ("Kitem/s", Ten(3)),
            ("Mitem/s", Ten(6)),
            ("Gitem/s", Ten(9)),
            ("Titem/s", Ten(12)),
            ("Pitem/s", Ten(15)),
        ],
        unit: Unit::PerSecond,
        rank: 1,
    },
    Rate {
        units: &[
            ("char/s", Ten(0)),
            ("Kchar/s", Ten(3)),
            ("Mchar/s", Ten(6)),
            ("Gchar/s", Ten(9)),
            ("Tchar/s", Ten(12)),
            ("Pchar/s", Ten(15)),
        ],
        unit: Unit::PerSecond,
        rank: 2,
    },
    Rate {
        units: &[("Hz", Ten(0)), ("KHz", Ten(3)), ("MHz", Ten(6)), ("GHz", Ten(9)), ("THz", Ten(12)), ("PHz", Ten(15))],
        unit: Unit::PerSecond,
        rank: 3,
    },
];

/// A number and its unit: `3.2 KB`, `11`.
fn figure(text: &str, units: Units) -> Option<Figure> {
    let text = text.trim();
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let scale = units.iter().find(|(known, _)| *known == unit)?.1;
    if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let value: f64 = match scale {
        Ten(exponent) => format!("{number}e{exponent}").parse().ok()?,
        Times(factor) => number.parse::<f64>().ok()? * factor,
    };
    value.is_finite().then(|| Figure { value, exact: exact(number, scale) })
}

/// The whole number that was printed, where divan cannot have cut anything off behind its four digits.
///
/// Below ten thousand decimal units four digits are all there are: 1.024 KB are 1024 bytes, and 16.38 KB may be 16384.
fn exact(number: &str, scale: Scale) -> Option<u64> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let places = match scale {
        Ten(0) if decimals.is_empty() => 0,
        Ten(3) if whole.len() == 1 && decimals.len() <= 3 => 3,
        Ten(_) | Times(_) => return None,
    };
    format!("{whole}{decimals:0<places$}").parse().ok().filter(|count| *count < 1 << 53)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_exact_where_no_digit_was_cut_off() {
        #[track_caller]
        fn check(text: &str, units: Units, expected: Option<(f64, Option<u64>)>) {
            let found = figure(text, units).map(|Figure { value, exact }| (value, exact));
            assert_eq!(found, expected, "{text:?}");
        }
        check("101", COUNTS, Some((101.0, Some(101))));
        check("123456", COUNTS, Some((123_456.0, Some(123_456))));
        check("0.335", COUNTS, Some((0.335, None)));
        check("32 B", BYTES, Some((32.0, Some(32))));
        check("3.2 KB", BYTES, Some((3200.0, Some(3200))));
        check("1.024 KB", BYTES, Some((1024.0, Some(1024))));
        check("3 KB", BYTES, Some((3000.0, Some(3000))));
        check("262.1 KB", BYTES, Some((262_100.0, None)));
        check("16 KB", BYTES, Some((16_000.0, None)));
        check("2 KiB", BYTES, Some((2048.0, None))); // 2049 bytes are printed alike: 2.0009 KiB
        check("2 furlongs", BYTES, None);
        check("-1", COUNTS, None);
        check("inf", COUNTS, None);
        check("", COUNTS, None);
        check("1e5", COUNTS, None);
    }

    #[test]
    fn a_node_lies_as_deep_as_its_branch() {
        assert_eq!(branch("├─ a"), Some(Branch { depth: 0, has_next: true, node: "a" }));
        assert_eq!(branch("│  ╰─ b c"), Some(Branch { depth: 1, has_next: false, node: "b c" }));
        assert_eq!(branch("      ├─ t=1"), Some(Branch { depth: 2, has_next: true, node: "t=1" }));
        assert_eq!(branch("│           alloc:"), None);
        assert_eq!(branch(""), None);
    }
}
