use std::collections::BTreeMap;

use super::error::Failure;
use crate::compare::is_same_measurement;
use crate::model::{BenchId, Observation, Run, Warning};

/// Whether two sides, of which one is a revision, are the run of one commit. To compare it would pass whatever it holds.
pub(super) fn are_one_run(old: &Run, new: &Run) -> bool {
    old.provenance.commit == new.provenance.commit && is_alike(old, new)
}

/// One measurement is not compared with itself: a file was copied, or recorded again after the next commit was made, or
/// nothing was measured since the last was saved. Counts alone can be equal without that.
///
/// * `old`, `new`: what is looked at of them.
///
/// # Errors
/// They are one measurement: that would pass whatever it holds.
pub fn refuse_one_measurement(old: &Run, new: &Run) -> Result<(), Failure> {
    let is_one = is_alike(old, new) && zip(old, new).any(|(old, new)| is_same_measurement(old, new));
    if is_one { Err(measured_once(old, new)) } else { Ok(()) }
}

/// Whether two runs hold the same numbers.
fn is_alike(old: &Run, new: &Run) -> bool {
    old.observations().len() == new.observations().len()
        && zip(old, new).all(|(old, new)| (&old.id, &old.metric, &old.values) == (&new.id, &new.metric, &new.values))
}

fn zip<'r>(old: &'r Run, new: &'r Run) -> impl Iterator<Item = (&'r Observation, &'r Observation)> {
    old.observations().iter().zip(new.observations())
}

/// Why the run of one commit is not compared with itself.
pub(super) fn nothing_to_compare(old: &Run, new: &Run) -> Failure {
    let commit = new.provenance.commit.as_ref().map(|commit| format!(" of commit {commit}")).unwrap_or_default();
    Failure::new(
        format!(
            "`{}` and `{}` are one and the same run{commit}: it would pass whatever it holds",
            old.label, new.label
        ),
        "compare with a commit before it: regress compare HEAD~1 HEAD; or measure, and compare with `new`",
    )
}

/// Why two names of one measurement are not compared.
fn measured_once(old: &Run, new: &Run) -> Failure {
    let names = format!("`{}` and `{}`", old.label, new.label);
    match &new.provenance.commit {
        Some(commit) if old.provenance.commit != new.provenance.commit => Failure::new(
            format!("{names}: one measurement was recorded for both, to the last digit"),
            format!("measure the code of commit {commit}: cargo bench, then regress record --note"),
        ),
        Some(_) | None => Failure::new(
            format!("{names} hold the same measurements, to the last digit: that passes whatever they are"),
            "measure again, so that each side has numbers of its own; nobody takes the same times twice",
        ),
    }
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
    fn only_in<'r>(run: &'r Run, other: &'r Run) -> impl Iterator<Item = (&'r str, &'r BenchId)> {
        run.missing_in(other).filter_map(|o| Some((place(o)?, &o.id)))
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
