//! One file per group: workloads that are compared with each other stand side by side.

pub mod batch;
pub mod cache;
pub mod counter;
pub mod embedding;
pub mod format;
pub mod image;
pub mod json;
pub mod message;
pub mod query;
pub mod queue;
pub mod request;
pub mod response;
pub mod slice;
pub mod string;
