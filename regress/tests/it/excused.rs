//! What a waiver, an older breach and a profile excuse, and what they never do.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::btree_map;
use proptest::prelude::*;
use regress::compare::{Options, compare, survey};
use regress::model::{BenchId, Exact, Metric, Observation, Processes, Provenance, Run, Values};
use regress::policy::{
    Aliases, ArmedState, Budgets, Conclusion, Day, Entry, Excuse, Field, Judgement, LEVEL_KEYS, Level, Outcome, Policy,
    Profile, RULES, Request, RuleKind, Selection, Source, Topic, Value, Verdicts, WaiverState, Waivers, judge,
};
use regress::stats::Sample;

// ---- runs and policies ----------------------------------------------------------------------------------------------

/// Benchmarks with the allocations of both sides.
type Counts = BTreeMap<String, (u64, u64)>;

fn counts() -> impl Strategy<Value = Counts> {
    btree_map("[a-d]", (0..20_u64, 0..20_u64), 1..5)
}

fn run_of(counts: &Counts, side: fn(&(u64, u64)) -> u64) -> Run {
    let observation = |(id, sides): (&String, &(u64, u64))| Observation {
        id: BenchId::new(id),
        metric: Arc::new(Metric::known("allocs")),
        values: Values::Exact(Exact::once(side(sides))),
        harness: "meter".into(),
        origin: "here".into(),
    };
    Run::new("run", Provenance::default(), Vec::new(), counts.iter().map(observation).collect()).unwrap()
}

fn judged(counts: &Counts, policy: &Policy) -> Verdicts {
    let (old, new) = (run_of(counts, |sides| sides.0), run_of(counts, |sides| sides.1));
    judged_runs(Some(&old), &new, policy)
}

fn judged_runs(old: Option<&Run>, new: &Run, policy: &Policy) -> Verdicts {
    let options = Options::default();
    let comparisons = old.map_or_else(|| survey(new, &options), |old| compare(old, new, &options));
    let selection = Selection::default();
    judge(Request { comparisons, old, new, policy, options: &options, selection: &selection, unmeasured: Vec::new() })
        .expect("the rules hold for every benchmark")
}

fn entry(line_number: usize, keys: &[(&str, &str)]) -> Entry {
    let field = |(key, text): &(&str, &str)| {
        let value = match *text {
            "true" => Value::Boolean(true),
            text => Value::Text(text.to_owned()),
        };
        Field { key: (*key).to_owned(), value, line_number }
    };
    Entry { line_number, fields: keys.iter().map(field).collect() }
}

fn limited(limit: &str) -> Policy {
    budgets(&[&[("benchmark", "*"), ("metric", "allocs"), ("limit", limit)]])
}

fn budgets(written: &[&[(&str, &str)]]) -> Policy {
    let entries: Vec<Entry> = (1..).zip(written).map(|(line_number, keys)| entry(line_number, keys)).collect();
    Policy::from(Budgets::from_entries(&entries).expect("the budgets of the tests make sense"))
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// On 2026-11-21, a waiver of the allocations of one benchmark.
fn waived(policy: &Policy, benchmark: &str, ceiling: u64, expires: &str) -> Policy {
    let ceiling = ceiling.to_string();
    let who = [("reason", "r"), ("issue", "#1"), ("owner", "o"), ("expires", expires)];
    let what = [("benchmark", benchmark), ("metric", "allocs"), ("ceiling", &*ceiling)];
    let keys: Vec<_> = what.into_iter().chain(who).collect();
    let waivers = Waivers::from_entries(&[entry(50, &keys)], &policy.budgets, day("2026-11-21")).unwrap();
    Policy { waivers, ..policy.clone() }
}

fn profiled(policy: &Policy, keys: &[(&str, &str)]) -> Policy {
    let entries = [("ci".to_owned(), entry(70, keys))];
    let mut profiles = Profile::from_entries(&entries, &policy.budgets).unwrap();
    Policy { profile: profiles.remove(0), ..policy.clone() }
}

fn judgements<'a>(verdicts: &'a Verdicts, benchmark: &str) -> Vec<&'a Judgement> {
    let rows = verdicts.rows.iter().filter(|row| row.comparison.id.as_str() == benchmark);
    rows.flat_map(|row| &row.judgements).collect()
}

fn all(verdicts: &Verdicts) -> impl Iterator<Item = &Judgement> {
    verdicts.rows.iter().flat_map(|row| &row.judgements)
}

fn one(old: u64, new: u64) -> Counts {
    Counts::from([("a".to_owned(), (old, new))])
}

// ---- waivers --------------------------------------------------------------------------------------------------------

proptest! {
    #[test]
    fn a_waiver_never_excuses_beyond_its_ceiling(counts in counts(), limit in 0..20_u64, ceiling in 0..20_u64) {
        let policy = waived(&limited(&format!("<= {limit}")), "a", ceiling, "2026-12-31");
        for judgement in all(&judged(&counts, &policy)).filter(|j| matches!(j.excuse, Some(Excuse::Waived(_)))) {
            prop_assert_eq!(judgement.outcome, Outcome::Excused);
            prop_assert!(counts["a"].1 <= ceiling);
        }
    }

    #[test]
    fn a_waiver_changes_no_other_row(counts in counts(), limit in 0..20_u64, ceiling in 0..20_u64, past in any::<bool>()) {
        let policy = limited(&format!("<= {limit}"));
        let expires = if past { "2026-01-01" } else { "2026-12-31" };
        let (before, after) = (judged(&counts, &policy), judged(&counts, &waived(&policy, "a", ceiling, expires)));
        for benchmark in counts.keys().filter(|id| *id != "a") {
            prop_assert_eq!(judgements(&before, benchmark), judgements(&after, benchmark));
        }
    }

    #[test]
    fn an_expired_waiver_excuses_nothing(counts in counts(), limit in 0..20_u64, ceiling in 0..20_u64) {
        let policy = limited(&format!("<= {limit}"));
        let after = judged(&counts, &waived(&policy, "a", ceiling, "2026-11-20"));
        prop_assert!(all(&after).all(|judgement| !matches!(judgement.excuse, Some(Excuse::Waived(_)))));
        let before = judged(&counts, &policy);
        prop_assert!(after.conclusion() == before.conclusion() || after.conclusion() == Conclusion::Failed);
    }

    #[test]
    fn a_hard_budget_is_never_waived(counts in counts(), limit in 0..20_u64, ceiling in 0..20_u64) {
        prop_assume!(ceiling <= limit); // else it is refused
        let hard = budgets(&[&[("benchmark", "*"), ("metric", "allocs"), ("limit", &format!("<= {limit}")), ("hard", "true")]]);
        let after = judged(&counts, &waived(&hard, "a", ceiling, "2026-12-31"));
        let limits = all(&after).filter(|judgement| judgement.rule == RuleKind::Limit);
        prop_assert!(limits.into_iter().all(|judgement| !matches!(judgement.excuse, Some(Excuse::Waived(_)))));
    }
}

/// A limit of 10: `old` → `new` with a waiver up to 15 that holds until `expires`.
#[track_caller]
fn check_waiver(old: u64, new: u64, expires: &str, state: WaiverState, conclusion: Conclusion) {
    let verdicts = judged(&one(old, new), &waived(&limited("<= 10"), "a", 15, expires));
    assert_eq!((verdicts.waivers[0].state, verdicts.conclusion()), (state, conclusion), "{verdicts:?}");
}

#[test]
fn what_becomes_of_a_waiver() {
    check_waiver(8, 12, "2026-12-31", WaiverState::InForce, Conclusion::Passed);
    check_waiver(8, 12, "2026-11-21", WaiverState::InForce, Conclusion::Passed); // its last day
    check_waiver(8, 12, "2026-11-20", WaiverState::Expired, Conclusion::Failed);
    check_waiver(8, 16, "2026-12-31", WaiverState::Exceeded, Conclusion::Failed);
    check_waiver(8, 8, "2026-12-31", WaiverState::Unused, Conclusion::Passed);
    check_waiver(8, 8, "2026-11-20", WaiverState::Unused, Conclusion::Passed);
    // An older breach whose waiver has run out is due, and so is one that has grown beyond it.
    check_waiver(12, 12, "2026-11-20", WaiverState::Expired, Conclusion::Failed);
    check_waiver(16, 16, "2026-12-31", WaiverState::Exceeded, Conclusion::Failed);
}

#[test]
fn a_waiver_of_what_is_hard_or_not_there_is_told() {
    let hard = [("benchmark", "a"), ("metric", "allocs"), ("limit", "<= 15"), ("hard", "true")];
    let refused = judged(&one(15, 16), &waived(&budgets(&[&hard]), "a", 15, "2026-12-31"));
    assert_eq!((refused.waivers[0].state, refused.conclusion()), (WaiverState::Exceeded, Conclusion::Failed));
    let hard = [("benchmark", "a"), ("metric", "allocs"), ("change", "<= +0%"), ("hard", "true")];
    let soft = [("benchmark", "a"), ("metric", "allocs"), ("limit", "<= 20")];
    let refused = judged(&one(14, 15), &waived(&budgets(&[&hard, &soft]), "a", 15, "2026-12-31"));
    assert_eq!((refused.waivers[0].state, refused.conclusion()), (WaiverState::Refused, Conclusion::Failed));

    let strict = profiled(&waived(&limited("<= 10"), "b", 15, "2026-12-31"), &[("on_unused_waiver", "fail")]);
    let unused = judged(&one(1, 1), &strict);
    assert_eq!((unused.waivers[0].state, unused.conclusion()), (WaiverState::Unused, Conclusion::Failed));
    let off = profiled(&strict, &[("on_unused_waiver", "off")]);
    assert_eq!(judged(&one(1, 1), &off).conclusion(), Conclusion::Passed);
}

#[test]
fn a_waiver_of_a_time_also_covers_what_cannot_be_proven() {
    let time = |seconds: f64| {
        let values = Values::Sampled(Processes::one(Sample::new(vec![seconds; 8]).unwrap()));
        let (id, metric) = (BenchId::new("a"), Arc::new(Metric::known("time")));
        let observation = Observation { id, metric, values, harness: "criterion".into(), origin: "x".into() };
        Run::new("run", Provenance::default(), Vec::new(), vec![observation]).unwrap()
    };
    let policy = budgets(&[&[("benchmark", "*"), ("metric", "time"), ("change", "<= +5%")]]);
    let keys = [("reason", "r"), ("issue", "#1"), ("owner", "o"), ("expires", "2026-12-31")];
    let row = [("benchmark", "a"), ("metric", "time"), ("ceiling", "2 us")];
    let keys: Vec<_> = row.into_iter().chain(keys).collect();
    let waivers = Waivers::from_entries(&[entry(50, &keys)], &policy.budgets, day("2026-11-21")).unwrap();
    let waived = Policy { waivers, ..policy.clone() };
    let (old, within, beyond) = (time(1e-6), time(1.5e-6), time(2.1e-6));
    assert_eq!(judged_runs(Some(&old), &within, &policy).conclusion(), Conclusion::NotProven);
    assert_eq!(judged_runs(Some(&old), &within, &waived).conclusion(), Conclusion::Passed);
    assert_eq!(judged_runs(Some(&old), &beyond, &waived).conclusion(), Conclusion::Failed); // ×2.1 is beyond ×1.84
}

// ---- older breaches -------------------------------------------------------------------------------------------------

proptest! {
    #[test]
    fn only_a_limit_that_was_broken_no_less_is_inherited(counts in counts(), limit in 0..20_u64) {
        for operator in ["<=", "<", ">=", "=="] {
            let policy = limited(&format!("{operator} {limit}"));
            let keeps = |count: u64| match operator {
                "<=" => count <= limit,
                "<" => count < limit,
                ">=" => count >= limit,
                _ => count == limit,
            };
            let verdicts = judged(&counts, &policy);
            for (id, (old, new)) in &counts {
                let limits = judgements(&verdicts, id).into_iter().filter(|judgement| judgement.rule == RuleKind::Limit);
                for judgement in limits {
                    let is_no_worse = new.abs_diff(limit) <= old.abs_diff(limit);
                    let inherited = !keeps(*old) && !keeps(*new) && is_no_worse;
                    prop_assert_eq!(judgement.excuse == Some(Excuse::Inherited), inherited, "{} {} → {}", operator, old, new);
                    prop_assert_eq!(judgement.outcome == Outcome::Broken, !keeps(*new) && !inherited);
                }
            }
            // Without an old side, and where the profile says so, nothing is inherited.
            let new = run_of(&counts, |sides| sides.1);
            let strict = profiled(&policy, &[("on_inherited", "fail")]);
            for verdicts in [judged_runs(None, &new, &policy), judged(&counts, &strict)] {
                prop_assert!(all(&verdicts).all(|judgement| judgement.excuse.is_none()));
            }
        }
    }
}

// ---- profiles -------------------------------------------------------------------------------------------------------

proptest! {
    #[test]
    fn a_rule_that_is_off_never_fails_and_warn_never_fails(counts in counts(), limit in 0..20_u64) {
        let policy = limited(&format!("<= {limit}"));
        for (key, kind) in [("limit", RuleKind::Limit), ("change", RuleKind::Change)] {
            for level in [Level::Off, Level::Warn] {
                let verdicts = judged(&counts, &profiled(&policy, &[(key, &level.to_string())]));
                for judgement in all(&verdicts).filter(|judgement| judgement.rule == kind) {
                    prop_assert!(judgement.outcome < Outcome::NotProven);
                    prop_assert!(level == Level::Warn || judgement.outcome == Outcome::NotJudged);
                }
                let before = judged(&counts, &policy);
                let others = |verdicts: &Verdicts| -> Vec<Judgement> {
                    all(verdicts).filter(|judgement| judgement.rule != kind).cloned().collect()
                };
                prop_assert_eq!(others(&before), others(&verdicts));
            }
        }
    }

    #[test]
    fn a_profile_that_says_nothing_changes_nothing(counts in counts(), limit in 0..20_u64) {
        let policy = limited(&format!("<= {limit}"));
        prop_assert_eq!(judged(&counts, &policy), judged(&counts, &profiled(&policy, &[])));
    }
}

/// The old side has `a` and `gone`, the new side `a` and `new`.
fn moved(policy: &Policy) -> Conclusion {
    let run = |names: [&str; 2]| run_of(&names.map(|name| (name.to_owned(), (1, 1))).into(), |sides| sides.0);
    judged_runs(Some(&run(["a", "gone"])), &run(["a", "new"]), policy).conclusion()
}

#[test]
fn what_is_missing_and_what_is_new_is_as_grave_as_the_profile_says() {
    let check = |keys: &[(&str, &str)], expected: Conclusion| {
        let policy = profiled(&limited("<= 10"), keys);
        assert_eq!(moved(&policy), expected, "{keys:?}");
    };
    check(&[], Conclusion::Failed);
    check(&[("on_missing", "warn")], Conclusion::Passed);
    check(&[("on_missing", "off")], Conclusion::Passed);
    check(&[("on_missing", "off"), ("on_new", "warn")], Conclusion::Passed);
    check(&[("on_missing", "off"), ("on_new", "fail")], Conclusion::Failed);
}

#[test]
fn where_every_rule_is_off_nothing_is_shown_to_be_well() {
    let off = [("limit", "off"), ("change", "off"), ("on_missing", "off")];
    assert_eq!(judged(&one(1, 1), &profiled(&limited("<= 10"), &off)).conclusion(), Conclusion::NotProven);
}

// ---- goals ----------------------------------------------------------------------------------------------------------

/// 40 times around `center` nanoseconds, each a 500th of a per cent from the next.
fn times(center: f64) -> Run {
    let seconds = (0..40).map(|i| center * 1e-9 * (1.0 + f64::from(i * 17 % 40) / 50_000.0)).collect();
    let values = Values::Sampled(Processes::one(Sample::new(seconds).unwrap()));
    let metric = Arc::new(Metric::known("time"));
    let observation =
        Observation { id: BenchId::new("a"), metric, values, harness: "criterion".into(), origin: "x".into() };
    Run::new("run", Provenance::default(), Vec::new(), vec![observation]).unwrap()
}

#[test]
fn a_goal_passes_only_when_the_evidence_shows_it() {
    #[track_caller]
    fn check(old: f64, new: f64, goal: &str, expected: Conclusion) {
        let policy = budgets(&[&[("benchmark", "*"), ("metric", "time"), ("change", goal)]]);
        assert_eq!(judged_runs(Some(&times(old)), &times(new), &policy).conclusion(), expected, "{old} → {new} {goal}");
    }
    check(1000.0, 200.0, "<= -15%", Conclusion::Passed); // at most 200 · 1.75 ÷ 1000 = 0.35
    check(1000.0, 450.0, "<= -15%", Conclusion::Passed); // 0.79
    check(1000.0, 500.0, "<= -15%", Conclusion::NotProven); // 0.88: less, and perhaps by 15 %
    check(1000.0, 1000.0, "<= -15%", Conclusion::NotProven); // 0.57 … 1.75
    check(1000.0, 1600.0, "<= -15%", Conclusion::Failed); // at least 1600 ÷ 1.75 ÷ 1000 = 0.91
    check(1000.0, 400.0, "<= -100 ns", Conclusion::Passed); // at most 700 ns
    check(1000.0, 800.0, "<= -100 ns", Conclusion::NotProven);
}

#[test]
fn a_goal_of_a_count_is_kept_or_not() {
    #[track_caller]
    fn check(old: u64, new: u64, expected: Conclusion) {
        let policy = budgets(&[&[("benchmark", "*"), ("metric", "allocs"), ("change", "<= -15%")]]);
        assert_eq!(judged(&one(old, new), &policy).conclusion(), expected, "{old} → {new}");
    }
    check(100, 85, Conclusion::Passed);
    check(100, 86, Conclusion::Failed);
    check(100, 100, Conclusion::Failed);
    check(0, 0, Conclusion::Passed);
}

// ---- renamings ------------------------------------------------------------------------------------------------------

/// Benchmarks with their allocations on each side; the likeliest renamings.
#[track_caller]
fn check_renamed(old: &[(&str, u64)], new: &[(&str, u64)], expected: &[(&str, &str)]) {
    let run =
        |side: &[(&str, u64)]| run_of(&side.iter().map(|(id, n)| ((*id).to_owned(), (*n, *n))).collect(), |n| n.0);
    let verdicts = judged_runs(Some(&run(old)), &run(new), &Policy::from(Budgets::built_in()));
    let pairs: Vec<(&str, &str)> = verdicts.renamed.iter().map(|r| (r.from.as_str(), r.to.as_str())).collect();
    assert_eq!(pairs, expected);
    assert_eq!(verdicts.conclusion(), Conclusion::Failed, "nothing is renamed by a suggestion");
}

#[test]
fn what_vanished_is_named_with_what_appeared_and_looks_like_it() {
    check_renamed(&[("sort/small", 10), ("x", 1)], &[("sort/n100", 10), ("x", 1)], &[("sort/small", "sort/n100")]);
    // By its numbers: 10 is 10, 1000 is not.
    check_renamed(&[("parse/a", 10)], &[("parse/b", 1000), ("parse/c", 10)], &[("parse/a", "parse/c")]);
    // Each is renamed once, to one.
    check_renamed(
        &[("parse/one", 10), ("parse/two", 20)],
        &[("parse/1one", 10), ("parse/2two", 20)],
        &[("parse/one", "parse/1one"), ("parse/two", "parse/2two")],
    );
    // Strangers, and what did not vanish.
    check_renamed(&[("json/encode", 10)], &[("cache", 1)], &[]);
    check_renamed(&[("sort/small", 10), ("gone", 3)], &[("sort/small", 10), ("sort/small2", 10)], &[]);
}

/// Both sides break the limit, and nobody knows whether the new one breaks it by more.
#[test]
fn what_may_have_got_worse_is_not_proven_unless_what_is_inherited_fails() {
    let times = |around: u32| (0..10).map(|i| format!("BenchmarkA 1 {} ns/op\n", around + i % 5)).collect::<String>();
    let budget = "[[budget]]\nbenchmark = \"A\"\nmetric = \"time\"\nlimit = \"< 100 ns\"\n";
    let profiles = "[profile.strict]\non_inherited = \"fail\"\n[profile.lax]\nunproven = \"pass\"\n";
    let desk = super::cmd::Desk::with(&[("old", &times(200)), ("new", &times(250)), ("same", &times(201))]);
    desk.write("regress.toml", format!("{budget}{profiles}"));
    let worse = |profile: &str| {
        let told = desk.run(&format!("compare old new {profile}"));
        assert_eq!(told.stdout.contains("whether it got worse"), profile.is_empty(), "{told:#?}");
        told.code
    };
    assert_eq!((worse(""), worse("--profile strict"), worse("--profile lax")), (Some(3), Some(1), Some(0)));
    assert_eq!(desk.run("compare old same").code, Some(0));
}

#[test]
fn an_alias_compares_the_old_name_with_the_new_one() {
    let run =
        |names: &[(&str, u64)]| run_of(&names.iter().map(|(id, n)| ((*id).to_owned(), (*n, *n))).collect(), |n| n.0);
    let alias = |from: &str, to: &str| Aliases::from_entries(&[entry(3, &[("from", from), ("to", to)])]).unwrap();
    let (old, new) = (run(&[("sort/n1", 10), ("sort/n2", 20)]), run(&[("order/n1", 10), ("order/n2", 21)]));
    let renamed = alias("sort", "order").apply(old.clone()).unwrap();
    let verdicts = judged_runs(Some(&renamed), &new, &Policy::from(Budgets::built_in()));
    let broken: Vec<_> = verdicts.rows.iter().filter(|row| row.outcome() == Outcome::Broken).collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].comparison.id.as_str(), "order/n2");
    assert!(renamed.warnings.is_empty());

    let idle = alias("srot", "order").apply(old.clone()).unwrap();
    assert_eq!(idle.observations(), old.observations());
    let expected = "the alias of line 3 renames nothing: the old side has no `srot`; did you mean `sort`? remove it, or mend its name";
    assert_eq!(idle.warnings[0].text, expected);

    assert!(alias("sort/n1", "sort/n2").apply(old).is_err(), "two benchmarks under one name");
}

// ---- whether the rules can fire -------------------------------------------------------------------------------------

/// The state of the first written rule.
#[track_caller]
fn check_armed(verdicts: &Verdicts, state: ArmedState, sentence: &str) {
    let rule = verdicts.armed.iter().find(|rule| rule.source != Source::BuiltIn).expect("one is written");
    assert_eq!((rule.state, &*rule.sentence), (state, sentence), "{rule:?}");
}

#[test]
fn every_kind_of_rule_fires_at_its_own_breach() {
    let counts = Counts::from([("a".to_owned(), (4, 4)), ("b".to_owned(), (8, 8))]);
    let (id, metric) = (("benchmark", "a"), ("metric", "allocs"));
    let rules: [&[(&str, &str)]; 9] = [
        &[id, metric, ("limit", "<= 4")],
        &[id, metric, ("limit", "== 4")],
        &[id, metric, ("limit", ">= 4")],
        &[id, metric, ("change", "<= +50%")],
        &[id, metric, ("change", "<= +2")],
        &[id, metric, ("change", "== +0%")],
        &[id, metric, ("ratio", "<= 0.5"), ("versus", "b")],
        &[id, metric, ("ratio", ">= 0.5"), ("versus", "b")],
        &[id, ("present", "true")],
    ];
    for rule in rules {
        let verdicts = judged(&counts, &budgets(&[rule]));
        check_armed(&verdicts, ArmedState::Fires, "");
        assert_eq!(verdicts.conclusion(), Conclusion::Passed, "{rule:?}");
    }
}

#[test]
fn a_rule_that_cannot_fire_proves_nothing() {
    let limit = limited(">= 0");
    let verdicts = judged(&one(4, 4), &limit);
    check_armed(&verdicts, ArmedState::CannotFire, "no number breaks it: nothing is less than nothing");
    assert_eq!(verdicts.conclusion(), Conclusion::NotProven);

    let few = |seconds: f64| {
        let values = Values::Sampled(Processes::one(Sample::new(vec![seconds; 3]).unwrap()));
        let (id, metric) = (BenchId::new("a"), Arc::new(Metric::known("time")));
        let observation = Observation { id, metric, values, harness: "criterion".into(), origin: "x".into() };
        Run::new("run", Provenance::default(), Vec::new(), vec![observation]).unwrap()
    };
    let lenient = budgets(&[&[("benchmark", "*"), ("metric", "time"), ("change", "<= +5%"), ("unproven", "pass")]]);
    let verdicts = judged_runs(Some(&few(1e-6)), &few(1e-6), &lenient);
    let sentence = "no change whatever would be shown: too few measurements to show anything; take at least 4 a side";
    check_armed(&verdicts, ArmedState::CannotFire, sentence);
    assert_eq!(verdicts.conclusion(), Conclusion::NotProven);

    // With 40 measurements a side it fires, if late: 1.05 · 1.75 = 1.84, which two runs may differ by.
    let verdicts = judged_runs(Some(&times(1000.0)), &times(1000.0), &lenient);
    check_armed(&verdicts, ArmedState::Fires, "from +84.7 % on");
    assert_eq!(verdicts.conclusion(), Conclusion::Passed);
}

#[test]
fn a_rule_that_is_off_or_has_nothing_to_judge_is_not_asked() {
    let policy = limited("<= 10");
    check_armed(
        &judged(&one(4, 4), &profiled(&policy, &[("limit", "off")])),
        ArmedState::Off,
        "the profile leaves it out",
    );
    check_armed(&judged(&one(4, 4), &profiled(&policy, &[("limit", "warn")])), ArmedState::Fires, "");

    let metric = ("metric", "allocs");
    let overruled =
        budgets(&[&[("benchmark", "*"), metric, ("limit", "<= 9")], &[("benchmark", "a"), metric, ("limit", "<= 8")]]);
    check_armed(&judged(&one(4, 4), &overruled), ArmedState::Idle, "later budgets decide wherever it would");

    let change = budgets(&[&[("benchmark", "*"), metric, ("change", "<= +5%")]]);
    let new = run_of(&one(4, 4), |sides| sides.1);
    check_armed(&judged_runs(None, &new, &change), ArmedState::NotLookedAt, "there is no old side");
    let empty = Run::new("old", Provenance::default(), Vec::new(), Vec::new()).unwrap();
    let verdicts = judged_runs(Some(&empty), &new, &change);
    check_armed(&verdicts, ArmedState::Idle, "the old side has nothing to compare with");
}

proptest! {
    /// What the armed check says is what judging does: with a number beyond the limit the verdict fails.
    #[test]
    fn a_rule_that_fires_does_fail_a_run_that_breaks_it(counts in counts(), limit in 0..20_u64) {
        let policy = limited(&format!("<= {limit}"));
        let verdicts = judged(&counts, &policy);
        prop_assert!(verdicts.armed.iter().all(|rule| rule.state == ArmedState::Fires), "{:?}", verdicts.armed);
        let beyond = counts.iter().map(|(id, (old, _))| (id.clone(), (*old, 1000))).collect();
        prop_assert_eq!(judged(&beyond, &policy).conclusion(), Conclusion::Failed);
    }
}

#[test]
fn where_numbers_end_the_search_for_the_smallest_visible_change_does_as_well() {
    let policy = budgets(&[&[("benchmark", "*"), ("metric", "time"), ("change", "<= +5%")]]);
    for nanoseconds in [1e-314, 1e-300, 1e200, 1e304, 1e307] {
        let verdicts = judged_runs(Some(&times(nanoseconds)), &times(nanoseconds), &policy);
        assert!(verdicts.armed.iter().any(|rule| rule.source != Source::BuiltIn), "{nanoseconds} ns");
    }
}

#[test]
fn a_time_beyond_its_limit_on_both_sides_that_seems_worse_is_not_proven() {
    #[track_caller]
    fn check(old: f64, new: f64, expected: Outcome) {
        let policy = budgets(&[&[("benchmark", "*"), ("metric", "time"), ("limit", "< 1 us")]]);
        let verdicts = judged_runs(Some(&times(old)), &times(new), &policy);
        let of_limit = verdicts.rows[0].judgements.iter().find(|judgement| judgement.rule == RuleKind::Limit);
        assert_eq!(of_limit.map(|judgement| judgement.outcome), Some(expected), "{old} → {new} ns");
    }
    check(10_000.0, 10_000.0, Outcome::Excused);
    check(10_000.0, 8_000.0, Outcome::Excused);
    check(10_000.0, 16_000.0, Outcome::NotProven);
    check(10_000.0, 90_000.0, Outcome::Broken);
}

#[test]
fn a_profile_can_speak_of_every_rule_that_can_break() {
    for rule in RULES.iter().filter(|rule| rule.kind != RuleKind::Unproven) {
        let has_level = LEVEL_KEYS.iter().any(|key| key.topic == Topic::Rule(rule.kind));
        assert!(has_level, "{}", rule.key);
    }
}
