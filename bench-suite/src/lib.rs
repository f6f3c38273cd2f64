//! What is measured.

pub mod input;
mod list;
mod workload;
pub mod workloads;

pub use workload::{Workload, warmed};
