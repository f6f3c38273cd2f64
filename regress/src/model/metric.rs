use std::sync::Arc;

use crate::unit::{Better, Unit};

/// What was measured: a name, its unit, and how to take a change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// `time`, `allocs`, … from [`METRICS`], or a harness's own word.
    pub name: Arc<str>,
    /// The base unit of its numbers.
    pub unit: Unit,
    /// Which direction is good news.
    pub better: Better,
    /// Whether the machine's mood is in the numbers.
    pub nature: Nature,
    /// Whether a change of it is judged without a rule that names it.
    pub standing: Standing,
}

/// Whether the machine's mood is in the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Counted: the same program on the same input gives the same number.
    Counted,
    /// Taken with a clock: two processes of the same program differ.
    Timed,
}

/// Whether a change of a metric is judged without a rule that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A regression of it breaks the build.
    Headline,
    /// It explains a headline metric, or is computed from one. Shown on request, judged where a rule names it.
    Detail,
}

struct Known {
    name: &'static str,
    unit: Unit,
    better: Better,
    nature: Nature,
    standing: Standing,
}

const fn known(name: &'static str, unit: Unit, better: Better, nature: Nature, standing: Standing) -> Known {
    Known { name, unit, better, nature, standing }
}

/// The metrics with a meaning of their own, in the order reports show them.
pub struct Metrics(&'static [Known]);

/// The table of known metrics.
pub const METRICS: Metrics = {
    use Better::{Higher, Lower};
    use Nature::{Counted, Timed};
    use Standing::{Detail, Headline};
    use Unit::{Bytes, BytesPerSecond, Count, Seconds};
    Metrics(&[
        known("allocs", Count, Lower, Counted, Headline),
        known("alloc-bytes", Bytes, Lower, Counted, Headline),
        known("peak-bytes", Bytes, Lower, Counted, Headline),
        known("leaked-bytes", Bytes, Lower, Counted, Headline),
        known("instructions", Count, Lower, Counted, Headline),
        known("time", Seconds, Lower, Timed, Headline),
        known("time-p50", Seconds, Lower, Timed, Detail),
        known("time-p90", Seconds, Lower, Timed, Detail),
        known("time-p99", Seconds, Lower, Timed, Detail),
        known("throughput", BytesPerSecond, Higher, Timed, Detail),
        known("time-per-kb", Seconds, Lower, Timed, Detail),
        known("estimated-cycles", Count, Lower, Counted, Detail),
        known("l1-hits", Count, Better::Unknown, Counted, Detail),
        known("ll-hits", Count, Lower, Counted, Detail),
        known("ram-hits", Count, Lower, Counted, Detail),
        known("reallocs", Count, Lower, Counted, Detail),
        known("frees", Count, Better::Unknown, Counted, Detail),
        known("contended", Count, Lower, Timed, Detail),
    ])
};

impl Metrics {
    /// Their names, in the order reports show them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|known| known.name)
    }

    /// The metric of this name.
    pub fn get(&self, name: &str) -> Option<Metric> {
        let known = self.0.iter().find(|known| known.name == name)?;
        Some(Metric {
            name: known.name.into(),
            unit: known.unit.clone(),
            better: known.better,
            nature: known.nature,
            standing: known.standing,
        })
    }

    /// Where reports show the metric of this name: known ones first, in table order.
    pub fn position(&self, name: &str) -> usize {
        self.0.iter().position(|known| known.name == name).unwrap_or(self.0.len())
    }
}

impl Metric {
    /// The known metric `name`. For names that are written in our own sources.
    ///
    /// # Panics
    /// When [`METRICS`] has no such name.
    pub fn known(name: &str) -> Metric {
        METRICS.get(name).expect("the name stands in METRICS")
    }

    /// A metric that only its harness understands: timed, judged by nothing until a rule names it.
    pub fn custom(name: &str, unit: Unit, better: Better) -> Metric {
        Metric { name: name.into(), unit, better, nature: Nature::Timed, standing: Standing::Detail }
    }

    /// This metric in another unit: throughput is bytes per second or elements per second.
    pub fn in_unit(self, unit: Unit) -> Metric {
        Metric { unit, ..self }
    }
}
