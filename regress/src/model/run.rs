use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{BenchId, Exact, METRICS, Observation, Provenance, Values, Warning};
use crate::unit::count;

/// Everything one side of a comparison measured.
#[derive(Clone, Debug)]
pub struct Run {
    /// What the user calls it: `old`, `baselines/main`, a file.
    pub label: String,
    /// Where its numbers come from.
    pub provenance: Provenance,
    /// What reading it gave to say.
    pub warnings: Vec<Warning>,
    /// What its files say of single benchmarks.
    pub settings: BTreeMap<BenchId, Settings>,
    observations: Vec<Observation>,
    /// The benchmarks as they were read; one that was read in several places is there for each.
    read: Vec<BenchId>,
}

/// What a file says of a benchmark in words of its own, key and value: `goos: linux`, `pkg: example.com/face`. In the order
/// in which they were set. Of a key that has several values for one benchmark all are there, between commas.
pub type Settings = Arc<[(Box<str>, Box<str>)]>;

/// The setting that stands in front of a name of Go.
pub const PACKAGE: &str = "pkg";

impl PartialEq for Run {
    /// Whether both measured the same, in whatever order it was read.
    fn eq(&self, other: &Run) -> bool {
        let Run { label, provenance, warnings, settings, observations, read: _ } = self;
        *label == other.label
            && *provenance == other.provenance
            && *warnings == other.warnings
            && *settings == other.settings
            && *observations == other.observations
    }
}

/// Two results that claim to be the same benchmark and metric of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// The benchmark.
    pub id: BenchId,
    /// The metric's name.
    pub metric: Arc<str>,
    /// Where the first was read.
    pub first: Arc<str>,
    /// Where the second was read.
    pub second: Arc<str>,
    /// What both counted, where the same tool counted the same twice and not alike.
    pub counts: Option<(Exact, Exact)>,
}

impl Run {
    /// A run of `observations` in any order, at most one per benchmark and metric.
    ///
    /// Of the counts of two tools of one harness those are kept that see the benchmark alone or count exactly, with a
    /// warning.
    ///
    /// # Errors
    /// Every pair of observations that claim the same benchmark and metric.
    pub fn new(
        label: impl Into<String>,
        provenance: Provenance,
        mut warnings: Vec<Warning>,
        mut observations: Vec<Observation>,
    ) -> Result<Run, Vec<Collision>> {
        let mut read: Vec<BenchId> = Vec::new();
        for Observation { id, .. } in &observations {
            if read.last() != Some(id) {
                read.push(id.clone());
            }
        }
        // Of two that collide the first is told first, in whatever order a directory lists them.
        let rank = |observation: &Observation| rank(&observation.harness);
        observations
            .sort_by(|a, b| by_key(a, b).then_with(|| rank(a).cmp(&rank(b))).then_with(|| a.origin.cmp(&b.origin)));
        let before = observations.len();
        let overrules =
            |first: &Observation, second: &Observation| by_key(first, second).is_eq() && rank(first) < rank(second);
        observations.dedup_by(|second, first| overrules(first, second));
        warnings.extend(overruled(before - observations.len()));
        let collisions: Vec<Collision> = observations
            .windows(2)
            .filter(|pair| by_key(&pair[0], &pair[1]).is_eq())
            .map(|pair| collision(&pair[0], &pair[1]))
            .collect();
        if !collisions.is_empty() {
            return Err(collisions);
        }
        Ok(Run { label: label.into(), provenance, warnings, settings: BTreeMap::new(), observations, read })
    }

    /// All observations, by benchmark name, then by metric in the order of [`METRICS`].
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// At which place each benchmark was read first, from 0: as they stand in a file, or by the names of their directories.
    pub fn places(&self) -> BTreeMap<BenchId, usize> {
        let mut places = BTreeMap::new();
        for id in &self.read {
            let next = places.len();
            places.entry(id.clone()).or_insert(next);
        }
        places
    }

    /// The observation of one metric of one benchmark.
    pub fn get(&self, id: &BenchId, metric: &str) -> Option<&Observation> {
        let index = self.observations.binary_search_by(|o| in_order((&o.id, &o.metric.name), (id, metric))).ok()?;
        Some(&self.observations[index])
    }

    /// Whether it has anything of this benchmark.
    pub fn has(&self, id: &BenchId) -> bool {
        self.observations.binary_search_by(|observation| observation.id.cmp(id)).is_ok()
    }

    /// The observations whose benchmark and metric another run does not have.
    pub fn missing_in<'r>(&'r self, other: &'r Run) -> impl Iterator<Item = &'r Observation> {
        let mut others = other.observations.iter().peekable();
        self.observations.iter().filter(move |observation| {
            while others.next_if(|other| by_key(other, observation).is_lt()).is_some() {}
            others.peek().is_none_or(|other| by_key(other, observation).is_ne())
        })
    }

    /// What is in it, in a few words: `165 results of 45 benchmarks (allocs, time), commit 92650f7, 2026-11-20`.
    pub fn description(&self) -> String {
        let mut benchmarks = 0;
        let mut last = None;
        let mut metrics: Vec<&str> = Vec::new();
        for observation in &self.observations {
            benchmarks += usize::from(last.replace(&observation.id) != Some(&observation.id));
            if !metrics.contains(&&*observation.metric.name) {
                metrics.push(&observation.metric.name);
            }
        }
        metrics.sort_by_key(|name| METRICS.position(name));
        let (results, benchmarks) = (count(self.observations.len(), "result"), count(benchmarks, "benchmark"));
        let mut text = format!("{results} of {benchmarks} ({})", metrics.join(", "));
        if let Some(commit) = &self.provenance.commit {
            text.push_str(&format!(", commit {commit}"));
        }
        if let Some(recorded_at) = &self.provenance.recorded_at {
            text.push_str(&format!(", {recorded_at}"));
        }
        text
    }

    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.observations.is_empty()
    }

    /// Adds a run of the same side that was read elsewhere: a second file, another harness.
    ///
    /// Measurements of the same benchmark and metric by the same harness become further processes;
    /// a count that is equal is kept once; of the counts of two harnesses those of `meter` are kept, or those of a tool
    /// that sees the benchmark alone or counts exactly, with a warning.
    ///
    /// # Errors
    /// Counts of the same benchmark that differ, or two other harnesses that claim the same metric.
    pub fn merge(self, other: Run) -> Result<Run, Vec<Collision>> {
        let mut merged: Vec<Observation> = Vec::with_capacity(self.observations.len() + other.observations.len());
        let (mut collisions, mut left_out) = (Vec::new(), 0_usize);
        let mut all: Vec<Observation> = self.observations.into_iter().chain(other.observations).collect();
        all.sort_by(by_key);
        for observation in all {
            match merged.last_mut() {
                Some(last) if by_key(last, &observation).is_eq() => match join(last, observation) {
                    Ok(Joined::Alike) => {}
                    Ok(Joined::Overruled) => left_out += 1,
                    Err(collision) => collisions.push(collision),
                },
                _ => merged.push(observation),
            }
        }
        if !collisions.is_empty() {
            return Err(collisions);
        }
        let mut warnings = self.warnings;
        warnings.extend(other.warnings);
        warnings.extend(overruled(left_out));
        let mut settings = self.settings;
        for (id, of_other) in other.settings {
            settings.entry(id).or_insert(of_other);
        }
        let provenance = self.provenance.or(other.provenance);
        let mut read = self.read;
        read.extend(other.read);
        Ok(Run { label: self.label, provenance, warnings, settings, observations: merged, read })
    }

    /// The same run with benchmarks under another name, where `name_of` gives one.
    ///
    /// # Errors
    /// Observations that two benchmarks would share then.
    pub fn renamed(self, name_of: impl Fn(&BenchId) -> Option<BenchId>) -> Result<Run, Vec<Collision>> {
        let mut observations = self.observations;
        for observation in &mut observations {
            if let Some(name) = name_of(&observation.id) {
                observation.id = name;
            }
        }
        let new_name = |id: BenchId| name_of(&id).unwrap_or(id);
        let moved = |(id, settings): (BenchId, Settings)| match name_of(&id) {
            Some(name) => {
                let settings = in_package_of(&name, &id, &settings);
                (name, settings)
            }
            None => (id, settings),
        };
        let settings = self.settings.into_iter().map(moved).collect();
        let read = self.read.into_iter().map(new_name).collect();
        observations.sort_by(by_key);
        let same = observations.windows(2).filter(|pair| by_key(&pair[0], &pair[1]).is_eq());
        let collisions: Vec<Collision> = same.map(|pair| collision(&pair[0], &pair[1])).collect();
        if collisions.is_empty() { Ok(Run { observations, settings, read, ..self }) } else { Err(collisions) }
    }

    /// The same run with only the observations that `keep` wants.
    pub fn filtered(mut self, keep: impl FnMut(&Observation) -> bool) -> Run {
        self.observations.retain(keep);
        self
    }
}

/// The same settings under another name: the package that stands in front of a name of Go is the new one's, and nobody's
/// where the new name does not tell it.
fn in_package_of(name: &BenchId, before: &BenchId, settings: &Settings) -> Settings {
    let Some((_, package)) = settings.iter().find(|(key, _)| &**key == PACKAGE) else { return settings.clone() };
    let below = |id: &str| id.strip_prefix(&**package).filter(|rest| rest.starts_with('.')).map(str::to_owned);
    if below(name.as_str()).is_some() {
        return settings.clone();
    }
    let package = below(before.as_str()).and_then(|bare| name.as_str().strip_suffix(&*bare));
    let others = settings.iter().filter(|(key, _)| &**key != PACKAGE).cloned();
    package.map(|package| (PACKAGE.into(), package.into())).into_iter().chain(others).collect()
}

fn by_key(a: &Observation, b: &Observation) -> Ordering {
    in_order((&a.id, &a.metric.name), (&b.id, &b.metric.name))
}

/// By benchmark, then by metric in the order of [`METRICS`]: that place is looked up for one benchmark's metrics only.
fn in_order((id, metric): (&BenchId, &str), (other_id, other_metric): (&BenchId, &str)) -> Ordering {
    let by_place = || METRICS.position(metric).cmp(&METRICS.position(other_metric));
    let by_metric =
        || if metric == other_metric { Ordering::Equal } else { by_place().then_with(|| metric.cmp(other_metric)) };
    id.cmp(other_id).then_with(by_metric)
}

fn collision(first: &Observation, second: &Observation) -> Collision {
    Collision {
        id: first.id.clone(),
        metric: first.metric.name.clone(),
        first: first.origin.clone(),
        second: second.origin.clone(),
        counts: match (&first.values, &second.values) {
            (Values::Exact(a), Values::Exact(b)) if first.harness == second.harness && a != b => Some((*a, *b)),
            _ => None,
        },
    }
}

/// Whose counts are taken where two tools counted the same; the lowest first.
///
/// `meter` leaves out what set up a benchmark. `cachegrind` counts the whole process around it, and `massif` may miss
/// the peak by 1 %.
fn rank(harness: &str) -> usize {
    match harness {
        "meter" => 0,
        "cachegrind" | "massif" => 2,
        _ => 1,
    }
}

fn overruled(left_out: usize) -> Option<Warning> {
    (left_out > 0).then(|| {
        Warning::general(format!(
            "{left_out} counts were taken by two tools, which count by other rules: the one nearer to the benchmark is used \
             (meter; then callgrind and DHAT; then cachegrind and massif)"
        ))
    })
}

/// How two observations of one side became one.
enum Joined {
    /// They are further processes, or equal.
    Alike,
    /// One was left out for the other.
    Overruled,
}

fn join(into: &mut Observation, from: Observation) -> Result<Joined, Collision> {
    let clash = collision(into, &from);
    match rank(&into.harness).cmp(&rank(&from.harness)) {
        Ordering::Less => return Ok(Joined::Overruled),
        Ordering::Greater => {
            *into = from;
            return Ok(Joined::Overruled);
        }
        Ordering::Equal if into.harness != from.harness || into.metric != from.metric => return Err(clash),
        Ordering::Equal => {}
    }
    match (&mut into.values, from.values) {
        (Values::Exact(first), Values::Exact(second)) if *first == second => Ok(Joined::Alike),
        (Values::Sampled(first), Values::Sampled(second)) => {
            first.append(second);
            Ok(Joined::Alike)
        }
        _ => Err(clash),
    }
}
