use std::collections::BTreeSet;

use super::Policy;
use super::budget::{Budget, Source};
use super::case::Case;
use super::entry::EntryError;
use super::excuse::{self, Weighed};
use super::level::Level;
use super::outcome::Outcome;
use super::rules::{Rule, RuleKind, Ruling};
use super::verdict::{Judgement, Row, Verdicts};
use super::{appeared, armed, renamed, vacuous, waived};
use crate::compare::{self, Comparison, Finding, Options, Reason};
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
    /// The rules, and how grave it is to break them.
    pub policy: &'a Policy,
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
    let errors = vacuous::rules_about_nothing(&request);
    if !errors.is_empty() {
        return Err(errors);
    }
    let new_benchmarks: BTreeSet<&BenchId> = request.new.observations().iter().map(|o| &o.id).collect();
    let headlines = request.comparisons.iter().filter(|row| row.metric.standing == Standing::Headline);
    let headlined: BTreeSet<BenchId> = headlines.map(|row| row.id.clone()).collect();
    let renamed = renamed::likeliest(&request.comparisons);
    let means = compare::geomeans(&request.comparisons);
    let mut warnings = vacuous::never_compared(&request);
    let mut missing = Vec::new();
    for (level, judgement) in vacuous::never_measured(&request) {
        match level {
            Level::Fail => missing.push((None, judgement)),
            Level::Warn | Level::Off => warnings.push(Warning::general(judgement.sentence)),
        }
    }
    let Request { comparisons, old, new, policy, options, selection, unmeasured } = request;
    let old_benchmarks: Option<BTreeSet<&BenchId>> =
        old.map(|old| old.observations().iter().map(|observation| &observation.id).collect());
    missing.extend(unmeasured.into_iter().map(|(id, sentence)| (Some(id), unmeasured_judgement(sentence))));
    let judgements_of = |row: &Comparison| {
        let benchmark_is_new_side = new_benchmarks.contains(&row.id);
        let benchmark_has_headline = headlined.contains(&row.id);
        let mut judgements: Vec<Judgement> = policy
            .budgets
            .holding(&row.id, &row.metric.name)
            .into_iter()
            .filter_map(|(budget, rule)| {
                let scope = &budget.scope;
                let case = Case { row, scope, old, new, options, benchmark_is_new_side, benchmark_has_headline };
                apply(budget, rule, &case, policy, selection)
            })
            .collect();
        let is_new = old_benchmarks.as_ref().is_some_and(|old| !old.contains(&row.id));
        judgements.extend(is_new.then(|| appeared::judge(row, benchmark_has_headline, &policy.profile)).flatten());
        judgements.sort_by_key(|judgement| (std::cmp::Reverse(judgement.outcome), judgement.rule));
        judgements
    };
    let judgements = in_parts(&comparisons, PART, |rows| rows.iter().map(judgements_of).collect::<Vec<_>>());
    for row in &comparisons {
        warnings.extend(row.warnings.iter().map(|text| Warning::about(&row.id, &row.metric.name, text.clone())));
    }
    let judged = comparisons.into_iter().zip(judgements.into_iter().flatten());
    let rows: Vec<Row> = judged.map(|(comparison, judgements)| Row { comparison, judgements }).collect();
    let waivers = waived::standing(&rows, policy, selection);
    let armed = armed::try_all(&armed::Trial { rows: &rows, old, new, policy, options, selection });
    warnings.extend(old.into_iter().chain([new]).flat_map(|run| run.warnings.iter().cloned()));
    Ok(Verdicts { rows, missing, waivers, armed, renamed, means, warnings })
}

/// What was asked for and is in neither side breaks the built-in rule that a benchmark is there.
fn unmeasured_judgement(sentence: String) -> Judgement {
    Judgement {
        outcome: Outcome::Broken,
        excuse: None,
        rule: RuleKind::Present,
        rule_text: "present true".to_owned(),
        source: Source::BuiltIn,
        sentence,
        advice: None,
        against: None,
        why: None,
    }
}

/// What a rule says of a row, and what that means for the gate; `None` where it says nothing.
pub(super) fn apply(
    budget: &Budget,
    rule: &Rule,
    case: &Case<'_>,
    policy: &Policy,
    selection: &Selection,
) -> Option<Judgement> {
    let ruling = match set_aside(rule, case, selection) {
        Some((outcome, reason)) => Ruling::new(outcome, reason),
        None => rule.judge(case)?,
    };
    let Weighed { ruling, excuse } = excuse::weigh(ruling, budget, rule, case.row, policy);
    let Ruling { outcome, sentence, advice, against, age: _ } = ruling;
    Some(Judgement {
        outcome,
        excuse,
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
fn set_aside(rule: &Rule, case: &Case<'_>, selection: &Selection) -> Option<(Outcome, String)> {
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

impl Selection {
    /// Whether rows of this metric are left out.
    pub(super) fn leaves_out(&self, metric: &str) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == metric);
        let timed = || METRICS.get(metric).is_some_and(|known| known.nature == Nature::Timed);
        named(&self.without) || (!self.metrics.is_empty() && !named(&self.metrics)) || (self.counts_only && timed())
    }
}
