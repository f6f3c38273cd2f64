use toml::de::{DeTable, DeValue};

use super::entries::{Lines, error_at};
use crate::compare::{Correction, Options};
use crate::policy::{EntryError, did_you_mean};
use crate::unit::parse_percent;

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

/// Reads `[compare]` into options.
pub(super) fn read_options(table: &DeTable<'_>, options: &mut Options, lines: &Lines, errors: &mut Vec<EntryError>) {
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
