use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use super::colour::ColourChoice;
use super::critcmp::CritcmpArgs;
use super::signoff::SignoffArgs;
use crate::formats::WRITERS;
use crate::policy::{Day, RULES};
use crate::report::{RENDERERS, Renderer};

/// Compares benchmark results, judges budgets, and fails the build on a regression.
#[derive(Parser)]
#[command(name = "regress", version, max_term_width = 100, after_help = EXAMPLES, help_template = ONE_SCREEN, disable_help_subcommand = true)]
pub(super) struct Args {
    #[command(subcommand)]
    pub command: Command,
}

/// Without the headings that say nothing: all commands, options and examples are seen at once.
const ONE_SCREEN: &str = "{about}\n\nCommands:\n{subcommands}\n\n{options}{after-help}";

const EXAMPLES: &str = "\
Examples:
  regress compare old new      what got faster, slower, or cannot be told
  regress record main --exact  keep its counts in baselines/main.json
Exit codes: 0 nothing broke, 1 a verdict, 2 could not be done, 3 not proven";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Compare two sets of results and judge the new one
    #[command(after_help = SIDES_ARE_LONG, after_long_help = SIDES)]
    Compare(CompareArgs),
    /// Measure two revisions in turns: tells what `compare` cannot
    Run(RunArgs),
    /// Measure one program against itself: tells what can be told here
    Null(NullArgs),
    /// Judge the absolute budgets of one set of results
    #[command(after_help = SIDES_ARE_LONG, after_long_help = SIDES)]
    Check(CheckArgs),
    /// Keep results in baselines/<NAME>.json, or beside their commit
    Record(RecordArgs),
    /// Print the verdict as a line and a trailer for a commit message
    #[command(after_help = SIDES_ARE_LONG, after_long_help = SIDES)]
    CommitNote(CommitNoteArgs),
    /// Write and verify what a release is signed on
    Signoff(SignoffArgs),
    /// Write results in another format
    #[command(after_help = SIDES_ARE_LONG, after_long_help = SIDES)]
    Convert(ConvertArgs),
    /// Print what critcmp prints, from the same arguments
    Critcmp(CritcmpArgs),
    /// Print what benchstat prints, byte for byte
    #[command(after_help = KEYS_ARE_LONG, after_long_help = KEYS, args_override_self = true)]
    Benchstat(BenchstatArgs),
    /// List the results that can be named
    List,
    /// Explain, tighten, loosen and propose budgets
    Budget(BudgetArgs),
    /// List the result formats that are read
    Formats,
}

const SIDES_ARE_LONG: &str = "How results are named, and filters written: see --help";

const SIDES: &str = "\
Results are named by
  old                 what `cargo bench -- --save-baseline=old` left in the target directory
  baselines/main      what `regress record main` kept; `main` will do
  run.json, results/  a file of any format, a harness's directory (DIR@NAME: one baseline)
  -                   standard input
  main, HEAD~5, v1.2  a revision, where nothing above has this name (or rev:main)
  merge-base:main     the last commit on main's own line that HEAD contains
  a,b,c               several of these, as further processes of one side
  v1.2=a              any of these, called v1.2 in the report
A revision's run is found by its commit and by this kind of machine: in notes
(record --note); in baselines/ as it is here, as it lies in the revision, and as
it lay in commits since; in the directory of --runs. Runs of one commit and one
machine are taken together, the last first. Where OLD has none, the nearest
first parent that has one stands in; where this machine has none, another's is
taken, of which counts are judged. The report tells of both. NEW has to be of
the very commit. HEAD is the commit, `new` what was measured last, of the files
as they lay here.
Filters are made of
  sort  sort/*  */1k  names, `*` being any text; and all below them
  /size:1k            a part `size=1k` of the name
  /1:concat           the first part behind the name: string/concat/n100
  .name:Encode        the name without its parts; .fullname is all of it
  .unit:ns/op         the unit, or the metric: .unit:time
  .file:old           what the results are called
  goos:linux          a setting of the file; and of the run: cpu, os, cores,
                      toolchain, commit, harness
  key:\"a value\"  key:/regular expression/  key:(a OR b)
  x y  x AND y        both
  x OR y  -x  (x)     either; the opposite; together
A name with blanks, colons or parentheses in it stands between quotes.";

/// What is looked at, and how it is shown.
#[derive(ClapArgs)]
pub(super) struct Look {
    /// Read budgets from this file, not from regress.toml
    ///
    /// Otherwise the `regress.toml` of the nearest directory upwards is read.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Judge as this profile of regress.toml says
    ///
    /// `[profile.pr]` says which breaches fail, which are told, and whether what is not proven passes. Without one every
    /// broken rule fails.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Hold waivers against this day, not against today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Day::parse, hide_short_help = true)]
    pub today: Option<Day>,
    /// Look only at results that match: 'sort -/size:1k'
    ///
    /// A name, with `*` for any text in it, also stands for everything below it: `sort` for `sort/small`. It can be put
    /// together with others and with keys; see below. May be given several times: one of them has to match.
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Vec<String>,
    /// Look only at this metric
    ///
    /// May be given several times.
    #[arg(long, value_name = "NAME")]
    pub metric: Vec<String>,
    /// Look only at counts, not at times
    ///
    /// Allocations and instructions: what does not depend on how busy the machine was.
    #[arg(long)]
    pub exact: bool,
    /// Do without a metric that nobody can measure here
    ///
    /// `instructions`, where there is no valgrind: its budgets are not missed then. May be given several times.
    #[arg(long, value_name = "NAME")]
    pub without: Vec<String>,
    /// Print in this format; --help lists them
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = renderer_names(), hide_possible_values = true)]
    #[arg(long_help = formats_help())]
    pub format: String,
    /// Write the report to a file as well: markdown=pr.md
    ///
    /// In any format, and several times. A file is written whole or not at all; FORMAT+=FILE appends to what is there,
    /// as markdown+=$GITHUB_STEP_SUMMARY wants it.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file)]
    pub report: Vec<ReportFile>,
    /// Call the report so in its heading
    ///
    /// Several gates of one pull request are told apart by it: each has its comment, its test suite, its alerts.
    #[arg(long, value_name = "NAME", default_value = "regress", value_parser = title, hide_short_help = true)]
    pub title: String,
    /// Show unchanged rows and details as well
    #[arg(long)]
    pub all: bool,
    /// Use colour: auto, always or never
    ///
    /// `auto` does on a terminal, unless NO_COLOR is set.
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_possible_values = true, hide_short_help = true)]
    pub color: ColourChoice,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StatsChoice {
    Benchstat,
}

#[derive(ClapArgs)]
pub(super) struct CompareArgs {
    /// The side compared against
    pub old: String,
    /// The side that is judged; of several each on its own
    ///
    /// Each is held against OLD, and the gravest verdict decides. Their reports follow each other: tables and Markdown below
    /// a line that says which passed, JSON as a document for each, CSV as one table.
    #[arg(required_unless_present = "col")]
    pub new: Vec<String>,
    /// Show another tool's statistics as well: benchstat
    ///
    /// Its change, p and n in a column of their own: the Mann–Whitney p of all measurements as if each were
    /// independent, not corrected for the number of rows. No verdict looks at it. p is benchstat's own, except with ties
    /// on sides of different size: there benchstat doubles one tail of a distribution that is not symmetric, and prints
    /// none or p=1.714; here both tails are counted. Of a p below 1e-16 it may print none as well.
    #[arg(long, value_name = "TOOL", hide_possible_values = true, hide_short_help = true)]
    pub stats: Option<StatsChoice>,
    /// Look here as well for runs of revisions
    ///
    /// A directory of files that `regress record` wrote; each says of which commit and machine it is.
    #[arg(long, value_name = "DIRECTORY", hide_short_help = true)]
    pub runs: Option<PathBuf>,
    #[command(flatten)]
    pub columns: ColumnArgs,
    #[command(flatten)]
    pub rows: RowArgs,
    #[command(flatten)]
    pub look: Look,
}

/// What is held against what, where it is not files.
#[derive(ClapArgs)]
pub(super) struct ColumnArgs {
    /// Compare along these keys of the names: /format, /1
    ///
    /// Each value is a column, and judged against the first. Rows are called by what else is in the names, and one that
    /// only one of two columns has is left out. With one set of results it is compared within itself; of several each
    /// is a table of its own, unless `.file` is asked for somewhere. Keys are those of filters, and `.config`: all
    /// settings of the file. Behind a key, `@alpha`, `@num` and `@(b a)` order its values, the last leaving out others.
    #[arg(long, value_name = "KEYS")]
    pub col: Option<String>,
    /// Make a row for each value of these keys
    ///
    /// The whole name but for what is asked for elsewhere, unless given. What meets in one row is taken together, and
    /// told where it differs in a key that nobody asked for. Rows stand in the order of these keys.
    #[arg(long, value_name = "KEYS", hide_short_help = true)]
    pub row: Option<String>,
    /// Make a table for each value of these keys
    #[arg(long, value_name = "KEYS", hide_short_help = true)]
    pub table: Option<String>,
    /// Throw together what differs in these keys
    #[arg(long, value_name = "KEYS", hide_short_help = true)]
    pub ignore: Option<String>,
}

/// Which rows are listed, and how.
#[derive(Clone, Debug, Default, ClapArgs)]
pub(super) struct RowArgs {
    /// Sort rows by verdict, change, name or order
    ///
    /// `verdict`: the gravest first. `change`: the largest first, up or down. `name`. `order`: as the results stand in
    /// their files. By verdict unless given; with --row, in its order.
    #[arg(long, value_name = "BY", hide_possible_values = true, hide_short_help = true)]
    pub sort: Option<SortChoice>,
    /// Hide rows that changed by less: 5%
    ///
    /// They are counted. What is broken, and what is not proven though a budget demands it, is always shown. JSON and CSV
    /// have all rows.
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    pub threshold: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SortChoice {
    Verdict,
    Change,
    Name,
    Order,
}

/// `5%` as 0.05.
fn percentage(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim().parse();
    let number = number.ok().filter(|number: &f64| number.is_finite() && 0.0 <= *number);
    number.map(|percent| percent / 100.0).ok_or_else(|| "write a percentage of at least 0: 5%".to_owned())
}

/// benchstat's own, by the same names; a single dash does as well.
#[derive(ClapArgs)]
pub(super) struct BenchstatArgs {
    /// Files of Go benchmark text; `label=file` calls it so, `-` is standard input
    #[arg(required = true)]
    pub inputs: Vec<String>,
    /// Look only at results that match
    #[arg(long, value_name = "FILTER", default_value = "*", hide_default_value = true)]
    pub filter: String,
    /// Make a table for each value of these keys
    #[arg(long, value_name = "KEYS", default_value = ".config")]
    pub table: String,
    /// Make a row for each value of these keys
    #[arg(long, value_name = "KEYS", default_value = ".fullname")]
    pub row: String,
    /// Make a column for each value of these keys, and compare with the first
    #[arg(long, value_name = "KEYS", default_value = ".file")]
    pub col: String,
    /// Throw together what differs in these keys
    #[arg(long, value_name = "KEYS", default_value = "", hide_default_value = true)]
    pub ignore: String,
    /// Show differences whose p is at most this
    #[arg(long, value_name = "PROBABILITY", default_value = "0.05")]
    pub alpha: f64,
    /// Show intervals of this confidence
    #[arg(long, value_name = "PROBABILITY", default_value = "0.95")]
    pub confidence: f64,
    /// Print `text`, or `csv`; what there is to say about numbers of CSV goes to standard error
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: String,
}

const KEYS_ARE_LONG: &str = "How keys and filters are written: see --help";

const KEYS: &str = "\
Keys, with commas or blanks between:
  .name .fullname     a benchmark's name without its parts, and with them
  /size               a part of the name: of Encode/size=4k-8, 4k; /gomaxprocs is the 8
  .file               what the input is called
  goos, pkg, …        a setting of the file; .config is all of them
  key@alpha @num      in another order than that of first appearance
  key@(b a)           in this order, and no others
Filters:
  key:value  key:\"a value\"  key:/regular expression/  key:(a OR b)  .unit:ns/op
  x y  x AND y  x OR y  -x  (x)  *
Unlike benchstat it exits with 2 when it cannot do its work, refuses NaN and infinite measurements, and says where \
benchstat's p is no probability.";

#[derive(ClapArgs)]
pub(super) struct RunArgs {
    /// The revision compared against: a branch, a tag, HEAD~1, a hash
    pub base: Option<String>,
    /// The revision that is judged; the files as they lie here unless given
    pub head: Option<String>,
    /// Measure this bench executable instead of BASE
    #[arg(long, value_name = "PROGRAM", requires = "new")]
    pub old: Option<PathBuf>,
    /// Measure this bench executable instead of HEAD
    #[arg(long, value_name = "PROGRAM", requires = "old")]
    pub new: Option<PathBuf>,
    /// Measure this command instead of BASE
    #[arg(long, value_name = "COMMAND", requires = "cmd_new")]
    pub cmd_old: Option<String>,
    /// Measure this command instead of HEAD
    #[arg(long, value_name = "COMMAND", requires = "cmd_old")]
    pub cmd_new: Option<String>,
    /// Stop after this time, whatever is not decided yet
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = crate::io::parse_time)]
    pub max_time: std::time::Duration,
    /// Stop after this many rounds, whatever is not decided yet
    #[arg(long, value_name = "ROUNDS", default_value_t = 160, value_parser = clap::value_parser!(u32).range(6..))]
    pub rounds: u32,
    /// Kill a process that takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
    /// Measure benchmarks of the same machine code on both sides only once
    #[arg(long)]
    pub skip_identical: bool,
    /// Go on with what an interrupted run measured
    #[arg(long)]
    pub resume: bool,
    /// Not to be had: it would disturb what it measures
    #[arg(long, hide = true)]
    pub jobs: Option<String>,
    /// Measure although another run is measuring
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub rows: RowArgs,
    #[command(flatten)]
    pub look: Look,
    /// Hand these on to `cargo bench --no-run`: --package, --bench, --features
    #[arg(last = true, value_name = "CARGO ARGUMENTS")]
    pub cargo: Vec<String>,
}

#[derive(ClapArgs)]
#[command(after_long_help = WHAT_NULL_IS_FOR)]
pub(super) struct NullArgs {
    /// The revision to measure; the files as they lie here unless given
    pub revision: Option<String>,
    /// Measure this bench executable instead
    #[arg(long, value_name = "PROGRAM", conflicts_with = "revision")]
    pub program: Option<PathBuf>,
    /// Measure this command instead
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["revision", "program"])]
    pub cmd: Option<String>,
    /// Look only at benchmarks that match: 'sort -/size:1k'
    ///
    /// As in `compare`; only the name is known here, so .unit and settings cannot be asked for.
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Vec<String>,
    /// Measure so many rounds of each benchmark
    #[arg(long, value_name = "ROUNDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(6..))]
    pub rounds: u32,
    /// Stop after this time
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = crate::io::parse_time)]
    pub max_time: std::time::Duration,
    /// Kill a process that takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
    /// Read budgets from this file, not from regress.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Measure although another run is measuring
    #[arg(long)]
    pub force: bool,
    /// Hand these on to `cargo bench --no-run`: --package, --bench, --features
    #[arg(last = true, value_name = "CARGO ARGUMENTS")]
    pub cargo: Vec<String>,
}

const WHAT_NULL_IS_FOR: &str = "\
What it finds is kept in baselines/noise/, a file for each kind of machine. From then on
  run      measures each benchmark in the way that scatters less here, and says which budgets are too tight to see
  compare  allows two runs what they differed by here, instead of `between_runs` of regress.toml
  both     say how often a run raised a false alarm";

#[derive(ClapArgs)]
pub(super) struct CheckArgs {
    /// The results to judge
    #[arg(default_value = "new")]
    pub run: String,
    #[command(flatten)]
    pub look: Look,
}

#[derive(ClapArgs)]
pub(super) struct RecordArgs {
    /// What to call it: letters, digits, `-`, `_` and `.`
    pub name: Option<String>,
    /// Keep it beside its commit, as a git note
    ///
    /// In refs/notes/regress, one run for each commit and machine; `regress compare HEAD~5 HEAD` finds it. Nobody else
    /// has it before it is pushed: git push origin refs/notes/regress; git fetch origin refs/notes/regress:refs/notes/regress.
    #[arg(long)]
    pub note: bool,
    /// Say that it was measured here, of this revision
    ///
    /// For results that do not say so themselves. What a harness left in the target directory is of the commit that is
    /// checked out, unless files differ from it.
    #[arg(long, value_name = "REVISION")]
    pub commit: Option<String>,
    /// Take these results
    #[arg(long, value_name = "RESULTS", default_value = "new")]
    pub from: String,
    /// Keep only counts: what may be committed, since times of one machine mean nothing on another
    #[arg(long)]
    pub exact: bool,
}

/// `compare`, in the format that goes into a commit message.
#[derive(ClapArgs)]
#[command(mut_arg("format", |format| format.hide(true).default_value("commit-note")))]
pub(super) struct CommitNoteArgs {
    #[command(flatten)]
    pub compare: CompareArgs,
    /// Keep NEW beside its commit, as `regress record --note` does
    #[arg(long)]
    pub store: bool,
}

#[derive(ClapArgs)]
pub(super) struct ConvertArgs {
    /// The results; several are taken together, as further processes
    #[arg(required = true)]
    pub results: Vec<String>,
    /// Write in this format
    #[arg(long, value_name = "FORMAT", value_parser = writer_names())]
    pub to: String,
    /// Write only results that match: 'sort -/size:1k'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Vec<String>,
    /// Write to this file, whole or not at all; to standard output unless given
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(ClapArgs)]
pub(super) struct BudgetArgs {
    #[command(subcommand)]
    pub command: BudgetCommand,
}

#[derive(Subcommand)]
pub(super) enum BudgetCommand {
    /// Say which rule decides for a benchmark, and why
    Explain {
        /// The benchmark's whole name
        benchmark: String,
        /// Read budgets from this file instead of the nearest regress.toml
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Say how grave a breach is in this profile
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
    },
    /// Show the patch that lowers limits to what was reached
    #[command(after_help = SIDES_ARE_LONG, after_long_help = SIDES)]
    Tighten(TightenArgs),
    /// Show the patch that raises a limit, with the reason
    Loosen(LoosenArgs),
    /// Propose a first regress.toml that these results keep
    #[command(after_help = SIDES_ARE_LONG, after_long_help = SIDES)]
    Init(ReachedArgs),
    /// List the profiles of regress.toml
    Profiles {
        /// Read this file instead of the nearest regress.toml
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// List the kinds of rules a [[budget]] can hold
    Rules,
}

/// Results, and the file that is made to fit them.
#[derive(ClapArgs)]
pub(super) struct ReachedArgs {
    /// The results that were reached
    #[arg(default_value = "new")]
    pub results: String,
    /// Write the file, not only show it
    #[arg(long)]
    pub write: bool,
    /// Take this file instead of regress.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(ClapArgs)]
pub(super) struct TightenArgs {
    #[command(flatten)]
    pub reached: ReachedArgs,
    /// Take from these results which benchmarks there are
    ///
    /// A limit is left as it is while it decides for benchmarks that were not measured now: a filter, or a bench target that
    /// did not run, is no progress. baselines/main.json unless given, where there is one.
    #[arg(long, value_name = "RESULTS")]
    pub baseline: Option<String>,
    /// Lower limits of which not all benchmarks were measured as well
    #[arg(long)]
    pub partial: bool,
}

#[derive(ClapArgs)]
pub(super) struct LoosenArgs {
    /// The benchmark, as the [[budget]] has it
    pub benchmark: String,
    /// The metric
    pub metric: String,
    /// The new limit: "<= 12", "< 2 ms"
    pub limit: String,
    /// Say why it has to be
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    /// Change the file
    #[arg(long)]
    pub write: bool,
    /// Change this file instead of the nearest regress.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// A report that is wanted in a file.
#[derive(Clone, Debug)]
pub(super) struct ReportFile {
    pub renderer: &'static Renderer,
    pub path: PathBuf,
    pub mode: WriteMode,
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug)]
pub(super) enum WriteMode {
    Replace,
    Append,
}

fn report_file(text: &str) -> Result<ReportFile, String> {
    let known = || RENDERERS.iter().map(|renderer| renderer.name).collect::<Vec<_>>().join(", ");
    let (format, path) = text.split_once('=').ok_or_else(|| format!("write FORMAT=FILE; formats: {}", known()))?;
    let (format, mode) = match format.strip_suffix('+') {
        Some(format) => (format, WriteMode::Append),
        None => (format, WriteMode::Replace),
    };
    let renderer = RENDERERS.iter().find(|renderer| renderer.name == format);
    let renderer = renderer.ok_or_else(|| format!("`{format}` is no format; there are {}", known()))?;
    match path {
        "" => Err(format!("which file? {format}=FILE")),
        "-" => Err(format!("`-` is no file; to print it: --format {format}")),
        path => Ok(ReportFile { renderer, path: path.into(), mode }),
    }
}

fn title(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/');
    let is_title = text.chars().all(is_plain) && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    match is_title && text.len() <= 60 && !text.contains("--") {
        true => Ok(text.to_owned()),
        false => {
            Err("write up to 60 letters, digits, blanks, `-`, `_`, `.` and `/`, a letter or digit first".to_owned())
        }
    }
}

/// All formats, one a line.
fn formats_help() -> String {
    let lines = RENDERERS.iter().map(|renderer| format!("\n  {:<12} {}", renderer.name, renderer.what));
    format!("Print in this format, one of{}", lines.collect::<String>())
}

fn renderer_names() -> PossibleValuesParser {
    PossibleValuesParser::new(
        RENDERERS.iter().map(|renderer| clap::builder::PossibleValue::new(renderer.name).help(renderer.what)),
    )
}

fn writer_names() -> PossibleValuesParser {
    PossibleValuesParser::new(
        WRITERS.iter().map(|writer| clap::builder::PossibleValue::new(writer.name).help(writer.what)),
    )
}

/// The kinds of rules, one a line.
pub(super) fn rules_help() -> String {
    RULES
        .iter()
        .map(|rule| format!("{:<12} {}\n{:13}for example: {} = {}\n", rule.key, rule.what, "", rule.key, rule.example))
        .collect()
}
