//! [`Run`](crate::model::Run) → bytes: what results can be converted to.

use super::{bencher_metric, go_text, native, table};
use crate::model::Run;

/// A format that results can be written in.
pub struct Writer {
    /// What the user calls it.
    pub name: &'static str,
    /// What it is for, and what of a run it keeps.
    pub what: &'static str,
    /// All of a run.
    pub write: fn(&Run) -> Vec<u8>,
}

/// All of them. To add one, write its function next to the format's reader and add it here.
pub const WRITERS: &[Writer] = &[
    Writer { name: "regress", what: "what `regress record` keeps: everything", write: native::write },
    Writer { name: "go", what: "Go benchmark text: every measurement a line, for benchstat", write: go_text::write },
    Writer { name: "bmf", what: "Bencher Metric Format: the median of each benchmark", write: bencher_metric::write },
    Writer { name: "csv", what: "every measurement a line, with its process and its order", write: table::write },
];
