//! Several comparisons one after the other: more than two sides, each held against the first.

use std::io::{self, Write};

use super::view::Report;
use super::{Renderer, Style, escape, markdown, terminal, words};
use crate::policy::Conclusion;
use crate::unit::count;

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
        "markdown" => return comment(renderer, reports, style, out),
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

/// One comment of all of them: the marker of the first, what all say, and as many pages as a comment holds.
fn comment(renderer: &Renderer, reports: &[Report], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    for (index, report) in reports.iter().enumerate() {
        let mut page = Vec::new();
        (renderer.render)(report, style, &mut page)?;
        let page = String::from_utf8_lossy(&page);
        let (marker, page) = page.split_once('\n').unwrap_or(("", &page));
        if index == 0 {
            text.push_str(&format!("{marker}\n### {}\n\n", words::answer(conclusion(reports))));
            verdicts(reports).iter().for_each(|verdict| text.push_str(&format!("- {}\n", escape::markdown(verdict))));
        } else if text.len() + page.len() > markdown::LONGEST {
            let left_out = count(reports.len() - index, "comparison");
            text.push_str(&format!("\n{left_out} more would be too long for a comment.\n"));
            break;
        }
        text.push('\n');
        text.push_str(page);
    }
    out.write_all(text.as_bytes())
}

/// `json → gob passed`, of each.
fn verdicts(reports: &[Report]) -> Vec<String> {
    let verdict =
        |report: &Report| format!("{}: {}", words::sides(report), words::answer(report.conclusion).to_lowercase());
    reports.iter().map(verdict).collect()
}
