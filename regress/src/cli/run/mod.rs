//! Measures two programs in turns until it is known what changed.

mod benchmarks;
pub(super) mod lanes;
pub(super) mod rounds;

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
use crate::io::{self as world, Company, Crash, Failure, Harness, Lane, Length, Side, Turn};
use crate::model::{BenchId, METRICS, Metric, Nature, Observation, Run, Standing, Warning};
use crate::report::{self, SameCode};
use crate::trial::{self, Measure, Pairing, Plan, Question, Rotation};
use benchmarks::Benchmarks;
use rounds::{Outcome, Recorded, Rounds};

pub(super) fn run(args: &RunArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<Exit, Stop> {
    if args.jobs.is_some() {
        let problem = "--jobs: two processes at once disturb each other, on two cores more than old and new differ";
        return Err(
            Failure::new(problem, "leave it out; benchmarks that are decided leave, so the rest goes faster").into()
        );
    }
    let mut desk = Desk::set_up(&args.look)?;
    let company = if args.force { Company::Accepted } else { Company::Refused };
    let _alone = world::claim(company)?;
    world::heed_interrupts();
    let directory = desk.project.run_directory();
    let (old, new) = lanes::prepare(args, &desk.project, &directory, errors)?;
    desk.know_noise(new.provenance.host.as_ref())?;
    let timeout = Duration::from_secs(args.timeout);
    tell::progress(errors, "counting allocations and instructions")?;
    let without_instructions = args.look.without.iter().any(|metric| metric == "instructions");
    let is_wanted = |harness| !(without_instructions && matches!(harness, Harness::IaiCallgrind | Harness::Gungraun));
    let counts = (old.count(timeout, is_wanted)?, new.count(timeout, is_wanted)?);
    let benchmarks = Benchmarks::of(&old, &new, args)?;
    let measuring = Measuring { args, desk: &desk, old: &old, new: &new, timeout };
    let measured = measuring.measure(&benchmarks, &directory, errors)?;
    let old_run = measuring.assemble(Side::Old, counts.0, &measured, &benchmarks)?;
    let mut new_run = measuring.assemble(Side::New, counts.1, &measured, &benchmarks)?;
    let (comparisons, same_code) = {
        let selector = desk.selector(&[&old_run, &new_run])?;
        measuring.compare(&*selector.of(&old_run)?, &*selector.of(&new_run)?, &measured, &benchmarks)
    };
    new_run.warnings.extend(measured.warnings);
    desk.false_alarms.same_code = same_code;
    desk.code = benchmarks.code;
    desk.judge_and_print(Some(old_run), new_run, comparisons, out)
}

pub(super) const TIME: &str = "time";
const TAIL: &str = "time-q90";

/// Where no budget is written, a change is looked for until it is shown to lie within this.
pub(super) const BUDGET: f64 = 1.03;

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
    crashes: Crashes,
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
        let crashes = match benchmarks.both.is_empty() {
            true => Crashes::new(),
            false => self.turn_by_turn(&benchmarks.both, &mut rotation, directory, errors, &mut warnings)?,
        };
        if world::interrupted() {
            warnings.push(Warning::general("interrupted: what was measured is kept, --resume goes on"));
        }
        let rows = rotation.finish().into_iter().filter(|row| !crashes.contains_key(&row.benchmark));
        let time = |measure| Arc::new(Metric::known(if measure == Measure::Tail { TAIL } else { TIME }));
        let measured = rows.filter_map(|row| {
            let id = benchmarks.both[row.benchmark].id();
            let rounds = rotation.rounds_of(row.benchmark);
            let sides = trial::observations(&id, &time(row.question.measure), rounds, &row)?;
            Some(MeasuredRow { row, sides })
        });
        Ok(Measured { plan, rows: measured.collect(), crashes, warnings })
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
        errors: &mut dyn Write,
        warnings: &mut Vec<Warning>,
    ) -> Result<Crashes, Stop> {
        let lanes = (self.old, self.new);
        let path = directory.join("rounds.jsonl");
        let (mut rounds, recorded) = Rounds::begin(lanes, self.timeout, &path, self.args.resume)?;
        let mut numbers = replay(&recorded, benchmarks, rotation);
        let pairings: Vec<Pairing> = benchmarks.iter().map(|turn| self.pairing(turn)).collect();
        let mut crashes = Crashes::new();
        loop {
            let turns = rotation.next_round(self.args.max_time.as_secs_f64() - rounds.seconds());
            if turns.is_empty() || world::interrupted() {
                warnings.extend(rounds.disturbances().map(Warning::general));
                return Ok(crashes);
            }
            for turn in turns {
                let begin = rounds.seconds();
                let number = numbers[turn.benchmark];
                numbers[turn.benchmark] += 1;
                let round =
                    match rounds.measure(&benchmarks[turn.benchmark], pairings[turn.benchmark], turn.first, number)? {
                        Outcome::Measured(round) => round,
                        Outcome::Interrupted => break,
                        Outcome::Crashed(side, crash) => {
                            rotation.leave(turn.benchmark);
                            crashes.insert(turn.benchmark, (side, crash));
                            None
                        }
                    };
                rotation.record(turn.benchmark, round, rounds.seconds() - begin);
            }
            if !rotation.look().is_empty() {
                tell::progress(errors, &standing(benchmarks, rotation, rounds.seconds()))?;
            }
        }
    }

    /// As the null run on this machine found tighter, where both programs can.
    fn pairing(&self, turn: &Turn) -> Pairing {
        let is_tighter = self.desk.noise.as_ref().and_then(|noise| noise.benchmarks.get(&turn.id()));
        match is_tighter.is_some_and(|noise| noise.lockstep) && self.old.takes_turns(turn) && self.new.takes_turns(turn)
        {
            true => Pairing::Lockstep,
            false => Pairing::Apart,
        }
    }

    /// Counts and benchmarks of one side as ever; times by what was decided while they were measured.
    fn compare(
        &self,
        old: &Run,
        new: &Run,
        measured: &Measured,
        benchmarks: &Benchmarks,
    ) -> (Vec<Comparison>, Option<SameCode>) {
        let options = &self.desk.settings.options;
        let in_turns: BTreeSet<(&BenchId, &str)> =
            measured.rows.iter().map(|row| (&row.sides.0.id, &*row.sides.0.metric.name)).collect();
        let apart = |run: &Run| run.clone().filtered(|o| !in_turns.contains(&(&o.id, &*o.metric.name)));
        let mut comparisons: Vec<Comparison> = compare::compare(&apart(old), &apart(new), options)
            .into_iter()
            .map(|comparison| match (&comparison.sides, comparison.metric.nature) {
                (Sides::Both { .. }, Nature::Timed) if &*comparison.metric.name == TIME => {
                    let reason = benchmarks.same_code.get(&comparison.id).cloned();
                    comparison.not_judged(reason.unwrap_or(Reason::SameCode))
                }
                (Sides::Both { .. }, Nature::Timed) => comparison.not_judged(Reason::OfTheTime),
                _ => comparison,
            })
            .collect();
        for comparison in &mut comparisons {
            self.tell_of_crash(comparison, measured, benchmarks);
        }
        let mut same = SameCode { benchmarks: 0, seemed_to_change: 0 };
        for MeasuredRow { row, sides } in &measured.rows {
            let mut comparison = trial::comparison(&sides.0, &sides.1, row, &measured.plan, options);
            let same_code = benchmarks.same_code.get(&comparison.id).cloned();
            let seems_changed = matches!(comparison.finding, Finding::Regressed | Finding::Improved);
            let is_same = same_code == Some(Reason::SameCode);
            same.benchmarks += usize::from(is_same);
            same.seemed_to_change += usize::from(is_same && seems_changed);
            comparison.warnings.extend(self.too_tight(row, &sides.0.id, measured.plan.looks.last()));
            comparisons.push(match same_code {
                Some(reason) => comparison.not_judged(reason),
                None => comparison,
            });
        }
        comparisons.sort_by(|a, b| {
            let key = |c: &Comparison| (c.id.clone(), METRICS.position(&c.metric.name));
            key(a).cmp(&key(b)).then_with(|| a.metric.name.cmp(&b.metric.name))
        });
        (comparisons, (same.benchmarks > 0).then_some(same))
    }
}

impl Measuring<'_> {
    /// A written budget that cannot be seen on this machine says so.
    fn too_tight(&self, row: &trial::Row, id: &BenchId, rounds: usize) -> Option<String> {
        let noise = self.desk.noise.as_ref()?.benchmarks.get(id)?;
        let budget = self.desk.settings.budgets.written_change(id, TIME)?;
        report::too_tight(budget, noise, rounds).filter(|_| row.question.measure == Measure::Typical)
    }

    /// A time that one side lacks because its process failed says so.
    fn tell_of_crash(&self, comparison: &mut Comparison, measured: &Measured, benchmarks: &Benchmarks) {
        let is_of = |index: &usize| benchmarks.both[*index].id() == comparison.id && &*comparison.metric.name == TIME;
        let Some((_, (side, crash))) = measured.crashes.iter().find(|(index, _)| is_of(index)) else { return };
        match side {
            Side::New => comparison.finding = Finding::Crashed(crash.to_string()),
            Side::Old => comparison.warnings.push(format!("{} {crash}", self.old.label)),
        }
    }

    /// Everything of one side: counts, times of its rounds, and one process of what only this side has or of what a
    /// budget wants to know besides the time.
    fn assemble(&self, side: Side, counts: Reading, measured: &Measured, benchmarks: &Benchmarks) -> Result<Run, Stop> {
        let (lane, lonely) = match side {
            Side::Old => (self.old, &benchmarks.only_old),
            Side::New => (self.new, &benchmarks.only_new),
        };
        let mut observations = counts.observations;
        observations.extend(measured.rows.iter().map(|row| match side {
            Side::Old => row.sides.0.clone(),
            Side::New => row.sides.1.clone(),
        }));
        let of_crashed = |with: bool| {
            let crashes = measured.crashes.iter().filter(move |(_, (crashed, _))| (*crashed == side) == with);
            crashes.map(|(index, (_, crash))| (&benchmarks.both[*index], crash))
        };
        let mut alone = |turn: &Turn| -> Result<(), Failure> {
            let taken = lane
                .measure(turn, Length::default(), self.timeout)
                .map_err(|crash| self.failure(side, turn, &crash))?;
            observations.extend(trial::alone(&turn.id(), &Arc::new(Metric::known(TIME)), taken));
            Ok(())
        };
        lonely.iter().chain(&benchmarks.skipped).try_for_each(&mut alone)?;
        for (turn, crash) in of_crashed(false) {
            // When neither side can be measured there is nothing to say of the benchmark at all.
            let other = self.failure(side.other(), turn, crash);
            alone(turn).map_err(|failure| failure.and(other))?;
        }
        let whole = benchmarks.both.iter().filter(|turn| of_crashed(true).all(|(crashed, _)| crashed != *turn));
        for turn in whole.chain(&benchmarks.skipped).filter(|turn| self.wants_details(&turn.id())) {
            let details = lane.details(turn, Length::default(), self.timeout);
            observations.extend(details.map_err(|crash| self.failure(side, turn, &crash))?);
        }
        let provenance = counts.provenance.or(lane.provenance.clone());
        let run = Run::new(lane.label.clone(), provenance, counts.warnings, observations);
        Ok(run.map_err(|collisions| Failure::of_collisions(&lane.label, &collisions))?)
    }

    /// A crash, with the name of what crashed.
    fn failure(&self, side: Side, turn: &Turn, crash: &Crash) -> Failure {
        let lane = if side == Side::Old { self.old } else { self.new };
        crash.failure(&format!("{} of {}", turn.benchmark, lane.label))
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
pub(super) const SEED: u64 = 1;

/// Benchmarks that cannot be measured to the end: which side, and what happened to its process.
type Crashes = BTreeMap<usize, (world::Side, Crash)>;

/// Hands what an earlier run measured to the rotation. Returns the number of the next round of each benchmark.
fn replay(recorded: &Recorded, benchmarks: &[Turn], rotation: &mut Rotation) -> Vec<usize> {
    let mut next = vec![0; benchmarks.len()];
    for (index, turn) in benchmarks.iter().enumerate() {
        for (number, round) in recorded.get(&turn.benchmark).into_iter().flatten() {
            rotation.record(index, Some(*round), 0.0);
            rotation.look();
            next[index] = number + 1;
        }
    }
    next
}

/// How far it is.
fn standing(benchmarks: &[Turn], rotation: &Rotation, seconds: f64) -> String {
    /// More would not fit into a line.
    const NAMED: usize = 3;
    let open: Vec<&str> = (0..benchmarks.len())
        .filter(|&index| rotation.is_open(index))
        .map(|index| &*benchmarks[index].benchmark)
        .collect();
    let done = format!("after {seconds:.0} s {} of {} are decided", benchmarks.len() - open.len(), benchmarks.len());
    match open.len() {
        0 => done,
        1..=NAMED => format!("{done}; {} go on", open.join(", ")),
        more => format!("{done}; {more} go on"),
    }
}
