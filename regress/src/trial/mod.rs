//! Planning measurements: in which order, when to look, what is decided, who goes on.
//!
//! ```text
//!            ┌────────────── one round: every benchmark that is still open, old and new ◀───┐
//!            ▼                                                                              │
//!   order ─▶ measuring ─▶ round ─▶ log ratios ─▶ evidence ─▶ decision ─▶ rotation ──────────┘
//!   random   (elsewhere)  minimum  one a round   p against   Holm over    decided ones leave,
//!                         or median              boundaries  the family   the others get the time
//! ```
//!
//! Pure: times are handed in, no clock is read, no process is started.
//!
//! **Why rounds.** Measurements of one process share its memory layout and its minute of the machine. The unit that
//! is repeated is therefore the pair of processes, old and new, next to each other in time; one number per pair
//! counts, log(new ÷ old). What drifts slower than a round cancels in it.
//!
//! **Why looks.** Looking after every round and stopping when it is "significant" flags one unchanged benchmark in
//! five. The looks are fixed beforehand, and the error is split over them.

mod comparison;
mod evidence;
mod family;
mod forecast;
mod noise;
mod order;
mod pairing;
mod plan;
mod random;
mod rotation;
mod round;

pub use comparison::{alone, comparison, observations};
pub use evidence::{Evidence, weigh};
pub use family::{Decision, Standing, Verdict, decide};
pub use noise::{FalseAlarms, NoiseFloor, false_alarms, noise_floor};
pub use order::{First, Turn, round_order};
pub use pairing::{Candidate, Pairing, tighter};
pub use plan::{Looks, Measure, Plan, Question};
pub use rotation::{Rotation, Row};
pub use round::{Round, Statistic, Summary, log_ratios};
