//! The schema `regress-signoff/1`, written down in `schema/signoff-1.schema.json`.
//!
//! Keys are sorted, numbers are the shortest that read back the same, nothing stands in it that a clock or a directory
//! could change: the same document gives the same bytes.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::json::LineByLine;
use crate::signoff::{Document, Input, Recipe, Tool, sha256};

const SCHEMA: &str = "regress-signoff/1";

/// The file: the content, and the hash of its bytes as they stand there.
pub fn json(document: &Document) -> Vec<u8> {
    let content = canonical(document);
    let hash = sha256(&content);
    let mut bytes = b"{\n\"content\":".to_vec();
    bytes.extend(content);
    bytes.extend(format!(",\n\"schema\":\"{SCHEMA}\",\n\"sha256\":\"{hash}\"\n}}\n").into_bytes());
    bytes
}

/// A line for each field and each element of a list; keys sorted, as a map of `serde_json` keeps them.
fn canonical(document: &Document) -> Vec<u8> {
    /// The content, and the lists in it.
    const BROKEN_UP: usize = 2;
    let value = serde_json::to_value(document).expect("every key of a document is a text");
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, LineByLine::new(BROKEN_UP));
    value.serialize(&mut serializer).expect("a `Vec` never refuses, and every key is a text");
    bytes
}

/// What stands in a file that was written before.
#[derive(Debug)]
pub struct Signed {
    /// What it was made of.
    pub recipe: Recipe,
    /// Every file that went in.
    pub inputs: Vec<Input>,
    /// The program that made it.
    pub tool: Tool,
    /// `passed`, `not proven` or `failed`.
    pub conclusion: String,
    /// All of it.
    pub content: Value,
    /// The SHA-256 of its bytes as they stand in the file.
    pub found_sha256: String,
    /// As the file says.
    pub sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    schema: String,
    #[serde(borrow)]
    content: &'a RawValue,
    sha256: String,
}

#[derive(Deserialize)]
struct Content {
    recipe: Recipe,
    inputs: Vec<Input>,
    tool: Tool,
    verdict: Verdict,
}

#[derive(Deserialize)]
struct Verdict {
    conclusion: String,
}

/// Reads a file that [`json`] wrote.
///
/// # Errors
/// A sentence: it is no JSON, or none of this kind.
pub fn read(bytes: &[u8]) -> Result<Signed, String> {
    let refused = |error: serde_json::Error| format!("it is no sign-off: {error}");
    let File { schema, content, sha256: said } = serde_json::from_slice(bytes).map_err(refused)?;
    if schema != SCHEMA {
        return Err(format!("its schema is `{schema}`, and this version reads `{SCHEMA}`"));
    }
    let Content { recipe, inputs, tool, verdict } = serde_json::from_str(content.get()).map_err(refused)?;
    Ok(Signed {
        recipe,
        inputs,
        tool,
        conclusion: verdict.conclusion,
        found_sha256: sha256(content.get().as_bytes()),
        content: value(content.get().as_bytes()).ok_or("it is no sign-off")?,
        sha256: said,
    })
}

/// The content of a document as it reads back from its own text: two that are written alike are equal.
pub fn content(document: &Document) -> Option<Value> {
    value(&canonical(document))
}

fn value(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}
