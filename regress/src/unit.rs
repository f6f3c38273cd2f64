//! Units: what a number counts, how it is written and read.
//!
//! Inside the program only base units live (seconds, bytes, plain counts, ratios). Prefixes exist in
//! text alone: [`Quantity::parse`] takes them off, [`Scale`] puts them on.

use std::fmt;
use std::sync::Arc;

/// What one unit of a number is. Two numbers can only be compared when their units are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Seconds of wall time.
    Seconds,
    /// Bytes.
    Bytes,
    /// A plain count: allocations, instructions, cycles.
    Count,
    /// Bytes per second.
    BytesPerSecond,
    /// Elements per second.
    PerSecond,
    /// A unit that only its owner understands, as that tool writes it (`items/op`).
    Other(Arc<str>),
}

/// Which direction of a metric is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Better {
    /// Less is better: time, bytes, allocations.
    Lower,
    /// More is better: throughput.
    Higher,
    /// Nobody said; such a metric is shown and never judged by itself.
    Unknown,
}

impl Better {
    /// In one word, the same in all formats.
    pub fn word(self) -> &'static str {
        match self {
            Better::Lower => "lower",
            Better::Higher => "higher",
            Better::Unknown => "unknown",
        }
    }
}

/// Which way a number is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outwards {
    /// To a larger one.
    Up,
    /// To a smaller one.
    Down,
}

/// As a file has it: in letters of every keyboard.
fn with_symbol(number: &str, symbol: &str) -> String {
    match symbol {
        "" => number.to_owned(),
        "µs" => format!("{number} us"),
        symbol => format!("{number} {symbol}"),
    }
}

/// One prefix of a unit: how many base units it stands for.
struct Prefix {
    symbol: &'static str,
    factor: f64,
}

const fn prefix(symbol: &'static str, factor: f64) -> Prefix {
    Prefix { symbol, factor }
}

const TIME: &[Prefix] = &[prefix("ns", 1e-9), prefix("µs", 1e-6), prefix("ms", 1e-3), prefix("s", 1.0)];
const BYTES: &[Prefix] = &[
    prefix("B", 1.0),
    prefix("KiB", 1024.0),
    prefix("MiB", 1_048_576.0),
    prefix("GiB", 1_073_741_824.0),
    prefix("TiB", 1_099_511_627_776.0),
];
const BYTES_PER_SECOND: &[Prefix] = &[
    prefix("B/s", 1.0),
    prefix("KiB/s", 1024.0),
    prefix("MiB/s", 1_048_576.0),
    prefix("GiB/s", 1_073_741_824.0),
    prefix("TiB/s", 1_099_511_627_776.0),
];
const PER_SECOND: &[Prefix] = &[prefix("/s", 1.0), prefix("k/s", 1e3), prefix("M/s", 1e6), prefix("G/s", 1e9)];
const PLAIN: &[Prefix] = &[prefix("", 1.0)];

/// Spellings that are read but never written, with the factor to base units.
const SPELLINGS: &[(Unit, &str, f64)] = &[
    (Unit::Seconds, "us", 1e-6),
    (Unit::Seconds, "sec", 1.0),
    (Unit::Seconds, "min", 60.0),
    (Unit::Bytes, "kB", 1e3),
    (Unit::Bytes, "KB", 1e3),
    (Unit::Bytes, "MB", 1e6),
    (Unit::Bytes, "GB", 1e9),
    (Unit::BytesPerSecond, "kB/s", 1e3),
    (Unit::BytesPerSecond, "MB/s", 1e6),
    (Unit::BytesPerSecond, "GB/s", 1e9),
];

impl Unit {
    /// The base unit as a word: what the JSON report and a baseline file call it.
    pub fn name(&self) -> &str {
        match self {
            Unit::Seconds => "s",
            Unit::Bytes => "B",
            Unit::Count => "count",
            Unit::BytesPerSecond => "B/s",
            Unit::PerSecond => "/s",
            Unit::Other(name) => name,
        }
    }

    /// The unit with this [`name`](Unit::name). A word that is no base unit names itself.
    pub fn from_name(name: &str) -> Unit {
        match name {
            "s" => Unit::Seconds,
            "B" => Unit::Bytes,
            "count" => Unit::Count,
            "B/s" => Unit::BytesPerSecond,
            "/s" => Unit::PerSecond,
            other => Unit::Other(other.into()),
        }
    }

    /// A number of this unit with all its digits, so that [`Quantity::parse`] reads the same again: `1.5`, `4 KiB`.
    pub fn exactly(&self, value: f64) -> String {
        let is_whole = |prefix: &&Prefix| prefix.factor <= value && value % prefix.factor == 0.0;
        let prefix = match self {
            Unit::Bytes => BYTES.iter().rev().find(is_whole).unwrap_or(&BYTES[0]),
            _ => self.prefixes().iter().find(|prefix| prefix.factor == 1.0).unwrap_or(&PLAIN[0]),
        };
        with_symbol(&(value / prefix.factor).to_string(), prefix.symbol)
    }

    /// A number of this unit in three digits, no nearer to zero than `value` or no farther, and what it is read as.
    ///
    /// * `value`: finite, at least 0.
    ///
    /// ```
    /// use regress::unit::{Outwards, Unit};
    /// assert_eq!(Unit::Seconds.rounded(3.2541e-7, Outwards::Up).0, "326 ns");
    /// assert_eq!(Unit::Seconds.rounded(3.2541e-7, Outwards::Down).0, "325 ns");
    /// assert_eq!(Unit::Seconds.rounded(1.0e-6, Outwards::Up).0, "1.00 us");
    /// ```
    pub fn rounded(&self, value: f64, outwards: Outwards) -> (String, f64) {
        let prefixes = self.prefixes();
        let prefix = prefixes.iter().rev().find(|prefix| prefix.factor <= value).unwrap_or(&prefixes[0]);
        let scaled = value / prefix.factor;
        let digits_before = if scaled < 1.0 { 1 } else { scaled.log10().floor() as i32 + 1 };
        let decimals = usize::try_from(3 - digits_before).unwrap_or(0);
        let step = 10_f64.powi(3 - digits_before);
        let nearest = (scaled * step).round();
        // The nearest first: what was rounded before is not rounded again by a last digit of floating point.
        let candidates = match outwards {
            Outwards::Up => [nearest, nearest + 1.0],
            Outwards::Down => [nearest, nearest - 1.0],
        };
        let texts = candidates.map(|steps| with_symbol(&format!("{:.decimals$}", steps / step), prefix.symbol));
        let read = |text: &String| Quantity::parse(text).map_or(value, |quantity| quantity.value);
        let keeps = |text: &String| match outwards {
            Outwards::Up => value <= read(text),
            Outwards::Down => read(text) <= value,
        };
        let [first, second] = texts;
        let text = if keeps(&first) { first } else { second };
        let value = read(&text);
        (text, value)
    }

    fn prefixes(&self) -> &'static [Prefix] {
        match self {
            Unit::Seconds => TIME,
            Unit::Bytes => BYTES,
            Unit::BytesPerSecond => BYTES_PER_SECOND,
            Unit::PerSecond => PER_SECOND,
            Unit::Count | Unit::Other(_) => PLAIN,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A number in base units, with the unit it is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// In base units of `unit`.
    pub value: f64,
    /// What is counted.
    pub unit: Unit,
}

impl Quantity {
    /// Reads `250 ns`, `4KiB`, `10`, `1.5 MB/s`; a number without a unit is a plain count.
    ///
    /// # Errors
    /// A sentence saying what was found and what would be understood.
    ///
    /// ```
    /// use regress::unit::{Quantity, Unit};
    /// assert_eq!(Quantity::parse("4 KiB"), Ok(Quantity { value: 4096.0, unit: Unit::Bytes }));
    /// assert_eq!(Quantity::parse("10"), Ok(Quantity { value: 10.0, unit: Unit::Count }));
    /// assert!(Quantity::parse("5 parsecs").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Quantity, String> {
        let text = text.trim();
        let end =
            text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | '+' | '-'))).unwrap_or(text.len());
        let (digits, symbol) = (text[..end].replace('_', ""), text[end..].trim());
        let number: f64 = digits
            .parse()
            .ok()
            .filter(|n: &f64| n.is_finite())
            .ok_or_else(|| format!("`{text}` does not begin with a number; write `250 ns`, `4 KiB` or `10`"))?;
        let (unit, factor) = unit_of_symbol(symbol).ok_or_else(|| {
            format!("`{symbol}` is no unit; known: ns, us, ms, s, B, KiB, MiB, GiB, kB, MB, GB, the same per second, or none for a count")
        })?;
        Ok(Quantity { value: number * factor, unit })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Scale::fitting(&self.unit, &[self.value]).show(self.value))
    }
}

fn unit_of_symbol(symbol: &str) -> Option<(Unit, f64)> {
    if symbol.is_empty() {
        return Some((Unit::Count, 1.0));
    }
    let written = [Unit::Seconds, Unit::Bytes, Unit::BytesPerSecond, Unit::PerSecond].into_iter().find_map(|unit| {
        let factor = unit.prefixes().iter().find(|p| p.symbol == symbol)?.factor;
        Some((unit, factor))
    });
    written.or_else(|| {
        let (unit, _, factor) = SPELLINGS.iter().find(|(_, spelling, _)| *spelling == symbol)?;
        Some((unit.clone(), *factor))
    })
}

/// A prefix and a number of decimals for all numbers of one row, so that old and new line up.
///
/// The smallest number that is not zero decides, and gets four digits: `1.720 ms` and `19.30 ms`
/// in one row are both written in milliseconds with three decimals.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    symbol: &'static str,
    factor: f64,
    decimals: usize,
}

impl Scale {
    /// The scale for `values`, in base units of `unit`. Not finite values are left out.
    pub fn fitting(unit: &Unit, values: &[f64]) -> Scale {
        let smallest =
            values.iter().map(|v| v.abs()).filter(|v| v.is_finite() && *v > 0.0).fold(f64::INFINITY, f64::min);
        let prefixes = unit.prefixes();
        let chosen = prefixes
            .iter()
            .rev()
            .find(|p| smallest.is_finite() && smallest / p.factor >= 0.999_95)
            .unwrap_or(&prefixes[0]);
        let whole = values.iter().all(|v| !v.is_finite() || v.fract() == 0.0);
        let decimals = if whole && chosen.factor == 1.0 { 0 } else { decimals_for(smallest / chosen.factor) };
        Scale { symbol: chosen.symbol, factor: chosen.factor, decimals }
    }

    /// `value` (base units) with its prefix: `1.720 ms`, `4 allocations` as `4`, `∞` for infinity.
    pub fn show(&self, value: f64) -> String {
        let number = self.number(value);
        match self.symbol {
            "" => number,
            rate if rate.starts_with('/') => format!("{number}{rate}"),
            symbol => format!("{number} {symbol}"),
        }
    }

    /// The number alone, without its unit.
    pub fn number(&self, value: f64) -> String {
        if value.is_infinite() {
            return if value > 0.0 { "∞".to_owned() } else { "-∞".to_owned() };
        }
        format!("{:.*}", self.decimals, value / self.factor)
    }
}

/// Decimals that show four digits of a number; at most six.
fn decimals_for(scaled: f64) -> usize {
    match scaled {
        s if !s.is_finite() => 0,
        s if s >= 999.95 => 0,
        s if s >= 99.995 => 1,
        s if s >= 9.9995 => 2,
        s if s >= 0.999_95 => 3,
        s if s >= 0.099_995 => 4,
        s if s >= 0.009_999_5 => 5,
        _ => 6,
    }
}

/// A change as people write it: `+5%`, `-15 %`. Returns the ratio new ÷ old (`1.05`, `0.85`).
///
/// # Errors
/// A sentence saying what was found and what was wanted.
///
/// ```
/// use regress::unit::parse_percent;
/// assert_eq!(parse_percent("+5%"), Ok(1.05));
/// assert_eq!(parse_percent("-15 %"), Ok(0.85));
/// assert!(parse_percent("5").is_err());
/// ```
pub fn parse_percent(text: &str) -> Result<f64, String> {
    let wanted = || format!("`{text}` is no percentage; write `+5%` or `-15%`");
    let digits = text.trim().strip_suffix('%').ok_or_else(wanted)?.trim();
    let percent: f64 = digits.parse().ok().filter(|p: &f64| p.is_finite()).ok_or_else(wanted)?;
    if percent <= -100.0 {
        return Err(format!("`{text}`: nothing can fall by more than 100 %"));
    }
    Ok((100.0 + percent) / 100.0)
}

/// A ratio new ÷ old as a signed percentage: `+12.2 %`, `-0.04 %`, `×3.10` from a doubling on.
///
/// ```
/// use regress::unit::show_change;
/// assert_eq!(show_change(1.122), "+12.2 %");
/// assert_eq!(show_change(0.9996), "-0.04 %");
/// assert_eq!(show_change(3.1), "×3.10");
/// assert_eq!(show_change(1.0), "0 %");
/// ```
pub fn show_change(ratio: f64) -> String {
    let percent = (ratio - 1.0) * 100.0;
    match percent.abs() {
        _ if ratio == f64::INFINITY => "∞".to_owned(),
        _ if ratio >= 2.0 => format!("×{ratio:.2}"),
        0.0 => "0 %".to_owned(),
        size if size >= 9.95 => format!("{percent:+.1} %"),
        _ => format!("{percent:+.2} %"),
    }
}

/// How many there are of what has an `s` in its plural: `1 row`, `2 rows`.
///
/// ```
/// use regress::unit::count;
///
/// assert_eq!([0, 1, 2].map(|n| count(n, "row")), ["0 rows", "1 row", "2 rows"]);
/// ```
pub fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// The same, and what they do: `1 rule fires`, `2 rules fire`.
///
/// ```
/// use regress::unit::count_doing;
///
/// assert_eq!([1, 2].map(|n| count_doing(n, "rule", "fire")), ["1 rule fires", "2 rules fire"]);
/// ```
pub fn count_doing(n: usize, thing: &str, verb: &str) -> String {
    format!("{} {verb}{}", count(n, thing), if n == 1 { "s" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_scale(unit: Unit, values: &[f64], expected: &[&str]) {
        let scale = Scale::fitting(&unit, values);
        let shown: Vec<String> = values.iter().map(|v| scale.show(*v)).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_smallest_number_of_a_row_chooses_the_prefix() {
        check_scale(Unit::Seconds, &[1.72e-3, 1.93e-2], &["1.720 ms", "19.300 ms"]);
        check_scale(Unit::Seconds, &[0.0, 5e-9], &["0.000 ns", "5.000 ns"]);
        check_scale(Unit::Count, &[0.0, 1.0], &["0", "1"]);
        check_scale(Unit::Count, &[1.5, 10.0], &["1.500", "10.000"]);
        check_scale(Unit::Bytes, &[512.0, 4096.0], &["512 B", "4096 B"]);
        check_scale(Unit::PerSecond, &[2.5e6], &["2.500 M/s"]);
        check_scale(Unit::Seconds, &[f64::INFINITY, 1e-6], &["∞ µs", "1.000 µs"]);
    }

    #[test]
    fn quantities_are_read_in_base_units() {
        let seconds = |value| Ok(Quantity { value, unit: Unit::Seconds });
        assert_eq!(Quantity::parse("1us"), seconds(1e-6));
        assert_eq!(Quantity::parse("1 µs"), seconds(1e-6));
        assert_eq!(Quantity::parse("250 ns").map(|q| (q.value * 1e9).round()), Ok(250.0));
        assert!(Quantity::parse("").is_err());
        assert!(Quantity::parse("ns").is_err());
        assert!(Quantity::parse("1e999").is_err());
    }
}
