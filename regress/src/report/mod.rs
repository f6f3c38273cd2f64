//! [`Verdicts`](crate::policy::Verdicts) → text. Nothing here decides: what is worse, broken or not proven is known
//! before, and every format says the same.
//!
//! ```text
//!   Verdicts ─▶ view      which rows are shown, in which order; what is said once for many
//!                 ├─▶ figures   the numbers of a row, as text
//!                 ├─▶ words     the sentences
//!                 ├─▶ tone      what is bad, doubtful or good, for those who see colours
//!                 └─▶ problems  what stands between it and "passed"
//!                       └─▶ terminal · markdown · json · csv · …, each with its function of `escape`
//! ```
//!
//! Text stays as it was measured (a benchmark may be called `|<img>`) until a renderer writes it: the last moment
//! is the only one that knows what has to be escaped.

pub mod benchstat;
mod commit_note;
mod context;
mod counts;
pub mod critcmp;
mod csv;
mod escape;
mod figures;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod line;
mod markdown;
mod measurements;
mod noise;
mod problems;
mod sarif;
mod several;
pub mod signoff;
mod terminal;
mod tone;
mod view;
mod words;

use std::io::{self, Write};

pub use context::{Between, Context, FalseAlarms, SameCode, Show, Side};
pub use escape::{terminal as visible, width};
pub use measurements::{Measurements, Rounds};
pub use noise::{noise, too_tight};
pub use several::{conclusion, holds, render, sides};
pub use view::{Order, Report};

/// What the output is written on.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns of the terminal. Formats for programs ignore it.
    pub width: u16,
    /// Whether words may be coloured. Colour never says anything that the words do not.
    pub colour: Colour,
}

/// Whether words may be coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Always: whoever asks knows that the output is a terminal.
    Always,
    /// Never.
    Never,
}

/// A format that reports are written in.
#[derive(Debug)]
pub struct Renderer {
    /// What the command line calls it.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub what: &'static str,
    /// Whether it wants [`Measurements`] for such an output, and not only what is said of them.
    pub draws: fn(&Style) -> bool,
    /// Whether it holds every row, however many there are.
    pub is_whole: bool,
    /// Writes the whole report.
    ///
    /// # Errors
    /// Only those of the writer.
    pub render: fn(&Report, &Style, &mut dyn Write) -> io::Result<()>,
}

/// All formats; the first is the one people read.
pub const RENDERERS: &[&Renderer] = &[
    &terminal::RENDERER,
    &markdown::RENDERER,
    &html::RENDERER,
    &json::RENDERER,
    &csv::RENDERER,
    &junit::RENDERER,
    &sarif::RENDERER,
    &github::RENDERER,
    &gitlab::RENDERER,
    &commit_note::RENDERER,
];
