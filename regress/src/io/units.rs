use std::sync::Arc;

use crate::formats::{Place, Problem, ReadError, Reading};
use crate::model::{METRICS, Metric, Observation, Standing, Values};
use crate::policy::{Entry, EntryError, Field, Value, did_you_mean};
use crate::select::Pattern;
use crate::unit::{Better, Quantity, Unit};

/// What criterion's numbers are where a `Measurement` of its own took them: criterion writes no unit, and everything is
/// taken for nanoseconds unless a `[[unit]]` of `regress.toml` says otherwise.
///
/// ```toml
/// [[unit]]
/// benchmark = "allocs/*"    # as in a budget: `*` is any text, and a name stands for everything below it
/// unit = "count"            # ns, KiB, MB/s, …; `count` for plain counts; any other word is a unit of its own
/// metric = "allocs"         # what to call it; the unit's name unless given
/// better = "lower"          # or "higher"; what the metric's name says unless given, else "lower" as in criterion
/// ```
///
/// The first that matches a benchmark holds. A throughput is left out then: nothing is processed per allocation.
#[derive(Clone, Debug)]
pub struct UnitRule {
    pattern: Pattern,
    /// The unit, as it is written.
    word: String,
    /// Base units for one of criterion's numbers.
    factor: f64,
    metric: Arc<Metric>,
}

const KEYS: [&str; 4] = ["benchmark", "unit", "metric", "better"];

/// The rules of these entries.
///
/// # Errors
/// Everything that is wrong with them.
pub(super) fn rules(entries: &[Entry]) -> Result<Vec<UnitRule>, Vec<EntryError>> {
    let (mut rules, mut errors) = (Vec::new(), Vec::new());
    for entry in entries {
        match rule(entry) {
            Ok(rule) => rules.push(rule),
            Err(of_entry) => errors.extend(of_entry),
        }
    }
    if errors.is_empty() { Ok(rules) } else { Err(errors) }
}

fn rule(entry: &Entry) -> Result<UnitRule, Vec<EntryError>> {
    let mut errors = Vec::new();
    let mut error = |line_number, problem: String, next_step: String| {
        errors.push(EntryError { line_number, problem, next_step });
    };
    for Field { key, value, line_number } in &entry.fields {
        if !KEYS.contains(&&**key) {
            let next_step = format!("{}known keys: {}", did_you_mean(key, KEYS.into_iter()), KEYS.join(", "));
            error(*line_number, format!("unknown key `{key}` in [[unit]]"), next_step);
        } else if !matches!(value, Value::Text(_)) {
            error(*line_number, format!("`{key}` has to be a text"), format!("write {key} = \"…\""));
        }
    }
    let text = |wanted: &str| {
        entry.fields.iter().find_map(|field| match &field.value {
            Value::Text(text) if field.key == wanted => Some((text.as_str(), field.line_number)),
            _ => None,
        })
    };
    for (key, example) in [("benchmark", "benchmark = \"allocs/*\""), ("unit", "unit = \"count\"")] {
        if entry.fields.iter().all(|field| field.key != key) {
            error(entry.line_number, format!("this [[unit]] has no `{key}`"), format!("for example: {example}"));
        }
    }
    let better = match text("better") {
        None => None,
        Some(("lower", _)) => Some(Better::Lower),
        Some(("higher", _)) => Some(Better::Higher),
        Some((other, line_number)) => {
            error(
                line_number,
                format!("`better`: `{other}` is no direction"),
                "write \"lower\" or \"higher\"".to_owned(),
            );
            None
        }
    };
    let (unit, factor) = text("unit").map_or((Unit::Count, 1.0), |(word, _)| unit_of(word));
    let metric = text("metric").map_or_else(|| unit.name().to_owned(), |(name, _)| name.to_owned());
    let metric = match METRICS.get(&metric) {
        Some(known) if known.unit == unit => known,
        Some(known) => {
            let line_number = text("unit").map_or(entry.line_number, |(_, line_number)| line_number);
            error(
                line_number,
                format!("`{metric}` is measured in {}, not in {unit}", known.unit),
                "use another unit, or another name for the metric".to_owned(),
            );
            known
        }
        None => Metric { standing: Standing::Headline, ..Metric::custom(&metric, unit, Better::Lower) },
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    let pattern = Pattern::new(text("benchmark").map_or("*", |(pattern, _)| pattern));
    let metric = Metric { better: better.unwrap_or(metric.better), ..metric };
    let word = text("unit").map_or_else(String::new, |(word, _)| word.to_owned());
    Ok(UnitRule { pattern, word, factor, metric: metric.into() })
}

/// The base unit of a word and the factor to it.
fn unit_of(word: &str) -> (Unit, f64) {
    match Quantity::parse(&format!("1 {word}")) {
        _ if word == "count" => (Unit::Count, 1.0),
        Ok(one) => (one.unit, one.value),
        Err(_) => (Unit::Other(word.into()), 1.0),
    }
}

/// What criterion's reader makes of a time and of how much an iteration processes.
const COMPUTED_FROM_TIME: [&str; 2] = ["throughput", "time-per-kb"];

/// Gives criterion's numbers their units, and leaves out what was computed from them as if they were times. Where a file
/// says the unit itself (`raw.csv`), that holds.
///
/// What is no number any more in its unit is a problem of the reading.
pub(super) fn apply(rules: &[UnitRule], reading: &mut Reading) {
    if rules.is_empty() {
        return;
    }
    let problems = &mut reading.problems;
    reading.observations.retain_mut(|observation| {
        let is_criterions = &*observation.harness == "criterion";
        let rule = rules.iter().find(|rule| is_criterions && rule.pattern.matches(&observation.id));
        match rule {
            None => true,
            Some(rule) if &*observation.metric.name == "time" => match rule.measure(observation) {
                Ok(()) => true,
                Err(problem) => {
                    let (path, place) = (observation.origin.clone(), Place::Field(observation.id.to_string()));
                    problems.push(ReadError { path, place, problem });
                    false
                }
            },
            Some(_) => !COMPUTED_FROM_TIME.contains(&&*observation.metric.name),
        }
    });
}

impl UnitRule {
    /// # Errors
    /// A number is too large for the base unit.
    fn measure(&self, observation: &mut Observation) -> Result<(), Problem> {
        let Values::Sampled(processes) = &observation.values else { return Ok(()) };
        let in_base_unit = |seconds: f64| as_written(seconds) * self.factor;
        let Some(converted) = processes.map(in_base_unit) else {
            let numbers = processes.pooled().values().iter();
            let largest = numbers.copied().find(|number| !in_base_unit(*number).is_finite()).map(as_written);
            let found = format!("{:?} {}", largest.unwrap_or(f64::INFINITY), self.word);
            return Err(Problem::ImpossibleNumber {
                found,
                wanted: "a finite number in the base unit of its [[unit]]",
            });
        };
        observation.values = Values::Sampled(converted);
        observation.metric = self.metric.clone();
        Ok(())
    }
}

/// The number that was taken for nanoseconds. Dividing by 1e9 rounded it; a count becomes whole again.
fn as_written(seconds: f64) -> f64 {
    let number = seconds * 1e9;
    let whole = number.round();
    if (number - whole).abs() <= 4.0 * f64::EPSILON * whole.abs() { whole } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_become_whole_again() {
        for number in (0..100_000_u64).chain([1 << 52, 123_456_789_012]) {
            assert_eq!(as_written(number as f64 / 1e9), number as f64);
        }
        assert_eq!(as_written(0.5 / 1e9), 0.5);
    }

    #[test]
    fn a_unit_that_a_file_says_itself_holds() {
        let observation = |metric: Metric| Observation {
            id: crate::model::BenchId::new("widgets/made"),
            metric: metric.into(),
            values: Values::Sampled(crate::model::Processes::one(crate::stats::Sample::new(vec![7.0]).unwrap())),
            harness: "criterion".into(),
            origin: "raw.csv".into(),
        };
        let text = |key: &str, value: &str| Field {
            key: key.to_owned(),
            value: Value::Text(value.to_owned()),
            line_number: 1,
        };
        let fields = vec![text("benchmark", "widgets"), text("unit", "count")];
        let rules = rules(&[Entry { line_number: 1, fields }]).unwrap();
        let widgets = Metric::custom("widgets", Unit::Other("widgets".into()), Better::Lower);
        let observations = vec![observation(widgets), observation(Metric::known("throughput"))];
        let mut reading = Reading { observations, ..Reading::default() };
        apply(&rules, &mut reading);
        let kept: Vec<&str> = reading.observations.iter().map(|observation| &*observation.metric.name).collect();
        assert_eq!(kept, ["widgets"]);
    }

    #[test]
    fn words_that_are_no_known_unit_are_units_of_their_own() {
        assert_eq!(unit_of("count"), (Unit::Count, 1.0));
        assert_eq!(unit_of("us"), (Unit::Seconds, 1e-6));
        assert_eq!(unit_of("KiB"), (Unit::Bytes, 1024.0));
        assert_eq!(unit_of("cycles"), (Unit::Other("cycles".into()), 1.0));
    }
}
