use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::Facts;
use crate::compare::Finding;
use crate::policy::{Outcome, Row};

/// Rows without a verdict, for one reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unjudged {
    /// Why.
    pub reason: String,
    /// The rows: benchmark and metric.
    pub rows: Vec<(String, String)>,
}

/// What no rule decided, by reason. Rows that a profile or a rule says nothing about are told as well: nobody may think
/// that they passed.
pub(super) fn unjudged(facts: &Facts<'_>) -> Vec<Unjudged> {
    let mut reasons: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in facts.rows() {
        if let Some(reason) = reason(row) {
            let name = (row.comparison.id.to_string(), row.comparison.metric.name.to_string());
            reasons.entry(reason).or_default().push(name);
        }
    }
    reasons.into_iter().map(|(reason, rows)| Unjudged { reason, rows }).collect()
}

/// Why a row has no verdict; `None` when it has one.
pub(super) fn reason(row: &Row) -> Option<String> {
    let deciding = |outcome: Outcome| row.judgements.iter().find(|judgement| judgement.outcome == outcome);
    let advice = |outcome| deciding(outcome).and_then(|judgement| judgement.advice.as_deref()).unwrap_or_default();
    match row.outcome() {
        Outcome::Passed | Outcome::Excused | Outcome::Broken => None,
        Outcome::NotProven => Some(joined("cannot be told, and has to be", advice(Outcome::NotProven))),
        Outcome::Tolerated => Some(joined("cannot be told, and need not be", advice(Outcome::Tolerated))),
        Outcome::NotJudged => Some(match (&row.comparison.finding, deciding(Outcome::NotJudged)) {
            (Finding::NotComparable(reason), _) => reason.to_string(),
            (_, Some(judgement)) => judgement.sentence.clone(),
            (Finding::OnlyNew, None) => "there is nothing to compare it with, and no limit names it".to_owned(),
            (Finding::OnlyOld, None) => "only the last release has it".to_owned(),
            _ => "no rule speaks of it".to_owned(),
        }),
    }
}

fn joined(what: &str, advice: &str) -> String {
    if advice.is_empty() { what.to_owned() } else { format!("{what}: {advice}") }
}
