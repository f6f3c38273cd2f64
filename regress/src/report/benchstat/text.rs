use std::fmt::Display;
use std::io::{self, Write};

use rustc_hash::FxHashMap;

use super::layout::{Align, Cell as Place, Layout};
use super::scale::{Prefixes, Scale};
use super::{Sink, each_table, words};
use crate::compare::tables::{Cell, Mean, Remark, Table, Tables};
use crate::parallel::in_parts;

/// Writes tables for people.
///
/// # Errors
/// Those of `out`.
pub fn text(tables: &Tables, out: &mut dyn Write) -> io::Result<()> {
    let fields = tables.column_fields.len();
    let pages =
        in_parts(&tables.tables, 1, |tables| tables.iter().map(|table| page(table, fields)).collect::<String>());
    each_table(tables, &mut Text { out, pages: pages.into_iter() })
}

struct Text<'a> {
    out: &'a mut dyn Write,
    /// One for each table.
    pages: std::vec::IntoIter<String>,
}

impl Sink for Text<'_> {
    fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    fn table(&mut self, _: &Table, _: &[String]) -> io::Result<()> {
        self.pages.next().map_or(Ok(()), |page| self.out.write_all(page.as_bytes()))
    }
}

fn page(table: &Table, column_fields: usize) -> String {
    let mut page = Page::new(table);
    page.headers(column_fields);
    page.units();
    for row in &table.rows {
        page.row(&row.label, &row.cells);
    }
    if 1 < table.rows.len() {
        page.means();
    }
    let mut text = page.layout.into_text();
    for (index, note) in page.notes.iter().enumerate() {
        text.extend([&*superscript(index + 1), " ", note, "\n"]);
    }
    text
}

/// centre, ± interval, footnotes
const CENTER_COLUMNS: usize = 3;
/// change, (p n), footnotes
const CHANGE_COLUMNS: usize = 3;

/// The first column of layout of a column of results.
fn start(column: usize) -> usize {
    match column {
        0 => 1,
        _ => 1 + CENTER_COLUMNS + (column - 1) * (CENTER_COLUMNS + CHANGE_COLUMNS),
    }
}

struct Page<'a> {
    table: &'a Table,
    layout: Layout,
    /// The next row of the layout.
    row: usize,
    prefixes: Prefixes,
    notes: Vec<String>,
    numbers_of_notes: FxHashMap<String, usize>,
}

impl<'a> Page<'a> {
    fn new(table: &'a Table) -> Page<'a> {
        let prefixes = Prefixes::of(&table.unit);
        Page {
            table,
            layout: Layout::default(),
            row: 0,
            prefixes,
            notes: Vec::new(),
            numbers_of_notes: FxHashMap::default(),
        }
    }

    fn put(&mut self, column: usize, span: usize, text: impl Display, margin: &'static str, align: Align) {
        self.layout.cell(Place { row: self.row, column, span, margin, align }, text);
    }

    /// A cell of one column, with a blank in front unless it is the first.
    fn put_one(&mut self, column: usize, text: impl Display, align: Align) {
        let margin = if column == 0 { "" } else { " " };
        self.put(column, 1, text, margin, align);
    }

    /// One line for each field of the columns; what neighbours have in common stands above all of them.
    fn headers(&mut self, fields: usize) {
        let mut groups: Vec<_> = std::iter::once(0..self.table.columns.len()).collect();
        for field in 0..fields {
            groups = groups.into_iter().flat_map(|group| alike(&self.table.columns, group, field)).collect();
            for group in &groups {
                let (left, right) = (start(group.start), start(group.end));
                let value = &self.table.columns[group.start][field];
                self.put(left, right - left, value, " │ ", Align::Center);
            }
            self.right_edge();
            self.row += 1;
        }
    }

    fn units(&mut self) {
        for column in 0..self.table.columns.len() {
            let left = start(column);
            self.put(left, CENTER_COLUMNS, &self.table.unit, " │ ", Align::Center);
            if 0 < column {
                self.put(left + CENTER_COLUMNS, CHANGE_COLUMNS, "vs base", "  ", Align::Left);
            }
            // Only the first of them stretches.
            self.layout.keep_narrow(left + 1..start(column + 1));
        }
        self.right_edge();
        self.row += 1;
    }

    /// The bar at the right of the header.
    fn right_edge(&mut self) {
        let edge = start(self.table.columns.len() + 1);
        self.put(edge, 1, "", " │", Align::Left);
    }

    fn row(&mut self, label: &str, cells: &[Option<Cell>]) {
        self.put_one(0, label, Align::Left);
        let scale = Scale::common(cells.iter().flatten().map(|cell| cell.center), self.prefixes);
        for (column, cell) in cells.iter().enumerate() {
            let Some(cell) = cell else { continue };
            let left = start(column);
            self.put_one(left, scale.text(cell.center), Align::Right);
            self.put(left + 1, 1, words::interval(cell), " ± ", Align::Right);
            self.put_notes(left + 2, &cell.remarks);
            if let Some(contrast) = &cell.contrast {
                self.put_one(left + 3, words::change(contrast, cell.center), Align::Right);
                self.put_one(left + 4, format_args!("({})", words::evidence(contrast)), Align::Left);
                self.put_notes(left + 5, &contrast.remarks);
            }
        }
        self.row += 1;
    }

    fn means(&mut self) {
        self.put_one(0, "geomean", Align::Left);
        for (column, Mean { center, ratio, remarks }) in self.table.means.iter().enumerate() {
            if let Some(center) = *center {
                let scale = Scale::common(std::iter::once(center), self.prefixes);
                self.put_one(start(column), scale.text(center), Align::Right);
            }
            if 0 < column {
                match ratio {
                    Some(ratio) => {
                        self.put_one(start(column) + CENTER_COLUMNS, words::ratio(*ratio), Align::Right);
                    }
                    None => self.put_one(start(column) + CENTER_COLUMNS, "?", Align::Left),
                }
            }
            self.put_notes(start(column + 1) - 1, remarks);
        }
        self.row += 1;
    }

    /// Each text once below the table, by its number.
    fn put_notes(&mut self, column: usize, remarks: &[Remark]) {
        if remarks.is_empty() {
            return self.put_one(column, "", Align::Left);
        }
        let mut numbers = Vec::new();
        for remark in remarks {
            let text = words::remark(remark);
            let known = self.numbers_of_notes.get(&text).copied();
            let number = known.unwrap_or_else(|| {
                self.notes.push(text.clone());
                self.numbers_of_notes.insert(text, self.notes.len());
                self.notes.len()
            });
            numbers.push(superscript(number));
        }
        self.put_one(column, numbers.join(" "), Align::Left);
    }
}

/// The neighbours of a group that have the same value of a field.
fn alike(columns: &[Vec<String>], group: std::ops::Range<usize>, field: usize) -> Vec<std::ops::Range<usize>> {
    let mut start = group.start;
    let runs = columns[group].chunk_by(|a, b| a[field] == b[field]);
    runs.map(|run| {
        start += run.len();
        start - run.len()..start
    })
    .collect()
}

/// `¹²`
fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}
