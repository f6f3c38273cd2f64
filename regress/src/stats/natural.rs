//! The natural logarithm and its inverse, to the same bit on every machine.
//!
//! `f64::ln` and `f64::exp` are whatever the platform's library makes of them, and differ in the
//! last digit. The methods here round like those of Go on amd64, so that a geometric mean equals
//! the one benchstat prints in full precision.

use std::f64::consts::{FRAC_1_SQRT_2, LOG2_E};

/// The natural logarithm of a finite number above 0, within one unit in the last place.
///
/// With x = 2^k (1 + f) and s = f / (2 + f), ln(1 + f) = 2 artanh(s) = 2 s + 2/3 s³ + 2/5 s⁵ + …;
/// the best polynomial of that shape for |s| <= 0.1716 is off by less than 2^-58.
///
/// Source: method and coefficients of K. C. Ng for fdlibm, Sun Microsystems 1993.
pub(super) fn ln(x: f64) -> f64 {
    let (mut fraction, mut exponent) = fraction_and_exponent(x);
    if fraction < FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1.0;
    }
    let f = fraction - 1.0;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    // Even and odd terms apart: two short chains instead of a long one.
    let odd = s2 * horner(s4, ODD_TERMS, |sum, x, next| sum * x + next);
    let even = s4 * horner(s4, EVEN_TERMS, |sum, x, next| sum * x + next);
    let half_square = 0.5 * f * f;
    let small = s * (half_square + (odd + even)) + exponent * LN_2_REST;
    exponent * LN_2_HEAD - ((half_square - small) - f)
}

/// e to the power of `x`, within one unit in the last place; 0 or infinity beyond the range of f64.
///
/// With x = n ln 2 + 16 r, e^r − 1 is summed from the Taylor series and squared four times:
/// (1 + y)² − 1 = y (y + 2). Keeping the 1 out until the end keeps the digits.
///
/// Source: Shibata 2010, Efficient evaluation methods of elementary functions suitable for SIMD
/// computation, Computer Science – Research and Development 25, 25–32.
pub(super) fn exp(x: f64) -> f64 {
    if x.abs() > 750.0 {
        return if x > 0.0 { f64::INFINITY } else { 0.0 };
    }
    let n = (x * LOG2_E).round_ties_even();
    let r = n.mul_add(-LN_2_LOW, n.mul_add(-LN_2_HIGH, x)) / 16.0;
    let mut y = r * horner(r, TAYLOR, f64::mul_add);
    for _ in 0..3 {
        y *= y + 2.0;
    }
    let power = y.mul_add(y + 2.0, 1.0);
    // In two steps, because 2^1024 alone would be infinite and 2^-1074 may be all there is.
    let half = (n / 2.0).trunc();
    power * 2.0_f64.powi(half as i32) * 2.0_f64.powi((n - half) as i32)
}

/// The coefficients of s², s⁶, s¹⁰, s¹⁴ in 2 artanh(s) / s − 2, highest first.
const ODD_TERMS: &[f64] = &[0.14798198605116586, 0.1818357216161805, 0.2857142874366239, 0.6666666666666735];

/// The coefficients of s⁴, s⁸, s¹², highest first.
const EVEN_TERMS: &[f64] = &[0.15313837699209373, 0.22222198432149784, 0.3999999999940942];

/// 1/8!, 1/7!, … 1/1!: the series of (e^r − 1) / r, highest first.
const TAYLOR: &[f64] = &[1.0 / 40320.0, 1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 1.0 / 2.0, 1.0];

/// ln 2 in two parts, for `ln`: the first has 32 bits, so that its multiples are exact.
const LN_2_HEAD: f64 = 6.931_471_803_691_238e-1;
const LN_2_REST: f64 = 1.908_214_929_270_587_7e-10;

/// ln 2 in two parts, for `exp`.
const LN_2_HIGH: f64 = 0.693147180559663;
const LN_2_LOW: f64 = 2.8235290563031577e-13;

/// A polynomial at `x`, coefficients from the highest power down; `step` is (sum, x, next).
fn horner(x: f64, coefficients: &[f64], step: impl Fn(f64, f64, f64) -> f64) -> f64 {
    coefficients.iter().copied().reduce(|sum, next| step(sum, x, next)).unwrap_or(0.0)
}

/// `x` = fraction × 2^exponent with 1/2 <= fraction < 1, for finite `x` above 0.
fn fraction_and_exponent(x: f64) -> (f64, f64) {
    const TWO_TO_54: f64 = 18_014_398_509_481_984.0;
    if x < f64::MIN_POSITIVE {
        let (fraction, exponent) = fraction_and_exponent(x * TWO_TO_54);
        return (fraction, exponent - 54.0);
    }
    let bits = x.to_bits();
    let exponent = (bits >> 52) as f64 - 1022.0;
    let fraction = f64::from_bits(bits & 0x000F_FFFF_FFFF_FFFF | 0x3FE0_0000_0000_0000);
    (fraction, exponent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(ln(2.0), std::f64::consts::LN_2);
        assert_eq!(exp(1.0), std::f64::consts::E);
        assert_eq!(exp(-800.0), 0.0);
        assert_eq!(exp(800.0), f64::INFINITY);
        assert_eq!(ln(f64::from_bits(1)), -1074.0 * std::f64::consts::LN_2); // 2^-1074, the smallest
    }

    /// Within two units in the last place of the platform's own.
    fn near(ours: f64, theirs: f64) -> bool {
        ours == theirs || (ours - theirs).abs() <= 2.0 * f64::EPSILON * theirs.abs().max(f64::MIN_POSITIVE)
    }

    proptest! {
        #[test]
        fn ln_agrees_with_the_platform(x in (f64::MIN_POSITIVE / 1024.0)..f64::MAX, scale in -1000..0) {
            for x in [x, x * 2.0_f64.powi(scale)] {
                prop_assert!(near(ln(x), x.ln()), "ln {x:e}: {} and {}", ln(x), x.ln());
            }
        }

        #[test]
        fn exp_agrees_with_the_platform(x in -740.0..709.7) {
            prop_assert!(near(exp(x), x.exp()), "exp {x:e}: {:e} and {:e}", exp(x), x.exp());
        }
    }
}
