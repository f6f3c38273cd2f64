use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{BenchId, Run};

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
