//! Where the results file belongs: `<target directory>/meter/<package>/<bench>/<baseline>.jsonl`.

use std::env;
use std::path::{Path, PathBuf};

/// What the surroundings say, read once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    /// `METER_HOME`: takes the place of `<target directory>/meter`.
    pub(crate) meter_home: Option<PathBuf>,
    /// `CARGO_TARGET_DIR`.
    pub(crate) cargo_target_dir: Option<PathBuf>,
    /// `CARGO_PKG_NAME`, which `cargo bench` sets for the program it runs.
    pub(crate) package: Option<String>,
    /// This program.
    pub(crate) executable: Option<PathBuf>,
    /// Where this program was started; for `cargo bench` the directory of the package.
    pub(crate) current_dir: PathBuf,
}

impl Surroundings {
    pub(crate) fn read() -> Surroundings {
        let path = |name| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        Surroundings {
            meter_home: path("METER_HOME"),
            cargo_target_dir: path("CARGO_TARGET_DIR"),
            package: env::var("CARGO_PKG_NAME").ok().filter(|name| !name.is_empty()),
            executable: env::current_exe().ok(),
            current_dir: env::current_dir().unwrap_or_default(),
        }
    }

    pub(crate) fn package(&self) -> &str {
        self.package.as_deref().unwrap_or("unknown")
    }

    /// The bench target: the executable's name without the hash that cargo adds.
    pub(crate) fn bench(&self) -> String {
        let stem = self.executable.as_deref().and_then(Path::file_stem);
        let stem = stem.map_or_else(|| "unknown".into(), |stem| stem.to_string_lossy());
        without_hash(&stem).to_owned()
    }

    pub(crate) fn results_file(&self, baseline: &str) -> PathBuf {
        let mut file = self.home();
        file.push(self.package());
        file.push(self.bench());
        file.push(format!("{baseline}.jsonl"));
        file
    }

    fn home(&self) -> PathBuf {
        match &self.meter_home {
            Some(home) => self.current_dir.join(home),
            None => self.target_dir().join("meter"),
        }
    }

    /// * The nearest directory above this program that cargo marked as its own: right also with
    ///   `--target`, with `build.target-dir` and with a relative `CARGO_TARGET_DIR`.
    /// * Else (the directory existed before cargo came, so it was not marked): `CARGO_TARGET_DIR`
    ///   or `target`, seen from the nearest directory above with a `Cargo.lock`.
    fn target_dir(&self) -> PathBuf {
        let above_program = self.executable.iter().flat_map(|program| program.ancestors());
        if let Some(marked) = nearest_with("CACHEDIR.TAG", above_program) {
            return marked;
        }
        let workspace = nearest_with("Cargo.lock", self.current_dir.ancestors());
        let from = workspace.as_ref().unwrap_or(&self.current_dir);
        let target = self.cargo_target_dir.as_deref();
        from.join(target.unwrap_or(Path::new("target")))
    }
}

fn nearest_with<'a>(file: &str, mut dirs: impl Iterator<Item = &'a Path>) -> Option<PathBuf> {
    dirs.find(|dir| dir.join(file).is_file()).map(Path::to_owned)
}

/// `allocations-0123456789abcdef` → `allocations`; anything else stays as it is.
fn without_hash(stem: &str) -> &str {
    let is_hash = |tail: &str| tail.len() == 16 && tail.bytes().all(|b| b.is_ascii_hexdigit());
    match stem.rsplit_once('-') {
        Some((name, tail)) if is_hash(tail) && !name.is_empty() => name,
        _ => stem,
    }
}
