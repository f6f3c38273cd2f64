use std::sync::Arc;

use super::budget::Budgets;
use super::entry::{Entry, EntryError, Field, Value, did_you_mean, metric_meant};
use super::level::Level;
use super::rules::{RULES, RuleKind, Unproven};
use super::source::Source;
use crate::model::METRICS;

/// How strict the gate is on one occasion: on a pull request, on the main branch, before a release.
///
/// ```toml
/// [profile.pr]
/// unproven    = "pass"    # not proven passes
/// on_new      = "warn"
/// time.change = "warn"    # this rule, of this metric
/// ```
///
/// A key without a metric is for all of them. Of all keys that match, the last in the file decides, as with budgets.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// As it stands in the file; `None` for what holds when no profile is chosen.
    pub name: Option<Arc<str>>,
    /// Confidence of intervals, and 1 − the probability of a false finding, in (0, 1); `None` to leave both.
    pub confidence: Option<f64>,
    settings: Vec<Setting>,
}

/// What a level is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A rule that is broken. A benchmark that is missing breaks `present`.
    Rule(RuleKind),
    /// A benchmark that the old side does not have.
    New,
    /// A limit that the old side breaks as well, and the new side no worse.
    Inherited,
    /// A waiver that waives nothing.
    UnusedWaiver,
}

/// A level, and the line that says so; `None` where nobody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// How grave.
    pub level: Level,
    /// Who says so.
    pub source: Option<Source>,
}

#[derive(Clone, Debug, PartialEq)]
struct Setting {
    source: Source,
    /// `None` for all.
    metric: Option<Arc<str>>,
    choice: Choice,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Choice {
    Level(Topic, Level),
    Unproven(Unproven),
}

/// A key of a profile that is a level.
pub struct LevelKey {
    /// As it stands in the file.
    pub key: &'static str,
    /// What it is for.
    pub topic: Topic,
    /// What holds without it.
    pub standard: Level,
    /// What it is the level of, in words.
    pub what: &'static str,
}

const fn level_key(key: &'static str, topic: Topic, standard: Level, what: &'static str) -> LevelKey {
    LevelKey { key, topic, standard, what }
}

/// All keys of a profile that are a level.
pub const LEVEL_KEYS: &[LevelKey] = &[
    level_key("limit", Topic::Rule(RuleKind::Limit), Level::Fail, "a broken `limit`"),
    level_key("change", Topic::Rule(RuleKind::Change), Level::Fail, "a broken `change`"),
    level_key("ratio", Topic::Rule(RuleKind::Ratio), Level::Fail, "a broken `ratio`"),
    level_key("scaling", Topic::Rule(RuleKind::Scaling), Level::Fail, "a broken `scaling`"),
    level_key("min_samples", Topic::Rule(RuleKind::MinSamples), Level::Fail, "too few measurements"),
    level_key("on_missing", Topic::Rule(RuleKind::Present), Level::Fail, "a benchmark that only the old side has"),
    level_key("on_new", Topic::New, Level::Off, "a benchmark that only the new side has"),
    level_key("on_inherited", Topic::Inherited, Level::Warn, "a `limit` that the old side breaks as well, and no less"),
    level_key("on_unused_waiver", Topic::UnusedWaiver, Level::Warn, "a waiver that waives nothing"),
];

/// The other two.
const UNPROVEN: &str = "unproven";
const CONFIDENCE: &str = "confidence";

impl Profile {
    /// What holds when no profile is chosen.
    pub fn standard() -> Profile {
        Profile { name: None, confidence: None, settings: Vec::new() }
    }

    /// All profiles of a file, with their names.
    ///
    /// # Errors
    /// Every key and value that means nothing; metrics that are neither known nor named by a budget.
    pub fn from_entries(entries: &[(String, Entry)], budgets: &Budgets) -> Result<Vec<Profile>, Vec<EntryError>> {
        let (mut profiles, mut errors) = (Vec::new(), Vec::new());
        for (name, entry) in entries {
            match Profile::from_entry(name, entry) {
                Ok(profile) => {
                    errors.extend(profile.unknown_metrics(budgets));
                    profiles.push(profile);
                }
                Err(problems) => errors.extend(problems),
            }
        }
        if errors.is_empty() { Ok(profiles) } else { Err(errors) }
    }

    fn unknown_metrics(&self, budgets: &Budgets) -> Vec<EntryError> {
        let named = |metric: &str| budgets.iter().any(|budget| budget.scope.metric.as_deref() == Some(metric));
        let is_unknown = |setting: &&Setting| {
            setting.metric.as_deref().is_some_and(|metric| METRICS.get(metric).is_none() && !named(metric))
        };
        let unknown = self.settings.iter().filter(is_unknown).map(|setting| {
            let metric = setting.metric.as_deref().unwrap_or_default();
            EntryError {
                line_number: setting.source.line_number().unwrap_or(0),
                problem: format!("no budget speaks of the metric `{metric}`"),
                next_step: format!("{}write METRIC.RULE: time.change = \"warn\"", metric_meant(metric)),
            }
        });
        unknown.collect()
    }

    fn from_entry(name: &str, entry: &Entry) -> Result<Profile, Vec<EntryError>> {
        let mut profile = Profile { name: Some(name.into()), ..Profile::standard() };
        let mut errors = Vec::new();
        for field in &entry.fields {
            match &field.value {
                Value::Table(inner) => {
                    let metric: Arc<str> = field.key.as_str().into();
                    for key in inner {
                        profile.take(Some(metric.clone()), key, &mut errors);
                    }
                }
                _ => profile.take(None, field, &mut errors),
            }
        }
        // As in the file, also where one metric's table is written in two places.
        profile.settings.sort_by_key(|setting| setting.source.line_number());
        if errors.is_empty() { Ok(profile) } else { Err(errors) }
    }

    fn take(&mut self, metric: Option<Arc<str>>, field: &Field, errors: &mut Vec<EntryError>) {
        let source = Source::Line(field.line_number);
        let choice = match field.key.as_str() {
            CONFIDENCE if metric.is_none() => {
                match confidence(&field.value) {
                    Ok(confidence) => self.confidence = Some(confidence),
                    Err(problem) => {
                        errors.push(refusal(field, format!("`confidence`: {problem}"), example(CONFIDENCE)))
                    }
                }
                return;
            }
            UNPROVEN => Unproven::parse(&field.value).map(Choice::Unproven),
            key => match LEVEL_KEYS.iter().find(|known| known.key == key) {
                Some(known) => level(&field.value, known.topic).map(|level| Choice::Level(known.topic, level)),
                None => {
                    errors.push(unknown_key(field));
                    return;
                }
            },
        };
        match choice {
            Ok(choice) => self.settings.push(Setting { source, metric, choice }),
            Err(problem) => {
                let key = &field.key;
                errors.push(refusal(field, format!("`{key}`: {problem}"), example(key)));
            }
        }
    }

    /// The probability of a false finding that its confidence leaves, in (0, 1).
    pub fn alpha(&self) -> Option<f64> {
        /// 1 − 0.99 is 0.010000000000000009; nobody writes so many digits.
        const DIGITS: f64 = 1e12;
        self.confidence.map(|confidence| ((1.0 - confidence) * DIGITS).round() / DIGITS).filter(|alpha| *alpha > 0.0)
    }

    /// How grave it is in this metric.
    pub fn level(&self, topic: Topic, metric: &str) -> Stand {
        let said = self.last(metric, |choice| match choice {
            Choice::Level(of, level) if of == topic => Some(level),
            Choice::Level(..) | Choice::Unproven(_) => None,
        });
        let standard = LEVEL_KEYS.iter().find(|known| known.topic == topic).map_or(Level::Fail, |known| known.standard);
        said.map_or(Stand { level: standard, source: None }, |(level, source)| Stand { level, source: Some(source) })
    }

    /// What it says about a rule of this metric that the measurements cannot decide; `None` to leave that to the budgets.
    pub fn unproven(&self, metric: &str) -> Option<(Unproven, Source)> {
        self.last(metric, |choice| match choice {
            Choice::Unproven(unproven) => Some(unproven),
            Choice::Level(..) => None,
        })
    }

    fn last<T>(&self, metric: &str, pick: impl Fn(Choice) -> Option<T>) -> Option<(T, Source)> {
        let matching = self.settings.iter().rev().filter(|s| s.metric.as_deref().is_none_or(|name| name == metric));
        matching.into_iter().find_map(|setting| Some((pick(setting.choice)?, setting.source)))
    }
}

impl Default for Profile {
    fn default() -> Profile {
        Profile::standard()
    }
}

fn level(value: &Value, topic: Topic) -> Result<Level, String> {
    match (Level::parse(value.text()?)?, topic) {
        (Level::Off, Topic::Inherited) => Err("it is always told; write `warn` or `fail`".to_owned()),
        (level, _) => Ok(level),
    }
}

fn confidence(value: &Value) -> Result<f64, String> {
    let number = match value {
        Value::Fraction(number) => *number,
        Value::Text(text) => text.parse().map_err(|_| format!("`{text}` is no number"))?,
        other => return Err(format!("{other} is no number between 0 and 1")),
    };
    if 0.0 < number && number < 1.0 { Ok(number) } else { Err(format!("`{number}` does not lie between 0 and 1")) }
}

fn keys() -> impl Iterator<Item = &'static str> {
    LEVEL_KEYS.iter().map(|known| known.key).chain([UNPROVEN, CONFIDENCE])
}

fn example(key: &str) -> String {
    let value = match key {
        UNPROVEN => "\"pass\" or \"fail\"",
        CONFIDENCE => "0.99",
        _ => "\"warn\"",
    };
    format!("for example: {key} = {value}")
}

fn refusal(field: &Field, problem: String, next_step: String) -> EntryError {
    EntryError { line_number: field.line_number, problem, next_step }
}

fn unknown_key(field: &Field) -> EntryError {
    let known: Vec<&str> = keys().collect();
    let is_present = RULES.iter().any(|rule| rule.kind == RuleKind::Present && rule.key == field.key);
    let meant = match is_present {
        true => "did you mean `on_missing`? ".to_owned(),
        false => did_you_mean(&field.key, known.iter().copied()),
    };
    let problem = format!("unknown key `{}` in a profile", field.key);
    refusal(field, problem, format!("{meant}known keys: {}; behind a metric: time.change", known.join(", ")))
}
