use std::collections::BTreeMap;
use std::sync::Arc;

use super::bound::{Bound, Operator};
use super::budget::Budgets;
use super::day::Day;
use super::entry::{Entry, EntryError, Field, Value, did_you_mean, metric_meant};
use super::rules::Rule;
use super::source::Source;
use crate::compare::Comparison;
use crate::model::{BenchId, METRICS, Nature};
use crate::unit::{Better, Quantity, Unit};

/// Leave to break the rules of one metric of one benchmark, up to a ceiling and until a day.
///
/// It excuses `limit`, `change` and `ratio`, broken or not proven, unless the budget is `hard`.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// Where it stands: the line, from 1.
    pub line_number: usize,
    /// The one benchmark it is for.
    pub benchmark: BenchId,
    /// The one metric it is for.
    pub metric: Arc<str>,
    /// What the number may be at most, in the base unit of the metric; at least, where more is better.
    pub ceiling: f64,
    /// As it is written: `12`, `3.9 ms`.
    pub ceiling_text: String,
    /// Why.
    pub reason: Arc<str>,
    /// Where it is discussed.
    pub issue: Arc<str>,
    /// Who answers for it.
    pub owner: Arc<str>,
    /// The last day on which it holds.
    pub expires: Day,
}

/// All waivers, at most one for a metric of a benchmark; and today.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waivers {
    list: Vec<Waiver>,
    by_row: BTreeMap<(BenchId, Arc<str>), usize>,
    today: Option<Day>,
}

/// What a waiver says of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// It is excused.
    Given,
    /// It lies beyond the ceiling.
    Exceeded,
    /// The waiver's last day is over.
    Expired,
}

impl Waivers {
    /// The waivers of a file, for the rules of `budgets`.
    ///
    /// # Errors
    /// Keys that are missing or mean nothing, two waivers of one row, and waivers of what cannot be waived.
    pub fn from_entries(entries: &[Entry], budgets: &Budgets, today: Day) -> Result<Waivers, Vec<EntryError>> {
        let mut waivers = Waivers { today: Some(today), ..Waivers::default() };
        let mut errors = Vec::new();
        for entry in entries {
            match Waiver::from_entry(entry) {
                Err(problems) => errors.extend(problems),
                Ok(waiver) => {
                    errors.extend(waivers.clash(&waiver));
                    errors.extend(cannot_be_waived(&waiver, budgets));
                    let key = (waiver.benchmark.clone(), waiver.metric.clone());
                    waivers.by_row.insert(key, waivers.list.len());
                    waivers.list.push(waiver);
                }
            }
        }
        if errors.is_empty() { Ok(waivers) } else { Err(errors) }
    }

    /// All of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Waiver> {
        self.list.iter()
    }

    /// The waiver of this metric of this benchmark.
    pub fn of(&self, id: &BenchId, metric: &Arc<str>) -> Option<&Waiver> {
        if self.list.is_empty() {
            return None;
        }
        Some(&self.list[*self.by_row.get(&(id.clone(), metric.clone()))?])
    }

    /// Whether its last day is over.
    pub(super) fn is_expired(&self, waiver: &Waiver) -> bool {
        self.today.is_none_or(|today| waiver.expires < today)
    }

    /// What a waiver says of a row; `None` for a row without a new side.
    pub(super) fn leave(&self, waiver: &Waiver, row: &Comparison) -> Option<Leave> {
        let is_within = waiver.allows(row)?;
        Some(match (is_within, self.is_expired(waiver)) {
            (_, true) => Leave::Expired,
            (true, false) => Leave::Given,
            (false, false) => Leave::Exceeded,
        })
    }

    fn clash(&self, waiver: &Waiver) -> Option<EntryError> {
        let other = self.of(&waiver.benchmark, &waiver.metric)?;
        Some(EntryError {
            line_number: waiver.line_number,
            problem: format!("line {} waives {} of `{}` already", other.line_number, waiver.metric, waiver.benchmark),
            next_step: "keep one of them".to_owned(),
        })
    }
}

impl Waiver {
    fn from_entry(entry: &Entry) -> Result<Waiver, Vec<EntryError>> {
        let mut errors = unknown_keys(entry);
        let mut text = |key: &str| required(entry, key, &mut errors).unwrap_or_default();
        let (benchmark, metric, ceiling_text) = (text("benchmark"), text("metric"), text("ceiling"));
        let (reason, issue, owner) = (text("reason"), text("issue"), text("owner"));
        let line_of = |key: &str| {
            let field = entry.fields.iter().find(|field| field.key == key);
            field.map_or(entry.line_number, |field| field.line_number)
        };
        if benchmark.contains(['*', '?']) {
            errors.push(EntryError {
                line_number: line_of("benchmark"),
                problem: format!("`benchmark`: a waiver is for one benchmark, and `{benchmark}` is a pattern"),
                next_step: "write the whole name; a waiver for each benchmark that needs one".to_owned(),
            });
        }
        let expires = day(entry).map_err(|error| errors.push(error)).ok();
        let ceiling = ceiling(&ceiling_text, &metric).map_err(|problem| {
            if !(ceiling_text.is_empty() || metric.is_empty()) {
                let problem = format!("`ceiling`: {problem}");
                let next_step = "the number that is let pass, in the metric's unit, for example: ceiling = \"12\"";
                errors.push(EntryError { line_number: line_of("ceiling"), problem, next_step: next_step.to_owned() });
            }
        });
        match (expires, ceiling) {
            (Some(expires), Ok(ceiling)) if errors.is_empty() => Ok(Waiver {
                line_number: entry.line_number,
                benchmark: BenchId::new(&benchmark),
                metric: metric.into(),
                ceiling,
                ceiling_text,
                reason: reason.into(),
                issue: issue.into(),
                owner: owner.into(),
                expires,
            }),
            _ => Err(errors),
        }
    }

    /// Where it stands.
    pub fn source(&self) -> Source {
        Source::Line(self.line_number)
    }

    /// Whether the new side is within the ceiling: of a count every process, of a time the middle. `None` without one.
    fn allows(&self, row: &Comparison) -> Option<bool> {
        let side = row.new_side()?;
        let operator = match row.metric.better {
            Better::Higher => Operator::AtLeast,
            Better::Lower | Better::Unknown => Operator::AtMost,
        };
        let ceiling = Bound { operator, value: self.ceiling };
        Some(match row.metric.nature {
            Nature::Counted => ceiling.holds(side.range.0) && ceiling.holds(side.range.1),
            Nature::Timed => ceiling.holds(side.center.point),
        })
    }
}

const KEYS: &[&str] = &["benchmark", "metric", "ceiling", "reason", "issue", "owner", "expires"];

fn unknown_keys(entry: &Entry) -> Vec<EntryError> {
    let unknown = entry.fields.iter().filter(|field| !KEYS.contains(&field.key.as_str()));
    let error = |field: &Field| EntryError {
        line_number: field.line_number,
        problem: format!("unknown key `{}` in [[waiver]]", field.key),
        next_step: format!("{}known keys: {}", did_you_mean(&field.key, KEYS.iter().copied()), KEYS.join(", ")),
    };
    unknown.map(error).collect()
}

/// The text of a key that every waiver has; a number where a text would hold one (`ceiling = 12`, `issue = 41`).
fn required(entry: &Entry, key: &str, errors: &mut Vec<EntryError>) -> Option<String> {
    let Some(field) = entry.fields.iter().find(|field| field.key == key) else {
        errors.push(missing(entry, key));
        return None;
    };
    let found = match &field.value {
        Value::Text(text) if text.trim().is_empty() => Err("it is empty".to_owned()),
        Value::Text(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Fraction(number) => Ok(number.to_string()),
        other => Err(format!("{other} is no text; put it in quotes")),
    };
    found
        .map_err(|problem| {
            errors.push(EntryError {
                line_number: field.line_number,
                problem: format!("`{key}`: {problem}"),
                next_step: format!("for example: {}", example(key)),
            });
        })
        .ok()
}

fn missing(entry: &Entry, key: &str) -> EntryError {
    EntryError {
        line_number: entry.line_number,
        problem: format!("this [[waiver]] has no `{key}`"),
        next_step: format!("add {}", example(key)),
    }
}

fn example(key: &str) -> &'static str {
    match key {
        "benchmark" => "benchmark = \"request/verify/n1\", the whole name",
        "metric" => "metric = \"allocs\"",
        "ceiling" => "ceiling = \"12\", the number that is let pass",
        "reason" => "reason = \"the new parser keeps a copy\"",
        "issue" => "issue = \"#41\", where it is discussed",
        "owner" => "owner = \"ada\", who answers for it",
        _ => "expires = 2026-12-31, the last day it holds",
    }
}

fn day(entry: &Entry) -> Result<Day, EntryError> {
    let field = entry.fields.iter().find(|field| field.key == "expires").ok_or_else(|| missing(entry, "expires"))?;
    let day = match &field.value {
        Value::Day(day) => Ok(*day),
        Value::Text(text) => Day::parse(text),
        other => Err(format!("{other} is no day of the calendar")),
    };
    day.map_err(|problem| EntryError {
        line_number: field.line_number,
        problem: format!("`expires`: {problem}"),
        next_step: format!("for example: {}", example("expires")),
    })
}

/// The number that is let pass, in the metric's base unit.
fn ceiling(text: &str, metric: &str) -> Result<f64, String> {
    let quantity = Quantity::parse(text)?;
    let known = METRICS.get(metric);
    if let Some(known) = &known
        && known.unit != quantity.unit
        && !(known.better == Better::Higher && quantity.unit == Unit::PerSecond)
    {
        return Err(format!("`{text}` is in {}, but {metric} is measured in {}", quantity.unit, known.unit));
    }
    Ok(quantity.value)
}

/// Why a waiver can never excuse anything: what holds for its row is hard.
fn cannot_be_waived(waiver: &Waiver, budgets: &Budgets) -> Option<EntryError> {
    let holding = budgets.holding(&waiver.benchmark, &waiver.metric);
    let numbers = holding.iter().filter(|(_, rule)| rule.kind().can_be_waived());
    let (hard, soft): (Vec<_>, Vec<_>) = numbers.partition(|(budget, _)| budget.hard);
    let beyond = hard.iter().find(|(_, rule)| match rule {
        Rule::Limit(limit) => !limit.bound.holds(waiver.ceiling),
        _ => false,
    });
    let (budget, rule) = match (beyond, hard.first()) {
        (Some(beyond), _) => beyond,
        (None, Some(hard)) if soft.is_empty() => hard,
        (None, _) => return None,
    };
    Some(EntryError {
        line_number: waiver.line_number,
        problem: format!(
            "{} of `{}` cannot be waived up to {}: `{} {}` of {} is hard",
            waiver.metric,
            waiver.benchmark,
            waiver.ceiling_text,
            rule.kind().info().key,
            rule.text(),
            budget.source,
        ),
        next_step: "mend the benchmark; or change the budget, which everybody sees".to_owned(),
    })
}

impl Waiver {
    /// The ceiling as reports show it: `up to 3.9 ms`.
    pub fn ceiling_words(&self) -> String {
        match METRICS.get(&self.metric).map(|known| known.better) {
            Some(Better::Higher) => format!("down to {}", self.ceiling_text),
            Some(Better::Lower | Better::Unknown) | None => format!("up to {}", self.ceiling_text),
        }
    }

    /// What is to be done about a waiver of a row that is not there.
    pub(super) fn nearest(&self, ids: &mut dyn Iterator<Item = &str>) -> String {
        match METRICS.get(&self.metric) {
            None => metric_meant(&self.metric),
            Some(_) => did_you_mean(self.benchmark.as_str(), ids),
        }
    }
}
