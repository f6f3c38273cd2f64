use std::path::Path;

use super::files_of;
use crate::cli::compare::renamed;
use crate::compare::{self, Options};
use crate::formats::File;
use crate::io::{self as world, Failure, Occasion, Project, Reader, Settings, SideSpec};
use crate::model::{Host, Noise, Run};
use crate::policy::{self, Day, Request, Selection};
use crate::signoff::{Document, EVIDENCE, Evidence, Facts, Input, Recipe, Tool, sha256};
use crate::unit::parse_percent;

/// Which file says how far times can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoiseFile {
    /// That of the machine of both sides, if there is one: as `compare` has it.
    OfTheMachine,
    /// The one that the recipe names.
    OfTheRecipe,
}

/// The document of a recipe: the same bytes from the same files, whenever it is made.
pub(super) fn document(mut recipe: Recipe, noise_file: NoiseFile, project: &Project) -> Result<Document, Failure> {
    let today =
        Day::parse(&recipe.today).map_err(|problem| Failure::new(problem, "for example: --today 2026-12-31"))?;
    let mut settings = settings(&recipe, today, project)?;
    let mut inputs = Inputs::default();
    if let Some(config) = &recipe.config {
        inputs.take("budgets", config)?;
    }
    let sides = sides(&recipe, &settings, project, &mut inputs)?;
    inputs.refuse_one_for_both()?;
    if noise_file == NoiseFile::OfTheMachine {
        recipe.noise = sides.host().and_then(|host| world::find_noise(project, host));
    }
    let noise = recipe.noise.as_ref().map(|path| noise(path, &mut inputs)).transpose()?.flatten();
    for Evidence { check, path } in &recipe.evidence {
        if inputs.take(EVIDENCE, path)?.bytes.is_empty() {
            return Err(Failure::new(format!("{path}: empty, and it is to show {check}"), "name the file that does"));
        }
    }
    if let Some(noise) = &noise {
        settings.options.allowances.learn(noise);
    }
    let verdicts = judge(&sides, &recipe, &settings)?;
    let creep = recipe.creep.as_deref().map(parse_percent).transpose();
    let creep = creep.map_err(|problem| Failure::new(problem, "for example: --creep +10%"))?;
    Ok(Document::of(&Facts {
        recipe,
        today,
        creep,
        old: sides.old.as_ref(),
        new: &sides.new,
        history: &sides.history,
        verdicts: &verdicts,
        options: &settings.options,
        noise: noise.as_ref(),
        inputs: inputs.sorted(),
        tool: this_program()?,
    }))
}

/// This program, as it stands in documents.
fn this_program() -> Result<Tool, Failure> {
    Ok(Tool {
        name: "regress".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sha256: sha256(&world::read_this_program()?),
    })
}

fn settings(recipe: &Recipe, today: Day, project: &Project) -> Result<Settings, Failure> {
    let occasion = Occasion { profile: recipe.profile.as_deref(), today };
    world::load_config(recipe.config.as_deref().map(Path::new), project, &occasion)
}

/// All runs that are looked at.
struct Sides {
    old: Option<Run>,
    new: Run,
    history: Vec<Run>,
}

impl Sides {
    /// The machine of both.
    fn host(&self) -> Option<&Host> {
        let host = self.new.provenance.host.as_ref();
        let is_same = |old: &Run| old.provenance.host.as_ref() == host;
        host.filter(|_| self.old.as_ref().is_none_or(is_same))
    }
}

fn sides(recipe: &Recipe, settings: &Settings, project: &Project, inputs: &mut Inputs) -> Result<Sides, Failure> {
    let reader = Reader::new(project).with_units(&settings.units);
    let mut side = |role: &str, name: &str| {
        let side = SideSpec::new(name);
        let files = files_of(&side, project)?;
        let taken = files.iter().map(|path| inputs.take(role, path));
        reader.take(&side.label, taken.collect::<Result<Vec<File>, Failure>>()?)
    };
    let old = recipe.old.as_ref().map(|old| side("old", old)).transpose();
    let new = side("new", &recipe.new);
    let (old, new) = match (old, new) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(old), Err(new)) => return Err(old.and(new)),
        (Err(failure), _) | (_, Err(failure)) => return Err(failure),
    };
    let old = old.map(|old| renamed(old, &settings.aliases)).transpose()?;
    let mut history = Vec::new();
    for item in &recipe.history {
        for file in world::kept_runs(project, item)? {
            let mut run = side("history", &file)?;
            let name = file.rsplit('/').next().unwrap_or(&file);
            run.label = name.strip_suffix(".json").unwrap_or(name).to_owned();
            history.push(renamed(run, &settings.aliases)?);
        }
    }
    Ok(Sides { old, new, history })
}

fn noise(path: &str, inputs: &mut Inputs) -> Result<Option<Noise>, Failure> {
    inputs.take("noise", path)?;
    world::read_noise(Path::new(path), path)
}

fn judge(sides: &Sides, recipe: &Recipe, settings: &Settings) -> Result<policy::Verdicts, Failure> {
    let Settings { options, policy, path, units: _, aliases: _, profiles: _ } = settings;
    let request = Request {
        comparisons: comparisons(sides, options),
        old: sides.old.as_ref(),
        new: &sides.new,
        policy,
        options,
        selection: &Selection { without: recipe.without.clone(), ..Selection::default() },
        unmeasured: Vec::new(),
    };
    policy::judge(request).map_err(|errors| Failure::of_config(path.as_deref().unwrap_or("regress.toml"), &errors))
}

fn comparisons(sides: &Sides, options: &Options) -> Vec<compare::Comparison> {
    match &sides.old {
        Some(old) => compare::compare(old, &sides.new, options),
        None => compare::survey(&sides.new, options),
    }
}

/// Files that were read, each with its hash.
#[derive(Default)]
struct Inputs(Vec<Input>);

impl Inputs {
    fn take(&mut self, role: &str, path: &str) -> Result<File, Failure> {
        let file = world::read_file(Path::new(path))?;
        self.0.push(Input {
            role: role.to_owned(),
            path: path.to_owned(),
            bytes: file.bytes.len() as u64,
            sha256: sha256(&file.bytes),
        });
        Ok(file)
    }

    /// # Errors
    /// The last release is this one: that would pass whatever it holds.
    fn refuse_one_for_both(&self) -> Result<(), Failure> {
        let of = |role: &'static str| self.0.iter().filter(move |input| input.role == role);
        let same = of("old").find_map(|old| Some((old, of("new").find(|new| new.sha256 == old.sha256)?)));
        match same {
            None => Ok(()),
            Some((old, new)) => Err(Failure::new(
                format!("{} and {} hold the same bytes: it would pass whatever they are", old.path, new.path),
                "name the results of the last release first, then those of this one",
            )),
        }
    }

    fn sorted(mut self) -> Vec<Input> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}
