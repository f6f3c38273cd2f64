use std::fmt;
use std::sync::Arc;

use super::armed::ArmedRule;
use super::budget::Source;
use super::outcome::{Against, Excuse, Outcome};
use super::renamed::Renamed;
use super::rules::RuleKind;
use super::waived::WaiverUse;
use crate::compare::{Comparison, MetricMean};
use crate::model::{BenchId, Warning};

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

/// What all rules together say.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdicts {
    /// Every row, in the order of the comparisons.
    pub rows: Vec<Row>,
    /// Judgements on what has no row: a benchmark or a metric that nobody measured.
    pub missing: Vec<(Option<BenchId>, Judgement)>,
    /// What became of each waiver, in the order of the file.
    pub waivers: Vec<WaiverUse>,
    /// Whether each rule can fire.
    pub armed: Vec<ArmedRule>,
    /// Benchmarks that vanished, with what appeared and looks like them.
    pub renamed: Vec<Renamed>,
    /// Geometric means per metric.
    pub means: Vec<MetricMean>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

/// The answer to "did it pass?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Nothing broke.
    Passed,
    /// Something the policy wants proved cannot be told.
    NotProven,
    /// A rule is broken.
    Failed,
}

impl Verdicts {
    /// The gravest outcome decides.
    pub fn conclusion(&self) -> Conclusion {
        let missing = self.missing.iter().map(|(_, judgement)| judgement.outcome);
        let waivers = self.waivers.iter().filter(|waiver| waiver.fails()).map(|_| Outcome::Broken);
        let unarmed = self.armed.iter().filter(|rule| rule.proves_nothing()).map(|_| Outcome::NotProven);
        let rows = self.rows.iter().map(Row::outcome);
        match rows.chain(missing).chain(waivers).chain(unarmed).max() {
            Some(Outcome::Broken) => Conclusion::Failed,
            Some(Outcome::NotProven) => Conclusion::NotProven,
            Some(Outcome::Excused | Outcome::Tolerated | Outcome::Passed) => Conclusion::Passed,
            // No rule spoke of anything: nothing is shown to be well.
            Some(Outcome::NotJudged) => Conclusion::NotProven,
            // Nothing was measured: that is no reason to pass.
            None => Conclusion::Failed,
        }
    }
}

impl Conclusion {
    /// The exit code of the command that came to it. 2 is for work that could not be done.
    pub fn exit_code(self) -> u8 {
        match self {
            Conclusion::Passed => 0,
            Conclusion::Failed => 1,
            Conclusion::NotProven => 3,
        }
    }

    /// In words, the same in all formats.
    pub fn word(self) -> &'static str {
        match self {
            Conclusion::Passed => "passed",
            Conclusion::NotProven => "not proven",
            Conclusion::Failed => "failed",
        }
    }
}

impl fmt::Display for Conclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
