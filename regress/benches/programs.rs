//! The whole program, as a user starts it, against the ones people use today:
//! `cargo bench -p bench-regress --bench programs`.
//!
//! Programs that are compared take turns, so that a busy minute of the machine hits them alike. Wall time from start
//! to exit, output into a pipe that is read to its end. Without critcmp or benchstat its part is left out. The inputs are written
//! anew into a directory that is removed in the end, or stays where `INPUTS=<DIRECTORY>` says.

mod inputs;

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use inputs::Times;

const REGRESS: &str = env!("CARGO_BIN_EXE_regress");
const ROUNDS: usize = 15;

fn main() -> io::Result<()> {
    let out = &mut io::stdout().lock();
    let temporary = tempfile::tempdir()?;
    let kept = std::env::var_os("INPUTS").map(PathBuf::from);
    let directory = kept.as_deref().unwrap_or(temporary.path());
    fs::create_dir_all(directory)?;
    go_text(directory, out)?;
    criterion(directory, out)
}

/// Two files of Go's text, the same ten times as long, and some with ties.
fn go_text(directory: &Path, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Go text, old against new, 20 runs x 3 metrics of each benchmark")?;
    let has_benchstat = Command::new("benchstat").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    for (benchmarks, times) in [(1_000, Times::Distinct), (10_000, Times::Distinct), (1_000, Times::Printed)] {
        let ties = if times == Times::Printed { "-ties" } else { "" };
        let files = ["old", "new"].map(|side| format!("{side}{benchmarks}{ties}.txt"));
        let mut bytes = 0;
        for (file, seed) in files.iter().zip([1, 2]) {
            let text = inputs::go_text(benchmarks, 20, times, seed);
            bytes += text.len();
            fs::write(directory.join(file), text)?;
        }
        let command = |program: &[&str]| {
            let mut command = Command::new(program[0]);
            command.args(&program[1..]).args(&files).current_dir(directory);
            command
        };
        let what = if times == Times::Printed { ", times with four digits: many are equal" } else { "" };
        writeln!(out, "  {benchmarks} benchmarks, {:.1} MB{what}", bytes as f64 / 1e6)?;
        let ours: [&[&str]; 2] = [&[REGRESS, "compare"], &[REGRESS, "benchstat"]];
        for (program, time) in ours.into_iter().zip(take_turns(ours.map(command).each_mut())?) {
            write!(out, "    regress {:<10}  {time}", program[1])?;
            match peak_bytes(&command(program))? {
                Some(peak) => writeln!(out, ", peak memory {:.2} x the input", peak as f64 / bytes as f64)?,
                None => writeln!(out, ", peak memory unknown: /usr/bin/time is not there")?,
            }
        }
        if has_benchstat {
            let [ours, theirs] = take_turns([ours[1], &["benchstat"]].map(command).each_mut())?;
            let times = theirs.times(ours);
            writeln!(out, "    benchstat itself    {theirs}: {times:.1} x the {ours} of regress benchstat")?;
        }
    }
    if has_benchstat {
        Ok(())
    } else {
        writeln!(out, "  benchstat is not there: go install golang.org/x/perf/cmd/benchstat@latest")
    }
}

/// Two baselines of criterion, 10 000 benchmarks each.
fn criterion(directory: &Path, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "criterion, two baselines of 10000 benchmarks x 100 measurements")?;
    let target = directory.join("target");
    for benchmark in 0..10_000 {
        for (baseline, seed) in [("old", 1), ("new", 2)] {
            let saved = inputs::criterion(benchmark, baseline, 100, seed);
            let place = target.join("criterion").join(saved.directory);
            fs::create_dir_all(&place)?;
            for (name, text) in saved.files {
                fs::write(place.join(name), text)?;
            }
        }
    }
    // As cargo leaves it in every target directory.
    let note =
        r#"{"rustc_fingerprint":1,"outputs":{"1":{"success":true,"stdout":"rustc 1.95.0 (59807616e 2026-04-14)\n"}}}"#;
    fs::write(target.join(".rustc_info.json"), note)?;
    let mut ours = Command::new(REGRESS);
    ours.args(["compare", "old", "new"]).current_dir(directory).env("CARGO_TARGET_DIR", &target);
    let mut theirs = Command::new("critcmp");
    theirs.arg("--target-dir").arg(&target).args(["old", "new"]);
    if theirs.stdout(Stdio::null()).status().is_err() {
        let [ours] = take_turns([&mut ours])?;
        writeln!(out, "  regress {}", ours)?;
        return writeln!(out, "  critcmp is not there: cargo install critcmp --version 0.1.8");
    }
    let [ours, theirs] = take_turns([&mut ours, &mut theirs])?;
    writeln!(out, "  regress {}\n  critcmp {}", ours, theirs)?;
    writeln!(out, "  regress takes {:.2} x the time of critcmp", ours.times(theirs))
}

/// How long a command takes.
#[derive(Clone, Copy)]
struct Wall {
    median: Duration,
    fastest: Duration,
}

impl Wall {
    fn times(self, other: Wall) -> f64 {
        self.median.as_secs_f64() / other.median.as_secs_f64()
    }
}

impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        write!(f, "{:.1} ms (fastest {:.1})", milliseconds(self.median), milliseconds(self.fastest))
    }
}

/// The wall times of each command. They take turns.
fn take_turns<const N: usize>(mut commands: [&mut Command; N]) -> io::Result<[Wall; N]> {
    let mut times = [const { Vec::new() }; N];
    for round in 0..=ROUNDS {
        for (command, times) in commands.iter_mut().zip(&mut times) {
            let start = Instant::now();
            let output = command.stdout(Stdio::piped()).output()?;
            let time = start.elapsed();
            assert!(!output.stdout.is_empty(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
            // The first round warms the disk's cache.
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(times.map(|mut times| {
        times.sort();
        Wall { median: times[times.len() / 2], fastest: times[0] }
    }))
}

/// The largest resident set of a command, in bytes. `None` without GNU time.
fn peak_bytes(command: &Command) -> io::Result<Option<u64>> {
    let mut measured = Command::new("/usr/bin/time");
    measured.args(["-f", "%M"]).arg(command.get_program()).args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        measured.current_dir(directory);
    }
    let Ok(output) = measured.output() else { return Ok(None) };
    let text = String::from_utf8_lossy(&output.stderr);
    let kibibytes = text.lines().last().and_then(|line| line.trim().parse::<u64>().ok());
    Ok(kibibytes.map(|kibibytes| kibibytes * 1024))
}
