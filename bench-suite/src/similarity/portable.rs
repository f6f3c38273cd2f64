//! The kernels as loops over arrays of partial sums, which the compiler turns into vectors of
//! whatever width the target has.

use super::sums::CosineSums;

/// Partial sums of each kind.
const SUMS: usize = 16;

pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; SUMS];
    for_each_pair(a, b, |i, a, b| sums[i] = multiply_add(a, b, sums[i]));
    sums.iter().sum()
}

pub fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; SUMS];
    for_each_pair(a, b, |i, a, b| sums[i] = multiply_add(a - b, a - b, sums[i]));
    sums.iter().sum()
}

pub fn cosine_sums(a: &[f32], b: &[f32]) -> CosineSums {
    let mut products = [0.0; SUMS];
    let mut squares_a = [0.0; SUMS];
    let mut squares_b = [0.0; SUMS];
    for_each_pair(a, b, |i, a, b| {
        products[i] = multiply_add(a, b, products[i]);
        squares_a[i] = multiply_add(a, a, squares_a[i]);
        squares_b[i] = multiply_add(b, b, squares_b[i]);
    });
    CosineSums { products: products.iter().sum(), squares_a: squares_a.iter().sum(), squares_b: squares_b.iter().sum() }
}

pub fn scale(vector: &[f32], factor: f32, scaled: &mut [f32]) {
    for (scaled, number) in scaled.iter_mut().zip(vector) {
        *scaled = number * factor;
    }
}

/// Calls `step` with every pair of numbers and the partial sum it belongs to.
#[inline(always)]
fn for_each_pair(a: &[f32], b: &[f32], mut step: impl FnMut(usize, f32, f32)) {
    let len = a.len().min(b.len());
    let (blocks_a, rest_a) = a[..len].as_chunks::<SUMS>();
    let (blocks_b, rest_b) = b[..len].as_chunks::<SUMS>();
    for (block_a, block_b) in blocks_a.iter().zip(blocks_b) {
        for i in 0..SUMS {
            step(i, block_a[i], block_b[i]);
        }
    }
    for (i, (&a, &b)) in rest_a.iter().zip(rest_b).enumerate() {
        step(i, a, b);
    }
}

/// Fused only where that is one instruction of the baseline; elsewhere it is a slow library call.
#[inline(always)]
fn multiply_add(a: f32, b: f32, sum: f32) -> f32 {
    if cfg!(target_arch = "aarch64") { a.mul_add(b, sum) } else { a * b + sum }
}
