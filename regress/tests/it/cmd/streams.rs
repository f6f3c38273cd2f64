//! Standard input, standard output, colour and width.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;

use super::{Desk, Told, told};

const OLD: &str = "BenchmarkCosine 1000 70 ns/op 0 allocs/op\n";
const NEW: &str = "BenchmarkCosine 1000 70 ns/op 1 allocs/op\n";

fn desk() -> Desk {
    Desk::with(&[("old", OLD), ("new", NEW)])
}

/// So many benchmarks that no buffer holds their report.
fn large(allocs: u32) -> String {
    (0..3000).map(|i| format!("BenchmarkNumber{i} 1000 {allocs} allocs/op\n")).collect()
}

#[test]
fn results_go_to_stdout_and_everything_else_to_stderr() {
    let desk = desk();
    let verdict = desk.run("compare old new");
    assert_eq!((verdict.code, &*verdict.stderr), (Some(1), ""), "{verdict:#?}");
    assert!(verdict.stdout.starts_with("FAILED  old → new: 1 rule broken"), "{verdict:#?}");
    desk.run("compare old newer").refused(&["no results named `newer`"]);
}

#[test]
fn a_report_goes_into_files_as_well_whole_or_not_at_all() {
    let desk = desk();
    let told = desk.run("compare old new --report markdown=out/pr.md --report json=report.json");
    assert_eq!((told.code, &*told.stderr), (Some(1), ""), "{told:#?}");
    assert!(told.stdout.starts_with("FAILED"), "{told:#?}");
    let read = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    assert!(read("out/pr.md").contains("FAILED"), "{}", read("out/pr.md"));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&read("report.json")).unwrap()["exit_code"], 1);
    // Nothing is written where the work could not be done, and it is not done where nothing could be written.
    desk.write("kept", "as it was");
    desk.run("compare old newer --report csv=kept").refused(&["no results named `newer`"]);
    assert_eq!(read("kept"), "as it was");
    desk.run("compare old new --report csv=out").refused(&["out: cannot be written"]);
    for wrong in ["xml=x", "csv=", "csv", "csv=-", "csv+=", "+=x"] {
        let told = desk.run(&format!("compare old new --report {wrong}"));
        assert_eq!((told.code, &*told.stdout), (Some(2), ""), "{told:#?}");
    }
    let left: Vec<_> = std::fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[test]
fn no_report_takes_the_place_of_another() {
    let desk = desk();
    std::fs::create_dir(desk.path("out")).unwrap();
    for (first, second) in
        [("csv=r", "json=r"), ("csv=r", "json=./out/../r"), ("csv+=r", "json=r"), ("csv=r", "json+=r")]
    {
        desk.run(&format!("compare old new --report {first} --report {second}"))
            .refused(&["r: two reports are to be written to it", "give each a file of its own"]);
    }
    // Refused before any work.
    desk.run("compare nowhere new --report csv=r --report json=r").refused(&["two reports are to be written to it"]);
    // Streams and devices take several.
    assert_eq!(desk.run("compare old new --report csv=/dev/null --report json=/dev/null").code, Some(1));
    let said = desk.run("compare old new --report github=/dev/stderr").stderr;
    assert!(said.starts_with("::error title=Cosine allocs::0 → 1; "), "{said}");
    desk.run("compare old new --report csv=-").told_of("`-` is no file; to print it: --format csv");
}

#[test]
fn a_summary_that_is_begun_is_gone_on_with() {
    let desk = desk();
    desk.write("summary.md", "# Tests\n\n");
    for title in ["counts", "linux/x86_64"] {
        let mut command = desk.command("compare old new --report markdown+=summary.md --title");
        command.arg(title);
        assert_eq!(told(command).code, Some(1));
    }
    let summary = std::fs::read_to_string(desk.path("summary.md")).unwrap();
    assert!(summary.starts_with("# Tests\n\n<!-- regress: counts -->\n### counts: FAILED\n"), "{summary}");
    assert!(summary.contains("\n<!-- regress: linux/x86_64 -->\n"), "{summary}");
    for title in ["", "-->", "a--b", " a", "ä"] {
        let mut command = desk.command("compare old new");
        command.arg(format!("--title={title}"));
        told(command).told_of("write up to 60 letters");
    }
}

#[test]
fn one_side_may_come_from_standard_input() {
    let desk = desk();
    let piped = |arguments: &str| {
        let mut command = desk.command(arguments);
        command.stdin(File::open(desk.path("new")).unwrap());
        told(command)
    };
    assert_eq!(piped("compare old -").code, Some(1));
    assert!(piped("compare old now=-").stdout.starts_with("FAILED  old → now: "));
    // No allocation in one process, one in the other: nobody can say what the side's count is.
    std::fs::copy(desk.path("old"), desk.path("again")).unwrap();
    assert_eq!(piped("compare old again,-").code, Some(3));
    assert!(piped("compare - old").stdout.starts_with("PASSED  - → old"));
    for arguments in ["compare - -", "compare a=- b=-", "check old,-,-"] {
        piped(arguments).refused(&["`-` stands for standard input, and only one side can be it"]);
    }
}

#[test]
fn nothing_on_standard_input_is_no_run() {
    desk().run("check -").refused(&["standard input: nothing was measured in it"]);
}

#[test]
fn a_closed_pipe_is_quiet_and_keeps_the_verdict() {
    let desk = Desk::with(&[("old", &large(0)), ("again", &large(0)), ("new", &large(1))]);
    for (arguments, code) in [("compare old new", 1), ("compare old again", 0), ("check old", 3), ("compare old x", 2)]
    {
        for format in regress::report::RENDERERS.iter().map(|renderer| renderer.name) {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut command = desk.command(&format!("{arguments} --all --format {format}"));
            let output = command.stdout(Stdio::from(writer)).output().unwrap();
            let told = Told::of(output);
            assert_eq!(told.code, Some(code), "{arguments} --format {format}: {told:#?}");
            assert_eq!(told.stderr.is_empty(), code != 2, "{arguments} --format {format}: {told:#?}");
        }
    }
}

#[test]
fn whoever_reads_one_line_gets_one_line() {
    let desk = Desk::with(&[("old", &large(0)), ("new", &large(1))]);
    let mut child = desk.command("compare old new").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 6];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"FAILED");
    let told = Told::of(child.wait_with_output().unwrap());
    assert_eq!((told.code, &*told.stderr), (Some(1), ""));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_no_verdict() {
    let desk = desk();
    let mut command = desk.command("compare old new");
    command.stdout(File::options().write(true).open("/dev/full").unwrap());
    told(command).refused(&["the output cannot be written"]);
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let desk = desk();
    let with = |arguments: &str, variable: Option<(&str, &str)>| {
        let mut command = desk.command(&format!("compare old new {arguments}"));
        command.envs(variable);
        let told = told(command);
        assert_eq!(told.code, Some(1));
        told.stdout.contains('\u{1b}')
    };
    assert!(!with("", None), "a pipe is no terminal");
    assert!(!with("--color never", None));
    assert!(!with("", Some(("NO_COLOR", "1"))));
    assert!(with("--color always", None));
    assert!(with("--color always", Some(("NO_COLOR", "1"))), "what is typed beats what is set");
    assert!(!with("--color always --format json", None), "programs read no colour");
}

#[test]
fn the_table_is_as_wide_as_the_line() {
    let name = "Service/Authentication/VerifyEmbeddingAgainstGallery/gallery=10000/dimension=512/threads=8";
    let line = |allocs| format!("Benchmark{name} 1000 70 ns/op {allocs} allocs/op\n");
    let desk = Desk::with(&[("old", &line(0)), ("new", &line(1))]);
    for columns in [80, 140] {
        let mut command = desk.command("compare old new --all");
        command.env("COLUMNS", columns.to_string());
        let told = told(command);
        // A name is shortened in the table; in a sentence, which people copy from, it stays whole.
        let lines = told.stdout.lines().filter(|line| columns >= 140 || !line.contains(name));
        let widest = lines.map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns, "{columns}: {}", told.stdout);
        assert!(columns < 140 || told.stdout.contains(name), "{columns}: {}", told.stdout);
    }
}

#[test]
fn what_is_printed_is_the_same_each_time() {
    let desk = Desk::with(&[("old", &large(0)), ("new", &large(1))]);
    for format in ["table", "json", "markdown", "csv"] {
        let arguments = format!("compare old new --all --format {format}");
        assert_eq!(desk.run(&arguments), desk.run(&arguments));
    }
}

#[test]
fn standard_input_may_be_of_any_size() {
    let desk = desk();
    let mut command = desk.command("check -");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(large(0).as_bytes()).unwrap();
    drop(stdin);
    let told = Told::of(child.wait_with_output().unwrap());
    assert_eq!(told.code, Some(3), "{told:#?}");
    assert!(told.stdout.contains("3000 rows that no rule speaks of"), "{told:#?}");
}

#[test]
fn nothing_is_written_over_what_it_is_made_from() {
    let results = "BenchmarkA 1 100 ns/op\n".repeat(8);
    let budgets = "[[budget]]\nbenchmark = \"*\"\nmetric = \"time\"\nlimit = \"< 1 s\"\n";
    let desk = Desk::with(&[("old.txt", &results), ("new.txt", &results), ("regress.toml", budgets)]);
    for (command, file) in [
        ("compare old.txt new.txt --report json=old.txt", "old.txt"),
        ("compare old.txt new.txt --report csv=./new.txt", "new.txt"),
        ("compare old.txt new.txt --report csv+=new.txt", "new.txt"),
        ("check new.txt --report json=regress.toml", "regress.toml"),
        ("convert --to csv old.txt -o old.txt", "old.txt"),
    ] {
        let before = std::fs::read(desk.path(file)).unwrap();
        desk.run(command).refused(&["which it is made from", "a name of its own"]);
        assert_eq!(std::fs::read(desk.path(file)).unwrap(), before, "{command}");
    }
    assert_eq!(std::fs::read_dir(desk.path("")).unwrap().count(), 3, "nothing is left behind");
}
