//! Twelve small programs of different noise character: what a trial measures.
//!
//!     kernels names                       one line each
//!     kernels run NAME UNITS TIMES        measures TIMES times, prints the nanoseconds of each
//!     kernels steps NAME UNITS            measures once for each line it reads, and prints the nanoseconds
//!
//! A measurement is UNITS units of work, about 10 µs each: 100 for the old version, 105 for a new one that does exactly
//! 5 % more of the same. One measurement more is taken before the first, to warm up, and not told. Inputs come from
//! fixed seeds, so two processes do the same.

use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::Instant;

mod alloc;
mod alu;
mod chase;
mod dot;
mod interpret;
mod map;
mod parse;
mod pingpong;
mod read;
mod sort;
mod stream;
mod syscall;

#[path = "../score/random.rs"]
#[allow(dead_code, reason = "inputs need whole numbers only")]
mod random;

/// Something to be measured; making one is not.
pub trait Kernel {
    /// The same amount of work each time; returns what depends on all of it.
    fn unit(&mut self) -> u64;
}

type Make = fn() -> Box<dyn Kernel>;

/// Each in a file of its name.
const KERNELS: &[(&str, Make)] = &[
    ("alu", alu::make),
    ("sort", sort::make),
    ("map", map::make),
    ("chase", chase::make),
    ("alloc", alloc::make),
    ("parse", parse::make),
    ("pingpong", pingpong::make),
    ("syscall", syscall::make),
    ("stream", stream::make),
    ("interpret", interpret::make),
    ("dot", dot::make),
    ("read", read::make),
];

const USAGE: &str = "kernels names | kernels run NAME UNITS TIMES | kernels steps NAME UNITS";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match answer(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(io::stderr(), "kernels: {problem}");
            ExitCode::from(2)
        }
    }
}

fn answer(arguments: &[&str]) -> Result<(), String> {
    let written = match arguments {
        ["names"] => KERNELS.iter().try_for_each(|(name, _)| writeln!(io::stdout(), "{name}")),
        ["run", name, units, times] => run(made(name)?, number(units)?, number(times)?),
        ["steps", name, units] => steps(made(name)?, number(units)?),
        _ => return Err(USAGE.to_owned()),
    };
    written.map_err(|error| error.to_string())
}

fn run(mut kernel: Box<dyn Kernel>, units: u64, times: u64) -> io::Result<()> {
    if times > 0 {
        nanoseconds(&mut *kernel, units);
    }
    let measured: Vec<String> = (0..times).map(|_| nanoseconds(&mut *kernel, units).to_string()).collect();
    writeln!(io::stdout(), "{}", measured.join(" "))
}

/// Says `ready` once the input is there and warm.
fn steps(mut kernel: Box<dyn Kernel>, units: u64) -> io::Result<()> {
    let mut out = io::stdout();
    nanoseconds(&mut *kernel, units);
    writeln!(out, "ready")?;
    for line in io::stdin().lock().lines() {
        line?;
        writeln!(out, "{}", nanoseconds(&mut *kernel, units))?;
    }
    Ok(())
}

fn nanoseconds(kernel: &mut dyn Kernel, units: u64) -> u128 {
    let begin = Instant::now();
    for _ in 0..units {
        black_box(kernel.unit());
    }
    begin.elapsed().as_nanos()
}

fn made(name: &str) -> Result<Box<dyn Kernel>, String> {
    let known = KERNELS.iter().find(|(known, _)| *known == name);
    known.map(|(_, make)| make()).ok_or_else(|| {
        let names: Vec<&str> = KERNELS.iter().map(|(name, _)| *name).collect();
        format!("no kernel `{name}`; known: {}", names.join(", "))
    })
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|error| format!("`{text}`: {error}"))
}
