use std::sync::Arc;

use super::outcome::{Against, Excuse, Outcome};
use super::rules::RuleKind;
use super::source::Source;
use crate::compare::Comparison;

/// One rule, applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Kept, broken, or neither.
    pub outcome: Outcome,
    /// Why it does not fail the gate, where the outcome is [`Outcome::Excused`].
    pub excuse: Option<Excuse>,
    /// Which kind of rule.
    pub rule: RuleKind,
    /// The rule as it is written: `limit == 0`.
    pub rule_text: String,
    /// Where it stands.
    pub source: Source,
    /// What was found, in words: `1, allowed == 0`.
    pub sentence: String,
    /// What would tell what these measurements cannot.
    pub advice: Option<String>,
    /// The number that was found, and the bound it was held against.
    pub against: Option<Against>,
    /// Why the rule is there, in the words of who wrote it.
    pub why: Option<Arc<str>>,
}

impl Judgement {
    /// Whether the rule demands a change, and not only bounds one: staying as it was breaks it.
    pub fn is_goal(&self) -> bool {
        let unchanged = if self.rule_text.ends_with('%') { 1.0 } else { 0.0 };
        self.rule == RuleKind::Change && self.against.is_some_and(|against| !against.bound.holds(unchanged))
    }
}

/// One metric of one benchmark, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The evidence.
    pub comparison: Comparison,
    /// What each rule that holds here says, gravest first.
    pub judgements: Vec<Judgement>,
}

impl Row {
    /// The gravest of its judgements.
    pub fn outcome(&self) -> Outcome {
        self.judgements.iter().map(|judgement| judgement.outcome).max().unwrap_or(Outcome::NotJudged)
    }
}
