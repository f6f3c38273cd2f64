use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use crate::io::{
    self as world, Conditions, Crash, Entry, Failure, InStep, Journal, Lane, Length, Side, Snapshot, Stopwatch,
    Subject, Turn,
};
use crate::trial::{First, Pairing, Round};

/// Measures rounds, and keeps a journal of them.
pub(in crate::cli) struct Rounds<'a> {
    old: &'a Lane,
    new: &'a Lane,
    timeout: Duration,
    journal: Journal,
    watch: Stopwatch,
    /// Benchmarks that keep a clock of their own: they would all measure at once.
    never_in_turns: BTreeSet<Turn>,
    /// How long an iteration took in the last round, at best.
    iteration_seconds: BTreeMap<Turn, f64>,
    disturbances: Disturbances,
}

/// How often the machine was busy with something else.
#[derive(Default)]
struct Disturbances {
    rounds: usize,
    disturbed: usize,
    /// The words of the last one.
    last: String,
}

/// What became of a round.
pub(in crate::cli) enum Outcome {
    /// Both sides were measured; `None` when their numbers make no round.
    Measured(Option<Round>),
    /// Somebody wants the run to end.
    Interrupted,
    /// A process of this side crashed, hung, or measured nothing.
    Crashed(Side, Crash),
}

/// What an earlier run recorded: the rounds of each benchmark by their number, by its name; with their seconds.
pub(in crate::cli) type Recorded = BTreeMap<String, BTreeMap<usize, (Round, f64)>>;

impl<'a> Rounds<'a> {
    /// Nothing is measured yet.
    ///
    /// * `path`: of the journal.
    /// * `resume`: go on where the journal ends, whose rounds are returned; otherwise it begins anew.
    pub fn begin(
        (old, new): (&'a Lane, &'a Lane),
        timeout: Duration,
        path: &Path,
        resume: bool,
    ) -> Result<(Rounds<'a>, Recorded), Failure> {
        let subject = Subject::new(&old.fingerprint()?, &new.fingerprint()?);
        let (journal, entries) = match resume {
            true => Journal::resume(path, &subject)?,
            false => (Journal::begin(path, &subject)?, Vec::new()),
        };
        Ok((
            Rounds {
                old,
                new,
                timeout,
                journal,
                watch: Stopwatch::start(),
                never_in_turns: BTreeSet::new(),
                iteration_seconds: BTreeMap::new(),
                disturbances: Disturbances::default(),
            },
            recorded(entries),
        ))
    }

    /// Seconds since it began.
    pub fn seconds(&self) -> f64 {
        self.watch.seconds()
    }

    /// A process of each side. What it measured stands in the journal when this returns.
    ///
    /// * `pairing`: a benchmark that turns out not to take turns is measured apart, now and later.
    /// * `number`: of the round, from 0, among those of this benchmark.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn measure(&mut self, turn: &Turn, pairing: Pairing, first: First, number: usize) -> Result<Outcome, Failure> {
        let at_seconds = self.watch.seconds();
        let before = Snapshot::now();
        let InStep { old, new, took_turns: lockstep } = match self.pair(turn, pairing, first) {
            Ok(times) => times,
            Err(_) if world::interrupted() => return Ok(Outcome::Interrupted),
            Err((side, crash)) => return Ok(Outcome::Crashed(side, crash)),
        };
        self.iteration_seconds.insert(turn.clone(), old.iter().copied().fold(f64::INFINITY, f64::min));
        let round = if lockstep { Round::in_lockstep(&old, &new) } else { Round::of(&old, &new) };
        let conditions = Snapshot::now().since(&before);
        self.disturbances.note(&conditions);
        let entry = |side, seconds| Entry {
            round: number,
            benchmark: turn.benchmark.clone(),
            side,
            seconds,
            lockstep,
            at_seconds,
            conditions: conditions.clone(),
        };
        self.journal.add(&[entry(Side::Old, old), entry(Side::New, new)])?;
        Ok(Outcome::Measured(round))
    }

    /// Both sides, in turns where that is wanted and they do.
    fn pair(&mut self, turn: &Turn, pairing: Pairing, first: First) -> Result<InStep, (Side, Crash)> {
        if pairing == Pairing::Lockstep && !self.never_in_turns.contains(turn) {
            let first = if first == First::Old { Side::Old } else { Side::New };
            let length = Length::in_turns(self.iteration_seconds.get(turn).copied());
            let in_step = world::measure_in_turns(self.old, self.new, turn, first, length, self.timeout)?;
            if in_step.took_turns {
                return Ok(in_step);
            }
            self.never_in_turns.insert(turn.clone());
        }
        self.apart(turn, first)
    }

    /// One process after the other.
    fn apart(&self, turn: &Turn, first: First) -> Result<InStep, (Side, Crash)> {
        let old = || self.old.measure(turn, Length::default(), self.timeout).map_err(|crash| (Side::Old, crash));
        let new = || self.new.measure(turn, Length::default(), self.timeout).map_err(|crash| (Side::New, crash));
        let (old, new) = match first {
            First::Old => old().and_then(|old| Ok((old, new()?)))?,
            First::New => new().and_then(|new| Ok((old()?, new)))?,
        };
        Ok(InStep { old, new, took_turns: false })
    }

    /// How often the machine was busy with something else, in words; `None` when it never was.
    pub fn disturbances(&self) -> Option<String> {
        let Disturbances { rounds, disturbed, last } = &self.disturbances;
        (*disturbed > 0).then(|| {
            format!("{disturbed} of {rounds} rounds were disturbed, both sides of them alike; the last time {last}")
        })
    }
}

impl Disturbances {
    fn note(&mut self, conditions: &Conditions) {
        self.rounds += 1;
        if let Some(words) = conditions.disturbance() {
            self.disturbed += 1;
            self.last = words;
        }
    }
}

/// The rounds of which both halves were recorded.
fn recorded(entries: Vec<Entry>) -> Recorded {
    let mut olds: BTreeMap<(String, usize), Entry> = BTreeMap::new();
    let mut news = olds.clone();
    for entry in entries {
        let half = if entry.side == Side::Old { &mut olds } else { &mut news };
        half.insert((entry.benchmark.clone(), entry.round), entry);
    }
    let mut recorded = Recorded::new();
    for ((benchmark, number), old) in olds {
        let Some(new) = news.remove(&(benchmark.clone(), number)) else { continue };
        let round = if old.lockstep { Round::in_lockstep } else { Round::of };
        if let Some(round) = round(&old.seconds, &new.seconds) {
            let seconds = old.conditions.seconds.unwrap_or(0.0);
            recorded.entry(benchmark).or_default().insert(number, (round, seconds));
        }
    }
    recorded
}
