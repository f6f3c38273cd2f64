//! `regress compare` on samples of every format: what a user does first with results of whatever tool.

use regress::formats::{FORMATS, choose};
use serde_json::Value;

use crate::cmd::Desk;

/// Of each format two files, old and new, below `tests/corpus`; or one that holds both, or where there is no second
/// a copy of the first. And how many rows are compared.
const PAIRS: &[(&str, &str, usize)] = &[
    ("regress", "regress/1/main.json copy/regress/1/main.json", 6),
    ("meter", "meter/0.1.0 copy/meter/0.1.0", 85),
    ("criterion", "criterion/0.8.2@base criterion/0.8.2@new", 2),
    ("cargo-criterion", "cargo-criterion/1.1.0/cc4.jsonl cargo-criterion/1.1.0/cc7-regressed.jsonl", 7),
    ("raw-csv", "raw-csv/0.8.2/dot-512-v1.csv raw-csv/0.8.2/dot-512-new.csv", 2),
    ("critcmp", "critcmp/0.1.8/v1.json critcmp/0.1.8/new.json", 4),
    ("codspeed", "codspeed/6.0.0/walltime-raw-dot128.json copy/codspeed/6.0.0/walltime-raw-dot128.json", 1),
    ("libtest", "libtest/1.95/old.txt libtest/1.95/new.txt", 3),
    ("libtest-json", "libtest/1.97-nightly-json/old.jsonl libtest/1.97-nightly-json/new.jsonl", 4),
    ("divan", "divan/0.1.21-trees/old.txt divan/0.1.21-trees/new.txt", 106),
    ("tango", "tango/0.9.0/dot_512.csv --col /side", 1),
    ("callgrind", "valgrind/callgrind/callgrind.out.old valgrind/callgrind/callgrind.out.new", 5),
    ("cachegrind", "valgrind/cachegrind/cachegrind.out.old valgrind/cachegrind/cachegrind.out.new", 5),
    ("massif", "valgrind/massif/massif.out.50 valgrind/massif/massif.out.80", 1),
    ("dhat", "valgrind/dhat/dhat.out.50 valgrind/dhat/dhat.out.80", 3),
    (
        "gungraun",
        "gungraun-summary/v6-baseline/bins/run_mybin.ten/summary.json@v1 \
         gungraun-summary/v6-baseline/bins/run_mybin.ten/summary.json",
        8,
    ),
    ("go", "go/1.26.6/go-bench.txt go/1.26.6-json/go-bench.jsonl", 10),
    ("hyperfine", "hyperfine/2.0.0/old.json hyperfine/2.0.0/new.json", 8),
    ("google-benchmark", "google-benchmark/1.9.5/old.json google-benchmark/1.9.5/new.json", 18),
    ("jmh", "jmh/1.37/old.json jmh/1.37/new.json", 1),
    ("pytest-benchmark", "pytest-benchmark/5.3.1/old.json pytest-benchmark/5.3.1/new.json", 3),
    ("pyperf", "pyperf/2.10.0/old.json pyperf/2.10.0/new.json", 4),
    ("bencher", "bencher/1/adapter-latency.json copy/bencher/1/adapter-latency.json", 3),
    (
        "github-action",
        "github-action/documents/customSmallerIsBetter_output2.json \
         copy/github-action/documents/customSmallerIsBetter_output2.json",
        4,
    ),
];

/// The name of the format that a file, or any file below a directory, is read as.
fn is_of(desk: &Desk, side: &str, format: &str) -> bool {
    fn below(path: &std::path::Path, format: &str) -> bool {
        match std::fs::read_dir(path) {
            Ok(entries) => entries.filter_map(Result::ok).any(|entry| below(&entry.path(), format)),
            Err(_) => choose(&std::fs::read(path).unwrap()).is_some_and(|known| known.name == format),
        }
    }
    below(&desk.path(side.split('@').next().unwrap()), format)
}

#[test]
fn every_format_compares() {
    let desk = Desk::with(&[]);
    desk.copy_corpus("", "");
    for format in ["regress", "meter", "codspeed", "bencher", "github-action"] {
        desk.copy_corpus(format, &format!("copy/{format}"));
    }
    // Times that are the same to the last digit are refused.
    let recorded = std::fs::read_to_string(desk.path("regress/1/main.json")).unwrap();
    desk.write("copy/regress/1/main.json", recorded.replace("4.25e-8", "4.26e-8"));
    for (format, arguments, expected) in PAIRS {
        let sides = arguments.split(' ').take_while(|argument| !argument.starts_with("--"));
        for side in sides {
            assert!(is_of(&desk, side, format), "{side} is no sample of {format}");
        }
        let told = desk.run(&format!("compare {arguments} --format json"));
        assert!(matches!(told.code, Some(0 | 1 | 3)) && told.stderr.is_empty(), "{format}: {told:#?}");
        let report: Value = serde_json::from_str(&told.stdout).unwrap();
        let rows = report["rows"].as_array().unwrap();
        let compared = rows.iter().filter(|row| row["old"].is_object() && row["new"].is_object()).count();
        assert_eq!(compared, *expected, "{format}: rows with two sides");
    }
}

#[test]
fn every_format_has_a_pair() {
    let without = FORMATS.iter().map(|format| format.name).filter(|name| !PAIRS.iter().any(|(pair, ..)| pair == name));
    assert_eq!(without.collect::<Vec<_>>(), Vec::<&str>::new());
}
