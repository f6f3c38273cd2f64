//! How far the measurements can be trusted.

use super::super::answer::{Case, Found, State};
use crate::compare::Finding;
use crate::model::{Nature, Noise};
use crate::policy::{Day, Row};
use crate::unit::{count, count_doing};

/// A null run older than this says little of the machine as it is; chosen.
const NULL_RUN_DAYS_MAX: i64 = 30;

/// Rows that a clock took.
fn timed<'a>(case: &'a Case<'_>) -> impl Iterator<Item = &'a Row> {
    let is_timed = |row: &&Row| row.comparison.metric.nature == Nature::Timed && row.comparison.new_side().is_some();
    case.facts.rows().filter(is_timed)
}

/// Rows in which a measurement of time is compared with another.
fn compared<'a>(case: &'a Case<'_>) -> impl Iterator<Item = &'a Row> {
    timed(case)
        .filter(|row| row.comparison.change.is_some() && !matches!(row.comparison.finding, Finding::NotComparable(_)))
}

/// Whether a warning is about the order of the measurements: each begins with its side.
fn tells_of_drift(warning: &str) -> bool {
    warning.starts_with("old: ") || warning.starts_with("new: ")
}

pub(super) fn steady(case: &Case<'_>) -> Found {
    let (all, drifting) = (
        timed(case).count(),
        timed(case).filter(|row| row.comparison.warnings.iter().any(|text| tells_of_drift(text))).count(),
    );
    if all == 0 {
        return Found::new(State::NotApplicable, "0 rows are times: counts need no warm-up");
    }
    let compared = compared(case).count();
    let (state, found) = match (compared, drifting) {
        (0, _) => (State::NotMeasured, format!("0 of {} looked at: nothing to compare with", count(all, "row"))),
        (n, 0) => (State::Pass, format!("0 of {}", count_doing(n, "row", "drift"))),
        // What still drifts has not reached the state that it would stay in: that was not measured.
        (n, _) => (State::NotMeasured, format!("{drifting} of {}, see the warnings", count_doing(n, "row", "drift"))),
    };
    Found::new(state, found).shown_by(&case.facts.recipe.new)
}

pub(super) fn null_run(case: &Case<'_>) -> Found {
    let compared = compared(case).count();
    if compared == 0 {
        return Found::new(State::NotApplicable, "0 rows compare times");
    }
    let Some(noise) = case.facts.noise else {
        return Found::new(
            State::NotMeasured,
            format!("{} of compared times; `regress null` measures their noise", count(compared, "row")),
        );
    };
    let artefact = case.facts.recipe.noise.clone().unwrap_or_default();
    let days = |n: i64| count(usize::try_from(n).unwrap_or(usize::MAX), "day");
    let found = match measured_on(noise) {
        None => Found::new(State::NotMeasured, "the null run does not say when it was"),
        Some(day) => match case.facts.today.days_since(day) {
            age if age < 0 => Found::new(State::Fail, format!("{day} lies {} after {}", days(-age), case.facts.today)),
            age if age > NULL_RUN_DAYS_MAX => {
                Found::new(State::Fail, format!("{} old ({day}), allowed {NULL_RUN_DAYS_MAX}", days(age)))
            }
            age => Found::new(State::Pass, format!("{} old ({day})", days(age))),
        },
    };
    found.shown_by(artefact)
}

pub(super) fn measured_on(noise: &Noise) -> Option<Day> {
    Day::parse(noise.provenance.recorded_at.as_deref()?.split('T').next()?).ok()
}

/// The comparison promises at most `alpha` of any false finding.
pub(super) fn false_alarms(case: &Case<'_>) -> Found {
    if compared(case).next().is_none() {
        return Found::new(State::NotApplicable, "0 rows compare times");
    }
    let Some(noise) = case.facts.noise.filter(|noise| noise.runs > 0) else {
        return Found::new(State::NotMeasured, "0 runs were redrawn; `regress null` does");
    };
    let rate = noise.false_runs as f64 / noise.runs as f64;
    let alpha = case.facts.options.alpha;
    let found = format!("{} of {} redrawn runs, promised {} of 100", noise.false_runs, noise.runs, alpha * 100.0);
    let state = if rate <= alpha { State::Pass } else { State::Fail };
    Found::new(state, found).shown_by(case.facts.recipe.noise.clone().unwrap_or_default())
}
