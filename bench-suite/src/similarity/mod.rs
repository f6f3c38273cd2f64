//! How alike two faces are: vectors of `f32` compared near the speed of the machine, without allocating.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod kernels;
mod portable;
mod sums;

use kernels::kernels;

/// Cosine of the angle between `a` and `b`, in [-1, 1] but for rounding; 0 if either is all zeros.
///
/// Vectors of different length are compared over the length of the shorter one.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let sums = (kernels().cosine_sums)(a, b);
    let lengths = (sums.squares_a * sums.squares_b).sqrt();
    if lengths == 0.0 { 0.0 } else { sums.products / lengths }
}

/// Length of `a - b`, not negative.
///
/// Vectors of different length are compared over the length of the shorter one.
pub fn euclidean(a: &[f32], b: &[f32]) -> f32 {
    (kernels().squared_distance)(a, b).sqrt()
}

/// Writes `vector` scaled to length 1 into `unit`; zeros if it is all zeros.
///
/// Fills the length of the shorter one.
pub fn normalize(vector: &[f32], unit: &mut [f32]) {
    let length = (kernels().dot)(vector, vector).sqrt();
    let scale = if length == 0.0 { 0.0 } else { 1.0 / length };
    (kernels().scale)(vector, scale, unit);
}

/// A row of a gallery and how alike it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Which row, from 0.
    pub index: usize,
    /// Cosine with the query.
    pub similarity: f32,
}

impl Match {
    /// Less alike than any row.
    pub const NONE: Match = Match { index: usize::MAX, similarity: f32::NEG_INFINITY };
}

/// Fills `best` with the rows of `gallery` most like `query`, the most alike first,
/// of equals the earlier row first; [`Match::NONE`] where there are fewer rows than places.
///
/// `query` and the rows have length 1. A gallery is its rows one after another, each with as many
/// numbers as `query`; a last row that is cut short is not looked at. An empty query finds nothing.
pub fn search(query: &[f32], gallery: &[f32], best: &mut [Match]) {
    best.fill(Match::NONE);
    if query.is_empty() {
        return;
    }
    let dot = kernels().dot;
    for (index, row) in gallery.chunks_exact(query.len()).enumerate() {
        let similarity = dot(query, row);
        if best.last().is_some_and(|worst| worst.similarity < similarity) {
            insert(best, Match { index, similarity });
        }
    }
}

/// Puts `found` in its place, `best` being sorted and its last less alike, and drops that last one.
fn insert(best: &mut [Match], found: Match) {
    let place = best.partition_point(|other| found.similarity <= other.similarity);
    best[place..].rotate_right(1);
    best[place] = found;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of 2 numbers against the query (1, 0): a row's similarity is its first number.
    #[track_caller]
    fn check_search(gallery: &[f32], places: usize, expected: &[(usize, f32)]) {
        let mut best = vec![Match { index: 77, similarity: 77.0 }; places];
        search(&[1.0, 0.0], gallery, &mut best);
        let (found, none) = best.split_at(expected.len());
        let found: Vec<(usize, f32)> = found.iter().map(|found| (found.index, found.similarity)).collect();
        assert_eq!(found, expected);
        assert!(none.iter().all(|place| *place == Match::NONE));
    }

    #[test]
    fn search_finds_the_most_alike_first() {
        check_search(&[0.1, 0.0, 0.3, 0.0, 0.2, 0.0], 2, &[(1, 0.3), (2, 0.2)]);
        check_search(&[-0.5, 0.0, -0.1, 0.0], 1, &[(1, -0.1)]);
    }

    #[test]
    fn of_equal_rows_the_earlier_one_is_found_first() {
        check_search(&[0.2, 0.0, 0.1, 0.0, 0.2, 1.0, 0.2, 2.0], 3, &[(0, 0.2), (2, 0.2), (3, 0.2)]);
        check_search(&[0.2, 0.0, 0.2, 1.0], 1, &[(0, 0.2)]);
    }

    #[test]
    fn search_has_an_answer_for_too_little() {
        check_search(&[], 2, &[]);
        check_search(&[0.1, 0.0], 0, &[]);
        check_search(&[0.1, 0.0], 3, &[(0, 0.1)]);
        check_search(&[0.1, 0.0, 0.9], 3, &[(0, 0.1)]); // the last row is cut short
        check_search(&[f32::NAN, 0.0, 0.1, 0.0], 3, &[(1, 0.1)]);
        let mut best = [Match { index: 77, similarity: 77.0 }];
        search(&[], &[1.0, 2.0], &mut best);
        assert_eq!(best, [Match::NONE]);
    }

    #[test]
    fn vectors_with_a_known_angle() {
        assert_eq!(cosine(&[3.0, 0.0], &[2.0, 0.0]), 1.0);
        assert_eq!(cosine(&[3.0, 0.0], &[0.0, 2.0]), 0.0);
        assert_eq!(cosine(&[3.0, 0.0], &[-1.0, 0.0]), -1.0);
        assert_eq!(cosine(&[3.0, 4.0], &[1.0, 0.0]), 0.6); // 3 / (5 × 1)
        assert_eq!(cosine(&[0.0, 0.0], &[1.0, 0.0]), 0.0);
        assert_eq!(euclidean(&[1.0, 1.0], &[4.0, 5.0]), 5.0); // √(3² + 4²)
        assert_eq!(euclidean(&[1.0, 1.0, 9.0], &[4.0, 5.0]), 5.0);
    }

    #[test]
    fn normalize_scales_to_length_one() {
        let mut unit = [7.0; 3];
        normalize(&[3.0, 4.0], &mut unit);
        assert_eq!(unit, [0.6, 0.8, 7.0]);
        normalize(&[0.0, 0.0, 0.0], &mut unit);
        assert_eq!(unit, [0.0; 3]);
    }
}
