//! `regress critcmp` against critcmp itself. `tests/oracle/critcmp/make.sh` says how its output was made.

use super::Desk;

fn desk() -> Desk {
    let desk = Desk::with(&[]);
    for case in ["criterion/0.8.2", "criterion/0.8.2-names"] {
        desk.copy_corpus(case, "target/criterion");
    }
    desk
}

#[test]
fn its_output_is_critcmps_byte_for_byte() {
    let (desk, mut compared) = (desk(), 0);
    let cases = include_str!("../../oracle/critcmp/cases.txt");
    for case in cases.split("$ critcmp").skip(1) {
        let (arguments, expected) = case.split_once('\n').expect("the arguments are a line");
        let told = desk.run(&format!("critcmp {arguments}"));
        assert_eq!((told.code, &*told.stdout, &*told.stderr), (Some(0), expected, ""), "critcmp {arguments}");
        compared += 1;
    }
    assert!(compared >= 15, "only {compared} compared");
}

#[test]
fn an_export_is_read_in_the_place_of_a_baseline() {
    let desk = desk();
    desk.write("exported.json", desk.run("critcmp --export v1").stdout);
    assert_eq!(desk.run("critcmp exported.json new").stdout, desk.run("critcmp v1 new").stdout);
    let alone = desk.run("critcmp exported.json");
    std::fs::remove_dir_all(desk.path("target")).expect("it is there");
    assert_eq!(desk.run("critcmp exported.json"), alone);
}

/// critcmp shows one column for a name that does not exist, and succeeds.
#[test]
fn what_cannot_be_read_or_shown_is_exit_code_2() {
    let desk = desk();
    desk.run("critcmp nwe v1").refused(&["target/criterion: no baseline named `nwe`", "there are: base, new, v1"]);
    desk.run("critcmp new -f nothing").refused(&["no benchmark is left to show"]);
    desk.run("critcmp --export nosuch").refused(&["no baseline named `nosuch`"]);
    desk.run("critcmp --target-dir elsewhere").refused(&["elsewhere/criterion: there are no results of criterion"]);
    desk.write("other.json", "{\"name\":1}");
    desk.run("critcmp other.json")
        .refused(&["other.json:1:9: found integer `1`; wanted a string in an export of critcmp"]);
    desk.write("target/criterion/a/new/benchmark.json", "{}");
    desk.write("target/criterion/a/new/estimates.json", "[");
    desk.run("critcmp new").refused(&["a/new/benchmark.json:1:2: found no `group_id`", "a/new/estimates.json:1"]);
    let told = desk.run("critcmp -g abc new");
    assert_eq!((told.code, &*told.stdout), (Some(2), ""), "{told:#?}");
}
