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

/// What a metric tells of. The questions before a release ask by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// What is allocated, and how much of it at one time.
    Allocations,
    /// What is never given back.
    Leaks,
    /// Work of the processor, counted.
    Instructions,
    /// How long it usually takes.
    Time,
    /// How long the slowest of a hundred takes, or of more.
    P99,
    /// Waiting for others: locks that are taken.
    Contention,
    /// Something else.
    Other,
}

/// The words by which a metric of another tool tells what it is of, apart by anything that is neither letter nor digit:
/// `p99-sec/op` is a P99, `p995` is not.
pub const WORDS: &[(Aspect, &[&str])] = &[
    (Aspect::P99, &["p99", "q99", "p999", "q999"]),
    (Aspect::Leaks, &["live", "leak", "leaks", "leaked"]),
    (Aspect::Contention, &["lock", "locks", "contention", "contended", "mutex", "blocked"]),
];

struct Known {
    name: &'static str,
    unit: Unit,
    better: Better,
    nature: Nature,
    standing: Standing,
    aspect: Aspect,
}

const fn known(
    name: &'static str,
    unit: Unit,
    better: Better,
    nature: Nature,
    standing: Standing,
    aspect: Aspect,
) -> Known {
    Known { name, unit, better, nature, standing, aspect }
}

/// The metrics with a meaning of their own, in the order reports show them.
pub struct Metrics(&'static [Known]);

/// The table of known metrics.
pub const METRICS: Metrics = {
    use Aspect::{Allocations, Contention, Instructions, Leaks, Other, P99, Time};
    use Better::{Higher, Lower};
    use Nature::{Counted, Timed};
    use Standing::{Detail, Headline};
    use Unit::{Bytes, BytesPerSecond, Count, Seconds};
    Metrics(&[
        known("allocs", Count, Lower, Counted, Headline, Allocations),
        known("alloc-bytes", Bytes, Lower, Counted, Headline, Allocations),
        known("peak-bytes", Bytes, Lower, Counted, Headline, Allocations),
        known("leaked-bytes", Bytes, Lower, Counted, Headline, Leaks),
        known("instructions", Count, Lower, Counted, Headline, Instructions),
        known("time", Seconds, Lower, Timed, Headline, Time),
        known("time-p50", Seconds, Lower, Timed, Detail, Time),
        known("time-p90", Seconds, Lower, Timed, Detail, Time),
        known("time-p99", Seconds, Lower, Timed, Detail, P99),
        known("throughput", BytesPerSecond, Higher, Timed, Detail, Other),
        known("time-per-kb", Seconds, Lower, Timed, Detail, Time),
        known("estimated-cycles", Count, Lower, Counted, Detail, Other),
        known("l1-hits", Count, Better::Unknown, Counted, Detail, Other),
        known("ll-hits", Count, Lower, Counted, Detail, Other),
        known("ram-hits", Count, Lower, Counted, Detail, Other),
        known("reallocs", Count, Lower, Counted, Detail, Other),
        known("frees", Count, Better::Unknown, Counted, Detail, Other),
        known("contended", Count, Lower, Timed, Detail, Contention),
    ])
};

/// What older versions called a metric, and what it is called now.
const FORMER_NAMES: &[(&str, &str)] = &[("time-q90", "time-p90")];

impl Metrics {
    /// Their names, in the order reports show them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|known| known.name)
    }

    /// The metric of this name, or of the name that older versions wrote for it.
    pub fn get(&self, name: &str) -> Option<Metric> {
        let name = FORMER_NAMES.iter().find(|(former, _)| *former == name).map_or(name, |(_, today)| today);
        let known = self.0.iter().find(|known| known.name == name)?;
        Some(Metric {
            name: known.name.into(),
            unit: known.unit.clone(),
            better: known.better,
            nature: known.nature,
            standing: known.standing,
        })
    }

    /// What the metric of this name tells of: as the table says, and of a name that it does not know as its words do.
    pub fn aspect(&self, name: &str) -> Aspect {
        if let Some(known) = self.0.iter().find(|known| known.name == name) {
            return known.aspect;
        }
        let parts = || name.split(|c: char| !c.is_ascii_alphanumeric());
        let has = |words: &[&str]| parts().any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)));
        WORDS.iter().find(|(_, words)| has(words)).map_or(Aspect::Other, |(aspect, _)| *aspect)
    }

    /// Whether it is a time turned round: computed from the `time` of the same process, and as far apart as that is.
    pub fn is_of_the_time(&self, name: &str) -> bool {
        matches!(name, "throughput" | "time-per-kb")
    }

    /// The names of the metrics that tell of it, in the order reports show them.
    pub fn of(&self, aspect: Aspect) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter(move |known| known.aspect == aspect).map(|known| known.name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_tells_what_it_is_of() {
        #[track_caller]
        fn check(name: &str, expected: Aspect) {
            assert_eq!(METRICS.aspect(name), expected, "{name}");
        }
        check("time-p99", Aspect::P99);
        check("leaked-bytes", Aspect::Leaks);
        check("contended", Aspect::Contention);
        check("time", Aspect::Time);
        // Of other tools.
        check("p99-sec/op", Aspect::P99);
        check("latency.P999", Aspect::P99);
        check("p995-sec/op", Aspect::Other);
        check("live-objects", Aspect::Leaks);
        check("delivered", Aspect::Other);
        check("mutex_wait_ns", Aspect::Contention);
        check("blocked", Aspect::Contention);
        check("unblocked", Aspect::Other);
        check("", Aspect::Other);
    }

    #[test]
    fn every_question_has_a_metric_of_ours() {
        for (aspect, words) in WORDS {
            assert!(METRICS.of(*aspect).next().is_some(), "{aspect:?}");
            assert!(words.iter().all(|word| METRICS.aspect(word) == *aspect), "{aspect:?}");
        }
    }
}
