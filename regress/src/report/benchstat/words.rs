//! What stands in a cell, as text.

use super::go;
use crate::compare::tables::{Cell, Contrast, Remark};

/// Half of the interval in percent of the centre, by the longer side.
pub(super) fn interval(cell: &Cell) -> String {
    let Cell { center, low, high, .. } = *cell;
    let sign = |x: f64| if x == 0.0 { 0.0 } else { x.signum() };
    match () {
        () if low.is_infinite() || high.is_infinite() => "∞".to_owned(),
        () if sign(low) != sign(center) || sign(high) != sign(center) => "?".to_owned(),
        () if center == 0.0 => "0%".to_owned(),
        () => format!("{}%", go::fixed(100.0 * f64::max(high / center - 1.0, 1.0 - low / center), 0)),
    }
}

/// `-28.56%`, `~` or `?`.
pub(super) fn change(contrast: &Contrast, center: f64) -> String {
    match () {
        () if contrast.p > contrast.alpha => "~".to_owned(),
        () if contrast.base == center => "0.00%".to_owned(),
        () if contrast.base == 0.0 => "?".to_owned(),
        () => format!("{}%", go::signed((center / contrast.base - 1.0) * 100.0, 2)),
    }
}

/// `p=0.032 n=10`, `n=7+13`.
pub(super) fn evidence(contrast: &Contrast) -> String {
    let n = match contrast.n {
        (base, n) if base == n => format!("n={n}"),
        (base, n) => format!("n={base}+{n}"),
    };
    if contrast.p == 0.0 { n } else { format!("p={:.3} {n}", contrast.p) }
}

/// `-5.15%`, of a mean ratio.
pub(super) fn ratio(ratio: f64) -> String {
    format!("{}%", go::signed((ratio - 1.0) * 100.0, 2))
}

/// The sentence.
pub(super) fn remark(remark: &Remark) -> String {
    let at_least = |needed: Option<usize>, most: usize| match needed {
        Some(needed) => format!(">= {needed}"),
        None => format!("> {most}"),
    };
    match remark {
        Remark::VaryIn(keys) => format!("benchmarks vary in {}", keys.join(", ")),
        Remark::FewForInterval { needed, confidence } => {
            let (needed, level) = (at_least(*needed, 50), go::shortest(*confidence));
            format!("need {needed} samples for confidence interval at level {level}")
        }
        Remark::NotExact { min, max } => {
            let (min, max) = (go::shortest(*min), go::shortest(*max));
            format!("exact distribution expected, but values range from {min} to {max}")
        }
        Remark::AllEqual => "all samples are equal".to_owned(),
        Remark::FewForDifference { needed, alpha } => {
            let (needed, level) = (at_least(*needed, 10), go::shortest(*alpha));
            format!("need {needed} samples to detect a difference at alpha level {level}")
        }
        Remark::OtherBenchmarks => "benchmark set differs from baseline; geomeans may not be comparable".to_owned(),
        Remark::CenterNotPositive => "summaries must be >0 to compute geomean".to_owned(),
        Remark::RatioNotPositive => "ratios must be >0 to compute geomean".to_owned(),
    }
}
