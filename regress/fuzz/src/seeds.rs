//! Inputs that are kept: one a line, bytes that are no plain text escaped as in a Rust byte string.
//!
//! ```text
//! test a ... bench: 1 ns/iter (+/- 1)\n
//! {\"name\":\"a\",\xff
//! ```
//!
//! So a few hundred inputs are one file that can be searched, and its changes be read.

/// The inputs in a file of them.
///
/// # Panics
/// When a line is not written as [`line`] writes it.
pub fn read(text: &str) -> Vec<Vec<u8>> {
    text.lines().map(unescaped).collect()
}

/// An input as a line, without its end.
pub fn line(input: &[u8]) -> String {
    input.escape_ascii().to_string()
}

fn unescaped(line: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(line.len());
    let mut rest = line.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'\\' { escape(&mut rest, line) } else { byte });
    }
    bytes
}

fn escape(rest: &mut impl Iterator<Item = u8>, line: &str) -> u8 {
    let first = rest.next();
    let mut digit = || {
        let digit = rest.next().and_then(|byte| char::from(byte).to_digit(16));
        digit.unwrap_or_else(|| panic!("half an escape in {line}")) as u8
    };
    match first {
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'x') => digit() << 4 | digit(),
        Some(byte @ (b'\\' | b'"' | b'\'')) => byte,
        _ => panic!("an unknown escape in {line}"),
    }
}
