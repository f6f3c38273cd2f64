//! One round of one benchmark: what the two processes measured, and the one number that counts.

use super::{Measure, Plan};
use crate::stats::{Sample, median, quantile, trimmed_mean, two_modes};

/// What one process measured, summed up. In the unit of its metric, larger is worse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The smallest measurement: jitter only adds.
    pub min: f64,
    /// The middle one.
    pub median: f64,
    /// What one measurement in ten exceeds.
    pub q90: f64,
}

/// What old and new measured in one round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// The old process.
    pub old: Summary,
    /// The new process.
    pub new: Summary,
    /// Where both were alive at once and measured in turn: the median of log(new ÷ old) over their pairs of
    /// neighbouring measurements. `None` where one ran after the other.
    pub lockstep: Option<f64>,
}

/// Which number of a process was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// The smallest measurement.
    Minimum,
    /// The median measurement, because minima fell into two modes.
    Median,
    /// What one in ten exceeds.
    Q90,
    /// Pairs of neighbouring measurements of two live processes.
    Lockstep,
}

impl Summary {
    /// The summary of the measurements of one process.
    ///
    /// ```
    /// use regress::stats::Sample;
    /// use regress::trial::Summary;
    ///
    /// let summary = Summary::of(&Sample::new(vec![3.0, 1.0, 2.0])?);
    /// assert_eq!((summary.min, summary.median), (1.0, 2.0));
    /// # Ok::<(), regress::stats::SampleError>(())
    /// ```
    pub fn of(measurements: &Sample) -> Summary {
        Summary { min: measurements.min(), median: median(measurements), q90: quantile(measurements, 0.9) }
    }
}

impl Round {
    /// Two processes, one after the other.
    pub fn apart(old: &Sample, new: &Sample) -> Round {
        Round { old: Summary::of(old), new: Summary::of(new), lockstep: None }
    }

    /// The same of bare measurements, in the unit of their metric. `None` when a side has none, or one is no number.
    pub fn of(old: &[f64], new: &[f64]) -> Option<Round> {
        let sample = |values: &[f64]| Sample::new(values.to_vec()).ok();
        Some(Round::apart(&sample(old)?, &sample(new)?))
    }

    /// The same of bare measurements of two live processes, see [`Round::lockstep`].
    pub fn in_lockstep(old: &[f64], new: &[f64]) -> Option<Round> {
        let sample = |values: &[f64]| Sample::new(values.to_vec()).ok();
        Some(Round::lockstep(&sample(old)?, &sample(new)?))
    }

    /// The same round with old for new.
    pub fn exchanged(self) -> Round {
        Round { old: self.new, new: self.old, lockstep: self.lockstep.map(|log_ratio| -log_ratio) }
    }

    /// Two live processes that measured in turn, `old[i]` next to `new[i]`; what has no partner is not paired.
    ///
    /// ```
    /// use regress::stats::Sample;
    /// use regress::trial::Round;
    ///
    /// // 2 ÷ 1, 8 ÷ 4, 3 ÷ 2: the median is 2
    /// let round = Round::lockstep(&Sample::new(vec![1.0, 4.0, 2.0])?, &Sample::new(vec![2.0, 8.0, 3.0])?);
    /// assert!((round.lockstep.expect("3 pairs") - 2.0_f64.ln()).abs() < 1e-15);
    /// # Ok::<(), regress::stats::SampleError>(())
    /// ```
    pub fn lockstep(old: &Sample, new: &Sample) -> Round {
        let pairs = old.values().iter().zip(new.values()).map(|(old, new)| log_ratio(*old, *new));
        let lockstep = Sample::new(pairs.flatten().collect()).ok().map(|ratios| median(&ratios));
        Round { lockstep, ..Round::apart(old, new) }
    }
}

/// log(new ÷ old) of each round, in the order of the rounds, and of what.
///
/// * Rounds in which a side is not above 0 have no ratio and are left out.
/// * [`Measure::Typical`] takes lockstep pairs where every round has them. Otherwise process minima; and process
///   medians where minima fall into two modes that are the processes' own, and the medians agree better.
///
/// Minima in two modes alone say little: on a shared machine whole minutes run a third slower, both sides of a round
/// alike, and their ratio does not notice. So the modes have to *part* the processes of a round in at least 15 % of
/// the rounds; and since a process that is slow as a whole has a slow median as well, the medians must scatter less.
/// That choice is made by scatter alone, which knows no direction.
pub fn log_ratios(rounds: &[Round], measure: Measure, plan: &Plan) -> (Statistic, Vec<f64>) {
    let of = |value: fn(&Summary) -> f64| -> Vec<f64> {
        rounds.iter().filter_map(|round| log_ratio(value(&round.old), value(&round.new))).collect()
    };
    match measure {
        Measure::Tail => (Statistic::Q90, of(|summary| summary.q90)),
        Measure::Typical => {
            if let Some(pairs) = rounds.iter().map(|round| round.lockstep).collect::<Option<Vec<f64>>>() {
                return (Statistic::Lockstep, pairs);
            }
            let minima = of(|summary| summary.min);
            if !minima_part_the_rounds(rounds) {
                return (Statistic::Minimum, minima);
            }
            let medians = of(|summary| summary.median);
            if error(&medians, plan.trim) < error(&minima, plan.trim) {
                (Statistic::Median, medians)
            } else {
                (Statistic::Minimum, minima)
            }
        }
    }
}

/// The share of rounds whose processes must be in different modes; chosen as what [`two_modes`] calls a mode.
const PARTED_SHARE: f64 = 0.15;

/// Whether minima fall into two modes, and often one process of a round into each.
fn minima_part_the_rounds(rounds: &[Round]) -> bool {
    let logs = rounds.iter().flat_map(|round| [round.old.min.ln(), round.new.min.ln()]);
    let Ok(sample) = Sample::new(logs.filter(|log| log.is_finite()).collect()) else { return false };
    let Some(modes) = two_modes(&sample) else { return false };
    let is_upper = |summary: &Summary| summary.min.ln() > modes.boundary;
    let parted = rounds.iter().filter(|round| is_upper(&round.old) != is_upper(&round.new)).count();
    parted as f64 >= PARTED_SHARE * rounds.len() as f64
}

/// The standard error of the trimmed mean; infinite where there is none.
fn error(values: &[f64], trim: f64) -> f64 {
    let sample = Sample::new(values.to_vec()).ok();
    sample.and_then(|sample| trimmed_mean(&sample, trim)).map_or(f64::INFINITY, |mean| mean.standard_error)
}

/// log(new ÷ old), where both are above 0 and finite.
fn log_ratio(old: f64, new: f64) -> Option<f64> {
    let ratio = new.ln() - old.ln();
    ratio.is_finite().then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(old: (f64, f64), new: (f64, f64)) -> Round {
        let summary = |(min, median): (f64, f64)| Summary { min, median, q90: 2.0 * median };
        Round { old: summary(old), new: summary(new), lockstep: None }
    }

    #[track_caller]
    fn check(what: &str, rounds: impl IntoIterator<Item = Round>, expected: Statistic) {
        let rounds: Vec<Round> = rounds.into_iter().collect();
        assert_eq!(log_ratios(&rounds, Measure::Typical, &Plan::default()).0, expected, "{what}");
    }

    /// A little different each time, up to 1 %.
    fn jitter(i: u32) -> f64 {
        1.0 + f64::from(i * 7 % 11) / 1000.0
    }

    #[test]
    fn medians_where_minima_catch_a_fast_mode_by_luck() {
        // Every third process has one quick measurement; its median does not know.
        let lucky = |i: u32| if i.is_multiple_of(3) { 50.0 } else { 100.0 } * jitter(i);
        let by_luck = |i: u32| round((lucky(i), 110.0 * jitter(i)), (lucky(i + 1), 110.0 * jitter(i + 5)));
        check("by luck", (0..40).map(by_luck), Statistic::Median);
        check("too few rounds to tell", (0..9).map(by_luck), Statistic::Minimum);
    }

    #[test]
    fn minima_where_the_machine_has_modes_or_medians_do_not_help() {
        let slow_minutes = |i: u32| {
            let pace = if i % 20 < 6 { 140.0 } else { 100.0 };
            round((pace * jitter(i), 110.0 * jitter(i)), (pace * jitter(i + 5), 110.0 * jitter(i)))
        };
        check("slow minutes", (0..40).map(slow_minutes), Statistic::Minimum);
        let pace = |i: u32| if i.is_multiple_of(3) { 140.0 } else { 100.0 } * jitter(i);
        let slow_processes = |i: u32| round((pace(i), 1.3 * pace(i)), (pace(i + 1), 1.3 * pace(i + 1)));
        check("slow processes", (0..40).map(slow_processes), Statistic::Minimum);
        check(
            "one mode",
            (0..40).map(|i| round((jitter(i), jitter(i)), (jitter(i + 3), jitter(i)))),
            Statistic::Minimum,
        );
    }

    #[test]
    fn lockstep_only_where_every_round_has_it() {
        let paired = Round { lockstep: Some(0.5), ..round((1.0, 1.0), (2.0, 2.0)) };
        check("all", [paired; 3], Statistic::Lockstep);
        check("not all", [paired, round((1.0, 1.0), (2.0, 2.0))], Statistic::Minimum);
    }

    #[test]
    fn what_is_not_above_zero_has_no_ratio() {
        let rounds = [round((0.0, 1.0), (1.0, 1.0)), round((1.0, 1.0), (1.0, 1.0)), round((1.0, 1.0), (-1.0, 1.0))];
        assert_eq!(log_ratios(&rounds, Measure::Typical, &Plan::default()).1, [0.0]);
        assert_eq!(log_ratios(&rounds, Measure::Tail, &Plan::default()).1, [0.0, 0.0, 0.0]);
        assert!(log_ratios(&[], Measure::Tail, &Plan::default()).1.is_empty());
    }
}
