//! What became of the numbers since.

use super::super::answer::{Case, Found, State};
use super::super::course::{Best, Course};
use crate::compare::{Finding, Word};
use crate::policy::{Excuse, Outcome, RuleKind};
use crate::unit::{count, show_change};

pub(super) fn regressions(case: &Case<'_>) -> Found {
    let Some(name) = &case.facts.recipe.old else {
        return Found::new(State::NotApplicable, "0 rows: no last release was named");
    };
    let rows: Vec<_> = case.facts.rows().collect();
    let has_changed = |outcome: Outcome| {
        let of_change = move |row: &&&crate::policy::Row| {
            row.judgements.iter().any(|judgement| judgement.rule == RuleKind::Change && judgement.outcome == outcome)
        };
        rows.iter().filter(of_change).count()
    };
    let found = |wanted: fn(&Finding) -> bool| rows.iter().filter(|row| wanted(&row.comparison.finding)).count();
    let regressed = found(|finding| matches!(finding, Finding::Regressed | Finding::Crashed(_)));
    let improved = found(|finding| matches!(finding, Finding::Improved));
    let compared = rows.iter().filter(|row| is_compared(&row.comparison.finding)).count();
    let (broken, open) = (has_changed(Outcome::Broken), has_changed(Outcome::NotProven));
    let tally = format!("{regressed} of {} regressed, {improved} improved", count(compared, "row"));
    let judged = |row: &&&crate::policy::Row| row.judgements.iter().any(|judgement| judgement.rule == RuleKind::Change);
    let of_change = |row: &crate::policy::Row| {
        let mut of_change = row.judgements.iter().filter(|judgement| judgement.rule == RuleKind::Change);
        of_change.any(|judgement| matches!(judgement.excuse, Some(Excuse::Warned(_))))
    };
    let warned = rows.iter().filter(|row| of_change(row)).count();
    let (state, text) = match (compared, broken, open, regressed) {
        (0, ..) => (State::NotMeasured, "0 rows could be compared".to_owned()),
        (_, 0, 0, 1..) if rows.iter().filter(judged).count() == 0 => {
            (State::NotMeasured, format!("{tally}; no rule judges a change"))
        }
        (_, 0, 0, _) if warned > 0 => (State::NotMeasured, format!("{tally}; {warned} only warned of")),
        (_, 0, 0, 0) => (State::Pass, tally),
        (_, 0, 0, _) => (State::Pass, format!("{tally}; none beyond what is allowed")),
        (_, 0, _, _) => (State::NotMeasured, format!("{tally}; of {open} it cannot be told")),
        _ => (State::Fail, format!("{tally}; {broken} beyond what is allowed")),
    };
    Found::new(state, text).shown_by(name)
}

fn is_compared(finding: &Finding) -> bool {
    match finding {
        Finding::NotComparable(_) | Finding::OnlyOld | Finding::OnlyNew => false,
        Finding::Regressed
        | Finding::Improved
        | Finding::Unchanged
        | Finding::WithinBudget
        | Finding::Differs
        | Finding::NotProven(_)
        | Finding::Crashed(_) => true,
    }
}

/// Small losses that each release allowed add up; only what the evidence shows to lie beyond `--creep` fails.
pub(super) fn best(case: &Case<'_>) -> Found {
    let known: Vec<(&Course, &Best)> = case.course.iter().filter_map(|row| Some((row, row.best.as_ref()?))).collect();
    let runs = case.facts.recipe.history.join(", ");
    if case.facts.history.is_empty() {
        return Found::new(State::NotApplicable, "0 earlier runs; --history names them");
    }
    if known.is_empty() {
        return Found::new(State::NotMeasured, "0 rows could be compared with an earlier run").shown_by(runs);
    }
    let mut lost: Vec<(f64, &Course, &Best)> = known
        .iter()
        .filter(|(_, best)| best.finding == Word::Regressed)
        .map(|(row, best)| (loss(best), *row, *best))
        .collect();
    lost.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
    let tally = format!("{} of {} worse than the best ever", lost.len(), count(known.len(), "row"));
    let worst = lost.first().map(|(loss, row, best)| {
        let by = if loss.is_finite() { format!("at least {}", show_change(*loss)) } else { "from zero".to_owned() };
        format!("; most {} {}: {by} since {}", row.benchmark, row.metric, best.run)
    });
    let text = format!("{tally}{}", worst.unwrap_or_default());
    let (state, text) = match (case.facts.creep, lost.first()) {
        (_, None) => (State::Pass, text),
        (Some(creep), Some((loss, ..))) if *loss <= creep => {
            (State::Pass, format!("{text}; within {}", show_change(creep)))
        }
        (Some(creep), Some(_)) => (State::Fail, format!("{text}; allowed {}", show_change(creep))),
        (None, Some(_)) => (State::NotApplicable, format!("no bound (--creep); {text}")),
    };
    Found::new(state, text).shown_by(runs)
}

/// The loss that the evidence shows, as a ratio; from zero infinite.
fn loss(best: &Best) -> f64 {
    best.loss_at_least.unwrap_or(f64::INFINITY)
}
