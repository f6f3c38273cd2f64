//! Writing records: as text that everybody reads, or in a binary form. Both into a buffer that is
//! used again, so that what is measured is the format.

use std::mem;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};

use crate::{Workload, input};

/// An enrolment as it is stored: mostly the image and the embedding in base64, as in life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Enrolment {
    face: String,
    tenant: String,
    display_name: String,
    captured_at: String,
    quality: f32,
    labels: Vec<String>,
    embedding: String,
    image: String,
}

/// Raw bytes in an enrolment: the image, and an embedding of 128 numbers of 4 bytes.
const IMAGE_BYTES: usize = 2250;
const EMBEDDING_BYTES: usize = 512;

impl Enrolment {
    /// About 4 KB as text.
    fn number(number: usize, face: String) -> Enrolment {
        let seed = number as u64;
        Enrolment {
            display_name: format!("Zoë \"{}\" Example", &face[..8]),
            face,
            tenant: format!("tenant-{:03}", number % 16),
            captured_at: format!("2026-01-01T00:{:02}:{:02}Z", number / 60 % 60, number % 60),
            quality: 0.875,
            labels: vec!["frontal".to_owned(), "glasses".to_owned(), "indoor".to_owned()],
            embedding: BASE64_STANDARD.encode(input::bytes(seed, EMBEDDING_BYTES)),
            image: BASE64_STANDARD.encode(input::bytes(seed + 1000, IMAGE_BYTES)),
        }
    }
}

/// Records to write and the buffer they are written into.
#[derive(Debug)]
pub struct Writing {
    records: Vec<Enrolment>,
    buffer: Vec<u8>,
}

impl Writing {
    fn of_kilobytes(kilobytes: usize) -> Writing {
        let faces = input::face_ids(0x150, kilobytes.div_ceil(4));
        let records = faces.into_iter().enumerate().map(|(number, face)| Enrolment::number(number, face));
        Writing { records: records.collect(), buffer: Vec::new() }
    }
}

/// Writing JSON. size: about so many kilobytes of it.
#[derive(Debug)]
pub struct Text;

impl Workload for Text {
    type Input = Writing;
    type Output = ();

    fn setup(size: usize) -> Writing {
        Writing::of_kilobytes(size)
    }

    fn run(writing: &mut Writing) {
        writing.buffer.clear();
        serde_json::to_writer(&mut writing.buffer, &writing.records)
            .expect("strings and finite numbers always become JSON");
    }

    fn check(writing: &Writing, _: &()) {
        let read: Vec<Enrolment> = serde_json::from_slice(&writing.buffer).expect("we wrote JSON");
        assert_eq!(read, writing.records);
    }

    fn bytes(size: usize) -> Option<u64> {
        Some(bytes_written::<Self>(size))
    }
}

/// Writing the same records with postcard. size: about so many kilobytes as JSON.
#[derive(Debug)]
pub struct Binary;

impl Workload for Binary {
    type Input = Writing;
    type Output = ();

    fn setup(size: usize) -> Writing {
        Writing::of_kilobytes(size)
    }

    fn run(writing: &mut Writing) {
        let mut buffer = mem::take(&mut writing.buffer);
        buffer.clear();
        writing.buffer = postcard::to_extend(&writing.records, buffer).expect("a vector takes all bytes");
    }

    fn check(writing: &Writing, _: &()) {
        let read: Vec<Enrolment> = postcard::from_bytes(&writing.buffer).expect("we wrote postcard");
        assert_eq!(read, writing.records);
    }

    fn bytes(size: usize) -> Option<u64> {
        Some(bytes_written::<Self>(size))
    }
}

fn bytes_written<W: Workload<Input = Writing>>(size: usize) -> u64 {
    crate::warmed::<W>(size).buffer.len() as u64
}
