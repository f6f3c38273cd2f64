use std::sync::Arc;

use crate::model::BenchId;
use crate::select::Pattern;

/// Where a budget holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// For these benchmarks.
    pub benchmark: Pattern,
    /// For this metric; `None` for all.
    pub metric: Option<Arc<str>>,
    /// The benchmark that a ratio divides by.
    pub versus: Option<Pattern>,
}

impl Scope {
    /// Whether a budget with this scope speaks of a row.
    pub fn holds(&self, id: &BenchId, metric: &str) -> bool {
        self.metric.as_deref().is_none_or(|name| name == metric) && self.benchmark.matches(id)
    }
}
