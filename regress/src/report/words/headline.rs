use super::notes::false_alarms;
use crate::policy::{ArmedRule, Conclusion, Judgement, Outcome, RuleKind};
use crate::report::view::Report;
use crate::report::{Between, Context, Side};
use crate::unit::count;

/// `2 rules broken in 1 benchmark, 5 not proven, 120 passed`.
pub(in crate::report) fn tally(report: &Report) -> String {
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
fn coverage(report: &Report) -> String {
    let counts = &report.counts;
    format!("judged {} of {}", counts.benchmarks_judged, count(counts.benchmarks, "benchmark"))
}

/// What was compared with what, where, and how often that errs: a line under the headline, in pieces.
pub(in crate::report) fn circumstances(report: &Report) -> Vec<String> {
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

/// What to do when rules are broken, or when there is none.
pub(in crate::report) fn next_step(report: &Report) -> Option<String> {
    let judgements = report.lines.iter().flat_map(|line| &line.row.judgements);
    let broken: Vec<&Judgement> = judgements.filter(|judgement| judgement.outcome == Outcome::Broken).collect();
    let is_any = |kinds: &[RuleKind]| broken.iter().any(|one| kinds.contains(&one.rule) && !one.is_goal());
    let file = report.context.config_path.as_deref().unwrap_or("regress.toml");
    let meant: Vec<String> = [
        is_any(&[RuleKind::Change, RuleKind::Present]).then(|| match report.context.between {
            Between::Runs => "`regress record` the new side as the baseline".to_owned(),
            Between::Columns => format!("allow it with a budget in {file} and say why"),
        }),
        is_any(&[RuleKind::Limit, RuleKind::Ratio, RuleKind::Scaling])
            .then(|| format!("change the budget in {file} and say why")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mend = (!meant.is_empty()).then(|| format!("mend it; if it is meant, {}", meant.join(", and ")));
    let goal = broken.iter().any(|judgement| judgement.is_goal());
    let goal = goal.then(|| format!("a goal is not reached: improve further, or loosen it in {file} and say why"));
    let is_unjudged = report.conclusion == Conclusion::NotProven
        && report.missing.is_empty()
        && !report.lines.is_empty()
        && report.lines.iter().all(|line| line.row.judgements.is_empty());
    let unjudged = is_unjudged
        .then(|| format!("write a rule into {file} for what was measured (`regress budget init` proposes some)"));
    let steps: Vec<String> = mend.into_iter().chain(goal).chain(unjudged).collect();
    (!steps.is_empty()).then(|| format!("next: {}", steps.join("; ")))
}
