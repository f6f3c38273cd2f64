use std::io::Write;
use std::path::Path;

use super::Stop;
use super::args::{LoosenArgs, ReachedArgs, TightenArgs};
use super::compare::renamed;
use super::tell::progress;
use crate::compare;
use crate::io::{self as world, Change, ConfigFile, Failure, NewFile, Occasion, Project, Reader, Settings, SideSpec};
use crate::model::{BenchId, Run};
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

pub(super) fn tighten(args: &TightenArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<(), Stop> {
    let ReachedArgs { results, write, config } = &args.reached;
    let (project, effect) = (Project::here()?, Effect::of(*write));
    let (file, settings) = open(config.as_deref(), &project)?;
    let Settings { policy, options, .. } = &settings;
    let rows = compare::survey(&read(results, &project, &settings)?, options);
    let main = world::baseline_path(&project, MAIN)?;
    let baseline = match &args.baseline {
        Some(baseline) => Some(read(baseline, &project, &settings)?),
        None if main.exists() => Some(read(MAIN_BASELINE, &project, &settings)?),
        None => None,
    };
    let known = match baseline {
        Some(baseline) => compare::survey(&renamed(baseline, &settings.aliases)?, options),
        None => Vec::new(),
    };
    let reached = policy::tighten(&policy.budgets, &rows, &known, options);
    let holes = if args.partial { Holes::Overlooked } else { Holes::Forbid };
    let changes: Vec<Change> = reached.iter().filter_map(|reached| lowered(reached, holes)).collect();
    show_and_do(&file, &changes, effect, out)?;
    progress(errors, &summary(&reached, &file, effect, holes))?;
    for sentence in reached.iter().filter_map(|reached| origin(reached, holes)) {
        writeln!(errors, "  {}", visible(&sentence))?;
    }
    if known.is_empty() && !changes.is_empty() {
        writeln!(
            errors,
            "  whether all benchmarks were measured nobody knows: there is no {} (--baseline)",
            visible(&project.shown(&main))
        )?;
    }
    Ok(())
}

/// The baseline that holds all benchmarks, unless the user names another.
const MAIN: &str = "main";
const MAIN_BASELINE: &str = "baselines/main";

/// What benchmarks that were not measured do to a limit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holes {
    /// It stays as it is.
    Forbid,
    /// Nothing: the user knows.
    Overlooked,
}

impl Holes {
    fn forbid(self, reached: &Reached) -> bool {
        self == Holes::Forbid && !reached.missing.is_empty()
    }
}

fn lowered(reached: &Reached, holes: Holes) -> Option<Change> {
    match &reached.room {
        Room::Tighter(_) if holes.forbid(reached) => None,
        Room::Tighter(limit) => Some(Change { line_number: reached.line_number, key: "limit", value: limit.clone() }),
        Room::None | Room::Beyond | Room::Unmeasured => None,
    }
}

/// Where a lower limit comes from, or why it stays: `line 9: <= 12 of sort/n100, the worst of 3`.
fn origin(reached: &Reached, holes: Holes) -> Option<String> {
    let Reached { line_number, text: _, room, measured, worst, missing, without } = reached;
    let Room::Tighter(limit) = room else { return None };
    let worst = worst.as_ref().map(ToString::to_string).unwrap_or_default();
    let of = if *measured == 1 { String::new() } else { format!(", the worst of {}", count(*measured, "benchmark")) };
    let without = match without.len() {
        0 => String::new(),
        n => format!("; {} without this metric ({})", count(n, "benchmark"), named(without)),
    };
    if missing.is_empty() {
        return Some(format!("line {line_number}: {limit} of {worst}{of}{without}"));
    }
    let (lack, all) = (missing.len(), missing.len() + measured);
    let unmeasured = format!("{lack} of its {} not measured ({})", count(all, "benchmark"), named(missing));
    Some(match holes.forbid(reached) {
        true => format!("line {line_number}: stays; {unmeasured}; measure all, or say --partial"),
        false => format!("line {line_number}: {limit} of {worst}{of}; {unmeasured}{without}"),
    })
}

/// The first of them, and how many more there are.
fn named(ids: &[BenchId]) -> String {
    const NAMED: usize = 5;
    let mut named: Vec<String> = ids.iter().take(NAMED).map(|id| format!("`{id}`")).collect();
    if ids.len() > NAMED {
        named.push(format!("{} more", ids.len() - NAMED));
    }
    named.join(", ")
}

/// `regress.toml: 2 of 9 limits can be tighter (--write makes them so); 1 is not kept (line 14)`.
fn summary(reached: &[Reached], file: &ConfigFile, effect: Effect, holes: Holes) -> String {
    let lines = |wanted: &dyn Fn(&Reached) -> bool| -> Vec<String> {
        reached.iter().filter(|reached| wanted(reached)).map(|reached| reached.line_number.to_string()).collect()
    };
    let tighter = reached.iter().filter_map(|reached| lowered(reached, holes)).count();
    let limits = count(reached.len(), "limit");
    let mut parts = vec![match (tighter, effect) {
        (0, _) => format!("none of {limits} can be tighter"),
        (_, Effect::Shown) => format!("{tighter} of {limits} can be tighter (--write makes them so)"),
        (_, Effect::Written) => format!("{tighter} of {limits} made tighter"),
    }];
    let stays = |reached: &Reached| matches!(reached.room, Room::Tighter(_)) && holes.forbid(reached);
    let rest = [
        ("not measured whole", lines(&stays)),
        ("not kept, or not shown to be", lines(&|reached| reached.room == Room::Beyond)),
        ("without a result", lines(&|reached| reached.room == Room::Unmeasured)),
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

pub(super) fn init(args: &ReachedArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<(), Stop> {
    let ReachedArgs { results, write, config } = args;
    let project = Project::here()?;
    // Begun before the work: what forbids it is known at once.
    let file = match Effect::of(*write) {
        Effect::Written => {
            let path = world::place_of_first_config(config.as_deref(), &project)?;
            Some((project.shown(&path), NewFile::begin(&path)?))
        }
        Effect::Shown => None,
    };
    let settings = world::load_config(None, &project, &Occasion::plain())?;
    let proposals = policy::propose(&read(results, &project, &settings)?, &settings.options);
    let budgets = proposals.iter().filter(|proposal| !proposal.rules.is_empty()).count();
    if budgets == 0 {
        let because = proposals.iter().filter_map(|proposal| proposal.comments.last());
        let next_step = because.map(String::as_str).next().unwrap_or("`regress check --all` shows what was measured");
        let problem = format!("`{results}` holds neither counts nor times that a budget could bound");
        return Err(Failure::new(problem, next_step).into());
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
        progress(errors, &format!("{shown}: {}", count(budgets, "budget")))?;
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

fn read(results: &str, project: &Project, settings: &Settings) -> Result<Run, Failure> {
    Reader::new(project).with_units(&settings.units).read(&SideSpec::new(results))
}

fn show_and_do(file: &ConfigFile, changes: &[Change], effect: Effect, out: &mut dyn Write) -> Result<(), Stop> {
    let new = file.with(changes)?;
    write!(out, "{}", harmless(&file.patch(&new)))?;
    if effect == Effect::Written && !changes.is_empty() {
        file.write(&new)?;
    }
    Ok(())
}
