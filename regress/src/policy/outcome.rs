use std::fmt;

use super::bound::Bound;
use super::source::Source;

/// What one rule says about one row. Ordered from harmless to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The rule says nothing here: the row is only shown.
    NotJudged,
    /// Kept.
    Passed,
    /// These measurements cannot tell, and need not.
    Tolerated,
    /// Broken or not proven, and excused: see [`Excuse`].
    Excused,
    /// Demanded, and these measurements cannot tell.
    NotProven,
    /// Broken.
    Broken,
}

impl Outcome {
    /// In words, the same in all formats.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::NotJudged => "not judged",
            Outcome::Passed => "passed",
            Outcome::Tolerated => "tolerated",
            Outcome::Excused => "excused",
            Outcome::NotProven => "not proven",
            Outcome::Broken => "broken",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a rule that is broken, or not proven, does not fail the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excuse {
    /// A waiver stands, and the number is within its ceiling. Where the waiver stands.
    Waived(Source),
    /// The old side breaks it as well, and the new side is no worse.
    Inherited,
    /// The profile only warns of it. Where it says so.
    Warned(Source),
}

impl Excuse {
    /// In one word, the same in all formats.
    pub fn word(&self) -> &'static str {
        match self {
            Excuse::Waived(_) => "waived",
            Excuse::Inherited => "inherited",
            Excuse::Warned(_) => "warned",
        }
    }

    /// The line that excuses it; `None` where no line does.
    pub fn source(&self) -> Option<Source> {
        match self {
            Excuse::Waived(source) | Excuse::Warned(source) => Some(*source),
            Excuse::Inherited => None,
        }
    }
}

/// A number and its bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Against {
    /// What was found: base units for a limit, new ÷ old for a relative change.
    pub found: f64,
    /// What it has to keep, in the same unit.
    pub bound: Bound,
}
