use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::path::{Path, PathBuf};

use super::catalogue::{self, Catalogue};
use super::error::Failure;
use super::git::{self, Named};
use super::place::{earlier, no_earlier, read_bytes, read_directory, read_results};
use super::project::Project;
use super::recorded::{self, Asked, Machines, Reach};
use super::sides::{are_one_run, nothing_to_compare, overwritten};
use super::taken::{Means, Taken, refuse_what_is_on_both_sides, taken};
use super::units::{self, UnitRule};
use super::{baseline, machine};
use crate::formats::{File, Problems, Reading};
use crate::model::{Host, Provenance, Run, Warning};
use crate::parallel::in_parts;
use crate::policy::did_you_mean;

/// One side of a comparison, as the user names it: `old`, `run.json`, `v1=old1,old2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideSpec {
    /// What to call it.
    pub label: String,
    items: Vec<String>,
}

impl SideSpec {
    /// Takes `label=a,b` apart. What exists as a path is a path, whatever is in its name.
    pub fn new(text: &str) -> SideSpec {
        if Path::new(text).exists() {
            return SideSpec { label: text.to_owned(), items: vec![text.to_owned()] };
        }
        let (label, list) = match text.split_once('=') {
            Some((label, list)) if !label.is_empty() && !label.contains('/') => (label, list),
            _ => (text, text),
        };
        SideSpec { label: label.to_owned(), items: list.split(',').map(str::to_owned).collect() }
    }
}

impl SideSpec {
    /// What it is made of, as the user typed it.
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// All of these as one side, called by their names.
    pub fn together(names: &[String]) -> SideSpec {
        let items = names.iter().flat_map(|name| SideSpec::new(name).items).collect();
        SideSpec { label: names.join(","), items }
    }
}

/// Reads sides. What several of them need is found out once.
pub struct Reader<'a> {
    project: &'a Project,
    units: Vec<UnitRule>,
    catalogue: OnceCell<Catalogue>,
    /// What the user typed for all sides: what the catalogue will be asked for.
    items: BTreeSet<String>,
    here: OnceCell<Provenance>,
    stdin_taken: bool,
    machines: Machines,
    /// A directory of recorded runs besides those that are known.
    runs: Option<PathBuf>,
    /// What was typed and stood for a revision.
    revisions: BTreeSet<String>,
    /// Files that were read ahead, by what the user typed.
    ahead: BTreeMap<String, Reading>,
    /// What the side at hand is made of, where several are to be compared.
    taken: Option<Vec<Taken>>,
}

impl<'a> Reader<'a> {
    /// A reader for the results of this project.
    pub fn new(project: &'a Project) -> Reader<'a> {
        Reader {
            project,
            units: Vec::new(),
            catalogue: OnceCell::new(),
            items: BTreeSet::new(),
            here: OnceCell::new(),
            stdin_taken: false,
            machines: Machines::SameFirst,
            runs: None,
            revisions: BTreeSet::new(),
            ahead: BTreeMap::new(),
            taken: None,
        }
    }

    /// The same, with these units for criterion's numbers.
    pub fn with_units(self, units: &[UnitRule]) -> Reader<'a> {
        Reader { units: units.to_vec(), ..self }
    }

    /// The same, which looks for runs of revisions in this directory as well, and takes those of these machines.
    pub fn with_runs(self, directory: Option<&Path>, machines: Machines) -> Reader<'a> {
        Reader { runs: directory.map(Path::to_owned), machines, ..self }
    }

    /// The names under which harnesses saved results.
    pub fn names(&self) -> Vec<String> {
        self.catalogue().names().iter().cloned().collect()
    }

    /// All sides of a comparison: what is compared with, and what is judged, each by itself. Plain files are read at the
    /// same time.
    ///
    /// Where the old side is a revision that nobody measured, the nearest one before it stands in, with a warning. A
    /// side that is judged is never another than was asked for.
    ///
    /// # Errors
    /// Those of [`read`](Reader::read), of all sides together. Old and a new one are the same results.
    pub fn read_all(&mut self, old: &SideSpec, news: &[SideSpec]) -> Result<(Run, Vec<Run>), Failure> {
        let items: Vec<&String> = news.iter().chain([old]).flat_map(|side| &side.items).collect();
        self.items = items.iter().copied().cloned().collect();
        let ahead = |item: &[&String]| Some((item[0].clone(), read_results(Path::new(item[0]))?));
        self.ahead = in_parts(&items, 1, ahead).into_iter().flatten().collect();
        let read = |reader: &mut Self, side: &SideSpec, reach: Reach, host: Option<&Host>| {
            reader.taken = Some(Vec::new());
            let run = reader.read_side(side, reach, host);
            (run, reader.taken.take().unwrap_or_default())
        };
        let judged: Vec<_> = news.iter().map(|new| read(self, new, Reach::Exactly, None)).collect();
        // Times can be compared with those of the machine on which new was measured.
        let first = judged.first().and_then(|(new, _)| new.as_ref().ok());
        let host = first.and_then(|new| new.provenance.host.clone());
        let (before, of_old) = read(self, old, Reach::OrBefore, host.as_ref());
        let failures = before.as_ref().err().into_iter().chain(judged.iter().filter_map(|(new, _)| new.as_ref().err()));
        if let Some(failure) = failures.cloned().reduce(Failure::and) {
            return Err(failure);
        }
        let before = before?;
        let mut runs = Vec::with_capacity(news.len());
        for (spec, (new, of_new)) in news.iter().zip(judged) {
            let mut new = new?;
            let has_revision = old.items.iter().chain(&spec.items).any(|item| self.revisions.contains(item));
            if has_revision && are_one_run(&before, &new) {
                return Err(nothing_to_compare(&before, &new));
            }
            refuse_what_is_on_both_sides(&of_old, &of_new)?;
            new.warnings.extend(overwritten(&before, &new));
            runs.push(new);
        }
        Ok((before, runs))
    }

    /// Everything that one side measured.
    ///
    /// # Errors
    /// Every problem with every file of the side; nothing of the name; nothing measured.
    pub fn read(&mut self, side: &SideSpec) -> Result<Run, Failure> {
        self.items.extend(side.items.iter().cloned());
        self.read_side(side, Reach::Exactly, None)
    }

    fn read_side(&mut self, side: &SideSpec, reach: Reach, host: Option<&Host>) -> Result<Run, Failure> {
        let mut whole: Option<Run> = None;
        let mut failure: Option<Failure> = None;
        for item in &side.items {
            let part = self.read_item(item, reach, host).and_then(|mut readings| {
                for reading in &mut readings {
                    units::apply(&self.units, reading);
                }
                if let Some(all) = &mut self.taken {
                    let roots = self.catalogue.get().map_or(&[][..], |catalogue| &catalogue.roots);
                    let means = if self.revisions.contains(item) { Means::Revision } else { Means::Files };
                    all.extend(taken(item, means, &readings, roots, &self.project.directory));
                }
                merge(&side.label, item, readings)
            });
            match part {
                Ok(run) => match whole.take() {
                    None => whole = Some(run),
                    Some(before) => match before.merge(run) {
                        Ok(merged) => whole = Some(merged),
                        Err(collisions) => return Err(Failure::of_collisions(&side.label, &collisions)),
                    },
                },
                Err(error) => {
                    failure = Some(match failure.take() {
                        None => error,
                        Some(before) => before.and(error),
                    });
                }
            }
        }
        match (failure, whole) {
            (Some(failure), _) => Err(failure),
            (None, Some(run)) => Ok(run),
            (None, None) => Err(nothing_in(&side.label)),
        }
    }

    /// Everything that files hold which are at hand, each a further process.
    ///
    /// # Errors
    /// Those of [`read`](Reader::read).
    pub fn take(&self, label: &str, files: Vec<File>) -> Result<Run, Failure> {
        let mut readings: Vec<Reading> = files.into_iter().map(read_bytes).collect();
        for reading in &mut readings {
            units::apply(&self.units, reading);
        }
        merge(label, label, readings)
    }

    /// What exists today has precedence: a revision is what has no other name, and what says that it is one.
    fn read_item(&mut self, item: &str, reach: Reach, host: Option<&Host>) -> Result<Vec<Reading>, Failure> {
        match item {
            "-" => return self.read_stdin().map(|reading| vec![reading]),
            "" => return Err(Failure::new("a name is missing", "write `old`, `a,b` or `label=a,b`")),
            _ => {}
        }
        if let Some(named) = Named::for_certain(item) {
            return self.read_revision(item, &named, reach, host);
        }
        let path = Path::new(item);
        if let Some(reading) = self.ahead.remove(item).or_else(|| read_results(path)) {
            return Ok(vec![reading]);
        }
        let is_name = !item.contains(['/', '\\']);
        if is_name && self.catalogue().names().contains(item) {
            let readings = self.read_named(item);
            return Ok(self.beside_a_revision(item, readings, "the results that were saved under this name"));
        }
        if let Some(stored) = baseline::find(self.project, item) {
            let what = self.project.shown(&stored);
            return self.read_path(&stored).map(|readings| self.beside_a_revision(item, readings, &what));
        }
        let perhaps = || Named::perhaps(item, &self.project.directory);
        if path.symlink_metadata().is_ok() {
            return match git::is_its_own(path).then(perhaps).flatten() {
                Some(named) => self.read_revision(item, &named, reach, host),
                None => self.read_path(path),
            };
        }
        if let Some((path, name)) = item.rsplit_once('@') {
            let path = Path::new(path);
            if path.is_dir() {
                return read_directory(path, Some(name));
            }
            if let Some(reading) = read_results(path) {
                return earlier(vec![reading], name).map_err(|names| no_earlier(path, name, &names));
            }
        }
        if let Some(named) = perhaps() {
            return self.read_revision(item, &named, reach, host);
        }
        if let Some(failure) = git::unknown_to_git(&self.project.directory, item) {
            return Err(failure);
        }
        if is_name || item.starts_with("baselines/") {
            return Err(self.not_found(item));
        }
        Err(Failure::new(
            format!("{item}: no such file or directory"),
            format!("{}check the path; `regress list` shows what has a name", self.revision_meant(item)),
        ))
    }

    fn catalogue(&self) -> &Catalogue {
        self.catalogue.get_or_init(|| Catalogue::of_project(self.project, &self.items))
    }

    /// Results that lie in a target directory were measured here, as far as anyone can know.
    fn read_named(&self, name: &str) -> Vec<Reading> {
        let mut readings = self.catalogue().read(name);
        let here = self.here.get_or_init(|| Provenance {
            host: Some(machine::host()),
            toolchain: machine::toolchain_of(&self.project.target_directories()),
            ..Provenance::default()
        });
        for reading in &mut readings {
            reading.provenance = mem::take(&mut reading.provenance).or(here.clone());
        }
        readings
    }

    fn read_revision(
        &mut self,
        item: &str,
        named: &Named,
        reach: Reach,
        host: Option<&Host>,
    ) -> Result<Vec<Reading>, Failure> {
        let host = host.cloned().unwrap_or_else(machine::host);
        let asked = Asked { item, named, reach, machines: self.machines, host: &host };
        let reading = recorded::find(self.project, self.runs.as_deref(), &asked)?;
        self.revisions.insert(item.to_owned());
        Ok(vec![reading])
    }

    /// Says what was taken where a branch or a tag is called the same.
    fn beside_a_revision(&self, item: &str, mut readings: Vec<Reading>, what: &str) -> Vec<Reading> {
        let text = format!("`{item}` is taken for {what}; of the revision `{item}` the results are `rev:{item}`");
        if let Some(first) = readings.first_mut().filter(|_| git::has_name(&self.project.directory, item)) {
            first.warnings.push(Warning::general(text));
        }
        readings
    }

    fn read_path(&self, path: &Path) -> Result<Vec<Reading>, Failure> {
        if path.is_dir() {
            return read_directory(path, None);
        }
        let file = catalogue::read_file(path).map_err(|problem| Failure::of_reading(&[problem]))?;
        Ok(vec![read_bytes(file)])
    }

    fn read_stdin(&mut self) -> Result<Reading, Failure> {
        if mem::replace(&mut self.stdin_taken, true) {
            return Err(Failure::new(
                "`-` stands for standard input, and only one side can be it",
                "write one side to a file",
            ));
        }
        let bytes = catalogue::read_stream(std::io::stdin().lock())
            .map_err(|error| Failure::of_reading(&[catalogue::unreadable(Path::new("standard input"), &error)]))?;
        Ok(read_bytes(File { path: "standard input".into(), bytes }))
    }

    /// `did you mean` for a branch or a tag.
    fn revision_meant(&self, item: &str) -> String {
        did_you_mean(item, git::names(&self.project.directory).iter().map(String::as_str))
    }

    fn not_found(&self, item: &str) -> Failure {
        let catalogue = self.catalogue();
        let mut places: Vec<String> = catalogue.roots.iter().map(|root| self.project.shown(root)).collect();
        if places.is_empty() {
            let targets = self.project.target_directories();
            places.extend(
                targets.iter().map(|target| format!("{}/{{criterion,iai,gungraun,meter}}", self.project.shown(target))),
            );
        }
        places.push(format!("{}/", self.project.shown(&self.project.baselines())));
        let mut names: Vec<String> = catalogue.names().iter().cloned().collect();
        names.extend(baseline::list(self.project).into_iter().map(|stored| format!("baselines/{}", stored.name)));
        let meant = self.revision_meant(item);
        let known = match names.is_empty() {
            true => format!("{meant}there are no results yet"),
            false => match name_meant(item, &names) {
                none if none.is_empty() => format!("{meant}there are: {}", names.join(", ")),
                meant => format!("{meant}there are: {}", names.join(", ")),
            },
        };
        let command = match item.strip_prefix("baselines/") {
            Some(name) => format!("to keep some: regress record {name}"),
            // Every harness calls its last run so, and criterion empties what it is told to save under this name.
            None if item == "new" => "to measure: cargo bench".to_owned(),
            None => format!("to measure: cargo bench -- --save-baseline={item}"),
        };
        Failure::new(
            format!("no results named `{item}`, and no such file; looked in {}", places.join(", ")),
            format!("{known}; {command}"),
        )
    }
}

/// `did you mean` for the name of results; `main` is as good a word for `baselines/main`.
fn name_meant(item: &str, names: &[String]) -> String {
    let short = names.iter().filter_map(|name| name.strip_prefix("baselines/"));
    did_you_mean(item, names.iter().map(String::as_str).chain(short))
}

/// The readings of one item as one run. Two readings hold different directories or files: further processes.
fn merge(label: &str, item: &str, readings: Vec<Reading>) -> Result<Run, Failure> {
    let mut problems = Problems::default();
    readings.iter().for_each(|reading| problems.absorb(reading.problems.clone()));
    if !problems.is_empty() {
        return Err(Failure::of_problems(&problems));
    }
    let mut whole: Option<Run> = None;
    for reading in readings {
        let collided = |collisions: Vec<_>| Failure::of_collisions(label, &collisions);
        let mut run = Run::new(label, reading.provenance, reading.warnings, reading.observations).map_err(collided)?;
        run.settings = reading.settings;
        whole = Some(match whole.take() {
            None => run,
            Some(before) => before.merge(run).map_err(collided)?,
        });
    }
    whole.filter(|run| !run.is_empty()).ok_or_else(|| nothing_in(item))
}

fn nothing_in(item: &str) -> Failure {
    Failure::new(
        format!("`{item}` holds no results: nothing was measured"),
        "check that the benchmarks ran to their end, and that a filter did not leave all of them out",
    )
}
