//! Arguments in, exit code out. Wiring only.

mod args;
mod benchstat;
mod budget;
mod check;
mod colour;
mod commit_note;
mod compare;
mod convert;
mod critcmp;
mod exit;
mod formats;
mod list;
mod null;
mod ratchet;
mod record;
mod run;
mod select;
mod signoff;
mod tell;

pub use exit::Exit;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Parser;

use crate::io::Failure;
use args::{Args, Command};

/// Why a command ended early.
enum Stop {
    /// The work could not be done.
    Failed(Failure),
    /// The output could not be written.
    Output(io::Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(failure)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Output(error)
    }
}

/// Runs one command.
///
/// * `arguments`: as the system hands them over, the program's name first.
/// * Results go to `out`, everything else to `errors`.
pub fn run(arguments: impl IntoIterator<Item = OsString>, out: &mut dyn Write, errors: &mut dyn Write) -> Exit {
    let args = match Args::try_parse_from(benchstat::with_long_flags(arguments.into_iter().collect())) {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    let done = match args.command {
        Command::Compare(args) => compare::run(&args, out),
        Command::Benchstat(args) => benchstat::run(&args, out, errors),
        Command::Run(args) => run::run(&args, out, errors),
        Command::Null(args) => null::run(&args, out, errors),
        Command::Check(args) => check::run(&args, out),
        Command::Record(args) => record::run(&args, out),
        Command::CommitNote(args) => commit_note::run(&args, out, errors),
        Command::Signoff(args) => signoff::run(&args, out),
        Command::Convert(args) => convert::run(&args, out, errors),
        Command::Critcmp(args) => critcmp::run(&args, out),
        Command::List => list::run(out),
        Command::Budget(args) => budget::run(&args, out, errors),
        Command::Formats => formats::run(out),
    };
    match done.and_then(|exit| exit.once(out.flush())) {
        Ok(exit) => exit,
        Err(Stop::Failed(failure)) => {
            // Nothing is left to be done when even the error stream is closed.
            let _ = tell::tell(&failure, errors);
            Exit::COULD_NOT
        }
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::FINE,
        Err(Stop::Output(error)) => {
            let _ = writeln!(errors, "regress: the output cannot be written: {error}\n  check the space on the disk");
            Exit::COULD_NOT
        }
    }
}

/// Help and version are answers, everything else is a mistake in the arguments.
fn usage(error: &clap::Error) -> Exit {
    // clap knows which stream and whether it takes colour.
    let _ = error.print();
    if error.use_stderr() { Exit::COULD_NOT } else { Exit::FINE }
}
