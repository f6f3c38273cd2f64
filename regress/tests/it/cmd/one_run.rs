//! One set of results under two names: to compare it with itself would pass whatever it holds.

use super::{Desk, Told};

const TIMES: &str = "\
BenchmarkSort 1 101.3 ns/op
BenchmarkSort 1 104.1 ns/op
BenchmarkSort 1 102.2 ns/op
BenchmarkSort 1 103.7 ns/op
BenchmarkSort 1 101.9 ns/op
";
const OTHER: &str = "\
BenchmarkParse 1 51.3 ns/op
BenchmarkParse 1 54.1 ns/op
BenchmarkParse 1 52.2 ns/op
BenchmarkParse 1 53.7 ns/op
BenchmarkParse 1 51.9 ns/op
";
const COUNTS: &str = "BenchmarkSort 1000 9 allocs/op 520 B/op\n";

fn desk() -> Desk {
    let desk = Desk::with(&[("a", COUNTS), ("b", COUNTS), ("times", TIMES), ("copy", TIMES)]);
    desk.write("results/c", COUNTS);
    assert_eq!(desk.run("record main --exact --from a").code, Some(0));
    desk
}

#[track_caller]
fn refused(desk: &Desk, arguments: &str, problem: &str) {
    desk.run(&format!("compare {arguments}")).refused(&[
        problem,
        ": that passes whatever ",
        "one set by itself: regress check ",
    ]);
}

#[test]
fn a_file_is_not_compared_with_itself_by_whatever_name() {
    let desk = desk();
    refused(&desk, "a a", "`a` is on both sides");
    refused(&desk, "a ./a", "`a` and `./a` are the same results");
    refused(&desk, "v1=a v2=a", "`a` is on both sides");
    refused(&desk, "a b,a", "`a` is on both sides");
    refused(&desk, "a b a", "`a` is on both sides");
    refused(&desk, "results results/c", "`results` and `results/c` are the same");
    refused(&desk, "main baselines/main.json", "`main` and `baselines/main.json` are the same");
    refused(&desk, "a a --col .file", "`a` is on both sides");
    let absolute = desk.path("a").canonicalize().unwrap();
    refused(&desk, &format!("a {}", absolute.display()), "are the same results");
}

#[cfg(unix)]
#[test]
fn links_of_both_kinds_are_the_file_they_lead_to() {
    let desk = desk();
    std::os::unix::fs::symlink("a", desk.path("link")).unwrap();
    std::fs::hard_link(desk.path("a"), desk.path("hard")).unwrap();
    std::os::unix::fs::symlink("results", desk.path("elsewhere")).unwrap();
    refused(&desk, "a link", "`a` and `link` are the same results");
    refused(&desk, "hard link", "`hard` and `link` are the same results");
    refused(&desk, "results elsewhere", "`results` and `elsewhere` are the same results");
    refused(&desk, "results elsewhere/c", "`results` and `elsewhere/c` are the same results");
    std::os::unix::fs::symlink("main.json", desk.path("baselines/linked.json")).unwrap();
    std::fs::hard_link(desk.path("baselines/main.json"), desk.path("baselines/second.json")).unwrap();
    refused(&desk, "main linked", "`main` and `linked` are the same results");
    refused(&desk, "main second", "`main` and `second` are the same results");
    refused(&desk, "baselines/main.json linked", "`baselines/main.json` and `linked` are the same results");
    refused(&desk, "linked main", "`linked` and `main` are the same results");
}

#[cfg(unix)]
#[test]
fn many_counts_are_known_in_a_directory_of_links() {
    let desk = Desk::with(&[]);
    for number in 0..70 {
        let file = format!("p/b{number}/new.jsonl");
        let results = format!(
            "{{\"schema\":\"meter/1\",\"harness\":\"bench-meter 0.1.0\",\"package\":\"p\",\"bench\":\"b\",\"operations\":9}}\n\
             {{\"benchmark\":\"a{number}\",\"metric\":\"allocs\",\"unit\":\"count\",\"total\":9,\"operations\":9}}\n\
             {{\"end\":true,\"cases\":1}}\n"
        );
        desk.write(&format!("counts/{file}"), results);
        for (kind, is_soft) in [("soft", true), ("hard", false)] {
            let link = desk.path(&format!("{kind}/{file}"));
            std::fs::create_dir_all(link.parent().unwrap()).unwrap();
            let target = desk.path(&format!("counts/{file}"));
            match is_soft {
                true => std::os::unix::fs::symlink(target, link).unwrap(),
                false => std::fs::hard_link(target, link).unwrap(),
            }
        }
        desk.write(&format!("copies/{file}"), std::fs::read(desk.path(&format!("counts/{file}"))).unwrap());
    }
    refused(&desk, "counts soft", "`counts` and `soft` are the same results");
    refused(&desk, "soft hard", "`soft` and `hard` are the same results");
    assert_eq!(desk.run("compare counts copies").code, Some(0));
}

#[test]
fn names_of_a_harness_are_one_run_when_they_lead_to_one_directory() {
    let desk = Desk::with(&[]);
    desk.copy_corpus("criterion/0.8.2", "target/criterion");
    refused(&desk, "base base", "`base` is on both sides");
    refused(&desk, "base target/criterion@base", "`base` and `target/criterion@base` are the same");
    assert_eq!(desk.run("compare base new").code, Some(0));
}

#[test]
fn two_runs_in_one_file_are_two() {
    let desk = Desk::with(&[]);
    desk.copy_corpus("gungraun-summary/v6-baseline/bins/run_mybin.ten", "");
    assert!(matches!(desk.run("compare summary.json@v1 summary.json").code, Some(0 | 1)));
    refused(&desk, "summary.json@v1 summary.json@v1", "`summary.json@v1` is on both sides");
}

#[test]
fn equal_counts_of_two_files_are_equal_counts() {
    let Told { code, stdout, .. } = desk().run("compare a b");
    assert!(code == Some(0) && stdout.starts_with("PASSED"), "{stdout}");
}

#[test]
fn times_that_are_equal_to_the_last_digit_are_a_copy() {
    let desk = desk();
    let told = desk.run("compare times copy");
    told.refused(&["`times` and `copy` hold the same measurements, to the last digit", "measure again"]);
    // Of a filter that left a benchmark out, the harness still has the numbers from before.
    desk.write("old", [TIMES, OTHER].concat());
    desk.write("new", [TIMES, &OTHER.replace("51.3", "51.4")].concat());
    desk.write("regress.toml", "[[budget]]\nbenchmark = \"*\"\nmetric = \"time\"\nchange = \"<= +100%\"\n");
    let told = desk.run("compare old new");
    assert!(told.code == Some(3), "{told:#?}");
    assert!(told.stdout.contains("the very same measurements are on both sides"), "{told:#?}");
    assert!(!desk.run("compare old new --filter Parse").stdout.contains("the very same"));
    assert!(!told.stdout.contains("not measured again ("), "said once: {told:#?}");
}

#[test]
fn what_was_not_measured_again_and_passes_is_warned_of() {
    const WARNING: &str = "warning: 2 rows were not measured again (Sort, Sort2): measure them on each side";
    let desk = desk();
    let twice = TIMES.replace("Sort", "Sort2");
    desk.write("old", [TIMES, &twice, OTHER].concat());
    desk.write("new", [TIMES, &twice, &OTHER.replace("51.3", "51.4")].concat());
    for format in ["table", "markdown"] {
        let told = desk.run(&format!("compare old new --format {format}"));
        assert_eq!(told.code, Some(0), "nobody demands proof: {told:#?}");
        let text = told.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text.matches(WARNING).count(), 1, "{told:#?}");
        assert!(!desk.run(&format!("compare old new --filter Parse --format {format}")).stdout.contains("again"));
    }
    // A reviewer need not unfold it.
    let comment = desk.run("compare old new --format markdown").stdout;
    let open = comment.split("<details>").next().unwrap_or_default();
    assert!(open.contains("2 rows were not measured again"), "{comment}");
    let one = desk.run("compare old new --filter Sort2 --filter Parse");
    assert!(one.stdout.contains("warning: 1 row was not measured again (Sort2): measure it"), "{one:#?}");
}

#[test]
fn times_that_nobody_looks_at_may_be_old() {
    let desk = Desk::with(&[("old", &[TIMES, COUNTS].concat()), ("new", &[TIMES, COUNTS].concat())]);
    desk.run("compare old new").refused(&["hold the same measurements"]);
    assert_eq!(desk.run("compare old new --exact").code, Some(0));
    desk.run("compare old new --col .file").refused(&["hold the same measurements"]);
}

#[test]
fn few_whole_numbers_may_come_again() {
    let ticks = |last: &str| ["21", "21", "20", "20", last].map(|ns| format!("BenchmarkTick 1 {ns} ns/op\n")).concat();
    let desk = Desk::with(&[("old", &ticks("20")), ("new", &ticks("20"))]);
    let told = desk.run("compare old new");
    assert!(told.code == Some(0) && !told.stdout.contains("the very same"), "{told:#?}");
}

/// Otherwise a filter by the name would leave out the old side, and pass what came to be worse.
#[test]
fn a_benchmark_that_moved_is_found_where_it_is_now() {
    let moved = |package: &str, allocs: u32| format!("pkg: {package}\nBenchmarkF 1000 {allocs} allocs/op\n");
    let desk = Desk::with(&[
        ("old", &moved("ex.com/a", 3)),
        ("new", &moved("ex.com/c", 9)),
        ("regress.toml", "[[alias]]\nfrom = \"ex.com/a.F\"\nto = \"ex.com/c.F\"\n"),
    ]);
    for selection in ["", "--filter .name:F", "--filter pkg:ex.com/c", "--col .file --row .fullname"] {
        let told = desk.run(&format!("compare old new {selection}"));
        assert!(told.code == Some(1) && told.stdout.contains("3 → 9"), "{selection}: {told:#?}");
    }
}

#[test]
fn drop_ins_compare_what_they_are_given() {
    let desk = desk();
    assert_eq!(desk.run("benchstat times times").code, Some(0));
}
