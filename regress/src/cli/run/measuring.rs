use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::benchmarks::Benchmarks;
use super::rounds::{Outcome, Recorded, Rounds};
use super::{BUDGET, SEED, TAIL, TAIL_BUDGET, TIME};
use crate::cli::args::RunArgs;
use crate::cli::compare::Desk;
use crate::cli::{Stop, tell};
use crate::io::{self as world, Crash, Lane, Side, Turn};
use crate::model::{BenchId, Metric, Observation, Warning};
use crate::trial::{self, Measure, Pairing, Plan, Question, Rotation};
use crate::unit::count;

/// One run, with what all its steps need.
pub(super) struct Measuring<'a> {
    pub args: &'a RunArgs,
    pub desk: &'a Desk<'a>,
    pub old: &'a Lane,
    pub new: &'a Lane,
    pub timeout: Duration,
}

/// What was measured in turns.
pub(super) struct Measured {
    pub plan: Plan,
    pub rows: Vec<MeasuredRow>,
    pub crashes: Crashes,
    /// Benchmarks of both sides that have no round: by their index.
    pub without_round: BTreeSet<usize>,
    pub warnings: Vec<Warning>,
}

/// One question about one benchmark, answered as far as the rounds go.
pub(super) struct MeasuredRow {
    pub row: trial::Row,
    pub sides: (Observation, Observation),
    /// new ÷ old of each round.
    pub ratios: Vec<f64>,
}

impl MeasuredRow {
    /// Its rounds, for plots.
    pub fn rounds(self) -> ((BenchId, Arc<str>), Vec<f64>) {
        let Observation { id, metric, .. } = self.sides.1;
        ((id, metric.name.clone()), self.ratios)
    }
}

/// Benchmarks that cannot be measured to the end, by index: which side, and what happened to its process.
pub(super) type Crashes = BTreeMap<usize, (Side, Crash)>;

impl Measuring<'_> {
    pub fn lane(&self, side: Side) -> &Lane {
        match side {
            Side::Old => self.old,
            Side::New => self.new,
        }
    }

    pub fn measure(&self, benchmarks: &Benchmarks, directory: &Path, errors: &mut dyn Write) -> Result<Measured, Stop> {
        let correction = self.desk.settings.options.correction;
        let looks = trial::Looks::doubling(self.args.rounds as usize);
        let standard = Plan::default();
        let alpha = self.desk.settings.policy.profile.alpha();
        let (alpha, alpha_within) = (alpha.unwrap_or(standard.alpha), alpha.unwrap_or(standard.alpha_within));
        let plan = Plan { looks, correction, alpha, alpha_within, ..standard };
        let questions: Vec<Vec<Question>> = benchmarks.both.iter().map(|turn| self.questions(&turn.id())).collect();
        let mut rotation = Rotation::new(plan.clone(), SEED, questions);
        let mut warnings = Vec::new();
        if !benchmarks.skipped.is_empty() {
            let skipped = count(benchmarks.skipped.len(), "benchmark");
            let text = format!("{skipped} did not take turns, with the same machine code on both sides");
            warnings.push(Warning::general(text));
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
        let mut without_round = BTreeSet::new();
        let measured = rows.filter_map(|row| {
            let id = benchmarks.both[row.benchmark].id();
            let rounds = rotation.rounds_of(row.benchmark);
            let sides = trial::observations(&id, &time(row.question.measure), rounds, &row);
            if sides.is_none() {
                without_round.insert(row.benchmark);
            }
            let (_, logs) = trial::log_ratios(rounds, row.question.measure, rotation.plan());
            let ratios = logs.into_iter().map(f64::exp).collect();
            Some(MeasuredRow { row, sides: sides?, ratios })
        });
        let rows = measured.collect();
        Ok(Measured { plan, rows, crashes, without_round, warnings })
    }

    /// What the written budgets want to know of a benchmark's time, and of its tail where a rule or the user names it.
    fn questions(&self, id: &BenchId) -> Vec<Question> {
        let budgets = &self.desk.settings.policy.budgets;
        let typical = Question::new(Measure::Typical, budgets.written_ratio(id, TIME).unwrap_or(BUDGET));
        let asked = self.args.look.metric.iter().any(|name| name == TAIL).then_some(TAIL_BUDGET);
        let tail = budgets.written_ratio(id, TAIL).or(asked).map(|budget| Question::new(Measure::Tail, budget));
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
        let path = directory.join("rounds.journal");
        let (mut rounds, recorded) = Rounds::begin(lanes, self.timeout, &path, self.args.resume)?;
        let mut numbers = replay(&recorded, benchmarks, rotation);
        let pairings: Vec<Pairing> = benchmarks.iter().map(|turn| self.pairing(turn)).collect();
        let mut crashes = Crashes::new();
        loop {
            let turns = rotation.next_round((self.args.max_time.as_secs_f64() - rounds.seconds()).max(0.0));
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
        let noise = self.desk.noise.as_ref().and_then(|noise| noise.benchmarks.get(&turn.id()));
        let is_tighter = noise.is_some_and(|noise| noise.lockstep);
        match is_tighter && self.old.takes_turns(turn) && self.new.takes_turns(turn) {
            true => Pairing::Lockstep,
            false => Pairing::Apart,
        }
    }
}

/// Hands what an earlier run measured to the rotation, round by round as it did. Returns the number of the next round
/// of each benchmark.
fn replay(recorded: &Recorded, benchmarks: &[Turn], rotation: &mut Rotation) -> Vec<usize> {
    let of = |turn: &Turn| recorded.get(&turn.benchmark);
    let next = |turn: &Turn| of(turn).and_then(|rounds| rounds.last_key_value()).map_or(0, |(last, _)| last + 1);
    let next: Vec<usize> = benchmarks.iter().map(next).collect();
    for number in 0..next.iter().copied().max().unwrap_or(0).min(rotation.plan().looks.last()) {
        for (index, turn) in benchmarks.iter().enumerate() {
            if let Some((round, seconds)) = of(turn).and_then(|rounds| rounds.get(&number)) {
                rotation.record(index, Some(*round), *seconds);
            }
        }
        rotation.look();
    }
    next
}

/// How far it is.
fn standing(benchmarks: &[Turn], rotation: &Rotation, seconds: f64) -> String {
    /// More would not fit into a line.
    const NAMED: usize = 3;
    let is_open = |index: &usize| rotation.is_open(*index);
    let open: Vec<&str> = (0..benchmarks.len()).filter(is_open).map(|index| &*benchmarks[index].benchmark).collect();
    let done = format!("after {seconds:.0} s {} of {} are decided", benchmarks.len() - open.len(), benchmarks.len());
    match open.len() {
        0 => done,
        1..=NAMED => format!("{done}; {} go on", open.join(", ")),
        more => format!("{done}; {more} go on"),
    }
}
