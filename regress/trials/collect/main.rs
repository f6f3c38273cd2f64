//! Collects real samples of the kernels on this machine, for as long as it may: see `scripts/trial.sh`.
//!
//! ```text
//!   kernels ─▶ rounds ───────────────────▶ raw ──────────▶ extract ─────▶ score
//!   programs   every kernel and version    a line for      what rules     the other
//!              in fresh processes, one     each process    are scored on  example
//!              after the other, and two
//!              at once in lockstep
//! ```
//!
//! Ctrl-C ends it after the round at hand; what was measured is kept and extracted.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use regress::io::{Stopwatch, heed_interrupts, interrupted, load};

mod extract;
mod instructions;
mod machine;
mod process;
mod raw;
mod rounds;
mod versions;

use process::Kernels;
use raw::Raw;
use rounds::Way;

/// Collect real samples of small kernels with known differences, on this machine.
#[derive(Parser)]
struct Arguments {
    /// Run this executable of the example `kernels`.
    #[arg(long, value_name = "PATH")]
    kernels: PathBuf,
    /// Write the record into this directory; one that is there is replaced.
    #[arg(long, value_name = "DIRECTORY")]
    out: PathBuf,
    /// Stop after so many minutes, counting of instructions included.
    #[arg(long, value_name = "MINUTES", default_value_t = 15.0)]
    minutes: f64,
}

fn main() -> ExitCode {
    match collect(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say(&problem);
            ExitCode::from(2)
        }
    }
}

fn collect(arguments: &Arguments) -> Result<(), String> {
    heed_interrupts();
    let watch = Stopwatch::start();
    let kernels = Kernels::of(&arguments.kernels)?;
    let record = &arguments.out;
    std::fs::create_dir_all(record).map_err(|error| format!("{}: {error}", record.display()))?;
    let began = regress::io::now();
    count(&kernels, record)?;
    let mut raw = Raw::create(record)?;
    measure(&kernels, &mut raw, &watch, 60.0 * arguments.minutes)?;
    extract::extract(record, &kernels.names, &machine::description(&began))
}

fn count(kernels: &Kernels, record: &Path) -> Result<(), String> {
    let path = record.join("instructions.txt");
    let text = match instructions::count(kernels) {
        Some(lines) => {
            say(&format!("instructions of {} kernels counted", kernels.names.len()));
            lines?
        }
        None => {
            say("instructions are not counted: there is no `valgrind` here");
            String::new()
        }
    };
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Rounds of both ways, until the next would end too late.
fn measure(kernels: &Kernels, raw: &mut Raw, watch: &Stopwatch, seconds_allowed: f64) -> Result<(), String> {
    let mut spent = [(0, 0.0), (0, 0.0)]; // rounds and seconds of each way
    let mut told_at = watch.seconds();
    while !interrupted() {
        let way = next(spent);
        let (taken, seconds) = spent[way as usize];
        let expected = if taken == 0 { 0.0 } else { seconds / f64::from(taken) };
        if watch.seconds() + expected > seconds_allowed {
            break;
        }
        let begin = watch.seconds();
        let lines = match rounds::round(kernels, way, taken) {
            Ok(lines) => lines,
            Err(_) if interrupted() => break, // the kernels heard it as well
            Err(problem) => return Err(problem),
        };
        let seconds = watch.seconds() - begin;
        raw.add(way, taken, seconds, load(), &lines)?;
        spent[way as usize] = (taken + 1, spent[way as usize].1 + seconds);
        if watch.seconds() - told_at > SECONDS_BETWEEN_WORDS {
            told_at = watch.seconds();
            tell(told_at, seconds_allowed, spent[0].0, spent[1].0);
        }
    }
    tell(watch.seconds(), seconds_allowed, spent[0].0, spent[1].0);
    Ok(())
}

/// By turns until both ways have what can be scored; then by the time each took.
fn next([apart, lockstep]: [(u32, f64); 2]) -> Way {
    let is_behind = match lockstep.0 < FEWEST_ROUNDS {
        true => lockstep.0 < apart.0,
        false => lockstep.1 < rounds::LOCKSTEP_TO_APART * apart.1,
    };
    if is_behind { Way::Lockstep } else { Way::Apart }
}

/// Two halves of eight rounds that are drawn together: see `score/draw.rs`.
const FEWEST_ROUNDS: u32 = 16;

const SECONDS_BETWEEN_WORDS: f64 = 20.0;

fn tell(seconds: f64, allowed: f64, apart: u32, lockstep: u32) {
    let clock = |seconds: f64| format!("{}:{:02}", seconds as u64 / 60, seconds as u64 % 60);
    let load = load().map_or(String::new(), |load| format!(", load {load:.1}"));
    let (now, end) = (clock(seconds), clock(allowed));
    say(&format!("{now} of {end}: {apart} rounds apart, {lockstep} in lockstep{load}"));
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "collect: {text}");
}
