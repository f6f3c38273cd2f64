//! `--filter`, `--metric`, `--exact`, `--without`: what is not looked at must not be forgotten silently.

use super::Desk;

const OLD: &str = "BenchmarkConcat 1000 70 ns/op 9 allocs/op\nBenchmarkBuilder 1000 30 ns/op 1 allocs/op\n";
const NEW: &str = "BenchmarkConcat 1000 70 ns/op 9 allocs/op\nBenchmarkBuilder 1000 30 ns/op 2 allocs/op\n";

fn desk(config: &str) -> Desk {
    Desk::with(&[("old", OLD), ("new", NEW), ("regress.toml", config)])
}

#[test]
fn only_what_is_selected_is_judged() {
    #[track_caller]
    fn check(selection: &str, code: i32) {
        let told = desk("").run(&format!("compare old new {selection}"));
        assert_eq!(told.code, Some(code), "{selection}: {told:#?}");
    }
    check("", 1);
    check("--filter Concat", 0);
    check("--filter Con*", 0);
    check("--filter Concat --filter Builder", 1);
    check("--metric time", 0);
    check("--metric allocs", 1);
    check("--metric time --metric allocs", 1);
    check("--exact", 1);
    check("--exact --without allocs --filter Builder", 2); // nothing is left
    check("--without allocs", 0);
    check("--without allocs --without instructions", 0); // nobody measured instructions, and nobody need
}

#[test]
fn a_word_of_the_selection_that_means_nothing_is_a_typing_error() {
    #[track_caller]
    fn check(selection: &str, expected: &[&str]) {
        for command in ["compare old new", "check new"] {
            desk("").run(&format!("{command} {selection}")).refused(expected);
        }
    }
    check("--filter Concta", &["--filter: `Concta` matches no benchmark\n  Concta\n  ^", "did you mean `Concat`?"]);
    check("--filter Concat --filter nothing", &["--filter: `nothing` matches no benchmark"]);
    check("--metric alocs", &["--metric `alocs` was not measured", "did you mean `allocs`? there are: allocs, time"]);
    check("--metric time --metric instructions", &["--metric `instructions` was not measured"]);
    check("--without alocs", &["--without `alocs` was not measured", "did you mean `allocs`?"]);
    check("--filter nix --metric nix --without nix", &["--filter: `nix`", "--metric `nix`", "--without `nix`"]);
    check("--metric time --exact", &["nothing is left to look at: no result matches --filter, --metric, --exact"]);
}

/// Everything that benchstat's filters can say, of files with settings and of parts of names.
const ENCODE: &str = "goos: linux\npkg: example.com/json\n\
    BenchmarkEncode/format=json/size=1k-8 1 10 ns/op 16 B/op\nBenchmarkEncode/format=gob/size=1k-8 1 20 ns/op 32 B/op\n\
    BenchmarkEncode/format=json/size=4k-8 1 40 ns/op 64 B/op\npkg: example.com/sort\nBenchmarkSort-8 1 5 ns/op\n";

#[test]
fn filters_are_those_of_benchstat_and_bare_names() {
    #[track_caller]
    fn check(filter: &str, expected: &[&str]) {
        let desk = Desk::with(&[("new", ENCODE)]);
        let mut command = desk.command("convert new --to csv --filter");
        let told = super::told({
            command.arg(filter);
            command
        });
        assert_eq!((told.code, &*told.stderr), (Some(0), ""), "{filter}: {told:#?}");
        let rows = told.stdout.lines().skip(1).map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let name = fields[0].rsplit_once('.').map_or(fields[0], |(_, name)| name);
            format!("{name} {}", fields[1])
        });
        assert_eq!(rows.collect::<Vec<_>>(), expected, "{filter}");
    }
    let (gob, json_1k, json_4k) =
        ("Encode/format=gob/size=1k-8", "Encode/format=json/size=1k-8", "Encode/format=json/size=4k-8");
    let time = |name: &str| format!("{name} time");
    let (gob, json_1k, json_4k, sort) = (&*time(gob), &*time(json_1k), &*time(json_4k), "Sort-8 time");
    check(".unit:time", &[gob, json_1k, json_4k, sort]);
    check("* .unit:ns/op", &[gob, json_1k, json_4k, sort]);
    check(".unit:sec/op .name:Encode", &[gob, json_1k, json_4k]);
    check("-.unit:B/op /format:json", &[json_1k, json_4k]);
    check("-.unit:B/op /format:(json OR gob) -/size:/^4/", &[gob, json_1k]);
    check("-.unit:B/op AND (/size:4k OR pkg:example.com/sort)", &[json_4k, sort]);
    check("-.unit:B/op goos:linux -pkg:\"example.com/json\"", &[sort]);
    check(".fullname:/^Sort/ .file:new harness:go", &[sort]);
    check("example.com/sort.Sort-8", &[sort]);
    check("*Sort*", &[sort]);
    check("*size=4k* -.unit:B/op OR example.com/sort.*", &[json_4k, sort]);
    check(".unit:time (example.com/json.Encode/format=gob OR *Sort-8)", &[gob, sort]);
    check("/gomaxprocs:8 /2:size=4k .unit:s", &[json_4k]); // the number of cores belongs to no part
}

#[test]
fn a_filter_that_makes_no_sense_is_told_with_its_place() {
    #[track_caller]
    fn check(filter: &str, expected: &[&str]) {
        let odd = "BenchmarkHash_map:insert(100) 1 7 ns/op\n";
        let desk = Desk::with(&[("new", &format!("{ENCODE}{odd}"))]);
        for arguments in ["check new --filter", "convert new --to csv --filter"] {
            let mut command = desk.command(arguments);
            command.arg(filter);
            super::told(command).refused(expected);
        }
    }
    check("/size:(1k 4k)", &["--filter: value list must be separated by OR\n  /size:(1k 4k)\n            ^\n"]);
    check("(Sort", &["--filter: missing \")\"\n  (Sort\n       ^"]);
    check("/format:gbo", &["--filter: `/format:gbo` matches no result\n  /format:gbo\n  ^\n  there are: gob, json\n"]);
    check(
        "*Sort* -gos:linux",
        &["no result has a setting `gos`\n  *Sort* -gos:linux\n          ^\n", "did you mean `goos`?"],
    );
    check(".unit:sec", &["there are: alloc-bytes, time"]);
    check("*Sort* OR *Srot*", &["`*Srot*` matches no benchmark\n  *Sort* OR *Srot*\n            ^\n"]);
    // What is a name to the eye is an expression to the program.
    let quoted = "put it between quotes: --filter '\"example.com/sort.Hash_map:insert(100)\"'";
    check("example.com/sort.Hash_map:insert(100)", &["regress: --filter", quoted]);
    check("*Sort* *Encode*", &["matches", "--filter", "`x OR y`"]);
}

#[test]
fn null_knows_nothing_but_names_before_it_measures() {
    let told = Desk::with(&[]).run("null --program nowhere --filter sort(.unit:time)");
    told.refused(&["--filter: only the names of benchmarks are known here\n  sort(.unit:time)\n       ^"]);
}

#[test]
fn a_ratio_is_judged_though_its_other_side_is_not_looked_at() {
    let config = "[[budget]]\nbenchmark = \"Builder\"\nversus = \"Concat\"\nmetric = \"allocs\"\nratio = \"<= 0.2\"\n";
    let desk = desk(config);
    assert_eq!(desk.run("check old --filter Builder").code, Some(0)); // 1 ÷ 9
    let told = desk.run("check new --filter Builder");
    assert_eq!(told.code, Some(1)); // 2 ÷ 9
    assert!(told.stdout.contains("0.222 of Concat, allowed <= 0.2"), "{told:#?}");
}

#[test]
fn a_budget_of_what_is_not_looked_at_is_not_missed() {
    let budget = |benchmark: &str, metric: &str| {
        format!("[[budget]]\nbenchmark = \"{benchmark}\"\nmetric = \"{metric}\"\nlimit = \"< 100\"\n")
    };
    let desk = desk(&(budget("Concat", "allocs") + &budget("*", "instructions")));
    assert_eq!(desk.run("check new").code, Some(1), "nobody measured instructions");
    for selection in ["--without instructions", "--metric allocs", "--filter Concat --without instructions"] {
        let told = desk.run(&format!("check new {selection}"));
        assert_eq!(told.code, Some(0), "{selection}: {told:#?}");
    }
    assert_eq!(desk.run("check new --filter Builder --without instructions").code, Some(3), "no rule is left");
}
