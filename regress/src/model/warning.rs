use super::BenchId;

/// Something the reader of a report should know; it stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// The row it belongs to: a benchmark, and a metric of it. `None` for the whole run.
    pub row: Option<(BenchId, Option<String>)>,
    /// What is so, and what to do about it. Lower case, no full stop.
    pub text: String,
}

impl Warning {
    /// About the whole run.
    pub fn general(text: impl Into<String>) -> Warning {
        Warning { row: None, text: text.into() }
    }

    /// About one metric of one benchmark.
    pub fn about(id: &BenchId, metric: &str, text: impl Into<String>) -> Warning {
        Warning { row: Some((id.clone(), Some(metric.to_owned()))), text: text.into() }
    }
}
