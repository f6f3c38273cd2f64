//! Agreement with scipy and numpy on growth: `tests/oracle/stats/scaling.json`, made by `make.py` beside it.

use serde_json::Value;

use super::*;

/// How far a number may be off, absolutely: exponents are numbers around 1.
const TOLERANCE: f64 = 1e-9;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

#[track_caller]
fn check(what: &str, ours: f64, theirs: f64, case: &Value) {
    assert!(
        (ours - theirs).abs() <= TOLERANCE * theirs.abs().max(1.0),
        "{what}: {ours}, expected {theirs}, for {case}"
    );
}

#[test]
fn growths_agree() {
    let all: Value =
        serde_json::from_str(include_str!("../../tests/oracle/stats/scaling.json")).expect("make.py writes JSON");
    let cases = all["growth"].as_array().expect("a list of cases");
    assert_eq!(cases.len(), 36);
    for case in cases {
        let points: Vec<(f64, f64)> = numbers(&case["sizes"]).into_iter().zip(numbers(&case["costs"])).collect();
        let logarithms = u32::try_from(case["logarithms"].as_u64().expect("a count")).expect("a small one");
        let growth = growth(&points, Law { power: number(&case["power"]), logarithms }).expect("3 sizes or more");
        check("exponent", growth.exponent, number(&case["exponent"]), case);
        check("law_exponent", growth.law_exponent, number(&case["law_exponent"]), case);
        check("error", growth.standard_error, number(&case["error"]), case);
        let interval = growth.interval(number(&case["confidence"]));
        check("low", interval.low, number(&case["ends"][0]), case);
        check("high", interval.high, number(&case["ends"][1]), case);
    }
}
