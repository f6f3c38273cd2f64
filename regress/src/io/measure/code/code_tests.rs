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

/// A program with variables that each thread has of its own, and pointers among them.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn what_the_variables_of_a_thread_begin_with_counts() {
    const THREADS: &str = r#"
use std::cell::Cell;
thread_local! {
    static HUNDRED: Cell<usize> = const { Cell::new(100) };
    static WORD: Cell<&str> = const { Cell::new("word") };
    static ZERO: Cell<usize> = const { Cell::new(0) };
}
fn main() {
    let length = std::env::args().count();
    HUNDRED.set(HUNDRED.get() + length);
    WORD.set(&WORD.get()[length..]);
    ZERO.set(ZERO.get() + length);
    println!("{} {} {}", HUNDRED.get(), WORD.get(), ZERO.get());
}
"#;
    let directories = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [old, new] = directories.each_ref().map(tempfile::TempDir::path);
    let old = build_with(old, THREADS, &[]);
    let moved = build_with(new, THREADS, &["-C", "link-arg=-Wl,-z,max-page-size=65536"]);
    assert_eq!(differences(&old, &moved).unwrap(), Difference::SameInAnotherLayout);
    let check = |from: &str, to: &str, name: &str| {
        assert!(THREADS.contains(from), "{from:?}");
        let new = build_with(new, &THREADS.replacen(from, to, 1), &[]);
        let found = differences(&old, &new).unwrap();
        let Difference::Functions { changed, .. } = &found else { panic!("{from:?} to {to:?}: {found:?}") };
        let is_named = |wanted: &str| changed.iter().any(|changed| changed.contains(wanted));
        assert!(is_named(name) && is_named(".tdata"), "{from:?} to {to:?}: {changed:?}");
    };
    check("new(100)", "new(150)", "HUNDRED");
    check("\"word\"", "\"sword\"", "WORD");
    check("\"word\"", "\"wort\"", "WORD");
}

/// What runs before `main` stands in a table that nothing refers to.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn what_runs_before_main_counts_in_its_order() {
    const TABLE: &str = r#"
#[used]
#[unsafe(link_section = ".init_array.00200")]
static TABLE: [extern "C" fn(); 2] = [begin_one, begin_two];
extern "C" fn begin_one() { println!("one"); }
extern "C" fn begin_two() { println!("two"); }
"#;
    let directories = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [old, new] = directories.each_ref().map(tempfile::TempDir::path);
    let old = build_with(old, &format!("{PROGRAM}{TABLE}"), &[]);
    let swapped = TABLE.replace("begin_one, begin_two", "begin_two, begin_one");
    let new = build_with(new, &format!("{PROGRAM}{swapped}"), &[]);
    let found = differences(&old, &new).unwrap();
    let Difference::Functions { changed, .. } = &found else { panic!("{found:?}") };
    assert!(changed.iter().any(|name| name == ".init_array"), "{changed:?}");
}

/// Where pointers cannot be told from numbers, what they point to does not count.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn of_executables_whose_addresses_are_numbers_nothing_is_said() {
    #[track_caller]
    fn check(arguments: &[&str]) {
        let directories = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let [old, new] = directories.each_ref().map(tempfile::TempDir::path);
        let old = build_with(old, PROGRAM, arguments);
        let new = build_with(new, &PROGRAM.replacen("too long", "too much", 1), arguments);
        assert_eq!(differences(&old, &new).unwrap(), Difference::Unknown, "{arguments:?}");
        assert_eq!(differences(&old, &old).unwrap(), Difference::Same, "{arguments:?}");
    }
    check(&["-C", "relocation-model=static"]);
    check(&["-C", "link-arg=-Wl,-z,pack-relative-relocs"]);
}

/// With other metadata every symbol of the crate is another one, and every name the same.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_name_with_another_symbol_is_neither_new_nor_gone() {
    let directory = tempfile::tempdir().unwrap();
    let new = build_with(directory.path(), &PROGRAM.replacen("% 17", "% 19", 1), &["-C", "metadata=other"]);
    let found = differences(unchanged(), &new).unwrap();
    let Difference::Functions { changed, added, removed } = found else { panic!("{found:?}") };
    assert!(changed.iter().any(|name| name == "program::weight"), "{changed:?}");
    assert_eq!((added, removed), (Vec::new(), Vec::new()));
}

#[test]
fn of_a_long_name_the_middle_is_left_out() {
    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(shortened(name), expected);
    }
    check("a::b", "a::b");
    check(&"é".repeat(80), &"é".repeat(80));
    let (head, tail) = ("é".repeat(50), "ü".repeat(50));
    check(&format!("{head}{tail}"), &format!("{}…{}", "é".repeat(39), "ü".repeat(40))); // 39 + 1 + 40 = 80
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
