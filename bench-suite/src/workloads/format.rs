//! Log lines from values of different types: behind boxes, or as they are.

use std::fmt::{self, Display, Write};

use crate::Workload;
use crate::input::{self, Random};

/// What is logged of a request.
#[derive(Clone, Debug)]
struct Event {
    face: String,
    status: u16,
    similarity: f32,
    bytes: u64,
}

/// Events and the log that they are written into, which is emptied in between.
#[derive(Debug)]
pub struct Log {
    events: Vec<Event>,
    text: String,
}

/// Slow on purpose: every value goes into a box of its own. size: number of events.
#[derive(Debug)]
pub struct Boxed;

impl Workload for Boxed {
    type Input = Log;
    type Output = fmt::Result;

    fn setup(size: usize) -> Log {
        Log::with_events(size)
    }

    fn run(log: &mut Log) -> fmt::Result {
        log.text.clear();
        for event in &log.events {
            let fields: [(&str, Box<dyn Display>); 4] = [
                ("face", Box::new(event.face.clone())),
                ("status", Box::new(event.status)),
                ("similarity", Box::new(event.similarity)),
                ("bytes", Box::new(event.bytes)),
            ];
            for (name, value) in fields {
                write!(log.text, "{name}={value} ")?;
            }
            log.text.push('\n');
        }
        Ok(())
    }

    fn check(log: &Log, written: &fmt::Result) {
        log.check(written);
    }
}

/// The same lines from the values themselves; no allocation. size: number of events.
#[derive(Debug)]
pub struct Concrete;

impl Workload for Concrete {
    type Input = Log;
    type Output = fmt::Result;

    fn setup(size: usize) -> Log {
        Log::with_events(size)
    }

    fn run(log: &mut Log) -> fmt::Result {
        log.text.clear();
        for event in &log.events {
            let Event { face, status, similarity, bytes } = event;
            field(&mut log.text, "face", face)?;
            field(&mut log.text, "status", status)?;
            field(&mut log.text, "similarity", similarity)?;
            field(&mut log.text, "bytes", bytes)?;
            log.text.push('\n');
        }
        Ok(())
    }

    fn check(log: &Log, written: &fmt::Result) {
        log.check(written);
    }
}

fn field<T: Display>(text: &mut String, name: &str, value: &T) -> fmt::Result {
    write!(text, "{name}={value} ")
}

impl Log {
    fn with_events(count: usize) -> Log {
        let mut random = Random::from_seed(0x106);
        let event = |face| Event {
            face,
            status: if random.below(16) == 0 { 404 } else { 200 },
            similarity: random.unit().abs(),
            bytes: random.below(65_536) as u64,
        };
        Log { events: input::face_ids(0x107, count).into_iter().map(event).collect(), text: String::new() }
    }

    fn check(&self, written: &fmt::Result) {
        assert_eq!(*written, Ok(()));
        assert_eq!(self.text.lines().count(), self.events.len());
        for (line, event) in self.text.lines().zip(&self.events) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let face = format!("face={}", event.face);
            let status = format!("status={}", event.status);
            let similarity = format!("similarity={}", event.similarity);
            let bytes = format!("bytes={}", event.bytes);
            assert_eq!(words, [face, status, similarity, bytes]);
        }
    }
}
