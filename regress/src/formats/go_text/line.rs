//! What one line of the text is.

use std::fmt;
use std::num::IntErrorKind;

use super::super::numbers;
use crate::number;

/// What one line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// `BenchmarkCosine/d512-8  4046834  247.1 ns/op`: its name without `Benchmark`. Its measurements are in
    /// [`LastResult`].
    Result(&'a str),
    /// `Unit p99-ns/op better=lower assume=exact`: what follows the word.
    Unit(&'a str),
    /// `goos: linux`. An empty value takes the setting back.
    Setting(&'a str, &'a str),
    /// Neither: what a build or a test printed.
    Other,
}

/// The last line that was a result. The next one mostly has the same name and the same units: to compare them takes half
/// the instructions of looking for their ends.
#[derive(Debug, Default)]
pub struct LastResult<'a> {
    name: &'a str,
    /// In the order of the line: each with its unit, as written. At least one behind [`Line::Result`].
    pub measurements: Vec<(f64, &'a str)>,
}

/// Why a benchmark line cannot be read. Each holds the word that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed<'a> {
    /// Nothing but blanks follows the name.
    NoIterations,
    /// Not a whole number.
    Iterations(&'a str),
    /// A whole number beyond 2^63.
    TooManyIterations(&'a str),
    /// Nothing follows the iterations.
    NoMeasurements,
    /// Not a number.
    Measurement(&'a str),
    /// A number above the largest.
    TooLargeMeasurement(&'a str),
    /// Nothing follows this measurement.
    NoUnit(&'a str),
}

impl fmt::Display for Malformed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::NoIterations => write!(f, "there is no number of iterations"),
            Malformed::Iterations(field) | Malformed::TooManyIterations(field) => {
                write!(f, "`{field}` is no number of iterations")
            }
            Malformed::NoMeasurements => write!(f, "there are no measurements"),
            Malformed::Measurement(field) | Malformed::TooLargeMeasurement(field) => {
                write!(f, "`{field}` is no number")
            }
            Malformed::NoUnit(field) => write!(f, "`{field}` has no unit"),
        }
    }
}

impl Malformed<'_> {
    /// What Go's reader says of it.
    pub fn in_go(self) -> &'static str {
        match self {
            Malformed::NoIterations => "missing iteration count",
            Malformed::Iterations(_) => "parsing iteration count: invalid syntax",
            Malformed::TooManyIterations(_) => "parsing iteration count: value out of range",
            Malformed::NoMeasurements => "missing measurements",
            Malformed::Measurement(_) => "parsing measurement: invalid syntax",
            Malformed::TooLargeMeasurement(_) => "parsing measurement: value out of range",
            Malformed::NoUnit(_) => "missing units",
        }
    }
}

const PREFIX: &str = "Benchmark";

impl<'a> Line<'a> {
    /// Takes a line apart; it has no line end.
    ///
    /// * `last`: of the same text; this one takes its place if it is a result.
    ///
    /// # Errors
    /// A benchmark line that cannot be read. benchstat leaves those out as well.
    pub fn new(line: &'a str, last: &mut LastResult<'a>) -> Result<Line<'a>, Malformed<'a>> {
        if let Some(result) = line.strip_prefix(PREFIX) {
            return take_result(result, last);
        }
        Ok(match (unit(line), setting(line)) {
            (Some(unit), _) => Line::Unit(unit),
            (None, Some((key, value))) => Line::Setting(key, value),
            (None, None) => Line::Other,
        })
    }

    /// Whether the line can be the beginning of a result. The last one of a file that was cut off may lack digits.
    pub fn begins_result(line: &str) -> bool {
        line.starts_with(PREFIX)
    }
}

/// The lines of a text, without their ends.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, after) = match memchr::memchr(b'\n', rest.as_bytes()) {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, ""),
        };
        rest = after;
        Some(line.strip_suffix('\r').unwrap_or(line))
    })
}

/// `Cosine/d512-8  4046834  247.1 ns/op …`
fn take_result<'a>(line: &'a str, last: &mut LastResult<'a>) -> Result<Line<'a>, Malformed<'a>> {
    let mut fields = Fields::new(line);
    // `Benchmark` alone has an empty name.
    let name = if line.starts_with(char::is_whitespace) { "" } else { fields.next_like(last.name).unwrap_or_default() };
    // A name alone, without even a blank, is what `-v` prints when a benchmark begins.
    if name.len() == line.len() {
        return Ok(Line::Other);
    }
    if !fields.skip_short_integer() {
        check_iterations(fields.next().ok_or(Malformed::NoIterations)?)?;
    }
    let measurements = &mut last.measurements;
    let mut count = 0;
    loop {
        let before_number = fields.at;
        let value = match fields.next_decimal() {
            Some(value) => value,
            None => match fields.next() {
                Some(field) => measurement(field)?,
                None => break,
            },
        };
        let likely = measurements.get(count).map_or("", |(_, unit)| unit);
        let Some(unit) = fields.next_like(likely) else {
            return Err(Malformed::NoUnit(Fields { line, at: before_number }.next().unwrap_or_default()));
        };
        match measurements.get_mut(count) {
            Some(measurement) => *measurement = (value, unit),
            None => measurements.push((value, unit)),
        }
        count += 1;
    }
    measurements.truncate(count);
    last.name = name;
    if count == 0 { Err(Malformed::NoMeasurements) } else { Ok(Line::Result(name)) }
}

fn check_iterations(field: &str) -> Result<(), Malformed<'_>> {
    match field.parse::<i64>().map_err(|error| *error.kind()) {
        Ok(_) => Ok(()),
        Err(IntErrorKind::PosOverflow | IntErrorKind::NegOverflow) => Err(Malformed::TooManyIterations(field)),
        Err(_) => Err(Malformed::Iterations(field)),
    }
}

/// A number as Go reads it; infinite when it says so, refused when it is too large.
fn measurement(field: &str) -> Result<f64, Malformed<'_>> {
    let says_infinite = field.trim_start_matches(['+', '-']).starts_with(['i', 'I']);
    match number::parse(field) {
        Some(number) if !number.is_infinite() || says_infinite => Ok(number),
        Some(_) => Err(Malformed::TooLargeMeasurement(field)),
        None => Err(Malformed::Measurement(field)),
    }
}

/// `key: value`: the key begins with a small letter and has no blanks and no capitals.
fn setting(line: &str) -> Option<(&str, &str)> {
    let first = line.chars().next()?;
    if !first.is_lowercase() {
        return None;
    }
    let end = line.find(|c: char| c == ':' || c.is_whitespace() || c.is_uppercase())?;
    let (key, rest) = line.split_at(end);
    let value = rest.strip_prefix(':')?;
    let trimmed = value.trim_start_matches([' ', '\t']);
    (value.is_empty() || trimmed.len() < value.len()).then_some((key, trimmed))
}

/// What follows the word `Unit`.
fn unit(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("Unit")?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim_start())
}

/// The fields of a line, between blanks.
pub struct Fields<'a> {
    line: &'a str,
    /// Where what was not looked at yet begins.
    at: usize,
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.pass_blanks();
        let mut length = before_blank(bytes);
        while bytes.get(length).is_some_and(|byte| byte.is_ascii_control() && !is_blank(*byte)) {
            length += 1 + before_blank(&bytes[length + 1..]);
        }
        if bytes.get(length).is_some_and(|byte| !byte.is_ascii()) {
            return self.next_unicode();
        }
        let field = &self.line[self.at..][..length];
        self.at += length;
        (!field.is_empty()).then_some(field)
    }
}

impl<'a> Fields<'a> {
    /// Those of this line.
    pub fn new(line: &'a str) -> Fields<'a> {
        Fields { line, at: 0 }
    }

    /// The next field.
    ///
    /// * `likely`: a field of another line, which it probably equals; empty when nothing is known.
    #[inline]
    fn next_like(&mut self, likely: &'a str) -> Option<&'a str> {
        let bytes = self.pass_blanks();
        let is_it = !likely.is_empty() && bytes.starts_with(likely.as_bytes()) && self.pass(bytes, likely.len());
        if is_it { Some(likely) } else { self.next() }
    }

    /// The next field if it is a decimal number, read without looking for its end first.
    #[inline]
    fn next_decimal(&mut self) -> Option<f64> {
        let bytes = self.pass_blanks();
        if !bytes.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let (number, length) = numbers::decimal(bytes)?;
        self.pass(bytes, length).then_some(number)
    }

    /// Passes over the next field if it is made of so few digits that it is an integer of 64 bits.
    #[inline]
    fn skip_short_integer(&mut self) -> bool {
        let bytes = self.pass_blanks();
        let (_, length) = numbers::digits(bytes, 0);
        (1..=18).contains(&length) && self.pass(bytes, length)
    }

    /// Passes over blanks. Returns what stands behind them.
    #[inline]
    fn pass_blanks(&mut self) -> &'a [u8] {
        let bytes = self.line.as_bytes();
        while bytes.get(self.at).copied().is_some_and(is_blank) {
            self.at += 1 + spaces(&bytes[self.at + 1..]);
        }
        &bytes[self.at..]
    }

    /// Passes over a field of this length, if it is a whole one.
    #[inline]
    fn pass(&mut self, bytes: &[u8], length: usize) -> bool {
        let ends = bytes.get(length).is_none_or(|byte| is_blank(*byte));
        if ends {
            self.at += length;
        }
        ends
    }

    /// The next field of any script, with any script's blanks.
    #[cold]
    fn next_unicode(&mut self) -> Option<&'a str> {
        let rest = self.line[self.at..].trim_start();
        let field = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
        self.at = self.line.len() - rest.len() + field.len();
        (!field.is_empty()).then_some(field)
    }
}

/// Between fields, as far as ASCII goes.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// How many spaces there are at the beginning. Numbers stand behind up to eight of them.
#[inline]
fn spaces(bytes: &[u8]) -> usize {
    let Some(eight) = bytes.first_chunk::<8>() else { return bytes.iter().take_while(|byte| **byte == b' ').count() };
    let others = u64::from_le_bytes(*eight) ^ u64::from_le_bytes([b' '; 8]);
    others.trailing_zeros() as usize / 8
}

/// How many bytes stand before the first that can be part of a blank: a space, a control character, or what belongs to a
/// character of another script. Looking at eight at a time takes a third of the instructions.
#[inline]
fn before_blank(bytes: &[u8]) -> usize {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The highest bit of each byte below `!` or above ASCII; what is borrowed comes from such a byte before.
        let marks = (word.wrapping_sub(EACH * u64::from(b'!')) | word) & (EACH << 7);
        if marks != 0 {
            return 8 * index + marks.trailing_zeros() as usize / 8;
        }
    }
    let in_rest = rest.iter().position(|byte| *byte <= b' ' || !byte.is_ascii());
    bytes.len() - rest.len() + in_rest.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_has_a_small_key() {
        #[track_caller]
        fn check(line: &str, expected: Option<(&str, &str)>) {
            assert_eq!(setting(line), expected, "for {line:?}");
        }
        check("pkg: example.com/face", Some(("pkg", "example.com/face")));
        check("pkg:", Some(("pkg", "")));
        check("pkg:example", None);
        check("Pkg: x", None);
        check("go test: x", None);
        check("goOs: x", None);
        check("ok  \texample.com\t1s", None);
        check(": x", None);
    }

    #[test]
    fn a_line_is_a_result_a_unit_a_setting_or_nothing() {
        #[track_caller]
        fn check(line: &str, expected: Result<Line, Malformed>, expected_measurements: &[(f64, &str)]) {
            for (name, units) in [("", ""), ("A", "x"), ("A/x=1-8", "ns/op"), ("A/x", "n"), ("A/x=1-80", "ns/op2")] {
                let mut last = LastResult { name, measurements: vec![(9.0, units); 3] };
                assert_eq!(Line::new(line, &mut last), expected, "for {line:?}");
                if let Ok(Line::Result(_)) = expected {
                    assert_eq!(last.measurements, expected_measurements, "for {line:?}");
                }
            }
        }
        check(
            "BenchmarkA/x=1-8\t 10\t 2.5 ns/op 3 B/op",
            Ok(Line::Result("A/x=1-8")),
            &[(2.5, "ns/op"), (3.0, "B/op")],
        );
        check("Benchmark 1 2 x", Ok(Line::Result("")), &[(2.0, "x")]);
        check("BenchmarkA", Ok(Line::Other), &[]);
        check("BenchmarkA ", Err(Malformed::NoIterations), &[]);
        check("BenchmarkA x", Err(Malformed::Iterations("x")), &[]);
        check("BenchmarkA 99999999999999999999 1 x", Err(Malformed::TooManyIterations("99999999999999999999")), &[]);
        check("BenchmarkA -5 1 x", Ok(Line::Result("A")), &[(1.0, "x")]);
        check("BenchmarkA 1", Err(Malformed::NoMeasurements), &[]);
        check("Unit x better=lower", Ok(Line::Unit("x better=lower")), &[]);
        check("note: all well", Ok(Line::Setting("note", "all well")), &[]);
        check("PASS", Ok(Line::Other), &[]);
        check("", Ok(Line::Other), &[]);
    }

    #[test]
    fn fields_stand_between_blanks_of_any_script() {
        let fields = |line: &'static str| Fields::new(line).collect::<Vec<_>>();
        assert_eq!(fields(" \tgroup/case=10000-8\x0b 1\r12345678  "), ["group/case=10000-8", "1", "12345678"]);
        assert_eq!(fields("a\x01b\x7fcdefghijk\x1f\x02 l"), ["a\x01b\x7fcdefghijk\x1f\x02", "l"]);
        assert_eq!(fields("größe=1\u{2003}µs \u{a0}x"), ["größe=1", "µs", "x"]);
        assert_eq!(fields(" "), [""; 0]);
    }

    #[test]
    fn lines_end_in_either_way() {
        let all: Vec<&str> = lines("a\r\n\nb\rc\nd\r").collect();
        assert_eq!(all, ["a", "", "b\rc", "d"]);
        assert_eq!(lines("").count(), 0);
    }
}
