//! Runs the fixture as cargo would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The fixture and a directory of its own for its results.
pub struct Fixture {
    program: &'static str,
    home: TempDir,
    variables: Vec<&'static str>,
}

/// What one run of it did.
pub struct Run {
    pub exit_code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Fixture {
    /// The one that counts.
    pub fn new() -> Fixture {
        Fixture::of(env!("CARGO_BIN_EXE_meter-fixture"))
    }

    /// The one that times calls.
    pub fn latency() -> Fixture {
        Fixture::of(env!("CARGO_BIN_EXE_latency-fixture"))
    }

    fn of(program: &'static str) -> Fixture {
        Fixture {
            program,
            home: TempDir::new().expect("the temporary directory can be written to"),
            variables: Vec::new(),
        }
    }

    /// * `variable`: `FIXTURE_…`, adds cases.
    pub fn with(mut self, variable: &'static str) -> Fixture {
        self.variables.push(variable);
        self
    }

    /// As `cargo bench -- <words>` runs it.
    pub fn bench(&self, words: &[&str]) -> Run {
        let mut all = vec!["--bench"];
        all.extend(words);
        self.run(&all)
    }

    pub fn run(&self, words: &[&str]) -> Run {
        let output: Output = Command::new(self.program)
            .args(words)
            .env("METER_HOME", self.home.path())
            .env("CARGO_PKG_NAME", "some-package")
            .envs(self.variables.iter().map(|name| (name, "1")))
            .output()
            .expect("the fixture starts");
        Run {
            exit_code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    pub fn file(&self, baseline: &str) -> PathBuf {
        let bench = Path::new(self.program).file_stem().expect("it is a file");
        self.home.path().join("some-package").join(bench).join(format!("{baseline}.jsonl"))
    }

    /// Every file in the directory of the results, by name.
    pub fn files(&self) -> Vec<String> {
        let Ok(dir) = self.file("any").parent().expect("it has one").read_dir() else {
            return Vec::new();
        };
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("readable").file_name();
        let mut names: Vec<String> = dir.map(|entry| name(entry).into_string().expect("text")).collect();
        names.sort();
        names
    }

    pub fn lines(&self, baseline: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.file(baseline)).expect("the run wrote it");
        assert!(text.ends_with('\n'));
        text.lines().map(str::to_owned).collect()
    }

    /// The names of all cases in the file, in its order.
    pub fn cases(&self, baseline: &str) -> Vec<String> {
        let lines = self.lines(baseline);
        let json = lines.iter().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let mut names: Vec<String> =
            json.filter_map(|line| Some(line.get("benchmark")?.as_str()?.to_owned())).collect();
        names.dedup();
        names
    }

    /// The one line of this case and metric.
    #[track_caller]
    pub fn record(&self, baseline: &str, case: &str, metric: &str) -> Value {
        let is_it = |line: &Value| line["benchmark"] == case && line["metric"] == metric;
        let lines = self.lines(baseline);
        let json = lines.iter().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let mut found: Vec<Value> = json.filter(is_it).collect();
        assert_eq!(found.len(), 1, "{case} {metric} in {lines:#?}");
        found.remove(0)
    }
}
