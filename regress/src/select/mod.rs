//! Which results, and how they are grouped: one language for every command, the words of benchstat's.
//!
//! ```text
//!   -filter  /format:(json OR gob) -.unit:B/op      which results         filter
//!   -row     .name,/size@num                        what makes a row      projection
//!            └ key ┘ └ order ┘
//! ```
//!
//! A key is `.name`, `.fullname`, `.file`, `.unit` (filters only), `.config` (projections only), `/part` of a name, or a
//! setting of the file. A [`Filter`] says yes or no to a [`Subject`] and a unit; a [`Projection`] makes a [`Key`] of it,
//! and keys are equal when everything that was asked for is equal. What nobody asked for is the residue: results that
//! differ in it and meet all the same are told.
//!
//! Source: <https://pkg.go.dev/golang.org/x/perf/benchproc/syntax>, and the behaviour of golang.org/x/perf at 712aea8.

mod error;
mod filter;
mod name;
mod number;
mod order;
mod projection;
mod token;

pub use error::SyntaxError;
pub use filter::Filter;
pub use name::Name;
pub use projection::{Key, Projection, Projections, Wanted};

/// What an expression is asked about: one benchmark under the settings of its file.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What its file is called.
    pub file: &'a str,
    /// As printed, without `Benchmark`: `Encode/format=json-8`.
    pub name: &'a str,
    /// What the file says about machine, package and so on: key and value, in the order in which they were set.
    pub settings: &'a [(&'a str, &'a str)],
}

impl<'a> Subject<'a> {
    /// The value of a setting; empty where there is none.
    fn setting(&self, key: &str) -> &'a str {
        match key {
            FILE => self.file,
            _ => self.settings.iter().find(|(known, _)| *known == key).map_or("", |(_, value)| value),
        }
    }
}

const NAME: &str = ".name";
const FULL_NAME: &str = ".fullname";
const FILE: &str = ".file";
const UNIT: &str = ".unit";
const CONFIG: &str = ".config";
