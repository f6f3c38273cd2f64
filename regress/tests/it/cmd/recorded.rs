//! A side that is a revision: which kept run stands for it, in every kind of repository, and what is told of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use git2::{Oid, RepositoryInitOptions, Signature};
use serde_json::Value;

use super::{Desk, Told, told};

/// A repository below `place` of a desk, whose commits hold one file each.
struct Repository<'a> {
    desk: &'a Desk,
    place: &'a str,
    git: git2::Repository,
}

impl<'a> Repository<'a> {
    fn new(desk: &'a Desk, place: &'a str) -> Repository<'a> {
        let git = git2::Repository::init_opts(desk.path(place), RepositoryInitOptions::new().initial_head("main"));
        Repository { desk, place, git: git.unwrap() }
    }

    /// A commit of everything below `baselines/` and of one more file, on top of HEAD.
    fn commit(&self, text: &str) -> Oid {
        self.desk.write(&format!("{}/file", self.place), text);
        let mut index = self.git.index().unwrap();
        index.add_all(["file", "baselines"], git2::IndexAddOption::DEFAULT, None).unwrap();
        index.write().unwrap();
        let tree = self.git.find_tree(index.write_tree().unwrap()).unwrap();
        let parent = self.git.head().ok().map(|head| head.peel_to_commit().unwrap());
        let parents: Vec<&git2::Commit> = parent.iter().collect();
        self.git.commit(Some("HEAD"), &who(), &who(), text, &tree, &parents).unwrap()
    }

    /// A commit of nothing new, with these parents, at which no reference points.
    fn merge(&self, parents: &[Oid]) -> Oid {
        let parents: Vec<git2::Commit> = parents.iter().map(|id| self.git.find_commit(*id).unwrap()).collect();
        let parents: Vec<&git2::Commit> = parents.iter().collect();
        let tree = parents.first().map_or_else(
            || self.git.find_tree(self.git.treebuilder(None).unwrap().write().unwrap()).unwrap(),
            |parent| parent.tree().unwrap(),
        );
        self.git.commit(None, &who(), &who(), "merge", &tree, &parents).unwrap()
    }

    fn branch(&self, name: &str, at: Oid) {
        self.git.branch(name, &self.git.find_commit(at).unwrap(), true).unwrap();
    }

    fn switch(&self, branch: &str) {
        self.git.set_head(&format!("refs/heads/{branch}")).unwrap();
        self.git.checkout_head(Some(git2::build::CheckoutBuilder::new().force())).unwrap();
    }

    fn path(&self, below: &str) -> PathBuf {
        self.desk.path(self.place).join(below)
    }

    #[track_caller]
    fn run(&self, arguments: &str) -> Told {
        run_in(self.desk, &self.path(""), arguments)
    }

    /// Keeps a run of so many allocations, measured here, as a note of a revision.
    #[track_caller]
    fn keep(&self, revision: impl ToString, allocs: u64) {
        self.desk.write(&format!("{}/measured.txt", self.place), go(allocs));
        let told = self.run(&format!("record --note --commit {} --from measured.txt", revision.to_string()));
        assert_eq!(told.code, Some(0), "{told:#?}");
    }
}

fn who() -> Signature<'static> {
    Signature::now("x", "x@example.org").unwrap()
}

fn go(allocs: u64) -> String {
    format!("BenchmarkA 1000 70 ns/op {allocs} allocs/op\n")
}

#[track_caller]
fn run_in(desk: &Desk, directory: &Path, arguments: &str) -> Told {
    let mut command = desk.command(arguments);
    command.current_dir(directory).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CEILING_DIRECTORIES", desk.path(""));
    told(command)
}

/// The allocations of both sides, and all warnings in one text.
#[track_caller]
fn compared(told: &Told) -> (u64, u64, String) {
    assert!(matches!(told.code, Some(0 | 1 | 3)), "{told:#?}");
    let report: Value = serde_json::from_str(&told.stdout).expect("a report");
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["metric"] == "allocs").expect("allocations");
    let warnings = report["warnings"].as_array().expect("warnings").iter();
    let warnings = warnings.map(|warning| warning["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n");
    let total = |side: &str| row[side]["total"].as_u64().expect("a total");
    (total("old"), total("new"), warnings)
}

#[track_caller]
fn check_in(desk: &Desk, directory: &Path, sides: &str, expected: (u64, u64), said: &[&str]) {
    let (old, new, warnings) = compared(&run_in(desk, directory, &format!("compare {sides} --format json")));
    assert_eq!((old, new), expected, "for {sides}: {warnings}");
    for text in said {
        assert!(warnings.contains(text), "{text:?} is not said for {sides}: {warnings}");
    }
    if said.is_empty() {
        let of_revisions = warnings.lines().filter(|line| line.contains('`')).collect::<Vec<_>>();
        assert_eq!(of_revisions, [""; 0], "for {sides}");
    }
}

#[track_caller]
fn check(repository: &Repository<'_>, sides: &str, expected: (u64, u64), said: &[&str]) {
    check_in(repository.desk, &repository.path(""), sides, expected, said);
}

#[test]
fn a_run_is_found_by_every_name_of_its_commit() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let first = repository.commit("1");
    let second = repository.commit("2");
    let object = repository.git.find_object(first, None).unwrap();
    repository.git.tag("v1", &object, &who(), "annotated", false).unwrap();
    repository.branch("topic", first);
    repository.keep(first, 1);
    repository.keep(second, 2);
    for old in ["HEAD~1", "v1", "topic", "main~1", "HEAD^", "rev:topic", "base=v1", &first.to_string()[..9]] {
        check(&repository, &format!("{old} HEAD"), (1, 2), &[]);
    }
    check(&repository, "v1 @", (1, 2), &[]);
    check(&repository, "merge-base:topic HEAD", (1, 2), &[]);
    // HEAD is a commit, not a branch; and the directory is one below.
    repository.git.set_head_detached(second).unwrap();
    std::fs::create_dir(repository.path("below")).unwrap();
    check_in(&desk, &repository.path("below"), "v1 HEAD", (1, 2), &[]);
    assert!(
        repository.run("list").stdout.contains(&format!("rev:{}  2 results of 1 benchmark", &first.to_string()[..12]))
    );
}

#[test]
fn worktrees_submodules_and_bare_repositories_have_runs_too() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let first = repository.commit("1");
    repository.commit("2");
    repository.keep("HEAD~1", 1);
    repository.keep("HEAD", 2);
    repository.branch("topic", first);
    let reference = repository.git.find_reference("refs/heads/topic").unwrap();
    let mut options = git2::WorktreeAddOptions::new();
    options.reference(Some(&reference));
    repository.git.worktree("linked", &desk.path("linked"), Some(&options)).unwrap();
    check_in(&desk, &desk.path("linked"), "HEAD main", (1, 2), &[]);
    // What is kept there is kept for all.
    desk.write("linked/measured.txt", go(7));
    let told = run_in(&desk, &desk.path("linked"), "record --note --commit main --from measured.txt");
    assert_eq!(told.code, Some(0), "{told:#?}");
    check(&repository, "topic main", (1, 7), &[]);
    // A bare clone, in which a file called HEAD lies where the user stands.
    let bare =
        git2::build::RepoBuilder::new().bare(true).clone(repository.path("").to_str().unwrap(), &desk.path("bare.git"));
    let bare = bare.unwrap();
    let notes = repository.git.refname_to_id("refs/notes/regress").unwrap();
    copy_notes(&repository.git, &bare, notes);
    check_in(&desk, &desk.path("bare.git"), "HEAD~1 HEAD", (1, 7), &[]);
    desk.write("bare.git/measured.txt", go(9));
    let told = run_in(&desk, &desk.path("bare.git"), "record --note --commit HEAD --from measured.txt");
    assert_eq!(told.code, Some(0), "{told:#?}");
    check_in(&desk, &desk.path("bare.git"), "HEAD~1 HEAD", (1, 9), &[]);
    // A submodule's revisions are its own.
    let above = Repository::new(&desk, "above");
    above.commit("above");
    let url = repository.path("");
    let mut module = above.git.submodule(url.to_str().unwrap(), Path::new("inner"), true).unwrap();
    module.clone(None).unwrap();
    module.add_finalize().unwrap();
    let inner = git2::Repository::open(above.path("inner")).unwrap();
    copy_notes(&repository.git, &inner, notes);
    check_in(&desk, &above.path("inner"), "HEAD~1 HEAD", (1, 7), &[]);
    above.run("compare HEAD HEAD").refused(&["no run of `HEAD`"]);
}

/// What `git fetch` of the notes does, from a repository on the same disk.
fn copy_notes(from: &git2::Repository, to: &git2::Repository, notes: Oid) {
    let objects = from.path().join("objects");
    to.odb().unwrap().add_disk_alternate(objects.to_str().unwrap()).unwrap();
    std::fs::write(to.path().join("objects/info/alternates"), format!("{}\n", objects.display())).unwrap();
    to.reference("refs/notes/regress", notes, true, "fetched").unwrap();
}

#[test]
fn the_nearest_first_parent_stands_in_for_old_and_never_for_new() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let first = repository.commit("1");
    for text in ["2", "3", "4"] {
        repository.commit(text);
    }
    repository.keep(first, 1);
    repository.keep("HEAD", 4);
    let third = repository.git.revparse_single("HEAD~1").unwrap().id().to_string();
    let said = format!(
        "`HEAD~1` is commit {}, of which no run from this machine is kept: that of {}",
        &third[..12],
        &first.to_string()[..12]
    );
    check(&repository, "HEAD~1 HEAD", (1, 4), &[&said, "2 commits behind"]);
    check(&repository, "HEAD~2 HEAD", (1, 4), &["1 commit behind"]);
    // Two commits and one run: it would pass whatever it holds.
    repository.run("compare HEAD HEAD~1").refused(&["no run of `HEAD~1`", "regress record --note"]);
    repository.run("compare HEAD~1 HEAD~3").refused(&["`HEAD~1` and `HEAD~3` are one and the same run of commit"]);
    repository.run("compare HEAD HEAD").refused(&["are one and the same run", "regress compare HEAD~1 HEAD"]);
    repository.run("check HEAD~1").refused(&["no run of `HEAD~1`"]);
    // Nor is a file beside the revisions compared with itself.
    desk.write("project/other.txt", "BenchmarkB 1000 70 ns/op 1 allocs/op\n");
    repository.run("compare HEAD~3,other.txt HEAD,other.txt").refused(&["`other.txt` is on both sides"]);
    repository.run("compare other.txt,HEAD other.txt").refused(&["`other.txt` is on both sides"]);
    // Nor is a revision beside files.
    desk.write("project/more.txt", "BenchmarkC 1000 9 allocs/op\n");
    repository.run("compare rev:HEAD~3,other.txt rev:HEAD~3,more.txt").refused(&["`rev:HEAD~3` is on both sides"]);
    let told = repository.run("compare HEAD~1,other.txt rev:HEAD~3,more.txt");
    told.refused(&["`HEAD~1` and `rev:HEAD~3` are the same results"]);
    // A merged topic is not on the line: its run is nobody's state of the branch.
    let tip = repository.git.head().unwrap().target().unwrap();
    let topic = repository.merge(&[first]);
    let merged = repository.merge(&[tip, topic]);
    repository.keep(topic, 9);
    repository.branch("merged", merged);
    let last = repository.merge(&[merged]);
    repository.keep(last, 5);
    repository.branch("last", last);
    check(&repository, "merged last", (4, 5), &["1 commit behind"]);
}

#[test]
fn the_merge_base_lies_on_the_line_of_the_branch() {
    //  main:   a ── b ── c ── m ── e        m merges the topic's t
    //  topic:       └── t ──┘ \
    //  head:                └── h           begun from c, and t merged into it
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let a = repository.commit("a");
    let b = repository.commit("b");
    let c = repository.commit("c");
    let t = repository.merge(&[b, a]);
    let m = repository.merge(&[c, t]);
    let e = repository.merge(&[m]);
    let h = repository.merge(&[repository.merge(&[c]), t]);
    for (commit, allocs) in [(a, 1), (b, 2), (c, 3), (t, 4), (m, 5), (e, 6), (h, 7)] {
        repository.keep(commit, allocs);
    }
    repository.git.set_head_detached(h).unwrap();
    repository.branch("main", e);
    repository.git.reference("refs/remotes/origin/main", e, true, "pushed").unwrap();
    check(&repository, "merge-base:origin/main HEAD", (3, 7), &[]);
    check(&repository, "base=merge-base:main HEAD", (3, 7), &[]);
    // HEAD has all of the branch.
    let merged = repository.merge(&[h, e]);
    repository.keep(merged, 8);
    repository.git.set_head_detached(merged).unwrap();
    check(&repository, "merge-base:main HEAD", (6, 8), &[]);
    // On the branch itself there is nothing to compare.
    repository.git.set_head("refs/heads/main").unwrap();
    repository.run("compare merge-base:main HEAD").refused(&["one and the same run"]);
    // Nothing in common.
    let orphan = repository.merge(&[]);
    repository.keep(orphan, 9);
    repository.branch("orphan", orphan);
    repository.run("compare merge-base:orphan HEAD").refused(&["`orphan` and HEAD have no commit in common"]);
    check(&repository, "orphan HEAD", (9, 6), &[]);
    repository.run("compare merge-base:mian HEAD").refused(&["there is no revision `mian`", "did you mean `main`?"]);
}

#[test]
fn a_shallow_clone_that_ends_too_early_says_what_to_do() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    for text in ["1", "2", "3", "4"] {
        repository.commit(text);
    }
    repository.keep("HEAD~3", 1);
    repository.keep("HEAD", 4);
    // What `git clone --depth 2` leaves: a list of commits whose parents are not to be looked for.
    let end = repository.git.revparse_single("HEAD~1").unwrap().id();
    desk.write("project/.git/shallow", format!("{end}\n"));
    let remedy = ["the clone is shallow", "git fetch --unshallow", "fetch-depth: 0"];
    let told = repository.run("compare HEAD~1 HEAD");
    told.refused(&remedy);
    told.refused(&["no run of `HEAD~1`"]);
    repository.run("compare HEAD~3 HEAD").refused(&remedy);
    let orphan = repository.merge(&[]);
    repository.branch("other", orphan);
    repository.run("compare merge-base:other HEAD").refused(&remedy);
    // It reaches as far as it is needed.
    repository.keep("HEAD~1", 3);
    check(&repository, "HEAD~1 HEAD", (3, 4), &[]);
    std::fs::remove_file(repository.path(".git/shallow")).unwrap();
    check(&repository, "HEAD~2 HEAD", (1, 4), &["1 commit behind"]);
}

/// A run as `regress record` writes it, of another machine.
fn of_machine(commit: Oid, cpu: &str, allocs: u64) -> String {
    format!(
        r#"{{"schema": "regress-run/1","provenance": {{"commit": {{"hash":"{commit}","dirty":false}},"recorded_at":"2026-01-02T03:04:05Z","host":{{"cpu":"{cpu}","cores":4,"os":"linux x86_64"}}}},"observations": [{{"benchmark":"A","metric":"allocs","unit":"count","harness":"go","processes":[[{allocs}.0]]}},{{"benchmark":"A","metric":"time","unit":"s","harness":"go","processes":[[7e-8]]}}]}}"#
    )
}

#[test]
fn machines_are_kept_side_by_side_and_this_one_comes_first() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let first = repository.commit("1");
    let second = repository.commit("2");
    let third = repository.commit("3");
    for (commit, cpu, allocs) in [(second, "Abacus", 20), (second, "Babbage", 21), (third, "Abacus", 30)] {
        desk.write("project/other.json", of_machine(commit, cpu, allocs));
        let told = repository.run("record --note --from other.json");
        assert_eq!(told.code, Some(0), "{told:#?}");
    }
    let listed = repository.run("list").stdout;
    assert!(listed.contains("Abacus, 4 cores") && listed.contains("Babbage, 4 cores"), "{listed}");
    // Both of one other machine: they can be compared with one another, times too.
    let told = repository.run("compare HEAD~1 HEAD --format json");
    let (old, new, warnings) = compared(&told);
    assert_eq!((old, new), (20, 30), "{warnings}");
    assert!(warnings.contains("of this machine no run is kept; taken is one of Abacus"), "{warnings}");
    assert!(!told.stdout.contains("not judged\",\"reason"), "{told:#?}");
    // One from here: it is taken, and what is older from here is nearer than what is another's.
    repository.keep(third, 3);
    repository.keep(first, 1);
    check(&repository, "HEAD~1 HEAD", (1, 3), &["no run from this machine is kept", "1 commit behind"]);
    // Counts are the same everywhere.
    let (old, new, warnings) = compared(&repository.run("compare HEAD~1 HEAD --format json --exact"));
    assert!(matches!((old, new), (20 | 21, 3)), "{old} {new}");
    assert!(!warnings.contains("behind"), "{warnings}");
    repository.keep(second, 2);
    check(&repository, "HEAD~1 HEAD", (2, 3), &[]);
    let listed = repository.run("list").stdout;
    assert!(listed.contains("Abacus, 4 cores") && listed.contains("Babbage, 4 cores"), "{listed}");
}

#[test]
fn two_harnesses_of_one_commit_are_one_run() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    repository.commit("1");
    repository.keep("HEAD", 1);
    repository.commit("2");
    repository.keep("HEAD", 2);
    desk.write("project/other.txt", "BenchmarkB 1000 5 allocs/op\nBenchmarkA 1000 3 allocs/op\n");
    assert_eq!(repository.run("record --note --commit HEAD --from other.txt").code, Some(0));
    let told = repository.run("compare HEAD~1 HEAD --format json");
    assert_eq!((1, 3), (compared(&told).0, compared(&told).1));
    let report: Value = serde_json::from_str(&told.stdout).unwrap();
    let rows: Vec<String> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}", row["benchmark"].as_str().unwrap(), row["metric"].as_str().unwrap()))
        .collect();
    assert_eq!(rows.len(), 3, "the time of the first stays: {rows:?}");
}

#[test]
fn what_a_harness_left_here_is_of_the_commit_that_is_checked_out() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    desk.copy_corpus("criterion/0.8.2", "project/target/criterion");
    let commit = repository.commit("1");
    let told = repository.run("record --note");
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert!(told.stdout.starts_with(&format!("note of {}: ", &commit.to_string()[..12])), "{told:#?}");
    assert_eq!(repository.run("check HEAD").code, Some(3), "it is found, and without a budget nothing is shown");
    // The results of another run are no change of the files.
    assert_eq!(repository.run("record main").code, Some(0));
    repository.commit("2");
    assert_eq!(repository.run("record main --note").code, Some(0));
    assert_eq!(repository.run("record --note").code, Some(0));
    desk.write("project/file", "changed");
    let told = repository.run("record main --note");
    told.refused(&["`new` was measured on commit", "with local changes", "it is a run of no commit"]);
    assert_eq!(repository.run("record main").code, Some(0));
    // Nobody measured after the second commit.
    repository.run("compare HEAD~1 HEAD").refused(&["one measurement was recorded for both", "cargo bench"]);
}

#[test]
fn a_note_that_came_along_when_its_commit_was_rewritten_is_not_believed() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let first = repository.commit("1");
    let second = repository.commit("2");
    repository.keep(first, 1);
    repository.keep(second, 2);
    let note = repository.git.find_note(Some("refs/notes/regress"), second).unwrap();
    let copy_to = |commit: Oid| {
        let text = note.message().unwrap();
        repository.git.note(&who(), &who(), Some("refs/notes/regress"), commit, text, true).unwrap();
    };
    // As `git commit --amend` of the message does it: the same files.
    let amended = repository.merge(&[second]);
    copy_to(amended);
    check(&repository, &format!("{first} {amended}"), (1, 2), &[]);
    // As a rebase does it: others.
    let rebased = repository.merge(&[first]);
    copy_to(rebased);
    repository.run(&format!("compare {first} {rebased}")).refused(&["no run of"]);
}

#[test]
fn notes_of_two_clones_are_merged_by_git_itself() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let first = repository.commit("1");
    let second = repository.commit("2");
    repository.keep(second, 2);
    let git = |arguments: &str| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=x", "-c", "user.email=x@example.org"]).args(arguments.split(' '));
        let done = git.current_dir(repository.path("")).output().expect("git is there");
        assert!(done.status.success(), "git {arguments}: {}", String::from_utf8_lossy(&done.stderr));
    };
    let note = repository.git.find_note(Some("refs/notes/regress"), second).unwrap();
    let day = note.message().unwrap().split("\"recorded_at\": \"").nth(1).unwrap()[..10].to_owned();
    let earlier = note.message().unwrap().replace(&day, "2001-02-03");
    repository.git.note(&who(), &who(), Some("refs/notes/regress"), second, &earlier, true).unwrap();
    git("update-ref refs/notes/theirs refs/notes/regress");
    for (commit, cpu) in [(first, "Abacus"), (second, "Abacus")] {
        desk.write("project/other.json", of_machine(commit, cpu, 7));
        assert_eq!(repository.run("record --note --from other.json").code, Some(0));
    }
    git("update-ref refs/notes/ours refs/notes/regress");
    git("update-ref refs/notes/regress refs/notes/theirs");
    // Here something else is measured meanwhile.
    repository.keep(second, 3);
    git("notes --ref=regress merge --quiet --strategy=cat_sort_uniq refs/notes/ours");
    let listed = repository.run("list").stdout;
    assert_eq!(listed.matches("Abacus, 4 cores").count(), 2, "{listed}");
    // The last of this machine is believed, of three.
    desk.write("project/new.txt", go(9));
    check(&repository, "HEAD new.txt", (3, 9), &[]);
    repository.keep(second, 4);
    check(&repository, "HEAD new.txt", (4, 9), &[]);
}

#[test]
fn what_was_measured_of_changed_files_is_no_commits() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    repository.commit("1");
    repository.keep("HEAD", 1);
    let commit = repository.commit("2");
    repository.keep("HEAD", 2);
    desk.write("project/file", "changed");
    check(
        &repository,
        "HEAD~1 HEAD",
        (1, 2),
        &["the files here differ from `HEAD`", "was measured of the files is `new`"],
    );
    desk.write("project/new.txt", go(3));
    check(&repository, "HEAD new.txt", (2, 3), &["the files here differ from `HEAD`"]);
    check(&repository, "main new.txt", (2, 3), &[]);
    let dirty = of_machine(commit, "Abacus", 5).replace("\"dirty\":false", "\"dirty\":true");
    desk.write("project/dirty.json", dirty);
    repository
        .run("record --note --from dirty.json")
        .refused(&["it is a run of no commit", "commit the changes first"]);
    repository
        .run("record --note --from new.txt")
        .refused(&["nobody knows of which commit `new.txt` is", "--commit HEAD"]);
    desk.write("project/other.json", of_machine(commit, "Abacus", 5));
    repository
        .run("record --note --from other.json --commit HEAD~1")
        .refused(&["these results are of commit", "leave --commit out"]);
    repository.run("record").refused(&["where to keep them", "regress record main", "--note"]);
    let missing = of_machine(Oid::from_bytes(&[7; 20]).unwrap(), "Abacus", 5);
    desk.write("project/missing.json", missing);
    repository.run("record --note --from missing.json").refused(&["there is no revision `0707"]);
}

#[test]
fn a_committed_baseline_is_a_run_of_the_commit_that_it_says() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let first = repository.commit("1");
    desk.write("project/measured.txt", go(1));
    assert_eq!(repository.run("record ci --commit HEAD --from measured.txt").code, Some(0));
    repository.commit("2");
    repository.commit("3");
    // As it lies here.
    repository.keep("HEAD", 3);
    check(&repository, "HEAD~2 HEAD", (1, 3), &[]);
    check(&repository, "HEAD~1 HEAD", (1, 3), &["1 commit behind"]);
    // What is judged is the file that stands for the revision: it would pass whatever it holds.
    repository.run("compare HEAD~2 baselines/ci").refused(&["one and the same run"]);
    // Recorded over since: it lay in a commit between.
    desk.write("project/measured.txt", go(4));
    let fourth = repository.commit("4");
    assert_eq!(repository.run("record ci --commit HEAD --from measured.txt").code, Some(0));
    repository.commit("5");
    repository.keep("HEAD", 5);
    check(&repository, &format!("{first} HEAD"), (1, 5), &[]);
    check(&repository, &format!("{fourth} HEAD"), (4, 5), &[]);
    // As it lies in a revision that is not checked out.
    let elsewhere = Repository::new(&desk, "elsewhere");
    let first = elsewhere.commit("1");
    desk.write("elsewhere/measured.txt", go(1));
    assert_eq!(elsewhere.run("record ci --commit HEAD --from measured.txt").code, Some(0));
    elsewhere.commit("2");
    elsewhere.branch("topic", first);
    elsewhere.switch("topic");
    assert!(!elsewhere.path("baselines/ci.json").exists());
    desk.write("elsewhere/new.txt", go(2));
    check(&elsewhere, "main new.txt", (1, 2), &["1 commit behind"]);
}

#[test]
fn a_baseline_that_was_recorded_before_its_commit_was_made_is_that_commits() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let parent = repository.commit("1");
    let here = {
        desk.write("project/measured.txt", go(2));
        assert_eq!(repository.run("record main --commit HEAD --from measured.txt").code, Some(0));
        std::fs::read_to_string(repository.path("baselines/main.json")).unwrap()
    };
    desk.write("project/baselines/main.json", here.replace("\"dirty\":false", "\"dirty\":true"));
    repository.commit("2");
    repository.commit("3");
    repository.keep("HEAD", 3);
    check(&repository, "HEAD~1 HEAD", (2, 3), &["was recorded before the commit was made", "with local changes"]);
    // Of its parent it is nobody's.
    repository.run(&format!("compare {parent} HEAD")).refused(&["no run of"]);
}

#[test]
fn a_directory_of_runs_is_looked_through_when_it_is_named() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let first = repository.commit("1");
    let second = repository.commit("2");
    desk.write("runs/one.json", of_machine(first, "Abacus", 1));
    desk.write("runs/two.json", of_machine(second, "Abacus", 2));
    desk.write("runs/notes.txt", "nothing of ours");
    let options = format!("HEAD~1 HEAD --runs {}", desk.path("runs").display());
    check(&repository, &options, (1, 2), &["taken is one of Abacus"]);
    repository.run("compare HEAD~1 HEAD").refused(&["no run of `HEAD~1`", "no run of `HEAD`"]);
    repository.run("compare HEAD~1 HEAD --runs missing").refused(&["missing: ", "--runs wants a directory"]);
}

#[test]
fn what_has_a_name_today_keeps_it_and_says_so() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    repository.commit("1");
    repository.keep("HEAD", 1);
    repository.branch("stable", repository.git.head().unwrap().target().unwrap());
    repository.commit("2");
    repository.keep("HEAD", 2);
    desk.write("project/new.txt", go(9));
    desk.write("project/measured.txt", go(7));
    assert_eq!(repository.run("record stable --from measured.txt").code, Some(0));
    check(&repository, "stable new.txt", (7, 9), &["`stable` is taken for baselines/stable.json", "are `rev:stable`"]);
    check(&repository, "rev:stable new.txt", (1, 9), &[]);
    check(&repository, "baselines/stable new.txt", (7, 9), &[]);
    check(&repository, "main new.txt", (2, 9), &[]);
    repository.run("compare rev:stable rev:stable").refused(&["one and the same run"]);
    repository.run("compare HEAD~9/x new.txt").refused(&["there is no revision `HEAD~9/x`"]);
    repository.run("compare rev:none new.txt").refused(&["there is no revision `none`"]);
    repository.run("compare HEAD~9 new.txt").refused(&["there is no revision `HEAD~9`"]);
    repository.run("compare mian new.txt").refused(&["no results named `mian`", "did you mean `main`?"]);
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    const WRITERS: usize = 8;
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let commit = repository.commit("1");
    let other = repository.commit("2");
    let writers: Vec<_> = (0..WRITERS)
        .map(|n| {
            let of = if n % 2 == 0 { commit } else { other };
            desk.write(&format!("project/{n}.json"), of_machine(of, &format!("Cpu{n}"), 1));
            let mut command = desk.command(&format!("record --note --from {n}.json"));
            command.current_dir(repository.path("")).stdout(Stdio::null()).spawn().expect("it can be started")
        })
        .collect();
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    let listed = repository.run("list").stdout;
    for n in 0..WRITERS {
        assert!(listed.contains(&format!("Cpu{n}, 4 cores")), "{n}: {listed}");
    }
    // git reads them, and `git notes` goes on with them.
    let told = Command::new("git")
        .args(["notes", "--ref=regress", "list"])
        .current_dir(repository.path(""))
        .output()
        .expect("git is there");
    assert_eq!(String::from_utf8(told.stdout).unwrap().lines().count(), 2);
}

#[test]
fn a_damaged_note_is_told_and_kept() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let commit = repository.commit("1");
    repository.commit("2");
    repository.keep("HEAD", 2);
    repository.git.note(&who(), &who(), Some("refs/notes/regress"), commit, "by hand\n", false).unwrap();
    repository.run("compare HEAD~1 HEAD").refused(&["the note of", "not"]);
    let listed = repository.run("list").stdout;
    assert!(listed.contains("cannot be read\nregress: the note of"), "{listed}");
    repository.keep(commit, 1);
    check(&repository, "HEAD~1 HEAD", (1, 2), &[]);
    let note = repository.git.find_note(Some("refs/notes/regress"), commit).unwrap();
    assert!(note.message().unwrap().starts_with("by hand\n{\"schema\""), "{:?}", note.message());
}

#[test]
fn a_commit_note_is_a_line_and_a_trailer() {
    let desk = Desk::with(&[]);
    let repository = Repository::new(&desk, "project");
    let first = repository.commit("1");
    let second = repository.commit("2");
    repository.keep(first, 4);
    desk.write("project/faster.json", of_machine(second, "Abacus", 3));
    let told = repository.run("commit-note HEAD~1 faster.json --exact --store");
    assert_eq!(told.code, Some(0), "{told:#?}");
    let line = "Benchmarks: 1 improved, best A allocs 4 → 3, none regressed; 1 of 1 judged";
    let trailer = format!(
        "Regress: verdict=passed base={first} head={second} host=abacus-4-cores-linux-x86-64 judged=1/1 regressed=0 \
         improved=1 not-proven=0"
    );
    assert_eq!(told.stdout, format!("{line}\n\n{trailer}\n"));
    assert!(
        told.stderr.starts_with(&format!("regress: note of {}: 2 results", &second.to_string()[..12])),
        "{told:#?}"
    );
    let told = repository.run("commit-note HEAD HEAD~1 --exact");
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert!(told.stdout.starts_with("Benchmarks: 1 regressed, worst A allocs 3 → 4, none improved, 1 rule broken;"));
    // As git sees it: behind a subject, the last paragraph is the trailer.
    desk.write("message", format!("Subject\n\n{line}\n\n{trailer}\n"));
    let mut git = Command::new("git");
    git.args(["interpret-trailers", "--parse"]).arg(desk.path("message")).current_dir(desk.path(""));
    let parsed = git.output().expect("git is there");
    assert_eq!(String::from_utf8(parsed.stdout).unwrap(), format!("{trailer}\n"));
    repository.run("commit-note HEAD~1 - --store").refused(&["standard input is read only once"]);
    // What cannot be kept is not told of either.
    desk.write("project/lost.json", of_machine(git2::Oid::from_bytes(&[7; 20]).unwrap(), "Abacus", 3));
    repository.run("commit-note HEAD~1 lost.json --exact --store").refused(&["there is no revision `07070707"]);
    desk.write("project/nobodys", go(1));
    repository
        .run("commit-note HEAD~1 nobodys --exact --store")
        .refused(&["nobody knows of which commit `nobodys` is"]);
}

#[test]
fn outside_of_a_repository_only_files_have_names() {
    let desk = Desk::with(&[("new", &go(1))]);
    let run = |arguments: &str| run_in(&desk, &desk.path(""), arguments);
    run("compare rev:main new").refused(&["no git repository"]);
    run("compare main new").refused(&["no results named `main`"]);
    run("record --note --from new --commit HEAD").refused(&["no git repository"]);
    git2::Repository::init(desk.path("")).unwrap();
    run("compare rev:HEAD new").refused(&["there is no revision `HEAD`"]);
    run("compare merge-base:HEAD new").refused(&["there is no revision `HEAD`"]);
    assert_eq!(run("list").code, Some(0));
}
