//! Programs are really built: what a comment changes in an executable, only the compiler knows.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::*;

/// The program that all others differ from in one place.
const PROGRAM: &str = r#"
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
fn main() {
    let words: Vec<String> = std::env::args().collect();
    let sum: usize = words.iter().map(|word| weight(word)).sum();
    assert!(sum < 1_000_000, "too long");
    let index = words.len() - 1;
    if let Some(handler) = HANDLERS.get(index) {
        handler(words[index].len());
    }
}

static ONES: AtomicUsize = AtomicUsize::new(0);
static OTHERS: AtomicUsize = AtomicUsize::new(1);

static HANDLERS: [fn(usize); 2] = [first, second];

#[inline(never)]
fn weight(word: &str) -> usize {
    word.bytes().map(|byte| usize::from(byte) % 17).sum()
}

#[inline(never)]
fn first(length: usize) {
    println!("first of {length}, {}", ONES.fetch_add(length, Relaxed) + OTHERS.fetch_add(1, Relaxed));
}

#[inline(never)]
fn second(length: usize) {
    println!("second of {}", length + 1);
}
"#;

/// Builds the program with `from` replaced by `to`, in a directory of its own.
fn build(directory: &Path, from: &str, to: &str) -> PathBuf {
    assert!(PROGRAM.contains(from), "{from:?}");
    build_with(directory, &PROGRAM.replacen(from, to, 1), &[])
}

fn build_with(directory: &Path, text: &str, arguments: &[&str]) -> PathBuf {
    std::fs::write(directory.join("program.rs"), text).unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command.args(["--edition", "2024", "-O", "-C", "debuginfo=1", "-o", "program", "program.rs"]).args(arguments);
    let output = command.current_dir(directory).output().expect("the compiler that builds this test is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    directory.join("program")
}

/// The program as it stands above, built once.
fn unchanged() -> &'static Path {
    static BUILT: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = BUILT.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = build(directory.path(), "", "");
        (directory, path)
    });
    path
}

#[track_caller]
fn check(from: &str, to: &str, is_same: bool) {
    let directory = tempfile::tempdir().unwrap();
    let changed = build(directory.path(), from, to);
    let (old, new) = (fingerprint(unchanged()).unwrap(), fingerprint(&changed).unwrap());
    assert_eq!(old == new, is_same, "{from:?} became {to:?}");
}

/// Only ELF keeps the relocations that tell where lines are.
#[cfg(target_os = "linux")]
#[test]
fn what_changes_lines_names_and_tests_is_the_same_code() {
    check("fn main", "// A comment.\n\n/// A doc comment.\nfn main", true);
    check("    let index = words.len() - 1;", "    // Longer.\n    let index =\n        words.len() - 1;", true);
    check("#[inline(never)]\nfn weight", "#[cfg(test)]\nuse std::fmt;\n\n#[inline(never)]\nfn weight", true);
    check(
        "let sum: usize = words.iter().map(|word| weight(word)).sum();\n    assert!(sum",
        "let total: usize = words.iter().map(|word| weight(word)).sum();\n    assert!(total",
        true,
    );
}

#[test]
fn the_same_files_in_another_directory_are_the_same_code() {
    check("", "", true);
}

#[test]
fn whatever_changes_what_is_done_is_other_code() {
    check("% 17", "% 19", false);
    check("too long", "too much", false);
    check("1_000_000", "1_000_001", false);
    check("length + 1", "length + 2", false);
    // The instructions are the same, and so are the bytes of the table: its pointers are filled in by the loader.
    check("[first, second]", "[second, first]", false);
}

/// Only of x86-64 and ELF executables are functions told apart.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn the_functions_that_differ_are_named() {
    /// Of the standard library, whose texts the linker puts in another order, some may be among the changed.
    #[track_caller]
    fn check(from: &str, to: &str, expected: [&[&str]; 3]) {
        let directory = tempfile::tempdir().unwrap();
        let found = differences(unchanged(), &build(directory.path(), from, to)).unwrap();
        let Difference::Functions { changed, added, removed } = found else { panic!("{from:?} to {to:?}: {found:?}") };
        let ours = [changed, added, removed].map(|mut names| {
            names.retain(|name| name.starts_with("program::"));
            names
        });
        assert_eq!(ours, expected, "{from:?} became {to:?}");
    }
    check("% 17", "% 19", [&["program::weight"], &[], &[]]);
    check("length + 1", "length + 2", [&["program::second"], &[], &[]]);
    check("AtomicUsize::new(1)", "AtomicUsize::new(2)", [&["program::OTHERS", "program::first"], &[], &[]]);
    check(
        "fn second(length: usize) {",
        "fn second(length: usize) {\n    third(length);\n}\n\n#[inline(never)]\nfn third(length: usize) {",
        [&["program::second"], &["program::third"], &[]],
    );
    check("too long", "much too long", [&["program::main"], &[], &[]]);
    check("[first, second]", "[second, first]", [&["program::main"], &[], &[]]);
    check(
        "ONES.fetch_add(length, Relaxed) + OTHERS",
        "OTHERS.fetch_add(length, Relaxed) + ONES",
        [&["program::first"], &[], &[]],
    );
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn functions_at_other_addresses_are_the_same_in_another_layout() {
    let directory = tempfile::tempdir().unwrap();
    let moved = build_with(directory.path(), PROGRAM, &["-C", "link-arg=-Wl,-z,max-page-size=65536"]);
    assert_ne!(fingerprint(unchanged()).unwrap(), fingerprint(&moved).unwrap());
    assert_eq!(differences(unchanged(), &moved).unwrap(), Difference::SameInAnotherLayout);
    assert_eq!(differences(unchanged(), unchanged()).unwrap(), Difference::Same);
}

#[test]
fn what_is_no_executable_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    for text in ["", "text", "\x7fELF\x02\x01\x01"] {
        let path = directory.path().join("file");
        std::fs::write(&path, text).unwrap();
        assert!(fingerprint(&path).is_err(), "{text:?}");
    }
    assert!(fingerprint(&directory.path().join("none")).is_err());
}
