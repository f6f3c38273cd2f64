//! Agreement with other people's programs: `tests/oracle/stats/cases.json`, made by `make.py` beside it.

use serde_json::Value;

use super::*;

/// How far a number may be off, as a share of itself.
const TOLERANCE: f64 = 1e-9;

fn cases(name: &str) -> Vec<Value> {
    let all: Value =
        serde_json::from_str(include_str!("../../tests/oracle/stats/cases.json")).expect("make.py writes JSON");
    let cases = all[name].as_array().expect("a list of cases").clone();
    assert!(!cases.is_empty(), "no cases for {name}");
    cases
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list of numbers").iter().map(number).collect()
}

fn sample(value: &Value) -> Sample {
    Sample::new(numbers(value)).expect("finite, at least one")
}

#[track_caller]
fn check(what: &str, ours: f64, theirs: f64, case: &Value) {
    let error = (ours - theirs).abs();
    assert!(error <= TOLERANCE * theirs.abs() || error < 1e-300, "{what}: {ours:e}, expected {theirs:e}, for {case}");
}

#[test]
fn rank_tests_agree() {
    for case in cases("rank_test") {
        let test = rank_test(&sample(&case["old"]), &sample(&case["new"]));
        check("u", test.u, number(&case["u"]), &case);
        check("p", test.p, number(&case["p"]), &case);
        let method = if case["method"] == "asymptotic" { Method::Normal } else { Method::Exact };
        assert_eq!(test.method == method, test.method != Method::AllEqual, "for {case}");
    }
}

#[test]
fn shifts_and_ratios_agree() {
    for case in cases("shift") {
        let (old, new, wanted) = (sample(&case["old"]), sample(&case["new"]), number(&case["wanted"]));
        let difference = shift(&old, &new, wanted);
        check("shift", difference.value, number(&case["shift"]), &case);
        check("confidence", difference.interval.confidence, number(&case["confidence"]), &case);
        check_ends(difference.interval, &case["shift_ends"], f64::NEG_INFINITY, &case);

        let quotient = ratio(&old, &new, wanted);
        assert_eq!(quotient.is_none(), case["ratio"].is_null(), "for {case}");
        if let Some(quotient) = quotient {
            check("ratio", quotient.value, number(&case["ratio"]), &case);
            check_ends(quotient.interval, &case["ratio_ends"], 0.0, &case);
        }
    }
}

#[track_caller]
fn check_ends(interval: Interval, expected: &Value, lowest: f64, case: &Value) {
    if expected.is_null() {
        assert_eq!((interval.low, interval.high), (lowest, f64::INFINITY), "for {case}");
    } else {
        check("low", interval.low, number(&expected[0]), case);
        check("high", interval.high, number(&expected[1]), case);
    }
}

#[test]
fn adjusted_p_values_agree() {
    for case in cases("adjust") {
        let p_values = numbers(&case["p"]);
        for (name, adjusted) in [("holm", holm(&p_values)), ("benjamini_hochberg", benjamini_hochberg(&p_values))] {
            let expected = numbers(&case[name]);
            assert_eq!(adjusted.len(), expected.len());
            for (ours, theirs) in adjusted.into_iter().zip(expected) {
                check(name, ours, theirs, &case);
            }
        }
    }
}

#[test]
fn quantiles_and_spreads_agree() {
    for case in cases("quantile") {
        let values = sample(&case["values"]);
        for (q, expected) in numbers(&case["q"]).into_iter().zip(numbers(&case["quantiles"])) {
            check("quantile", quantile(&values, q), expected, &case);
        }
        check("mad", median_absolute_deviation(&values), number(&case["mad"]), &case);
    }
}

#[test]
fn median_orders_are_worth_what_they_say() {
    for case in cases("median_orders") {
        let n = case["n"].as_u64().expect("a count") as usize;
        let cdf = numbers(&case["cdf"]);
        for wanted in [0.5, 0.8, 0.9, 0.95, 0.99] {
            let MedianOrders { low, high, confidence } = median_orders(n, wanted);
            let below = if low == 0 { 0.0 } else { cdf[low - 1] };
            check("confidence", confidence, cdf[high - 1] - below, &case);
            assert!(confidence >= wanted, "{n} at {wanted}");
        }
    }
}

#[test]
fn the_normal_distribution_agrees() {
    let all: Value =
        serde_json::from_str(include_str!("../../tests/oracle/stats/cases.json")).expect("make.py writes JSON");
    let case = &all["normal"];
    for (z, expected) in numbers(&case["z"]).into_iter().zip(numbers(&case["cdf"])) {
        check("cdf", normal::cdf(z), expected, case);
        if z.abs() < 5.0 {
            assert!((normal::quantile(expected) - z).abs() < 1e-9, "quantile of {expected}");
        }
    }
}
