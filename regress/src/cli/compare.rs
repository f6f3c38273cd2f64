use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use super::args::{ColumnArgs, CompareArgs, Look, ReportFile, RowArgs, SortChoice, StatsChoice, WriteMode};
use super::select::{Filters, Selector, all_or_failures};
use super::{Exit, Stop};
use crate::compare::{self, Beside, Columns, Comparison};
use crate::io::{self as world, Failure, Machines, NewFile, Project, Reader, Settings, SideSpec};
use crate::model::{BenchId, Host, Noise, Run, Warning};
use crate::parallel::both;
use crate::policy::{self, Aliases, Budget, Request, Source};
use crate::report::{
    self, Between, Colour, Context, FalseAlarms, Measurements, Order, RENDERERS, Renderer, Report, Rounds, Show, Side,
    Style,
};
use crate::select::Wanted;
use crate::signoff::NullRun;

pub(super) fn run(args: &CompareArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    let mut desk = Desk::set_up(&args.look)?;
    let columns = args.columns.columns()?;
    desk.rows = args.rows.clone();
    desk.rows.sort = desk.rows.sort.or(args.columns.row.as_ref().map(|_| SortChoice::Order));
    let runs = read(args, &desk)?;
    let host = runs[0].provenance.host.clone();
    desk.know_noise(host.as_ref().filter(|_| runs.iter().all(|run| run.provenance.host == host)))?;
    desk.settings.options.beside = match args.stats {
        Some(StatsChoice::Benchstat) => Beside::Benchstat,
        None => Beside::Nothing,
    };
    let reports = match columns {
        None => desk.each_against_the_first(runs)?,
        Some(columns) => desk.column_by_column(columns, &runs)?,
    };
    desk.print(reports, out)
}

/// All sides, old first.
fn read(args: &CompareArgs, desk: &Desk<'_>) -> Result<Vec<Run>, Failure> {
    let machines = if args.look.exact { Machines::Any } else { Machines::SameFirst };
    let reader = Reader::new(&desk.project).with_units(&desk.settings.units);
    let mut reader = reader.with_runs(args.runs.as_deref(), machines);
    let old = SideSpec::new(&args.old);
    if args.new.is_empty() {
        return Ok(vec![reader.read(&old)?]);
    }
    let news: Vec<SideSpec> = args.new.iter().map(|new| SideSpec::new(new)).collect();
    let (old, news) = reader.read_all(&old, &news)?;
    Ok(std::iter::once(desk.under_new_names(old)?).chain(news).collect())
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
    /// Which rows are listed, and how.
    pub rows: RowArgs,
    look: &'a Look,
    filters: Filters,
    /// Rows of columns are called otherwise than the benchmarks that budgets speak of.
    between: Between,
    /// Begun, so that the work is not done for nothing.
    files: Vec<(&'static Renderer, NewFile)>,
}

impl<'a> Desk<'a> {
    pub fn set_up(look: &'a Look) -> Result<Desk<'a>, Stop> {
        let filters = Filters::new(&look.filter)?;
        let project = Project::here()?;
        let config = world::find_config(look.config.as_deref(), &project);
        let settings = world::load_config(config.as_deref(), &project, &look.occasion())?;
        let files = begin_reports(&look.report)?;
        Ok(Desk {
            project,
            settings,
            noise: None,
            false_alarms: FalseAlarms::default(),
            code: Vec::new(),
            unmeasured: Vec::new(),
            rounds: Rounds::new(),
            rows: RowArgs::default(),
            look,
            filters,
            between: Between::Runs,
            files,
        })
    }

    /// Takes in what a null run found on this machine, if there was one.
    pub fn know_noise(&mut self, host: Option<&Host>) -> Result<(), Failure> {
        let Some(noise) = host.map(|host| world::load_noise(&self.project, host)).transpose()?.flatten() else {
            return Ok(());
        };
        self.settings.options.allowances.learn(&noise);
        self.false_alarms.null_run = Some(NullRun::of(&noise));
        self.noise = Some(noise);
        Ok(())
    }

    /// Whether a benchmark may be looked at, before it is measured.
    pub fn could_want(&self, id: &BenchId) -> bool {
        self.filters.could_keep(id)
    }

    /// The old side, its benchmarks renamed as `[[alias]]` says.
    pub fn under_new_names(&self, old: Run) -> Result<Run, Failure> {
        renamed(old, &self.settings.aliases)
    }

    /// What to look at of these runs.
    pub fn selector(&self, runs: &[&Run]) -> Result<Selector<'_>, Failure> {
        Selector::new(self.look, &self.filters, &self.settings.policy.budgets, runs)
    }

    /// What each side but the first is judged to be.
    fn each_against_the_first(&self, runs: Vec<Run>) -> Result<Vec<Report>, Stop> {
        let all: Vec<&Run> = runs.iter().collect();
        let selector = self.selector(&all)?;
        let mut runs = runs.into_iter();
        let mut first = runs.next();
        let mut reports = Vec::new();
        while let Some(new) = runs.next() {
            // The last one needs no copy.
            let old = if runs.len() > 0 { first.clone() } else { first.take() };
            let Some(old) = old else { break };
            let (selected_old, selected_new) = (selector.of(&old)?, selector.of(&new)?);
            world::refuse_one_measurement(&selected_old, &selected_new)?;
            let comparisons = compare::compare(&selected_old, &selected_new, &self.settings.options);
            drop((selected_old, selected_new));
            reports.push(self.judge(Some(old), new, comparisons)?);
        }
        Ok(reports)
    }

    /// What each column is judged to be against the first of its table.
    fn column_by_column(&mut self, columns: Columns, runs: &[Run]) -> Result<Vec<Report>, Stop> {
        let selected = {
            let selector = self.selector(&runs.iter().collect::<Vec<_>>())?;
            all_or_failures(runs.iter().map(|run| selector.of(run).map(std::borrow::Cow::into_owned)))?
        };
        for new in &selected[1..] {
            world::refuse_one_measurement(&selected[0], new)?;
        }
        self.between = Between::Columns;
        let arranged = columns.clone().arrange(&selected);
        let tables = arranged.map_err(|reason| Failure::new(reason.to_string(), reason.next_step()))?;
        let (mut pairs, mut strangers) = (Vec::new(), Vec::new());
        for table in tables {
            let mut table = table.into_iter();
            let Some(first) = table.next() else { continue };
            for new in table {
                let label = format!("{} → {}", first.label, new.label);
                match columns.sides(first.clone(), new) {
                    (old, _) if old.is_empty() => strangers.push(format!("{label}: no row is in both columns")),
                    pair => pairs.push(pair),
                }
            }
        }
        // A column that somebody listed and that is compared with nothing must not pass for one that is fine.
        if !strangers.is_empty() && columns.are_listed() {
            return Err(all_strangers(&strangers).into());
        }
        let Some((_, first_judged)) = pairs.first_mut() else { return Err(all_strangers(&strangers).into()) };
        first_judged.warnings.extend(strangers.into_iter().map(Warning::general));
        let mut reports = Vec::with_capacity(pairs.len());
        for (old, mut new) in pairs {
            new.warnings.extend(self.beside_the_columns(&selected, &new));
            let comparisons = compare::compare(&old, &new, &self.settings.options);
            reports.push(self.judge(Some(old), new, comparisons)?);
        }
        Ok(reports)
    }

    /// Budgets of whole names that rows no longer have: none of them is judged, and that is told.
    fn beside_the_columns(&self, runs: &[Run], arranged: &Run) -> Option<Warning> {
        let speaks_of = |run: &Run, budget: &Budget| {
            run.observations().iter().any(|observation| budget.scope.benchmark.matches(&observation.id))
        };
        let beside = |budget: &&Budget| {
            budget.source != Source::BuiltIn
                && runs.iter().any(|run| speaks_of(run, budget))
                && !speaks_of(arranged, budget)
        };
        let budgets = self.settings.policy.budgets.iter().filter(beside);
        let named: Vec<String> =
            budgets.map(|budget| format!("`{}` ({})", budget.scope.benchmark, budget.source)).collect();
        (!named.is_empty()).then(|| {
            Warning::general(format!(
                "not judged, since the columns take their names apart: budgets of {}; `regress check` judges them",
                named.join(", ")
            ))
        })
    }

    pub fn judge_and_print(
        self,
        old: Option<Run>,
        new: Run,
        comparisons: Vec<Comparison>,
        out: &mut dyn Write,
    ) -> Result<Exit, Stop> {
        let report = self.judge(old, new, comparisons)?;
        self.print(vec![report], out)
    }

    fn judge(&self, old: Option<Run>, new: Run, comparisons: Vec<Comparison>) -> Result<Report, Stop> {
        for (_, file) in &self.files {
            let observations = old.iter().chain([&new]).flat_map(|run| run.observations());
            let results = observations.map(|observation| &*observation.origin);
            file.spare(results.chain(self.settings.path.as_deref()))?;
        }
        let mut selection = self.look.selection();
        selection.some_benchmarks |= self.between == Between::Columns;
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
        let side = |run: &Run| Side { label: run.label.clone(), provenance: run.provenance.clone() };
        let (old_side, new_side) = (old.as_ref().map(side), side(&new));
        let order = match self.rows.sort {
            None | Some(SortChoice::Verdict) => Order::Verdict,
            Some(SortChoice::Change) => Order::Change,
            Some(SortChoice::Name) => Order::Name,
            Some(SortChoice::Order) => Order::Places(new.places()),
        };
        // The measurements end here, and make room for the report; unless somebody draws them.
        let draws = (self.renderer().draws)(&self.style())
            || self.files.iter().any(|(renderer, _)| (renderer.draws)(&style_of_files()));
        let (measurements, spare) = match draws {
            true => (Some(Measurements { old, new, rounds: self.rounds.clone() }), None),
            false => (None, Some((old, new))),
        };
        let show = if self.look.all { Show::All } else { Show::Changes };
        let context = Context {
            title: self.look.title.clone(),
            old: old_side,
            new: new_side,
            between: self.between,
            options: options.clone(),
            config_path: path.clone(),
            config_in_checkout: path.as_deref().and_then(|path| self.project.in_checkout(Path::new(path))),
            profile: policy.profile.name.clone(),
            false_alarms: self.false_alarms.clone(),
            code: self.code.clone(),
            elsewhere: self.look.report.iter().filter(|file| file.renderer.is_whole).map(name_of).collect(),
            show,
            measurements,
        };
        let (report, ()) = both(|| Report::new(verdicts, context).sorted(&order), || drop(spare));
        Ok(match self.rows.threshold {
            None => report,
            Some(threshold) => report.without_smaller(threshold),
        })
    }

    fn print(self, reports: Vec<Report>, out: &mut dyn Write) -> Result<Exit, Stop> {
        let exit = Exit::from(report::conclusion(&reports));
        let (style, file_style, renderer) = (self.style(), style_of_files(), self.renderer());
        let wanted = self.files.iter().map(|(renderer, _)| *renderer).chain([renderer]);
        if let Some(single) = wanted.into_iter().find(|renderer| !report::holds(renderer, reports.len())) {
            let problem = format!(
                "{} holds one comparison, and here are {}: {}",
                single.name,
                reports.len(),
                report::sides(&reports).join(", ")
            );
            return Err(
                Failure::new(problem, "take two sides of them, or another format: table, markdown, json, csv").into()
            );
        }
        for (renderer, file) in self.files {
            let mut text = Vec::new();
            report::render(renderer, &reports, &file_style, &mut text)?;
            file.finish(&text)?;
        }
        let printed = exit.once(report::render(renderer, &reports, &style, out));
        // The program ends with this. To give back ten thousands of rows one by one takes as long as to judge them.
        std::mem::forget(reports);
        printed
    }

    /// What is printed.
    fn renderer(&self) -> &'static Renderer {
        let renderer = RENDERERS.iter().find(|renderer| renderer.name == self.look.format);
        renderer.expect("the argument parser admits only names from the table")
    }

    fn style(&self) -> Style {
        Style { width: width(), colour: self.look.color.colour() }
    }
}

impl ColumnArgs {
    /// What is asked for; `None` where nothing is, and sides are compared as they are.
    fn columns(&self) -> Result<Option<Columns>, Failure> {
        let ColumnArgs { col, row, table, ignore } = self;
        if [col, row, table, ignore].into_iter().all(Option::is_none) {
            return Ok(None);
        }
        let wanted = Wanted {
            table: table.as_deref().unwrap_or(""),
            row: row.as_deref().unwrap_or(".fullname"),
            column: col.as_deref().unwrap_or(".file"),
            ignore: ignore.as_deref().unwrap_or(""),
        };
        let columns = Columns::new(&wanted).map_err(|(option, error)| {
            Failure::of_expression(option, &error, "write keys, with commas or blanks between: /format, .name goos")
        })?;
        Ok(Some(columns))
    }
}

/// For pipes and files; terminals say themselves.
const DEFAULT_WIDTH: u16 = 100;

/// The same whatever terminal the program was started in.
fn style_of_files() -> Style {
    Style { width: world::wanted_width().unwrap_or(DEFAULT_WIDTH), colour: Colour::Never }
}

/// Columns of what is printed on.
pub(super) fn width() -> u16 {
    world::terminal_width(&io::stdout()).unwrap_or(DEFAULT_WIDTH)
}

/// An earlier run, its benchmarks renamed as `[[alias]]` says.
///
/// # Errors
/// Two of its benchmarks would have one name.
pub(super) fn renamed(old: Run, aliases: &Aliases) -> Result<Run, Failure> {
    let label = old.label.clone();
    aliases.apply(old).map_err(|collisions| {
        let names: BTreeSet<&BenchId> = collisions.iter().map(|collision| &collision.id).collect();
        let failure = |name: &BenchId| {
            let problem = format!("[[alias]]: two benchmarks of {label} would be called `{name}`");
            Failure::new(problem, "remove the alias, or mend its name")
        };
        names.into_iter().map(failure).reduce(Failure::and).unwrap_or_default()
    })
}

/// Files for reports, each of them one that no other report is to be written to.
fn begin_reports(reports: &[ReportFile]) -> Result<Vec<(&'static Renderer, NewFile)>, Failure> {
    let mut files: Vec<(&'static Renderer, NewFile)> = Vec::new();
    for report in reports {
        let file = match report.mode {
            WriteMode::Replace => NewFile::begin(&report.path)?,
            WriteMode::Append => NewFile::begin_behind(&report.path)?,
        };
        if files.iter().any(|(_, other)| file.is_in_the_way_of(other)) {
            return Err(Failure::new(
                format!("{}: two reports are to be written to it", report.path.display()),
                "give each a file of its own, or let each be appended: FORMAT+=FILE",
            ));
        }
        files.push((report.renderer, file));
    }
    Ok(files)
}

fn name_of(report: &ReportFile) -> String {
    report.path.display().to_string()
}

/// No column has a row of the first of its table.
fn all_strangers(labels: &[String]) -> Failure {
    let next_step = "take what tells their rows apart out of --row, or list columns that share rows: --col 'key@(a b)'";
    let failures = labels.iter().map(|label| Failure::new(label, next_step));
    failures.reduce(Failure::and).unwrap_or_else(|| Failure::new("there are no two columns", next_step))
}
