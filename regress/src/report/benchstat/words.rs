//! What stands in a cell, as text.

use std::fmt::{self, Display};

use super::go;
use crate::compare::tables::{Cell, Contrast, Remark};

/// Half of the interval in percent of the centre, by the longer side.
pub(super) fn interval(cell: &Cell) -> impl Display {
    let Cell { center, low, high, .. } = *cell;
    let sign = |x: f64| if x == 0.0 { 0.0 } else { x.signum() };
    fmt::from_fn(move |f| match () {
        () if low.is_infinite() || high.is_infinite() => f.write_str("∞"),
        () if sign(low) != sign(center) || sign(high) != sign(center) => f.write_str("?"),
        () if center == 0.0 => f.write_str("0%"),
        () => write!(f, "{}%", go::fixed(100.0 * f64::max(high / center - 1.0, 1.0 - low / center), 0)),
    })
}

/// `-28.56%`, `~` or `?`.
pub(super) fn change(contrast: &Contrast, center: f64) -> impl Display {
    let Contrast { base, p, alpha, .. } = *contrast;
    fmt::from_fn(move |f| match () {
        () if p > alpha => f.write_str("~"),
        () if base == center => f.write_str("0.00%"),
        () if base == 0.0 => f.write_str("?"),
        () => write!(f, "{}%", go::signed((center / base - 1.0) * 100.0, 2)),
    })
}

/// `p=0.032 n=10`, `n=7+13`.
pub(super) fn evidence(contrast: &Contrast) -> impl Display {
    let Contrast { p, n, .. } = *contrast;
    fmt::from_fn(move |f| {
        if p != 0.0 {
            write!(f, "p={} ", go::fixed(p, 3))?;
        }
        match n {
            (base, n) if base == n => write!(f, "n={n}"),
            (base, n) => write!(f, "n={base}+{n}"),
        }
    })
}

/// `-5.15%`, of a mean ratio.
pub(super) fn ratio(ratio: f64) -> impl Display {
    fmt::from_fn(move |f| write!(f, "{}%", go::signed((ratio - 1.0) * 100.0, 2)))
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
