use super::section::Align::{Left, Right};
use super::section::{Section, code, or_nothing, outcome, text};
use super::source::source;
use crate::signoff::{BudgetRow, BudgetUse, Document};
use crate::unit::{Scale, Unit, show_change};

/// A line for each budget, told by the row that has the least left.
pub(super) fn budgets(document: &Document) -> Section {
    let rows = document.budgets.iter().filter_map(|budget| {
        let tightest = budget.rows.first()?;
        let shown = |value: Option<f64>| value.map(|value| in_unit(budget, tightest, value));
        Some(vec![
            outcome(budget.outcome),
            code(format!("{} ({})", budget.rule, source(document, budget.line_number))),
            text(budget.rows.len().to_string()),
            code(format!("{} {}", tightest.benchmark, tightest.metric)),
            or_nothing(shown(tightest.measured)),
            or_nothing(shown(tightest.limit)),
            or_nothing(left(budget, tightest)),
        ])
    });
    let columns = [
        ("", Left),
        ("budget", Left),
        ("rows", Right),
        ("least left", Left),
        ("measured", Right),
        ("limit", Right),
        ("left", Right),
    ];
    Section::new("Budgets")
        .saying("Of each budget the row that is nearest to its limit.")
        .with(&columns, rows.collect())
}

/// A number of a budget as people write it.
fn in_unit(budget: &BudgetUse, row: &BudgetRow, value: f64) -> String {
    match row.unit.as_str() {
        "ratio" if budget.rule.starts_with("ratio") => format!("{value:.3}"),
        "ratio" => show_change(value),
        "exponent" => format!("n^{value:.2}"),
        unit => Scale::fitting(&Unit::from_name(unit), &[value]).show(value),
    }
}

/// `13.0 %` of a limit, `+0.30 %` of a change that may still come.
fn left(budget: &BudgetUse, row: &BudgetRow) -> Option<String> {
    let left = row.left?;
    match (row.unit.as_str(), row.left_share) {
        ("ratio", _) if !budget.rule.starts_with("ratio") => Some(format!("{:.2} points", left * 100.0)),
        ("ratio" | "exponent", _) => Some(format!("{left:.3}")),
        (_, Some(share)) => Some(format!("{:.1} %", share * 100.0)),
        (_, None) => Some(in_unit(budget, row, left)),
    }
}
