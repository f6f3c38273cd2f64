use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, LineStyle, Table, TableStyle};
use unicode_width::UnicodeWidthStr;

use super::escape;
use super::figures::Figures;
use super::view::{Line, Report, Word};
use super::words::{self, Breach, Failure};
use super::{Colour, Renderer, Style};
use crate::policy::{Conclusion, Outcome};

pub(super) const RENDERER: Renderer = Renderer { name: "table", what: "For people, as wide as the terminal", render };

fn render(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { width: usize::from(style.width), colour: style.colour };
    page.headline(report, out)?;
    page.failures(report, out)?;
    page.not_proven(report, out)?;
    page.table(report, out)?;
    page.paragraph(&folds(report), out)?;
    page.paragraph(&report.means.iter().map(words::mean).collect::<Vec<_>>(), out)?;
    page.paragraph(&words::notes(report), out)?;
    let sides = report.context.old.iter().chain([&report.context.new]);
    page.paragraph(&sides.filter_map(words::provenance).collect::<Vec<_>>(), out)?;
    page.paragraph(&words::next_step(report).into_iter().collect::<Vec<_>>(), out)
}

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
        let tone = match report.conclusion {
            Conclusion::Passed => Tone::Good,
            Conclusion::NotProven => Tone::Doubtful,
            Conclusion::Failed => Tone::Bad,
        };
        let answer = words::answer(report.conclusion);
        let rest = [format!(" {}:", words::sides(report)), words::tally(report)];
        self.block(&format!("{answer} "), tone, &rest, out)
    }

    fn failures(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        for block in &report.broken() {
            let Failure { benchmark, metrics, facts, breaches } = words::failure(report, block);
            let mut pieces = vec![format!("{benchmark} {metrics}")];
            pieces.extend(facts.into_iter().map(|fact| format!(" {fact}")));
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
        for (index, Breach { rule, sentence, why }) in breaches.iter().enumerate() {
            let gap = if pieces.is_empty() { "" } else { "  " };
            pieces.extend(sentence.iter().map(|sentence| format!("{gap}{sentence}")));
            let gap = if pieces.is_empty() { "" } else { "  " };
            pieces.push(format!("{gap}{rule}"));
            let head = if index == 0 { "FAIL " } else { "     " };
            self.block(head, Tone::Bad, &pieces, out)?;
            if let Some(why) = why {
                self.block("     ", Tone::Bad, std::slice::from_ref(why), out)?;
            }
            pieces.clear();
        }
        Ok(())
    }

    fn not_proven(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        /// More stand in the table.
        const EXAMPLES: usize = 10;
        for group in &report.not_proven() {
            let rows = words::count(group.members.len(), "row");
            let head = [format!("{}  {rows}:", words::rule(report, group.judgement)), group.advice.clone()];
            self.block("NOT PROVEN ", Tone::Doubtful, &head, out)?;
            for (line, judgement) in group.members.iter().take(EXAMPLES) {
                let row = &line.row.comparison;
                let mut pieces = vec![format!("{} {}", row.id, row.metric.name)];
                pieces.extend(words::unproven_facts(row, judgement).into_iter().map(|fact| format!(" {fact}")));
                self.block("     ", Tone::Doubtful, &pieces, out)?;
            }
            if let Some(more) = group.members.len().checked_sub(EXAMPLES).filter(|more| *more > 0) {
                writeln!(out, "     and {more} more, in the table")?;
            }
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
        let figures: Vec<Figures> = lines.iter().map(|line| Figures::of(line)).collect();
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

    /// A head, then pieces separated by a space, wrapped: between pieces where that is enough, else between words.
    fn block(&self, head: &str, tone: Tone, pieces: &[String], out: &mut dyn Write) -> io::Result<()> {
        let indent = if head.is_empty() { 2 } else { head.width().min(5) };
        out.write_all(self.painted(head, tone).as_bytes())?;
        let mut column = head.width();
        let mut is_first = true;
        for piece in pieces {
            let piece = escape::terminal(piece);
            if !is_first && column + 1 + piece.width() > self.width {
                write!(out, "\n{:indent$}", "")?;
                column = indent;
                is_first = true;
            }
            let piece = if is_first && column == indent { piece.trim_start() } else { &piece };
            for word in piece.split(' ') {
                let gap = usize::from(!is_first);
                if !is_first && column + gap + word.width() > self.width && column > indent {
                    write!(out, "\n{:indent$}{word}", "")?;
                    column = indent + word.width();
                } else {
                    write!(out, "{:gap$}{word}", "")?;
                    column += gap + word.width();
                }
                is_first = false;
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
    if let Some(last) = folds.last_mut() {
        last.push_str(" (--all shows them)");
    }
    folds
}

fn tone(line: &Line) -> Option<Tone> {
    match (line.outcome, line.word) {
        (Outcome::Broken, _) | (_, Word::Regressed) => Some(Tone::Bad),
        (Outcome::NotProven, _) => Some(Tone::Doubtful),
        (_, Word::Improved) => Some(Tone::Good),
        (_, Word::Differs | Word::NotProven | Word::NotJudged | Word::New | Word::Gone | Word::Unchanged) => None,
    }
}

/// A column of the table.
struct Column {
    header: &'static str,
    alignment: CellAlignment,
    /// Dropped where the line is too narrow: the highest first, 0 never.
    expendable: u8,
    cell: fn(&Figures) -> &str,
}

const fn text(header: &'static str, cell: fn(&Figures) -> &str) -> Column {
    Column { header, alignment: CellAlignment::Left, expendable: 0, cell }
}

const fn number(header: &'static str, expendable: u8, cell: fn(&Figures) -> &str) -> Column {
    Column { header, alignment: CellAlignment::Right, expendable, cell }
}

/// Two sides.
const COMPARED: &[Column] = &[
    text("benchmark", |f| &f.benchmark),
    text("metric", |f| &f.metric),
    number("old", 0, |f| &f.old),
    number("±", 4, |f| &f.old_spread),
    number("new", 0, |f| &f.new),
    number("±", 4, |f| &f.new_spread),
    number("change", 0, |f| &f.change),
    text("verdict", |f| &f.verdict),
    number("believed", 1, |f| &f.believed),
    number("p", 2, |f| &f.p),
    number("n", 3, |f| &f.n),
];

/// One side.
const ON_ITS_OWN: &[Column] = &[
    text("benchmark", |f| &f.benchmark),
    text("metric", |f| &f.metric),
    number("value", 0, |f| &f.new),
    number("±", 2, |f| &f.new_spread),
    text("rule", |f| &f.rules),
    number("headroom", 0, |f| &f.headroom),
    text("verdict", |f| &f.verdict),
    number("n", 1, |f| &f.n),
];

/// Columns between two cells.
const GAP: usize = 2;

/// The columns that fit, and how wide each of them is.
struct Layout {
    columns: Vec<(&'static Column, usize)>,
}

impl Layout {
    /// Drops what is expendable, then shortens the widest columns of words, until a line fits.
    fn fitting(columns: &'static [Column], rows: &[Figures], width: usize) -> Layout {
        let width_of = |column: &Column| {
            let cells = rows.iter().map(|row| escape::terminal((column.cell)(row)).width());
            cells.max().unwrap_or(0).max(column.header.width())
        };
        let mut columns: Vec<(&Column, usize)> = columns.iter().map(|column| (column, width_of(column))).collect();
        while total(&columns) > width {
            let Some(most) = columns.iter().map(|(column, _)| column.expendable).max().filter(|most| *most > 0) else {
                break;
            };
            columns.retain(|(column, _)| column.expendable < most);
        }
        shorten(&mut columns, width);
        Layout { columns }
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
            match tone.filter(|_| column.header == "verdict") {
                Some(Tone::Bad) => cell.fg(Color::Red),
                Some(Tone::Good) => cell.fg(Color::Green),
                Some(Tone::Doubtful) => cell.fg(Color::Yellow),
                None => cell,
            }
        };
        self.columns.iter().map(cell).collect()
    }
}

fn total(columns: &[(&Column, usize)]) -> usize {
    columns.iter().map(|(_, width)| width).sum::<usize>() + GAP * columns.len().saturating_sub(1)
}

/// Shortens the widest column of words, as long as one is wider than a readable name.
fn shorten(columns: &mut [(&Column, usize)], width: usize) {
    /// Below this a name says nothing; a line that does not fit even so is too wide.
    const SHORTEST: usize = 12;
    let mut over = total(columns).saturating_sub(width);
    while over > 0 {
        let widest = columns.iter_mut().filter(|(column, _)| column.alignment == CellAlignment::Left);
        match widest.max_by_key(|(_, width)| *width) {
            Some((_, widest)) if *widest > SHORTEST => *widest -= 1,
            _ => return,
        }
        over -= 1;
    }
}

/// `text` in at most `width` columns, its middle left out: names differ at their ends.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
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
