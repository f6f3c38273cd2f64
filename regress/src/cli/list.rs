use std::io::Write;

use super::tell::tell;
use super::{Exit, Stop};
use crate::io::{self as world, Project, Reader, SideSpec};
use crate::report::visible;

pub(super) fn run(out: &mut dyn Write) -> Result<Exit, Stop> {
    let project = Project::here()?;
    let mut reader = Reader::new(&project);
    let mut names = reader.names();
    names.extend(world::list_baselines(&project).into_iter().map(|stored| format!("baselines/{}", stored.name)));
    if names.is_empty() {
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
    Ok(Exit::FINE)
}
