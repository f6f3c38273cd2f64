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
    check("--filter Concta", &["--filter `Concta` matches no benchmark", "did you mean `Concat`?"]);
    check("--filter Concat --filter nothing", &["--filter `nothing` matches no benchmark"]);
    check("--metric alocs", &["--metric `alocs` was not measured", "did you mean `allocs`? there are: allocs, time"]);
    check("--metric time --metric instructions", &["--metric `instructions` was not measured"]);
    check("--without alocs", &["--without `alocs` was not measured", "did you mean `allocs`?"]);
    check("--filter nix --metric nix --without nix", &["--filter `nix`", "--metric `nix`", "--without `nix`"]);
    check("--metric time --exact", &["nothing is left to look at: no result matches --filter, --metric, --exact"]);
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
