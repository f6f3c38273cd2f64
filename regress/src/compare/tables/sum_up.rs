use super::gather::{CellDraft, TableDraft};
use super::{Cell, Contrast, Criteria, Mean, Remark, Row, Table, Tables};
use crate::parallel::in_parts;
use crate::select::{Key, Projections};
use crate::stats::{self, Method, Sample};

pub(super) fn tables(projections: &Projections, drafts: Vec<TableDraft>, criteria: &Criteria) -> Tables {
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let mut keys: Vec<Key> = drafts.iter().filter_map(|draft| draft.key).collect();
    projections.table.sort(&mut keys);
    let mut drafts: Vec<Option<TableDraft>> = drafts.into_iter().map(Some).collect();
    let ordered = keys.into_iter().filter_map(|key| Some((key, drafts[key.index()].take()?)));
    Tables {
        fields: owned(projections.table.field_names()),
        column_fields: owned(projections.column.field_names()),
        tables: ordered.map(|(key, draft)| table(projections, key, draft, criteria)).collect(),
    }
}

fn table(projections: &Projections, key: Key, draft: TableDraft, criteria: &Criteria) -> Table {
    let values: Vec<String> = projections.table.values(key).into_iter().map(str::to_owned).collect();
    let unit = values.last().cloned().unwrap_or_default();
    let is_exact = (criteria.is_exact)(&unit);
    let mut rows: Vec<Key> = draft.cells.iter().map(|cell| cell.row).collect();
    let mut columns: Vec<Key> = draft.cells.iter().map(|cell| cell.column).collect();
    let row_places = places(&mut rows, |keys| projections.row.sort(keys));
    let column_places = places(&mut columns, |keys| projections.column.sort(keys));

    let mut samples: Vec<Line> =
        rows.iter().map(|row| (*row, columns.iter().map(|_| None).collect::<Vec<_>>())).collect();
    for cell in draft.cells {
        let (row, column) = (row_places[cell.row.index()], column_places[cell.column.index()]);
        samples[row].1[column] = SampledCell::new(cell);
    }
    let rows: Vec<Row> = in_parts(&samples, ROWS_AT_A_TIME, |lines| {
        let row = |(key, cells): &Line| {
            let first = cells.first().and_then(Option::as_ref);
            let mut cells: Vec<Option<Cell>> = cells
                .iter()
                .enumerate()
                .map(|(column, cell)| {
                    let base = first.filter(|_| 0 < column);
                    cell.as_ref().map(|cell| cell.sum_up(base, is_exact, projections, criteria))
                })
                .collect();
            tell_bases(&mut cells);
            Row { label: projections.row.label(*key), cells }
        };
        lines.iter().map(row).collect::<Vec<_>>()
    })
    .concat();
    let means = (0..columns.len()).map(|column| mean(&rows, column)).collect();
    let owned = |key: &Key| projections.column.values(*key).into_iter().map(str::to_owned).collect();
    Table { values, unit, columns: columns.iter().map(owned).collect(), rows, means }
}

/// Chosen: enough that the threads do not wait for each other, few enough that none is left over at the end.
const ROWS_AT_A_TIME: usize = 16;

/// A row: its key, and its cells by column.
type Line = (Key, Vec<Option<SampledCell>>);

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
    residue: Vec<Key>,
}

impl SampledCell {
    /// `None` when there is no measurement, or one that is none: readers let neither through.
    fn new(cell: CellDraft) -> Option<SampledCell> {
        Some(SampledCell { sample: Sample::new(cell.values).ok()?, residue: cell.residue })
    }

    fn sum_up(
        &self,
        base: Option<&SampledCell>,
        is_exact: bool,
        projections: &Projections,
        criteria: &Criteria,
    ) -> Cell {
        let mut remarks = Vec::new();
        let varying = projections.residue.varying(&self.residue);
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
    let p = doubled.unwrap_or(test.p);
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
