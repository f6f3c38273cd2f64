//! Compares benchmark results, judges budgets, fails the build on a regression.

pub mod unit;

pub mod stats;

pub mod model;

pub mod formats;

pub mod compare;

pub mod policy;

pub mod report;

pub mod io;

pub mod cli;
