//! The only integration binary.

mod corpus;
mod oracle_benchstat;
mod properties;
mod report;
