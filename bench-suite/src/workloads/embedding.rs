//! Comparing faces: the hottest code of the service. None of it allocates.

use crate::similarity::{self, Match};
use crate::{Workload, input};

/// Two embeddings. size: numbers in each.
#[derive(Debug)]
pub struct Pair {
    a: Vec<f32>,
    b: Vec<f32>,
}

impl Pair {
    fn of_len(len: usize) -> Pair {
        Pair { a: input::embedding(0xa, len), b: input::embedding(0xb, len) }
    }

    fn sum(&self, term: impl Fn(f64, f64) -> f64) -> f64 {
        self.a.iter().zip(&self.b).map(|(&a, &b)| term(a.into(), b.into())).sum()
    }
}

/// Cosine similarity of two embeddings. size: numbers in each.
#[derive(Debug)]
pub struct Cosine;

impl Workload for Cosine {
    type Input = Pair;
    type Output = f32;

    fn setup(size: usize) -> Pair {
        Pair::of_len(size)
    }

    fn run(pair: &mut Pair) -> f32 {
        similarity::cosine(&pair.a, &pair.b)
    }

    fn check(pair: &Pair, cosine: &f32) {
        let lengths = (pair.sum(|a, _| a * a) * pair.sum(|_, b| b * b)).sqrt();
        assert_near(*cosine, pair.sum(|a, b| a * b) / lengths);
    }
}

/// Distance of two embeddings. size: numbers in each.
#[derive(Debug)]
pub struct Euclidean;

impl Workload for Euclidean {
    type Input = Pair;
    type Output = f32;

    fn setup(size: usize) -> Pair {
        Pair::of_len(size)
    }

    fn run(pair: &mut Pair) -> f32 {
        similarity::euclidean(&pair.a, &pair.b)
    }

    fn check(pair: &Pair, distance: &f32) {
        assert_near(*distance, pair.sum(|a, b| (a - b) * (a - b)).sqrt());
    }
}

/// Scaling an embedding to length 1, into the caller's buffer. size: its numbers.
#[derive(Debug)]
pub struct Normalize;

/// What [`Normalize`] reads and where it writes.
#[derive(Debug)]
pub struct Scaling {
    vector: Vec<f32>,
    unit: Vec<f32>,
}

impl Workload for Normalize {
    type Input = Scaling;
    type Output = ();

    fn setup(size: usize) -> Scaling {
        Scaling { vector: input::embedding(0xc, size), unit: vec![0.0; size] }
    }

    fn run(scaling: &mut Scaling) {
        similarity::normalize(&scaling.vector, &mut scaling.unit);
    }

    fn check(scaling: &Scaling, _: &()) {
        let length = scaling.vector.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
        for (&unit, &number) in scaling.unit.iter().zip(&scaling.vector) {
            assert_near(unit, f64::from(number) / length);
        }
    }
}

/// The 10 faces of 1000 that are most like one, into the caller's buffer.
/// size: numbers in each embedding.
#[derive(Debug)]
pub struct Search;

const GALLERY_ROWS: usize = 1000;
const TOP: usize = 10;

/// What [`Search`] reads and where it writes.
#[derive(Debug)]
pub struct Gallery {
    query: Vec<f32>,
    rows: Vec<f32>,
    best: [Match; TOP],
}

impl Workload for Search {
    type Input = Gallery;
    type Output = ();

    const IS_WAITED_FOR: bool = true;

    fn setup(size: usize) -> Gallery {
        let mut query = vec![0.0; size];
        similarity::normalize(&input::embedding(0xd, size), &mut query);
        let mut rows = vec![0.0; GALLERY_ROWS * size];
        let random = input::embedding(0xe, rows.len());
        for (row, random) in rows.chunks_exact_mut(size).zip(random.chunks_exact(size)) {
            similarity::normalize(random, row);
        }
        Gallery { query, rows, best: [Match::NONE; TOP] }
    }

    fn run(gallery: &mut Gallery) {
        similarity::search(&gallery.query, &gallery.rows, &mut gallery.best);
    }

    fn check(gallery: &Gallery, _: &()) {
        let cosine =
            |row: &[f32]| -> f64 { row.iter().zip(&gallery.query).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum() };
        let mut all: Vec<(usize, f64)> =
            gallery.rows.chunks_exact(gallery.query.len()).map(cosine).enumerate().collect();
        all.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        for (found, &(index, similarity)) in gallery.best.iter().zip(&all) {
            assert_eq!(found.index, index);
            assert_near(found.similarity, similarity);
        }
    }
}

/// Equal but for the rounding of sums in another order: at most 1024 terms, results up to 30.
#[track_caller]
fn assert_near(actual: f32, expected: f64) {
    assert!((f64::from(actual) - expected).abs() < 1e-4, "{actual} is not {expected}");
}
