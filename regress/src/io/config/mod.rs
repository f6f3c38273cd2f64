//! `regress.toml`: the bytes → [`Settings`], every problem with its line.

mod compare;
mod edit;
mod entries;

pub use edit::{Change, ConfigFile, file_of, place_of_first};

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::error::Failure;
use super::machine::today;
use super::project::{CONFIG, Project};
use super::units::{self, UnitRule};
use crate::compare::Options;
use crate::policy::{Aliases, Budgets, Day, Entry, EntryError, Policy, Profile, Waivers, did_you_mean};
use entries::{Lines, error_at, fields, read_entries};

/// What `regress.toml` says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How to compare.
    pub options: Options,
    /// What must hold, and what is excused.
    pub policy: Policy,
    /// Which benchmarks were renamed.
    pub aliases: Aliases,
    /// What criterion's numbers are where they are no times.
    pub units: Vec<UnitRule>,
    /// The names of its profiles, in order.
    pub profiles: Vec<String>,
    /// The file, as the user would type it. `None`: there is none, the built-in rules hold.
    pub path: Option<String>,
}

/// What the gate is used for, and when.
#[derive(Clone, Debug)]
pub struct Occasion<'a> {
    /// The profile that is chosen.
    pub profile: Option<&'a str>,
    /// The day that waivers are held against.
    pub today: Day,
}

impl Occasion<'_> {
    /// Nothing in particular, today.
    pub fn plain() -> Occasion<'static> {
        Occasion { profile: None, today: today() }
    }
}

/// The configuration file: `wanted`, else the `regress.toml` of the nearest directory upwards.
pub fn find(wanted: Option<&Path>, project: &Project) -> Option<PathBuf> {
    match wanted {
        Some(path) => Some(path.to_owned()),
        None => project.directory.ancestors().map(|directory| directory.join(CONFIG)).find(|path| path.is_file()),
    }
}

/// Reads the configuration file; without one the built-in rules hold.
///
/// # Errors
/// All that is wrong with it, each with its line; a profile that it does not have.
pub fn load(path: Option<&Path>, project: &Project, occasion: &Occasion<'_>) -> Result<Settings, Failure> {
    let Some(path) = path else {
        return match occasion.profile {
            Some(name) => Err(no_profile(name, None, &[])),
            None => Ok(Settings {
                options: Options::default(),
                policy: Policy::from(Budgets::built_in()),
                aliases: Aliases::default(),
                units: Vec::new(),
                profiles: Vec::new(),
                path: None,
            }),
        };
    };
    let shown = project.shown(path);
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("{shown}: {error}"), "check the path, or leave --config out"))?;
    parse(&text, &shown, occasion)
}

fn parse(text: &str, shown: &str, occasion: &Occasion<'_>) -> Result<Settings, Failure> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.number(span.start));
        let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
        Failure::new(format!("{shown}:{line}: {message}"), "the file has to be TOML: https://toml.io")
    })?;
    let mut errors = Vec::new();
    let sections = Sections::read(table.get_ref(), &lines, &mut errors);
    let mut or_told = |problems: Vec<EntryError>| errors.extend(problems);
    let budgets = Budgets::from_entries(&sections.budgets).map_err(&mut or_told).ok();
    let known = budgets.clone().unwrap_or_else(Budgets::built_in);
    let profiles = Profile::from_entries(&sections.profiles, &known).map_err(&mut or_told).unwrap_or_default();
    let waivers = Waivers::from_entries(&sections.waivers, &known, occasion.today).map_err(&mut or_told).ok();
    let aliases = Aliases::from_entries(&sections.aliases).map_err(&mut or_told).unwrap_or_default();
    let units = units::rules(&sections.units).map_err(&mut or_told).unwrap_or_default();
    errors.sort_by_key(|error| error.line_number);
    let (Some(budgets), Some(waivers), []) = (budgets, waivers, &errors[..]) else {
        return Err(Failure::of_config(shown, &errors));
    };
    let names: Vec<String> = profiles.iter().filter_map(|profile| Some(profile.name.as_ref()?.to_string())).collect();
    let profile = chosen(profiles, &names, occasion, shown)?;
    let mut options = sections.options;
    if let Some(confidence) = profile.confidence {
        options.confidence = confidence;
        options.alpha = profile.alpha().unwrap_or(options.alpha);
    }
    let policy = Policy { budgets, profile, waivers };
    Ok(Settings { options, policy, aliases, units, profiles: names, path: Some(shown.to_owned()) })
}

fn chosen(profiles: Vec<Profile>, names: &[String], occasion: &Occasion<'_>, shown: &str) -> Result<Profile, Failure> {
    let Some(name) = occasion.profile else { return Ok(Profile::standard()) };
    let is_chosen = |profile: &Profile| profile.name.as_deref() == Some(name);
    profiles.into_iter().find(is_chosen).ok_or_else(|| no_profile(name, Some(shown), names))
}

fn no_profile(name: &str, shown: Option<&str>, names: &[String]) -> Failure {
    let meant = did_you_mean(name, names.iter().map(String::as_str));
    let next_step = match (shown, names.is_empty()) {
        (Some(_), false) => format!("{meant}there are: {}", names.join(", ")),
        (Some(_), true) => format!("add [profile.{name}] with what it says, for example: unproven = \"pass\""),
        (None, _) => format!("write a regress.toml with [profile.{name}], or leave --profile out"),
    };
    let place = shown.map_or_else(|| "there is no regress.toml, and so".to_owned(), |shown| format!("{shown}:"));
    Failure::new(format!("{place} no profile `{name}`"), next_step)
}

/// The file, taken apart.
#[derive(Default)]
struct Sections {
    options: Options,
    budgets: Vec<Entry>,
    waivers: Vec<Entry>,
    aliases: Vec<Entry>,
    units: Vec<Entry>,
    /// With their names.
    profiles: Vec<(String, Entry)>,
}

/// What can stand in the file, and in which shape.
const SHAPES: &[(&str, &str)] = &[
    ("compare", "[compare]"),
    ("budget", "[[budget]]"),
    ("profile", "[profile.NAME]"),
    ("waiver", "[[waiver]]"),
    ("alias", "[[alias]]"),
    ("unit", "[[unit]]"),
];

impl Sections {
    fn read(table: &DeTable<'_>, lines: &Lines, errors: &mut Vec<EntryError>) -> Sections {
        let mut sections = Sections::default();
        for (key, value) in table {
            let line_number = lines.number(key.span().start);
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("budget", DeValue::Array(all)) => sections.budgets = read_entries("budget", all.iter(), lines, errors),
                ("waiver", DeValue::Array(all)) => sections.waivers = read_entries("waiver", all.iter(), lines, errors),
                ("alias", DeValue::Array(all)) => sections.aliases = read_entries("alias", all.iter(), lines, errors),
                ("unit", DeValue::Array(all)) => sections.units = read_entries("unit", all.iter(), lines, errors),
                ("compare", DeValue::Table(settings)) => {
                    compare::read_options(settings, &mut sections.options, lines, errors);
                }
                ("profile", DeValue::Table(profiles)) => sections.profiles = read_profiles(profiles, lines, errors),
                (name, other) => errors.push(error_at(line_number, unexpected(name, other), next_step(name))),
            }
        }
        sections
    }
}

fn unexpected(name: &str, found: &DeValue<'_>) -> String {
    match SHAPES.iter().find(|(known, _)| *known == name) {
        Some((_, shape)) => format!("`{name}` is {}; wanted {shape}", kind(found)),
        None => format!("unknown key `{name}`"),
    }
}

/// What a value is, with its article.
fn kind(value: &DeValue<'_>) -> String {
    let kind = value.type_str();
    let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" }; // an array, an integer
    format!("{article} {kind}")
}

fn next_step(name: &str) -> String {
    match name {
        "budget" | "compare" => "`regress budget rules` shows what can stand in one".to_owned(),
        "unit" => "for example: [[unit]] benchmark = \"allocs/*\" unit = \"count\"".to_owned(),
        "profile" => "for example: [profile.pr] unproven = \"pass\"".to_owned(),
        "alias" => "for example: [[alias]] from = \"sort/small\" to = \"sort/n100\"".to_owned(),
        "waiver" => "it has benchmark, metric, ceiling, reason, issue, owner and expires".to_owned(),
        unknown => {
            let meant = did_you_mean(unknown, SHAPES.iter().map(|(known, _)| *known));
            format!("{meant}known: {}", SHAPES.iter().map(|(_, shape)| *shape).collect::<Vec<_>>().join(", "))
        }
    }
}

fn read_profiles(table: &DeTable<'_>, lines: &Lines, errors: &mut Vec<EntryError>) -> Vec<(String, Entry)> {
    let mut profiles = Vec::new();
    for (name, value) in table {
        let line_number = lines.number(name.span().start);
        match value.get_ref() {
            DeValue::Table(keys) => {
                profiles.push((name.get_ref().to_string(), Entry { line_number, fields: fields(keys, lines) }));
            }
            other => {
                let problem = format!("`profile.{}` is {}; wanted [profile.NAME]", name.get_ref(), kind(other));
                errors.push(error_at(line_number, problem, next_step("profile")));
            }
        }
    }
    profiles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn occasion() -> Occasion<'static> {
        Occasion { profile: None, today: Day::parse("2026-11-21").unwrap() }
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let failure = parse(text, "regress.toml", &occasion()).expect_err("the text is wrong");
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
            &["regress.toml:1: `budget` is an integer; wanted [[budget]]", "regress.toml:2: unknown key `budgets`"],
        );
    }
}
