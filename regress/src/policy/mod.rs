//! [`Comparison`](crate::compare::Comparison)s + budgets → [`Verdicts`]. A rule weighs evidence, it does not make any.
//!
//! A budget is a scope (benchmark pattern and metric) with the [`RULES`] that hold there. Of the budgets that match
//! a row, the last one that has a rule of a kind decides that kind: later budgets refine earlier ones, rule by rule.
//! The [`built_in`](Budgets::built_in) budgets come before those of `regress.toml`.

mod bound;
mod budget;
mod case;
mod entry;
mod judge;
mod outcome;
mod rules;
mod scope;
mod verdict;

pub use bound::{Bound, Keeps, Operator};
pub use budget::{Budget, Budgets, Source};
pub use entry::{Entry, EntryError, Field, Value, did_you_mean};
pub use judge::{Request, Selection, judge};
pub use outcome::{Against, Outcome};
pub use rules::{RULES, Rule, RuleKind};
pub use scope::Scope;
pub use verdict::{Conclusion, Judgement, Row, Verdicts};
