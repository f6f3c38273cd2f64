use std::collections::BTreeMap;
use std::fmt;

/// Where numbers come from. Everything may be unknown: most formats say little.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The commit that was built.
    pub commit: Option<Commit>,
    /// When it was recorded, RFC 3339 in UTC.
    pub recorded_at: Option<String>,
    /// The machine.
    pub host: Option<Host>,
    /// `rustc --version` of the toolchain that built it.
    pub toolchain: Option<String>,
    /// Version of each harness, by its name.
    pub harnesses: BTreeMap<String, String>,
    /// Settings of the build that change the code: profile and flags, by name.
    pub build: BTreeMap<String, String>,
}

/// A commit, and whether the tree had changes that are not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The full hash, in hexadecimal.
    pub hash: String,
    /// Whether files differed from the commit.
    pub dirty: bool,
}

/// What must be equal for times to be comparable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// As the processor names itself.
    pub cpu: String,
    /// Logical cores; 0 where a format does not say.
    pub cores: usize,
    /// `linux x86_64`.
    pub os: String,
}

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short: String = self.hash.chars().take(12).collect();
        f.write_str(&short)?;
        if self.dirty { f.write_str(" with local changes") } else { Ok(()) }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cpu)?;
        if self.cores > 0 {
            write!(f, ", {} cores", self.cores)?;
        }
        if self.os.is_empty() { Ok(()) } else { write!(f, ", {}", self.os) }
    }
}

impl Host {
    /// Whether times of both may be compared. Cores are 0 where a format does not say.
    pub fn is_same(&self, other: &Host) -> bool {
        let cores = self.cores == other.cores || self.cores == 0 || other.cores == 0;
        self.cpu == other.cpu && self.os == other.os && cores
    }

    /// A word for this kind of machine, fit for a file's name: `amd-epyc-2-cores-linux-x86-64`.
    pub fn key(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
        let name: String = self.to_string().chars().map(plain).collect();
        name.split_whitespace().collect::<Vec<_>>().join("-")
    }
}

impl Provenance {
    /// What `self` knows, completed by what only `other` knows.
    pub fn or(mut self, other: Provenance) -> Provenance {
        self.commit = self.commit.or(other.commit);
        self.recorded_at = self.recorded_at.or(other.recorded_at);
        self.host = self.host.or(other.host);
        self.toolchain = self.toolchain.or(other.toolchain);
        for (name, version) in other.harnesses {
            self.harnesses.entry(name).or_insert(version);
        }
        for (name, setting) in other.build {
            self.build.entry(name).or_insert(setting);
        }
        self
    }
}
