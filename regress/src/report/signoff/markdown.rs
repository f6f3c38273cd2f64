use std::io::{self, Write};

use super::super::escape::{markdown as text, markdown_code as code};
use super::page::{Page, page};
use super::section::{Cell, ROWS_OPEN, Section, Table};
use crate::report::tone::Tone;
use crate::signoff::Document;
use crate::unit::count;

/// Writes the page as GitHub shows it.
pub(super) fn write(document: &Document, sha256: &str, out: &mut dyn Write) -> io::Result<()> {
    let Page { title, headline, sections } = page(document, sha256);
    writeln!(out, "# {}\n\n**{}**", text(&title), text(&headline.text()))?;
    sections.iter().try_for_each(|section| write_section(section, out))
}

fn write_section(section: &Section, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## {}", text(section.title))?;
    for sentence in &section.sentences {
        writeln!(out, "\n{}", text(sentence))?;
    }
    if let Some(table) = &section.table {
        write_table(table, out)?;
    }
    if !section.commands.is_empty() {
        let fence = fence(&section.commands);
        writeln!(out, "\n{fence}sh")?;
        section.commands.iter().try_for_each(|command| writeln!(out, "{}", super::super::escape::terminal(command)))?;
        writeln!(out, "{fence}")?;
    }
    Ok(())
}

/// Longer than any run of backticks in what it encloses.
fn fence(lines: &[String]) -> String {
    let longest = lines.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
    "`".repeat(3.max(longest + 1))
}

fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let is_long = table.rows.len() > ROWS_OPEN;
    if is_long {
        writeln!(out, "\n<details><summary>{}</summary>", count(table.rows.len(), "row"))?;
    }
    let titles: Vec<&str> = table.columns.iter().map(|column| column.title).collect();
    let marks: Vec<&str> = table.columns.iter().map(|column| if column.is_number { "--:" } else { "---" }).collect();
    writeln!(out, "\n| {} |\n|{}|", titles.join(" | "), marks.join("|"))?;
    for row in &table.rows {
        writeln!(out, "| {} |", row.iter().map(cell).collect::<Vec<_>>().join(" | "))?;
    }
    if is_long { writeln!(out, "\n</details>") } else { Ok(()) }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(words) => text(words),
        Cell::Code(words) => code(words),
        Cell::Word(word, Some(Tone::Bad | Tone::Doubtful)) => format!("**{word}**"),
        Cell::Word(word, Some(Tone::Good) | None) => (*word).to_owned(),
    }
}
