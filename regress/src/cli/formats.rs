use std::io::Write;

use super::{Exit, Stop};
use crate::formats::FORMATS;

pub(super) fn run(out: &mut dyn Write) -> Result<Exit, Stop> {
    let width = FORMATS.iter().map(|format| format.name.len()).max().unwrap_or(0);
    for format in FORMATS {
        writeln!(out, "{:<width$}  {}", format.name, format.keeps)?;
    }
    Ok(Exit::FINE)
}
