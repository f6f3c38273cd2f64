use std::io::{self, Write};

use super::{Sink, each_table, go, words};
use crate::compare::tables::{Remark, Table, Tables};

/// Writes tables for programs: numbers with all their digits. What there is to say about them goes to `remarks`, each
/// with the place of its cell as spreadsheets name it.
///
/// # Errors
/// Those of `out` and `remarks`.
pub fn csv(tables: &Tables, out: &mut dyn Write, remarks: &mut dyn Write) -> io::Result<()> {
    each_table(tables, &mut Csv { out, remarks, line_number: 1, cells: Vec::new() })
}

/// centre, interval
const CENTER_CELLS: usize = 2;
/// change, p and n
const CHANGE_CELLS: usize = 2;

/// The first cell of a column of results.
fn start(column: usize) -> usize {
    match column {
        0 => 1,
        _ => 1 + CENTER_CELLS + (column - 1) * (CENTER_CELLS + CHANGE_CELLS),
    }
}

struct Csv<'a> {
    out: &'a mut dyn Write,
    remarks: &'a mut dyn Write,
    /// From 1.
    line_number: usize,
    /// Of the line at hand.
    cells: Vec<String>,
}

impl Sink for Csv<'_> {
    fn heading(&mut self, text: &str) -> io::Result<()> {
        self.cells.push(text.to_owned());
        self.end_line()
    }

    fn table(&mut self, table: &Table, column_fields: &[String]) -> io::Result<()> {
        for field in 0..column_fields.len() {
            for (column, values) in table.columns.iter().enumerate() {
                self.fill_to(start(column));
                self.cells.push(values[field].clone());
            }
            self.fill_to(start(table.columns.len()));
            self.end_line()?;
        }
        for column in 0..table.columns.len() {
            self.fill_to(start(column));
            self.cells.extend([table.unit.clone(), "CI".to_owned()]);
            if 0 < column {
                self.cells.extend(["vs base".to_owned(), "P".to_owned()]);
            }
        }
        self.end_line()?;
        for row in &table.rows {
            self.cells.push(row.label.clone());
            for (column, cell) in row.cells.iter().enumerate() {
                let Some(cell) = cell else { continue };
                self.fill_to(start(column));
                self.remark(&cell.remarks)?;
                self.cells.extend([go::shortest(cell.center), words::interval(cell).to_string()]);
                if let Some(contrast) = &cell.contrast {
                    self.remark(&contrast.remarks)?;
                    let (change, evidence) = (words::change(contrast, cell.center), words::evidence(contrast));
                    self.cells.extend([change.to_string(), evidence.to_string()]);
                }
            }
            self.end_line()?;
        }
        self.means(table)
    }
}

impl Csv<'_> {
    fn means(&mut self, table: &Table) -> io::Result<()> {
        self.cells.push("geomean".to_owned());
        for (column, mean) in table.means.iter().enumerate() {
            self.fill_to(start(column));
            self.remark(&mean.remarks)?;
            self.cells.extend(mean.center.map(go::shortest));
            if 0 < column {
                self.fill_to(start(column) + CENTER_CELLS);
                self.cells.push(mean.ratio.map_or("?".to_owned(), |ratio| words::ratio(ratio).to_string()));
            }
        }
        self.fill_to(start(table.columns.len()));
        self.end_line()
    }

    fn fill_to(&mut self, cell: usize) {
        if self.cells.len() < cell {
            self.cells.resize(cell, String::new());
        }
    }

    fn end_line(&mut self) -> io::Result<()> {
        for (index, cell) in self.cells.drain(..).enumerate() {
            if 0 < index {
                self.out.write_all(b",")?;
            }
            self.out.write_all(quoted(&cell).as_bytes())?;
        }
        self.line_number += 1;
        self.out.write_all(b"\n")
    }

    /// Says something about the cell that comes next.
    fn remark(&mut self, remarks: &[Remark]) -> io::Result<()> {
        for remark in remarks {
            let place = place(self.cells.len());
            writeln!(self.remarks, "{place}{}: {}", self.line_number, words::remark(remark))?;
        }
        Ok(())
    }
}

/// The letters of a cell. From the 27th on they are benchstat's and not a spreadsheet's: `BA` instead of `AA`.
fn place(mut cell: usize) -> String {
    let mut letters = Vec::new();
    while 0 < cell {
        letters.push(char::from(b'A' + (cell % 26) as u8));
        cell /= 26;
    }
    if letters.is_empty() {
        letters.push('A');
    }
    letters.into_iter().rev().collect()
}

/// In quotes where there has to be: as Go does it, a blank in front as well.
fn quoted(cell: &str) -> std::borrow::Cow<'_, str> {
    let needs_quotes =
        cell == "\\." || cell.contains(['"', ',', '\n', '\r']) || cell.chars().next().is_some_and(char::is_whitespace);
    match needs_quotes {
        true => format!("\"{}\"", cell.replace('"', "\"\"")).into(),
        false => cell.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_letters() {
        let places = [0, 1, 25, 26, 27, 52].map(place);
        assert_eq!(places, ["A", "B", "Z", "BA", "BB", "CA"]);
    }

    #[test]
    fn quotes_where_there_have_to_be() {
        let texts = ["", "a b", " a", "a,b", "a\"b", "\\."].map(|cell| quoted(cell).into_owned());
        assert_eq!(texts, ["", "a b", "\" a\"", "\"a,b\"", "\"a\"\"b\"", "\"\\.\""]);
    }
}
