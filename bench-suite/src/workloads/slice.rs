//! Making a list from a list: growing as it goes, or reserved at once.

use crate::Workload;
use crate::input::Random;

/// A comparison's result as it comes from the database: thousandths.
type Raw = u16;

/// The same as the service hands it on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    similarity: f32,
    same_face: bool,
}

impl Score {
    fn from_raw(raw: Raw) -> Score {
        Score { similarity: f32::from(raw) / 1000.0, same_face: 600 <= raw }
    }
}

/// Slow on purpose: the list doubles whenever it is full, and moves. size: number of scores.
#[derive(Debug)]
pub struct Grow;

impl Workload for Grow {
    type Input = Vec<Raw>;
    type Output = Vec<Score>;

    fn setup(size: usize) -> Vec<Raw> {
        raw_scores(size)
    }

    fn run(raw: &mut Vec<Raw>) -> Vec<Score> {
        let mut scores = Vec::new();
        for &raw in raw.iter() {
            scores.push(Score::from_raw(raw));
        }
        scores
    }

    fn check(raw: &Vec<Raw>, scores: &Vec<Score>) {
        check_scores(raw, scores);
    }
}

/// One allocation, whatever the size: number of scores.
#[derive(Debug)]
pub struct Reserved;

impl Workload for Reserved {
    type Input = Vec<Raw>;
    type Output = Vec<Score>;

    fn setup(size: usize) -> Vec<Raw> {
        raw_scores(size)
    }

    fn run(raw: &mut Vec<Raw>) -> Vec<Score> {
        let mut scores = Vec::with_capacity(raw.len());
        for &raw in raw.iter() {
            scores.push(Score::from_raw(raw));
        }
        scores
    }

    fn check(raw: &Vec<Raw>, scores: &Vec<Score>) {
        check_scores(raw, scores);
    }
}

fn raw_scores(count: usize) -> Vec<Raw> {
    let mut random = Random::from_seed(0x511ce);
    (0..count).map(|_| random.below(1001) as Raw).collect()
}

fn check_scores(raw: &[Raw], scores: &[Score]) {
    assert_eq!(scores.len(), raw.len());
    for (score, &raw) in scores.iter().zip(raw) {
        assert_eq!((score.similarity * 1000.0).round(), f32::from(raw));
        assert_eq!(score.same_face, 0.5995 < score.similarity);
    }
}
