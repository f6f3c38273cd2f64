//! Bounds on growth: which rows belong together, which of them speaks, and what sizes can show.

use std::sync::Arc;

use regress::compare::{Options, compare, survey};
use regress::model::{BenchId, Exact, Metric, Observation, Processes, Provenance, Run, Values};
use regress::policy::{Budgets, Entry, Field, Policy, Request, RuleKind, Selection, Value, Verdicts, judge};
use regress::stats::Sample;

/// Benchmark, metric, and a count; of a time, nanoseconds.
type Measured<'a> = &'a [(&'a str, &'a str, u64)];

fn run(measured: Measured<'_>) -> Run {
    let observation = |&(id, metric, number): &(&str, &str, u64)| {
        let values = match metric {
            "time" => {
                let seconds = [0.99, 1.0, 1.01, 1.0, 0.99, 1.01, 1.0].map(|wave| wave * number as f64 * 1e-9);
                Values::Sampled(Processes::one(Sample::new(seconds.to_vec()).unwrap()))
            }
            _ => Values::Exact(Exact::once(number)),
        };
        let metric = Arc::new(Metric::known(metric));
        Observation { id: BenchId::new(id), metric, values, harness: "test".into(), origin: "here".into() }
    };
    Run::new("run", Provenance::default(), Vec::new(), measured.iter().map(observation).collect()).unwrap()
}

fn budgets(written: &[&[(&str, &str)]]) -> Budgets {
    let field = |line_number, &(key, text): &(&str, &str)| Field {
        key: key.into(),
        value: Value::Text(text.into()),
        line_number,
    };
    let entry = |(line_number, keys): (usize, &&[(&str, &str)])| Entry {
        line_number,
        fields: keys.iter().map(|key| field(line_number, key)).collect(),
    };
    Budgets::from_entries(&(1..).zip(written).map(entry).collect::<Vec<_>>()).expect("the budgets make sense")
}

fn verdicts(old: Option<&Run>, new: &Run, budgets: &Budgets, selection: &Selection) -> Verdicts {
    let policy = &Policy::from(budgets.clone());
    let options = Options::default();
    let comparisons = match old {
        Some(old) => compare(old, new, &options),
        None => survey(new, &options),
    };
    let unmeasured = Vec::new();
    judge(Request { comparisons, old, new, policy, options: &options, selection, unmeasured })
        .expect("it speaks of something")
}

/// What the rule says, and where: `n/1000 time: passed`; what has no row stands in brackets.
fn said(verdicts: &Verdicts) -> Vec<String> {
    let rows = verdicts.rows.iter().flat_map(|row| {
        let name = format!("{} {}", row.comparison.id, row.comparison.metric.name);
        row.judgements.iter().map(move |judgement| (name.clone(), judgement))
    });
    let missing = verdicts.missing.iter().map(|(_, judgement)| ("[]".to_owned(), judgement));
    let scaling = rows.chain(missing).filter(|(_, judgement)| judgement.rule == RuleKind::Scaling);
    scaling.map(|(name, judgement)| format!("{name}: {}", judgement.outcome)).collect()
}

#[track_caller]
fn check(measured: Measured<'_>, written: &[&[(&str, &str)]], expected: &[&str]) {
    assert_eq!(said(&verdicts(None, &run(measured), &budgets(written), &Selection::default())), expected);
}

const LINEAR: Measured<'static> =
    &[("a/n10", "instructions", 130), ("a/n100", "instructions", 1030), ("a/n1000", "instructions", 10030)];
const QUADRATIC: Measured<'static> =
    &[("a/n10", "instructions", 130), ("a/n100", "instructions", 10050), ("a/n1000", "instructions", 1_000_020)];

#[test]
fn what_grows_faster_than_its_law_breaks_the_rule_in_the_row_of_the_largest_size() {
    let under = |law: &'static str| [("benchmark", "a"), ("scaling", law)];
    check(LINEAR, &[&under("<= n")], &["a/n1000 instructions: passed"]);
    check(LINEAR, &[&under("<= n log n")], &["a/n1000 instructions: passed"]);
    check(LINEAR, &[&under("<= log n")], &["a/n1000 instructions: broken"]);
    check(LINEAR, &[&under("<= 1")], &["a/n1000 instructions: broken"]);
    check(QUADRATIC, &[&under("<= n^2")], &["a/n1000 instructions: passed"]);
    check(QUADRATIC, &[&under("<= n log n")], &["a/n1000 instructions: broken"]);
    check(QUADRATIC, &[&under("<= n^1.5")], &["a/n1000 instructions: broken"]);
}

#[test]
fn too_few_sizes_prove_nothing() {
    let rule: &[(&str, &str)] = &[("benchmark", "a"), ("scaling", "<= n")];
    check(&LINEAR[..2], &[rule], &["a/n100 instructions: not proven"]);
    check(&LINEAR[..1], &[rule], &["a/n10 instructions: not proven"]);
    check(&LINEAR[..2], &[&[rule[0], rule[1], ("unproven", "pass")]], &["a/n100 instructions: tolerated"]);
    // Up and down: no line goes through these.
    let wild: Measured<'_> =
        &[("a/n10", "instructions", 100), ("a/n100", "instructions", 90), ("a/n1000", "instructions", 90_000)];
    check(wild, &[rule], &["a/n1000 instructions: not proven"]);
}

#[test]
fn instructions_are_looked_at_first_and_time_where_they_are_missing() {
    let rule: &[(&str, &str)] = &[("benchmark", "*"), ("scaling", "<= n")];
    let times: Measured<'_> = &[("a/n10", "time", 1000), ("a/n100", "time", 100_000), ("a/n1000", "time", 10_000_000)];
    check(times, &[rule], &["a/n1000 time: broken"]);
    check(&[times, LINEAR].concat(), &[rule], &["a/n1000 instructions: passed"]);
    check(&[times, &LINEAR[..2]].concat(), &[rule], &["a/n1000 time: broken"]);
    let named: &[(&str, &str)] = &[rule[0], ("metric", "time"), rule[1]];
    check(&[times, LINEAR].concat(), &[named], &["a/n1000 time: broken"]);
}

#[test]
fn times_that_follow_their_law_pass_and_a_slower_minute_breaks_nothing() {
    let rule: &[(&str, &str)] = &[("benchmark", "*"), ("scaling", "<= n")];
    let times = |numbers: [u64; 4]| {
        let names = ["a/10", "a/100", "a/1000", "a/10000"];
        names.into_iter().zip(numbers).map(|(name, number)| (name, "time", number)).collect::<Vec<_>>()
    };
    check(&times([1000, 10_000, 100_000, 1_000_000]), &[rule], &["a/10000 time: passed"]);
    check(&times([1000, 11_000, 125_000, 1_400_000]), &[rule], &["a/10000 time: not proven"]);
    check(&times([1000, 32_000, 1_000_000, 32_000_000]), &[rule], &["a/10000 time: broken"]);
}

#[test]
fn every_benchmark_has_sizes_of_its_own() {
    let other = |name: &'static str, numbers: [u64; 3]| {
        let names = [format!("{name}/n10"), format!("{name}/n100"), format!("{name}/n1000")];
        names.into_iter().zip(numbers).collect::<Vec<_>>()
    };
    let both = [other("s/exact", [10, 100, 1000]), other("s/near", [10, 1000, 100_000])].concat();
    let measured: Vec<(&str, &str, u64)> =
        both.iter().map(|(name, number)| (name.as_str(), "instructions", *number)).collect();
    check(
        &measured,
        &[&[("benchmark", "s/*"), ("scaling", "<= n")]],
        &["s/exact/n1000 instructions: passed", "s/near/n1000 instructions: broken"],
    );
    // A later budget speaks instead of an earlier one.
    check(
        &measured,
        &[&[("benchmark", "s/*"), ("scaling", "<= n")], &[("benchmark", "s/near"), ("scaling", "<= n^2")]],
        &["s/exact/n1000 instructions: passed", "s/near/n1000 instructions: passed"],
    );
}

#[test]
fn nothing_at_every_size_grows_by_nothing() {
    let rule: &[(&str, &str)] = &[("benchmark", "a"), ("metric", "allocs"), ("scaling", "<= 1")];
    check(&[("a/n1", "allocs", 0), ("a/n2", "allocs", 0)], &[rule], &["a/n2 allocs: passed"]);
    check(
        &[("a/n1", "allocs", 0), ("a/n2", "allocs", 1), ("a/n3", "allocs", 2)],
        &[rule],
        &["a/n3 allocs: not proven"],
    );
    check(&[("a/n1", "allocs", 3), ("a/n2", "allocs", 3), ("a/n3", "allocs", 3)], &[rule], &["a/n3 allocs: passed"]);
}

#[test]
fn a_rule_that_finds_no_size_is_broken() {
    let rule: &[(&str, &str)] = &[("benchmark", "a"), ("scaling", "<= n")];
    check(&[("a/small", "time", 1), ("a/large", "time", 2)], &[rule], &["[]: broken"]);
    check(&[("a/n1", "allocs", 1), ("a/n2", "allocs", 2)], &[rule], &["[]: broken"]);
    // Unless somebody said that it cannot be measured here.
    let selection = Selection { without: vec!["instructions".into()], counts_only: true, ..Selection::default() };
    let counted = run(&[("a/n1", "allocs", 1)]);
    assert_eq!(said(&verdicts(None, &counted, &budgets(&[rule]), &selection)), Vec::<String>::new());
}

#[test]
fn both_exponents_are_told() {
    let rule: &[(&str, &str)] = &[("benchmark", "a"), ("scaling", "<= n log n")];
    let verdicts = verdicts(Some(&run(LINEAR)), &run(QUADRATIC), &budgets(&[rule]), &Selection::default());
    let all: Vec<&str> =
        verdicts.rows.iter().flat_map(|row| &row.judgements).map(|judgement| &*judgement.sentence).collect();
    let told = all.iter().find(|sentence| sentence.starts_with("n^")).unwrap_or_else(|| panic!("{all:?}"));
    assert!(told.starts_with("n^0.94 → n^1.94, between n^1."), "{told}");
    assert!(told.ends_with("over 3 sizes from 10 to 1000, allowed <= n log n (like n^1.24 there)"), "{told}");
}
