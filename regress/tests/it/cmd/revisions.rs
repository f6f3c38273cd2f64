//! `run` of revisions: real repositories, real builds, and what stands in their way. What is measured is a bench
//! target that does not measure: it answers as criterion would, so no test here hangs on a time.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{Desk, Told, told};

const MANIFEST: &str = r#"[package]
name = "tiny"
version = "0.1.0"
edition = "2024"

[lib]
bench = false

[[bench]]
name = "speed"
harness = false

[profile.bench]
opt-level = 0
debug = false
"#;

/// Says what criterion would: the one benchmark when asked for a list, else its files where `CRITERION_HOME` says.
const BENCH: &str = r##"
fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--list") {
        println!("{}: benchmark", tiny::NAME);
        return Ok(());
    }
    let home = std::env::var_os("CRITERION_HOME").expect("it is driven");
    let name = arguments.iter().position(|argument| argument == "--save-baseline").map(|at| &arguments[at + 1]);
    let directory = std::path::Path::new(&home).join(tiny::NAME).join(name.expect("it is driven"));
    std::fs::create_dir_all(&directory)?;
    let benchmark = r#"{"group_id":"NAME","function_id":null,"value_str":null,"throughput":null,"full_id":"NAME",
        "directory_name":"NAME","title":"NAME"}"#;
    let sample = r#"{"sampling_mode":"Flat","iters":[1,1,1],"times":[100,101,102]}"#;
    std::fs::write(directory.join("benchmark.json"), benchmark.replace("NAME", tiny::NAME))?;
    std::fs::write(directory.join("sample.json"), sample)
}
"##;

fn library(name: &str) -> String {
    format!("pub const NAME: &str = \"{name}\";\n")
}

/// A repository with a project in it, below `place` of a desk.
struct Repository<'a> {
    desk: &'a Desk,
    place: &'a str,
}

impl Repository<'_> {
    /// With one commit: the project, whose benchmark is called `first`.
    fn new<'a>(desk: &'a Desk, place: &'a str) -> Repository<'a> {
        let repository = Repository { desk, place };
        std::fs::create_dir_all(repository.path("")).unwrap();
        repository.git("init --quiet --initial-branch=main");
        repository.write("Cargo.toml", MANIFEST);
        repository.write(".gitignore", "/target\n/regress-run.lock\n");
        repository.write("benches/speed.rs", BENCH);
        repository.write("src/lib.rs", &library("first"));
        repository.commit("first");
        repository
    }

    fn path(&self, below: &str) -> PathBuf {
        self.desk.path(self.place).join(below)
    }

    fn write(&self, path: &str, text: &str) {
        self.desk.write(&format!("{}/{path}", self.place), text);
    }

    #[track_caller]
    fn git(&self, arguments: &str) {
        git(&self.path(""), arguments);
    }

    #[track_caller]
    fn commit(&self, message: &str) {
        self.git("add --all");
        self.git(&format!("commit --quiet --message {message}"));
    }

    #[track_caller]
    fn run(&self, arguments: &str) -> Told {
        run_in(self.desk, &self.path(""), arguments)
    }
}

/// git with nobody's settings.
#[track_caller]
pub(super) fn git(directory: &Path, arguments: &str) {
    let Output { status, stderr, .. } = Command::new("git")
        .args(["-c", "protocol.file.allow=always", "-c", "user.name=x", "-c", "user.email=x@example.org"])
        .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false", "-c", "gc.auto=0"])
        .args(arguments.split(' '))
        .current_dir(directory)
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .output()
        .expect("git is there");
    assert!(status.success(), "git {arguments}: {}", String::from_utf8_lossy(&stderr));
}

/// `regress run`, as short as it gets, alone on its machine.
#[track_caller]
fn run_in(desk: &Desk, directory: &Path, arguments: &str) -> Told {
    told(command(desk, directory, arguments))
}

fn command(desk: &Desk, directory: &Path, arguments: &str) -> Command {
    let mut command = desk.command(&format!("run {arguments}"));
    command.current_dir(directory).env("TMPDIR", desk.path("")).args(["--rounds", "6", "--format", "json"]);
    command.args(["--", "--offline"]);
    command
}

/// The benchmarks of a report, with the sides that have them.
#[track_caller]
fn measured(told: &Told) -> Vec<String> {
    assert!(matches!(told.code, Some(0 | 1 | 3)), "{told:#?}");
    let report: serde_json::Value = serde_json::from_str(&told.stdout).expect("a report");
    let side = |row: &serde_json::Value, side: &str| if row[side].is_null() { "" } else { side }.to_owned();
    let rows = report["rows"].as_array().expect("rows").iter();
    rows.map(|row| format!("{}:{}{}", row["benchmark"].as_str().unwrap(), side(row, "old"), side(row, "new"))).collect()
}

#[test]
fn a_revision_is_found_by_all_its_names_and_from_all_kinds_of_checkouts() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "a directory with spaces");
    repository.git("tag --annotate --message one v1");
    repository.write("src/lib.rs", &library("second"));
    repository.commit("second");
    repository.git("branch topic");
    let both = ["first:old", "second:new"];
    assert_eq!(measured(&repository.run("HEAD~1")), both);
    assert_eq!(measured(&repository.run("v1")), both);
    assert_eq!(measured(&repository.run("HEAD~1 topic")), both);
    // From a directory below.
    assert_eq!(measured(&run_in(&desk, &repository.path("src"), "v1")), both);
    repository.git("worktree add --quiet --detach linked topic");
    let linked = repository.path("linked");
    assert_eq!(measured(&run_in(&desk, &linked, "main~1")), both, "a linked worktree, whose HEAD is detached");
}

#[test]
fn a_bare_repository_has_two_revisions_and_no_working_tree() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    repository.write("src/lib.rs", &library("second"));
    repository.commit("second");
    git(&desk.path(""), "clone --quiet --bare project bare.git");
    let bare = desk.path("bare.git");
    assert_eq!(measured(&run_in(&desk, &bare, "main~1 main")), ["first:old", "second:new"]);
    run_in(&desk, &bare, "main~1").refused(&["bare.git: there is no Cargo.toml, here or above"]);
}

#[test]
fn what_is_no_revision_is_refused_with_what_was_meant() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    repository.git("branch feature");
    repository.git("tag v1.2.0");
    repository.write("src/lib.rs", &library("second"));
    repository.commit("second");
    let refused = |arguments: &str, texts: &[&str]| repository.run(arguments).refused(texts);
    refused("feeture", &["there is no revision `feeture`", "did you mean `feature`?"]);
    refused("v1.2", &["did you mean `v1.2.0`?"]);
    refused("HEAD~7", &["there is no revision `HEAD~7`", "git log --oneline"]);
    refused("main..HEAD", &["there is no revision `main..HEAD`"]);
    refused("HEAD:src", &["there is no revision `HEAD:src`"]);
    refused("main feeture", &["there is no revision `feeture`"]);
    // A clone of the last commit, and of one branch.
    let url = format!("file://{}", repository.path("").display());
    git(&desk.path(""), &format!("clone --quiet --depth 1 --branch main {url} shallow"));
    let shallow = desk.path("shallow");
    run_in(&desk, &shallow, "HEAD~1").refused(&["there is no revision `HEAD~1`", "git fetch --unshallow"]);
    git(&desk.path(""), &format!("clone --quiet {url} whole"));
    run_in(&desk, &desk.path("whole"), "feature~1").refused(&["did you mean `origin/feature~1`?"]);
    // No commit yet, and no repository at all.
    let empty = Desk::with(&[]);
    run_in(&empty, &empty.path(""), "HEAD").refused(&["no git repository", "--old and --new"]);
    git(&empty.path(""), "init --quiet");
    run_in(&empty, &empty.path(""), "HEAD").refused(&["there is no revision `HEAD`"]);
}

#[test]
fn a_revision_that_cannot_be_measured_says_which_and_why() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    repository.write("src/lib.rs", "pub const NAME: &str = 7;\n");
    repository.commit("broken");
    repository.git("tag broken");
    repository.write("src/lib.rs", &library("third"));
    repository.write("Cargo.toml", MANIFEST.split("[[bench]]").next().unwrap());
    repository.git("rm --quiet --force benches/speed.rs");
    repository.commit("benchless");
    repository.git("tag benchless");
    repository.git("rm --quiet -r Cargo.toml src");
    repository.write("inner/notes", "nothing to build\n");
    repository.commit("empty");
    repository.git("tag empty");
    repository.git("checkout --quiet broken~1 -- .");
    let in_words_of_cargo = "error[E0308]: mismatched types";
    let told = repository.run("broken");
    let said = ["building old: broken", in_words_of_cargo, "old/files: the benchmarks do not build (exit status: 101)"];
    assert!(told.code == Some(2) && said.iter().all(|text| told.stderr.contains(text)), "{told:#?}");
    let told = repository.run("broken~1 broken");
    assert!(told.code == Some(2) && told.stderr.contains("new/files: the benchmarks do not build"), "{told:#?}");
    let told = repository.run("benchless");
    assert!(
        told.code == Some(2) && told.stderr.contains("nothing can be measured: there is no bench target"),
        "{told:#?}"
    );
    // cargo would look further above, and build the working tree.
    let told = repository.run("empty");
    assert!(told.code == Some(2) && told.stderr.contains("has no Cargo project at its top"), "{told:#?}");
    assert!(!repository.path("target/regress/old/files").exists());
    std::fs::create_dir_all(repository.path("inner/src")).unwrap();
    let told = run_in(&desk, &repository.path("inner"), "HEAD~3");
    assert!(told.code == Some(2) && told.stderr.contains("has no Cargo project in `inner`"), "{told:#?}");
}

#[test]
fn submodules_are_written_out_from_what_is_at_hand() {
    let desk = Desk::with(&[]);
    let names = Repository { desk: &desk, place: "names" };
    std::fs::create_dir_all(names.path("")).unwrap();
    names.git("init --quiet --initial-branch=main");
    names.write("name", "first");
    names.commit("first");
    let repository = Repository::new(&desk, "project");
    repository.git("submodule --quiet add ../names vendor/names");
    repository.write("src/lib.rs", "pub const NAME: &str = include_str!(\"../vendor/names/name\");\n");
    repository.commit("submodule");
    repository.write("vendor/names/name", "second");
    git(&repository.path("vendor/names"), "commit --quiet --all --message second");
    // The working tree is at another commit of the submodule than the revision.
    assert_eq!(measured(&repository.run("HEAD")), ["first:old", "second:new"]);
    repository.commit("moved");
    assert_eq!(measured(&repository.run("HEAD~1 HEAD")), ["first:old", "second:new"]);
    // A clone that has the submodule's last commit only.
    let url = format!("file://{}", repository.path("vendor/names").display());
    let clone = format!("clone --quiet --no-recurse-submodules file://{} clone", repository.path("").display());
    git(&desk.path(""), &clone);
    let clone = desk.path("clone");
    let told = run_in(&desk, &clone, "HEAD~1");
    let said = ["the benchmarks do not build", "the submodule `vendor/names` is empty", "git submodule update --init"];
    assert!(told.code == Some(2) && said.iter().all(|text| told.stderr.contains(text)), "{told:#?}");
    std::fs::remove_dir(clone.join("vendor/names")).unwrap();
    git(&clone, &format!("clone --quiet --depth 1 {url} vendor/names"));
    let told = run_in(&desk, &clone, "HEAD~1");
    let said = ["the submodule `vendor/names` has no commit", "git -C vendor/names fetch --all"];
    assert!(told.code == Some(2) && said.iter().all(|text| told.stderr.contains(text)), "{told:#?}");
    assert_eq!(measured(&run_in(&desk, &clone, "HEAD HEAD")), ["second:oldnew"]);
}

/// A limit of the size of a file stands for a disk that is full: both refuse a write in the middle of a file.
#[cfg(target_os = "linux")]
#[test]
fn a_revision_that_does_not_fit_on_the_disk_leaves_nothing_behind() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    repository.write("large", &"0123456789abcdef".repeat(1 << 16));
    repository.commit("large");
    let run = command(&desk, &repository.path(""), "HEAD");
    let mut limited = Command::new("sh");
    // 512 KiB. The signal that comes with it would end the program; a full disk sends none.
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 1024; exec \"$0\" \"$@\""])
        .arg(run.get_program())
        .args(run.get_args());
    limited.current_dir(repository.path(""));
    for (name, value) in run.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    let told = told(limited);
    let said = ["old/files", "cannot be written out", "large", "check the space on the disk"];
    assert!(told.code == Some(2) && said.iter().all(|text| told.stderr.contains(text)), "{told:#?}");
    assert!(!repository.path("target/regress/old/files").exists());
    assert_eq!(measured(&repository.run("HEAD")), ["first:oldnew"], "and the next run is whole");
}
