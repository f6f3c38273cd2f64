use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wait_timeout::ChildExt;

use super::interrupt::Escort;
use crate::io::error::Failure;

/// How a process ended that did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crash {
    /// It could not be started.
    NotStarted(String),
    /// It ended with a code or a signal; with the last lines it wrote.
    Failed {
        /// `exit code 101`, `signal 11`.
        how: String,
        /// The end of what it printed.
        said: String,
    },
    /// It was still running after this many seconds, and was killed.
    TimedOut {
        /// The limit.
        seconds: u64,
    },
}

/// What happened, as the end of a sentence about the process: `failed (exit status: 101): no disk`.
impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Crash::NotStarted(reason) => write!(f, "cannot be started: {reason}"),
            Crash::Failed { how, said } => {
                let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
                write!(f, "failed ({how}){}{}", if said.is_empty() { "" } else { ": " }, said.join("; "))
            }
            Crash::TimedOut { seconds } => write!(f, "was still running after {seconds} s, and was killed"),
        }
    }
}

impl Crash {
    /// The same as a failure of the work.
    ///
    /// * `what`: which process: `sort/small of main`.
    pub fn failure(&self, what: &str) -> Failure {
        let next_step = match self {
            Crash::NotStarted(_) => "build it again",
            Crash::Failed { .. } => "run it by hand; if it needs valgrind: --without instructions",
            Crash::TimedOut { .. } => "give it more time: --timeout",
        };
        Failure::new(format!("{what} {self}"), next_step)
    }
}

/// Runs a program to its end; what it prints is kept for the message if it fails.
///
/// * Returns the seconds it took.
///
/// # Errors
/// It could not be started, failed, or took longer than `timeout` and was killed.
pub fn run(command: &mut Command, timeout: Duration) -> Result<f64, Crash> {
    let mut running = Running::start(command)?;
    running.wait(timeout)?;
    Ok(running.seconds())
}

/// Runs a program to its end.
///
/// * Returns what it wrote to standard output.
///
/// # Errors
/// As [`run`]; or what it wrote cannot be read back.
pub(super) fn output(command: &mut Command, timeout: Duration) -> Result<String, Crash> {
    let mut answer = tempfile::tempfile().map_err(not_started)?;
    let mut running = Running::start_into(command, &answer)?;
    running.wait(timeout)?;
    let mut bytes = Vec::new();
    answer.seek(SeekFrom::Start(0)).and_then(|_| answer.read_to_end(&mut bytes)).map_err(not_started)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A program that was started. It is killed when nobody waits for it any more.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    escort: Escort,
    output: File,
    begin: Instant,
}

impl Running {
    /// Starts a program without input; what it prints is kept.
    ///
    /// # Errors
    /// It could not be started.
    pub(super) fn start(command: &mut Command) -> Result<Running, Crash> {
        // A file, not a pipe: nobody has to read it for the program to go on.
        let output = tempfile::tempfile().map_err(not_started)?;
        let said = output.try_clone().map_err(not_started)?;
        Running::start_with(command, output, said)
    }

    /// The same, with standard output in a file apart from what is kept.
    fn start_into(command: &mut Command, answer: &File) -> Result<Running, Crash> {
        let output = tempfile::tempfile().map_err(not_started)?;
        let answer = answer.try_clone().map_err(not_started)?;
        Running::start_with(command, output, answer)
    }

    fn start_with(command: &mut Command, output: File, stdout: File) -> Result<Running, Crash> {
        let stderr = output.try_clone().map_err(not_started)?;
        command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        let begin = Instant::now();
        let child = Escort::prepare(command).spawn().map_err(not_started)?;
        let escort = Escort::of(&child);
        Ok(Running { child, escort, output, begin })
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// It failed, or did not end in `timeout` and was killed.
    pub(super) fn wait(&mut self, timeout: Duration) -> Result<(), Crash> {
        match self.child.wait_timeout(timeout).map_err(not_started)? {
            None => {
                self.kill();
                Err(Crash::TimedOut { seconds: timeout.as_secs() })
            }
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(Crash::Failed { how: status.to_string(), said: tail(&mut self.output) }),
        }
    }

    /// Whether it is still there; also `true` when the system cannot tell.
    pub(super) fn is_running(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Seconds since it was started.
    fn seconds(&self) -> f64 {
        self.begin.elapsed().as_secs_f64()
    }

    fn kill(&mut self) {
        // It may have ended in between: all calls fail then, and nothing is lost.
        self.escort.kill();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.is_running() {
            self.kill();
        }
    }
}

fn not_started(error: std::io::Error) -> Crash {
    Crash::NotStarted(error.to_string())
}

/// The end of a file, as text.
fn tail(file: &mut File) -> String {
    /// Enough for a panic with its message.
    const BYTES: u64 = 4096;
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let mut bytes = Vec::new();
    let read = file.seek(SeekFrom::Start(length.saturating_sub(BYTES))).and_then(|_| file.read_to_end(&mut bytes));
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).trim().to_owned()
}
