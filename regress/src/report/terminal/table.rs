use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width};
use unicode_width::UnicodeWidthStr;

use super::bars;
use crate::parallel::in_parts;
use crate::report::figures::{self, Figures};
use crate::report::line::Line;
use crate::report::tone::Tone;
use crate::report::view::Report;
use crate::report::{Colour, escape};

/// The rows that are listed, as wide as the terminal.
pub(super) struct Table {
    rows: Vec<Row>,
    layout: Layout,
    /// 1, the new one, or both.
    sides: usize,
}

impl Table {
    /// * `width`: columns of the terminal.
    pub fn of(report: &Report, width: usize) -> Table {
        let columns = if report.is_survey() { ON_ITS_OWN } else { COMPARED };
        let lines: Vec<&Line> = report.listed().collect();
        let row = if report.is_survey() { Row::on_its_own } else { Row::compared };
        let rows = in_parts(&lines, ROWS_AT_A_TIME, |lines| lines.iter().map(|line| row(line)).collect::<Vec<_>>());
        let mut rows: Vec<Row> = rows.into_iter().flatten().collect();
        let sides = if report.is_survey() { 1 } else { 2 };
        if report.context.measurements.is_some() && width >= usize::from(bars::WIDE) {
            let left = width.saturating_sub(Layout::fitting(columns, &rows, usize::MAX).total());
            if let Some(bars) = bars::that_fit(left.saturating_sub(GAP), sides) {
                draw(report, &lines, &mut rows, sides, bars);
            }
        }
        Table { layout: Layout::fitting(columns, &rows, width), rows, sides }
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the bars are; `None` without any.
    pub fn key(&self) -> Option<String> {
        self.rows.iter().any(Row::has_bars).then(|| bars::key(self.sides))
    }

    pub fn write(&self, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.layout.header().as_bytes())?;
        // What is written of a row depends on no other one, once it is known how wide the columns are.
        let parts = in_parts(&self.rows, ROWS_AT_A_TIME, |rows| self.layout.rows(rows, colour));
        parts.iter().try_for_each(|lines| out.write_all(lines.as_bytes()))
    }
}

/// * `sides`: 1, the new one, or both.
/// * `bars`: of each side.
fn draw(report: &Report, lines: &[&Line], rows: &mut [Row], sides: usize, bars: usize) {
    for (row, line) in rows.iter_mut().zip(lines) {
        let samples = report.samples(line);
        row.bars = bars::picture(&[samples.old, samples.new][2 - sides..], bars);
    }
}

/// A row of the table, not yet escaped.
struct Row {
    figures: Figures,
    /// Empty where two sides are compared, as the next.
    rules: String,
    headroom: String,
    /// [Nothing](figures::NOTHING) where there is no room, or nothing to draw.
    bars: String,
    tone: Option<Tone>,
}

impl Row {
    fn compared(line: &Line) -> Row {
        Row {
            figures: Figures::of(line),
            rules: String::new(),
            headroom: String::new(),
            bars: figures::NOTHING.to_owned(),
            tone: Tone::of_line(line),
        }
    }

    fn on_its_own(line: &Line) -> Row {
        Row { rules: figures::rules(line), headroom: figures::headroom(line), ..Row::compared(line) }
    }

    fn has_bars(&self) -> bool {
        self.bars != figures::NOTHING
    }
}

/// A column of the table.
struct Column {
    header: &'static str,
    alignment: CellAlignment,
    room: Room,
    cell: fn(&Row) -> &str,
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

const fn text(header: &'static str, cell: fn(&Row) -> &str) -> Column {
    Column { header, alignment: CellAlignment::Left, room: Room::Elastic, cell }
}

const fn number(header: &'static str, room: Room, cell: fn(&Row) -> &str) -> Column {
    Column { header, alignment: CellAlignment::Right, room, cell }
}

/// Is drawn only where there is room for it.
const fn picture(header: &'static str, cell: fn(&Row) -> &str) -> Column {
    Column { header, alignment: CellAlignment::Left, room: Room::Expendable(u8::MAX), cell }
}

const VERDICT: Column =
    Column { header: "verdict", alignment: CellAlignment::Left, room: Room::Fixed, cell: |row| row.figures.verdict };

/// Two sides.
const COMPARED: &[Column] = &[
    text("benchmark", |row| &row.figures.benchmark),
    text("metric", |row| &row.figures.metric),
    number("old", Room::Fixed, |row| &row.figures.old),
    number("±", Room::Expendable(4), |row| &row.figures.old_spread),
    number("new", Room::Fixed, |row| &row.figures.new),
    number("±", Room::Expendable(4), |row| &row.figures.new_spread),
    picture("old, new bars", |row| &row.bars),
    number("change", Room::Fixed, |row| &row.figures.change),
    VERDICT,
    number("believed", Room::Expendable(1), |row| &row.figures.believed),
    number("p", Room::Expendable(2), |row| &row.figures.p),
    number("n", Room::Expendable(3), |row| &row.figures.n),
    number(figures::BENCHSTAT, Room::Expendable(0), |row| &row.figures.benchstat),
];

/// One side.
const ON_ITS_OWN: &[Column] = &[
    text("benchmark", |row| &row.figures.benchmark),
    text("metric", |row| &row.figures.metric),
    number("value", Room::Fixed, |row| &row.figures.new),
    number("±", Room::Expendable(2), |row| &row.figures.new_spread),
    picture("bars", |row| &row.bars),
    text("rule", |row| &row.rules),
    number("headroom", Room::Elastic, |row| &row.headroom),
    VERDICT,
    number("n", Room::Expendable(1), |row| &row.figures.n),
];

/// Enough for a core to be worth asking for; chosen.
const ROWS_AT_A_TIME: usize = 256;

/// Columns between two cells.
const GAP: usize = 2;

/// The columns that fit, and how wide each of them is.
struct Layout {
    columns: Vec<(&'static Column, usize)>,
}

impl Layout {
    /// Leaves out what is expendable as long as names would be shorter than they can well be read, then shortens.
    fn fitting(columns: &'static [Column], rows: &[Row], width: usize) -> Layout {
        /// Most names are shorter; chosen, nothing else depends on it.
        const READABLE: usize = 40;
        /// Below this a name says nothing, and the header `benchmark` is as long; a line that does not fit is too wide.
        const SHORTEST: usize = 9;
        let widest = |rows: &[Row]| {
            let cell_width = |column: &Column, row: &Row| columns_taken(&escape::terminal((column.cell)(row)));
            let widest = |column| rows.iter().map(|row| cell_width(column, row)).max().unwrap_or(0);
            columns.iter().map(widest).collect::<Vec<usize>>()
        };
        let widths_of_parts = in_parts(rows, ROWS_AT_A_TIME, widest);
        let width_of = |(index, column): (usize, &'static Column)| {
            let widths = widths_of_parts.iter().map(|widths| widths[index]);
            (column, widths.max().unwrap_or(0).max(column.header.width()))
        };
        let says_something = |(_, column): &(usize, &Column)| {
            !matches!(column.room, Room::Expendable(_))
                || rows.iter().any(|row| !figures::is_silent((column.cell)(row)))
        };
        let columns = columns.iter().enumerate().filter(says_something);
        let mut columns: Vec<(&Column, usize)> = columns.map(width_of).collect();
        while total(&shortened(columns.clone(), width, READABLE)) > width {
            let last = columns.iter().map(|(column, _)| column.room).max();
            match last {
                Some(last @ Room::Expendable(_)) => columns.retain(|(column, _)| column.room != last),
                Some(Room::Fixed | Room::Elastic) | None => break,
            }
        }
        Layout { columns: shortened(columns, width, SHORTEST) }
    }

    /// Columns of a line.
    fn total(&self) -> usize {
        total(&self.columns)
    }

    /// The lines above the rows.
    fn header(&self) -> String {
        let mut table = comfy_table::Table::new();
        table
            .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')))
            .set_header(self.columns.iter().map(|(column, _)| column.header));
        self.lines(table)
    }

    /// The lines of some rows.
    fn rows(&self, rows: &[Row], colour: Colour) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new()).add_rows(rows.iter().map(|row| self.row(row, colour)));
        match colour {
            Colour::Always => table.enforce_styling(),
            Colour::Never => table.force_no_tty(),
        };
        self.lines(table)
    }

    fn lines(&self, mut table: comfy_table::Table) -> String {
        table.set_content_arrangement(ContentArrangement::Disabled);
        for (index, (column, width)) in self.columns.iter().enumerate() {
            let gap = if index + 1 == self.columns.len() { 0 } else { GAP };
            if let Some(shape) = table.column_mut(index) {
                let width = u16::try_from(width + gap).unwrap_or(u16::MAX);
                shape
                    .set_padding((0, gap as u16))
                    .set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)))
                    .set_cell_alignment(column.alignment);
            }
        }
        table.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
    }

    fn row(&self, row: &Row, colour: Colour) -> Vec<Cell> {
        let tone = (colour == Colour::Always).then_some(row.tone).flatten();
        let cell = |(column, width): &(&Column, usize)| {
            let cell = Cell::new(cut(&escape::terminal((column.cell)(row)), *width));
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
}
