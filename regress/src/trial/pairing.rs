//! One process after the other, or both in lockstep: what a null run says.

use super::{Measure, Plan, Round, log_ratios};
use crate::stats::{Sample, trimmed_mean};

/// How the two processes of a round are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// One after the other.
    Apart,
    /// Both alive, measuring in turn.
    Lockstep,
}

/// A way of measuring, tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate<'a> {
    /// What it measured, best with the same program on both sides.
    pub rounds: &'a [Round],
    /// How long all these rounds took.
    pub seconds: f64,
}

/// The pairing that reaches the same standard error in less time.
///
/// * Lockstep only where it is tighter by a fifth or more: it needs a harness that can pause, and both programs at
///   once in memory.
/// * Fewer than 6 rounds of either say nothing: apart.
///
/// The error shrinks with the square root of the time, so error² · seconds is what has to be small. Measured on a
/// shared two-core machine, the scatter of one round was 3.4 % in lockstep and 35 % apart for a pointer chase through
/// 4 MiB, but 5.5 and 2.7 % for look-ups in a hash map, 22 and 4 % for two threads handing over.
pub fn tighter(apart: Candidate<'_>, lockstep: Candidate<'_>, plan: &Plan) -> Pairing {
    match (time_for_error(apart, plan), time_for_error(lockstep, plan)) {
        (Some(apart), Some(lockstep)) if lockstep < WORTH_IT * apart => Pairing::Lockstep,
        _ => Pairing::Apart,
    }
}

/// Chosen: a gain below a fifth of the time does not pay for the trouble.
const WORTH_IT: f64 = 0.8;

/// As few as that are left for t after trimming: see [`Looks::EARLIEST`](super::Looks::EARLIEST).
const FEWEST_ROUNDS: usize = super::Looks::EARLIEST;

/// Seconds it would take to reach a standard error of 1.
fn time_for_error(candidate: Candidate<'_>, plan: &Plan) -> Option<f64> {
    let (_, log_ratios) = log_ratios(candidate.rounds, Measure::Typical, plan);
    if log_ratios.len() < FEWEST_ROUNDS {
        return None;
    }
    let mean = trimmed_mean(&Sample::new(log_ratios).ok()?, plan.trim)?;
    Some(mean.standard_error.powi(2) * candidate.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::Summary;

    fn rounds(count: u32, scatter: f64) -> Vec<Round> {
        let summary = |x: f64| Summary { min: x, median: x, q90: x };
        let new = |i: u32| summary((scatter * (f64::from(i * 7 % 11) - 5.0)).exp());
        (0..count).map(|i| Round { old: summary(1.0), new: new(i), lockstep: None }).collect()
    }

    #[track_caller]
    fn check(apart: (u32, f64, f64), lockstep: (u32, f64, f64), expected: Pairing) {
        let candidate = |(count, scatter, seconds): (u32, f64, f64)| (rounds(count, scatter), seconds);
        let ((apart, apart_seconds), (lockstep, lockstep_seconds)) = (candidate(apart), candidate(lockstep));
        let pairing = tighter(
            Candidate { rounds: &apart, seconds: apart_seconds },
            Candidate { rounds: &lockstep, seconds: lockstep_seconds },
            &Plan::default(),
        );
        assert_eq!(pairing, expected);
    }

    #[test]
    fn the_same_error_in_less_time() {
        check((20, 0.02, 2.0), (20, 0.01, 3.0), Pairing::Lockstep); // a quarter of the variance for 1.5 of the time
        check((20, 0.02, 2.0), (20, 0.019, 3.0), Pairing::Apart);
        check((20, 0.02, 2.0), (20, 0.019, 2.0), Pairing::Apart); // not worth it
        check((20, 0.02, 2.0), (5, 0.001, 1.0), Pairing::Apart); // too few
        check((20, 0.02, 2.0), (20, 0.001, f64::NAN), Pairing::Apart);
    }
}
