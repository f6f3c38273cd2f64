use super::line::Line;
use crate::compare::Word;
use crate::policy::{ArmedState, Conclusion, Outcome};
use crate::signoff::State;

/// What a word means, for those who see colours. Colour never says anything that the words do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Bad,
    Good,
    Doubtful,
}

impl Tone {
    pub fn of_conclusion(conclusion: Conclusion) -> Tone {
        match conclusion {
            Conclusion::Passed => Tone::Good,
            Conclusion::NotProven => Tone::Doubtful,
            Conclusion::Failed => Tone::Bad,
        }
    }

    /// Of a row: what its rules say, else what was found.
    pub fn of_line(line: &Line) -> Option<Tone> {
        match (line.outcome, line.word) {
            (Outcome::Broken, _) | (_, Word::Regressed | Word::Crashed) => Some(Tone::Bad),
            (Outcome::NotProven | Outcome::Excused, _) => Some(Tone::Doubtful),
            (_, Word::Improved) => Some(Tone::Good),
            (
                _,
                Word::Differs
                | Word::NotProven
                | Word::WithinBudget
                | Word::NotJudged
                | Word::New
                | Word::Gone
                | Word::Unchanged,
            ) => None,
        }
    }

    pub fn of_outcome(outcome: Outcome) -> Option<Tone> {
        match outcome {
            Outcome::Broken => Some(Tone::Bad),
            Outcome::NotProven => Some(Tone::Doubtful),
            Outcome::Passed => Some(Tone::Good),
            Outcome::NotJudged | Outcome::Tolerated | Outcome::Excused => None,
        }
    }

    pub fn of_state(state: State) -> Option<Tone> {
        match state {
            State::Pass => Some(Tone::Good),
            State::Fail => Some(Tone::Bad),
            State::NotMeasured => Some(Tone::Doubtful),
            State::NotApplicable => None,
        }
    }

    pub fn of_armed(state: ArmedState) -> Option<Tone> {
        match state {
            ArmedState::Fires => Some(Tone::Good),
            ArmedState::CannotFire => Some(Tone::Bad),
            ArmedState::Idle | ArmedState::Off | ArmedState::NotLookedAt => None,
        }
    }
}
