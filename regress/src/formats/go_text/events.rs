//! `go test -json`: the same text, cut into events.
//!
//! ```text
//! {"Action":"output","Package":"p","Test":"BenchmarkA","Output":"BenchmarkA-2 \t"}
//! {"Action":"output","Package":"p","Test":"BenchmarkA","Output":"  100\t  5 ns/op\n"}
//! ```
//!
//! An event may hold a part of a line, and packages that are tested at the same time take turns: what each package
//! printed is put together again. Lines that are no JSON object are passed over, as build errors are in the text.
//!
//! Source: `go doc test2json`.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;

use super::super::{Place, Problems, ReadError, json};
use super::line::lines;

/// What one package printed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Stream {
    pub package: String,
    pub text: String,
    /// For each line of the text, the line of the file on which it begins.
    pub line_numbers: Vec<usize>,
}

/// A file of events, put together.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// In the order in which the packages began to print.
    pub of_packages: Vec<Stream>,
    /// Benchmarks and packages that failed, with their line.
    pub failed: Vec<(usize, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, default)]
    package: Cow<'a, str>,
    #[serde(borrow, default)]
    test: Cow<'a, str>,
    #[serde(borrow, default)]
    output: Cow<'a, str>,
}

/// Whether a file begins with an event.
pub(super) fn recognises(bytes: &[u8]) -> bool {
    let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    json::first_member(bytes).is_some_and(|(key, _)| matches!(key, b"Time" | b"Action" | b"ImportPath"))
        && memchr::memmem::find(first_line, b"\"Action\":").is_some()
}

/// # Errors
/// Every event that is no JSON.
pub(super) fn join(path: &Arc<str>, text: &str) -> Result<Streams, Problems> {
    let mut streams = Streams::default();
    let mut problems = Problems::default();
    for (index, line) in lines(text).enumerate() {
        if !line.starts_with('{') {
            continue;
        }
        match serde_json::from_str::<Event>(line) {
            Ok(event) => streams.take(index + 1, &event),
            Err(error) => problems.push(ReadError {
                path: path.clone(),
                place: Place::Line { line_number: index + 1, column_number: error.column() },
                problem: json::problem(&error, "an event of `go test -json`"),
            }),
        }
    }
    if problems.is_empty() { Ok(streams) } else { Err(problems) }
}

impl Streams {
    fn take(&mut self, line_number: usize, event: &Event) {
        match &*event.action {
            "output" => self.of_package(&event.package).push(line_number, &event.output),
            "fail" => {
                let what = if event.test.is_empty() { &event.package } else { &event.test };
                self.failed.push((line_number, format!("`{what}` failed; measurements may be missing")));
            }
            _ => {}
        }
    }

    /// The stream of a package: nearly always the one that printed last.
    fn of_package(&mut self, package: &str) -> &mut Stream {
        let index = self.of_packages.iter().rposition(|stream| stream.package == package).unwrap_or_else(|| {
            self.of_packages.push(Stream { package: package.to_owned(), ..Stream::default() });
            self.of_packages.len() - 1
        });
        &mut self.of_packages[index]
    }
}

impl Stream {
    fn push(&mut self, line_number: usize, output: &str) {
        for part in output.split_inclusive('\n') {
            if self.text.is_empty() || self.text.ends_with('\n') {
                self.line_numbers.push(line_number);
            }
            self.text.push_str(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_package_printed_is_put_together() {
        let text = concat!(
            "# note of the build\n",
            "{\"Action\":\"output\",\"Package\":\"p\",\"Output\":\"BenchmarkA \\t\"}\n",
            "{\"Action\":\"output\",\"Package\":\"q\",\"Output\":\"PASS\\nok\\n\"}\n",
            "{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"BenchmarkA\",\"Output\":\"1\\n2\\n\"}\n",
            "{\"Action\":\"fail\",\"Package\":\"p\",\"Test\":\"BenchmarkA\"}\n",
        );
        let streams = join(&"a.json".into(), text).expect("it is whole");
        let stream = |package: &str, text: &str, line_numbers: &[usize]| Stream {
            package: package.to_owned(),
            text: text.to_owned(),
            line_numbers: line_numbers.to_vec(),
        };
        // The line that begins in line 2 of the file ends in line 4.
        let expected = [stream("p", "BenchmarkA \t1\n2\n", &[2, 4]), stream("q", "PASS\nok\n", &[3, 3])];
        assert_eq!(streams.of_packages, expected);
        assert_eq!(streams.failed, [(5, "`BenchmarkA` failed; measurements may be missing".to_owned())]);
    }

    #[test]
    fn events_that_are_cut_off_are_told_with_their_place() {
        let text = "{\"Action\":\"start\"}\n{\"Action\":7}\n{\"Action\":\"outp";
        let problems = join(&"a.json".into(), text).expect_err("two of three are broken");
        let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            words,
            [
                "a.json:2:11: found integer `7`; wanted a string in an event of `go test -json`",
                "a.json:3:15: the file ends too early; wanted an event of `go test -json`",
            ]
        );
    }
}
