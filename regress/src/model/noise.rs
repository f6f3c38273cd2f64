use std::collections::BTreeMap;

use super::{BenchId, Provenance};

/// How far each benchmark can be trusted on one machine: what measuring a program against itself found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Noise {
    /// The program, the machine, and when.
    pub provenance: Provenance,
    /// Runs of the whole family that were redrawn from the rounds.
    pub runs: usize,
    /// How many of them called at least one benchmark slower or faster.
    pub false_runs: usize,
    /// What is known of each benchmark.
    pub benchmarks: BTreeMap<BenchId, BenchNoise>,
}

/// How far one benchmark can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchNoise {
    /// So many rounds were measured.
    pub rounds: usize,
    /// Whether two live processes measure in turn, a measurement each; otherwise one process after the other.
    pub lockstep: bool,
    /// Standard deviation of one round's log ratio, its wildest quarters aside: 0.03 is 3 %. At least 0.
    pub scatter: f64,
    /// Seconds of one round.
    pub round_seconds: f64,
    /// After so many rounds, new ÷ old of the smallest slowdown that is flagged nine times in ten; ascending rounds.
    pub visible: Vec<(usize, f64)>,
    /// How much two runs taken apart may differ, as a ratio of at least 1. `None`: too few processes to tell.
    pub between_runs: Option<f64>,
    /// In how many of the redrawn runs it was called slower or faster.
    pub false_flags: usize,
}

impl Noise {
    /// This, and of an earlier one the benchmarks that this one has not.
    pub fn completed_by(mut self, earlier: Noise) -> Noise {
        for (id, noise) in earlier.benchmarks {
            self.benchmarks.entry(id).or_insert(noise);
        }
        self
    }
}

impl BenchNoise {
    /// The smallest slowdown that can be seen in at most so many rounds, as a ratio above 1; infinite when that is
    /// too few for any.
    pub fn visible_within(&self, rounds: usize) -> f64 {
        self.visible.iter().rev().find(|(look, _)| *look <= rounds).map_or(f64::INFINITY, |(_, ratio)| *ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_visible_within_some_rounds_is_that_of_the_last_look() {
        let noise = BenchNoise {
            rounds: 40,
            lockstep: false,
            scatter: 0.02,
            round_seconds: 0.1,
            visible: vec![(10, 1.08), (20, 1.04)],
            between_runs: Some(1.2),
            false_flags: 0,
        };
        let visible = |rounds| noise.visible_within(rounds);
        assert_eq!(
            [visible(9), visible(10), visible(19), visible(20), visible(99)],
            [f64::INFINITY, 1.08, 1.08, 1.04, 1.04]
        );
    }
}
