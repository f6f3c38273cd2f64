use crate::policy::bound::{Bound, Keeps};
use crate::policy::outcome::{Against, Outcome};

/// What a rule says about a row.
pub(in crate::policy) struct Ruling {
    pub outcome: Outcome,
    /// What was found, in words.
    pub sentence: String,
    /// What would tell what cannot be told.
    pub advice: Option<String>,
    /// The number that was found, and the bound it was held against.
    pub against: Option<Against>,
    /// Since when it is broken, where it is.
    pub age: Age,
}

/// Since when a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Age {
    /// Since now, as far as anybody knows.
    New,
    /// The old side breaks it as well, and the new side is no worse.
    Inherited,
    /// The old side breaks it as well, and nobody can say whether the new side is worse.
    PerhapsInherited,
}

impl Ruling {
    /// Without a number.
    pub fn new(outcome: Outcome, sentence: impl Into<String>) -> Ruling {
        Ruling { outcome, sentence: sentence.into(), advice: None, against: None, age: Age::New }
    }

    /// A number `found` that keeps a bound, breaks it, or may do either.
    pub fn on(keeps: Keeps, found: f64, bound: Bound, sentence: impl Into<String>) -> Ruling {
        let outcome = match keeps {
            Keeps::Yes => Outcome::Passed,
            Keeps::No => Outcome::Broken,
            Keeps::Unknown => Outcome::NotProven,
        };
        Ruling { against: Some(Against { found, bound }), ..Ruling::new(outcome, sentence) }
    }

    /// With what would help, where that is of use.
    pub fn advised(self, advice: impl FnOnce() -> String) -> Ruling {
        let advice = (self.outcome == Outcome::NotProven).then(advice);
        Ruling { advice, ..self }
    }
}
