//! Rows as they would be if the new side had measured another number: what a rule has to notice.

use super::bound::Bound;
use super::rules::{ChangeKind, Rule};
use super::scope::Scope;
use crate::compare::{self, Comparison, Finding, IN_TURNS, Lack, Law, Options, Sides, Summary};
use crate::model::{BenchId, Exact, Nature, Observation, Provenance, Run, Values};
use crate::unit::Better;

/// The measurements that are made worse.
pub(super) struct Bench<'a> {
    pub old: Option<&'a Run>,
    pub new: &'a Run,
    /// As those of the judging, alpha shared out as it is among all rows.
    pub options: Options,
}

/// A row with another number on its new side, and the new side it is of.
pub(super) struct Breach {
    pub row: Comparison,
    pub new: Run,
}

/// Where a rule of a row ends, and in which direction it is broken, in base units of the metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Edge {
    /// Larger numbers break it.
    Above(f64),
    /// Smaller numbers break it.
    Below(f64),
}

impl Edge {
    /// A number that breaks the rule if any does; `None` where none can: nothing is less than nothing.
    pub fn far_beyond(self, nature: Nature) -> Option<f64> {
        /// Far beyond what two runs differ by; chosen.
        const FAR: f64 = 1000.0;
        match self {
            Edge::Above(edge) => Some(edge.max(0.0) * FAR + if nature == Nature::Counted { FAR } else { 1.0 }),
            Edge::Below(edge) if edge <= 0.0 => None,
            Edge::Below(edge) => Some(if nature == Nature::Counted { 0.0 } else { edge / FAR }),
        }
    }
}

impl Bench<'_> {
    /// Where a rule of a row ends; `None` for rules that hold no number against a bound, and where what they refer to is
    /// not there.
    pub fn edge(&self, rule: &Rule, scope: &Scope, row: &Comparison) -> Option<Edge> {
        let (bound, factor, summand) = match rule {
            Rule::Limit(limit) => (limit.bound, 1.0, 0.0),
            Rule::Change(change) => match change.kind {
                ChangeKind::Relative(bound) => (bound, row.old()?.center.point, 0.0),
                ChangeKind::Absolute(bound) => (bound, 1.0, row.old()?.center.point),
            },
            Rule::Ratio(ratio) => {
                let other = scope.benchmark.counterpart(&row.id, &ratio.versus)?;
                let other = self.new.get(&other, &row.metric.name)?;
                (ratio.bound, center(other, &self.options)?, 0.0)
            }
            Rule::Scaling(_) | Rule::MinSamples(_) | Rule::Present(_) | Rule::Unproven(_) => return None,
        };
        Some(direction(bound)(bound.value * factor + summand))
    }

    /// The row as it would be if the middle of its new side were `number`; `None` for a row without a new side.
    pub fn with(&self, row: &Comparison, scope: &Scope, rule: &Rule, number: f64) -> Option<Breach> {
        let now = row.new_side()?.center.point;
        let new = moved(self.new.get(&row.id, &row.metric.name)?, now, number)?;
        let other = match rule {
            Rule::Ratio(ratio) => scope.benchmark.counterpart(&row.id, &ratio.versus),
            _ => None,
        };
        let other = other.and_then(|other| self.new.get(&other, &row.metric.name)).cloned();
        let run =
            Run::new("", Provenance::default(), Vec::new(), other.into_iter().chain([new.clone()]).collect()).ok()?;
        let in_turns = row.change.as_ref().is_some_and(|change| change.method == IN_TURNS);
        let old = self.old.and_then(|old| old.get(&row.id, &row.metric.name));
        let row = match (&row.sides, old) {
            (Sides::Both { .. }, Some(_)) if in_turns => scaled(row, number / now),
            (Sides::Both { .. }, Some(old)) => compare::contrast(old, &new, &self.options),
            _ => compare::survey(&run, &self.options).into_iter().find(|other| other.id == row.id)?,
        };
        Some(Breach { row, new: run })
    }
}

impl Bench<'_> {
    /// The new side of a row at all its sizes, growing much faster than `law`; `None` where there are no sizes.
    pub fn growing(&self, row: &Comparison, scope: &Scope, law: Law) -> Option<Run> {
        /// A growth that is steeper by this power shows even where two runs differ by a factor, over sizes of one decade.
        const STEEPER: f64 = 3.0;
        /// Counts are whole numbers below 2^64.
        const LARGEST: f64 = 1e15;
        const SMALLEST: f64 = 1e3;
        let belongs = |id: &BenchId| scope.benchmark.matches(id);
        let steps = compare::steps(self.new, &row.id, &row.metric.name, belongs);
        let (first, last) = (steps.iter().find(|step| step.size > 0.0)?.size, steps.last()?.size);
        let most = (LARGEST / SMALLEST).ln() / (last / first).ln();
        let power = f64::min(law.power + f64::from(law.logarithms) + STEEPER, most);
        let steeper = steps.iter().map(|step| {
            let now = center(step.observation, &self.options)?;
            moved(step.observation, now, SMALLEST * (step.size / first).powf(power))
        });
        Run::new("", Provenance::default(), Vec::new(), steeper.collect::<Option<_>>()?).ok()
    }
}

/// An observation against one that is worse than any budget allows; `None` where no number is.
pub(super) fn far_worse(observation: &Observation, options: &Options) -> Option<Comparison> {
    let now = center(observation, options)?;
    let edge = if observation.metric.better == Better::Higher { Edge::Below(now) } else { Edge::Above(now) };
    let new = moved(observation, now, edge.far_beyond(observation.metric.nature)?)?;
    Some(compare::contrast(observation, &new, options))
}

fn direction(bound: Bound) -> fn(f64) -> Edge {
    match bound.is_upper() {
        Some(false) => Edge::Below,
        Some(true) | None => Edge::Above,
    }
}

fn center(observation: &Observation, options: &Options) -> Option<f64> {
    let run = Run::new("", Provenance::default(), Vec::new(), vec![observation.clone()]).ok()?;
    Some(compare::survey(&run, options).first()?.new_side()?.center.point)
}

/// The observation with every measurement scaled so that its middle goes from `now` to `number`.
fn moved(observation: &Observation, now: f64, number: f64) -> Option<Observation> {
    let to = |value: f64| if now > 0.0 { value * (number / now) } else { value + number };
    let values = match (&observation.values, observation.metric.nature) {
        (Values::Exact(exact), _) => {
            let total = (number * exact.operations() as f64).ceil();
            Values::Exact(Exact::new(total as u64, exact.operations())?)
        }
        (Values::Sampled(processes), Nature::Counted) => Values::Sampled(processes.map(|value| to(value).ceil())?),
        (Values::Sampled(processes), Nature::Timed) => Values::Sampled(processes.map(to)?),
    };
    Some(Observation { values, ..observation.clone() })
}

/// A row of rounds in which the new side is `factor` times as large, and scatters as it did.
fn scaled(row: &Comparison, factor: f64) -> Comparison {
    /// What lies within is no finding; as rounds are weighed.
    const SMALLEST_EFFECT: f64 = 1.01;
    let mut row = row.clone();
    if let Sides::Both { new, .. } = &mut row.sides {
        *new = scaled_summary(new, factor);
    }
    let Some(change) = &mut row.change else { return row };
    change.ratio = change.ratio.map(|ratio| ratio * factor);
    change.believed = change.believed.map(|(low, high)| (low * factor, high * factor));
    row.finding = match change.believed {
        Some((low, _)) if low > SMALLEST_EFFECT => Finding::Regressed,
        Some((_, high)) if high < SMALLEST_EFFECT.recip() => Finding::Improved,
        Some(_) | None => Finding::NotProven(Lack::Spread),
    };
    row
}

fn scaled_summary(side: &Summary, factor: f64) -> Summary {
    let mut side = side.clone();
    for number in [&mut side.center.low, &mut side.center.point, &mut side.center.high] {
        *number *= factor;
    }
    side.range = (side.range.0 * factor, side.range.1 * factor);
    side
}
