use serde::Serialize;

use crate::model::Noise;

/// What measuring a program against itself found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NullRun {
    /// When, RFC 3339 in UTC.
    pub recorded_at: Option<String>,
    /// So many runs were redrawn from its rounds.
    pub runs: usize,
    /// So many of them called something slower or faster.
    pub false_runs: usize,
    /// So many benchmarks were measured.
    pub benchmarks: usize,
    /// Of the steadiest benchmark the smallest slowdown that can be seen, new ÷ old.
    pub visible_least: Option<f64>,
    /// The same of the wildest.
    pub visible_most: Option<f64>,
}

impl NullRun {
    /// What is kept of it, in a few numbers.
    pub fn of(noise: &Noise) -> NullRun {
        let visible = noise.benchmarks.values().filter_map(|bench| Some(bench.visible.last()?.1));
        let visible: Vec<f64> = visible.filter(|ratio| ratio.is_finite()).collect();
        NullRun {
            recorded_at: noise.provenance.recorded_at.clone(),
            runs: noise.runs,
            false_runs: noise.false_runs,
            benchmarks: noise.benchmarks.len(),
            visible_least: visible.iter().copied().reduce(f64::min),
            visible_most: visible.iter().copied().reduce(f64::max),
        }
    }
}
