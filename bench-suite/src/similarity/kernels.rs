//! The sums behind every comparison, each in the form that this processor is fastest with.

use std::sync::LazyLock;

use super::portable;
use super::sums::CosineSums;

/// Each is handed two vectors and goes as far as the shorter one does.
pub struct Kernels {
    /// Sum of products.
    pub dot: fn(&[f32], &[f32]) -> f32,
    /// Sum of the squares of the differences.
    pub squared_distance: fn(&[f32], &[f32]) -> f32,
    /// Sums of products and of squares, in one pass.
    pub cosine_sums: fn(&[f32], &[f32]) -> CosineSums,
    /// Writes the first vector times a number into the second.
    pub scale: fn(&[f32], f32, &mut [f32]),
}

/// The kernels for this processor, chosen at the first call.
///
/// AVX2 with FMA where there is, but not AVX-512: valgrind 3.19 does not know it, and instructions
/// would be counted on another path than the one that is timed.
pub fn kernels() -> &'static Kernels {
    static CHOSEN: LazyLock<Kernels> = LazyLock::new(|| avx2().unwrap_or(PORTABLE));
    &CHOSEN
}

const PORTABLE: Kernels = Kernels {
    dot: portable::dot,
    squared_distance: portable::squared_distance,
    cosine_sums: portable::cosine_sums,
    scale: portable::scale,
};

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "code for a newer processor may only be called where it is one")]
fn avx2() -> Option<Kernels> {
    use super::avx2;

    if !is_x86_feature_detected!("avx2") || !is_x86_feature_detected!("fma") {
        return None;
    }
    Some(Kernels {
        // SAFETY: the processor has AVX2 and FMA; we have just asked it.
        dot: |a, b| unsafe { avx2::dot(a, b) },
        // SAFETY: as above.
        squared_distance: |a, b| unsafe { avx2::squared_distance(a, b) },
        // SAFETY: as above.
        cosine_sums: |a, b| unsafe { avx2::cosine_sums(a, b) },
        // SAFETY: as above.
        scale: |vector, factor, scaled| unsafe { avx2::scale(vector, factor, scaled) },
    })
}

#[cfg(not(target_arch = "x86_64"))]
fn avx2() -> Option<Kernels> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input;

    /// Lengths around every step of the loops, and that of a real embedding.
    const LENGTHS: [usize; 12] = [0, 1, 7, 8, 31, 32, 33, 63, 64, 65, 127, 512];

    #[track_caller]
    fn check(kernels: &Kernels, a: &[f32], b: &[f32]) {
        // Sums of at most 512 terms below 4, in another order: 512 × 4 × 2⁻²⁴ ≈ 1.2e-4.
        let near = |sum: f32, expected: f64| (f64::from(sum) - expected).abs() < 1e-3;
        let sum = |term: fn(f64, f64) -> f64| a.iter().zip(b).map(|(&a, &b)| term(a.into(), b.into())).sum::<f64>();
        let sums = (kernels.cosine_sums)(a, b);
        assert!(near((kernels.dot)(a, b), sum(|a, b| a * b)));
        assert!(near((kernels.squared_distance)(a, b), sum(|a, b| (a - b) * (a - b))));
        assert!(near(sums.products, sum(|a, b| a * b)));
        assert!(near(sums.squares_a, sum(|a, _| a * a)));
        assert!(near(sums.squares_b, sum(|_, b| b * b)));
        let mut scaled = b.to_vec();
        (kernels.scale)(a, 0.5, &mut scaled);
        let halves = a.iter().map(|a| a / 2.0);
        let untouched = b.iter().skip(a.len()).copied();
        assert!(scaled.into_iter().eq(halves.chain(untouched).take(b.len())));
    }

    #[test]
    fn kernels_agree_with_sums_in_double_precision() {
        for kernels in [Some(PORTABLE), avx2()].iter().flatten() {
            for len in LENGTHS {
                check(kernels, &input::embedding(1, len), &input::embedding(2, len));
                check(kernels, &input::embedding(1, len + 9), &input::embedding(2, len));
                check(kernels, &input::embedding(1, len), &input::embedding(2, len + 70));
            }
        }
    }
}
