use std::io;

use clap::ValueEnum;

use crate::io as world;
use crate::report::Colour;

/// When to use colour.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColourChoice {
    Auto,
    Always,
    Never,
}

impl ColourChoice {
    /// What standard output gets.
    pub fn colour(self) -> Colour {
        match self {
            ColourChoice::Always => Colour::Always,
            ColourChoice::Never => Colour::Never,
            ColourChoice::Auto if world::wants_colour(&io::stdout()) => Colour::Always,
            ColourChoice::Auto => Colour::Never,
        }
    }
}
