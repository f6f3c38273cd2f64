//! `regress convert`: what it writes is read back with the same numbers.

use super::Desk;

fn desk() -> Desk {
    let desk = Desk::with(&[]);
    desk.copy_corpus("criterion/0.8.2", "target/criterion");
    desk.copy_corpus("meter/0.1.0", "meter");
    desk.copy_corpus("go/1.26.6", "go");
    desk
}

#[test]
fn our_own_format_holds_everything() {
    let desk = desk();
    for results in ["new", "go/go-bench.txt"] {
        let told = desk.run(&format!("convert --to regress {results} -o all.json"));
        assert_eq!((told.code, &*told.stdout), (Some(0), ""), "{told:#?}");
        let again = desk.run("convert --to regress all.json");
        assert_eq!(again.stdout.into_bytes(), std::fs::read(desk.path("all.json")).expect("it was written"));
    }
}

/// Through Go text and back: every value of every metric that Go has a unit for.
#[test]
fn go_text_holds_the_same_numbers() {
    let desk = desk();
    for results in ["new", "v1", "go/go-bench.txt"] {
        let there = desk.run(&format!("convert --to csv {results}")).stdout;
        assert_eq!(desk.run(&format!("convert --to go {results} -o go.txt")).code, Some(0));
        let back = desk.run("convert --to csv go.txt").stdout;
        let values = |table: &str| -> Vec<(String, f64)> {
            let rows = table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
            let known = rows.filter(|row| row[1] == "time" || row[2] == "B/s");
            known.map(|row| (format!("{} {}", row[0], row[1]), row[6].parse().expect("a number"))).collect()
        };
        let (there, back) = (values(&there), values(&back));
        assert!(there.len() >= 20, "{results}: {} values", there.len());
        assert_eq!(there.len(), back.len(), "{results}");
        for ((name, old), (name_back, new)) in there.iter().zip(&back) {
            assert_eq!(name, name_back);
            // 1e-9 is not exact: not every number of seconds is a product of it.
            assert!((old - new).abs() <= old * f64::EPSILON, "{name}: {old:e} {new:e}");
        }
    }
}

#[test]
fn several_results_are_taken_together() {
    let desk = Desk::with(&[("a.txt", "BenchmarkX 1 5 ns/op\n"), ("b.txt", "BenchmarkX 1 7 ns/op\n")]);
    let told = desk.run("convert --to go a.txt b.txt");
    assert_eq!((told.code, &*told.stdout), (Some(0), "BenchmarkX\t1\t5 ns/op\nBenchmarkX\t1\t7 ns/op\n"));
    let told = desk.run("convert --to csv b.txt,a.txt");
    assert_eq!(told.stdout.lines().nth(1), Some("X,time,s,go,1,1,0.000000007000000000000001,,")); // 7 * 1e-9
}

#[test]
fn what_cannot_be_read_or_written_is_exit_code_2() {
    let desk = desk();
    desk.run("convert --to go nosuch.txt").refused(&["nosuch.txt"]);
    desk.run("convert --to go new -o meter").refused(&["meter: cannot be written"]);
    assert_eq!(desk.run("convert --to yaml new").code, Some(2));
}

/// What Go says of benchmarks is kept by `record`, can be asked for there, and comes back as Go text.
#[test]
fn settings_of_a_file_live_in_a_recorded_run() {
    let text = "\
goos: linux
goarch: amd64
pkg: example.com/face
note: before lunch
BenchmarkCosine 1 100 ns/op 3 allocs/op
BenchmarkCosine 1 101 ns/op 3 allocs/op
pkg: example.com/text
note:
BenchmarkCosine 1 200 ns/op 4 allocs/op
BenchmarkCosine 1 202 ns/op 4 allocs/op
";
    let desk = Desk::with(&[("go.txt", text), (".git", "")]);
    assert_eq!(desk.run("record kept --from go.txt").code, Some(0));
    let kept = std::fs::read_to_string(desk.path("baselines/kept.json")).unwrap();
    let face = r#"{"goos":"linux","goarch":"amd64","pkg":"example.com/face","note":"before lunch"}"#;
    assert!(kept.contains(&format!("\"settings\": [\n{face},\n")), "{kept}");
    for (filter, named) in [("pkg:example.com/face", "face"), ("-note:/./", "text"), ("pkg:/text$/", "text")] {
        let shown = |results: &str| {
            let mut command = desk.command(&format!("convert --to csv {results} --filter"));
            command.arg(filter);
            super::told(command).stdout
        };
        assert!(shown("kept").contains(named) && shown("kept").lines().count() == shown("go.txt").lines().count());
    }
    assert_eq!(desk.run("convert --to go baselines/kept.json -o back.txt").code, Some(0));
    let back = std::fs::read_to_string(desk.path("back.txt")).unwrap();
    assert!(back.contains("pkg: example.com/face\n") && back.contains("\nnote:\npkg: example.com/text\n"), "{back}");
    let tables = |file: &str| desk.run(&format!("benchstat now={file} --table pkg,.unit")).stdout;
    assert_eq!(tables("back.txt"), tables("go.txt"));
    assert_eq!(desk.run("convert --to regress back.txt -o again.json").code, Some(0));
    let settings = |file: &str| {
        let document = std::fs::read(desk.path(file)).unwrap();
        serde_json::from_slice::<serde_json::Value>(&document).unwrap()["settings"].clone()
    };
    assert_eq!(settings("again.json"), settings("baselines/kept.json"));
}

/// What one file says of its machine is not said of the benchmarks of another.
#[test]
fn each_file_speaks_of_its_own_machine() {
    let line = |name: &str| format!("Benchmark{name} 1 100 ns/op\n");
    let desk = Desk::with(&[
        ("a.txt", &["goos: linux\ngoarch: arm64\ncpu: A\n", &line("A")].concat()),
        ("b.txt", &["pkg: p\n", &line("B")].concat()),
        ("c.txt", &line("C")),
    ]);
    let text = desk.run("convert --to go a.txt b.txt c.txt").stdout;
    let expected = "goos: linux\ngoarch: arm64\ncpu: A\nBenchmarkA\t1\t100 ns/op\n\
                    goos:\ngoarch:\ncpu:\nBenchmarkC\t1\t100 ns/op\n\
                    pkg: p\nBenchmarkB\t1\t100 ns/op\n";
    assert_eq!(text, expected);
}

/// As `convert --to regress` of an earlier version wrote it.
#[test]
fn a_metric_of_another_name_once_is_read_by_its_name_of_today() {
    let file = r#"{"schema":"regress-run/1","observations":[{"benchmark":"a","metric":"time-q90","unit":"s","harness":"jmh","processes":[[0.5,0.25]]}]}"#;
    let desk = Desk::with(&[("old.json", file)]);
    let told = desk.run("convert --to csv old.json");
    assert!(told.stdout.contains("\na,time-p90,s,jmh,1,1,0.5"), "{told:#?}");
    assert!(desk.run("convert --to regress old.json").stdout.contains("\"time-p90\",\"unit\":\"s\",\"harness\""));
}

#[test]
fn settings_that_a_recorded_run_does_not_list_are_told() {
    let line = |metric: &str, number: u32| {
        format!(
            "{{\"benchmark\":\"a\",\"metric\":\"{metric}\",\"unit\":\"count\",\"harness\":\"go\",\"total\":1,\
             \"operations\":1,\"settings\":{number}}}"
        )
    };
    let file = |lines: &[String]| {
        let settings = "[{\"pkg\":\"x\"},{\"pkg\":\"y\"}]";
        format!(
            "{{\n\"schema\": \"regress-run/1\",\n\"settings\": {settings},\n\"observations\": [\n{}\n]\n}}\n",
            lines.join(",\n")
        )
    };
    let desk = Desk::with(&[]);
    desk.write("far.json", file(&[line("allocs", 2)]));
    desk.run("check far.json").refused(&["far.json:5", "`settings` 2", "one of the 2 that the file lists, from 0"]);
    desk.write("two.json", file(&[line("allocs", 0), line("frees", 1)]));
    desk.run("check two.json").refused(&["two.json:6", "`settings` 1", "the same for every metric of a benchmark"]);
    desk.write("twice.json", file(&[]).replace("\"pkg\":\"x\"", "\"pkg\":\"x\",\"pkg\":\"z\""));
    desk.run("check twice.json").refused(&["twice.json", "`pkg` stands there twice"]);
}
