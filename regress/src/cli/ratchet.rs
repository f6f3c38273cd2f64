use std::io::Write;
use std::path::Path;

use super::Stop;
use super::args::LoosenArgs;
use super::tell::progress;
use crate::compare::{self, Comparison, Options};
use crate::io::{self as world, Change, ConfigFile, Failure, NewFile, Occasion, Project, Reader, Settings, SideSpec};
use crate::policy::{self, Reached, Room};
use crate::report::visible;
use crate::unit::count;

/// What becomes of a change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It is shown.
    Shown,
    /// It is shown and done.
    Written,
}

impl Effect {
    pub fn of(write: bool) -> Effect {
        if write { Effect::Written } else { Effect::Shown }
    }
}

pub(super) fn tighten(
    results: &str,
    config: Option<&Path>,
    effect: Effect,
    out: &mut dyn Write,
    errors: &mut dyn Write,
) -> Result<(), Stop> {
    let project = Project::here()?;
    let (file, settings) = open(config, &project)?;
    let rows = survey(results, &project, &settings)?;
    let reached = policy::tighten(&settings.policy.budgets, &rows, &settings.options);
    let changes: Vec<Change> = reached.iter().filter_map(lowered).collect();
    show_and_do(&file, &changes, effect, out)?;
    progress(errors, &summary(&reached, &file, effect))?;
    Ok(())
}

fn lowered(reached: &Reached) -> Option<Change> {
    match &reached.room {
        Room::Tighter(limit) => Some(Change { line_number: reached.line_number, key: "limit", value: limit.clone() }),
        Room::None | Room::Beyond | Room::Unmeasured => None,
    }
}

/// `regress.toml: 2 of 9 limits can be tighter (--write makes them so); 1 is not kept (line 14)`.
fn summary(reached: &[Reached], file: &ConfigFile, effect: Effect) -> String {
    let lines = |wanted: fn(&Room) -> bool| -> Vec<String> {
        reached.iter().filter(|reached| wanted(&reached.room)).map(|reached| reached.line_number.to_string()).collect()
    };
    let tighter = lines(|room| matches!(room, Room::Tighter(_))).len();
    let limits = count(reached.len(), "limit");
    let mut parts = vec![match (tighter, effect) {
        (0, _) => format!("none of {limits} can be tighter"),
        (_, Effect::Shown) => format!("{tighter} of {limits} can be tighter (--write makes them so)"),
        (_, Effect::Written) => format!("{tighter} of {limits} made tighter"),
    }];
    let rest = [
        ("not kept, or not shown to be", lines(|room| *room == Room::Beyond)),
        ("without a result", lines(|room| *room == Room::Unmeasured)),
    ];
    for (what, lines) in rest.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        let line = if lines.len() == 1 { "line" } else { "lines" };
        parts.push(format!("{} {what} ({line} {})", lines.len(), lines.join(", ")));
    }
    format!("{}: {}", file.shown(), parts.join("; "))
}

pub(super) fn loosen(args: &LoosenArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<(), Stop> {
    let LoosenArgs { benchmark, metric, limit, why, write, config } = args;
    if why.trim().is_empty() {
        return Err(
            Failure::new("--why says nothing", "say why the limit has to be looser; who reads it next asks").into()
        );
    }
    let project = Project::here()?;
    let (file, settings) = open(config.as_deref(), &project)?;
    let line_number = policy::loosen(&settings.policy.budgets, benchmark, metric, limit)
        .map_err(|(problem, next_step)| Failure::new(format!("{}: {problem}", file.shown()), next_step))?;
    let change = |key, value: &str| Change { line_number, key, value: value.to_owned() };
    show_and_do(&file, &[change("limit", limit.trim()), change("why", why.trim())], Effect::of(*write), out)?;
    let done = if *write { "made looser" } else { "can be looser (--write makes it so)" };
    progress(errors, &format!("{}: the limit of line {line_number} {done}", file.shown()))?;
    Ok(())
}

pub(super) fn init(
    results: &str,
    config: Option<&Path>,
    effect: Effect,
    out: &mut dyn Write,
    errors: &mut dyn Write,
) -> Result<(), Stop> {
    let project = Project::here()?;
    // Begun before the work: what forbids it is known at once.
    let file = match effect {
        Effect::Written => {
            let path = world::place_of_first_config(config, &project)?;
            Some((project.shown(&path), NewFile::begin(&path)?))
        }
        Effect::Shown => None,
    };
    let settings = world::load_config(None, &project, &Occasion::plain())?;
    let rows = survey(results, &project, &settings)?;
    let proposals = policy::propose(&rows);
    if proposals.is_empty() {
        let problem = format!("`{results}` holds neither counts nor times that a budget could bound");
        return Err(Failure::new(problem, "`regress check --all` shows what was measured").into());
    }
    let heading = [
        format!("Proposed by `regress budget init` from `{results}`. Counts are limits as they were reached:"),
        "make them what you promise, and say `why`. Without a word here counts may not grow, and a".to_owned(),
        "benchmark may not vanish. `regress budget explain BENCHMARK` says which rule decides.".to_owned(),
    ];
    let text = world::config_of(&heading, &proposals);
    write!(out, "{}", harmless(&text))?;
    if let Some((shown, file)) = file {
        file.finish(text.as_bytes())?;
        progress(errors, &format!("{shown}: {}", count(proposals.len(), "budget")))?;
    }
    Ok(())
}

/// Text of several lines as a terminal may have it: line ends and tabs are what a patch is made of.
fn harmless(text: &str) -> String {
    let pieces = text.split_inclusive(['\t', '\n']).map(|piece| {
        let end = piece.trim_end_matches(['\t', '\r', '\n']).len();
        format!("{}{}", visible(&piece[..end]), &piece[end..])
    });
    pieces.collect()
}

/// The configuration file, and what it says.
fn open(config: Option<&Path>, project: &Project) -> Result<(ConfigFile, Settings), Failure> {
    let path = world::find_config(config, project).ok_or_else(|| {
        Failure::new("there is no regress.toml here or further up", "`regress budget init` proposes one")
    })?;
    Ok((ConfigFile::read(&path, project)?, world::load_config(Some(&path), project, &Occasion::plain())?))
}

/// One run on its own.
fn survey(results: &str, project: &Project, settings: &Settings) -> Result<Vec<Comparison>, Failure> {
    let options: &Options = &settings.options;
    let run = Reader::new(project).with_units(&settings.units).read(&SideSpec::new(results))?;
    Ok(compare::survey(&run, options))
}

fn show_and_do(file: &ConfigFile, changes: &[Change], effect: Effect, out: &mut dyn Write) -> Result<(), Stop> {
    let new = file.with(changes)?;
    write!(out, "{}", harmless(&file.patch(&new)))?;
    if effect == Effect::Written && !changes.is_empty() {
        file.write(&new)?;
    }
    Ok(())
}
