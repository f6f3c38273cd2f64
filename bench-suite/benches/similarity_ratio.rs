//! How our similarity functions compare with SimSIMD's, measured in turns in one process.
//!
//! Prints a ratio for each function and size and writes no results: it answers a question about
//! the suite ("is the hot path worth guarding?"), it is not one of its workloads.
//! Flags meant for the other harnesses are ignored. Takes about 3 seconds.

use std::fmt;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use bench_suite::{input, similarity};
use simsimd::SpatialSimilarity;

/// Odd, so that the median is one of the measured ratios.
const ROUNDS: usize = 101;

/// Long against the clock's resolution, short against what disturbs a machine.
const ROUND: Duration = Duration::from_micros(1500);

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "time of ours / time of SimSIMD, median of {ROUNDS} interleaved rounds")?;
    for len in [128, 512, 1024] {
        let a = input::embedding(1, len);
        let b = input::embedding(2, len);
        let cosine = Duel::fight(
            || similarity::cosine(black_box(&a), black_box(&b)),
            || 1.0 - f32::cosine(black_box(&a), black_box(&b)).unwrap_or(f64::NAN) as f32,
        );
        writeln!(out, "cosine/d{len:<8} {cosine}")?;
        let euclidean = Duel::fight(
            || similarity::euclidean(black_box(&a), black_box(&b)),
            || f32::euclidean(black_box(&a), black_box(&b)).unwrap_or(f64::NAN) as f32,
        );
        writeln!(out, "euclidean/d{len:<5} {euclidean}")?;
    }
    Ok(())
}

/// Medians over the rounds.
struct Duel {
    ours_seconds: f64,
    theirs_seconds: f64,
    /// Of the ratios of the rounds, not the ratio of the medians: a disturbance hits both of a round.
    ratio: f64,
}

impl Duel {
    /// Both must give the same number to within the rounding of sums in another order.
    fn fight(ours: impl Fn() -> f32, theirs: impl Fn() -> f32) -> Duel {
        let (mine, other) = (ours(), theirs());
        assert!((mine - other).abs() <= 1e-3 * other.abs().max(1.0), "{mine} is not {other}");

        let calls = calls_in(ROUND, &ours);
        let mut rounds: Vec<[f64; 2]> = Vec::with_capacity(ROUNDS);
        for round in 0..ROUNDS {
            // Who is first changes, so that neither always finds the caches the other left.
            rounds.push(if round % 2 == 0 {
                let ours_seconds = seconds(calls, &ours);
                [ours_seconds, seconds(calls, &theirs)]
            } else {
                let theirs_seconds = seconds(calls, &theirs);
                [seconds(calls, &ours), theirs_seconds]
            });
        }
        Duel {
            ours_seconds: median(rounds.iter().map(|[ours, _]| ours / f64::from(calls))),
            theirs_seconds: median(rounds.iter().map(|[_, theirs]| theirs / f64::from(calls))),
            ratio: median(rounds.iter().map(|[ours, theirs]| ours / theirs)),
        }
    }
}

impl fmt::Display for Duel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [ours_nanos, theirs_nanos] = [self.ours_seconds, self.theirs_seconds].map(|seconds| seconds * 1e9);
        write!(f, "{:.2}   {ours_nanos:6.1} ns / {theirs_nanos:6.1} ns", self.ratio)
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// How many calls of `function` fill about `duration`, at least 1.
fn calls_in(duration: Duration, function: &impl Fn() -> f32) -> u32 {
    let mut calls = 1;
    while seconds(calls, function) < duration.as_secs_f64() {
        calls *= 2;
    }
    calls
}

fn seconds(calls: u32, function: &impl Fn() -> f32) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(function());
    }
    start.elapsed().as_secs_f64()
}
