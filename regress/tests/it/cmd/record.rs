//! `record`: all of a baseline or nothing of it.

use super::Desk;

const RUN: &str = "BenchmarkA 1000 70 ns/op 3 allocs/op\n";

/// All files of a directory, hidden ones too.
fn files(desk: &Desk, directory: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(desk.path(directory)) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_is_recorded_can_be_named_and_is_the_same() {
    let desk = Desk::with(&[("new", RUN)]);
    let told = desk.run("record main");
    assert_eq!(told.code, Some(0));
    assert!(told.stdout.starts_with("baselines/main.json: 2 results of 1 benchmark (allocs, time), 2"), "{told:#?}");
    assert_eq!(files(&desk, "baselines"), ["main.json"]);
    for name in ["main", "baselines/main", "baselines/main.json"] {
        let told = desk.run(&format!("compare {name} new --exact"));
        assert_eq!(told.code, Some(0), "{name}: {told:#?}");
    }
    assert!(desk.run("list").stdout.contains("baselines/main  2 results of 1 benchmark (allocs, time), "));
}

#[test]
fn only_counts_are_kept_where_only_counts_are_wanted() {
    let desk = Desk::with(&[("new", RUN), ("times", "BenchmarkA 1000 70 ns/op\n")]);
    assert_eq!(desk.run("record main --exact").code, Some(0));
    assert!(desk.run("list").stdout.contains("baselines/main  1 result of 1 benchmark (allocs), "));
    desk.run("record times --from times --exact").refused(&["`times` holds no counts, and --exact keeps nothing else"]);
    assert_eq!(files(&desk, "baselines"), ["main.json"]);
}

#[test]
fn a_record_that_fails_leaves_nothing_behind() {
    let desk = Desk::with(&[("cut", "{\"schema\":\"regress-run/1\",\"observations\":["), ("empty", "")]);
    for arguments in ["record main --from cut", "record main --from empty", "record main --from missing", "record main"]
    {
        desk.run(arguments).refused(&[]);
    }
    for name in ["../main", "a/b", ".hidden", "", "new\nline", "a b"] {
        let mut command = desk.command("record --from cut");
        let told = super::told({
            command.arg(name);
            command
        });
        told.refused(&["cannot be the name of a baseline", "use letters, digits, `-`, `_` and `.`"]);
    }
    assert_eq!(files(&desk, ""), ["cut", "empty"], "not even the directory");
}

#[test]
fn what_was_recorded_before_stays_until_the_new_is_whole() {
    let desk = Desk::with(&[("new", RUN), ("cut", "{\"schema\":\"regress-run/1\",")]);
    desk.run("record main");
    let before = std::fs::read(desk.path("baselines/main.json")).unwrap();
    desk.run("record main --from cut").refused(&[]);
    assert_eq!(std::fs::read(desk.path("baselines/main.json")).unwrap(), before);
    desk.write("new", "BenchmarkA 1000 70 ns/op 4 allocs/op\n");
    assert_eq!(desk.run("record main").code, Some(0));
    assert_ne!(std::fs::read(desk.path("baselines/main.json")).unwrap(), before);
    assert_eq!(files(&desk, "baselines"), ["main.json"]);
    assert_eq!(desk.run("compare main new").code, Some(0));
}

/// A reader that is in the middle of the old file reads on in the old file: the new one takes its name, not its place.
#[test]
#[cfg(unix)]
fn who_reads_while_it_is_overwritten_reads_the_old_one() {
    use std::io::Read;
    let desk = Desk::with(&[("new", RUN)]);
    desk.run("record main");
    let before = std::fs::read_to_string(desk.path("baselines/main.json")).unwrap();
    let mut reader = std::fs::File::open(desk.path("baselines/main.json")).unwrap();
    desk.write("new", "BenchmarkA 1000 70 ns/op 4 allocs/op\n");
    desk.run("record main");
    let mut read = String::new();
    reader.read_to_string(&mut read).unwrap();
    assert_eq!(read, before);
}

#[test]
fn a_directory_that_cannot_be_written_is_told_about() {
    let desk = Desk::with(&[("new", RUN), ("baselines", "a file where the directory should be")]);
    desk.run("record main").refused(&["baselines/main.json: cannot be written", "check the directory's permissions"]);
    assert_eq!(files(&desk, ""), ["baselines", "new"]);
}

#[test]
#[cfg(unix)]
fn whoever_may_read_the_directory_may_read_the_baseline() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with(&[("new", RUN)]);
    desk.run("record main");
    let mode = std::fs::metadata(desk.path("baselines/main.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
}

#[test]
fn a_half_written_baseline_is_told_about() {
    let desk = Desk::with(&[("new", RUN)]);
    desk.run("record main");
    let whole = std::fs::read(desk.path("baselines/main.json")).unwrap();
    for end in [1, whole.len() / 2, whole.len() - 3] {
        desk.write("baselines/main.json", &whole[..end]);
        desk.run("compare main new").refused(&["baselines/main.json"]);
        let listed = desk.run("list");
        assert!(listed.stdout.contains("baselines/main  cannot be read\nregress: baselines/main.json"), "{listed:#?}");
    }
}
