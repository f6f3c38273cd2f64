//! One file per group: the workloads that are compared with each other stand side by side.

pub mod string;
