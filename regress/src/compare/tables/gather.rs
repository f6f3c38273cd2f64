use std::collections::HashMap;

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
    places: HashMap<(Key, Key), usize>,
}

pub(super) struct CellDraft {
    pub row: Key,
    pub column: Key,
    pub values: Vec<f64>,
    /// What nobody asked for, of each kind of result in it.
    pub residue: Vec<Key>,
}

impl Gathered {
    /// Nothing yet.
    pub fn new(filter: Filter, projections: Projections) -> Gathered {
        Gathered { filter, projections, tables: Vec::new() }
    }

    /// Puts measurements of one benchmark in one unit where they belong, if they are wanted. The order in which they are
    /// handed over is the one in which rows, columns and tables were seen.
    ///
    /// * `written`: the unit as it was written, if that is another name of it.
    pub fn add(&mut self, subject: &Subject, unit: &str, written: Option<&str>, values: Vec<f64>) {
        let names = [unit, written.unwrap_or(unit)];
        if !self.projections.keep(&self.filter, subject, &names) {
            return;
        }
        let Projections { table, row, column, residue, .. } = &mut self.projections;
        let table = table.key(subject, unit);
        let (row, column, residue) = (row.key(subject, ""), column.key(subject, ""), residue.key(subject, ""));
        if self.tables.len() <= table.index() {
            self.tables.resize_with(table.index() + 1, TableDraft::default);
        }
        let draft = &mut self.tables[table.index()];
        draft.key = Some(table);
        let next = draft.cells.len();
        let place = *draft.places.entry((row, column)).or_insert(next);
        if place == next {
            draft.cells.push(CellDraft { row, column, values, residue: vec![residue] });
            return;
        }
        let cell = &mut draft.cells[place];
        cell.values.extend(values);
        if !cell.residue.contains(&residue) {
            cell.residue.push(residue);
        }
    }

    /// The tables of all that was added.
    pub fn tables(self, criteria: &Criteria) -> Tables {
        sum_up::tables(&self.projections, self.tables, criteria)
    }
}
