use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::catalogue::{read_file, unreadable};
use super::error::Failure;
use crate::formats::estimates::{self, Baseline, Estimated, FILES};
use crate::formats::{File, ReadError};
use crate::parallel::in_parts;
use crate::policy::did_you_mean;

/// The baselines that `regress critcmp` is asked for, by name: exports that are named as files, and those of
/// criterion's directory. All there are when none is named.
///
/// * `target`: the target directory; `None` is for what `CARGO_TARGET_DIR` names, else for the nearest `target` upwards.
///
/// # Errors
/// No directory of criterion where one is needed, no baseline of a name, a file that cannot be read.
pub fn load_estimates(names: &[String], target: Option<&Path>) -> Result<Vec<Baseline>, Failure> {
    let (files, names): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| Path::new(name).is_file());
    let mut found: BTreeMap<String, Baseline> = BTreeMap::new();
    if files.is_empty() || !names.is_empty() {
        let directory = criterion_directory(target)?;
        found = saved(&directory, &names)?;
    }
    let mut problems = Vec::new();
    for file in files {
        match read_file(Path::new(file)).and_then(|file| estimates::read_export(&file)) {
            Ok(baseline) => drop(found.insert(baseline.name.clone(), baseline)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(found.into_values().collect()) } else { Err(Failure::of_reading(&problems)) }
}

fn criterion_directory(target: Option<&Path>) -> Result<PathBuf, Failure> {
    let wanted = target.map(Path::to_owned).or_else(|| std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from));
    let next_step = "name the target directory with --target-dir or CARGO_TARGET_DIR; to measure: cargo bench";
    let target = match wanted {
        Some(target) => target,
        None => {
            let here = std::env::current_dir().unwrap_or_default();
            let candidates = here.ancestors().map(|directory| directory.join("target"));
            let no_target = || Failure::new("there is no target directory here or above", next_step);
            candidates.into_iter().find(|target| target.is_dir()).ok_or_else(no_target)?
        }
    };
    let directory = target.join("criterion");
    match directory.is_dir() {
        true => Ok(directory),
        false => Err(Failure::new(format!("{}: there are no results of criterion", directory.display()), next_step)),
    }
}

/// The baselines of these names; all when there are none.
fn saved(root: &Path, names: &[&String]) -> Result<BTreeMap<String, Baseline>, Failure> {
    let (mut places, mut problems) = (Vec::new(), Vec::new());
    find(root, &mut places, &mut problems);
    let known: BTreeSet<String> = places.iter().map(|(name, _)| name.clone()).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(**name)) {
        let meant = did_you_mean(unknown, known.iter().map(String::as_str));
        let known = known.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let problem = format!("{}: no baseline named `{unknown}`, and no such file", root.display());
        return Err(Failure::new(problem, format!("{meant}there are: {known}")));
    }
    places.retain(|(name, _)| names.is_empty() || names.contains(&name));
    places.sort_by(|(_, a), (_, b)| a.cmp(b));
    let read = |places: &[Place]| places.iter().map(read_place).collect::<Vec<_>>();
    let mut found: BTreeMap<String, Baseline> = BTreeMap::new();
    for ((name, _), read) in places.iter().zip(in_parts(&places, 128, read).into_iter().flatten()) {
        match read {
            Ok(estimated) => {
                let new = || Baseline { name: name.clone(), benchmarks: BTreeMap::new() };
                let baseline = found.entry(name.clone()).or_insert_with(new);
                baseline.benchmarks.insert(estimated.full_id().to_owned(), estimated);
            }
            Err(of_place) => problems.extend(of_place),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(Failure::of_reading(&problems)) }
}

/// A baseline's name, and where its results of one benchmark are.
type Place = (String, PathBuf);

/// Every directory below that holds estimates. `change` holds those of criterion's own comparison.
fn find(directory: &Path, places: &mut Vec<Place>, problems: &mut Vec<ReadError>) {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => return problems.push(unreadable(directory, &error)),
    };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            find(&entry.path(), places, problems);
        } else if name == FILES[1]
            && let Some(baseline) = directory.file_name().filter(|name| *name != "change")
        {
            places.push((baseline.to_string_lossy().into_owned(), directory.to_owned()));
        }
    }
}

fn read_place((baseline, directory): &Place) -> Result<Estimated, Vec<ReadError>> {
    let [benchmark, estimates]: [Result<File, ReadError>; 2] = FILES.map(|name| read_file(&directory.join(name)));
    match (benchmark, estimates) {
        (Ok(benchmark), Ok(estimates)) => estimates::read(baseline, &benchmark, &estimates),
        (benchmark, estimates) => Err([benchmark.err(), estimates.err()].into_iter().flatten().collect()),
    }
}
