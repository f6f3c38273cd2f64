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
fn half_of_the_results_of_a_benchmark_is_told_once() {
    for (file, text, other) in
        [("benchmark.json", BENCHMARK, "sample.json"), ("sample.json", &sample("10.0,11.0,12.0"), "benchmark.json")]
    {
        let desk = Desk::with(&[]);
        desk.write(&format!("target/criterion/g/f/new/{file}"), text);
        let told = desk.run("check new");
        told.refused(&[&format!("target/criterion/g/f/new/{file}: there is no `{other}` beside it")]);
        assert_eq!(told.stderr.matches("beside it").count(), 1, "{told:#?}");
    }
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

/// `Measurement`s of one's own: criterion writes no unit.
#[test]
fn a_measurement_of_ones_own_has_the_unit_that_the_configuration_says() {
    let desk = Desk::with(&[]);
    desk.copy_corpus("criterion/0.8.2", "target/criterion");
    let rows = |desk: &Desk| {
        let table = desk.run("convert --to csv new").stdout;
        let rows = table.lines().filter(|line| line.starts_with("allocs/build10"));
        rows.map(|row| row.split(',').take(7).collect::<Vec<_>>().join(",")).collect::<Vec<_>>()
    };
    assert_eq!(rows(&desk)[0], "allocs/build10,time,s,criterion,1,1,0.000000011");
    desk.write("regress.toml", "[[unit]]\nbenchmark = \"allocs\"\nunit = \"count\"\nmetric = \"allocs\"\n");
    assert_eq!(rows(&desk)[0], "allocs/build10,allocs,count,criterion,1,1,11");
    desk.write("regress.toml", "[[unit]]\nbenchmark = \"allocs/*\"\nunit = \"KiB\"\n");
    assert_eq!(rows(&desk)[0], "allocs/build10,B,B,criterion,1,1,11264");
    desk.write("regress.toml", "[[unit]]\nbenchmark = \"*\"\nunit = \"cycles\"\nbetter = \"higher\"\n");
    assert_eq!(rows(&desk)[0], "allocs/build10,cycles,cycles,criterion,1,1,11");
    // No rate follows from what is no time.
    assert!(!desk.run("convert --to csv new").stdout.contains("throughput"));
    for command in ["compare base new", "check new", "record main"] {
        assert!(desk.run(command).code.is_some_and(|code| code != 2), "{command}");
    }
}

/// It is no result that was not measured.
#[test]
fn a_number_that_is_too_large_for_its_unit_is_told() {
    let desk = Desk::with(&[
        ("results/g/f/new/benchmark.json", BENCHMARK),
        ("results/g/f/new/sample.json", &sample("10.0,1e307,12.0")),
        ("regress.toml", "[[unit]]\nbenchmark = \"*\"\nunit = \"KiB\"\n"),
    ]);
    desk.run("check results").refused(&[
        "results/g/f/new/sample.json: `g/f`: `1e307 KiB` is no measurement",
        "wanted a finite number in the base unit of its [[unit]]",
    ]);
}

#[test]
fn every_mistake_in_a_unit_is_told_with_its_line() {
    let desk = Desk::with(&[("a.txt", "BenchmarkA 1 1 allocs/op\n")]);
    desk.write(
        "regress.toml",
        "[[unit]]\nbenchmark = \"a\"\nunti = \"count\"\n[[unit]]\nunit = 3\nbenchmark = \"b\"\n[[unit]]\nbenchmark = \"c\"\n\
         unit = \"ns\"\nmetric = \"allocs\"\nbetter = \"up\"\n",
    );
    desk.run("check a.txt").refused(&[
        "regress.toml:1: this [[unit]] has no `unit`\n  for example: unit = \"count\"\n",
        "regress.toml:3: unknown key `unti` in [[unit]]\n  did you mean `unit`? known keys: benchmark, unit, metric, better\n",
        "regress.toml:5: `unit` has to be a text\n  write unit = \"…\"\n",
        "regress.toml:9: `allocs` is measured in count, not in s\n",
        "regress.toml:11: `better`: `up` is no direction\n  write \"lower\" or \"higher\"\n",
    ]);
    desk.write("regress.toml", "unit = 3\n");
    desk.run("check a.txt").refused(&["regress.toml:1: `unit` is an integer; wanted [[unit]]"]);
}

#[test]
fn results_that_are_far_older_than_the_rest_are_told_about() {
    let desk = Desk::with(&[]);
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let now = std::time::SystemTime::now();
    let save = |benchmark: &str, days: u32| {
        let name = BENCHMARK.replace("g/f", benchmark);
        for (file, text) in [("benchmark.json", &*name), ("sample.json", &*sample("10.0,11.0,12.0"))] {
            let path = format!("target/criterion/{benchmark}/new/{file}");
            desk.write(&path, text);
            let file = std::fs::File::options().write(true).open(desk.path(&path)).expect("it was written");
            file.set_modified(now - day * days).expect("times can be set");
        }
    };
    let warned = |desk: &Desk| desk.run("convert --to csv new").stderr;
    save("fresh", 0);
    save("fresh2", 0);
    assert_eq!(warned(&desk), "");
    save("renamed", 12);
    assert_eq!(
        warned(&desk),
        "warning: 1 of 3 results of `new` in target/criterion are 12 days older than the last (`renamed/new`): of a \
         benchmark that is no more, or was left out since; remove them, or measure all again\n"
    );
    for (number, benchmark) in ["gone/a", "gone/b", "gone/c"].into_iter().enumerate() {
        save(benchmark, 3 + number as u32);
    }
    assert!(desk.run("check new --all").stdout.contains("4 of 6 results of `new`"));
    assert!(warned(&desk).contains("are 3 to 12 days older"), "{}", warned(&desk));
    assert!(warned(&desk).contains("(`gone/a/new`, `gone/b/new`, `gone/c/new`, 1 more)"), "{}", warned(&desk));
}

/// Seen with 0.8.2: `p/q` and `p:q` of two `criterion_group!`s are both `g/p_q`, and the last to run is kept.
#[test]
fn benchmarks_that_overwrite_each_other_are_told_about() {
    let desk = Desk::with(&[]);
    for (baseline, id) in [("old", "g/p/q"), ("new", "g/p:q")] {
        let name = BENCHMARK.replace("g/f", id);
        desk.write(&format!("target/criterion/g/p_q/{baseline}/benchmark.json"), name);
        desk.write(&format!("target/criterion/g/p_q/{baseline}/sample.json"), sample("10.0,11.0,12.0"));
    }
    let told = desk.run("compare old new");
    let expected = "lies in target/criterion/g/p_q, where `g/p/q` of old lay: one overwrites the other";
    let one_line = told.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains(expected), "{told:#?}");
}

/// A benchmark may be called like a baseline: `g`, `g/new` and `g/new/new`, each saved as `new`.
#[test]
fn results_lie_in_directories_of_results_as_well() {
    let desk = Desk::with(&[]);
    for benchmark in ["g", "g/new", "g/new/new"] {
        let name = BENCHMARK.replace("g/f", benchmark);
        desk.write(&format!("target/criterion/{benchmark}/new/benchmark.json"), name);
        desk.write(&format!("target/criterion/{benchmark}/new/sample.json"), sample("10.0,11.0,12.0"));
        desk.write(&format!("target/criterion/{benchmark}/change/estimates.json"), "{}");
        desk.write(&format!("target/criterion/{benchmark}/report/index.html"), "");
    }
    let table = desk.run("convert --to csv new").stdout;
    let names: Vec<&str> = table.lines().skip(1).step_by(3).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(names, ["g", "g/new", "g/new/new"]);
    assert_eq!(desk.run("list").stdout.lines().count(), 1, "`change` and `report` are no baselines");
}

#[test]
fn both_programs_of_a_dump_of_tango_are_compared_as_pairs() {
    let desk = Desk::with(&[]);
    desk.copy_corpus("tango/0.9.0", "from");
    for benchmark in ["build_10", "dot_512"] {
        desk.write(
            &format!("dump/{benchmark}.csv"),
            std::fs::read(desk.path(&format!("from/{benchmark}.csv"))).unwrap(),
        );
    }
    let row = |arguments: &str, benchmark: &str| {
        let told = desk.run(&format!("compare {arguments} --format json"));
        let report: serde_json::Value = serde_json::from_str(&told.stdout).unwrap_or_else(|_| panic!("{told:#?}"));
        let row = report["rows"].as_array().unwrap().iter().find(|row| row["benchmark"] == benchmark).cloned();
        row.unwrap_or_else(|| panic!("no {benchmark} in {report:#}"))
    };
    let slower = row("dump@baseline dump@candidate", "build_10");
    assert_eq!((&slower["change"]["method"], &slower["finding"]), (&"pairs".into(), &"regressed".into()), "{slower:#}");
    assert_eq!(row("dump@candidate dump@baseline", "build_10")["finding"], "improved");
    let file = "dump/dot_512.csv";
    let same = row(&format!("{file}@baseline {file}@candidate"), "dot_512");
    assert_eq!(
        (&same["change"]["method"], &same["reason"]["kind"]),
        (&"pairs".into(), &"one process".into()),
        "{same:#}"
    );
    // Two dumps are two runs: whatever was measured in turns, these were not.
    desk.write("later/dot_512.csv", std::fs::read(desk.path(file)).unwrap());
    assert_eq!(row("dump later", "dot_512/side=candidate")["change"]["method"], "rank");

    desk.run("compare dump@old dump").refused(&["dump: no results named `old`\n", "there are: baseline, candidate\n"]);
}

#[test]
fn one_benchmark_of_criterion_is_named_by_its_directory_or_by_any_file_in_it() {
    let desk = Desk::with(&[]);
    for (baseline, times) in [("old", "10.0,11.0,12.0"), ("new", "30.0,31.0,32.0")] {
        desk.write(&format!("results/g/f/{baseline}/benchmark.json"), BENCHMARK);
        desk.write(&format!("results/g/f/{baseline}/sample.json"), sample(times));
        desk.write(&format!("results/g/f/{baseline}/estimates.json"), "{}");
        desk.write(&format!("results/g/f/{baseline}/tukey.json"), "[1.0,2.0,3.0,4.0]");
    }
    let whole = desk.run("convert --to csv results@old results@new");
    assert_eq!(whole.stdout.lines().count(), 1 + 6, "{whole:#?}");
    for (old, new) in [
        ("results/g/f/old", "results/g/f/new"),
        ("results/g/f/old/", "results/g/f/new/sample.json"),
        ("results/g/f/old/sample.json", "results/g/f/new/benchmark.json"),
    ] {
        assert_eq!(desk.run(&format!("convert --to csv {old} {new}")), whole, "{old} {new}");
    }
    desk.run("compare results/g/f/old results/g/f/old/sample.json").refused(&["are the same results"]);
}
