//! The rules: ours, and what other tools decide by.

use regress::stats::{Sample, median, rank_test, student_quantile};
use regress::trial::{Looks, Measure, Plan, Question, Rotation, Round, Verdict};

use super::draw::Benchmark;
use super::samples::{MEASUREMENTS, Process};

/// Benchmarks that are judged together.
pub const FAMILY: usize = 50;

/// The budget of all rules of ours: 3 %.
pub const BUDGET: f64 = 1.03;

/// What a rule said about one benchmark of a family.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Answer {
    /// Called a regression.
    pub is_flagged: bool,
    /// Called an improvement.
    pub is_improved: bool,
    /// Shown to be within the budget; only ours can say so.
    pub is_proven: bool,
    /// Pairs of processes it took.
    pub rounds: usize,
}

pub struct Rule {
    pub name: &'static str,
    /// How it measures.
    pub design: &'static str,
    /// Recorded rounds next to each other that one benchmark takes up; 0 where they are drawn one by one.
    pub stretch: usize,
    pub judge: fn(&mut Benchmark<'_>) -> Answer,
}

const fn rule(
    name: &'static str,
    design: &'static str,
    stretch: usize,
    judge: fn(&mut Benchmark<'_>) -> Answer,
) -> Rule {
    Rule { name, design, stretch, judge }
}

pub const RULES: &[Rule] = &[
    rule("regress", "rounds, lockstep where tighter, looks at 10 … 160", 0, regress),
    rule("regress, never in lockstep", "rounds, looks at 10 … 160", 0, regress_apart),
    rule("regress, one look", "rounds, lockstep where tighter, always 160", 0, regress_fixed),
    rule("benchstat (MWU of means, .05)", "10 old, then 10 new", 20, benchstat_10),
    rule("benchstat (MWU of means, .05)", "20 old, then 20 new", 40, benchstat_20),
    rule("benchstat (MWU of means, .05)", "20 rounds", 0, benchstat_rounds),
    rule("criterion (pooled t, .05, beyond 1 %)", "7 old, then 7 new", 14, criterion_7),
    rule("Welch t of means, .05 and beyond 5 %", "10 old, then 10 new", 20, welch_10),
    rule("perfgate (pairs until t is beyond 2, 5 to 30)", "rounds", 0, until_significant),
    rule("cargo-bench-history (5 % beyond all of the base)", "10 × 7 old, then 7 new", 77, bench_history_10),
];

fn regress(benchmark: &mut Benchmark<'_>) -> Answer {
    rotate(&benchmark.rounds(MOST_ROUNDS), &Plan::default())
}

fn regress_apart(benchmark: &mut Benchmark<'_>) -> Answer {
    rotate(&benchmark.rounds_apart(MOST_ROUNDS), &Plan::default())
}

fn regress_fixed(benchmark: &mut Benchmark<'_>) -> Answer {
    let looks = Looks::new(vec![MOST_ROUNDS]).expect("one look");
    rotate(&benchmark.rounds(MOST_ROUNDS), &Plan { looks, ..Plan::default() })
}

pub const MOST_ROUNDS: usize = 160;

/// One benchmark of a family whose others say nothing: no flag of theirs makes this one easier.
pub fn rotate(rounds: &[Round], plan: &Plan) -> Answer {
    let questions = vec![vec![Question::new(Measure::Typical, BUDGET)]; FAMILY];
    let mut rotation = Rotation::new(plan.clone(), 1, questions);
    let mut taken = rounds.iter();
    for look in plan.looks.rounds() {
        let missing = look - rotation.rounds_of(0).len();
        taken.by_ref().take(missing).for_each(|round| rotation.record(0, Some(*round), 1.0));
        rotation.look();
        if !rotation.is_open(0) {
            break;
        }
    }
    let verdict = rotation.finish()[0].decision.map(|decision| decision.verdict);
    Answer {
        is_flagged: verdict == Some(Verdict::Regressed),
        is_improved: verdict == Some(Verdict::Improved),
        is_proven: verdict == Some(Verdict::WithinBudget),
        rounds: rotation.rounds_of(0).len(),
    }
}

fn benchstat_10(benchmark: &mut Benchmark<'_>) -> Answer {
    let (old, new) = benchmark.one_then_other(10, 10);
    benchstat(&old, &new)
}

fn benchstat_20(benchmark: &mut Benchmark<'_>) -> Answer {
    let (old, new) = benchmark.one_then_other(20, 20);
    benchstat(&old, &new)
}

fn benchstat_rounds(benchmark: &mut Benchmark<'_>) -> Answer {
    let (old, new): (Vec<Process>, Vec<Process>) = benchmark.pairs(20).into_iter().unzip();
    benchstat(&old, &new)
}

/// A difference is shown when p ≤ .05; its sign is that of the medians.
fn benchstat(old: &[Process], new: &[Process]) -> Answer {
    let (old_means, new_means) = (means(old), means(new));
    let p = rank_test(&old_means, &new_means).p;
    answer(p <= 0.05, median(&new_means) - median(&old_means), old.len())
}

fn criterion_7(benchmark: &mut Benchmark<'_>) -> Answer {
    let (old, new) = benchmark.one_then_other(7, 7); // 105 measurements, criterion takes 100
    criterion(&old, &new)
}

/// All measurements as one sample a side: t, and the 95 % interval of the ratio of means beyond 1 % on one side.
///
/// Criterion bootstraps both; with some hundred measurements that is t's normal limit, which stands here.
fn criterion(old: &[Process], new: &[Process]) -> Answer {
    const TWO_SIDED_5_PERCENT: f64 = 1.96;
    let (old_mean, old_error) = pooled(old);
    let (new_mean, new_error) = pooled(new);
    let t = (new_mean - old_mean) / old_error.hypot(new_error);
    let ratio = new_mean / old_mean;
    let reach = TWO_SIDED_5_PERCENT * ratio * (old_error / old_mean).hypot(new_error / new_mean);
    let is_beyond = ratio - reach > 1.01 || ratio + reach < 0.99;
    answer(t.abs() > TWO_SIDED_5_PERCENT && is_beyond, t, old.len())
}

/// Mean and standard error of all measurements of these processes, as if they were independent.
fn pooled(processes: &[Process]) -> (f64, f64) {
    let count = MEASUREMENTS * processes.len() as f64;
    let mean = processes.iter().map(|process| process.mean).sum::<f64>() / processes.len() as f64;
    let squares = |p: &Process| (MEASUREMENTS - 1.0) * p.sd.powi(2) + MEASUREMENTS * (p.mean - mean).powi(2);
    let variance = processes.iter().map(squares).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}

/// Means of processes: significant, and more than 5 % apart.
fn welch_10(benchmark: &mut Benchmark<'_>) -> Answer {
    let (old, new) = benchmark.one_then_other(10, 10);
    let ((old_mean, old_variance), (new_mean, new_variance)) = (moments(&old), moments(&new));
    let (a, b) = (old_variance / old.len() as f64, new_variance / new.len() as f64);
    let freedom = (a + b).powi(2) / (a * a / (old.len() - 1) as f64 + b * b / (new.len() - 1) as f64);
    let t = (new_mean - old_mean) / (a + b).sqrt();
    let is_significant = t.abs() > student_quantile(freedom as usize, 0.025);
    answer(is_significant && (new_mean / old_mean - 1.0).abs() > 0.05, t, old.len())
}

/// Adds pairs until the mean difference is more than two standard errors from 0.
fn until_significant(benchmark: &mut Benchmark<'_>) -> Answer {
    let pairs = benchmark.pairs(30);
    let differences: Vec<f64> = pairs.iter().map(|(old, new)| new.mean - old.mean).collect();
    for count in 5..=differences.len() {
        let mean = differences[..count].iter().sum::<f64>() / count as f64;
        let squares: f64 = differences[..count].iter().map(|x| (x - mean).powi(2)).sum();
        let t = mean / (squares / (count * (count - 1)) as f64).sqrt();
        if t.abs() > 2.0 {
            return answer(true, t, count);
        }
    }
    answer(false, 0.0, differences.len())
}

fn bench_history_10(benchmark: &mut Benchmark<'_>) -> Answer {
    let (old, new) = benchmark.one_then_other(10 * RUN, RUN);
    bench_history(&old, &new)
}

/// One run against ten of the base, each of 105 measurements: the mean more than 5 % above the highest or below the
/// lowest, its 95 % interval apart from all of theirs, and farther off than two half widths.
///
/// Source: cargo-bench-history 0.5, "branch mode"; of fewer than 20 commits it does not look for steps in the base.
pub fn bench_history(old: &[Process], new: &[Process]) -> Answer {
    let run = |processes: &[Process]| {
        let (mean, error) = pooled(processes);
        (mean, 1.96 * error)
    };
    let base: Vec<(f64, f64)> = old.chunks(RUN).map(run).collect();
    let (tip, half_width) = run(new);
    let low = base.iter().map(|(mean, _)| *mean).fold(f64::INFINITY, f64::min);
    let high = base.iter().map(|(mean, _)| *mean).fold(0.0, f64::max);
    let edge = tip.clamp(low, high);
    let is_far = (tip / edge - 1.0).abs() >= 0.05;
    let is_apart = base.iter().all(|(mean, width)| (tip - mean).abs() > width + half_width);
    let widths = base.iter().map(|(_, width)| *width).chain([half_width]).collect();
    let typical_width = median(&Sample::new(widths).expect("recorded times are finite"));
    answer(is_far && is_apart && (tip - edge).abs() > 2.0 * typical_width, tip - edge, RUN)
}

/// Processes that make one run of criterion: 105 measurements, it takes 100.
const RUN: usize = 7;

/// Of a rule that knows "different" and the sign.
fn answer(is_different: bool, difference: f64, rounds: usize) -> Answer {
    Answer {
        is_flagged: is_different && difference > 0.0,
        is_improved: is_different && difference < 0.0,
        is_proven: false,
        rounds,
    }
}

fn means(processes: &[Process]) -> Sample {
    Sample::new(processes.iter().map(|process| process.mean).collect()).expect("recorded times are finite")
}

fn moments(processes: &[Process]) -> (f64, f64) {
    let count = processes.len() as f64;
    let mean = processes.iter().map(|process| process.mean).sum::<f64>() / count;
    (mean, processes.iter().map(|process| (process.mean - mean).powi(2)).sum::<f64>() / (count - 1.0))
}
