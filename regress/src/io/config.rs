use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::Failure;
use super::project::Project;
use super::units::{self, UnitRule};
use crate::compare::{Correction, Options};
use crate::policy::{Budgets, Entry, EntryError, Field, Value, did_you_mean};
use crate::unit::parse_percent;

/// What `regress.toml` says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How to compare.
    pub options: Options,
    /// What must hold.
    pub budgets: Budgets,
    /// What criterion's numbers are where they are no times.
    pub units: Vec<UnitRule>,
    /// The file, as the user would type it. `None`: there is none, the built-in rules hold.
    pub path: Option<String>,
}

/// The configuration file: `wanted`, else the `regress.toml` of the nearest directory upwards.
pub fn find(wanted: Option<&Path>, project: &Project) -> Option<PathBuf> {
    match wanted {
        Some(path) => Some(path.to_owned()),
        None => {
            project.directory.ancestors().map(|directory| directory.join("regress.toml")).find(|path| path.is_file())
        }
    }
}

/// Reads the configuration file; without one the built-in rules hold.
///
/// # Errors
/// All that is wrong with it, each with its line.
pub fn load(path: Option<&Path>, project: &Project) -> Result<Settings, Failure> {
    let Some(path) = path else {
        return Ok(Settings {
            options: Options::default(),
            budgets: Budgets::built_in(),
            units: Vec::new(),
            path: None,
        });
    };
    let shown = project.shown(path);
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("{shown}: {error}"), "check the path, or leave --config out"))?;
    parse(&text, &shown)
}

fn parse(text: &str, shown: &str) -> Result<Settings, Failure> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.number(span.start));
        let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
        Failure::new(format!("{shown}:{line}: {message}"), "the file has to be TOML: https://toml.io")
    })?;
    let mut errors = Vec::new();
    let mut options = Options::default();
    let (mut entries, mut units) = (Vec::new(), Vec::new());
    for (key, value) in table.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("budget", DeValue::Array(budgets)) => {
                entries = read_entries("budget", budgets.iter(), &lines, &mut errors)
            }
            ("unit", DeValue::Array(rules)) => units = read_entries("unit", rules.iter(), &lines, &mut errors),
            ("compare", DeValue::Table(settings)) => read_options(settings, &mut options, &lines, &mut errors),
            ("unit", other) => {
                let problem = format!("`unit` is a {}; wanted [[unit]]", other.type_str());
                let next_step = "for example: [[unit]] benchmark = \"allocs/*\" unit = \"count\"";
                errors.push(error_at(lines.number(key.span().start), problem, next_step));
            }
            (known @ ("budget" | "compare"), other) => {
                let shape = if known == "budget" { "[[budget]]" } else { "[compare]" };
                let problem = format!("`{known}` is a {}; wanted {shape}", other.type_str());
                errors.push(error_at(
                    lines.number(key.span().start),
                    problem,
                    "`regress budget rules` shows what can stand in one",
                ));
            }
            (unknown, _) => {
                let problem = format!("unknown key `{unknown}`");
                let meant = did_you_mean(unknown, ["budget", "compare", "unit"].into_iter());
                let next_step = format!("{meant}known: [compare], [[budget]], [[unit]]");
                errors.push(error_at(lines.number(key.span().start), problem, next_step));
            }
        }
    }
    let budgets = match Budgets::from_entries(&entries) {
        Ok(budgets) => Some(budgets),
        Err(problems) => {
            errors.extend(problems);
            None
        }
    };
    let units = units::rules(&units).unwrap_or_else(|problems| {
        errors.extend(problems);
        Vec::new()
    });
    errors.sort_by_key(|error| error.line_number);
    match budgets.filter(|_| errors.is_empty()) {
        Some(budgets) => Ok(Settings { options, budgets, units, path: Some(shown.to_owned()) }),
        None => Err(Failure::of_config(shown, &errors)),
    }
}

fn read_entries<'a, 'i: 'a>(
    kind: &str,
    budgets: impl Iterator<Item = &'a Spanned<DeValue<'i>>>,
    lines: &Lines,
    errors: &mut Vec<EntryError>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for budget in budgets {
        let line_number = lines.number(budget.span().start);
        let DeValue::Table(table) = budget.get_ref() else {
            let problem = format!("a {kind} has to be a table");
            errors.push(error_at(line_number, problem, format!("write [[{kind}]] and its keys below")));
            continue;
        };
        let mut fields: Vec<Field> = table
            .iter()
            .map(|(key, value)| Field {
                key: key.get_ref().to_string(),
                value: read_value(value.get_ref()),
                line_number: lines.number(key.span().start),
            })
            .collect();
        fields.sort_by_key(|field| field.line_number);
        entries.push(Entry { line_number, fields });
    }
    entries
}

fn read_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Integer(integer) => {
            let parsed = i64::from_str_radix(integer.as_str(), integer.radix());
            parsed.map_or(Value::Other("a number beyond 64 bits"), Value::Integer)
        }
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(_) => Value::Other("an array"),
        DeValue::Table(_) => Value::Other("a table"),
    }
}

/// A setting of `[compare]`: its name and how its text changes the options.
type Setting = (&'static str, &'static str, fn(&mut Options, &str) -> Result<(), String>);

const SETTINGS: &[Setting] = &[
    ("between_runs", "\"+75%\"", |options, text| {
        options.between_runs = growth(text)?;
        Ok(())
    }),
    ("smallest_effect", "\"+1%\"", |options, text| {
        options.smallest_effect = growth(text)?;
        Ok(())
    }),
    ("alpha", "\"0.05\"", |options, text| {
        options.alpha = probability(text)?;
        Ok(())
    }),
    ("confidence", "\"0.95\"", |options, text| {
        options.confidence = probability(text)?;
        Ok(())
    }),
    ("correction", "\"holm\" or \"benjamini-hochberg\"", |options, text| {
        options.correction = match text {
            "holm" => Correction::Holm,
            "benjamini-hochberg" => Correction::BenjaminiHochberg,
            other => return Err(format!("`{other}` is no correction")),
        };
        Ok(())
    }),
];

fn read_options(table: &DeTable<'_>, options: &mut Options, lines: &Lines, errors: &mut Vec<EntryError>) {
    for (key, value) in table {
        let line_number = lines.number(key.span().start);
        let name = key.get_ref();
        let Some((_, example, apply)) = SETTINGS.iter().find(|(known, _, _)| name == known) else {
            let known: Vec<&str> = SETTINGS.iter().map(|(known, _, _)| *known).collect();
            errors.push(error_at(
                line_number,
                format!("unknown key `{name}` in [compare]"),
                format!("{}known keys: {}", did_you_mean(name, known.iter().copied()), known.join(", ")),
            ));
            continue;
        };
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Float(float) => float.as_str().to_owned(),
            DeValue::Integer(integer) => integer.as_str().to_owned(),
            other => other.type_str().to_owned(),
        };
        if let Err(problem) = apply(options, &text) {
            errors.push(error_at(
                line_number,
                format!("`{name}`: {problem}"),
                format!("for example: {name} = {example}"),
            ));
        }
    }
}

fn growth(text: &str) -> Result<f64, String> {
    let ratio = parse_percent(text)?;
    if ratio >= 1.0 { Ok(ratio) } else { Err(format!("`{text}` is negative")) }
}

fn probability(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if 0.0 < number && number < 1.0 { Ok(number) } else { Err(format!("`{text}` does not lie between 0 and 1")) }
}

fn error_at(line_number: usize, problem: impl Into<String>, next_step: impl Into<String>) -> EntryError {
    EntryError { line_number, problem: problem.into(), next_step: next_step.into() }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The line, from 1, that holds this byte.
    fn number(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let failure = parse(text, "regress.toml").expect_err("the text is wrong");
        let problems: Vec<&str> = failure.messages().iter().map(|message| message.problem.as_str()).collect();
        assert_eq!(problems, expected);
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        check(
            "[[budget]]\nbenchmark = \"*\"\nmetric = \"time\"\nmax_increse = 5\n",
            &["regress.toml:4: unknown key `max_increse` in [[budget]]"],
        );
        check(
            "[[budget]]\nmetric = \"allocs\"\nlimit = \"< 10\"\n",
            &["regress.toml:1: this [[budget]] names no benchmark"],
        );
        check(
            "[[budget]]\nbenchmark = \"*\"\nmetric = \"allocs\"\nlimit = \"< 10 ms\"\n",
            &[
                "regress.toml:4: `limit`: `10 ms` is in seconds (`ns`, `us`, `ms`, `s`), but allocs is measured in plain counts (no unit)",
            ],
        );
        check(
            "[[budget]]\nbenchmark = \"*\"\nmetric = \"throughput\"\nchange = \"<= +5%\"\n",
            &[
                "regress.toml:4: `change`: `<= +5%` allows every loss of throughput and forbids a gain; turn the sign round",
            ],
        );
        check(
            "[[budget]]\nbenchmark = \"a\"\nmetric = \"allocs\"\nlimit = \"== 0\"\n[[budget]]\nbenchmark = \"a\"\nmetric = \"allocs\"\nlimit = \"< 9\"\n",
            &["regress.toml:5: `limit = \"< 9\"` contradicts `\"== 0\"` of line 1 for the same benchmarks and metric"],
        );
        check("[compare]\nbetween_runs = \"-5%\"\n", &["regress.toml:2: `between_runs`: `-5%` is negative"]);
        check(
            "budget = 3\nbudgets = 4\n",
            &["regress.toml:1: `budget` is a integer; wanted [[budget]]", "regress.toml:2: unknown key `budgets`"],
        );
    }
}
