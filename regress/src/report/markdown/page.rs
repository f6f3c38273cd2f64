use std::fmt::Write;

use crate::report::escape::{self, shortened};
use crate::unit::count;

/// Bytes of a whole comment. GitHub refuses one of more than 65 536 characters, GitLab one of more than 1 000 000; a
/// byte is at least a character, in whatever way they are counted.
pub(in crate::report) const LONGEST: usize = 60_000;
/// Kept for the ends of what is begun, and for saying what is missing.
const RESERVED: usize = 2_000;
/// Characters of a name, and of a sentence: longer ones lose their middle.
const NAME_LONGEST: usize = 200;
const SENTENCE_LONGEST: usize = 1_000;

/// A comment that grows as far as it may. What no longer fits is counted.
pub(super) struct Page {
    text: String,
    rows_left_out: usize,
    notes_left_out: usize,
    is_full: bool,
}

/// A name as code.
pub(super) fn code(name: &str) -> String {
    escape::markdown_code(&shortened(&escape::terminal(name), NAME_LONGEST))
}

/// A sentence.
pub(super) fn text(sentence: &str) -> String {
    escape::markdown(&shortened(&escape::terminal(sentence), SENTENCE_LONGEST))
}

impl Page {
    /// * `opening`: short, it is there in any case.
    pub fn new(opening: String) -> Page {
        Page { text: opening, rows_left_out: 0, notes_left_out: 0, is_full: false }
    }

    /// A paragraph, already escaped; or nothing of it.
    pub fn paragraph(&mut self, paragraph: &str) {
        if !self.try_push(&["\n", &escape::markdown_line(paragraph), "\n"]) {
            self.notes_left_out += 1;
        }
    }

    /// A list, each item already escaped, as far as there is room.
    pub fn list(&mut self, items: impl Iterator<Item = String>) {
        let mut is_first = true;
        for item in items {
            let gap = if is_first { "\n" } else { "" };
            match self.try_push(&[gap, "- ", &escape::markdown_line(&item), "\n"]) {
                true => is_first = false,
                false => self.notes_left_out += 1,
            }
        }
    }

    /// A table of cells that are already escaped, as far as there is room; nothing when there are no rows.
    pub fn table<const N: usize>(
        &mut self,
        headers: &[&str; N],
        alignment: &str,
        rows: impl Iterator<Item = [String; N]>,
    ) {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return;
        }
        self.try_push(&["\n| ", &headers.join(" | "), " |\n|", alignment, "|\n"]);
        for row in rows {
            let has_room = !self.is_full && self.try_push(&["| ", &row.join(" | "), " |\n"]);
            self.rows_left_out += usize::from(!has_room);
        }
    }

    /// What is shown when somebody asks for it.
    pub fn folded(&mut self, summary: &str, inside: impl FnOnce(&mut Page)) {
        let is_begun = self.try_push(&["\n<details><summary>", summary, "</summary>\n"]);
        inside(self);
        if is_begun {
            self.text.push_str("\n</details>\n");
        }
    }

    /// All of it; and what is not in it.
    pub fn finish(mut self, elsewhere: &[String]) -> String {
        let rows = (self.rows_left_out > 0).then(|| count(self.rows_left_out, "row"));
        let notes = (self.notes_left_out > 0).then(|| count(self.notes_left_out, "note"));
        let left_out: Vec<String> = rows.into_iter().chain(notes).collect();
        let left_out = left_out.join(" and ");
        let whole: Vec<String> = elsewhere.iter().map(|place| text(&shortened(place, NAME_LONGEST))).collect();
        let whole = whole.into_iter().take(5).collect::<Vec<_>>().join(", ");
        let said = match (left_out.is_empty(), whole.is_empty()) {
            (true, true) => return self.text,
            (true, false) => format!("The whole report: {whole}"),
            (false, true) => format!("Cut: {left_out} more than a comment can hold; the other formats have them"),
            (false, false) => format!("Cut: {left_out} more than a comment can hold; the whole report: {whole}"),
        };
        // A `String` never refuses.
        let _ = writeln!(self.text, "\n{said}");
        self.text
    }

    fn try_push(&mut self, pieces: &[&str]) -> bool {
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        self.is_full |= self.text.len() + length > LONGEST - RESERVED;
        if !self.is_full {
            pieces.iter().for_each(|piece| self.text.push_str(piece));
        }
        !self.is_full
    }
}
