//! Units as benchstat tidies them.

use std::borrow::Cow;

/// A unit with its prefixes taken off in the numerator: nanoseconds become seconds, megabytes bytes.
///
/// Returns the unit and the factor from the old to the new.
pub fn tidy(unit: &str) -> (Cow<'_, str>, f64) {
    match unit {
        "ns/op" => return ("sec/op".into(), 1e-9),
        "MB/s" => return ("B/s".into(), 1e6),
        "B/op" | "allocs/op" => return (unit.into(), 1.0),
        _ => {}
    }
    let (mut tidied, mut factor, mut numerator) = (String::new(), 1.0, true);
    for token in unit.split_inclusive(['*', '/', '-', ' ']) {
        let word = token.trim_end_matches(['*', '/', '-', ' ']);
        let replacement = match word {
            "ns" if numerator => {
                factor /= 1e9;
                "sec"
            }
            "MB" if numerator => {
                factor *= 1e6;
                "B"
            }
            other => other,
        };
        tidied.push_str(replacement);
        tidied.push_str(&token[word.len()..]);
        match token.as_bytes().last() {
            Some(b'/') => numerator = false,
            Some(b'*') => numerator = true,
            _ => {}
        }
    }
    (tidied.into(), factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_tidied_as_benchstat_does() {
        #[track_caller]
        fn check(unit: &str, tidied: &str, factor: f64) {
            assert_eq!(tidy(unit), (tidied.into(), factor));
        }
        check("ns/op", "sec/op", 1e-9);
        check("MB/s", "B/s", 1e6);
        check("p99-ns/op", "p99-sec/op", 1e-9);
        check("B/op", "B/op", 1.0);
        check("items/ns", "items/ns", 1.0);
        check("x/op*MB", "x/op*B", 1e6);
        check("ns*ns", "sec*sec", 1.0 / 1e9 / 1e9);
        check("dns/op", "dns/op", 1.0);
        check("", "", 1.0);
    }
}
