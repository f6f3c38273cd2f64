//! Cells in columns, some of them across several.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::ops::Range;

/// Where a text stands in its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

/// Where a text stands: in one or more columns of a row. All from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub row: usize,
    pub column: usize,
    /// How many columns.
    pub span: usize,
    /// In front of the text, whatever its alignment; as wide as the widest of the column.
    pub margin: &'static str,
    pub align: Align,
}

/// A table under way.
#[derive(Debug, Default)]
pub(super) struct Layout {
    cells: Vec<Written>,
    /// Of all cells, one behind the other: a `String` for each would take longer than writing it.
    texts: String,
    columns: usize,
    /// Columns that are as wide as their own cells and no wider.
    narrow: Vec<usize>,
}

/// A cell with its text. There are ten thousands of them at a time.
#[derive(Debug)]
struct Written {
    row: u32,
    column: u32,
    span: u32,
    margin: &'static str,
    align: Align,
    /// Where its text begins among all, and how many bytes and characters it has.
    start: usize,
    bytes: u32,
    characters: u32,
}

impl Written {
    fn column(&self) -> usize {
        self.column as usize
    }

    fn columns(&self) -> Range<usize> {
        self.column()..self.column() + self.span as usize
    }

    fn text<'t>(&self, texts: &'t str) -> &'t str {
        &texts[self.start..][..self.bytes as usize]
    }
}

impl Layout {
    /// Writes into a cell. One with nothing in it and no more than blanks in front is nowhere.
    pub fn cell(&mut self, cell: Cell, text: impl fmt::Display) {
        let Cell { row, column, span, margin, align } = cell;
        self.columns = self.columns.max(column + span);
        let start = self.texts.len();
        // Writing to a string fails only where a text refuses to be shown; what it said until then is shown.
        let _ = write!(self.texts, "{text}");
        let text = &self.texts[start..];
        if !(text.is_empty() && margin.trim().is_empty()) {
            let [row, column, span] = [row, column, span].map(|number| number as u32);
            let [bytes, characters] = [text.len(), characters(text)].map(|number| number as u32);
            self.cells.push(Written { row, column, span, margin, align, start, bytes, characters });
        }
    }

    pub fn keep_narrow(&mut self, columns: impl Iterator<Item = usize>) {
        self.narrow.extend(columns);
    }

    /// The cells where they stand, each row on a line.
    pub fn into_text(mut self) -> String {
        let margins = self.margins();
        let widths = self.widths(&margins);
        // Where each column begins, and where the last one ends.
        let starts: Vec<isize> = std::iter::once(0)
            .chain(widths.iter().scan(0, |end, width| {
                *end += *width as isize;
                Some(*end)
            }))
            .collect();
        // Mostly they were written in order, and a sort takes memory for half of them.
        let place = |written: &Written| (written.row, written.column);
        if !self.cells.is_sorted_by_key(place) {
            self.cells.sort_by_key(place);
        }
        let mut page = String::with_capacity(2 * self.texts.len());
        let (mut row, mut at) = (0, 0);
        for cell in &self.cells {
            let (text, count) = (cell.text(&self.texts), cell.characters as usize);
            // Nothing at the end of a line, not even blanks.
            if text.trim().is_empty() && cell.margin.trim().is_empty() {
                continue;
            }
            while row < cell.row {
                page.push('\n');
                row += 1;
                at = 0;
            }
            let columns = cell.columns();
            let gap = starts[columns.start] - at;
            let margin = margins[columns.start] as isize;
            let width = starts[columns.end] - starts[columns.start] - margin;
            pad(&mut page, "", 0, gap);
            pad(&mut page, cell.margin, characters(cell.margin), margin);
            let before = page.len();
            match cell.align {
                Align::Left => page.push_str(text),
                Align::Right => pad(&mut page, text, count, width),
                Align::Center => {
                    pad(&mut page, "", 0, (width - count as isize) / 2);
                    page.push_str(text);
                }
            }
            let blanks = page.len() - before - text.len();
            at += gap + margin + (blanks + count) as isize;
        }
        if !self.cells.is_empty() {
            page.push('\n');
        }
        page
    }

    /// The widest margin of each column.
    fn margins(&self) -> Vec<usize> {
        let mut margins = vec![0; self.columns];
        for cell in &self.cells {
            margins[cell.column()] = characters(cell.margin).max(margins[cell.column()]);
        }
        margins
    }

    /// The width of each column with its margin. What spans several makes them wider, from narrow to wide.
    fn widths(&self, margins: &[usize]) -> Vec<usize> {
        let mut widths = vec![0; self.columns];
        let spans: BTreeSet<u32> = self.cells.iter().map(|cell| cell.span).collect();
        for cell in spans.iter().flat_map(|span| self.cells.iter().filter(move |cell| cell.span == *span)) {
            let wanted = cell.characters as usize + margins[cell.column()];
            if widths[cell.columns()].iter().sum::<usize>() < wanted {
                self.widen(&mut widths, cell.columns(), wanted);
            }
        }
        widths
    }

    /// Shares out a width among columns, those that are wider already first.
    fn widen(&self, widths: &mut [usize], columns: std::ops::Range<usize>, wanted: usize) {
        let (narrow, mut wide): (Vec<usize>, Vec<usize>) = columns.partition(|column| self.narrow.contains(column));
        let of_narrow: usize = narrow.iter().map(|&column| widths[column]).sum();
        if wide.is_empty() && narrow.len() == 1 {
            widths[narrow[0]] = wanted;
        }
        let mut left = wanted as isize - of_narrow as isize;
        wide.sort_by_key(|&column| std::cmp::Reverse(widths[column]));
        for (index, &column) in wide.iter().enumerate() {
            let columns_left = (wide.len() - index) as isize;
            let share = (left + columns_left - 1) / columns_left;
            widths[column] = widths[column].max(share.max(0) as usize);
            left -= widths[column] as isize;
        }
    }
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

/// To the right within a width. A negative width is one to the left, as in Go: where a header is wider than its
/// columns, that shows.
///
/// * `count`: the characters of the text.
fn pad(out: &mut String, text: &str, count: usize, width: isize) {
    let blanks = width.unsigned_abs().saturating_sub(count);
    if width < 0 {
        out.push_str(text);
    }
    push_blanks(out, blanks);
    if 0 <= width {
        out.push_str(text);
    }
}

fn push_blanks(out: &mut String, mut count: usize) {
    const BLANKS: &str = "                                ";
    while 0 < count {
        let now = count.min(BLANKS.len());
        out.push_str(&BLANKS[..now]);
        count -= now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: usize, column: usize, span: usize, text: &'static str, align: Align) -> (Cell, &'static str) {
        let margin = if column == 0 || text.is_empty() { "" } else { " " };
        (Cell { row, column, span, margin, align }, text)
    }

    #[track_caller]
    fn check(cells: &[(Cell, &str)], narrow: &[usize], expected: &str) {
        let mut layout = Layout::default();
        cells.iter().for_each(|(cell, text)| layout.cell(*cell, text));
        layout.keep_narrow(narrow.iter().copied());
        assert_eq!(layout.into_text(), expected);
    }

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        use Align::{Center, Left, Right};
        check(&[], &[], "");
        check(&[cell(0, 0, 1, "a", Left), cell(0, 1, 1, "b", Left)], &[], "a b\n");
        check(
            &[
                cell(0, 0, 1, "a", Left),
                cell(0, 1, 1, "b", Right),
                cell(1, 0, 1, "ccc", Left),
                cell(1, 1, 1, "dd", Left),
            ],
            &[],
            "a    b\nccc dd\n",
        );
        check(
            &[cell(0, 0, 2, "a", Center), cell(1, 0, 1, "bbb", Left), cell(1, 1, 1, "ccc", Left)],
            &[],
            "   a\nbbb ccc\n",
        );
        // Nothing behind the last text of a line.
        check(&[cell(0, 0, 1, "a", Left), cell(0, 1, 1, "", Left), cell(1, 0, 1, "b", Left)], &[], "a\nb\n");
        check(&[cell(2, 0, 1, "a", Left)], &[], "\n\na\n");
    }

    #[test]
    fn what_spans_several_makes_them_wider() {
        use Align::{Left, Right};
        let row = [cell(1, 0, 1, "a", Right), cell(1, 1, 1, "b", Right)];
        check(&[&[cell(0, 0, 2, "xxxxxx", Left)], &row[..]].concat(), &[], "xxxxxx\n  a  b\n");
        check(&[&[cell(0, 0, 2, "xxxxxx", Left)], &row[..]].concat(), &[1], "xxxxxx\n   a b\n");
        check(&[&[cell(0, 0, 2, "xxxxxx", Left)], &row[..]].concat(), &[0, 1], "xxxxxx\na b\n");
    }

    #[test]
    fn a_negative_width_is_one_to_the_left() {
        let padded = |text, width| {
            let mut out = String::new();
            pad(&mut out, text, characters(text), width);
            out
        };
        assert_eq!((padded("ab", 4), padded("ab", -4), padded("ab", 1)), ("  ab".into(), "ab  ".into(), "ab".into()));
    }
}
