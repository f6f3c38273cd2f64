//! Numbers in names, with and without a prefix: `2k`, `1Mi`, `64KiB`.

use crate::number;

/// The number in a value; NaN is one, too. `None` where there is none.
pub(super) fn number(text: &str) -> Option<f64> {
    plain(text).or_else(|| prefixed(text))
}

/// A number as Go reads it: not one that is too large.
fn plain(text: &str) -> Option<f64> {
    let says_infinite = text.trim_start_matches(['+', '-']).starts_with(['i', 'I']);
    number::parse(text).filter(|number| !number.is_infinite() || says_infinite)
}

/// The first run of digits and points, times the prefix behind it. Anything before and after is passed over.
fn prefixed(text: &str) -> Option<f64> {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let from_digits = &text[text.find(is_digit)?..];
    let end = from_digits.find(|c| !is_digit(c)).unwrap_or(from_digits.len());
    let (digits, rest) = from_digits.split_at(end);
    let number: f64 = digits.parse().ok().filter(|number: &f64| number.is_finite())?;
    let Some(power) = rest.bytes().next().and_then(|prefix| PREFIXES.iter().position(|known| known.contains(&prefix)))
    else {
        return Some(number);
    };
    let base: f64 = if rest[1..].starts_with('i') { 1024.0 } else { 1000.0 };
    Some(number * base.powi(power as i32 + 1))
}

const PREFIXES: [&[u8]; 8] = [b"kK", b"M", b"G", b"T", b"P", b"E", b"Z", b"Y"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_prefixes() {
        #[track_caller]
        fn check(text: &str, expected: Option<f64>) {
            assert_eq!(number(text), expected, "for {text:?}");
        }
        check("12", Some(12.0));
        check("-1e3", Some(-1000.0));
        check("2k", Some(2000.0));
        check("2K", Some(2000.0));
        check("1Mi", Some(1048576.0));
        check("64KiB", Some(65536.0));
        check("n100", Some(100.0));
        check("1_000", Some(1000.0));
        check("n1_000", Some(1.0)); // the first digits
        check("0x1p4", Some(16.0));
        check("1e999", Some(1.0)); // too large: what is in front of the `e`
        check("+inf", Some(f64::INFINITY));
        check("1.2.3", None);
        check("json", None);
        check("", None);
        check("-nan", None);
        assert!(number("NaN").is_some_and(f64::is_nan));
    }
}
