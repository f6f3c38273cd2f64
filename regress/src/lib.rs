//! Compares benchmark results.
