use std::fmt;

use serde::Serialize;

use super::checks::CHECKS;
use super::course::Course;
use super::facts::Facts;
use super::word::as_word;

/// The answer to one question of the checklist. No text of it is ever blank.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Its name on the command line: `allocations`.
    pub check: &'static str,
    /// What is asked for.
    pub question: &'static str,
    /// The answer.
    #[serde(serialize_with = "as_word")]
    pub state: State,
    /// The number that it rests on, with what it counts.
    pub found: String,
    /// The file that shows it, or `none`.
    pub artefact: String,
}

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

/// A line for every question of the table.
///
/// A file that somebody answers for stands as the line's artefact; it does not make a number of it. A line that is
/// required and not measured fails.
pub(super) fn checklist(case: &Case<'_>) -> Vec<Line> {
    let lines = CHECKS.iter().map(|check| {
        let Found { mut state, mut found, artefact } = (check.ask)(case);
        if state == State::NotMeasured && case.facts.recipe.require.iter().any(|name| name == check.name) {
            state = State::Fail;
            found = format!("required, and not measured: {found}");
        }
        let files: Vec<&str> = case.facts.evidence(check.name).map(|evidence| evidence.path.as_str()).collect();
        let artefact = if files.is_empty() { artefact } else { Some(files.join(", ")) };
        let artefact = artefact.filter(|path| !path.is_empty()).unwrap_or_else(|| "none".to_owned());
        Line { check: check.name, question: check.question, state, found, artefact }
    });
    lines.collect()
}
