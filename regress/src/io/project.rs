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

/// The configuration file.
pub(super) const CONFIG: &str = "regress.toml";

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

    /// The root of the workspace; where there is none, the directory with the configuration, here or further up; else the
    /// current one.
    fn root(&self) -> &Path {
        match self.metadata() {
            Some(metadata) => &metadata.workspace_root,
            None => self.configured().unwrap_or(&self.directory),
        }
    }

    /// The directory with the configuration, here or further up.
    fn configured(&self) -> Option<&Path> {
        self.directory.ancestors().find(|directory| directory.join(CONFIG).is_file())
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

    /// Where runs are kept: below the root; where nothing is kept there, beside the configuration of a project that cargo
    /// knows only a part of.
    pub fn baselines(&self) -> PathBuf {
        let below_root = self.root().join("baselines");
        let beside = || self.configured().map(|directory| directory.join("baselines")).filter(|path| path.is_dir());
        if below_root.is_dir() { below_root } else { beside().unwrap_or(below_root) }
    }

    /// `path` as a person would type it here: from the current directory, also upwards, unless the two have nothing in
    /// common.
    pub fn shown(&self, path: &Path) -> String {
        from(&self.directory, path).unwrap_or_else(|| path.to_owned()).display().to_string()
    }

    /// `path` from the top of the checkout that it lies in, with `/` between names, as other programs are told of places
    /// in it. `None` outside of one.
    pub fn in_checkout(&self, path: &Path) -> Option<String> {
        let path = self.directory.join(path).canonicalize().ok()?;
        // A directory, or the file of a linked worktree or a submodule.
        let top = path.ancestors().skip(1).find(|directory| directory.join(".git").exists())?;
        let below = path.strip_prefix(top).ok()?;
        Some(below.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/"))
    }
}

/// The way from a directory to a path; `None` where it would lead over the root of all files.
fn from(directory: &Path, path: &Path) -> Option<PathBuf> {
    if path.is_relative() {
        return Some(path.to_owned());
    }
    let (up, below) = directory.ancestors().enumerate().find_map(|(up, ancestor)| {
        let is_root = ancestor.parent().is_none();
        Some((up, path.strip_prefix(ancestor).ok().filter(|_| !is_root)?))
    })?;
    Some(std::iter::repeat_n(Path::new(".."), up).chain([below]).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn paths_are_told_as_one_would_type_them_here() {
        #[track_caller]
        fn check(directory: &str, path: &str, expected: &str) {
            let project = Project { directory: directory.into(), metadata: OnceCell::new() };
            assert_eq!(project.shown(Path::new(path)), expected);
        }
        check("/home/me/project", "/home/me/project/regress.toml", "regress.toml");
        check("/home/me/project/crates/fast", "/home/me/project/regress.toml", "../../regress.toml");
        check("/home/me/project", "/home/me/target/criterion", "../target/criterion");
        check("/home/me/project", "/var/target", "/var/target");
        check("/home/me/project", "budgets/own.toml", "budgets/own.toml");
        check("/home/me/project", "../own.toml", "../own.toml");
        check("/", "/regress.toml", "/regress.toml");
    }

    #[test]
    fn places_in_a_checkout_are_told_from_its_top() {
        let checkout = tempfile::tempdir().unwrap();
        let below = checkout.path().join("crates/fast");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(checkout.path().join("crates/regress.toml"), "").unwrap();
        let project = Project { directory: below.canonicalize().unwrap(), metadata: OnceCell::new() };
        let told = |path: &str| project.in_checkout(Path::new(path));
        assert_eq!(told("../regress.toml"), None);
        std::fs::write(checkout.path().join(".git"), "gitdir: elsewhere").unwrap();
        assert_eq!(told("../regress.toml").as_deref(), Some("crates/regress.toml"));
        assert_eq!(told("../none.toml"), None);
    }
}
