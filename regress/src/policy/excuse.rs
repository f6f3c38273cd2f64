//! From what a rule says to what it means for the gate: levels of the profile, waivers, breaches that are inherited.

use std::sync::Arc;

use super::Policy;
use super::budget::Budget;
use super::level::Level;
use super::outcome::{Excuse, Outcome};
use super::profile::{Stand, Topic};
use super::rules::{Age, Rule, RuleKind, Ruling, Unproven};
use super::waiver::Leave;
use crate::compare::{Comparison, Finding};

/// A ruling and what excuses it.
pub(super) struct Weighed {
    pub ruling: Ruling,
    pub excuse: Option<Excuse>,
}

/// Weighs a ruling on a row.
///
/// ```text
///   level off ─▶ not judged
///   not proven ─▶ unproven = "pass" ─▶ tolerated ┐
///   broken or not proven ─▶ waived, within its ceiling ─▶ excused
///                        ─▶ inherited, no waiver run out ─▶ excused; not proven where it may have got worse
///                        ─▶ level warn ─▶ excused (broken) or tolerated (not proven)
///                        ─▶ as it is
/// ```
pub(super) fn weigh(ruling: Ruling, budget: &Budget, rule: &Rule, row: &Comparison, policy: &Policy) -> Weighed {
    let stand = stand(rule.kind(), row, policy);
    if stand.level == Level::Off {
        return Weighed { ruling: switched_off(ruling, policy), excuse: None };
    }
    match ruling.outcome {
        Outcome::NotProven => not_proven(ruling, budget, rule, row, policy),
        Outcome::Broken => broken(ruling, budget, rule, row, policy),
        Outcome::NotJudged | Outcome::Passed | Outcome::Tolerated | Outcome::Excused => {
            Weighed { ruling, excuse: None }
        }
    }
}

/// How grave the breach of a rule is. What crashed is not let off as missing.
fn stand(kind: RuleKind, row: &Comparison, policy: &Policy) -> Stand {
    match &row.finding {
        Finding::Crashed(_) => Stand { level: Level::Fail, source: None },
        _ => policy.profile.level(Topic::Rule(kind), &row.metric.name),
    }
}

fn switched_off(ruling: Ruling, policy: &Policy) -> Ruling {
    let name: Arc<str> = policy.profile.name.clone().unwrap_or_default();
    Ruling::new(Outcome::NotJudged, format!("off in profile `{name}`; {}", ruling.sentence))
}

fn not_proven(ruling: Ruling, budget: &Budget, rule: &Rule, row: &Comparison, policy: &Policy) -> Weighed {
    // What a crash has hidden is no change too small to be told.
    if matches!(row.finding, Finding::Crashed(_)) {
        return Weighed { ruling, excuse: None };
    }
    let said = policy.profile.unproven(&row.metric.name).map(|(unproven, _)| unproven);
    let passes = match (said, rule.kind()) {
        (Some(unproven), _) => unproven == Unproven::Pass,
        (None, RuleKind::Change) => unproven_passes(policy, row),
        // What holds for the change of a metric was not said of its growth: only the same budget can.
        (None, RuleKind::Scaling) => budget.rules.contains(&Rule::Unproven(Unproven::Pass)),
        (None, _) => false,
    };
    let tolerated = |ruling| Weighed { ruling: Ruling { outcome: Outcome::Tolerated, ..ruling }, excuse: None };
    if passes {
        return tolerated(ruling);
    }
    match leave(budget, rule, row, policy) {
        Some((Leave::Given, excuse)) => excused(ruling, excuse),
        _ if stand(rule.kind(), row, policy).level == Level::Warn => tolerated(ruling),
        _ => Weighed { ruling, excuse: None },
    }
}

fn broken(ruling: Ruling, budget: &Budget, rule: &Rule, row: &Comparison, policy: &Policy) -> Weighed {
    let leave = leave(budget, rule, row, policy);
    if let Some((Leave::Given, excuse)) = leave {
        return excused(ruling, excuse);
    }
    let inherited = policy.profile.level(Topic::Inherited, &row.metric.name).level;
    match ruling.age {
        Age::Inherited if inherited == Level::Warn && leave.is_none() => return excused(ruling, Excuse::Inherited),
        Age::PerhapsInherited if inherited == Level::Warn && leave.is_none() => {
            let advice = Some("measure in turns (`regress run`) to see whether it got worse".to_owned());
            return not_proven(Ruling { outcome: Outcome::NotProven, advice, ..ruling }, budget, rule, row, policy);
        }
        Age::New | Age::Inherited | Age::PerhapsInherited => {}
    }
    match stand(rule.kind(), row, policy) {
        Stand { level: Level::Warn, source: Some(source) } => excused(ruling, Excuse::Warned(source)),
        _ => Weighed { ruling, excuse: None },
    }
}

fn excused(ruling: Ruling, excuse: Excuse) -> Weighed {
    Weighed { ruling: Ruling { outcome: Outcome::Excused, ..ruling }, excuse: Some(excuse) }
}

/// What the waiver of a row says of a rule, where there is one and the rule can be waived.
fn leave(budget: &Budget, rule: &Rule, row: &Comparison, policy: &Policy) -> Option<(Leave, Excuse)> {
    if budget.hard || !rule.kind().can_be_waived() {
        return None;
    }
    let waiver = policy.waivers.of(&row.id, &row.metric.name)?;
    Some((policy.waivers.leave(waiver, row)?, Excuse::Waived(waiver.source())))
}

fn unproven_passes(policy: &Policy, row: &Comparison) -> bool {
    let holding = policy.budgets.holding(&row.id, &row.metric.name);
    holding.iter().any(|(_, rule)| **rule == Rule::Unproven(Unproven::Pass))
}
