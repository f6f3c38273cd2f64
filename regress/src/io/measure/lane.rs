use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::cargo;
use super::checkout;
use super::code::{self, Difference};
use super::harness::{self, Bench, Harness, Length};
use super::journal::Side;
use super::origin::Origin;
use super::process::{self, Crash};
use super::turns;
use crate::formats::Reading;
use crate::io::error::Failure;
use crate::io::git;
use crate::io::project::Project;
use crate::model::{BenchId, Commit, Observation, Provenance, Values};

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
    /// Bench targets that can take turns: package and target. Asked for once, the executables are large.
    in_turns: OnceCell<BTreeSet<(String, String)>>,
    /// Benchmarks that are asked for by another name, or in another bench target, than they have here.
    own: BTreeMap<Turn, Turn>,
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
            in_turns: OnceCell::new(),
            own: BTreeMap::new(),
        };
        match origin {
            Origin::Revision(name) => {
                let revision = git::find(&project.directory, name)?;
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
                let benches = keep(vec![bench], &directory.join("programs"))?;
                Ok(lane(path.display().to_string(), None, benches, None))
            }
            Origin::Command(text) => Ok(lane(text.clone(), None, Vec::new(), Some(text.clone()))),
        }
    }

    /// The same program once more: its executables in files of their own, its results in a directory of their own.
    ///
    /// # Errors
    /// An executable cannot be copied.
    pub fn twin(&self, directory: &Path) -> Result<Lane, Failure> {
        Ok(Lane {
            label: self.label.clone(),
            provenance: self.provenance.clone(),
            unknown: Vec::new(),
            benches: keep(self.benches.clone(), &directory.join("programs"))?,
            command: self.command.clone(),
            home: directory.join("results"),
            in_turns: self.in_turns.clone(),
            own: self.own.clone(),
        })
    }

    /// What is measured, as a hash of the code of all executables that times are taken of; a command is what it says.
    ///
    /// # Errors
    /// An executable cannot be read.
    pub fn fingerprint(&self) -> Result<String, Failure> {
        if let Some(command) = &self.command {
            return Ok(format!("command {command}"));
        }
        let prints: Result<Vec<String>, Failure> =
            self.timed().map(|bench| code::fingerprint(&bench.executable)).collect();
        Ok(prints?.join("-"))
    }

    /// The benchmarks whose processes can take turns.
    ///
    /// * `timeout`: for each executable.
    ///
    /// # Errors
    /// An executable cannot list them.
    pub fn turns(&self, timeout: Duration) -> Result<BTreeSet<Turn>, Failure> {
        let mut turns = BTreeSet::new();
        if self.command.is_some() {
            turns.insert(Turn { target: Default::default(), benchmark: COMMAND.to_owned() });
        }
        for bench in self.timed() {
            let target = (bench.package.clone(), bench.target.clone());
            let names = harness::list(bench, timeout)?.into_iter();
            turns.extend(names.map(|benchmark| Turn { target: target.clone(), benchmark }));
        }
        Ok(turns)
    }

    /// Lets these benchmarks of its own be asked for as the other side calls them.
    ///
    /// * `own`: by the name of the other side.
    pub fn know_as(&mut self, own: BTreeMap<Turn, Turn>) {
        self.own = own;
    }

    /// A benchmark as it is called here.
    fn own<'a>(&'a self, turn: &'a Turn) -> &'a Turn {
        self.own.get(turn).unwrap_or(turn)
    }

    /// What tells the executables of the new side from these, by package and bench target. Targets that only one side
    /// has are not there.
    ///
    /// # Errors
    /// An executable cannot be read.
    pub fn differences(&self, new: &Lane) -> Result<BTreeMap<(String, String), Difference>, Failure> {
        let target = |bench: &Bench| (bench.package.clone(), bench.target.clone());
        let partner = |old: &Bench| new.timed().find(|bench| target(bench) == target(old));
        let pairs = self.timed().filter_map(|old| Some((old, partner(old)?)));
        pairs.map(|(old, new)| Ok((target(old), code::differences(&old.executable, &new.executable)?))).collect()
    }

    /// The benchmarks that will be counted, as far as a harness tells before it counts: the meter does.
    ///
    /// * `is_wanted`: as for [`count`](Lane::count), which says what is wrong with an executable that lists none.
    pub fn counted(&self, timeout: Duration, is_wanted: impl Fn(Harness) -> bool) -> Vec<BenchId> {
        let listing = self.counting().filter(|bench| bench.harness == Harness::Meter && is_wanted(bench.harness));
        let names = listing.flat_map(|bench| harness::list(bench, timeout).unwrap_or_default());
        names.map(|name| BenchId::new(&name)).collect()
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
                crash.failure(&name)
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
        let own = self.own(turn);
        let Some(bench) = self.bench_of(own) else { return Ok(Vec::new()) };
        let reading = harness::measure_once(bench, &own.benchmark, length, &self.home, timeout)?;
        let details = reading.observations.into_iter().filter(|observation| &*observation.metric.name != "time");
        Ok(details.map(|observation| Observation { id: turn.id(), ..observation }).collect())
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
        let own = self.own(turn);
        let bench = self.bench_to_measure(own)?;
        seconds_of(&harness::measure_once(bench, &own.benchmark, length, &self.home, timeout)?)
    }

    /// Whether two processes of this benchmark can measure in turns; see [`measure_in_turns`].
    pub fn takes_turns(&self, turn: &Turn) -> bool {
        let able = |bench: &&Bench| harness::takes_turns(&bench.executable);
        let targets = || self.timed().filter(able).map(|bench| (bench.package.clone(), bench.target.clone())).collect();
        self.in_turns.get_or_init(targets).contains(&self.own(turn).target)
    }

    fn bench_to_measure(&self, turn: &Turn) -> Result<&Bench, Crash> {
        self.bench_of(turn).ok_or_else(|| Crash::NotStarted("there is no such bench target".to_owned()))
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

/// What two processes measured that were alive at once.
#[derive(Clone, Debug, PartialEq)]
pub struct InStep {
    /// Seconds per iteration of the old side, in the order they were taken.
    pub old: Vec<f64>,
    /// Of the new side.
    pub new: Vec<f64>,
    /// Whether they measured in turns. If not they may have disturbed each other, and have to be measured apart.
    pub took_turns: bool,
}

/// Measures one benchmark in two processes that take turns, a measurement each.
///
/// * `first`: who begins.
/// * `timeout`: for each process, without the time in which it waits for the other.
///
/// # Errors
/// Whose process crashed, hung, or measured nothing.
pub fn measure_in_turns(
    old: &Lane,
    new: &Lane,
    turn: &Turn,
    first: Side,
    length: Length,
    timeout: Duration,
) -> Result<InStep, (Side, Crash)> {
    let once = |lane: &Lane| {
        let own = lane.own(turn);
        Ok(harness::once(lane.bench_to_measure(own)?, &own.benchmark, length, &lane.home))
    };
    let (mut old_command, mut new_command) = (once(old).map_err(of(Side::Old))?, once(new).map_err(of(Side::New))?);
    let turns = turns::run(&mut old_command, &mut new_command, first, timeout)?;
    let results = |lane: &Lane| seconds_of(&harness::take_results(&lane.home));
    let (old, new) = (results(old).map_err(of(Side::Old))?, results(new).map_err(of(Side::New))?);
    // Whoever uses a clock of its own asks for turns less often than it measures.
    let took_turns = old.len() <= turns.old && new.len() <= turns.new;
    Ok(InStep { old, new, took_turns })
}

fn of(side: Side) -> impl Fn(Crash) -> (Side, Crash) {
    move |crash| (side, crash)
}

/// The times of a process that measured one benchmark: seconds per iteration.
fn seconds_of(reading: &Reading) -> Result<Vec<f64>, Crash> {
    if let Some(problem) = reading.problems.first() {
        return Err(Crash::Failed { how: "unreadable results".to_owned(), said: problem.to_string() });
    }
    let times = |observation: &Observation| match &observation.values {
        Values::Sampled(processes) if &*observation.metric.name == "time" => Some(processes.pooled().values().to_vec()),
        Values::Sampled(_) | Values::Exact(_) => None,
    };
    let nothing = || Crash::Failed { how: "success".to_owned(), said: "it measured nothing".to_owned() };
    reading.observations.iter().find_map(times).ok_or_else(nothing)
}

impl Turn {
    /// The benchmark as reports call it.
    pub fn id(&self) -> BenchId {
        BenchId::new(&self.benchmark)
    }

    /// The same by another name.
    pub fn called(&self, id: &BenchId) -> Turn {
        Turn { target: self.target.clone(), benchmark: id.to_string() }
    }

    /// Its package and bench target.
    pub fn target(&self) -> &(String, String) {
        &self.target
    }
}

/// Copies executables away: building the other side writes over them.
///
/// And to places whose names are as long for old as for new: a program keeps its own name on its heap, and a longer
/// one moves all that is allocated after it. One program under two names, `bins/old` and a path four times as long,
/// seemed to differ by 5 % where it grows a vector.
fn keep(benches: Vec<Bench>, directory: &Path) -> Result<Vec<Bench>, Failure> {
    remove(directory)?;
    let failed = |path: &Path, error: std::io::Error| {
        Failure::new(format!("{}: {error}", path.display()), "check the space on the disk")
    };
    benches
        .into_iter()
        .enumerate()
        .map(|(number, bench)| {
            // By number: no two can have the same name.
            let copy = directory.join(format!("{number:03}")).join("program");
            let place = copy.parent().unwrap_or(directory);
            std::fs::create_dir_all(place).map_err(|error| failed(place, error))?;
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// A bench executable that plays `script`, known by the two variables that it reads.
    ///
    /// * `call`, `turn`: opens the line, waits for its turn
    /// * `samples TIME…`: leaves measurements of 2 iterations, nanoseconds
    fn executable(directory: &Path, name: &str, script: &str) -> PathBuf {
        const WORDS: &str = r#"#!/usr/bin/env bash
            if [[ "$*" = *--list* ]]; then echo 'x/y: benchmark'; exit; fi
            call() { exec 3<>"/dev/tcp/${METER_TURNS/://}"; }
            turn() { echo >&3; read -r -u 3; }
            samples() {
                mkdir -p "$CRITERION_HOME/x/y/regress"
                cd "$CRITERION_HOME/x/y/regress"
                echo '{"group_id":"x","function_id":"y","value_str":null,"throughput":null,"full_id":"x/y"}' >benchmark.json
                local twos="${*//*/2}"
                echo "{\"sampling_mode\":\"Flat\",\"iters\":[${twos// /,}],\"times\":[$(IFS=,; echo "$*")]}" >sample.json
            }
        "#;
        let path = directory.join(name);
        // Written by another process: what this one has open for writing, a process started meanwhile has as well,
        // and then it cannot be run.
        let write = r#"printf '%s' "$1" >"$2"; chmod +x "$2""#;
        let text = format!("{WORDS}\n{script}\n");
        let written = Command::new("sh").args(["-c", write, "sh", &text]).arg(&path).status().unwrap();
        assert!(written.success());
        path
    }

    fn lane(directory: &Path, name: &str, script: &str) -> Lane {
        let origin = Origin::Executable(executable(directory, name, script));
        Lane::prepare(&Project::here().unwrap(), &origin, &directory.join(format!("{name}.d")), &[]).unwrap()
    }

    fn only_turn(lane: &Lane) -> Turn {
        lane.turns(PATIENCE).unwrap().pop_first().unwrap()
    }

    #[test]
    fn what_both_measured_and_whether_in_turns() {
        #[track_caller]
        fn check(old: &str, new: &str, expected: Result<InStep, (Side, Crash)>) {
            let directory = tempfile::tempdir().unwrap();
            let (old, new) = (lane(directory.path(), "old", old), lane(directory.path(), "new", new));
            let turn = only_turn(&old);
            assert!(old.takes_turns(&turn) && new.takes_turns(&turn));
            let measured = measure_in_turns(&old, &new, &turn, Side::Old, Length::in_turns(None), PATIENCE);
            assert_eq!(measured, expected);
        }
        let (old, new) = (vec![1e-9, 2e-9], vec![3e-9, 4e-9]); // of 2 iterations
        let taken = |took_turns: bool| Ok(InStep { old: old.clone(), new: new.clone(), took_turns });
        let in_turns = |samples: &str| format!("call; turn; turn; turn; samples {samples}");
        check(&in_turns("2 4"), &in_turns("6 8"), taken(true));
        check(&in_turns("2 4"), "samples 6 8", taken(false));
        check("samples 2 4", "samples 6 8", taken(false));
        check("call; turn; samples 2 4", &in_turns("6 8"), taken(false)); // a clock of its own
        let crash = |how: &str, said: &str| Crash::Failed { how: how.to_owned(), said: said.to_owned() };
        check(&in_turns("2 4"), "call; turn; exit 7", Err((Side::New, crash("exit status: 7", ""))));
        check("call; turn", &in_turns("6 8"), Err((Side::Old, crash("success", "it measured nothing"))));
    }

    #[test]
    fn what_a_round_that_failed_has_left_is_not_taken_for_the_next_one() {
        let directory = tempfile::tempdir().unwrap();
        let fails_once = "if mkdir \"${0%/*}/once\" 2>/dev/null; then samples 2; exit 7; fi";
        let old = lane(directory.path(), "old", fails_once);
        let turn = only_turn(&old);
        assert!(matches!(old.measure(&turn, Length::default(), PATIENCE), Err(Crash::Failed { .. })));
        let nothing = Crash::Failed { how: "success".to_owned(), said: "it measured nothing".to_owned() };
        assert_eq!(old.measure(&turn, Length::default(), PATIENCE), Err(nothing));
    }

    #[test]
    fn turns_are_for_those_that_know_them() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("plain");
        std::fs::write(&path, "CRITERION_HOME").unwrap();
        assert!(!harness::takes_turns(&path));
        let command = Origin::Command("true".to_owned());
        let lane = Lane::prepare(&Project::here().unwrap(), &command, directory.path(), &[]).unwrap();
        assert!(!lane.takes_turns(&only_turn(&lane)));
    }

    #[test]
    fn the_longer_an_iteration_the_fewer_measurements_in_turns() {
        #[track_caller]
        fn check(iteration_seconds: Option<f64>, samples: u32) {
            assert_eq!(Length::in_turns(iteration_seconds).samples, samples);
        }
        check(Some(1e-9), 60);
        check(Some(0.0), 60);
        check(Some(0.001), 30); // 30 ms
        check(Some(10.0), 10); // criterion takes no fewer
        check(None, Length::default().samples);
    }
}
