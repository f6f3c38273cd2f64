use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::is_measured_in_turns;
use crate::cli::args::RunArgs;
use crate::cli::compare::Desk;
use crate::compare::Reason;
use crate::io::{Difference, Failure, Lane, Turn};
use crate::model::BenchId;
use crate::policy::Aliases;

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
    /// What the old program calls its benchmarks; empty where nobody asked.
    pub old_names: BTreeSet<BenchId>,
}

impl Benchmarks {
    /// Which there are. Of the old side those that were renamed since, or moved to another bench target, are known to `old`
    /// by what the new side calls them from now on.
    pub fn of(old: &mut Lane, new: &Lane, desk: &Desk<'_>, args: &RunArgs) -> Result<Benchmarks, Failure> {
        let timeout = Duration::from_secs(args.timeout);
        let asked = &args.look.metric;
        let wants_times = !args.look.exact && (asked.is_empty() || asked.iter().any(|name| is_measured_in_turns(name)));
        let turns = |lane: &Lane| if wants_times { lane.turns(timeout) } else { Ok(BTreeSet::new()) };
        let (old_turns, new_turns) = (turns(old)?, turns(new)?);
        let old_names = old_turns.iter().map(Turn::id).collect();
        let known = |own: Turn| Known { turn: now_called(&own, &desk.settings.aliases), own };
        let as_ever = |own: Turn| Known { turn: own.clone(), own };
        let is_wanted = |known: &Known| desk.could_want(&known.turn.id());
        let old_known = each_once(old_turns.into_iter().map(known).filter(is_wanted).collect(), &old.label)?;
        let new_known = each_once(new_turns.into_iter().map(as_ever).filter(is_wanted).collect(), &new.label)?;
        let new_turns: BTreeSet<Turn> = new_known.values().map(|known| known.turn.clone()).collect();
        let mut own = BTreeMap::new();
        let mut old_turns = BTreeSet::new();
        for (id, known) in old_known {
            let turn = new_known.get(&id).map_or(known.turn, |partner| partner.turn.clone());
            old_turns.insert(turn.clone());
            if turn != known.own {
                own.insert(turn, known.own);
            }
        }
        let differences = old.differences(new)?;
        let reason = |turn: &Turn| match differences.get(turn.target()).filter(|_| !own.contains_key(turn))? {
            Difference::Same => Some(Reason::SameCode),
            Difference::SameInAnotherLayout => Some(Reason::SameFunctions),
            Difference::Functions { .. } | Difference::Unknown => None,
        };
        let shared: Vec<Turn> = old_turns.intersection(&new_turns).cloned().collect();
        let same_code = shared.iter().filter_map(|turn| Some((turn.id(), reason(turn)?))).collect();
        let (skipped, both) = shared.into_iter().partition(|turn| args.skip_identical && reason(turn).is_some());
        let code = differences.iter().filter_map(|((_, target), difference)| words(target, difference)).collect();
        old.know_as(own);
        Ok(Benchmarks {
            skipped,
            both,
            only_old: old_turns.difference(&new_turns).cloned().collect(),
            only_new: new_turns.difference(&old_turns).cloned().collect(),
            same_code,
            code,
            old_names,
        })
    }
}

/// A benchmark of one side.
struct Known {
    /// As it is called now.
    turn: Turn,
    /// As its program calls it.
    own: Turn,
}

fn now_called(own: &Turn, aliases: &Aliases) -> Turn {
    aliases.new_name(&own.id()).map_or_else(|| own.clone(), |id| own.called(&id))
}

/// A name stands for one benchmark: told before minutes of measuring.
fn each_once(all: Vec<Known>, label: &str) -> Result<BTreeMap<BenchId, Known>, Failure> {
    let mut once: BTreeMap<BenchId, Known> = BTreeMap::new();
    for known in all {
        let id = known.turn.id();
        let Some(other) = once.get(&id) else {
            once.insert(id, known);
            continue;
        };
        if [other, &known].iter().any(|known| known.own.benchmark != known.turn.benchmark) {
            return Err(two_of_one_name(label, &id));
        }
        let (first, second) = (other.own.target(), known.own.target());
        let problem =
            format!("{id} of {label} is in two bench targets: {}/{} and {}/{}", first.0, first.1, second.0, second.1);
        return Err(Failure::new(problem, "rename one of them, or choose: -- --package, --bench"));
    }
    Ok(once)
}

/// An alias that makes one of two benchmarks.
pub(super) fn two_of_one_name(label: &str, id: &BenchId) -> Failure {
    let problem = format!("[[alias]]: two benchmarks of {label} would be called `{id}`");
    Failure::new(problem, "remove the alias, or mend its name")
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
