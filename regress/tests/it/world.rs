//! What the program asks of the world around it.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Runs `regress` with a `cargo` and a `rustc` that leave a mark when they are started.
fn programs_started(directory: &Path, arguments: &[&str]) -> bool {
    let (program, mark) = (directory.join("program"), directory.join("mark"));
    fs::write(&program, format!("#!/bin/sh\n: > '{}'\nexit 1\n", mark.display())).expect("it can be written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it can be made a program");
    let output = Command::new(env!("CARGO_BIN_EXE_regress"))
        .args(arguments)
        .current_dir(directory)
        .env("CARGO", &program)
        .env("RUSTC", &program)
        .output()
        .expect("regress can be started");
    assert!(!output.stdout.is_empty() || !output.stderr.is_empty());
    mark.exists()
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
        let started = programs_started(directory.path(), &["compare", sides[0], sides[1]]);
        assert_eq!(started, expected, "for {sides:?}");
    }
    check(["old.txt", "new"], false);
    check(["old.txt", "below/new.txt"], false);
    check(["old.txt", "./new"], false);
    // A name that is no file may be a saved baseline: cargo knows where those are.
    check(["old.txt", "saved"], true);
}
