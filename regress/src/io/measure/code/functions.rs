//! Which functions of two executables differ, wherever they lie.
//!
//! When one function grows by a byte, everything behind it moves, and every call and every reference to a constant
//! has other bytes. So the instructions are decoded, and what they refer to counts by what it is, not by where it is:
//! a function by its symbol, a constant by its bytes, a variable by its symbol.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;
use std::ops::Range;

use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic};
use object::{Architecture, Object, ObjectSection, ObjectSymbol, ObjectSymbolTable, SectionIndex, SectionKind};
use object::{ObjectKind, RelocationTarget, SymbolKind};

use super::locations;

/// The functions and variables of an executable: by symbol, a hash of what each does. A symbol of several files has several.
pub(super) type Functions = BTreeMap<String, Vec<u64>>;

/// `None` for other processors than x86-64, other formats than ELF, executables without symbols, and such whose
/// pointers cannot be told from numbers: see [`tells_pointers`].
pub(super) fn read(file: &object::File) -> Option<Functions> {
    if file.architecture() != Architecture::X86_64 || !tells_pointers(file) {
        return None;
    }
    let mut image = Image::of(file)?;
    let code = image.decode()?;
    let mut functions = Functions::new();
    for (index, references) in code.iter().enumerate() {
        let hash = image.hash_of(index, references);
        functions.entry(image.functions[index].name.clone()).or_default().push(hash);
    }
    for section in image.sections.iter().filter(|section| section.counts_as_whole) {
        functions.entry(section.name.clone()).or_default().push(image.hash_of_whole(section));
    }
    functions.insert(".tbss".to_owned(), vec![hash_bytes(b"size", &image.thread_zeros_bytes.to_le_bytes())]);
    // What variables hold when it begins.
    for address in image.begins.iter().copied() {
        if let Some(name) = image.variable_at(address) {
            functions.entry(name.to_owned()).or_default().push(image.hash_of_data(address));
        }
    }
    functions.values_mut().for_each(|hashes| hashes.sort_unstable());
    Some(functions)
}

/// Whether each pointer stands among the relocations that are read here.
///
/// They do in position-independent executables and libraries. In others an address is a number like any other, in
/// instructions and in data: what it points to would not count, and a changed constant be no difference. The same with
/// relocations that are packed to bits (`-z pack-relative-relocs`).
fn tells_pointers(file: &object::File) -> bool {
    // Not `.relro_padding`, which LLD adds.
    let is_packed = |section: object::Section| section.name_bytes().is_ok_and(|name| name.starts_with(b".relr."));
    file.format() == object::BinaryFormat::Elf && file.kind() == ObjectKind::Dynamic && !file.sections().any(is_packed)
}

const POINTER_BYTES: usize = 8;

struct Image {
    sections: Vec<Section>,
    functions: Vec<Function>,
    /// What the loader fills in, by address.
    pointers: BTreeMap<u64, Pointer>,
    /// Variables by address, with their size.
    variables: BTreeMap<u64, (u64, String)>,
    /// Where something begins that code or data refer to.
    begins: BTreeSet<u64>,
    /// The variables of a thread that begin as zeros. They have no place in the file, and their addresses are those of
    /// what follows. Instructions name them, like all variables of a thread, by their distance from its end.
    thread_zeros_bytes: u64,
    /// GNU's linker lets a text that ends like another begin in its middle.
    shares_ends: bool,
}

struct Section {
    address: u64,
    size: u64,
    name: String,
    kind: Kind,
    data: Vec<u8>,
    /// The order of what is in it counts, and no instruction tells it: what runs before and after `main`; the variables
    /// of a thread, which instructions know by their place alone.
    counts_as_whole: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Constant,
    Variable,
}

struct Function {
    address: u64,
    size: u64,
    name: String,
}

#[derive(Clone)]
enum Pointer {
    To(u64),
    /// Something of another library.
    Outside(String),
}

/// A function's instructions without what they refer to, and what they refer to.
struct Code {
    hash: u64,
    references: Vec<Reference>,
}

enum Reference {
    /// An address that is computed, called or jumped to.
    Address(u64),
    /// So many bytes that are read or written.
    Memory(u64, u64),
}

impl Image {
    fn of(file: &object::File) -> Option<Image> {
        let lines = locations::find(file);
        let mut sections = Vec::new();
        let mut shares_ends = true;
        let mut thread_zeros_bytes: u64 = 0;
        for section in file.sections() {
            let name = String::from_utf8_lossy(section.name_bytes().ok()?).into_owned();
            if name == ".comment" {
                shares_ends = memchr::memmem::find(section.data().ok()?, b"Linker: LLD").is_none();
            }
            let is_constant = [".data.rel.ro", ".got", ".init_array", ".fini_array"];
            let kind = match section.kind() {
                SectionKind::Text => Kind::Code,
                SectionKind::ReadOnlyData | SectionKind::ReadOnlyString => Kind::Constant,
                _ if is_constant.iter().any(|begin| name.starts_with(begin)) => Kind::Constant,
                SectionKind::Data | SectionKind::UninitializedData | SectionKind::Tls => Kind::Variable,
                SectionKind::UninitializedTls => {
                    thread_zeros_bytes = thread_zeros_bytes.checked_add(section.size())?;
                    continue;
                }
                _ => continue,
            };
            let is_around_main = [".init_array", ".fini_array"].iter().any(|begin| name.starts_with(begin));
            let counts_as_whole = is_around_main || section.kind() == SectionKind::Tls;
            section.address().checked_add(section.size())?;
            let mut data = section.data().ok()?.to_vec();
            locations::mask(&mut data, section.address(), &lines);
            sections.push(Section {
                address: section.address(),
                size: section.size(),
                name,
                kind,
                data,
                counts_as_whole,
            });
        }
        sections.sort_by_key(|section| section.address);
        let dynamic = file.dynamic_symbol_table();
        let pointers = file.dynamic_relocations()?.map(|(address, relocation)| match relocation.target() {
            RelocationTarget::Symbol(index) => {
                let symbol = dynamic.as_ref().and_then(|table| table.symbol_by_index(index).ok());
                let name = symbol.and_then(|symbol| symbol.name().ok().map(str::to_owned)).unwrap_or_default();
                (address, Pointer::Outside(format!("{name}{:+}", relocation.addend())))
            }
            _ => (address, Pointer::To(relocation.addend() as u64)),
        });
        let pointers: BTreeMap<u64, Pointer> = pointers.collect();
        // What the loader writes over does not count, whatever stands there before.
        for section in &mut sections {
            for (at, _) in pointers.range(section.address..section.address + section.size) {
                let from = (at - section.address) as usize;
                let rest = section.data.get_mut(from..).unwrap_or_default();
                rest.iter_mut().take(POINTER_BYTES).for_each(|byte| *byte = 0);
            }
        }
        let mut image = Image {
            pointers,
            sections,
            functions: Vec::new(),
            variables: BTreeMap::new(),
            begins: BTreeSet::new(),
            thread_zeros_bytes,
            shares_ends,
        };
        image.read_symbols(file);
        (!image.functions.is_empty()).then_some(image)
    }

    fn read_symbols(&mut self, file: &object::File) {
        let threads = Threads::of(file);
        for symbol in file.symbols() {
            let size = symbol.size();
            let address = match symbol.kind() {
                SymbolKind::Tls => threads.address(&symbol),
                _ => Some(symbol.address()),
            };
            let Some(address) = address else { continue };
            let Ok(name) = symbol.name().map(str::to_owned) else { continue };
            if address.checked_add(size).is_none() {
                continue;
            }
            match (symbol.kind(), self.section(address).map(|section| section.kind)) {
                (SymbolKind::Text, Some(Kind::Code)) => self.functions.push(Function { address, size, name }),
                (SymbolKind::Data | SymbolKind::Tls, Some(Kind::Variable | Kind::Constant)) => {
                    self.begins.insert(address);
                    self.variables.insert(address, (size, name));
                }
                _ => {}
            }
        }
        // One body may have several names: the first of them stands for it.
        self.functions.sort_by(|a, b| (a.address, &a.name).cmp(&(b.address, &b.name)));
        self.functions.dedup_by_key(|function| function.address);
        let targets = self.pointers.values().filter_map(|pointer| match pointer {
            Pointer::To(address) => Some(*address),
            Pointer::Outside(_) => None,
        });
        self.begins.extend(targets);
    }

    /// All functions, decoded. `None` where there is code that no function has, or that is none.
    fn decode(&mut self) -> Option<Vec<Code>> {
        self.add_nameless();
        let mut all = Vec::new();
        for index in 0..self.functions.len() {
            let (address, end) = self.extent(index)?;
            all.push(self.decode_one(address, end)?);
        }
        for reference in all.iter().flat_map(|code| &code.references) {
            let (Reference::Address(address) | Reference::Memory(address, _)) = reference;
            self.begins.insert(*address);
        }
        let tables = all.iter().flat_map(|code| &code.references).filter_map(|reference| match reference {
            Reference::Address(address) => self.distances(*address),
            Reference::Memory(..) => None,
        });
        let targets: Vec<u64> = tables.flatten().collect();
        self.begins.extend(targets);
        Some(all)
    }

    /// Sections of code in which no symbol is (`.plt`) count as one function each.
    fn add_nameless(&mut self) {
        let code = self.sections.iter().filter(|section| section.kind == Kind::Code && section.size != 0);
        let nameless = code.filter(|s| !self.functions.iter().any(|f| f.address == s.address));
        let added: Vec<Function> =
            nameless.map(|s| Function { address: s.address, size: 0, name: s.name.clone() }).collect();
        self.functions.extend(added);
        self.functions.sort_by_key(|function| function.address);
    }

    /// From its first to behind its last byte. Behind it there is only padding.
    fn extent(&self, index: usize) -> Option<(u64, u64)> {
        let Function { address, size, .. } = self.functions[index];
        let section = self.section(address)?;
        let next = self.functions.get(index + 1).map_or(u64::MAX, |next| next.address);
        let next = next.min(section.address + section.size);
        if size == 0 {
            return Some((address, next));
        }
        let end = address + size;
        let rest = self.bytes(end, next.checked_sub(end)?)?;
        let mut padding = Decoder::with_ip(64, rest, end, DecoderOptions::NONE);
        let is_padding = |i: &Instruction| matches!(i.mnemonic(), Mnemonic::Nop | Mnemonic::Int3);
        padding.iter().all(|instruction| is_padding(&instruction)).then_some((address, end))
    }

    fn decode_one(&self, address: u64, end: u64) -> Option<Code> {
        let bytes = self.bytes(address, end - address)?;
        let mut decoder = Decoder::with_ip(64, bytes, address, DecoderOptions::NONE);
        let mut hash = siphasher::sip::SipHasher13::new();
        let mut references = Vec::new();
        let mut instruction = Instruction::default();
        while decoder.can_decode() {
            let at = decoder.position();
            decoder.decode_out(&mut instruction);
            if instruction.is_invalid() {
                return None;
            }
            let mut own = bytes[at..decoder.position()].to_vec();
            let constants = decoder.get_constant_offsets(&instruction);
            let mut blank = |from: usize, size: usize| own[from..from + size].fill(0);
            if instruction.is_ip_rel_memory_operand() {
                blank(constants.displacement_offset(), constants.displacement_size());
                let target = instruction.ip_rel_memory_address();
                references.push(match instruction.mnemonic() {
                    Mnemonic::Lea => Reference::Address(target),
                    _ => Reference::Memory(target, instruction.memory_size().size() as u64),
                });
            }
            let target = instruction.near_branch_target();
            if target != 0 && !(address..end).contains(&target) {
                blank(constants.immediate_offset(), constants.immediate_size());
                references.push(Reference::Address(target));
            }
            hash.write_usize(own.len());
            hash.write(&own);
        }
        Some(Code { hash: hash.finish(), references })
    }

    fn hash_of(&self, index: usize, code: &Code) -> u64 {
        let mut hash = siphasher::sip::SipHasher13::new();
        hash.write_u64(code.hash);
        for reference in &code.references {
            match *reference {
                Reference::Address(address) => hash.write_u64(self.hash_of_table(index, address)),
                Reference::Memory(address, size) => hash.write_u64(self.hash_of_memory(address, size)),
            }
        }
        hash.finish()
    }

    /// Of what begins at an address: a table of jumps of that function, or anything else.
    ///
    /// Such a table holds distances from itself to places of the function, four bytes each: these count by where they
    /// lie in the function.
    fn hash_of_table(&self, index: usize, address: u64) -> u64 {
        let Function { address: begin, size, .. } = self.functions[index];
        let bytes = self.section(address).filter(|section| section.kind == Kind::Constant && address.is_multiple_of(4));
        let bytes = bytes.and_then(|_| self.bytes(address, self.end_of(address)?.checked_sub(address)?));
        let jumps = bytes.unwrap_or_default().chunks_exact(4).map_while(|entry| {
            let distance = i32::from_le_bytes(entry.try_into().expect("four bytes each"));
            let place = address.checked_add_signed(i64::from(distance))?.checked_sub(begin)?;
            (place < size).then_some(place)
        });
        let jumps: Vec<u64> = jumps.collect();
        if jumps.is_empty() {
            let Some(targets) = self.distances(address) else { return self.hash_of_data(address) };
            let mut hash = siphasher::sip::SipHasher13::new();
            targets.into_iter().for_each(|target| hash.write_u64(self.hash_of_data(target)));
            return hash.finish();
        }
        let mut hash = siphasher::sip::SipHasher13::new();
        jumps.iter().for_each(|place| hash.write_u64(*place));
        hash.write(&bytes.unwrap_or_default()[jumps.len() * 4..]);
        hash.finish()
    }

    /// Where the entries of a table lead to that holds distances from itself to other constants, four bytes each: so
    /// compilers keep lists of texts. `None` where one entry leads anywhere else, or there are fewer than three: these
    /// are numbers then.
    fn distances(&self, address: u64) -> Option<Vec<u64>> {
        let is_constant = |at: u64| self.section(at).is_some_and(|section| section.kind == Kind::Constant);
        let end = self.end_of(address).filter(|_| is_constant(address) && address.is_multiple_of(4))?;
        let is_whole = (end - address).is_multiple_of(4)
            && 12 <= end - address
            && self.pointers.range(address..end).next().is_none();
        let entries = self.bytes(address, end - address).filter(|_| is_whole)?.chunks_exact(4);
        let target = |entry: &[u8]| {
            let distance = i32::from_le_bytes(entry.try_into().expect("four bytes each"));
            let target = address.checked_add_signed(i64::from(distance))?;
            (is_constant(target) && !(address..end).contains(&target)).then_some(target)
        };
        entries.map(target).collect()
    }

    /// Constants that are read count by the bytes that are read, whatever stands behind them.
    fn hash_of_memory(&self, address: u64, size: u64) -> u64 {
        let is_plain = self.section(address).is_some_and(|section| section.kind == Kind::Constant)
            && self.pointers.range(address.saturating_sub(7)..address.saturating_add(size)).next().is_none();
        match self.bytes(address, size).filter(|_| is_plain && size != 0) {
            Some(bytes) => hash_bytes(b"read", bytes),
            None => self.hash_of_data(address),
        }
    }

    fn hash_of_data(&self, address: u64) -> u64 {
        self.hash_at_depth(address, 0)
    }

    fn hash_at_depth(&self, address: u64, depth: u32) -> u64 {
        /// Chosen: a table of tables of texts is three deep. Deeper, or in a circle, the address itself counts, so
        /// that nothing is taken for the same that is not.
        const DEPTH_MAX: u32 = 8;
        let by_address = || hash_bytes(b"address", &address.to_le_bytes());
        if depth == DEPTH_MAX {
            return by_address();
        }
        let Some(section) = self.section(address) else {
            // Symbols of the linker stand at the ends of sections; they are only compared with each other.
            let edge = self.sections.iter().find(|s| s.address == address || s.address + s.size == address);
            return edge.map_or_else(by_address, |section| hash_bytes(b"edge", section.name.as_bytes()));
        };
        let mut hash = siphasher::sip::SipHasher13::new();
        match section.kind {
            Kind::Code => {
                let index = self.functions.partition_point(|function| function.address <= address);
                let Some(function) = index.checked_sub(1).map(|index| &self.functions[index]) else {
                    return by_address();
                };
                hash.write(function.name.as_bytes());
                hash.write_u64(address - function.address);
                return hash.finish();
            }
            Kind::Constant => {}
            // Two variables of the same contents are two: the name says which.
            Kind::Variable => {
                let named = self.named_variable(address);
                let (begin, name) = named.unwrap_or((section.address, &section.name));
                hash.write(name.as_bytes());
                hash.write_u64(address - begin);
                // What a variable holds counts where it is hashed itself, not with everything that points to it.
                if 0 < depth {
                    return hash.finish();
                }
            }
        }
        let Some(end) = self.end_of(address) else { return by_address() };
        self.write_contents(&mut hash, address..end, depth);
        hash.finish()
    }

    /// Of all that is in a section, in its order.
    fn hash_of_whole(&self, section: &Section) -> u64 {
        let mut hash = siphasher::sip::SipHasher13::new();
        self.write_contents(&mut hash, section.address..section.address + section.size, 0);
        hash.finish()
    }

    /// The bytes of a part of a section, and what the pointers in it point to.
    fn write_contents(&self, hash: &mut impl Hasher, addresses: Range<u64>, depth: u32) {
        let (begin, size) = (addresses.start, addresses.end - addresses.start);
        hash.write_u64(size);
        hash.write(self.bytes(begin, size).unwrap_or_default());
        for (at, pointer) in self.pointers.range(addresses) {
            hash.write_u64(at - begin);
            match pointer {
                Pointer::To(target) => hash.write_u64(self.hash_at_depth(*target, depth + 1)),
                Pointer::Outside(name) => hash.write(name.as_bytes()),
            }
        }
    }

    /// The variable with a symbol around an address.
    fn named_variable(&self, address: u64) -> Option<(u64, &str)> {
        let (begin, (size, name)) = self.variables.range(..=address).next_back()?;
        (address - begin < (*size).max(1)).then_some((*begin, name))
    }

    /// The symbol of what lies at an address that may be written to; without one, its section.
    fn variable_at(&self, address: u64) -> Option<&str> {
        let section = self.section(address).filter(|section| section.kind == Kind::Variable)?;
        Some(self.named_variable(address).map_or(&section.name, |(_, name)| name))
    }

    /// Behind the last byte of what begins at `address`: where the next thing begins.
    fn end_of(&self, address: u64) -> Option<u64> {
        let section = self.section(address)?;
        let last = section.address + section.size;
        let is_end = |end: &u64| {
            let before = self.bytes(end - 1, 1).is_none_or(|byte| byte == [0]);
            !self.shares_ends || section.kind != Kind::Constant || before
        };
        Some(self.begins.range(address + 1..last).copied().find(is_end).unwrap_or(last))
    }

    fn section(&self, address: u64) -> Option<&Section> {
        let index = self.sections.partition_point(|section| section.address <= address).checked_sub(1)?;
        Some(&self.sections[index]).filter(|section| address - section.address < section.size)
    }

    fn bytes(&self, address: u64, size: u64) -> Option<&[u8]> {
        if size == 0 {
            return Some(&[]);
        }
        let section = self.section(address)?;
        let from = usize::try_from(address - section.address).ok()?;
        section.data.get(from..from.checked_add(usize::try_from(size).ok()?)?)
    }
}

/// Where the variables of a thread lie in the file, from which each thread gets a copy.
struct Threads {
    begin: Option<u64>,
    /// The sections that have contents. What begins as zeros lies at addresses that others have.
    with_contents: Vec<SectionIndex>,
}

impl Threads {
    fn of(file: &object::File) -> Threads {
        let is_tls = |kind| matches!(kind, SectionKind::Tls | SectionKind::UninitializedTls);
        let all = || file.sections().filter(|section| is_tls(section.kind()));
        Threads {
            begin: all().map(|section| section.address()).min(),
            with_contents: all().filter(|s| s.kind() == SectionKind::Tls).map(|s| s.index()).collect(),
        }
    }

    /// To such a symbol an address is the distance from the first variable.
    fn address<'data>(&self, symbol: &impl ObjectSymbol<'data>) -> Option<u64> {
        let index = symbol.section_index().filter(|index| self.with_contents.contains(index));
        index.and(self.begin)?.checked_add(symbol.address())
    }
}

fn hash_bytes(what: &[u8], bytes: &[u8]) -> u64 {
    let mut hash = siphasher::sip::SipHasher13::new();
    hash.write(what);
    hash.write_usize(bytes.len());
    hash.write(bytes);
    hash.finish()
}
