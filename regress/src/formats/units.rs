//! Units as other tools write them: `ns/op`, `Megabytes`, `ops/ms`, `second`.

use std::sync::Arc;

use super::known;
use crate::model::{METRICS, Metric};
use crate::unit::{Better, Unit};

/// How a number in some unit becomes one in base units.
///
/// Nanoseconds are divided by 1e9: that rounds once, while 1e-9 is not exact itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Factor {
    /// So many base units in one.
    Times(f64),
    /// So many make one base unit.
    Over(f64),
}

impl Factor {
    /// `number` in base units.
    pub(super) fn apply(self, number: f64) -> f64 {
        match self {
            Factor::Times(factor) => number * factor,
            Factor::Over(divisor) => number / divisor,
        }
    }

    /// The factor of what happens once in each of these: of nanoseconds, that of a rate per nanosecond.
    fn inverse(self) -> Factor {
        match self {
            Factor::Times(factor) => Factor::Over(factor),
            Factor::Over(divisor) => Factor::Times(divisor),
        }
    }
}

const TIMES: &[(&[&str], Factor)] = &[
    (&["ns", "nsec", "nanosecond", "nanoseconds"], Factor::Over(1e9)),
    (&["us", "µs", "μs", "usec", "microsecond", "microseconds"], Factor::Over(1e6)),
    (&["ms", "msec", "millisecond", "milliseconds"], Factor::Over(1e3)),
    (&["s", "sec", "secs", "second", "seconds"], Factor::Times(1.0)),
    (&["min", "minute", "minutes"], Factor::Times(60.0)),
    (&["h", "hr", "hour", "hours"], Factor::Times(3600.0)),
];

const BYTES: &[(&[&str], Factor)] = &[
    (&["B", "byte", "bytes"], Factor::Times(1.0)),
    (&["kB", "KB", "kilobyte", "kilobytes"], Factor::Times(1e3)),
    (&["MB", "megabyte", "megabytes"], Factor::Times(1e6)),
    (&["GB", "gigabyte", "gigabytes"], Factor::Times(1e9)),
    (&["KiB", "kibibyte", "kibibytes"], Factor::Times(1024.0)),
    (&["MiB", "mebibyte", "mebibytes"], Factor::Times(1_048_576.0)),
    (&["GiB", "gibibyte", "gibibytes"], Factor::Times(1_073_741_824.0)),
];

/// Words behind a slash that say what a time or a number of bytes was taken of; the unit stays the same.
const ONE_TIME: &[&str] = &["op", "iter", "iteration", "call", "run", "request"];

/// The base unit and the factor to it; `None` for a unit that only its owner understands.
pub(super) fn understood(written: &str) -> Option<(Unit, Factor)> {
    let written = written.trim();
    let (numerator, denominator) = match written.split_once('/') {
        Some((numerator, denominator)) => (numerator.trim(), Some(denominator.trim())),
        None => (written, None),
    };
    let per = denominator.filter(|word| !ONE_TIME.contains(word));
    match (per.map(|word| lookup(TIMES, word)), lookup(TIMES, numerator), lookup(BYTES, numerator)) {
        (None, Some(time), _) => Some((Unit::Seconds, time)),
        (None, None, Some(bytes)) => Some((Unit::Bytes, bytes)),
        (Some(Some(Factor::Times(1.0))), None, Some(bytes)) => Some((Unit::BytesPerSecond, bytes)),
        (Some(Some(time)), None, None) => Some((Unit::PerSecond, time.inverse())),
        _ => None,
    }
}

/// Short symbols as they stand (`MB` is no `mB`), words in any case.
fn lookup(table: &[(&[&str], Factor)], written: &str) -> Option<Factor> {
    let lower = written.to_lowercase();
    let is_it = |spelling: &&str| **spelling == *written || 3 < spelling.len() && **spelling == lower;
    table.iter().find(|(spellings, _)| spellings.iter().any(is_it)).map(|(_, factor)| *factor)
}

/// What a number in this unit measures, where nothing but the unit says so, and the factor to base units.
///
/// A time is `time`, a rate `throughput`; anything else is a metric named by its unit, about which nobody said
/// which direction is good news.
pub(super) fn metric(written: &str, harness: &str) -> (Arc<Metric>, Factor) {
    let (unit, factor) = understood(written).unwrap_or((Unit::Other(written.into()), Factor::Times(1.0)));
    let metric = match unit {
        Unit::Seconds => known("time"),
        Unit::BytesPerSecond => known("throughput"),
        Unit::PerSecond => Arc::new(Metric::known("throughput").in_unit(Unit::PerSecond)),
        Unit::Bytes => Arc::new(custom("bytes", unit, harness)),
        Unit::Count | Unit::Other(_) => {
            Arc::new(custom(if written.is_empty() { "value" } else { written }, unit, harness))
        }
    };
    (metric, factor)
}

/// A metric that only its harness understands. One called `time` is not our `time`, in seconds.
pub(super) fn custom(name: &str, unit: Unit, harness: &str) -> Metric {
    let name = if METRICS.get(name).is_some() { format!("{harness}:{name}") } else { name.to_owned() };
    Metric::custom(&name, unit, Better::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_understood_in_the_spellings_of_many_tools() {
        #[track_caller]
        fn check(written: &str, expected: Option<(Unit, f64)>) {
            let actual = understood(written).map(|(unit, factor)| (unit, factor.apply(3.0)));
            assert_eq!(actual, expected, "for {written:?}");
        }
        check("ns/op", Some((Unit::Seconds, 3e-9)));
        check("µs", Some((Unit::Seconds, 3e-6)));
        check("Seconds", Some((Unit::Seconds, 3.0)));
        check("min/op", Some((Unit::Seconds, 180.0)));
        check("B/op", Some((Unit::Bytes, 3.0)));
        check("Megabytes", Some((Unit::Bytes, 3e6)));
        check("MB/sec", Some((Unit::BytesPerSecond, 3e6)));
        check("ops/ms", Some((Unit::PerSecond, 3000.0)));
        check("ops/min", Some((Unit::PerSecond, 0.05))); // 3 / 60
        check("req/s", Some((Unit::PerSecond, 3.0)));
        check("counts", None);
        check("MB/ms", None);
        check("mb", None);
        check("ns/s", None);
        check("---", None);
        check("", None);
    }

    #[test]
    fn a_metric_is_named_by_its_unit_where_nothing_else_says_what_it_is() {
        #[track_caller]
        fn check(written: &str, name: &str, better: Better) {
            let (metric, _) = metric(written, "tool");
            assert_eq!((&*metric.name, metric.better), (name, better));
        }
        check("ms/op", "time", Better::Lower);
        check("ops/s", "throughput", Better::Higher);
        check("MiB", "bytes", Better::Unknown);
        check("points", "points", Better::Unknown);
        check("allocs", "tool:allocs", Better::Unknown);
        check("", "value", Better::Unknown);
    }
}
