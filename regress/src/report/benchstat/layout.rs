//! Cells in columns, some of them across several.

use std::io::{self, Write};

/// Where a text stands in its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

/// A text in one or more columns of a row. All from 0.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub row: usize,
    pub column: usize,
    /// How many columns.
    pub span: usize,
    pub text: String,
    /// In front of the text, whatever its alignment; as wide as the widest of the column.
    pub margin: &'static str,
    pub align: Align,
}

/// A table under way.
#[derive(Debug, Default)]
pub(super) struct Layout {
    cells: Vec<Cell>,
    columns: usize,
    /// Columns that are as wide as their own cells and no wider.
    narrow: Vec<usize>,
}

impl Layout {
    pub fn cell(&mut self, cell: Cell) {
        self.columns = self.columns.max(cell.column + cell.span);
        if !(cell.text.is_empty() && cell.margin.is_empty()) {
            self.cells.push(cell);
        }
    }

    pub fn keep_narrow(&mut self, columns: impl Iterator<Item = usize>) {
        self.narrow.extend(columns);
    }

    pub fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        let margins = self.margins();
        let widths = self.widths(&margins);
        // Where each column begins, and where the last one ends.
        let starts: Vec<isize> = std::iter::once(0)
            .chain(widths.iter().scan(0, |end, width| {
                *end += *width as isize;
                Some(*end)
            }))
            .collect();
        self.cells.sort_by_key(|cell| (cell.row, cell.column));
        let mut text = String::new();
        let (mut row, mut at) = (0, 0);
        for cell in &self.cells {
            // Nothing at the end of a line, not even blanks.
            if cell.text.trim().is_empty() && cell.margin.trim().is_empty() {
                continue;
            }
            while row < cell.row {
                text.push('\n');
                row += 1;
                at = 0;
            }
            let gap = starts[cell.column] - at;
            let margin = margins[cell.column] as isize;
            pad(&mut text, "", gap);
            pad(&mut text, cell.margin, margin);
            let width = starts[cell.column + cell.span] - starts[cell.column] - margin;
            let before = text.len();
            match cell.align {
                Align::Left => text.push_str(&cell.text),
                Align::Right => pad(&mut text, &cell.text, width),
                Align::Center => {
                    pad(&mut text, "", (width - characters(&cell.text) as isize) / 2);
                    text.push_str(&cell.text);
                }
            }
            at += gap + margin + characters(&text[before..]) as isize;
        }
        if !self.cells.is_empty() {
            text.push('\n');
        }
        out.write_all(text.as_bytes())
    }

    /// The widest margin of each column.
    fn margins(&self) -> Vec<usize> {
        let mut margins = vec![0; self.columns];
        for cell in &self.cells {
            margins[cell.column] = characters(cell.margin).max(margins[cell.column]);
        }
        margins
    }

    /// The width of each column with its margin. What spans several makes them wider, from narrow to wide.
    fn widths(&self, margins: &[usize]) -> Vec<usize> {
        let mut widths = vec![0; self.columns];
        let mut by_span: Vec<&Cell> = self.cells.iter().collect();
        by_span.sort_by_key(|cell| cell.span);
        for cell in by_span {
            let wanted = characters(&cell.text) + margins[cell.column];
            let columns = cell.column..cell.column + cell.span;
            if widths[columns.clone()].iter().sum::<usize>() < wanted {
                self.widen(&mut widths, columns, wanted);
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
fn pad(out: &mut String, text: &str, width: isize) {
    let blanks = width.unsigned_abs().saturating_sub(characters(text));
    if 0 <= width {
        out.extend(std::iter::repeat_n(' ', blanks));
        out.push_str(text);
    } else {
        out.push_str(text);
        out.extend(std::iter::repeat_n(' ', blanks));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: usize, column: usize, span: usize, text: &str, align: Align) -> Cell {
        let margin = if column == 0 || text.is_empty() { "" } else { " " };
        Cell { row, column, span, text: text.to_owned(), margin, align }
    }

    #[track_caller]
    fn check(cells: &[Cell], narrow: &[usize], expected: &str) {
        let mut layout = Layout::default();
        cells.iter().for_each(|cell| layout.cell(cell.clone()));
        layout.keep_narrow(narrow.iter().copied());
        let mut out = Vec::new();
        layout.write(&mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
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
            pad(&mut out, text, width);
            out
        };
        assert_eq!((padded("ab", 4), padded("ab", -4), padded("ab", 1)), ("  ab".into(), "ab  ".into(), "ab".into()));
    }
}
