//! Sentences and a table, as wide as the terminal.
//!
//! ```text
//!   Report ─┬─▶ Page    sentences: torn where a line ends
//!           └─▶ table   columns: left out or shortened where a line ends
//!                └─▶ bars   what was measured, where a line has room left
//! ```

mod bars;
mod table;

use std::io::{self, Write};

use table::Table;
use unicode_width::UnicodeWidthStr;

use super::line::{Fold, Line, Place};
use super::tone::Tone;
use super::view::Report;
use super::words::{self, Breach, Failure};
use super::{Colour, Renderer, Style, escape, figures};
use crate::policy::Conclusion;
use crate::unit::count;

pub(super) const RENDERER: Renderer = Renderer {
    name: "table",
    what: "For people, as wide as the terminal",
    draws: |style| style.width >= bars::WIDE,
    is_whole: false,
    render,
};

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { width: usize::from(style.width), colour: style.colour };
    page.headline(report, out)?;
    page.failures(report, out)?;
    page.not_proven(report, out)?;
    page.excused(report, out)?;
    page.table(report, out)?;
    page.paragraph(&folds(report), out)?;
    page.paragraph(&report.means.iter().map(words::mean).collect::<Vec<_>>(), out)?;
    page.paragraph(&words::notes(report), out)?;
    let sides = report.context.old.iter().chain([&report.context.new]);
    page.paragraph(&sides.filter_map(words::provenance).collect::<Vec<_>>(), out)?;
    page.paragraph(&words::next_step(report).into_iter().collect::<Vec<_>>(), out)
}

/// What several reports say together, and an empty line.
pub(super) fn overview(
    conclusion: Conclusion,
    verdicts: &[String],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = Page { width: usize::from(style.width), colour: style.colour };
    page.block(&format!("{}  ", words::answer(conclusion)), Tone::of_conclusion(conclusion), verdicts, out)?;
    writeln!(out)
}

/// What belongs to a line above stands below its first word.
const INDENT: &str = "     ";

/// What is written on.
struct Page {
    /// Columns.
    width: usize,
    colour: Colour,
}

impl Page {
    /// The answer.
    fn headline(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let tone = Tone::of_conclusion(report.conclusion);
        let answer = words::answer(report.conclusion);
        let rest = format!("{}: {}", words::sides(report), words::tally(report));
        self.block(&format!("{answer}  "), tone, &[rest], out)
    }

    fn failures(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let blocks = report.broken();
        if !blocks.is_empty() || !report.missing.is_empty() {
            writeln!(out)?;
        }
        for block in &blocks {
            let Failure { benchmark, metrics, facts, breaches } = words::failure(report, block);
            let pieces = std::iter::once(format!("{benchmark} {metrics}")).chain(facts).collect();
            self.breaches(pieces, &breaches, out)?;
        }
        for (id, judgement) in &report.missing {
            let pieces = id.iter().map(ToString::to_string).collect();
            self.breaches(pieces, &[words::breach(report, judgement)], out)?;
        }
        Ok(())
    }

    /// The first rule stands behind the facts, others below.
    fn breaches(&self, mut pieces: Vec<String>, breaches: &[Breach], out: &mut dyn Write) -> io::Result<()> {
        let mut head = "FAIL ";
        for Breach { rule, sentence, why } in breaches {
            pieces.extend(sentence.iter().chain([rule]).cloned());
            self.block(head, Tone::Bad, &pieces, out)?;
            if let Some(why) = why {
                self.block(INDENT, Tone::Bad, std::slice::from_ref(why), out)?;
            }
            (head, pieces) = (INDENT, Vec::new());
        }
        Ok(())
    }

    fn not_proven(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        /// More would only repeat the table.
        const EXAMPLES: usize = 3;
        for group in &report.not_proven() {
            writeln!(out)?;
            let rows = count(group.members.len(), "row");
            let head = [words::rule(report, group.judgement), format!("{rows}: {}", group.advice)];
            self.block("NOT PROVEN ", Tone::Doubtful, &head, out)?;
            for (line, judgement) in group.members.iter().take(EXAMPLES) {
                let row = &line.row.comparison;
                let name = format!("{} {}", row.id, figures::metric(row));
                let pieces: Vec<String> = std::iter::once(name).chain(words::unproven_facts(row, judgement)).collect();
                self.block(INDENT, Tone::Doubtful, &pieces, out)?;
            }
            if let Some(more @ 1..) = group.members.len().checked_sub(EXAMPLES) {
                writeln!(out, "{INDENT}and {more} more, in the table")?;
            }
        }
        Ok(())
    }

    /// What does not fail though it is broken, and what became of the waivers.
    fn excused(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let excused: Vec<_> = words::excused(report).collect();
        if !excused.is_empty() {
            writeln!(out)?;
        }
        for (words, pieces) in &excused {
            self.block(&format!("{words} "), Tone::Doubtful, pieces, out)?;
        }
        Ok(())
    }

    fn table(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let table = Table::of(report, self.width);
        if table.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        table.write(self.colour, out)?;
        self.paragraph(&table.key().into_iter().collect::<Vec<_>>(), out)
    }

    /// Lines that belong together, after an empty one.
    fn paragraph(&self, lines: &[String], out: &mut dyn Write) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        lines.iter().try_for_each(|line| self.block("", Tone::Good, std::slice::from_ref(line), out))
    }

    /// A head, then pieces with two spaces between them: each on one line where a line can hold it.
    fn block(&self, head: &str, tone: Tone, pieces: &[String], out: &mut dyn Write) -> io::Result<()> {
        let indent = if head.is_empty() { 2 } else { INDENT.width() };
        out.write_all(self.painted(head, tone).as_bytes())?;
        let (mut column, mut is_start) = (head.width(), true);
        for piece in pieces {
            let piece = escape::terminal(piece);
            let mut gap = 2;
            let mut wanted = piece.width();
            for word in piece.split(' ') {
                wanted = if gap == 2 { wanted } else { word.width() };
                if !is_start && column + gap + wanted > self.width {
                    write!(out, "\n{:indent$}", "")?;
                    (column, is_start) = (indent, true);
                }
                let before = if is_start { 0 } else { gap };
                write!(out, "{:before$}{word}", "")?;
                column += before + word.width();
                (gap, is_start) = (1, false);
            }
        }
        writeln!(out)
    }

    fn painted(&self, text: &str, tone: Tone) -> String {
        let code = match tone {
            Tone::Bad => 31,
            Tone::Good => 32,
            Tone::Doubtful => 33,
        };
        match self.colour {
            Colour::Always if !text.trim().is_empty() => format!("\u{1b}[1;{code}m{text}\u{1b}[0m"),
            Colour::Always | Colour::Never => text.to_owned(),
        }
    }
}

/// The folded rows, and how to see them.
fn folds(report: &Report) -> Vec<String> {
    let mut folds = words::folds(report);
    let is_shown_by_all = |line: &Line| matches!(line.place, Place::Folded(fold) if fold != Fold::Small);
    if let Some(last) = folds.last_mut().filter(|_| report.lines.iter().any(is_shown_by_all)) {
        last.push_str(" (--all shows them)");
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_block(width: usize, pieces: &[&str], expected: &str) {
        let page = Page { width, colour: Colour::Never };
        let pieces: Vec<String> = pieces.iter().map(ToString::to_string).collect();
        let mut out = Vec::new();
        page.block("FAIL ", Tone::Bad, &pieces, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_piece_is_torn_only_where_no_line_holds_it() {
        check_block(40, &["a time", "1 → 2", "rule"], "FAIL a time  1 → 2  rule\n");
        check_block(20, &["a time", "1 → 2", "rule"], "FAIL a time  1 → 2\n     rule\n");
        check_block(16, &["a", "one two three four"], "FAIL a\n     one two\n     three four\n");
        check_block(8, &["a_long_name", "x"], "FAIL a_long_name\n     x\n");
        check_block(40, &["two\nlines"], "FAIL two\\nlines\n");
        check_block(40, &[], "FAIL \n");
    }
}
