//! A record of rounds, read: see `collect/extract.rs` for the files.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::draw::BLOCK;

/// One process: 15 measurements of a millisecond or two, summed up, in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    pub min: f64,
    pub median: f64,
    pub q90: f64,
    pub mean: f64,
    pub sd: f64,
}

/// Measurements of one process.
pub const MEASUREMENTS: f64 = 15.0;

/// What valgrind counted of the same work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub instructions: u64,
    pub allocations: u64,
}

pub struct Samples {
    /// What was run; each with the same amount of work in every version but for the effect.
    pub kinds: Vec<String>,
    /// The new versions: how much work they do, new ÷ old. The first does the same.
    pub effects: Vec<f64>,
    /// By kind; the old version.
    pub old: Vec<Vec<Process>>,
    /// By kind, by effect.
    pub new: Vec<Vec<Vec<Process>>>,
    /// By kind, by effect: the median of log(new ÷ old) over the pairs of one round in lockstep.
    pub lockstep: Vec<Vec<Vec<f64>>>,
    /// By kind: the old version's, then by effect. Empty where nothing was counted.
    pub counts: Vec<Vec<Counts>>,
    /// What it was recorded on: name and value.
    pub machine: Vec<(String, String)>,
}

/// The records of this repository.
pub fn records() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("trials/records")
}

impl Samples {
    /// A record of this repository.
    ///
    /// # Panics
    /// When it is not as it was committed.
    pub fn stored(name: &str) -> Samples {
        Samples::read(&records().join(name)).expect("a record that was committed is whole")
    }

    /// # Errors
    /// What is missing, or too little.
    pub fn read(record: &Path) -> Result<Samples, String> {
        let text = |name: &str| {
            let path = record.join(name);
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let (apart, lockstep) = (text("apart.txt")?, text("lockstep.txt")?);
        let mut kinds: Vec<String> =
            apart.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
        kinds.dedup();
        let apart = Series::read(&apart)?;
        let lockstep = Series::read(&lockstep)?;
        let versions = apart.versions(kinds.first().map_or("", String::as_str));
        let (old, new) = versions.split_first().ok_or_else(|| format!("{}: no rounds", record.display()))?;
        let processes = |kind: &str, version: &str| apart.processes(kind, version);
        let pairs =
            |kind: &str, version: &str| lockstep.numbers(kind, in_lockstep(version, &lockstep), "pair").cloned();
        let by_effect = |kind: &String| new.iter().map(|version| processes(kind, version)).collect::<Result<_, _>>();
        let pairs_by_effect = |kind: &String| new.iter().map(|version| pairs(kind, version)).collect::<Result<_, _>>();
        let samples = Samples {
            effects: new.iter().map(|version| effect(version)).collect::<Result<_, _>>()?,
            old: kinds.iter().map(|kind| processes(kind, old)).collect::<Result<_, _>>()?,
            new: kinds.iter().map(by_effect).collect::<Result<_, _>>()?,
            lockstep: kinds.iter().map(pairs_by_effect).collect::<Result<_, _>>()?,
            counts: counts(&text("instructions.txt").unwrap_or_default(), &kinds, &versions)?,
            machine: facts(&text("machine.txt")?),
            kinds,
        };
        samples.whole()
    }

    /// A fact about the machine or the record.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.machine.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Seconds that a pair of processes took, one after the other and in lockstep, averaged over the kinds.
    pub fn seconds_of_a_pair(&self) -> (f64, f64) {
        let seconds = |way: &str| self.fact(&format!("seconds of a pair {way}")).and_then(|text| text.parse().ok());
        (seconds("apart").unwrap_or(1.0), seconds("lockstep").unwrap_or(1.0))
    }

    fn whole(self) -> Result<Samples, String> {
        let arms = self.new.iter().flatten().map(Vec::len);
        let apart: Vec<usize> = self.old.iter().map(Vec::len).chain(arms).collect();
        let lockstep: Vec<usize> = self.lockstep.iter().flatten().map(Vec::len).collect();
        for (way, rounds) in [("apart", apart), ("in lockstep", lockstep)] {
            let (least, most) = (rounds.iter().min().copied(), rounds.iter().max().copied());
            if least != most {
                return Err(format!("not every kernel has the same number of rounds {way}"));
            }
            if least < Some(2 * BLOCK) {
                let rounds = least.unwrap_or(0);
                return Err(format!("{rounds} rounds {way}, at least {} are needed: measure for longer", 2 * BLOCK));
            }
        }
        Ok(self)
    }
}

/// Lines of numbers, by their three names.
struct Series {
    numbers: HashMap<(String, String, String), Vec<f64>>,
    /// Kind and version, in the order in which they stand.
    order: Vec<(String, String)>,
}

impl Series {
    fn read(text: &str) -> Result<Series, String> {
        let mut series = Series { numbers: HashMap::new(), order: Vec::new() };
        for line in text.lines() {
            let mut words = line.split(' ').filter(|word| !word.is_empty());
            let (Some(kind), Some(version), Some(name)) = (words.next(), words.next(), words.next()) else {
                return Err(format!("`{line}`: no kernel, version and statistic"));
            };
            let numbers = words.map(|word| word.parse::<f64>().map_err(|error| format!("`{word}`: {error}")));
            let pair = (kind.to_owned(), version.to_owned());
            if !series.order.contains(&pair) {
                series.order.push(pair);
            }
            let names = (kind.to_owned(), version.to_owned(), name.to_owned());
            series.numbers.insert(names, numbers.collect::<Result<_, _>>()?);
        }
        Ok(series)
    }

    fn versions(&self, kind: &str) -> Vec<String> {
        self.order.iter().filter(|(of, _)| of == kind).map(|(_, version)| version.clone()).collect()
    }

    fn numbers(&self, kind: &str, version: &str, name: &str) -> Result<&Vec<f64>, String> {
        let names = (kind.to_owned(), version.to_owned(), name.to_owned());
        self.numbers.get(&names).ok_or_else(|| format!("no `{kind} {version} {name}`"))
    }

    fn processes(&self, kind: &str, version: &str) -> Result<Vec<Process>, String> {
        let of = |name| self.numbers(kind, version, name);
        let (min, median, q90, mean, sd) = (of("min")?, of("median")?, of("q90")?, of("mean")?, of("sd")?);
        let shortest = [min, median, q90, mean, sd].map(Vec::len).into_iter().min().unwrap_or(0);
        let process = |i| Process { min: min[i], median: median[i], q90: q90[i], mean: mean[i], sd: sd[i] };
        Ok((0..shortest).map(process).collect())
    }
}

/// `a1`, the old version once more, is called `a` in some records.
fn in_lockstep<'a>(version: &'a str, lockstep: &Series) -> &'a str {
    let is_known = lockstep.order.iter().any(|(_, known)| known == version);
    if is_known { version } else { version.trim_end_matches('1') }
}

/// `a1` as 1.00, `b5` as 1.05.
fn effect(version: &str) -> Result<f64, String> {
    match version.split_at_checked(1) {
        Some(("a", _)) => Ok(1.0),
        Some(("b", percent)) => percent
            .parse::<f64>()
            .map(|percent| (100.0 + percent) / 100.0)
            .map_err(|error| format!("`{version}`: {error}")),
        _ => Err(format!("`{version}` is no version: `a1` does the same work, `b5` 5 % more")),
    }
}

fn counts(text: &str, kinds: &[String], versions: &[String]) -> Result<Vec<Vec<Counts>>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
    let of = |kind: &str, version: &str| {
        let line = lines.iter().find(|words| words[..2.min(words.len())] == [kind, version]);
        let number = |place: usize| line?.get(place)?.parse::<u64>().ok();
        let counts = number(2).zip(number(3)).map(|(instructions, allocations)| Counts { instructions, allocations });
        counts.ok_or_else(|| format!("instructions.txt: no counts of `{kind} {version}`"))
    };
    kinds.iter().map(|kind| versions.iter().map(|version| of(kind, version)).collect()).collect()
}

fn facts(text: &str) -> Vec<(String, String)> {
    let facts = text.lines().filter_map(|line| line.split_once(": "));
    facts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
