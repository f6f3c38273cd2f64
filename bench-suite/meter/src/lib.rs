//! Counts what benchmarks allocate and leak: exactly, on all threads, in three lines. Times what single calls take.
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: bench_meter::CountingAllocator = bench_meter::CountingAllocator::system();
//!
//! fn main() -> std::process::ExitCode {
//!     bench_meter::main(|meter| {
//!         meter.case("string/join/n100", || vec!["word"; 100], |words| words.join(" "));
//!     })
//! }
//! ```
//!
//! That is a whole bench target (`harness = false` in `Cargo.toml`). `cargo bench` writes
//! `target/meter/<package>/<bench target>/new.jsonl` and prints one line per case.
//!
//! * [`CountingAllocator`] counts. [`total`], [`thread`] and [`PeakWatch`] read what it counted, in
//!   any program; [`Counts`] says what counts as what.
//! * [`main`] and [`Meter`] make a bench target of it.
//! * [`latency`] and [`Latency`] make one that times single calls, for their 99th percentile.
//! * [`FixedState`] keeps hash maps from being different in every run.
//! * `InTurns`, with the feature `criterion`, lets two programs take wall times in turns.
//!
//! Counting costs about a nanosecond per call (README.md has the measurement), so a program that
//! measures time should not install it.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that cannot go on may panic"))]

mod allocator;
mod arguments;
mod counts;
mod fixed_state;
mod latency;
mod leak;
mod measure;
mod meter;
mod peak;
mod place;
mod results;
mod session;
mod settle;
mod shard;
mod table;
#[cfg(feature = "criterion")]
mod turns;

pub use allocator::CountingAllocator;
pub use counts::{Counts, reset_thread_peak, thread, thread_peak_bytes, total};
pub use fixed_state::{FixedHashMap, FixedHashSet, FixedState};
pub use latency::{Latency, latency};
pub use meter::{Meter, main};
pub use peak::PeakWatch;
#[cfg(feature = "criterion")]
pub use turns::InTurns;

/// The example of the README is compiled and run like any other.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
