use std::fmt;

use serde::Serializer;

/// A word of a closed set stands in the file as people read it.
pub(super) fn as_word<S: Serializer>(word: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(word)
}
