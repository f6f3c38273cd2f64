use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::cargo::{self, Bench};
use super::checkout;
use super::code;
use super::error::Failure;
use super::harness::{self, Harness, Length};
use super::machine;
use super::process::{self, Crash};
use super::project::Project;
use crate::formats::Reading;
use crate::model::{BenchId, Commit, Observation, Provenance, Values};

/// Where one side of a run comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A revision of the repository.
    Revision(String),
    /// The files as they lie here.
    WorkingTree,
    /// A bench executable.
    Executable(PathBuf),
    /// A command; the time of the whole process is measured.
    Command(String),
}

/// One side, ready to be measured.
#[derive(Debug)]
pub struct Lane {
    /// What the user calls it.
    pub label: String,
    /// Commit, machine and toolchain.
    pub provenance: Provenance,
    /// Bench targets that nobody knows how to drive: `package/target`.
    pub unknown: Vec<String>,
    benches: Vec<Bench>,
    command: Option<String>,
    home: PathBuf,
}

/// A benchmark of which processes take turns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    /// Package and bench target.
    target: (String, String),
    /// As its harness calls it.
    pub benchmark: String,
}

/// The name of the one benchmark that a command is.
const COMMAND: &str = "command";

impl Lane {
    /// Checks out and builds what is to be measured. Everything of it lies in `directory`.
    ///
    /// A revision is built in a target directory of its own. In a shared one cargo would take what it built of the
    /// other side for fresh: both have the same names, and the files here may be older than that build.
    ///
    /// # Errors
    /// No such revision, no build, no benchmark.
    pub fn prepare(
        project: &Project,
        origin: &Origin,
        directory: &Path,
        arguments: &[String],
    ) -> Result<Lane, Failure> {
        let home = directory.join("results");
        let here = project.provenance();
        let lane = |label: String, commit: Option<Commit>, benches: Vec<Bench>, command: Option<String>| Lane {
            label,
            provenance: Provenance { commit, ..here.clone() },
            unknown: Vec::new(),
            benches,
            command,
            home: home.clone(),
        };
        match origin {
            Origin::Revision(name) => {
                let revision = checkout::find(&project.directory, name)?;
                let files = directory.join("files");
                remove(&files)?;
                checkout::write_out(&project.directory, &revision, &files)?;
                let built = cargo::build(&files.join(&revision.project_below), &directory.join("build"), arguments)?;
                let benches = keep(built.benches, &directory.join("programs"))?;
                let commit = Commit { hash: revision.commit, dirty: false };
                Ok(Lane { unknown: built.unknown, ..lane(name.clone(), Some(commit), benches, None) })
            }
            Origin::WorkingTree => {
                let built = cargo::build(&project.directory, &project.target_directory(), arguments)?;
                let benches = keep(built.benches, &directory.join("programs"))?;
                let commit = here.commit.clone();
                Ok(Lane { unknown: built.unknown, ..lane("working tree".to_owned(), commit, benches, None) })
            }
            Origin::Executable(path) => {
                let path = project.directory.join(path);
                let harness = harness::of_executable(&path)?.ok_or_else(|| {
                    Failure::new(
                        format!("{}: no known harness is built into it", path.display()),
                        "criterion, iai-callgrind, gungraun and bench-meter are driven; any other program: --cmd-old, --cmd-new",
                    )
                })?;
                let bench = Bench {
                    package: String::new(),
                    target: String::new(),
                    harness,
                    executable: path.clone(),
                    directory: project.directory.clone(),
                };
                Ok(lane(path.display().to_string(), None, vec![bench], None))
            }
            Origin::Command(text) => Ok(lane(text.clone(), None, Vec::new(), Some(text.clone()))),
        }
    }

    /// A hash of the code of all executables that times are taken of. Empty for a command.
    ///
    /// # Errors
    /// An executable cannot be read.
    pub fn fingerprint(&self) -> Result<String, Failure> {
        let prints: Result<Vec<String>, Failure> =
            self.timed().map(|bench| code::fingerprint(&bench.executable)).collect();
        Ok(prints?.join("-"))
    }

    /// The benchmarks whose processes can take turns.
    ///
    /// # Errors
    /// An executable cannot list them.
    pub fn turns(&self) -> Result<BTreeSet<Turn>, Failure> {
        let mut turns = BTreeSet::new();
        if self.command.is_some() {
            turns.insert(Turn { target: Default::default(), benchmark: COMMAND.to_owned() });
        }
        for bench in self.timed() {
            let target = (bench.package.clone(), bench.target.clone());
            let names = harness::list(bench)?.into_iter();
            turns.extend(names.map(|benchmark| Turn { target: target.clone(), benchmark }));
        }
        Ok(turns)
    }

    /// The bench targets with the hash of their code.
    ///
    /// # Errors
    /// An executable cannot be read.
    pub fn codes(&self) -> Result<BTreeMap<(String, String), String>, Failure> {
        let code =
            |bench: &Bench| Ok(((bench.package.clone(), bench.target.clone()), code::fingerprint(&bench.executable)?));
        self.timed().map(code).collect()
    }

    /// Runs every harness that counts, once: what it counts is the same each time.
    ///
    /// * `is_wanted`: asked for each; some need valgrind, which not every machine has.
    ///
    /// # Errors
    /// One of them crashed or wrote nothing that can be read.
    pub fn count(&self, timeout: Duration, is_wanted: impl Fn(Harness) -> bool) -> Result<Reading, Failure> {
        let mut whole = Reading::default();
        for bench in self.counting().filter(|bench| is_wanted(bench.harness)) {
            let home = self.home.join(&bench.target);
            remove(&home)?;
            let reading = harness::count(bench, &home, timeout).map_err(|crash| {
                let name = format!("{}/{} of {}", bench.package, bench.target, self.label);
                crash_failure(&name, &crash)
            })?;
            whole.absorb(reading);
        }
        match whole.problems.is_empty() {
            true => Ok(whole),
            false => Err(Failure::of_reading(&whole.problems)),
        }
    }

    /// What one process says of a benchmark besides its time: throughput, time per kilobyte.
    ///
    /// # Errors
    /// The process crashed, hung, or wrote nothing that can be read.
    pub fn details(&self, turn: &Turn, length: Length, timeout: Duration) -> Result<Vec<Observation>, Crash> {
        let Some(bench) = self.bench_of(turn) else { return Ok(Vec::new()) };
        let reading = harness::measure_once(bench, &turn.benchmark, length, &self.home, timeout)?;
        Ok(reading.observations.into_iter().filter(|observation| &*observation.metric.name != "time").collect())
    }

    /// Measures one benchmark in a process of its own.
    ///
    /// * Returns seconds per iteration, in the order they were taken.
    ///
    /// # Errors
    /// The process crashed, hung, or measured nothing.
    pub fn measure(&self, turn: &Turn, length: Length, timeout: Duration) -> Result<Vec<f64>, Crash> {
        if let Some(command) = &self.command {
            let mut shell = Command::new("sh");
            return process::run(shell.arg("-c").arg(command), timeout).map(|seconds| vec![seconds]);
        }
        let bench = self.bench_of(turn).ok_or_else(|| Crash::NotStarted("there is no such bench target".to_owned()))?;
        let reading = harness::measure_once(bench, &turn.benchmark, length, &self.home, timeout)?;
        if let Some(problem) = reading.problems.first() {
            return Err(Crash::Failed { how: "unreadable results".to_owned(), said: problem.to_string() });
        }
        let times = |observation: &Observation| match &observation.values {
            Values::Sampled(processes) if &*observation.metric.name == "time" => {
                Some(processes.pooled().values().to_vec())
            }
            Values::Sampled(_) | Values::Exact(_) => None,
        };
        let nothing = || Crash::Failed { how: "success".to_owned(), said: "it measured nothing".to_owned() };
        reading.observations.iter().find_map(times).ok_or_else(nothing)
    }

    fn counting(&self) -> impl Iterator<Item = &Bench> {
        self.benches.iter().filter(|bench| bench.harness != Harness::Criterion)
    }

    fn bench_of(&self, turn: &Turn) -> Option<&Bench> {
        self.timed().find(|bench| bench.package == turn.target.0 && bench.target == turn.target.1)
    }

    fn timed(&self) -> impl Iterator<Item = &Bench> {
        self.benches.iter().filter(|bench| bench.harness == Harness::Criterion)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Revision(name) => f.write_str(name),
            Origin::WorkingTree => f.write_str("working tree"),
            Origin::Executable(path) => write!(f, "{}", path.display()),
            Origin::Command(text) => f.write_str(text),
        }
    }
}

impl Turn {
    /// The benchmark as reports call it.
    pub fn id(&self) -> BenchId {
        BenchId::new(&self.benchmark)
    }

    /// Whether the benchmark is in a bench target whose code both sides share.
    pub fn is_in(&self, targets: &BTreeSet<(String, String)>) -> bool {
        targets.contains(&self.target)
    }
}

/// Copies executables away: building the other side writes over them.
fn keep(benches: Vec<Bench>, directory: &Path) -> Result<Vec<Bench>, Failure> {
    remove(directory)?;
    let failed = |path: &Path, error: std::io::Error| {
        Failure::new(format!("{}: {error}", path.display()), "check the space on the disk")
    };
    std::fs::create_dir_all(directory).map_err(|error| failed(directory, error))?;
    benches
        .into_iter()
        .map(|bench| {
            let copy = directory.join(format!("{}-{}", bench.package, bench.target));
            std::fs::copy(&bench.executable, &copy).map_err(|error| failed(&copy, error))?;
            Ok(Bench { executable: copy, ..bench })
        })
        .collect()
}

fn remove(directory: &Path) -> Result<(), Failure> {
    match std::fs::remove_dir_all(directory) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::new(format!("{}: {error}", directory.display()), "remove it by hand")),
    }
}

/// A crash in words.
pub fn crash_failure(what: &str, crash: &Crash) -> Failure {
    let (problem, next_step) = match crash {
        Crash::NotStarted(reason) => (format!("{what} cannot be started: {reason}"), "build it again".to_owned()),
        Crash::Failed { how, said } => {
            let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            let next_step = "run it by hand; what needs valgrind is left out by --without instructions";
            (format!("{what} failed ({how}): {}", said.join("; ")), next_step.to_owned())
        }
        Crash::TimedOut { seconds } => (
            format!("{what} was still running after {seconds} s, and was killed"),
            "give it more time: --timeout".to_owned(),
        ),
    };
    Failure::new(problem, next_step)
}

/// Seconds since a run began.
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

/// What the machine does besides: processes that want to run, averaged over a minute.
pub fn load() -> Option<f64> {
    machine::load()
}
