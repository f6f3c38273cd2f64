//! [`Comparison`](crate::compare::Comparison)s + budgets → [`Verdicts`]. A rule weighs evidence, it does not make any.
//!
//! A budget is a scope (benchmark pattern and metric) with the [`RULES`] that hold there. Of the budgets that match
//! a row, the last one that has a rule of a kind decides that kind: later budgets refine earlier ones, rule by rule.
//! The [`built_in`](Budgets::built_in) budgets come before those of `regress.toml`.
//!
//! ```text
//!   row ─▶ rules ─▶ ruling ─▶ excuse (profile: levels · waivers · inherited) ─▶ Judgement
//!                                                         waived: what became of each waiver
//!   breach: a row made worse ─▶ the same path ─▶ armed: whether each rule can fire
//! ```

mod alias;
mod appeared;
mod apply;
mod armed;
mod bound;
mod breach;
mod budget;
mod case;
mod day;
mod entry;
mod excuse;
mod judge;
mod judgement;
mod level;
mod outcome;
mod profile;
mod propose;
mod ratchet;
mod renamed;
mod request;
mod rules;
mod scope;
mod source;
mod vacuous;
mod verdict;
mod waived;
mod waiver;

pub use alias::{Alias, Aliases};
pub use armed::{ArmedRule, ArmedState};
pub use bound::{Bound, Keeps, Operator};
pub use budget::{Budget, Budgets};
pub use day::Day;
pub use entry::{Entry, EntryError, Field, Value, did_you_mean};
pub use judge::judge;
pub use judgement::{Judgement, Row};
pub use level::Level;
pub use outcome::{Against, Excuse, Outcome};
pub use profile::{LEVEL_KEYS, LevelKey, Profile, Stand, Topic};
pub use propose::{Proposal, propose};
pub use ratchet::{Reached, Room, loosen, tighten};
pub use renamed::Renamed;
pub use request::{Request, Selection};
pub use rules::{RULES, Rule, RuleKind, Unproven};
pub use scope::Scope;
pub use source::Source;
pub use verdict::{Conclusion, Verdicts};
pub use waived::{WaiverState, WaiverUse};
pub use waiver::{Waiver, Waivers};

/// What must hold, how grave it is where it does not, and what is excused.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// What must hold.
    pub budgets: Budgets,
    /// How grave it is where it does not.
    pub profile: Profile,
    /// What is excused until a day.
    pub waivers: Waivers,
}

impl From<Budgets> for Policy {
    /// Budgets as they are, every breach of them a failure.
    fn from(budgets: Budgets) -> Policy {
        Policy { budgets, profile: Profile::standard(), waivers: Waivers::default() }
    }
}
