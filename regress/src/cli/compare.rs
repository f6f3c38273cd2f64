use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use super::args::{ColourChoice, CompareArgs, Look, ReportFile, StatsChoice};
use super::select::{Filters, Selector};
use super::{Exit, Stop};
use crate::compare::{self, Allowance, Beside, Comparison};
use crate::io::{self as world, Failure, Machines, NewFile, Project, Reader, Settings, SideSpec};
use crate::model::{BenchId, Host, Noise, Run};
use crate::policy::{self, Request};
use crate::report::{
    Colour, Context, FalseAlarms, Measurements, NullRun, RENDERERS, Renderer, Report, Rounds, Show, Side, Style,
};

pub(super) fn run(args: &CompareArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    let mut desk = Desk::set_up(&args.look)?;
    let sides = (SideSpec::new(&args.old), SideSpec::new(&args.new));
    let machines = if args.look.exact { Machines::Any } else { Machines::SameFirst };
    let reader = Reader::new(&desk.project).with_units(&desk.settings.units);
    let (old, new) = reader.with_runs(args.runs.as_deref(), machines).read_both(&sides.0, &sides.1)?;
    let old = desk.under_new_names(old)?;
    desk.know_noise(new.provenance.host.as_ref().filter(|host| old.provenance.host.as_ref() == Some(host)))?;
    desk.settings.options.beside = match args.stats {
        Some(StatsChoice::Benchstat) => Beside::Benchstat,
        None => Beside::Nothing,
    };
    let selector = desk.selector(&[&old, &new])?;
    let comparisons = compare::compare(&*selector.of(&old)?, &*selector.of(&new)?, &desk.settings.options);
    desk.judge_and_print(Some(old), new, comparisons, out)
}

/// What `compare` and `check` have in common: the configuration, the selection, the output.
pub(super) struct Desk<'a> {
    pub project: Project,
    pub settings: Settings,
    /// What a null run found on the machine at hand.
    pub noise: Option<Noise>,
    /// What is known of false alarms here.
    pub false_alarms: FalseAlarms,
    /// What tells the programs apart.
    pub code: Vec<String>,
    /// Benchmarks that could not be measured, with the reason.
    pub unmeasured: Vec<(BenchId, String)>,
    /// What was measured in turns, for plots.
    pub rounds: Rounds,
    look: &'a Look,
    filters: Filters,
    /// Begun, so that the work is not done for nothing.
    files: Vec<(&'static Renderer, NewFile)>,
}

impl<'a> Desk<'a> {
    pub fn set_up(look: &'a Look) -> Result<Desk<'a>, Stop> {
        let filters = Filters::new(&look.filter)?;
        let project = Project::here()?;
        let config = world::find_config(look.config.as_deref(), &project);
        let settings = world::load_config(config.as_deref(), &project, &look.occasion())?;
        let begin = |file: &ReportFile| Ok((file.renderer, NewFile::begin(&file.path)?));
        let files = look.report.iter().map(begin).collect::<Result<_, Failure>>()?;
        Ok(Desk {
            project,
            settings,
            noise: None,
            false_alarms: FalseAlarms::default(),
            code: Vec::new(),
            unmeasured: Vec::new(),
            rounds: Rounds::new(),
            look,
            filters,
            files,
        })
    }

    /// Takes in what a null run found on this machine, if there was one.
    pub fn know_noise(&mut self, host: Option<&Host>) -> Result<(), Failure> {
        let Some(noise) = host.map(|host| world::load_noise(&self.project, host)).transpose()?.flatten() else {
            return Ok(());
        };
        let day = noise.provenance.recorded_at.as_deref().and_then(|time| time.split('T').next());
        let seen_by: Arc<str> = format!("the null run of {}", day.unwrap_or("an unknown day")).into();
        for (id, bench) in &noise.benchmarks {
            let Some(ratio) = bench.between_runs else { continue };
            let seen = Allowance { ratio, seen_by: Some(seen_by.clone()) };
            self.settings.options.allowances.insert(id.clone(), "time", seen);
        }
        self.false_alarms.null_run = Some(NullRun {
            recorded_at: noise.provenance.recorded_at.clone(),
            runs: noise.runs,
            false_runs: noise.false_runs,
        });
        self.noise = Some(noise);
        Ok(())
    }

    /// Whether a benchmark may be looked at, before it is measured.
    pub fn could_want(&self, id: &BenchId) -> bool {
        self.filters.could_keep(id)
    }

    /// The old side, its benchmarks renamed as `[[alias]]` says.
    pub fn under_new_names(&self, old: Run) -> Result<Run, Failure> {
        let label = old.label.clone();
        self.settings.aliases.apply(old).map_err(|collisions| {
            let names: BTreeSet<&BenchId> = collisions.iter().map(|collision| &collision.id).collect();
            let failure = |name: &BenchId| {
                let problem = format!("[[alias]]: two benchmarks of {label} would be called `{name}`");
                Failure::new(problem, "remove the alias, or mend its name")
            };
            names.into_iter().map(failure).reduce(Failure::and).unwrap_or_default()
        })
    }

    /// What to look at of these runs.
    pub fn selector(&self, runs: &[&Run]) -> Result<Selector<'_>, Failure> {
        Selector::new(self.look, &self.filters, &self.settings.policy.budgets, runs)
    }

    pub fn judge_and_print(
        self,
        old: Option<Run>,
        new: Run,
        comparisons: Vec<Comparison>,
        out: &mut dyn Write,
    ) -> Result<Exit, Stop> {
        let selection = self.look.selection();
        let Settings { options, policy, path, .. } = &self.settings;
        let request = Request {
            comparisons,
            old: old.as_ref(),
            new: &new,
            policy,
            options,
            selection: &selection,
            unmeasured: self.unmeasured.clone(),
        };
        let verdicts = policy::judge(request)
            .map_err(|errors| Failure::of_config(path.as_deref().unwrap_or("regress.toml"), &errors))?;
        let exit = Exit::from(verdicts.conclusion());
        let side = |run: &Run| Side { label: run.label.clone(), provenance: run.provenance.clone() };
        let (old_side, new_side) = (old.as_ref().map(side), side(&new));
        // The measurements end here, and make room for the report; unless somebody draws them.
        let draws = self.renderer().draws || self.files.iter().any(|(renderer, _)| renderer.draws);
        let measurements = draws.then(|| Measurements { old, new, rounds: self.rounds.clone() });
        let show = if self.look.all { Show::All } else { Show::Changes };
        let context = Context {
            old: old_side,
            new: new_side,
            options: options.clone(),
            config_path: path.clone(),
            profile: policy.profile.name.clone(),
            false_alarms: self.false_alarms.clone(),
            code: self.code.clone(),
            show,
            measurements,
        };
        let report = Report::new(verdicts, context);
        let (style, renderer) = (self.style(), self.renderer());
        for (renderer, file) in self.files {
            let mut text = Vec::new();
            (renderer.render)(&report, &Style { colour: Colour::Never, ..style }, &mut text)?;
            file.finish(&text)?;
        }
        let printed = exit.once((renderer.render)(&report, &style, out));
        // The program ends with this. To give back ten thousands of rows one by one takes as long as to judge them.
        std::mem::forget(report);
        printed
    }

    /// What is printed.
    fn renderer(&self) -> &'static Renderer {
        let renderer = RENDERERS.iter().find(|renderer| renderer.name == self.look.format);
        renderer.expect("the argument parser admits only names from the table")
    }

    fn style(&self) -> Style {
        /// For pipes and files; terminals say themselves.
        const DEFAULT_WIDTH: u16 = 100;
        let terminal = world::terminal_width(&io::stdout());
        let colour = match self.look.color {
            ColourChoice::Always => Colour::Always,
            ColourChoice::Never => Colour::Never,
            ColourChoice::Auto if world::wants_colour(&io::stdout()) => Colour::Always,
            ColourChoice::Auto => Colour::Never,
        };
        Style { width: terminal.unwrap_or(DEFAULT_WIDTH), colour }
    }
}
