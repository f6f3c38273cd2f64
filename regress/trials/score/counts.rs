//! Is the effect what it is said to be? And what comparing counts exactly makes of it.

use std::sync::Arc;

use regress::compare::{Finding, Options, contrast};
use regress::model::{BenchId, Exact, Metric, Observation, Values};

use super::samples::{Counts, Samples};
use super::table::{markdown, row, signed_percent};

/// What instructions may grow by unless a budget says otherwise: layout and allocator move them by a tenth of it.
const INSTRUCTIONS_ALLOWED: f64 = 1.003;

/// Counted under valgrind, threads that wait for each other run differently each time: not an exact metric.
pub const NOT_EXACT: [&str; 1] = ["pingpong"];

/// What exact comparing of two versions said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exactly {
    pub pairs: usize,
    pub flagged: usize,
}

/// Instructions of the versions, by kind.
pub fn effects(samples: &Samples) -> String {
    if samples.counts.is_empty() {
        return "Not counted: there was no `valgrind`.\n".to_owned();
    }
    let mut rows = vec![row(&["kind", "instructions a measurement", "+0 %"])];
    rows[0].extend(samples.effects[1..].iter().map(|effect| format!("+{:.0} %", 100.0 * (effect - 1.0))));
    rows[0].push("allocations of +10 %".to_owned());
    for (kind, counts) in samples.kinds.iter().zip(&samples.counts) {
        let (old, new) = (counts[0], &counts[1..]);
        let growth = |new: u64, old: u64| signed_percent(new as f64 / old as f64 - 1.0);
        let mut cells = vec![kind.clone(), format!("{:.0}", old.instructions as f64 / 2.0)];
        cells.extend(new.iter().map(|new| growth(new.instructions, old.instructions)));
        cells.push(new.last().map_or(String::new(), |new| growth(new.allocations, old.allocations)));
        rows.push(cells);
    }
    markdown(&rows)
}

/// Unchanged and changed pairs of versions, by instructions (+1 % and more) and by allocations (where they grow).
///
/// `None` where nothing was counted.
pub fn exactly(samples: &Samples) -> Option<(Exactly, Exactly)> {
    let (mut unchanged, mut changed) = (Exactly::default(), Exactly::default());
    let exact = samples.kinds.iter().zip(&samples.counts).filter(|(kind, _)| !NOT_EXACT.contains(&kind.as_str()));
    for (_, counts) in exact {
        for (new, effect) in counts[1..].iter().zip(&samples.effects) {
            for (metric, value, allowed) in METRICS {
                let (old, new) = (value(&counts[0]), value(new));
                let is_changed = *effect > 1.0 && (metric == "instructions" || old != new);
                let tally = if is_changed { &mut changed } else { &mut unchanged };
                tally.pairs += 1;
                tally.flagged += usize::from(is_flagged(metric, old, new, allowed));
            }
        }
    }
    (unchanged.pairs > 0).then_some((unchanged, changed))
}

type Value = fn(&Counts) -> u64;

const METRICS: [(&str, Value, f64); 2] = [
    ("instructions", |counts| counts.instructions, INSTRUCTIONS_ALLOWED),
    ("allocs", |counts| counts.allocations, 1.0),
];

/// As `regress compare` finds it, and its budgets judge it unless told otherwise.
fn is_flagged(metric: &str, old: u64, new: u64, allowed: f64) -> bool {
    let observation = |total| Observation {
        id: BenchId::new("kernel"),
        metric: Arc::new(Metric::known(metric)),
        values: Values::Exact(Exact::once(total)),
        harness: "valgrind".into(),
        origin: "instructions.txt".into(),
    };
    let comparison = contrast(&observation(old), &observation(new), &Options::default());
    let ratio = comparison.change.and_then(|change| change.ratio);
    comparison.finding == Finding::Regressed && ratio.is_none_or(|ratio| ratio > allowed)
}
