//! What the rules say of one kind of metric.

use super::super::answer::{Case, Found, State};
use super::super::unjudged;
use crate::model::{Aspect, METRICS};
use crate::policy::{Against, Judgement, Outcome, Row, RuleKind, WaiverState};
use crate::unit::{Scale, count};

pub(super) fn judged(case: &Case<'_>) -> Found {
    let all = case.facts.rows().count();
    let without = case.facts.rows().filter(|row| unjudged::reason(row).is_some()).count();
    let idle = case.facts.verdicts.missing.iter().filter(|(_, judgement)| judgement.outcome == Outcome::Broken).count();
    let state = match (all - without, without, idle) {
        (0, ..) => State::Fail,
        (_, _, 1..) => State::Fail,
        (_, 0, 0) => State::Pass,
        (_, _, 0) => State::NotMeasured,
    };
    let idle = (idle > 0).then(|| format!("{} without a measurement", count(idle, "budget")));
    let tally = format!("{} of {}", all - without, count(all, "row"));
    let parts: Vec<String> = [tally].into_iter().chain(idle).chain(unnamed(case.facts.details())).collect();
    Found::new(state, parts.join("; ")).shown_by(case.facts.budgets_file())
}

pub(super) fn allocations(case: &Case<'_>) -> Found {
    kept(case, "allocations", Aspect::Allocations)
}

pub(super) fn instructions(case: &Case<'_>) -> Found {
    kept(case, "instructions", Aspect::Instructions)
}

pub(super) fn time(case: &Case<'_>) -> Found {
    kept(case, "times", Aspect::Time)
}

/// A target is an absolute bound: a change against a P99 that was too long already says little.
pub(super) fn p99(case: &Case<'_>) -> Found {
    let rows: Vec<&Row> = rows_of(case, Aspect::P99).collect();
    if rows.is_empty() {
        return kept(case, &named("the slowest of a hundred", Aspect::P99), Aspect::P99);
    }
    let limits = rows.iter().filter(|row| row.judgements.iter().any(|judgement| judgement.rule == RuleKind::Limit));
    match limits.count() {
        0 => Found::new(State::NotMeasured, format!("{}, 0 of them with a `limit`", count(rows.len(), "row"))),
        _ => kept(case, &named("the slowest of a hundred", Aspect::P99), Aspect::P99),
    }
}

/// Zero is kept without a budget.
pub(super) fn leaks(case: &Case<'_>) -> Found {
    let all = rows_of(case, Aspect::Leaks).chain(details_of(case, Aspect::Leaks));
    let most = all.filter_map(|row| Some(row.comparison.new_side()?.range.1));
    let sides: Vec<f64> = most.collect();
    let is_judged = rows_of(case, Aspect::Leaks).any(|row| row.outcome() != Outcome::NotJudged);
    match sides.is_empty() || is_judged || sides.iter().any(|most| *most != 0.0) {
        true => kept(case, &named("what is never given back", Aspect::Leaks), Aspect::Leaks),
        false => Found::new(State::Pass, format!("0 at the end of {}", count(sides.len(), "row")))
            .shown_by(&case.facts.recipe.new),
    }
}

pub(super) fn contention(case: &Case<'_>) -> Found {
    kept(case, &named("waiting for locks", Aspect::Contention), Aspect::Contention)
}

/// A change that is demanded, and not only allowed: `<= -15%`.
pub(super) fn goals(case: &Case<'_>) -> Found {
    of_rules(case, "goals", Judgement::is_goal)
}

pub(super) fn growth(case: &Case<'_>) -> Found {
    of_rules(case, "bounds on growth", |judgement| judgement.rule == RuleKind::Scaling)
}

/// Whether all rules of a kind are kept.
fn of_rules(case: &Case<'_>, what: &str, is_meant: impl Fn(&Judgement) -> bool) -> Found {
    let all = case.facts.verdicts.rows.iter().flat_map(|row| &row.judgements);
    let judged: Vec<&Judgement> =
        all.filter(|judgement| is_meant(judgement) && judgement.outcome != Outcome::NotJudged).collect();
    let worst = judged.iter().max_by_key(|judgement| judgement.outcome);
    let kept = judged.iter().filter(|judgement| judgement.outcome == Outcome::Passed).count();
    let Some(worst) = worst else { return Found::new(State::NotApplicable, format!("0 {what} are written")) };
    let tally = format!("{kept} of {} kept", judged.len());
    let (state, found) = match worst.outcome {
        Outcome::Broken => (State::Fail, format!("{tally}; {}", worst.sentence)),
        Outcome::NotProven => (State::NotMeasured, format!("{tally}; {}", worst.sentence)),
        Outcome::NotJudged | Outcome::Passed | Outcome::Tolerated | Outcome::Excused => (State::Pass, tally),
    };
    Found::new(state, found).shown_by(case.facts.budgets_file())
}

pub(super) fn waivers(case: &Case<'_>) -> Found {
    let waivers = &case.facts.verdicts.waivers;
    let in_force = waivers.iter().filter(|waiver| waiver.state == WaiverState::InForce).count();
    let worst = waivers.iter().find(|waiver| match waiver.state {
        WaiverState::Expired | WaiverState::Exceeded | WaiverState::Refused | WaiverState::Unused => true,
        WaiverState::InForce | WaiverState::NotLookedAt => false,
    });
    let found = match (waivers.len(), worst) {
        (0, _) => return Found::new(State::NotApplicable, "0 waivers"),
        (all, None) => Found::new(State::Pass, format!("{in_force} of {all} in force")),
        (all, Some(waiver)) => {
            let found = format!("{in_force} of {all} in force; {}: {}", waiver.state.words(), waiver.sentence);
            // A profile may let an unused one pass.
            let fails = waiver.fails() || waiver.state != WaiverState::Unused;
            Found::new(if fails { State::Fail } else { State::Pass }, found)
        }
    };
    found.shown_by(case.facts.budgets_file())
}

/// With the metric that would tell of it: `waiting for locks (contended)`.
fn named(what: &str, aspect: Aspect) -> String {
    let names: Vec<&str> = METRICS.of(aspect).collect();
    format!("{what} ({})", names.join(", "))
}

/// The rows whose metric tells of this.
fn rows_of<'c>(case: &'c Case<'_>, aspect: Aspect) -> impl Iterator<Item = &'c Row> {
    case.facts.rows().filter(move |row| METRICS.aspect(&row.comparison.metric.name) == aspect)
}

/// The details whose metric tells of this.
fn details_of<'c>(case: &'c Case<'_>, aspect: Aspect) -> impl Iterator<Item = &'c Row> {
    case.facts.details().filter(move |row| METRICS.aspect(&row.comparison.metric.name) == aspect)
}

/// `3 details that no budget names`; `None` where there are none.
fn unnamed<'r>(details: impl Iterator<Item = &'r Row>) -> Option<String> {
    let n = details.count();
    (n > 0).then(|| format!("{} that no budget names", count(n, "detail")))
}

/// Whether all rules of rows that tell of this are kept.
fn kept(case: &Case<'_>, what: &str, aspect: Aspect) -> Found {
    let rows: Vec<&Row> = rows_of(case, aspect).collect();
    let of = |outcome: Outcome| rows.iter().filter(move |row| row.outcome() == outcome);
    let judged = rows.iter().filter(|row| row.outcome() != Outcome::NotJudged).count();
    let said = |row: &Row| {
        let judgement = row.judgements.first().map_or("", |judgement| judgement.sentence.as_str());
        format!("{} {}: {judgement}", row.comparison.id, row.comparison.metric.name)
    };
    let details = unnamed(details_of(case, aspect));
    let (state, found) = match (rows.len(), judged, of(Outcome::Broken).next(), of(Outcome::NotProven).next()) {
        (0, ..) => {
            let left_out: Vec<&str> = left_out(case, aspect).collect();
            return match (left_out.is_empty(), details) {
                (true, None) => Found::new(State::NotMeasured, format!("0 rows measure {what}")),
                (true, Some(details)) => Found::new(State::NotMeasured, format!("{what}: {details}")),
                (false, _) => Found::new(State::NotApplicable, format!("0 rows: --without {}", left_out.join(", "))),
            };
        }
        (1, 0, ..) => (State::NotMeasured, "1 row, and no rule judges it".to_owned()),
        (all, 0, ..) => (State::NotMeasured, format!("{}, and no rule judges them", count(all, "row"))),
        (_, _, Some(row), _) => (
            State::Fail,
            format!("{} of {} beyond budget; {}", of(Outcome::Broken).count(), count(judged, "row"), said(row)),
        ),
        (_, _, None, Some(row)) => {
            let open = of(Outcome::NotProven).count();
            (State::NotMeasured, format!("{open} of {} cannot be told; {}", count(judged, "row"), said(row)))
        }
        (_, _, None, None) => {
            let is_shown = of(Outcome::Passed).next().is_some();
            (if is_shown { State::Pass } else { State::NotMeasured }, within(&rows, judged, details))
        }
    };
    Found::new(state, found).shown_by(case.facts.budgets_file())
}

/// Metrics of this kind that were left out on purpose.
fn left_out<'f>(case: &'f Case<'_>, aspect: Aspect) -> impl Iterator<Item = &'f str> {
    case.facts.recipe.without.iter().map(String::as_str).filter(move |metric| METRICS.aspect(metric) == aspect)
}

/// `45 of 45 rows; least left: request/verify/n1 allocs 9, allowed < 10 (10 % left)`.
///
/// * `details`: what is said of the details.
fn within(rows: &[&Row], judged: usize, details: Option<String>) -> String {
    let excused = rows.iter().filter(|row| row.outcome() == Outcome::Excused).count();
    let untold = rows.iter().filter(|row| row.outcome() == Outcome::Tolerated).count();
    let mut parts = vec![format!("{} of {}", judged - excused - untold, count(judged, "row"))];
    if judged < rows.len() {
        parts.push(format!("{} more that no rule judges", rows.len() - judged));
    }
    parts.extend(details);
    if excused > 0 {
        parts.push(format!("{excused} excused"));
    }
    if untold > 0 {
        parts.push(format!("{untold} cannot be told and need not be"));
    }
    let limits = rows.iter().flat_map(|row| row.judgements.iter().filter_map(|judgement| room(row, judgement)));
    if let Some((share, text)) = limits.min_by(|(a, _), (b, _)| a.total_cmp(b)) {
        let percent = share * 100.0;
        parts.push(format!("least left: {text} ({percent:.1} % left)"));
    }
    parts.join("; ")
}

/// The share of an upper or lower limit that is left, and the row in words; `None` for other rules, and for a limit of
/// zero, of which nothing is ever left.
fn room(row: &Row, judgement: &Judgement) -> Option<(f64, String)> {
    let Against { found, bound } = judgement.against.filter(|against| against.bound.value != 0.0)?;
    let left = match (judgement.rule, bound.is_upper()?) {
        (RuleKind::Limit, true) => bound.value - found,
        (RuleKind::Limit, false) => found - bound.value,
        _ => return None,
    };
    let (id, metric) = (&row.comparison.id, &row.comparison.metric);
    let shown = Scale::fitting(&metric.unit, &[found]).show(found);
    Some((left / bound.value.abs(), format!("{id} {} {shown}, {}", metric.name, judgement.rule_text)))
}
