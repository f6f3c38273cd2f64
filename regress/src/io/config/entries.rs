use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::policy::{Day, Entry, EntryError, Field, Value};

/// The entries of an array of tables: `[[budget]]`, `[[waiver]]`, `[[unit]]`.
pub(super) fn read_entries<'a, 'i: 'a>(
    kind: &str,
    budgets: impl Iterator<Item = &'a Spanned<DeValue<'i>>>,
    lines: &Lines,
    errors: &mut Vec<EntryError>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for budget in budgets {
        let line_number = lines.number(budget.span().start);
        let DeValue::Table(table) = budget.get_ref() else {
            let problem = format!("every `{kind}` has to be a table");
            errors.push(error_at(line_number, problem, format!("write [[{kind}]] and its keys below")));
            continue;
        };
        entries.push(Entry { line_number, fields: fields(table, lines) });
    }
    entries
}

/// The keys of a table, in the order of the file.
pub(super) fn fields(table: &DeTable<'_>, lines: &Lines) -> Vec<Field> {
    let field = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| Field {
        key: key.get_ref().to_string(),
        value: read_value(value.get_ref(), lines),
        line_number: lines.number(key.span().start),
    };
    let mut fields: Vec<Field> = table.iter().map(field).collect();
    fields.sort_by_key(|field| field.line_number);
    fields
}

fn read_value(value: &DeValue<'_>, lines: &Lines) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Integer(integer) => {
            let parsed = i64::from_str_radix(integer.as_str(), integer.radix());
            parsed.map_or(Value::Other("a number beyond 64 bits"), Value::Integer)
        }
        DeValue::Float(float) => {
            float.as_str().parse().map_or(Value::Other("a number that cannot be read"), Value::Fraction)
        }
        DeValue::Datetime(when) => {
            Day::parse(&when.to_string()).map_or(Value::Other("a day with a time, or a time alone"), Value::Day)
        }
        DeValue::Array(_) => Value::Other("an array"),
        DeValue::Table(table) => Value::Table(fields(table, lines)),
    }
}

/// A problem of a line.
pub(super) fn error_at(line_number: usize, problem: impl Into<String>, next_step: impl Into<String>) -> EntryError {
    EntryError { line_number, problem: problem.into(), next_step: next_step.into() }
}

/// Where the lines of a text begin.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    /// Of a whole text.
    pub fn of(text: &str) -> Lines {
        Lines(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The line, from 1, that holds this byte.
    pub fn number(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }
}
