use std::collections::BTreeSet;
use std::io::Write;

use super::args::RecordArgs;
use super::{Exit, Stop};
use crate::io::{self as world, Failure, Project, Reader, SideSpec};
use crate::model::{Nature, Provenance};

pub(super) fn run(args: &RecordArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    let project = Project::here()?;
    let path = world::baseline_path(&project, &args.name)?;
    let run = Reader::new(&project).read(&SideSpec::new(&args.from))?;
    let mut run = run.filtered(|observation| !args.exact || observation.metric.nature == Nature::Counted);
    if run.is_empty() {
        let problem = format!("`{}` holds no counts, and --exact keeps nothing else", args.from);
        return Err(Failure::new(problem, "run the allocation or instruction benchmarks first").into());
    }
    let here = Provenance { recorded_at: Some(world::now()), ..project.provenance() };
    run.provenance = std::mem::take(&mut run.provenance).or(here);
    world::save_baseline(&run, &path)?;
    let benchmarks: BTreeSet<_> = run.observations().iter().map(|observation| &observation.id).collect();
    let commit = run.provenance.commit.as_ref().map_or(String::new(), |commit| format!(", commit {commit}"));
    let shown = path.strip_prefix(&project.directory).unwrap_or(&path).display();
    writeln!(out, "{shown}: {} results of {} benchmarks{commit}", run.observations().len(), benchmarks.len())?;
    Ok(Exit::FINE)
}
