use std::collections::BTreeMap;

use super::error::Failure;
use crate::model::{BenchId, Nature, Observation, Run, Values, Warning};

/// Whether one measurement stands for both sides: that of one commit, or what was measured once and recorded again after
/// the next commit was made. To compare it would pass whatever it holds.
pub(super) fn are_one_run(old: &Run, new: &Run) -> bool {
    let is_one_commit = old.provenance.commit == new.provenance.commit;
    is_alike(old, new) && (is_one_commit || old.observations().iter().any(is_unique))
}

/// Whether two runs hold the same numbers.
fn is_alike(old: &Run, new: &Run) -> bool {
    let pairs = || old.observations().iter().zip(new.observations());
    old.observations().len() == new.observations().len()
        && pairs().all(|(old, new)| (&old.id, &old.metric, &old.values) == (&new.id, &new.metric, &new.values))
}

/// Times that are never measured a second time, to the last digit; counts are.
fn is_unique(observation: &Observation) -> bool {
    /// Some clocks tick slowly; chosen.
    const MEASUREMENTS: usize = 5;
    match &observation.values {
        Values::Sampled(processes) => {
            let sample = processes.pooled();
            observation.metric.nature == Nature::Timed && MEASUREMENTS <= sample.len() && !sample.is_constant()
        }
        Values::Exact(_) => false,
    }
}

/// Why two sides that are one run are not compared.
pub(super) fn nothing_to_compare(old: &Run, new: &Run) -> Failure {
    let commit = new.provenance.commit.as_ref().map(|commit| format!(" of commit {commit}")).unwrap_or_default();
    if old.provenance.commit != new.provenance.commit {
        return Failure::new(
            format!("`{}` and `{}`: one measurement was recorded for both, to the last digit", old.label, new.label),
            format!("measure the code{commit}: cargo bench, then regress record --note"),
        );
    }
    Failure::new(
        format!(
            "`{}` and `{}` are one and the same run{commit}: it would pass whatever it holds",
            old.label, new.label
        ),
        "compare with a commit before it: regress compare HEAD~1 HEAD; or measure, and compare with `new`",
    )
}

/// What to say of benchmarks that took each other's place: criterion makes one directory name of several names
/// (`p/q` and `p:q` are both `p_q`), and tells them apart only within one `criterion_group!`. The last to run is kept,
/// so `old` may hold the one and `new` the other.
pub(super) fn overwritten(old: &Run, new: &Run) -> Vec<Warning> {
    /// Where criterion keeps all baselines of a benchmark: `…/<place>/<baseline>/sample.json`.
    fn place(observation: &Observation) -> Option<&str> {
        let is_time = &*observation.harness == "criterion" && &*observation.metric.name == "time";
        let (directory, _) = observation.origin.rsplit_once('/').filter(|_| is_time)?;
        directory.rsplit_once('/').map(|(place, _)| place)
    }
    fn only_in<'r>(run: &'r Run, other: &Run) -> impl Iterator<Item = (&'r str, &'r BenchId)> {
        let is_alone = |o: &&Observation| other.get(&o.id, &o.metric.name).is_none();
        run.observations().iter().filter(is_alone).filter_map(|o| Some((place(o)?, &o.id)))
    }
    let gone: BTreeMap<&str, &BenchId> = only_in(old, new).collect();
    let tell = |(place, id): (&str, &BenchId)| {
        let text = format!(
            "lies in {place}, where `{}` of old lay: one overwrites the other; give them names that differ by more than \
             one of ? \" / \\ * < > : | ^",
            gone.get(place)?
        );
        Some(Warning::about(id, "time", text))
    };
    only_in(new, old).filter_map(tell).collect()
}
