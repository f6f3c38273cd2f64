//! What is measured: the work of a face-recognition service, piece by piece, at several sizes.

mod crew;
pub mod input;
mod list;
pub mod similarity;
mod workload;
pub mod workloads;

pub use workload::{Workload, warmed};
