use std::collections::BTreeSet;
use std::hash::Hasher;
use std::path::Path;

use object::{Object, ObjectSection, SectionKind};

use self::functions::Functions;
use crate::io::error::Failure;

mod functions;
mod locations;

/// A hash of what an executable does: its machine code, its constants, and what they point to.
///
/// Two executables with the same hash run the same instructions at the same addresses on the same data: a difference
/// in time between them is the machine's. Not in it: what is there for a debugger, the linker's id of the build, and
/// the line and column of every place that can panic (see [`locations`]), so that a comment above it changes nothing.
///
/// # Errors
/// The file cannot be read, or is no executable.
pub fn fingerprint(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| refused(path, error))?;
    let file = object::File::parse(bytes.as_slice()).map_err(|error| refused(path, error))?;
    let mut hash = siphasher::sip128::SipHasher13::new();
    let mut has_code = false;
    let places = locations::find(&file);
    for section in file.sections().filter(|section| is_loaded(section.kind())) {
        let mut data = section.data().map_err(|error| refused(path, error))?.to_vec();
        locations::mask(&mut data, section.address(), &places);
        // Sizes before contents: no two different executables feed it the same bytes.
        write(&mut hash, section.name_bytes().unwrap_or_default());
        hash.write_u64(section.address());
        hash.write_u64(section.size());
        write(&mut hash, &data);
        has_code |= section.kind() == SectionKind::Text;
    }
    if !has_code {
        return Err(refused(path, "there is no machine code in it"));
    }
    hash_pointers(&file, &mut hash);
    let hash = siphasher::sip128::Hasher128::finish128(&hash);
    Ok(format!("{:016x}{:016x}", hash.h1, hash.h2))
}

/// What tells two executables apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Nothing: the same instructions at the same addresses on the same data.
    Same,
    /// Where things lie. Every function does the same on the same constants, but some have moved: a difference in
    /// time is one of layout.
    SameInAnotherLayout,
    /// These functions, by name, each once and sorted; of a very long name the middle is left out. A change of a
    /// constant is one of the functions that use it.
    Functions {
        /// In both, and not known to do the same. Where constants have moved, a few that do are among these, and where
        /// a name has got another symbol: of other types, or built with other options.
        changed: Vec<String>,
        /// Only in the new one.
        added: Vec<String>,
        /// Only in the old one.
        removed: Vec<String>,
    },
    /// Something: these executables cannot be taken apart here. No x86-64, no ELF, no symbols, addresses that are fixed
    /// (`-C relocation-model=static`).
    Unknown,
}

/// What tells two executables apart.
///
/// # Errors
/// One of the files cannot be read, or is no executable.
pub fn differences(old: &Path, new: &Path) -> Result<Difference, Failure> {
    if fingerprint(old)? == fingerprint(new)? {
        return Ok(Difference::Same);
    }
    let functions = |path: &Path| -> Result<Option<Functions>, Failure> {
        let bytes = std::fs::read(path).map_err(|error| refused(path, error))?;
        let file = object::File::parse(bytes.as_slice()).map_err(|error| refused(path, error))?;
        Ok(functions::read(&file))
    };
    let (Some(old), Some(new)) = (functions(old)?, functions(new)?) else { return Ok(Difference::Unknown) };
    let differs = |(symbol, code): &(&String, &Vec<u64>)| old.get(*symbol).is_none_or(|before| before != *code);
    let is_gone = |(symbol, _): &(&String, &Vec<u64>)| !new.contains_key(*symbol);
    let in_new = names(new.iter().filter(differs));
    let in_old = names(old.iter().filter(is_gone));
    if in_new.is_empty() && in_old.is_empty() {
        return Ok(Difference::SameInAnotherLayout);
    }
    // By name, not by symbol: a function that got another type has another symbol, and is no other function for it.
    let (all_old, all_new) = (names(old.iter()), names(new.iter()));
    Ok(Difference::Functions {
        changed: shown(in_new.intersection(&all_old).chain(in_old.intersection(&all_new))),
        added: shown(in_new.difference(&all_old)),
        removed: shown(in_old.difference(&all_new)),
    })
}

/// As people write them: a generic function has a symbol for each of its types.
fn names<'a>(functions: impl Iterator<Item = (&'a String, &'a Vec<u64>)>) -> BTreeSet<String> {
    functions.map(|(symbol, _)| format!("{:#}", rustc_demangle::demangle(symbol))).collect()
}

fn shown<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let names: BTreeSet<String> = names.map(|name| shortened(name)).collect();
    names.into_iter().collect()
}

/// A name of which the middle is left out where it is long: its beginning tells the crate, its end the function.
fn shortened(name: &str) -> String {
    /// Characters. Chosen: a line of a report.
    const LENGTH_MAX: usize = 80;
    const KEPT: usize = LENGTH_MAX - 1; // and a `…`
    let length = name.chars().count();
    if length <= LENGTH_MAX {
        return name.to_owned();
    }
    let head = name.chars().take(KEPT / 2);
    let tail = name.chars().skip(length - KEPT.div_ceil(2));
    head.chain(['…']).chain(tail).collect()
}

/// What ends up in memory and may change what the program does. Sections without contents count by their size.
fn is_loaded(kind: SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Text
            | SectionKind::ReadOnlyData
            | SectionKind::ReadOnlyDataWithRel
            | SectionKind::ReadOnlyString
            | SectionKind::Data
            | SectionKind::Tls
            | SectionKind::UninitializedData
            | SectionKind::UninitializedTls
    )
}

/// Pointers that the loader fills in. In the data of an ELF file they are zero: which function a table points to
/// stands among the relocations only.
fn hash_pointers(file: &object::File, hash: &mut impl Hasher) {
    let symbols = file.dynamic_symbol_table();
    for (address, relocation) in file.dynamic_relocations().into_iter().flatten() {
        hash.write_u64(address);
        hash.write_i64(relocation.addend());
        write(hash, format!("{:?}", relocation.flags()).as_bytes());
        if let object::RelocationTarget::Symbol(index) = relocation.target() {
            use object::{ObjectSymbol, ObjectSymbolTable};
            let symbol = symbols.as_ref().and_then(|table| table.symbol_by_index(index).ok());
            write(hash, symbol.and_then(|symbol| symbol.name_bytes().ok()).unwrap_or_default());
        }
    }
}

fn write(hash: &mut impl Hasher, bytes: &[u8]) {
    hash.write_usize(bytes.len());
    hash.write(bytes);
}

fn refused(path: &Path, problem: impl std::fmt::Display) -> Failure {
    Failure::new(format!("{}: {problem}", path.display()), "build it again")
}

#[cfg(test)]
#[path = "code/code_tests.rs"]
mod code_tests;
