//! The headline and the checklist, for whoever waits at a terminal.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::page;
use crate::report::escape::terminal;
use crate::signoff::{Document, Line};

/// Writes the verdict, a line for each question of the checklist, and what is broken.
///
/// * `width`: columns of the terminal.
///
/// # Errors
/// Only those of the writer.
pub fn text(document: &Document, width: u16, out: &mut dyn Write) -> io::Result<()> {
    /// Behind the longest state.
    const INDENT: usize = 16;
    let width = usize::from(width);
    wrapped(&page::headline(document).text(), 0, width, out)?;
    writeln!(out)?;
    for Line { question, state, found, .. } in &document.checklist {
        let line = format!("{:<14}  {question}: {found}", state.word());
        wrapped(&line, INDENT, width, out)?;
    }
    let breaches = page::breaches(document);
    if !breaches.is_empty() {
        writeln!(out)?;
    }
    breaches.iter().try_for_each(|line| wrapped(line, INDENT, width, out))
}

/// Words as far as they fit; what follows stands under them, indented. Blanks at the beginning stay.
fn wrapped(text: &str, indent: usize, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let text = terminal(text);
    let mut column = 0;
    for (index, word) in text.split(' ').enumerate() {
        let blank = usize::from(index > 0);
        if index > 0 && !word.is_empty() && column + blank + word.width() > width && column > indent {
            write!(out, "\n{:indent$}{word}", "")?;
            column = indent + word.width();
        } else {
            write!(out, "{}{word}", " ".repeat(blank))?;
            column += blank + word.width();
        }
    }
    writeln!(out)
}
