//! What the files of Rust's harnesses may have wrong with them, and what two of them show.

use regress::compare::{self, Allowance, Finding, Lack, Options};
use regress::formats::{self, FORMATS, File, Reading};
use regress::model::{BenchId, Kept, Observation, Processes, Run, Values};

use super::corpus::{self, check};

/// The formats whose readers are tested here, with the directories of the corpus that hold their files.
const HERE: &[(&str, &str)] = &[
    ("cargo-criterion", "cargo-criterion/"),
    ("raw-csv", "raw-csv/"),
    ("critcmp", "critcmp/"),
    ("codspeed", "codspeed/"),
    ("libtest", "libtest/1.95"),
    ("libtest", "libtest/criterion-0.8.2"),
    ("libtest-json", "libtest/1.97-nightly-json"),
    ("divan", "divan/"),
    ("tango", "tango/"),
];

#[test]
fn each_golden_file_is_recognised_by_one_format_only() {
    for (name, directory) in HERE {
        let mut files = 0;
        for case in corpus::cases().into_iter().filter(|case| case.name.starts_with(directory)) {
            for file in case.files.iter().filter(|file| !corpus::OURS.contains(&&*file.path)) {
                let recognised = FORMATS.iter().filter(|format| (format.recognises)(&file.bytes));
                let names: Vec<&str> = recognised.map(|format| format.name).collect();
                assert_eq!(names, [*name], "{}/{}", case.name, file.path);
                files += 1;
            }
        }
        assert!(files > 0, "{directory}");
    }
}

#[track_caller]
fn check_text(format: &str, text: &str, problems: &[&str]) -> Reading {
    check(format, &[("run", text)], problems, &[])
}

/// The processes of one metric of one benchmark.
#[track_caller]
fn processes<'a>(reading: &'a Reading, id: &str, metric: &str) -> &'a Processes {
    let mut found = reading.observations.iter().filter(|o| o.id.as_str() == id && &*o.metric.name == metric);
    match found.next().map(|observation| &observation.values) {
        Some(Values::Sampled(processes)) => processes,
        other => panic!("no samples of {id} {metric}: {other:?}"),
    }
}

const MESSAGE: &str = r#"{"reason":"benchmark-complete","id":"g/f","iteration_count":[10,20],"measured_values":[50.0,90.0],"unit":"ns","throughput":[],"change":null}"#;

#[test]
fn broken_messages_of_cargo_criterion_are_told_together_with_their_lines() {
    let reading = check_text("cargo-criterion", MESSAGE, &[]);
    assert_eq!(processes(&reading, "g/f", "time").pooled().values(), [50.0 / 10.0 / 1e9, 90.0 / 20.0 / 1e9]);
    let broken = |from: &str, to: &str| {
        assert!(MESSAGE.contains(from), "{from}");
        MESSAGE.replace(from, to)
    };
    let lines = [
        MESSAGE.to_owned(),
        MESSAGE.to_owned(),
        broken("g/f", "g/short").replace("[10,20]", "[10]"),
        broken("g/f", "g/zero").replace("[10,20]", "[0,20]").replace("50.0", "-1"),
        broken("g/f", "g/nothing").replace("[10,20]", "[]").replace("[50.0,90.0]", "[]"),
        broken("\"id\":\"g/f\",", "").replace("\"unit\":\"ns\",", ""),
        broken("g/f", "g/huge").replace("[10,20]", "[1e-300,20]").replace("50.0", "1e300"),
        broken("g/f", "g/load").replace("[],\"change", "[{\"per_iteration\":\"x\",\"unit\":\"bytes\"}],\"change"),
        broken("\"id\"", "\"id\":\"x\",\"id\""),
        MESSAGE[..60].to_owned(),
    ];
    check_text(
        "cargo-criterion",
        &lines.join("\r\n"),
        &[
            "run:2: `g/f` stands here a second time; first in line 1",
            "run:3: 1 iteration counts but 2 measured values; they must pair up",
            "run: `line 4: iteration_count[0]`: `0.0` is no measurement; wanted more than 0 iterations",
            "run: `line 4: measured_values[0]`: `-1.0` is no measurement; wanted a measurement of at least 0",
            "run:5: nothing was measured in it",
            "run:6: found no `id`; wanted a message of cargo-criterion",
            "run:6: found no `unit`; wanted a message of cargo-criterion",
            "run: `line 7: measured_values[0]`: `1e300 / 1e-300` is no measurement; wanted a finite measurement of one iteration",
            "run: `line 8: throughput`: `\"x\"` is no measurement; wanted how much one iteration processes, a finite number",
            "run:9: found `id` twice; wanted a message of cargo-criterion",
            "run:10: the file ends too early; wanted a message of cargo-criterion",
        ],
    );
}

#[test]
fn what_a_bench_printed_between_the_messages_is_passed_over_and_said() {
    let text = format!("\u{feff}hello\n\n{{\"reason\":\"compiler-artifact\",\"x\":[]}}\n{MESSAGE}\n");
    let reading =
        check("cargo-criterion", &[("run", &text)], &[], &["run: 1 line passed over, no messages of cargo-criterion"]);
    assert_eq!(reading.observations.len(), 1);
    assert_eq!(formats::choose(text.as_bytes()).map(|format| format.name), Some("cargo-criterion"));
}

const HEADER: &str = "group,function,value,throughput_num,throughput_type,sample_measured_value,unit,iteration_count\n";

#[test]
fn broken_rows_of_a_raw_csv_are_told_together_with_their_lines() {
    let rows = "\
g,f,,64,bytes,50.0,ns,10
g,f,,64,bytes,x,ns,10
g,f,,64,bytes,-1,ns,10
g,f,,64,bytes,1,ns,0
g,f,,64,bytes,1e999,ns,1
g,f,,64,bytes
g,f,,32,bytes,50.0,ns,10
\"g,\"\"h\"\"\",,1,,,50.0,ns,10
g,l,,x,bytes,50.0,ns,10
g,huge,,,,1e300,ns,1e-300
";
    check_text(
        "raw-csv",
        &format!("{HEADER}{rows}"),
        &[
            "run:3: `x` is no measurement; wanted a measurement of at least 0",
            "run:4: `-1` is no measurement; wanted a measurement of at least 0",
            "run:5: `0` is no measurement; wanted more than 0 iterations",
            "run:6: `1e999` is no measurement; wanted a measurement of at least 0",
            "run:7: found 5 fields; wanted 8, as in the first line",
            "run:8: `g/f` in another unit or with another throughput stands here a second time; first in line 2",
            "run:10: `x` is no measurement; wanted how much one iteration processes, a finite number",
            "run:11: `1e300 / 1e-300` is no measurement; wanted a finite measurement of one iteration",
        ],
    );
    check_text("raw-csv", HEADER, &["run: nothing was measured in it"]);
    check_text(
        "raw-csv",
        "group,function,value,x\na,b,c,1\n",
        &[
            "run:1: found group,function,value,x; wanted a column `sample_measured_value` or `sample_time_nanos`",
            "run:1: found group,function,value,x; wanted a column `iteration_count`",
        ],
    );
}

#[test]
fn a_raw_csv_may_hold_many_benchmarks_and_columns_of_others() {
    let text = "\u{feff}group,function,value,throughput_num,throughput_type,sample_measured_value,unit,iteration_count,commit\r\n\
                g,f,1,64,bytes,50.0,ns,10,abc\r\n\
                \"g,\"\"h\"\"\",,,,,7,cycles,2,abc\r\n\
                g,f,1,64,bytes,90.0,ns,20,abc\r\n\
                g,f,1,64,bytes,130.0,ns,3";
    let told = "run: the last line has no end and is left out; the file may be cut off";
    let reading = check("raw-csv", &[("run", text)], &[], &[told]);
    assert_eq!(processes(&reading, "g/f/1", "time").pooled().values(), [50.0 / 10.0 / 1e9, 90.0 / 20.0 / 1e9]);
    assert_eq!(processes(&reading, "g,\"h\"", "cycles").pooled().values(), [3.5]);
    let not_utf8 = [text.as_bytes(), b"0,abc\r\ng,\xff,1,64,bytes,90.0,ns,20,abc\r\n"].concat();
    let reading = (corpus::format("raw-csv").read)(&[File { path: "run".into(), bytes: not_utf8 }]);
    let problems: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["run:6: found bytes that are no UTF-8; wanted text in UTF-8"]);
}

/// A file of a case of the corpus, as a run.
#[track_caller]
fn run(case: &str, path: &str) -> Run {
    let case = corpus::cases().into_iter().find(|known| known.name == case).expect("the case is in the corpus");
    let file = case.files.into_iter().find(|file| &*file.path == path).expect("the file is in the case");
    let format = formats::choose(&file.bytes).expect("it is recognised");
    let reading = (format.read)(&[file]);
    assert_eq!(*reading.problems, []);
    Run::new(path, reading.provenance, reading.warnings, reading.observations).expect("no two alike")
}

/// What comparing two files finds for one metric of one benchmark.
#[track_caller]
fn finding(old: Run, new: Run, id: &str, metric: &str) -> Finding {
    let comparisons = compare::compare(&old, &new, &Options::default());
    let row = comparisons.iter().find(|row| row.id.as_str() == id && &*row.metric.name == metric);
    row.expect("the row is there").finding.clone()
}

#[test]
fn measurements_of_criterion_compare_whatever_file_holds_them() {
    let messages = |path| run("cargo-criterion/1.1.0", path);
    let slower = finding(messages("cc1.jsonl"), messages("cc7-regressed.jsonl"), "embed/dot/512", "time");
    assert!(matches!(slower, Finding::NotProven(Lack::RunsApart { .. })), "{slower:?}");
    // 195 ns and 502 ns in the middle, 95 ns and 462 ns at least.
    let slower = finding(messages("cc4.jsonl"), messages("cc7-regressed.jsonl"), "embed/bytes", "time");
    assert_eq!(slower, Finding::Regressed);
    let rows = run("raw-csv/0.8.2", "dot-512-v1.csv");
    let faster = finding(rows, messages("cc7-regressed.jsonl"), "embed/dot/512", "time");
    assert!(matches!(faster, Finding::Improved | Finding::NotProven(_)), "{faster:?}");
}

/// The middles of one metric of one benchmark, and the least.
#[track_caller]
fn middles(reading: &Reading, id: &str, metric: &str) -> (Vec<f64>, Option<f64>) {
    let processes = processes(reading, id, metric);
    match processes.kept() {
        Kept::Middles { least, .. } => (processes.pooled().values().to_vec(), least),
        Kept::Measurements => panic!("{id} {metric} are measurements"),
    }
}

/// The exact count of one metric of one benchmark.
#[track_caller]
fn count(reading: &Reading, id: &str, metric: &str) -> Option<u64> {
    let found = reading.observations.iter().find(|o| o.id.as_str() == id && &*o.metric.name == metric)?;
    match found.values {
        Values::Exact(exact) => Some(exact.total()),
        Values::Sampled(_) => panic!("{id} {metric} is sampled"),
    }
}

const EXPORT: &str = r#"{"name":"v1","benchmarks":{"g/f":{"baseline":"v1","fullname":"v1/g/f","criterion_benchmark_v1":{"group_id":"g","function_id":"f","value_str":null,"throughput":{"Bytes":64,"Elements":null},"full_id":"g/f","directory_name":"g/f"},"criterion_estimates_v1":{"mean":{"point_estimate":11.0},"median":{"point_estimate":10.0},"slope":null}}}}"#;

#[test]
fn a_broken_export_of_critcmp_is_refused_with_the_place() {
    let reading = check_text("critcmp", EXPORT, &[]);
    assert_eq!(middles(&reading, "g/f", "time"), (vec![10.0 / 1e9], None));
    assert_eq!(middles(&reading, "g/f", "throughput"), (vec![64.0 / (10.0 / 1e9)], None));
    #[track_caller]
    fn check_one(from: &str, to: &str, expected: &str) {
        assert!(EXPORT.contains(from), "{from}");
        check_text("critcmp", &EXPORT.replace(from, to), &[expected]);
    }
    let median = "run: `benchmarks[\"g/f\"].criterion_estimates_v1.median.point_estimate`: ";
    check_one("10.0", "-1", &format!("{median}`-1` is no measurement; wanted a time of at least 0"));
    check_one("10.0", "1e999", &format!("{median}`1e999` is no measurement; wanted a finite number"));
    check_one("10.0", "\"x\"", &format!("{median}`\"x\"` is no measurement; wanted a finite number"));
    check_one("\"median\"", "\"middle\"", "run:1:331: found no `median`; wanted an export of critcmp");
    check_one("}}}}", "", "run:1:330: the file ends too early; wanted an export of critcmp");
    let twice = EXPORT.replace("{\"g/f\":", "{\"g/f\":{\"criterion_benchmark_v1\":{},\"criterion_estimates_v1\":{\"median\":{\"point_estimate\":1}}},\"g/f\":");
    check_text(
        "critcmp",
        &twice,
        &["run: `benchmarks[\"g/f\"]`: `g/f` stands here a second time; first in the same file"],
    );
    check_text("critcmp", r#"{"name":"v1","benchmarks":{}}"#, &["run: nothing was measured in it"]);
    let bomb = format!(r#"{{"name":"v1","benchmarks":{{"a":{}"#, "[".repeat(100_000));
    assert_eq!((corpus::format("critcmp").read)(&[file(&bomb)]).problems.len(), 1);
}

fn file(text: &str) -> File {
    File { path: "run".into(), bytes: text.as_bytes().into() }
}

const ROUNDS: &str = r#"{"name":"a","uri":"benches/b.rs::g::a","config":{},"stats":{"min_ns":47.0,"max_ns":680.0,"median_ns":84.0,"rounds":20}}"#;

#[test]
fn results_of_codspeed_are_read_one_by_one_and_together() {
    let reading = check_text("codspeed", ROUNDS, &[]);
    assert_eq!(middles(&reading, "benches/b.rs::g::a", "time"), (vec![84.0 / 1e9], Some(47.0 / 1e9)));
    let whole = |benchmarks: &str, kind: &str| {
        format!(
            r#"{{"creator":{{"name":"codspeed-rust","version":"6.0.0","pid":1}},"instrument":{{"type":"{kind}"}},"benchmarks":[{benchmarks}]}}"#
        )
    };
    let reading = check_text("codspeed", &whole(ROUNDS, "walltime"), &[]);
    assert_eq!(middles(&reading, "benches/b.rs::g::a", "time").0, [84.0 / 1e9]);
    assert_eq!(reading.provenance.harnesses["codspeed-rust"], "6.0.0");
    check_text(
        "codspeed",
        &whole(&format!("{ROUNDS},{ROUNDS}"), "walltime"),
        &["run: `benchmarks[1].uri`: `benches/b.rs::g::a` stands here a second time; first in `benchmarks[0].uri`"],
    );
    check_text(
        "codspeed",
        &whole("", "instrumentation"),
        &["run: `instrument.type`: found `instrumentation`; wanted `walltime`: other instruments keep no times"],
    );
    check_text("codspeed", &whole("", "walltime"), &["run: nothing was measured in it"]);
    check_text(
        "codspeed",
        &ROUNDS.replace("47.0", "-1").replace("84.0", "null"),
        &[
            "run: `stats.median_ns`: `null` is no measurement; wanted a finite number",
            "run: `stats.min_ns`: `-1` is no measurement; wanted a time of at least 0",
        ],
    );
    check_text("codspeed", &ROUNDS[..80], &["run:1:80: the file ends too early; wanted a walltime result of codspeed"]);
    check_text(
        "codspeed",
        r#"{"name":"a","uri":"b"}"#,
        &["run:1:22: found no `stats`; wanted a walltime result of codspeed"],
    );
}

#[test]
fn results_of_libtest_are_read_in_both_forms() {
    let text = "\u{feff}running 3 tests\r\n\
        test mod::add     ... bench:       1,386 ns/iter (+/- 309)\r\n\
        test mod::b c     ... bench:         386.12 ns/iter (+/- 1,309.09) = 5988 MB/s\r\n\
        test counted ... bench:          11 allocs/iter (+/- 0)\r\n\
        test ign ... ignored\r\n\
        test other ... ok\r\n\
        test bad ... FAILED\r\n\
        test result: FAILED. 0 passed";
    let reading = check("libtest", &[("run", text)], &[], &["run:7: `bad` failed"]);
    assert_eq!(middles(&reading, "mod::add", "time"), (vec![1386.0 / 1e9], None));
    assert_eq!(middles(&reading, "mod::b c", "time"), (vec![386.12 / 1e9], None));
    assert_eq!(middles(&reading, "mod::b c", "throughput"), (vec![5988e6], None));
    assert_eq!(middles(&reading, "counted", "allocs"), (vec![11.0], None));
    assert_eq!(formats::choose(text.as_bytes()).map(|format| format.name), Some("libtest"));
    assert_eq!(formats::choose(b"test a ... ok\ntest b ... ignored\n").map(|format| format.name), None);
}

/// From where to where the middle of one metric of one benchmark may lie.
#[track_caller]
fn within(reading: &Reading, id: &str, metric: &str) -> Option<(f64, f64)> {
    processes(reading, id, metric).middle_within()
}

#[test]
fn intervals_of_medians_are_kept_where_a_format_has_them() {
    let interval = |low, high| {
        let median = format!(
            r#""median":{{"confidence_interval":{{"lower_bound":{low},"upper_bound":{high}}},"point_estimate""#
        );
        EXPORT.replace(r#""median":{"point_estimate""#, &median)
    };
    let reading = check_text("critcmp", &interval("8.0", "16.0"), &[]);
    assert_eq!(within(&reading, "g/f", "time"), Some((8.0 / 1e9, 16.0 / 1e9)));
    // The rate is highest where the time is lowest.
    assert_eq!(within(&reading, "g/f", "throughput"), Some((64.0 / (16.0 / 1e9), 64.0 / (8.0 / 1e9))));
    // No times: nothing is said.
    assert_eq!(within(&check_text("critcmp", &interval("-8.0", "16.0"), &[]), "g/f", "time"), None);
    assert_eq!(within(&check_text("critcmp", EXPORT, &[]), "g/f", "time"), None);

    let quartiles = r#""q1_ns":80.0,"q3_ns":90.0,"rounds":100"#;
    let reading = check_text("codspeed", &ROUNDS.replace(r#""rounds":20"#, quartiles), &[]);
    let (low, high) = within(&reading, "benches/b.rs::g::a", "time").unwrap();
    // 84 ± 1.8209 · 1.05 · 10 / 10
    assert!((low * 1e9 - 82.088).abs() < 1e-3 && (high * 1e9 - 85.912).abs() < 1e-3, "{low} {high}");
}

const EVENTS: &str = "\u{feff}{ \"type\": \"suite\", \"event\": \"started\", \"test_count\": 2 }\r\n\
    { \"type\": \"bench\", \"name\": \"a::b c\", \"median\": 386.12, \"deviation\": 309.09, \"mib_per_second\": 5988 }\r\n\
    printed by a bench\r\n\
    { \"type\": \"test\", \"name\": \"bad\", \"event\": \"failed\", \"stdout\": \"no\" }\r\n\
    { \"type\": \"suite\", \"event\": \"failed\" }\r\n";

#[test]
fn events_of_libtest_are_read_as_its_text_is() {
    let reading = check("libtest-json", &[("run", EVENTS)], &[], &["run:4: `bad` failed"]);
    assert_eq!(middles(&reading, "a::b c", "time"), (vec![386.12 / 1e9], None));
    assert_eq!(middles(&reading, "a::b c", "throughput"), (vec![5988e6], None));
    assert_eq!(&*reading.observations[0].harness, "libtest");
    assert_eq!(formats::choose(EVENTS.as_bytes()).map(|format| format.name), Some("libtest-json"));
    assert_eq!(formats::choose(b"{\"type\":\"test\",\"id\":1}\n").map(|format| format.name), None);

    let cut_off = EVENTS.rsplit_once("{ \"type\": \"suite\"").unwrap().0;
    let missing = "run: the last event of a suite is missing; the run or the file may be cut off";
    check("libtest-json", &[("run", cut_off)], &[], &["run:4: `bad` failed", missing]);
}

#[test]
fn broken_events_of_libtest_are_told_together_with_their_lines() {
    let bench = |members: &str| format!("{{\"type\":\"bench\",\"name\":\"a\"{members}}}\n");
    check_text(
        "libtest-json",
        &[
            bench(",\"median\":1.0"),
            bench(",\"median\":1.0"),
            bench(""),
            bench(",\"median\":-1.0"),
            bench(",\"median\":1e999"),
            bench(",\"median\":1.0,\"mib_per_second\":-5"),
            "{\"type\":\"bench\",\n".to_owned(),
        ]
        .concat(),
        &[
            "run:2: `a` stands here a second time; first in line 1",
            "run:3: found no `median`; wanted an event of libtest",
            "run: `line 4: median`: `-1.0` is no measurement; wanted a time of at least 0",
            "run: `line 5: median`: `1e999` is no measurement; wanted a finite number",
            "run: `line 6: mib_per_second`: `-5` is no measurement; wanted a rate of at least 0",
            "run:7: the file ends too early; wanted an event of libtest",
        ],
    );
    check_text(
        "libtest-json",
        "{\"type\":\"suite\",\"event\":\"started\"}\n{\"type\":\"suite\",\"event\":\"ok\"}\n",
        &["run: nothing was measured in it"],
    );
}

#[test]
fn broken_results_of_libtest_are_told_together_with_their_lines() {
    let wanted = "wanted `test NAME ... bench: 1,234.56 ns/iter (+/- 7.89)`, and ` = 10 MB/s` at most";
    let found = |line: u32, text: &str| format!("run:{line}: found `{text}`; {wanted}");
    check_text(
        "libtest",
        "test a ... bench: 10 ns/iter (+/- 1)\n\
         test a ... bench: 11 ns/iter (+/- 1)\n\
         test b ... bench: 11 ns/iter (+/- 1\n\
         test c ... bench: x ns/iter (+/- 1)\n\
         test d ... bench: 1 ns/iter (+/- -1)\n\
         test e ... bench: 1 ns/iter (+/- 1) = 5 MB\n\
         test f ... bench:\n",
        &[
            "run:2: `a` stands here a second time; first in line 1",
            &found(3, "11 ns/iter (+/- 1"),
            &found(4, "x ns/iter (+/- 1)"),
            &found(5, "1 ns/iter (+/- -1)"),
            &found(6, "1 ns/iter (+/- 1) = 5 MB"),
            &found(7, ""),
        ],
    );
    let bytes = b"test \xff ... bench: 1 ns/iter (+/- 1)\n".to_vec();
    let reading = (corpus::format("libtest").read)(&[File { path: "run".into(), bytes }]);
    let problems: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["run:1: found bytes that are no UTF-8; wanted text in UTF-8"]);
    check_text("libtest", "running 0 tests\n", &["run: nothing was measured in it"]);
    let of_two = "\nrunning 2 tests\ntest a ... bench: 10 ns/iter (+/- 1)\n";
    check_text("libtest", &format!("{of_two}\ntest result: ok. 0 passed; 2 measured\n"), &[]);
    check_text(
        "libtest",
        of_two,
        &["run:2: the file ends too early; wanted `test result:`, which ends what begins here"],
    );
    let truncated = format!("run:2: the file ends too early; {wanted}");
    check_text("libtest", "test a ... bench: 10 ns/iter (+/- 1)\ntest b ... ben", &[&truncated]);
}

#[test]
fn nothing_allocated_is_known_only_where_the_profiler_was_on() {
    let reading = |path: &str| {
        let case = corpus::cases().into_iter().find(|case| case.name == "divan/0.1.21-trees").expect("it is there");
        let file = case.files.into_iter().find(|file| &*file.path == path).expect("it is there");
        (corpus::format("divan").read)(&[file])
    };
    let new = reading("new.txt");
    assert_eq!(count(&new, "plain/add", "allocs"), None);
    assert_eq!(count(&new, "trees/outer/threaded/t=2", "allocs"), Some(0));
    assert_eq!(count(&new, "trees/outer/inner/push/10", "allocs"), Some(3)); // 1 block that grows twice
    assert_eq!(count(&new, "trees/outer/inner/push/10", "reallocs"), Some(2));
    assert_eq!(count(&new, "trees/outer/inner/push/10", "alloc-bytes"), Some(128)); // 32 and 96 more
    assert_eq!(count(&new, "trees/outer/inner/push/10", "peak-bytes"), Some(128));
    assert_eq!(middles(&new, "trees/outer/inner/push/20000", "peak-bytes"), (vec![262_100.0], None));
    assert_eq!(middles(&new, "trees/outer/both/b c/t=1", "time"), (vec![22.38e-9], Some(21.78e-9)));
    assert_eq!(middles(&new, "trees/counted_many", "throughput"), (vec![27.48e12], None)); // of three counters the bytes
    assert!(new.observations.iter().all(|observation| observation.id.as_str() != "trees/ignored"));
}

#[test]
fn a_torn_tree_of_divan_is_refused_with_the_line() {
    const HEADING: &str = "t       fastest │ slowest │ median │ mean │ samples │ iters\n";
    #[track_caller]
    fn check_tree(rows: &str, expected: &[&str]) {
        check_text("divan", &format!("{HEADING}{rows}"), expected);
    }
    let leaf = "╰─ a    1 ns    │ 3 ns    │ 2 ns   │ 2 ns │ 100     │ 100\n";
    let first = &leaf.replace('╰', "├");
    check_tree(leaf, &[]);
    check_tree(first, &["run: the file ends too early; wanted what stands below `a` in divan's tree"]);
    let cut_off = "run:3: the file ends too early; wanted a row of divan's tree";
    check_tree(&format!("{first}╰─ b    1 ns    │ 3 n"), &[cut_off]);
    check_tree(&format!("{first}│       alloc: │"), &[cut_off]);
    check_tree("", &["run: nothing was measured in it"]);
    check_tree("├─ a    1 ns    │ 3 ns\n", &["run:2: found `├─ a    1 ns    │ 3 ns`; wanted a row of divan's tree"]);
    check_tree(&leaf.replace("2 ns", "2 nights"), &["run:2: found `2 nights`; wanted a row of divan's tree"]);
    check_tree(&leaf.replace("1 ns", "-1 ns"), &["run:2: found `-1 ns`; wanted a row of divan's tree"]);
    check_tree(&leaf.replace("100 ", "some"), &["run:2: found `some`; wanted a row of divan's tree"]);
    check_tree(&format!("{first}{leaf}"), &["run:3: `t/a` stands here a second time; first in line 2"]);
    check_tree(
        &format!("{leaf}│       alloc: │ │ │ │ │\n│         1 │ 1 │ 1 │ 1 │ │\n"),
        &["run: the file ends too early; wanted counts and bytes below `alloc:`"],
    );
    check_tree(
        &format!("{leaf}│       alloc: │ │ │ │ │\n{}", leaf.replace("a ", "b ")),
        &["run:4: found `╰─ b    1 ns`; wanted a row of divan's tree"],
    );
    check_tree(
        "│  ├─ a    1 ns    │ 3 ns    │ 2 ns   │ 2 ns │ 100     │ 100\n",
        &["run:2: found `│  ├─ a    1 ns`; wanted a row of divan's tree"],
    );
}

#[test]
fn rows_of_tango_are_two_benchmarks() {
    let files = |text| [("dump/sort-large.csv", text)];
    let reading = check("tango", &files("\u{feff}100,200,10\r\n150,300,10\r\n"), &[], &[]);
    assert_eq!(processes(&reading, "sort-large/side=baseline", "time").pooled().values(), [10.0 / 1e9, 15.0 / 1e9]);
    assert_eq!(processes(&reading, "sort-large/side=candidate", "time").pooled().values(), [20.0 / 1e9, 30.0 / 1e9]);
    check(
        "tango",
        &files("100,200,10\n100,200\n100,x,10\n-1,200,10\n100,200,0\n\n"),
        &[
            "dump/sort-large.csv:2: found `100,200`; wanted `BASELINE_NS,CANDIDATE_NS,ITERATIONS`",
            "dump/sort-large.csv:3: `x` is no measurement; wanted a time of at least 0 ns",
            "dump/sort-large.csv:4: `-1` is no measurement; wanted a time of at least 0 ns",
            "dump/sort-large.csv:5: `0` is no measurement; wanted at least 1 iteration",
            "dump/sort-large.csv:6: found ``; wanted `BASELINE_NS,CANDIDATE_NS,ITERATIONS`",
        ],
        &[],
    );
    let told = "dump/sort-large.csv: the last line has no end and is left out; the file may be cut off";
    let reading = check("tango", &files("100,200,10\n150,300,1"), &[], &[told]);
    assert_eq!(processes(&reading, "sort-large/side=candidate", "time").pooled().values(), [20.0 / 1e9]);
    let recognised = |text: &str| formats::choose(text.as_bytes()).map(|format| format.name);
    assert_eq!(recognised("1,2,3\n4,5"), Some("tango"));
    assert_eq!(recognised("1,2,3"), None);
    assert_eq!(recognised("1,2,3\na,b,c\n"), None);
}

/// One side of a dump of tango, as a run.
fn side_of_tango(run: &Run, side: &str) -> Run {
    let of_side = run.observations().iter().filter_map(|observation| {
        let name = observation.id.as_str().strip_suffix(side)?.strip_suffix("/side=")?;
        Some(Observation { id: BenchId::new(name), ..observation.clone() })
    });
    Run::new(side, run.provenance.clone(), Vec::new(), of_side.collect()).expect("no two alike")
}

#[test]
fn a_doubling_is_found_in_summaries_and_a_smaller_change_is_not_proven() {
    let lack = || Finding::NotProven(Lack::Summary { allowance: Allowance::stated(1.75) });
    let bencher = |path| run("libtest/1.95", path);
    assert_eq!(finding(bencher("old.txt"), bencher("new.txt"), "build_10", "time"), lack()); // 386 and 533 ns
    let critcmp = |path| run("critcmp/0.1.8", path);
    // 43.3 ns and 77.5 ns in the middle: 77.5 / 43.3 = 1.79, and 1.75 · 1.01 = 1.77. But 77.5 may be 40.8 … 133.9.
    assert_eq!(finding(critcmp("v1.json"), critcmp("new.json"), "embed/dot/128", "time"), lack());
    let divan = |path| run("divan/0.1.21-trees", path);
    assert_eq!(finding(divan("old.txt"), divan("new.txt"), "plain/add", "time"), lack());
    assert_eq!(finding(divan("old.txt"), divan("new.txt"), "trees/generic/String", "allocs"), Finding::Unchanged);
    let codspeed = |text: &str| {
        let reading = (corpus::format("codspeed").read)(&[file(text)]);
        Run::new("run", reading.provenance, Vec::new(), reading.observations).expect("no two alike")
    };
    let slower = |median: &str, min: &str| codspeed(&ROUNDS.replace("84.0", median).replace("47.0", min));
    let id = "benches/b.rs::g::a";
    assert_eq!(finding(codspeed(ROUNDS), slower("168.0", "94.0"), id, "time"), Finding::Regressed);
    assert_eq!(finding(codspeed(ROUNDS), slower("168.0", "47.0"), id, "time"), lack()); // the fastest is as fast
    let tango = run("tango/0.9.0", "build_10.csv");
    let (old, new) = (side_of_tango(&tango, "baseline"), side_of_tango(&tango, "candidate"));
    // 450 ns and 2.6 µs in the middle, 276 ns and 326 ns at best.
    assert_eq!(finding(old, new, "build_10", "time"), Finding::Regressed); // as pairs, ×4.5 in the middle half
}

#[test]
fn an_export_compares_with_the_measurements_it_was_made_of() {
    let export = run("critcmp/0.1.8", "new.json");
    let rows = run("raw-csv/0.8.2", "dot-512-new.csv");
    let comparisons = compare::compare(&export, &rows, &Options::default());
    let row = comparisons.iter().find(|row| row.id.as_str() == "embed/dot/512" && &*row.metric.name == "time");
    let row = row.expect("both have it");
    let ratio = row.change.as_ref().and_then(|change| change.ratio).expect("a ratio");
    assert!((ratio - 1.0).abs() < 1e-9, "the medians are the same: {ratio}");
    assert!(matches!(row.finding, Finding::NotProven(Lack::Summary { .. })), "{:?}", row.finding);
}

#[test]
fn summaries_of_four_runs_a_side_are_ranked() {
    let side = |nanoseconds: [f64; 4]| {
        let runs = nanoseconds.map(|time| {
            let reading = check_text("libtest", &format!("test a ... bench: {time} ns/iter (+/- 1)\n"), &[]);
            Run::new("side", reading.provenance, Vec::new(), reading.observations).expect("no two alike")
        });
        runs.into_iter().reduce(|all, run| all.merge(run).expect("further processes")).expect("four runs")
    };
    let (old, new) = (side([100.0, 101.0, 102.0, 103.0]), side([300.0, 301.0, 302.0, 303.0]));
    let comparisons = compare::compare(&old, &new, &Options::default());
    assert_eq!(comparisons[0].finding, Finding::Regressed);
    assert_eq!(comparisons[0].change.as_ref().and_then(|change| change.p).map(|p| (p * 70.0).round()), Some(2.0)); // 2 ÷ C(8, 4)
}
