//! The command line: our own options, and those of other harnesses.
//!
//! `cargo bench -- --save-baseline old` hands the same words to every bench target, so this one
//! must understand what criterion and iai-callgrind understand, or ignore it knowingly.

use std::fmt;

use crate::measure::Plan;

/// What this run is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) mode: Mode,
    pub(crate) filter: Filter,
    pub(crate) plan: Plan,
    pub(crate) baseline: String,
    pub(crate) table: Table,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Count, and write the results file.
    Measure,
    /// Count, and write nothing (`--discard-baseline`).
    Discard,
    /// Carry out every case once.
    Test,
    List,
    Help,
    /// The other harnesses were told not to measure, so neither do we: measuring would replace
    /// results that are about to be compared.
    Nothing {
        because_of: &'static str,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    All,
    None,
    Contains(String),
    Exactly(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Shown,
    Quiet,
}

/// Why the command line makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ArgumentError {
    Unknown { option: String },
    MissingValue { option: &'static str },
    UnexpectedValue { option: &'static str, value: String },
    NotACount { option: &'static str, value: String },
    BadBaseline { name: String },
    SecondFilter { first: String, second: String },
}

/// What a bench target does with its cases, as its help says it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Purpose {
    what: &'static str,
    verb: &'static str,
    operations: &'static str,
    repeats: &'static str,
    defaults: Plan,
}

pub(crate) const COUNTING: Purpose = Purpose {
    what: "Counts what the benchmark cases of this program allocate.",
    verb: "count",
    operations: "Sets the counted operations of each repeat",
    repeats: "Sets the repeats; equal ones make an exact result",
    defaults: Plan { operations: 100, repeats: 5 },
};

/// 1000 calls, so that a 99th percentile is the eleventh from the top and not an accident. 20 rounds, so that the interval
/// of their middle leaves out the five lowest and the five highest.
pub(crate) const TIMING: Purpose = Purpose {
    what: "Times single calls of the benchmark cases of this program: 50th and 99th percentile.",
    verb: "time",
    operations: "Sets the calls of each round",
    repeats: "Sets the rounds, in which the cases take turns",
    defaults: Plan { operations: 1000, repeats: 20 },
};

/// Criterion's name for the run that was just measured.
pub(crate) const DEFAULT_BASELINE: &str = "new";

struct Spec {
    long: &'static str,
    short: Option<char>,
    takes: Takes,
    effect: Effect,
}

#[derive(Clone, Copy)]
enum Takes {
    Nothing,
    Value,
    /// `--list` or `--list=true`, but not `--list true`.
    ValueAfterEquals,
}

#[derive(Clone, Copy)]
enum Effect {
    SaveBaseline,
    DiscardBaseline,
    Operations,
    Repeats,
    Exact,
    List,
    Bench,
    Test,
    Quiet,
    Help,
    /// libtest's "only the tests that are marked as ignored": there are none.
    SelectNothing,
    MeasureNothing,
    /// Belongs to another harness and changes nothing that is counted here.
    Ignored,
}

impl Spec {
    const fn new(long: &'static str, takes: Takes, effect: Effect) -> Spec {
        Spec { long, short: None, takes, effect }
    }

    const fn short(mut self, short: char) -> Spec {
        self.short = Some(short);
        self
    }

    const fn ignored(long: &'static str, takes: Takes) -> Spec {
        Spec::new(long, takes, Effect::Ignored)
    }
}

#[rustfmt::skip]
const OPTIONS: &[Spec] = &[
    Spec::new("save-baseline", Takes::Value, Effect::SaveBaseline).short('s'),
    Spec::new("discard-baseline", Takes::Nothing, Effect::DiscardBaseline),
    Spec::new("operations", Takes::Value, Effect::Operations),
    Spec::new("repeats", Takes::Value, Effect::Repeats),
    Spec::new("exact", Takes::Nothing, Effect::Exact),
    Spec::new("list", Takes::ValueAfterEquals, Effect::List),
    Spec::new("bench", Takes::Nothing, Effect::Bench),
    Spec::new("test", Takes::Nothing, Effect::Test),
    Spec::new("quiet", Takes::Nothing, Effect::Quiet).short('q'),
    Spec::new("help", Takes::Nothing, Effect::Help).short('h'),
    Spec::new("ignored", Takes::Nothing, Effect::SelectNothing),
    Spec::new("load-baseline", Takes::Value, Effect::MeasureNothing),
    Spec::new("profile-time", Takes::Value, Effect::MeasureNothing),
    // criterion 0.8 (its `configure_from_args`)
    Spec::ignored("baseline", Takes::Value).short('b'),
    Spec::ignored("baseline-lenient", Takes::Value),
    Spec::ignored("color", Takes::Value).short('c'),
    Spec::ignored("confidence-level", Takes::Value),
    Spec::ignored("format", Takes::Value),
    Spec::ignored("include-ignored", Takes::Nothing),
    Spec::ignored("measurement-time", Takes::Value),
    Spec::ignored("nocapture", Takes::ValueAfterEquals),
    Spec::ignored("noise-threshold", Takes::Value),
    Spec::ignored("noplot", Takes::Nothing).short('n'),
    Spec::ignored("nresamples", Takes::Value),
    Spec::ignored("output-format", Takes::Value),
    Spec::ignored("plotting-backend", Takes::Value),
    Spec::ignored("quick", Takes::Nothing),
    Spec::ignored("sample-size", Takes::Value),
    Spec::ignored("show-output", Takes::Nothing),
    Spec::ignored("significance-level", Takes::Value),
    Spec::ignored("verbose", Takes::Nothing).short('v'),
    Spec::ignored("warm-up-time", Takes::Value),
    // iai-callgrind 0.16 (its `CommandLineArgs`)
    Spec::ignored("allow-aslr", Takes::ValueAfterEquals),
    Spec::ignored("cachegrind-args", Takes::Value),
    Spec::ignored("cachegrind-limits", Takes::Value),
    Spec::ignored("cachegrind-metrics", Takes::Value),
    Spec::ignored("callgrind-args", Takes::Value),
    Spec::ignored("callgrind-limits", Takes::Value),
    Spec::ignored("callgrind-metrics", Takes::Value),
    Spec::ignored("default-tool", Takes::Value),
    Spec::ignored("dhat-args", Takes::Value),
    Spec::ignored("dhat-limits", Takes::Value),
    Spec::ignored("dhat-metrics", Takes::Value),
    Spec::ignored("home", Takes::Value),
    Spec::ignored("nosummary", Takes::ValueAfterEquals),
    Spec::ignored("regression-fail-fast", Takes::ValueAfterEquals),
    Spec::ignored("save-summary", Takes::ValueAfterEquals),
    Spec::ignored("separate-targets", Takes::ValueAfterEquals),
    Spec::ignored("test-threads", Takes::Value),
    Spec::ignored("tolerance", Takes::ValueAfterEquals),
    Spec::ignored("tools", Takes::Value),
    Spec::ignored("valgrind-args", Takes::Value),
];

impl Purpose {
    pub(crate) fn help(&self) -> String {
        let Purpose { what, verb, operations, repeats, defaults } = self;
        let (default_operations, default_repeats) = (defaults.operations, defaults.repeats);
        format!(
            "\
{what}

Usage: cargo bench [--bench <NAME>] -- [FILTER] [OPTIONS]

Examples:
  cargo bench                                 {verb}, save as `{DEFAULT_BASELINE}`
  cargo bench -- --save-baseline old          {verb}, save as `old`
  cargo bench -- sort/ --operations 500       only cases with `sort/` in their name

Arguments:
  [FILTER]  Keeps the cases whose name contains this

Options:
  -s, --save-baseline <NAME>   Names the results file [default: {DEFAULT_BASELINE}]
      --discard-baseline       Measures and prints, writes no results file
      --operations <COUNT>     {operations} [default: {default_operations}]
      --repeats <COUNT>        {repeats} [default: {default_repeats}]
      --exact                  Keeps only the case whose name equals FILTER
      --list                   Lists the cases
      --test                   Carries out every case once, writes nothing; also without `--bench`
  -q, --quiet                  Prints no table
  -h, --help                   Prints this

Options of criterion and iai-callgrind are accepted and ignored, so that one command line serves
all bench targets; `--load-baseline` and `--profile-time` measure nothing here either.
"
        )
    }
}

impl Arguments {
    /// * `words`: what follows the program name.
    pub(crate) fn parse(
        words: impl IntoIterator<Item = String>,
        purpose: &Purpose,
    ) -> Result<Arguments, ArgumentError> {
        let mut given = Given::default();
        let mut words = words.into_iter();
        let mut only_filters = false;
        while let Some(word) = words.next() {
            if word == "--" && !only_filters {
                only_filters = true;
            } else if only_filters || !word.starts_with('-') || word == "-" {
                given.add_filter(word)?;
            } else {
                let (spec, attached) = find(&word)?;
                let value = value_of(spec, attached, &mut words)?;
                given.add(spec, value)?;
            }
        }
        Ok(given.decide(purpose.defaults))
    }
}

/// The option that `word` names, and the value that hangs on it (`--a=value`, `-avalue`).
fn find(word: &str) -> Result<(&'static Spec, Option<String>), ArgumentError> {
    let unknown = || ArgumentError::Unknown { option: word.to_owned() };
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (long, None),
        };
        let spec = OPTIONS.iter().find(|spec| spec.long == name);
        return Ok((spec.ok_or_else(unknown)?, value));
    }
    let mut letters = word.chars().skip(1);
    let letter = letters.next();
    let value: String = letters.collect();
    let value = value.strip_prefix('=').unwrap_or(&value);
    let spec = OPTIONS.iter().find(|s| s.short.is_some() && s.short == letter);
    let value = (!value.is_empty()).then(|| value.to_owned());
    Ok((spec.ok_or_else(unknown)?, value))
}

/// The value of an option; empty for one that takes none.
fn value_of(
    spec: &Spec,
    attached: Option<String>,
    words: &mut impl Iterator<Item = String>,
) -> Result<String, ArgumentError> {
    match (spec.takes, attached) {
        (Takes::Nothing, None) | (Takes::ValueAfterEquals, None) => Ok(String::new()),
        (Takes::Nothing, Some(value)) => Err(ArgumentError::UnexpectedValue { option: spec.long, value }),
        (Takes::Value | Takes::ValueAfterEquals, Some(value)) => Ok(value),
        (Takes::Value, None) => {
            let missing = ArgumentError::MissingValue { option: spec.long };
            words.next().ok_or(missing)
        }
    }
}

/// What was on the command line, before it is known what it means together.
#[derive(Default)]
struct Given {
    filter: Option<String>,
    baseline: Option<String>,
    operations: Option<u32>,
    repeats: Option<u32>,
    measure_nothing: Option<&'static str>,
    discard: bool,
    exact: bool,
    list: bool,
    bench: bool,
    test: bool,
    quiet: bool,
    help: bool,
    select_nothing: bool,
}

impl Given {
    fn add_filter(&mut self, word: String) -> Result<(), ArgumentError> {
        match &self.filter {
            None => {
                self.filter = Some(word);
                Ok(())
            }
            Some(first) => Err(ArgumentError::SecondFilter { first: first.clone(), second: word }),
        }
    }

    fn add(&mut self, spec: &'static Spec, value: String) -> Result<(), ArgumentError> {
        match spec.effect {
            Effect::SaveBaseline => self.baseline = Some(baseline(value)?),
            Effect::Operations => self.operations = Some(at_least_one(spec.long, value)?),
            Effect::Repeats => self.repeats = Some(at_least_one(spec.long, value)?),
            Effect::MeasureNothing => self.measure_nothing = Some(spec.long),
            Effect::DiscardBaseline => self.discard = true,
            Effect::Exact => self.exact = true,
            Effect::List => self.list = value != "false",
            Effect::Bench => self.bench = true,
            Effect::Test => self.test = true,
            Effect::Quiet => self.quiet = true,
            Effect::Help => self.help = true,
            Effect::SelectNothing => self.select_nothing = true,
            Effect::Ignored => {}
        }
        Ok(())
    }

    fn decide(self, defaults: Plan) -> Arguments {
        Arguments {
            mode: self.mode(),
            plan: Plan {
                operations: self.operations.unwrap_or(defaults.operations),
                repeats: self.repeats.unwrap_or(defaults.repeats),
            },
            filter: match self.filter {
                _ if self.select_nothing => Filter::None,
                None => Filter::All,
                Some(name) if self.exact => Filter::Exactly(name),
                Some(part) => Filter::Contains(part),
            },
            baseline: self.baseline.unwrap_or_else(|| DEFAULT_BASELINE.to_owned()),
            table: if self.quiet { Table::Quiet } else { Table::Shown },
        }
    }

    /// As criterion decides it: `cargo test` passes no `--bench`, so its absence means a test.
    fn mode(&self) -> Mode {
        if self.help {
            Mode::Help
        } else if self.list {
            Mode::List
        } else if self.test || !self.bench {
            Mode::Test
        } else if let Some(because_of) = self.measure_nothing {
            Mode::Nothing { because_of }
        } else if self.discard {
            Mode::Discard
        } else {
            Mode::Measure
        }
    }
}

impl Filter {
    pub(crate) fn keeps(&self, name: &str) -> bool {
        match self {
            Filter::All => true,
            Filter::None => false,
            Filter::Contains(part) => name.contains(part.as_str()),
            Filter::Exactly(whole) => name == whole,
        }
    }
}

fn at_least_one(option: &'static str, value: String) -> Result<u32, ArgumentError> {
    match value.parse() {
        Ok(count) if 1 <= count => Ok(count),
        _ => Err(ArgumentError::NotACount { option, value }),
    }
}

/// The baseline becomes a file name, so it may hold nothing that a file name may not.
fn baseline(name: String) -> Result<String, ArgumentError> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '@');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_plain) {
        return Err(ArgumentError::BadBaseline { name });
    }
    Ok(name)
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArgumentError::Unknown { option } => {
                let known: Vec<String> = OPTIONS.iter().map(|s| format!("--{}", s.long)).collect();
                write!(f, "unknown option `{option}`\n  known: {}", known.join(" "))
            }
            ArgumentError::MissingValue { option } => write!(f, "`--{option}` needs a value"),
            ArgumentError::UnexpectedValue { option, value } => {
                write!(f, "`--{option}` takes no value, but was given `{value}`")
            }
            ArgumentError::NotACount { option, value } => {
                write!(f, "`--{option}` wants a whole number from 1 on, not `{value}`")
            }
            ArgumentError::BadBaseline { name } => write!(
                f,
                "`{name}` cannot name a baseline, which becomes a file name\n  \
                 use letters, digits and `-` `_` `.` `+` `@`, and no `.` in front"
            ),
            ArgumentError::SecondFilter { first, second } => {
                write!(f, "two filters, `{first}` and `{second}`; give one")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Arguments, ArgumentError> {
        Arguments::parse(words.split_whitespace().map(str::to_owned), &COUNTING)
    }

    fn defaults() -> Arguments {
        Arguments {
            mode: Mode::Measure,
            filter: Filter::All,
            plan: COUNTING.defaults,
            baseline: "new".to_owned(),
            table: Table::Shown,
        }
    }

    #[test]
    fn words_say_what_to_do() {
        #[track_caller]
        fn check(words: &str, expected: Arguments) {
            assert_eq!(parse(words), Ok(expected), "for {words:?}");
        }
        let mode = |mode| Arguments { mode, ..defaults() };
        let filter = |filter| Arguments { filter, ..defaults() };
        let saved_as = |name: &str| Arguments { baseline: name.to_owned(), ..defaults() };

        check("--bench", defaults());
        check("", mode(Mode::Test));
        check("--test", mode(Mode::Test));
        check("--bench --test", mode(Mode::Test));
        check("--list", mode(Mode::List));
        check("--bench --list=true", mode(Mode::List));
        check("--bench --list=false", defaults());
        check("--help --list", mode(Mode::Help));
        check("--bench --discard-baseline", mode(Mode::Discard));
        check("--load-baseline old --bench", mode(Mode::Nothing { because_of: "load-baseline" }));

        check("--bench sort/", filter(Filter::Contains("sort/".to_owned())));
        check("sort/ --exact --bench", filter(Filter::Exactly("sort/".to_owned())));
        check("--bench --exact", defaults());
        check("--bench --ignored sort/", filter(Filter::None));
        check("--bench -- --odd", filter(Filter::Contains("--odd".to_owned())));
        check("--bench -", filter(Filter::Contains("-".to_owned())));

        check("--bench --save-baseline old", saved_as("old"));
        check("--bench --save-baseline=v1.2-rc_3", saved_as("v1.2-rc_3"));
        check("--bench -s old", saved_as("old"));
        check("--bench -sold", saved_as("old"));
        check("--bench -s=old", saved_as("old"));

        let plan = Plan { operations: 7, repeats: 2 };
        check("--bench --operations 7 --repeats=2", Arguments { plan, ..defaults() });
        let table = Table::Quiet;
        check("--bench -q", Arguments { table, ..defaults() });
    }

    #[test]
    fn how_often_depends_on_what_is_measured() {
        let words = |words: &str| words.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
        let plan = |given: &str| Arguments::parse(words(given), &TIMING).unwrap().plan;
        assert_eq!(plan("--bench"), Plan { operations: 1000, repeats: 20 });
        assert_eq!(plan("--bench --repeats 3"), Plan { operations: 1000, repeats: 3 });
    }

    #[test]
    fn words_for_other_harnesses_change_nothing() {
        #[track_caller]
        fn check(words: &str) {
            assert_eq!(parse(&format!("--bench {words}")), Ok(defaults()), "for {words:?}");
        }
        check("--warm-up-time 1 --measurement-time=2 --sample-size 10 --nresamples 100");
        check("--noplot --quick --verbose --color never -v -n -c always -cnever");
        check("--baseline old -b old --baseline-lenient=old");
        check("--callgrind-args=--dump-instr=yes --nocapture=stderr --nocapture --save-summary");
    }

    #[test]
    fn words_that_mean_nothing_are_named() {
        #[track_caller]
        fn check(words: &str, expected: &str) {
            let problem = parse(words).unwrap_err().to_string();
            let first_line = problem.lines().next().unwrap();
            assert_eq!(first_line, expected, "for {words:?}");
        }
        check("--sav-baseline old", "unknown option `--sav-baseline`");
        check("-x", "unknown option `-x`");
        check("-é", "unknown option `-é`");
        check("--=5", "unknown option `--=5`");
        check("--save-baseline", "`--save-baseline` needs a value");
        check("--exact=yes", "`--exact` takes no value, but was given `yes`");
        check("--operations 0", "`--operations` wants a whole number from 1 on, not `0`");
        check("--operations 1e3", "`--operations` wants a whole number from 1 on, not `1e3`");
        check("--repeats=-1", "`--repeats` wants a whole number from 1 on, not `-1`");
        check("--save-baseline=", "`` cannot name a baseline, which becomes a file name");
        check("-s a/b", "`a/b` cannot name a baseline, which becomes a file name");
        check("-s ..", "`..` cannot name a baseline, which becomes a file name");
        check("a b", "two filters, `a` and `b`; give one");
    }

    #[test]
    fn an_unknown_word_is_answered_with_all_known_ones() {
        let problem = parse("--nope").unwrap_err().to_string();
        for spec in OPTIONS {
            assert!(problem.contains(&format!("--{}", spec.long)), "{}", spec.long);
        }
    }

    #[test]
    fn no_two_options_share_a_name() {
        for (index, spec) in OPTIONS.iter().enumerate() {
            let others = || OPTIONS[..index].iter();
            assert!(!others().any(|other| other.long == spec.long), "--{}", spec.long);
            let shared = others().any(|o| spec.short.is_some() && o.short == spec.short);
            assert!(!shared, "-{:?}", spec.short);
        }
    }

    #[test]
    fn the_help_names_what_we_obey() {
        for help in [COUNTING.help(), TIMING.help()] {
            for spec in OPTIONS {
                let is_said = help.contains(&format!("--{}", spec.long));
                let is_ours = !matches!(spec.effect, Effect::Ignored | Effect::SelectNothing);
                assert_eq!(is_said, is_ours, "--{}", spec.long);
            }
        }
    }
}
