//! What the rounds so far say about one question.

use super::{Plan, Question};
use crate::stats::{Interval, Sample, TrimmedMean, signed_rank, trimmed_mean};

/// What the rounds so far say, whatever others say: no correction for being many is in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// How many rounds have a ratio.
    pub rounds: usize,
    /// new ÷ old: the trimmed mean over the rounds, above 0.
    pub ratio: f64,
    /// What new ÷ old lies in, at the plan's confidence; not widened for looking several times.
    pub interval: Interval,
    /// p of such rounds if new ÷ old were at most the question's boundary: small for a regression.
    pub p_regressed: f64,
    /// p of such rounds if new ÷ old were at least the inverse of the boundary: small for an improvement.
    pub p_improved: f64,
    /// p of such rounds if new ÷ old were at least the budget: small where the budget is kept.
    pub p_over_budget: f64,
    /// Two-sided p of Wilcoxon's signed-rank test against no change at all: beside the others as a check, since it
    /// supposes symmetry only. Decides nothing.
    pub p_signed_rank: f64,
    /// The trimmed mean of the log ratios.
    pub(super) mean: TrimmedMean,
}

/// Weighs log(new ÷ old) of the rounds so far.
///
/// * `log_ratios`: one a round; above 0 is worse.
/// * Returns `None` for fewer than 2 rounds.
///
/// Trimmed mean and Winsorised t: see [`trimmed_mean`]. Where no round that is left after trimming differs from
/// another (coarse clocks do that) t has nothing to divide by, and the p-values are those of the signed-rank test,
/// at least 2^−rounds.
///
/// ```
/// use regress::stats::Sample;
/// use regress::trial::{Measure, Plan, Question, weigh};
///
/// let ratios: [f64; 8] = [1.04, 1.05, 1.06, 1.05, 1.03, 1.07, 1.05, 9.0];
/// let log_ratios = Sample::new(ratios.iter().map(|ratio| ratio.ln()).collect())?;
/// let evidence = weigh(&log_ratios, &Question::new(Measure::Typical, 1.03), &Plan::default()).expect("8 rounds");
/// assert!((evidence.ratio - 1.0525).abs() < 1e-4); // of 1.05, 1.05, 1.05 and 1.06
/// assert!(evidence.p_regressed < 0.01 && evidence.p_over_budget > 0.95);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn weigh(log_ratios: &Sample, question: &Question, plan: &Plan) -> Option<Evidence> {
    let mean = trimmed_mean(log_ratios, plan.trim)?;
    let (boundary, budget) = (question.boundary.ln(), question.budget.ln());
    let log_interval = mean.interval(plan.confidence);
    Some(Evidence {
        rounds: log_ratios.len(),
        ratio: mean.value.exp(),
        interval: Interval { low: log_interval.low.exp(), high: log_interval.high.exp(), ..log_interval },
        p_regressed: p_above(&mean, log_ratios, boundary),
        p_improved: p_below(&mean, log_ratios, -boundary),
        p_over_budget: p_below(&mean, log_ratios, budget),
        p_signed_rank: signed_rank(log_ratios).p,
        mean,
    })
}

fn p_above(mean: &TrimmedMean, log_ratios: &Sample, boundary: f64) -> f64 {
    if mean.standard_error > 0.0 {
        return mean.p_above(boundary);
    }
    log_ratios.map(|x| x - boundary).map_or(1.0, |distances| signed_rank(&distances).p_above)
}

fn p_below(mean: &TrimmedMean, log_ratios: &Sample, boundary: f64) -> f64 {
    if mean.standard_error > 0.0 {
        return mean.p_below(boundary);
    }
    log_ratios.map(|x| x - boundary).map_or(1.0, |distances| signed_rank(&distances).p_below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::Measure;

    fn evidence(log_ratios: &[f64]) -> Option<Evidence> {
        let sample = Sample::new(log_ratios.to_vec()).expect("finite");
        weigh(&sample, &Question::new(Measure::Typical, 1.03), &Plan::default())
    }

    #[test]
    fn without_scatter_certainty_grows_with_the_rounds_only() {
        let equal = |rounds| evidence(&vec![0.0; rounds]).expect("at least 2");
        assert_eq!(equal(10).p_over_budget, 0.5_f64.powi(10));
        assert_eq!(equal(20).p_over_budget, 0.5_f64.powi(20));
        assert_eq!((equal(20).p_regressed, equal(20).p_improved, equal(20).p_signed_rank), (1.0, 1.0, 1.0));
        assert_eq!(evidence(&[0.0]), None);
    }

    #[test]
    fn old_and_new_exchanged_exchange_regressed_and_improved() {
        let log_ratios: Vec<f64> = (0..12).map(|i| 0.05 + f64::from(i * 5 % 7) / 100.0).collect();
        let mirrored: Vec<f64> = log_ratios.iter().map(|x| -x).collect();
        let (there, back) = (evidence(&log_ratios).expect("12 rounds"), evidence(&mirrored).expect("12 rounds"));
        assert!((there.p_regressed - back.p_improved).abs() < 1e-12);
        assert!((there.ratio * back.ratio - 1.0).abs() < 1e-12);
        assert!(there.p_regressed < 0.001 && back.p_regressed > 0.99);
    }
}
