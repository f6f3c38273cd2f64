use std::fmt;

/// How grave it is when something of the policy is not kept. Ordered from harmless to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nobody looks.
    Off,
    /// It is told, and nothing fails.
    Warn,
    /// The gate fails.
    Fail,
}

/// All levels, by their words.
const WORDS: &[(&str, Level)] = &[("fail", Level::Fail), ("warn", Level::Warn), ("off", Level::Off)];

impl Level {
    /// The level of this word.
    ///
    /// # Errors
    /// A sentence that says which words there are.
    pub fn parse(text: &str) -> Result<Level, String> {
        let known = WORDS.iter().find(|(word, _)| *word == text);
        known.map(|(_, level)| *level).ok_or_else(|| format!("`{text}` is neither `fail`, `warn` nor `off`"))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = WORDS.iter().find(|(_, level)| level == self).map_or("?", |(word, _)| word);
        f.write_str(word)
    }
}
