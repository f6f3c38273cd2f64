//! What all JSON readers share: looking at the first member, and turning serde's errors into ours.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::{Place, Problem, ReadError, numbers};

/// The JSON object that is the whole file, as a `T`.
///
/// * `wanted`: what the file should be, for the message: `a sample.json of criterion`.
///
/// # Errors
/// Truncated, not JSON, or JSON of another shape; with line and column.
pub(super) fn parse<'a, T: Deserialize<'a>>(
    path: &Arc<str>,
    bytes: &'a [u8],
    wanted: &'static str,
) -> Result<T, ReadError> {
    object(without_bom(bytes)).map_err(|error| refused(path, without_bom(bytes), &error, wanted))
}

/// The parts of the JSON list that is the whole file.
///
/// # Errors
/// Truncated, not JSON, or no list; with line and column.
pub(super) fn parse_list<'a>(
    path: &Arc<str>,
    bytes: &'a [u8],
    wanted: &'static str,
) -> Result<Vec<&'a RawValue>, ReadError> {
    serde_json::from_slice(without_bom(bytes)).map_err(|error| refused(path, without_bom(bytes), &error, wanted))
}

fn refused(path: &Arc<str>, bytes: &[u8], error: &serde_json::Error, wanted: &'static str) -> ReadError {
    let place = Place::Line { line_number: error.line().max(1), column_number: error.column() };
    let problem = match no_number(bytes, error) {
        Some(word) => {
            let found = format!("`{word}`, which JSON does not have");
            Problem::Syntax { found, wanted: wanted.to_owned() }
        }
        None => problem(error, wanted),
    };
    ReadError { path: path.clone(), place, problem }
}

/// The word for a number that is none, where an error came upon one: writers that do not know JSON put them in.
fn no_number(bytes: &[u8], error: &serde_json::Error) -> Option<&'static str> {
    let line = bytes.split(|byte| *byte == b'\n').nth(error.line().checked_sub(1)?)?;
    let rest = line.get(error.column().checked_sub(1)?..)?;
    ["NaN", "nan", "Infinity", "-Infinity", "inf", "-inf"].into_iter().find(|word| rest.starts_with(word.as_bytes()))
}

/// A JSON object as a `T`. serde alone would also take a list, its elements for fields by their order.
pub(super) fn object<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> serde_json::Result<T> {
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(serde::de::Error::invalid_type(Unexpected::Seq, &"an object"));
    }
    serde_json::from_slice(bytes)
}

/// What serde says, in our words.
pub(super) fn problem(error: &serde_json::Error, wanted: &'static str) -> Problem {
    if error.is_eof() {
        return Problem::Truncated { wanted: wanted.to_owned() };
    }
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(&*words, |(before, _)| before);
    let mismatch = ["invalid type: ", "invalid value: "].into_iter().find_map(|prefix| words.strip_prefix(prefix));
    if let Some((found, expected)) = mismatch.and_then(|words| words.split_once(", expected ")) {
        let expected = match expected {
            "a sequence" => "a list",
            "a map" => "an object",
            "u64" | "usize" | "u32" => "a whole number of at least 0",
            "i64" => "a whole number",
            "f64" => "a number",
            structure if structure.starts_with("struct ") => "an object",
            other => other,
        };
        return Problem::Syntax { found: found.to_owned(), wanted: format!("{expected} in {wanted}") };
    }
    if error.classify() == Category::Syntax {
        return Problem::Syntax { found: format!("what is no JSON ({words})"), wanted: wanted.to_owned() };
    }
    let found = match words.split_once(' ') {
        Some(("missing", field)) => format!("no {}", field.strip_prefix("field ").unwrap_or(field)),
        Some(("duplicate", field)) => format!("{} twice", field.strip_prefix("field ").unwrap_or(field)),
        Some(("unknown", _)) => format!("an {words}"),
        _ => words.to_owned(),
    };
    Problem::Syntax { found, wanted: wanted.to_owned() }
}

/// The finite number that a JSON value is: the nearest `f64`, which serde_json's own reading of numbers is not always.
pub(super) fn number(json: &RawValue) -> Result<f64, Problem> {
    let text = json.get().as_bytes();
    match numbers::decimal(text) {
        Some((number, length)) if length == text.len() => Ok(number),
        _ => {
            let found = json.get().chars().take(24).collect();
            Err(Problem::ImpossibleNumber { found, wanted: "a finite number" })
        }
    }
}

/// The bytes behind a byte order mark, which editors on Windows put in front.
pub(super) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// The first key of a JSON object, as it is written, and the bytes of its value and all that follows.
///
/// Enough to recognise a format: every writer we know keeps its order of fields.
pub(super) fn first_member(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    member(without_bom(bytes).trim_ascii_start().strip_prefix(b"{")?)
}

/// The first member of the first element of a JSON list of objects.
pub(super) fn first_member_in_list(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    first_member(without_bom(bytes).trim_ascii_start().strip_prefix(b"[")?)
}

/// The next key of an object, and the bytes of its value and all that follows.
///
/// * `rest`: what stands behind the value before.
pub(super) fn next_member(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    member(rest.trim_ascii_start().strip_prefix(b",")?)
}

/// What stands behind the string at the beginning of `value`. A string of more than 4096 bytes is nobody's name.
pub(super) fn after_string(value: &[u8]) -> Option<&[u8]> {
    let inside = value.strip_prefix(b"\"")?;
    let mut is_escaped = false;
    for (index, byte) in inside.iter().take(4096).enumerate() {
        match byte {
            b'"' if !is_escaped => return Some(&inside[index + 1..]),
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    None
}

fn member(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let rest = after_string(text)?;
    let key = &text[1..text.len() - rest.len() - 1];
    Some((key, rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start()))
}

/// The members of a JSON object whose keys are data, in their order. A map would keep the last of two that are alike.
pub(super) struct Entries<'a, T>(pub(super) Vec<(Cow<'a, str>, T)>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Entries<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries<'a, T>, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<'a, T>(PhantomData<(&'a str, T)>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<'a, T> {
    type Value = Entries<'a, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'a, T>, A::Error> {
        let mut entries = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            entries.push((key, map.next_value()?));
        }
        Ok(Entries(entries))
    }
}

/// A key that is not copied unless it has to be: plain `Cow` always copies in serde.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Whether a JSON object begins with `"schema": "<name>/`.
pub(super) fn has_schema(bytes: &[u8], name: &str) -> bool {
    first_member(bytes).is_some_and(|(key, value)| {
        let rest = value.strip_prefix(b"\"").and_then(|value| value.strip_prefix(name.as_bytes()));
        key == b"schema" && rest.is_some_and(|rest| rest.starts_with(b"/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_member_is_found_behind_blanks_and_a_byte_order_mark() {
        let expected = Some((&b"a"[..], &b"1}"[..]));
        assert_eq!(first_member(b"{\"a\":1}"), expected);
        assert_eq!(first_member(b"\xEF\xBB\xBF\r\n { \"a\" : 1}"), expected);
        assert_eq!(first_member(br#"{"\"\\": 1}"#), Some((&br#"\"\\"#[..], &b"1}"[..])));
        assert_eq!(first_member_in_list(b" [ {\"a\":1}"), expected);
        assert_eq!(first_member(b"[1]"), None);
        assert_eq!(first_member(b"{\"a"), None);
        assert_eq!(first_member(b""), None);
    }

    #[test]
    fn the_second_member_is_found_behind_a_string() {
        let second = |text: &'static str| {
            let (_, value) = first_member(text.as_bytes())?;
            after_string(value).and_then(next_member)
        };
        assert_eq!(second(r#"{"a":"x\\\"y","b" : 1}"#), Some((&b"b"[..], &b"1}"[..])));
        assert_eq!(second(r#"{"a":"x\\\\","b":1}"#), Some((&b"b"[..], &b"1}"[..])));
        assert_eq!(second(r#"{"a":"x"}"#), None);
        assert_eq!(second(r#"{"a":1,"b":1}"#), None);
        assert_eq!(second(r#"{"a":"x"#), None);
    }

    #[test]
    fn a_schema_is_a_whole_name() {
        assert!(has_schema(b"{\"schema\":\"meter/1\"}", "meter"));
        assert!(has_schema(b"{\"schema\":\"meter/2\"}", "meter"));
        assert!(!has_schema(b"{\"schema\":\"meters/1\"}", "meter"));
        assert!(!has_schema(b"{\"x\":\"meter/1\"}", "meter"));
    }

    #[test]
    fn serdes_errors_are_said_in_our_words() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Shape {
            #[expect(dead_code, reason = "only its type is looked at")]
            a: u64,
        }
        #[track_caller]
        fn check(text: &str, expected: &str) {
            let error = parse::<Shape>(&"x.json".into(), text.as_bytes(), "a shape").unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        check("{}", "x.json:1:2: found no `a`; wanted a shape");
        check(r#"{"a":1,"a":2}"#, "x.json:1:10: found `a` twice; wanted a shape");
        check("[1]", "x.json:1: found sequence; wanted an object in a shape");
        check(r#"{"a":-1}"#, "x.json:1:7: found integer `-1`; wanted a whole number of at least 0 in a shape");
        check(r#"{"a":null}"#, "x.json:1:9: found null; wanted a whole number of at least 0 in a shape");
        check(r#"{"b":1}"#, "x.json:1:4: found an unknown field `b`, expected `a`; wanted a shape");
        check(r#"{"a":"#, "x.json:1:5: the file ends too early; wanted a shape");
        check("x", "x.json:1:1: found what is no JSON (expected value); wanted a shape");
    }
}
