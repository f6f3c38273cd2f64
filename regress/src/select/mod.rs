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
//! [`Language::Ours`] adds to benchstat's words what names without `key=value` need: a bare word is a [`Pattern`] of names
//! (`sort`, `embedding/*`), and `/1`, `/2` are the parts of a name by their place.
//!
//! Source: <https://pkg.go.dev/golang.org/x/perf/benchproc/syntax>, and the behaviour of golang.org/x/perf at 712aea8.

mod error;
mod filter;
mod name;
mod number;
mod order;
mod pattern;
mod projection;
mod size;
mod token;

pub use error::SyntaxError;
pub use filter::{Filter, Sense, Term};
pub use name::Name;
pub use pattern::Pattern;
pub use projection::{Key, Projection, Projections, Wanted};
pub use size::{Sized, size_of};

/// Whose words an expression is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// benchstat's and no others, errors included.
    Benchstat,
    /// benchstat's, bare words for names, and the parts of a name by their place.
    Ours,
}

/// What an expression is asked about: one benchmark under the settings of its file.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What its file is called.
    pub file: &'a str,
    /// What reports call the benchmark: its name, behind its package where it has one.
    pub id: &'a str,
    /// Without package and `Benchmark`: `Encode/format=json-8`.
    pub name: Name<'a>,
    /// What the file says about machine, package and so on: key and value, in the order in which they were set.
    pub settings: &'a [(&'a str, &'a str)],
}

impl<'a> Subject<'a> {
    /// A benchmark of Go text.
    pub fn of_go(file: &'a str, name: &'a str, settings: &'a [(&'a str, &'a str)]) -> Subject<'a> {
        Subject { file, id: name, name: Name::new(name), settings }
    }

    /// The value of a setting; empty where there is none.
    fn setting(&self, key: &str) -> &'a str {
        match key {
            FILE => self.file,
            _ => self.settings.iter().find(|(known, _)| *known == key).map_or("", |(_, value)| value),
        }
    }
}

const NAME: &str = ".name";
pub(crate) const FULL_NAME: &str = ".fullname";
const FILE: &str = ".file";
const UNIT: &str = ".unit";
const CONFIG: &str = ".config";
