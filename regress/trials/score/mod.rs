//! Decision rules, scored on the same real samples: what each would have said about changes that are known.
//!
//! ```text
//!   samples ─▶ draw ──────▶ rules ──────▶ tally ────────▶ table
//!   recorded   a benchmark   ours, and     how often each   README.md,
//!   rounds     with a known  what other    was right        between markers
//!              effect        tools do
//! ```
//!
//! Shared by `examples/score.rs`, which writes the tables of `trials/README.md`, and `tests/it/trial.rs`, which scores
//! the same at reduced size and holds the result against those tables.

pub mod apart;
pub mod calibration;
pub mod counts;
pub mod draw;
pub mod exact;
pub mod goals;
pub mod page;
pub mod random;
pub mod rules;
pub mod samples;
pub mod table;
pub mod tables;
pub mod tally;
