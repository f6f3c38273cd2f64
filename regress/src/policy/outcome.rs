use super::bound::Bound;

/// What one rule says about one row. Ordered from harmless to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The rule says nothing here: the row is only shown.
    NotJudged,
    /// Kept.
    Passed,
    /// These measurements cannot tell, and need not.
    Tolerated,
    /// Demanded, and these measurements cannot tell.
    NotProven,
    /// Broken.
    Broken,
}

/// A number and its bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Against {
    /// What was found: base units for a limit, new ÷ old for a relative change.
    pub found: f64,
    /// What it has to keep, in the same unit.
    pub bound: Bound,
}
