use std::fmt;

use super::comparison::Finding;

/// What was found, in one word: the same in all formats. Ordered as reports list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// The new program ended without a number.
    Crashed,
    /// For the worse.
    Regressed,
    /// For the better.
    Improved,
    /// Otherwise, of a metric of which nobody says what is better.
    Differs,
    /// These measurements cannot tell.
    NotProven,
    /// A change as large as the budget is excluded.
    WithinBudget,
    /// The two sides were not measured alike, or there is one alone.
    NotJudged,
    /// Only the new side has it.
    New,
    /// Only the old side has it.
    Gone,
    /// Equal, or proved to be.
    Unchanged,
}

impl Word {
    /// All of them, in order.
    pub const ALL: [Word; 10] = [
        Word::Crashed,
        Word::Regressed,
        Word::Improved,
        Word::Differs,
        Word::NotProven,
        Word::WithinBudget,
        Word::NotJudged,
        Word::New,
        Word::Gone,
        Word::Unchanged,
    ];

    /// As every format writes it.
    pub fn text(self) -> &'static str {
        match self {
            Word::Crashed => "crashed",
            Word::Regressed => "regressed",
            Word::Improved => "improved",
            Word::Differs => "differs",
            Word::NotProven => "not proven",
            Word::WithinBudget => "within budget",
            Word::NotJudged => "not judged",
            Word::New => "new",
            Word::Gone => "gone",
            Word::Unchanged => "unchanged",
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Finding {
    /// Without its reasons.
    pub fn word(&self) -> Word {
        match self {
            Finding::Regressed => Word::Regressed,
            Finding::Improved => Word::Improved,
            Finding::Unchanged => Word::Unchanged,
            Finding::WithinBudget => Word::WithinBudget,
            Finding::Differs => Word::Differs,
            Finding::NotProven(_) => Word::NotProven,
            Finding::NotComparable(_) => Word::NotJudged,
            Finding::OnlyOld => Word::Gone,
            Finding::Crashed(_) => Word::Crashed,
            Finding::OnlyNew => Word::New,
        }
    }
}
