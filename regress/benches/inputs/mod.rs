//! What is measured on: results as harnesses write them, the same on every machine.

#![allow(dead_code, reason = "each bench uses its part")]

use std::fmt::Write as _;

/// A baseline as `--save-baseline` leaves it for one benchmark.
pub struct Saved {
    /// Below the directory of results: `group_003/case_42/old`.
    pub directory: String,
    /// Names and contents.
    pub files: [(&'static str, String); 4],
}

/// How the times of Go text are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// With four digits, as Go prints them: many are equal.
    Printed,
    /// With five digits more: no two are equal, which is easier to compare.
    Distinct,
}

/// What `go test -bench -benchmem -count=<runs>` prints, each benchmark with time, bytes and allocations.
pub fn go_text(benchmarks: usize, runs: usize, times: Times, seed: u64) -> String {
    let mut text = "goos: linux\ngoarch: amd64\npkg: example.com/face\ncpu: Example CPU @ 3.00GHz\n".to_owned();
    for benchmark in 0..benchmarks {
        let mut random = Random::new(seed, benchmark);
        let (nanos, allocs) = (typical_nanos(benchmark), benchmark % 20);
        for _ in 0..runs {
            let time = nanos * random.noise();
            let (iterations, bytes) = ((1e9 / time) as u64, allocs * 64);
            let printed = if time < 99.995 { 2 } else { usize::from(time < 999.95) };
            let decimals = if times == Times::Printed { printed } else { printed + 5 };
            writeln!(
                text,
                "BenchmarkGroup{:03}/case={benchmark}-8\t{iterations:8}\t{time:10.decimals$} ns/op\t{bytes:8} B/op\t{allocs:8} allocs/op",
                benchmark / 100
            )
            .expect("a String never refuses");
        }
    }
    text
}

/// What criterion saves for one benchmark: `samples` measurements in linear mode.
pub fn criterion(benchmark: usize, baseline: &str, samples: usize, seed: u64) -> Saved {
    let mut random = Random::new(seed, benchmark);
    let nanos = typical_nanos(benchmark);
    let step = (5e9 / nanos / (samples * (samples + 1) / 2) as f64).ceil();
    let iterations: Vec<f64> = (1..=samples).map(|number| number as f64 * step).collect();
    let times: Vec<f64> = iterations.iter().map(|count| (count * nanos * random.noise()).round()).collect();
    let mut of_one: Vec<f64> = times.iter().zip(&iterations).map(|(time, count)| time / count).collect();
    of_one.sort_by(f64::total_cmp);
    let (group, case) = (format!("group_{:03}", benchmark / 100), format!("case_{benchmark}"));
    let name = format!(
        r#"{{"group_id":"{group}","function_id":"{case}","value_str":null,"throughput":null,"full_id":"{group}/{case}","directory_name":"{group}/{case}","title":"{group}/{case}"}}"#
    );
    Saved {
        directory: format!("{group}/{case}/{baseline}"),
        files: [
            ("benchmark.json", name),
            (
                "sample.json",
                format!(r#"{{"sampling_mode":"Linear","iters":{iterations:?},"times":{times:?}}}"#).replace(", ", ","),
            ),
            ("estimates.json", estimates(&of_one)),
            ("tukey.json", format!("{:?}", [0.9, 0.95, 1.05, 1.1].map(|factor| nanos * factor)).replace(", ", ",")),
        ],
    }
}

fn estimates(sorted: &[f64]) -> String {
    let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
    let median = sorted[sorted.len() / 2];
    let estimate = |name: &str, value: f64| {
        let (low, high, error) = (value * 0.99, value * 1.01, value * 0.005);
        format!(
            r#""{name}":{{"confidence_interval":{{"confidence_level":0.95,"lower_bound":{low:?},"upper_bound":{high:?}}},"point_estimate":{value:?},"standard_error":{error:?}}}"#
        )
    };
    let all = [("mean", mean), ("median", median), ("median_abs_dev", median / 50.0), ("slope", mean)];
    let all = all.into_iter().chain([("std_dev", mean / 40.0)]).map(|(name, value)| estimate(name, value));
    format!("{{{}}}", all.collect::<Vec<_>>().join(","))
}

/// From 10 ns to 10 ms.
fn typical_nanos(benchmark: usize) -> f64 {
    10f64.powf(1.0 + (benchmark % 61) as f64 / 10.0)
}

/// SplitMix64. Source: Steele, Lea & Flood 2014, Fast Splittable Pseudorandom Number Generators, OOPSLA.
struct Random(u64);

impl Random {
    fn new(seed: u64, benchmark: usize) -> Random {
        Random(seed ^ (benchmark as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// A factor between 0.97 and 1.07, denser in the middle: three of them added up.
    fn noise(&mut self) -> f64 {
        0.97 + (self.unit() + self.unit() + self.unit()) / 30.0
    }

    /// From 0 to 1.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
