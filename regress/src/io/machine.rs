use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Instant, SystemTime};

use serde::Deserialize;

use crate::model::Host;
use crate::policy::Day;

/// This machine.
pub(super) fn host() -> Host {
    Host {
        cpu: processor().unwrap_or_else(|| "unknown processor".to_owned()),
        cores: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    }
}

/// `rustc --version` of the toolchain that cargo would use here.
pub(super) fn toolchain() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    first_line(Command::new(rustc).arg("--version"))
}

/// A length of time as people write it: `90s`, `10m`, `1h 30m`.
///
/// # Errors
/// What was found, and what would be understood.
pub fn parse_time(text: &str) -> Result<std::time::Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 90s, 10m or 1h"))
}

/// The compiler that last built in these target directories: cargo keeps there what it said of itself. Quicker read
/// than asked for, and it is the one that built what was measured, also after an update.
///
/// The note is cargo's own. Where there is none, or none that can be read, or two that differ, `rustc` is asked.
pub(super) fn toolchain_of(targets: &[PathBuf]) -> Option<String> {
    let mut noted: BTreeSet<String> = targets.iter().flat_map(|target| noted_compilers(target)).collect();
    noted.pop_first().filter(|_| noted.is_empty()).or_else(toolchain)
}

/// cargo's note, as far as it is read.
#[derive(Deserialize)]
struct Note {
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
struct Output {
    stdout: String,
}

fn noted_compilers(target: &Path) -> Vec<String> {
    let text = std::fs::read(target.join(".rustc_info.json")).unwrap_or_default();
    let Ok(note) = serde_json::from_slice::<Note>(&text) else { return Vec::new() };
    let first_lines = note.outputs.into_values().filter_map(|output| output.stdout.lines().next().map(str::to_owned));
    first_lines.filter(|line| line.starts_with("rustc ")).collect()
}

/// A clock that only goes on.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// From now on.
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// Seconds since then.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// Now, RFC 3339 in UTC, to the second.
pub fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

/// Today, in UTC.
pub fn today() -> Day {
    let now = now();
    let date = now.split('T').next().unwrap_or_default();
    Day::parse(date).expect("RFC 3339 begins with the day")
}

/// Whether a stream is to be coloured: a terminal, and nobody said no.
pub fn wants_colour(stream: &impl std::io::IsTerminal) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    stream.is_terminal() && !refused && !dumb
}

/// As wide as somebody wants it: `COLUMNS`.
pub fn wanted_width() -> Option<u16> {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|width| *width > 0)
}

/// Columns of the terminal that `stream` is. [What is wanted](wanted_width) comes first; `None` when it is no terminal.
pub fn terminal_width(stream: &impl std::io::IsTerminal) -> Option<u16> {
    wanted_width()
        .or_else(|| stream.is_terminal().then(terminal_size::terminal_size).flatten().map(|(width, _)| width.0))
}

fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}

/// The processor's name, with family and model where the name alone says little (virtual machines shorten it).
#[cfg(target_os = "linux")]
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let field = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
    };
    let name = field("model name").or_else(|| field("Model")).or_else(|| field("CPU part"))?;
    Some(match (field("cpu family"), field("model")) {
        (Some(family), Some(model)) => format!("{name} (family {family} model {model})"),
        _ => name,
    })
}

#[cfg(target_os = "macos")]
fn processor() -> Option<String> {
    first_line(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"]))
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn processor() -> Option<String> {
    std::env::var("PROCESSOR_IDENTIFIER").ok()
}

/// Processes that want to run, averaged over the last minute.
#[cfg(target_os = "linux")]
pub fn load() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
pub fn load() -> Option<f64> {
    None
}
