//! In which order the programs of one round run.

use super::random::Random;

/// Which side runs first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// Old, then new.
    Old,
    /// New, then old.
    New,
}

/// One pair of processes in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Which benchmark.
    pub benchmark: usize,
    /// Which of its two sides goes first.
    pub first: First,
}

/// The turns of one round: every benchmark once, in random order, old or new first.
///
/// * `seed`: the same seed gives the same orders, on every machine.
/// * `round_number`: from 0; each round has an order of its own.
/// * `benchmarks`: those still to be measured, in any order.
///
/// Which side goes first is drawn for two rounds together, once each way: whatever the second process of a pair
/// finds warm or busy falls on both sides equally often, not only on average. It depends on seed, benchmark and round
/// only: a benchmark that leaves does not change the coins of the others.
///
/// ```
/// use regress::trial::{First, round_order};
///
/// let turns = round_order(7, 0, &[0, 1, 2]);
/// let mut benchmarks: Vec<usize> = turns.iter().map(|turn| turn.benchmark).collect();
/// benchmarks.sort();
/// assert_eq!(benchmarks, [0, 1, 2]);
/// assert_eq!(turns, round_order(7, 0, &[0, 1, 2]));
///
/// let first = |round_number| round_order(7, round_number, &[5])[0].first;
/// assert_ne!(first(0), first(1)); // once each way
/// ```
///
/// Source: Abedi & Brecht 2017, Conducting repeatable experiments in highly variable cloud computing environments,
/// ICPE, 287–292 (randomised multiple interleaved trials).
pub fn round_order(seed: u64, round_number: u64, benchmarks: &[usize]) -> Vec<Turn> {
    let mut order = benchmarks.to_vec();
    Random::new(seed, round_number).shuffle(&mut order);
    order.into_iter().map(|benchmark| Turn { benchmark, first: first(seed, round_number, benchmark) }).collect()
}

fn first(seed: u64, round_number: u64, benchmark: usize) -> First {
    let stream = (benchmark as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93).wrapping_add(round_number / 2); // odd: no clashes nearby
    let coin = Random::new(!seed, stream).next() & 1;
    if (coin ^ round_number & 1) == 0 { First::Old } else { First::New }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_go_first_equally_often_in_every_two_rounds() {
        for benchmark in 0..20 {
            for round_number in (0..40).step_by(2) {
                assert_ne!(first(3, round_number, benchmark), first(3, round_number + 1, benchmark));
            }
        }
    }

    #[test]
    fn which_goes_first_is_a_fair_coin_for_every_benchmark_and_round() {
        let mut heads = 0;
        let mut changes = 0; // from one benchmark to the next, in the same round
        for round_number in (0..200).step_by(2) {
            for benchmark in 0..50 {
                heads += i32::from(first(9, round_number, benchmark) == First::Old);
                changes += i32::from(first(9, round_number, benchmark) != first(9, round_number, benchmark + 1));
            }
        }
        // 2500 ± 4 sqrt(5000) / 2 = 2500 ± 141
        assert!((2359..=2641).contains(&heads), "{heads}");
        assert!((2359..=2641).contains(&changes), "{changes}");
    }

    #[test]
    fn who_leaves_does_not_change_the_coins_of_the_others() {
        let coin =
            |benchmarks: &[usize]| round_order(1, 8, benchmarks).iter().find(|turn| turn.benchmark == 4).copied();
        assert_eq!(coin(&[0, 1, 2, 3, 4]), coin(&[4]));
        assert_eq!(round_order(1, 8, &[]), []);
    }
}
