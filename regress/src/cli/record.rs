use std::io::Write;

use super::args::RecordArgs;
use super::{Exit, Stop};
use crate::io::{self as world, Failure, Occasion, Project, Reader, SideSpec};
use crate::model::{Nature, Provenance, Run};
use crate::report::visible;

pub(super) fn run(args: &RecordArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    if args.name.is_none() && !args.note {
        let problem = "it is not clear where to keep them";
        return Err(Failure::new(problem, "name a baseline: regress record main; or a git note: --note").into());
    }
    let project = Project::here()?;
    let path = args.name.as_deref().map(|name| world::baseline_path(&project, name)).transpose()?;
    let settings = world::load_config(world::find_config(None, &project).as_deref(), &project, &Occasion::plain())?;
    let run = Reader::new(&project).with_units(&settings.units).read(&SideSpec::new(&args.from))?;
    let run = recorded(run, args.commit.as_deref(), &project)?
        .filtered(|observation| !args.exact || observation.metric.nature == Nature::Counted);
    if run.is_empty() {
        let problem = format!("`{}` holds no counts, and --exact keeps nothing else", args.from);
        return Err(Failure::new(problem, "run the allocation or instruction benchmarks first").into());
    }
    let kept = visible(&run.description()).into_owned();
    if args.note {
        let commit = world::save_note(&run, &project)?;
        writeln!(out, "note of {commit}: {kept}")?;
    }
    if let Some(path) = path {
        world::save_baseline(&run, &path)?;
        writeln!(out, "{}: {kept}", visible(&project.shown(&path)))?;
    }
    Ok(Exit::FINE)
}

/// Results as they are kept: with the time, commit and machine.
///
/// * `commit`: the revision that they are of, where the user says so.
pub(super) fn recorded(mut run: Run, commit: Option<&str>, project: &Project) -> Result<Run, Failure> {
    let mut measured = std::mem::take(&mut run.provenance);
    if let Some(revision) = commit {
        measured = world::state_commit(measured, revision, project)?;
    }
    run.provenance = complete(measured, project);
    Ok(run)
}

/// Adds the time, and what is checked out here to what was measured here. What came from elsewhere is not ours to name.
fn complete(measured: Provenance, project: &Project) -> Provenance {
    let here = project.provenance();
    let recorded = Provenance { recorded_at: Some(world::now()), ..measured };
    if recorded.host == here.host { recorded.or(here) } else { recorded }
}
