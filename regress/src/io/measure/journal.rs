use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::conditions::Conditions;
use crate::io::error::Failure;

/// What a run measured so far, on disk: a line for each process, written when its round ended. Killing the run loses
/// at most the round that was measuring.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

/// Which executables a journal is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    schema: String,
    /// The code of the old side, as a hash.
    pub old: String,
    /// The code of the new side, as a hash.
    pub new: String,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Which round it belongs to, from 0.
    pub round: usize,
    /// Which benchmark.
    pub benchmark: String,
    /// Which side.
    pub side: Side,
    /// Its measurements, seconds per iteration, in the order they were taken.
    pub seconds: Vec<f64>,
    /// Whether it measured in turns with the other side of its round.
    #[serde(default)]
    pub lockstep: bool,
    /// When its round began, seconds after the run did.
    pub at_seconds: f64,
    /// What the machine did during its round.
    #[serde(default)]
    pub conditions: Conditions,
}

/// A side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The side compared against.
    Old,
    /// The side that is judged.
    New,
}

impl Side {
    /// Old for new, new for old.
    pub fn other(self) -> Side {
        match self {
            Side::Old => Side::New,
            Side::New => Side::Old,
        }
    }
}

const SCHEMA: &str = "regress-rounds/1";

impl Subject {
    /// A journal about these two.
    pub fn new(old: &str, new: &str) -> Subject {
        Subject { schema: SCHEMA.to_owned(), old: old.to_owned(), new: new.to_owned() }
    }
}

impl Journal {
    /// Begins anew; what an earlier run wrote there is gone.
    ///
    /// # Errors
    /// What the system refused.
    pub fn begin(path: &Path, subject: &Subject) -> Result<Journal, Failure> {
        let directory = path.parent().unwrap_or(Path::new("."));
        let file = std::fs::create_dir_all(directory).and_then(|()| File::create(path));
        let file = file.map_err(|error| refused(path, &error))?;
        let mut journal = Journal { path: path.to_owned(), file };
        journal.write(std::slice::from_ref(subject))?;
        Ok(journal)
    }

    /// Goes on where an earlier run of the same executables ended, and returns what it measured.
    ///
    /// A last line that was cut off is taken away.
    ///
    /// # Errors
    /// There is none; it is about other executables; it is damaged; what the system refused.
    pub fn resume(path: &Path, subject: &Subject) -> Result<(Journal, Vec<Entry>), Failure> {
        let text = std::fs::read(path).map_err(|error| {
            Failure::new(format!("{}: {error}: there is nothing to resume", path.display()), "leave --resume out")
        })?;
        let (entries, whole) = parse(&text, subject).map_err(|(line_number, problem)| {
            Failure::new(format!("{}:{line_number}: {problem}", path.display()), "leave --resume out to measure anew")
        })?;
        let file = File::options().append(true).open(path).map_err(|error| refused(path, &error))?;
        file.set_len(whole as u64).map_err(|error| refused(path, &error))?;
        Ok((Journal { path: path.to_owned(), file }, entries))
    }

    /// Adds the processes of a round.
    ///
    /// # Errors
    /// What the system refused: a full disk, above all.
    pub fn add(&mut self, entries: &[Entry]) -> Result<(), Failure> {
        self.write(entries)
    }

    fn write(&mut self, lines: &[impl Serialize]) -> Result<(), Failure> {
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line).expect("numbers and names are always JSON");
            text.push(b'\n');
        }
        // In one call, so that a round is there or not.
        self.file.write_all(&text).map_err(|error| refused(&self.path, &error))
    }
}

/// The entries, and how many bytes are whole lines.
fn parse(text: &[u8], subject: &Subject) -> Result<(Vec<Entry>, usize), (usize, String)> {
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let mut lines = text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let first = lines.next().ok_or((1, "it is empty".to_owned()))?;
    let found: Subject = serde_json::from_slice(first).map_err(|error| (1, format!("{error}; wanted {SCHEMA}")))?;
    if found != *subject {
        return Err((1, "it is about other executables: the code changed since".to_owned()));
    }
    let mut entries = Vec::new();
    for (index, line) in lines.enumerate() {
        let entry: Entry = serde_json::from_slice(line).map_err(|error| (index + 2, error.to_string()))?;
        if entry.seconds.is_empty() || entry.seconds.iter().any(|seconds| !seconds.is_finite() || *seconds < 0.0) {
            return Err((index + 2, "times have to be finite and not negative".to_owned()));
        }
        entries.push(entry);
    }
    Ok((entries, whole))
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()), "check the directory's permissions and the space on the disk")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(round: usize) -> Entry {
        Entry {
            round,
            benchmark: "a|b".to_owned(),
            side: Side::Old,
            seconds: vec![1e-9],
            lockstep: false,
            at_seconds: 0.5,
            conditions: Conditions::default(),
        }
    }

    #[test]
    fn cut_off_anywhere_it_gives_the_lines_that_are_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rounds.journal");
        let subject = Subject::new("x", "y");
        let mut journal = Journal::begin(&path, &subject).unwrap();
        (0..3).for_each(|round| journal.add(&[entry(round)]).unwrap());
        let text = std::fs::read(&path).unwrap();
        let head = text.iter().position(|byte| *byte == b'\n').unwrap();
        for length in head + 1..=text.len() {
            std::fs::write(&path, &text[..length]).unwrap();
            let (mut journal, entries) = Journal::resume(&path, &subject).unwrap();
            let whole = text[..length].iter().filter(|byte| **byte == b'\n').count() - 1;
            assert_eq!(entries, (0..whole).map(entry).collect::<Vec<_>>());
            journal.add(&[entry(9)]).unwrap();
            assert_eq!(Journal::resume(&path, &subject).unwrap().1.last(), Some(&entry(9)));
        }
    }

    #[test]
    fn it_is_about_two_executables() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rounds.journal");
        drop(Journal::begin(&path, &Subject::new("x", "y")).unwrap());
        assert!(Journal::resume(&path, &Subject::new("x", "z")).is_err());
        assert!(Journal::resume(&directory.path().join("none"), &Subject::new("x", "y")).is_err());
    }
}
