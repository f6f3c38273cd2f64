//! The events that callgrind and cachegrind count, and what follows from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{File, Place, Problem, ReadError, Reading, known};
use crate::model::{BenchId, Exact, Observation, Values};

/// Hands the counts of a benchmark to the reading: its observations, or what is wrong with them.
///
/// * `total`: of all its processes; `None` where the sum does not fit into 64 bits.
/// * `file`: the first of its files.
/// * Returns whether they are observations.
pub(super) fn report(
    total: Option<Events>,
    id: BenchId,
    harness: &'static str,
    file: &File,
    reading: &mut Reading,
) -> bool {
    let counts = match total.ok_or_else(too_many).and_then(|total| total.metrics()) {
        Ok(counts) => counts,
        Err(problem) => {
            reading.problems.push(ReadError { path: file.path.clone(), place: Place::Whole, problem });
            return false;
        }
    };
    let harness: Arc<str> = harness.into();
    reading.observations.extend(counts.into_iter().map(|(metric, total)| Observation {
        id: id.clone(),
        metric: known(metric),
        values: Values::Exact(Exact::once(total)),
        harness: harness.clone(),
        origin: file.path.clone(),
    }));
    true
}

/// How often each event happened, by valgrind's name of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Events(BTreeMap<String, u64>);

impl Events {
    /// Pairs the names of an `events:` line with the counts of a line of costs.
    ///
    /// Trailing zeros may be left out of the latter.
    ///
    /// # Errors
    /// Something that is no count below 2^64; more counts than names.
    ///
    /// * `counts_name`: how the line of costs begins, for the message.
    pub(super) fn paired(names: &str, counts: &str, counts_name: &'static str) -> Result<Events, Problem> {
        let names: Vec<&str> = names.split_ascii_whitespace().collect();
        let parsed: Result<Vec<u64>, _> = counts.split_ascii_whitespace().map(str::parse).collect();
        let Ok(parsed) = parsed else {
            let found = counts.chars().take(80).collect();
            return Err(Problem::ImpossibleNumber { found, wanted: "counts below 2^64" });
        };
        if parsed.len() > names.len() {
            return Err(Problem::UnpairedLists { first: ("events", names.len()), second: (counts_name, parsed.len()) });
        }
        let mut events = BTreeMap::new();
        for (name, count) in names.into_iter().zip(parsed.into_iter().chain(std::iter::repeat(0))) {
            if events.insert(name.to_owned(), count).is_some() {
                return Err(Problem::Syntax {
                    found: format!("event `{name}` twice"),
                    wanted: "each event once".into(),
                });
            }
        }
        Ok(Events(events))
    }

    /// The sum; `None` when it does not fit.
    pub(super) fn plus(mut self, other: &Events) -> Option<Events> {
        for (name, count) in &other.0 {
            let sum = self.0.entry(name.clone()).or_default();
            *sum = sum.checked_add(*count)?;
        }
        Some(self)
    }

    /// The metrics that follow.
    ///
    /// # Errors
    /// No instruction was counted: nothing was measured (the entry point matched no function). A sum does not fit
    /// into 64 bits.
    pub(super) fn metrics(&self) -> Result<Vec<(&'static str, u64)>, Problem> {
        let Some(instructions) = self.0.get("Ir").copied().filter(|count| *count > 0) else {
            return Err(Problem::Empty);
        };
        let mut counts = vec![("instructions", instructions)];
        if let Some(cache) = CacheHits::of(self) {
            let hits = cache.ok_or_else(too_many)?;
            counts.push(("estimated-cycles", hits.estimated_cycles().ok_or_else(too_many)?));
            counts.extend([("l1-hits", hits.first_level), ("ll-hits", hits.last_level), ("ram-hits", hits.memory)]);
        }
        Ok(counts)
    }

    /// The counts of all `names`; `None` when one of them was not counted.
    fn all<const N: usize>(&self, names: [&str; N]) -> Option<[u64; N]> {
        let mut counts = [0; N];
        for (count, name) in counts.iter_mut().zip(names) {
            *count = *self.0.get(name)?;
        }
        Some(counts)
    }
}

/// A sum of counts went over what can be counted.
fn too_many() -> Problem {
    Problem::ImpossibleNumber { found: "the sum of all events".to_owned(), wanted: "less than 2^64" }
}

/// Where memory accesses, instruction fetches included, were answered.
struct CacheHits {
    first_level: u64,
    last_level: u64,
    memory: u64,
}

impl CacheHits {
    /// Outer `None`: the cache was not simulated. Inner `None`: a sum does not fit.
    fn of(events: &Events) -> Option<Option<CacheHits>> {
        let accesses = events.all(["Ir", "Dr", "Dw"])?;
        let first_level_misses = events.all(["I1mr", "D1mr", "D1mw"])?;
        let last_level_misses = events.all(["ILmr", "DLmr", "DLmw"])?;
        Some(CacheHits::from_sums(sum(accesses), sum(first_level_misses), sum(last_level_misses)))
    }

    fn from_sums(accesses: Option<u64>, first_misses: Option<u64>, last_misses: Option<u64>) -> Option<CacheHits> {
        let (first_misses, memory) = (first_misses?, last_misses?);
        let last_level = first_misses.saturating_sub(memory);
        let first_level = accesses?.saturating_sub(memory).saturating_sub(last_level);
        Some(CacheHits { first_level, last_level, memory })
    }

    /// A cycle for the first level, 5 for the last, 35 for memory.
    ///
    /// Source: Itamar Turner-Trauring, <https://pythonspeed.com/articles/consistent-benchmarking-in-ci/>,
    /// as both harnesses print it.
    fn estimated_cycles(&self) -> Option<u64> {
        sum([self.first_level, self.last_level.checked_mul(5)?, self.memory.checked_mul(35)?])
    }
}

fn sum<const N: usize>(counts: [u64; N]) -> Option<u64> {
    counts.into_iter().try_fold(0u64, u64::checked_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_follow_from_the_events() {
        let names = "Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw";
        let metrics = |counts: &str| Events::paired(names, counts, "totals").and_then(|events| events.metrics());
        let expected = vec![
            ("instructions", 100),
            ("estimated-cycles", 118 + 5 * 8 + 35 * 4), // 130 accesses, 12 of them missed once, 4 twice
            ("l1-hits", 118),
            ("ll-hits", 8),
            ("ram-hits", 4),
        ];
        assert_eq!(metrics("100 20 10 6 4 2 2 1 1"), Ok(expected));
        // No misses at all: the zeros are left out.
        assert_eq!(metrics("5").map(|counts| counts[1]), Ok(("estimated-cycles", 5)));
        assert_eq!(metrics("0 1"), Err(Problem::Empty));
        assert_eq!(metrics("18446744073709551615 1"), Err(too_many()));
        assert_eq!(Events::paired("Bc", "5", "totals").and_then(|events| events.metrics()), Err(Problem::Empty));
    }
}
