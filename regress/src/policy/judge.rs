use std::collections::BTreeSet;

use super::budget::{Budget, Budgets, Source};
use super::case::Case;
use super::entry::{EntryError, did_you_mean, metric_meant};
use super::outcome::Outcome;
use super::rules::{Rule, RuleKind, Ruling, Unproven};
use super::scope::Scope;
use super::verdict::{Judgement, Row, Verdicts};
use crate::compare::{self, Comparison, Finding, Options, Reason, Sides};
use crate::model::{BenchId, METRICS, Nature, Run, Standing, Warning};
use crate::parallel::in_parts;

/// What is judged, and by what.
pub struct Request<'a> {
    /// The evidence.
    pub comparisons: Vec<Comparison>,
    /// The side compared against; `None` when there is none.
    pub old: Option<&'a Run>,
    /// The side that is judged.
    pub new: &'a Run,
    /// The rules.
    pub budgets: &'a Budgets,
    /// What the comparison took as given.
    pub options: &'a Options,
    /// What the user left out on purpose.
    pub selection: &'a Selection,
    /// Benchmarks that are in neither side though they were asked for, with the reason: `crashed: …`.
    pub unmeasured: Vec<(BenchId, String)>,
}

/// What the user left out on purpose: a rule about it is not a rule about nothing.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only some benchmarks are looked at.
    pub some_benchmarks: bool,
    /// Only these metrics are looked at; empty for all.
    pub metrics: Vec<String>,
    /// Metrics that could not be measured here.
    pub without: Vec<String>,
    /// Only counts are looked at.
    pub counts_only: bool,
}

/// So many rows are worth a core's while; chosen.
const PART: usize = 256;

/// Judges every row by the rules that hold for it.
///
/// # Errors
/// Rules that speak of no benchmark on either side: they would pass whatever happens.
pub fn judge(request: Request<'_>) -> Result<Verdicts, Vec<EntryError>> {
    let errors = rules_about_nothing(&request);
    if !errors.is_empty() {
        return Err(errors);
    }
    let new_benchmarks: BTreeSet<&BenchId> = request.new.observations().iter().map(|o| &o.id).collect();
    let headlines = request.comparisons.iter().filter(|row| row.metric.standing == Standing::Headline);
    let headlined: BTreeSet<BenchId> = headlines.map(|row| row.id.clone()).collect();
    let means = compare::geomeans(&request.comparisons);
    let mut missing = never_measured(&request);
    let mut warnings = never_compared(&request);
    let Request { comparisons, old, new, budgets, options, selection, unmeasured } = request;
    missing.extend(unmeasured.into_iter().map(|(id, sentence)| (Some(id), unmeasured_judgement(sentence))));
    let judgements_of = |row: &Comparison| {
        let benchmark_is_new_side = new_benchmarks.contains(&row.id);
        let benchmark_has_headline = headlined.contains(&row.id);
        let mut judgements: Vec<Judgement> = budgets
            .holding(&row.id, &row.metric.name)
            .into_iter()
            .filter_map(|(budget, rule)| {
                let scope = &budget.scope;
                let case = Case { row, scope, new, options, benchmark_is_new_side, benchmark_has_headline };
                apply(budget, rule, &case, budgets, selection)
            })
            .collect();
        judgements.sort_by_key(|judgement| (std::cmp::Reverse(judgement.outcome), judgement.rule));
        judgements
    };
    let judgements = in_parts(&comparisons, PART, |rows| rows.iter().map(judgements_of).collect::<Vec<_>>());
    for row in &comparisons {
        warnings.extend(row.warnings.iter().map(|text| Warning::about(&row.id, &row.metric.name, text.clone())));
    }
    let judged = comparisons.into_iter().zip(judgements.into_iter().flatten());
    let rows = judged.map(|(comparison, judgements)| Row { comparison, judgements }).collect();
    warnings.extend(old.into_iter().chain([new]).flat_map(|run| run.warnings.iter().cloned()));
    Ok(Verdicts { rows, missing, means, warnings })
}

/// What was asked for and is in neither side breaks the built-in rule that a benchmark is there.
fn unmeasured_judgement(sentence: String) -> Judgement {
    Judgement {
        outcome: Outcome::Broken,
        rule: RuleKind::Present,
        rule_text: "present true".to_owned(),
        source: Source::BuiltIn,
        sentence,
        advice: None,
        against: None,
        why: None,
    }
}

fn apply(budget: &Budget, rule: &Rule, case: &Case<'_>, budgets: &Budgets, selection: &Selection) -> Option<Judgement> {
    let Ruling { outcome, sentence, advice, against } = match excused(rule, case, selection) {
        Some((outcome, reason)) => Ruling { outcome, sentence: reason, advice: None, against: None },
        None => rule.judge(case)?,
    };
    let tolerated = outcome == Outcome::NotProven
        && rule.kind() == RuleKind::Change
        // What a crash has hidden is no change too small to be told.
        && !matches!(case.row.finding, Finding::Crashed(_))
        && unproven_passes(budgets, &case.row.id, &case.row.metric.name);
    Some(Judgement {
        outcome: if tolerated { Outcome::Tolerated } else { outcome },
        rule: rule.kind(),
        rule_text: format!("{} {}", rule.kind().info().key, rule.text()),
        source: budget.source,
        sentence,
        advice,
        against,
        why: budget.why.clone(),
    })
}

/// Why a rule says nothing about a row it would otherwise judge; or is kept without a look at the numbers.
fn excused(rule: &Rule, case: &Case<'_>, selection: &Selection) -> Option<(Outcome, String)> {
    let metric = &case.row.metric.name;
    if let (RuleKind::Change, Finding::NotComparable(reason @ (Reason::SameCode | Reason::SameFunctions))) =
        (rule.kind(), &case.row.finding)
    {
        return Some((Outcome::Passed, reason.to_string()));
    }
    let reason = match (rule.kind(), &case.row.finding) {
        (RuleKind::Present, Finding::OnlyOld) if selection.without.iter().any(|name| **name == **metric) => {
            Some(format!("{metric} is not measured here, as --without says"))
        }
        (RuleKind::Change, Finding::NotComparable(reason)) => Some(reason.to_string()),
        // A detail that vanishes is missed where a budget names it, or where nothing else tells that the benchmark did.
        (RuleKind::Present, Finding::OnlyOld)
            if case.row.metric.standing == Standing::Detail
                && case.scope.metric.is_none()
                && (case.benchmark_is_new_side || case.benchmark_has_headline) =>
        {
            Some("a detail of another metric".to_owned())
        }
        _ => None,
    };
    reason.map(|reason| (Outcome::NotJudged, reason))
}

fn unproven_passes(budgets: &Budgets, id: &BenchId, metric: &str) -> bool {
    budgets.holding(id, metric).iter().any(|(_, rule)| **rule == Rule::Unproven(Unproven::Pass))
}

impl Selection {
    fn leaves_out(&self, metric: &str) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == metric);
        let timed = || METRICS.get(metric).is_some_and(|known| known.nature == Nature::Timed);
        named(&self.without) || (!self.metrics.is_empty() && !named(&self.metrics)) || (self.counts_only && timed())
    }
}

fn written(budgets: &Budgets) -> impl Iterator<Item = (usize, &Budget)> {
    budgets.iter().filter_map(|budget| match budget.source {
        Source::BuiltIn => None,
        Source::Line(line_number) => Some((line_number, budget)),
    })
}

/// Budgets whose pattern matches no benchmark of either side. `present = true` is a verdict instead.
fn rules_about_nothing(request: &Request<'_>) -> Vec<EntryError> {
    if request.selection.some_benchmarks {
        return Vec::new();
    }
    let demands_presence = |budget: &Budget| budget.rules.contains(&Rule::Present(true));
    written(request.budgets)
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

/// Budgets for a metric that none of their benchmarks has: they would pass whatever happens.
fn never_measured(request: &Request<'_>) -> Vec<(Option<BenchId>, Judgement)> {
    written(request.budgets)
        .filter_map(|(line_number, budget)| {
            let rule = budget.rules.first()?;
            let matches = |row: &&Comparison| budget.scope.benchmark.matches(&row.id);
            let metric = budget.scope.metric.as_deref();
            let seen =
                request.comparisons.iter().filter(matches).any(|row| metric.is_none_or(|m| m == &*row.metric.name));
            let left_out = metric.is_some_and(|metric| request.selection.leaves_out(metric));
            let filtered = request.selection.some_benchmarks && !request.comparisons.iter().any(|row| matches(&row));
            (!seen && !left_out && !filtered).then(|| {
                let sentence = match metric {
                    Some(metric) => format!(
                        "{metric} of `{}` was never measured; {}run the benchmark that measures it, or say --without {metric}",
                        budget.scope.benchmark,
                        metric_meant(metric).replace(&format!("did you mean `{metric}`? "), ""),
                    ),
                    None => format!(
                        "`{}` was never measured; renamed, removed, filtered out or crashed",
                        budget.scope.benchmark
                    ),
                };
                let judgement = Judgement {
                    outcome: Outcome::Broken,
                    rule: rule.kind(),
                    rule_text: format!("{} {}", rule.kind().info().key, rule.text()),
                    source: Source::Line(line_number),
                    sentence,
                    advice: None,
                    against: None,
                    why: budget.why.clone(),
                };
                (None, judgement)
            })
        })
        .collect()
}

/// Rules on a change whose rows all lack an old side: true, but worth saying.
fn never_compared(request: &Request<'_>) -> Vec<Warning> {
    if request.old.is_none() {
        return Vec::new();
    }
    written(request.budgets)
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
