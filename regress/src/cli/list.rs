use std::io::Write;

use super::{Exit, Stop};
use crate::io::{self as world, Project, Reader, SideSpec};

pub(super) fn run(out: &mut dyn Write) -> Result<Exit, Stop> {
    let project = Project::here()?;
    let mut reader = Reader::new(&project);
    let mut names = reader.names();
    names.extend(world::list_baselines(&project).into_iter().map(|stored| format!("baselines/{}", stored.name)));
    if names.is_empty() {
        writeln!(out, "no results yet; to measure: cargo bench -- --save-baseline=old")?;
    }
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for name in names {
        // One that cannot be read is listed with the reason: listing is how one finds out.
        match reader.read(&SideSpec::new(&name)) {
            Ok(run) => writeln!(out, "{name:<width$}  {}", run.description())?,
            Err(failure) => write!(out, "{name:<width$}  cannot be read\n{failure}")?,
        }
    }
    Ok(Exit::FINE)
}
