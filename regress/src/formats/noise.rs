//! What a null run found, `regress-noise/1`: one benchmark a line.
//!
//! ```json
//! {
//! "schema": "regress-noise/1",
//! "provenance": {
//! "host": {"cpu":"AMD EPYC","cores":2,"os":"linux x86_64"}
//! },
//! "runs": 500,
//! "false_runs": 0,
//! "benchmarks": [
//! {"benchmark":"cache/hit/n1000","rounds":40,"lockstep":false,"scatter":0.021,"round_seconds":0.11,"visible":[[10,1.09],[160,1.02]],"between_runs":1.18,"false_flags":0}
//! ]
//! }
//! ```
//!
//! Not a format of results: `compare` does not take it for a run.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::native::{StoredProvenance, json_text, provenance_text};
use super::{Place, Problem, ReadError, json};
use crate::model::{BenchId, BenchNoise, Noise};

const SCHEMA: &str = "regress-noise/1";
const WANTED: &str = "a file of `regress null`";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    #[serde(borrow)]
    schema: Cow<'a, str>,
    provenance: StoredProvenance,
    runs: usize,
    false_runs: usize,
    #[serde(borrow)]
    benchmarks: Vec<Line<'a>>,
}

/// One benchmark. Numbers are those of [`BenchNoise`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    benchmark: Cow<'a, str>,
    rounds: usize,
    lockstep: bool,
    scatter: f64,
    round_seconds: f64,
    visible: Vec<(usize, f64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    between_runs: Option<f64>,
    false_flags: usize,
}

/// `noise` as a file.
pub fn write(noise: &Noise) -> Vec<u8> {
    let mut text = format!(
        "{{\n\"schema\": \"{SCHEMA}\",\n\"provenance\": {},\n\"runs\": {},\n\"false_runs\": {},\n\"benchmarks\": [",
        provenance_text(&noise.provenance),
        noise.runs,
        noise.false_runs
    );
    for (index, (id, noise)) in noise.benchmarks.iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&json_text(&Line::of(id, noise)));
    }
    text.push_str("\n]\n}\n");
    text.into_bytes()
}

/// What a file of [`write`](fn@write) says.
///
/// * `path`: for messages.
///
/// # Errors
/// Truncated, another version, not of this shape, a benchmark twice, or numbers that no null run finds.
pub fn read(path: &Arc<str>, bytes: &[u8]) -> Result<Noise, ReadError> {
    let document: Document<'_> = json::parse(path, bytes, WANTED)?;
    let fail = |place: Place, problem: Problem| ReadError { path: path.clone(), place, problem };
    if document.schema != SCHEMA {
        let problem = Problem::UnknownVersion { found: document.schema.into_owned(), known: SCHEMA };
        return Err(fail(Place::Field("schema".to_owned()), problem));
    }
    let mut noise = Noise {
        provenance: document.provenance.into_provenance(),
        runs: document.runs,
        false_runs: document.false_runs,
        ..Noise::default()
    };
    for (index, line) in document.benchmarks.into_iter().enumerate() {
        let place = |field: &str| Place::Field(format!("benchmarks[{index}]{field}"));
        let (id, bench) = line
            .noise()
            .map_err(|(field, found, wanted)| fail(place(field), Problem::ImpossibleNumber { found, wanted }))?;
        if noise.benchmarks.insert(id.clone(), bench).is_some() {
            let first = "a line above".to_owned();
            return Err(fail(place(".benchmark"), Problem::Duplicate { what: id.as_str().to_owned(), first }));
        }
    }
    Ok(noise)
}

impl<'a> Line<'a> {
    fn of(id: &'a BenchId, noise: &BenchNoise) -> Line<'a> {
        let BenchNoise { rounds, lockstep, scatter, round_seconds, ref visible, between_runs, false_flags } = *noise;
        let rounded = |(rounds, ratio): &(usize, f64)| (*rounds, short(*ratio));
        Line {
            benchmark: Cow::Borrowed(id.as_str()),
            rounds,
            lockstep,
            scatter: short(scatter),
            round_seconds: short(round_seconds),
            visible: visible.iter().filter(|(_, ratio)| ratio.is_finite()).map(rounded).collect(),
            between_runs: between_runs.map(short),
            false_flags,
        }
    }

    /// The benchmark; or the field, what stands there, and what should.
    fn noise(self) -> Result<(BenchId, BenchNoise), (&'static str, String, &'static str)> {
        let at_least = |field, value: f64, least: f64, wanted| match value >= least && value.is_finite() {
            true => Ok(()),
            false => Err((field, value.to_string(), wanted)),
        };
        at_least(".scatter", self.scatter, 0.0, "a scatter of at least 0")?;
        at_least(".round_seconds", self.round_seconds, 0.0, "a time of at least 0")?;
        at_least(".between_runs", self.between_runs.unwrap_or(1.0), 1.0, "a ratio of at least 1")?;
        self.visible.iter().try_for_each(|(_, ratio)| at_least(".visible", *ratio, 1.0, "a ratio of at least 1"))?;
        if let Some(pair) = self.visible.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            return Err((".visible", pair[1].0.to_string(), "numbers of rounds that ascend"));
        }
        let Line { benchmark, rounds, lockstep, scatter, round_seconds, visible, between_runs, false_flags } = self;
        let noise = BenchNoise { rounds, lockstep, scatter, round_seconds, visible, between_runs, false_flags };
        Ok((BenchId::new(&benchmark), noise))
    }
}

/// Four digits: more are noise of the noise, and would show in every diff.
fn short(value: f64) -> f64 {
    format!("{value:.3e}").parse().expect("a number that was just written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Provenance;

    fn noise() -> Noise {
        let bench = |lockstep| BenchNoise {
            rounds: 40,
            lockstep,
            scatter: 0.0213,
            round_seconds: 0.11,
            visible: vec![(10, 1.091), (160, 1.02)],
            between_runs: lockstep.then_some(1.18),
            false_flags: 1,
        };
        let benchmarks =
            [("a", true), ("b \"c\"/é", false)].map(|(name, lockstep)| (BenchId::new(name), bench(lockstep)));
        let provenance = Provenance { recorded_at: Some("2026-01-02T03:04:05Z".to_owned()), ..Provenance::default() };
        Noise { provenance, runs: 500, false_runs: 1, benchmarks: benchmarks.into() }
    }

    #[test]
    fn what_is_written_reads_back() {
        assert_eq!(read(&"x".into(), &write(&noise())), Ok(noise()));
    }

    #[test]
    fn cut_off_anywhere_it_is_an_error() {
        let whole = write(&noise());
        let end = whole.trim_ascii_end().len();
        for length in 0..end {
            assert!(read(&"x".into(), &whole[..length]).is_err(), "{length}");
        }
    }

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        let text = String::from_utf8(write(&noise())).unwrap();
        assert!(text.contains(old), "{text}");
        let error = read(&"x.json".into(), text.replacen(old, new, 1).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn numbers_that_no_null_run_finds_are_refused_with_their_place() {
        check(
            "0.0213",
            "-1",
            "x.json: `benchmarks[0].scatter`: `-1` is no measurement; wanted a scatter of at least 0",
        );
        check(
            "1.18",
            "0.5",
            "x.json: `benchmarks[0].between_runs`: `0.5` is no measurement; wanted a ratio of at least 1",
        );
        check(
            "[160",
            "[9",
            "x.json: `benchmarks[0].visible`: `9` is no measurement; wanted numbers of rounds that ascend",
        );
        check("noise/1", "noise/2", "x.json: `schema`: version `regress-noise/2`; this program reads regress-noise/1");
        check(
            r#""b \"c\"/é""#,
            r#""a""#,
            "x.json: `benchmarks[1].benchmark`: a stands here a second time; first in a line above",
        );
    }
}
