//! The house itself: which module may use which, and where the world begins.
//!
//! Reads the sources. A module that reaches through a wall fails the test with its line.

use std::path::{Path, PathBuf};

/// Module, and what it may use of this crate.
const WALLS: &[(&str, &[&str])] = &[
    ("unit", &[]),
    ("number", &[]),
    ("parallel", &[]),
    ("stats", &[]),
    ("model", &["stats", "unit"]),
    ("formats", &["model", "stats", "unit", "number"]),
    ("select", &["model", "number"]),
    ("compare", &["model", "stats", "unit", "parallel", "select"]),
    ("trial", &["compare", "stats", "model", "unit"]),
    ("policy", &["select", "compare", "model", "unit", "parallel"]),
    ("signoff", &["policy", "compare", "model", "unit"]),
    ("report", &["signoff", "policy", "compare", "model", "unit", "parallel"]),
    ("io", &["formats", "model", "select", "policy", "compare", "unit", "parallel"]),
    (
        "cli",
        &["formats", "model", "select", "compare", "trial", "policy", "signoff", "report", "io", "unit", "parallel"],
    ),
];

/// Outside crates, and the modules that are their home.
const HOMES: &[(&str, &[&str])] = &[
    ("base64", &["report"]),
    ("clap", &["cli"]),
    ("comfy_table", &["report"]),
    ("csv", &["formats", "report"]),
    ("git2", &["io"]),
    ("ctrlc", &["io"]),
    ("humantime", &["io"]),
    ("iced_x86", &["io"]),
    ("memchr", &["formats", "io"]),
    ("nix", &["io"]),
    ("object", &["io"]),
    ("plotters", &["report"]),
    ("quick_junit", &["report"]),
    ("regex_lite", &["cli", "report", "select"]),
    ("rustc_demangle", &["io"]),
    ("rustc_hash", &["compare", "formats", "io", "report", "select"]),
    ("similar", &["io"]),
    ("sha2", &["report", "signoff"]),
    ("siphasher", &["io"]),
    ("wait_timeout", &["io"]),
    ("serde", &["formats", "io", "report", "signoff"]),
    ("serde_json", &["formats", "io", "report", "signoff"]),
    ("statrs", &["stats"]),
    ("strsim", &["policy"]),
    ("tabwriter", &["report"]),
    ("tempfile", &["io"]),
    ("terminal_size", &["io"]),
    ("toml", &["io"]),
    ("unicode_width", &["report"]),
    ("wildmatch", &["select"]),
];

/// The world: disk, environment, other programs, clocks. Only `io` touches it; `cli` names the two streams.
const WORLD: &[&str] = &["std::fs", "std::env", "std::process::Command", "std::time::Instant", "std::time::SystemTime"];

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut pending = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test(&path) {
                let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
                let module = first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((module, path, text));
            }
        }
    }
    files
}

/// A file of tests, compiled for tests only.
fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests"))
}

/// Lines of code, numbered from 1, without comments and without the tests at the end of the file.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
    let lines = text[..tests].lines().enumerate();
    lines.map(|(index, line)| (index + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn no_module_reaches_through_a_wall() {
    let mut broken = Vec::new();
    for (module, path, text) in sources() {
        let Some((_, allowed)) = WALLS.iter().find(|(name, _)| *name == module) else { continue };
        for (line_number, line) in code(&text) {
            for (other, _) in WALLS.iter().filter(|(other, _)| *other != module && !allowed.contains(other)) {
                if line.contains(&format!("crate::{other}::")) || line.contains(&format!("crate::{other};")) {
                    broken.push(format!("{}:{line_number}: `{module}` may not use `{other}`: {line}", path.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_module_has_its_wall() {
    let known: Vec<&str> = WALLS.iter().map(|(module, _)| *module).chain(["lib", "main"]).collect();
    for (module, path, _) in sources() {
        assert!(known.contains(&module.as_str()), "{}: `{module}` has no line in WALLS", path.display());
    }
}

#[test]
fn outside_crates_stay_in_their_homes() {
    let mut broken = Vec::new();
    for (module, path, text) in sources() {
        for (line_number, line) in code(&text) {
            for (name, homes) in HOMES.iter().filter(|(_, homes)| !homes.contains(&module.as_str())) {
                let used = line.contains(&format!("use {name}::")) || line.contains(&format!(" {name}::"));
                if used {
                    broken.push(format!("{}:{line_number}: `{name}` lives in {homes:?}: {line}", path.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_dependency_has_a_home() {
    let manifest = include_str!("../../Cargo.toml");
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    for line in dependencies.lines().filter(|line| !line.trim().is_empty()) {
        let name = line.split(['.', ' ', '=']).next().unwrap().replace('-', "_");
        assert!(HOMES.iter().any(|(known, _)| *known == name), "`{name}` has no line in HOMES");
    }
}

#[test]
fn only_io_touches_the_world() {
    let mut broken = Vec::new();
    for (module, path, text) in sources().into_iter().filter(|(module, _, _)| module != "io" && module != "main") {
        for (line_number, line) in code(&text) {
            if let Some(what) = WORLD.iter().find(|what| line.contains(**what)) {
                broken.push(format!("{}:{line_number}: `{module}` uses {what}: {line}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
