//! The text of libtest's `#[bench]`, and of criterion's `--output-format bencher`.
//!
//! ```text
//! test build_10 ... bench:         386.12 ns/iter (+/- 309.09) = 5988 MB/s     libtest since 2024
//! test build_10 ... bench:       1,386 ns/iter (+/- 309)                       libtest before, and criterion
//! ```
//!
//! Kept: the median, as a [middle](crate::model::Kept::Middles), and `MB/s` as `throughput`. The number behind `+/-` is
//! largest less smallest of libtest's measurements and a standard deviation of criterion's; which of the two wrote a file
//! cannot be seen, and neither says where the others lie. criterion cuts off the decimals: below one unit it prints 0.
//! All other lines are passed over, but one: where libtest said how many it runs, it has to say how they ended. A file
//! holds one run: those of further runs are further processes.

use std::collections::HashMap;
use std::sync::Arc;

use super::measured::Measured;
use super::{File, Format, Line, Place, Problem, ReadError, Reading, json, known, lines};
use crate::model::{BenchId, Metric, Nature, Observation, Processes, Values, Warning};
use crate::stats::Sample;

pub(super) const FORMAT: Format = Format {
    name: "libtest",
    keeps: "summary only: median, and throughput (libtest's text, criterion's --output-format bencher)",
    recognises,
    baseline_of: None,
    read,
};

/// How far to look for the first result: a build, and the tests beside the benches, may have printed before it.
const BEGINNING_BYTES: usize = 1 << 16;

const BENCH: &str = "... bench:";
const WANTED: &str = "`test NAME ... bench: 1,234.56 ns/iter (+/- 7.89)`, and ` = 10 MB/s` at most";

fn recognises(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(BEGINNING_BYTES)];
    lines(json::without_bom(beginning)).any(|line| {
        let line = std::str::from_utf8(line.bytes).unwrap_or_default();
        result_line(line).is_some_and(|(_, result)| result.contains("/iter"))
    })
}

fn read(files: &[File]) -> Reading {
    Reading::of_each(files, read_file)
}

fn read_file(file: &File) -> Reading {
    let mut reading = Reading::default();
    let mut seen: HashMap<BenchId, usize> = HashMap::new();
    let harness: Arc<str> = "libtest".into();
    // The line with which libtest began what it has not ended yet.
    let (mut running, mut died) = (None, None);
    for (index, Line { bytes, is_whole }) in lines(json::without_bom(&file.bytes)).enumerate() {
        let line_number = index + 1;
        let line = match std::str::from_utf8(bytes) {
            Ok(line) => Ok(line),
            Err(_) if !bytes.starts_with(b"test ") => continue,
            Err(_) => Err(syntax("bytes that are no UTF-8", "text in UTF-8")),
        };
        if let Ok(line) = line
            && let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix("... FAILED"))
        {
            reading.warnings.push(Warning::general(format!(
                "{}:{line_number}: `{}` failed",
                file.path,
                name.trim_end()
            )));
        }
        match line {
            Ok(line) if begins_a_run(line) => {
                // One that no result ended.
                died = died.or(running.replace(line_number));
            }
            Ok(line) if line.starts_with("test result:") => running = None,
            Ok(_) | Err(_) => {}
        }
        let taken = line.and_then(|line| {
            let Some((name, result)) = result_line(line) else {
                let is_cut_off = !is_whole && line.starts_with("test ") && !line.starts_with("test result:");
                return if is_cut_off { Err(Problem::Truncated { wanted: WANTED.to_owned() }) } else { Ok(()) };
            };
            let id = BenchId::new(name);
            let result = Figures::parse(result)?;
            if let Some(first) = seen.insert(id.clone(), line_number) {
                return Err(Problem::Duplicate { what: format!("`{id}`"), first: format!("line {first}") });
            }
            let observe = |(metric, middle)| Observation {
                id: id.clone(),
                metric,
                values: Values::Sampled(Processes::middles(middle, None)),
                harness: harness.clone(),
                origin: file.path.clone(),
            };
            reading.observations.extend(result.metrics()?.into_iter().map(observe));
            Ok(())
        });
        if let Err(problem) = taken {
            let place = Place::Line { line_number, column_number: 0 };
            reading.problems.push(ReadError { path: file.path.clone(), place, problem });
        }
    }
    if let Some(line_number) =
        died.or(running).filter(|_| reading.problems.is_empty() && !reading.observations.is_empty())
    {
        let problem = Problem::Truncated { wanted: "`test result:`, which ends what begins here".to_owned() };
        let place = Place::Line { line_number, column_number: 0 };
        reading.problems.push(ReadError { path: file.path.clone(), place, problem });
    }
    if reading.observations.is_empty() && reading.problems.is_empty() {
        let (path, place) = (file.path.clone(), Place::Whole);
        reading.problems.push(ReadError { path, place, problem: Problem::Empty });
    }
    reading
}

/// `running 4 tests`: libtest says `test result:` when they are done, whatever became of them.
fn begins_a_run(line: &str) -> bool {
    let words = line.strip_prefix("running ").and_then(|rest| rest.trim_end().split_once(' '));
    words.is_some_and(|(count, tests)| count.parse::<u64>().is_ok() && matches!(tests, "test" | "tests"))
}

/// The name of a benchmark, and what stands behind `bench:`.
fn result_line(line: &str) -> Option<(&str, &str)> {
    let (name, result) = line.strip_prefix("test ")?.split_once(BENCH)?;
    Some((name.trim(), result))
}

/// What stands behind `bench:`.
struct Figures<'a> {
    middle: f64,
    unit: &'a str,
    megabytes_per_second: Option<f64>,
}

impl<'a> Figures<'a> {
    /// # Errors
    /// Anything else than [`WANTED`]: half a line is half a number.
    fn parse(text: &'a str) -> Result<Figures<'a>, Problem> {
        let bad = || syntax(format!("`{}`", text.trim().chars().take(60).collect::<String>()), WANTED);
        let (middle, rest) = text.trim().split_once(' ').ok_or_else(bad)?;
        let (unit, rest) = rest.split_once("/iter (+/- ").ok_or_else(bad)?;
        let (deviation, rest) = rest.split_once(')').ok_or_else(bad)?;
        number(deviation).ok_or_else(bad)?;
        let megabytes_per_second = match rest.trim() {
            "" => None,
            rate => {
                let rate = rate.strip_prefix("= ").and_then(|rate| rate.strip_suffix(" MB/s"));
                Some(rate.and_then(number).ok_or_else(bad)?)
            }
        };
        Ok(Figures { middle: number(middle).ok_or_else(bad)?, unit: unit.trim(), megabytes_per_second })
    }

    /// Each metric with its middle, in base units.
    fn metrics(&self) -> Result<Vec<(Arc<Metric>, Sample)>, Problem> {
        let Measured { metric, per_base_unit } = Measured::in_unit(self.unit);
        // A middle without decimals is no count that was the same in every iteration.
        let metric = match metric.nature {
            Nature::Timed => metric,
            Nature::Counted => Arc::new(Metric { nature: Nature::Timed, ..(*metric).clone() }),
        };
        let rate = self.megabytes_per_second.map(|rate| (known("throughput"), rate * 1e6));
        let all = [Some((metric, self.middle / per_base_unit)), rate];
        let sample = |(metric, value): (Arc<Metric>, f64)| {
            let wanted = "a finite measurement";
            let impossible = || Problem::ImpossibleNumber { found: format!("{value:?}"), wanted };
            Ok((metric, Sample::new(vec![value]).map_err(|_| impossible())?))
        };
        all.into_iter().flatten().map(sample).collect()
    }
}

/// `1,234.56`: digits with commas between thousands, and at most one point.
fn number(text: &str) -> Option<f64> {
    let is_written_so = text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.'));
    text.replace(',', "").parse().ok().filter(|number: &f64| is_written_so && number.is_finite())
}

fn syntax(found: impl Into<String>, wanted: &str) -> Problem {
    Problem::Syntax { found: found.into(), wanted: wanted.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_both_forms() {
        #[track_caller]
        fn check(text: &str, expected: Option<f64>) {
            assert_eq!(number(text), expected, "{text:?}");
        }
        check("386.12", Some(386.12));
        check("1,234,567", Some(1_234_567.0));
        check("1,234.56", Some(1234.56));
        check("0", Some(0.0));
        check("", None);
        check("-1", None);
        check("1e9", None);
        check("1.2.3", None);
        check(",1", None);
        check("inf", None);
    }

    #[test]
    fn a_run_that_nothing_ended_died() {
        #[track_caller]
        fn check(lines: &[&str], expected_line: Option<usize>) {
            let file = File { path: "x".into(), bytes: lines.join("\n").into_bytes() };
            let places: Vec<Place> = read_file(&file).problems.iter().map(|problem| problem.place.clone()).collect();
            let expected = expected_line.map(|line_number| Place::Line { line_number, column_number: 0 });
            assert_eq!(places, Vec::from_iter(expected), "for {lines:?}");
        }
        let bench = "test a ... bench:         100 ns/iter (+/- 5)";
        check(&["running 1 test", bench, "test result: ok.", ""], None);
        check(&["running 1 test", bench, ""], Some(1));
        check(&["running 4 tests", bench, "running 1 test", "test result: ok.", ""], Some(1));
        check(&["test result: ok.", "running 8 testers in the program", bench, ""], None);
    }
}
