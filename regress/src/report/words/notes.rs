use std::collections::BTreeMap;

use super::{NAMES, source};
use crate::compare::{self, Allowance, Beside, Change};
use crate::model::BenchId;
use crate::policy::{ArmedRule, ArmedState, Renamed};
use crate::report::view::{Note, Report};
use crate::report::{FalseAlarms, SameCode};
use crate::signoff::NullRun;
use crate::unit::{count, count_doing};

/// Everything that is said once for many rows.
pub(in crate::report) fn notes(report: &Report) -> Vec<String> {
    let not_compared = report.not_compared();
    let not_compared = not_compared.iter().map(|group| {
        let metrics: Vec<&str> = group.metrics.iter().map(|(_, name)| *name).collect();
        let benchmarks = match group.benchmarks.len() {
            1 => group.benchmarks.iter().map(ToString::to_string).collect(),
            n => count(n, "benchmark"),
        };
        format!("{} of {benchmarks}: not judged, {}", metrics.join(", "), group.reason)
    });
    let warnings = report.warnings.iter().map(|note| format!("warning: {}", warning(note)));
    let warnings = copied(report).into_iter().chain(warnings);
    let about_all = allowances(report).into_iter().chain(benchstat(report)).chain(false_alarms(report));
    let code = report.context.code.iter().cloned();
    let code = code.chain(report.renamed.iter().map(renamed)).chain(armed(report));
    not_compared.chain(about_all).chain(code).chain(warnings).collect()
}

/// What passed though nobody measured it a second time: the same times to the last digit are on both sides.
pub(in crate::report) fn copied(report: &Report) -> Option<String> {
    let names: Vec<String> = report.copied().map(|line| line.row.comparison.id.to_string()).collect();
    let more = if names.len() > NAMES { ", …" } else { "" };
    let (rows, it) = match names.len() {
        0 => return None,
        1 => ("1 row was".to_owned(), "it"),
        n => (format!("{n} rows were"), "them"),
    };
    let first = names[..names.len().min(NAMES)].join(", ");
    Some(format!("warning: {rows} not measured again ({first}{more}): measure {it} on each side"))
}

/// A question, and the lines of `regress.toml` that answer it with yes.
fn renamed(Renamed { from, to, likeness: _ }: &Renamed) -> String {
    format!(
        "{from} vanished and {to} appeared: renamed? then write, a line each: [[alias]]  from = {}  to = {}",
        in_toml(from.as_str()),
        in_toml(to.as_str())
    )
}

/// A text as TOML writes it.
fn in_toml(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// How many rules fire at a breach of the present results, how far beyond their bound, and what keeps the others from it.
fn armed(report: &Report) -> Vec<String> {
    let asked = report.armed.iter().filter(|rule| rule.is_asked()).count();
    if asked == 0 {
        return Vec::new();
    }
    let (fire, others): (Vec<&ArmedRule>, Vec<&ArmedRule>) =
        report.armed.iter().filter(|rule| rule.is_asked()).partition(|rule| rule.state == ArmedState::Fires);
    let mut summary = format!("armed: {} of {}", fire.len(), count_doing(asked, "rule", "fire"));
    for rule in fire.iter().filter(|rule| !rule.sentence.is_empty()) {
        let of = rule.tried_on.as_ref().map_or(String::new(), |(_, metric)| format!(" of {metric}"));
        summary.push_str(&format!("; {}{of} {}", armed_rule(report, rule), rule.sentence));
    }
    let others = others.iter().map(|rule| {
        let tried_on = rule.tried_on.as_ref().map_or(String::new(), |(id, metric)| format!(", tried on {id} {metric}"));
        format!("{}: {}{tried_on}: {}", rule.state.words(), armed_rule(report, rule), rule.sentence)
    });
    std::iter::once(summary).chain(others).collect()
}

/// `change <= +5% (regress.toml:14)`.
fn armed_rule(report: &Report, rule: &ArmedRule) -> String {
    format!("{} ({})", rule.rule_text, source(report, rule.source))
}

/// How often measuring here flags what did not change.
pub(super) fn false_alarms(report: &Report) -> Option<String> {
    let FalseAlarms { null_run, same_code } = &report.context.false_alarms;
    let null_run = null_run.as_ref().map(|NullRun { recorded_at, runs, false_runs, .. }| {
        let day = recorded_at.as_deref().and_then(|time| time.split('T').next()).unwrap_or("an unknown day");
        format!("{false_runs} of {runs} runs redrawn from the null run of {day}")
    });
    let same_code = same_code.map(|SameCode { benchmarks, seemed_to_change }| {
        format!("{seemed_to_change} of {} with the same machine code in this run", count(benchmarks, "benchmark"))
    });
    let known: Vec<String> = null_run.into_iter().chain(same_code).collect();
    (!known.is_empty()).then(|| format!("false alarms: {}", known.join(", ")))
}

/// What the times of one program may differ by, for each way in which they were taken: what was seen, by whom, and what
/// is taken for the rest.
fn allowances(report: &Report) -> Vec<String> {
    let (in_turns, apart): (Vec<&Change>, Vec<&Change>) =
        report.allowed_for().partition(|change| change.method == compare::PAIRS);
    let ways = [
        ("two runs taken one after the other may differ", apart),
        ("taken in turns by one process a side, they may differ with the memory that each is dealt", in_turns),
    ];
    let ways = ways.into_iter().filter(|(_, changes)| !changes.is_empty());
    let sentences = ways.map(|(way, changes)| {
        let by = ratios_by_source(report, changes);
        format!(
            "times: {way} {by}; only what lies beyond is called a regression or an improvement, and what is believed \
             includes it"
        )
    });
    sentences.collect()
}

/// `by ×1.75 without any change of code (stated), by ×1.35 without any change of code (seen by a null run)`.
fn ratios_by_source(report: &Report, changes: Vec<&Change>) -> String {
    let stated = match &report.context.config_path {
        Some(path) => format!("`between_runs` in {path}"),
        None => "`between_runs`".to_owned(),
    };
    let mut by_source: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for Allowance { ratio, seen_by } in changes.into_iter().map(|change| &change.allowance) {
        let source = match seen_by {
            Some(who) => format!("seen by {who}"),
            None if *ratio == report.context.options.between_runs => stated.clone(),
            None => "assumed".to_owned(),
        };
        let (least, most) = by_source.entry(source).or_insert((*ratio, *ratio));
        (*least, *most) = (least.min(*ratio), most.max(*ratio));
    }
    let sources = by_source.into_iter().map(|(source, (least, most))| match least == most {
        true => format!("by ×{least} without any change of code ({source})"),
        false => format!("by ×{least} to ×{most} without any change of code ({source})"),
    });
    sources.collect::<Vec<_>>().join(", ")
}

/// What the column beside ours is, where there is one.
fn benchstat(report: &Report) -> Option<String> {
    match report.context.options.beside {
        Beside::Nothing => None,
        Beside::Benchstat => Some(
            "benchstat, uncorrected: its change of the medians and its p of each row alone, all measurements taken as \
             independent; no verdict looks at it"
                .to_owned(),
        ),
    }
}

/// A warning, with the rows it is about.
pub(in crate::report) fn warning(note: &Note) -> String {
    let Note { text, rows } = note;
    let row = |(id, metric): &(BenchId, Option<String>)| match metric {
        Some(metric) => format!("{id} {metric}"),
        None => id.to_string(),
    };
    let first: Vec<String> = rows.iter().take(NAMES).map(row).collect();
    match rows.len() {
        0 => text.clone(),
        1 => format!("{}: {text}", first[0]),
        n if n > NAMES => format!("{n} rows: {text} ({}, …)", first.join(", ")),
        n => format!("{n} rows: {text} ({})", first.join(", ")),
    }
}
