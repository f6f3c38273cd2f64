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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A directory with these files in it, all empty.
    fn directory(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        root
    }

    const PROGRAM: &str = "work/out/release/deps/allocations-0123456789abcdef";

    fn surroundings(root: &Path) -> Surroundings {
        Surroundings {
            package: Some("package".to_owned()),
            executable: Some(root.join(PROGRAM)),
            current_dir: root.join("work/package"),
            ..Surroundings::default()
        }
    }

    #[track_caller]
    fn check(root: &Path, surroundings: &Surroundings, expected: &str) {
        assert_eq!(surroundings.results_file("old"), root.join(expected));
    }

    #[test]
    fn the_directory_that_cargo_marked_comes_first() {
        let root = directory(&["work/out/CACHEDIR.TAG", "work/Cargo.lock"]);
        let plain = surroundings(root.path());
        let expected = "work/out/meter/package/allocations/old.jsonl";
        check(root.path(), &plain, expected);
        let with_variable = Surroundings { cargo_target_dir: Some("elsewhere".into()), ..plain };
        check(root.path(), &with_variable, expected);
    }

    #[test]
    fn the_variable_of_cargo_is_seen_from_the_workspace() {
        let root = directory(&["work/Cargo.lock"]);
        let plain = surroundings(root.path());
        check(root.path(), &plain, "work/target/meter/package/allocations/old.jsonl");
        let relative = Surroundings { cargo_target_dir: Some("out".into()), ..plain.clone() };
        check(root.path(), &relative, "work/out/meter/package/allocations/old.jsonl");
        let absolute = Surroundings { cargo_target_dir: Some(root.path().join("absolute")), ..plain };
        check(root.path(), &absolute, "absolute/meter/package/allocations/old.jsonl");
    }

    #[test]
    fn without_any_sign_it_is_the_current_directory() {
        let root = directory(&[]);
        let mut lost = surroundings(root.path());
        lost.package = None;
        lost.executable = None;
        check(root.path(), &lost, "work/package/target/meter/unknown/unknown/old.jsonl");
    }

    #[test]
    fn a_home_of_our_own_overrules_all() {
        let root = directory(&["work/out/CACHEDIR.TAG"]);
        let mut at_home = surroundings(root.path());
        at_home.meter_home = Some("results".into());
        check(root.path(), &at_home, "work/package/results/package/allocations/old.jsonl");
    }

    #[test]
    fn only_cargos_hash_is_cut_off() {
        #[track_caller]
        fn check(stem: &str, expected: &str) {
            assert_eq!(without_hash(stem), expected);
        }
        check("allocations-0123456789abcdef", "allocations");
        check("my-bench-0123456789abcdef", "my-bench");
        check("my-bench", "my-bench");
        check("bench-0123456789abcde", "bench-0123456789abcde"); // 15
        check("bench-0123456789abcdeg", "bench-0123456789abcdeg");
        check("-0123456789abcdef", "-0123456789abcdef");
    }
}
