use std::collections::BTreeMap;
use std::sync::Arc;

use super::TIME;
use super::benchmarks::Benchmarks;
use super::measuring::{Measured, Measuring};
use crate::formats::Reading;
use crate::io::{self as world, Crash, Failure, Length, Side, Turn};
use crate::model::{BenchId, METRICS, Metric, Observation, Run, Warning};
use crate::trial;

/// Everything of both sides: counts, times of the rounds, and one process of what only one side has or of what a budget
/// wants to know besides the time.
pub(super) struct Sides {
    pub old: Run,
    pub new: Run,
    /// Benchmarks that cannot be in either, with the reason.
    pub unmeasured: Vec<(BenchId, String)>,
}

impl Sides {
    pub fn of(
        measuring: &Measuring<'_>,
        counts: (Reading, Reading),
        measured: &Measured,
        benchmarks: &Benchmarks,
    ) -> Result<Sides, Failure> {
        let mut old = Pages::new(measuring, Side::Old, counts.0, measured);
        let mut new = Pages::new(measuring, Side::New, counts.1, measured);
        let mut unmeasured = BTreeMap::new();
        for index in &measured.without_round {
            let why = if world::interrupted() {
                "interrupted before its first round; --resume goes on"
            } else {
                "its numbers make no round"
            };
            unmeasured.insert(benchmarks.both[*index].id(), format!("not measured: {why}"));
        }
        for turn in &benchmarks.only_old {
            if let Err(reason) = old.alone(turn) {
                unmeasured.insert(turn.id(), format!("lost coverage: only the old side has it, and there it {reason}"));
            }
        }
        for turn in &benchmarks.only_new {
            if let Err(reason) = new.alone(turn) {
                unmeasured.insert(turn.id(), format!("crashed: {reason}"));
            }
        }
        for turn in &benchmarks.skipped {
            if let Err(reason) = old.alone(turn).and_then(|()| new.alone(turn)) {
                unmeasured.insert(turn.id(), format!("crashed: {reason}"));
            }
        }
        for (index, (side, crash)) in &measured.crashes {
            let turn = &benchmarks.both[*index];
            let other = if *side == Side::Old { &mut new } else { &mut old };
            if let Err(reason) = other.alone(turn) {
                unmeasured.insert(turn.id(), format!("crashed on both sides: it {crash}; it {reason}"));
            }
        }
        let is_whole = |index: &usize| !measured.crashes.contains_key(index) && !measured.without_round.contains(index);
        let whole = (0..benchmarks.both.len()).filter(is_whole).map(|index| &benchmarks.both[index]);
        let detailed = whole.chain(&benchmarks.skipped).filter(|turn| wants_details(measuring, &turn.id()));
        for turn in detailed {
            old.details(turn);
            new.details(turn);
        }
        Ok(Sides { old: old.run()?, new: new.run()?, unmeasured: unmeasured.into_iter().collect() })
    }
}

/// One side, being put together.
struct Pages<'a> {
    measuring: &'a Measuring<'a>,
    side: Side,
    counts: Reading,
    observations: Vec<Observation>,
}

impl<'a> Pages<'a> {
    fn new(measuring: &'a Measuring<'a>, side: Side, mut counts: Reading, measured: &Measured) -> Pages<'a> {
        let mut observations = std::mem::take(&mut counts.observations);
        observations.extend(measured.rows.iter().map(|row| match side {
            Side::Old => row.sides.0.clone(),
            Side::New => row.sides.1.clone(),
        }));
        Pages { measuring, side, counts, observations }
    }

    /// Measures a benchmark in one process; or says why there is nothing of it.
    fn alone(&mut self, turn: &Turn) -> Result<(), String> {
        let taken = self.measuring.lane(self.side).measure(turn, Length::default(), self.measuring.timeout);
        let taken = taken.map_err(|crash| after_interrupt(&crash))?;
        self.observations.extend(trial::alone(&turn.id(), &Arc::new(Metric::known(TIME)), taken));
        Ok(())
    }

    /// What a process says besides its time. That there is none is told: a budget that wants it will miss it.
    fn details(&mut self, turn: &Turn) {
        match self.measuring.lane(self.side).details(turn, Length::default(), self.measuring.timeout) {
            Ok(details) => self.observations.extend(details),
            Err(crash) => {
                let text = format!("what is computed from its time is not known: it {}", after_interrupt(&crash));
                self.counts.warnings.push(Warning::about(&turn.id(), TIME, text));
            }
        }
    }

    fn run(self) -> Result<Run, Failure> {
        let lane = self.measuring.lane(self.side);
        let provenance = self.counts.provenance.or(lane.provenance.clone());
        Run::new(lane.label.clone(), provenance, self.counts.warnings, self.observations)
            .map_err(|collisions| Failure::of_collisions(&lane.label, &collisions))
    }
}

/// A process that was ended because the user wants to end did not crash.
fn after_interrupt(crash: &Crash) -> String {
    if world::interrupted() { "was not measured: interrupted, --resume goes on".to_owned() } else { crash.to_string() }
}

/// Whether the user or a written budget names what is computed from the time of this benchmark.
fn wants_details(measuring: &Measuring<'_>, id: &BenchId) -> bool {
    let budgets = &measuring.desk.settings.policy.budgets;
    let of_budgets = budgets.iter().filter(|budget| budget.scope.benchmark.matches(id));
    let mut named = of_budgets.filter_map(|budget| budget.scope.metric.as_deref());
    named.any(|name| METRICS.is_of_the_time(name))
        || measuring.args.look.metric.iter().any(|name| METRICS.is_of_the_time(name))
}
