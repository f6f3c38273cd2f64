use serde::Serialize;

use super::answer::{Case, Found, State};
use super::checks::CHECKS;
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
