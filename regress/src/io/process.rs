use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait_timeout::ChildExt;

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

/// Runs a program to its end; what it prints is kept for the message if it fails.
///
/// * Returns the seconds it took.
///
/// # Errors
/// It could not be started, failed, or took longer than `timeout` and was killed.
pub fn run(command: &mut Command, timeout: Duration) -> Result<f64, Crash> {
    let not_started = |error: std::io::Error| Crash::NotStarted(error.to_string());
    // A file, not a pipe: nobody has to read it for the program to go on.
    let mut output = tempfile::tempfile().map_err(not_started)?;
    let streams = || output.try_clone().map(Stdio::from).map_err(not_started);
    command.stdin(Stdio::null()).stdout(streams()?).stderr(streams()?);
    let begin = Instant::now();
    let mut child = command.spawn().map_err(not_started)?;
    let ended = child.wait_timeout(timeout).map_err(not_started)?;
    let seconds = begin.elapsed().as_secs_f64();
    match ended {
        None => {
            // It may have ended in between: both calls fail then, and nothing is lost.
            let _ = child.kill();
            let _ = child.wait();
            Err(Crash::TimedOut { seconds: timeout.as_secs() })
        }
        Some(status) if status.success() => Ok(seconds),
        Some(status) => Err(Crash::Failed { how: status.to_string(), said: tail(&mut output) }),
    }
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
