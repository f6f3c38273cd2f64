//! One benchmark with a known effect, drawn from the recorded rounds.

use std::ops::Range;

use regress::trial::{Candidate, Pairing, Plan, Round, Summary, tighter};

use super::random::Random;
use super::samples::{Process, Samples};

/// Rounds that are drawn together, so that what lasts for some rounds lasts in the draw as well.
pub const BLOCK: usize = 8;

/// The recorded rounds, and by which pairing each kind is measured.
pub struct World {
    samples: Samples,
    /// By half, by kind. Chosen on unchanged code in the *other* half: nothing is scored on what it was tuned on.
    pairings: [Vec<Pairing>; 2],
}

impl World {
    pub fn new(samples: Samples) -> World {
        let choose =
            |half: usize| (0..samples.old.len()).map(|kind| choose_pairing(&samples, kind, 1 - half)).collect();
        let pairings = [choose(0), choose(1)];
        World { samples, pairings }
    }

    /// A benchmark of this kind whose new version takes `effect` times as long; `half` is 0 or 1.
    pub fn benchmark(&self, kind: usize, effect: f64, half: usize, seed: u64) -> Benchmark<'_> {
        let mut random = Random::new(seed);
        let effects = &self.samples.effects;
        let known = effects.iter().position(|known| *known == effect);
        // An effect nobody recorded is a recorded one, scaled: any of them, so that no arm's luck decides.
        let arm = known.unwrap_or_else(|| random.below(effects.len()));
        Benchmark { world: self, kind, arm, scale: effect / effects[arm], is_unchanged: effect == 1.0, half, random }
    }

    pub fn pairing(&self, half: usize, kind: usize) -> Pairing {
        self.pairings[half][kind]
    }

    pub fn kinds(&self) -> usize {
        self.samples.kinds.len()
    }

    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// Whether each half of the record has so many rounds.
    pub fn has_stretches_of(&self, rounds: usize) -> bool {
        rounds <= self.samples.old[0].len() / 2
    }
}

pub struct Benchmark<'a> {
    world: &'a World,
    pub kind: usize,
    arm: usize,
    scale: f64,
    /// Unchanged code has no direction: a coin for each block says whether new is taken for old.
    is_unchanged: bool,
    half: usize,
    random: Random,
}

impl Benchmark<'_> {
    /// Rounds, measured as suits this kind.
    pub fn rounds(&mut self, count: usize) -> Vec<Round> {
        match self.world.pairing(self.half, self.kind) {
            Pairing::Apart => self.rounds_apart(count),
            Pairing::Lockstep => self.rounds_lockstep(count),
        }
    }

    pub fn rounds_apart(&mut self, count: usize) -> Vec<Round> {
        self.pairs(count).into_iter().map(|(old, new)| round(old, new)).collect()
    }

    /// Old and new process of the same round.
    pub fn pairs(&mut self, count: usize) -> Vec<(Process, Process)> {
        let drawn = self.blocks(count, self.world.samples.old[self.kind].len());
        drawn.into_iter().map(|(index, is_exchanged)| self.pair(index, is_exchanged)).collect()
    }

    /// So many processes of the old version, then so many of the new one: what running two commits in turn gives.
    pub fn one_then_other(&mut self, old: usize, new: usize) -> (Vec<Process>, Vec<Process>) {
        let range = half_of(self.world.samples.old[self.kind].len(), self.half);
        let start = range.start + self.random.below(range.len() - (old + new) + 1);
        let is_exchanged = self.is_unchanged && self.random.coin();
        let old_side = (start..start + old).map(|index| self.pair(index, is_exchanged).0).collect();
        let new_side = (start + old..start + old + new).map(|index| self.pair(index, is_exchanged).1).collect();
        (old_side, new_side)
    }

    fn rounds_lockstep(&mut self, count: usize) -> Vec<Round> {
        let recorded = &self.world.samples.lockstep[self.kind][self.arm];
        let lift = self.scale.ln();
        let drawn = self.blocks(count, recorded.len()).into_iter();
        drawn
            .map(|(index, flip)| lockstep_round(if flip { -recorded[index] } else { recorded[index] } + lift))
            .collect()
    }

    /// Rounds of this half in blocks drawn with replacement, and whether old and new are exchanged in them.
    fn blocks(&mut self, count: usize, recorded: usize) -> Vec<(usize, bool)> {
        let range = half_of(recorded, self.half);
        let mut drawn = Vec::with_capacity(count + BLOCK);
        while drawn.len() < count {
            let start = range.start + self.random.below(range.len() - BLOCK + 1);
            let is_exchanged = self.is_unchanged && self.random.coin();
            drawn.extend((start..start + BLOCK).map(|index| (index, is_exchanged)));
        }
        drawn.truncate(count);
        drawn
    }

    fn pair(&self, index: usize, is_exchanged: bool) -> (Process, Process) {
        let (old, new) = (self.world.samples.old[self.kind][index], self.recorded_new(index));
        if is_exchanged { (new, old) } else { (old, new) }
    }

    fn recorded_new(&self, index: usize) -> Process {
        let Process { min, median, q90, mean, sd } = self.world.samples.new[self.kind][self.arm][index];
        let s = self.scale;
        Process { min: s * min, median: s * median, q90: s * q90, mean: s * mean, sd: s * sd }
    }
}

fn half_of(recorded: usize, half: usize) -> Range<usize> {
    let middle = recorded / 2;
    if half == 0 { 0..middle } else { middle..recorded }
}

/// What a null run says about one kind, in one half of the rounds.
fn choose_pairing(samples: &Samples, kind: usize, half: usize) -> Pairing {
    let (old, new) = (&samples.old[kind], &samples.new[kind][0]);
    let apart: Vec<Round> = half_of(old.len(), half).map(|index| round(old[index], new[index])).collect();
    let recorded = &samples.lockstep[kind][0];
    let lockstep: Vec<Round> = recorded[half_of(recorded.len(), half)].iter().copied().map(lockstep_round).collect();
    let candidate = |rounds, seconds: f64| Candidate { rounds, seconds };
    let (seconds_apart, seconds_lockstep) = samples.seconds_of_a_pair();
    tighter(
        candidate(&apart, seconds_apart * apart.len() as f64),
        candidate(&lockstep, seconds_lockstep * lockstep.len() as f64),
        &Plan::default(),
    )
}

fn round(old: Process, new: Process) -> Round {
    let summary = |process: Process| Summary { min: process.min, median: process.median, q90: process.q90 };
    Round { old: summary(old), new: summary(new), lockstep: None }
}

/// Only the median of the pairs was kept; the summaries stand in with the same ratio.
fn lockstep_round(log_ratio: f64) -> Round {
    let summary = |x: f64| Summary { min: x, median: x, q90: x };
    Round { old: summary(1.0), new: summary(log_ratio.exp()), lockstep: Some(log_ratio) }
}
