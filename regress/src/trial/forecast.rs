//! What it would take: more rounds, or a larger change.

use super::{Evidence, Plan, Question};
use crate::stats::student_quantile;

/// The smallest slowdown that so many rounds with such scatter would have flagged nine times in ten.
///
/// * `level`: the one-sided p that flags, corrected for family and looks.
/// * Returns a share of old, at least the boundary's; infinite when even the largest would not be seen.
pub(super) fn smallest_visible_change(evidence: &Evidence, question: &Question, level: f64) -> f64 {
    let reach = evidence.mean.reach(level) + evidence.mean.reach(MISSED_SHARE);
    (question.boundary.ln() + reach).exp_m1()
}

/// The same after another number of rounds, if they scatter as those of the evidence.
pub(super) fn visible_after(rounds: usize, evidence: &Evidence, question: &Question, plan: &Plan, level: f64) -> f64 {
    let (error, freedom) = error_after(rounds, evidence, plan);
    let reach = (student_quantile(freedom, level) + student_quantile(freedom, MISSED_SHARE)) * error;
    (question.boundary.ln() + reach).exp_m1()
}

/// The standard error after so many rounds, and the degrees of freedom of its t.
fn error_after(rounds: usize, evidence: &Evidence, plan: &Plan) -> (f64, usize) {
    let scatter = evidence.mean.standard_error * (evidence.rounds as f64).sqrt();
    let left = rounds - 2 * ((plan.trim.clamp(0.0, 0.5) * rounds as f64) as usize);
    (scatter / (rounds as f64).sqrt(), left.saturating_sub(1).max(1))
}

/// How many more rounds until a verdict is likely, if the ratio stays where it is and the rounds scatter as they did.
///
/// * `level`: as for [`smallest_visible_change`].
/// * Verdicts fall at looks: the plan's, then at twice the last one and so on, up to ten thousand rounds.
pub(super) fn more_rounds(evidence: &Evidence, question: &Question, plan: &Plan, level: f64) -> Option<usize> {
    let center = evidence.mean.value;
    let (boundary, budget) = (question.boundary.ln(), question.budget.ln());
    // Each way out: how far the ratio lies beyond, and the p that must be reached.
    let improved = if question.budget >= 1.0 { -boundary - center } else { f64::NEG_INFINITY };
    let ways = [(center - boundary, level), (improved, level), (budget - center, plan.alpha_within_at_each_look())];
    let is_likely = |rounds: usize| {
        let (error, freedom) = error_after(rounds, evidence, plan);
        let reach = |p: f64| (student_quantile(freedom, p) + student_quantile(freedom, HOPE)) * error;
        ways.iter().any(|&(distance, p)| distance > reach(p))
    };
    let later = std::iter::successors(plan.looks.last().checked_mul(2), |look| look.checked_mul(2));
    let looks = plan.looks.rounds().iter().copied().chain(later);
    looks
        .skip_while(|&look| look <= evidence.rounds)
        .take_while(|&look| look <= MOST_ROUNDS)
        .find(|&look| is_likely(look))
        .map(|look| look - evidence.rounds)
}

/// A change counts as visible when it would be missed at most this often.
const MISSED_SHARE: f64 = 0.1;

/// A verdict counts as likely when it would not be reached at most this often.
const HOPE: f64 = 0.2;

/// Beyond this nobody waits; chosen, nothing depends on it.
const MOST_ROUNDS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Sample;
    use crate::trial::{Measure, weigh};

    fn evidence(rounds: u32, center: f64, scatter: f64) -> Evidence {
        let log_ratios = (0..rounds).map(|i| center.ln() + scatter * f64::from(i % 2 * 2) - scatter).collect();
        let sample = Sample::new(log_ratios).expect("finite");
        weigh(&sample, &question(), &Plan::default()).expect("at least 2")
    }

    fn question() -> Question {
        Question::new(Measure::Typical, 1.03)
    }

    #[track_caller]
    fn check_more(rounds: u32, center: f64, scatter: f64, expected: Option<usize>) {
        let more = more_rounds(&evidence(rounds, center, scatter), &question(), &Plan::default(), 4e-5);
        assert_eq!(more, expected, "{rounds} rounds around {center}, scatter {scatter}");
    }

    #[test]
    fn more_rounds_up_to_a_look() {
        // 20 rounds, 10 left, error 0.05 · sqrt(20 / 90) = 0.0236 of the mean; scatter per round 0.105
        // within 3 %: 0.0296 > (2.91 + 0.84) · 0.105 / sqrt(320) = 0.0221, not at 160: (2.97 + 0.85) · … = 0.0318
        check_more(20, 1.0, 0.05, Some(320 - 20));
        check_more(20, 1.0, 0.001, Some(20));
        check_more(20, 1.1, 0.01, Some(20));
        check_more(20, 1.0, 0.2, Some(5120 - 20)); // four times the scatter, sixteen times the rounds
        check_more(20, 1.0, 5.0, None);
    }

    #[test]
    fn the_smallest_visible_change_shrinks_with_the_rounds_and_never_falls_below_the_boundary() {
        let visible = |rounds, scatter| smallest_visible_change(&evidence(rounds, 1.0, scatter), &question(), 4e-5);
        assert!(visible(20, 0.02) > visible(40, 0.02) && visible(40, 0.02) > visible(160, 0.02));
        assert!((visible(20, 0.0) - 0.01).abs() < 1e-12);
        assert!(visible(160, 0.02) > 0.01);
    }
}
