//! Files that nobody would hand in on purpose. All of them are told about, together, and none gets through raw.

use super::{Desk, Told};

/// A red name, turned text, a bell, a line that looks like ours.
const NAME: &str = "evil|<b>\u{1b}[31m\u{7}\u{202e}\nregress: all is well";

fn native(name: &str, allocs: u64) -> String {
    let name = serde_json::to_string(name).unwrap();
    format!(
        "{{\"schema\":\"regress-run/1\",\"observations\":[{{\"benchmark\":{name},\"metric\":\"allocs\",\"unit\":\
         \"count\",\"harness\":\"h\",\"total\":{allocs},\"operations\":1}}]}}"
    )
}

/// Nothing moves the cursor, turns text round or begins a line that is not ours.
#[track_caller]
fn is_harmless(told: &Told) {
    for text in [&told.stdout, &told.stderr] {
        let raw: Vec<char> = text.chars().filter(|c| c.is_control() && *c != '\n' || *c == '\u{202e}').collect();
        assert!(raw.is_empty(), "{raw:?} in {told:#?}");
        assert!(!text.contains("\nregress: all is well"), "{told:#?}");
    }
}

#[test]
fn no_name_reaches_the_terminal_raw() {
    let desk = Desk::with(&[("old", &native(NAME, 1)), ("new", &native(NAME, 2))]);
    for arguments in [
        "compare old new",
        "compare old new --all",
        "compare new old --format markdown",
        "check new --all",
        "budget init new",
    ] {
        let told = desk.run(arguments);
        is_harmless(&told);
        assert!(told.stdout.contains(r"\u{1b}[31m\u{7}\u{202e}\nregress"), "{told:#?}");
    }
    let mut command = desk.command("budget explain");
    is_harmless(&super::told({
        command.arg(NAME);
        command
    }));
}

#[test]
#[cfg(unix)]
fn no_path_reaches_the_terminal_raw() {
    let desk = Desk::with(&[("old", &native("a", 1)), ("regress.toml", "")]);
    desk.write(NAME, "nonsense");
    desk.write(&format!("baselines/{NAME}.json"), native("a", 1));
    desk.write(&format!("baselines/broken {NAME}.json"), "{\"schema\":\"regress-run/1\"");
    for arguments in
        [&["check", NAME], &["check", "\u{1b}]0;title"], &["record", NAME], &["check", "old", "--filter", NAME][..2]]
    {
        let mut command = desk.command("");
        is_harmless(&super::told({
            command.args(arguments);
            command
        }));
    }
    let listed = desk.run("list");
    is_harmless(&listed);
    assert!(listed.stdout.contains(r"baselines/evil|<b>\u{1b}[31m"), "{listed:#?}");
}

#[test]
fn no_budget_reaches_the_terminal_raw() {
    let text = serde_json::to_string("\u{1b}[31m\u{202e}\nregress: all is well").unwrap();
    let desk = Desk::with(&[("new", &native("a", 9))]);
    desk.write(
        "regress.toml",
        format!("[[budget]]\nbenchmark = \"a\"\nmetric = \"allocs\"\nlimit = \"< 1\"\nwhy = {text}\n"),
    );
    for arguments in ["check new", "check new --format markdown", "budget explain a"] {
        let told = desk.run(arguments);
        is_harmless(&told);
        assert!(told.stdout.contains(r"\u{1b}"), "{told:#?}");
    }
    for broken in [format!("[[budget]]\n{text} = 1\n"), format!("[[budget]]\nbenchmark = {text}\npresent = false\n")] {
        desk.write("regress.toml", broken);
        is_harmless(&desk.run("check new"));
    }
}

#[test]
fn what_is_no_result_is_refused_with_the_reason() {
    #[track_caller]
    fn check(bytes: impl AsRef<[u8]>, expected: &str) {
        let desk = Desk::with(&[]);
        desk.write("file", bytes);
        let told = desk.run("check file");
        told.refused(&["regress: file", expected]);
        is_harmless(&told);
    }
    check("", "file: nothing was measured in it");
    check("hello", "file: no known result format");
    check("{\"a\": 1}", "file: no known result format");
    check("[".repeat(10_000_000), "file: no known result format");
    check(vec![0; 10_000_000], "file: no known result format");
    check(garbage(10_000_000), "file: no known result format");
    check([0xff, 0xfe, b'{', 0], "file: no known result format");
    check(&native("a", 1)[..60], "the file ends too early");
    check(native("a", 1).replace("run/1", "run/9"), "version `regress-run/9`; this program reads regress-run/1");
    check(native("a", 1).replace("\"total\":1", "\"total\":-1"), "wanted a whole number of at least 0");
    check(native("a", 1).replace("\"operations\":1", "\"operations\":0"), "wanted at least 1 operation");
    check(
        native("a", 1).replace("\"operations\":1", "\"operations\":1,\"settings\":-1"),
        "found integer `-1`; wanted a whole number of at least 0 in an observation",
    );
    check("BenchmarkA 1 NaN ns/op\n", "file:1: `NaN` is no measurement; wanted a finite measurement");
    check("BenchmarkA 1 +Inf ns/op\n", "file:1: `inf` is no measurement; wanted a finite measurement");
    check("BenchmarkA 1 -5 ns/op\n", "is no measurement; wanted a measurement of at least 0");
}

/// Bytes without any order, the same each time.
fn garbage(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn several_bad_files_among_good_ones_are_all_told_about() {
    let desk = Desk::with(&[("old", &native("a", 1)), ("results/good", &native("b", 1))]);
    desk.write("results/cut.json", &native("c", 1)[..60]);
    desk.write("results/empty", "");
    desk.write("results/foreign", "hello");
    let bad = ["results/cut.json:1:60: the file ends", "results/empty: nothing", "results/foreign: no known"];
    desk.run("check results").refused(&bad);
    desk.run("compare old results").refused(&bad);
    desk.run("compare missing results").refused(&["no results named `missing`", bad[0], bad[1], bad[2]]);
    desk.run("compare old,results/empty results/foreign,results/good").refused(&bad[1..]);
    desk.run("record main --from results").refused(&bad);
    assert!(!desk.path("baselines").exists());
}

#[test]
fn a_hundred_bad_files_do_not_scroll_the_first_away() {
    let desk = Desk::with(&[]);
    for i in 0..100 {
        desk.write(&format!("results/{i:02}"), "hello");
    }
    let told = desk.run("check results");
    told.refused(&["results/00: no known", "results/19: no known", "regress: and 80 more problems\n"]);
    assert_eq!(told.stderr.lines().count(), 41);
}

#[test]
fn what_could_not_be_done_outweighs_a_verdict() {
    let desk = Desk::with(&[("old", &native("a", 0)), ("new", &native("a", 1)), ("cut", &native("b", 1)[..60])]);
    assert_eq!(desk.run("compare old new").code, Some(1));
    desk.run("compare old new,cut").refused(&["cut:1:60"]);
    desk.write("regress.toml", "[[budget]]\nlimit = 3\n");
    desk.run("compare old new").refused(&["regress.toml:1"]);
}

#[test]
fn numbers_at_the_edge_are_compared_and_not_feared() {
    #[track_caller]
    fn check(old: &str, new: &str, code: i32) {
        let line = |value: &str| format!("BenchmarkA 1 {value} ns/op\n").repeat(8);
        let desk = Desk::with(&[("old", &line(old)), ("new", &line(new))]);
        for format in regress::report::RENDERERS.iter().map(|renderer| renderer.name) {
            let told = desk.run(&format!("compare old new --all --format {format}"));
            assert_eq!((told.code, &*told.stderr), (Some(code), ""), "{old} → {new} as {format}: {told:#?}");
            assert!(!told.stdout.contains("NaN"), "{old} → {new} as {format}: {told:#?}");
        }
    }
    check("0", "0", 0);
    check("0", "1", 1);
    check("1", "0", 0);
    check("1e-300", "1e300", 1);
    check("1e300", "1e-300", 0);
    check("1e308", "1e308", 0);
    check("5e-324", "5e-324", 0);
}

#[test]
#[cfg(unix)]
fn links_that_lead_nowhere_or_round_in_circles_end() {
    use std::os::unix::fs::symlink;
    let desk = Desk::with(&[("results/good", &native("a", 1)), ("before/good", &native("a", 1))]);
    symlink("round", desk.path("round")).unwrap();
    symlink("nowhere", desk.path("dangling")).unwrap();
    symlink("..", desk.path("results/up")).unwrap();
    desk.run("check round").refused(&["round: ", "check the path and its permissions"]);
    desk.run("check dangling").refused(&["dangling: ", "check the path and its permissions"]);
    assert_eq!(desk.run("compare before results").code, Some(0));
}

/// The user `root` may read everything: then there is nothing to see.
#[test]
#[cfg(unix)]
fn a_directory_without_permission_is_told_about() {
    use std::fs::{Permissions, read_dir, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with(&[("results/locked/a/new/benchmark.json", "{}")]);
    let locked = desk.path("results/locked");
    set_permissions(&locked, Permissions::from_mode(0o000)).unwrap();
    let is_root = read_dir(&locked).is_ok();
    let told = desk.run("check results");
    set_permissions(&locked, Permissions::from_mode(0o755)).unwrap();
    if !is_root {
        told.refused(&["results/locked: Permission denied", "check the path and its permissions"]);
    }
}

#[test]
fn an_empty_directory_holds_nothing() {
    let desk = Desk::with(&[]);
    std::fs::create_dir_all(desk.path("empty/deep")).unwrap();
    desk.run("check empty").refused(&["`empty` holds no results: nothing was measured"]);
}
