//! A bench target that times single calls, run as a program. Nothing here depends on how fast the machine is: a call that
//! sleeps for a millisecond takes at least one.

use serde_json::{Value, json};

use crate::program::Fixture;

const MILLISECOND: u64 = 1_000_000;

fn samples(fixture: &Fixture, case: &str, metric: &str) -> Vec<u64> {
    let record = fixture.record("new", case, metric);
    assert_eq!(record["unit"], "ns");
    let samples = record["samples"].as_array().expect("a list");
    samples.iter().map(|sample| sample.as_u64().expect("a whole number")).collect()
}

#[test]
fn every_round_gives_its_percentiles() {
    let fixture = Fixture::latency();
    let run = fixture.bench(&["--operations=20", "--repeats=3"]);
    assert_eq!(run.exit_code, Some(0), "{}", run.stderr);
    assert_eq!(fixture.cases("new"), ["call/drop", "call/nothing", "call/tenth"]);
    for case in fixture.cases("new") {
        let (p50, p99) = (samples(&fixture, &case, "time-p50"), samples(&fixture, &case, "time-p99"));
        assert_eq!((p50.len(), p99.len()), (3, 3), "one for each round");
        assert!(p50.iter().zip(&p99).all(|(middle, tail)| middle <= tail), "{case}");
    }
    // Every tenth call of 20 sleeps: two are in every round, above the middle and at the end.
    assert!(samples(&fixture, "call/tenth", "time-p99").iter().all(|tail| MILLISECOND <= *tail));
}

/// The least of several, as a disturbance only ever adds time: one round without any is enough.
#[test]
fn the_slow_call_is_in_the_tail_and_not_in_the_middle_and_drops_are_in_neither() {
    let fixture = Fixture::latency();
    assert_eq!(fixture.bench(&["--operations=20", "--repeats=10"]).exit_code, Some(0));
    let least = |case, metric| samples(&fixture, case, metric).into_iter().min();
    assert!(least("call/tenth", "time-p50") < Some(MILLISECOND));
    assert!(least("call/drop", "time-p50") < Some(MILLISECOND));
}

#[test]
fn the_file_is_as_documented() {
    let fixture = Fixture::latency();
    let run = fixture.bench(&["call/nothing", "--exact", "--operations=7", "--repeats=2"]);
    assert_eq!(run.exit_code, Some(0), "{}", run.stderr);
    let lines: Vec<Value> = fixture.lines("new").iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let [header, p50, p99, end] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&header["schema"], &header["bench"]), (&json!("meter/1"), &json!("latency-fixture")));
    assert_eq!(header["operations"], 7);
    assert!(header["clock-ns"].is_u64(), "{header}");
    assert_eq!((&p50["metric"], &p99["metric"]), (&json!("time-p50"), &json!("time-p99")));
    assert_eq!(*end, json!({"end": true, "cases": 1}));
    assert!(run.stdout.starts_with("call/nothing "), "{}", run.stdout);
    assert!(run.stdout.contains(" p50 ") && run.stdout.contains(" p99 "), "{}", run.stdout);
}

#[test]
fn a_case_that_panics_leaves_the_rounds_and_the_others_go_on() {
    let fixture = Fixture::latency().with("FIXTURE_PANIC");
    let run = fixture.bench(&["call/", "--operations=10", "--repeats=2"]);
    assert_eq!(run.exit_code, Some(101));
    assert_eq!(fixture.cases("new"), ["call/drop", "call/nothing", "call/tenth"]);
    for name in ["call/panics", "call/panics-late"] {
        let line = format!("bench-meter: {name}: panicked; nothing is written for it");
        assert!(run.stderr.contains(&line), "{}", run.stderr);
    }
    assert_eq!(fixture.run(&["call/panics", "--exact"]).exit_code, Some(101), "as a test");
    assert_eq!(fixture.run(&["call/panics-late"]).exit_code, Some(0), "one call is not too many");
}

#[test]
fn runs_that_only_look_write_nothing() {
    #[track_caller]
    fn check(words: &[&str], expected_stdout: &str) {
        let fixture = Fixture::latency();
        let run = fixture.run(words);
        assert_eq!(run.exit_code, Some(0), "{words:?}: {}", run.stderr);
        assert_eq!(run.stdout, expected_stdout, "{words:?}");
        assert_eq!(fixture.files(), [""; 0], "{words:?}");
    }
    check(&["call/nothing"], "test call/nothing ... ok\n");
    check(&["--bench", "--list", "call/n"], "call/nothing: benchmark\n");
    check(&["--bench", "--profile-time", "5"], "");
    check(&["--bench", "--quiet", "--discard-baseline", "--operations=1", "--repeats=1"], "");
    let help = Fixture::latency().run(&["--help"]);
    assert!(help.stdout.starts_with("Times single calls"), "{}", help.stdout);
}
