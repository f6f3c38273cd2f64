//! Compares benchmark results, judges budgets, fails the build on a regression.
//!
//! A result flows one way, and each stage has one type that leaves it:
//!
//! ```text
//!   io ──▶ formats ──▶ model ──▶ compare ──────▶ policy ────▶ report ──▶ text
//!   bytes              Run       Vec<Comparison>  Verdicts     Report
//!                                   ▲
//!                                 stats: numbers → numbers
//! ```
//!
//! Everything between [`io`] and [`cli`] is a pure function of what is handed in:
//!
//! ```
//! use regress::compare::{Options, compare};
//! use regress::formats::{File, choose};
//! use regress::model::Run;
//! use regress::policy::{Budgets, Conclusion, Policy, Request, Selection, judge};
//!
//! let run = |label: &str, text: &str| {
//!     let file = File { path: label.into(), bytes: text.as_bytes().to_vec() };
//!     let reading = (choose(&file.bytes).expect("Go benchmark text").read)(&[file]);
//!     Run::new(label, reading.provenance, reading.warnings, reading.observations).expect("each benchmark once")
//! };
//! let old = run("old", "BenchmarkCosine 1000 70 ns/op 0 allocs/op\n");
//! let new = run("new", "BenchmarkCosine 1000 70 ns/op 1 allocs/op\n");
//!
//! let options = Options::default();
//! let verdicts = judge(Request {
//!     comparisons: compare(&old, &new, &options),
//!     old: Some(&old),
//!     new: &new,
//!     policy: &Policy::from(Budgets::built_in()), // counts may not grow
//!     options: &options,
//!     selection: &Selection::default(),
//!     unmeasured: Vec::new(),
//! })
//! .expect("built-in budgets hold for anything");
//! assert_eq!(verdicts.conclusion(), Conclusion::Failed); // 0 → 1
//! ```

pub mod unit;

mod number;
mod parallel;

pub mod stats;

pub mod model;

pub mod formats;

pub mod select;

pub mod compare;

pub mod trial;

pub mod policy;

pub mod signoff;

pub mod report;

pub mod io;

pub mod cli;
