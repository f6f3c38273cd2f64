//! Scores decision rules on recorded rounds, and writes the tables.
//!
//!     cargo run --release -p bench-regress --example score               all tables of trials/README.md
//!     cargo run --release -p bench-regress --example score tails kinds   some of them
//!     cargo run --release -p bench-regress --example score -- --record DIRECTORY --page FILE
//!                                                                        those of one record, on a page of its own
//!
//! Takes some minutes. Seeds are fixed: the same tables come out everywhere.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;

#[path = "../trials/score/mod.rs"]
#[allow(dead_code, reason = "shared with tests/it/trial.rs, which uses the rest")]
mod score;

use score::draw::World;
use score::page::{filled, section};
use score::samples::{Samples, records};
use score::table::replace_between;
use score::tally::Size;
use score::{apart, tables};

/// Score decision rules on recorded rounds, and write the tables.
#[derive(Parser)]
struct Arguments {
    /// Write these tables only, of every record; all unless given.
    tables: Vec<String>,
    /// Score this record, not those of the repository.
    #[arg(long, value_name = "DIRECTORY", requires = "page")]
    record: Option<PathBuf>,
    /// Write its tables into this file.
    #[arg(long, value_name = "FILE", requires = "record")]
    page: Option<PathBuf>,
}

/// For the repository.
const WHOLE: Size = Size { unchanged_runs: 1000, changed: 500 };

/// For a page of its own: a minute or two.
const QUICK: Size = Size { unchanged_runs: 500, changed: 250 };

type General = fn() -> String;

/// Tables that are of the first record, or of none.
const GENERAL: &[(&str, General)] = &[
    ("calibration", tables::calibration),
    ("apart", || apart::by_kind(&first())),
    ("null-length", || apart::by_length(&first())),
    ("one-ratio", || apart::by_ratio(&first())),
];

/// The longest of them: two runs minutes apart need hundreds of rounds.
fn first() -> Samples {
    Samples::stored("epyc")
}

fn main() -> Result<(), String> {
    let arguments = Arguments::parse();
    match (&arguments.record, &arguments.page) {
        (Some(record), Some(page)) => write_page(record, page),
        _ => write_readme(&arguments.tables),
    }
}

fn write_page(record: &Path, page: &Path) -> Result<(), String> {
    let world = World::new(Samples::read(record)?);
    let legend = "The words and the rules are explained in `regress/trials/README.md`.\n\n";
    let text = format!("# Does the rule hold here?\n\n{legend}{}", section("This machine", "this"));
    write(page, &filled(text, "this", &world, QUICK, |_| true))
}

fn write_readme(wanted: &[String]) -> Result<(), String> {
    let path = records().with_file_name("README.md");
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let mut text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    for record in names()? {
        if !text.contains(&format!("<!-- rules {record} -->")) {
            text = text.replacen(NEXT, &format!("{}{NEXT}", section(&format!("`{record}`"), &record)), 1);
        }
        let world = World::new(Samples::read(&records().join(&record))?);
        text = filled(text, &record, &world, WHOLE, is_wanted);
    }
    for (name, table) in GENERAL.iter().filter(|(name, _)| is_wanted(name)) {
        text = replace_between(&text, name, &table()).ok_or_else(|| format!("no `<!-- {name} -->` in README.md"))?;
    }
    write(&path, &text)
}

/// Where the section of a record goes that has none yet.
const NEXT: &str = "<!-- next record -->\n";

fn names() -> Result<Vec<String>, String> {
    let entries = fs::read_dir(records()).map_err(|error| format!("{}: {error}", records().display()))?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
