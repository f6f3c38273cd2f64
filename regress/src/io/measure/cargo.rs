use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;

use super::checkout;
use super::harness::{self, Bench};
use super::interrupt::{Escort, interrupted};
use crate::io::error::Failure;

/// What a build gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// The benchmarks that can be driven, by package and target.
    pub benches: Vec<Bench>,
    /// Bench targets of a harness that is not known: `package/target`.
    pub unknown: Vec<String>,
}

/// The lines of `cargo --message-format=json` that are used.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        manifest_path: PathBuf,
        package_id: String,
        target: Target,
        executable: Option<PathBuf>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Builds all benchmarks of the project in `directory`. cargo's own words about it go to standard error.
///
/// * `target`: the directory that is built in. Each revision has its own: in one of both sides cargo would take what it
///   built of the other for fresh.
/// * `arguments`: further ones for `cargo bench`, `--package x` for example.
///
/// # Errors
/// It does not build, or there is no benchmark.
pub fn build(directory: &Path, target: &Path, arguments: &[String]) -> Result<Built, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Without the slash that joining an empty path leaves at the end.
    let directory: &Path = &directory.components().collect::<PathBuf>();
    let shown = directory.display();
    if !directory.ancestors().any(|level| level.join("Cargo.toml").is_file()) {
        let problem = format!("{shown}: there is no Cargo.toml, here or above");
        return Err(Failure::new(
            problem,
            "start in a Cargo project; other programs: --old and --new (null: --program), or commands",
        ));
    }
    let mut command = Command::new(cargo);
    command
        .args(["bench", "--no-run", "--message-format=json-render-diagnostics"])
        .args(arguments)
        .current_dir(directory)
        .env("CARGO_TARGET_DIR", target)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    let output = run(&mut command).map_err(|error| {
        Failure::new(format!("cargo cannot be started: {error}"), "install Rust: https://rustup.rs")
    })?;
    if interrupted() {
        return Err(Failure::new(
            format!("{shown}: interrupted while building"),
            "run it again: cargo goes on from here",
        ));
    }
    if !output.status.success() {
        let next_step = match checkout::empty_submodules(directory).as_slice() {
            [] => "mend the build of that revision, or compare with another one".to_owned(),
            [first, ..] => format!("the submodule `{first}` is empty: git submodule update --init --recursive"),
        };
        return Err(Failure::new(
            format!("{shown}: the benchmarks do not build ({}); cargo's words stand above", output.status),
            next_step,
        ));
    }
    let mut built = Built::default();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(Message::CompilerArtifact { manifest_path, package_id, target, executable: Some(executable) }) =
            serde_json::from_slice(line)
        else {
            continue;
        };
        if !target.kind.iter().any(|kind| kind == "bench") {
            continue;
        }
        let package = package_name(&package_id).to_owned();
        let directory = manifest_path.parent().unwrap_or(Path::new(".")).to_owned();
        match harness::of_executable(&executable)? {
            Some(harness) => {
                built.benches.push(Bench { package, target: target.name, harness, executable, directory });
            }
            None => built.unknown.push(format!("{package}/{}", target.name)),
        }
    }
    built.benches.sort_by(|a, b| (&a.package, &a.target).cmp(&(&b.package, &b.target)));
    if built.benches.is_empty() {
        let (found, next_step) = match built.unknown.is_empty() {
            true => ("there is no bench target".to_owned(), "write one, or compare with a revision that has one"),
            false => (
                format!("no harness is known of {}", built.unknown.join(", ")),
                "criterion, iai-callgrind, gungraun and bench-meter are driven",
            ),
        };
        return Err(Failure::new(format!("{shown}: nothing can be measured: {found}"), next_step));
    }
    Ok(built)
}

/// An interrupt ends cargo, and the compilers that it has started.
fn run(command: &mut Command) -> std::io::Result<Output> {
    let child = Escort::prepare(command).spawn()?;
    let _escort = Escort::of(&child);
    child.wait_with_output()
}

/// `bench-suite` of `path+file:///x/bench-suite#0.1.0` and of `path+file:///x/y#bench-suite@0.1.0`.
fn package_name(id: &str) -> &str {
    let (path, fragment) = id.rsplit_once('#').unwrap_or((id, ""));
    match fragment.split_once('@') {
        Some((name, _)) => name,
        None => path.rsplit('/').next().unwrap_or(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_id_names_the_package() {
        assert_eq!(package_name("path+file:///x/bench-suite#0.1.0"), "bench-suite");
        assert_eq!(package_name("path+file:///x/y#bench-suite@0.1.0"), "bench-suite");
        assert_eq!(package_name("odd"), "odd");
    }
}
