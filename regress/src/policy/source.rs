use std::fmt;

/// Where a budget stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In this program.
    BuiltIn,
    /// In the configuration file, on this line (from 1).
    Line(usize),
}

impl Source {
    /// The line of the configuration file, from 1; `None` for what is built in.
    pub fn line_number(self) -> Option<usize> {
        match self {
            Source::BuiltIn => None,
            Source::Line(line_number) => Some(line_number),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::BuiltIn => f.write_str("the built-in rules"),
            Source::Line(line_number) => write!(f, "line {line_number}"),
        }
    }
}
