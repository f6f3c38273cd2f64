//! `regress signoff`: what a release is signed on, and whether that still holds.

mod args;
mod make;
mod verify;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) use args::SignoffArgs;

use super::compare::width;
use super::{Exit, Stop};
use crate::io::{self as world, Failure, NewFile, Project, SideSpec};
use crate::report::{signoff as write, visible};
use crate::signoff::{Recipe, sha256};
use make::NoiseFile;

pub(super) fn run(args: &SignoffArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    match &args.verify {
        Some(file) => verify::run(file, args.allowed_signers.as_deref(), out),
        None => sign_off(args, out),
    }
}

fn sign_off(args: &SignoffArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    let project = Project::here()?;
    let recipe = recipe(args, &project);
    let stem = PathBuf::from(recipe.stem());
    // Begun, so that the work is not done for nothing.
    let begin = |ending: &str| NewFile::begin(&beside(&stem, ending)).map(|file| (ending.to_owned(), file));
    let files: Vec<_> = write::WRITERS.iter().map(|writer| begin(writer.ending)).collect::<Result<_, Failure>>()?;
    let signature = args.sign.as_ref().map(|key| begin(SIGNATURE).map(|(_, file)| (key, file))).transpose()?;
    let document = make::document(recipe, NoiseFile::OfTheMachine, &project)?;
    let inputs =
        || document.inputs.iter().map(|input| &*input.path).chain(args.sign.iter().filter_map(|key| key.to_str()));
    for file in files.iter().map(|(_, file)| file).chain(signature.iter().map(|(_, file)| file)) {
        file.spare(inputs())?;
    }
    let json = write::json(&document);
    let signed = signature.map(|(key, file)| Ok::<_, Failure>((world::sign(&json, key)?, file))).transpose()?;
    let hash = sha256(&json);
    for (writer, (_, file)) in write::WRITERS.iter().zip(files) {
        let mut text = Vec::new();
        (writer.write)(&document, &hash, &mut text)?;
        file.finish(&text)?;
    }
    if let Some((signature, file)) = signed {
        file.finish(&signature)?;
    }
    let exit = Exit::from(document.verdict.conclusion);
    let mut endings: Vec<&str> = write::WRITERS.iter().map(|writer| writer.ending).collect();
    endings.extend(args.sign.as_ref().map(|_| SIGNATURE));
    let written: Vec<String> = endings.iter().map(|ending| beside(&stem, ending).display().to_string()).collect();
    exit.once(
        write::text(&document, width(), out)
            .and_then(|()| writeln!(out, "\nwritten: {}", visible(&written.join(", ")))),
    )
}

/// Where ssh-keygen puts the signature of STEM.json.
const SIGNATURE: &str = "json.sig";

/// STEM.ENDING, also where the stem has dots in it.
fn beside(stem: &Path, ending: &str) -> PathBuf {
    let mut path = OsString::from(stem);
    path.push(".");
    path.push(ending);
    path.into()
}

/// What was asked for, as far as it is known before anything is read.
fn recipe(args: &SignoffArgs, project: &Project) -> Recipe {
    let (old, new) = match &args.results[..] {
        [old, new] => (Some(old.clone()), new.clone()),
        [new] => (None, new.clone()),
        _ => (None, String::new()),
    };
    let config = world::find_config(args.config.as_deref(), project);
    Recipe {
        release: args.release.clone().unwrap_or_default(),
        today: args.today.unwrap_or_else(world::today).to_string(),
        old,
        new,
        history: args.history.clone(),
        config: config.map(|path| project.shown(&path)),
        profile: args.profile.clone(),
        noise: None,
        without: args.without.clone(),
        evidence: args.evidence.clone(),
        require: args.require.clone(),
        creep: args.creep.clone(),
        output: args.output.clone(),
    }
}

/// The files that stand for one side.
fn files_of(side: &SideSpec, project: &Project) -> Result<Vec<String>, Failure> {
    let (mut files, mut failures) = (Vec::new(), Vec::new());
    for item in side.items() {
        match world::kept_results(project, item) {
            Ok(file) => files.push(file),
            Err(failure) => failures.push(failure),
        }
    }
    failures.into_iter().reduce(Failure::and).map_or(Ok(files), Err)
}
