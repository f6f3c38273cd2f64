//! Help that can be read at once, and examples that can be pasted.

use super::{Desk, told};

const COMMANDS: &[&str] = &[
    "",
    "compare",
    "null",
    "check",
    "record",
    "commit-note",
    "signoff",
    "convert",
    "critcmp",
    "list",
    "budget",
    "budget explain",
    "budget tighten",
    "budget loosen",
    "budget init",
    "budget rules",
    "formats",
];

fn help(arguments: &str) -> String {
    let desk = Desk::with(&[]);
    let mut command = desk.command(arguments);
    command.env("COLUMNS", "80");
    let told = told(command);
    assert_eq!((told.code, &*told.stderr), (Some(0), ""), "{arguments}: {told:#?}");
    told.stdout
}

#[test]
fn help_fits_one_screen() {
    for command in COMMANDS {
        let text = help(&format!("{command} -h"));
        let (lines, columns) = (text.lines().count(), text.lines().map(|line| line.chars().count()).max().unwrap());
        assert!(lines <= 24 && columns <= 80, "`{command} -h` has {lines} lines of {columns} columns:\n{text}");
    }
}

#[test]
fn long_help_says_more_and_no_line_is_too_long() {
    for command in COMMANDS {
        let (short, long) = (help(&format!("{command} -h")), help(&format!("{command} --help")));
        assert!(short.lines().count() <= long.lines().count(), "{command}");
        assert!(long.lines().all(|line| line.chars().count() <= 80), "{long}");
    }
    for side in ["baselines/main", "DIR@NAME", "standard input", "v1.2=a"] {
        assert!(help("compare --help").contains(side));
    }
}

#[test]
fn every_example_of_the_help_is_understood() {
    let desk = Desk::with(&[]);
    let counts = |allocs: u32| format!("BenchmarkA 1000 {allocs} allocs/op\n");
    desk.write("old", counts(1));
    desk.write("new", counts(0));
    let text = help("--help");
    let examples: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  regress "))
        .filter_map(|line| line.split("  ").next())
        .collect();
    assert!(2 <= examples.len(), "{text}");
    for example in examples {
        let told = desk.run(example);
        // Without a budget there is nothing for `check` to show.
        let code = if example.starts_with("check") { 3 } else { 0 };
        assert_eq!((told.code, &*told.stderr), (Some(code), ""), "`regress {example}`: {told:#?}");
    }
}

#[test]
fn arguments_that_make_no_sense_are_work_that_could_not_be_done() {
    let desk = Desk::with(&[("old", "BenchmarkA 1 1 allocs/op\n")]);
    for arguments in
        ["", "compaer old old", "compare old", "compare old old --col", "check --format xml", "check --exat", "record"]
    {
        let told = desk.run(arguments);
        assert_eq!((told.code, &*told.stdout), (Some(2), ""), "`regress {arguments}`: {told:#?}");
        assert!(!told.stderr.is_empty(), "`regress {arguments}`");
    }
}
