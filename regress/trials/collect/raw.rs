//! Everything that was measured, as it comes: what is killed loses one round.
//!
//! `raw.txt`, a line for each round and one for each process or pair of it:
//!
//! ```text
//!   round lockstep 12 seconds 4.1 load 3.70
//!   sort b5 2014201 2101034 …                  nanoseconds; in lockstep old and new in turn
//! ```

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::rounds::{Line, Way};

pub struct Raw(File);

pub const FILE: &str = "raw.txt";

impl Raw {
    pub fn create(record: &Path) -> Result<Raw, String> {
        let path = record.join(FILE);
        File::create(&path).map(Raw).map_err(|error| format!("{}: {error}", path.display()))
    }

    pub fn add(
        &mut self,
        way: Way,
        number: u32,
        seconds: f64,
        load: Option<f64>,
        lines: &[Line],
    ) -> Result<(), String> {
        let load = load.map_or(String::new(), |load| format!(" load {load:.2}"));
        let mut text = format!("round {} {number} seconds {seconds:.3}{load}\n", way.name());
        for Line { kind, version, nanoseconds } in lines {
            let numbers: Vec<String> = nanoseconds.iter().map(u64::to_string).collect();
            text += &format!("{kind} {version} {}\n", numbers.join(" "));
        }
        self.0.write_all(text.as_bytes()).map_err(|error| format!("{FILE}: {error}"))
    }
}
