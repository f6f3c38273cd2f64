use serde_json::Value;

/// A place in which a document is not what is recomputed.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where: `course[sort/small allocs].new`.
    pub place: String,
    /// What the document says; `nothing` where it says nothing.
    pub signed: String,
    /// What the inputs say.
    pub recomputed: String,
}

/// Every place in which `signed` is not `recomputed`, in the order of the document.
///
/// Rows of lists are told by their names where they have some, not by their numbers: one that was taken out does not
/// make all that follow differ.
pub fn differences(signed: &Value, recomputed: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", Some(signed), Some(recomputed), &mut found);
    found
}

fn compare(place: &str, signed: Option<&Value>, recomputed: Option<&Value>, found: &mut Vec<Difference>) {
    match (signed, recomputed) {
        (signed, recomputed) if signed == recomputed => {}
        (Some(Value::Object(signed)), Some(Value::Object(recomputed))) => {
            let only_recomputed = recomputed.keys().filter(|key| !signed.contains_key(*key));
            for key in signed.keys().chain(only_recomputed) {
                let below = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                compare(&below, signed.get(key), recomputed.get(key), found);
            }
        }
        (Some(Value::Array(signed)), Some(Value::Array(recomputed))) => {
            let (named_signed, named_recomputed) = (named(signed), named(recomputed));
            let only_recomputed = named_recomputed.iter().filter(|(name, _)| get(&named_signed, name).is_none());
            for (name, value) in named_signed.iter().chain(only_recomputed) {
                let (before, after) = match get(&named_signed, name) {
                    Some(_) => (Some(*value), get(&named_recomputed, name)),
                    None => (None, Some(*value)),
                };
                compare(&format!("{place}[{name}]"), before, after, found);
            }
            let order = |rows: &[(String, &Value)]| rows.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            let is_same_set = signed.len() == recomputed.len();
            if is_same_set
                && order(&named_signed) != order(&named_recomputed)
                && same_names(&named_signed, &named_recomputed)
            {
                let words = |rows: &[(String, &Value)]| order(rows).join(", ");
                found.push(Difference {
                    place: format!("{place}, in its order"),
                    signed: words(&named_signed),
                    recomputed: words(&named_recomputed),
                });
            }
        }
        (signed, recomputed) => {
            found.push(Difference { place: place.to_owned(), signed: words(signed), recomputed: words(recomputed) });
        }
    }
}

fn same_names(signed: &[(String, &Value)], recomputed: &[(String, &Value)]) -> bool {
    signed.iter().all(|(name, _)| get(recomputed, name).is_some())
}

fn get<'v>(rows: &[(String, &'v Value)], name: &str) -> Option<&'v Value> {
    rows.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
}

/// Each element with its name; with its number where it has none, or shares it.
fn named(values: &[Value]) -> Vec<(String, &Value)> {
    let names: Vec<Option<String>> = values.iter().map(name).collect();
    let is_alone = |name: &String| names.iter().filter(|other| other.as_ref() == Some(name)).count() == 1;
    let chosen = names.iter().enumerate().map(|(index, name)| match name {
        Some(name) if is_alone(name) => name.clone(),
        Some(_) | None => index.to_string(),
    });
    chosen.zip(values).collect()
}

fn name(value: &Value) -> Option<String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    match (text("benchmark"), text("metric")) {
        (Some(benchmark), Some(metric)) => Some(format!("{benchmark} {metric}")),
        _ => ["check", "path", "metric", "rule", "reason"].into_iter().find_map(text).map(str::to_owned),
    }
}

fn words(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(signed: &str, recomputed: &str, expected: &[(&str, &str, &str)]) {
        let value = |text| serde_json::from_str::<Value>(text).unwrap();
        let found = differences(&value(signed), &value(recomputed));
        let found: Vec<(&str, &str, &str)> =
            found.iter().map(|found| (&*found.place, &*found.signed, &*found.recomputed)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_differs_is_told_by_its_name() {
        check(r#"{"a": 1}"#, r#"{"a": 1}"#, &[]);
        check(r#"{"a": {"b": 1}}"#, r#"{"a": {"b": 2}}"#, &[("a.b", "1", "2")]);
        check(r#"{"a": 1}"#, r#"{"b": 1}"#, &[("a", "1", "nothing"), ("b", "nothing", "1")]);
        let row = |name: &str, new: u8| format!(r#"{{"benchmark": "{name}", "metric": "allocs", "new": {new}}}"#);
        check(
            &format!("[{}, {}]", row("x", 1), row("y", 2)),
            &format!("[{}]", row("y", 3)),
            &[
                ("[x allocs]", &row("x", 1).replace(": ", ":").replace(", ", ","), "nothing"),
                ("[y allocs].new", "2", "3"),
            ],
        );
        check("[1, 2]", "[1, 3]", &[("[1]", "2", "3")]);
        check(
            r#"[{"check": "a"}, {"check": "b"}]"#,
            r#"[{"check": "b"}, {"check": "a"}]"#,
            &[("", "a, b", "b, a")].map(|(_, a, b)| (", in its order", a, b)),
        );
    }
}
