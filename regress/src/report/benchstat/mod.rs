//! [`Tables`] → what benchstat prints of them, byte for byte.
//!
//! ```text
//!   text · csv ─▶ words    remarks, changes, p and n
//!        │        scale    one prefix and one number of decimals for a row
//!        │        go       numbers as Go prints them
//!        └──────▶ layout   cells in columns, some of them across several
//! ```
//!
//! Source: the behaviour of golang.org/x/perf/cmd/benchstat at 712aea8.

mod csv;
mod go;
mod layout;
mod scale;
mod text;
mod words;

pub use csv::csv;
pub use text::text;

use std::io;

use crate::compare::tables::{Table, Tables};

/// Hands out what stands between the tables, and the tables. A value of a table's fields is told where it changes.
fn each_table(tables: &Tables, out: &mut dyn Sink) -> io::Result<()> {
    let mut before: Option<&Table> = None;
    for table in &tables.tables {
        if before.is_some() {
            out.heading("")?;
        }
        // The unit, which is last, stands in the table itself.
        let fields = tables.fields.iter().zip(&table.values).enumerate().take(tables.fields.len().saturating_sub(1));
        for (index, (field, value)) in fields {
            if before.is_none_or(|before| before.values[index] != *value) {
                out.heading(&format!("{field}: {value}"))?;
            }
        }
        out.table(table, &tables.column_fields)?;
        before = Some(table);
    }
    Ok(())
}

trait Sink {
    fn heading(&mut self, text: &str) -> io::Result<()>;
    fn table(&mut self, table: &Table, column_fields: &[String]) -> io::Result<()>;
}
