//! Where results are looked for, and what they are called.

use std::process::Command;

use super::{Desk, Told, told};

/// A workspace with a package in it, in which two harnesses ran. `target` is where they put their results.
fn project(target: &str) -> Desk {
    let desk = Desk::with(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"suite\"]\nresolver = \"3\"\n"),
        ("suite/Cargo.toml", "[package]\nname = \"suite\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("suite/src/lib.rs", ""),
    ]);
    desk.copy_corpus("criterion/0.8.2/embed", &format!("{target}/criterion/embed"));
    desk.copy_corpus("meter/0.1.0/bench-meter", &format!("{target}/meter/bench-meter"));
    desk
}

/// `regress` in a directory of the project, with variables of the environment.
fn run(desk: &Desk, directory: &str, variables: &[(&str, &str)], arguments: &str) -> Told {
    let mut command: Command = desk.command(arguments);
    command.current_dir(desk.path(directory)).envs(variables.iter().copied());
    told(command)
}

#[test]
fn results_are_found_wherever_the_environment_put_them() {
    #[track_caller]
    fn check(target: &str, variables: &[(&str, &str)]) {
        let desk = project(target);
        let target = desk.path(target).display().to_string();
        let variables: Vec<(&str, String)> =
            variables.iter().map(|(name, value)| (*name, value.replace("<target>", &target))).collect();
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for directory in ["", "suite", "suite/src"] {
            let told = run(&desk, directory, &variables, "list");
            assert_eq!(told.code, Some(0), "in `{directory}`: {told:#?}");
            let names: Vec<&str> = told.stdout.lines().filter_map(|line| line.split(' ').next()).collect();
            assert_eq!(names, ["base", "new", "v1"], "in `{directory}`: {told:#?}");
            // Of both harnesses.
            let new = told.stdout.lines().find(|line| line.starts_with("new ")).unwrap();
            assert!(new.contains("allocs") && new.contains("time"), "in `{directory}`: {told:#?}");
            let told = run(&desk, directory, &variables, "compare base v1");
            assert_eq!(told.code, Some(0), "in `{directory}`: {told:#?}");
        }
    }
    check("target", &[]);
    check("elsewhere/deep", &[("CARGO_TARGET_DIR", "<target>")]);
    check(
        "elsewhere",
        &[("CARGO_TARGET_DIR", "nowhere"), ("CRITERION_HOME", "<target>/criterion"), ("METER_HOME", "<target>/meter")],
    );
}

/// cargo takes it from where it was started, criterion from the package whose benchmark it is.
#[test]
fn a_relative_target_directory_is_looked_for_where_cargo_and_where_criterion_put_it() {
    for target in ["out", "suite/out"] {
        let desk = project(target);
        let told = run(&desk, "", &[("CARGO_TARGET_DIR", "out")], "compare base v1");
        assert_eq!(told.code, Some(0), "{target}: {told:#?}");
    }
    let desk = project("suite/homes");
    let homes = [("CRITERION_HOME", "homes/criterion"), ("METER_HOME", "homes/meter")];
    assert_eq!(run(&desk, "suite", &homes, "compare base v1").code, Some(0));
    // Both at once are two directories of one run: the same benchmark in each is two processes of it.
    let desk = project("out");
    desk.copy_corpus("criterion/0.8.2/embed", "suite/out/criterion/embed");
    let told = run(&desk, "", &[("CARGO_TARGET_DIR", "out")], "compare base v1 --format json");
    let report: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(report["rows"][0]["old"]["processes"], 2, "{told:#?}");
}

#[test]
fn outside_of_a_project_the_directory_is_the_project() {
    let desk = Desk::with(&[]);
    desk.copy_corpus("criterion/0.8.2/embed", "target/criterion/embed");
    assert_eq!(desk.run("compare base v1").code, Some(0));
    let told = Desk::with(&[]).run("list");
    assert_eq!(told.code, Some(0));
    assert_eq!(told.stdout, "no results yet; to measure: cargo bench -- --save-baseline=old\n");
}

#[test]
fn a_directory_of_a_harness_is_named_with_its_baseline() {
    let desk = Desk::with(&[]);
    desk.copy_corpus("criterion/0.8.2/embed", "results/embed");
    desk.copy_corpus("iai-callgrind/0.16.1/embed", "counts/embed");
    assert_eq!(desk.run("compare results@base results@v1").code, Some(0));
    assert!(desk.run("check results --all").stdout.contains("embed/both"), "only `new` has it");
    desk.run("check results@bose")
        .refused(&["results: no results named `bose`", "did you mean `base`? there are: base, new, v1"]);
    std::fs::remove_dir_all(desk.path("results/embed/dot/128/new")).unwrap();
    for rest in ["bits", "both", "bytes", "bytesdec"] {
        std::fs::remove_dir_all(desk.path(&format!("results/embed/{rest}"))).unwrap();
    }
    desk.run("check results")
        .refused(&["results: results of several names", "say which: results@NAME, with one of: base, v1"]);
    // Further processes of one side; and harnesses of different kinds, joined.
    desk.copy_corpus("criterion/0.8.2/embed", "more/embed");
    assert_eq!(desk.run("compare results@base,more@v1 results@v1").code, Some(0));
    let told = desk.run("check results@v1,counts --all");
    assert!(told.stdout.contains("instructions") && told.stdout.contains("time"), "{told:#?}");
}

#[test]
fn a_directory_of_files_takes_each_as_a_further_process() {
    let line = |nanoseconds: u32| format!("BenchmarkA 1 {nanoseconds} ns/op 0 allocs/op\n");
    let desk = Desk::with(&[("runs/1.txt", &line(10)), ("runs/2.txt", &line(11)), ("runs/3.txt", &line(12))]);
    let told = desk.run("check runs --format csv --metric time");
    assert!(told.stdout.lines().nth(1).unwrap().contains(",3,3,"), "3 measurements of 3 processes: {told:#?}");
    desk.run("check runs@1").refused(&["runs: no results named `1`", "name a file of it: runs/1"]);
}

#[test]
fn a_file_comes_before_a_name_that_is_spelled_alike() {
    let desk = project("target");
    desk.write("base", "BenchmarkOnlyInTheFile 1 1 allocs/op\n");
    assert!(desk.run("check base --all").stdout.contains("OnlyInTheFile"));
    assert!(!desk.run("check v1 --all").stdout.contains("OnlyInTheFile"));
    // And whatever is in its name.
    desk.write("a,b=c", "BenchmarkOnlyInTheFile 1 1 allocs/op\n");
    assert!(desk.run("check a,b=c --all").stdout.contains("OnlyInTheFile"));
}

#[test]
fn a_name_that_is_found_nowhere_says_where_it_was_looked_for() {
    let desk = project("target");
    desk.write("baselines/main.json", std::fs::read(corpus("regress/1/main.json")).unwrap());
    desk.run("compare bse new").refused(&[
        "no results named `bse`, and no such file; looked in target/criterion, target/meter, baselines/\n",
        "did you mean `base`? there are: base, new, v1, baselines/main; to measure: cargo bench -- --save-baseline=bse\n",
    ]);
    desk.run("compare mian new").refused(&["did you mean `main`?"]);
    desk.run("compare baselines/mian new").refused(&[
        "no results named `baselines/mian`",
        "did you mean `baselines/main`? there are: base",
        "to keep some: regress record mian",
    ]);
    desk.run("compare results/old.json new").refused(&["results/old.json: no such file or directory"]);
    for nameless in ["compare base, new", "compare base new=", "check ,"] {
        desk.run(nameless).refused(&["a name is missing"]);
    }
    run(&desk, "suite", &[], "compare bse new").refused(&["target/criterion", "/baselines/"]);
}

fn corpus(path: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(path)
}

#[test]
fn the_nearest_configuration_holds() {
    let desk = project("target");
    let limit = |limit: &str| format!("[[budget]]\nbenchmark = \"*\"\nmetric = \"time\"\nlimit = \"{limit}\"\n");
    desk.write("regress.toml", limit("< 1 h"));
    assert_eq!(run(&desk, "suite/src", &[], "check new").code, Some(2), "there is no unit `h`");
    desk.write("regress.toml", limit("< 1 ns"));
    assert_eq!(run(&desk, "suite/src", &[], "check new").code, Some(1));
    desk.write("suite/regress.toml", limit("< 1 s"));
    assert_eq!(run(&desk, "suite/src", &[], "check new").code, Some(0));
    assert_eq!(run(&desk, "", &[], "check new").code, Some(1));
    assert_eq!(run(&desk, "", &[], "check new --config suite/regress.toml").code, Some(0));
    run(&desk, "", &[], "check new --config none.toml")
        .refused(&["none.toml: ", "check the path, or leave --config out"]);
}

/// GitHub and SARIF look for a file from the top of the repository, a person from where he stands.
#[test]
fn the_configuration_further_up_has_a_place_for_everyone() {
    let desk = Desk::with(&[("crates/fast/new", "BenchmarkA 1000 9 allocs/op\n")]);
    let budgets = "[[budget]]\nbenchmark = \"*\"\nmetric = \"allocs\"\nlimit = \"== 0\"\n";
    desk.write("crates/regress.toml", budgets);
    git2::Repository::init(desk.path("")).unwrap();
    let check = |format: &str| run(&desk, "crates/fast", &[], &format!("check new --format {format}")).stdout;
    assert!(check("table").contains("(../regress.toml:1)"), "{}", check("table"));
    assert!(check("github").contains("file=crates/regress.toml,line=1,"), "{}", check("github"));
    assert!(check("sarif").contains("\"uri\": \"crates/regress.toml\""), "{}", check("sarif"));
    run(&desk, "crates/fast", &[], "signoff --release v1 new");
    let signed = std::fs::read_to_string(desk.path("crates/fast/signoff-v1.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&signed).unwrap();
    assert_eq!(document["content"]["recipe"]["config"], "../regress.toml");
    assert!(!signed.contains(&desk.path("").display().to_string()), "{signed}");
    assert_eq!(run(&desk, "crates/fast", &[], "signoff --verify signoff-v1.json").code, Some(0));
}

#[test]
fn the_advice_does_not_lead_into_the_trap_of_criterion() {
    let told = Desk::with(&[]).run("check new");
    told.refused(&["no results named `new`", "to measure: cargo bench"]);
    assert!(!told.stderr.contains("--save-baseline=new"), "{told:#?}");
}
