//! The kinds of rules a budget can hold, one file each.

mod change;
mod limit;
mod min_samples;
mod present;
mod ratio;
mod ruling;
pub(super) mod scaling;
mod unproven;

pub use change::{ChangeKind, ChangeLimit};
pub use limit::Limit;
pub use ratio::RatioLimit;
pub(super) use ruling::{Age, Ruling};
pub use scaling::ScalingLimit;
pub use unproven::Unproven;

use super::case::Case;
use super::entry::Value;
use super::scope::Scope;

/// The key a rule has in a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleKind {
    /// `limit`
    Limit,
    /// `change`
    Change,
    /// `ratio`
    Ratio,
    /// `scaling`
    Scaling,
    /// `min_samples`
    MinSamples,
    /// `present`
    Present,
    /// `unproven`
    Unproven,
}

/// A rule with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// The new side keeps an absolute bound.
    Limit(Limit),
    /// The new side stands to the old one within a bound.
    Change(ChangeLimit),
    /// The new side stands to another benchmark of the same run within a bound.
    Ratio(RatioLimit),
    /// The new side grows with its size within a bound.
    Scaling(ScalingLimit),
    /// Each side has at least so many measurements.
    MinSamples(usize),
    /// Whether a benchmark may be missing.
    Present(bool),
    /// What becomes of a rule that these measurements cannot decide.
    Unproven(Unproven),
}

/// A kind of rule: its key, what it means, how it is read.
pub struct RuleInfo {
    /// Which kind.
    pub kind: RuleKind,
    /// The key in a budget.
    pub key: &'static str,
    /// A value that is understood.
    pub example: &'static str,
    /// What it demands, in one sentence that begins with a verb.
    pub what: &'static str,
    pub(super) parse: fn(&Value, &Scope) -> Result<Rule, String>,
}

/// All kinds of rules.
pub const RULES: &[RuleInfo] =
    &[limit::INFO, change::INFO, ratio::INFO, scaling::INFO, min_samples::INFO, present::INFO, unproven::INFO];

impl Rule {
    /// Which kind it is.
    pub fn kind(&self) -> RuleKind {
        match self {
            Rule::Limit(_) => RuleKind::Limit,
            Rule::Change(_) => RuleKind::Change,
            Rule::Ratio(_) => RuleKind::Ratio,
            Rule::Scaling(_) => RuleKind::Scaling,
            Rule::MinSamples(_) => RuleKind::MinSamples,
            Rule::Present(_) => RuleKind::Present,
            Rule::Unproven(_) => RuleKind::Unproven,
        }
    }

    /// What the rule says about a row. `None`: nothing.
    pub(super) fn judge(&self, case: &Case<'_>) -> Option<Ruling> {
        match self {
            Rule::Limit(limit) => limit.judge(case),
            Rule::Change(change) => change.judge(case),
            Rule::Ratio(ratio) => ratio.judge(case),
            Rule::Scaling(scaling) => scaling.judge(case),
            Rule::MinSamples(least) => min_samples::judge(*least, case),
            Rule::Present(present) => present::judge(*present, case),
            Rule::Unproven(_) => None,
        }
    }

    /// The value as it is written.
    pub fn text(&self) -> String {
        match self {
            Rule::Limit(limit) => limit.text.clone(),
            Rule::Change(change) => change.text.clone(),
            Rule::Ratio(ratio) => format!("{} of {}", ratio.text, ratio.versus),
            Rule::Scaling(scaling) => scaling.text.clone(),
            Rule::MinSamples(least) => least.to_string(),
            Rule::Present(present) => present.to_string(),
            Rule::Unproven(unproven) => unproven.to_string(),
        }
    }
}

impl RuleKind {
    /// Whether a waiver can excuse it: a rule that holds a number against a bound. For growth the ceiling is that of the
    /// largest size.
    pub fn can_be_waived(self) -> bool {
        match self {
            RuleKind::Limit | RuleKind::Change | RuleKind::Ratio | RuleKind::Scaling => true,
            RuleKind::MinSamples | RuleKind::Present | RuleKind::Unproven => false,
        }
    }

    /// The table's entry for it.
    pub fn info(self) -> &'static RuleInfo {
        RULES.iter().find(|info| info.kind == self).expect("every kind stands in RULES")
    }
}
