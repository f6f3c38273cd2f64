use std::fmt::{Display, Write};

use super::super::escape;

/// HTML under way. Text gets in escaped, and only here.
#[derive(Default)]
pub(in crate::report) struct Html(String);

impl Html {
    /// Markup of our own, as it is.
    pub fn raw(&mut self, markup: &str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Text of anybody's.
    pub fn text(&mut self, text: &str) -> &mut Html {
        self.0.push_str(&escape::html(text));
        self
    }

    /// `<tag>text</tag>`; the tag may have attributes.
    pub fn element(&mut self, tag: &str, text: &str) -> &mut Html {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.raw("<").raw(tag).raw(">").text(text).raw("</").raw(name).raw(">\n")
    }

    /// A number of ours.
    pub fn number(&mut self, number: impl Display) -> &mut Html {
        // A `String` never refuses.
        let _ = write!(self.0, "{number}");
        self
    }

    /// ` name="value"`.
    pub fn attribute(&mut self, name: &str, value: &str) -> &mut Html {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    pub fn into_string(self) -> String {
        self.0
    }
}
