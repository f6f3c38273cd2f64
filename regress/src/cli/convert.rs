use std::io::Write;

use super::args::ConvertArgs;
use super::select::Filters;
use super::{Exit, Stop};
use crate::formats::WRITERS;
use crate::io::{self as world, Failure, NewFile, Occasion, Project, Reader, SideSpec};
use crate::report::visible;

pub(super) fn run(args: &ConvertArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<Exit, Stop> {
    let filters = Filters::new(&args.filter)?;
    let project = Project::here()?;
    let settings = world::load_config(world::find_config(None, &project).as_deref(), &project, &Occasion::plain())?;
    let file = args.output.as_deref().map(NewFile::begin).transpose()?;
    let run = Reader::new(&project).with_units(&settings.units).read(&SideSpec::together(&args.results))?;
    if let Some(file) = &file {
        file.spare(run.observations().iter().map(|observation| &*observation.origin))?;
    }
    filters.check(&[&run])?;
    let run = filters.of(run);
    if run.is_empty() {
        return Err(
            Failure::new("no result matches --filter", "take it away, or write `x OR y` for either of two").into()
        );
    }
    for warning in &run.warnings {
        let row = warning.row.as_ref().map(|(id, _)| format!("{}: ", visible(id.as_str()))).unwrap_or_default();
        writeln!(errors, "warning: {row}{}", visible(&warning.text))?;
    }
    let writer = WRITERS.iter().find(|writer| writer.name == args.to);
    let bytes = (writer.expect("the argument parser admits only names from the table").write)(&run);
    match file {
        Some(file) => file.finish(&bytes)?,
        None => out.write_all(&bytes)?,
    }
    Ok(Exit::FINE)
}
