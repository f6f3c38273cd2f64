use std::cmp::Ordering;

use super::gather::{CellDraft, TableDraft};
use super::{Cell, Contrast, Criteria, Mean, Remark, Row, Table, Tables};
use crate::parallel::in_owned_parts;
use crate::select::{Key, Projections};
use crate::stats::{self, Method, RankTest, Sample};

pub(super) fn tables(projections: &Projections, drafts: Vec<TableDraft>, criteria: &Criteria) -> Tables {
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let mut keys: Vec<Key> = drafts.iter().filter_map(|draft| draft.key).collect();
    projections.table.sort(&mut keys);
    let mut drafts: Vec<Option<TableDraft>> = drafts.into_iter().map(Some).collect();
    let ordered = keys.into_iter().filter_map(|key| Some((key, drafts[key.index()].take()?)));
    let (frames, lines): (Vec<Frame>, Vec<Vec<Line>>) =
        ordered.map(|(key, draft)| Frame::new(projections, key, draft, criteria)).unzip();
    // The rows of all tables in one: so threads are started once.
    let of_frame = |(frame, lines): (_, Vec<Line>)| lines.into_iter().map(move |line| (frame, line));
    let lines: Vec<(&Frame, Line)> = frames.iter().zip(lines).flat_map(of_frame).collect();
    let mut rows = in_owned_parts(lines, ROWS_AT_A_TIME, |lines| {
        lines.into_iter().map(|(frame, line)| frame.row(line, projections, criteria)).collect::<Vec<_>>()
    })
    .into_iter()
    .flatten();
    Tables {
        fields: owned(projections.table.field_names()),
        column_fields: owned(projections.column.field_names()),
        tables: frames.iter().map(|frame| frame.table(rows.by_ref(), projections)).collect(),
    }
}

/// A table whose rows are not summed up yet.
struct Frame {
    values: Vec<String>,
    unit: String,
    is_exact: bool,
    columns: Vec<Key>,
    /// How many rows it has.
    rows: usize,
}

/// A row: its key, and its cells by column.
type Line = (Key, Vec<Option<CellDraft>>);

impl Frame {
    fn new(projections: &Projections, key: Key, draft: TableDraft, criteria: &Criteria) -> (Frame, Vec<Line>) {
        let values: Vec<String> = projections.table.values(key).into_iter().map(str::to_owned).collect();
        let unit = values.last().cloned().unwrap_or_default();
        let is_exact = (criteria.is_exact)(&unit);
        let mut rows: Vec<Key> = draft.cells.iter().map(|cell| cell.row).collect();
        let mut columns: Vec<Key> = draft.cells.iter().map(|cell| cell.column).collect();
        let row_places = places(&mut rows, |keys| projections.row.sort(keys));
        let column_places = places(&mut columns, |keys| projections.column.sort(keys));
        let empty = || columns.iter().map(|_| None).collect();
        let mut lines: Vec<Line> = rows.into_iter().map(|row| (row, empty())).collect();
        for cell in draft.cells {
            let (row, column) = (row_places[cell.row.index()], column_places[cell.column.index()]);
            lines[row].1[column] = Some(cell);
        }
        (Frame { values, unit, is_exact, columns, rows: lines.len() }, lines)
    }

    fn row(&self, (key, cells): Line, projections: &Projections, criteria: &Criteria) -> Row {
        let cells: Vec<Option<SampledCell>> = cells.into_iter().map(|cell| cell.and_then(SampledCell::new)).collect();
        let first = cells.first().and_then(Option::as_ref);
        let summed_up = cells.iter().enumerate().map(|(column, cell)| {
            let base = first.filter(|_| 0 < column);
            cell.as_ref().map(|cell| cell.sum_up(base, self.is_exact, projections, criteria))
        });
        let mut cells: Vec<Option<Cell>> = summed_up.collect();
        tell_bases(&mut cells);
        Row { label: projections.row.label(key), cells }
    }

    /// * `rows`: its own are the next ones.
    fn table(&self, rows: impl Iterator<Item = Row>, projections: &Projections) -> Table {
        let rows: Vec<Row> = rows.take(self.rows).collect();
        let means = (0..self.columns.len()).map(|column| mean(&rows, column)).collect();
        let owned = |key: &Key| projections.column.values(*key).into_iter().map(str::to_owned).collect();
        let columns = self.columns.iter().map(owned).collect();
        Table { values: self.values.clone(), unit: self.unit.clone(), columns, rows, means }
    }
}

/// Chosen: enough that the threads do not wait for each other, few enough that none is left over at the end.
const ROWS_AT_A_TIME: usize = 16;

/// Each key once, in order, and the place of each by its number.
fn places(keys: &mut Vec<Key>, sort: impl Fn(&mut [Key])) -> Vec<usize> {
    keys.sort_unstable();
    keys.dedup();
    sort(keys);
    let mut places = vec![0; keys.iter().map(|key| key.index() + 1).max().unwrap_or(0)];
    for (place, key) in keys.iter().enumerate() {
        places[key.index()] = place;
    }
    places
}

struct SampledCell {
    sample: Sample,
    residue: (Key, Vec<Key>),
}

impl SampledCell {
    /// `None` when there is no measurement, or one that is none: readers let neither through.
    ///
    /// No number here asks which was taken first, and a sample of sorted values keeps no second copy of them.
    fn new(cell: CellDraft) -> Option<SampledCell> {
        let CellDraft { mut values, residue, .. } = cell;
        values.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        Some(SampledCell { sample: Sample::new(values).ok()?, residue })
    }

    fn sum_up(
        &self,
        base: Option<&SampledCell>,
        is_exact: bool,
        projections: &Projections,
        criteria: &Criteria,
    ) -> Cell {
        let mut remarks = Vec::new();
        let varying = projections.residue.varying(std::iter::once(&self.residue.0).chain(&self.residue.1));
        if !varying.is_empty() {
            remarks.push(Remark::VaryIn(varying.into_iter().map(str::to_owned).collect()));
        }
        let (center, low, high) =
            if is_exact { exact(&self.sample) } else { median(&self.sample, criteria.confidence) };
        if is_exact && low != high {
            remarks.push(Remark::NotExact { min: low, max: high });
        }
        if low.is_infinite() || high.is_infinite() {
            let needed = stats::samples_for_interval(criteria.confidence);
            remarks.push(Remark::FewForInterval { needed, confidence: criteria.confidence });
        }
        let contrast = base.map(|base| {
            if is_exact {
                exact_contrast(&base.sample, &self.sample)
            } else {
                ranked_contrast(&base.sample, &self.sample, criteria.alpha)
            }
        });
        Cell { center, low, high, remarks, contrast }
    }
}

/// The median, and its interval.
fn median(sample: &Sample, confidence: f64) -> (f64, f64, f64) {
    let interval = stats::median_interval(sample, confidence);
    (stats::median(sample), interval.low, interval.high)
}

/// The most frequent value, the smallest of several; and all values.
fn exact(sample: &Sample) -> (f64, f64, f64) {
    let runs = sample.sorted().chunk_by(|a, b| a == b);
    let longest = runs.fold(&[][..], |longest: &[f64], run| if run.len() > longest.len() { run } else { longest });
    (longest.first().copied().unwrap_or(sample.min()), sample.min(), sample.max())
}

fn exact_contrast(base: &Sample, sample: &Sample) -> Contrast {
    Contrast {
        base: 0.0,
        p: 0.0,
        alpha: 0.0,
        n: (base.len(), sample.len()),
        is_doubled_tail: false,
        remarks: Vec::new(),
    }
}

fn ranked_contrast(base: &Sample, sample: &Sample, alpha: f64) -> Contrast {
    let test = stats::rank_test(base, sample);
    let doubled = if test.method == Method::Exact { stats::doubled_tail(base, sample) } else { None };
    let p = doubled.unwrap_or_else(|| beside_one(&test));
    let mut remarks = Vec::new();
    if test.method == Method::AllEqual {
        remarks.push(Remark::AllEqual);
    } else if p > alpha {
        let needed = (1..=MOST_FOR_DIFFERENCE).find(|&n| stats::smallest_p(n, n) <= alpha);
        if base.len().max(sample.len()) < needed.unwrap_or(MOST_FOR_DIFFERENCE + 1) {
            remarks.push(Remark::FewForDifference { needed, alpha });
        }
    }
    // Where both tails are alike, doubling one of them is right.
    let is_doubled_tail = doubled.is_some_and(|doubled| (doubled - test.p).abs() > 1e-12);
    Contrast { base: 0.0, p, alpha, n: (base.len(), sample.len()), is_doubled_tail, remarks }
}

/// p as benchstat has it where it comes from the normal distribution and the first side is ahead: twice what is left of
/// one. Of a p below 1e-16 nothing is left then, and a p of 0 is not printed.
fn beside_one(test: &RankTest) -> f64 {
    let is_upper_tail = test.method == Method::Normal && test.superiority < 0.5;
    if is_upper_tail { 2.0 * (1.0 - (1.0 - test.p / 2.0)) } else { test.p }
}

/// Up to so many measurements a side benchstat says how many a difference takes.
const MOST_FOR_DIFFERENCE: usize = 9;

/// The centre of the first cell, for all others.
fn tell_bases(cells: &mut [Option<Cell>]) {
    let Some(Some(first)) = cells.first() else { return };
    let base = first.center;
    for contrast in cells.iter_mut().flatten().filter_map(|cell| cell.contrast.as_mut()) {
        contrast.base = base;
    }
}

fn mean(rows: &[Row], column: usize) -> Mean {
    let in_column = |column: usize| rows.iter().filter_map(move |row| row.cells[column].as_ref());
    let centers = in_column(column).map(|cell| cell.center);
    let ratios: Vec<Option<f64>> =
        in_column(column).filter_map(|cell| Some((cell.center, cell.contrast.as_ref()?.base))).map(ratio).collect();
    let mut remarks = Vec::new();
    if 0 < column && in_column(0).count() != ratios.len() {
        remarks.push(Remark::OtherBenchmarks);
    }
    let center = stats::geometric_mean(centers);
    if center.is_none() {
        remarks.push(Remark::CenterNotPositive);
    }
    let ratio = match ratios.into_iter().collect::<Option<Vec<f64>>>() {
        Some(ratios) if 0 < column => {
            let mean = stats::geometric_mean(ratios);
            if mean.is_none() {
                remarks.push(Remark::RatioNotPositive);
            }
            mean
        }
        Some(_) | None => None,
    };
    Mean { center, ratio, remarks }
}

/// `None` where the first is 0 and this is not.
fn ratio((center, base): (f64, f64)) -> Option<f64> {
    match () {
        () if center == base => Some(1.0),
        () if base == 0.0 => None,
        () => Some(center / base),
    }
}
