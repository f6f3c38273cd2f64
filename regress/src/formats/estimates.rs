//! What criterion estimated itself: `estimates.json` and `benchmark.json` as critcmp reads them, and critcmp's exports.
//!
//! Only `regress critcmp` reads these; everything else estimates from the measurements. An export holds the estimates
//! of one baseline, by the benchmarks' names, in just the fields that critcmp 0.1.8 knows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{File, ReadError, json};

/// The files of a directory of criterion's results that are read.
pub const FILES: [&str; 2] = ["benchmark.json", "estimates.json"];

/// The estimates of one baseline.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Baseline {
    /// What it was saved as.
    pub name: String,
    /// By full name.
    pub benchmarks: BTreeMap<String, Estimated>,
}

/// What criterion estimated of one benchmark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Estimated {
    baseline: String,
    fullname: String,
    criterion_benchmark_v1: Benchmark,
    criterion_estimates_v1: Estimates,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
    throughput: Option<Throughput>,
    full_id: String,
    directory_name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Throughput {
    bytes: Option<u64>,
    elements: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Estimates {
    mean: Estimate,
    median: Estimate,
    median_abs_dev: Estimate,
    slope: Option<Estimate>,
    std_dev: Estimate,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Estimate {
    confidence_interval: Interval,
    point_estimate: f64,
    standard_error: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Interval {
    confidence_level: f64,
    lower_bound: f64,
    upper_bound: f64,
}

impl Estimated {
    /// The name of the benchmark.
    pub fn full_id(&self) -> &str {
        &self.criterion_benchmark_v1.full_id
    }

    /// The mean time of an iteration, in nanoseconds.
    pub fn mean_nanoseconds(&self) -> f64 {
        self.criterion_estimates_v1.mean.point_estimate
    }

    /// The standard deviation of the times of an iteration, in nanoseconds.
    pub fn deviation_nanoseconds(&self) -> f64 {
        self.criterion_estimates_v1.std_dev.point_estimate
    }

    /// How much is processed in a second, and of what: `B` or `Elem`. `None`: no throughput was declared, or one of a
    /// kind that critcmp does not know.
    pub fn rate(&self) -> Option<(f64, &'static str)> {
        let throughput = self.criterion_benchmark_v1.throughput.as_ref()?;
        let bytes = throughput.bytes.map(|bytes| (bytes, "B"));
        let (amount, unit) = bytes.or(throughput.elements.map(|elements| (elements, "Elem")))?;
        Some((amount as f64 * (1e9 / self.mean_nanoseconds()), unit))
    }
}

/// The estimates of one benchmark, from its two files.
///
/// # Errors
/// Everything that is wrong with either.
pub fn read(baseline: &str, benchmark: &File, estimates: &File) -> Result<Estimated, Vec<ReadError>> {
    let benchmark = json::parse::<Benchmark>(&benchmark.path, &benchmark.bytes, "a benchmark.json of criterion");
    let estimates = json::parse::<Estimates>(&estimates.path, &estimates.bytes, "an estimates.json of criterion");
    match (benchmark, estimates) {
        (Ok(benchmark), Ok(estimates)) => Ok(Estimated {
            baseline: baseline.to_owned(),
            fullname: format!("{baseline}/{}", benchmark.full_id),
            criterion_benchmark_v1: benchmark,
            criterion_estimates_v1: estimates,
        }),
        (benchmark, estimates) => Err([benchmark.err(), estimates.err()].into_iter().flatten().collect()),
    }
}

/// A baseline that was exported.
///
/// # Errors
/// What keeps it from being one.
pub fn read_export(file: &File) -> Result<Baseline, ReadError> {
    json::parse(&file.path, &file.bytes, "an export of critcmp")
}

/// A baseline as an export: what critcmp writes, byte for byte.
pub fn write_export(baseline: &Baseline) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(baseline).expect("names and numbers are always JSON");
    bytes.push(b'\n');
    bytes
}
