use super::comparison::{Finding, Lack, Reason};

/// Why no more could be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The sort of reason, the same in all formats: `too few measurements`.
    pub kind: &'static str,
    /// In words, with what it would take.
    pub sentence: String,
    /// How many measurements, or rounds, would tell; `None` where their number is not what lacks, or not known.
    pub needed: Option<usize>,
}

impl Finding {
    /// Why it is no more than that; `None` where all is said.
    pub fn why(&self) -> Option<Why> {
        match self {
            Finding::NotProven(lack) => Some(lack.why()),
            Finding::NotComparable(reason) => {
                Some(Why { kind: reason.kind(), sentence: reason.to_string(), needed: None })
            }
            Finding::Crashed(how) => Some(Why { kind: "crashed", sentence: how.clone(), needed: None }),
            Finding::Regressed
            | Finding::Improved
            | Finding::Unchanged
            | Finding::WithinBudget
            | Finding::Differs
            | Finding::OnlyOld
            | Finding::OnlyNew => None,
        }
    }
}

impl Lack {
    fn why(&self) -> Why {
        let (kind, needed) = match self {
            Lack::Measurements { needed } => ("too few measurements", *needed),
            Lack::RunsApart { .. } => ("runs apart", None),
            Lack::Rounds { more, .. } => ("too few rounds", *more),
            Lack::OneProcess { .. } => ("one process", None),
            Lack::Layout => ("layout", None),
            Lack::Copied => ("copied", None),
            Lack::Summary { .. } => ("summary only", None),
            Lack::Spread => ("spread", None),
        };
        Why { kind, sentence: self.advice(), needed }
    }
}

impl Reason {
    fn kind(&self) -> &'static str {
        match self {
            Reason::OtherMachine { .. } => "other machine",
            Reason::OtherBuild { .. } => "other build",
            Reason::OtherHarness { .. } => "other harness",
            Reason::SameCode => "same code",
            Reason::SameFunctions => "same functions",
            Reason::OfTheTime => "of the time",
            Reason::OtherUnit { .. } => "other unit",
        }
    }
}
