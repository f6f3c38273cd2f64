//! One prefix and one number of decimals for all numbers of a row.

use std::fmt;

use super::go;

/// How a row's numbers are printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    decimals: usize,
    /// What one of the prefix is.
    factor: f64,
    prefix: &'static str,
}

/// Which prefixes a unit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prefixes {
    /// k, M, G by 1000; m, µ, n below 1.
    Decimal,
    /// Ki, Mi, Gi by 1024; none below 1.
    Binary,
}

impl Prefixes {
    /// Binary where bytes are counted: `B/op`, `B/s`, but not `op/B`.
    pub fn of(unit: &str) -> Prefixes {
        let mut is_numerator = true;
        for token in unit.split_inclusive(|c: char| is_separator(c)) {
            if is_numerator && matches!(token.trim_end_matches(is_separator), "B" | "MB" | "bytes") {
                return Prefixes::Binary;
            }
            match token.as_bytes().last() {
                Some(b'/') => is_numerator = false,
                Some(b'*') => is_numerator = true,
                _ => {}
            }
        }
        Prefixes::Decimal
    }
}

fn is_separator(character: char) -> bool {
    matches!(character, '*' | '/' | '-') || character.is_whitespace()
}

impl Scale {
    /// At least three digits of each number: the one next to zero decides.
    pub fn common(numbers: impl Iterator<Item = f64>, prefixes: Prefixes) -> Scale {
        let smallest = numbers.map(f64::abs).filter(|number| *number != 0.0).reduce(f64::min);
        let Some(smallest) = smallest else { return Scale { decimals: 3, factor: 1.0, prefix: "" } };
        let steps = match prefixes {
            Prefixes::Decimal => DECIMAL,
            Prefixes::Binary => BINARY,
        };
        for step in steps {
            let decimals = step.thresholds.iter().position(|threshold| *threshold <= smallest);
            if let Some(index) = decimals {
                return Scale { decimals: index + 1, factor: step.factor, prefix: step.prefix };
            }
        }
        let Step { factor, prefix, .. } = steps[steps.len() - 1];
        let below = smallest / factor;
        let index = BELOW.iter().position(|threshold| *threshold <= below).unwrap_or(BELOW.len() - 1);
        Scale { decimals: index + 3, factor, prefix }
    }

    /// `1253.5µ`
    pub fn text(self, number: f64) -> impl fmt::Display {
        fmt::from_fn(move |f| write!(f, "{}{}", go::fixed(number / self.factor, self.decimals), self.prefix))
    }
}

struct Step {
    factor: f64,
    prefix: &'static str,
    /// From these on 1, 2 and 3 decimals: where rounding gives 100.0, 10.00 and 1.000.
    thresholds: [f64; 3],
}

const DECIMAL: &[Step] = &[
    Step { factor: 1e12, prefix: "T", thresholds: [99.995e12, 9.9995e12, 0.99995e12] },
    Step { factor: 1e9, prefix: "G", thresholds: [99.995e9, 9.9995e9, 0.99995e9] },
    Step { factor: 1e6, prefix: "M", thresholds: [99.995e6, 9.9995e6, 0.99995e6] },
    Step { factor: 1e3, prefix: "k", thresholds: [99.995e3, 9.9995e3, 0.99995e3] },
    Step { factor: 1e0, prefix: "", thresholds: [99.995e0, 9.9995e0, 0.99995e0] },
    Step { factor: 1e-3, prefix: "m", thresholds: [99.995e-3, 9.9995e-3, 0.99995e-3] },
    Step { factor: 1e-6, prefix: "µ", thresholds: [99.995e-6, 9.9995e-6, 0.99995e-6] },
    Step { factor: 1e-9, prefix: "n", thresholds: [99.995e-9, 9.9995e-9, 0.99995e-9] },
];

const BINARY: &[Step] = &[binary(40, "Ti"), binary(30, "Gi"), binary(20, "Mi"), binary(10, "Ki"), binary(0, "")];

/// Products with a power of two are exact.
const fn binary(power: u32, prefix: &'static str) -> Step {
    let factor = (1_u64 << power) as f64;
    Step { factor, prefix, thresholds: [99.995 * factor, 9.9995 * factor, 0.99995 * factor] }
}

/// Below the smallest prefix: from these on 3, 4, … decimals; at most 10.
const BELOW: [f64; 8] = [9.9995e-1, 9.9995e-2, 9.9995e-3, 9.9995e-4, 9.9995e-5, 9.9995e-6, 9.9995e-7, 9.9995e-8];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: f64, prefixes: Prefixes, expected: &str) {
        assert_eq!(Scale::common([number].into_iter(), prefixes).text(number).to_string(), expected, "for {number}");
    }

    #[test]
    fn four_digits_and_a_prefix() {
        use Prefixes::{Binary, Decimal};
        check(0.0, Decimal, "0.000");
        check(1.0, Decimal, "1.000");
        check(9.9995, Decimal, "10.00");
        check(9.99949, Decimal, "9.999");
        check(99.995, Decimal, "100.0");
        check(0.00012345, Decimal, "123.5µ");
        check(1.2345e-9, Decimal, "1.234n");
        check(1.5e-10, Decimal, "0.1500n");
        check(1.5e-30, Decimal, "0.0000000000n");
        check(2e16, Decimal, "20000.0T");
        check(-20.1, Decimal, "-20.10");
        check(1000.0, Binary, "1000.0");
        check(1023.9, Binary, "1023.9");
        check(1024.0, Binary, "1.000Ki");
        check(0.5, Binary, "0.5000");
        check(1e12, Binary, "931.3Gi");
    }

    #[test]
    fn below_the_smallest_prefix_there_are_more_decimals() {
        let scale = Scale::common([1.2e-9, 3.095e-10].into_iter(), Prefixes::Decimal);
        assert_eq!([1.2e-9, 3.095e-10].map(|number| scale.text(number).to_string()), ["1.2000n", "0.3095n"]);
    }

    #[test]
    fn the_smallest_number_decides() {
        let scale = Scale::common([1.2538e-3, 895.4e-6, 0.0].into_iter(), Prefixes::Decimal);
        assert_eq!([1.2535e-3, 895.4e-6].map(|number| scale.text(number).to_string()), ["1253.5µ", "895.4µ"]);
    }

    #[test]
    fn bytes_are_binary() {
        #[track_caller]
        fn check(unit: &str, expected: Prefixes) {
            assert_eq!(Prefixes::of(unit), expected, "for {unit:?}");
        }
        check("B/op", Prefixes::Binary);
        check("peak-bytes", Prefixes::Binary);
        check("x*MB/s", Prefixes::Binary);
        check("op/B", Prefixes::Decimal);
        check("op/s*B", Prefixes::Binary);
        check("Bytes", Prefixes::Decimal);
        check("", Prefixes::Decimal);
    }
}
