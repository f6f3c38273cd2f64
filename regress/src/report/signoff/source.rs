use crate::report::words;
use crate::signoff::Document;

/// Where a rule stands: `regress.toml:9`.
pub(super) fn source(document: &Document, line_number: Option<usize>) -> String {
    words::place(document.recipe.config.as_deref(), line_number)
}
