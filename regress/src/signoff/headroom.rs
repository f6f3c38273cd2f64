use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::Facts;
use super::word::as_word;
use crate::policy::{Against, Bound, Judgement, Outcome, Row, RuleKind, Source};

/// A budget, and how much of it is used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BudgetUse {
    /// The rule as it is written: `limit < 10`.
    pub rule: String,
    /// The line it stands on; `None` for a built-in rule.
    pub line_number: Option<usize>,
    /// Why it is there.
    pub why: Option<String>,
    /// The gravest of its rows.
    #[serde(serialize_with = "as_word")]
    pub outcome: Outcome,
    /// Its rows, those with the least left first.
    pub rows: Vec<BudgetRow>,
}

/// One row of a budget.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BudgetRow {
    /// The benchmark.
    pub benchmark: String,
    /// The metric.
    pub metric: String,
    /// What the rule says of it.
    #[serde(serialize_with = "as_word")]
    pub outcome: Outcome,
    /// The unit of the three numbers: the metric's, `ratio`, `exponent` or `count`.
    pub unit: String,
    /// What it may be.
    pub limit: Option<f64>,
    /// What it is.
    pub measured: Option<f64>,
    /// How far it may still move before the rule breaks; negative beyond it, `None` where the rule has no such side.
    pub left: Option<f64>,
    /// `left` as a share of the limit; `None` for a limit of zero.
    pub left_share: Option<f64>,
    /// What was found, in words.
    pub found: String,
}

/// One rule, and what it said of each of its rows.
struct Applied<'a> {
    judgement: &'a Judgement,
    rows: Vec<(Outcome, BudgetRow)>,
}

/// Every budget that judged something: written ones in the order of the file, then built-in ones.
pub(super) fn budgets(facts: &Facts<'_>) -> Vec<BudgetUse> {
    // By line, and by rule where one line holds several.
    let mut applied: BTreeMap<(usize, &str), Applied> = BTreeMap::new();
    for row in &facts.verdicts.rows {
        for judgement in row.judgements.iter().filter(|judgement| judgement.outcome != Outcome::NotJudged) {
            let place = line_number(judgement.source).unwrap_or(usize::MAX);
            let one = applied.entry((place, &judgement.rule_text)).or_insert(Applied { judgement, rows: Vec::new() });
            one.rows.push((judgement.outcome, budget_row(row, judgement)));
        }
    }
    applied.into_values().map(BudgetUse::of).collect()
}

impl BudgetUse {
    fn of(Applied { judgement, mut rows }: Applied) -> BudgetUse {
        rows.sort_by(|(a_outcome, a), (b_outcome, b)| b_outcome.cmp(a_outcome).then_with(|| tightest_first(a, b)));
        let outcome = rows.iter().map(|(outcome, _)| *outcome).max().unwrap_or(Outcome::NotJudged);
        BudgetUse {
            rule: judgement.rule_text.clone(),
            line_number: line_number(judgement.source),
            why: judgement.why.as_deref().map(str::to_owned),
            outcome,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        }
    }
}

pub(super) fn line_number(source: Source) -> Option<usize> {
    match source {
        Source::Line(line_number) => Some(line_number),
        Source::BuiltIn => None,
    }
}

fn tightest_first(a: &BudgetRow, b: &BudgetRow) -> Ordering {
    let key = |row: &BudgetRow| row.left_share.or(row.left).unwrap_or(f64::INFINITY);
    let names = (&a.benchmark, &a.metric).cmp(&(&b.benchmark, &b.metric));
    key(a).total_cmp(&key(b)).then(names)
}

fn budget_row(row: &Row, judgement: &Judgement) -> BudgetRow {
    let metric = &row.comparison.metric;
    let (limit, measured) = match judgement.against {
        Some(Against { found, bound }) => (finite(bound.value), finite(found)),
        None => (None, None),
    };
    let left = judgement.against.and_then(|Against { found, bound }| left(bound, found));
    BudgetRow {
        benchmark: row.comparison.id.to_string(),
        metric: metric.name.to_string(),
        outcome: judgement.outcome,
        unit: unit(row, judgement),
        limit,
        measured,
        left: left.and_then(finite),
        left_share: left
            .zip(limit)
            .filter(|(_, limit)| *limit != 0.0)
            .and_then(|(left, limit)| finite(left / limit.abs())),
        found: judgement.sentence.clone(),
    }
}

/// What a judgement's numbers are: in the metric's unit, new ÷ old or one benchmark ÷ another, or the exponent of a growth.
fn unit(row: &Row, judgement: &Judgement) -> String {
    match judgement.rule {
        RuleKind::Change if judgement.rule_text.contains('%') => "ratio".to_owned(),
        RuleKind::Ratio => "ratio".to_owned(),
        RuleKind::Scaling => "exponent".to_owned(),
        RuleKind::MinSamples => "count".to_owned(),
        RuleKind::Change | RuleKind::Limit | RuleKind::Present | RuleKind::Unproven => {
            row.comparison.metric.unit.name().to_owned()
        }
    }
}

/// How far `found` may move before it breaks `bound`. `None` for `==`, which has no room.
fn left(bound: Bound, found: f64) -> Option<f64> {
    match bound.is_upper()? {
        true => Some(bound.value - found),
        false => Some(found - bound.value),
    }
}

pub(super) fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Operator;

    #[test]
    fn what_is_left_is_how_far_the_number_may_move() {
        let bound = |operator, value| Bound { operator, value };
        assert_eq!(left(bound(Operator::Less, 10.0), 7.0), Some(3.0));
        assert_eq!(left(bound(Operator::AtMost, 10.0), 12.0), Some(-2.0));
        assert_eq!(left(bound(Operator::AtLeast, 100.0), 150.0), Some(50.0));
        assert_eq!(left(bound(Operator::Equal, 0.0), 0.0), None);
    }
}
