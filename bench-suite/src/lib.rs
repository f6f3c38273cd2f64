//! What is measured.

pub mod input;
mod list;
pub mod similarity;
mod workload;
pub mod workloads;

pub use workload::{Workload, warmed};
