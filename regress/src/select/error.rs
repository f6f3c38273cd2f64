use std::error::Error;
use std::fmt;

/// An expression that makes no sense, and where.
///
/// ```
/// use regress::select::{Filter, Language};
///
/// let error = Filter::new("/size:(1k 4k)", Language::Ours).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "syntax error: value list must be separated by OR\n\t/size:(1k 4k)\n\t          ^"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The whole expression.
    pub expression: String,
    /// Where in it, in bytes from 0; its length at the end.
    pub offset: usize,
    /// What is wrong there.
    pub problem: String,
}

impl SyntaxError {
    pub(super) fn new(expression: &str, offset: usize, problem: impl Into<String>) -> SyntaxError {
        SyntaxError { expression: expression.to_owned(), offset, problem: problem.into() }
    }

    /// How many characters stand before the place.
    pub fn column(&self) -> usize {
        let before = self.expression.char_indices().take_while(|(start, _)| *start < self.offset);
        before.filter(|(_, character)| !character.is_control()).count()
    }
}

impl fmt::Display for SyntaxError {
    /// Three lines: what is wrong, the expression, a caret under the place. Characters that move the cursor are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| text.chars().filter(|character| !character.is_control()).collect::<String>();
        write!(f, "syntax error: {}\n\t{}\n\t{:3$}^", shown(&self.problem), shown(&self.expression), "", self.column())
    }
}

impl Error for SyntaxError {}
