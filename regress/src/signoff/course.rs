use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::Facts;
use super::headroom::finite;
use super::word::as_word;
use crate::compare::{self, Comparison, Finding, Word};
use crate::model::{BenchId, Nature, Standing};
use crate::policy::{Outcome, Row};
use crate::unit::Better;

/// One row against the last release, and against the best that was ever recorded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Course {
    /// The benchmark.
    pub benchmark: String,
    /// The metric.
    pub metric: String,
    /// The base unit of its numbers.
    pub unit: String,
    /// The last release.
    pub old: Option<f64>,
    /// This one.
    pub new: Option<f64>,
    /// new ÷ old.
    pub ratio: Option<f64>,
    /// What new ÷ old can be believed to be at least.
    pub believed_low: Option<f64>,
    /// What it can be believed to be at most.
    pub believed_high: Option<f64>,
    /// What the evidence shows.
    #[serde(serialize_with = "as_word")]
    pub finding: Word,
    /// What the rules say.
    #[serde(serialize_with = "as_word")]
    pub outcome: Outcome,
    /// The best of all runs that can be compared; `None` where there is none.
    pub best: Option<Best>,
}

/// The best that was ever recorded of a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Best {
    /// The run it is of.
    pub run: String,
    /// What it was.
    pub value: Option<f64>,
    /// new ÷ best.
    pub ratio: Option<f64>,
    /// How much worse than its best the row is at least: a ratio of at least 1, by the evidence and not by its middle.
    pub loss_at_least: Option<f64>,
    /// What the evidence shows of new against best.
    #[serde(serialize_with = "as_word")]
    pub finding: Word,
}

/// Every row that a release is judged by, in the order of the verdicts.
pub(super) fn course(facts: &Facts<'_>) -> Vec<Course> {
    let best = best_ever(facts);
    facts.rows().map(|row| of_row(row, best.get(&key(&row.comparison)))).collect()
}

fn key(row: &Comparison) -> (BenchId, std::sync::Arc<str>) {
    (row.id.clone(), row.metric.name.clone())
}

fn of_row(row: &Row, best: Option<&(String, Comparison)>) -> Course {
    let comparison = &row.comparison;
    let change = comparison.change.as_ref();
    Course {
        benchmark: comparison.id.to_string(),
        metric: comparison.metric.name.to_string(),
        unit: comparison.metric.unit.name().to_owned(),
        old: comparison.old().and_then(|old| finite(old.center.point)),
        new: comparison.new_side().and_then(|new| finite(new.center.point)),
        ratio: change.and_then(|change| change.ratio).and_then(finite),
        believed_low: change.and_then(|change| finite(change.believed?.0)),
        believed_high: change.and_then(|change| finite(change.believed?.1)),
        finding: comparison.finding.word(),
        outcome: row.outcome(),
        best: best.map(|(run, against)| Best {
            run: run.clone(),
            value: against.old().and_then(|best| finite(best.center.point)),
            ratio: against.change.as_ref().and_then(|change| change.ratio).and_then(finite),
            loss_at_least: loss_at_least(against),
            finding: against.finding.word(),
        }),
    }
}

/// Of each row the run with the best number, and how this release stands to it. Runs that cannot be compared with this
/// release (times of another machine) do not take part; the last release does.
fn best_ever(facts: &Facts<'_>) -> BTreeMap<(BenchId, std::sync::Arc<str>), (String, Comparison)> {
    let mut best: BTreeMap<_, (String, Comparison)> = BTreeMap::new();
    if facts.history.is_empty() {
        return best;
    }
    for run in facts.history.iter().chain(facts.old) {
        for comparison in compare::compare(run, facts.new, facts.options) {
            let is_of_use = comparison.metric.standing == Standing::Headline
                && comparison.metric.better != Better::Unknown
                && comparison.change.is_some()
                && !matches!(comparison.finding, Finding::NotComparable(_));
            if !is_of_use {
                continue;
            }
            let is_better = best.get(&key(&comparison)).is_none_or(|(_, known)| value(&comparison) < value(known));
            if is_better {
                best.insert(key(&comparison), (run.label.clone(), comparison));
            }
        }
    }
    best
}

/// The old side's number, the smaller the better.
fn value(comparison: &Comparison) -> f64 {
    let point = comparison.old().map_or(f64::INFINITY, |old| old.center.point);
    match comparison.metric.better {
        Better::Higher => -point,
        Better::Lower | Better::Unknown => point,
    }
}

/// How much worse new is than old at least, as a ratio of at least 1; infinite from zero. `None` when nothing shows it.
fn loss_at_least(against: &Comparison) -> Option<f64> {
    if against.finding != Finding::Regressed {
        return None;
    }
    let change = against.change.as_ref()?;
    let worst_case = match (against.metric.nature, against.metric.better) {
        (Nature::Counted, Better::Higher) => change.ratio?.recip(),
        (Nature::Counted, _) => change.ratio.unwrap_or(f64::INFINITY),
        (Nature::Timed, Better::Higher) => change.believed?.1.recip(),
        (Nature::Timed, _) => change.believed?.0,
    };
    Some(worst_case.max(1.0)).and_then(finite)
}
