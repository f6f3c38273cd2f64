use super::Policy;
use super::budget::Budget;
use super::case::Case;
use super::excuse::{self, Weighed};
use super::judgement::Judgement;
use super::outcome::Outcome;
use super::request::Selection;
use super::rules::{Rule, RuleKind, Ruling};
use crate::compare::{Finding, Reason};
use crate::model::Standing;

/// What a rule says of a row, and what that means for the gate; `None` where it says nothing.
pub(super) fn apply(
    budget: &Budget,
    rule: &Rule,
    case: &Case<'_>,
    policy: &Policy,
    selection: &Selection,
) -> Option<Judgement> {
    let ruling = match set_aside(rule, case, selection) {
        Some((outcome, reason)) => Ruling::new(outcome, reason),
        None => rule.judge(case)?,
    };
    let Weighed { ruling, excuse } = excuse::weigh(ruling, budget, rule, case.row, policy);
    let Ruling { outcome, sentence, advice, against, age: _ } = ruling;
    Some(Judgement {
        outcome,
        excuse,
        rule: rule.kind(),
        rule_text: format!("{} {}", rule.kind().info().key, rule.text()),
        source: budget.source,
        sentence,
        advice,
        against,
        why: budget.why.clone(),
    })
}

/// Why a rule says nothing about a row it would otherwise judge; or is kept without a look at the numbers.
fn set_aside(rule: &Rule, case: &Case<'_>, selection: &Selection) -> Option<(Outcome, String)> {
    let metric = &case.row.metric.name;
    if let (RuleKind::Change, Finding::NotComparable(reason @ (Reason::SameCode | Reason::SameFunctions))) =
        (rule.kind(), &case.row.finding)
    {
        return Some((Outcome::Passed, reason.to_string()));
    }
    let reason = match (rule.kind(), &case.row.finding) {
        (RuleKind::Present, Finding::OnlyOld) if selection.without.iter().any(|name| **name == **metric) => {
            Some(format!("{metric} is not measured here, as --without says"))
        }
        (RuleKind::Change, Finding::NotComparable(reason)) => Some(reason.to_string()),
        // A detail that vanishes is missed where a budget names it, or where nothing else tells that the benchmark did.
        (RuleKind::Present, Finding::OnlyOld)
            if case.row.metric.standing == Standing::Detail
                && case.scope.metric.is_none()
                && (case.benchmark_is_new_side || case.benchmark_has_headline) =>
        {
            Some("a detail of another metric".to_owned())
        }
        _ => None,
    };
    reason.map(|reason| (Outcome::NotJudged, reason))
}
