//! `run`, ended from outside: killed, or asked to end. What is left is nothing that the next run would trip over.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Desk, Told, told};

/// A benchmark and a build script that say who they are and then take their time.
const SLEEPER: &str = "echo $$ > pid.new; mv pid.new pid; exec sleep 600";

fn regress(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = desk.command("run");
    command.args(arguments).env("TMPDIR", desk.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The process id that a sleeper wrote. Waits until it is there.
fn sleeper(path: &Path) -> String {
    loop {
        if let Ok(text) = std::fs::read_to_string(path) {
            return text.trim().to_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn signal(signal: &str, process: &str) {
    let status = Command::new("kill").args([signal, process]).status().expect("kill is there");
    assert!(status.success(), "kill {signal} {process}");
}

/// Whether it is still running; one that nobody has waited for is not.
fn is_alive(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}

/// Waits until a process is gone: it was sent a signal, and needs a moment to obey.
fn gone(process: &str) {
    while is_alive(process) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn ended(child: Child) -> Told {
    Told::of(child.wait_with_output().expect("it was started"))
}

#[test]
fn a_run_that_is_killed_leaves_no_lock_and_keeps_what_was_measured() {
    let desk = Desk::with(&[]);
    // The first round is measured; the second never ends.
    let old = format!("test ! -e once && touch once && exit; test -e go && exit; {SLEEPER}");
    let mut child = regress(&desk, &["--cmd-old", &old, "--cmd-new", "true"]).spawn().unwrap();
    let process = sleeper(&desk.path("pid"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(is_alive(&process), "nobody can tell it: it goes on to its own end");
    signal("-KILL", &process);
    let journal = || std::fs::read_to_string(desk.path("target/regress/rounds.journal")).unwrap();
    let before = journal();
    desk.write("go", "");
    let told = told(regress(&desk, &["--cmd-old", &old, "--cmd-new", "true", "--rounds", "6", "--resume"]));
    assert!(matches!(told.code, Some(0 | 1 | 3)), "not refused: {told:#?}");
    assert!(journal().starts_with(&before) && before.len() < journal().len());
}

#[test]
fn a_build_that_is_interrupted_ends_with_all_its_programs() {
    let desk = Desk::with(&[
        ("Cargo.toml", "[package]\nname = \"tiny\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("src/lib.rs", ""),
    ]);
    let script = format!(
        "fn main() {{ std::process::Command::new(\"sh\").args([\"-c\", {SLEEPER:?}]).current_dir({:?}).status().unwrap(); }}\n",
        desk.path("")
    );
    desk.write("build.rs", script);
    for arguments in ["init --quiet", "add --all", "commit --quiet --message first"] {
        let settings = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"];
        let status = Command::new("git").args(settings).args(arguments.split(' ')).current_dir(desk.path("")).status();
        assert!(status.expect("git is there").success());
    }
    for name in ["-TERM", "-INT", "-HUP"] {
        let child = regress(&desk, &["HEAD", "--", "--offline"]).spawn().unwrap();
        let process = sleeper(&desk.path("pid"));
        std::fs::remove_file(desk.path("pid")).unwrap();
        signal(name, &child.id().to_string());
        let told = ended(child);
        assert!(told.code == Some(2) && told.stderr.contains("interrupted while building"), "{name}: {told:#?}");
        gone(&process);
    }
}
