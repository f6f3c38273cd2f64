//! What was decided about a benchmark, in the words of every other comparison.

use std::sync::Arc;

use super::{Decision, Evidence, Plan, Question, Round, Row, Statistic, Summary, Verdict};
use crate::compare::{Allowance, Change, Comparison, Finding, IN_TURNS, Interval, Lack, Options};
use crate::model::{BenchId, Metric, Observation, Processes, Values};
use crate::stats::{Sample, median};

/// One side of a benchmark that was measured here.
fn side(id: &BenchId, metric: &Arc<Metric>, processes: Processes) -> Observation {
    Observation {
        id: id.clone(),
        metric: metric.clone(),
        values: Values::Sampled(processes),
        harness: "criterion".into(),
        origin: "measured in turns".into(),
    }
}

/// Old and new as the comparison saw them: the number of each process that [`Row::statistic`] names.
///
/// * Returns `None` when there is no round.
pub fn observations(
    id: &BenchId,
    metric: &Arc<Metric>,
    rounds: &[Round],
    row: &Row,
) -> Option<(Observation, Observation)> {
    let value: fn(&Summary) -> f64 = match row.statistic {
        Statistic::Minimum => |summary| summary.min,
        // Pairs of a lockstep have no number of their own on either side.
        Statistic::Median | Statistic::Lockstep => |summary| summary.median,
        Statistic::Q90 => |summary| summary.q90,
    };
    let of = |pick: fn(&Round) -> &Summary| {
        let values = rounds.iter().map(|round| value(pick(round))).collect();
        Some(side(id, metric, Processes::each(Sample::new(values).ok()?)))
    };
    Some((of(|round| &round.old)?, of(|round| &round.new)?))
}

/// A benchmark that only one side has, measured in one process; `None` when it measured nothing.
///
/// * `values`: in the unit of the metric, in the order they were taken.
pub fn alone(id: &BenchId, metric: &Arc<Metric>, values: Vec<f64>) -> Option<Observation> {
    Some(side(id, metric, Processes::one(Sample::new(values).ok()?)))
}

/// The row of a benchmark that was measured in turns.
///
/// `believed` is the interval that says whether the budget is kept: its upper end lies within the budget exactly when
/// the change was shown to.
pub fn comparison(old: &Observation, new: &Observation, row: &Row, plan: &Plan, options: &Options) -> Comparison {
    let (change, finding) = match (&row.evidence, &row.decision) {
        (Some(evidence), Some(decision)) => {
            let believed = believed(evidence, decision, &row.question, plan);
            (change(old, evidence, decision, believed), finding(evidence, decision))
        }
        _ => (unweighed(old, new), too_few(old)),
    };
    let mut comparison = Comparison::in_turns(old, new, change, finding, options);
    if row.statistic == Statistic::Median {
        let text = "the fastest times of its processes fall into two groups: medians are compared instead";
        comparison.warnings.push(text.to_owned());
    }
    comparison
}

fn believed(evidence: &Evidence, decision: &Decision, question: &Question, plan: &Plan) -> (f64, f64) {
    let interval = evidence.mean.interval(1.0 - 2.0 * plan.alpha_within_at_each_look());
    let (low, high) = (interval.low.exp(), interval.high.exp());
    match decision.verdict {
        // Shown at an earlier look, or by ranks where nothing scatters.
        Verdict::WithinBudget => (low, high.min(question.budget)),
        Verdict::Regressed | Verdict::Improved | Verdict::Undecided { .. } => (low, high),
    }
}

fn change(old: &Observation, evidence: &Evidence, decision: &Decision, believed: (f64, f64)) -> Change {
    let is_slower = evidence.ratio >= 1.0;
    let center = center(old);
    let shift = |ratio: f64| center * (ratio - 1.0);
    Change {
        method: IN_TURNS,
        ratio: Some(evidence.ratio),
        shift: Interval {
            low: shift(evidence.interval.low),
            point: shift(evidence.ratio),
            high: shift(evidence.interval.high),
        },
        believed: Some(believed),
        best_ratio: None,
        p: Some(if is_slower { evidence.p_regressed } else { evidence.p_improved }),
        p_adjusted: Some(if is_slower { decision.p_regressed_adjusted } else { decision.p_improved_adjusted }),
        allowance: Allowance::NONE,
    }
}

fn finding(evidence: &Evidence, decision: &Decision) -> Finding {
    match decision.verdict {
        Verdict::Regressed => Finding::Regressed,
        Verdict::Improved => Finding::Improved,
        Verdict::WithinBudget => Finding::WithinBudget,
        Verdict::Undecided { more_rounds } => Finding::NotProven(Lack::Rounds {
            taken: evidence.rounds,
            more: more_rounds,
            smallest_visible: 1.0 + decision.smallest_visible_change,
        }),
    }
}

/// Nothing could be weighed: the medians say what they say.
fn unweighed(old: &Observation, new: &Observation) -> Change {
    let (old, new) = (center(old), center(new));
    Change {
        method: IN_TURNS,
        ratio: (old > 0.0).then(|| new / old),
        shift: Interval { low: f64::NEG_INFINITY, point: new - old, high: f64::INFINITY },
        believed: (old > 0.0).then_some((0.0, f64::INFINITY)),
        best_ratio: None,
        p: Some(1.0),
        p_adjusted: Some(1.0),
        allowance: Allowance::NONE,
    }
}

fn too_few(old: &Observation) -> Finding {
    let taken = match &old.values {
        Values::Sampled(processes) => processes.count(),
        Values::Exact(_) => 1,
    };
    Finding::NotProven(Lack::Rounds { taken, more: None, smallest_visible: f64::INFINITY })
}

fn center(observation: &Observation) -> f64 {
    match &observation.values {
        Values::Sampled(processes) => median(processes.pooled()),
        Values::Exact(exact) => exact.per_operation(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{Measure, Rotation};

    #[track_caller]
    fn check(ratio: f64, expected: &Finding) {
        let mut rotation = Rotation::new(Plan::default(), 1, vec![vec![Question::new(Measure::Typical, 1.03)]]);
        while let [turn] = rotation.next_round(f64::INFINITY)[..] {
            let number = rotation.rounds_of(turn.benchmark).len();
            let mood = 1.0 + (number * 7 % 5) as f64; // shared by the round
            let jitter = 1.0 + ((number * 7 % 11) as f64 - 5.0) / 500.0; // not shared
            let sample = |seconds: f64| Sample::new(vec![seconds, 2.0 * seconds]).unwrap();
            let round = Round::apart(&sample(1e-6 * mood), &sample(1e-6 * mood * ratio * jitter));
            rotation.record(turn.benchmark, Some(round), 0.1);
            rotation.look();
        }
        let row = rotation.finish()[0];
        let metric = Arc::new(Metric::known("time"));
        let (old, new) = observations(&BenchId::new("a"), &metric, rotation.rounds_of(0), &row).unwrap();
        let comparison = comparison(&old, &new, &row, rotation.plan(), &Options::default());
        assert_eq!(comparison.finding, *expected);
        let change = comparison.change.unwrap();
        let (low, high) = change.believed.unwrap();
        assert!(low <= ratio && ratio <= high, "{low} … {high}");
        assert_eq!(high <= 1.03, matches!(expected, Finding::WithinBudget | Finding::Improved));
    }

    #[test]
    fn a_decision_is_a_finding() {
        check(1.10, &Finding::Regressed);
        check(0.90, &Finding::Improved);
        check(1.00, &Finding::WithinBudget);
    }
}
