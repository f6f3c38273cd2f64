use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::args::RunArgs;
use super::compare::Desk;
use super::{Exit, Stop, tell};
use crate::compare::{self, Comparison, Finding, Reason, Sides};
use crate::formats::Reading;
use crate::io::{
    self as world, Company, Entry, Failure, Harness, Journal, Lane, Length, Origin, Project, Stopwatch, Subject, Turn,
};
use crate::model::{BenchId, METRICS, Metric, Nature, Observation, Run, Standing, Warning};
use crate::policy::Pattern;
use crate::trial::{self, First, Measure, Plan, Question, Rotation, Round};

pub(super) fn run(args: &RunArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<Exit, Stop> {
    if args.jobs.is_some() {
        let problem = "--jobs: two processes at once disturb each other, on two cores more than old and new differ";
        return Err(
            Failure::new(problem, "leave it out; benchmarks that are decided leave, so the rest goes faster").into()
        );
    }
    let desk = Desk::set_up(&args.look)?;
    let company = if args.force { Company::Accepted } else { Company::Refused };
    let _alone = world::claim(company)?;
    world::heed_interrupts();
    let directory = desk.project.run_directory();
    let (old, new) = prepare(args, &desk.project, &directory, errors)?;
    let timeout = Duration::from_secs(args.timeout);
    tell::progress(errors, "counting allocations and instructions")?;
    let without_instructions = args.look.without.iter().any(|metric| metric == "instructions");
    let is_wanted = |harness| !(without_instructions && matches!(harness, Harness::IaiCallgrind | Harness::Gungraun));
    let counts = (old.count(timeout, is_wanted)?, new.count(timeout, is_wanted)?);
    let benchmarks = Benchmarks::of(&old, &new, args)?;
    let measuring = Measuring { args, desk: &desk, old: &old, new: &new, timeout };
    let measured = measuring.measure(&benchmarks, &directory, errors)?;
    let old_run = measuring.assemble(&old, counts.0, &measured, &benchmarks, |pair| &pair.0)?;
    let mut new_run = measuring.assemble(&new, counts.1, &measured, &benchmarks, |pair| &pair.1)?;
    let comparisons = {
        let selector = desk.selector(&[&old_run, &new_run])?;
        measuring.compare(&*selector.of(&old_run)?, &*selector.of(&new_run)?, &measured, &benchmarks)
    };
    new_run.warnings.extend(measured.warnings);
    desk.judge_and_print(Some(old_run), new_run, comparisons, out)
}

fn prepare(args: &RunArgs, project: &Project, directory: &Path, errors: &mut dyn Write) -> Result<(Lane, Lane), Stop> {
    let (old, new) = origins(args)?;
    let mut lane = |side: &str, origin: &Origin| -> Result<Lane, Stop> {
        if matches!(origin, Origin::Revision(_) | Origin::WorkingTree) {
            tell::progress(errors, &format!("building {side}: {origin}"))?;
        }
        let lane = Lane::prepare(project, origin, &directory.join(side), &args.cargo)?;
        for target in &lane.unknown {
            tell::progress(errors, &format!("{target} is left out: no known harness is built into it"))?;
        }
        Ok(lane)
    };
    Ok((lane("old", &old)?, lane("new", &new)?))
}

fn origins(args: &RunArgs) -> Result<(Origin, Origin), Failure> {
    match (&args.base, &args.old, &args.new, &args.cmd_old, &args.cmd_new) {
        (Some(base), None, None, None, None) => {
            let head = args.head.clone().map_or(Origin::WorkingTree, Origin::Revision);
            Ok((Origin::Revision(base.clone()), head))
        }
        (None, Some(old), Some(new), None, None) => {
            Ok((Origin::Executable(old.clone()), Origin::Executable(new.clone())))
        }
        (None, None, None, Some(old), Some(new)) => Ok((Origin::Command(old.clone()), Origin::Command(new.clone()))),
        _ => Err(Failure::new(
            "it is not clear what to measure",
            "name a revision: regress run main; or two executables: --old, --new; or two commands: --cmd-old, --cmd-new",
        )),
    }
}

/// Which benchmarks there are, and what is known of them before measuring.
struct Benchmarks {
    /// On both sides, and to be measured.
    both: Vec<Turn>,
    only_old: Vec<Turn>,
    only_new: Vec<Turn>,
    /// Of both sides, with the same machine code.
    same_code: BTreeSet<BenchId>,
    /// Those of them that do not take turns for it: one process a side, for the absolute budgets.
    skipped: Vec<Turn>,
}

impl Benchmarks {
    fn of(old: &Lane, new: &Lane, args: &RunArgs) -> Result<Benchmarks, Failure> {
        let filters: Vec<Pattern> = args.look.filter.iter().map(|text| Pattern::new(text)).collect();
        let wanted = |turn: &Turn| filters.is_empty() || filters.iter().any(|filter| filter.matches(&turn.id()));
        let wants_times =
            !args.look.exact && (args.look.metric.is_empty() || args.look.metric.iter().any(|m| m == TIME));
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

const TIME: &str = "time";
const TAIL: &str = "time-q90";

/// Where no budget is written, a change is looked for until it is shown to lie within this.
const BUDGET: f64 = 1.03;

/// One run, with what all its steps need.
struct Measuring<'a> {
    args: &'a RunArgs,
    desk: &'a Desk<'a>,
    old: &'a Lane,
    new: &'a Lane,
    timeout: Duration,
}

/// What was measured in turns.
struct Measured {
    plan: Plan,
    rows: Vec<MeasuredRow>,
    warnings: Vec<Warning>,
}

/// One question about one benchmark, answered as far as the rounds go.
struct MeasuredRow {
    row: trial::Row,
    sides: (Observation, Observation),
}

impl Measuring<'_> {
    fn measure(&self, benchmarks: &Benchmarks, directory: &Path, errors: &mut dyn Write) -> Result<Measured, Stop> {
        let plan = Plan { looks: trial::Looks::doubling(self.args.rounds), ..Plan::default() };
        let questions: Vec<Vec<Question>> = benchmarks.both.iter().map(|turn| self.questions(&turn.id())).collect();
        let mut rotation = Rotation::new(plan.clone(), SEED, questions);
        let mut warnings = Vec::new();
        if !benchmarks.skipped.is_empty() {
            warnings.push(Warning::general(format!(
                "{} benchmarks have the same machine code on both sides and did not take turns",
                benchmarks.skipped.len()
            )));
        }
        if !benchmarks.both.is_empty() {
            self.turn_by_turn(&benchmarks.both, &mut rotation, directory, &mut warnings, errors)?;
        }
        let rows = rotation.finish();
        let time = |measure| Arc::new(Metric::known(if measure == Measure::Tail { TAIL } else { TIME }));
        let measured = rows.into_iter().filter_map(|row| {
            let id = benchmarks.both[row.benchmark].id();
            let rounds = rotation.rounds_of(row.benchmark);
            let sides = trial::observations(&id, &time(row.question.measure), rounds, &row)?;
            Some(MeasuredRow { row, sides })
        });
        Ok(Measured { plan, rows: measured.collect(), warnings })
    }

    /// What the written budgets want to know of a benchmark's time, and of its tail where a rule names it.
    fn questions(&self, id: &BenchId) -> Vec<Question> {
        let budgets = &self.desk.settings.budgets;
        let typical = Question::new(Measure::Typical, budgets.written_change(id, TIME).unwrap_or(BUDGET));
        let tail = budgets.written_change(id, TAIL).map(|budget| Question::new(Measure::Tail, budget));
        std::iter::once(typical).chain(tail).collect()
    }

    fn turn_by_turn(
        &self,
        benchmarks: &[Turn],
        rotation: &mut Rotation,
        directory: &Path,
        warnings: &mut Vec<Warning>,
        errors: &mut dyn Write,
    ) -> Result<(), Stop> {
        let subject = Subject::new(&self.old.fingerprint()?, &self.new.fingerprint()?);
        let path = directory.join("rounds.jsonl");
        let (mut journal, entries) = match self.args.resume {
            true => Journal::resume(&path, &subject)?,
            false => (Journal::begin(&path, &subject)?, Vec::new()),
        };
        let mut round_numbers = replay(entries, benchmarks, rotation);
        let watch = Stopwatch::start();
        loop {
            let turns = rotation.next_round(self.args.max_time.as_secs_f64() - watch.seconds());
            if turns.is_empty() || world::interrupted() {
                break;
            }
            for turn in turns {
                let begin = watch.seconds();
                let number = round_numbers.entry(turn.benchmark).or_insert(0);
                let round = self.round(&benchmarks[turn.benchmark], turn.first, *number, &mut journal, &watch)?;
                *number += 1;
                rotation.record(turn.benchmark, round, watch.seconds() - begin);
                if world::interrupted() {
                    break;
                }
            }
            if !rotation.look().is_empty() {
                let decided = benchmarks.len() - rotation.open();
                let seconds = watch.seconds();
                tell::progress(errors, &format!("{decided} of {} decided after {seconds:.0} s", benchmarks.len()))?;
            }
        }
        if world::interrupted() {
            warnings.push(Warning::general("interrupted: what was measured is kept, --resume goes on"));
        }
        Ok(())
    }

    /// One process of each side. `None` when it was interrupted.
    fn round(
        &self,
        turn: &Turn,
        first: First,
        number: usize,
        journal: &mut Journal,
        watch: &Stopwatch,
    ) -> Result<Option<Round>, Stop> {
        let mut measure = |side: world::Side| -> Result<Option<Vec<f64>>, Stop> {
            let lane = if side == world::Side::Old { self.old } else { self.new };
            let at_seconds = watch.seconds();
            let seconds = match lane.measure(turn, Length::default(), self.timeout) {
                Ok(seconds) => seconds,
                Err(_) if world::interrupted() => return Ok(None),
                Err(crash) => {
                    return Err(world::crash_failure(&format!("{} of {}", turn.benchmark, lane.label), &crash).into());
                }
            };
            let (benchmark, load) = (turn.benchmark.clone(), world::load());
            journal.add(&Entry { round: number, benchmark, side, seconds: seconds.clone(), at_seconds, load })?;
            Ok(Some(seconds))
        };
        let (old, new) = match first {
            First::Old => {
                let old = measure(world::Side::Old)?;
                (old, measure(world::Side::New)?)
            }
            First::New => {
                let new = measure(world::Side::New)?;
                (measure(world::Side::Old)?, new)
            }
        };
        Ok(old.zip(new).and_then(|(old, new)| Round::of(&old, &new)))
    }

    /// Counts and benchmarks of one side as ever; times by what was decided while they were measured.
    fn compare(&self, old: &Run, new: &Run, measured: &Measured, benchmarks: &Benchmarks) -> Vec<Comparison> {
        let options = &self.desk.settings.options;
        let in_turns: BTreeSet<(&BenchId, &str)> =
            measured.rows.iter().map(|row| (&row.sides.0.id, &*row.sides.0.metric.name)).collect();
        let apart = |run: &Run| run.clone().filtered(|o| !in_turns.contains(&(&o.id, &*o.metric.name)));
        let mut comparisons: Vec<Comparison> = compare::compare(&apart(old), &apart(new), options)
            .into_iter()
            .map(|comparison| match (&comparison.sides, comparison.metric.nature) {
                (Sides::Both { .. }, Nature::Timed) if &*comparison.metric.name == TIME => {
                    comparison.not_judged(Reason::SameCode)
                }
                (Sides::Both { .. }, Nature::Timed) => comparison.not_judged(Reason::OfTheTime),
                _ => comparison,
            })
            .collect();
        let mut seeming = 0;
        for MeasuredRow { row, sides } in &measured.rows {
            let comparison = trial::comparison(&sides.0, &sides.1, row, &measured.plan, options);
            let same_code = benchmarks.same_code.contains(&comparison.id);
            seeming += usize::from(same_code && matches!(comparison.finding, Finding::Regressed | Finding::Improved));
            comparisons.push(if same_code { comparison.not_judged(Reason::SameCode) } else { comparison });
        }
        if seeming > 0
            && let Some(first) =
                comparisons.iter_mut().find(|c| matches!(c.finding, Finding::NotComparable(Reason::SameCode)))
        {
            first.warnings.push(format!(
                "{seeming} of {} benchmarks of the same machine code seemed to change: the false alarms of this run",
                benchmarks.same_code.len()
            ));
        }
        comparisons.sort_by(|a, b| {
            let key = |c: &Comparison| (c.id.clone(), METRICS.position(&c.metric.name));
            key(a).cmp(&key(b)).then_with(|| a.metric.name.cmp(&b.metric.name))
        });
        comparisons
    }
}

impl Measuring<'_> {
    /// Everything of one side: counts, times of its rounds, and one process of what only this side has or of what a
    /// budget wants to know besides the time.
    fn assemble(
        &self,
        lane: &Lane,
        counts: Reading,
        measured: &Measured,
        benchmarks: &Benchmarks,
        pick: fn(&(Observation, Observation)) -> &Observation,
    ) -> Result<Run, Stop> {
        let crashed =
            |turn: &Turn, crash| world::crash_failure(&format!("{} of {}", turn.benchmark, lane.label), &crash);
        let mut observations = counts.observations;
        observations.extend(measured.rows.iter().map(|row| pick(&row.sides).clone()));
        let lonely = if std::ptr::eq(lane, self.old) { &benchmarks.only_old } else { &benchmarks.only_new };
        for turn in lonely.iter().chain(&benchmarks.skipped) {
            let taken = lane.measure(turn, Length::default(), self.timeout).map_err(|crash| crashed(turn, crash))?;
            observations.extend(trial::alone(&turn.id(), &Arc::new(Metric::known(TIME)), taken));
        }
        for turn in benchmarks.both.iter().chain(&benchmarks.skipped).filter(|turn| self.wants_details(&turn.id())) {
            let details = lane.details(turn, Length::default(), self.timeout);
            observations.extend(details.map_err(|crash| crashed(turn, crash))?);
        }
        let provenance = counts.provenance.or(lane.provenance.clone());
        let run = Run::new(lane.label.clone(), provenance, counts.warnings, observations);
        Ok(run.map_err(|collisions| Failure::of_collisions(&lane.label, &collisions))?)
    }

    /// Whether a written budget names a timed metric of this benchmark that is computed from its time.
    fn wants_details(&self, id: &BenchId) -> bool {
        let is_detail = |name: &str| {
            let metric = METRICS.get(name).filter(|_| name != TAIL);
            metric.is_some_and(|metric| metric.nature == Nature::Timed && metric.standing == Standing::Detail)
        };
        self.desk
            .settings
            .budgets
            .iter()
            .any(|budget| budget.scope.benchmark.matches(id) && budget.scope.metric.as_deref().is_some_and(is_detail))
    }
}

/// Chosen; the same executables are measured in the same order.
const SEED: u64 = 1;

/// Hands what an earlier run measured to the rotation. Returns the next round of each benchmark.
fn replay(entries: Vec<Entry>, benchmarks: &[Turn], rotation: &mut Rotation) -> BTreeMap<usize, usize> {
    let mut halves: BTreeMap<(usize, usize), (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for entry in entries {
        let Some(index) = benchmarks.iter().position(|turn| turn.benchmark == entry.benchmark) else { continue };
        let half = halves.entry((entry.round, index)).or_default();
        match entry.side {
            world::Side::Old => half.0 = entry.seconds,
            world::Side::New => half.1 = entry.seconds,
        }
    }
    let mut next = BTreeMap::new();
    for ((round, index), halves) in halves {
        next.insert(index, round + 1);
        if let Some(round) = Round::of(&halves.0, &halves.1) {
            rotation.record(index, Some(round), 0.0);
            rotation.look();
        }
    }
    next
}
