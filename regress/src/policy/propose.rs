//! What was reached, as a first file of budgets.

use super::bound::Operator;
use super::breach;
use crate::compare::{self, Comparison, Finding, Options};
use crate::model::{BenchId, METRICS, Nature, Run, Standing};
use crate::select::Pattern;
use crate::unit::{Unit, count};

/// A budget for a first file.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Where its number comes from, a line each; or why there is none.
    pub comments: Vec<String>,
    /// Keys and values, in the order they are written; a value is text unless it is a number of measurements.
    pub benchmark: String,
    /// Of this metric.
    pub metric: String,
    /// Keys of rules, and their values as they stand in the file, without quotes. Empty: no budget, only the comments.
    pub rules: Vec<(&'static str, String)>,
}

/// A first set of budgets, that these results keep: counts as limits for each group of benchmarks, instructions and
/// times as bounds on their change.
///
/// * Empty where there is neither.
pub fn propose(run: &Run, options: &Options) -> Vec<Proposal> {
    let rows = compare::survey(run, options);
    let headlines: Vec<&Comparison> = rows.iter().filter(|row| row.metric.standing == Standing::Headline).collect();
    let of = |metric: &str| headlines.iter().copied().filter(|row| &*row.metric.name == metric).collect::<Vec<_>>();
    let mut proposals = Vec::new();
    for name in METRICS.names() {
        let rows = of(name);
        let Some(first) = rows.first() else { continue };
        match (first.metric.nature, name) {
            (Nature::Counted, INSTRUCTIONS) => proposals.push(change_of_instructions(&rows)),
            (Nature::Counted, _) => proposals.extend(limits(&rows)),
            (Nature::Timed, _) => proposals.push(change_of_times(&rows, &mute(run, &rows, options))),
        }
    }
    // A change needs two sides: where instructions are all there is, one side alone is to be held against something.
    let instructions = of(INSTRUCTIONS);
    if instructions.len() == headlines.len() {
        proposals.extend(limits(&instructions));
    }
    proposals
}

/// Rows of which no change would show, however large, in another run like this one; each with what it lacks.
fn mute(run: &Run, rows: &[&Comparison], options: &Options) -> Vec<String> {
    // As for a judgement of all of them: the probability of a false finding is shared out.
    let options = Options { alpha: options.alpha / rows.len().max(1) as f64, ..options.clone() };
    let lacks = rows.iter().filter_map(|row| {
        let observation = run.get(&row.id, &row.metric.name)?;
        match breach::far_worse(observation, &options)?.finding {
            Finding::NotProven(lack) => Some(lack.advice()),
            _ => None,
        }
    });
    lacks.collect()
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

/// * `mute`: for each row that cannot show a change, what it lacks.
fn change_of_times(rows: &[&Comparison], mute: &[String]) -> Proposal {
    /// More are not demanded, however many there were: enough for an interval that says something. Chosen.
    const ENOUGH: usize = 10;
    let fewest = rows.iter().filter_map(|row| row.new_side()).map(|side| side.n).min().unwrap_or(1);
    let mut comments = vec![format!("{}, at least {} each;", counted(rows), count(fewest, "measurement"))];
    let rules = match mute {
        [lack, ..] if mute.len() == rows.len() => {
            comments.push("no budget bounds them, since no change would show, however large:".to_owned());
            comments.push(lack.clone());
            Vec::new()
        }
        _ => {
            comments.push(
                "another machine measures otherwise, so their change is bound: only a proven loss of more than 5 %"
                    .to_owned(),
            );
            comments.push("is a breach (`regress run` proves what `compare` cannot)".to_owned());
            if let Some(lack) = mute.first() {
                comments.push(format!("{} of them can show no change, however large: {lack}", mute.len()));
            }
            let min_samples = fewest.clamp(1, ENOUGH).to_string();
            vec![("change", "<= +5%".to_owned()), ("unproven", "pass".to_owned()), ("min_samples", min_samples)]
        }
    };
    Proposal { comments, benchmark: "*".to_owned(), metric: "time".to_owned(), rules }
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
