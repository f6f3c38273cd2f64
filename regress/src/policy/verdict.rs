use std::fmt;

use super::armed::ArmedRule;
use super::judgement::{Judgement, Row};
use super::outcome::Outcome;
use super::renamed::Renamed;
use super::waived::WaiverUse;
use crate::compare::MetricMean;
use crate::model::{BenchId, Warning};

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
