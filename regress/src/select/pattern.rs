use std::fmt;

use wildmatch::WildMatch;

use crate::model::BenchId;

/// Which benchmarks are meant: `embedding/*`, `string/builder`, `*`.
///
/// `*` stands for any characters, `/` among them; `?` for one. A pattern also matches everything below it:
/// `string/builder` stands for `string/builder/n100` too.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    text: String,
    whole: WildMatch,
    below: WildMatch,
}

impl Pattern {
    /// The pattern that is written like this.
    pub fn new(text: &str) -> Pattern {
        Pattern { text: text.to_owned(), whole: WildMatch::new(text), below: WildMatch::new(&format!("{text}/*")) }
    }

    /// Whether this benchmark is meant.
    pub fn matches(&self, id: &BenchId) -> bool {
        self.matches_text(id.as_str())
    }

    pub(super) fn matches_text(&self, name: &str) -> bool {
        self.whole.matches(name) || self.below.matches(name)
    }

    /// The benchmark that stands where `id` stands, under another pattern: with `string/builder` for
    /// `string/concat`, `string/builder/n100` becomes `string/concat/n100`.
    ///
    /// The stars of the two patterns stand for the same text, in order. `None` when this pattern does not match
    /// `id`, or the other has more stars.
    pub fn counterpart(&self, id: &BenchId, other: &Pattern) -> Option<BenchId> {
        let (stem, rest) = match self.text.contains('*') {
            false => (String::new(), id.as_str().strip_prefix(self.text.as_str())?),
            true => {
                let (head, tail) = self.text.split_once('*')?;
                let middle = id.as_str().strip_prefix(head)?.strip_suffix(tail)?;
                (middle.to_owned(), "")
            }
        };
        if !(rest.is_empty() || rest.starts_with('/')) {
            return None;
        }
        Some(BenchId::new(&format!("{}{rest}", other.text.replacen('*', &stem, 1))))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, id: &str, expected: bool) {
        assert_eq!(Pattern::new(pattern).matches(&BenchId::new(id)), expected, "{pattern} on {id}");
    }

    #[test]
    fn a_pattern_matches_the_whole_name_and_all_below() {
        check("*", "embedding/cosine/d512", true);
        check("embedding/*", "embedding/cosine/d512", true);
        check("string/builder", "string/builder/n100", true);
        check("string/builder", "string/builder", true);
        check("string/builder", "string/builder_two/n100", false);
        check("*/d512", "embedding/cosine/d512", true);
        check("embedding", "face_embedding/cosine", false);
        check("a[b]", "a[b]", true);
    }

    #[test]
    fn a_counterpart_stands_at_the_same_size() {
        let counterpart = |pattern, id, other| {
            Pattern::new(pattern).counterpart(&BenchId::new(id), &Pattern::new(other)).map(|id| id.to_string())
        };
        assert_eq!(
            counterpart("string/builder", "string/builder/n100", "string/concat").as_deref(),
            Some("string/concat/n100")
        );
        assert_eq!(counterpart("fast/*", "fast/a/b", "slow/*").as_deref(), Some("slow/a/b"));
        assert_eq!(counterpart("string/builder", "string/builder_two", "string/concat"), None);
    }
}
