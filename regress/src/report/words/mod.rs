//! The sentences of a report, not yet escaped: the terminal, the pull request and the page say the same.
//!
//! ```text
//!   headline   did it pass, what was looked at, what to do
//!   breaches   what is broken, not proven or excused, with its evidence
//!   folds      what is counted and not listed
//!   notes      what is said once for many rows
//! ```

mod breaches;
mod folds;
mod headline;
mod notes;

pub(super) use breaches::{Breach, Failure, breach, cause, evidence, excused, failure, unproven_facts, waiver};
pub(super) use folds::{folds, mean};
pub(super) use headline::{circumstances, next_step, tally};
pub(super) use notes::{copied, notes, warning};

use super::Side;
use super::view::Report;
use crate::model::Provenance;
use crate::policy::{Conclusion, Judgement, Source};

/// Did it pass?
pub(super) fn answer(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Passed => "PASSED",
        Conclusion::NotProven => "NOT PROVEN",
        Conclusion::Failed => "FAILED",
    }
}

/// `old → new`, or `new` where one side was judged on its own; and by which profile.
pub(super) fn sides(report: &Report) -> String {
    let new = &report.context.new.label;
    let sides = report.context.old.as_ref().map_or_else(|| new.clone(), |old| format!("{} → {new}", old.label));
    match &report.context.profile {
        Some(profile) => format!("{sides} (profile {profile})"),
        None => sides,
    }
}

/// Where the numbers of a side come from. `None` when nothing is known.
pub(super) fn provenance(side: &Side) -> Option<String> {
    let Provenance { commit, recorded_at, host, toolchain, harnesses: _, build: _ } = &side.provenance;
    let known = [
        commit.as_ref().map(|commit| format!("commit {commit}")),
        recorded_at.as_ref().map(|at| format!("recorded {at}")),
        host.as_ref().map(ToString::to_string),
        toolchain.clone(),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    (!known.is_empty()).then(|| format!("{}: {}", side.label, known.join("; ")))
}

/// `limit == 0 (regress.toml:12)`.
pub(super) fn rule(report: &Report, judgement: &Judgement) -> String {
    format!("{} ({})", judgement.rule_text, source(report, judgement.source))
}

/// Where a rule stands.
pub(super) fn source(report: &Report, source: Source) -> String {
    let line_number = match source {
        Source::BuiltIn => None,
        Source::Line(line_number) => Some(line_number),
    };
    place(report.context.config_path.as_deref(), line_number)
}

/// `regress.toml:12`.
///
/// * `line_number`: `None` for a rule that nobody wrote.
pub(super) fn place(path: Option<&str>, line_number: Option<usize>) -> String {
    match (path, line_number) {
        (_, None) => "built-in rule".to_owned(),
        (Some(path), Some(line_number)) => format!("{path}:{line_number}"),
        (None, Some(line_number)) => format!("line {line_number}"),
    }
}

/// A probability as a percentage, without digits that say nothing.
pub(super) fn percent(probability: f64) -> String {
    let text = format!("{:.4}", probability * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How many names stand for many.
const NAMES: usize = 5;
