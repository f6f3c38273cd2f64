//! What the workflows call, from end to end: `scripts/pull_request.sh` in a clone as a runner has it, and
//! `scripts/comment.py` against a server that answers as GitHub would. What is measured is a bench target that does not
//! measure: it answers as criterion would, so no test here hangs on a time.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use serde_json::{Value, json};

use super::revisions::git;
use super::{Desk, Told, told};
use crate::http;

const MANIFEST: &str = r#"[package]
name = "tiny"
version = "0.1.0"
edition = "2024"

[lib]
bench = false

[profile.bench]
opt-level = 0
debug = false
"#;

const BENCH_TARGET: &str = "\n[[bench]]\nname = \"speed\"\nharness = false\n";

/// Says what criterion would. Its times are those of the library; they scatter where it says so, always alike.
const BENCH: &str = r##"
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == "--list") {
        println!("{}: benchmark", tiny::NAME);
        return Ok(());
    }
    let here = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/criterion");
    // What somebody else calls it is not measured.
    let asked = arguments.iter().position(|argument| argument == "--exact").map(|at| &*arguments[at + 1]);
    if asked.is_some_and(|asked| asked != tiny::NAME) {
        return Ok(());
    }
    let home = std::env::var_os("CRITERION_HOME").map_or_else(here, PathBuf::from);
    let baseline = arguments.iter().position(|argument| argument == "--save-baseline").map(|at| &*arguments[at + 1]);
    let directory = home.join(tiny::NAME).join(baseline.unwrap_or("new"));
    std::fs::create_dir_all(&directory)?;
    let benchmark = r#"{"group_id":"NAME","function_id":null,"value_str":null,"throughput":null,"full_id":"NAME",
        "directory_name":"NAME","title":"NAME"}"#;
    let time = tiny::TIME + tiny::SCATTER * (number_of_this_run()? * 7919 % 17);
    let (iterations, times) = ([1; 10], [time; 10]);
    let sample = format!(r#"{{"sampling_mode":"Flat","iters":{iterations:?},"times":{times:?}}}"#);
    std::fs::write(directory.join("benchmark.json"), benchmark.replace("NAME", tiny::NAME))?;
    std::fs::write(directory.join("sample.json"), sample)
}

fn number_of_this_run() -> std::io::Result<u64> {
    let path = std::env::temp_dir().join("runs");
    let number = std::fs::read_to_string(&path).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    std::fs::write(path, (number + 1u64).to_string())?;
    Ok(number)
}
"##;

const BUDGETS: &str = "[[budget]]\nbenchmark = \"*\"\nmetric = \"time\"\nchange = \"<= +5%\"\nlimit = \"< 1 s\"\n";

fn library(name: &str, time: u64, scatter: u64) -> String {
    format!("pub const NAME: &str = {name:?};\npub const TIME: u64 = {time};\npub const SCATTER: u64 = {scatter};\n")
}

/// A repository on a server, and a clone of it in which somebody works.
struct Origin {
    desk: Desk,
}

/// A runner after its checkout, and what the script said there.
struct Ran {
    told: Told,
    reports: PathBuf,
    output: String,
    summary: String,
}

impl Origin {
    /// `main` has a project without benchmarks.
    fn new() -> Origin {
        let desk = Desk::with(&[]);
        git(&desk.path(""), "init --quiet --bare --initial-branch=main origin.git");
        git(&desk.path(""), "clone --quiet origin.git work");
        let origin = Origin { desk };
        origin.git("checkout --quiet -b main");
        origin.write("Cargo.toml", MANIFEST);
        origin.write(".gitignore", "/target\n/regress-report\n");
        origin.write("regress.toml", BUDGETS);
        origin.write("src/lib.rs", &library("first", 100, 0));
        origin.commit("project");
        origin.git("push --quiet origin main");
        origin
    }

    fn with_benches() -> Origin {
        let origin = Origin::new();
        origin.add_benches();
        origin.git("push --quiet origin main");
        origin
    }

    fn add_benches(&self) {
        self.write("Cargo.toml", &format!("{MANIFEST}{BENCH_TARGET}"));
        self.write("benches/speed.rs", BENCH);
        self.commit("benches");
    }

    fn git(&self, arguments: &str) {
        git(&self.desk.path("work"), arguments);
    }

    fn write(&self, path: &str, text: &str) {
        self.desk.write(&format!("work/{path}"), text);
    }

    fn commit(&self, message: &str) {
        self.git("add --all");
        self.git(&format!("commit --quiet --message {message}"));
    }

    /// What a runner does with a pull request from `branch`: checks out its merge, without a branch.
    fn gate(&self, branch: &str) -> Ran {
        self.git(&format!("push --quiet origin {branch}"));
        git(&self.desk.path(""), "clone --quiet origin.git runner");
        let runner = self.desk.path("runner");
        git(&runner, "checkout --quiet --detach origin/main");
        git(&runner, &format!("merge --quiet --no-ff --no-edit origin/{branch}"));
        self.run(&runner, |_| {})
    }

    fn run(&self, runner: &std::path::Path, change: impl FnOnce(&mut Command)) -> Ran {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/pull_request.sh");
        let mut command = Command::new("bash");
        command.arg(script).current_dir(runner);
        for variable in ["CARGO_TARGET_DIR", "CRITERION_HOME", "METER_HOME", "NO_COLOR", "RUSTC", "RUSTFLAGS", "BASE"] {
            command.env_remove(variable);
        }
        command.envs([
            ("REGRESS", env!("CARGO_BIN_EXE_regress")),
            ("CARGO_ARGUMENTS", "--offline"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_BASE_REF", "main"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ]);
        let (output, summary) = (self.desk.path("output"), self.desk.path("summary"));
        command.env("GITHUB_OUTPUT", &output).env("GITHUB_STEP_SUMMARY", &summary).env("TMPDIR", self.desk.path(""));
        change(&mut command);
        let told = told(command);
        let text = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
        Ran { told, reports: runner.join("regress-report"), output: text(output), summary: text(summary) }
    }
}

impl Ran {
    #[track_caller]
    fn could_not(&self, reason: &str) {
        assert_eq!(self.told.code, Some(2), "{:#?}", self.told);
        assert_eq!(self.output, "verdict=could not be done\nexit-code=2\nreports=regress-report\n");
        let comment = std::fs::read_to_string(self.reports.join("pull-request.md")).unwrap();
        assert_eq!(self.summary, comment);
        assert!(comment.starts_with("<!-- regress: regress -->\n### regress: could not be done\n"), "{comment}");
        assert!(comment.contains(reason), "{comment}");
        assert!(!self.reports.join("report.html").exists());
    }

    #[track_caller]
    fn check(&self, code: i32, verdict: &str, said: &[&str]) {
        assert_eq!(self.told.code, Some(code), "{:#?}", self.told);
        assert_eq!(self.output, format!("verdict={verdict}\nexit-code={code}\nreports=regress-report\n"));
        let comment = std::fs::read_to_string(self.reports.join("pull-request.md")).unwrap();
        assert_eq!(self.summary, comment);
        for text in said {
            assert!(comment.contains(text), "{text:?} is not in {comment}");
        }
        for report in ["report.html", "report.json", "junit.xml", "metrics.txt"] {
            assert!(self.reports.join(report).metadata().unwrap().len() > 100, "{report}");
        }
    }
}

#[test]
fn a_pull_request_that_changes_nothing_passes() {
    let origin = Origin::with_benches();
    origin.git("checkout --quiet -b topic");
    origin.write("README.md", "words\n");
    origin.commit("words");
    let ran = origin.gate("topic");
    ran.check(0, "passed", &[]);
    assert!(ran.told.stdout.lines().all(|line| !line.starts_with("::error")), "{:#?}", ran.told);
}

#[test]
fn a_regression_fails_with_an_annotation_at_its_budget() {
    let origin = Origin::with_benches();
    origin.git("checkout --quiet -b topic");
    origin.write("src/lib.rs", &library("first", 150, 0));
    origin.commit("slower");
    let ran = origin.gate("topic");
    ran.check(1, "failed", &["first", "+50"]);
    assert!(ran.told.stdout.contains("::error file=regress.toml,line="), "{:#?}", ran.told);
}

#[test]
fn what_cannot_be_told_is_not_proven() {
    let origin = Origin::with_benches();
    origin.git("checkout --quiet -b topic");
    origin.write("src/lib.rs", &library("first", 100, 20));
    origin.commit("scatter");
    origin.git("push --quiet origin topic:main");
    origin.write("src/lib.rs", &library("first", 101, 20));
    origin.commit("more");
    let ran = origin.gate("topic");
    ran.check(3, "not proven", &["first"]);
}

/// However the file writes it: the program is asked, not the text.
#[test]
fn the_profile_for_pull_requests_is_taken_where_there_is_one() {
    let origin = Origin::with_benches();
    origin.write("regress.toml", &format!("profile = {{ \"pr\" = {{ unproven = 'pass' }} }}\n{BUDGETS}"));
    origin.write("src/lib.rs", &library("first", 100, 20));
    origin.commit("scatter");
    origin.git("push --quiet origin main");
    origin.git("checkout --quiet -b topic");
    origin.write("src/lib.rs", &library("first", 101, 20));
    origin.commit("more");
    origin.gate("topic").check(0, "passed", &["first"]);
}

/// The comment of an earlier push would else stay as it was.
#[test]
fn what_could_not_be_done_is_a_report_with_the_same_mark() {
    let origin = Origin::with_benches();
    origin.git("checkout --quiet -b topic");
    origin.write("src/lib.rs", "this is no Rust");
    origin.commit("broken");
    let ran = origin.gate("topic");
    ran.could_not("the comparison could not be done");
    let report = std::fs::read(ran.reports.join("pull-request.md")).unwrap();
    let (told, asked) = comment(&report, "measured", json!([]));
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert_eq!(asked.last().unwrap().1["body"].as_str().unwrap().as_bytes(), report);
}

#[test]
fn a_benchmark_that_vanished_fails() {
    let origin = Origin::with_benches();
    origin.git("checkout --quiet -b topic");
    origin.write("src/lib.rs", &library("renamed", 100, 0));
    origin.commit("renamed");
    let ran = origin.gate("topic");
    ran.check(1, "failed", &["first", "renamed"]);
}

#[test]
fn a_benchmark_that_was_renamed_takes_turns_under_its_new_name() {
    #[track_caller]
    fn check(time: u64, code: i32, verdict: &str, change: &str) {
        let origin = Origin::with_benches();
        origin.git("checkout --quiet -b topic");
        origin.write("src/lib.rs", &library("second", time, 0));
        origin.write("regress.toml", &format!("{BUDGETS}[[alias]]\nfrom = \"first\"\nto = \"second\"\n"));
        origin.commit("renamed");
        let ran = origin.gate("topic");
        ran.check(code, verdict, &[]);
        let report = std::fs::read(ran.reports.join("report.json")).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        let row = &report["rows"][0];
        assert_eq!((&row["benchmark"], &row["change"]["method"]), (&json!("second"), &json!("in-turns")), "{report:#}");
        assert_eq!(row["finding"], change, "{report:#}");
        assert_eq!(report["rows"].as_array().unwrap().len(), 1, "{report:#}");
    }
    check(150, 1, "failed", "regressed");
    check(100, 0, "passed", "within budget");
}

#[test]
fn the_first_pull_request_with_benchmarks_is_judged_on_its_own() {
    let origin = Origin::new();
    origin.git("checkout --quiet -b topic");
    origin.add_benches();
    let ran = origin.gate("topic");
    ran.check(0, "passed", &[]);
    assert!(ran.told.stderr.contains("has no benchmarks: there is nothing to compare with"), "{:#?}", ran.told);
}

#[test]
fn a_clone_without_history_says_what_to_do() {
    let origin = Origin::with_benches();
    let url = format!("file://{}", origin.desk.path("origin.git").display());
    git(&origin.desk.path(""), &format!("clone --quiet --depth 1 {url} shallow"));
    let ran = origin.run(&origin.desk.path("shallow"), |_| {});
    ran.could_not("this clone has no history, so the base cannot be found; check out with fetch-depth: 0");
    for file in ["output", "summary"] {
        std::fs::remove_file(origin.desk.path(file)).unwrap();
    }
    let ran = origin.run(&origin.desk.path("shallow"), |command| {
        command.env("BASE", "HEAD~1");
    });
    ran.could_not("the revision to compare with is not there");
    assert!(ran.told.code == Some(2) && ran.told.stderr.contains("there is no revision HEAD~1"), "{:#?}", ran.told);
}

/// A server that knows one pull request and its comments, for a few requests. Gives back what was asked for.
fn github(comments: Value) -> (String, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (asked, receiver) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            answer(&stream, &comments, &asked);
        }
    });
    (address, receiver)
}

fn answer(stream: &TcpStream, comments: &Value, asked: &mpsc::Sender<(String, Value)>) {
    let (first, body) = http::receive(stream);
    let request = first.rsplit_once(' ').unwrap().0.to_owned();
    let reply = match &request {
        request if request.starts_with("GET /repos/team/service/pulls?state=open&head=stranger%3Ap%40tch&") => {
            json!([{"number": 7, "head": {"sha": "old"}}, {"number": 8, "head": {"sha": "measured"}}])
        }
        request if request.starts_with("GET /repos/team/service/issues/8/comments?") => comments.clone(),
        request if request.starts_with("GET") => json!([]),
        _ => json!({}),
    };
    let _ = asked.send((request, body));
    http::send(stream, "HTTP/1.1 200 OK", &reply.to_string());
}

/// What the workflow of a fork's pull request does with its report. The requests, without the first two pages.
#[track_caller]
fn comment(report: &[u8], sha: &str, comments: Value) -> (Told, Vec<(String, Value)>) {
    let desk = Desk::with(&[]);
    desk.write("pull-request.md", report);
    let run = json!({"head_repository": {"owner": {"login": "stranger"}}, "head_branch": "p@tch", "head_sha": sha});
    desk.write("event.json", json!({"workflow_run": run}).to_string());
    let (address, asked) = github(comments);
    let mut command = Command::new("python3");
    command.args(["-B", concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/comment.py"), "pull-request.md"]);
    command.current_dir(desk.path("")).env("GITHUB_EVENT_PATH", desk.path("event.json"));
    command.envs([("GITHUB_API_URL", &*address), ("GITHUB_REPOSITORY", "team/service"), ("GITHUB_TOKEN", "secret")]);
    command.env("no_proxy", "*");
    let told = told(command);
    (told, asked.try_iter().collect())
}

const MARK: &str = "<!-- regress -->";

#[test]
fn a_report_is_put_on_the_pull_request_whose_last_commit_was_measured() {
    let report = format!("{MARK}\nall is well\n");
    let (told, asked) = comment(report.as_bytes(), "measured", json!([]));
    assert_eq!(told.code, Some(0), "{told:#?}");
    let last = ("POST /repos/team/service/issues/8/comments".to_owned(), json!({"body": report}));
    assert_eq!(asked.last(), Some(&last));

    let (told, asked) = comment(report.as_bytes(), "forced away", json!([]));
    assert!(told.code == Some(0) && told.stdout.contains("no open pull request"), "{told:#?}");
    assert!(asked.iter().all(|(request, _)| request.starts_with("GET")), "{asked:#?}");
}

#[test]
fn the_same_comment_is_written_over() {
    let of = |id: u64, kind: &str, body: String| json!({"id": id, "user": {"type": kind}, "body": body});
    let comments = json!([
        of(1, "User", format!("{MARK}\nI am a robot")),
        of(2, "Bot", "<!-- another -->".to_owned()),
        of(3, "Bot", format!("{MARK}\r\nbefore")),
    ]);
    let (told, asked) = comment(format!("{MARK}\nafter\n").as_bytes(), "measured", comments);
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert_eq!(asked.last().unwrap().0, "PATCH /repos/team/service/issues/comments/3");
}

#[test]
fn a_hostile_report_is_refused_or_has_no_effect() {
    #[track_caller]
    fn refused(report: &[u8], why: &str) {
        let (told, asked) = comment(report, "measured", json!([]));
        assert!(told.code == Some(2) && told.stderr.contains(why), "{told:#?}");
        assert_eq!(asked, []);
    }
    refused(b"", "mark of regress");
    refused(b"hello @team", "mark of regress");
    refused(b"<!-- regress --> <img src=x>\nx", "mark of regress");
    refused(b"<!-- regress -->\n\xff", "no UTF-8 at byte 17");
    refused(format!("{MARK}\n{}", "x".repeat(65_536)).as_bytes(), "longer than the 65536 characters");
    refused(format!("{MARK}\n{}", "x".repeat(300_000)).as_bytes(), "more than any report has");

    let hostile = "&commat;team &#x40;team &num;12\n- /merge\n> /merge\n@team #12 GH-3 [a](b) ![c](d) [e]: f\n<img src=x onerror=y><script>z</script>\n\
        https://example.org www.example.org <https://example.org> [g][h]\n/approve\n\u{202e}\u{1b}[31m<details>&amp;😀";
    let (told, asked) = comment(format!("{MARK}\n{hostile}").as_bytes(), "measured", json!([]));
    assert_eq!(told.code, Some(0), "{told:#?}");
    let body = asked.last().unwrap().1["body"].as_str().unwrap();
    for effect in [
        "&c", "&#x", "&n", " /m", "@t", "#1", "GH-3", "](", "]:", "][", "![", "<img", "<script", "://", "www.", "<h",
        "\n/", "\u{202e}", "\u{1b}",
    ] {
        assert!(!body.contains(effect), "{effect:?} in {body}");
    }
    assert!(body.contains("<details>&amp;😀"), "{body}");
}

/// The report of a project whose names are hostile acts nowhere as it is: what the guard adds is not seen.
#[test]
fn what_regress_writes_looks_the_same_behind_the_guard() {
    let desk = Desk::with(&[]);
    let name = "|<img src=x>@team #1 [a](b) https://example.org `x` GH-3";
    let line = |time: u32| format!("Benchmark{}-2 10 {time} ns/op 5 allocs/op\n", name.replace(' ', "_")).repeat(10);
    desk.write("old.txt", line(100));
    desk.write("new.txt", line(900));
    let report = desk.run("compare old.txt new.txt --all --format markdown");
    assert_eq!(report.code, Some(1), "{report:#?}");
    let (told, asked) = comment(report.stdout.as_bytes(), "measured", json!([]));
    assert_eq!(told.code, Some(0), "{told:#?}");
    let seen = |text: &str| text.replace('\u{2060}', "");
    assert_eq!(seen(asked.last().unwrap().1["body"].as_str().unwrap()), seen(&report.stdout));
}
