//! One line per row of the comparison, all numbers in base units and full precision, for spreadsheets and data frames.
//! What does not exist is empty; infinities are `inf` and `-inf`.

use std::io::{self, Write};

use super::line::Line;
use super::view::Report;
use super::{Renderer, Style, escape, words};
use crate::compare::{Benchstat, Beside, Change, Summary};
use crate::policy::Outcome;

pub(super) const RENDERER: Renderer = Renderer {
    name: "csv",
    what: "For spreadsheets and data frames: a line for every row, full precision",
    draws: |_| false,
    is_whole: true,
    render,
};

fn render(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    let beside = match report.context.options.beside {
        Beside::Nothing => &[],
        Beside::Benchstat => BENCHSTAT,
    };
    let columns = || COLUMNS.iter().chain(beside);
    writer.write_record(columns().map(|(header, _)| header)).map_err(refusal)?;
    for line in &report.lines {
        writer.write_record(columns().map(|(_, cell)| cell(report, line))).map_err(refusal)?;
    }
    writer.flush()
}

/// The writer's own error: the crate's conversion would lose its kind, and a closed pipe is told from a full disk by it.
fn refusal(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

type Cell = fn(&Report, &Line) -> String;

const COLUMNS: &[(&str, Cell)] = &[
    ("benchmark", |_, line| escape::csv_text(line.row.comparison.id.as_str())),
    ("metric", |_, line| escape::csv_text(&line.row.comparison.metric.name)),
    ("unit", |_, line| escape::csv_text(&line.row.comparison.metric.unit.to_string())),
    ("better", |_, line| line.row.comparison.metric.better.word().to_owned()),
    ("harness", |_, line| escape::csv_text(&line.row.comparison.harness)),
    ("finding", |_, line| line.word.text().to_owned()),
    ("outcome", |_, line| line.outcome.word().to_owned()),
    ("old_center", |_, line| old(line, |side| Some(side.center.point))),
    ("old_low", |_, line| old(line, |side| Some(side.center.low))),
    ("old_high", |_, line| old(line, |side| Some(side.center.high))),
    ("old_min", |_, line| old(line, |side| Some(side.range.0))),
    ("old_max", |_, line| old(line, |side| Some(side.range.1))),
    ("old_n", |_, line| count(line.row.comparison.old(), |side| Some(side.n as u64))),
    ("old_processes", |_, line| count(line.row.comparison.old(), |side| Some(side.processes as u64))),
    ("old_total", |_, line| count(line.row.comparison.old(), |side| Some(side.exact?.total()))),
    ("old_operations", |_, line| count(line.row.comparison.old(), |side| Some(side.exact?.operations()))),
    ("new_center", |_, line| new(line, |side| Some(side.center.point))),
    ("new_low", |_, line| new(line, |side| Some(side.center.low))),
    ("new_high", |_, line| new(line, |side| Some(side.center.high))),
    ("new_min", |_, line| new(line, |side| Some(side.range.0))),
    ("new_max", |_, line| new(line, |side| Some(side.range.1))),
    ("new_n", |_, line| count(line.row.comparison.new_side(), |side| Some(side.n as u64))),
    ("new_processes", |_, line| count(line.row.comparison.new_side(), |side| Some(side.processes as u64))),
    ("new_total", |_, line| count(line.row.comparison.new_side(), |side| Some(side.exact?.total()))),
    ("new_operations", |_, line| count(line.row.comparison.new_side(), |side| Some(side.exact?.operations()))),
    ("method", |_, line| line.row.comparison.change.as_ref().map_or("", |change| change.method).to_owned()),
    ("ratio", |_, line| change(line, |change| change.ratio)),
    ("shift", |_, line| change(line, |change| Some(change.shift.point))),
    ("shift_low", |_, line| change(line, |change| Some(change.shift.low))),
    ("shift_high", |_, line| change(line, |change| Some(change.shift.high))),
    ("believed_low", |_, line| change(line, |change| Some(change.believed?.0))),
    ("believed_high", |_, line| change(line, |change| Some(change.believed?.1))),
    ("best_ratio", |_, line| change(line, |change| change.best_ratio)),
    ("p", |_, line| change(line, |change| change.p)),
    ("p_adjusted", |_, line| change(line, |change| change.p_adjusted)),
    ("allowance", |_, line| change(line, |change| Some(change.allowance.ratio))),
    ("allowance_seen_by", |_, line| escape::csv_text(&seen_by(line))),
    ("reason", |_, line| escape::csv_text(&reason(line))),
    ("rules", rules),
    ("warnings", |_, line| escape::csv_text(&line.row.comparison.warnings.join("; "))),
    ("old_label", |report, _| report.context.old.as_ref().map_or_else(String::new, |old| escape::csv_text(&old.label))),
    ("new_label", |report, _| escape::csv_text(&report.context.new.label)),
];

/// Behind the others, where somebody asked for them.
const BENCHSTAT: &[(&str, Cell)] = &[
    ("benchstat_ratio", |_, line| benchstat(line, |b| b.ratio.map(escape::csv_number))),
    ("benchstat_p_uncorrected", |_, line| benchstat(line, |b| Some(escape::csv_number(b.p)))),
    ("benchstat_old_n", |_, line| benchstat(line, |b| Some(b.n.0.to_string()))),
    ("benchstat_new_n", |_, line| benchstat(line, |b| Some(b.n.1.to_string()))),
];

fn benchstat(line: &Line, cell: impl Fn(&Benchstat) -> Option<String>) -> String {
    line.row.comparison.benchstat.as_ref().and_then(cell).unwrap_or_default()
}

fn old(line: &Line, number: impl Fn(&Summary) -> Option<f64>) -> String {
    line.row.comparison.old().and_then(number).map_or_else(String::new, escape::csv_number)
}

fn new(line: &Line, number: impl Fn(&Summary) -> Option<f64>) -> String {
    line.row.comparison.new_side().and_then(number).map_or_else(String::new, escape::csv_number)
}

fn count(side: Option<&Summary>, number: impl Fn(&Summary) -> Option<u64>) -> String {
    side.and_then(number).map_or_else(String::new, |number| number.to_string())
}

fn change(line: &Line, number: impl Fn(&Change) -> Option<f64>) -> String {
    line.row.comparison.change.as_ref().and_then(number).map_or_else(String::new, escape::csv_number)
}

fn seen_by(line: &Line) -> String {
    let seen_by = line.row.comparison.change.as_ref().and_then(|change| change.allowance.seen_by.as_deref());
    seen_by.unwrap_or_default().to_owned()
}

fn reason(line: &Line) -> String {
    line.row.comparison.finding.why().map(|why| why.sentence).unwrap_or_default()
}

/// `broken: limit == 0 (regress.toml:12); passed: change <= +0% (built-in rule)`.
fn rules(report: &Report, line: &Line) -> String {
    let judged = line.row.judgements.iter().filter(|judgement| judgement.outcome != Outcome::NotJudged);
    let rules: Vec<String> = judged
        .map(|judgement| {
            let word = judgement.excuse.map_or(judgement.outcome.word(), |excuse| excuse.word());
            format!("{word}: {}", words::rule(report, judgement))
        })
        .collect();
    rules.join("; ")
}
