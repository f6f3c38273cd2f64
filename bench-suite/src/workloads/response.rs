//! Formatting alone: what an identification found, as the bytes of a response.

use serde::Serialize;

use crate::Workload;
use crate::input::{self, Random};

/// JSON of an identification. size: candidates in it.
///
/// Its promise is fewer than 5 allocations.
#[derive(Debug)]
pub struct Format;

/// What is formatted.
#[derive(Debug, Serialize)]
pub struct Identification {
    request: String,
    model: &'static str,
    candidates: Vec<Candidate>,
}

#[derive(Debug, Serialize)]
struct Candidate {
    face: String,
    name: String,
    similarity: f32,
}

impl Workload for Format {
    type Input = Identification;
    type Output = Vec<u8>;

    const IS_WAITED_FOR: bool = true;

    fn setup(size: usize) -> Identification {
        let mut random = Random::from_seed(0xf0);
        let candidate = |face: String| Candidate {
            name: format!("Zoë \"{}\" Example", &face[..8]),
            similarity: random.unit().abs(),
            face,
        };
        let faces = input::face_ids(0xf1, size);
        Identification {
            request: "7f6e5d4c-0000-4000-8000-000000000001".to_owned(),
            model: "stand-in/512",
            candidates: faces.into_iter().map(candidate).collect(),
        }
    }

    fn run(found: &mut Identification) -> Vec<u8> {
        // More than any name of ours needs; a longer one would cost one more allocation.
        const BYTES_PER_CANDIDATE: usize = 160;
        let mut bytes = Vec::with_capacity(128 + BYTES_PER_CANDIDATE * found.candidates.len());
        serde_json::to_writer(&mut bytes, found).expect("strings and finite numbers always become JSON");
        bytes
    }

    fn check(found: &Identification, response: &Vec<u8>) {
        let response: serde_json::Value = serde_json::from_slice(response).expect("a response is JSON");
        assert_eq!(response["request"], found.request);
        let candidates = response["candidates"].as_array().expect("candidates are a list");
        assert_eq!(candidates.len(), found.candidates.len());
        for (json, candidate) in candidates.iter().zip(&found.candidates) {
            assert_eq!(json["face"], candidate.face);
            assert_eq!(json["name"], candidate.name);
            assert_eq!(json["similarity"].as_f64().map(|x| x as f32), Some(candidate.similarity));
        }
    }
}
