use super::Policy;
use crate::compare::{Comparison, Options};
use crate::model::{BenchId, METRICS, Nature, Run};

/// What is judged, and by what.
pub struct Request<'a> {
    /// The evidence.
    pub comparisons: Vec<Comparison>,
    /// The side compared against; `None` when there is none.
    pub old: Option<&'a Run>,
    /// The side that is judged.
    pub new: &'a Run,
    /// The rules, and how grave it is to break them.
    pub policy: &'a Policy,
    /// What the comparison took as given.
    pub options: &'a Options,
    /// What the user left out on purpose.
    pub selection: &'a Selection,
    /// Benchmarks that are in neither side though they were asked for, with the reason: `crashed: …`.
    pub unmeasured: Vec<(BenchId, String)>,
}

/// What the user left out on purpose: a rule about it is not a rule about nothing.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only some benchmarks are looked at.
    pub some_benchmarks: bool,
    /// Only these metrics are looked at; empty for all.
    pub metrics: Vec<String>,
    /// Metrics that could not be measured here.
    pub without: Vec<String>,
    /// Only counts are looked at.
    pub counts_only: bool,
}

impl Selection {
    /// Whether rows of this metric are left out.
    pub(super) fn leaves_out(&self, metric: &str) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == metric);
        let timed = || METRICS.get(metric).is_some_and(|known| known.nature == Nature::Timed);
        named(&self.without) || (!self.metrics.is_empty() && !named(&self.metrics)) || (self.counts_only && timed())
    }
}
