//! Several comparisons one after the other: more than two sides, each held against the first.

use std::io::{self, Write};

use super::view::Report;
use super::{Renderer, Style, escape, terminal, words};
use crate::policy::Conclusion;

/// Formats in which one report can follow another: tables and pages below each other, JSON documents behind each other
/// (each of the same schema), lines of CSV under one header.
const ONE_AFTER_ANOTHER: &[&str] = &["table", "markdown", "json", "csv"];

/// Whether a format can hold so many reports.
pub fn holds(renderer: &Renderer, reports: usize) -> bool {
    reports == 1 || ONE_AFTER_ANOTHER.contains(&renderer.name)
}

/// The gravest of all.
pub fn conclusion(reports: &[Report]) -> Conclusion {
    let is_one = |wanted: &Conclusion| reports.iter().any(|report| report.conclusion == *wanted);
    [Conclusion::Failed, Conclusion::NotProven].into_iter().find(is_one).unwrap_or(Conclusion::Passed)
}

/// What they are about, as their headlines say it: `old → new`.
pub fn sides(reports: &[Report]) -> Vec<String> {
    reports.iter().map(words::sides).collect()
}

/// Writes them in a format that [`holds`] them; what all of them say stands in front, where people read it.
///
/// # Errors
/// Only those of the writer.
pub fn render(renderer: &Renderer, reports: &[Report], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if let [only] = reports {
        return (renderer.render)(only, style, out);
    }
    match renderer.name {
        "table" => terminal::overview(conclusion(reports), &verdicts(reports), style, out)?,
        "markdown" => {
            writeln!(out, "### {}\n", words::answer(conclusion(reports)))?;
            for verdict in verdicts(reports) {
                writeln!(out, "- {}", escape::markdown(&verdict))?;
            }
            writeln!(out)?;
        }
        _ => {}
    }
    for (index, report) in reports.iter().enumerate() {
        if renderer.name == "csv" && index > 0 {
            let mut lines = Vec::new();
            (renderer.render)(report, style, &mut lines)?;
            let header = lines.iter().position(|byte| *byte == b'\n').map_or(lines.len(), |end| end + 1);
            out.write_all(&lines[header..])?;
            continue;
        }
        if index > 0 && renderer.name != "json" {
            writeln!(out)?;
        }
        (renderer.render)(report, style, out)?;
    }
    Ok(())
}

/// `json → gob passed`, of each.
fn verdicts(reports: &[Report]) -> Vec<String> {
    let verdict =
        |report: &Report| format!("{}: {}", words::sides(report), words::answer(report.conclusion).to_lowercase());
    reports.iter().map(verdict).collect()
}
