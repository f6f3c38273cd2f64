//! Measures two programs in turns until it is known what changed.

mod benchmarks;
pub(super) mod lanes;
mod measuring;
pub(super) mod rounds;
mod rows;
mod sides;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use super::args::RunArgs;
use super::compare::Desk;
use super::{Exit, Stop, tell};
use crate::formats::Reading;
use crate::io::{self as world, Failure, Harness};
use crate::model::{BenchId, METRICS, Nature, Warning};
use crate::policy::Aliases;
use benchmarks::{Benchmarks, two_of_one_name};
use measuring::Measuring;
use sides::Sides;

pub(super) fn run(args: &RunArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<Exit, Stop> {
    if args.jobs.is_some() {
        let problem = "--jobs: two processes at once disturb each other, on two cores more than old and new differ";
        return Err(
            Failure::new(problem, "leave it out; benchmarks that are decided leave, so the rest goes faster").into()
        );
    }
    let mut desk = Desk::set_up(&args.look)?;
    desk.rows = args.rows.clone();
    let directory = desk.project.run_directory();
    let _alone = world::claim(args.force.into(), &directory)?;
    world::heed_interrupts();
    let (mut old, new) = lanes::prepare(args, &desk.project, &directory, errors)?;
    desk.know_noise(new.provenance.host.as_ref())?;
    let timeout = Duration::from_secs(args.timeout);
    let benchmarks = Benchmarks::of(&mut old, &new, &desk, args)?;
    let is_wanted = |harness| counts_are_wanted(args, harness);
    let aliases = &desk.settings.aliases;
    if !aliases.is_empty() {
        let listed = old.counted(timeout, is_wanted);
        aliases.shared(listed.iter()).map_or(Ok(()), |id| Err(two_of_one_name(&old.label, &id)))?;
    }
    tell::progress(errors, "counting allocations and instructions")?;
    let mut of_old = old.count(timeout, is_wanted)?;
    let idle = under_new_names(&mut of_old, &benchmarks, aliases, &old.label)?;
    let counts = (of_old, new.count(timeout, is_wanted)?);
    let (measured, sides) = {
        let measuring = Measuring { args, desk: &desk, old: &old, new: &new, timeout };
        let measured = measuring.measure(&benchmarks, &directory, errors)?;
        let sides = Sides::of(&measuring, counts, &measured, &benchmarks)?;
        (measured, sides)
    };
    // What is shown as taken as given is what the rounds were weighed by.
    desk.settings.options.alpha = measured.plan.alpha;
    let Sides { old, mut new, unmeasured } = sides;
    if !looks_at_a_part(args) {
        new.warnings.extend(idle);
    }
    let (comparisons, same_code) = {
        let selector = desk.selector(&[&old, &new])?;
        rows::of(&desk, &*selector.of(&old)?, &*selector.of(&new)?, &measured, &benchmarks)
    };
    new.warnings.extend(measured.warnings);
    desk.false_alarms.same_code = same_code;
    desk.code = benchmarks.code;
    desk.unmeasured = unmeasured;
    desk.rounds = measured.rows.into_iter().map(|row| row.rounds()).collect();
    desk.judge_and_print(Some(old), new, comparisons, out)
}

/// Renames what was counted of the old side, as what is timed is renamed already.
///
/// * Returns a warning for each alias that is about nothing the old side has.
///
/// # Errors
/// Two benchmarks that would stand under one name then, with one metric. Not each harness lists them before it counts.
fn under_new_names(
    counted: &mut Reading,
    benchmarks: &Benchmarks,
    aliases: &Aliases,
    label: &str,
) -> Result<Vec<Warning>, Failure> {
    let mut by_metric: BTreeMap<&str, Vec<&BenchId>> = BTreeMap::new();
    for observation in &counted.observations {
        by_metric.entry(&observation.metric.name).or_default().push(&observation.id);
    }
    if let Some(id) = by_metric.into_values().find_map(|ids| aliases.shared(ids.into_iter())) {
        return Err(two_of_one_name(label, &id));
    }
    let idle =
        aliases.idle(counted.observations.iter().map(|observation| &observation.id).chain(&benchmarks.old_names));
    for observation in &mut counted.observations {
        if let Some(name) = aliases.new_name(&observation.id) {
            observation.id = name;
        }
    }
    Ok(idle)
}

/// Whether some of the benchmarks were not even looked for.
fn looks_at_a_part(args: &RunArgs) -> bool {
    args.look.exact || !args.look.metric.is_empty() || !args.look.without.is_empty()
}

/// Whether a program that counts is to run. Who asks only for what others measure does not wait for it, nor does every
/// machine have valgrind.
fn counts_are_wanted(args: &RunArgs, harness: Harness) -> bool {
    let is_timed = |name: &String| METRICS.get(name).is_some_and(|metric| metric.nature == Nature::Timed);
    let asked = &args.look.metric;
    let without_instructions = args.look.without.iter().any(|metric| metric == "instructions");
    match harness {
        Harness::IaiCallgrind | Harness::Gungraun => {
            !without_instructions && (asked.is_empty() || !asked.iter().all(is_timed))
        }
        Harness::Criterion | Harness::Meter => asked.is_empty() || !asked.iter().all(|name| is_measured_in_turns(name)),
    }
}

/// Whether the programs that take turns tell it. Other metrics of a clock, `time-p99` and `contended`, are told by those
/// that count: once a side, as all that they tell.
fn is_measured_in_turns(metric: &str) -> bool {
    metric == TIME || metric == TAIL || METRICS.is_of_the_time(metric)
}

pub(super) const TIME: &str = "time";
const TAIL: &str = "time-p90";

/// Where no budget is written, a change is looked for until it is shown to lie within this.
pub(super) const BUDGET: f64 = 1.03;

/// The same of the tail, which scatters five times as much.
const TAIL_BUDGET: f64 = 1.25;

/// Chosen; the same executables are measured in the same order.
pub(super) const SEED: u64 = 1;
