//! `regress benchstat` prints what benchstat prints, byte for byte: on the inputs and outputs in `tests/oracle/benchstat`
//! and `tests/oracle/drop_in`, and on what no case there has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use proptest::prelude::*;
use regress::select::{Filter, Language, Projections, Subject, Wanted};

use super::cmd::{Desk, Told};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/benchstat");

/// What `regress` says, and benchstat does not.
const DEFECT: &str = "regress: benchstat's p of";

/// Cases in which benchstat doubles one of two different tails, and how often.
const DEFECTS: &[(&str, usize)] = &[("uneven-n", 2)];

#[test]
fn every_byte_of_benchstat_is_ours() {
    each_case(Path::new(CASES), 35, |Case { name, what, told, complaints }| {
        assert_eq!(told.status.code(), Some(0), "{what}");
        let (own, others) = own_lines(&told.stderr);
        assert_eq!(&others, complaints, "{what}");
        let defects = DEFECTS.iter().find(|(case, _)| case == name).map(|(_, count)| *count);
        let expected = defects.map(|count| format!("{DEFECT} {count} comparisons is no probability"));
        assert_eq!(own.is_empty(), expected.is_none(), "{what}: {own}");
        assert!(own.starts_with(&*expected.unwrap_or_default()), "{what}: {own}");
    });
}

/// Where Go reads, rounds or sorts in another way than one would; and its mistakes in arguments, after which we exit with 2.
#[test]
fn whatever_go_does_is_ours() {
    each_case(&Path::new(CASES).with_file_name("drop_in"), 20, |Case { what, told, complaints, .. }| {
        let is_mistake = complaints.lines().any(|line| line.starts_with("benchstat: "));
        assert_eq!(told.status.code(), Some(if is_mistake { 2 } else { 0 }), "{what}");
        assert_eq!(text(&told.stderr), complaints, "{what}");
    });
}

struct Case {
    name: String,
    what: String,
    told: Output,
    /// What benchstat wrote to standard error.
    complaints: String,
}

/// Runs every case as text and as CSV: on standard output stands what benchstat printed.
fn each_case(directory: &Path, count: usize, check: impl Fn(&Case)) {
    let mut cases: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    assert_eq!(cases.len(), count);
    for case in cases {
        let arguments: Vec<String> = serde_json::from_slice(&fs::read(case.join("args.json")).unwrap()).unwrap();
        for (first, expected) in [(&[][..], "expected.txt"), (&["-format", "csv"][..], "expected.csv")] {
            let arguments: Vec<&str> = first.iter().copied().chain(arguments.iter().map(String::as_str)).collect();
            let told = benchstat(&case, &arguments);
            let what = format!("{}: {}", case.display(), arguments.join(" "));
            assert_eq!(text(&told.stdout), fs::read_to_string(case.join(expected)).unwrap(), "{what}");
            // Where it had nothing to say there is no file.
            let complaints = fs::read_to_string(case.join(format!("{expected}.stderr"))).unwrap_or_default();
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            check(&Case { name, what, told, complaints });
        }
    }
}

fn benchstat(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regress"));
    command.current_dir(directory).arg("benchstat").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// What only `regress` says, and what benchstat says as well.
fn own_lines(stderr: &[u8]) -> (String, String) {
    let (mut own, mut others) = (String::new(), String::new());
    for line in text(stderr).split_inclusive('\n') {
        let is_own = line.starts_with("regress: ") || (line.starts_with("  ") && !own.is_empty());
        if is_own { own.push_str(line) } else { others.push_str(line) }
    }
    (own, others)
}

fn run(desk: &Desk, arguments: &[&str]) -> Told {
    Told::of(benchstat(&desk.path(""), arguments))
}

const OLD: &str = "BenchmarkX/a=1-8 1 10 ns/op\nBenchmarkX/a=2-8 1 20 ns/op\n";
const NEW: &str = "BenchmarkX/a=1-8 1 30 ns/op\n";

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let desk = Desk::with(&[("old.txt", OLD), ("broken.txt", "BenchmarkX 1 NaN ns/op\n")]);
    desk.write("other.txt", b"\xff\xfe");
    let told = run(&desk, &["old.txt", "missing.txt", "gone.txt"]);
    assert_eq!((told.code, &*told.stdout), (Some(2), ""));
    let expected = "benchstat: open missing.txt: no such file or directory\n\
                    benchstat: open gone.txt: no such file or directory\n";
    assert_eq!(told.stderr, expected);
    desk.write("noted.txt", b"BenchmarkX 1\n");
    let told = run(&desk, &["noted.txt", "missing.txt", "noted.txt"]);
    let expected = "noted.txt:1: missing measurements\nbenchstat: open missing.txt: no such file or directory\n";
    assert_eq!((told.code, &*told.stdout, &*told.stderr), (Some(2), "", expected));
    let told = run(&desk, &["old.txt", "broken.txt", "other.txt"]);
    assert_eq!((told.code, &*told.stdout), (Some(2), ""));
    assert!(told.stderr.contains("broken.txt:1: `NaN` is no measurement; wanted a finite measurement"), "{told:?}");
    assert!(told.stderr.contains("other.txt:1: found bytes that are no UTF-8"), "{told:?}");
}

#[test]
fn a_mistake_in_an_expression_has_a_caret() {
    let desk = Desk::with(&[("old.txt", OLD)]);
    let told = run(&desk, &["-filter", "/a:(1 2)", "old.txt"]);
    let expected =
        "benchstat: parsing -filter: syntax error: value list must be separated by OR\n\t/a:(1 2)\n\t      ^\n";
    assert_eq!((told.code, &*told.stdout, &*told.stderr), (Some(2), "", expected));
    let told = run(&desk, &["-col", "/a@size", "old.txt"]);
    let expected = "benchstat: parsing -col: syntax error: unknown order \"size\"\n\t/a@size\n\t   ^\n";
    assert_eq!((told.code, &*told.stdout, &*told.stderr), (Some(2), "", expected));
    for (flag, value, expected) in [
        ("-alpha", "2", "benchstat: -alpha must be in range [0, 1]\n"),
        ("-confidence", "-1", "benchstat: -confidence must be in range [0, 1]\n"),
        ("-format", "html", "benchstat: -format must be text or csv\n"),
    ] {
        let told = run(&desk, &[flag, value, "old.txt"]);
        assert_eq!((told.code, &*told.stdout, &*told.stderr), (Some(2), "", expected));
    }
    assert_eq!(run(&desk, &[]).code, Some(2));
}

/// Where no row stands in both columns, the header is wider than what is below it: Go takes the negative width for one
/// to the left, and so the bar at its right wanders.
#[test]
fn a_header_may_be_wider_than_its_columns() {
    let desk = Desk::with(&[("old.txt", OLD), ("new.txt", "BenchmarkY 1 30 ns/op\n")]);
    let told = run(&desk, &["-filter", "/a:1 OR .name:Y", "old.txt", "new.txt"]);
    let header = told.stdout.lines().nth(1).unwrap();
    assert!(header.contains("vs base"), "{told:?}");
    assert_eq!(told.code, Some(0));
    assert!(told.stdout.ends_with("² benchmark set differs from baseline; geomeans may not be comparable\n³ ratios must be >0 to compute geomean\n"), "{}", told.stdout);
}

#[test]
fn inputs_have_names_and_standard_input_is_one() {
    let desk = Desk::with(&[("a", OLD), ("b", NEW)]);
    let first_line = |arguments: &[&str]| {
        let told = run(&desk, &[&["-format", "csv"], arguments].concat());
        told.stdout.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(first_line(&["a", "b"]), ",a,,b,,,");
    assert_eq!(first_line(&["a", "a"]), ",a#0,,a#1,,,");
    assert_eq!(first_line(&["old=a", "new=b"]), ",old,,new,,,");
    assert_eq!(first_line(&["x=a", "x=b"]), ",x,");
    let told = run(&desk, &["-", "-"]);
    assert_eq!((told.code, &*told.stdout), (Some(2), ""));
}

#[test]
fn nothing_that_matches_is_nothing_printed() {
    let desk = Desk::with(&[("a", OLD)]);
    let told = run(&desk, &["-filter", ".name:Y", "a"]);
    assert_eq!((told.code, &*told.stdout, &*told.stderr), (Some(0), "", ""));
}

#[test]
fn promises_about_units_hold_for_all_files_and_are_not_broken() {
    let desk = Desk::with(&[
        ("a", "Unit ns/op assume=exact\nUnit\nUnit x y\nBenchmarkX 1 5 ns/op\n"),
        ("b", "Unit sec/op assume=nothing\nBenchmarkX 1 10 ns/op\n"),
    ]);
    let told = run(&desk, &["-format", "csv", "a", "b"]);
    let complaints = "a:2: missing unit\na:3: expected key=value\n\
                      b:1: metadata assume of unit sec/op already set to exact\n";
    assert_eq!(told.stderr, complaints);
    assert!(told.stdout.contains("X,5e-09,0%,1e-08,0%,+100.00%,n=1\n"), "{}", told.stdout);
}

/// Mostly what people write, in any order.
fn expressions() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        Just("("),
        Just(")"),
        Just(":"),
        Just("@"),
        Just(","),
        Just("-"),
        Just("*"),
        Just("OR"),
        Just("AND"),
        Just(" "),
        Just("/size"),
        Just(".name"),
        Just(".fullname"),
        Just(".file"),
        Just(".unit"),
        Just(".config"),
        Just("goos"),
        Just("\""),
        Just("\\"),
        Just("/"),
        Just("/a.*/"),
        Just("[0-9]"),
        Just("num"),
        Just("alpha"),
        Just("(a b)"),
        Just("é"),
        Just("\u{2003}"),
        Just("\u{1}"),
        Just("𝄞"),
        Just("\"a\\u00e9\""),
        Just("1k"),
    ];
    prop_oneof![proptest::collection::vec(words, 0..12).prop_map(|words| words.concat()), any::<String>()]
}

proptest! {
    #[test]
    fn any_filter_is_read_or_has_a_caret_within_it(expression in expressions()) {
        for language in [Language::Benchstat, Language::Ours] {
            match Filter::new(&expression, language) {
                Ok(filter) => {
                    let subject = Subject::of_go("f", "X/size=1k-8", &[("goos", "linux")]);
                    let keeps = filter.keeps(&subject, &["ns/op"]);
                    prop_assert!(!keeps || filter.could_keep(&subject), "what is kept could be kept");
                }
                Err(error) => check_caret(&expression, &error)?,
            }
        }
    }

    #[test]
    fn any_projection_is_read_or_has_a_caret_within_it(expression in expressions()) {
        match Projections::new(&Wanted { row: &expression, ..Wanted::default() }, Language::Ours) {
            Ok(mut projections) => {
                let subjects = ["X/size=1k-8", "Y/size=2", "/", ""]
                    .map(|name| Subject::of_go("f", name, &[("goos", "linux")]));
                let mut keys = subjects.map(|subject| projections.row.key(&subject, "ns/op"));
                projections.row.sort(&mut keys);
                for key in keys {
                    prop_assert_eq!(projections.row.values(key).len(), projections.row.field_names().len());
                }
            }
            Err((option, error)) => {
                prop_assert_eq!(option, "row");
                check_caret(&expression, &error)?;
            }
        }
    }

    #[test]
    fn a_filter_and_its_opposite_keep_everything_once(a in "(/size|goos|[.]name):[a-z0-9]{1,3}", b in "[.]unit:[a-z]{1,2}") {
        let keeps = |expression: &str| {
            let subject = Subject::of_go("f", "X/size=1k-8", &[("goos", "linux")]);
            Filter::new(expression, Language::Benchstat).unwrap().keeps(&subject, &["ns/op"])
        };
        let both = format!("{a} {b}");
        prop_assert_ne!(keeps(&both), keeps(&format!("-({both})")));
        prop_assert_eq!(keeps(&format!("-({both})")), keeps(&format!("-{a} OR -{b}")));
    }
}

fn check_caret(expression: &str, error: &regress::select::SyntaxError) -> Result<(), TestCaseError> {
    prop_assert!(error.offset <= expression.len(), "{error:?}");
    prop_assert!(expression.is_char_boundary(error.offset), "{error:?}");
    let shown = error.to_string();
    let caret = shown.lines().last().unwrap();
    prop_assert!(caret.trim_start().starts_with('^') || expression.contains(['\n', '\r']), "{shown}");
    prop_assert!(error.column() <= expression.chars().count(), "{error:?}");
    Ok(())
}
