//! What harnesses leave behind.

use super::Desk;

#[test]
fn what_criterion_empties_under_the_name_new_is_told_once_with_its_remedy() {
    let desk = Desk::with(&[]);
    for benchmark in ["sort/small", "sort/large", "search"] {
        for file in ["benchmark.json", "sample.json", "estimates.json"] {
            desk.write(&format!("target/criterion/{benchmark}/new/{file}"), "");
        }
    }
    for arguments in ["check new", "check target/criterion", "compare target/criterion@new new"] {
        let told = desk.run(arguments);
        told.refused(&[
            "target/criterion/search/new/sample.json: criterion 0.8 empties what it saves under the name `new`\n",
            "  run `cargo bench` without --save-baseline (its results are called `new`), or use another name\n",
        ]);
        let sides = if arguments.starts_with("compare") { 2 } else { 1 };
        assert_eq!(told.stderr.lines().count(), 2 * sides, "{told:#?}");
    }
    // Under any other name it is an empty file like any other.
    desk.write("elsewhere/a/old/benchmark.json", "");
    desk.write("elsewhere/a/old/sample.json", "");
    let told = desk.run("check elsewhere");
    told.refused(&["elsewhere/a/old/benchmark.json", "elsewhere/a/old/sample.json"]);
    assert!(!told.stderr.contains("criterion 0.8"), "{told:#?}");
}

const BENCHMARK: &str = r#"{"group_id":"g","function_id":"f","full_id":"g/f","throughput":null}"#;

fn sample(times: &str) -> String {
    format!(r#"{{"sampling_mode":"Flat","iters":[1.0,1.0,1.0],"times":[{times}]}}"#)
}

#[test]
fn two_directories_that_claim_to_be_one_benchmark_are_told_about() {
    let desk = Desk::with(&[]);
    for directory in ["g/f", "g/f_1"] {
        desk.write(&format!("target/criterion/{directory}/new/benchmark.json"), BENCHMARK);
        desk.write(&format!("target/criterion/{directory}/new/sample.json"), sample("10.0,11.0,12.0"));
    }
    desk.run("check new").refused(&[
        "new: g/f time stands in target/criterion/g/f/new/sample.json and in target/criterion/g/f_1/new/sample.json",
        "give each benchmark a name of its own",
    ]);
}

#[test]
fn what_criterion_cannot_have_measured_is_refused() {
    #[track_caller]
    fn check(benchmark: &str, sample: &str, expected: &str) {
        let desk =
            Desk::with(&[("results/g/f/new/benchmark.json", benchmark), ("results/g/f/new/sample.json", sample)]);
        desk.run("check results").refused(&[expected]);
    }
    check(BENCHMARK, &sample("10.0,-11.0,12.0"), "sample.json: `times[1]`: `-11.0` is no measurement");
    check(BENCHMARK, &sample("10.0,NaN,12.0"), "sample.json");
    check(BENCHMARK, &sample("10.0,1e999,12.0"), "sample.json: `times[1]`: `1e999` is no measurement");
    check(BENCHMARK, &sample("10.0,null,12.0"), "sample.json: `times[1]`: `null` is no measurement");
    check(BENCHMARK, &sample("10.0,12.0"), "sample.json: 3 iteration counts but 2 times; they must pair up");
    check(BENCHMARK, &sample("10.0,11.0,12.0")[..60], "sample.json:1:60: the file ends too early");
    check(&BENCHMARK[..20], &sample("10.0,11.0,12.0"), "benchmark.json:1:20: the file ends too early");
    check("{}", &sample("10.0,11.0,12.0"), "benchmark.json");
    check("", &sample("10.0,11.0,12.0"), "benchmark.json");
}

#[test]
fn half_of_a_benchmark_is_told_about() {
    let desk = Desk::with(&[("results/g/f/new/benchmark.json", BENCHMARK)]);
    desk.run("check results").refused(&["results/g/f/new/benchmark.json: there is no `sample.json` beside it"]);
    let desk = Desk::with(&[("results/g/f/new/sample.json", &sample("10.0,11.0,12.0"))]);
    desk.run("check results").refused(&["results/g/f/new/sample.json: there is no `benchmark.json` beside it"]);
}

/// Both count allocations, by different rules: nobody learns anything from the difference.
#[test]
fn counts_of_two_harnesses_are_not_held_against_each_other() {
    let native = |harness: &str, total: u32| {
        format!(
            r#"{{"schema":"regress-run/1","observations":[{{"benchmark":"a","metric":"allocs","unit":"count","harness":"{harness}","total":{total},"operations":1}}]}}"#
        )
    };
    let desk = Desk::with(&[("old", &native("meter", 3)), ("new", &native("dhat", 5))]);
    let told = desk.run("compare old new");
    assert!(told.stdout.contains("allocs of a: not judged, meter and dhat count differently"), "{told:#?}");
    assert_eq!(told.code, Some(3), "nothing else is there to be judged");
}
