use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Comparison, Finding, Sides};
use crate::model::{METRICS, Standing};
use crate::stats;

/// The geometric mean of one metric over all benchmarks that both sides have.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricMean {
    /// The metric's name.
    pub metric: Arc<str>,
    /// How many benchmarks are in it.
    pub benchmarks: usize,
    /// new ÷ old. `None` when a zero is among them: there is no geometric mean with a zero.
    pub ratio: Option<f64>,
    /// How many rows were left out, because they stand on one side only or are not comparable.
    pub left_out: usize,
}

/// The geometric mean of each headline metric that more than one benchmark has, in the order of [`METRICS`].
///
/// A row with zero on both sides counts as unchanged.
pub fn geomeans(comparisons: &[Comparison]) -> Vec<MetricMean> {
    let headlines = comparisons.iter().filter(|c| c.metric.standing == Standing::Headline);
    let names: BTreeSet<&Arc<str>> = headlines.map(|c| &c.metric.name).collect();
    let mut names: Vec<&Arc<str>> = names.into_iter().collect();
    names.sort_by_key(|name| METRICS.position(name));
    names.into_iter().filter_map(|name| mean_of(name, comparisons)).collect()
}

fn mean_of(name: &Arc<str>, comparisons: &[Comparison]) -> Option<MetricMean> {
    let rows = || comparisons.iter().filter(|c| c.metric.name == *name);
    let ratios: Vec<f64> = rows()
        .filter(|c| !matches!(c.finding, Finding::NotComparable(_)))
        .filter_map(|c| match &c.sides {
            Sides::Both { old, new } if old.center.point == new.center.point => Some(1.0),
            // A division by zero is infinite, and has no logarithm to be averaged.
            Sides::Both { old, new } => Some(new.center.point / old.center.point),
            Sides::OnlyOld(_) | Sides::OnlyNew(_) => None,
        })
        .collect();
    let ratio = if ratios.iter().all(|r| r.is_finite()) { stats::geometric_mean(ratios.iter().copied()) } else { None };
    (ratios.len() > 1).then(|| MetricMean {
        metric: name.clone(),
        benchmarks: ratios.len(),
        ratio,
        left_out: rows().count() - ratios.len(),
    })
}
