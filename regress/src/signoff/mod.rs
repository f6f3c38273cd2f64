//! [`Verdicts`](crate::policy::Verdicts) and all that they rest on → one [`Document`] that a release is signed on.
//!
//! ```text
//!   Facts: recipe, runs, Verdicts, noise, hashes
//!     ├─▶ headroom     budgets: limit, measured, how much is left
//!     ├─▶ course       each row against the last release and against its best ever
//!     ├─▶ unjudged     rows without a verdict, and why
//!     └─▶ checklist    one line for each question, from the table CHECKS
//!           └─▶ Document ─▶ report/signoff: JSON · Markdown · HTML
//!   Document as it was signed + Document as it is recomputed ─▶ verify: what differs
//! ```
//!
//! A document is a pure function of its [`Facts`]: the day is one of them, and there is no clock in it. The same facts
//! give the same bytes, so anybody can make them again.

mod answer;
mod checklist;
mod checks;
mod course;
mod document;
mod facts;
mod hash;
mod headroom;
mod null_run;
mod quote;
mod recipe;
mod unjudged;
mod verify;
mod word;

pub use answer::State;
pub use checklist::Line;
pub use checks::{CHECKS, Check};
pub use course::{Best, Course};
pub use document::{Armed, Breach, Counts, Document, NoiseSeen, Origin, Verdict, Waived};
pub use facts::Facts;
pub use hash::sha256;
pub use headroom::{BudgetRow, BudgetUse};
pub use null_run::NullRun;
pub use recipe::{EVIDENCE, Evidence, Input, Recipe, Tool};
pub use unjudged::Unjudged;
pub use verify::{Difference, differences};
