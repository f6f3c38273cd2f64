//! Ways of comparing two observations, one file each.

mod exact;
pub(super) mod method;
mod pairs;
mod rank;
mod summaries;

pub use method::{IN_TURNS, Method, PAIRS};
pub(super) use rank::finding as rank_finding;

use super::summary::count_of;
use super::{Comparison, Options};
use crate::model::Observation;

/// All ways of comparing, with the cases they are for.
pub const METHODS: &[&Method] = &[&exact::METHOD, &rank::METHOD, &pairs::METHOD, &summaries::METHOD, &TURNS];

/// Decided round by round while measuring, by `trial`.
const TURNS: Method = Method {
    name: IN_TURNS,
    what: "processes that took turns: trimmed mean of the log ratio of each round, Winsorised t, looks fixed beforehand",
};

/// Counts that repeat are compared as counts, pairs as pairs, everything else by ranks, as far as there is anything to
/// rank.
pub(super) fn apply(old: &Observation, new: &Observation, options: &Options) -> Comparison {
    match (count_of(old), count_of(new)) {
        (Some(old_count), Some(new_count)) => exact::compare((old, old_count), (new, new_count)),
        _ if summaries::is_for(&old.values, &new.values) => summaries::compare(old, new, options),
        _ => pairs::compare(old, new, options).unwrap_or_else(|| rank::compare(old, new, options)),
    }
}
