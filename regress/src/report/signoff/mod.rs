//! A [`Document`] → JSON, Markdown and HTML of one content, and its headline for a terminal.
//!
//! ```text
//!   Document ─┬─▶ json                     what is hashed and signed
//!             └─▶ page (sections, tables) ─▶ markdown · html
//! ```

mod budgets;
mod course;
mod html;
mod json;
mod markdown;
mod page;
mod section;
mod source;
mod text;

use std::io::{self, Write};

pub use json::{Signed, content, json, read};
pub use text::text;

use crate::signoff::Document;

/// A format that sign-offs are written in.
pub struct Writer {
    /// How its file ends: `md`.
    pub ending: &'static str,
    /// Writes the whole document.
    ///
    /// * The text is the SHA-256 of the JSON, in hexadecimal.
    ///
    /// # Errors
    /// Only those of the writer.
    pub write: fn(&Document, &str, &mut dyn Write) -> io::Result<()>,
}

/// All formats; the first is the one that is signed.
pub const WRITERS: &[Writer] = &[
    Writer { ending: "json", write: |document, _, out| out.write_all(&json(document)) },
    Writer { ending: "md", write: markdown::write },
    Writer { ending: "html", write: html::write },
];
