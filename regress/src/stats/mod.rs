//! Numbers in, numbers out: nothing here has heard of a benchmark, a budget or a file.
//!
//! ```text
//! sample          finite numbers in the order they were taken, and sorted
//! interval        from low to high, with the confidence that was really reached
//! order           quantiles, the median and its distribution-free interval
//! u_distribution  how Mann and Whitney's U falls when nothing changed
//! rank_test       did it change?       p of the Mann-Whitney U test
//! shift           by how much?         Hodges-Lehmann difference and ratio, with intervals
//! trimmed         by how much, in pairs?  trimmed mean, Winsorised t
//! signed_rank     did it change, in pairs?  p of Wilcoxon's test
//! modes           two populations?  where they part
//! power           what could be seen?  smallest visible change, measurements needed
//! quartiles       how surely is a median known whose measurements are lost?
//! spread          how noisy is it?     MAD and what is made of it
//! drift           may it be trusted?   early against late, autocorrelation
//! adjust          many tests at once   Holm, Benjamini-Hochberg
//! geomean         many ratios as one
//! scaling         how fast it grows    exponent over sizes, held against a law
//! normal          the normal distribution, for all of the above
//! natural         ln and exp, the same on every machine
//! ```
//!
//! Every threshold (alpha, confidence, power) is an argument.

mod adjust;
mod drift;
mod geomean;
mod interval;
mod modes;
mod natural;
mod normal;
#[cfg(test)]
mod oracle_tests;
mod order;
#[cfg(test)]
mod paired_oracle_tests;
mod power;
mod quartiles;
mod rank_test;
mod sample;
mod scaling;
#[cfg(test)]
mod scaling_oracle_tests;
mod shift;
mod signed_rank;
mod spread;
mod trimmed;
mod u_distribution;

pub use adjust::{benjamini_hochberg, holm};
pub use drift::{Drift, drift, effective_size};
pub use geomean::geometric_mean;
pub use interval::Interval;
pub use modes::{Modes, two_modes};
pub use order::{MedianOrders, median, median_interval, median_orders, quantile, samples_for_interval};
pub use power::{Aim, samples_for_change, smallest_visible_change};
pub use quartiles::interval_of_quartiles;
pub use rank_test::{Method, RankTest, doubled_tail, rank_test, samples_for_p, smallest_p};
pub use sample::{Sample, SampleError};
pub use scaling::{Growth, Law, growth, steps_beyond};
pub use shift::{Estimate, ratio, shift};
pub use signed_rank::{SignedRank, signed_rank};
pub use spread::{median_absolute_deviation, relative_spread, robust_standard_deviation};
pub use trimmed::{TrimmedMean, student_quantile, trimmed_mean};
