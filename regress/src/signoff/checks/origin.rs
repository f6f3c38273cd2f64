//! Where the numbers come from.

use std::collections::BTreeSet;

use super::super::answer::{Case, Found, State};
use crate::compare::{Finding, Reason};
use crate::model::{BenchId, Host, Nature, Run, Standing, Values};
use crate::policy::{Outcome, RuleKind};
use crate::unit::count;

pub(super) fn baseline(case: &Case<'_>) -> Found {
    match (case.facts.old, &case.facts.recipe.old) {
        (Some(old), Some(name)) => {
            let commit = old.provenance.commit.as_ref().map(|commit| format!(", commit {commit}")).unwrap_or_default();
            let day = old.provenance.recorded_at.as_ref().map(|at| format!(", {at}")).unwrap_or_default();
            let (results, benchmarks) = (old.observations().len(), benchmarks(old).len());
            Found::new(
                State::Pass,
                format!("{} of {}{commit}{day}", count(results, "result"), count(benchmarks, "benchmark")),
            )
            .shown_by(name)
        }
        _ => Found::new(State::NotMeasured, "0 results: no last release was named"),
    }
}

pub(super) fn commit(case: &Case<'_>) -> Found {
    let found = match &case.facts.new.provenance.commit {
        Some(commit) if commit.dirty => Found::new(State::Fail, format!("commit {commit}")),
        Some(commit) => Found::new(State::Pass, format!("commit {commit}")),
        None => Found::new(State::NotMeasured, "the results name no commit; `regress record` keeps them with theirs"),
    };
    found.shown_by(&case.facts.recipe.new)
}

pub(super) fn coverage(case: &Case<'_>) -> Found {
    let Some(old) = case.facts.old else {
        return Found::new(State::NotApplicable, "0 benchmarks: no last release was named");
    };
    let (before, now) = (benchmarks(old), benchmarks(case.facts.new));
    let again = before.intersection(&now).count();
    let is_missed = case
        .facts
        .verdicts
        .rows
        .iter()
        .flat_map(|row| &row.judgements)
        .any(|judgement| judgement.rule == RuleKind::Present && judgement.outcome == Outcome::Broken);
    let is_unmeasured = case.facts.verdicts.missing.iter().any(|(id, judgement)| {
        judgement.outcome == Outcome::Broken && (id.is_some() || judgement.rule == RuleKind::Present)
    });
    let state = match again < before.len() {
        _ if is_missed || is_unmeasured => State::Fail,
        // Nobody minds, and it was not measured all the same.
        true => State::NotMeasured,
        false => State::Pass,
    };
    let added = now.len() - again;
    let found = format!("{again} of {}, and {added} new", count(before.len(), "benchmark"));
    Found::new(state, found).shown_by(&case.facts.recipe.new)
}

fn benchmarks(run: &Run) -> BTreeSet<&BenchId> {
    run.observations().iter().map(|observation| &observation.id).collect()
}

pub(super) fn environment(case: &Case<'_>) -> Found {
    let Some(old) = case.facts.old else {
        return Found::new(State::NotApplicable, "0 rows: no last release was named");
    };
    let rows: Vec<_> = case.facts.rows().filter(|row| row.comparison.change.is_some()).collect();
    let is_elsewhere = |finding: &Finding| match finding {
        Finding::NotComparable(
            Reason::OtherMachine { .. }
            | Reason::OtherBuild { .. }
            | Reason::OtherHarness { .. }
            | Reason::OtherUnit { .. },
        ) => true,
        Finding::NotComparable(Reason::SameCode | Reason::SameFunctions | Reason::OfTheTime) => false,
        _ => false,
    };
    let elsewhere = rows.iter().filter(|row| is_elsewhere(&row.comparison.finding)).count();
    let (old, new) = (&old.provenance, &case.facts.new.provenance);
    let machine = |host: &Option<Host>| host.as_ref().map_or_else(|| "unknown".to_owned(), Host::to_string);
    let differs = old.host != new.host || old.toolchain != new.toolchain;
    let is_unknown = new.host.is_none() || new.toolchain.is_none();
    let toolchain = new.toolchain.as_deref().unwrap_or("unknown toolchain");
    let found = format!("{} of {} could be compared", rows.len() - elsewhere, count(rows.len(), "row"));
    let (state, found) = match (elsewhere, differs, is_unknown) {
        (0, false, false) => (State::Pass, format!("{found}; {}; {toolchain}", machine(&new.host))),
        (0, _, true) => (State::NotMeasured, format!("{found}; the results do not name machine and toolchain")),
        _ => {
            let toolchains = format!("{} and {toolchain}", old.toolchain.as_deref().unwrap_or("unknown toolchain"));
            let what = format!("{} and {}; {toolchains}", machine(&old.host), machine(&new.host));
            (State::NotMeasured, format!("{found}: {what}"))
        }
    };
    Found::new(state, found).shown_by(&case.facts.recipe.new)
}

pub(super) fn settings(case: &Case<'_>) -> Found {
    let new = case.facts.new;
    let versions = &new.provenance.harnesses;
    let measured = |nature: Nature| {
        new.observations().iter().filter(move |o| o.metric.nature == nature && o.metric.standing == Standing::Headline)
    };
    let taken = measured(Nature::Timed).map(|observation| match &observation.values {
        Values::Exact(_) => 1,
        Values::Sampled(processes) => processes.pooled().len(),
    });
    let (least, most) = taken.fold((usize::MAX, 0), |(least, most), n| (least.min(n), most.max(n)));
    let mut found = vec![count(measured(Nature::Counted).count(), "count")];
    if most > 0 {
        found.push(format!("{} of {least} to {most} measurements", count(measured(Nature::Timed).count(), "time")));
    }
    let named = versions.iter().map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>().join(", ");
    let state = if versions.is_empty() { State::NotMeasured } else { State::Pass };
    found.push(if versions.is_empty() { "the results name no version of a harness".to_owned() } else { named });
    Found::new(state, found.join("; ")).shown_by(&case.facts.recipe.new)
}
