use std::io::{self, Write};

use super::tell::tell;
use super::{Exit, Stop};
use crate::io::{self as world, Failure, Project, Reader, SideSpec};
use crate::model::Run;
use crate::report::visible;
use crate::unit::count;

pub(super) fn run(out: &mut dyn Write) -> Result<Exit, Stop> {
    let project = Project::here()?;
    let mut reader = Reader::new(&project);
    let mut names = reader.names();
    names.extend(world::list_baselines(&project).into_iter().map(|stored| format!("baselines/{}", stored.name)));
    let noted = world::list_noted(&project);
    if names.is_empty() && noted.is_empty() {
        writeln!(out, "no results yet; to measure: cargo bench -- --save-baseline=old")?;
    }
    let width = names.iter().map(|name| visible(name).chars().count()).max().unwrap_or(0);
    for name in names {
        let shown = visible(&name);
        // One that cannot be read is listed with the reason: listing is how one finds out.
        match reader.read(&SideSpec::new(&name)) {
            Ok(run) => writeln!(out, "{shown:<width$}  {}", visible(&run.description()))?,
            Err(failure) => {
                writeln!(out, "{shown:<width$}  cannot be read")?;
                tell(&failure, out)?;
            }
        }
    }
    list_notes(&noted, out)?;
    Ok(Exit::FINE)
}

/// The runs that are kept beside commits, a line for each machine.
fn list_notes(noted: &[(String, Vec<Result<Run, Failure>>)], out: &mut dyn Write) -> io::Result<()> {
    /// Older ones are counted.
    const SHOWN: usize = 20;
    for (commit, runs) in noted.iter().take(SHOWN) {
        for run in runs {
            match run {
                Ok(run) => writeln!(out, "rev:{commit}  {}", visible(&description(run)))?,
                Err(failure) => {
                    writeln!(out, "rev:{commit}  cannot be read")?;
                    tell(failure, out)?;
                }
            }
        }
    }
    match noted.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "and runs of {} before; git notes --ref=regress list has all", count(more, "commit")),
    }
}

fn description(run: &Run) -> String {
    let machine = run.provenance.host.as_ref().map(|host| format!(", {host}")).unwrap_or_default();
    format!("{}{machine}", run.description())
}
