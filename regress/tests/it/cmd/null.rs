//! `null`: what it keeps, and who reads it. What it measures depends on the machine; no test here hangs on that.

use super::{Desk, Told, told};

fn null(desk: &Desk, program: &str, arguments: &str) -> Told {
    let mut command = desk.command("null");
    command.args(["--cmd", program]).args(arguments.split_whitespace());
    // The lock of a run lies in the temporary directory: here in one of its own.
    command.env("TMPDIR", desk.path(""));
    told(command)
}

/// The one file that null runs left.
fn kept(desk: &Desk) -> Option<String> {
    let mut files = std::fs::read_dir(desk.path("baselines/noise")).ok()?.map(|entry| entry.unwrap().path());
    let file = files.next()?;
    assert_eq!(files.next(), None);
    Some(std::fs::read_to_string(file).unwrap())
}

#[test]
fn what_a_machine_can_show_is_printed_and_kept() {
    let desk = Desk::with(&[]);
    let told = null(&desk, "true", "--rounds 8");
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert!(told.stdout.contains("command    apart"), "{told:#?}");
    assert!(told.stdout.contains("of 500 runs redrawn from 8 rounds"), "{told:#?}");
    // Another command is another program: nothing that could be kept.
    assert_eq!(kept(&desk), None);
}

#[test]
fn a_budget_that_cannot_be_seen_here_is_told_with_the_number() {
    let desk =
        Desk::with(&[("regress.toml", "[[budget]]\nbenchmark = \"*\"\nmetric = \"time\"\nchange = \"<= +0.5%\"\n")]);
    let told = null(&desk, "sleep 0.0005", "--rounds 6");
    // A slowdown is only called one beyond 1 %: half a per cent cannot be seen anywhere.
    assert!(told.stdout.contains("command: a budget of +0.50 % is tighter than what can be seen here"), "{told:#?}");
}

#[test]
fn what_cannot_be_measured_is_refused_and_nothing_is_kept() {
    let desk = Desk::with(&[]);
    null(&desk, "exit 7", "").refused(&["command failed (exit status: 7)"]);
    null(&desk, "true", "--max-time 0s").refused(&["no benchmark has the 6 rounds", "--max-time"]);
    assert_eq!(kept(&desk), None);
    null(&desk, "true", "--filter nothing").refused(&["there is no benchmark to measure", "--filter"]);
}
