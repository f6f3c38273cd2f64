use std::collections::BTreeSet;

use super::{TAIL, TIME};
use crate::cli::args::RunArgs;
use crate::io::{Failure, Lane, Turn};
use crate::model::BenchId;
use crate::policy::Pattern;

/// Which benchmarks there are, and what is known of them before measuring.
pub(super) struct Benchmarks {
    /// On both sides, and to be measured.
    pub both: Vec<Turn>,
    pub only_old: Vec<Turn>,
    pub only_new: Vec<Turn>,
    /// Of both sides, with the same machine code.
    pub same_code: BTreeSet<BenchId>,
    /// Those of them that do not take turns for it: one process a side, for the absolute budgets.
    pub skipped: Vec<Turn>,
}

impl Benchmarks {
    pub fn of(old: &Lane, new: &Lane, args: &RunArgs) -> Result<Benchmarks, Failure> {
        let filters: Vec<Pattern> = args.look.filter.iter().map(|text| Pattern::new(text)).collect();
        let wanted = |turn: &Turn| filters.is_empty() || filters.iter().any(|filter| filter.matches(&turn.id()));
        let wants_times = !args.look.exact
            && (args.look.metric.is_empty() || args.look.metric.iter().any(|m| m == TIME || m == TAIL));
        let turns = |lane: &Lane| -> Result<BTreeSet<Turn>, Failure> {
            Ok(if wants_times { lane.turns()?.into_iter().filter(wanted).collect() } else { BTreeSet::new() })
        };
        let (old_turns, new_turns) = (turns(old)?, turns(new)?);
        let (old_codes, new_codes) = (old.codes()?, new.codes()?);
        let same: BTreeSet<_> = old_codes
            .iter()
            .filter(|(target, code)| new_codes.get(*target) == Some(code))
            .map(|(t, _)| t.clone())
            .collect();
        let shared: Vec<Turn> = old_turns.intersection(&new_turns).cloned().collect();
        let same_code = shared.iter().filter(|turn| turn.is_in(&same)).map(Turn::id).collect();
        let (skipped, both) = shared.into_iter().partition(|turn| args.skip_identical && turn.is_in(&same));
        Ok(Benchmarks {
            skipped,
            both,
            only_old: old_turns.difference(&new_turns).cloned().collect(),
            only_new: new_turns.difference(&old_turns).cloned().collect(),
            same_code,
        })
    }
}
