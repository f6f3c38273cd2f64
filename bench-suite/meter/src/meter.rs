use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Arguments as Text;
use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::arguments::{Arguments, Filter, HELP, Mode, Table};
use crate::measure::{self, Operation};
use crate::place::Surroundings;
use crate::results::{self, HARNESS, Header, Record, Results, SCHEMA};
use crate::settle::Settle;
use crate::table;

/// We could not do the work: bad arguments, a name given twice, a file that cannot be written.
const EXIT_ERROR: u8 = 2;
/// A case panicked. What cargo's own test harness says then.
const EXIT_PANICKED: u8 = 101;

/// The body of a bench target: reads the command line, carries out the cases, writes the results.
///
/// Exit code 0 when everything was counted, 2 when the work could not be done (a bad argument, a
/// case name used twice, no counting allocator installed, a file that could not be written), 101
/// when a case panicked. The results of the other cases are written in that last case only.
///
/// Without `--bench` on the command line, which `cargo bench` adds by itself, every case is carried
/// out once and nothing is written: that is what `cargo test --benches` wants.
pub fn main(cases: impl FnOnce(&mut Meter)) -> ExitCode {
    let words = env::args_os().skip(1);
    let words = words.map(|word| word.to_string_lossy().into_owned());
    let arguments = match Arguments::parse(words) {
        Ok(arguments) => arguments,
        Err(error) => return fail(format_args!("{error}")),
    };
    match arguments.mode {
        Mode::Help => {
            say(format_args!("{}", HELP.trim_end()));
            return ExitCode::SUCCESS;
        }
        Mode::Nothing { because_of } => {
            note(format_args!("`--{because_of}` was given, so nothing is counted"));
            return ExitCode::SUCCESS;
        }
        Mode::List => {}
        Mode::Measure | Mode::Discard | Mode::Test => {
            if !measure::is_counting() {
                return fail(format_args!("{NOT_INSTALLED}"));
            }
        }
    }
    let mut meter = Meter::new(arguments);
    cases(&mut meter);
    meter.finish(&Surroundings::read())
}

const NOT_INSTALLED: &str = "nothing would be counted: this program does not use the counting allocator
  add to it:
    #[global_allocator]
    static ALLOCATOR: bench_meter::CountingAllocator = bench_meter::CountingAllocator::system();";

/// Takes the cases of a bench target, one after the other, and counts them as they come.
///
/// A case is a name, a setup and the work. The setup runs before every single operation and is not
/// counted. The case is warmed up with 2 operations, then counted in 5 repeats (`--repeats`) of 100
/// operations (`--operations`), each operation on its own, all threads together. If every repeat
/// gave the same, that is the result, exact; if not, the result is the list of what was seen.
///
/// Threads that the work starts and joins are counted whole. The ends of threads from
/// `std::thread::scope` are waited for (Linux). Threads that go on running count for the operation
/// during which they allocate, so give a benchmark of a pool a way to wait for its work.
#[derive(Debug)]
pub struct Meter {
    arguments: Arguments,
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
}

impl Meter {
    fn new(arguments: Arguments) -> Meter {
        Meter {
            arguments,
            names: BTreeSet::new(),
            bad_names: Vec::new(),
            measured: BTreeMap::new(),
            selected: 0,
            panicked: Vec::new(),
        }
    }

    /// Counts `run`, which is given the input by value.
    ///
    /// Counted: everything in `run`, so also the drop of the input, unless the output carries it
    /// out. Not counted: `setup`, and the drop of the output.
    ///
    /// * `name`: one line, used once per bench target, the same in every harness that measures the
    ///   same work. By convention `group/work/size`.
    pub fn case<I, O>(&mut self, name: impl Into<String>, mut setup: impl FnMut() -> I, mut run: impl FnMut(I) -> O) {
        let mut settle = Settle::default();
        self.carry_out(name.into(), &mut || {
            let input = black_box(setup());
            measure::count(&mut settle, || run(input))
        });
    }

    /// Counts `run`, which is given the input by reference.
    ///
    /// Counted: everything in `run`. Not counted: `setup`, the drop of the output, the drop of the
    /// input.
    ///
    /// * `name`: as in [`Meter::case`].
    pub fn case_ref<I, O>(
        &mut self,
        name: impl Into<String>,
        mut setup: impl FnMut() -> I,
        mut run: impl FnMut(&mut I) -> O,
    ) {
        let mut settle = Settle::default();
        self.carry_out(name.into(), &mut || {
            let mut input = black_box(setup());
            measure::count(&mut settle, || run(&mut input))
        });
    }

    fn carry_out(&mut self, name: String, operation: &mut dyn FnMut() -> Operation) {
        if name.is_empty() || name.contains(char::is_control) {
            self.bad_names.push(BadName::NotOneLine(name));
            return;
        }
        if !self.names.insert(name.clone()) {
            self.bad_names.push(BadName::Twice(name));
            return;
        }
        if !self.bad_names.is_empty() || !self.arguments.filter.keeps(&name) {
            return;
        }
        self.selected += 1;
        match self.arguments.mode {
            Mode::List => say(format_args!("{name}: benchmark")),
            Mode::Test => self.test(name, operation),
            Mode::Measure | Mode::Discard => self.measure(name, operation),
            Mode::Help | Mode::Nothing { .. } => {}
        }
    }

    fn test(&mut self, name: String, operation: &mut dyn FnMut() -> Operation) {
        let outcome = catch_unwind(AssertUnwindSafe(operation));
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        self.print(format_args!("test {name} ... {word}"));
        if outcome.is_err() {
            self.panicked.push(name);
        }
    }

    fn measure(&mut self, name: String, operation: &mut dyn FnMut() -> Operation) {
        let plan = self.arguments.plan;
        let repeats = catch_unwind(AssertUnwindSafe(|| measure::repeats(plan, operation)));
        match repeats {
            Ok(repeats) => {
                let records = results::records(&name, &repeats);
                self.print(format_args!("{}", table::line(&name, &records)));
                self.measured.insert(name, records);
            }
            Err(_) => {
                self.print(format_args!("{name:<44} panicked"));
                self.panicked.push(name);
            }
        }
    }

    fn print(&self, line: Text<'_>) {
        match self.arguments.table {
            Table::Shown => say(line),
            Table::Quiet => {}
        }
    }

    fn finish(self, surroundings: &Surroundings) -> ExitCode {
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

fn fail(message: Text<'_>) -> ExitCode {
    complain(message);
    ExitCode::from(EXIT_ERROR)
}

fn complain(message: Text<'_>) {
    to_stderr(format_args!("bench-meter: {message}"));
}

fn note(message: Text<'_>) {
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
