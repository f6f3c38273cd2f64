//! One run of a bench target: which cases it has, which are wanted, what came of them.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Arguments as Text;
use std::fs;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::arguments::{Arguments, Filter, Mode, Purpose, Table};
use crate::place::Surroundings;
use crate::results::{self, HARNESS, Header, Record, Results, SCHEMA};

/// We could not do the work: bad arguments, a name given twice, a file that cannot be written.
const EXIT_ERROR: u8 = 2;
/// A case panicked. What cargo's own test harness says then.
const EXIT_PANICKED: u8 = 101;

/// What is known of the cases so far.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) arguments: Arguments,
    /// What the clock reads where nothing is done; `None` where no clock was read.
    pub(crate) clock_nanoseconds: Option<u64>,
    /// Names of all cases, also of those that the filter left out.
    names: BTreeSet<String>,
    bad_names: Vec<BadName>,
    measured: BTreeMap<String, Vec<Record>>,
    selected: usize,
    panicked: Vec<String>,
}

#[derive(Debug)]
enum BadName {
    Twice(String),
    NotOneLine(String),
    Taken(&'static str),
}

impl Session {
    /// Reads the command line.
    ///
    /// # Errors
    /// The exit code, when there is nothing to be carried out: it was said why.
    pub(crate) fn begin(purpose: &Purpose) -> Result<Session, ExitCode> {
        let words = env::args_os().skip(1);
        let words = words.map(|word| word.to_string_lossy().into_owned());
        let arguments = Arguments::parse(words, purpose).map_err(|error| fail(format_args!("{error}")))?;
        match arguments.mode {
            Mode::Help => {
                say(format_args!("{}", purpose.help().trim_end()));
                Err(ExitCode::SUCCESS)
            }
            Mode::Nothing { because_of } => {
                note(format_args!("`--{because_of}` was given, so nothing is measured"));
                Err(ExitCode::SUCCESS)
            }
            Mode::List | Mode::Measure | Mode::Discard | Mode::Test => Ok(Session {
                arguments,
                clock_nanoseconds: None,
                names: BTreeSet::new(),
                bad_names: Vec::new(),
                measured: BTreeMap::new(),
                selected: 0,
                panicked: Vec::new(),
            }),
        }
    }

    /// Whether a case of this name is to be carried out; if it is to be listed, it is.
    pub(crate) fn takes(&mut self, name: &str) -> bool {
        if name.is_empty() || name.contains(char::is_control) {
            self.bad_names.push(BadName::NotOneLine(name.to_owned()));
            return false;
        }
        if !self.names.insert(name.to_owned()) {
            self.bad_names.push(BadName::Twice(name.to_owned()));
            return false;
        }
        if !self.is_sound() || !self.arguments.filter.keeps(name) {
            return false;
        }
        self.selected += 1;
        if self.arguments.mode == Mode::List {
            say(format_args!("{name}: benchmark"));
        }
        self.arguments.mode != Mode::List
    }

    /// Whether no name was refused so far. Otherwise nothing will be written.
    pub(crate) fn is_sound(&self) -> bool {
        self.bad_names.is_empty()
    }

    /// A metric cannot be called so: the meter has one of that name.
    pub(crate) fn refuse_metric(&mut self, metric: &'static str) {
        self.bad_names.push(BadName::Taken(metric));
    }

    /// Carries out one operation of a case, as `cargo test` wants it.
    pub(crate) fn test(&mut self, name: String, operation: impl FnOnce()) {
        let outcome = catch_unwind(AssertUnwindSafe(operation));
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        self.print(format_args!("test {name} ... {word}"));
        if outcome.is_err() {
            self.panicked.push(name);
        }
    }

    /// What `work` measured of a case; `None` when it panicked, which is told at the end.
    pub(crate) fn attempt<T>(&mut self, name: &str, work: impl FnOnce() -> T) -> Option<T> {
        let outcome = catch_unwind(AssertUnwindSafe(work)).ok();
        if outcome.is_none() {
            self.print(format_args!("{name:<44} panicked"));
            self.panicked.push(name.to_owned());
        }
        outcome
    }

    /// The records of a case.
    pub(crate) fn keep(&mut self, name: String, records: Vec<Record>) {
        self.measured.insert(name, records);
    }

    pub(crate) fn print(&self, line: Text<'_>) {
        match self.arguments.table {
            Table::Shown => say(line),
            Table::Quiet => {}
        }
    }

    /// Writes the results and says what went wrong. Returns the exit code of the program.
    pub(crate) fn finish(self) -> ExitCode {
        let surroundings = &Surroundings::read();
        if !self.bad_names.is_empty() {
            return self.refuse_names();
        }
        if self.selected == 0 && self.arguments.filter != Filter::All {
            self.note_no_match(surroundings);
            return ExitCode::SUCCESS;
        }
        if self.arguments.mode == Mode::Measure
            && let Err(error) = self.write(surroundings)
        {
            let (path, source) = (error.path.display(), error.source);
            return fail(format_args!("{path}: cannot be written: {source}"));
        }
        for name in &self.panicked {
            complain(format_args!("{name}: panicked; nothing is written for it"));
        }
        if self.panicked.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_PANICKED) }
    }

    fn refuse_names(&self) -> ExitCode {
        for bad in &self.bad_names {
            match bad {
                BadName::Twice(name) => {
                    complain(format_args!("two cases are named `{name}`; their results could not be told apart"))
                }
                BadName::NotOneLine(name) => {
                    complain(format_args!("a case cannot be named {name:?}: it must be one line of text"))
                }
                BadName::Taken(metric) => {
                    complain(format_args!("a counter cannot be named `{metric}`: another number of its case is"))
                }
            }
        }
        complain(format_args!("nothing was written"));
        ExitCode::from(EXIT_ERROR)
    }

    /// Not an error: the filter may be meant for another bench target on the same command line.
    fn note_no_match(&self, surroundings: &Surroundings) {
        let bench = surroundings.bench();
        match &self.arguments.filter {
            Filter::Contains(part) => note(format_args!("no case of `{bench}` contains `{part}`")),
            Filter::Exactly(name) => note(format_args!("no case of `{bench}` is named `{name}`")),
            Filter::All | Filter::None => {}
        }
    }

    fn write(&self, surroundings: &Surroundings) -> Result<(), results::WriteError> {
        let path = surroundings.results_file(&self.arguments.baseline);
        let mut cases = self.measured.clone();
        if self.arguments.filter != Filter::All {
            match fs::read_to_string(&path) {
                Ok(text) => self.keep_others(&mut cases, &text, &path.display().to_string()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(results::WriteError { path, source }),
            }
        }
        let results = Results {
            header: Header {
                schema: SCHEMA.to_owned(),
                harness: HARNESS.to_owned(),
                package: surroundings.package().to_owned(),
                bench: surroundings.bench(),
                operations: self.arguments.plan.operations,
                clock_nanoseconds: self.clock_nanoseconds,
            },
            records: cases.into_values().flatten().collect(),
        };
        results::write(&path, &results)?;
        self.print(format_args!("written to {}", path.display()));
        Ok(())
    }

    /// A filtered run replaces the cases it measured. It keeps the others, as long as this program
    /// still has them.
    fn keep_others(&self, cases: &mut BTreeMap<String, Vec<Record>>, text: &str, path: &str) {
        let old = match Results::from_text(text) {
            Ok(old) => old,
            Err(problem) => {
                note(format_args!(
                    "{path}: replaced, as {problem}\n  \
                     cases that the filter left out are gone; run again without a filter"
                ));
                return;
            }
        };
        for record in old.records {
            let name = &record.benchmark;
            if self.names.contains(name) && !self.arguments.filter.keeps(name) {
                cases.entry(name.clone()).or_default().push(record);
            }
        }
    }
}

pub(crate) fn fail(message: Text<'_>) -> ExitCode {
    complain(message);
    ExitCode::from(EXIT_ERROR)
}

fn complain(message: Text<'_>) {
    to_stderr(format_args!("bench-meter: {message}"));
}

pub(crate) fn note(message: Text<'_>) {
    to_stderr(format_args!("bench-meter: note: {message}"));
}

// The streams are not locked between lines, as a case may print from a thread of its own. That
// nobody reads them (a closed pipe) is no reason to stop: the result is the file.

fn say(line: Text<'_>) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn to_stderr(line: Text<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}
