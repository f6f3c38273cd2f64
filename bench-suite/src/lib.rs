//! What is measured: the work of a face-recognition service, piece by piece, at several sizes.
//!
//! [`for_each_workload!`] is the one list. Four harnesses expand it, or are shown its cases by
//! [`visit_all`], and give each the same id, `group/function/case`:
//!
//! | harness | measures | with | for |
//! |---|---|---|---|
//! | `benches/wall_time.rs` | seconds | criterion | what a user waits for; noisy |
//! | `benches/instructions.rs` | instructions | callgrind through iai-callgrind | the smallest change, the same in every run |
//! | `benches/allocations.rs` | allocations, bytes, peak, leaks; locks found taken | `bench-meter` | exact budgets |
//! | `benches/latency.rs` | 50th and 99th percentile of single calls | `bench-meter` | what the unlucky user waits for |
//!
//! **Measured**: [`Workload::run`] and the drop of what it returns, on an input that was worked on
//! once before ([`warmed`]). Wall time and allocations cover all threads that take part;
//! instructions cover the thread that measures, so cases with more threads are left out there.
//!
//! **Not measured**: making and dropping the input; starting threads; the network, the disk and the
//! model, which stand outside a process's reach or are not ours; allocations of C code (SQLite),
//! which does not ask Rust's allocator.
//!
//! A workload has no clock and no randomness but from a fixed seed ([`input`]), and its hash maps
//! have a fixed hasher. `cargo test` runs every case twice on one input and checks both results.

mod crew;
pub mod input;
mod list;
mod lock;
pub mod similarity;
mod workload;
pub mod workloads;

pub use list::{Case, Visitor, visit_all};
pub use lock::contended;
pub use workload::{Workload, warmed};
