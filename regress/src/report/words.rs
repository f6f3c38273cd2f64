//! The sentences of a report, not yet escaped: the terminal and the pull request say the same.

use std::collections::BTreeMap;

use super::figures::{self, SidesText};
use super::view::{Broken, Context, FalseAlarms, Fold, Line, Note, NullRun, Report, SameCode, Side};
use crate::compare::{self, Allowance, Beside, Change, Comparison, Finding, MetricMean};
use crate::model::{BenchId, METRICS, Nature, Provenance};
use crate::policy::{
    ArmedRule, ArmedState, Conclusion, Excuse, Judgement, Outcome, Renamed, RuleKind, Source, WaiverState, WaiverUse,
};
use crate::unit::{count, show_change};

/// How many names stand for many.
const NAMES: usize = 5;

/// Did it pass?
pub(super) fn answer(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Passed => "PASSED",
        Conclusion::NotProven => "NOT PROVEN",
        Conclusion::Failed => "FAILED",
    }
}

/// `old → new`, or `new` where one side was judged on its own; and by which profile.
pub(super) fn sides(report: &Report) -> String {
    let new = &report.context.new.label;
    let sides = report.context.old.as_ref().map_or_else(|| new.clone(), |old| format!("{} → {new}", old.label));
    match &report.context.profile {
        Some(profile) => format!("{sides} (profile {profile})"),
        None => sides,
    }
}

/// `2 rules broken in 1 benchmark, 5 not proven, 120 passed`.
pub(super) fn tally(report: &Report) -> String {
    let counts = &report.counts;
    let mut parts = Vec::new();
    if counts.rules_broken > 0 {
        let place = match counts.benchmarks_broken {
            0 => String::new(),
            n => format!(" in {}", count(n, "benchmark")),
        };
        parts.push(format!("{} broken{place}", count(counts.rules_broken, "rule")));
    }
    if counts.rules_not_proven > 0 {
        parts.push(match parts.is_empty() {
            true => format!("{} not proven", count(counts.rules_not_proven, "rule")),
            false => format!("{} not proven", counts.rules_not_proven),
        });
    }
    let excused =
        [(counts.rules_inherited, "inherited"), (counts.rules_waived, "waived"), (counts.rules_warned, "warned of")];
    for (n, word) in excused.into_iter().filter(|(n, _)| *n > 0) {
        parts.push(match parts.is_empty() {
            true => format!("{} {word}", count(n, "rule")),
            false => format!("{n} {word}"),
        });
    }
    let unarmed = report.armed.iter().filter(|rule| rule.proves_nothing() && !is_told(report, rule)).count();
    if unarmed > 0 {
        parts.push(match parts.is_empty() {
            true => format!("{} cannot fire", count(unarmed, "rule")),
            false => format!("{unarmed} cannot fire"),
        });
    }
    let failing = report.waivers.iter().filter(|waiver| waiver.fails()).count();
    if failing > 0 {
        parts.push(format!("{} unused", count(failing, "waiver")));
    }
    parts.push(match (counts.rules_passed, parts.is_empty()) {
        (0, true) if report.lines.is_empty() => "nothing was measured".to_owned(),
        (0, true) => "no rule spoke of anything".to_owned(),
        (n, true) => format!("{} passed", count(n, "rule")),
        (n, false) => format!("{n} passed"),
    });
    match counts.rules_tolerated {
        0 => {}
        1 => parts.push("1 change cannot be told and need not be".to_owned()),
        n => parts.push(format!("{n} changes cannot be told and need not be")),
    }
    parts.join(", ")
}

/// Whether what keeps a rule from firing is counted already: nobody measured it, or measurements prove nothing.
fn is_told(report: &Report, rule: &ArmedRule) -> bool {
    let judgements = report.lines.iter().flat_map(|line| &line.row.judgements);
    let mut of_it =
        judgements.filter(|judgement| judgement.source == rule.source && judgement.rule_text == rule.rule_text);
    rule.tried_on.is_none() || of_it.any(|judgement| judgement.outcome >= Outcome::NotProven)
}

/// `judged 31 of 33 benchmarks`: the others were not measured alike on both sides, or no rule speaks of them.
pub(super) fn coverage(report: &Report) -> String {
    let counts = &report.counts;
    format!("judged {} of {}", counts.benchmarks_judged, count(counts.benchmarks, "benchmark"))
}

/// What was compared with what, where, and how often that errs: a line under the headline, in pieces.
pub(super) fn circumstances(report: &Report) -> Vec<String> {
    let side = |side: &Side| match &side.provenance.commit {
        Some(commit) => format!("{} ({commit})", side.label),
        None => side.label.clone(),
    };
    let Context { old, new, .. } = &report.context;
    let sides = match old {
        Some(old) => format!("{} → {}", side(old), side(new)),
        None => side(new),
    };
    [Some(coverage(report)), Some(sides), host(report), false_alarms(report).or_else(|| unknown_false_alarms(report))]
        .into_iter()
        .flatten()
        .collect()
}

/// The machine; both, where there are two.
fn host(report: &Report) -> Option<String> {
    let new = report.context.new.provenance.host.as_ref()?;
    match report.context.old.as_ref().and_then(|old| old.provenance.host.as_ref()) {
        Some(old) if old != new => Some(format!("old on {old}, new on {new}")),
        Some(_) | None => Some(format!("on {new}")),
    }
}

/// Times were compared, and nobody knows how often that errs here.
fn unknown_false_alarms(report: &Report) -> Option<String> {
    report.allowed_for().next()?;
    Some("false alarms: not measured here (`regress null`)".to_owned())
}

/// What the exact metrics of a benchmark say about a change of its time: `instructions +46.4 %, allocs unchanged`.
pub(super) fn cause(report: &Report, row: &Comparison) -> Option<String> {
    if row.metric.nature == Nature::Counted {
        return None;
    }
    let beside = report.lines.iter().map(|line| &line.row.comparison).filter(|other| {
        let is_told = |name: &str| matches!(name, "instructions" | "allocs" | "alloc-bytes");
        other.id == row.id && other.change.is_some() && is_told(&other.metric.name)
    });
    let mut counts: Vec<(usize, String)> = beside
        .filter_map(|other| {
            let name = &other.metric.name;
            let what = match other.finding {
                Finding::Unchanged => "unchanged".to_owned(),
                Finding::Regressed | Finding::Improved | Finding::WithinBudget => {
                    figures::moved(other, &SidesText::of(other))
                }
                Finding::Differs
                | Finding::NotProven(_)
                | Finding::NotComparable(_)
                | Finding::OnlyOld
                | Finding::Crashed(_)
                | Finding::OnlyNew => return None,
            };
            Some((METRICS.position(name), format!("{name} {what}")))
        })
        .collect();
    counts.sort();
    (!counts.is_empty()).then(|| counts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", "))
}

/// A broken block in words.
pub(super) struct Failure {
    /// The benchmark.
    pub benchmark: String,
    /// `time`, or all metrics of a benchmark that vanished.
    pub metrics: String,
    /// The numbers, in pieces that are not to be torn.
    pub facts: Vec<String>,
    /// At least one, the first breach first.
    pub breaches: Vec<Breach>,
}

/// One broken rule in words.
pub(super) struct Breach {
    /// `limit == 0 (regress.toml:12)`.
    pub rule: String,
    /// What was found, where the numbers do not say it.
    pub sentence: Option<String>,
    /// Why the rule is there.
    pub why: Option<String>,
}

pub(super) fn failure(report: &Report, block: &Broken<'_>) -> Failure {
    let row = &block.lines[0].row.comparison;
    let speaks_for_itself = |rule: RuleKind| matches!(rule, RuleKind::Limit | RuleKind::Change);
    let numbers = block.judgements.iter().any(|judgement| speaks_for_itself(judgement.rule));
    let change = block.judgements.iter().any(|judgement| judgement.rule == RuleKind::Change);
    Failure {
        benchmark: row.id.to_string(),
        metrics: block.lines.iter().map(|line| figures::metric(&line.row.comparison)).collect::<Vec<_>>().join(", "),
        facts: if numbers { facts(report, row, change) } else { Vec::new() },
        breaches: block
            .judgements
            .iter()
            .map(|judgement| Breach {
                sentence: (!speaks_for_itself(judgement.rule)).then(|| judgement.sentence.clone()),
                ..breach(report, judgement)
            })
            .collect(),
    }
}

/// A judgement with its sentence.
pub(super) fn breach(report: &Report, judgement: &Judgement) -> Breach {
    Breach {
        rule: rule(report, judgement),
        sentence: Some(judgement.sentence.clone()),
        why: judgement.why.as_deref().map(str::to_owned),
    }
}

/// `1.720 ms → 3.930 ms`, and for a change also `×2.28` and the evidence.
fn facts(report: &Report, row: &Comparison, change: bool) -> Vec<String> {
    let shown = SidesText::of(row);
    if row.old().is_none() {
        return vec![shown.new];
    }
    let mut facts = vec![format!("{} → {}", shown.old, shown.new)];
    if change {
        let is_ratio = row.change.as_ref().is_some_and(|change| change.ratio.is_some_and(|ratio| ratio > 0.0));
        facts.extend(is_ratio.then(|| figures::moved(row, &shown)));
        facts.extend(evidence(report, row));
    }
    facts
}

/// `(95 %: ×2.11 … ×2.40, believed ×1.21 … ×4.20, p = 0.0002, n = 100 + 100)`. `None` for counts: they are exact.
pub(super) fn evidence(report: &Report, row: &Comparison) -> Option<String> {
    let change = row.change.as_ref()?;
    let p = figures::p_value(change)?;
    let confidence = percent(report.context.options.confidence);
    let mut parts = vec![format!("{confidence} %: {}", figures::measured(row, change))];
    if change.allowance.ratio > 1.0 {
        parts.push(format!("believed {}", figures::believed(row, change)));
    }
    parts.push(figures::p_words(p));
    parts.extend(figures::n(row).map(|n| format!("n = {n}")));
    Some(format!("({})", parts.join(", ")))
}

/// A probability as a percentage, without digits that say nothing.
pub(super) fn percent(probability: f64) -> String {
    let text = format!("{:.4}", probability * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `limit == 0 (regress.toml:12)`.
pub(super) fn rule(report: &Report, judgement: &Judgement) -> String {
    format!("{} ({})", judgement.rule_text, source(report, judgement.source))
}

/// Where a rule stands.
pub(super) fn source(report: &Report, source: Source) -> String {
    let line_number = match source {
        Source::BuiltIn => None,
        Source::Line(line_number) => Some(line_number),
    };
    place(report.context.config_path.as_deref(), line_number)
}

/// `regress.toml:12`.
///
/// * `line_number`: `None` for a rule that nobody wrote.
pub(super) fn place(path: Option<&str>, line_number: Option<usize>) -> String {
    match (path, line_number) {
        (_, None) => "built-in rule".to_owned(),
        (Some(path), Some(line_number)) => format!("{path}:{line_number}"),
        (None, Some(line_number)) => format!("line {line_number}"),
    }
}

/// What was found about a row that is not proven, in pieces that are not to be torn; nothing when the advice says it.
pub(super) fn unproven_facts(row: &Comparison, judgement: &Judgement) -> Vec<String> {
    let shown = SidesText::of(row);
    match (&row.change, judgement.rule) {
        (Some(change), RuleKind::Change) => vec![
            format!("{} → {}", shown.old, shown.new),
            figures::moved(row, &shown),
            format!("believed {}", figures::believed(row, change)),
        ],
        _ => vec![judgement.sentence.clone()],
    }
}

/// What is broken and excused by no waiver, then what became of each waiver: some words, and pieces that are not to be
/// torn.
pub(super) fn excused(report: &Report) -> impl Iterator<Item = (String, Vec<String>)> {
    let excused = report.excused().filter_map(|(line, judgement, excuse)| {
        let row = &line.row.comparison;
        let by = match excuse {
            Excuse::Waived(_) => return None,
            Excuse::Inherited => None,
            // What the profile itself asks.
            Excuse::Warned(place) if place == judgement.source => None,
            Excuse::Warned(place) => {
                let profile = report.context.profile.as_deref().unwrap_or_default();
                Some(format!("profile {profile} only warns ({})", source(report, place)))
            }
        };
        let name = format!("{} {}", row.id, figures::metric(row));
        let pieces = [Some(name), Some(judgement.sentence.clone()), Some(rule(report, judgement)), by];
        Some((excuse.word().to_owned(), pieces.into_iter().flatten().collect()))
    });
    excused.chain(report.waivers.iter().map(|used| waiver(report, used)))
}

/// What became of a waiver.
pub(super) fn waiver(report: &Report, WaiverUse { waiver, state, sentence, .. }: &WaiverUse) -> (String, Vec<String>) {
    let head = match state {
        WaiverState::InForce => "waived".to_owned(),
        WaiverState::Unused
        | WaiverState::Expired
        | WaiverState::Exceeded
        | WaiverState::Refused
        | WaiverState::NotLookedAt => format!("waiver {}", state.words()),
    };
    let name = format!("{} {}", waiver.benchmark, waiver.metric);
    let leave = format!("{} until {}", waiver.ceiling_words(), waiver.expires);
    let reason = format!("{} ({}, {})", waiver.reason, waiver.issue, waiver.owner);
    (head, vec![name, sentence.clone(), leave, reason, source(report, waiver.source())])
}

/// The rows that are counted and not listed, one line each.
pub(super) fn folds(report: &Report) -> Vec<String> {
    let folds = [Fold::Small, Fold::NotCompared, Fold::New, Fold::Gone, Fold::Unchanged, Fold::Detail, Fold::NoRule];
    folds.into_iter().filter_map(|fold| fold_words(report, fold)).collect()
}

fn fold_words(report: &Report, fold: Fold) -> Option<String> {
    let lines: Vec<&Line> = report.folded(fold).collect();
    let first = lines.first()?;
    let rows = count(lines.len(), "row");
    Some(match fold {
        Fold::Unchanged => format!("{rows} unchanged"),
        Fold::Small => {
            let threshold = percent(report.threshold.unwrap_or_default());
            format!("{rows} changed by less than {threshold} %, as --threshold says")
        }
        Fold::NotCompared => format!("{rows} not judged, see below"),
        Fold::New => format!("{rows} new: {}", names(lines.iter().map(|line| &line.row.comparison.id))),
        Fold::Gone => match first.row.judgements.first() {
            Some(judgement) => format!("{rows} gone: {}", judgement.sentence),
            None => format!("{rows} gone"),
        },
        Fold::Detail => format!("{rows} of details that no written rule names"),
        Fold::NoRule => format!("{rows} that no rule speaks of"),
    })
}

/// The names themselves while they are few, else how many. Rows of one benchmark stand together.
fn names<'a>(ids: impl Iterator<Item = &'a BenchId>) -> String {
    let mut ids: Vec<&BenchId> = ids.collect();
    ids.sort();
    ids.dedup();
    if ids.len() > NAMES {
        return count(ids.len(), "benchmark");
    }
    ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ")
}

/// `geomean allocs -12.1 % over 12 benchmarks (3 rows left out)`.
pub(super) fn mean(mean: &MetricMean) -> String {
    let MetricMean { metric, benchmarks, ratio, left_out } = mean;
    let over = count(*benchmarks, "benchmark");
    let without = if *left_out > 0 { format!(" ({} left out)", count(*left_out, "row")) } else { String::new() };
    match ratio {
        Some(ratio) => format!("geomean {metric} {} over {over}{without}", show_change(*ratio)),
        None => format!("geomean {metric}: none, as something came from zero or went to zero in {over}{without}"),
    }
}

/// Everything that is said once for many rows.
pub(super) fn notes(report: &Report) -> Vec<String> {
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
    let about_all = allowances(report).into_iter().chain(benchstat(report)).chain(false_alarms(report));
    let code = report.context.code.iter().cloned();
    let code = code.chain(report.renamed.iter().map(renamed)).chain(armed(report));
    not_compared.chain(about_all).chain(code).chain(warnings).collect()
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
    let mut summary = format!("armed: {} of {} fire", fire.len(), count(asked, "rule"));
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
fn false_alarms(report: &Report) -> Option<String> {
    let FalseAlarms { null_run, same_code } = &report.context.false_alarms;
    let null_run = null_run.as_ref().map(|NullRun { recorded_at, runs, false_runs }| {
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
pub(super) fn warning(note: &Note) -> String {
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

/// Where the numbers of a side come from. `None` when nothing is known.
pub(super) fn provenance(side: &Side) -> Option<String> {
    let Provenance { commit, recorded_at, host, toolchain, harnesses: _, build: _ } = &side.provenance;
    let known = [
        commit.as_ref().map(|commit| format!("commit {commit}")),
        recorded_at.as_ref().map(|at| format!("recorded {at}")),
        host.as_ref().map(ToString::to_string),
        toolchain.clone(),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    (!known.is_empty()).then(|| format!("{}: {}", side.label, known.join("; ")))
}

/// What to do when rules are broken.
pub(super) fn next_step(report: &Report) -> Option<String> {
    let judgements = report.lines.iter().flat_map(|line| &line.row.judgements);
    let broken: Vec<&Judgement> = judgements.filter(|judgement| judgement.outcome == Outcome::Broken).collect();
    let is_any = |kinds: &[RuleKind]| broken.iter().any(|one| kinds.contains(&one.rule) && !one.is_goal());
    let file = report.context.config_path.as_deref().unwrap_or("regress.toml");
    let meant: Vec<String> = [
        is_any(&[RuleKind::Change, RuleKind::Present])
            .then(|| "`regress record` the new side as the baseline".to_owned()),
        is_any(&[RuleKind::Limit, RuleKind::Ratio, RuleKind::Scaling])
            .then(|| format!("change the budget in {file} and say why")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mend = (!meant.is_empty()).then(|| format!("mend it; if it is meant, {}", meant.join(", and ")));
    let goal = broken.iter().any(|judgement| judgement.is_goal());
    let goal = goal.then(|| format!("a goal is not reached: improve further, or loosen it in {file} and say why"));
    let steps: Vec<String> = mend.into_iter().chain(goal).collect();
    (!steps.is_empty()).then(|| format!("next: {}", steps.join("; ")))
}
