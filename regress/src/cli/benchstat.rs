use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Write;

use super::args::BenchstatArgs;
use super::{Exit, Stop};
use crate::compare::tables::{Criteria, Gathered, Measured};
use crate::formats::go_text::scan::{Said, Scan, Scanner, Unit};
use crate::formats::go_text::tidy;
use crate::formats::{Problem, Problems, ReadError};
use crate::io::{self as world, Failure};
use crate::report::{benchstat, visible};
use crate::select::{Filter, Language, Projections, Subject, SyntaxError, Wanted};

pub(super) fn run(args: &BenchstatArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<Exit, Stop> {
    let (filter, projections) = match expressions(args) {
        Ok(expressions) => expressions,
        Err((option, error)) => {
            writeln!(errors, "benchstat: parsing -{option}: {error}")?;
            return Ok(Exit::COULD_NOT);
        }
    };
    if let Err(problem) = check_options(args) {
        writeln!(errors, "benchstat: {problem}")?;
        return Ok(Exit::COULD_NOT);
    }
    let inputs = inputs(&args.inputs);
    let paths: Vec<&str> = inputs.iter().map(|input| input.path).collect();
    let (scans, unreadable) = scans(&paths)?;

    let mut units = UnitPromises::default();
    let mut gathered = Gathered::new(filter, projections);
    for (input, (scan, has_byte_order_mark)) in inputs.iter().zip(scans) {
        if has_byte_order_mark {
            let path = visible(input.path);
            writeln!(
                errors,
                "regress: {path} begins with a byte order mark; like benchstat, this passes over its line"
            )?;
        }
        tell_notes(input.path, &scan, &mut units, errors)?;
        gather(&input.label, scan, &mut gathered);
    }
    if !unreadable.is_empty() {
        tell_unreadable(&unreadable, errors)?;
        return Ok(Exit::COULD_NOT);
    }
    let is_exact = |unit: &str| units.is_exact(unit);
    let criteria = Criteria { confidence: args.confidence, alpha: args.alpha, is_exact: &is_exact };
    let tables = gathered.tables(&criteria);
    match &*args.format {
        "csv" => benchstat::csv(&tables, out, errors)?,
        _ => benchstat::text(&tables, out)?,
    }
    out.flush()?;
    tell_defects(tables.defects(), errors)?;
    // The program ends with this. To give back ten thousands of rows one by one takes longer than to print them.
    std::mem::forget(tables);
    Ok(Exit::FINE)
}

/// What stands in a file, and whether it begins with a byte order mark.
type Opened = (Scan, bool);

/// The files before the first that cannot be opened or read; and why that one and others cannot.
///
/// # Errors
/// Everything that is wrong, once a file can be read and not be used.
fn scans(paths: &[&str]) -> Result<(Vec<Opened>, Problems), Failure> {
    let read = world::read_lines(paths, |path, pieces| {
        let mut scanner = Scanner::new(path);
        let mut has_byte_order_mark = None;
        while let Some(piece) = pieces.read_on()? {
            has_byte_order_mark.get_or_insert(piece.starts_with(BYTE_ORDER_MARK));
            scanner.take(piece)?;
        }
        Ok((scanner.finish()?, has_byte_order_mark == Some(true)))
    })?;
    let (mut scans, mut problems) = (Vec::new(), Problems::default());
    for of_file in read {
        match of_file {
            Ok(scan) if problems.is_empty() => scans.push(scan),
            Ok(_) => {}
            Err(of_file) => problems.absorb(of_file),
        }
    }
    match problems.iter().all(|error| matches!(error.problem, Problem::Unreadable { .. })) {
        true => Ok((scans, problems)),
        false => Err(Failure::of_problems(&problems)),
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

fn expressions(args: &BenchstatArgs) -> Result<(Filter, Projections), (&'static str, SyntaxError)> {
    let filter = Filter::new(&args.filter, Language::Benchstat).map_err(|error| ("filter", error))?;
    let wanted = Wanted { table: &args.table, row: &args.row, column: &args.col, ignore: &args.ignore };
    Ok((filter, Projections::new(&wanted, Language::Benchstat)?))
}

/// # Errors
/// What benchstat says of a flag with a value that cannot be.
fn check_options(args: &BenchstatArgs) -> Result<(), &'static str> {
    let is_probability = |number| (0.0..=1.0).contains(&number);
    match () {
        () if !is_probability(args.alpha) => Err("-alpha must be in range [0, 1]"),
        () if !is_probability(args.confidence) => Err("-confidence must be in range [0, 1]"),
        () if !["text", "csv"].contains(&&*args.format) => Err("-format must be text or csv"),
        () => Ok(()),
    }
}

/// A file, and what to call it.
struct Input<'a> {
    path: &'a str,
    label: String,
}

/// What comes before `=` is a label, whatever it is. A path that is named twice gets a number.
fn inputs(arguments: &[String]) -> Vec<Input<'_>> {
    let is_same = |other: &&String, path: &str| **other == path;
    let mut inputs: Vec<Input> = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        inputs.push(match argument.split_once('=') {
            Some((label, path)) => Input { path, label: label.to_owned() },
            None if arguments.iter().filter(|other| is_same(other, argument)).count() == 1 => {
                Input { path: argument, label: argument.clone() }
            }
            None => {
                let number = arguments[..index].iter().filter(|other| is_same(other, argument)).count();
                Input { path: argument, label: format!("{argument}#{number}") }
            }
        });
    }
    inputs
}

fn gather(file: &str, scan: Scan, gathered: &mut Gathered) {
    let Scan { settings, benches, series, units, .. } = scan;
    let settings: Vec<Vec<(&str, &str)>> =
        settings.iter().map(|state| state.iter().map(|(key, value)| (&**key, &**value)).collect()).collect();
    let mut series = series.into_iter().peekable();
    while let Some(index) = series.peek().map(|series| series.bench) {
        let bench = &benches[index];
        let subject = Subject::of_go(file, &bench.name, &settings[bench.settings]);
        let of_bench = std::iter::from_fn(|| series.next_if(|series| series.bench == index));
        gathered.add(
            &subject,
            of_bench.map(|series| {
                let Unit { written, tidied, .. } = &units[series.unit];
                let unit = if series.is_tidied { tidied } else { written };
                Measured { unit, written, values: series.values }
            }),
        );
    }
}

/// What `Unit` lines of all files say: of each unit and key the first.
#[derive(Default)]
struct UnitPromises(HashMap<(String, String), String>);

impl UnitPromises {
    /// # Errors
    /// What the unit promised before, when it was something else.
    fn take(&mut self, unit: &str, key: &str, value: &str) -> Result<(), &str> {
        let promise = (tidy(unit).0.into_owned(), key.to_owned());
        let first = self.0.entry(promise).or_insert_with(|| value.to_owned());
        if first == value { Ok(()) } else { Err(first) }
    }

    fn is_exact(&self, unit: &str) -> bool {
        let promise = (tidy(unit).0.into_owned(), "assume".to_owned());
        self.0.get(&promise).is_some_and(|value| value == "exact")
    }
}

/// Says which lines are left out, in benchstat's words.
fn tell_notes(path: &str, scan: &Scan, units: &mut UnitPromises, errors: &mut dyn Write) -> std::io::Result<()> {
    for note in &scan.notes {
        let problem = match &note.what {
            Said::LeftOut(why) => (*why).to_owned(),
            Said::Promise { unit, key, value } => match units.take(unit, key, value) {
                Ok(()) => continue,
                Err(first) => format!("metadata {key} of unit {unit} already set to {first}"),
            },
        };
        writeln!(errors, "{}:{}: {}", visible(path), note.line_number, visible(&problem))?;
    }
    Ok(())
}

/// In benchstat's words; it stops at the first.
fn tell_unreadable(unreadable: &[ReadError], errors: &mut dyn Write) -> std::io::Result<()> {
    for ReadError { path, problem, .. } in unreadable {
        let reason = problem.to_string();
        let reason = reason.split_once(" (os error").map_or(&*reason, |(reason, _)| reason);
        // The system begins its reasons with a capital, Go does not.
        let (first, rest) = reason.split_at(reason.chars().next().map_or(0, char::len_utf8));
        let reason = first.to_lowercase() + rest;
        writeln!(errors, "benchstat: open {}: {}", visible(path), visible(&reason))?;
    }
    Ok(())
}

fn tell_defects(defects: usize, errors: &mut dyn Write) -> std::io::Result<()> {
    let of = match defects {
        0 => return Ok(()),
        1 => "of 1 comparison".to_owned(),
        many => format!("of {many} comparisons"),
    };
    writeln!(
        errors,
        "regress: benchstat's p {of} is no probability: with ties on sides of different size it doubles one of two \
         different tails, and prints nothing for 0 or a number above 1\n  `regress compare` counts both tails"
    )
}

/// benchstat's flags, with one dash or two, as ours: with two, and the value behind `=`. The first argument that is none
/// ends them, as in Go. Arguments of other commands stay as they are.
pub(super) fn with_long_flags(arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_none_or(|command| command != "benchstat") {
        return arguments;
    }
    let mut arguments = arguments.into_iter();
    let mut long: Vec<OsString> = arguments.by_ref().take(2).collect();
    while let Some(argument) = arguments.next() {
        let flag = argument.to_str().and_then(|text| text.strip_prefix('-')).filter(|flag| !flag.is_empty());
        match flag.map(|flag| flag.strip_prefix('-').unwrap_or(flag)) {
            Some("") => break,
            Some(help @ ("h" | "help")) => long.push(if help == "h" { "-h".into() } else { "--help".into() }),
            Some(flag) => {
                let mut text = OsString::from(format!("--{flag}"));
                if !flag.contains('=')
                    && let Some(value) = arguments.next()
                {
                    text.push("=");
                    text.push(value);
                }
                long.push(text);
            }
            None => {
                long.extend(["--".into(), argument]);
                long.extend(arguments);
                return long;
            }
        }
    }
    long.push("--".into());
    long.extend(arguments);
    long
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_one_dash_or_two() {
        #[track_caller]
        fn check(arguments: &str, expected: &str) {
            let arguments = arguments.split(' ').map(OsString::from).collect();
            let long: Vec<String> =
                with_long_flags(arguments).into_iter().map(|argument| argument.into_string().unwrap()).collect();
            assert_eq!(long.join(" "), expected);
        }
        check("regress compare -col x", "regress compare -col x");
        check("regress benchstat -col /x a b", "regress benchstat --col=/x -- a b");
        check("regress benchstat --alpha 1 -col=/x a", "regress benchstat --alpha=1 --col=/x -- a");
        check("regress benchstat -filter -x:y - -col", "regress benchstat --filter=-x:y -- - -col");
        check("regress benchstat -- -a", "regress benchstat -- -a");
        check("regress benchstat -h", "regress benchstat -h --");
        check("regress benchstat -col", "regress benchstat --col --");
    }

    #[test]
    fn inputs_have_labels() {
        let arguments: Vec<String> = ["a", "x=b", "a", "y=a", "=c"].map(str::to_owned).to_vec();
        let inputs: Vec<(&str, String)> =
            inputs(&arguments).into_iter().map(|input| (input.path, input.label)).collect();
        let expected = [("a", "a#0"), ("b", "x"), ("a", "a#1"), ("a", "y"), ("c", "")];
        assert_eq!(inputs, expected.map(|(path, label)| (path, label.to_owned())));
    }
}
