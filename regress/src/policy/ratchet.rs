//! What was reached, as limits: lower ones for a file that has some, and a first file.

use std::collections::BTreeMap;

use super::bound::{Bound, Operator};
use super::budget::{Budget, Budgets, Source};
use super::entry::did_you_mean;
use super::rules::{Limit, Rule};
use crate::compare::{Comparison, Options, Summary};
use crate::model::{BenchId, METRICS, Metric, Nature, Standing};
use crate::select::Pattern;
use crate::unit::{Outwards, Unit};

/// A written limit, and what these results say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// The line of its `[[budget]]`, from 1.
    pub line_number: usize,
    /// As it is written.
    pub text: String,
    /// What can be done.
    pub room: Room,
}

/// What can be done about a limit.
#[derive(Clone, Debug, PartialEq)]
pub enum Room {
    /// It can be this instead: `<= 7`.
    Tighter(String),
    /// What was reached is the limit.
    None,
    /// What was reached lies beyond it, or may.
    Beyond,
    /// These results have nothing that it decides.
    Unmeasured,
}

/// Every written limit against what was reached, in the order of the file.
///
/// * `rows`: one run on its own.
/// * Counts are taken exactly. Of a time the far end of its interval is taken, with what two runs may differ by, in
///   three digits: the next run is to keep it too.
///
/// A limit that decides for several rows is set by the worst of them. It is never loosened; `==` stays as it is.
pub fn tighten(budgets: &Budgets, rows: &[Comparison], options: &Options) -> Vec<Reached> {
    let mut decided: BTreeMap<usize, Vec<&Comparison>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.new_side().is_some()) {
        for (budget, rule) in budgets.holding(&row.id, &row.metric.name) {
            if let (Source::Line(line_number), Rule::Limit(_)) = (budget.source, rule) {
                decided.entry(line_number).or_default().push(row);
            }
        }
    }
    let none = Vec::new();
    let limits = budgets.iter().filter_map(|budget| Some((budget, limit_of(budget)?)));
    limits
        .filter_map(|(budget, limit)| {
            let Source::Line(line_number) = budget.source else { return None };
            let room = room(limit, decided.get(&line_number).unwrap_or(&none), options);
            Some(Reached { line_number, text: limit.text.clone(), room })
        })
        .collect()
}

/// The limit of a budget, where it has one.
fn limit_of(budget: &Budget) -> Option<&Limit> {
    budget.rules.iter().find_map(|rule| match rule {
        Rule::Limit(limit) => Some(limit),
        _ => None,
    })
}

fn room(limit: &Limit, rows: &[&Comparison], options: &Options) -> Room {
    let Some(first) = rows.first() else { return Room::Unmeasured };
    let Some(outwards) = outwards(limit.bound) else {
        let is_met = |row: &&Comparison| row.new_side().is_some_and(|side| is_exactly(limit.bound, side.range));
        return if rows.iter().all(is_met) { Room::None } else { Room::Beyond };
    };
    let worst = rows.iter().filter_map(|row| Some(far_end(row, row.new_side()?, outwards, options)));
    let worst = worst.reduce(|a, b| match outwards {
        Outwards::Up => f64::max(a, b),
        Outwards::Down => f64::min(a, b),
    });
    let Some(worst) = worst.filter(|worst| worst.is_finite()) else { return Room::Beyond };
    let (number, value) = written(&first.metric, worst, outwards);
    let symbol = match outwards {
        Outwards::Up => Operator::AtMost,
        Outwards::Down => Operator::AtLeast,
    };
    let is_whole = worst.fract() == 0.0 && first.metric.nature == Nature::Counted;
    match (outwards, limit.bound) {
        // `< 10` says the same of whole numbers as `<= 9`.
        (Outwards::Up, Bound { operator: Operator::Less, value: end }) if is_whole && end == worst + 1.0 => Room::None,
        (Outwards::Up, Bound { operator: Operator::Less, value: end }) if value < end => tighter(symbol, &number),
        (Outwards::Up, Bound { operator: Operator::AtMost, value: end }) if value < end => tighter(symbol, &number),
        (Outwards::Down, Bound { value: end, .. }) if end < value => tighter(symbol, &number),
        (_, bound) if bound.holds(worst) => Room::None,
        _ => Room::Beyond,
    }
}

fn is_exactly(bound: Bound, (low, high): (f64, f64)) -> bool {
    bound.holds(low) && bound.holds(high)
}

fn tighter(symbol: Operator, number: &str) -> Room {
    Room::Tighter(format!("{symbol} {number}"))
}

/// Which way a number may not go; `None` for `==`.
fn outwards(bound: Bound) -> Option<Outwards> {
    bound.is_upper().map(|is_upper| if is_upper { Outwards::Up } else { Outwards::Down })
}

/// The end of what a side may be that comes nearest to a limit, in base units. Not finite where it has no interval.
fn far_end(row: &Comparison, side: &Summary, outwards: Outwards, options: &Options) -> f64 {
    let allowance = options.allowance(&row.id, &row.metric).ratio;
    match (row.metric.nature, outwards) {
        (Nature::Counted, Outwards::Up) => side.range.1,
        (Nature::Counted, Outwards::Down) => side.range.0,
        (Nature::Timed, Outwards::Up) => side.center.high * allowance,
        (Nature::Timed, Outwards::Down) => side.center.low / allowance,
    }
}

/// A number as a limit has it, and the value that it is read as.
fn written(metric: &Metric, value: f64, outwards: Outwards) -> (String, f64) {
    match metric.nature {
        Nature::Counted => (metric.unit.exactly(value), value),
        Nature::Timed => metric.unit.rounded(value, outwards),
    }
}

/// The budget that a limit is loosened in: its line, from 1.
///
/// * `benchmark`, `metric`: as the budget has them.
///
/// # Errors
/// What is wrong, and what to do about it: there is no such limit, or the new one is not looser.
pub fn loosen(budgets: &Budgets, benchmark: &str, metric: &str, limit: &str) -> Result<usize, (String, String)> {
    let names = |budget: &&Budget| budget.scope.metric.as_deref() == Some(metric) && limit_of(budget).is_some();
    let of_metric: Vec<&Budget> = budgets.iter().filter(names).collect();
    let Some(budget) = of_metric.iter().rev().find(|budget| budget.scope.benchmark.to_string() == benchmark) else {
        let known: Vec<String> = of_metric.iter().map(|budget| budget.scope.benchmark.to_string()).collect();
        let meant = did_you_mean(benchmark, known.iter().map(String::as_str));
        let problem = format!("no [[budget]] of benchmark `{benchmark}` limits {metric}");
        return Err((problem, format!("{meant}write the benchmark as the file has it")));
    };
    let (Source::Line(line_number), Some(old)) = (budget.source, limit_of(budget)) else {
        return Err(("the built-in rules have no limits".to_owned(), "write a [[budget]]".to_owned()));
    };
    let example = || format!("write it as the file does: \"{}\"", old.text);
    let new = Limit::parse(limit, &budget.scope).map_err(|problem| (problem, example()))?.bound;
    let is_wider = match (outwards(old.bound), outwards(new)) {
        (Some(Outwards::Down), Some(Outwards::Down)) => new.value <= old.bound.value && !old_holds_more(old.bound, new),
        (Some(Outwards::Up) | None, Some(Outwards::Up)) => {
            old.bound.value <= new.value && !old_holds_more(old.bound, new)
        }
        _ => false,
    };
    match is_wider && new != old.bound {
        true => Ok(line_number),
        false => Err((
            format!("`{limit}` is no looser than `{}` of line {line_number}", old.text),
            "`regress budget tighten` lowers limits".to_owned(),
        )),
    }
}

/// Whether the old bound lets its own end pass and the new one does not.
fn old_holds_more(old: Bound, new: Bound) -> bool {
    old.holds(old.value) && !new.holds(old.value)
}

/// A budget for a first file.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Where its number comes from, a line each.
    pub comments: Vec<String>,
    /// Keys and values, in the order they are written; a value is text unless it is a number of measurements.
    pub benchmark: String,
    /// Of this metric.
    pub metric: String,
    /// Keys of rules, and their values as they stand in the file, without quotes.
    pub rules: Vec<(&'static str, String)>,
}

/// A first set of budgets, that these results keep: counts as limits for each group of benchmarks, instructions and
/// times as bounds on their change.
///
/// * `rows`: one run on its own.
/// * Empty where there is neither.
pub fn propose(rows: &[Comparison]) -> Vec<Proposal> {
    let headlines: Vec<&Comparison> = rows.iter().filter(|row| row.metric.standing == Standing::Headline).collect();
    let of = |metric: &str| headlines.iter().copied().filter(|row| &*row.metric.name == metric).collect::<Vec<_>>();
    let mut proposals = Vec::new();
    for name in METRICS.names() {
        let rows = of(name);
        let Some(first) = rows.first() else { continue };
        match (first.metric.nature, name) {
            (Nature::Counted, INSTRUCTIONS) => proposals.push(change_of_instructions(&rows)),
            (Nature::Counted, _) => proposals.extend(limits(&rows)),
            (Nature::Timed, _) => proposals.push(change_of_times(&rows)),
        }
    }
    // A change needs two sides: where instructions are all there is, one side alone is to be held against something.
    let instructions = of(INSTRUCTIONS);
    if instructions.len() == headlines.len() {
        proposals.extend(limits(&instructions));
    }
    proposals
}

const INSTRUCTIONS: &str = "instructions";

/// Limits of one metric, one for each group: benchmarks whose names begin with the same part.
fn limits(rows: &[&Comparison]) -> Vec<Proposal> {
    let mut groups: Vec<String> = rows.iter().map(|row| group(&row.id)).collect();
    groups.dedup();
    let patterns: Vec<Pattern> = groups.iter().map(|group| Pattern::new(group)).collect();
    // A name may hold a star, or be the beginning of others: the last that matches decides, as when it is judged.
    let mut decided: Vec<Vec<&Comparison>> = vec![Vec::new(); groups.len()];
    for &row in rows {
        if let Some(index) = patterns.iter().rposition(|pattern| pattern.matches(&row.id)) {
            decided[index].push(row);
        }
    }
    groups.into_iter().zip(decided).filter_map(|(benchmark, rows)| limit(benchmark, &rows)).collect()
}

/// The largest count of these rows as a limit. `None` without any.
fn limit(benchmark: String, rows: &[&Comparison]) -> Option<Proposal> {
    let count = |row: &Comparison| row.new_side().map_or(0.0, |side| side.range.1);
    let largest = rows.iter().copied().reduce(|a, b| if count(a) < count(b) { b } else { a })?;
    let (least, most) = (rows.iter().map(|row| count(row)).fold(f64::INFINITY, f64::min), count(largest));
    let show = |value| largest.metric.unit.exactly(value);
    let comment = match (rows.len(), least == most) {
        (1, _) => format!("{}: {}", largest.id, show(most)),
        (n, true) => format!("{n} benchmarks, all {}", show(most)),
        (n, false) => format!("{n} benchmarks, from {} to {} ({})", show(least), show(most), largest.id),
    };
    let operator = if most == 0.0 { Operator::Equal } else { Operator::AtMost };
    Some(Proposal {
        comments: vec![comment],
        benchmark,
        metric: largest.metric.name.to_string(),
        rules: vec![("limit", format!("{operator} {}", show(most)))],
    })
}

/// `embedding/*` of `embedding/cosine/d512`; a name of one part is a group of its own.
fn group(id: &BenchId) -> String {
    match id.as_str().split_once('/') {
        Some((first, _)) if !first.is_empty() => format!("{first}/*"),
        _ => id.to_string(),
    }
}

fn change_of_instructions(rows: &[&Comparison]) -> Proposal {
    Proposal {
        comments: vec![
            format!("{};", counted(rows)),
            "another compiler counts otherwise, so their change is bound".to_owned(),
            "0.3 %: layout and the allocator's state move instructions by up to 0.1 %".to_owned(),
        ],
        benchmark: "*".to_owned(),
        metric: INSTRUCTIONS.to_owned(),
        rules: vec![("change", "<= +0.3%".to_owned())],
    }
}

fn change_of_times(rows: &[&Comparison]) -> Proposal {
    /// More are not demanded, however many there were: enough for an interval that says something. Chosen.
    const ENOUGH: usize = 10;
    let fewest = rows.iter().filter_map(|row| row.new_side()).map(|side| side.n).min().unwrap_or(1);
    Proposal {
        comments: vec![
            format!("{}, at least {fewest} measurements each;", counted(rows)),
            "another machine measures otherwise, so their change is bound: only a proven loss of more than 5 %"
                .to_owned(),
            "is a breach (`regress run` proves what `compare` cannot)".to_owned(),
        ],
        benchmark: "*".to_owned(),
        metric: "time".to_owned(),
        rules: vec![
            ("change", "<= +5%".to_owned()),
            ("unproven", "pass".to_owned()),
            ("min_samples", fewest.clamp(1, ENOUGH).to_string()),
        ],
    }
}

/// `12 benchmarks, from 8.776 ns to 1.2 ms`.
fn counted(rows: &[&Comparison]) -> String {
    let middles = || rows.iter().filter_map(|row| row.new_side()).map(|side| side.center.point);
    let unit = rows.first().map_or(&Unit::Count, |row| &row.metric.unit);
    let show = |value: f64| crate::unit::Scale::fitting(unit, &[value]).show(value);
    let (least, most) = (middles().fold(f64::INFINITY, f64::min), middles().fold(0.0, f64::max));
    match rows.len() {
        1 => format!("1 benchmark, {}", show(most)),
        n => format!("{n} benchmarks, from {} to {}", show(least), show(most)),
    }
}
