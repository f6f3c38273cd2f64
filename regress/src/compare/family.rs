use super::{Comparison, Finding, Lack, Options, is_judged, methods};
use crate::stats;
use crate::unit::count;

/// How p-values are corrected for being many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// Holm: bounds the probability of any false finding.
    Holm,
    /// Benjamini–Hochberg: bounds the share of false findings among the findings.
    BenjaminiHochberg,
}

/// Fills in the adjusted p-values, and decides the rows that hang on them.
///
/// Only rows that can be judged count: a row that is merely shown costs the others no power.
pub(super) fn correct(comparisons: &mut [Comparison], options: &Options) {
    let judged: Vec<bool> = comparisons.iter().map(is_judged).collect();
    let p_of = |c: &Comparison| c.change.as_ref().and_then(|change| change.p);
    let family: Vec<f64> = comparisons.iter().zip(&judged).filter(|(_, j)| **j).filter_map(|(c, _)| p_of(c)).collect();
    let mut adjusted = match options.correction {
        Correction::Holm => stats::holm(&family),
        Correction::BenjaminiHochberg => stats::benjamini_hochberg(&family),
    }
    .into_iter();
    for (comparison, judged) in comparisons.iter_mut().zip(judged) {
        let Some(change) = comparison.change.as_mut().filter(|change| change.p.is_some()) else { continue };
        // A detail has a family of its own: the rule that names it.
        change.p_adjusted = if judged { adjusted.next() } else { change.p };
        if !matches!(comparison.finding, Finding::NotComparable(_)) {
            comparison.finding = methods::rank_finding(comparison, options);
        }
    }
    warn_if_nothing_can_be_found(comparisons, family.len(), options);
}

/// A family so large that its rows have too few measurements to ever be significant is told so.
fn warn_if_nothing_can_be_found(comparisons: &mut [Comparison], family_size: usize, options: &Options) {
    for comparison in comparisons {
        let super::Sides::Both { old, new } = &comparison.sides else { continue };
        let is_lack = matches!(comparison.finding, Finding::NotProven(Lack::Measurements { .. }));
        if !is_lack || !is_judged(comparison) {
            continue;
        }
        let smallest = stats::smallest_p(old.n, new.n);
        comparison.warnings.push(format!(
            "{} + {} measurements cannot show a change at alpha {} among {} (the smallest possible p is {smallest:.2})",
            old.n,
            new.n,
            options.alpha,
            count(family_size, "row"),
        ));
    }
}
