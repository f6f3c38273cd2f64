//! Measuring two programs in turns, as far as it touches the world.
//!
//! ```text
//! origin ─ checkout ─ cargo ─▶ executables ─ code (what differs) ─▶ lane (one side, ready)
//!                                                                    │
//!            journal ◀─ conditions ◀─ times ◀─ process · turns ◀─ harness (how each is driven)
//! ```
//!
//! In which order and how often is planned elsewhere, in `trial`.

mod cargo;
mod checkout;
mod code;
mod conditions;
mod harness;
mod interrupt;
mod journal;
mod lane;
mod lock;
mod origin;
mod process;
mod turns;

pub use code::Difference;
pub use conditions::{Conditions, Snapshot};
pub use harness::{Harness, Length};
pub use interrupt::{heed_interrupts, interrupted};
pub use journal::{Entry, Journal, Side, Subject};
pub use lane::{InStep, Lane, Turn, measure_in_turns};
pub use lock::{Company, Lock, claim};
pub use origin::Origin;
pub use process::Crash;
