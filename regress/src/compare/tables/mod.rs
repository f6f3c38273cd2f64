//! Results in tables, each cell held against the first of its row: benchstat's way of comparing.
//!
//! ```text
//!   measurements ─ Gathered ─▶ which cell of which table      (select: what makes a table, a row, a column)
//!                  └─ sum_up ─▶ Tables: centres, intervals, p, geometric means, and what there is to say about them
//! ```
//!
//! Every number is benchstat's, the wrong ones among them: with ties on sides of different size p is what it prints
//! ([`doubled_tail`](crate::stats::doubled_tail)), and said to be so. No verdict rests on these tables;
//! [`compare`](super::compare) is the one that is judged.

mod gather;
mod sum_up;

pub use gather::{Gathered, Measured};

/// What the tables show.
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    /// What tells the tables apart: `goos`, `pkg` …, and `.unit` last.
    pub fields: Vec<String>,
    /// What tells the columns apart: `.file`.
    pub column_fields: Vec<String>,
    /// In the order that was asked for.
    pub tables: Vec<Table>,
}

impl Tables {
    /// How often p is what benchstat prints, and not the probability it stands for.
    pub fn defects(&self) -> usize {
        let contrasts = self.tables.iter().flat_map(|table| &table.rows).flat_map(|row| row.cells.iter().flatten());
        contrasts.filter_map(|cell| cell.contrast.as_ref()).filter(|contrast| contrast.is_doubled_tail).count()
    }
}

/// Measurements of one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// One value for each field; empty where it has none.
    pub values: Vec<String>,
    /// The unit of all its numbers, tidied: `sec/op`.
    pub unit: String,
    /// One value for each field of a column.
    pub columns: Vec<Vec<String>>,
    /// In the order that was asked for.
    pub rows: Vec<Row>,
    /// One for each column.
    pub means: Vec<Mean>,
}

/// One benchmark, mostly.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is called.
    pub label: String,
    /// One for each column, where it has measurements.
    pub cells: Vec<Option<Cell>>,
}

/// All measurements of one row and column.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Their median, or the most frequent one of an exact unit.
    pub center: f64,
    /// The interval around it; infinite where there are too few measurements.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// What there is to say about the measurements.
    pub remarks: Vec<Remark>,
    /// Against the first cell of the row; `None` in the first column, and where the row has no such cell.
    pub contrast: Option<Contrast>,
}

/// A cell against the first of its row.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrast {
    /// The centre of the first one.
    pub base: f64,
    /// What benchstat prints; 0 for an exact unit.
    pub p: f64,
    /// A difference is shown where p is at most this; 0 for an exact unit.
    pub alpha: f64,
    /// How many measurements: of the first, of this.
    pub n: (usize, usize),
    /// Whether p is no probability: ties on sides of different size.
    pub is_doubled_tail: bool,
    /// What there is to say about the test.
    pub remarks: Vec<Remark>,
}

/// A column in one number.
#[derive(Clone, Debug, PartialEq)]
pub struct Mean {
    /// The geometric mean of the centres.
    pub center: Option<f64>,
    /// The geometric mean of the ratios to the first column; `None` there, and where it cannot be said.
    pub ratio: Option<f64>,
    /// What there is to say about them.
    pub remarks: Vec<Remark>,
}

/// Something to know about a number.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// Results that differ in these keys were thrown together.
    VaryIn(Vec<String>),
    /// Too few measurements for an interval.
    FewForInterval {
        /// How many it takes; `None`: more than 50.
        needed: Option<usize>,
        /// The confidence that was wanted.
        confidence: f64,
    },
    /// An exact unit with measurements that differ.
    NotExact {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// Nothing to rank.
    AllEqual,
    /// Too few measurements for any difference.
    FewForDifference {
        /// How many on each side it takes; `None`: more than 10.
        needed: Option<usize>,
        /// The alpha that was wanted.
        alpha: f64,
    },
    /// Some benchmark stands in only one of the two columns.
    OtherBenchmarks,
    /// A centre that has no logarithm.
    CenterNotPositive,
    /// A ratio that has no logarithm.
    RatioNotPositive,
}

/// How the tables are made.
pub struct Criteria<'a> {
    /// Of the intervals, from 0 to 1.
    pub confidence: f64,
    /// From which p on a difference is not shown, from 0 to 1.
    pub alpha: f64,
    /// Whether measurements of a tidied unit are promised not to vary.
    pub is_exact: &'a (dyn Fn(&str) -> bool + Sync),
}
