//! Agreement with scipy on differences in pairs: `tests/oracle/stats/paired.json`, made by `make.py` beside it.

use serde_json::Value;

use super::*;

/// How far a number may be off, as a share of itself.
const TOLERANCE: f64 = 1e-8;

fn cases(name: &str) -> Vec<Value> {
    let all: Value =
        serde_json::from_str(include_str!("../../tests/oracle/stats/paired.json")).expect("make.py writes JSON");
    let cases = all[name].as_array().expect("a list of cases").clone();
    assert!(!cases.is_empty(), "no cases for {name}");
    cases
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

fn sample(value: &Value) -> Sample {
    Sample::new(value.as_array().expect("a list").iter().map(number).collect()).expect("finite, at least one")
}

#[track_caller]
fn check(what: &str, ours: f64, theirs: f64, case: &Value) {
    let error = (ours - theirs).abs();
    assert!(error <= TOLERANCE * theirs.abs() || error < 1e-300, "{what}: {ours:e}, expected {theirs:e}, for {case}");
}

#[test]
fn trimmed_means_agree() {
    for case in cases("trimmed_mean") {
        let mean = trimmed_mean(&sample(&case["values"]), number(&case["trim"])).expect("2 values are left");
        check("mean", mean.value, number(&case["mean"]), &case);
        check("error", mean.standard_error, number(&case["error"]), &case);
        assert_eq!(mean.degrees_of_freedom as u64, case["freedom"].as_u64().expect("a count"), "for {case}");
        let boundary = number(&case["boundary"]);
        check("p_above", mean.p_above(boundary), number(&case["p_above"]), &case);
        check("p_below", mean.p_below(boundary), number(&case["p_below"]), &case);
        let interval = mean.interval(number(&case["confidence"]));
        check("low", interval.low, number(&case["ends"][0]), &case);
        check("high", interval.high, number(&case["ends"][1]), &case);
    }
}

#[test]
fn signed_ranks_agree() {
    for case in cases("signed_rank") {
        let test = signed_rank(&sample(&case["values"]));
        if test.n == 0 {
            assert_eq!((test.p_above, test.p_below), (1.0, 1.0), "for {case}");
            continue;
        }
        check("p_above", test.p_above, number(&case["p_above"]), &case);
        check("p_below", test.p_below, number(&case["p_below"]), &case);
        assert_eq!(test.method == Method::Normal, case["method"] == "asymptotic", "for {case}");
    }
}

#[test]
fn student_agrees() {
    for case in cases("student") {
        let freedom = case["freedom"].as_u64().expect("a count") as usize;
        let (t, upper) = (number(&case["t"]), number(&case["upper"]));
        assert!((student_quantile(freedom, upper) - t).abs() <= TOLERANCE * t.max(1.0), "for {case}");
    }
}
