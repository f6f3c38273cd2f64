use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::{Commit, Oid, Repository};

use super::baseline;
use super::catalogue;
use super::error::Failure;
use super::git::{self, DEEPEN, Line, NOTES, Named, short};
use super::project::Project;
use crate::formats::{Reading, choose, native, note};
use crate::model::{Host, Nature, Provenance, Run, Warning};
use crate::unit::count;

/// How far from the commit a run may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It has to be of this commit: what is judged is not something else.
    Exactly,
    /// Where there is none, that of the nearest commit before it will do, and is told.
    OrBefore,
}

/// On whose machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machines {
    /// On this one, wherever there is such a run; else on any.
    SameFirst,
    /// On any: counts are the same everywhere.
    Any,
}

/// A run of a revision that is asked for.
pub(super) struct Asked<'a> {
    /// What the user typed.
    pub item: &'a str,
    pub named: &'a Named,
    pub reach: Reach,
    pub machines: Machines,
    /// The machine whose times can be compared.
    pub host: &'a Host,
}

/// The kept run that stands for a revision: of its commit, from the same machine. What of that is otherwise is said in
/// warnings.
///
/// * `runs`: a directory of recorded runs to be looked through besides `baselines/` and the notes.
///
/// # Errors
/// No repository, no such revision, no run; a shallow clone that ends before one.
pub(super) fn find(project: &Project, runs: Option<&Path>, asked: &Asked<'_>) -> Result<Reading, Failure> {
    let repository = git::discover(&project.directory)?;
    let wanted = asked.named.commit(&repository)?;
    let commit = repository.find_commit(wanted).map_err(|error| damaged(wanted, &error))?;
    let mut shelf = Shelf::of(project, &repository, runs)?;
    shelf.add_files_of(&commit);
    let mut line = Line::from(commit);
    let mut behind = 0;
    let mut of_others: Option<Found> = None;
    let found = loop {
        let Some(commit) = line.next() else { break None };
        let mut found = shelf.run_of(&commit, asked.host);
        let is_wanted = |found: &Found| found.machine == Machine::Same || asked.machines == Machines::Any;
        if behind == 0 && !found.as_ref().is_some_and(is_wanted) {
            // It was perhaps recorded, committed, and recorded over since.
            shelf.add_later_files(wanted);
            found = shelf.run_of(&commit, asked.host);
        }
        match found {
            Some(found) if is_wanted(&found) => break Some(Found { behind, ..found }),
            Some(found) if of_others.is_none() => of_others = Some(Found { behind, ..found }),
            Some(_) | None => {}
        }
        if asked.reach == Reach::Exactly {
            break None;
        }
        behind += 1;
    };
    let cut_off = found.is_none() && asked.reach == Reach::OrBefore && line.is_cut_off();
    let search = Search { asked, wanted, before: behind.saturating_sub(1), cut_off };
    let found = found.or(of_others).ok_or_else(|| search.failure(&shelf))?;
    let mut reading = search.told(found)?;
    reading.warnings.extend(differs_from_head(project, &repository, &search));
    Ok(reading)
}

/// Every commit with runs in notes, shortened, the newest first, with these; one that cannot be read with the reason.
pub fn list_noted(project: &Project) -> Vec<(String, Vec<Result<Run, Failure>>)> {
    let Ok(repository) = git::discover(&project.directory) else { return Vec::new() };
    let mut commits: Vec<(i64, Oid, Oid)> = git::noted(&repository)
        .into_iter()
        .map(|(commit, blob)| {
            (repository.find_commit(commit).map_or(0, |commit| commit.time().seconds()), commit, blob)
        })
        .collect();
    commits.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let kept = |reading: Reading| {
        let Reading { observations, provenance, warnings, problems, .. } = reading;
        if !problems.is_empty() {
            return Err(Failure::of_problems(&problems));
        }
        Run::new("", provenance, warnings, observations).map_err(|clash| Failure::of_collisions("note", &clash))
    };
    let read = |(_, commit, blob): (i64, Oid, Oid)| {
        (short(commit), read_note(&repository, commit, blob).into_iter().map(kept).collect())
    };
    commits.into_iter().map(read).collect()
}

/// A run that was found, and how it stands to what was asked for.
struct Found {
    reading: Reading,
    machine: Machine,
    behind: usize,
    /// It was measured before its commit was made.
    early: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Machine {
    Same,
    Other,
    Unknown,
}

/// Everything that is kept, by what it says of itself.
struct Shelf<'a> {
    repository: &'a Repository,
    notes: BTreeMap<Oid, Oid>,
    filed: Vec<Filed>,
    seen: BTreeSet<Oid>,
    /// `baselines/`, from the top of the repository.
    directory: PathBuf,
    places: Vec<String>,
}

/// A recorded run in a file.
struct Filed {
    place: Arc<str>,
    bytes: Vec<u8>,
    provenance: Provenance,
    /// The file's name, and its content's.
    version: (PathBuf, Option<Oid>),
}

impl<'a> Shelf<'a> {
    fn of(project: &Project, repository: &'a Repository, runs: Option<&Path>) -> Result<Shelf<'a>, Failure> {
        let baselines = project.baselines();
        let mut shelf = Shelf {
            repository,
            notes: git::noted(repository),
            filed: Vec::new(),
            seen: BTreeSet::new(),
            directory: below_top(repository, project),
            places: vec![format!("{}/", project.shown(&baselines)), format!("notes ({NOTES})")],
        };
        for stored in baseline::list(project) {
            shelf.add_file(&stored.path)?;
        }
        if let Some(runs) = runs {
            let unreadable = |error: std::io::Error| {
                Failure::new(format!("{}: {error}", runs.display()), "--runs wants a directory of recorded runs")
            };
            let entries = std::fs::read_dir(runs).map_err(unreadable)?;
            let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
            paths.sort();
            for path in paths.iter().filter(|path| path.is_file()) {
                shelf.add_file(path)?;
            }
            shelf.places.push(format!("{}/", runs.display()));
        }
        Ok(shelf)
    }

    /// A file that is no recorded run, or says no commit, is of no revision.
    fn add_file(&mut self, path: &Path) -> Result<(), Failure> {
        let file = catalogue::read_file(path).map_err(|problem| Failure::of_reading(&[problem]))?;
        let name = self.directory.join(path.file_name().unwrap_or_default());
        let blob = Oid::hash_object(git2::ObjectType::Blob, &file.bytes).ok();
        self.add(file.path, file.bytes, (name, blob));
        Ok(())
    }

    fn add(&mut self, place: Arc<str>, bytes: Vec<u8>, version: (PathBuf, Option<Oid>)) {
        let is_known = version.1.is_some_and(|blob| !self.seen.insert(blob));
        let Some(provenance) = native::provenance(&bytes).filter(|_| !is_known) else { return };
        self.filed.push(Filed { place, bytes, provenance, version });
    }

    /// The baselines as they lie in a commit.
    fn add_files_of(&mut self, commit: &Commit<'_>) {
        for file in git::files_in(self.repository, commit, &self.directory) {
            if self.seen.contains(&file.blob) {
                continue;
            }
            let place = format!("{} of {}", file.path.display(), short(commit.id()));
            if let Some(bytes) = file.bytes(self.repository) {
                self.add(place.into(), bytes, (file.path, Some(file.blob)));
            }
        }
    }

    /// The baselines as they lay in commits since.
    fn add_later_files(&mut self, commit: Oid) {
        let Ok(head) = git::resolve(self.repository, "HEAD") else { return };
        for later in git::own_since(self.repository, head, commit) {
            if let Ok(later) = self.repository.find_commit(later) {
                self.add_files_of(&later);
            }
        }
    }

    /// What is kept of a commit: all runs of the wanted machine, the newest first to be believed; else those of the
    /// machine that measured last.
    fn run_of(&self, commit: &Commit<'_>, host: &Host) -> Option<Found> {
        let mut runs = self.runs_of(commit);
        runs.sort_by(|(a, _), (b, _)| b.provenance.recorded_at.cmp(&a.provenance.recorded_at));
        let is_here = |reading: &Reading| reading.provenance.host.as_ref().is_some_and(|known| known.is_same(host));
        let readable = |reading: &Reading| reading.problems.is_empty();
        let first = runs.iter().position(|(reading, _)| is_here(reading) && readable(reading));
        let first = first.or_else(|| runs.iter().position(|(reading, _)| readable(reading))).unwrap_or(0);
        let mut rest = runs.split_off(first.min(runs.len())).into_iter();
        let (newest, early) = rest.next()?;
        let machine = match &newest.provenance.host {
            Some(known) if known.is_same(host) => Machine::Same,
            Some(_) => Machine::Other,
            None => Machine::Unknown,
        };
        let of_it = rest.filter(|(older, _)| older.provenance.host == newest.provenance.host).collect::<Vec<_>>();
        let reading = of_it.into_iter().fold(newest, |newer, (older, _)| note::complete(newer, older));
        Some(Found { reading, machine, behind: 0, early })
    }

    fn runs_of(&self, commit: &Commit<'_>) -> Vec<(Reading, bool)> {
        let noted = self.notes.get(&commit.id()).map(|blob| read_note(self.repository, commit.id(), *blob));
        let noted = noted.into_iter().flatten().filter(|reading| self.is_of(reading, commit));
        let mut runs: Vec<(Reading, bool)> = noted.map(|reading| (reading, false)).collect();
        for filed in &self.filed {
            let Some(stated) = &filed.provenance.commit else { continue };
            let (is_it, early) = match stated.dirty {
                false => (is_hash_of(&stated.hash, commit.id()), false),
                true => (self.came_with(filed, &stated.hash, commit), true),
            };
            if let Some(format) = choose(&filed.bytes).filter(|_| is_it) {
                let file = crate::formats::File { path: filed.place.clone(), bytes: filed.bytes.clone() };
                runs.push(((format.read)(&[file]), early));
            }
        }
        runs
    }

    /// Whether what a note holds is a run of its commit: git takes notes along when a commit is rewritten, and what was
    /// measured before a rebase is not what lies there now. A commit of the very same files will do.
    fn is_of(&self, reading: &Reading, commit: &Commit<'_>) -> bool {
        let Some(stated) = &reading.provenance.commit else { return !reading.problems.is_empty() };
        let files = || self.repository.find_commit_by_prefix(&stated.hash).map(|stated| stated.tree_id());
        is_hash_of(&stated.hash, commit.id()) || files().is_ok_and(|files| files == commit.tree_id())
    }

    /// Whether a run that was measured on `parent` with local changes went into history together with these changes:
    /// measured, recorded and committed at once.
    fn came_with(&self, filed: &Filed, parent: &str, commit: &Commit<'_>) -> bool {
        let Some(before) = commit.parent(0).ok().filter(|before| is_hash_of(parent, before.id())) else { return false };
        let holds = |commit: &Commit<'_>| {
            let files = git::files_in(self.repository, commit, &self.directory);
            files.iter().any(|file| (&file.path, Some(file.blob)) == (&filed.version.0, filed.version.1))
        };
        holds(commit) && !holds(&before)
    }
}

fn read_note(repository: &Repository, commit: Oid, blob: Oid) -> Vec<Reading> {
    let path: Arc<str> = format!("the note of {}", short(commit)).into();
    repository.find_blob(blob).map(|blob| note::read(&path, blob.content())).unwrap_or_default()
}

/// A search that has ended.
struct Search<'a> {
    asked: &'a Asked<'a>,
    wanted: Oid,
    /// Commits before the wanted one, where none of them was it.
    before: usize,
    cut_off: bool,
}

impl Search<'_> {
    /// The run, with what is not as it was asked for.
    fn told(&self, found: Found) -> Result<Reading, Failure> {
        let Found { mut reading, machine, behind, early } = found;
        if !reading.problems.is_empty() {
            return Err(Failure::of_problems(&reading.problems));
        }
        let item = self.asked.item;
        let measured = reading.provenance.commit.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut say = |text: String| reading.warnings.push(Warning::general(text));
        if behind > 0 {
            let of_this = machine == Machine::Same && self.asked.machines == Machines::SameFirst;
            let from_here = if of_this { " from this machine" } else { "" };
            say(format!(
                "`{item}` is commit {}, of which no run{from_here} is kept: that of {measured} is taken, {} behind",
                short(self.wanted),
                count(behind, "commit")
            ));
        }
        if early {
            say(format!("`{item}`: its run was recorded before the commit was made, on {measured}"));
        }
        match (machine, &reading.provenance.host) {
            (Machine::Other, Some(host)) if self.asked.machines == Machines::SameFirst => say(format!(
                "`{item}`: of this machine no run is kept; taken is one of {host}, of which counts say something here"
            )),
            (Machine::Unknown, _) => {
                say(format!(
                    "`{item}`: its run does not say on which machine it was measured; only its counts are used"
                ));
                reading.observations.retain(|observation| observation.metric.nature == Nature::Counted);
            }
            (Machine::Same | Machine::Other, _) => {}
        }
        if self.cut_off {
            reading.warnings.push(Warning::general(format!(
                "the clone is shallow and ends {} before `{item}`: a run of this machine may lie further back ({DEEPEN})",
                count(self.before, "commit")
            )));
        }
        Ok(reading)
    }

    fn failure(&self, shelf: &Shelf<'_>) -> Failure {
        let Asked { item, reach, .. } = self.asked;
        let commit = short(self.wanted);
        let before = match (reach, self.before) {
            (Reach::Exactly, _) | (Reach::OrBefore, 0) => String::new(),
            (Reach::OrBefore, n) => format!(", nor of the {} before it", count(n, "commit")),
        };
        let problem =
            format!("no run of `{item}` (commit {commit}) is kept{before}; looked in {}", shelf.places.join(", "));
        let next_step = match self.cut_off {
            true => format!("the clone is shallow, its history ends there: {DEEPEN}"),
            false => {
                let present =
                    if self.asked.named.is_head() { "what was measured of the files at hand is `new`; " } else { "" };
                format!(
                    "{present}to keep a run: git checkout {commit}, cargo bench, regress record --note; \
                     those that others keep: git fetch origin {NOTES}:{NOTES}"
                )
            }
        };
        Failure::new(problem, next_step)
    }
}

/// What to say where the commit is checked out and the files differ from it.
fn differs_from_head(project: &Project, repository: &Repository, search: &Search<'_>) -> Option<Warning> {
    let is_meant = search.asked.named.is_head() || search.asked.reach == Reach::Exactly;
    let head = repository.head().ok()?.peel_to_commit().ok()?;
    let here = (is_meant && head.id() == search.wanted).then(|| git::commit(&project.directory)).flatten()?;
    here.dirty.then(|| {
        Warning::general(format!(
            "the files here differ from `{}`: its results are those of commit {}, and what was measured of the files is \
             `new`",
            search.asked.item,
            short(search.wanted)
        ))
    })
}

/// `baselines/` of the project, from the top of the repository.
fn below_top(repository: &Repository, project: &Project) -> PathBuf {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let top = repository.workdir().unwrap_or_else(|| repository.path());
    let baselines = project.baselines();
    let parent = real(baselines.parent().unwrap_or(&project.directory));
    parent.strip_prefix(real(top)).map(Path::to_owned).unwrap_or_default().join("baselines")
}

/// Some harnesses write the first digits only.
fn is_hash_of(stated: &str, commit: Oid) -> bool {
    const FEWEST_DIGITS: usize = 7;
    FEWEST_DIGITS <= stated.len() && commit.to_string().starts_with(&stated.to_ascii_lowercase())
}

fn damaged(commit: Oid, error: &git2::Error) -> Failure {
    Failure::new(format!("commit {commit} cannot be read: {}", error.message()), "git fsck tells more")
}
