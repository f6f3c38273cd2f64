//! More than two sides, columns of something else than files, and which rows are listed in which order.

use serde_json::Value;

use super::{Desk, Told, told};

/// Times in ns, of json, gob and xml at two sizes; and of something without a format.
fn results(json: u32, gob: u32, xml: u32) -> String {
    let mut text = "goos: linux\npkg: ex.com/enc\n".to_owned();
    for (format, time) in [("json", json), ("gob", gob), ("xml", xml)] {
        for (size, factor) in [("4k", 4), ("1k", 1)] {
            for i in 0..8 {
                let time = time * factor * 100 + i;
                text += &format!("BenchmarkEncode/format={format}/size={size}-8 1 {time} ns/op 3 allocs/op\n");
            }
        }
    }
    text + "BenchmarkSort-8 1 77 ns/op 1 allocs/op\n"
}

fn desk() -> Desk {
    let desk =
        Desk::with(&[("a", &results(100, 110, 300)), ("b", &results(250, 110, 300)), ("c", &results(40, 110, 300))]);
    desk.write("odd", "BenchmarkX/k=1 1 5 ns/op\nBenchmarkX/k=2 1 9 ns/op\nBenchmarkY/k=1 1 5 ns/op\n");
    desk.copy_corpus("meter/0.1.0", "meter");
    desk
}

fn compare(arguments: &[&str]) -> Told {
    let desk = desk();
    let mut command = desk.command("compare");
    command.args(arguments);
    told(command)
}

/// Of each pair of columns `old → new: benchmark finding, …`.
#[track_caller]
fn check(arguments: &[&str], code: i32, expected: &[&str]) {
    let told = compare(&[arguments, &["--format", "json", "--metric", "time"]].concat());
    assert_eq!((told.code, &*told.stderr), (Some(code), ""), "{arguments:?}: {told:#?}");
    let documents = serde_json::Deserializer::from_str(&told.stdout).into_iter();
    let pairs = documents.map(|document: Result<Value, _>| {
        let document = document.unwrap();
        let text = |value: &Value| value.as_str().unwrap().replace("ex.com/enc.", "");
        let row = |row: &Value| format!("{} {}", text(&row["benchmark"]), text(&row["finding"]));
        let rows: Vec<String> = document["rows"].as_array().unwrap().iter().map(row).collect();
        format!("{} → {}: {}", text(&document["old"]["label"]), text(&document["new"]["label"]), rows.join(", "))
    });
    assert_eq!(pairs.collect::<Vec<_>>(), expected, "{arguments:?}");
}

#[test]
fn each_side_is_held_against_the_first() {
    let json = ["--filter", "/format:json", "--sort", "name"];
    check(
        &[&["a", "b", "c"][..], &json].concat(),
        1,
        &[
            "a → b: Encode/format=json/size=1k-8 regressed, Encode/format=json/size=4k-8 regressed",
            "a → c: Encode/format=json/size=1k-8 improved, Encode/format=json/size=4k-8 improved",
        ],
    );
    check(
        &[&["b", "v2=a", "c,c"][..], &json].concat(),
        0,
        &[
            "b → v2: Encode/format=json/size=1k-8 improved, Encode/format=json/size=4k-8 improved",
            "b → c,c: Encode/format=json/size=1k-8 improved, Encode/format=json/size=4k-8 improved",
        ],
    );
}

#[test]
fn columns_are_what_is_asked_for() {
    // The first of the file is the first column; rows that are asked for stand as they were.
    check(
        &["a", "--col", "/format", "--row", ".fullname"],
        1,
        &[
            "json → gob: Encode/size=4k-8 not proven, Encode/size=1k-8 not proven",
            "json → xml: Encode/size=4k-8 regressed, Encode/size=1k-8 regressed",
        ],
    );
    check(
        &["a", "--col", "/format@(xml json)", "--row", ".name /size@num"],
        0,
        &["xml → json: Encode 1k improved, Encode 4k improved"],
    );
    check(
        &["a", "--col", "/1@alpha", "--filter", "*Encode*", "--sort", "name", "--row", "/2"],
        1,
        &[
            "format=gob → format=json: size=1k not proven, size=4k not proven",
            "format=gob → format=xml: size=1k regressed, size=4k regressed",
        ],
    );
    // Each file is a table of its own, unless it is asked for.
    check(
        &["a", "b", "--col", "/format@(gob json)", "--filter", "/size:1k"],
        1,
        &["a: gob → a: json: Encode/size=1k-8 not proven", "b: gob → b: json: Encode/size=1k-8 regressed"],
    );
    check(
        &["a", "b", "--col", ".file /format@(gob json)", "--filter", "/size:1k"],
        1,
        &[
            "a gob → a json: Encode/size=1k-8 not proven",
            "a gob → b gob: Encode/size=1k-8 not proven",
            "a gob → b json: Encode/size=1k-8 regressed",
        ],
    );
    check(&["a", "b", "--row", ".name pkg", "--filter", ".name:Sort"], 0, &["a → b: Sort ex.com/enc not proven"]);
    check(
        &["a", "c", "--table", "/format", "--filter", "-*Sort* -/format:xml /size:1k"],
        0,
        &["json: a → json: c: Encode/size=1k-8 improved", "gob: a → gob: c: Encode/size=1k-8 not proven"],
    );
}

#[test]
fn what_is_mixed_or_left_out_is_told() {
    #[track_caller]
    fn check(arguments: &[&str], expected: &[&str]) {
        let told = compare(arguments);
        let text = told.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in expected {
            assert!(text.contains(words), "{words:?} is not in {told:#?}");
        }
    }
    check(&["a", "--col", "/format"], &["without /format, and left out: `ex.com/enc.Sort-8`"]);
    check(
        &["a", "--col", "/format", "--row", ".name"],
        &["warning: 2 rows: mixes benchmarks that differ in /size (4k, 1k); take it into --row or --col, or say \
             --ignore /size"],
    );
    let ignored = compare(&["a", "--col", "/format", "--row", ".name", "--ignore", "/size"]);
    assert!(!ignored.stdout.contains("mixes benchmarks"), "{ignored:#?}");
    // A column of other benchmarks keeps nobody from comparing the rest.
    let of_size = ["a", "--col", "/size,/gomaxprocs", "--filter", ".unit:time"];
    check(&of_size, &["4k 8 → 1k 8: ", "warning: 4k 8 → 8: no row is in both columns"]);
    check(&["odd", "--col", ".fullname", "--filter", "X"], &["X/k=1 → X/k=2: ", "* time 5.000 ±∞ 9.000 ns"]);
    check(&["odd", "--col", "/k"], &["only `1` has `Y`: not compared", "1 → 2: "]);
    check(&["a", "odd", "--col", "/format", "--metric", "time"], &["json → xml: "]);
}

#[test]
fn rows_have_a_name_and_advice_can_be_typed() {
    let sixfold = |name: &str| format!("Benchmark{name}-8 1 5 ns/op\n").repeat(6);
    let of_package = ["pkg: p\n", &sixfold("A"), &sixfold("B")].concat();
    let odd_keys =
        ["json/a(b)=1k", "xml/a(b)=1k", "json/a(b)=2k", "xml/a(b)=2k"].map(|f| sixfold(&format!("E/format={f}")));
    let many =
        ["x", "y"].map(|format| (0..20).map(|i| sixfold(&format!("M/format={format}/k{i}={i}"))).collect::<String>());
    let desk = Desk::with(&[("package", &of_package), ("odd", &odd_keys.concat()), ("many", &many.concat())]);
    let told = |arguments: &str| desk.run(&format!("compare {arguments}")).stdout;
    assert!(told("package --col .fullname").contains("p.*"), "{}", told("package --col .fullname"));
    let mixed = told("odd --col /format --row .name");
    assert!(mixed.contains("--ignore \"/a(b)\""), "{mixed}");
    assert!(!told("odd --col /format --row .name --ignore \"/a(b)\"").contains("mixes"));
    let mixed = told("many --col /format --row .name");
    assert!(mixed.contains("differ in .fullname"), "{mixed}");
}

#[test]
fn columns_that_make_no_comparison_are_refused() {
    let check = |arguments: &[&str], expected: &[&str]| compare(arguments).refused(expected);
    check(&["a", "--col", "/fromat"], &["--col /fromat: no result has that", "take a key that differs"]);
    check(&["a", "--col", ""], &["--col names no key", "take a key that differs"]);
    check(&["a", "--col", "goos"], &["all results are of `linux`, and there is nothing to compare it with"]);
    check(&["a", "--col", "/format@"], &["--col: expected named sort order", "  /format@\n          ^\n"]);
    // The caret stands under the place, however wide what is before it.
    check(&["a", "--col", "日本@"], &["  日本@\n       ^\n"]);
    check(&["a", "b", "--filter", "日本 (x OR"], &["  日本 (x OR\n            ^\n"]);
    check(&["a", "--col", "/format", "--row", ".unit"], &["--row: .unit is only allowed in filters"]);
    check(
        &["odd", "--col", "/k@(1 2)", "--row", ".fullname", "--filter", "Y OR X/k=2"],
        &["1 → 2: no row is in both columns"],
    );
    // Whoever lists a column wants it compared.
    check(&["a", "--col", "/size,/gomaxprocs@(8)", "--filter", ".unit:time"], &["4k 8 → 8: no row is in both columns"]);
    let counts = ["meter", "--col", ".name", "--row", "harness", "--metric", "allocs"];
    check(&counts, &["meet in row `meter`, and are not the same thing", "--row or --col"]);
    compare(&["a", "b", "none"]).refused(&["no results named `none`"]);
    compare(&["a", "a", "--threshold", "some"]).code.filter(|code| *code == 2).expect("a percentage is wanted");
}

#[test]
fn rows_stand_in_the_order_that_is_asked_for() {
    let names = |sort: &str| {
        let told = compare(&["a", "b", "--metric", "time", "--format", "csv", "--sort", sort]);
        let name = |line: &str| line.split(',').next().unwrap().replace("ex.com/enc.Encode/format=", "");
        told.stdout.lines().skip(1).map(name).collect::<Vec<_>>()
    };
    let of_file =
        ["json/size=4k-8", "json/size=1k-8", "gob/size=4k-8", "gob/size=1k-8", "xml/size=4k-8", "xml/size=1k-8"];
    assert_eq!(names("order")[..6], of_file);
    assert_eq!(names("name")[..3], ["gob/size=1k-8", "gob/size=4k-8", "json/size=1k-8"]);
    assert_eq!(names("change")[..3], ["json/size=4k-8", "json/size=1k-8", "gob/size=1k-8"]);
    assert_eq!(names("verdict")[..2], ["json/size=4k-8", "json/size=1k-8"]);
}

#[test]
fn a_threshold_hides_what_changed_little_and_never_what_is_broken_or_not_proven() {
    let (old, new) = (
        "BenchmarkA 1 100 allocs/op\nBenchmarkB 1 100 allocs/op\n",
        "BenchmarkA 1 103 allocs/op\nBenchmarkB 1 97 allocs/op\n",
    );
    let desk = Desk::with(&[("old", old), ("new", new)]);
    desk.write("any.toml", "[[budget]]\nbenchmark = \"*\"\nmetric = \"allocs\"\nchange = \"<= +10%\"\n");
    let rows = |arguments: &str| {
        let told = desk.run(&format!("compare old new {arguments}"));
        let listed = told.stdout.lines().filter(|line| line.starts_with("A  ") || line.starts_with("B  ")).count();
        (told.code, listed, told.stdout.contains("changed by less than 5 %, as --threshold says"))
    };
    assert_eq!(rows(""), (Some(1), 2, false));
    assert_eq!(rows("--threshold 5%"), (Some(1), 1, true), "A is broken");
    assert_eq!(rows("--threshold 5 --config any.toml"), (Some(0), 0, true));
    assert_eq!(rows("--threshold 5% --config any.toml --all"), (Some(0), 0, true));
    assert_eq!(rows("--threshold 2%"), (Some(1), 2, false));
    let csv = desk.run("compare old new --threshold 5% --format csv");
    assert_eq!(csv.stdout.lines().count(), 3, "programs get all rows: {csv:#?}");
}

#[test]
fn reports_of_several_columns_follow_each_other_where_a_format_holds_them() {
    let stdout = |format: &str| compare(&["a", "b", "c", "--metric", "time", "--format", format]).stdout;
    let table = stdout("table");
    assert!(table.starts_with("FAILED  a → b: failed  a → c: passed\n\nFAILED  a → b: "), "{table}");
    assert!(table.contains("\n\nPASSED  a → c: "), "{table}");
    let csv = stdout("csv");
    assert_eq!(csv.lines().filter(|line| line.starts_with("benchmark,")).count(), 1, "{csv}");
    assert_eq!(csv.lines().count(), 1 + 2 * 7, "{csv}");
    assert!(csv.lines().skip(8).all(|line| line.ends_with(",a,c")), "{csv}");
    let markdown = stdout("markdown");
    let overview = "<!-- regress: regress -->\n### FAILED\n\n- a → b: failed\n- a → c: passed\n\n";
    assert!(markdown.starts_with(overview), "{markdown}");
    assert_eq!(markdown.matches("<!--").count(), 1, "{markdown}");
}

#[test]
fn budgets_of_names_that_the_columns_take_apart_are_told() {
    let lines = |format: &str| format!("BenchmarkEnc/format={format} 1 100 ns/op 9 allocs/op\n").repeat(8);
    let budget = "[[budget]]\nbenchmark = \"Enc/format=gob\"\nmetric = \"allocs\"\nlimit = \"<= 5\"\n";
    let desk = Desk::with(&[("all.txt", &(lines("json") + &lines("gob"))), ("regress.toml", budget)]);
    assert_eq!(desk.run("check all.txt").code, Some(1));
    let told = desk.run("compare all.txt --col /format --format json");
    assert!(told.stdout.contains("budgets of `Enc/format=gob` (line 1)"), "{told:#?}");
}
