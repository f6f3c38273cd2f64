//! The places in the source that code can panic at: `core::panic::Location`.
//!
//! ```text
//!  .data.rel.ro   ┌────────────┬────────────┬──────┬────────┐
//!                 │ pointer    │ length     │ line │ column │     8 + 8 + 4 + 4 bytes
//!                 └─────┬──────┴────────────┴──────┴────────┘
//!  .rodata              └──▶ "src/search.rs"
//! ```
//!
//! A comment above them moves the line and nothing else. The pointer is filled in by the loader: its relocation tells
//! where such a record is.

use object::{Architecture, Object, ObjectSection, RelocationFlags, RelocationTarget, SectionKind, elf};

/// Of a record, in bytes.
const LENGTH_AT: u64 = 8;
const LINE_AT: u64 = 16;
const END: u64 = 24;

/// Chosen: longer than any path that a system lets a file have.
const LONGEST_PATH: u64 = 4096;

/// Where the line of each place lies in memory, sorted. The column follows it.
///
/// Empty where the format keeps no relocations in the executable (Mach-O, PE, no position-independent code) or the
/// processor is another one than x86-64, AArch64 or RISC-V: two builds with other line numbers are two programs then.
///
/// What is taken for such a record is read-only, begins with a pointer to a constant that ends in `.rs`, followed by
/// its exact length, a line and a column, both from 1. A table of a program that looks exactly like that (file names
/// of Rust with two small numbers each) would be taken for one: a change of its numbers alone would not be seen.
pub(super) fn find(file: &object::File) -> Vec<u64> {
    let Some(relative) = relative_relocation(file.architecture()) else { return Vec::new() };
    let memory = Memory::of(file);
    let relocations = file.dynamic_relocations().into_iter().flatten();
    let is_relative = |relocation: &object::Relocation| {
        matches!(relocation.flags(), RelocationFlags::Elf { r_type } if r_type == relative)
            && relocation.target() == RelocationTarget::Absolute
    };
    let mut lines: Vec<u64> = relocations
        .filter(|(_, relocation)| is_relative(relocation))
        .filter(|(address, relocation)| memory.is_location(*address, relocation.addend() as u64).unwrap_or(false))
        .filter_map(|(address, _)| address.checked_add(LINE_AT))
        .collect();
    lines.sort_unstable();
    lines
}

/// Makes line and column of these places zero, as far as they lie in the section that begins at `address`.
pub(super) fn mask(data: &mut [u8], address: u64, lines: &[u64]) {
    let end = address.saturating_add(data.len() as u64);
    let first = lines.partition_point(|line| *line < address);
    for line in lines[first..].iter().take_while(|line| **line < end) {
        let begin = (line - address) as usize;
        if let Some(numbers) = data.get_mut(begin..begin + (END - LINE_AT) as usize) {
            numbers.fill(0);
        }
    }
}

/// "The address that the program was loaded at, plus the addend".
fn relative_relocation(architecture: Architecture) -> Option<elf::RelocationType> {
    match architecture {
        Architecture::X86_64 => Some(elf::R_X86_64_RELATIVE),
        Architecture::Aarch64 => Some(elf::R_AARCH64_RELATIVE),
        Architecture::Riscv64 => Some(elf::R_RISCV_RELATIVE),
        _ => None,
    }
}

/// The sections that nothing writes to after loading, by address.
struct Memory<'data> {
    sections: Vec<(u64, &'data [u8], Kind)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// As it stands in the file.
    Constant,
    /// With pointers that the loader fills in.
    ConstantWithPointers,
}

impl Kind {
    fn of(section: &object::Section) -> Option<Kind> {
        match section.kind() {
            SectionKind::ReadOnlyData | SectionKind::ReadOnlyString => Some(Kind::Constant),
            // To ELF they are data like any other; the loader takes the right to write away.
            SectionKind::Data if section.name_bytes().is_ok_and(|name| name.starts_with(b".data.rel.ro")) => {
                Some(Kind::ConstantWithPointers)
            }
            _ => None,
        }
    }
}

impl<'data> Memory<'data> {
    fn of(file: &object::File<'data>) -> Memory<'data> {
        let constants = file.sections().filter_map(|section| Some((Kind::of(&section)?, section)));
        let with_data = constants.filter_map(|(kind, section)| Some((section.address(), section.data().ok()?, kind)));
        let mut sections: Vec<_> = with_data.filter(|(_, data, _)| !data.is_empty()).collect();
        sections.sort_unstable_by_key(|(address, _, _)| *address);
        Memory { sections }
    }

    fn read(&self, address: u64, length: u64) -> Option<(&'data [u8], Kind)> {
        let index = self.sections.partition_point(|(begin, _, _)| *begin <= address).checked_sub(1)?;
        let (begin, data, kind) = self.sections[index];
        let from = usize::try_from(address - begin).ok()?;
        let to = from.checked_add(usize::try_from(length).ok()?)?;
        Some((data.get(from..to)?, kind))
    }

    /// Whether the record of a place begins at `address`, with `path` in its first field.
    fn is_location(&self, address: u64, path: u64) -> Option<bool> {
        let (record, kind) = self.read(address, END)?;
        let number = |at: u64| {
            let bytes = &record[at as usize..at as usize + 4];
            u32::from_le_bytes(bytes.try_into().expect("four bytes were taken"))
        };
        let (length, high) = (u64::from(number(LENGTH_AT)), number(LENGTH_AT + 4));
        let (line, column) = (number(LINE_AT), number(LINE_AT + 4));
        let is_plausible = kind == Kind::ConstantWithPointers
            && address.is_multiple_of(8)
            && high == 0
            && (1..=LONGEST_PATH).contains(&length)
            && line != 0
            && column != 0;
        if !is_plausible {
            return Some(false);
        }
        let (text, kind) = self.read(path, length)?;
        let text = std::str::from_utf8(text).ok()?;
        let is_text = kind == Kind::Constant && !text.contains(char::is_control);
        Some(is_text && text.ends_with(".rs"))
    }
}
