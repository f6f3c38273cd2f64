use serde::{Deserialize, Serialize};

use super::quote::quote;

/// What a sign-off is made of, as it was asked for: enough to make it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// What is released: `v1.2.0`.
    pub release: String,
    /// The day it was signed off: `2026-12-31`.
    pub today: String,
    /// The results of the last release, as they were named; `None` for a first one.
    pub old: Option<String>,
    /// The results of this release, as they were named.
    pub new: String,
    /// Runs among which the best of each row is sought, as they were named.
    pub history: Vec<String>,
    /// The file of the budgets; `None`: the built-in rules.
    pub config: Option<String>,
    /// The profile of that file.
    pub profile: Option<String>,
    /// The file of what a null run found on the machine of the results.
    pub noise: Option<String>,
    /// Metrics that were left out on purpose.
    pub without: Vec<String>,
    /// Files that somebody answers for.
    pub evidence: Vec<Evidence>,
    /// Lines of the checklist that have to be measured.
    pub require: Vec<String>,
    /// The loss against the best ever that is allowed, as it was written: `+10%`.
    pub creep: Option<String>,
    /// What its documents are called, without their endings; `None`: by the release.
    pub output: Option<String>,
}

/// A file that somebody answers for: a profile that was looked at, the log of the tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The line of the checklist that it belongs to.
    pub check: String,
    /// The file.
    pub path: String,
}

/// What files of [`Evidence`] are called among the inputs.
pub const EVIDENCE: &str = "evidence";

/// A file that went in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What it is for: `old`, `new`, `history`, `budgets`, `noise`, [`EVIDENCE`].
    pub role: String,
    /// The file, as a person would type it where the sign-off was made.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// The program that made a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// `regress`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its executable, in hexadecimal.
    pub sha256: String,
}

impl Recipe {
    /// The command that makes the document, as a shell takes it.
    pub fn command(&self) -> String {
        let mut words = vec!["regress".to_owned(), "signoff".to_owned()];
        let mut option = |name: &str, value: &str| words.push(format!("{name}={}", quote(value)));
        option("--release", &self.release);
        option("--today", &self.today);
        let single = [
            ("--output", &self.output),
            ("--config", &self.config),
            ("--profile", &self.profile),
            ("--creep", &self.creep),
        ];
        for (name, value) in single {
            if let Some(value) = value {
                option(name, value);
            }
        }
        self.history.iter().for_each(|path| option("--history", path));
        self.without.iter().for_each(|metric| option("--without", metric));
        self.require.iter().for_each(|check| option("--require", check));
        for Evidence { check, path } in &self.evidence {
            option("--evidence", &format!("{check}={path}"));
        }
        words.push("--".to_owned());
        words.extend(self.old.iter().map(|old| quote(old)));
        words.push(quote(&self.new));
        words.join(" ")
    }
}

impl Recipe {
    /// What its documents are called, without their endings: `signoff-v1.2.0`, if nothing else was asked for.
    pub fn stem(&self) -> String {
        if let Some(output) = &self.output {
            return output.clone();
        }
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.+".contains(c) { c } else { '-' };
        format!("signoff-{}", self.release.chars().map(plain).collect::<String>())
    }
}
