use std::sync::Arc;

use super::measurements::Measurements;
use crate::compare::Options;
use crate::model::Provenance;
use crate::signoff::NullRun;

/// What a report needs to know besides the verdicts.
#[derive(Clone, Debug)]
pub struct Context {
    /// What the report is called: several of one change are told apart by it.
    pub title: String,
    /// The side compared against; `None` when one side was judged on its own.
    pub old: Option<Side>,
    /// The side that was judged.
    pub new: Side,
    /// What the sides are.
    pub between: Between,
    /// What the comparison took as given.
    pub options: Options,
    /// The file the written rules stand in, for messages.
    pub config_path: Option<String>,
    /// The same from the top of the checkout, for programs that look there; `None` where it lies in none.
    pub config_in_checkout: Option<String>,
    /// The profile it was judged by; `None` where none was chosen.
    pub profile: Option<Arc<str>>,
    /// How often measuring here flags what did not change.
    pub false_alarms: FalseAlarms,
    /// What tells the programs of the two sides apart, where they were at hand: a sentence for each.
    pub code: Vec<String>,
    /// Where all of it is written as well, for a format that cannot hold it.
    pub elsewhere: Vec<String>,
    /// Which rows are listed.
    pub show: Show,
    /// What was measured, where a renderer wants to draw it.
    pub measurements: Option<Measurements>,
}

impl Context {
    /// Where the written rules stand, for programs that look in the checkout.
    pub(super) fn config_place(&self) -> Option<&str> {
        self.config_in_checkout.as_deref().or(self.config_path.as_deref())
    }
}

/// What is held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// An earlier run and a later one.
    Runs,
    /// Columns of one and the same: neither is a baseline.
    Columns,
}

/// How often measuring on this machine flagged what did not change, as far as anybody looked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FalseAlarms {
    /// What the last null run found.
    pub null_run: Option<NullRun>,
    /// What this run found on benchmarks whose machine code is the same on both sides.
    pub same_code: Option<SameCode>,
}

/// Benchmarks that cannot have changed, measured all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameCode {
    /// How many.
    pub benchmarks: usize,
    /// How many of them seemed to change.
    pub seemed_to_change: usize,
}

/// One side of the comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// What the user calls it.
    pub label: String,
    /// Where its numbers come from.
    pub provenance: Provenance,
}

/// Which rows are listed one by one. Formats for programs list all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Those that broke, that are not proven though they should be, or that changed.
    Changes,
    /// All.
    All,
}
