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
