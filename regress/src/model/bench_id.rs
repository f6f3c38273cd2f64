use std::fmt;
use std::sync::Arc;

/// The name of a benchmark, the same in every harness: `embedding/cosine/d512`.
///
/// Parts are separated by `/`; anything else may stand in a part (spaces, `|`, `<`, Unicode).
/// Control characters may too: whoever prints a name escapes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BenchId(Arc<str>);

impl BenchId {
    /// The benchmark of this name.
    pub fn new(name: &str) -> BenchId {
        BenchId(name.into())
    }

    /// The benchmark whose name is these parts, joined by `/`.
    pub fn from_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> BenchId {
        BenchId(parts.into_iter().collect::<Vec<_>>().join("/").into())
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BenchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
