//! The tables of critcmp 0.1.8, byte for byte but for control characters, from criterion's own estimates.
//!
//! It compares means, and each with the fastest of its group, not with the first: 1.00 is the fastest. `±` is the
//! standard deviation of the measurements and says nothing about how sure the mean is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use regex_lite::{Captures, Regex};
use tabwriter::TabWriter;
use unicode_width::UnicodeWidthStr;

use super::{Colour, visible};

/// One benchmark of one baseline.
#[derive(Clone, Debug)]
pub struct Benchmark<'a> {
    /// The baseline's name.
    pub baseline: &'a str,
    /// Its own name.
    pub id: &'a str,
    /// The mean of the measurements.
    pub mean_nanoseconds: f64,
    /// Their standard deviation.
    pub deviation_nanoseconds: f64,
    /// How much is processed in a second, and of what.
    pub rate: Option<(f64, &'static str)>,
}

/// Benchmarks that are compared with one another, from the fastest.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    name: String,
    members: Vec<Member<'a>>,
}

/// A benchmark in a group.
#[derive(Clone, Debug)]
struct Member<'a> {
    /// Which column it stands in.
    name: String,
    benchmark: &'a Benchmark<'a>,
}

/// Every benchmark that `filter` matches against itself in the other baselines; by name.
pub fn by_name<'a>(benchmarks: &'a [Benchmark], filter: Option<&Regex>) -> Vec<Group<'a>> {
    gather(benchmarks, filter, |benchmark| Some((benchmark.id.to_owned(), benchmark.baseline.to_owned())))
}

/// Benchmarks of which `pattern` captures the same text. What it does not capture tells the members of a group apart.
pub fn by_pattern<'a>(benchmarks: &'a [Benchmark], filter: Option<&Regex>, pattern: &Regex) -> Vec<Group<'a>> {
    gather(benchmarks, filter, |benchmark| {
        let (captured, rest) = take_apart(benchmark.id, &pattern.captures(benchmark.id)?);
        Some((captured, format!("{}/{rest}", benchmark.baseline)))
    })
}

/// All groups, by name. `key` gives a group's name and its member's, or leaves the benchmark out.
fn gather<'a>(
    benchmarks: &'a [Benchmark],
    filter: Option<&Regex>,
    key: impl Fn(&Benchmark) -> Option<(String, String)>,
) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for benchmark in benchmarks.iter().filter(|benchmark| filter.is_none_or(|filter| filter.is_match(benchmark.id))) {
        if let Some((group, name)) = key(benchmark) {
            groups.entry(group).or_default().push(Member { name, benchmark });
        }
    }
    let by_time = |a: &Member, b: &Member| a.benchmark.mean_nanoseconds.total_cmp(&b.benchmark.mean_nanoseconds);
    let sorted = |(name, mut members): (String, Vec<Member<'a>>)| {
        members.sort_by(by_time);
        Group { name, members }
    };
    groups.into_iter().map(sorted).collect()
}

/// What the groups of a pattern captured, joined, and what they left. Of a group in another one nothing is left.
fn take_apart(text: &str, captures: &Captures) -> (String, String) {
    let (mut captured, mut rest, mut end) = (String::new(), String::new(), 0);
    for group in captures.iter().skip(1).flatten() {
        captured.push_str(group.as_str());
        rest.push_str(text.get(end..group.start()).unwrap_or_default());
        end = end.max(group.end());
    }
    rest.push_str(&text[end..]);
    (captured, rest)
}

impl Group<'_> {
    /// By how many percent the slowest is slower than the fastest; 0 for one alone.
    pub fn biggest_difference_percent(&self) -> f64 {
        let [fastest, .., slowest] = &self.members[..] else { return 0.0 };
        let (fastest, slowest) = (fastest.benchmark.mean_nanoseconds, slowest.benchmark.mean_nanoseconds);
        (slowest - fastest) / fastest * 100.0
    }

    fn rank(&self, member: &Member) -> f64 {
        member.benchmark.mean_nanoseconds / self.members[0].benchmark.mean_nanoseconds
    }
}

/// A line for each group, a column for each name of a member.
pub fn write_columns(groups: &[Group], colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    let names: BTreeSet<&str> = groups.iter().flat_map(|group| &group.members).map(|member| &*member.name).collect();
    let mut table = TabWriter::new(out).ansi(true);
    let (best, plain) = match colour {
        Colour::Always => ("\x1b[0m\x1b[1m\x1b[32m", "\x1b[0m"),
        Colour::Never => ("", ""),
    };
    let (heads, rules): (String, String) = names
        .iter()
        .map(|name| visible(name))
        .map(|name| (format!("\t  {name}"), format!("\t  {}", "-".repeat(name.width()))))
        .unzip();
    writeln!(table, "group{heads}\n-----{rules}")?;
    for group in groups {
        write!(table, "{}", visible(&group.name))?;
        for name in &names {
            let Some(index) = group.members.iter().rposition(|member| member.name == *name) else {
                write!(table, "\t")?;
                continue;
            };
            let member = &group.members[index];
            let (before, after) = if index == 0 { (best, plain) } else { ("", "") };
            let (rank, time, rate) = (group.rank(member), time(member.benchmark), rate(member.benchmark));
            write!(table, "{before}\t  {rank:<5.2} {time:>14} {rate:>14}{after}")?;
        }
        writeln!(table)?;
    }
    table.flush()
}

/// A line for each member, group by group.
pub fn write_list(groups: &[Group], out: &mut dyn Write) -> io::Result<()> {
    let mut table = TabWriter::new(out).ansi(true);
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            writeln!(table)?;
        }
        let name = visible(&group.name);
        writeln!(table, "{name}\n{}", "-".repeat(name.width()))?;
        for member in &group.members {
            let (rank, time, rate) = (group.rank(member), time(member.benchmark), rate(member.benchmark));
            writeln!(table, "{}\t{rank:>7.2}\t{time:>15}\t{rate:>12}", visible(&member.name))?;
        }
    }
    table.flush()
}

/// `77.6±84.11ns`, with prefixes from 2000 on.
fn time(benchmark: &Benchmark) -> String {
    let (mean, deviation) = (benchmark.mean_nanoseconds, benchmark.deviation_nanoseconds);
    let (nanoseconds, unit) = match mean {
        mean if mean < 2e3 => (1.0, "ns"),
        mean if mean < 2e6 => (1e3, "µs"),
        mean if mean < 2e9 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    format!("{:.1}±{:.2}{unit}", mean / nanoseconds, deviation / nanoseconds)
}

/// `1.6 GElem/sec`, with binary prefixes from 2048 on, for elements as well.
fn rate(benchmark: &Benchmark) -> String {
    let Some((rate, unit)) = benchmark.rate else { return "? ?/sec".to_owned() };
    let [kibi, mebi, gibi] = [1024.0, 1_048_576.0, 1_073_741_824.0];
    match rate {
        rate if rate < 2.0 * kibi => format!("{} {unit}/sec", rate as u64),
        rate if rate < 2.0 * mebi => format!("{:.1} K{unit}/sec", rate / kibi),
        rate if rate < 2.0 * gibi => format!("{:.1} M{unit}/sec", rate / mebi),
        rate => format!("{:.1} G{unit}/sec", rate / gibi),
    }
}
