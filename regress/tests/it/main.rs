//! The only integration binary.

#![allow(clippy::unwrap_used, reason = "a test says with a panic what is wrong")]

mod browser;
mod clusters;
mod cmd;
mod corpus;
mod drop_in;
mod every_format;
mod excused;
mod fuzz;
mod http;
mod judging;
mod oracle_benchstat;
mod other_languages;
mod properties;
mod ratchet;
mod report;
mod rust_formats;
mod scaling;
mod trial;
mod valgrind;
mod walls;
mod world;
