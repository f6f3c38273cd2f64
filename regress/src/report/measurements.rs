use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{BenchId, Observation, Processes, Run, Values};

/// What plots are drawn from. Kept only where a renderer [draws](super::Renderer::draws): there is much of it.
#[derive(Clone, Debug)]
pub struct Measurements {
    /// The side compared against; `None` when one side was judged on its own.
    pub old: Option<Run>,
    /// The side that was judged.
    pub new: Run,
    /// Of what was measured in turns.
    pub rounds: Rounds,
}

/// new ÷ old of each round, in the order of the rounds, by benchmark and metric.
pub type Rounds = BTreeMap<(BenchId, Arc<str>), Vec<f64>>;

/// What was measured of one row, base units. Nothing of a count, and nothing where nobody kept it.
#[derive(Default)]
pub(super) struct Samples<'a> {
    pub old: Option<&'a Processes>,
    pub new: Option<&'a Processes>,
    /// new ÷ old of each round, where the sides took turns.
    pub rounds: &'a [f64],
}

impl Measurements {
    /// What was measured of a row.
    pub(super) fn of(&self, id: &BenchId, metric: &Arc<str>) -> Samples<'_> {
        let Measurements { old, new, rounds } = self;
        Samples {
            old: old.as_ref().and_then(|run| run.get(id, metric)).and_then(sampled),
            new: new.get(id, metric).and_then(sampled),
            rounds: rounds.get(&(id.clone(), metric.clone())).map_or(&[], Vec::as_slice),
        }
    }
}

fn sampled(observation: &Observation) -> Option<&Processes> {
    match &observation.values {
        Values::Sampled(processes) => Some(processes),
        Values::Exact(_) => None,
    }
}
