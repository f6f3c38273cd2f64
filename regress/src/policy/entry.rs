use std::fmt;

use super::day::Day;
use crate::model::METRICS;

/// A budget, a waiver or a profile as it stands in the file: keys and values, with their lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The line of its header, from 1.
    pub line_number: usize,
    /// Its keys, in the order of the file.
    pub fields: Vec<Field>,
}

/// One key of an [`Entry`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Left of the `=`.
    pub key: String,
    /// Right of it.
    pub value: Value,
    /// From 1.
    pub line_number: usize,
}

/// A value of a configuration file.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `"…"`
    Text(String),
    /// `20`
    Integer(i64),
    /// `0.99`
    Fraction(f64),
    /// `true`
    Boolean(bool),
    /// `2026-12-31`
    Day(Day),
    /// `{ change = "warn" }`, or keys with a common first part: `time.change`
    Table(Vec<Field>),
    /// Anything else, by what it is: `an array`.
    Other(&'static str),
}

/// Why a budget, a waiver or a profile is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryError {
    /// From 1.
    pub line_number: usize,
    /// What is wrong, in words.
    pub problem: String,
    /// What to do about it.
    pub next_step: String,
}

impl Entry {
    /// The text of a key, where it has one.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.key == key)?.value.text().ok()
    }
}

impl Value {
    /// The text, if it is one.
    ///
    /// # Errors
    /// What it is instead.
    pub fn text(&self) -> Result<&str, String> {
        match self {
            Value::Text(text) => Ok(text),
            other => Err(format!("{other} is no text; put it in quotes")),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => write!(f, "\"{text}\""),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Fraction(_) => f.write_str("a number with a fraction"),
            Value::Boolean(truth) => write!(f, "{truth}"),
            Value::Day(_) => f.write_str("a date"),
            Value::Table(_) => f.write_str("a table"),
            Value::Other(kind) => f.write_str(kind),
        }
    }
}

/// `did you mean `x`? ` where a known word is close, else nothing.
pub fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    /// Jaro–Winkler similarity from which two words look alike; the value clap uses.
    const ALIKE: f64 = 0.7;
    known
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(String::new(), |(_, candidate)| format!("did you mean `{candidate}`? "))
}

/// `did you mean` for the name of a metric.
pub(super) fn metric_meant(name: &str) -> String {
    did_you_mean(name, METRICS.names())
}
