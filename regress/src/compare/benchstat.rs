//! What benchstat would print of a row: for comparing with what somebody is used to. No verdict looks at it.

use crate::model::{Observation, Values};
use crate::stats::{self, Sample};

/// The numbers of benchstat for one row: all measurements as if each were independent, this row alone.
///
/// Source: golang.org/x/perf/cmd/benchstat at 712aea8, with its defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Benchstat {
    /// new ÷ old of the medians of all measurements. `None` when old is zero and new is not.
    pub ratio: Option<f64>,
    /// The two-sided Mann–Whitney probability, not corrected for the number of rows. benchstat's own to the last digit,
    /// but where that is no probability: with ties on sides of different size it doubles one tail of a distribution that
    /// is not symmetric, and prints nothing, for 0, or more than 1; and of one below 1e-16 it may print nothing. Here both
    /// tails are counted, and told.
    pub p: f64,
    /// How many measurements: old, new.
    pub n: (usize, usize),
}

impl Benchstat {
    /// Where benchstat prints a difference, and not `~`.
    pub const ALPHA: f64 = 0.05;

    /// `None` for totals: benchstat knows measurements only.
    pub(super) fn of(old: &Observation, new: &Observation) -> Option<Benchstat> {
        let (old, new) = (measurements(old)?, measurements(new)?);
        let (old_median, new_median) = (stats::median(old), stats::median(new));
        let ratio = if old_median == new_median { Some(1.0) } else { Some(new_median / old_median) };
        Some(Benchstat {
            ratio: ratio.filter(|ratio| ratio.is_finite()),
            p: stats::rank_test(old, new).p,
            n: (old.len(), new.len()),
        })
    }

    /// Whether benchstat would print a difference.
    pub fn differs(&self) -> bool {
        self.p <= Benchstat::ALPHA
    }
}

fn measurements(observation: &Observation) -> Option<&Sample> {
    match &observation.values {
        Values::Exact(_) => None,
        Values::Sampled(processes) => Some(processes.pooled()),
    }
}
