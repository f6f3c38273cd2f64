//! How often a rule was right.

use std::thread;

use super::draw::World;
use super::exact::clopper_pearson;
use super::rules::{Answer, FAMILY, RULES, Rule};

/// How much is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Families in which nothing changed.
    pub unchanged_runs: usize,
    /// Changed benchmarks of each kind and effect.
    pub changed: usize,
}

/// What was counted over one kind, or all, at one effect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub benchmarks: usize,
    pub flagged: usize,
    pub improved: usize,
    pub proven: usize,
    pub rounds: usize,
}

impl Count {
    fn add(&mut self, answer: Answer) {
        self.benchmarks += 1;
        self.flagged += usize::from(answer.is_flagged);
        self.improved += usize::from(answer.is_improved);
        self.proven += usize::from(answer.is_proven);
        self.rounds += answer.rounds;
    }

    pub fn plus(self, other: Count) -> Count {
        Count {
            benchmarks: self.benchmarks + other.benchmarks,
            flagged: self.flagged + other.flagged,
            improved: self.improved + other.improved,
            proven: self.proven + other.proven,
            rounds: self.rounds + other.rounds,
        }
    }

    /// A share of the benchmarks.
    pub fn share(&self, hits: usize) -> f64 {
        hits as f64 / self.benchmarks as f64
    }

    pub fn mean_rounds(&self) -> f64 {
        self.rounds as f64 / self.benchmarks as f64
    }
}

/// Families of benchmarks of all kinds in turn, in which nothing changed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unchanged {
    pub runs: usize,
    /// Runs with at least one benchmark called a regression.
    pub runs_flagged: usize,
    /// Runs with at least one called an improvement.
    pub runs_improved: usize,
    pub count: Count,
}

impl Unchanged {
    /// The share of runs with a false flag, and the 95 % interval around it.
    pub fn family_wise(&self) -> (f64, (f64, f64)) {
        (self.runs_flagged as f64 / self.runs as f64, clopper_pearson(self.runs_flagged, self.runs))
    }
}

/// All that is counted of one rule on one record.
pub struct Scored {
    pub rule: &'static Rule,
    pub unchanged: Unchanged,
    /// By effect, as in [`EFFECTS`]: by kind.
    pub changed: Vec<Vec<Count>>,
}

/// new ÷ old of what is counted in tables.
pub const EFFECTS: [f64; 6] = [1.00, 1.01, 1.02, 1.03, 1.05, 1.10];

impl Scored {
    /// Every rule that can be scored on this record, in the order of [`RULES`]: some need longer stretches of rounds.
    pub fn all(world: &World, size: Size) -> Vec<Scored> {
        let rules = RULES.iter().filter(|rule| world.has_stretches_of(rule.stretch));
        thread::scope(|scope| {
            let scored: Vec<_> = rules.map(|rule| scope.spawn(move || Scored::of(rule, world, size))).collect();
            scored.into_iter().map(|scored| scored.join().expect("counting does not panic")).collect()
        })
    }

    fn of(rule: &'static Rule, world: &World, size: Size) -> Scored {
        let of_kinds =
            |effect| (0..world.kinds()).map(|kind| changed(rule, world, kind, effect, size.changed)).collect();
        let unchanged = unchanged(rule, world, size.unchanged_runs);
        Scored { rule, unchanged, changed: EFFECTS.into_iter().map(of_kinds).collect() }
    }

    /// Over all kinds.
    pub fn at(&self, effect: f64) -> Count {
        self.by_kind(effect).iter().copied().fold(Count::default(), Count::plus)
    }

    /// # Panics
    /// For an effect that is not in [`EFFECTS`].
    pub fn by_kind(&self, effect: f64) -> &[Count] {
        let place = EFFECTS.iter().position(|known| *known == effect).expect("one of EFFECTS");
        &self.changed[place]
    }
}

pub fn unchanged(rule: &Rule, world: &World, runs: usize) -> Unchanged {
    let mut total = Unchanged { runs, ..Unchanged::default() };
    for run in 0..runs {
        let mut count = Count::default();
        for place in 0..FAMILY {
            // Kinds in turn, going on where the run before stopped: 50 need not be a multiple of their number.
            let number = run * FAMILY + place;
            let mut benchmark = world.benchmark(number % world.kinds(), 1.0, run % 2, seed(1, number));
            count.add((rule.judge)(&mut benchmark));
        }
        total.runs_flagged += usize::from(count.flagged > 0);
        total.runs_improved += usize::from(count.improved > 0);
        total.count = total.count.plus(count);
    }
    total
}

/// Benchmarks of one kind that take `effect` times as long, each one of a family.
pub fn changed(rule: &Rule, world: &World, kind: usize, effect: f64, benchmarks: usize) -> Count {
    let mut count = Count::default();
    for number in 0..benchmarks {
        let stream = 2 + kind + 64 * (effect * 1e4) as usize;
        let mut benchmark = world.benchmark(kind, effect, number % 2, seed(stream, number));
        count.add((rule.judge)(&mut benchmark));
    }
    count
}

pub fn changed_of_all_kinds(rule: &Rule, world: &World, effect: f64, benchmarks: usize) -> Count {
    let of_kind = |kind| changed(rule, world, kind, effect, benchmarks);
    (0..world.kinds()).map(of_kind).fold(Count::default(), Count::plus)
}

/// The smallest effect, in steps of 0.05 %, that is found in nine of ten over all kinds; `None` above 25 %.
pub fn smallest_found(rule: &Rule, world: &World, benchmarks: usize) -> Option<f64> {
    let is_found = |step: usize| {
        let count = changed_of_all_kinds(rule, world, 1.0 + step as f64 * STEP, benchmarks);
        count.share(count.flagged) >= 0.9
    };
    let (mut missed, mut found) = (20, 500);
    if !is_found(found) {
        return None;
    }
    while missed + 1 < found {
        let middle = usize::midpoint(missed, found);
        if is_found(middle) { found = middle } else { missed = middle }
    }
    Some(found as f64 * STEP)
}

const STEP: f64 = 0.0005;

/// Fixed, so that the same tables come out everywhere.
fn seed(stream: usize, number: usize) -> u64 {
    (stream as u64) << 40 | number as u64
}
