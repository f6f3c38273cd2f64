//! The files of harnesses of other languages: what is broken in them, and what only looks so.

use std::sync::Arc;

use regress::formats::{self, FORMATS, File, Reading, bencher_metric};
use regress::model::{BenchId, Metric, Observation, Run, Values};
use serde_json::Value;

use super::corpus::{self, check};

/// Checks the problems and warnings of a single file.
#[track_caller]
fn check_file(format: &str, text: &str, problems: &[&str], warnings: &[&str]) -> Reading {
    assert_eq!(formats::choose(text.as_bytes()).map(|format| format.name), Some(format), "for {text}");
    check(format, &[("a.json", text)], problems, warnings)
}

/// Replaces `from`, which must stand in `text`, and checks the problems.
#[track_caller]
fn check_edited(format: &str, text: &str, (from, to): (&str, &str), problems: &[&str]) {
    assert!(text.contains(from), "{from} stands in the file");
    check(format, &[("a.json", &text.replace(from, to))], problems, &[]);
}

/// Benchmark, metric and all measurements by process.
#[track_caller]
fn check_values(reading: &Reading, expected: &[(&str, &str, &[&[f64]])]) {
    let actual: Vec<(&str, &str, Vec<&[f64]>)> = reading
        .observations
        .iter()
        .map(|observation| {
            let Values::Sampled(processes) = &observation.values else { panic!("{} is exact", observation.id) };
            (observation.id.as_str(), &*observation.metric.name, processes.by_process().collect())
        })
        .collect();
    let expected: Vec<(&str, &str, Vec<&[f64]>)> =
        expected.iter().map(|(id, metric, values)| (*id, *metric, values.to_vec())).collect();
    assert_eq!(actual, expected);
}

const HYPERFINE_1: &str = r#"{"results": [
{"command": "a 1", "times": [0.5, 0.25], "memory_usage_byte": [10, 20], "exit_codes": [0, 0], "parameters": {"n": "1"}},
{"command": "b", "times": [1.0], "exit_codes": [0]}
]}"#;

#[test]
fn hyperfine_runs_are_processes() {
    let reading = check_file("hyperfine", HYPERFINE_1, &[], &[]);
    check_values(
        &reading,
        &[
            ("a 1/n=1", "time", &[&[0.5], &[0.25]]),
            ("a 1/n=1", "peak-rss", &[&[10.0], &[20.0]]),
            ("b", "time", &[&[1.0]]),
        ],
    );
}

#[test]
fn a_broken_file_of_hyperfine_is_refused_with_the_place() {
    let check_one = |edit, problems: &[&str]| check_edited("hyperfine", HYPERFINE_1, edit, problems);
    check_one(("\n]}", ""), &["a.json:3:51: the file ends too early; wanted a file of `hyperfine --export-json`"]);
    check_one(
        (" 0.25]", " null]"),
        &["a.json: `results[0].times[1]`: `null` is no measurement; wanted a finite number"],
    );
    check_one(
        (" 0.25]", " -1]"),
        &["a.json: `results[0].times[1]`: `-1.0` is no measurement; wanted a measurement of at least 0"],
    );
    check_one(("[0.5, 0.25]", "[]"), &["a.json: `results[0].times`: nothing was measured in it"]);
    // Everything that is wrong, each with its line.
    let both = HYPERFINE_1.replace("\"times\": [0.5, 0.25], ", "").replace("[1.0]", "1.0");
    check(
        "hyperfine",
        &[("a.json", &both)],
        &[
            "a.json:2: found no `times`; wanted a result of hyperfine",
            "a.json: `results[1].times`: found 1.0; wanted a list of numbers",
        ],
        &[],
    );
    let twice = HYPERFINE_1.replace("\"command\": \"b\"", "\"command\": \"a 1\", \"parameters\": {\"n\": 1}");
    check(
        "hyperfine",
        &[("a.json", &twice)],
        &["a.json: `results[1].times`: `a 1/n=1` time stands here a second time; first in `results[0].times`"],
        &[],
    );
    check_one(("{\"n\": \"1\"}", "{\"n\": 1, \"n\": 2}"), &["a.json:2: found `n` twice; wanted a result of hyperfine"]);
}

const HYPERFINE_2: &str = r#"{"schema_version": 2, "results": [{"command": "a", "parameters": {"n": {"value": "1"}}, "measurements": [
{"time_wall_clock": {"value": 0.5, "unit": "second"}, "cache_misses": {"value": 7, "unit": "count"}, "exit_code": 0},
{"time_wall_clock": {"value": 0.25, "unit": "second"}, "cache_misses": {"value": 9, "unit": "count"}, "exit_code": 0}
]}]}"#;

#[test]
fn hyperfine_2_measures_whatever_it_was_asked_for() {
    let reading = check_file("hyperfine", HYPERFINE_2, &[], &[]);
    check_values(&reading, &[("a/n=1", "time", &[&[0.5], &[0.25]]), ("a/n=1", "cache-misses", &[&[7.0], &[9.0]])]);
    let check_one = |edit, problems: &[&str]| check_edited("hyperfine", HYPERFINE_2, edit, problems);
    check_one((": 2,", ": 3,"), &["a.json: `schema_version`: version `3`; this program reads versions 1 and 2"]);
    check_one(
        (", \"cache_misses\": {\"value\": 9, \"unit\": \"count\"}", ""),
        &[
            "a.json: `results[0].measurements[1].cache_misses`: found nothing; wanted every measurement with the same metrics",
        ],
    );
    check_one(
        ("0.25, \"unit\": \"second\"", "250, \"unit\": \"ms\""),
        &["a.json: `results[0].measurements[1].time_wall_clock`: found unit `ms`; wanted unit `second`"],
    );
    check_one(("{\"value\": 0.5,", "{"), &["a.json:2: found no `value`; wanted a `value` with its `unit`"]);
    check_one(
        ("{\"value\": \"1\"}", "1"),
        &["a.json: `results[0].parameters.n`: found 1; wanted an object with a `value`"],
    );
}

#[test]
fn a_command_that_fails_is_warned_about() {
    let warning = |how| format!("{how}, so the time may not be that of the work; run the command by hand");
    let edited = |codes| HYPERFINE_1.replace("\"exit_codes\": [0, 0]", codes);
    let check_one = |codes, how| check_file("hyperfine", &edited(codes), &[], &[&warning(how)]);
    check_one("\"exit_codes\": [0, 3]", "1 of 2 runs failed (the first with exit code 3)");
    check_one("\"exit_codes\": [null, null]", "2 of 2 runs failed (the first by a signal)");
}

const GOOGLE: &str = r#"{"context": {"date": "2026-11-20T20:28:44+00:00"}, "benchmarks": [
{"name": "B/1", "family_index": 0, "run_name": "B/1", "run_type": "iteration", "repetition_index": 0, "real_time": 2.0e+00, "cpu_time": 1.0, "time_unit": "us", "label": "x", "widgets": 3},
{"name": "B/1", "family_index": 0, "run_name": "B/1", "run_type": "iteration", "repetition_index": 1, "real_time": 4.0e+00, "cpu_time": 3.0, "time_unit": "us", "widgets": 5},
{"name": "B/1_median", "family_index": 0, "run_name": "B/1", "run_type": "aggregate", "aggregate_name": "median", "real_time": 3.0, "cpu_time": 2.0, "time_unit": "us"},
{"name": "B_BigO", "family_index": 0, "run_name": "B", "run_type": "aggregate", "aggregate_name": "BigO", "cpu_coefficient": 3.0, "big_o": "N", "time_unit": "us"}
]}"#;

#[test]
fn google_benchmarks_repetitions_are_measurements_and_its_aggregates_are_not() {
    let reading = check_file("google-benchmark", GOOGLE, &[], &[]);
    check_values(
        &reading,
        &[("B/1", "time", &[&[2e-6, 4e-6]]), ("B/1", "cpu-time", &[&[1e-6, 3e-6]]), ("B/1", "widgets", &[&[3.0, 5.0]])],
    );
    assert_eq!(reading.provenance.recorded_at.as_deref(), Some("2026-11-20T20:28:44Z"));
}

#[test]
fn a_broken_file_of_google_benchmark_is_refused_with_the_place() {
    let check_one = |edit, problems: &[&str]| check_edited("google-benchmark", GOOGLE, edit, problems);
    check_one(
        ("4.0e+00", "-4.0"),
        &["a.json: `benchmarks[1].real_time`: `-4.0` is no measurement; wanted a measurement of at least 0"],
    );
    check_one(
        ("4.0e+00", "4.0e+999"),
        &["a.json: `benchmarks[1].real_time`: `4.0e+999` is no measurement; wanted a finite number"],
    );
    check_one(
        ("\"time_unit\": \"us\", \"widgets\": 5", "\"time_unit\": \"weeks\""),
        &["a.json: `benchmarks[1].time_unit`: found `weeks`; wanted `ns`, `us`, `ms` or `s`"],
    );
    check_one(("\"cpu_time\": 3.0, ", ""), &["a.json: `benchmarks[1].cpu_time`: found nothing; wanted a number"]);
    check_one(
        (
            "\"family_index\": 0, \"run_name\": \"B/1\", \"run_type\": \"iteration\", \"repetition_index\": 1",
            "\"family_index\": 1, \"run_name\": \"B/1\"",
        ),
        &["a.json: `benchmarks[1]`: `B/1` stands here a second time; first in `benchmarks[0]`"],
    );
    check_one(
        ("\"widgets\": 5", "\"widgets\": 5, \"name\": \"C\""),
        &["a.json:3: found `name` twice; wanted a benchmark of Google Benchmark"],
    );
    check_one(
        ("\"widgets\": 5", "\"widgets\": NaN"),
        &["a.json:3:172: found `NaN`, which JSON does not have; wanted a JSON file of Google Benchmark"],
    );
}

#[test]
fn a_benchmark_that_gave_up_has_no_time() {
    let failed = GOOGLE.replace("\"label\": \"x\"", "\"error_occurred\": true, \"error_message\": \"no data\"");
    let reading = check_file("google-benchmark", &failed, &[], &["the benchmark failed: no data; left out"]);
    check_values(
        &reading,
        &[("B/1", "time", &[&[4e-6]]), ("B/1", "cpu-time", &[&[3e-6]]), ("B/1", "widgets", &[&[5.0]])],
    );
    let skipped = GOOGLE.replace("\"label\": \"x\"", "\"skipped\": true, \"skip_message\": \"not here\"");
    check_file("google-benchmark", &skipped, &[], &["the benchmark was skipped: not here; left out"]);
}

const JMH: &str = r#"[{"jmhVersion": "1.37", "benchmark": "a.B.run", "mode": "thrpt", "params": {"size": "10"},
"primaryMetric": {"score": 2.0, "scoreError": "NaN", "scoreUnit": "ops/ms", "rawData": [[1.0, 2.0], [3.0]]},
"secondaryMetrics": {
"·gc.alloc.rate.norm": {"score": 48.0, "scoreUnit": "B/op", "rawData": [[48.0, 48.5], [47.0]]},
"gc.count": {"score": "NaN", "scoreUnit": "counts", "rawData": [["NaN", 1.0], [2.0]]},
"stack": {"score": "NaN", "scoreUnit": "---", "rawData": [[], []]}
}}]"#;

#[test]
fn jmh_forks_are_processes_and_its_units_say_what_was_measured() {
    let reading = check_file("jmh", JMH, &[], &[]);
    check_values(
        &reading,
        &[
            ("a.B.run/size=10", "throughput", &[&[1000.0, 2000.0], &[3000.0]]),
            ("a.B.run/size=10", "alloc-bytes", &[&[48.0, 48.5], &[47.0]]),
        ],
    );
    let shot = JMH.replace("\"thrpt\"", "\"ss\"").replace("ops/ms", "ms/op");
    let reading = check_file("jmh", &shot, &[], &[]);
    let time = &reading.observations[0];
    assert_eq!((time.id.as_str(), &*time.metric.name), ("a.B.run/size=10/mode=ss", "time"));
}

#[test]
fn a_histogram_of_jmh_gives_a_mean_and_a_ninth_decile_for_each_iteration() {
    let text = r#"[{"jmhVersion": "1.37", "benchmark": "a.B.run", "mode": "sample",
"primaryMetric": {"score": 2.0, "scoreUnit": "s/op", "rawDataHistogram": [[[[1.0, 3], [5.0, 1]], [[2.0, 1]]], [[[4.0, 2]]]]},
"secondaryMetrics": {}}]"#;
    let reading = check_file("jmh", text, &[], &[]);
    check_values(
        &reading,
        &[
            ("a.B.run/mode=sample", "time", &[&[2.0, 2.0], &[4.0]]), // (3 × 1 + 5) / 4
            ("a.B.run/mode=sample", "time-p90", &[&[5.0, 2.0], &[4.0]]),
        ],
    );
    check_edited(
        "jmh",
        text,
        ("[5.0, 1]", "[5.0, -1]"),
        &[
            "a.json: `[0].primaryMetric.rawDataHistogram`: found integer `-1`; wanted a whole number of at least 0 in lists of durations and their counts",
        ],
    );
}

#[test]
fn a_number_that_is_too_large_once_it_is_converted_is_refused_as_it_stands_there() {
    check_file(
        "github-action",
        r#"[{"name":"x","unit":"h","value":1e308}]"#,
        &[
            "a.json: `[0].value`: `1e308` is no measurement; wanted a number that is finite in base units (seconds, bytes, counts)",
        ],
        &[],
    );
}

#[test]
fn a_broken_file_of_jmh_is_refused_with_the_place() {
    let check_one = |edit, problems: &[&str]| check_edited("jmh", JMH, edit, problems);
    check_one(
        ("[3.0]", "[\"NaN\"]"),
        &["a.json: `[0].primaryMetric.rawData[0]`: `\"NaN\"` is no measurement; wanted a finite number"],
    );
    check_one(
        ("[3.0]", "[-3.0]"),
        &["a.json: `[0].primaryMetric.rawData`: `-3.0` is no measurement; wanted a measurement of at least 0"],
    );
    check_one(("\"mode\": \"thrpt\", ", ""), &["a.json:7: found no `mode`; wanted a result of JMH"]);
    check_one(("}]", "}"), &["a.json:7:2: the file ends too early; wanted a list of results of JMH"]);
    check("jmh", &[("a.json", "{}")], &["a.json:1: found map; wanted a list in a list of results of JMH"], &[]);
    let score = JMH.replace("[[1.0, 2.0], [3.0]]", "[]");
    let warning = "only scores were written, which show large changes alone; run without -Djmh.json.rawData=false";
    let reading = check_file("jmh", &score, &[], &[warning]);
    check_values(
        &reading,
        &[
            ("a.B.run/size=10", "throughput", &[&[2000.0]]),
            ("a.B.run/size=10", "alloc-bytes", &[&[48.0, 48.5], &[47.0]]),
        ],
    );
}

const PYTEST: &str = r#"{"machine_info": {"machine": "x86_64", "system": "Linux", "cpu": {"brand_raw": "A", "count": 2}},
"commit_info": {"id": "4f0c", "dirty": true}, "benchmarks": [
{"name": "test_a", "fullname": "t.py::test_a", "stats": {"median": 2.5, "rounds": 3, "data": [2.5, 3.0, 1.0]}}
], "datetime": "2026-11-20T20:28:56.557504+00:00", "version": "5.3.1"}"#;

#[test]
fn rounds_of_pytest_benchmark_are_of_one_process() {
    let reading = check_file("pytest-benchmark", PYTEST, &[], &[]);
    check_values(&reading, &[("t.py::test_a", "time", &[&[2.5, 3.0, 1.0]])]);
    assert_eq!(reading.provenance.commit.map(|commit| commit.to_string()), Some("4f0c with local changes".to_owned()));
    assert_eq!(reading.provenance.host.map(|host| host.to_string()), Some("A, 2 cores, linux x86_64".to_owned()));

    let saved = PYTEST.replace(", \"data\": [2.5, 3.0, 1.0]", "");
    let warning = "of the rounds only medians and minima were saved, which show large changes alone; save with --benchmark-save-data";
    check_values(&check_file("pytest-benchmark", &saved, &[], &[warning]), &[("t.py::test_a", "time", &[&[2.5]])]);

    let short = PYTEST.replace("\"rounds\": 3", "\"rounds\": 7");
    check_file("pytest-benchmark", &short, &[], &["only 3 of its 7 rounds are in the file"]);
}

#[test]
fn a_broken_file_of_pytest_benchmark_is_refused_with_the_place() {
    let check_one = |edit, problems: &[&str]| check_edited("pytest-benchmark", PYTEST, edit, problems);
    check_one(
        (", 1.0]", ", -1.0]"),
        &["a.json: `benchmarks[0].stats.data[2]`: `-1.0` is no measurement; wanted a measurement of at least 0"],
    );
    check_one(
        ("\"fullname\": \"t.py::test_a\", ", ""),
        &["a.json:3: found no `fullname`; wanted a benchmark of pytest-benchmark"],
    );
    check_one(
        ("{\"name\": \"test_a\"", "17, {\"name\": \"test_a\""),
        &["a.json:3: found 17; wanted a benchmark of pytest-benchmark"],
    );
}

const PYPERF: &str = r#"{"benchmarks":[{"metadata":{"name":"a"},"runs":[
{"warmups":[[1,9.0]]},
{"metadata":{"mem_max_rss":100},"values":[1.0,2.0],"warmups":[[1,9.0]]},
{"metadata":{"mem_max_rss":200},"values":[3.0]}
]}],"metadata":{"unit":"second","perf_version":"2.10.0"},"version":"1.0"}"#;

#[test]
fn runs_of_pyperf_are_processes_and_warm_ups_are_dropped() {
    let reading = check_file("pyperf", PYPERF, &[], &[]);
    check_values(&reading, &[("a", "time", &[&[1.0, 2.0], &[3.0]]), ("a", "peak-rss", &[&[100.0], &[200.0]])]);
    let bytes = PYPERF.replace("second", "byte");
    let reading = check_file("pyperf", &bytes, &[], &[]);
    assert_eq!(&*reading.observations[0].metric.name, "memory");
}

#[test]
fn a_broken_file_of_pyperf_is_refused_with_the_place() {
    let check_one = |edit, problems: &[&str]| check_edited("pyperf", PYPERF, edit, problems);
    check_one(
        ("\"second\"", "\"furlong\""),
        &["a.json: `benchmarks[0].metadata.unit`: found unit `furlong`; wanted `second`, `byte` or `integer`"],
    );
    check_one(
        ("\"1.0\"", "\"2.0\""),
        &["a.json: `version`: version `2.0`; this program reads version 1.0 of pyperf's format"],
    );
    check_one(
        ("{\"name\":\"a\"}", "{}"),
        &["a.json: `benchmarks[0]`: found a benchmark without one; wanted a `name` in `metadata`"],
    );
    check_one(("[3.0]", "[]"), &["a.json: `benchmarks[0].runs[2].values`: nothing was measured in it"]);
    let calibrated = PYPERF.replace("\"values\"", "\"ignored\"");
    check("pyperf", &[("a.json", &calibrated)], &["a.json: `benchmarks[0].runs`: nothing was measured in it"], &[]);
}

#[test]
fn a_broken_file_of_bencher_is_refused_with_the_place() {
    let text = "{\"a\": {\"latency\": {\"value\": 5.0, \"lower_value\": 4.0}},\n\"b\": {\"latency\": {\"value\": 6}}}";
    let reading = check_file("bencher", text, &[], &[]);
    check_values(&reading, &[("a", "time", &[&[5e-9]]), ("b", "time", &[&[6e-9]])]);
    let check_one = |(from, to): (&str, &str), problems: &[&str]| {
        assert!(text.contains(from));
        let reading = check_one_file(&text.replace(from, to));
        assert_eq!(reading, problems);
    };
    check_one(("\"value\": 6", "\"valve\": 6"), &["a.json:2: found no `value`; wanted a measure with a `value`"]);
    check_one(
        ("\"value\": 6", "\"value\": \"6\""),
        &["a.json: `b.latency.value`: `\"6\"` is no measurement; wanted a finite number"],
    );
    check_one(
        ("\"value\": 6", "\"value\": -6"),
        &["a.json: `b.latency.value`: `-6.0` is no measurement; wanted a measurement of at least 0"],
    );
    check_one(("\"b\"", "\"a\""), &["a.json:2:3: found `a` twice; wanted benchmarks in Bencher Metric Format"]);
    check_one(("{\"value\": 6}", "6"), &["a.json:2: found 6; wanted a measure with a `value`"]);
    check_one(
        ("\"b\": {\"latency\"", "\"b\": {\"latency\": {\"value\": 1}, \"Latency\""),
        &["a.json: `b.Latency.value`: `b` time stands here a second time; first in `b.latency.value`"],
    );
}

#[test]
fn a_run_is_written_for_bencher_a_benchmark_a_line() {
    let pyperf = r#"{"benchmarks":[{"metadata":{"name":"a"},"runs":[{"values":[6e-8,1e-8,2e-8,3e-8,4e-8,5e-8,7e-8]}]},
{"metadata":{"name":"b \"c\""},"runs":[{"values":[1.5]}]}],"metadata":{},"version":"1.0"}"#;
    let reading = check_file("pyperf", pyperf, &[], &[]);
    let run = Run::new("run", reading.provenance, Vec::new(), reading.observations).expect("no row twice");
    // Seven measurements bound their median, one does not.
    let expected = "{\n\"a\": {\"latency\": {\"value\": 40.0, \"lower_value\": 10.0, \"upper_value\": 70.0}},\n\
                    \"b \\\"c\\\"\": {\"latency\": {\"value\": 1500000000.0}}\n}\n";
    let written = String::from_utf8(bencher_metric::write(&run)).expect("it is UTF-8");
    assert_eq!(written, expected);
    check_values(
        &check_file("bencher", &written, &[], &[]),
        &[("a", "time", &[&[4e-8]]), ("b \"c\"", "time", &[&[1.5]])],
    );
}

#[test]
fn bounds_of_bencher_are_written_as_they_were_read() {
    let text = "{\n\"a\": {\"latency\": {\"value\": 88.0, \"lower_value\": 87.42, \"upper_value\": 88.88}},\n\
                \"b\": {\"file-size\": {\"value\": 42.0}}\n}\n";
    let reading = check_file("bencher", text, &[], &[]);
    let run = Run::new("run", reading.provenance, Vec::new(), reading.observations).expect("no row twice");
    assert_eq!(String::from_utf8(bencher_metric::write(&run)).expect("it is UTF-8"), text);
}

/// The problems of a file of Bencher; its warning is another test.
fn check_one_file(text: &str) -> Vec<String> {
    let file = File { path: "a.json".into(), bytes: text.as_bytes().into() };
    (corpus::format("bencher").read)(&[file]).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_broken_file_of_github_action_benchmark_is_refused_with_the_place() {
    let text =
        "[{\"name\": \"a\", \"unit\": \"ms\", \"value\": 5.0},\n{\"name\": \"b\", \"unit\": \"points\", \"value\": 7}]";
    let direction = "nothing says which direction is good news of what is neither a time nor a rate; name the file …SmallerIsBetter.json or …BiggerIsBetter.json, as the action's tool is called";
    let reading = check_file("github-action", text, &[], &[direction]);
    check_values(&reading, &[("a", "time", &[&[5e-3]]), ("b", "points", &[&[7.0]])]);
    check("github-action", &[("x/smaller-is-better.json", text)], &[], &[]);
    let check_one = |(from, to): (&str, &str), problems: &[&str]| {
        check("github-action", &[("smallerIsBetter.json", &text.replace(from, to))], problems, &[]);
    };
    check_one(
        ("\"value\": 7", "\"range\": 7"),
        &["smallerIsBetter.json:2: found no `value`; wanted a benchmark with `name`, `unit` and `value`"],
    );
    check_one(
        ("\"value\": 7", "\"value\": null"),
        &["smallerIsBetter.json: `[1].value`: `null` is no measurement; wanted a finite number"],
    );
    check_one(
        ("\"b\", \"unit\": \"points\"", "\"a\", \"unit\": \"s\""),
        &["smallerIsBetter.json: `[1].value`: `a` time stands here a second time; first in `[0].value`"],
    );
}

#[test]
fn every_golden_file_is_recognised_by_one_format_alone() {
    for case in corpus::cases() {
        for file in case.files.iter().filter(|file| !corpus::OURS.contains(&&*file.path)) {
            let formats: Vec<&str> =
                FORMATS.iter().filter(|format| (format.recognises)(&file.bytes)).map(|format| format.name).collect();
            assert!(formats.len() <= 1, "{}/{}: {formats:?}", case.name, file.path);
        }
    }
}

#[test]
fn depth_bombs_bytes_that_are_no_text_and_line_ends_of_windows() {
    let bomb = "[".repeat(100_000);
    for (format, before) in [
        ("hyperfine", "{\"results\":[{\"command\":\"a\",\"times\":"),
        ("hyperfine", "{\"schema_version\":2,\"results\":"),
        ("google-benchmark", "{\"context\":{\"date\":\"\"},\"benchmarks\":[{\"name\":"),
        ("jmh", "[{\"jmhVersion\":\"1\",\"benchmark\":\"a\",\"primaryMetric\":"),
        ("pytest-benchmark", "{\"machine_info\":"),
        ("pyperf", "{\"benchmarks\":[{\"runs\":"),
        ("bencher", "{\"a\":{\"latency\":{\"value\":1,\"lower_value\":"),
        ("github-action", "[{\"name\":\"a\",\"unit\":\"s\",\"value\":1,\"extra\":"),
    ] {
        for bytes in [format!("{before}{bomb}").into_bytes(), [before.as_bytes(), b"\"\xFF\xFE\""].concat()] {
            assert_eq!(formats::choose(&bytes).map(|format| format.name), Some(format));
            let reading = (corpus::format(format).read)(&[File { path: "a.json".into(), bytes }]);
            assert!(!reading.problems.is_empty(), "{format}");
        }
    }
    for text in [HYPERFINE_1, HYPERFINE_2, GOOGLE, JMH, PYTEST, PYPERF] {
        let format = formats::choose(text.as_bytes()).expect("it is recognised");
        let of_windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let same = formats::choose(of_windows.as_bytes()).expect("it is recognised");
        assert_eq!(same.name, format.name);
        let file = |text: &str| [File { path: "a.json".into(), bytes: text.as_bytes().into() }];
        assert_eq!((same.read)(&file(&of_windows)).observations, (format.read)(&file(text)).observations);
    }
}

/// Benchmark, and what the tool itself says is the mean of its time, in seconds.
fn stated_means(format: &str, document: &Value) -> Vec<(String, f64)> {
    let number = |value: &Value| value.as_f64().expect("a number");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    match format {
        "hyperfine" => list(&document["results"])
            .iter()
            .map(|result| {
                let mean = &result["summary"]["time_wall_clock"]["mean"];
                let name = if result["name"].is_null() { &result["command"] } else { &result["name"] };
                (text(name), number(if mean.is_null() { &result["mean"] } else { mean }))
            })
            .collect(),
        "google-benchmark" => list(&document["benchmarks"])
            .iter()
            .filter(|row| row["aggregate_name"] == "mean" && row["error_occurred"].is_null())
            .map(|row| {
                let per_second = if row["time_unit"] == "us" { 1e6 } else { 1e9 };
                (text(&row["run_name"]), number(&row["real_time"]) / per_second)
            })
            .collect(),
        "pytest-benchmark" => list(&document["benchmarks"])
            .iter()
            .map(|benchmark| (text(&benchmark["fullname"]), number(&benchmark["stats"]["mean"])))
            .collect(),
        "jmh" => list(document)
            .iter()
            .map(|result| (text(&result["benchmark"]), number(&result["primaryMetric"]["score"]) / 1e9))
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn means_are_those_that_the_tools_state() {
    let mut compared = 0;
    for case in corpus::cases() {
        // Read as medians; and one whose measurements were changed by hand, which its score does not know.
        let is_median = |path: &str| path == "aggregates-only.json" || case.name.ends_with("-saved");
        let stated_otherwise = |path: &str| is_median(path) || case.name.starts_with("jmh") && path == "new.json";
        for file in case.files.iter().filter(|file| file.path.ends_with(".json") && !stated_otherwise(&file.path)) {
            let Some(format) = formats::choose(&file.bytes) else { continue };
            let document: Value = serde_json::from_slice(&file.bytes).expect("it is JSON");
            let reading = (format.read)(std::slice::from_ref(file));
            for (name, mean) in stated_means(format.name, &document) {
                let is_it = |o: &&Observation| o.id.as_str().starts_with(&name) && &*o.metric.name == "time";
                let observation = reading.observations.iter().filter(is_it).min_by_key(|o| o.id.as_str().len());
                let observation = observation.unwrap_or_else(|| panic!("{}/{}: no {name}", case.name, file.path));
                let Values::Sampled(processes) = &observation.values else { panic!("a time is sampled") };
                let ours = processes.pooled().mean();
                assert!((ours / mean - 1.0).abs() < 1e-9, "{}/{}: {name}: {ours} {mean}", case.name, file.path);
                compared += 1;
            }
        }
    }
    assert!(compared >= 25, "only {compared} compared");
}

#[test]
fn both_sides_of_a_golden_pair_have_the_same_rows() {
    let mut pairs = 0;
    for case in corpus::cases() {
        let side = |name: &str| {
            let file = case.files.iter().find(|file| &*file.path == name)?;
            let reading = (formats::choose(&file.bytes)?.read)(std::slice::from_ref(file));
            let run = Run::new(name, reading.provenance, reading.warnings, reading.observations);
            Some(run.expect("no row twice"))
        };
        let (Some(old), Some(new)) = (side("old.json"), side("new.json")) else { continue };
        let rows = |run: &Run| -> Vec<(BenchId, Arc<Metric>)> {
            run.observations().iter().map(|o| (o.id.clone(), o.metric.clone())).collect()
        };
        assert!(!old.is_empty(), "{}", case.name);
        assert_eq!(rows(&old), rows(&new), "{}", case.name);
        pairs += 1;
    }
    assert!(pairs >= 8, "only {pairs} pairs");
}
