//! What a page is made of, not yet escaped.

use crate::policy::Outcome;
use crate::report::figures::NOTHING;
use crate::report::tone::Tone;
use crate::signoff::State;

pub(super) struct Section {
    pub title: &'static str,
    /// Said before the table.
    pub sentences: Vec<String>,
    pub table: Option<Table>,
    /// Commands, one a line.
    pub commands: Vec<String>,
}

pub(super) struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

pub(super) struct Column {
    pub title: &'static str,
    pub is_number: bool,
}

/// Text is still as somebody wrote it.
pub(super) enum Cell {
    Text(String),
    /// A name, a rule, a file.
    Code(String),
    /// A word of a closed set, to be seen when it is not good.
    Word(&'static str, Option<Tone>),
}

/// So many rows stand open; more are folded up.
pub(super) const ROWS_OPEN: usize = 40;

impl Section {
    pub fn new(title: &'static str) -> Section {
        Section { title, sentences: Vec::new(), table: None, commands: Vec::new() }
    }

    pub fn saying(mut self, sentence: impl Into<String>) -> Section {
        self.sentences.push(sentence.into());
        self
    }

    pub fn with(mut self, columns: &[(&'static str, Align)], rows: Vec<Vec<Cell>>) -> Section {
        let column =
            |(title, align): &(&'static str, Align)| Column { title, is_number: matches!(align, Align::Right) };
        self.table = (!rows.is_empty()).then(|| Table { columns: columns.iter().map(column).collect(), rows });
        self
    }
}

#[derive(Clone, Copy)]
pub(super) enum Align {
    Left,
    Right,
}

pub(super) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

pub(super) fn code(text: impl Into<String>) -> Cell {
    Cell::Code(text.into())
}

pub(super) fn state(state: State) -> Cell {
    Cell::Word(state.word(), Tone::of_state(state))
}

pub(super) fn outcome(outcome: Outcome) -> Cell {
    Cell::Word(outcome.word(), Tone::of_outcome(outcome))
}

pub(super) fn or_nothing(text: Option<String>) -> Cell {
    Cell::Text(text.unwrap_or_else(|| NOTHING.to_owned()))
}
