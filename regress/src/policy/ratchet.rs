//! What was reached, as lower limits for a file that has some.

use std::collections::{BTreeMap, BTreeSet};

use super::bound::{Bound, Operator};
use super::budget::{Budget, Budgets};
use super::entry::did_you_mean;
use super::rules::{Limit, Rule};
use super::source::Source;
use crate::compare::{Comparison, Options, Summary};
use crate::model::{BenchId, Metric, Nature};
use crate::unit::Outwards;

/// A written limit, and what these results say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// The line of its `[[budget]]`, from 1.
    pub line_number: usize,
    /// As it is written.
    pub text: String,
    /// What can be done.
    pub room: Room,
    /// How many benchmarks it was held against.
    pub measured: usize,
    /// The one that comes nearest to it, or goes furthest beyond: the limit is that of its number.
    pub worst: Option<BenchId>,
    /// Benchmarks that it decides as well, of which there is nothing in these results.
    pub missing: Vec<BenchId>,
    /// Benchmarks that it would decide as well, which were measured and do not have its metric.
    pub without: Vec<BenchId>,
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
/// * `known`: another run on its own, of all benchmarks there are. What a limit decides there and `rows` lack is missing.
///   Where it has the metric, a benchmark without it is not asked for; where it has none of it, because it holds counts
///   only, every benchmark is of which there is nothing at all in `rows`.
/// * Counts are taken exactly. Of a time the far end of its interval is taken, with what two runs may differ by, in
///   three digits: the next run is to keep it too.
///
/// A limit that decides for several rows is set by the worst of them. It is never loosened; `==` stays as it is.
pub fn tighten(budgets: &Budgets, rows: &[Comparison], known: &[Comparison], options: &Options) -> Vec<Reached> {
    let decided = decided(budgets, rows);
    let none = Vec::new();
    let present: BTreeSet<&BenchId> = rows.iter().filter(|row| row.new_side().is_some()).map(|row| &row.id).collect();
    let limits = budgets.iter().filter_map(|budget| Some((budget, limit_of(budget)?)));
    limits
        .filter_map(|(budget, limit)| {
            let line_number = budget.source.line_number()?;
            let rows = decided.get(&line_number).unwrap_or(&none);
            let worst = worst(limit.bound, rows, options);
            let unmeasured = unmeasured(budgets, budget, rows, known).into_iter();
            // What the other run shows with the metric is a hole here, whatever else was measured of it.
            let is_known = known.iter().any(|row| budget.scope.metric.as_deref() == Some(&*row.metric.name));
            let (without, missing): (BTreeSet<_>, BTreeSet<_>) =
                unmeasured.partition(|id| !is_known && present.contains(id));
            let owned = |ids: BTreeSet<&BenchId>| ids.into_iter().cloned().collect();
            Some(Reached {
                line_number,
                text: limit.text.clone(),
                room: room(limit, rows, worst.map(|(number, _)| number)),
                measured: rows.len(),
                worst: worst.map(|(_, row)| row.id.clone()),
                missing: owned(missing),
                without: owned(without),
            })
        })
        .collect()
}

/// The rows that each written limit decides, by its line.
fn decided<'a>(budgets: &Budgets, rows: &'a [Comparison]) -> BTreeMap<usize, Vec<&'a Comparison>> {
    let mut decided: BTreeMap<usize, Vec<&Comparison>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.new_side().is_some()) {
        if let Some(line_number) = line_of_limit(budgets, &row.id, &row.metric.name) {
            decided.entry(line_number).or_default().push(row);
        }
    }
    decided
}

/// The line of the limit that decides for a row; `None` where none does.
fn line_of_limit(budgets: &Budgets, id: &BenchId, metric: &str) -> Option<usize> {
    let limit = |(budget, rule): (&Budget, &Rule)| match rule {
        Rule::Limit(_) => budget.source.line_number(),
        _ => None,
    };
    budgets.holding(id, metric).into_iter().find_map(limit)
}

/// What a limit decides among all benchmarks that are known, of which its metric was not measured.
fn unmeasured<'k>(
    budgets: &Budgets,
    budget: &Budget,
    rows: &[&Comparison],
    known: &'k [Comparison],
) -> BTreeSet<&'k BenchId> {
    let Some(metric) = budget.scope.metric.as_deref() else { return BTreeSet::new() };
    let is_of_metric = |row: &&Comparison| &*row.metric.name == metric;
    let has_metric = known.iter().any(|row| is_of_metric(&row));
    let asked = known.iter().filter(|row| !has_metric || is_of_metric(row)).map(|row| &row.id);
    let measured: BTreeSet<&BenchId> = rows.iter().map(|row| &row.id).collect();
    let is_missing =
        |id: &&BenchId| !measured.contains(id) && line_of_limit(budgets, id, metric) == budget.source.line_number();
    asked.filter(is_missing).collect()
}

/// The limit of a budget, where it has one.
fn limit_of(budget: &Budget) -> Option<&Limit> {
    budget.rules.iter().find_map(|rule| match rule {
        Rule::Limit(limit) => Some(limit),
        _ => None,
    })
}

/// The number of these rows that comes nearest to a bound or goes furthest beyond, and whose it is; `None` without rows, and
/// where the bound has no direction.
fn worst<'a>(bound: Bound, rows: &[&'a Comparison], options: &Options) -> Option<(f64, &'a Comparison)> {
    let outwards = outwards(bound)?;
    let ends = rows.iter().filter_map(|row| Some((far_end(row, row.new_side()?, outwards, options), *row)));
    ends.reduce(|a, b| match outwards {
        Outwards::Up if a.0 < b.0 => b,
        Outwards::Down if b.0 < a.0 => b,
        Outwards::Up | Outwards::Down => a,
    })
}

/// * `worst`: in base units.
fn room(limit: &Limit, rows: &[&Comparison], worst: Option<f64>) -> Room {
    let Some(first) = rows.first() else { return Room::Unmeasured };
    let Some(outwards) = outwards(limit.bound) else {
        let is_met = |row: &&Comparison| row.new_side().is_some_and(|side| is_exactly(limit.bound, side.range));
        return if rows.iter().all(is_met) { Room::None } else { Room::Beyond };
    };
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
