//! The custom JSON of github-action-benchmark: what `tool: customSmallerIsBetter` and `customBiggerIsBetter` take.
//!
//! ```json
//! [{"name": "Startup", "unit": "ms", "value": 58.2, "range": "± 3", "extra": "Median of 30 runs"}]
//! ```
//!
//! Kept: `value`, one number for each name. `range` and `extra` mean what whoever wrote them wants, and are not read.
//! The unit decides what was measured: a time is `time`, a rate `throughput`, memory `bytes`; any other unit is a metric
//! named by it.
//!
//! Which direction is good news stands in the workflow's file and not in this one. It is told by the name of the file:
//! one that contains `SmallerIsBetter` or `BiggerIsBetter` (in any case, with `-` or `_` between the words) says it of all
//! its metrics. Without it, times and rates have their usual direction, and of the others only those are judged that a
//! rule in `regress.toml` names.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{self, Document};
use super::units;
use super::{File, Format, ReadError, Reading, json};
use crate::model::{BenchId, Metric, Standing, Values, Warning};
use crate::unit::Better;

pub(super) const FORMAT: Format = Format {
    name: HARNESS,
    keeps: "summary only: one value for each name (customSmallerIsBetter, customBiggerIsBetter)",
    recognises,
    baseline_of: None,
    read: |files| document::each_file(files, read_file),
};

const HARNESS: &str = "github-action";
const WANTED: &str = "a list of benchmarks for github-action-benchmark";

const NO_DIRECTION: &str = "nothing says which direction is good news of what is neither a time nor a rate; name the file \
     …SmallerIsBetter.json or …BiggerIsBetter.json, as the action's tool is called";

/// How far to look for the members of the first benchmark.
const BEGINNING_BYTES: usize = 4096;

fn recognises(bytes: &[u8]) -> bool {
    let Some((key, _)) = json::first_member_in_list(bytes) else { return false };
    let beginning = &bytes[..bytes.len().min(BEGINNING_BYTES)];
    let has = |word: &[u8]| beginning.windows(word.len()).any(|window| window == word);
    matches!(key, b"name" | b"unit" | b"value" | b"range" | b"extra")
        && [&b"\"name\""[..], b"\"unit\"", b"\"value\""].into_iter().all(has)
}

/// One number, as far as it is read.
#[derive(Deserialize)]
struct Benchmark<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    unit: Cow<'a, str>,
    #[serde(borrow)]
    value: &'a RawValue,
}

fn read_file(file: &File) -> Result<Reading, ReadError> {
    let parts = json::parse_list(&file.path, &file.bytes, WANTED)?;
    let mut document = Document::of(file, HARNESS);
    let direction = direction(&file.path);
    let mut is_undirected = false;
    for (index, part) in parts.into_iter().enumerate() {
        let Some(benchmark) = document.part::<Benchmark>(part, "a benchmark with `name`, `unit` and `value`") else {
            continue;
        };
        let field = format!("[{index}].value");
        let Some(value) = document.number(&field, benchmark.value) else { continue };
        let (metric, factor) = units::metric(&benchmark.unit, HARNESS);
        let metric = directed(&metric, direction);
        is_undirected |= metric.better == Better::Unknown;
        let Some(sample) = document.sample(&field, &[value], factor, &metric.unit) else { continue };
        let metric: Arc<Metric> = document.metric(metric);
        document.observe(&field, &BenchId::new(&benchmark.name), metric, Values::Sampled(document::middle(sample)));
    }
    if is_undirected {
        document.warn(Warning::general(NO_DIRECTION));
    }
    Ok(document.finish())
}

/// What the name of the file says of all its metrics.
fn direction(path: &str) -> Option<Better> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let letters: String = name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect();
    match (letters.contains("smallerisbetter"), letters.contains("biggerisbetter")) {
        (true, false) => Some(Better::Lower),
        (false, true) => Some(Better::Higher),
        _ => None,
    }
}

/// What somebody chose to watch is judged once it has a direction.
fn directed(metric: &Metric, direction: Option<Better>) -> Metric {
    let better = direction.unwrap_or(metric.better);
    let standing = if better == Better::Unknown { metric.standing } else { Standing::Headline };
    Metric { better, standing, ..metric.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_tells_the_direction() {
        #[track_caller]
        fn check(path: &str, expected: Option<Better>) {
            assert_eq!(direction(path), expected);
        }
        check("a/customSmallerIsBetter_output.json", Some(Better::Lower));
        check("bigger-is-better.json", Some(Better::Higher));
        check("BiggerIsBetter/old.json", None);
        check("biggerIsBetter-smallerIsBetter.json", None);
        check("old.json", None);
    }
}
