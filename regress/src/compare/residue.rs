//! What nobody asked for, and in which results differ all the same that meet in one row.

use std::collections::HashSet;

use crate::select::{FULL_NAME, Key, Name, Projection};

/// What to say of results of one row that have these keys of the residue; `None` where all of them are alike.
///
/// The whole name is taken apart: what differs in it is mostly a part that has a key of its own.
pub(super) fn told(residue: &Projection, keys: &[Key]) -> Option<String> {
    let names = residue.field_names();
    let values_of = |field: &str| {
        let place = names.iter().position(|name| *name == field);
        distinct(keys.iter().filter_map(|key| Some(*residue.values(*key).get(place?)?)))
    };
    let mut differing: Vec<(String, Vec<&str>)> = Vec::new();
    for field in residue.varying(keys.iter()) {
        match field {
            FULL_NAME => differing.extend(parts(values_of(FULL_NAME))),
            field => differing.push((field.to_owned(), values_of(field))),
        }
    }
    if differing.is_empty() {
        return None;
    }
    let them = if differing.len() == 1 { "it" } else { "them" };
    let with_values: Vec<String> = differing.iter().map(|(key, values)| format!("{key} ({})", some(values))).collect();
    let keys: Vec<String> = differing.iter().map(|(key, _)| quoted(key)).collect();
    Some(format!(
        "mixes benchmarks that differ in {}; take {them} into --row or --col, or say --ignore {}",
        with_values.join(" and "),
        keys.join(",")
    ))
}

/// More keys than that are no help; chosen.
const MOST_KEYS: usize = 16;

/// A key as an expression has it.
fn quoted(key: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '/' | '_' | '-');
    if key.chars().all(is_plain) { key.to_owned() } else { format!("{key:?}") }
}

/// The keys of parts in which names differ, with their values; the whole name where these are not all, or too many.
fn parts(names: Vec<&str>) -> Vec<(String, Vec<&str>)> {
    let keys = names.iter().flat_map(|name| name.split('/').skip(1));
    let keys = distinct(keys.filter_map(|part| Some(part.split_once('=')?.0)).filter(|key| !key.is_empty()));
    if MOST_KEYS < keys.len() {
        return vec![(FULL_NAME.to_owned(), names)];
    }
    let mut differing: Vec<(String, Vec<&str>)> = keys
        .into_iter()
        .map(|key| format!("/{key}"))
        .map(|key| {
            let values = distinct(names.iter().map(|name| Name::new(name).part(&key)));
            (key, values)
        })
        .filter(|(_, values)| values.len() > 1)
        .collect();
    let taken: Vec<String> = differing.iter().map(|(key, _)| key.clone()).collect();
    let first = names.first().map(|name| Name::new(name).without(&taken, &[]));
    let differs = |name: &&str| Some(Name::new(name).without(&taken, &[])) != first;
    if names.iter().any(differs) {
        differing = vec![(FULL_NAME.to_owned(), names)];
    }
    differing
}

fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    texts.filter(|text| seen.insert(*text)).collect()
}

/// The first few, and how many more there are.
fn some(values: &[&str]) -> String {
    /// Chosen: enough to see what is meant.
    const NAMED: usize = 3;
    let shown = values.iter().take(NAMED).map(|value| if value.is_empty() { "none" } else { value });
    let shown = shown.collect::<Vec<_>>().join(", ");
    match values.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_into_the_keys_in_which_they_differ() {
        #[track_caller]
        fn check(names: &[&str], expected: &[(&str, &[&str])]) {
            let found = parts(names.to_vec());
            let found: Vec<(&str, &[&str])> = found.iter().map(|(key, values)| (&**key, &**values)).collect();
            assert_eq!(found, expected);
        }
        check(
            &["*/format=json/size=1k-8", "*/format=gob/size=1k-8", "*/format=gob/size=2k-8"],
            &[("/format", &["json", "gob"]), ("/size", &["1k", "2k"])],
        );
        check(&["*/size=1k", "*"], &[("/size", &["1k", ""])]);
        check(&["*/concat/n=1", "*/builder/n=1"], &[(".fullname", &["*/concat/n=1", "*/builder/n=1"])]);
        check(&["*/n=1-4", "*/n=1-8"], &[(".fullname", &["*/n=1-4", "*/n=1-8"])]);
        assert_eq!(some(&["a", "", "c", "d", "e"]), "a, none, c and 2 more");
    }
}
