//! As much HTTP as tests speak: one message each way, then the connection ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

/// The next request or answer: its first line, and its body, null where that is no JSON.
#[track_caller]
pub fn receive(stream: &TcpStream) -> (String, Value) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        if let Some(number) = header.to_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        if header.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (first.trim_end().to_owned(), serde_json::from_slice(&body).unwrap_or_default())
}

/// Sends a request or an answer.
///
/// * `first`: its first line: `GET /status HTTP/1.1`.
#[track_caller]
pub fn send(mut stream: &TcpStream, first: &str, body: &str) {
    let length = body.len();
    write!(
        stream,
        "{first}\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
    .unwrap();
}
