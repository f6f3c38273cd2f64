//! Counts what a benchmark allocates.
