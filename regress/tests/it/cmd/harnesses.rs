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
