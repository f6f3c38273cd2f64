//! Decimal numbers, exact and fast.
//!
//! Results are mostly long lists of short numbers. Those go through a path that needs one multiplication or
//! division; all others through the standard library. Both give the nearest `f64`.

/// Why a list of numbers could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BadList {
    /// It is no list at all.
    NotAList,
    /// One element is no finite number.
    Element {
        /// From 0.
        index: usize,
        /// As it stands there, shortened.
        found: String,
    },
}

/// The numbers of a JSON list: `[1.0, 25]`.
///
/// * `json`: one well-formed JSON value.
pub(super) fn list(json: &str) -> Result<Vec<f64>, BadList> {
    Ok(list_at(json.trim_ascii().as_bytes(), 0)?.0)
}

/// The numbers of a JSON list of lists: `[[1.0, 25], [3]]`.
///
/// * `json`: one well-formed JSON value. An index in the error is that of the inner list.
pub(super) fn lists(json: &str) -> Result<Vec<Vec<f64>>, BadList> {
    let mut rest = json.trim_ascii().as_bytes().strip_prefix(b"[").ok_or(BadList::NotAList)?.trim_ascii_start();
    let mut lists = Vec::new();
    while rest.first() != Some(&b']') {
        let (list, after) = list_at(rest, 0)?;
        lists.push(list);
        rest = after.trim_ascii_start();
        rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
    }
    Ok(lists)
}

/// The numbers of the JSON list at the beginning of `text`, and what follows it.
///
/// * `expected`: how many there will be, about; that much memory is asked for at once.
pub(super) fn list_at(text: &[u8], expected: usize) -> Result<(Vec<f64>, &[u8]), BadList> {
    let mut rest = text.strip_prefix(b"[").ok_or(BadList::NotAList)?.trim_ascii_start();
    let mut numbers = Vec::with_capacity(expected);
    if let Some(after) = rest.strip_prefix(b"]") {
        return Ok((numbers, after));
    }
    loop {
        let Some((number, length)) = decimal(rest) else { return Err(bad_element(numbers.len(), rest)) };
        numbers.push(number);
        rest = match &rest[length..] {
            [b',', after @ ..] => after,
            [b']', after @ ..] => return Ok((numbers, after)),
            other => match other.trim_ascii_start() {
                [b',', after @ ..] => after,
                [b']', after @ ..] => return Ok((numbers, after)),
                _ => return Err(bad_element(numbers.len() - 1, rest)),
            },
        };
        if rest.first().is_some_and(u8::is_ascii_whitespace) {
            rest = rest.trim_ascii_start();
        }
    }
}

#[cold]
fn bad_element(index: usize, rest: &[u8]) -> BadList {
    BadList::Element { index, found: element(rest) }
}

/// The beginning of a list element, for a message: up to the next comma, at most 24 characters.
fn element(rest: &[u8]) -> String {
    let end = rest.iter().position(|byte| matches!(byte, b',' | b']' | b'\n')).unwrap_or(rest.len());
    String::from_utf8_lossy(&rest[..end]).trim().chars().take(24).collect()
}

/// The finite decimal number at the beginning of `text`, and how many bytes it takes.
///
/// `None` when there is none, or when it is too large for an `f64`.
#[inline]
pub(super) fn decimal(text: &[u8]) -> Option<(f64, usize)> {
    simple(text).or_else(|| exact(text))
}

/// Digits with at most one point, and an exponent, whose value needs a single rounding.
///
/// A mantissa of at most 2^53 and a power of ten up to 10^22 are both exact as `f64`, so that one multiplication or
/// division rounds once. Source: Clinger 1990, How to Read Floating Point Numbers Accurately, PLDI.
// Where it is called its answer goes through memory, and the next number waits for it: a third more instructions.
#[inline(always)]
fn simple(text: &[u8]) -> Option<(f64, usize)> {
    let (whole, whole_digits) = digits(text, 0);
    // criterion writes whole numbers like this: a third of the instructions are saved.
    if let Some([b'.', b'0', b',' | b']', ..]) = text.get(whole_digits..)
        && (1..=15).contains(&whole_digits)
    {
        return Some((whole as f64, whole_digits + 2));
    }
    let mut end = whole_digits;
    let (mut mantissa, mut decimals) = (whole, 0);
    if text.get(end) == Some(&b'.') {
        (mantissa, decimals) = digits(&text[end + 1..], whole);
        end += 1 + decimals;
        if decimals == 0 {
            return None;
        }
    }
    let fits = 0 < whole_digits && whole_digits + decimals <= 19 && mantissa <= 1 << 53;
    if !fits {
        return None;
    }
    let mut power = -(decimals as i64);
    if let Some(b'e' | b'E') = text.get(end) {
        let (exponent, length) = exponent(&text[end + 1..])?;
        power += exponent;
        end += 1 + length;
    }
    let ten = *POWERS_OF_TEN.get(power.unsigned_abs() as usize)?;
    Some((if power < 0 { mantissa as f64 / ten } else { mantissa as f64 * ten }, end))
}

/// `+06` behind the `e`, and how many bytes it takes.
fn exponent(text: &[u8]) -> Option<(i64, usize)> {
    let (is_negative, signs) = match text.first()? {
        b'-' => (true, 1),
        b'+' => (false, 1),
        _ => (false, 0),
    };
    let (number, count) = digits(&text[signs..], 0);
    let number = i64::try_from(number).ok().filter(|_| (1..=4).contains(&count))?;
    Some((if is_negative { -number } else { number }, signs + count))
}

/// The digits at the beginning of `text`, behind those of `before`, and how many there are. Wraps around.
///
/// Eight bytes at a time: the lists of numbers in criterion's files take half the instructions so.
#[inline]
pub(super) fn digits(text: &[u8], before: u64) -> (u64, usize) {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let Some(eight) = text.first_chunk::<8>() else { return digits_one_by_one(text, before) };
    let values = u64::from_le_bytes(*eight) ^ (EACH * u64::from(b'0'));
    // The highest bit of each byte above 9; what is carried comes from such a byte before.
    let others = (values.wrapping_add(EACH * (0x7F - 9)) | values) & (EACH << 7);
    match others.trailing_zeros() as usize / 8 {
        0 => (before, 0),
        8 => {
            let (number, more) =
                digits_one_by_one(&text[8..], before.wrapping_mul(POWERS[8]).wrapping_add(eight_digits(values)));
            (number, 8 + more)
        }
        // Those that are no digits are pushed out, and zeros come in before the first.
        few => (before.wrapping_mul(POWERS[few]).wrapping_add(eight_digits(values << (64 - 8 * few))), few),
    }
}

fn digits_one_by_one(text: &[u8], before: u64) -> (u64, usize) {
    let mut number = before;
    for (index, byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return (number, index);
        }
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    (number, text.len())
}

/// The number whose digits are eight bytes, the first in the lowest: pairs, then fours, then all eight.
///
/// Source: Lemire 2018, Quickly parsing eight digits, <https://lemire.me/blog/2018/10/03/quickly-parsing-eight-digits/>.
#[inline]
fn eight_digits(bytes: u64) -> u64 {
    let pairs = (bytes.wrapping_mul(10 * (1 << 8) + 1) >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100 * (1 << 16) + 1) >> 16) & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(10_000 * (1 << 32) + 1) >> 32
}

const POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

#[cold]
fn exact(text: &[u8]) -> Option<(f64, usize)> {
    let end = text
        .iter()
        .position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'))
        .unwrap_or(text.len());
    let number: f64 = std::str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    number.is_finite().then_some((number, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str) {
        let expected = text.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| (n.to_bits(), text.len()));
        let actual = decimal(text.as_bytes()).map(|(n, length)| (n.to_bits(), length));
        assert_eq!(actual, expected, "for {text:?}");
    }

    #[test]
    fn numbers_are_the_ones_the_standard_library_reads() {
        for text in ["0", "0.0", "1.5", "6719.0", "9007199254740993", "9007199254740992.5", "0.1", "123456.789012345"] {
            check(text);
        }
        for text in ["1e3", "-1.5", "1e-320", "1e999", "18446744073709551616", "0.00000000000000000001", "", ".", "-"] {
            check(text);
        }
        for text in ["1.264e+06", "1e22", "1e23", "5E-22", "1.5e-22", "123456789e5", "12345678", "1e", "1e+", "1e00003"]
        {
            check(text);
        }
    }

    #[test]
    fn lists_name_the_element_that_is_no_number() {
        assert_eq!(list("[1, 2.5 ,3e1]"), Ok(vec![1.0, 2.5, 30.0]));
        assert_eq!(list(" [ ] "), Ok(vec![]));
        assert_eq!(list("{}"), Err(BadList::NotAList));
        let element = |index, found: &str| Err(BadList::Element { index, found: found.to_owned() });
        assert_eq!(list("[1,null]"), element(1, "null"));
        assert_eq!(list("[1e999,2]"), element(0, "1e999"));
        assert_eq!(list("[[1],2]"), element(0, "[1"));
        assert_eq!(lists("[[1,2],[ ],[3]]"), Ok(vec![vec![1.0, 2.0], vec![], vec![3.0]]));
        assert_eq!(lists("[]"), Ok(vec![]));
        assert_eq!(lists("[1]"), Err(BadList::NotAList));
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::decimal;

    proptest! {
        #[test]
        fn every_written_number_is_read_back_exactly(number in any::<f64>().prop_filter("finite", |n| n.is_finite())) {
            let text = format!("{number}");
            prop_assert_eq!(decimal(text.as_bytes()).map(|(n, l)| (n.to_bits(), l)), Some((number.to_bits(), text.len())));
        }

        #[test]
        fn what_follows_is_left(digits in "[0-9]{1,20}", behind in "[^0-9.eE+-].{0,9}") {
            let expected = digits.parse::<f64>().ok().map(|number| (number, digits.len()));
            prop_assert_eq!(decimal(format!("{digits}{behind}").as_bytes()), expected);
        }

        #[test]
        fn numbers_with_an_exponent_are_read_exactly(digits in 0u64..1 << 60, exponent in -30..30i32) {
            let text = format!("{digits}e{exponent}");
            prop_assert_eq!(decimal(text.as_bytes()).map(|(n, _)| n), text.parse().ok());
        }

        #[test]
        fn short_decimals_are_read_exactly(whole in 0u64..10_000_000, decimals in 0u64..100_000_000) {
            let text = format!("{whole}.{decimals}");
            prop_assert_eq!(decimal(text.as_bytes()).map(|(n, _)| n), text.parse().ok());
        }
    }
}
