use std::io::Write;

use super::args::{CommitNoteArgs, CompareArgs};
use super::record::recorded;
use super::{Exit, Stop, compare, tell};
use crate::io::{self as world, Failure, Machines, Project, Reader, SideSpec};

/// Exits as `compare` does: what is written into the message is the verdict of this run.
pub(super) fn run(args: &CommitNoteArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<Exit, Stop> {
    let CompareArgs { new, look, runs, .. } = &args.compare;
    let stored = match &new[..] {
        _ if !args.store => None,
        [new] if new == "-" => {
            let problem = "--store reads the results again, and standard input is read only once";
            return Err(Failure::new(problem, "write them to a file").into());
        }
        [new] => Some(new),
        _ => return Err(Failure::new("--store keeps one set of results", "write OLD and NEW, and no more").into()),
    };
    let Some(new) = stored else { return compare::run(&args.compare, out) };
    let project = Project::here()?;
    let config = world::find_config(look.config.as_deref(), &project);
    let settings = world::load_config(config.as_deref(), &project, &look.occasion())?;
    let reader = Reader::new(&project).with_units(&settings.units);
    let run = reader.with_runs(runs.as_deref(), Machines::SameFirst).read(&SideSpec::new(new))?;
    let run = recorded(run, None, &project)?;
    // What forbids it is known before the work is done; and the verdict is not told of what was not kept.
    world::can_be_noted(&run, &project)?;
    let mut verdict = Vec::new();
    let exit = compare::run(&args.compare, &mut verdict)?;
    let commit = world::save_note(&run, &project)?;
    tell::progress(errors, &format!("note of {commit}: {}", run.description()))?;
    exit.once(out.write_all(&verdict))
}
