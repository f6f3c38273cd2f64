use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::{git, machine};
use crate::model::Provenance;

/// The directory a command was started in, and what cargo says of it.
#[derive(Debug)]
pub struct Project {
    /// Where the command was started.
    pub directory: PathBuf,
    /// Asked for when it is first needed: two files are compared in less time than cargo takes to answer.
    metadata: OnceCell<Option<Metadata>>,
}

/// The part of `cargo metadata` that is used.
#[derive(Debug, Deserialize)]
struct Metadata {
    target_directory: PathBuf,
    workspace_root: PathBuf,
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    manifest_path: PathBuf,
}

impl Project {
    /// The project around the current directory.
    pub fn here() -> std::io::Result<Project> {
        Ok(Project { directory: std::env::current_dir()?, metadata: OnceCell::new() })
    }

    /// The root of the workspace; where there is none, the current directory.
    pub(super) fn root(&self) -> &Path {
        self.metadata().map_or(&self.directory, |metadata| &metadata.workspace_root)
    }

    fn metadata(&self) -> Option<&Metadata> {
        self.metadata.get_or_init(|| metadata(&self.directory)).as_ref()
    }

    /// Where a harness keeps its results: where its environment variable says, else in `subdirectory` of a target
    /// directory. Only directories that exist, each once.
    pub(super) fn result_directories(&self, home_variable: &str, subdirectory: &str) -> Vec<PathBuf> {
        let candidates: Vec<PathBuf> = match std::env::var_os(home_variable).map(PathBuf::from) {
            Some(home) if home.is_absolute() => vec![home],
            Some(home) => vec![self.directory.join(&home), self.root().join(&home)],
            None => self.target_directories().iter().map(|target| target.join(subdirectory)).collect(),
        };
        let mut found: Vec<(PathBuf, PathBuf)> = Vec::new();
        for candidate in candidates.into_iter().filter(|path| path.is_dir()) {
            let real = candidate.canonicalize().unwrap_or_else(|_| candidate.clone());
            if found.iter().all(|(_, known)| *known != real) {
                found.push((candidate, real));
            }
        }
        found.into_iter().map(|(path, _)| path).collect()
    }

    /// Every directory in which `cargo bench` may have left results. Where the environment names one in full, nobody
    /// else is asked.
    pub(super) fn target_directories(&self) -> Vec<PathBuf> {
        match std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from) {
            Some(wanted) if wanted.is_absolute() => vec![wanted],
            wanted => target_directories(&self.directory, wanted, self.metadata()),
        }
    }

    /// Who measures here: commit, machine, toolchain. The time is left open.
    pub fn provenance(&self) -> Provenance {
        Provenance {
            commit: git::commit(&self.directory),
            host: Some(machine::host()),
            toolchain: machine::toolchain(),
            ..Provenance::default()
        }
    }

    /// Where `regress run` builds, measures and keeps what it measured.
    pub fn run_directory(&self) -> PathBuf {
        self.target_directory().join("regress")
    }

    /// Where cargo builds.
    pub(super) fn target_directory(&self) -> PathBuf {
        self.metadata().map_or_else(|| self.directory.join("target"), |metadata| metadata.target_directory.clone())
    }

    /// The configuration's and the baselines' directory: the workspace root.
    pub fn baselines(&self) -> PathBuf {
        self.root().join("baselines")
    }

    /// `path` as a person would type it here.
    pub fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.directory).unwrap_or(path).display().to_string()
    }
}

fn metadata(directory: &Path) -> Option<Metadata> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(directory)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    serde_json::from_slice(&output.stdout).ok()
}

/// The target directories that cargo names, and `wanted` if the environment names one below another directory.
///
/// cargo resolves it against its own directory, the benchmarks against the directory of their package, in which cargo
/// starts them: both are looked at.
fn target_directories(directory: &Path, wanted: Option<PathBuf>, metadata: Option<&Metadata>) -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = Vec::new();
    if let Some(wanted) = &wanted {
        directories.push(directory.join(wanted));
        if let Some(metadata) = metadata {
            let packages = metadata.packages.iter().filter_map(|package| package.manifest_path.parent());
            directories.push(metadata.workspace_root.join(wanted));
            directories.extend(packages.map(|package| package.join(wanted)));
        }
    }
    match metadata {
        Some(metadata) => directories.push(metadata.target_directory.clone()),
        None if wanted.is_none() => directories.push(directory.join("target")),
        None => {}
    }
    directories.sort();
    directories.dedup();
    directories
}
