use std::io::Write;

use super::args::RecordArgs;
use super::{Exit, Stop};
use crate::io::{self as world, Failure, Project, Reader, SideSpec};
use crate::model::{Nature, Provenance};
use crate::report::visible;

pub(super) fn run(args: &RecordArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    let project = Project::here()?;
    let settings = world::load_config(world::find_config(None, &project).as_deref(), &project)?;
    let path = world::baseline_path(&project, &args.name)?;
    let run = Reader::new(&project).with_units(&settings.units).read(&SideSpec::new(&args.from))?;
    let mut run = run.filtered(|observation| !args.exact || observation.metric.nature == Nature::Counted);
    if run.is_empty() {
        let problem = format!("`{}` holds no counts, and --exact keeps nothing else", args.from);
        return Err(Failure::new(problem, "run the allocation or instruction benchmarks first").into());
    }
    run.provenance = complete(std::mem::take(&mut run.provenance), &project);
    world::save_baseline(&run, &path)?;
    let shown = path.strip_prefix(&project.directory).unwrap_or(&path).display().to_string();
    writeln!(out, "{}: {}", visible(&shown), visible(&run.description()))?;
    Ok(Exit::FINE)
}

/// Adds the time, and what is checked out here to what was measured here. What came from elsewhere is not ours to name.
fn complete(measured: Provenance, project: &Project) -> Provenance {
    let here = project.provenance();
    let recorded = Provenance { recorded_at: Some(world::now()), ..measured };
    if recorded.host == here.host { recorded.or(here) } else { recorded }
}
