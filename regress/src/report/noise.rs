//! What a null run found, as a table for people.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use super::escape;
use crate::model::{BenchId, BenchNoise, Noise};
use crate::unit::{Scale, Unit, show_change};

const HEADINGS: [&str; 6] = ["benchmark", "measured", "a round", "scatter", "visible", "runs apart"];

/// Writes a line for each benchmark, and what holds for all of them.
///
/// # Errors
/// Only those of the writer.
pub fn noise(noise: &Noise, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')))
        .set_content_arrangement(ContentArrangement::Disabled)
        .force_no_tty()
        .set_header(HEADINGS);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index + 1 == HEADINGS.len() { 0 } else { 2 }));
        if index > 1 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for (id, bench) in &noise.benchmarks {
        table.add_row(cells(id, bench));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)?;
    writeln!(out, "{}", legend(noise))
}

fn cells(id: &BenchId, noise: &BenchNoise) -> [String; 6] {
    [
        escape::terminal(id.as_str()).into_owned(),
        if noise.lockstep { "in lockstep" } else { "apart" }.to_owned(),
        Scale::fitting(&Unit::Seconds, &[noise.round_seconds]).show(noise.round_seconds),
        format!("{:.2} %", 100.0 * noise.scatter),
        noise.visible.last().map_or_else(|| "–".to_owned(), |(_, ratio)| show_change(*ratio)),
        noise.between_runs.map_or_else(|| "–".to_owned(), |ratio| format!("×{ratio:.2}")),
    ]
}

/// Why a budget says nothing in so many rounds on this machine; `None` when it does.
///
/// * `budget`: new ÷ old that is allowed, above 1.
pub fn too_tight(budget: f64, noise: &BenchNoise, rounds: usize) -> Option<String> {
    let visible = noise.visible_within(rounds);
    let budget_text = show_change(budget);
    (visible > budget).then(|| {
        format!(
            "a budget of {budget_text} is tighter than what can be seen here: {} is the smallest slowdown that {rounds} \
             rounds show nine times in ten",
            show_change(visible)
        )
    })
}

/// The false alarms, and what the columns mean.
fn legend(noise: &Noise) -> String {
    let rounds = noise.benchmarks.values().map(|bench| bench.rounds).max().unwrap_or(0);
    let looks = noise.benchmarks.values().filter_map(|bench| bench.visible.last()).map(|(rounds, _)| *rounds);
    format!(
        "false alarms: {} of {} runs redrawn from {rounds} rounds called something slower or faster\n\
         a round: how long it takes   scatter: of its new ÷ old\n\
         visible: the smallest slowdown that is found nine times in ten within {} rounds\n\
         runs apart: what two runs taken one after the other may differ by",
        noise.false_runs,
        noise.runs,
        looks.max().unwrap_or(0)
    )
}
