use std::io::{self, Write};

use super::page::{Page, page};
use super::section::{Cell, Column, ROWS_OPEN, Section, Table};
use crate::report::html::{Frame, Html, class, head, scroll};
use crate::signoff::Document;
use crate::unit::count;

/// Writes the page. It needs no script.
pub(super) fn write(document: &Document, sha256: &str, out: &mut dyn Write) -> io::Result<()> {
    let Page { title, headline, sections } = page(document, sha256);
    let frame = Frame { title: &title, style: include_str!("signoff.css"), script: None };
    let page = frame.around(|html| {
        head(headline.answer, headline.tone, &format!("Sign-off {}", headline.about), &headline.tally, html);
        html.raw("</header>\n");
        sections.iter().for_each(|section| write_section(section, html));
    });
    out.write_all(page.as_bytes())
}

fn write_section(section: &Section, html: &mut Html) {
    html.raw("<section>\n").element("h2", section.title);
    for sentence in &section.sentences {
        html.element("p", sentence);
    }
    if let Some(table) = &section.table {
        let is_long = table.rows.len() > ROWS_OPEN;
        if is_long {
            html.raw("<details>").element("summary", &count(table.rows.len(), "row"));
        }
        write_table(section.title, table, html);
        if is_long {
            html.raw("</details>\n");
        }
    }
    if !section.commands.is_empty() {
        html.raw("<pre>").element("code", &section.commands.join("\n")).raw("</pre>\n");
    }
    html.raw("</section>\n");
}

fn write_table(title: &str, table: &Table, html: &mut Html) {
    scroll(title, html);
    html.raw("<table>\n<thead><tr>");
    for column in &table.columns {
        html.raw("<th scope=\"col\"").raw(alignment(column)).raw(">");
        match column.title {
            "" => html.raw("<span class=\"spoken\">verdict</span>"),
            title => html.text(title),
        };
        html.raw("</th>");
    }
    html.raw("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        html.raw("<tr>");
        row.iter().zip(&table.columns).for_each(|(cell, column)| write_cell(cell, column, html));
        html.raw("</tr>\n");
    }
    html.raw("</tbody>\n</table>\n</div>\n");
}

/// On a narrow screen a row is a list: each cell says what it is.
fn write_cell(cell: &Cell, column: &Column, html: &mut Html) {
    /// Longer ones (a hash) may break anywhere.
    const LONG: usize = 40;
    html.raw("<td").raw(alignment(column)).attribute("data-label", column.title).raw(">");
    match cell {
        Cell::Text(words) => html.text(words),
        Cell::Code(words) if words.len() > LONG => html.raw("<code class=\"long\">").text(words).raw("</code>"),
        Cell::Code(words) => html.raw("<code>").text(words).raw("</code>"),
        Cell::Word(word, tone) => html.raw("<b class=\"").raw(class(*tone)).raw("\">").text(word).raw("</b>"),
    };
    html.raw("</td>");
}

fn alignment(column: &Column) -> &'static str {
    if column.is_number { "" } else { " class=\"text\"" }
}
