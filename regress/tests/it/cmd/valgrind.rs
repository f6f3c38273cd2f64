//! Counts of valgrind's tools, from one command to the report.

use super::Desk;

/// The rows of the report, `benchmark metric`: old and new.
#[track_caller]
fn check(desk: &Desk, arguments: &str, expected: &[(&str, &str, u64, u64)]) {
    let told = desk.run(&format!("compare {arguments} --format json"));
    assert!(matches!(told.code, Some(0 | 1)), "{told:#?}");
    let report: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    let value = |row: &serde_json::Value, side: &str| row[side]["center"].as_f64().unwrap_or_else(|| panic!("{row:#}"));
    for (benchmark, metric, old, new) in expected {
        let rows = report["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["benchmark"] == *benchmark && row["metric"] == *metric);
        let row = row.unwrap_or_else(|| panic!("no {benchmark} {metric} in {report:#}"));
        assert_eq!((value(row, "old"), value(row, "new")), (*old as f64, *new as f64), "{benchmark} {metric}");
    }
}

#[test]
fn plain_files_of_every_tool_are_compared() {
    let desk = Desk::with(&[]);
    for case in ["callgrind", "cachegrind", "massif", "dhat"] {
        desk.copy_corpus(&format!("valgrind/{case}"), case);
    }
    let walk = "walk 1000";
    check(&desk, "callgrind/callgrind.out.old callgrind/callgrind.out.new", &[(walk, "instructions", 12_167, 13_267)]);
    check(
        &desk,
        "cachegrind/cachegrind.out.old cachegrind/cachegrind.out.new",
        &[(walk, "instructions", 12_170, 13_270)],
    );
    check(&desk, "massif/massif.out.50 massif/massif.out.80", &[("p 50", "peak-bytes", 11_072, 16_472)]);
    check(
        &desk,
        "dhat/dhat.out.50 dhat/dhat.out.80",
        &[("p 50", "allocs", 153, 203), ("p 50", "peak-bytes", 11_072, 16_472)],
    );
    check(
        &desk,
        "old=callgrind/callgrind.out.old,dhat/dhat.out.50 new=callgrind/callgrind.out.new,dhat/dhat.out.80",
        &[(walk, "instructions", 12_167, 13_267), ("p 50", "allocs", 153, 203)],
    );
}

#[test]
fn several_processes_of_one_command_have_to_count_alike() {
    let desk = Desk::with(&[]);
    desk.copy_corpus("valgrind/callgrind", "from");
    let put = |from: &str, to: &str| desk.write(to, std::fs::read(desk.path(from)).unwrap());
    let (old, new) = ("from/callgrind.out.old", "from/callgrind.out.new");
    for (from, to) in [(old, "old/callgrind.out.1"), (old, "old/callgrind.out.2"), (new, "new/callgrind.out.3")] {
        put(from, to);
    }
    check(&desk, "old new", &[("walk 1000", "instructions", 12_167, 13_267)]);
    put(new, "old/callgrind.out.4");
    desk.run("compare old new").refused(&[
        "old: walk 1000 instructions stands in old/callgrind.out.1 and in old/callgrind.out.4\n",
        "they counted 12167 and 13267, and nobody can say which to compare: name one of the files;",
    ]);
    check(&desk, "old/callgrind.out.4 new", &[("walk 1000", "instructions", 13_267, 13_267)]);
}

#[test]
fn the_run_before_is_read_out_of_a_summary() {
    let desk = Desk::with(&[]);
    for (version, old, new) in [
        ("v3-iai-0.14.0", 20_785, 25_980),
        ("v3-iai-0.15.0", 20_784, 25_979),
        ("v4-iai-0.15.1", 20_784, 25_979),
        ("v5-iai-0.15.2", 20_784, 25_979),
    ] {
        desk.copy_corpus(&format!("gungraun-summary/{version}/build"), &format!("{version}/build"));
        let rows = [("build/build_n/hundred", "instructions", old, new)];
        check(&desk, &format!("{version}@old {version}"), &rows);
        check(&desk, &format!("{version}@old {version}@new"), &rows);
        let summary = format!("{version}/build/build_n.hundred/summary.json");
        check(&desk, &format!("{summary}@old {summary}"), &rows);
    }
    desk.copy_corpus("gungraun-summary/v6-jsonl", "v6");
    check(&desk, "v6/run2.jsonl@old v6/run2.jsonl", &[("embed/build_n/many_2", "instructions", 57_361, 77_293)]);
    desk.copy_corpus("gungraun-summary/v6-baseline/bins", "named/bins");
    check(&desk, "named@v1 named", &[("bins/run_mybin/ten", "peak-bytes", 1892, 2532)]);
    desk.copy_corpus("gungraun-summary/v7/zero", "v7/zero");
    check(&desk, "v7@old v7", &[("zero/custom_entry/custom_ep", "allocs", 0, 5)]);

    desk.run("compare named@v2 named").refused(&["named: no results named `v2`\n", "there are: new, v1\n"]);
    desk.run("compare v6/run2.jsonl@main v6/run2.jsonl")
        .refused(&["v6/run2.jsonl: no results named `main`\n", "there are: old\n"]);
    desk.copy_corpus("valgrind/dhat", "dhat");
    desk.run("compare dhat/dhat.out.50@old dhat/dhat.out.50")
        .refused(&["dhat/dhat.out.50: no results named `old`\n", "leave the `@` out\n"]);
}

#[test]
fn a_summary_beside_its_raw_files_is_not_read_again() {
    let desk = Desk::with(&[]);
    desk.copy_corpus("iai-callgrind/0.16.1-second-run", "before/package/file");
    desk.copy_corpus("iai-callgrind/0.16.1-second-run", "target/iai/package/file");
    // Twice would be a collision: two results that claim to be one.
    check(&desk, "before target/iai", &[("embed/build_n/many_0", "instructions", 872, 872)]);
    // The raw files of a named baseline beside a summary of the run after it: the summary says what the raw files say.
    desk.copy_corpus("iai-callgrind/0.16.1-binary", "binary/file");
    check(&desk, "binary@v1 binary@new", &[("bins/run_mybin/ten", "allocs", 34, 74)]);
    // Without raw files the summary is there.
    desk.copy_corpus("gungraun-summary/v6-baseline/bins", "alone/file/bins");
    check(&desk, "alone@v1 alone", &[("bins/run_mybin/ten", "instructions", 303_518, 321_527)]);
}
