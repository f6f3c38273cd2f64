//! What the readers of one JSON document share: parts of it, each read on its own so that every mistake is found, and
//! the gathering of measurements with the place where each stands.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::numbers::{self, BadList};
use super::units::Factor;
use super::{File, Place, Problem, ReadError, Reading, json};
use crate::model::{BenchId, Exact, Metric, Nature, Observation, Processes, Provenance, Values, Warning};
use crate::stats::Sample;
use crate::unit::Unit;

/// The members of a JSON object, in their order, with values that are not looked into yet. A key twice is an error.
#[derive(Default)]
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The value of this key.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// The text of this key; `None` where it is missing or no text.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(text_of)
    }
}

/// A JSON string.
pub(super) fn text_of(json: &RawValue) -> Option<String> {
    serde_json::from_str(json.get()).ok()
}

/// A JSON string without its quotes, or any other value as it stands there: for names made of parameters.
pub(super) fn shown(json: &RawValue) -> String {
    text_of(json).unwrap_or_else(|| json.get().to_owned())
}

/// A finite JSON number.
pub(super) fn number_of(json: &RawValue) -> Option<f64> {
    let text = json.get().as_bytes();
    numbers::decimal(text).filter(|(_, length)| *length == text.len()).map(|(number, _)| number)
}

/// The beginning of a JSON value, for a message.
pub(super) fn beginning(json: &RawValue) -> String {
    json.get().chars().take(24).collect()
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members<'a>, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
                let mut seen: HashSet<Cow<'de, str>> = HashSet::new();
                while let Some(Key(key)) = map.next_key()? {
                    if !seen.insert(key.clone()) {
                        return Err(A::Error::custom(format_args!("duplicate field `{key}`")));
                    }
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// What one document holds, as far as it was read.
pub(super) struct Document<'a> {
    file: &'a File,
    harness: Arc<str>,
    lines: Lines<'a>,
    reading: Reading,
    /// Where each benchmark and metric stood first.
    seen: HashMap<(BenchId, Arc<str>), String>,
    metrics: Vec<Arc<Metric>>,
}

impl<'a> Document<'a> {
    /// Nothing of `file` yet.
    pub(super) fn of(file: &'a File, harness: &str) -> Document<'a> {
        Document {
            file,
            harness: harness.into(),
            lines: Lines { text: &file.bytes, offset: 0, line_number: 1 },
            reading: Reading::default(),
            seen: HashMap::new(),
            metrics: Vec::new(),
        }
    }

    /// What the file says about machine, commit and build.
    pub(super) fn provenance(&mut self) -> &mut Provenance {
        &mut self.reading.provenance
    }

    /// Tells the version of the tool.
    pub(super) fn version(&mut self, version: impl Into<String>) {
        self.reading.provenance.harnesses.insert(self.harness.to_string(), version.into());
    }

    /// Tells a problem.
    pub(super) fn refuse(&mut self, field: impl Into<String>, problem: Problem) {
        let place = Place::Field(field.into());
        self.reading.problems.push(ReadError { path: self.file.path.clone(), place, problem });
    }

    /// Tells what the user should know.
    pub(super) fn warn(&mut self, warning: Warning) {
        self.reading.warnings.push(warning);
    }

    /// One object of the document as a `T`; `None` when it is something else, which is told with its line.
    ///
    /// * `part`: a piece of the file.
    /// * `wanted`: what it should be, for the message.
    pub(super) fn part<T: Deserialize<'a>>(&mut self, part: &'a RawValue, wanted: &'static str) -> Option<T> {
        if !part.get().starts_with('{') {
            let place = Place::Line { line_number: self.lines.of_part(part.get()), column_number: 0 };
            let problem = Problem::Syntax { found: beginning(part), wanted: wanted.to_owned() };
            self.reading.problems.push(ReadError { path: self.file.path.clone(), place, problem });
            return None;
        }
        match json::object(part.get().as_bytes()) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let line_number = self.lines.of_part(part.get()) + error.line().saturating_sub(1);
                let problem = match json::problem(&error, wanted) {
                    // Of a part that is whole, whatever is missing inside.
                    Problem::Truncated { wanted } => Problem::Syntax { found: beginning(part), wanted },
                    other => other,
                };
                let place = Place::Line { line_number, column_number: 0 };
                self.reading.problems.push(ReadError { path: self.file.path.clone(), place, problem });
                None
            }
        }
    }

    /// The numbers of a list; `None` when it is something else, which is told.
    pub(super) fn numbers(&mut self, field: &str, list: &RawValue) -> Option<Vec<f64>> {
        numbers::list(list.get()).map_err(|bad| self.bad_list(field, list, bad)).ok()
    }

    /// The numbers of a list of lists; `None` when it is something else, which is told.
    pub(super) fn lists(&mut self, field: &str, lists: &RawValue) -> Option<Vec<Vec<f64>>> {
        numbers::lists(lists.get()).map_err(|bad| self.bad_list(field, lists, bad)).ok()
    }

    fn bad_list(&mut self, field: &str, list: &RawValue, bad: BadList) {
        match bad {
            BadList::NotAList => {
                let problem = Problem::Syntax { found: beginning(list), wanted: "a list of numbers".to_owned() };
                self.refuse(field, problem);
            }
            BadList::Element { index, found } => {
                self.refuse(
                    format!("{field}[{index}]"),
                    Problem::ImpossibleNumber { found, wanted: "a finite number" },
                );
            }
        }
    }

    /// The number of a field; `None` when it is something else, which is told.
    pub(super) fn number(&mut self, field: &str, json: &RawValue) -> Option<f64> {
        let number = number_of(json);
        if number.is_none() {
            self.refuse(field, Problem::ImpossibleNumber { found: beginning(json), wanted: "a finite number" });
        }
        number
    }

    /// Measurements in base units; `None` when there is none, or one that cannot be, which is told.
    ///
    /// * `numbers`: in the unit that has this `factor`. A time, an amount of memory and a rate are at least 0.
    pub(super) fn sample(&mut self, field: &str, numbers: &[f64], factor: Factor, unit: &Unit) -> Option<Sample> {
        let may_be_negative = matches!(unit, Unit::Other(_) | Unit::Count);
        let impossible =
            numbers.iter().position(|number| !factor.apply(*number).is_finite() || !may_be_negative && *number < 0.0);
        if let Some(index) = impossible {
            let wanted = match (numbers[index].is_finite(), factor.apply(numbers[index]).is_finite()) {
                (_, true) => "a measurement of at least 0",
                (true, false) => super::FINITE_IN_BASE_UNITS,
                (false, false) => "a finite measurement",
            };
            let found = format!("{:?}", numbers[index]);
            let field = if numbers.len() == 1 { field.to_owned() } else { format!("{field}[{index}]") };
            self.refuse(field, Problem::ImpossibleNumber { found, wanted });
            return None;
        }
        let sample = Sample::new(numbers.iter().map(|number| factor.apply(*number)).collect());
        if sample.is_err() {
            self.refuse(field, Problem::Empty);
        }
        sample.ok()
    }

    /// One measurement in base units; `None` when it is no number or one that cannot be, which is told.
    pub(super) fn measurement(&mut self, field: &str, json: &RawValue, factor: Factor, unit: &Unit) -> Option<f64> {
        let number = self.number(field, json)?;
        self.sample(field, &[number], factor, unit).map(|sample| sample.values()[0])
    }

    /// One copy of a metric that many observations share.
    pub(super) fn metric(&mut self, metric: Metric) -> Arc<Metric> {
        if let Some(shared) = self.metrics.iter().find(|shared| ***shared == metric) {
            return shared.clone();
        }
        let metric = Arc::new(metric);
        self.metrics.push(metric.clone());
        metric
    }

    /// Takes an observation, or tells that the benchmark has one already.
    ///
    /// * `field`: where it stands.
    pub(super) fn observe(&mut self, field: &str, id: &BenchId, metric: Arc<Metric>, values: Values) {
        let key = (id.clone(), metric.name.clone());
        if let Some(first) = self.seen.get(&key) {
            let problem = Problem::Duplicate { what: format!("`{id}` {}", metric.name), first: format!("`{first}`") };
            return self.refuse(field, problem);
        }
        self.seen.insert(key, field.to_owned());
        let (harness, origin) = (self.harness.clone(), self.file.path.clone());
        self.reading.observations.push(Observation { id: id.clone(), metric, values, harness, origin });
    }

    /// What was read. A document in which nothing was measured is refused.
    pub(super) fn finish(mut self) -> Reading {
        if self.reading.observations.is_empty() && self.reading.problems.is_empty() {
            let (path, place) = (self.file.path.clone(), Place::Whole);
            self.reading.problems.push(ReadError { path, place, problem: Problem::Empty });
        }
        self.reading
    }
}

/// The values of a metric: exact where they are a count of something, the same in every repeat.
///
/// * `otherwise`: how measurements that differ belong together.
///
/// A count above 2^53 has lost digits on its way through a floating point number.
pub(super) fn counted_or(metric: &Metric, sample: Sample, otherwise: impl FnOnce(Sample) -> Processes) -> Values {
    const EXACT_TO: f64 = 9_007_199_254_740_992.0;
    let count = sample.values()[0];
    let is_count = metric.nature == Nature::Counted && count.fract() == 0.0;
    if is_count && sample.is_constant() && (0.0..=EXACT_TO).contains(&count) {
        Values::Exact(Exact::once(count as u64))
    } else {
        Values::Sampled(otherwise(sample))
    }
}

/// A number that stands for measurements which nobody kept.
pub(super) fn middle(sample: Sample) -> Processes {
    Processes::middles(sample, None)
}

/// `name/n=10/size=small`: parameters behind a name, as a filter by `/n` finds them.
pub(super) fn with_parameters<'a>(name: &str, parameters: impl IntoIterator<Item = (&'a str, String)>) -> BenchId {
    let mut id = name.to_owned();
    for (key, value) in parameters {
        id.push_str(&format!("/{key}={value}"));
    }
    BenchId::new(&id)
}

/// A time as other tools write it, in UTC as we do; `None` where it says no zone or another one.
pub(super) fn utc(time: &str) -> Option<String> {
    let seconds = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"))?;
    let (seconds, _) = seconds.split_once('.').unwrap_or((seconds, ""));
    let is_time = seconds.len() == "2026-11-20T20:28:56".len() && seconds.as_bytes()[10] == b'T';
    is_time.then(|| format!("{seconds}Z"))
}

/// Reads each file by itself.
pub(super) fn each_file(files: &[File], read: impl Fn(&File) -> Result<Reading, ReadError>) -> Reading {
    let mut reading = Reading::default();
    for file in files {
        reading.absorb(read(file).unwrap_or_else(Reading::refused));
    }
    reading
}

/// Finds the line of parts of a text; fast when they are asked for from front to back.
struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
    line_number: usize,
}

impl Lines<'_> {
    /// The line on which `part`, a slice of the text, begins; from 1.
    fn of_part(&mut self, part: &str) -> usize {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        if offset < self.offset {
            (self.offset, self.line_number) = (0, 1);
        }
        self.line_number += self.text[self.offset..offset].iter().filter(|byte| **byte == b'\n').count();
        self.offset = offset;
        self.line_number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_other_tools_are_kept_where_they_are_in_utc() {
        #[track_caller]
        fn check(written: &str, expected: Option<&str>) {
            assert_eq!(utc(written).as_deref(), expected);
        }
        check("2026-11-20T20:37:13Z", Some("2026-11-20T20:37:13Z"));
        check("2026-11-20T20:28:56.557504+00:00", Some("2026-11-20T20:28:56Z"));
        check("2026-11-20T20:28:44+02:00", None);
        check("2026-11-20 20:28:44", None);
        check("ü-11-20T20:28:44Z", None);
        check("", None);
    }

    #[test]
    fn members_keep_their_order_and_no_key_stands_twice() {
        let members: Members = serde_json::from_str(r#"{"b":[1],"a\"":"x"}"#).unwrap();
        let shown: Vec<(&str, &str)> = members.0.iter().map(|(key, value)| (&**key, value.get())).collect();
        assert_eq!(shown, [("b", "[1]"), ("a\"", "\"x\"")]);
        let error = serde_json::from_str::<Members>(r#"{"b":1,"b":2}"#).err().unwrap();
        assert_eq!(error.to_string(), "duplicate field `b` at line 1 column 10");
    }
}
