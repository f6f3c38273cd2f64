//! Numbers as Go prints them where Rust prints others.

use std::fmt;

/// `%v`: the fewest digits that are read back as the same number, with an exponent below -4 and from 6 on.
pub(super) fn shortest(number: f64) -> String {
    if let Some(text) = infinite(number) {
        return text.to_owned();
    }
    let text = even_of_two(number, format!("{number:e}"), |decimals| format!("{number:.decimals$e}"));
    let Some((mantissa, exponent)) = text.split_once('e').and_then(|(m, e)| Some((m, e.parse::<i32>().ok()?))) else {
        return text;
    };
    if (-4..6).contains(&exponent) {
        return even_of_two(number, format!("{number}"), |decimals| format!("{number:.decimals$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// Of two texts with the fewest digits that are equally near to a number, Go takes the even one.
///
/// * `shortest`: one of them.
/// * `rounded`: the number with so many decimals; half to even.
fn even_of_two(number: f64, shortest: String, rounded: impl Fn(usize) -> String) -> String {
    /// With fewer digits, two texts are never both read back as the number.
    const FEWEST: usize = 16;
    if shortest.bytes().filter(u8::is_ascii_digit).count() < FEWEST {
        return shortest;
    }
    let mantissa = shortest.split('e').next().unwrap_or_default();
    let even = rounded(mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len()));
    if even.parse() == Ok(number) { even } else { shortest }
}

/// `%.2f`
pub(super) fn fixed(number: f64, decimals: usize) -> impl fmt::Display {
    fmt::from_fn(move |f| match infinite(number) {
        Some(text) => f.write_str(text),
        None if is_whole(number) && 0 < decimals => write!(f, "{}.{:0<decimals$}", number as i64, ""),
        None => write!(f, "{number:.decimals$}"),
    })
}

/// Where nothing is to be rounded, the standard library takes its longest way: ten times as many instructions.
fn is_whole(number: f64) -> bool {
    (1.0..1e15).contains(&number) && number.trunc() == number
}

/// `%+.2f`
pub(super) fn signed(number: f64, decimals: usize) -> impl fmt::Display {
    fmt::from_fn(move |f| match infinite(number) {
        Some(text) => f.write_str(text),
        None => write!(f, "{number:+.decimals$}"),
    })
}

fn infinite(number: f64) -> Option<&'static str> {
    match number {
        f64::INFINITY => Some("+Inf"),
        f64::NEG_INFINITY => Some("-Inf"),
        _ => number.is_nan().then_some("NaN"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_go() {
        #[track_caller]
        fn check(number: f64, expected: &str) {
            assert_eq!(shortest(number), expected);
        }
        check(0.0, "0");
        check(-0.0, "-0");
        check(0.95, "0.95");
        check(1.7180000000000001e-06, "1.7180000000000001e-06");
        check(890000.0, "890000");
        check(1834120.0, "1.83412e+06");
        check(1e12, "1e+12");
        check(0.0001, "0.0001");
        check(0.00001, "1e-05");
        check(f64::INFINITY, "+Inf");
        check(f64::MIN, "-1.7976931348623157e+308");
        check(5e-324, "5e-324");
        check(579_855_397_582_570.0 + 0.25, "5.798553975825702e+14"); // half to even
        check(145_843_532_731_103.0 + 0.125, "1.4584353273110312e+14");
        check(1.7976931348623157e308, "1.7976931348623157e+308");
        for number in [0.0, -0.0, 1.0, -1.0, 64.0, 1023.0, 999_999_999_999_999.0, 1e15, 1e22, 0.5, 2.5] {
            for decimals in 0..5 {
                assert_eq!(fixed(number, decimals).to_string(), format!("{number:.decimals$}"));
            }
        }
        assert_eq!(fixed(2.5, 0).to_string(), "2"); // half to even
        assert_eq!(signed(0.125, 2).to_string(), "+0.12");
        assert_eq!(signed(f64::INFINITY, 2).to_string(), "+Inf");
    }
}
