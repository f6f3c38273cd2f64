use std::fmt;

use super::course::Course;
use super::facts::Facts;

/// An answer. Ordered from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is so.
    Pass,
    /// The question does not arise.
    NotApplicable,
    /// Nobody knows.
    NotMeasured,
    /// It is not so.
    Fail,
}

impl State {
    /// All of them, as they are counted.
    pub const ALL: [State; 4] = [State::Fail, State::NotMeasured, State::NotApplicable, State::Pass];

    /// In words, the same in all formats.
    pub fn word(self) -> &'static str {
        match self {
            State::Pass => "pass",
            State::Fail => "fail",
            State::NotMeasured => "not measured",
            State::NotApplicable => "not applicable",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub state: State,
    pub found: String,
    /// The file that shows it.
    pub artefact: Option<String>,
}

impl Found {
    pub(super) fn new(state: State, found: impl Into<String>) -> Found {
        Found { state, found: found.into(), artefact: None }
    }

    pub(super) fn shown_by(self, path: impl Into<String>) -> Found {
        Found { artefact: Some(path.into()), ..self }
    }
}

/// What checks look at.
pub(super) struct Case<'a> {
    pub facts: &'a Facts<'a>,
    pub course: &'a [Course],
}
