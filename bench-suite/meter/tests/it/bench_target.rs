//! A bench target with the counting allocator, run with the words that cargo and people give it.

use std::fs;

use serde_json::json;

use crate::program::Fixture;

#[test]
fn cases_give_the_counts_that_a_pencil_gives() {
    let fixture = Fixture::new();
    let run = fixture.bench(&[]);
    assert_eq!(run.exit_code, Some(0), "{}", run.stderr);

    let check = |case: &str, metric: &str, total: u64, operations: u64| {
        let record = fixture.record("new", case, metric);
        assert_eq!(record["total"], total, "{record}");
        assert_eq!(record["operations"], operations, "{record}");
    };
    check("vec/none", "allocs", 0, 100);
    check("vec/none", "frees", 0, 100);
    check("vec/none", "alloc-bytes", 0, 100);
    check("vec/none", "peak-bytes", 0, 1);
    check("vec/grow/n100", "allocs", 600, 100); // 1 alloc + 5 reallocs
    check("vec/grow/n100", "reallocs", 500, 100);
    check("vec/grow/n100", "alloc-bytes", 201_600, 100); // (4+8+16+32+64+128) * 8 = 2016
    check("vec/grow/n100", "frees", 0, 100); // the output is dropped by the meter
    check("vec/grow/n100", "peak-bytes", 1024, 1); // 128 * 8
    check("vec/reserved/n100", "allocs", 100, 100);
    check("vec/reserved/n100", "alloc-bytes", 80_000, 100);
    check("vec/zeroed", "allocs", 100, 100);
    check("vec/zeroed", "alloc-bytes", 100_000, 100);
    check("vec/shrink", "allocs", 100, 100);
    check("vec/shrink", "reallocs", 100, 100);
    check("vec/shrink", "alloc-bytes", 1000, 100); // 10 bytes each
    check("vec/shrink", "peak-bytes", 0, 1); // it only ever held less than at the start
    check("vec/every-second", "allocs", 50, 100); // 1/2, not 0
    check("drop/by-value", "frees", 100, 100);
    check("drop/by-ref", "frees", 0, 100);
    check("peak/two-in-a-row", "peak-bytes", 1000, 1);
    check("peak/two-at-once", "peak-bytes", 1400, 1);
    check("threads/pool", "alloc-bytes", 30_000, 100); // 300 bytes, made by the other thread

    // Whatever two threads need, 1000 boxes and a list of them come on top in each.
    let total = |case, metric| fixture.record("new", case, metric)["total"].as_u64();
    let added = |metric| {
        let empty = total("threads/joined/empty", metric)?;
        Some(total("threads/joined/n1000", metric)? - empty)
    };
    assert_eq!(added("allocs"), Some(100 * 2 * 1001));
    assert_eq!(added("alloc-bytes"), Some(100 * 2 * (8000 + 8000)));

    // Two threads: no order of their calls is the only one.
    let peak = fixture.record("new", "threads/pool", "peak-bytes");
    assert_eq!(peak["samples"], json!([300, 300, 300, 300, 300]));

    // All blocks of a scope are freed when its operation has been counted.
    let frees = total("threads/scoped/t2", "frees");
    assert_eq!(frees, total("threads/scoped/t2", "allocs").map(|a| a - reallocs(&fixture)));
    assert!(total("map/fixed/n100", "allocs").is_some());
}

#[test]
fn what_nobody_gives_back_is_leaked() {
    let fixture = Fixture::new();
    let run = fixture.bench(&[]);
    assert_eq!(run.exit_code, Some(0), "{}", run.stderr);
    let leaked = |case: &str| fixture.record("new", case, "leaked-bytes");
    let check = |case: &str, total: u64| {
        let record = leaked(case);
        assert_eq!((&record["total"], &record["operations"]), (&json!(total), &json!(100)), "{record}");
    };
    check("leak/every", 100 * 100);
    check("leak/every-second", 50 * 100); // 50 per operation, and no rounding to 0
    check("leak/input", 40 * 100);
    check("leak/output", 30 * 100);
    check("leak/threads", 2 * 50 * 100);
    check("leak/scoped", 20 * 100);
    let sound = fixture.cases("new").into_iter().filter(|case| !case.starts_with("leak/") || case.contains("none"));
    for case in sound {
        check(&case, 0);
    }
    let line = |case: &str| run.stdout.lines().find(|line| line.starts_with(&format!("{case} "))).map(str::to_owned);
    assert!(line("leak/every-second").is_some_and(|line| line.ends_with("peak 100 B   leaked 50 B")), "{}", run.stdout);
    assert!(line("leak/none").is_some_and(|line| line.ends_with("peak 40 B")), "{}", run.stdout);
}

#[test]
fn a_leak_is_the_sum_of_its_rises() {
    let fixture = Fixture::new();
    // 3 operations a repeat, every second one leaks, the warm-up took two. The floors: 0, 200, 300, 500.
    assert_eq!(fixture.bench(&["leak/every-second", "--operations=3", "--repeats=4"]).exit_code, Some(0));
    let record = fixture.record("new", "leak/every-second", "leaked-bytes");
    assert_eq!((&record["total"], &record["operations"]), (&json!(500), &json!(9)));
    // Once is no proof.
    assert_eq!(fixture.bench(&["leak/every-second", "--operations=1", "--repeats=3"]).exit_code, Some(0));
    let record = fixture.record("new", "leak/every-second", "leaked-bytes");
    assert_eq!(record["samples"].as_array().map(Vec::len), Some(2));
    assert_eq!(fixture.bench(&["leak/every", "--repeats=1"]).exit_code, Some(0));
    assert!(!fixture.lines("new").iter().any(|line| line.contains("\"leak/every\"") && line.contains("leaked")));
}

#[test]
fn a_case_may_count_something_of_its_own() {
    let fixture = Fixture::new();
    assert_eq!(fixture.bench(&["counter/"]).exit_code, Some(0));
    let calls = fixture.record("new", "counter/three", "calls");
    assert_eq!((&calls["total"], &calls["operations"], &calls["unit"]), (&json!(300), &json!(100), &json!("count")));
    assert_eq!(fixture.record("new", "counter/three", "nothing")["total"], 0);
    // It belongs to the case behind it, and to no other.
    assert!(!fixture.lines("new").iter().any(|line| line.contains("counter/none") && line.contains("calls")));
}

fn reallocs(fixture: &Fixture) -> u64 {
    let record = fixture.record("new", "threads/scoped/t2", "reallocs");
    record["total"].as_u64().expect("it repeats")
}

#[test]
fn the_file_is_as_documented() {
    let fixture = Fixture::new();
    let words = ["--save-baseline=old", "--operations", "7", "--exact", "vec/grow/n100"];
    let run = fixture.bench(&words);
    assert_eq!(run.exit_code, Some(0), "{}", run.stderr);
    let version = env!("CARGO_PKG_VERSION");
    let header = format!(
        r#"{{"schema":"meter/1","harness":"bench-meter {version}","package":"some-package","bench":"meter-fixture","operations":7}}"#
    );
    assert_eq!(
        fixture.lines("old"),
        [
            header.as_str(),
            r#"{"benchmark":"vec/grow/n100","metric":"alloc-bytes","unit":"bytes","total":14112,"operations":7}"#,
            r#"{"benchmark":"vec/grow/n100","metric":"allocs","unit":"count","total":42,"operations":7}"#,
            r#"{"benchmark":"vec/grow/n100","metric":"frees","unit":"count","total":0,"operations":7}"#,
            r#"{"benchmark":"vec/grow/n100","metric":"leaked-bytes","unit":"bytes","total":0,"operations":7}"#,
            r#"{"benchmark":"vec/grow/n100","metric":"peak-bytes","unit":"bytes","total":1024,"operations":1}"#,
            r#"{"benchmark":"vec/grow/n100","metric":"reallocs","unit":"count","total":35,"operations":7}"#,
            r#"{"end":true,"cases":1}"#,
        ]
    );
    assert_eq!(fixture.files(), ["old.jsonl"]);
}

#[test]
fn two_runs_write_the_same() {
    let fixture = Fixture::new();
    assert_eq!(fixture.bench(&["--save-baseline", "old"]).exit_code, Some(0));
    assert_eq!(fixture.bench(&["--save-baseline", "new"]).exit_code, Some(0));
    let is_certain = |line: &String| {
        // How the calls of two threads interleave is not ours to decide: their peak is a list.
        !(line.contains("peak-bytes") && line.contains("samples"))
    };
    let certain = |baseline| -> Vec<String> {
        let lines = fixture.lines(baseline).into_iter();
        lines.filter(is_certain).collect()
    };
    assert_eq!(certain("old"), certain("new"));
}

#[test]
fn what_does_not_repeat_is_written_as_it_was_seen() {
    let fixture = Fixture::new().with("FIXTURE_VARYING");
    let words = ["varying/", "--operations=5", "--repeats=2"];
    assert_eq!(fixture.bench(&words).exit_code, Some(0));

    // The warm-up took 0 and 1.
    let bytes = fixture.record("new", "varying/growing", "alloc-bytes");
    assert_eq!(bytes["samples"], json!([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
    assert_eq!(bytes.get("total"), None);
    // The highest of each repeat.
    let peak = fixture.record("new", "varying/growing", "peak-bytes");
    assert_eq!(peak["samples"], json!([6, 11]));
    // The same case repeats in another metric.
    let allocs = fixture.record("new", "varying/growing", "allocs");
    assert_eq!((&allocs["total"], &allocs["operations"]), (&json!(5), &json!(5)));

    let allocs = fixture.record("new", "varying/once", "allocs");
    assert_eq!(allocs["samples"], json!([1, 1, 1, 1, 2, 1, 1, 1, 1, 1]));
}

#[test]
fn a_case_that_panics_is_named_and_the_others_are_written() {
    let fixture = Fixture::new().with("FIXTURE_PANIC");
    let run = fixture.bench(&["panics/"]);
    assert_eq!(run.exit_code, Some(101));
    assert_eq!(fixture.cases("new"), ["panics/not"]);
    for name in ["panics/work", "panics/setup"] {
        let line = format!("bench-meter: {name}: panicked; nothing is written for it");
        assert!(run.stderr.contains(&line), "{}", run.stderr);
    }
    assert_eq!(fixture.run(&["panics/"]).exit_code, Some(101), "as a test");
    assert_eq!(fixture.run(&["panics/not"]).exit_code, Some(0));
}

#[test]
fn a_filtered_run_keeps_the_other_cases_that_still_exist() {
    let fixture = Fixture::new();
    assert_eq!(fixture.bench(&["vec/"]).exit_code, Some(0));
    let before = fixture.cases("new");
    assert!(before.contains(&"vec/none".to_owned()));

    // A case that was renamed since: nothing will ever measure it again.
    let text = fixture.lines("new").join("\n") + "\n";
    let text = text.replace("vec/zeroed", "vec/gone");
    fs::write(fixture.file("new"), text).expect("writable");

    assert_eq!(fixture.bench(&["peak/two-in", "--operations=3"]).exit_code, Some(0));
    let mut expected: Vec<String> = before;
    expected.retain(|name| name != "vec/zeroed");
    expected.insert(0, "peak/two-in-a-row".to_owned());
    assert_eq!(fixture.cases("new"), expected);
    // Each record says how many operations stand behind it.
    assert_eq!(fixture.record("new", "peak/two-in-a-row", "allocs")["operations"], 3);
    assert_eq!(fixture.record("new", "vec/none", "allocs")["operations"], 100);
}

#[test]
fn a_full_run_keeps_nothing() {
    let fixture = Fixture::new();
    let varying = Fixture::new().with("FIXTURE_VARYING");
    assert_eq!(varying.bench(&["--operations=1", "varying"]).exit_code, Some(0));
    assert_eq!(fixture.bench(&["--operations=1", "vec/none"]).exit_code, Some(0));
    fs::copy(varying.file("new"), fixture.file("new")).expect("writable");
    assert_eq!(fixture.bench(&["--operations=1"]).exit_code, Some(0));
    assert!(!fixture.cases("new").iter().any(|name| name.starts_with("varying")));
}

#[test]
fn a_broken_file_is_replaced_whole_and_said_so() {
    let fixture = Fixture::new();
    assert_eq!(fixture.bench(&["vec/none"]).exit_code, Some(0));
    let mut lines = fixture.lines("new");
    lines.pop();
    fs::write(fixture.file("new"), lines.join("\n")).expect("writable");

    let run = fixture.bench(&["peak/two-in"]);
    assert_eq!(run.exit_code, Some(0));
    assert!(run.stderr.contains("replaced, as its last line is not the end line"), "{}", run.stderr);
    assert_eq!(fixture.cases("new"), ["peak/two-in-a-row"]);
    assert_eq!(fixture.files(), ["new.jsonl"]);
}

#[test]
fn a_filter_that_matches_nothing_changes_nothing() {
    let fixture = Fixture::new();
    assert_eq!(fixture.bench(&["vec/none"]).exit_code, Some(0));
    let before = fixture.lines("new");
    let run = fixture.bench(&["nothing-like-it"]);
    assert_eq!(run.exit_code, Some(0));
    assert_eq!(run.stderr, "bench-meter: note: no case of `meter-fixture` contains `nothing-like-it`\n");
    assert_eq!(fixture.lines("new"), before);
    assert_eq!(fixture.bench(&["--exact", "vec/non"]).exit_code, Some(0));
    assert_eq!(fixture.lines("new"), before);
}

#[test]
fn runs_that_only_look_write_nothing() {
    #[track_caller]
    fn check(words: &[&str], expected_stdout: &str) {
        let fixture = Fixture::new();
        let run = fixture.run(words);
        assert_eq!(run.exit_code, Some(0), "{words:?}: {}", run.stderr);
        assert_eq!(run.stdout, expected_stdout, "{words:?}");
        assert_eq!(fixture.files(), [""; 0], "{words:?}");
    }
    check(&["--exact", "vec/none"], "test vec/none ... ok\n");
    check(&["--bench", "--test", "vec/none"], "test vec/none ... ok\n");
    check(&["--test", "--quiet", "vec/none"], "");
    check(&["--bench", "--list", "vec/n"], "vec/none: benchmark\n");
    check(&["--list", "--format", "terse", "vec/n"], "vec/none: benchmark\n");
    check(&["--list", "--ignored", "--format", "terse"], "");
    check(&["--bench", "--load-baseline=old", "--baseline", "new"], "");
    check(&["--bench", "--profile-time", "5"], "");
}

#[test]
fn discarding_prints_the_table_and_writes_nothing() {
    let fixture = Fixture::new();
    let run = fixture.bench(&["--discard-baseline", "vec/grow"]);
    assert_eq!(run.exit_code, Some(0));
    let words: Vec<&str> = run.stdout.split_whitespace().collect();
    let expected = "vec/grow/n100 6 allocs 2 016 B peak 1 024 B";
    assert_eq!(words.join(" "), expected);
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn a_name_used_twice_is_refused() {
    let fixture = Fixture::new().with("FIXTURE_TWICE");
    for run in [fixture.bench(&[]), fixture.run(&[]), fixture.run(&["--list"])] {
        assert_eq!(run.exit_code, Some(2));
        assert_eq!(
            run.stderr,
            "bench-meter: two cases are named `vec/none`; their results could not be told apart\n\
             bench-meter: a case cannot be named \"two\\nlines\": it must be one line of text\n\
             bench-meter: a counter cannot be named `leaked-bytes`: another number of its case is\n\
             bench-meter: nothing was written\n"
        );
    }
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn words_that_mean_nothing_are_refused() {
    #[track_caller]
    fn check(words: &[&str], expected_stderr: &str) {
        let fixture = Fixture::new();
        let run = fixture.bench(words);
        assert_eq!(run.exit_code, Some(2), "{words:?}");
        assert!(run.stderr.starts_with(expected_stderr), "{words:?}: {}", run.stderr);
        assert_eq!(fixture.files(), [""; 0], "{words:?}");
    }
    check(&["--operation=5"], "bench-meter: unknown option `--operation=5`\n  known: --save-baseline ");
    check(&["--operations"], "bench-meter: `--operations` needs a value\n");
    check(&["--save-baseline", "../up"], "bench-meter: `../up` cannot name a baseline");
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let fixture = Fixture::new();
    fs::create_dir_all(fixture.file("new")).expect("writable");
    let run = fixture.bench(&["--operations=1"]);
    assert_eq!(run.exit_code, Some(2));
    assert!(run.stderr.contains("new.jsonl: cannot be written: "), "{}", run.stderr);
    assert_eq!(fixture.files(), ["new.jsonl"], "the temporary file is gone");
}
