//! The kernels in registers of 8 numbers, with fused multiply-add.
//!
//! Written out because leaving it to the compiler was tried: it made good loops of arrays of 64
//! partial sums and scalar ones, 5 times slower, of arrays of 32.

use std::arch::x86_64::*;

use super::sums::CosineSums;

/// Numbers that one register holds.
const LANES: usize = 8;

/// Partial sums of a kernel with one sum. A fused multiply-add takes 4 cycles and 2 start per cycle,
/// so 8 must be under way.
const ONE_SUM: usize = 8;

/// Partial sums of each kind in a kernel with three: 12 of the 16 registers.
const THREE_SUMS: usize = 4;

#[target_feature(enable = "avx2,fma")]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [_mm256_setzero_ps(); ONE_SUM];
    for_each_pair::<ONE_SUM>(a, b, |i, a, b| sums[i] = _mm256_fmadd_ps(a, b, sums[i]));
    total(sums)
}

#[target_feature(enable = "avx2,fma")]
pub fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [_mm256_setzero_ps(); ONE_SUM];
    for_each_pair::<ONE_SUM>(a, b, |i, a, b| {
        let difference = _mm256_sub_ps(a, b);
        sums[i] = _mm256_fmadd_ps(difference, difference, sums[i]);
    });
    total(sums)
}

#[target_feature(enable = "avx2,fma")]
pub fn cosine_sums(a: &[f32], b: &[f32]) -> CosineSums {
    let mut products = [_mm256_setzero_ps(); THREE_SUMS];
    let mut squares_a = products;
    let mut squares_b = products;
    for_each_pair::<THREE_SUMS>(a, b, |i, a, b| {
        products[i] = _mm256_fmadd_ps(a, b, products[i]);
        squares_a[i] = _mm256_fmadd_ps(a, a, squares_a[i]);
        squares_b[i] = _mm256_fmadd_ps(b, b, squares_b[i]);
    });
    CosineSums { products: total(products), squares_a: total(squares_a), squares_b: total(squares_b) }
}

/// Nothing to write out here: the compiler makes it right.
#[target_feature(enable = "avx2,fma")]
pub fn scale(vector: &[f32], factor: f32, scaled: &mut [f32]) {
    for (scaled, number) in scaled.iter_mut().zip(vector) {
        *scaled = number * factor;
    }
}

/// Calls `step` with every pair of registers and the partial sum, of `SUMS`, that it belongs to.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn for_each_pair<const SUMS: usize>(a: &[f32], b: &[f32], mut step: impl FnMut(usize, __m256, __m256)) {
    let len = a.len().min(b.len());
    let (registers_a, rest_a) = a[..len].as_chunks::<LANES>();
    let (registers_b, rest_b) = b[..len].as_chunks::<LANES>();
    let (blocks_a, few_a) = registers_a.as_chunks::<SUMS>();
    let (blocks_b, few_b) = registers_b.as_chunks::<SUMS>();
    for (block_a, block_b) in blocks_a.iter().zip(blocks_b) {
        for i in 0..SUMS {
            step(i, load(&block_a[i]), load(&block_b[i]));
        }
    }
    // All into the first sum: an index that is not constant would move the sums to memory.
    for (register_a, register_b) in few_a.iter().zip(few_b) {
        step(0, load(register_a), load(register_b));
    }
    if !rest_a.is_empty() {
        step(0, load(&filled_up(rest_a)), load(&filled_up(rest_b)));
    }
}

/// Compiles to one unaligned load, without the pointer that the intrinsic for it wants.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn load(numbers: &[f32; LANES]) -> __m256 {
    let [a, b, c, d, e, f, g, h] = *numbers;
    _mm256_setr_ps(a, b, c, d, e, f, g, h)
}

/// `rest`, which is shorter than a register, and then zeros, which change none of the sums.
fn filled_up(rest: &[f32]) -> [f32; LANES] {
    let mut numbers = [0.0; LANES];
    for (number, &found) in numbers.iter_mut().zip(rest) {
        *number = found;
    }
    numbers
}

/// Sum of all numbers in all registers, by halves.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn total<const SUMS: usize>(mut sums: [__m256; SUMS]) -> f32 {
    let mut len = SUMS;
    while 1 < len {
        len /= 2;
        for i in 0..len {
            sums[i] = _mm256_add_ps(sums[i], sums[len + i]);
        }
    }
    let four = _mm_add_ps(_mm256_castps256_ps128(sums[0]), _mm256_extractf128_ps::<1>(sums[0]));
    let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
}
