//! `run`: what becomes of a measurement that is disturbed, and what is left of it. What it measures is scored in
//! `trials/`; no test here hangs on a time.

use std::process::Stdio;
use std::time::Duration;

use super::{Desk, Told, told};

/// `regress run` of two commands, alone on its machine.
fn run(desk: &Desk, old: &str, new: &str, arguments: &str) -> Told {
    let mut command = desk.command("run");
    command.args(["--cmd-old", old, "--cmd-new", new]).args(arguments.split_whitespace());
    told(alone(command, desk))
}

/// The lock of a run lies in the temporary directory: here in one of its own.
fn alone(mut command: std::process::Command, desk: &Desk) -> std::process::Command {
    command.env("TMPDIR", desk.path(""));
    command
}

fn journal(desk: &Desk) -> Vec<String> {
    let text = std::fs::read_to_string(desk.path("target/regress/rounds.journal")).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_process_stands_in_the_journal() {
    let desk = Desk::with(&[]);
    let told = run(&desk, "true", "true", "--rounds 6 --format json");
    let report: serde_json::Value = serde_json::from_str(&told.stdout).expect("a report");
    assert_eq!(report["rows"][0]["benchmark"], "command");
    assert_eq!(report["rows"][0]["change"]["method"], "in-turns");
    assert_eq!(report["exit_code"], told.code.unwrap());
    let lines = journal(&desk);
    assert_eq!(lines.len(), 1 + 2 * 6, "{lines:#?}");
    for side in ["old", "new"] {
        let mark = format!(r#""side":"{side}""#);
        assert_eq!(lines.iter().filter(|line| line.contains(&mark)).count(), 6);
    }
}

#[test]
fn an_interrupted_run_goes_on_where_it_was() {
    let desk = Desk::with(&[]);
    run(&desk, "true", "true", "--rounds 6");
    let whole = journal(&desk);
    // As if it had been killed in the middle of the sixth round, while writing.
    let cut = format!("{}\n{}", whole[..11].join("\n"), &whole[11][..20]);
    desk.write("target/regress/rounds.journal", &cut);
    run(&desk, "true", "true", "--rounds 6 --resume");
    let resumed = journal(&desk);
    assert_eq!(resumed[..11], whole[..11], "what was recorded is kept");
    assert_eq!(resumed.len(), 13);
}

/// Killed a hundred times at any moment, a run loses nothing that it wrote down, and goes on.
#[test]
fn killed_anywhere_it_goes_on_and_has_lost_nothing() {
    let desk = Desk::with(&[]);
    let start = |resume: bool| {
        let mut command = desk.command("run --rounds 100000 --max-time 1h");
        command.args(["--cmd-old", "sleep 0.002", "--cmd-new", "sleep 0.002"]).args(resume.then_some("--resume"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        alone(command, &desk).spawn().unwrap()
    };
    let whole_lines = || {
        let text = std::fs::read_to_string(desk.path("target/regress/rounds.journal")).unwrap_or_default();
        text[..text.rfind('\n').map_or(0, |at| at + 1)].to_owned()
    };
    let mut run = start(false);
    let (mut recorded, mut most) = (String::new(), 0);
    for kill in 0..100_u64 {
        // Every other one soon after it began: before the journal is read. The others between two rounds, or in one.
        while kill % 2 == 0 && whole_lines() == recorded {
            // It ends by itself once both commands are shown to take the same time; then another one begins.
            if let Some(ended) = run.try_wait().unwrap() {
                assert_ne!(ended.code(), Some(2), "after kill {kill}");
                recorded.clear();
                std::fs::remove_file(desk.path("target/regress/rounds.journal")).unwrap();
                run = start(false);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(kill * 7919 % 30_000));
        run.kill().unwrap();
        run.wait().unwrap();
        let now = whole_lines();
        assert!(now.starts_with(&recorded), "kill {kill} took something away");
        recorded = now;
        most = most.max(recorded.lines().count());
        run = start(!recorded.is_empty());
    }
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(most > 1 + 2 * 10, "hardly anything was measured");
}

#[test]
fn what_was_measured_of_something_else_is_not_gone_on_with() {
    let desk = Desk::with(&[("target/regress/rounds.journal", r#"{"schema":"regress-rounds/1","old":"x","new":"y"}"#)]);
    desk.write("target/regress/rounds.journal", "{\"schema\":\"regress-rounds/1\",\"old\":\"x\",\"new\":\"y\"}\n");
    run(&desk, "true", "true", "--resume").refused(&["rounds.journal:1: it is about other executables"]);
    let empty = Desk::with(&[]);
    run(&empty, "true", "true", "--resume").refused(&["there is nothing to resume"]);
}

#[test]
fn a_new_program_that_fails_or_hangs_is_a_verdict_with_its_words() {
    let desk = Desk::with(&[]);
    let told = run(&desk, "true", "echo no disk >&2; exit 7", "");
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert!(told.stdout.contains("crashed: failed (exit status: 7): no disk"), "{told:#?}");
    let told = run(&desk, "true", "sleep 20", "--timeout 1");
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert!(told.stdout.contains("crashed: was still running after 1 s, and was killed"), "{told:#?}");
    let told = run(&desk, "true", "exit 7", "--format json");
    let report: serde_json::Value = serde_json::from_str(&told.stdout).expect("a report");
    assert_eq!(
        (&report["rows"][0]["finding"], &report["counts"]["findings"]["crashed"]),
        (&"crashed".into(), &1.into())
    );
}

#[test]
fn one_that_fails_in_a_later_round_leaves_and_what_it_measured_before_is_no_verdict() {
    let desk = Desk::with(&[]);
    let third_fails = "test -e second && exit 7; test -e first && touch second; touch first";
    let told = run(&desk, "true", third_fails, "");
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert!(told.stdout.contains("crashed: failed (exit status: 7)"), "{told:#?}");
    assert_eq!(journal(&desk).len(), 1 + 2 * 2);
}

#[test]
fn a_base_that_fails_is_told_and_the_new_side_stands_alone() {
    let desk = Desk::with(&[]);
    let told = run(&desk, "exit 7", "true", "");
    assert_eq!(told.code, Some(3), "nothing was judged: {told:#?}");
    assert!(told.stdout.contains("the old side failed (exit status: 7)"), "{told:#?}");
    // A budget for the change cannot be asked: that is no reason to pass.
    desk.write("regress.toml", "[[budget]]\nbenchmark = \"*\"\nmetric = \"time\"\nchange = \"<= +5%\"\n");
    let told = run(&desk, "exit 7", "true", "");
    assert_eq!(told.code, Some(3), "{told:#?}");
    assert!(told.stdout.contains("the old side failed (exit status: 7)"), "{told:#?}");
}

#[test]
fn a_benchmark_that_fails_on_both_sides_is_a_verdict() {
    let desk = Desk::with(&[]);
    let told = run(&desk, "exit 7", "exit 8", "");
    assert_eq!(told.code, Some(1), "{told:#?}");
    for text in ["crashed on both sides", "exit status: 7", "exit status: 8"] {
        assert!(told.stdout.contains(text), "{told:#?}");
    }
}

/// A program of the meter, as far as anybody can tell who drives it, that says always the same.
fn meter(desk: &Desk, name: &str, results: &str) {
    program(
        desk,
        name,
        &format!("mkdir -p \"$METER_HOME/p/b\"\ncat >\"$METER_HOME/p/b/regress.jsonl\" <<'X'\n{results}X\n"),
    );
}

fn program(desk: &Desk, name: &str, text: &str) {
    // Written by another process: what this one has open for writing cannot be run by a process started meanwhile.
    let script = format!("#!/bin/sh\n{text}");
    let write = r#"printf '%s' "$1" >"$2"; chmod +x "$2""#;
    let mut shell = std::process::Command::new("sh");
    assert!(shell.args(["-c", write, "sh", &script]).arg(desk.path(name)).status().unwrap().success());
}

#[test]
fn what_the_meter_times_is_compared_as_that_of_two_runs() {
    const BUDGETS: &str = "[[budget]]\nbenchmark = \"*\"\nmetric = \"time-p99\"\nchange = \"<= +20%\"\n\
                           [[budget]]\nbenchmark = \"*\"\nmetric = \"contended\"\nchange = \"<= +20%\"\n";
    let results = |factor: u32| {
        let samples =
            |least: u32| (0..20).map(|i| (factor * (least + i % 7)).to_string()).collect::<Vec<_>>().join(",");
        let line = |metric: &str, unit: &str, least: u32| {
            let samples = samples(least);
            format!("{{\"benchmark\":\"a\",\"metric\":\"{metric}\",\"unit\":\"{unit}\",\"samples\":[{samples}]}}\n")
        };
        [
            "{\"schema\":\"meter/1\",\"harness\":\"bench-meter 0.1.0\",\"package\":\"p\",\"bench\":\"b\",\"operations\":9}\n",
            &line("time-p99", "ns", 500),
            &line("contended", "count", 100),
            "{\"end\":true,\"cases\":1}\n",
        ]
        .concat()
    };
    let desk = Desk::with(&[("regress.toml", BUDGETS), ("old.jsonl", &results(1)), ("new.jsonl", &results(10))]);
    meter(&desk, "old", &results(1));
    meter(&desk, "new", &results(10));
    let rows = |told: Told| {
        assert_eq!(told.code, Some(1), "{told:#?}");
        let mut report: serde_json::Value = serde_json::from_str(&told.stdout).expect("a report");
        let rows = report["rows"].as_array_mut().expect("rows").iter_mut();
        rows.map(|row| (row["metric"].take(), row["finding"].take(), row["change"].take())).collect::<Vec<_>>()
    };
    for (asked, expected) in [("", 2), ("--metric time-p99", 1), ("--metric contended", 1)] {
        let command = |line: &str| rows(told(alone(desk.command(&format!("{line} {asked} --format json")), &desk)));
        let measured = command("run --old old --new new");
        assert_eq!(measured.len(), expected, "{asked}: {measured:#?}");
        assert!(measured.iter().all(|(_, finding, change)| !finding.is_null() && change.is_object()), "{measured:#?}");
        assert_eq!(measured, command("compare old.jsonl new.jsonl"), "{asked}");
    }
}

/// What was counted and what takes turns are looked at before the minutes that a run takes.
#[test]
fn two_counted_benchmarks_of_one_name_are_told_before_anything_is_measured() {
    const LIST: &str = "case \"$*\" in *--list*) echo 'a: benchmark'; echo 'b: benchmark'; exit;; esac\n";
    const NO_LIST: &str = "case \"$*\" in *--list*) exit 1;; esac\n";
    let count = |side: &str| {
        let line = |name: &str| {
            format!(
                "{{\"benchmark\":\"{name}\",\"metric\":\"allocs\",\"unit\":\"count\",\"total\":9,\"operations\":9}}\n"
            )
        };
        format!(
            "touch counted-{side}\nmkdir -p \"$METER_HOME/p/b\"\ncat >\"$METER_HOME/p/b/regress.jsonl\" <<'X'\n\
             {{\"schema\":\"meter/1\",\"harness\":\"bench-meter 0.1.0\",\"package\":\"p\",\"bench\":\"b\",\"operations\":9}}\n\
             {}{}{{\"end\":true,\"cases\":2}}\nX\n",
            line("a"),
            line("b")
        )
    };
    let alias = "[[alias]]\nfrom = \"a\"\nto = \"b\"\n";
    for (list, is_counted) in [(LIST, false), (NO_LIST, true)] {
        let desk = Desk::with(&[("regress.toml", alias)]);
        for side in ["old", "new"] {
            program(&desk, side, &[list, &count(side)].concat());
        }
        let told = told(alone(desk.command("run --old old --new new"), &desk));
        told.refused(&[
            "[[alias]]: two benchmarks of ",
            "old would be called `b`",
            "remove the alias, or mend its name",
        ]);
        assert_eq!(desk.path("counted-old").exists(), is_counted, "{told:#?}");
        assert!(!desk.path("counted-new").exists(), "{told:#?}");
    }
}

#[test]
fn a_command_is_what_it_says() {
    let desk = Desk::with(&[]);
    run(&desk, "sleep 0.001", "sleep 0.001", "--rounds 6");
    run(&desk, "sleep 0.001", "sleep 0.002", "--rounds 6 --resume").refused(&["it is about other executables"]);
}

#[test]
fn a_directory_is_never_shared() {
    let desk = Desk::with(&[("target/regress/lock", "")]);
    let lock = std::fs::File::create(desk.path("target/regress/lock")).unwrap();
    lock.lock().unwrap();
    run(&desk, "true", "true", "--rounds 6 --force")
        .refused(&["another run builds and measures in", "CARGO_TARGET_DIR"]);
}

#[test]
fn however_many_rounds_are_wanted() {
    let desk = Desk::with(&[]);
    assert_ne!(run(&desk, "true", "true", "--rounds 4294967295 --max-time 1s").code, Some(2));
    for rounds in ["0", "5", "4294967296"] {
        let told = run(&desk, "true", "true", &format!("--rounds {rounds}"));
        assert_eq!(told.code, Some(2), "{told:#?}");
    }
    // Everybody has a first round, whatever the time.
    assert_ne!(run(&desk, "true", "true", "--max-time 0s").code, Some(2));
}

#[test]
fn two_runs_at_once_are_refused_unless_forced() {
    let desk = Desk::with(&[]);
    let lock = std::fs::File::create(desk.path("regress-run.lock")).unwrap();
    lock.lock().unwrap();
    run(&desk, "true", "true", "").refused(&["another `regress run` is measuring on this machine", "--force"]);
    assert_ne!(run(&desk, "true", "true", "--rounds 6 --force").code, Some(2));
    drop(lock);
    assert_ne!(run(&desk, "true", "true", "--rounds 6").code, Some(2));
}

#[test]
fn what_cannot_be_measured_is_refused_with_a_reason() {
    let desk = Desk::with(&[("program", "no program")]);
    let refused = |arguments: &str, expected: &[&str]| told(alone(desk.command(arguments), &desk)).refused(expected);
    refused("run", &["it is not clear what to measure", "regress run main"]);
    refused("run HEAD~1", &["no git repository"]);
    refused("run --old program --new program", &["no known harness is built into it"]);
    refused("run --old missing --new missing", &["missing: No such file"]);
    refused("run main --jobs 2", &["two processes at once disturb each other"]);
    for (arguments, expected) in
        [("run --cmd-old true", "--cmd-new"), ("run main --max-time soon", "write 90s, 10m or 1h")]
    {
        let told = told(alone(desk.command(arguments), &desk));
        assert!(told.code == Some(2) && told.stderr.contains(expected), "{told:#?}");
    }
}
