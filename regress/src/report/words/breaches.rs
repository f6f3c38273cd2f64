use super::{percent, rule, source};
use crate::compare::{Comparison, Finding};
use crate::model::{METRICS, Nature};
use crate::policy::{Excuse, Judgement, RuleKind, WaiverState, WaiverUse};
use crate::report::figures::{self, SidesText};
use crate::report::view::{Broken, Report};

/// A broken block in words.
pub(in crate::report) struct Failure {
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
pub(in crate::report) struct Breach {
    /// `limit == 0 (regress.toml:12)`.
    pub rule: String,
    /// What was found, where the numbers do not say it.
    pub sentence: Option<String>,
    /// Why the rule is there.
    pub why: Option<String>,
}

pub(in crate::report) fn failure(report: &Report, block: &Broken<'_>) -> Failure {
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
pub(in crate::report) fn breach(report: &Report, judgement: &Judgement) -> Breach {
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
pub(in crate::report) fn evidence(report: &Report, row: &Comparison) -> Option<String> {
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

/// What was found about a row that is not proven, in pieces that are not to be torn; nothing when the advice says it.
pub(in crate::report) fn unproven_facts(row: &Comparison, judgement: &Judgement) -> Vec<String> {
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

/// What the exact metrics of a benchmark say about a change of its time: `instructions +46.4 %, allocs unchanged`.
pub(in crate::report) fn cause(report: &Report, row: &Comparison) -> Option<String> {
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

/// What is broken and excused by no waiver, then what became of each waiver: some words, and pieces that are not to be
/// torn.
pub(in crate::report) fn excused(report: &Report) -> impl Iterator<Item = (String, Vec<String>)> {
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
pub(in crate::report) fn waiver(
    report: &Report,
    WaiverUse { waiver, state, sentence, .. }: &WaiverUse,
) -> (String, Vec<String>) {
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
