use super::context::{Context, Show};
use crate::compare::{Finding, Word};
use crate::model::Standing;
use crate::policy::{Outcome, Row, Source};

/// A row with its place in the report.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub row: Row,
    pub outcome: Outcome,
    pub word: Word,
    pub place: Place,
    /// How far apart old and new are: |ln(new ÷ old)|, infinite when one of them is zero.
    pub size: f64,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Table,
    /// Counted, not listed.
    Folded(Fold),
}

/// Why a row is counted and not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fold {
    /// Equal, or proved to be.
    Unchanged,
    /// The two sides were not measured alike; said once, as a note.
    NotCompared,
    /// Only the new side has it.
    New,
    /// Only the old side has it, and nobody expected otherwise.
    Gone,
    /// It explains another metric, and no rule names it.
    Detail,
    /// It changed by less than somebody wants to see.
    Small,
    /// No rule speaks of it, and there is nothing to compare it with.
    NoRule,
}

impl Line {
    pub fn of(row: Row, context: &Context) -> Line {
        let outcome = row.outcome();
        Line { outcome, word: word(&row, context), place: place(&row, outcome, context), size: size(&row), row }
    }
}

fn word(row: &Row, context: &Context) -> Word {
    match row.comparison.finding.word() {
        Word::New if context.old.is_none() => Word::NotJudged,
        word => word,
    }
}

fn place(row: &Row, outcome: Outcome, context: &Context) -> Place {
    if context.show == Show::All || outcome >= Outcome::Excused {
        return Place::Table;
    }
    if row.comparison.metric.standing == Standing::Detail && !is_judged_by_a_written_rule(row) {
        return Place::Folded(Fold::Detail);
    }
    match row.comparison.finding {
        Finding::Regressed | Finding::Improved | Finding::Differs | Finding::NotProven(_) | Finding::WithinBudget => {
            Place::Table
        }
        Finding::Unchanged => Place::Folded(Fold::Unchanged),
        Finding::NotComparable(_) => Place::Folded(Fold::NotCompared),
        Finding::OnlyOld if outcome == Outcome::NotJudged => Place::Folded(Fold::Gone),
        Finding::OnlyOld | Finding::Crashed(_) => Place::Table,
        Finding::OnlyNew if context.old.is_some() => Place::Folded(Fold::New),
        Finding::OnlyNew if outcome == Outcome::NotJudged => Place::Folded(Fold::NoRule),
        Finding::OnlyNew => Place::Table,
    }
}

fn is_judged_by_a_written_rule(row: &Row) -> bool {
    row.judgements
        .iter()
        .any(|judgement| matches!(judgement.source, Source::Line(_)) && judgement.outcome != Outcome::NotJudged)
}

fn size(row: &Row) -> f64 {
    let change = row.comparison.change.as_ref();
    change.map_or(0.0, |change| match change.ratio {
        Some(ratio) => ratio.ln().abs(),
        None if change.shift.point == 0.0 => 0.0,
        None => f64::INFINITY,
    })
}
