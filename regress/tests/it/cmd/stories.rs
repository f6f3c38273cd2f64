//! The stories in `tests/cmd/*.md` and in the README: every command in them is run, and says what stands there.
//!
//! `TRYCMD=overwrite cargo test stories` writes down what the commands say now; to be read before it is committed.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::copy_tree;

/// A text with commands, run beside the directory `<name>.in` with its files.
struct Story {
    name: PathBuf,
    source: PathBuf,
}

#[test]
fn every_story_is_true() {
    // 100 columns are what a pipe gets; whoever runs the tests in a terminal may have said otherwise.
    check(&stories_of(&package().join("tests/cmd")), 100);
}

#[test]
fn the_readme_is_true() {
    check(&[Story { name: "readme.md".into(), source: package().join("../README.md") }], 120);
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn check(stories: &[Story], columns: u16) {
    // Outside of this project: its own budgets and baselines are nobody's business.
    let fresh = TempDir::new().expect("there is a temporary directory");
    copy_tree(&package().join("tests/cmd"), fresh.path());
    let cases = trycmd::TestCases::new();
    cases.register_bin("regress", Path::new(env!("CARGO_BIN_EXE_regress"))).env("COLUMNS", columns.to_string());
    for story in stories {
        fs::copy(&story.source, fresh.path().join(&story.name)).expect("it can be copied");
        cases.case(fresh.path().join(&story.name));
    }
    cases.run();
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        for story in stories {
            fs::copy(fresh.path().join(&story.name), &story.source).expect("it can be copied back");
        }
    }
}

fn stories_of(directory: &Path) -> Vec<Story> {
    let entries = fs::read_dir(directory).expect("the stories are there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|source| Story { name: source.file_name().expect("it is a file").into(), source })
        .collect()
}
