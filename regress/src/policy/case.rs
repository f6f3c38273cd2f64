use super::scope::Scope;
use crate::compare::{Comparison, Options};
use crate::model::Run;

/// What a rule may look at.
pub(super) struct Case<'a> {
    pub row: &'a Comparison,
    /// The scope of the budget that holds the rule.
    pub scope: &'a Scope,
    /// The side compared against, where there is one.
    pub old: Option<&'a Run>,
    pub new: &'a Run,
    pub options: &'a Options,
    /// Whether the new side has the benchmark, if in another metric.
    pub benchmark_is_new_side: bool,
    /// Whether either side has a headline metric of the benchmark.
    pub benchmark_has_headline: bool,
}
