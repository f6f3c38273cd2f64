//! One file without anything from elsewhere: no script, no font, no picture; it works from disk and prints.

use std::io::{self, Write};

use super::super::escape::html as text;
use super::page::{Cell, Column, Page, ROWS_OPEN, Section, Table, page};
use crate::signoff::{Document, State};

/// Writes the page.
pub(super) fn write(document: &Document, sha256: &str, out: &mut dyn Write) -> io::Result<()> {
    let Page { title, headline, sections } = page(document, sha256);
    let conclusion = document.verdict.conclusion.replace(' ', "-");
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<header class=\"{conclusion}\">\n<h1>{}</h1>\n<p>{}</p>\n</header>\n<main>\n",
        text(&title),
        text(&title),
        text(&headline)
    )?;
    for section in &sections {
        write_section(section, out)?;
    }
    writeln!(out, "</main>\n</body>\n</html>")
}

const STYLE: &str = include_str!("signoff.css");

fn write_section(section: &Section, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section>\n<h2>{}</h2>", text(section.title))?;
    for sentence in &section.sentences {
        writeln!(out, "<p>{}</p>", text(sentence))?;
    }
    if let Some(table) = &section.table {
        write_table(section.title, table, out)?;
    }
    if !section.commands.is_empty() {
        let commands: Vec<String> = section.commands.iter().map(|command| text(command)).collect();
        writeln!(out, "<pre><code>{}</code></pre>", commands.join("\n"))?;
    }
    writeln!(out, "</section>")
}

fn write_table(title: &str, table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let is_long = table.rows.len() > ROWS_OPEN;
    if is_long {
        writeln!(out, "<details><summary>{} rows</summary>", table.rows.len())?;
    }
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n<table>\n<thead><tr>",
        text(title)
    )?;
    for column in &table.columns {
        let title = if column.title.is_empty() {
            "<span class=\"spoken\">verdict</span>".to_owned()
        } else {
            text(column.title)
        };
        let class = if column.is_number { " class=\"number\"" } else { "" };
        writeln!(out, "<th scope=\"col\"{class}>{title}</th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in &table.rows {
        write!(out, "<tr>")?;
        for (cell, column) in row.iter().zip(&table.columns) {
            write_cell(cell, column, out)?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</div>")?;
    if is_long { writeln!(out, "</details>") } else { Ok(()) }
}

/// On a narrow screen a row is a list: each cell says what it is.
fn write_cell(cell: &Cell, column: &Column, out: &mut dyn Write) -> io::Result<()> {
    /// Longer ones (a hash) may break anywhere.
    const LONG: usize = 40;
    let class = if column.is_number { " class=\"number\"" } else { "" };
    let label = format!("{class} data-label=\"{}\"", column.title);
    match cell {
        Cell::Text(words) => write!(out, "<td{label}>{}</td>", text(words)),
        Cell::Code(words) if words.len() > LONG => {
            write!(out, "<td{label}><code class=\"long\">{}</code></td>", text(words))
        }
        Cell::Code(words) => write!(out, "<td{label}><code>{}</code></td>", text(words)),
        Cell::State(state) => {
            let class = match state {
                State::Pass => "good",
                State::Fail => "bad",
                State::NotMeasured => "open",
                State::NotApplicable => "none",
            };
            write!(out, "<td><span class=\"word {class}\">{state}</span></td>")
        }
        Cell::Outcome(word) => {
            let class = match *word {
                "broken" | "cannot fire" => "bad",
                "not proven" => "open",
                "passed" | "fires" => "good",
                _ => "none",
            };
            write!(out, "<td><span class=\"word {class}\">{word}</span></td>")
        }
    }
}
