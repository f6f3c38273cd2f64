//! How a metric grows with the size in a benchmark's name.

use super::{Interval, Options, Summary};
use crate::model::{BenchId, Nature, Observation, Run};
use crate::select::size_of;
use crate::stats::{self, Law};

/// A metric of one benchmark at one size.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The size, as its name says.
    pub size: f64,
    /// What was measured there.
    pub observation: &'a Observation,
}

/// How a metric grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Growing {
    /// Like n to a power.
    Fitted {
        /// The power, with the interval it lies in. For times the lower end allows for a machine that became slower
        /// meanwhile; a disturbance only ever adds time, so the upper end does not.
        exponent: Interval,
        /// The power that comes nearest to the law it was held against, over the same sizes.
        law_exponent: f64,
        /// By how much every step from one size to the next is steeper than the law, as a power of n: at least, and
        /// at most. What a time may be off from one size to the next allows nothing to be said of the former.
        beyond: (f64, f64),
    },
    /// Not at all: it is 0 at every size.
    Zero,
    /// Fewer than three different sizes say something: those where it is not 0, and the law has a logarithm.
    TooFew,
}

/// The same metric of the same benchmark at all its sizes, ascending.
///
/// * `id`: one of them. None where its name holds no size.
/// * `belongs`: which of those that differ from it only in the size are meant.
pub fn steps<'a>(run: &'a Run, id: &BenchId, metric: &str, belongs: impl Fn(&BenchId) -> bool) -> Vec<Step<'a>> {
    let Some(wanted) = size_of(id.as_str()) else { return Vec::new() };
    let all = run.observations();
    // Names stand in order: those that begin alike stand together.
    let first = all.partition_point(|observation| observation.id.as_str() < wanted.before);
    let alike = all[first..].iter().take_while(|observation| observation.id.as_str().starts_with(wanted.before));
    let mut steps: Vec<Step<'a>> = alike
        .filter(|observation| &*observation.metric.name == metric && belongs(&observation.id))
        .filter_map(|observation| {
            let sized = size_of(observation.id.as_str())?;
            let same = (sized.before, sized.after) == (wanted.before, wanted.after);
            same.then_some(Step { size: sized.size, observation })
        })
        .collect();
    steps.sort_by(|a, b| a.size.total_cmp(&b.size).then_with(|| a.observation.id.cmp(&b.observation.id)));
    steps
}

/// How a metric grows over these sizes, held against a law: the middle of its measurements at each size.
pub fn growth(steps: &[Step<'_>], law: Law, options: &Options) -> Growing {
    let middle = |step: &Step<'_>| (step.size, Summary::of(step.observation, options.confidence).center);
    let middles: Vec<(f64, Interval)> = steps.iter().map(middle).collect();
    let points: Vec<(f64, f64)> = middles.iter().map(|(size, cost)| (*size, cost.point)).collect();
    if !points.is_empty() && points.iter().all(|(_, cost)| *cost == 0.0) {
        return Growing::Zero;
    }
    let Some(growth) = stats::growth(&points, law) else { return Growing::TooFew };
    let ends: Vec<(f64, f64, f64)> = middles.iter().map(|(size, cost)| (*size, cost.low, cost.high)).collect();
    let (least, most) = stats::steps_beyond(&ends, law).unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    let interval = growth.interval(options.confidence);
    let drift = drift(steps, options);
    Growing::Fitted {
        exponent: Interval { low: interval.low - drift, point: growth.exponent, high: interval.high },
        law_exponent: growth.law_exponent,
        beyond: match steps[0].observation.metric.nature {
            Nature::Counted => (least, most),
            Nature::Timed => (f64::NEG_INFINITY, most),
        },
    }
}

/// By how much an exponent is too large when the largest size was measured while the machine was slower by what two
/// runs may differ by: ln(allowance) ÷ ln(largest ÷ smallest). 0 for counts.
fn drift(steps: &[Step<'_>], options: &Options) -> f64 {
    let (Some(first), Some(last)) = (steps.iter().find(|step| step.size > 0.0), steps.last()) else { return 0.0 };
    if last.observation.metric.nature == Nature::Counted {
        return 0.0;
    }
    let allowance =
        steps.iter().map(|Step { observation, .. }| options.allowance(&observation.id, &observation.metric));
    let ratio = allowance.map(|allowance| allowance.ratio).fold(1.0, f64::max);
    ratio.ln() / (last.size / first.size).ln()
}
