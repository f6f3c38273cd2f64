use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::cli::args::RunArgs;
use crate::cli::compare::Desk;
use crate::compare::Reason;
use crate::io::{Difference, Failure, Lane, Turn};
use crate::model::{BenchId, METRICS, Nature};

/// Which benchmarks there are, and what is known of them before measuring.
pub(super) struct Benchmarks {
    /// On both sides, and to be measured.
    pub both: Vec<Turn>,
    pub only_old: Vec<Turn>,
    pub only_new: Vec<Turn>,
    /// Those on both sides whose code is the same: why their time is not judged.
    pub same_code: BTreeMap<BenchId, Reason>,
    /// Those of them that do not take turns for it: one process a side, for the absolute budgets.
    pub skipped: Vec<Turn>,
    /// What tells the programs apart, in words.
    pub code: Vec<String>,
}

impl Benchmarks {
    pub fn of(old: &Lane, new: &Lane, desk: &Desk<'_>, args: &RunArgs) -> Result<Benchmarks, Failure> {
        let timeout = Duration::from_secs(args.timeout);
        let wanted = |turn: &Turn| desk.could_want(&turn.id());
        let is_time = |name: &String| METRICS.get(name).is_some_and(|metric| metric.nature == Nature::Timed);
        let wants_times = !args.look.exact && (args.look.metric.is_empty() || args.look.metric.iter().any(is_time));
        let turns = |lane: &Lane| -> Result<BTreeSet<Turn>, Failure> {
            let turns = if wants_times { lane.turns(timeout)? } else { BTreeSet::new() };
            each_once(turns.into_iter().filter(wanted).collect(), &lane.label)
        };
        let (old_turns, new_turns) = (turns(old)?, turns(new)?);
        let differences = old.differences(new)?;
        let reason = |turn: &Turn| match differences.get(turn.target())? {
            Difference::Same => Some(Reason::SameCode),
            Difference::SameInAnotherLayout => Some(Reason::SameFunctions),
            Difference::Functions { .. } | Difference::Unknown => None,
        };
        let shared: Vec<Turn> = old_turns.intersection(&new_turns).cloned().collect();
        let same_code = shared.iter().filter_map(|turn| Some((turn.id(), reason(turn)?))).collect();
        let (skipped, both) = shared.into_iter().partition(|turn| args.skip_identical && reason(turn).is_some());
        Ok(Benchmarks {
            skipped,
            both,
            only_old: old_turns.difference(&new_turns).cloned().collect(),
            only_new: new_turns.difference(&old_turns).cloned().collect(),
            same_code,
            code: differences.iter().filter_map(|((_, target), difference)| words(target, difference)).collect(),
        })
    }
}

/// A name stands for one benchmark: told before minutes of measuring.
fn each_once(turns: BTreeSet<Turn>, label: &str) -> Result<BTreeSet<Turn>, Failure> {
    let mut seen: BTreeMap<BenchId, &Turn> = BTreeMap::new();
    for turn in &turns {
        if let Some(other) = seen.insert(turn.id(), turn) {
            let (first, second) = (other.target(), turn.target());
            let problem = format!(
                "{} of {label} is in two bench targets: {}/{} and {}/{}",
                turn.benchmark, first.0, first.1, second.0, second.1
            );
            return Err(Failure::new(problem, "rename one of them, or choose: -- --package, --bench"));
        }
    }
    Ok(turns)
}

/// What tells two executables apart; `None` where nothing does, or nobody knows.
fn words(target: &str, difference: &Difference) -> Option<String> {
    let Difference::Functions { changed, added, removed } = difference else { return None };
    let parts = [("changed", changed), ("new", added), ("gone", removed)];
    let parts = parts.iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| part(what, names));
    let of = if target.is_empty() { "code".to_owned() } else { format!("code of {target}") };
    Some(format!("{of}: {}", parts.collect::<Vec<_>>().join("; ")))
}

fn part(what: &str, names: &[String]) -> String {
    /// More would hide the rest of the report.
    const NAMED: usize = 5;
    let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("{what} {named} and {more} more"),
        Some(0) | None => format!("{what} {named}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_functions_are_named_and_the_others_counted() {
        let names = |n: usize| (0..n).map(|i| format!("f{i}")).collect::<Vec<_>>();
        let difference = Difference::Functions { changed: names(7), added: Vec::new(), removed: names(1) };
        let expected = "code of wall_time: changed f0, f1, f2, f3, f4 and 2 more; gone f0";
        assert_eq!(words("wall_time", &difference).as_deref(), Some(expected));
        assert_eq!(words("wall_time", &Difference::Same), None);
    }
}
