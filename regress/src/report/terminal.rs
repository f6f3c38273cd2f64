use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, LineStyle, Table, TableStyle};
use unicode_width::UnicodeWidthStr;

use super::escape;
use super::figures::{self, Figures};
use super::view::{Fold, Line, Place, Report, Word};
use super::words::{self, Breach, Failure};
use super::{Colour, Renderer, Style};
use crate::parallel::in_parts;
use crate::policy::{Conclusion, Outcome};

pub(super) const RENDERER: Renderer =
    Renderer { name: "table", what: "For people, as wide as the terminal", draws: false, is_whole: false, render };

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
    page.block(&format!("{}  ", words::answer(conclusion)), tone_of(conclusion), verdicts, out)?;
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

/// What a word means, for those who see colours.
#[derive(Clone, Copy)]
enum Tone {
    Bad,
    Good,
    Doubtful,
}

impl Page {
    /// The answer.
    fn headline(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let tone = tone_of(report.conclusion);
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
            let rows = words::count(group.members.len(), "row");
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
        let lines: Vec<&Line> = report.listed().collect();
        if lines.is_empty() {
            return Ok(());
        }
        let columns = if report.is_survey() { ON_ITS_OWN } else { COMPARED };
        writeln!(out)?;
        let figures = in_parts(&lines, 256, |lines| lines.iter().map(|line| Figures::of(line)).collect::<Vec<_>>());
        let figures: Vec<Figures> = figures.into_iter().flatten().collect();
        let layout = Layout::fitting(columns, &figures, self.width);
        let mut table = layout.empty_table();
        if self.colour == Colour::Always {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        for (line, figures) in lines.iter().zip(&figures) {
            table.add_row(layout.row(figures, (self.colour == Colour::Always).then(|| tone(line)).flatten()));
        }
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
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

fn tone_of(conclusion: Conclusion) -> Tone {
    match conclusion {
        Conclusion::Passed => Tone::Good,
        Conclusion::NotProven => Tone::Doubtful,
        Conclusion::Failed => Tone::Bad,
    }
}

fn tone(line: &Line) -> Option<Tone> {
    match (line.outcome, line.word) {
        (Outcome::Broken, _) | (_, Word::Regressed | Word::Crashed) => Some(Tone::Bad),
        (Outcome::NotProven | Outcome::Excused, _) => Some(Tone::Doubtful),
        (_, Word::Improved) => Some(Tone::Good),
        (
            _,
            Word::Differs
            | Word::NotProven
            | Word::WithinBudget
            | Word::NotJudged
            | Word::New
            | Word::Gone
            | Word::Unchanged,
        ) => None,
    }
}

/// A column of the table.
struct Column {
    header: &'static str,
    alignment: CellAlignment,
    room: Room,
    cell: fn(&Figures) -> &str,
}

/// What becomes of a column where the line is too narrow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Room {
    /// Always shown whole.
    Fixed,
    /// Shortened in the middle.
    Elastic,
    /// Left out, the highest number first.
    Expendable(u8),
}

const fn text(header: &'static str, cell: fn(&Figures) -> &str) -> Column {
    Column { header, alignment: CellAlignment::Left, room: Room::Elastic, cell }
}

const fn number(header: &'static str, room: Room, cell: fn(&Figures) -> &str) -> Column {
    Column { header, alignment: CellAlignment::Right, room, cell }
}

const VERDICT: Column =
    Column { header: "verdict", alignment: CellAlignment::Left, room: Room::Fixed, cell: |f| f.verdict };

/// Two sides.
const COMPARED: &[Column] = &[
    text("benchmark", |f| &f.benchmark),
    text("metric", |f| &f.metric),
    number("old", Room::Fixed, |f| &f.old),
    number("±", Room::Expendable(4), |f| &f.old_spread),
    number("new", Room::Fixed, |f| &f.new),
    number("±", Room::Expendable(4), |f| &f.new_spread),
    number("change", Room::Fixed, |f| &f.change),
    VERDICT,
    number("believed", Room::Expendable(1), |f| &f.believed),
    number("p", Room::Expendable(2), |f| &f.p),
    number("n", Room::Expendable(3), |f| &f.n),
    number(figures::BENCHSTAT, Room::Expendable(0), |f| &f.benchstat),
];

/// One side.
const ON_ITS_OWN: &[Column] = &[
    text("benchmark", |f| &f.benchmark),
    text("metric", |f| &f.metric),
    number("value", Room::Fixed, |f| &f.new),
    number("±", Room::Expendable(2), |f| &f.new_spread),
    text("rule", |f| &f.rules),
    number("headroom", Room::Elastic, |f| &f.headroom),
    VERDICT,
    number("n", Room::Expendable(1), |f| &f.n),
];

/// Columns between two cells.
const GAP: usize = 2;

/// The columns that fit, and how wide each of them is.
struct Layout {
    columns: Vec<(&'static Column, usize)>,
}

impl Layout {
    /// Leaves out what is expendable as long as names would be shorter than they can well be read, then shortens.
    fn fitting(columns: &'static [Column], rows: &[Figures], width: usize) -> Layout {
        /// Most names are shorter; chosen, nothing else depends on it.
        const READABLE: usize = 40;
        /// Below this a name says nothing, and the header `benchmark` is as long; a line that does not fit is too wide.
        const SHORTEST: usize = 9;
        let width_of = |column: &Column| {
            let cells = rows.iter().map(|row| columns_taken(&escape::terminal((column.cell)(row))));
            cells.max().unwrap_or(0).max(column.header.width())
        };
        let says_something = |column: &&Column| {
            !matches!(column.room, Room::Expendable(_))
                || rows.iter().any(|row| !figures::is_silent((column.cell)(row)))
        };
        let columns = columns.iter().filter(says_something);
        let mut columns: Vec<(&Column, usize)> = columns.map(|column| (column, width_of(column))).collect();
        while total(&shortened(columns.clone(), width, READABLE)) > width {
            let last = columns.iter().map(|(column, _)| column.room).max();
            match last {
                Some(last @ Room::Expendable(_)) => columns.retain(|(column, _)| column.room != last),
                Some(Room::Fixed | Room::Elastic) | None => break,
            }
        }
        Layout { columns: shortened(columns, width, SHORTEST) }
    }

    fn empty_table(&self) -> Table {
        let mut table = Table::new();
        table
            .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')))
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(self.columns.iter().map(|(column, _)| column.header));
        for (index, (column, _)) in self.columns.iter().enumerate() {
            let is_last = index + 1 == self.columns.len();
            if let Some(shape) = table.column_mut(index) {
                shape.set_padding((0, if is_last { 0 } else { GAP as u16 })).set_cell_alignment(column.alignment);
            }
        }
        table
    }

    fn row(&self, figures: &Figures, tone: Option<Tone>) -> Vec<Cell> {
        let cell = |(column, width): &(&Column, usize)| {
            let cell = Cell::new(cut(&escape::terminal((column.cell)(figures)), *width));
            match tone.filter(|_| column.header == VERDICT.header) {
                Some(Tone::Bad) => cell.fg(Color::Red),
                Some(Tone::Good) => cell.fg(Color::Green),
                Some(Tone::Doubtful) => cell.fg(Color::Yellow),
                None => cell,
            }
        };
        self.columns.iter().map(cell).collect()
    }
}

/// Columns of a line, the gaps included.
fn total(columns: &[(&Column, usize)]) -> usize {
    columns.iter().map(|(_, width)| width).sum::<usize>() + GAP * columns.len().saturating_sub(1)
}

/// Shortens the widest elastic column, again and again, until the line fits or all are down to `shortest`.
fn shortened(mut columns: Vec<(&Column, usize)>, width: usize, shortest: usize) -> Vec<(&Column, usize)> {
    for _ in width..total(&columns) {
        let elastic = columns.iter_mut().filter(|(column, _)| column.room == Room::Elastic);
        match elastic.max_by_key(|(_, width)| *width) {
            Some((_, widest)) if *widest > shortest => *widest -= 1,
            _ => break,
        }
    }
    columns
}

/// How many columns a text takes.
fn columns_taken(text: &str) -> usize {
    if escape::is_plain(text) { text.len() } else { text.width() }
}

/// `text` in at most `most` columns, its middle left out: names differ at their ends.
fn cut(text: &str, most: usize) -> String {
    if columns_taken(text) <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    let head = prefix(text.chars(), room - room / 2);
    let tail: Vec<char> = prefix(text.chars().rev(), room / 2).chars().rev().collect();
    format!("{head}…{}", tail.into_iter().collect::<String>())
}

/// The first characters that fit into `width` columns.
fn prefix(text: impl Iterator<Item = char>, width: usize) -> String {
    use unicode_width::UnicodeWidthChar;
    let mut left = width;
    text.take_while(|c| {
        let wide = c.width().unwrap_or(0);
        let fits = wide <= left;
        left = left.saturating_sub(wide);
        fits
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_cut(text: &str, width: usize, expected: &str) {
        let actual = cut(text, width);
        assert_eq!(actual, expected);
        assert!(actual.width() <= width.max(1), "{actual} is wider than {width}");
    }

    #[test]
    fn names_lose_their_middle() {
        check_cut("short", 5, "short");
        check_cut("string/builder/n100", 12, "string…/n100");
        check_cut("string/builder/n100", 11, "strin…/n100");
        check_cut("日本語のベンチマーク", 10, "日本…ーク"); // a character of two columns does not fit into one
        check_cut("ab", 1, "…");
        check_cut("ab", 0, "…");
        check_cut("", 0, "");
    }

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
