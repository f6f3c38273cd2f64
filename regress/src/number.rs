//! Numbers as Go reads them.

/// `1.5e3`, `1_000`, `0x1.8p-3`, `+Inf`; infinite as well where it is above the largest.
///
/// * Returns `None` for what is no number in Go, such as `1__0` and `-nan`.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_signed = unsigned.len() < text.len();
    if is_signed && unsigned.starts_with(['n', 'N']) {
        return None;
    }
    let digits = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X"));
    if digits.is_none() && !unsigned.contains('_') {
        return text.parse().ok();
    }
    if !underscores_part_digits(digits.unwrap_or(unsigned), digits.is_some()) {
        return None;
    }
    let number = match digits {
        Some(digits) => hexadecimal(&digits.replace('_', ""))?,
        None => unsigned.replace('_', "").parse().ok()?,
    };
    Some(if text.starts_with('-') { -number } else { number })
}

/// Whether each `_` stands between two digits; the first one may follow `0x` too.
fn underscores_part_digits(text: &str, is_hexadecimal: bool) -> bool {
    let is_digit = |byte: u8| if is_hexadecimal { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
    let bytes = text.as_bytes();
    let is_between = |index: usize| {
        let follows_digit = index.checked_sub(1).map_or(is_hexadecimal, |before| is_digit(bytes[before]));
        follows_digit && bytes.get(index + 1).is_some_and(|next| is_digit(*next))
    };
    (0..bytes.len()).filter(|&index| bytes[index] == b'_').all(is_between)
}

/// What follows `0x`: digits, at most one point, and `p` with the power of two.
fn hexadecimal(text: &str) -> Option<f64> {
    let (digits, power) = text.split_once(['p', 'P'])?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0 {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut exponent = binary_exponent(power)? - 4 * i64::try_from(fraction.len()).ok()?;
    for digit in whole.chars().chain(fraction.chars()) {
        let digit = u64::from(digit.to_digit(16)?);
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | digit;
        } else {
            // Too far behind to be a digit of the number, but it may decide how the last one is rounded.
            mantissa |= u64::from(digit != 0);
            exponent += 4;
        }
    }
    // In two halves: the power alone may be too small for a number where the product is not.
    let exponent = exponent.clamp(-1140, 1140) as i32;
    Some(mantissa as f64 * 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2))
}

/// `-12`; ten thousand or more is as good as ten thousand.
fn binary_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let exponent = digits.parse().map_or(10_000, |exponent: i64| exponent.min(10_000));
    Some(if text.starts_with('-') { -exponent } else { exponent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_go() {
        #[track_caller]
        fn check(text: &str, expected: Option<f64>) {
            assert_eq!(parse(text), expected, "for {text:?}");
        }
        check("1.5e3", Some(1500.0));
        check("+.5", Some(0.5));
        check("5.", Some(5.0));
        check("-Inf", Some(f64::NEG_INFINITY));
        check("+nan", None);
        check("1_000.2_5e1_0", Some(1000.25e10));
        check("1__0", None);
        check("_1", None);
        check("1_", None);
        check("1_.5", None);
        check("0x1p4", Some(16.0));
        check("-0X_1.8P-1", Some(-0.75));
        check("0x.8p1", Some(1.0));
        check("0x1", None); // without a power of two
        check("0xp1", None);
        check("0x1p", None);
        check("0x1.2.3p1", None);
        check("0x1p99999999999999999999", Some(f64::INFINITY));
        check("0x1p-1074", Some(5e-324));
        check("0x1.00000000000008p0", Some(1.0)); // half to even
        check("0x1.000000000000080001p0", Some(1.0 + f64::EPSILON));
        check("0b1", None);
        check("", None);
        assert!(parse("NaN").is_some_and(f64::is_nan));
    }
}
