//! Results in columns, by whatever is asked for: files, parts of a name, settings. Each column is a [`Run`] whose benchmarks
//! are called by their row, so that it can be held against the first of its table as any run against any other.
//!
//! ```text
//!   Encode/format=json/size=1k ─┐            --col /format   json ─▶ Encode/size=1k
//!   Encode/format=gob/size=1k  ─┴─ select ─▶                 gob  ─▶ Encode/size=1k
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use super::residue;
use super::subject::Subjects;
use crate::model::{BenchId, Collision, Host, Observation, PACKAGE, Provenance, Run, Values, Warning};
use crate::select::{FULL_NAME, Key, Language, Projections, Subject, SyntaxError, Wanted};

/// What makes a table, a row and a column.
#[derive(Clone, Debug)]
pub struct Columns {
    projections: Projections,
    /// The column as it is written.
    column: String,
    /// Packages are told apart by nothing else, so they stay in front of the names.
    keeps_package: bool,
    /// Different columns hold different benchmarks.
    parts_names: bool,
}

/// Why results cannot be put into these columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unarranged {
    /// All that have the key have the same value, or none has it.
    OneColumn {
        /// The columns as they are written.
        column: String,
        /// The value, if there is one.
        value: Option<String>,
    },
    /// Counts of one cell differ, or other tools measured it: they are no measurements of the same thing.
    Mixed {
        /// The row.
        row: BenchId,
        /// The metric that differs.
        metric: String,
        /// Two benchmarks that meet there.
        benchmarks: (BenchId, BenchId),
    },
    /// A column holds results of two machines.
    Machines(Host, Host),
}

impl fmt::Display for Unarranged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unarranged::OneColumn { column, value: None } if column.trim().is_empty() => {
                write!(f, "--col names no key")
            }
            Unarranged::OneColumn { column, value: None } => write!(f, "--col {column}: no result has that"),
            Unarranged::OneColumn { column, value: Some(value) } => {
                write!(f, "--col {column}: all results are of `{value}`, and there is nothing to compare it with")
            }
            Unarranged::Mixed { row, metric, benchmarks: (first, second) } => {
                write!(f, "{metric} of `{first}` and of `{second}` meet in row `{row}`, and are not the same thing")
            }
            Unarranged::Machines(first, second) => {
                write!(f, "results of two machines would be one column: {first}; {second}")
            }
        }
    }
}

impl Unarranged {
    /// What to do about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Unarranged::OneColumn { .. } => {
                "take a key that differs: /format of Encode/format=json, /1 for the first part of string/concat, .file"
            }
            Unarranged::Mixed { .. } => "take what they differ in into --row or --col, or leave one out with --filter",
            Unarranged::Machines(..) => "take .file into --table or --col",
        }
    }
}

impl Columns {
    /// Whether somebody listed the columns that are wanted.
    pub fn are_listed(&self) -> bool {
        self.projections.column.is_listed()
    }

    /// * Where `.file` is asked for nowhere, each file is a table of its own.
    ///
    /// # Errors
    /// The first expression that makes no sense, and which one.
    pub fn new(wanted: &Wanted) -> Result<Columns, (&'static str, SyntaxError)> {
        let plain = Projections::new(wanted, Language::Ours)?;
        // Whole names side by side, as of two commands that were measured together, leave one row.
        let parts_whole_names = plain.column.field_names().contains(&FULL_NAME) && wanted.row == FULL_NAME;
        let wanted = &Wanted { row: if parts_whole_names { "" } else { wanted.row }, ..*wanted };
        let ignored = Wanted { table: "", row: wanted.ignore, column: "", ignore: "" };
        let ignored = Projections::new(&ignored, Language::Ours)?;
        let asks_for = |key: &str| {
            let all = [&plain.table, &plain.row, &plain.column, &ignored.row];
            all.iter().any(|projection| projection.field_names().contains(&key))
        };
        let keeps_package = !asks_for(PACKAGE);
        let of_file = format!("{} .file", wanted.table);
        let table = if asks_for(".file") { wanted.table } else { of_file.trim() };
        let parts_names = plain
            .column
            .field_names()
            .iter()
            .any(|field| field.starts_with('/') || [".name", FULL_NAME].contains(field));
        let projections = Projections::new(&Wanted { table, ..*wanted }, Language::Ours)?;
        Ok(Columns { projections, column: wanted.column.to_owned(), keeps_package, parts_names })
    }

    /// The columns of each table that has at least two, the first column first.
    ///
    /// Results without any of the keys of a column are left out, which is told; so is in what measurements differ that
    /// meet in one cell.
    ///
    /// # Errors
    /// What cannot be put together, or not be told apart.
    pub fn arrange(mut self, runs: &[Run]) -> Result<Vec<Vec<Run>>, Unarranged> {
        let mut drafts: BTreeMap<(Key, Key), Draft> = BTreeMap::new();
        let mut left_out: BTreeSet<BenchId> = BTreeSet::new();
        for run in runs {
            let subjects = Subjects::of(run);
            let places = run.places();
            let mut observations: Vec<&Observation> = run.observations().iter().collect();
            // What a file has first is the first column.
            observations.sort_by_key(|observation| places.get(&observation.id));
            for observation in observations {
                let place = subjects.ask(observation, |subject, _| self.place(subject));
                match place {
                    Place::NotListed => {}
                    Place::WithoutKey => {
                        left_out.insert(observation.id.clone());
                    }
                    Place::At(table, column, cell) => {
                        drafts.entry((table, column)).or_default().add(run, observation, cell)?;
                    }
                }
            }
        }
        let mut tables: Vec<Key> = drafts.keys().map(|(table, _)| *table).collect();
        tables.dedup();
        self.projections.table.sort(&mut tables);
        let only = drafts.keys().next().map(|(_, column)| self.projections.column.label(*column));
        let mut arranged = Vec::new();
        let mut alone = Vec::new();
        for table in &tables {
            let mut columns: Vec<Key> =
                drafts.keys().filter(|(of, _)| of == table).map(|(_, column)| *column).collect();
            self.projections.column.sort(&mut columns);
            if let [only] = columns[..] {
                let (table, column) = (self.projections.table.label(*table), self.projections.column.label(only));
                alone
                    .push(Warning::general(format!("{table}: all of it is of `{column}`, nothing to compare it with")));
            } else {
                let prefix = self.table_label(*table, tables.len());
                let runs = columns.into_iter().filter_map(|column| {
                    Some(drafts.remove(&(*table, column))?.run(&self.projections, &prefix, column))
                });
                arranged.push(runs.collect());
            }
        }
        match arranged.first_mut().and_then(|columns: &mut Vec<Run>| columns.first_mut()) {
            None => Err(Unarranged::OneColumn { column: self.column, value: only }),
            Some(first) => {
                first.warnings.extend(without_key(&self.column, &left_out).into_iter().chain(alone));
                Ok(arranged)
            }
        }
    }

    /// Two columns as the sides of a comparison. Where columns part the names, a row that only one of them has is no
    /// loss of the other: it is left out, which is told.
    pub fn sides(&self, old: Run, mut new: Run) -> (Run, Run) {
        let told_of_old: BTreeSet<&Warning> = old.warnings.iter().collect();
        new.warnings.retain(|warning| !told_of_old.contains(warning));
        if !self.parts_names {
            return (old, new);
        }
        let shared = |run: Run, other: &BTreeSet<BenchId>| run.filtered(|o| other.contains(&o.id));
        let (in_old, in_new) = (ids(&old), ids(&new));
        let lonely = [(&old.label, in_old.difference(&in_new)), (&new.label, in_new.difference(&in_old))];
        let told: Vec<Warning> = lonely
            .into_iter()
            .filter_map(|(label, ids)| {
                let ids: Vec<&BenchId> = ids.collect();
                let rows = named(&ids)?;
                Some(Warning::general(format!("only `{label}` has {rows}: not compared")))
            })
            .collect();
        let (old, mut new) = (shared(old, &in_new), shared(new, &in_old));
        new.warnings.extend(told);
        (old, new)
    }

    fn place(&mut self, subject: &Subject) -> Place {
        if !self.projections.admit(subject) {
            return Place::NotListed;
        }
        let Projections { table, row, column, residue, .. } = &mut self.projections;
        let of_column = column.key(subject, "");
        if column.values(of_column).iter().all(|value| value.is_empty()) {
            return Place::WithoutKey;
        }
        let package = subject.settings.iter().find(|(key, _)| *key == PACKAGE).map(|(_, package)| *package);
        let of_row = row.key(subject, "");
        let label = Some(row.label(of_row)).filter(|label| !label.is_empty()).unwrap_or_else(|| "*".to_owned());
        let name = match package.filter(|package| self.keeps_package && !package.is_empty()) {
            Some(package) => format!("{package}.{label}"),
            None => label,
        };
        let cell = Cell { row: of_row, id: BenchId::new(&name), residue: residue.key(subject, "") };
        // The unit is no matter of tables here: every metric has its row.
        Place::At(table.key(subject, ""), of_column, cell)
    }

    /// What tells a table from the others.
    fn table_label(&self, table: Key, tables: usize) -> String {
        match tables {
            1 => String::new(),
            _ => format!("{}: ", self.projections.table.label(table)),
        }
    }
}

enum Place {
    /// Other values were listed.
    NotListed,
    WithoutKey,
    /// Table, column, and where in it.
    At(Key, Key, Cell),
}

struct Cell {
    row: Key,
    id: BenchId,
    residue: Key,
}

/// A column, being filled.
#[derive(Default)]
struct Draft {
    provenance: Option<Provenance>,
    warnings: Vec<Warning>,
    cells: Vec<Filled>,
    places: HashMap<(BenchId, String), usize>,
}

/// Everything of one metric that meets in a cell.
struct Filled {
    row: Key,
    observation: Observation,
    /// The first benchmark that is in it.
    first: BenchId,
    residue: Vec<Key>,
}

impl Draft {
    fn add(&mut self, run: &Run, observation: &Observation, cell: Cell) -> Result<(), Unarranged> {
        self.provenance = Some(match self.provenance.take() {
            None => run.provenance.clone(),
            Some(before) => match (&before.host, &run.provenance.host) {
                (Some(first), Some(second)) if first != second => {
                    return Err(Unarranged::Machines(first.clone(), second.clone()));
                }
                _ => before.or(run.provenance.clone()),
            },
        });
        for warning in run.warnings.iter().filter(|warning| warning.row.is_none()) {
            if !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
            }
        }
        let next = self.cells.len();
        let place = *self.places.entry((cell.id.clone(), observation.metric.name.to_string())).or_insert(next);
        let moved = Observation { id: cell.id.clone(), ..observation.clone() };
        if place == next {
            let first = observation.id.clone();
            self.cells.push(Filled { row: cell.row, observation: moved, first, residue: vec![cell.residue] });
            return Ok(());
        }
        let filled = &mut self.cells[place];
        if !filled.residue.contains(&cell.residue) {
            filled.residue.push(cell.residue);
        }
        if join(&mut filled.observation, moved) {
            return Ok(());
        }
        let benchmarks = (filled.first.clone(), observation.id.clone());
        Err(Unarranged::Mixed { row: cell.id, metric: observation.metric.name.to_string(), benchmarks })
    }

    fn run(mut self, projections: &Projections, prefix: &str, column: Key) -> Run {
        let mut rows: Vec<Key> = self.cells.iter().map(|cell| cell.row).collect();
        rows.sort();
        rows.dedup();
        projections.row.sort(&mut rows);
        let places: HashMap<Key, usize> = rows.into_iter().enumerate().map(|(place, row)| (row, place)).collect();
        self.cells.sort_by_key(|cell| places[&cell.row]);
        for cell in &self.cells {
            if let Some(text) = residue::told(&projections.residue, &cell.residue) {
                let Observation { id, metric, .. } = &cell.observation;
                self.warnings.push(Warning::about(id, &metric.name, text));
            }
        }
        let label = format!("{prefix}{}", projections.column.label(column));
        let observations = self.cells.into_iter().map(|cell| cell.observation).collect();
        let provenance = self.provenance.unwrap_or_default();
        let run: Result<Run, Vec<Collision>> = Run::new(label, provenance, self.warnings, observations);
        run.expect("every cell has one observation of each metric")
    }
}

/// Measurements of the same tool in the same unit are further processes; a count that is the same is one.
fn join(into: &mut Observation, from: Observation) -> bool {
    if into.harness != from.harness || into.metric != from.metric {
        return false;
    }
    match (&mut into.values, from.values) {
        (Values::Exact(first), Values::Exact(second)) => *first == second,
        (Values::Sampled(first), Values::Sampled(second)) => {
            first.append(second);
            true
        }
        (Values::Exact(_), Values::Sampled(_)) | (Values::Sampled(_), Values::Exact(_)) => false,
    }
}

fn ids(run: &Run) -> BTreeSet<BenchId> {
    run.observations().iter().map(|observation| observation.id.clone()).collect()
}

fn without_key(column: &str, left_out: &BTreeSet<BenchId>) -> Option<Warning> {
    let names: Vec<&BenchId> = left_out.iter().collect();
    Some(Warning::general(format!("without {column}, and left out: {}", named(&names)?)))
}

/// The names while they are few. `None` for none.
fn named(ids: &[&BenchId]) -> Option<String> {
    /// Chosen: as many as fit into a line or two.
    const NAMED: usize = 5;
    let names = ids.iter().take(NAMED).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    match ids.len() {
        0 => None,
        count if count > NAMED => Some(format!("{names} and {} more", count - NAMED)),
        _ => Some(names),
    }
}
