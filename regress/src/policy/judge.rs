use super::apply::apply;
use super::case::Case;
use super::entry::EntryError;
use super::judgement::{Judgement, Row};
use super::level::Level;
use super::outcome::Outcome;
use super::request::Request;
use super::rules::RuleKind;
use super::source::Source;
use super::verdict::Verdicts;
use super::{appeared, armed, renamed, vacuous, waived};
use crate::compare::{self, Comparison};
use crate::model::{BenchId, Standing, Warning};
use crate::parallel::in_parts;

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
    let headlines = comparisons.iter().filter(|row| row.metric.standing == Standing::Headline);
    let mut headlined: Vec<&BenchId> = headlines.map(|row| &row.id).collect();
    headlined.sort();
    missing.extend(unmeasured.into_iter().map(|(id, sentence)| (Some(id), unmeasured_judgement(sentence))));
    let judgements_of = |row: &Comparison| {
        let benchmark_is_new_side = new.has(&row.id);
        let benchmark_has_headline = headlined.binary_search(&&row.id).is_ok();
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
        let is_new = old.is_some_and(|old| !old.has(&row.id));
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
