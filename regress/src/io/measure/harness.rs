use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process::{self, Crash};
use super::turns;
use crate::formats::Reading;
use crate::io::catalogue::Catalogue;
use crate::io::error::Failure;

/// A built benchmark executable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bench {
    /// The package it belongs to.
    pub package: String,
    /// The bench target: `wall_time`.
    pub target: String,
    /// Who measures in it.
    pub harness: Harness,
    /// The executable.
    pub executable: PathBuf,
    /// The directory of its package, in which cargo starts it.
    pub directory: PathBuf,
}

/// Who measures in an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harness {
    /// Wall times.
    Criterion,
    /// Instructions, under valgrind.
    IaiCallgrind,
    /// Its successor.
    Gungraun,
    /// Allocations.
    Meter,
}

/// How a harness is driven.
struct Driver {
    harness: Harness,
    /// Stands in every executable of this harness, and in no other.
    mark: &'static str,
    /// The variable that moves its results.
    home: &'static str,
}

const DRIVERS: &[Driver] = &[
    Driver { harness: Harness::Criterion, mark: "CRITERION_HOME", home: "CRITERION_HOME" },
    Driver { harness: Harness::IaiCallgrind, mark: "IAI_CALLGRIND_RUNNER", home: "IAI_CALLGRIND_HOME" },
    Driver { harness: Harness::Gungraun, mark: "GUNGRAUN_RUNNER", home: "GUNGRAUN_HOME" },
    Driver { harness: Harness::Meter, mark: "METER_HOME", home: "METER_HOME" },
];

/// What results of a run are saved under. Not `new`: criterion empties that.
const NAME: &str = "regress";

impl Harness {
    fn driver(self) -> &'static Driver {
        DRIVERS.iter().find(|driver| driver.harness == self).expect("every harness stands in DRIVERS")
    }
}

/// The harness that is built into an executable: each of them reads variables of its own.
///
/// # Errors
/// The file cannot be read.
pub(super) fn of_executable(path: &Path) -> Result<Option<Harness>, Failure> {
    let bytes =
        std::fs::read(path).map_err(|error| Failure::new(format!("{}: {error}", path.display()), "build it again"))?;
    Ok(DRIVERS.iter().find(|driver| holds(&bytes, driver.mark)).map(|driver| driver.harness))
}

/// Whether an executable can measure in turns: it holds the name of the variable that says where.
///
/// One that cannot be read cannot be run either, let alone in turns.
pub(super) fn takes_turns(executable: &Path) -> bool {
    std::fs::read(executable).is_ok_and(|bytes| holds(&bytes, turns::VARIABLE))
}

fn holds(bytes: &[u8], name: &str) -> bool {
    memchr::memmem::find(bytes, name.as_bytes()).is_some()
}

/// The benchmarks of an executable of criterion or the meter, by title.
///
/// # Errors
/// It cannot be started, fails, or takes longer than `timeout` and is killed.
pub fn list(bench: &Bench, timeout: Duration) -> Result<Vec<String>, Failure> {
    let mut command = command(bench);
    let text = process::output(command.args(["--bench", "--list", "--format", "terse"]), timeout);
    let text = text.map_err(|crash| {
        let problem = format!("{} --list {crash}", bench.executable.display());
        let next_step = match crash {
            Crash::NotStarted(_) => "build it again",
            Crash::Failed { .. } => "run it by hand with --bench --list",
            Crash::TimedOut { .. } => "it may wait for something: run it by hand with --bench --list; or --timeout",
        };
        Failure::new(problem, next_step)
    })?;
    Ok(text.lines().filter_map(|line| line.strip_suffix(": benchmark")).map(str::to_owned).collect())
}

/// How long one process measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length {
    /// Before the first measurement, seconds.
    pub warm_up_seconds: f64,
    /// All measurements together, seconds.
    pub measurement_seconds: f64,
    /// How many measurements.
    pub samples: u32,
}

impl Default for Length {
    /// A process of about 50 ms: many short ones average over layouts, addresses and moods of the machine.
    fn default() -> Length {
        Length { warm_up_seconds: 0.01, measurement_seconds: 0.03, samples: 15 }
    }
}

impl Length {
    /// For two processes that take turns: many short measurements, of half a millisecond, so that what is next to
    /// each other met the same machine.
    ///
    /// * `iteration_seconds`: what one iteration takes, from an earlier round. Where it takes longer than such a
    ///   measurement there are fewer of them, down to the 10 that criterion wants. `None`: as many as apart.
    ///
    /// Measured on a busy shared machine of two cores, ten benchmarks, the scatter of one round: 15 measurements in
    /// turns 0.4 to 6 %, 40 of them 0.1 to 4 %, 80 no better than that and dearer where iterations are long.
    pub fn in_turns(iteration_seconds: Option<f64>) -> Length {
        const MEASUREMENT_SECONDS: f64 = 0.03;
        const MOST_SAMPLES: f64 = 60.0;
        const FEWEST_SAMPLES: f64 = 10.0;
        let fitting = |seconds: f64| (MEASUREMENT_SECONDS / seconds).clamp(FEWEST_SAMPLES, MOST_SAMPLES) as u32;
        let samples = iteration_seconds.map_or(Length::default().samples, fitting);
        Length { warm_up_seconds: 0.005, measurement_seconds: MEASUREMENT_SECONDS, samples }
    }
}

/// Measures one benchmark once, in a process of its own.
///
/// * `home`: the directory of its results; it is emptied before and after.
///
/// # Errors
/// The process crashed, hung, or wrote nothing that can be read.
pub fn measure_once(
    bench: &Bench,
    benchmark: &str,
    length: Length,
    home: &Path,
    timeout: Duration,
) -> Result<Reading, Crash> {
    process::run(&mut once(bench, benchmark, length, home), timeout)?;
    Ok(take_results(home))
}

/// The command that measures one benchmark once.
///
/// * `home`: the directory of its results, see [`take_results`]; it is emptied.
pub(super) fn once(bench: &Bench, benchmark: &str, length: Length, home: &Path) -> Command {
    empty(home); // a process that crashed may have left something
    let mut command = command(bench);
    command
        .args(["--bench", "--exact", benchmark, "--noplot", "--nresamples", "10", "--save-baseline", NAME])
        .args(["--warm-up-time", &length.warm_up_seconds.to_string()])
        .args(["--measurement-time", &length.measurement_seconds.to_string()])
        .args(["--sample-size", &length.samples.to_string()])
        .env(bench.harness.driver().home, home);
    command
}

/// What a process wrote to `home`, which is emptied.
pub(super) fn take_results(home: &Path) -> Reading {
    let reading = read(home);
    empty(home);
    reading
}

fn empty(home: &Path) {
    // What cannot be removed is overwritten by the next process.
    let _ = std::fs::remove_dir_all(home);
}

/// Runs a harness that counts, all benchmarks in one process.
///
/// # Errors
/// The process crashed or hung.
pub fn count(bench: &Bench, home: &Path, timeout: Duration) -> Result<Reading, Crash> {
    let mut command = command(bench);
    command.args(["--bench", &format!("--save-baseline={NAME}")]).env(bench.harness.driver().home, home);
    process::run(&mut command, timeout)?;
    Ok(read(home))
}

fn read(home: &Path) -> Reading {
    let wanted = [NAME.to_owned()].into();
    let catalogue = Catalogue::of_roots(vec![home.to_owned()], &wanted);
    let mut whole = Reading::default();
    for reading in catalogue.read(NAME) {
        whole.absorb(reading);
    }
    whole
}

/// An executable as cargo starts it.
fn command(bench: &Bench) -> Command {
    let executable: PathBuf = bench.executable.clone();
    let mut command = Command::new(executable);
    command
        .current_dir(&bench.directory)
        .env("CARGO_PKG_NAME", &bench.package)
        .env("CARGO_MANIFEST_DIR", &bench.directory)
        .env_remove("CRITERION_DEBUG")
        .env_remove(turns::VARIABLE);
    command
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn an_executable_that_hangs_while_it_lists_is_killed() {
        #[track_caller]
        fn check(script: &str, timeout: Duration, expected: Result<&[&str], &str>) {
            let directory = tempfile::tempdir().unwrap();
            let executable = directory.path().join("bench");
            // Written by another process: what this one has open for writing, a process started meanwhile has as well,
            // and then it cannot be run.
            let write = r#"printf '%s' "$1" >"$2"; chmod +x "$2""#;
            let text = format!("#!/bin/sh\n{script}\n");
            assert!(Command::new("sh").args(["-c", write, "sh", &text]).arg(&executable).status().unwrap().success());
            let bench = Bench {
                package: "package".to_owned(),
                target: "target".to_owned(),
                harness: Harness::Criterion,
                executable,
                directory: directory.path().to_owned(),
            };
            let shown = format!("{} --list ", bench.executable.display());
            let problem = list(&bench, timeout).map_err(|failure| failure.messages()[0].problem.clone());
            match (problem, expected) {
                (Ok(names), Ok(expected)) => assert_eq!(names, expected),
                (Err(problem), Err(expected)) => assert!(problem.contains(&format!("{shown}{expected}")), "{problem}"),
                (found, _) => panic!("{script:?}: {found:?}"),
            }
        }
        const SOON: Duration = Duration::from_millis(100);
        const PATIENCE: Duration = Duration::from_secs(60);
        check("echo x/y: benchmark; exec sleep 600", SOON, Err("was still running after"));
        check("exit 7", PATIENCE, Err("failed (exit status: 7)"));
        check("echo x/y: benchmark; echo z: test", PATIENCE, Ok(&["x/y"]));
        // What it says besides is no part of a name.
        check("printf 'one moment ' >&2; echo x/y: benchmark", PATIENCE, Ok(&["x/y"]));
    }
}
