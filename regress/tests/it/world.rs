//! What the program asks of the world around it.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Runs `regress` with a `cargo` and a `rustc` that leave a mark when they are started.
///
/// Returns whether one was, and what was printed.
fn run(directory: &Path, arguments: &[&str]) -> (bool, String) {
    let (program, mark) = (directory.join("program"), directory.join("mark"));
    fs::write(&program, format!("#!/bin/sh\n: > '{}'\nexit 1\n", mark.display())).expect("it can be written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it can be made a program");
    let output = Command::new(env!("CARGO_BIN_EXE_regress"))
        .args(arguments)
        .current_dir(directory)
        .env("CARGO_TARGET_DIR", directory.join("target"))
        .env("CARGO", &program)
        .env("RUSTC", &program)
        .output()
        .expect("regress can be started");
    let printed = [output.stdout, output.stderr].concat();
    (mark.exists(), String::from_utf8(printed).expect("it is text"))
}

#[test]
fn two_files_are_compared_without_starting_another_program() {
    #[track_caller]
    fn check(sides: [&str; 2], expected: bool) {
        let directory = tempfile::tempdir().expect("there is a temporary directory");
        fs::create_dir(directory.path().join("below")).expect("it can be made");
        for name in ["old.txt", "new", "below/new.txt"] {
            fs::write(directory.path().join(name), "BenchmarkX 1 10 ns/op\n").expect("it can be written");
        }
        let (started, _) = run(directory.path(), &["compare", sides[0], sides[1]]);
        assert_eq!(started, expected, "for {sides:?}");
    }
    check(["old.txt", "new"], false);
    check(["old.txt", "below/new.txt"], false);
    check(["old.txt", "./new"], false);
    // A name that is no file may be kept under `baselines/`: cargo knows where that is.
    check(["old.txt", "saved"], true);
}

#[test]
fn cargos_own_note_says_which_compiler_built_the_benchmarks() {
    #[track_caller]
    fn check(note: &str, expected_to_ask: bool, expected: &str) {
        let directory = tempfile::tempdir().expect("there is a temporary directory");
        for baseline in ["old", "new"] {
            let place = directory.path().join("target/criterion/x").join(baseline);
            fs::create_dir_all(&place).expect("it can be made");
            fs::write(place.join("benchmark.json"), r#"{"group_id":"x","full_id":"x"}"#).expect("it can be written");
            let sample = r#"{"sampling_mode":"Flat","iters":[1.0,1.0],"times":[1.0,2.0]}"#;
            fs::write(place.join("sample.json"), sample).expect("it can be written");
        }
        fs::write(directory.path().join("target/.rustc_info.json"), note).expect("it can be written");
        let (started, output) = run(directory.path(), &["compare", "old", "new", "--format", "json"]);
        assert_eq!(started, expected_to_ask, "for {note}");
        assert!(output.contains(expected), "for {note}: {output}");
    }
    let version =
        r#"{"outputs":{"1":{"stdout":"rustc 1.95.0 (59807616e)\nbinary: rustc\n"},"2":{"stdout":"lib___.rlib"}}}"#;
    check(version, false, "rustc 1.95.0 (59807616e)");
    let two = r#"{"outputs":{"1":{"stdout":"rustc 1.95.0 (59807616e)"},"2":{"stdout":"rustc 1.96.0 (1111111)"}}}"#;
    check(two, true, "");
    check("half a no", true, "");
}
