/// A word as a shell takes it, whatever is in it.
///
/// Source: IEEE Std 1003.1, Shell Command Language, 2.2.2 Single-Quotes.
pub(super) fn quote(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+:,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word() {
        let quoted = ["v1.2.0", "a b", "it's", "", "$(rm)"].map(quote);
        assert_eq!(quoted, ["v1.2.0", "'a b'", r"'it'\''s'", "''", "'$(rm)'"]);
    }
}
