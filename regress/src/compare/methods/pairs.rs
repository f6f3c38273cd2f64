use super::method::{Method, PAIRS};
use crate::compare::{Allowance, Change, Comparison, Finding, Interval, Lack, Options, Sides, Summary};
use crate::model::{Observation, Processes, Values};
use crate::stats::{self, Sample, TrimmedMean};

pub(super) const METHOD: Method = Method {
    name: PAIRS,
    what: "measurements taken in turns by one process a side: trimmed mean of the log ratio of each pair, Winsorised t, and an allowance for what a process is dealt",
};

/// Fewer pairs leave fewer than 4 after trimming, and t no freedom to be small.
const FEWEST: usize = 6;

/// The share of the pairs that is cut off at each end; the same as of rounds.
const TRIM: f64 = 0.25;

/// How much two processes of one program may differ though they measured in turns: by the pages and addresses that each
/// was dealt, which more measurements of the same process do not change. In the lockstep records of `trials/` a round is
/// such a pair of processes: of unchanged kernels 0 % lie beyond (arithmetic, sorting, allocator, system calls, pointer
/// chase on one machine), 1 % (pointer chase on the other), 1.4 % (parsing), 1 and 8 % (hash map), 5 and 37 % (two threads
/// handing over). ×1.75, for runs taken one after the other, leaves out about as much.
const PROCESSES_APART: f64 = 1.5;

/// Compares two sides that measured in turns; `None` where they are no pairs, too few, or some took no time.
///
/// Whatever both of a pair saw alike (the minute, the load, the frequency) falls out of its ratio. From [`FEWEST`]
/// processes a side on each process is one replicate and nothing has to be allowed for; of fewer the interval is as wide
/// as those of all processes together.
pub(super) fn compare(old: &Observation, new: &Observation, options: &Options) -> Option<Comparison> {
    let (Values::Sampled(old_processes), Values::Sampled(new_processes)) = (&old.values, &new.values) else {
        return None;
    };
    let by_process = log_ratios(old_processes, new_processes)?;
    let means: Vec<TrimmedMean> = by_process.iter().map(|it| stats::trimmed_mean(it, TRIM)).collect::<Option<_>>()?;
    let of_processes = Sample::new(means.iter().map(|mean| mean.value).collect()).ok()?;
    let are_replicates = by_process.len() >= FEWEST;
    let (ratios, allowance) = match are_replicates {
        true => (of_processes, Allowance::NONE),
        false => {
            let all = by_process.iter().flat_map(Sample::values).copied().collect();
            (Sample::new(all).ok()?, one_process(options.allowance(&new.id, &new.metric)))
        }
    };
    let mean = stats::trimmed_mean(&ratios, TRIM)?;
    let own = mean.interval(options.confidence);
    let ends =
        if are_replicates { Vec::new() } else { means.iter().map(|it| it.interval(options.confidence)).collect() };
    let low = ends.iter().fold(own.low, |low, it| low.min(it.low)).exp();
    let high = ends.iter().fold(own.high, |high, it| high.max(it.high)).exp();
    let center = stats::median(old_processes.pooled());
    let shift = |ratio: f64| center * (ratio - 1.0);
    let side = |observation: &Observation| Summary::of(observation, options.confidence);
    Some(Comparison {
        id: new.id.clone(),
        metric: new.metric.clone(),
        harness: new.harness.clone(),
        change: Some(Change {
            method: METHOD.name,
            ratio: Some(mean.value.exp()),
            shift: Interval { low: shift(low), point: shift(mean.value.exp()), high: shift(high) },
            believed: Some((low / allowance.ratio, high * allowance.ratio)),
            // What disturbs a measurement disturbs the other of its pair.
            best_ratio: None,
            p: Some(two_sided(&mean, &ratios)),
            p_adjusted: None,
            allowance,
        }),
        sides: Sides::Both { old: side(old), new: side(new) },
        finding: Finding::NotProven(Lack::Spread),
        benchstat: None,
        warnings: Vec::new(),
    })
}

/// ln(new ÷ old) of the pairs of each process.
fn log_ratios(old: &Processes, new: &Processes) -> Option<Vec<Sample>> {
    let are_pairs = old.turns().is_some() && old.turns() == new.turns() && old.count() == new.count();
    let pairs = |old: &[f64], new: &[f64]| {
        let positive = old.iter().chain(new).all(|value| *value > 0.0);
        let are_pairs = old.len() == new.len() && old.len() >= FEWEST && positive;
        are_pairs.then(|| old.iter().zip(new).map(|(old, new)| (new / old).ln()).collect::<Vec<f64>>())
    };
    let by_process = are_pairs.then(|| old.by_process().zip(new.by_process()))?;
    by_process.map(|(old, new)| Sample::new(pairs(old, new)?).ok()).collect()
}

/// What two runs may differ by holds here as well, where it is less.
fn one_process(between_runs: Allowance) -> Allowance {
    if between_runs.ratio <= PROCESSES_APART { between_runs } else { Allowance::stated(PROCESSES_APART) }
}

/// The probability of such pairs between equal programs. Without any scatter t has nothing to divide by: then by ranks.
fn two_sided(mean: &TrimmedMean, ratios: &Sample) -> f64 {
    if mean.standard_error > 0.0 {
        return (2.0 * f64::min(mean.p_above(0.0), mean.p_below(0.0))).min(1.0);
    }
    stats::signed_rank(ratios).p
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::contrast;
    use crate::model::{BenchId, Metric};

    /// One process a list.
    fn side(processes: &[Vec<f64>], series: &str) -> Observation {
        let samples = processes.iter().map(|values| Sample::new(values.clone()).unwrap()).collect();
        Observation {
            id: BenchId::new("a"),
            metric: Metric::known("time").into(),
            values: Values::Sampled(Processes::new(samples).unwrap().in_turns(series)),
            harness: "tango".into(),
            origin: "a.csv".into(),
        }
    }

    /// A machine that swings by a factor of three, slowly, over two programs that scatter by 2 % each.
    fn turns(count: usize, factor: f64, seed: usize) -> (Vec<f64>, Vec<f64>) {
        let mood = |i: usize| 1e-6 * (2.0 + ((i + seed) as f64 / 9.0).sin());
        let jitter = |i: usize, step: usize| 1.0 + ((i * step + seed) % 11) as f64 / 250.0;
        let of = |factor: f64, step: usize| (0..count).map(|i| factor * mood(i) * jitter(i, step)).collect();
        (of(1.0, 7), of(factor, 5))
    }

    fn compared(processes: usize, count: usize, factor: f64) -> Comparison {
        let (old, new): (Vec<_>, Vec<_>) = (0..processes).map(|seed| turns(count, factor, seed)).unzip();
        contrast(&side(&old, "a.csv"), &side(&new, "a.csv"), &Options::default())
    }

    #[track_caller]
    fn check(processes: usize, factor: f64, expected: Finding) {
        assert_eq!(compared(processes, 60, factor).finding, expected, "{processes} processes, {factor}");
    }

    #[test]
    fn what_both_of_a_pair_see_falls_out() {
        let apart = || Finding::NotProven(Lack::OneProcess { allowance: Allowance::stated(1.5) });
        check(1, 1.6, Finding::Regressed); // two runs apart would need ×1.75, and the swings hide even that
        check(1, 1.0 / 1.6, Finding::Improved);
        check(1, 1.0, apart());
        check(1, 1.3, apart());
        check(5, 1.3, apart());
        // Six processes a side show what a process is dealt.
        check(6, 1.3, Finding::Regressed);
        check(6, 1.0 / 1.3, Finding::Improved);
        let change = compared(1, 60, 1.3).change.unwrap();
        assert!((change.ratio.unwrap() - 1.3).abs() < 0.01, "{change:?}");
    }

    #[test]
    fn what_are_no_pairs_is_compared_by_ranks() {
        let (old, new) = turns(60, 2.0, 0);
        let method =
            |old: &Observation, new: &Observation| contrast(old, new, &Options::default()).change.unwrap().method;
        let pairs = |old: &[f64], new: &[f64]| method(&side(&[old.to_vec()], "x"), &side(&[new.to_vec()], "x"));
        assert_eq!(pairs(&old, &new), "pairs");
        assert_eq!(pairs(&old[..6], &new[..6]), "pairs");
        assert_eq!(pairs(&old[..5], &new[..5]), "rank"); // too few
        assert_eq!(pairs(&old, &new[1..]), "rank");
        assert_eq!(pairs(&vec![0.0; 60], &new), "rank");
        assert_eq!(method(&side(&[old], "x"), &side(&[new], "y")), "rank"); // of two runs
    }

    #[test]
    fn old_and_new_exchanged_turn_the_sign_and_keep_p() {
        let (old, new) = turns(60, 1.2, 0);
        let of = |old: &[f64], new: &[f64]| {
            contrast(&side(&[old.to_vec()], "x"), &side(&[new.to_vec()], "x"), &Options::default()).change.unwrap()
        };
        let (there, back) = (of(&old, &new), of(&new, &old));
        assert!((there.ratio.unwrap() * back.ratio.unwrap() - 1.0).abs() < 1e-12);
        assert!((there.p.unwrap() / back.p.unwrap() - 1.0).abs() < 1e-9);
    }
}
