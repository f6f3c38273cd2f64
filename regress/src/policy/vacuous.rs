//! Rules that would pass whatever happens, because they are about nothing.

use super::budget::{Budget, Budgets};
use super::entry::{EntryError, did_you_mean, metric_meant};
use super::judgement::{Judgement, Row};
use super::level::Level;
use super::outcome::Outcome;
use super::profile::Topic;
use super::request::Request;
use super::rules::{Rule, RuleKind, scaling};
use super::scope::Scope;
use super::source::Source;
use crate::compare::{Comparison, Sides};
use crate::model::{Nature, Warning};

/// The budgets of the file, each with its line.
pub(super) fn written(budgets: &Budgets) -> impl Iterator<Item = (usize, &Budget)> {
    budgets.iter().filter_map(|budget| match budget.source {
        Source::BuiltIn => None,
        Source::Line(line_number) => Some((line_number, budget)),
    })
}

/// Budgets whose pattern matches no benchmark of either side. `present = true` is a verdict instead.
pub(super) fn rules_about_nothing(request: &Request<'_>) -> Vec<EntryError> {
    if request.selection.some_benchmarks {
        return Vec::new();
    }
    let demands_presence = |budget: &Budget| budget.rules.contains(&Rule::Present(true));
    written(&request.policy.budgets)
        .filter(|(_, budget)| !demands_presence(budget))
        .filter(|(_, budget)| !request.comparisons.iter().any(|row| budget.scope.benchmark.matches(&row.id)))
        .filter(|(_, budget)| !budget.scope.metric.as_deref().is_some_and(|m| request.selection.leaves_out(m)))
        .map(|(line_number, budget)| EntryError {
            line_number,
            problem: format!("benchmark `{}` matches nothing that was measured", budget.scope.benchmark),
            next_step: nearest_benchmark(&budget.scope, &request.comparisons),
        })
        .collect()
}

fn nearest_benchmark(scope: &Scope, rows: &[Comparison]) -> String {
    let pattern = scope.benchmark.to_string();
    let bare = pattern.replace('*', "");
    let meant = did_you_mean(bare.trim_end_matches('/'), rows.iter().map(|row| row.id.as_str()));
    format!("{meant}remove the budget, or mend its name")
}

/// Budgets for a metric that none of their benchmarks has, and bounds on growth that find no size: they would pass
/// whatever happens. Each with the level of its rule, which is not `off`.
pub(super) fn never_measured(request: &Request<'_>) -> Vec<(Level, Judgement)> {
    written(&request.policy.budgets)
        .filter_map(|(line_number, budget)| {
            let (rule, sentence) = match is_never_measured(budget, request) {
                true => (budget.rules.first()?, unmeasured_sentence(budget)),
                false => (unsized_rule(budget, request)?, unsized_sentence(budget)),
            };
            let metric = budget.scope.metric.as_deref();
            let level = request.policy.profile.level(Topic::Rule(rule.kind()), metric.unwrap_or_default()).level;
            (level != Level::Off).then(|| (level, judgement(budget, rule, line_number, sentence)))
        })
        .collect()
}

/// The bound on growth of a budget that finds no cost with a size in its name.
fn unsized_rule<'a>(budget: &'a Budget, request: &Request<'_>) -> Option<&'a Rule> {
    let rule = budget.rules.iter().find(|rule| rule.kind() == RuleKind::Scaling)?;
    let is_looked_at = request.comparisons.iter().any(|row| budget.scope.holds(&row.id, &row.metric.name));
    let leaves_out = |metric: &str| request.selection.leaves_out(metric);
    let left_out = budget.scope.metric.is_none() && scaling::COSTS.into_iter().all(leaves_out);
    (is_looked_at && !left_out && !scaling::speaks_of(&budget.scope, request.new)).then_some(rule)
}

fn unsized_sentence(budget: &Budget) -> String {
    let Scope { benchmark, metric, .. } = &budget.scope;
    let metric = metric.as_deref().unwrap_or("instructions or time");
    format!("no {metric} of `{benchmark}` has a size in its name: a number in the last part (n1000, d512, size=4k)")
}

fn is_never_measured(budget: &Budget, request: &Request<'_>) -> bool {
    let matches = |row: &&Comparison| budget.scope.benchmark.matches(&row.id);
    let metric = budget.scope.metric.as_deref();
    let seen = request.comparisons.iter().filter(matches).any(|row| metric.is_none_or(|m| m == &*row.metric.name));
    let left_out = metric.is_some_and(|metric| request.selection.leaves_out(metric));
    let filtered = request.selection.some_benchmarks && !request.comparisons.iter().any(|row| matches(&row));
    !seen && !left_out && !filtered
}

fn unmeasured_sentence(budget: &Budget) -> String {
    let benchmark = &budget.scope.benchmark;
    match budget.scope.metric.as_deref() {
        Some(metric) => format!(
            "{metric} of `{benchmark}` was never measured; {}run the benchmark that measures it, or say --without {metric}",
            metric_meant(metric).replace(&format!("did you mean `{metric}`? "), ""),
        ),
        None => format!("`{benchmark}` was never measured; renamed, removed, filtered out or crashed"),
    }
}

fn judgement(budget: &Budget, rule: &Rule, line_number: usize, sentence: String) -> Judgement {
    Judgement {
        outcome: Outcome::Broken,
        excuse: None,
        rule: rule.kind(),
        rule_text: format!("{} {}", rule.kind().info().key, rule.text()),
        source: Source::Line(line_number),
        sentence,
        advice: None,
        against: None,
        why: budget.why.clone(),
    }
}

/// Rules on a change whose rows all lack an old side: true, but worth saying.
pub(super) fn never_compared(request: &Request<'_>) -> Vec<Warning> {
    if request.old.is_none() {
        return Vec::new();
    }
    written(&request.policy.budgets)
        .filter(|(_, budget)| budget.rules.iter().any(|rule| rule.kind() == RuleKind::Change))
        .filter_map(|(line_number, budget)| {
            let metric = budget.scope.metric.as_deref()?;
            let mut rows = request.comparisons.iter().filter(|row| budget.scope.holds(&row.id, &row.metric.name)).peekable();
            rows.peek()?;
            let timed = rows.peek().is_some_and(|row| row.metric.nature == Nature::Timed);
            rows.all(|row| matches!(row.sides, Sides::OnlyNew(_))).then(|| {
                let advice = if timed { "; record both sides on one machine to compare times" } else { "" };
                Warning::general(format!(
                    "line {line_number} bounds the change of {metric}, and the old side has no {metric} of `{}`: nothing was compared{advice}",
                    budget.scope.benchmark
                ))
            })
        })
        .collect()
}

/// Whether no row that a budget speaks of has an old side.
pub(super) fn is_never_compared(budget: &Budget, rows: &[Row]) -> bool {
    let mut of_it = rows.iter().filter(|row| budget.scope.holds(&row.comparison.id, &row.comparison.metric.name));
    of_it.all(|row| matches!(row.comparison.sides, Sides::OnlyNew(_)))
}
