//! `budget tighten` and `budget init`: what they write is kept by the results they were given.

use std::fs;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use regress::compare::survey;
use regress::io::{Change, ConfigFile, Occasion, Project, Settings, config_of, load_config};
use regress::model::{BenchId, Exact, Metric, Nature, Observation, Processes, Provenance, Run, Values};
use regress::policy::{Conclusion, Request, Room, Selection, judge, propose, tighten};
use regress::stats::Sample;
use tempfile::TempDir;

/// Benchmark, metric and a number; of a time, its median in nanoseconds.
type Measured = Vec<(String, &'static str, u64, u64)>;

fn measured() -> impl Strategy<Value = Measured> {
    let name = "[ab*?](/[ab\"#\n\u{7f}\\\\]){0,2}";
    let row =
        (name, select(vec!["allocs", "alloc-bytes", "peak-bytes", "instructions", "time"]), 0..5000_u64, 1..4_u64);
    vec(row, 1..8)
}

fn run(measured: &Measured) -> Run {
    let mut observations: Vec<Observation> = Vec::new();
    for (id, metric, number, operations) in measured {
        let metric = Arc::new(Metric::known(metric));
        let values = match metric.nature {
            Nature::Counted => Values::Exact(Exact::new(*number, *operations).unwrap()),
            Nature::Timed => {
                let seconds = (0..7 * operations).map(|i| (1 + number + i % 5) as f64 * 1.37e-9).collect();
                Values::Sampled(Processes::one(Sample::new(seconds).unwrap()))
            }
        };
        let id = BenchId::new(id);
        if observations.iter().all(|known| (&known.id, &known.metric.name) != (&id, &metric.name)) {
            observations.push(Observation { id, metric, values, harness: "test".into(), origin: "here".into() });
        }
    }
    Run::new("run", Provenance::default(), Vec::new(), observations).expect("each once")
}

/// A directory with a configuration in it.
struct Desk {
    project: Project,
    home: TempDir,
}

impl Desk {
    fn with(text: &str) -> Desk {
        let desk = Desk { project: Project::here().unwrap(), home: TempDir::new().unwrap() };
        fs::write(desk.path(), text).unwrap();
        desk
    }

    fn path(&self) -> std::path::PathBuf {
        self.home.path().join("regress.toml")
    }

    fn settings(&self) -> Settings {
        load_config(Some(&self.path()), &self.project, &Occasion::plain()).expect("it is a configuration")
    }

    fn conclusion(&self, new: &Run) -> Conclusion {
        let Settings { options, policy, .. } = self.settings();
        let (comparisons, selection, unmeasured) = (survey(new, &options), Selection::default(), Vec::new());
        let request = Request {
            comparisons,
            old: None,
            new,
            policy: &policy,
            options: &options,
            selection: &selection,
            unmeasured,
        };
        judge(request).expect("every budget speaks of something").conclusion()
    }

    /// Tightens as `--write` does; how many limits.
    fn tighten(&self, new: &Run) -> usize {
        let Settings { options, policy, .. } = self.settings();
        let rows = survey(new, &options);
        let reached = tighten(&policy.budgets, &rows, &rows, &options);
        let changes: Vec<Change> = reached
            .into_iter()
            .filter_map(|reached| match reached.room {
                Room::Tighter(value) => Some(Change { line_number: reached.line_number, key: "limit", value }),
                Room::None | Room::Beyond | Room::Unmeasured => None,
            })
            .collect();
        let file = ConfigFile::read(&self.path(), &self.project).unwrap();
        let text = file.with(&changes).expect("it stays a configuration");
        assert_eq!(file.patch(&text).is_empty(), changes.is_empty());
        file.write(&text).unwrap();
        changes.len()
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }
}

fn comments(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| Some(line.split_once("# ")?.1)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_was_tightened_is_kept_by_the_same_results_and_cannot_be_tightened_again(
        measured in measured(), patterns in vec((select(vec!["*", "a/*", "b", "*/a"]), 0..3_usize), 1..5)
    ) {
        let new = run(&measured);
        let metrics = [("allocs", "< 6000"), ("alloc-bytes", "<= 64 KiB"), ("time", "<= 1 ms")];
        let mut text = "# the whole\n[compare] # how\nbetween_runs = \"+20%\"\n".to_owned();
        let mut known: Vec<(&str, usize)> = Vec::new();
        for (number, (pattern, metric)) in patterns.iter().enumerate() {
            let metric = *metric;
            let speaks = new.observations().iter().any(|observation| {
                regress::select::Pattern::new(pattern).matches(&observation.id) && &*observation.metric.name == metrics[metric].0
            });
            if !speaks || known.contains(&(*pattern, metric)) {
                continue;
            }
            known.push((*pattern, metric));
            let (metric, limit) = metrics[metric];
            text += &format!("\n# before {number}\n[[budget]]\nbenchmark= \"{pattern}\"\n  metric = '{metric}'\nlimit =  \"{limit}\" # so far {number}\n");
        }
        prop_assume!(!known.is_empty());
        let desk = Desk::with(&text);
        prop_assert_eq!(desk.conclusion(&new), Conclusion::Passed);
        desk.tighten(&new);
        prop_assert_eq!(desk.conclusion(&new), Conclusion::Passed, "{}", desk.text());
        prop_assert_eq!(desk.tighten(&new), 0, "{}", desk.text());
        let after = desk.text();
        prop_assert_eq!(comments(&after), comments(&text));
        prop_assert_eq!(after.lines().count(), text.lines().count());
    }

    #[test]
    fn what_was_proposed_is_kept_by_the_same_results_and_is_tight(measured in measured()) {
        let new = run(&measured);
        let proposals = propose(&new, &Default::default());
        let desk = Desk::with(&config_of(&["heading".to_owned()], &proposals));
        prop_assert_eq!(desk.conclusion(&new), Conclusion::Passed, "{}", desk.text());
        prop_assert_eq!(desk.tighten(&new), 0, "{}", desk.text());
    }
}

const SORTS: &str = "\
BenchmarkSort/n10 1000 3 allocs/op
BenchmarkSort/n100 1000 5 allocs/op
BenchmarkSort/n1000 1000 9 allocs/op
BenchmarkParse 1000 4 allocs/op
";

/// A limit is lowered by what was measured: not by what was left out.
#[test]
fn a_limit_stays_while_a_part_of_its_benchmarks_is_missing() {
    let budgets = "[[budget]]\nbenchmark = \"Sort\"\nmetric = \"allocs\"\nlimit = \"<= 20\"\n\
        [[budget]]\nbenchmark = \"Parse\"\nmetric = \"allocs\"\nlimit = \"<= 20\"\n";
    let few = SORTS.lines().filter(|line| !line.contains("n1000")).map(|line| format!("{line}\n")).collect::<String>();
    let desk = super::cmd::Desk::with(&[("all", SORTS), ("few", &few), ("regress.toml", budgets)]);
    #[track_caller]
    fn check(desk: &super::cmd::Desk, arguments: &str, limits: &[&str], told: &[&str]) {
        let shown = desk.run(&format!("budget tighten {arguments}"));
        assert_eq!(shown.code, Some(0), "{shown:#?}");
        let new: Vec<&str> = shown.stdout.lines().filter_map(|line| line.strip_prefix("+limit = ")).collect();
        assert_eq!(new, limits, "{shown:#?}");
        let lines: Vec<&str> = shown.stderr.lines().skip(1).map(str::trim_start).collect();
        assert_eq!(lines, told, "{shown:#?}");
    }
    let (sort, parse) = ("line 1: <= 5 of Sort/n100, the worst of 2 benchmarks", "line 5: <= 4 of Parse");
    let nobody = "whether all benchmarks were measured nobody knows: there is no baselines/main.json (--baseline)";
    check(&desk, "few", &["\"<= 5\"", "\"<= 4\""], &[sort, parse, nobody]);
    let lack = "1 of its 3 benchmarks not measured (`Sort/n1000`)";
    let stays = format!("line 1: stays; {lack}; measure all, or say --partial");
    check(&desk, "few --baseline all", &["\"<= 4\""], &[&stays, parse]);
    assert_eq!(desk.run("record main --from all").code, Some(0));
    check(&desk, "few", &["\"<= 4\""], &[&stays, parse]);
    check(&desk, "few --partial", &["\"<= 5\"", "\"<= 4\""], &[&format!("{sort}; {lack}"), parse]);
    let whole = "line 1: <= 9 of Sort/n1000, the worst of 3 benchmarks";
    check(&desk, "all", &["\"<= 9\"", "\"<= 4\""], &[whole, parse]);
    // What was renamed is not missing.
    let renamed = SORTS.replace("Sort/n1000", "Sort/big");
    desk.write("renamed", renamed);
    desk.write("regress.toml", format!("{budgets}[[alias]]\nfrom = \"Sort/n1000\"\nto = \"Sort/big\"\n"));
    check(&desk, "renamed", &["\"<= 9\"", "\"<= 4\""], &[&whole.replace("n1000", "big"), parse]);
}

/// A baseline of counts knows the benchmarks, if not which of them are timed.
#[test]
fn a_baseline_without_the_metric_says_which_benchmarks_there_are() {
    let times = |names: &[&str]| {
        names.iter().map(|name| format!("Benchmark{name} 1 100 ns/op\n").repeat(8)).collect::<String>()
    };
    let budgets = "[[budget]]\nbenchmark = \"*\"\nmetric = \"time\"\nlimit = \"< 1 ms\"\n";
    let desk = super::cmd::Desk::with(&[("counts", SORTS), ("regress.toml", budgets)]);
    desk.write("few", times(&["Parse", "Sort/n10"]));
    desk.write("all", times(&["Parse", "Sort/n10", "Sort/n100", "Sort/n1000"]));
    assert!(desk.run("budget tighten few --baseline counts").stdout.is_empty());
    assert!(!desk.run("budget tighten all --baseline counts").stdout.is_empty());
}

/// A bench target that did not run is no progress, whatever else was measured of its benchmarks.
#[test]
fn what_a_baseline_has_with_the_metric_is_a_hole() {
    let budgets = "[[budget]]\nbenchmark = \"*\"\nmetric = \"allocs\"\nlimit = \"<= 100\"\n";
    let full = "BenchmarkA 1 10 ns/op 12 allocs/op\nBenchmarkB 1 10 ns/op 80 allocs/op\n";
    let part = "BenchmarkA 1 10 ns/op 12 allocs/op\nBenchmarkB 1 10 ns/op\n";
    let desk = super::cmd::Desk::with(&[("full", full), ("part", part), ("regress.toml", budgets)]);
    assert!(desk.run("budget tighten part --baseline full").stdout.is_empty());
    assert!(desk.run("budget tighten full --baseline full").stdout.contains("<= 80"));
}

/// What is counted and not timed cannot be timed: it does not stand in the way of a limit for times.
#[test]
fn what_does_not_have_the_metric_at_all_is_told_and_no_hole() {
    let times = "BenchmarkParse 1 100 ns/op\n".repeat(8);
    let budgets = "[[budget]]\nbenchmark = \"*\"\nmetric = \"time\"\nlimit = \"< 1 ms\"\n";
    let desk =
        super::cmd::Desk::with(&[("counts", SORTS), ("new", &[SORTS, &times].concat()), ("regress.toml", budgets)]);
    let told = desk.run("budget tighten new --baseline counts");
    assert!(told.stdout.contains("+limit = \"<= "), "{told:#?}");
    let without = "; 3 benchmarks without this metric (`Sort/n10`, `Sort/n100`, `Sort/n1000`)";
    assert!(told.stderr.contains(&format!(" of Parse{without}\n")), "{told:#?}");
}

#[test]
fn the_baseline_is_found_from_below_the_configuration() {
    let budgets = "[[budget]]\nbenchmark = \"*\"\nmetric = \"allocs\"\nlimit = \"<= 20\"\n";
    let few = SORTS.lines().next().unwrap_or_default();
    let desk = super::cmd::Desk::with(&[("all", SORTS), ("deep/er/few", few), ("regress.toml", budgets)]);
    let below = |arguments: &str| {
        let mut command = desk.command(arguments);
        command.current_dir(desk.path("deep/er"));
        super::cmd::told(command)
    };
    let nobody = "there is no ../../baselines/main.json (--baseline)";
    assert!(below("budget tighten few").stderr.contains(nobody), "{:#?}", below("budget tighten few"));
    assert_eq!(below("record main --from ../../all").code, Some(0));
    assert!(desk.path("baselines/main.json").is_file(), "beside the configuration");
    let told = below("budget tighten few");
    assert!(told.stdout.is_empty() && told.stderr.contains("3 of its 4 benchmarks not measured"), "{told:#?}");
    assert_eq!(below("compare main few").code, Some(1), "three vanished");
    // Also where cargo knows only the part below.
    desk.write("deep/Cargo.toml", "[package]\nname = \"deep\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    desk.write("deep/src/lib.rs", "");
    assert_eq!(below("budget tighten few"), told);
}

#[test]
fn no_budget_is_proposed_that_could_not_fire() {
    let desk = super::cmd::Desk::with(&[
        ("once", "BenchmarkA 1 100 ns/op\nBenchmarkB 1 200 ns/op\n"),
        ("counted", "BenchmarkA 1 100 ns/op 3 allocs/op\n"),
    ]);
    let why = "too few measurements to show anything; take at least ";
    desk.run("budget init once").refused(&["`once` holds neither counts nor times that a budget could bound", why]);
    let shown = desk.run("budget init counted --write");
    assert!(shown.stdout.contains(why) && !shown.stdout.contains("change  "), "{shown:#?}");
    assert_eq!(shown.stderr, "regress: regress.toml: 1 budget\n");
    let checked = desk.run("check counted");
    assert!(checked.code == Some(0) && checked.stdout.contains("armed: 1 of 1 rule"), "{checked:#?}");
}

#[test]
fn the_patch_is_byte_for_byte_what_git_applies() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let results = "BenchmarkA 1000 3 allocs/op\n";
        let desk = super::cmd::Desk::with(&[("new", results), ("regress.toml", text)]);
        let shown = desk.run("budget tighten new");
        assert_eq!(shown.code, Some(0), "{shown:#?}");
        desk.write("patch", &shown.stdout);
        let git =
            std::process::Command::new("git").args(["apply", "patch"]).current_dir(desk.path("")).output().unwrap();
        assert!(git.status.success(), "{git:?}\n{}", shown.stdout);
        assert_eq!(fs::read_to_string(desk.path("regress.toml")).unwrap(), expected);
        desk.write("regress.toml", text);
        assert_eq!(desk.run("budget tighten new --write").stdout, shown.stdout);
        assert_eq!(fs::read_to_string(desk.path("regress.toml")).unwrap(), expected);
    }
    let budget = |limit: &str, end: &str| {
        format!("[[budget]]{end}benchmark\t= \"A\"{end}metric\t= \"allocs\"{end}limit\t= \"{limit}\"\t# so far")
    };
    check(&budget("< 9", "\n"), &budget("<= 3", "\n"));
    check(&(budget("< 9", "\n") + "\n"), &(budget("<= 3", "\n") + "\n"));
    check(&(budget("< 9", "\r\n") + "\r\n"), &(budget("<= 3", "\r\n") + "\r\n"));
}
