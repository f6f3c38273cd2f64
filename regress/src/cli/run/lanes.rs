use std::io::Write;
use std::path::Path;

use crate::cli::args::RunArgs;
use crate::cli::{Stop, tell};
use crate::io::{Failure, Lane, Origin, Project};

/// Both sides, built. Everything of them lies in `directory`.
pub(super) fn prepare(
    args: &RunArgs,
    project: &Project,
    directory: &Path,
    errors: &mut dyn Write,
) -> Result<(Lane, Lane), Stop> {
    let (old, new) = origins(args)?;
    // Building takes minutes: a typing error in the second revision is told before.
    [&old, &new].into_iter().try_for_each(|origin| origin.find(project))?;
    let mut lane =
        |side: &str, origin: &Origin| built(side, origin, project, &directory.join(side), &args.cargo, errors);
    Ok((lane("old", &old)?, lane("new", &new)?))
}

/// One side, built; says what it does, and what it leaves out.
pub(in crate::cli) fn built(
    side: &str,
    origin: &Origin,
    project: &Project,
    directory: &Path,
    cargo_arguments: &[String],
    errors: &mut dyn Write,
) -> Result<Lane, Stop> {
    if matches!(origin, Origin::Revision(_) | Origin::WorkingTree) {
        tell::progress(errors, &format!("building {side}: {origin}"))?;
    }
    let lane = Lane::prepare(project, origin, directory, cargo_arguments)?;
    for target in &lane.unknown {
        tell::progress(errors, &format!("{target} is left out: no known harness is built into it"))?;
    }
    Ok(lane)
}

fn origins(args: &RunArgs) -> Result<(Origin, Origin), Failure> {
    match (&args.base, &args.old, &args.new, &args.cmd_old, &args.cmd_new) {
        (Some(base), None, None, None, None) => {
            let head = args.head.clone().map_or(Origin::WorkingTree, Origin::Revision);
            Ok((Origin::Revision(base.clone()), head))
        }
        (None, Some(old), Some(new), None, None) => {
            Ok((Origin::Executable(old.clone()), Origin::Executable(new.clone())))
        }
        (None, None, None, Some(old), Some(new)) => Ok((Origin::Command(old.clone()), Origin::Command(new.clone()))),
        _ => Err(Failure::new(
            "it is not clear what to measure",
            "name a revision: regress run main; or two executables: --old, --new; or two commands: --cmd-old, --cmd-new",
        )),
    }
}
