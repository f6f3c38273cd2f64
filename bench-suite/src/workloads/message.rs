//! Messages of a request: a fresh buffer for each, or one that is used again.

use std::sync::{Mutex, PoisonError};

use crate::{Workload, input};

/// Bytes of a payload: the buffers of the pool never have to grow.
const PAYLOAD_BYTES: usize = 1024;

/// What travels: the length of the payload (4 bytes, little-endian) and the payload.
fn write_frame(frame: &mut Vec<u8>, payload: &[u8]) {
    frame.extend((payload.len() as u32).to_le_bytes());
    frame.extend(payload);
}

/// Stands for sending: looks at every byte, 8 at a time.
fn send(frame: &[u8]) -> u64 {
    let (words, rest) = frame.as_chunks();
    let words = words.iter().map(|&word| u64::from_le_bytes(word));
    words.fold(0, u64::wrapping_add).wrapping_add(rest.iter().map(|&byte| u64::from(byte)).sum())
}

/// Slow on purpose: a new buffer per message, which grows to its size. size: number of messages.
#[derive(Debug)]
pub struct Fresh;

impl Workload for Fresh {
    type Input = Vec<Vec<u8>>;
    type Output = u64;

    fn setup(size: usize) -> Vec<Vec<u8>> {
        payloads(size)
    }

    fn run(payloads: &mut Vec<Vec<u8>>) -> u64 {
        let mut sent = 0;
        for payload in payloads.iter() {
            let mut frame = Vec::new();
            write_frame(&mut frame, payload);
            sent ^= send(&frame);
        }
        sent
    }

    fn check(payloads: &Vec<Vec<u8>>, sent: &u64) {
        assert_eq!(*sent, expected(payloads));
    }
}

/// Buffers from a pool, given back after use; no allocation. size: number of messages.
#[derive(Debug)]
pub struct Pooled;

/// Messages to send and the pool that lends the buffers.
#[derive(Debug)]
pub struct Outbox {
    payloads: Vec<Vec<u8>>,
    pool: Pool,
}

impl Workload for Pooled {
    type Input = Outbox;
    type Output = u64;

    fn setup(size: usize) -> Outbox {
        Outbox { payloads: payloads(size), pool: Pool::default() }
    }

    fn run(outbox: &mut Outbox) -> u64 {
        let mut sent = 0;
        for payload in &outbox.payloads {
            let mut frame = outbox.pool.take();
            write_frame(&mut frame, payload);
            sent ^= send(&frame);
            outbox.pool.give_back(frame);
        }
        sent
    }

    /// A buffer that came back dirty would be sent again with the next message.
    fn check(outbox: &Outbox, sent: &u64) {
        assert_eq!(*sent, expected(&outbox.payloads));
    }
}

/// Buffers that nobody uses at the moment, all empty.
#[derive(Debug, Default)]
struct Pool {
    idle: Mutex<Vec<Vec<u8>>>,
}

impl Pool {
    fn take(&self) -> Vec<u8> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

fn payloads(count: usize) -> Vec<Vec<u8>> {
    (0..count as u64).map(|message| input::bytes(message, PAYLOAD_BYTES)).collect()
}

/// What is sent if every frame holds the length of its payload, the payload, and nothing else.
fn expected(payloads: &[Vec<u8>]) -> u64 {
    let frames = payloads.iter().map(|payload| [&(PAYLOAD_BYTES as u32).to_le_bytes()[..], payload].concat());
    frames.map(|frame| send(&frame)).fold(0, |sent, sum| sent ^ sum)
}
