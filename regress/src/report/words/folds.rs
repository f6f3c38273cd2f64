use super::{NAMES, percent};
use crate::compare::MetricMean;
use crate::model::BenchId;
use crate::report::line::{Fold, Line};
use crate::report::view::Report;
use crate::unit::{count, show_change};

/// The rows that are counted and not listed, one line each.
pub(in crate::report) fn folds(report: &Report) -> Vec<String> {
    let folds = [Fold::Small, Fold::NotCompared, Fold::New, Fold::Gone, Fold::Unchanged, Fold::Detail, Fold::NoRule];
    folds.into_iter().filter_map(|fold| fold_words(report, fold)).collect()
}

fn fold_words(report: &Report, fold: Fold) -> Option<String> {
    let lines: Vec<&Line> = report.folded(fold).collect();
    let first = lines.first()?;
    let rows = count(lines.len(), "row");
    Some(match fold {
        Fold::Unchanged => format!("{rows} unchanged"),
        Fold::Small => {
            let threshold = percent(report.threshold.unwrap_or_default());
            format!("{rows} changed by less than {threshold} %, as --threshold says")
        }
        Fold::NotCompared => format!("{rows} not judged, see below"),
        Fold::New => format!("{rows} new: {}", names(lines.iter().map(|line| &line.row.comparison.id))),
        Fold::Gone => match first.row.judgements.first() {
            Some(judgement) => format!("{rows} gone: {}", judgement.sentence),
            None => format!("{rows} gone"),
        },
        Fold::Detail => format!("{rows} of details that no written rule names"),
        Fold::NoRule => format!("{rows} that no rule speaks of"),
    })
}

/// The names themselves while they are few, else how many. Rows of one benchmark stand together.
fn names<'a>(ids: impl Iterator<Item = &'a BenchId>) -> String {
    let mut ids: Vec<&BenchId> = ids.collect();
    ids.sort();
    ids.dedup();
    if ids.len() > NAMES {
        return count(ids.len(), "benchmark");
    }
    ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ")
}

/// `geomean allocs -12.1 % over 12 benchmarks (3 rows left out)`.
pub(in crate::report) fn mean(mean: &MetricMean) -> String {
    let MetricMean { metric, benchmarks, ratio, left_out } = mean;
    let over = count(*benchmarks, "benchmark");
    let without = if *left_out > 0 { format!(" ({} left out)", count(*left_out, "row")) } else { String::new() };
    match ratio {
        Some(ratio) => format!("geomean {metric} {} over {over}{without}", show_change(*ratio)),
        None => format!("geomean {metric}: none, as something came from zero or went to zero in {over}{without}"),
    }
}
