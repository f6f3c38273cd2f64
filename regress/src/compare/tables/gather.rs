use rustc_hash::FxHashMap;

use super::{Criteria, Tables, sum_up};
use crate::select::{Filter, Key, Projections, Subject};

/// Measurements, put into cells as they come.
pub struct Gathered {
    filter: Filter,
    projections: Projections,
    /// By the number of its key.
    tables: Vec<TableDraft>,
}

/// The cells of a table.
#[derive(Default)]
pub(super) struct TableDraft {
    /// Its first key: all others have the same table.
    pub key: Option<Key>,
    pub cells: Vec<CellDraft>,
    places: FxHashMap<(Key, Key), usize>,
}

pub(super) struct CellDraft {
    pub row: Key,
    pub column: Key,
    pub values: Vec<f64>,
    /// What nobody asked for: of the first result in it, and of those that differ.
    pub residue: (Key, Vec<Key>),
}

/// Measurements in one unit.
pub struct Measured<'u> {
    /// What they are in.
    pub unit: &'u str,
    /// The unit as it was written, which may be another name of it.
    pub written: &'u str,
    /// At least one, finite.
    pub values: Vec<f64>,
}

impl TableDraft {
    fn add(&mut self, table: Key, (row, column): (Key, Key), residue: Key, values: Vec<f64>) {
        self.key = Some(table);
        let next = self.cells.len();
        let place = *self.places.entry((row, column)).or_insert(next);
        if place == next {
            self.cells.push(CellDraft { row, column, values, residue: (residue, Vec::new()) });
            return;
        }
        let cell = &mut self.cells[place];
        cell.values.extend(values);
        let (first, others) = &mut cell.residue;
        if *first != residue && !others.contains(&residue) {
            others.push(residue);
        }
    }
}

impl Gathered {
    /// Nothing yet.
    pub fn new(filter: Filter, projections: Projections) -> Gathered {
        Gathered { filter, projections, tables: Vec::new() }
    }

    /// Puts measurements of one benchmark where they belong, those that are wanted. The order in which they are
    /// handed over is the one in which rows, columns and tables were seen.
    pub fn add<'u>(&mut self, subject: &Subject, measurements: impl Iterator<Item = Measured<'u>>) {
        let mut place = None;
        for Measured { unit, written, values } in measurements {
            if !self.projections.keep(&self.filter, subject, &[unit, written]) {
                continue;
            }
            let Projections { table, row, column, residue, .. } = &mut self.projections;
            let (row, column, residue) = *place.get_or_insert_with(|| {
                table.take(subject);
                (row.key(subject, ""), column.key(subject, ""), residue.key(subject, ""))
            });
            let table = table.key_in(unit);
            if self.tables.len() <= table.index() {
                self.tables.resize_with(table.index() + 1, TableDraft::default);
            }
            self.tables[table.index()].add(table, (row, column), residue, values);
        }
    }

    /// The tables of all that was added.
    pub fn tables(self, criteria: &Criteria) -> Tables {
        sum_up::tables(&self.projections, self.tables, criteria)
    }
}
