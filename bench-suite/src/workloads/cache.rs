//! Looking up what is there already.

use std::sync::{Arc, PoisonError, RwLock};

use bench_meter::FixedHashMap;

use crate::input::Random;
use crate::{Workload, input};

/// One lookup of a face that is in the cache. size: faces in it.
///
/// Its promise is less than a millisecond and no allocation.
#[derive(Debug)]
pub struct Hit;

#[derive(Debug)]
struct Cache {
    faces: RwLock<FixedHashMap<String, Arc<Face>>>,
}

impl Cache {
    fn get(&self, id: &str) -> Option<Arc<Face>> {
        self.faces.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }
}

/// What a lookup finds.
#[derive(Debug)]
pub struct Face {
    id: String,
}

/// A cache and the ids that are asked for, one per run, in turn.
#[derive(Debug)]
pub struct Lookups {
    cache: Cache,
    ids: Vec<String>,
    next: usize,
}

impl Workload for Hit {
    type Input = Lookups;
    type Output = Option<Arc<Face>>;

    fn setup(size: usize) -> Lookups {
        let ids = input::face_ids(0xcace, size);
        let faces = ids.iter().map(|id| (id.clone(), Arc::new(Face { id: id.clone() })));
        Lookups { cache: Cache { faces: RwLock::new(faces.collect()) }, ids, next: 0 }
    }

    fn run(lookups: &mut Lookups) -> Option<Arc<Face>> {
        lookups.next = (lookups.next + 1) % lookups.ids.len();
        lookups.cache.get(&lookups.ids[lookups.next])
    }

    fn check(lookups: &Lookups, face: &Option<Arc<Face>>) {
        assert_eq!(face.as_ref().map(|face| &face.id), Some(&lookups.ids[lookups.next]));
        assert!(lookups.cache.get("nobody").is_none());
    }
}

/// Slow on purpose: asks whether it is there, then asks again for what is there. size: lookups.
#[derive(Debug)]
pub struct DoubleLookup;

/// Scores that were computed before, by pair of faces.
type Scores = FixedHashMap<u64, u32>;

/// Scores and the pairs that are asked for.
#[derive(Debug)]
pub struct Questions {
    scores: Scores,
    pairs: Vec<u64>,
}

impl Workload for DoubleLookup {
    type Input = Questions;
    type Output = u64;

    fn setup(size: usize) -> Questions {
        Questions::of_len(size)
    }

    #[expect(clippy::map_entry, reason = "the second lookup is what this workload is about")]
    fn run(questions: &mut Questions) -> u64 {
        let mut sum = 0;
        for &pair in &questions.pairs {
            if !questions.scores.contains_key(&pair) {
                questions.scores.insert(pair, score(pair));
            }
            sum += u64::from(questions.scores[&pair]);
        }
        sum
    }

    fn check(questions: &Questions, sum: &u64) {
        assert_eq!(*sum, questions.expected_sum());
    }
}

/// The same with one lookup each, and no allocation. size: lookups.
#[derive(Debug)]
pub struct SingleLookup;

impl Workload for SingleLookup {
    type Input = Questions;
    type Output = u64;

    fn setup(size: usize) -> Questions {
        Questions::of_len(size)
    }

    fn run(questions: &mut Questions) -> u64 {
        let mut sum = 0;
        for &pair in &questions.pairs {
            sum += u64::from(*questions.scores.entry(pair).or_insert_with(|| score(pair)));
        }
        sum
    }

    fn check(questions: &Questions, sum: &u64) {
        assert_eq!(*sum, questions.expected_sum());
    }
}

impl Questions {
    /// The scores come into the map in the run that warms it up.
    fn of_len(count: usize) -> Questions {
        let mut random = Random::from_seed(0x100c);
        Questions { scores: Scores::default(), pairs: (0..count).map(|_| random.bits()).collect() }
    }

    fn expected_sum(&self) -> u64 {
        self.pairs.iter().map(|&pair| u64::from(score(pair))).sum()
    }
}

/// Stands for a comparison: thousandths.
fn score(pair: u64) -> u32 {
    (pair % 1001) as u32
}
