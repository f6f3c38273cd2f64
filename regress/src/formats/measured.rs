//! What criterion measured in, for the formats that say it: nanoseconds, or a unit of the bench's own.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::criterion::{self, Load};
use super::{Problem, Reading, json, known};
use crate::model::{BenchId, METRICS, Metric, Observation, Processes, Standing, Values, Warning};
use crate::stats::{Sample, SampleError};
use crate::unit::{Better, Unit};

/// The metric of a unit of criterion's, and how many of the unit its base unit is.
pub(super) struct Measured {
    pub(super) metric: Arc<Metric>,
    pub(super) per_base_unit: f64,
}

impl Measured {
    /// * `unit`: as criterion's formatter says it for machines: `ns` for wall time.
    ///
    /// A unit of the bench's own is a metric of that name. As criterion does, less of it is taken to be better.
    pub(super) fn in_unit(unit: &str) -> Measured {
        let time = |per_second| Measured { metric: known("time"), per_base_unit: per_second };
        match unit {
            "ns" => time(1e9),
            "us" | "µs" => time(1e6),
            "ms" => time(1e3),
            "s" => time(1.0),
            other => Measured { metric: Arc::new(of_its_own(other)), per_base_unit: 1.0 },
        }
    }

    /// Measurements of one iteration each, in the base unit.
    ///
    /// # Errors
    /// The index of the first that is no finite number, and what it is made of; `None` when there are none.
    pub(super) fn per_iteration(&self, totals: &[f64], iterations: &[f64]) -> Result<Sample, Option<(usize, String)>> {
        let values = totals.iter().zip(iterations).map(|(total, count)| total / count / self.per_base_unit);
        Sample::new(values.collect()).map_err(|error| match error {
            SampleError::Empty => None,
            SampleError::NotANumber { index } | SampleError::Infinite { index } => {
                Some((index, format!("{:?} / {:?}", totals[index], iterations[index])))
            }
        })
    }
}

fn of_its_own(unit: &str) -> Metric {
    match METRICS.get(unit) {
        Some(metric) if metric.unit == Unit::Count => metric,
        found => {
            let name = if found.is_some() { format!("criterion:{unit}") } else { unit.to_owned() };
            let base_unit = if unit == "bytes" { Unit::Bytes } else { Unit::Other(unit.into()) };
            Metric { standing: Standing::Headline, ..Metric::custom(&name, base_unit, Better::Lower) }
        }
    }
}

/// The one time that a JSON value holds in nanoseconds, as a sample.
pub(super) fn seconds(nanoseconds: &RawValue) -> Result<Sample, Problem> {
    let time = json::number(nanoseconds)?;
    let seconds = Measured::in_unit("ns").per_iteration(&[time], &[1.0]).ok().filter(|_| time >= 0.0);
    seconds.ok_or_else(|| {
        let found = nanoseconds.get().to_owned();
        Problem::ImpossibleNumber { found, wanted: "a time of at least 0" }
    })
}

/// What one iteration processes, in criterion's words: `4096`, `bytes`.
///
/// `None` for a kind this program does not know.
pub(super) fn load(amount: &str, kind: &str) -> Result<Load, Problem> {
    let number = |text: &str| {
        let wanted = "how much one iteration processes, a finite number";
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or(Problem::ImpossibleNumber { found: text.chars().take(24).collect(), wanted })
    };
    Ok(match kind {
        "bytes" => Load::Bytes(number(amount)?),
        "bits" => Load::Bytes(number(amount)? / 8.0),
        "elements" => Load::Elements(number(amount)?),
        "elements/bytes" => Load::Bytes(number(amount.split_once('/').map_or(amount, |(_, bytes)| bytes))?),
        _ => Load::Unknown,
    })
}

/// What one benchmark measured, and what follows from its throughput.
///
/// * `keep`: whether the numbers are measurements or middles of them.
/// * `within`: from where to where the middle of `sample` may lie, where that is known.
pub(super) fn observe(
    (id, harness, origin): (&BenchId, &Arc<str>, &Arc<str>),
    (metric, sample): (Arc<Metric>, Sample),
    load: Option<&Load>,
    (keep, within): (impl Fn(Sample) -> Processes, Option<&Sample>),
    reading: &mut Reading,
) {
    let observation = |metric: Arc<Metric>, sample: Sample, within: Option<&Sample>| Observation {
        id: id.clone(),
        metric,
        values: Values::Sampled(match within {
            Some(ends) => keep(sample).within(ends.min(), ends.max()),
            None => keep(sample),
        }),
        harness: harness.clone(),
        origin: origin.clone(),
    };
    if let Some(load) = load.filter(|_| &*metric.name == "time") {
        // A rate has its ends where the time has its own.
        let ends = within.and_then(|ends| criterion::rates(load, ends).ok()).unwrap_or_default();
        let of_metric = |name: &str| ends.iter().find(|(metric, _)| *metric.name == *name).map(|(_, ends)| ends);
        match criterion::rates(load, &sample) {
            Ok(rates) => reading.observations.extend(rates.into_iter().map(|(metric, rate)| {
                let within = of_metric(&metric.name);
                observation(metric, rate, within)
            })),
            Err(text) => reading.warnings.push(Warning::about(id, "throughput", text)),
        }
    }
    reading.observations.push(observation(metric, sample, within));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_a_time_or_a_metric_of_its_own() {
        #[track_caller]
        fn check(unit: &str, name: &str, base_unit: Unit, per_base_unit: f64) {
            let measured = Measured::in_unit(unit);
            assert_eq!((&*measured.metric.name, &measured.metric.unit), (name, &base_unit));
            assert_eq!(measured.per_base_unit, per_base_unit);
            assert_eq!(measured.metric.standing, Standing::Headline);
        }
        check("ns", "time", Unit::Seconds, 1e9);
        check("µs", "time", Unit::Seconds, 1e6);
        check("allocs", "allocs", Unit::Count, 1.0);
        check("cycles", "cycles", Unit::Other("cycles".into()), 1.0);
        check("time", "criterion:time", Unit::Other("time".into()), 1.0);
        check("bytes", "bytes", Unit::Bytes, 1.0);
    }

    #[test]
    fn loads_are_read_as_criterion_writes_them() {
        #[track_caller]
        fn check(amount: &str, kind: &str, bytes: Option<f64>, elements: Option<f64>) {
            let found = match load(amount, kind).unwrap() {
                Load::Bytes(bytes) => (Some(bytes), None),
                Load::Elements(elements) => (None, Some(elements)),
                Load::Unknown => (None, None),
            };
            assert_eq!(found, (bytes, elements), "{amount} {kind}");
        }
        check("4096", "bytes", Some(4096.0), None);
        check("4096", "bits", Some(512.0), None);
        check("4/64", "elements/bytes", Some(64.0), None);
        check("128", "elements", None, Some(128.0));
        check("128", "furlongs", None, None);
        assert!(load("x", "bytes").is_err());
        assert!(load("1e999", "elements").is_err());
    }
}
