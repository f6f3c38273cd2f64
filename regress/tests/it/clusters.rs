//! Two or three processes a side are clusters: checked against `tests/oracle/clusters/make.py`.

use regress::compare::{self, Options};
use regress::model::{BenchId, Metric, Observation, Processes, Provenance, Run, Values};
use regress::stats::Sample;
use serde_json::Value;

fn run(label: &str, processes: &Value) -> Run {
    let numbers = |process: &Value| process.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    let samples = processes.as_array().unwrap().iter().map(|process| Sample::new(numbers(process)).unwrap());
    let observation = Observation {
        id: BenchId::new("a"),
        metric: Metric::known("time").into(),
        values: Values::Sampled(Processes::new(samples.collect()).unwrap()),
        harness: "criterion".into(),
        origin: "x".into(),
    };
    Run::new(label, Provenance::default(), Vec::new(), vec![observation]).unwrap()
}

#[test]
fn few_processes_never_get_a_narrower_interval_than_resampling_them_gives() {
    let oracle: Value = serde_json::from_str(include_str!("../oracle/clusters/cases.json")).unwrap();
    let cases = oracle["cases"].as_array().unwrap();
    for case in cases {
        let comparisons = compare::compare(&run("old", &case["old"]), &run("new", &case["new"]), &Options::default());
        let change = comparisons[0].change.as_ref().unwrap();
        for wanted in ["hull", "resampled"] {
            let (low, high) = (case[wanted][0].as_f64().unwrap(), case[wanted][1].as_f64().unwrap());
            let (ours_low, ours_high) = (change.shift.low, change.shift.high);
            assert!(
                ours_low <= low + 1e-12 && high - 1e-12 <= ours_high,
                "{wanted} {low} … {high}: {ours_low} … {ours_high}"
            );
        }
        // Both the shift and what is believed of it: the allowance comes on top.
        let (low, high) = change.believed.unwrap();
        let ratio = change.ratio.unwrap();
        assert!(low * 1.75 <= ratio && ratio <= high / 1.75);
    }
    // The processes of these scatter five times as much as their measurements: the hull decides, not the pooled interval.
    let first = &cases[0];
    let comparisons = compare::compare(&run("old", &first["old"]), &run("new", &first["new"]), &Options::default());
    let shift = comparisons[0].change.as_ref().unwrap().shift;
    let hull = |end: usize| first["hull"][end].as_f64().unwrap();
    assert!((shift.low - hull(0)).abs() < 1e-12 && (shift.high - hull(1)).abs() < 1e-12, "{shift:?}");
}

#[test]
fn one_process_a_side_and_four_are_not_touched() {
    let times = |offset: f64| (0..20).map(|i| 1.0 + offset + f64::from(i * 7 % 20) / 1e3).collect::<Vec<f64>>();
    let interval = |old: Vec<Vec<f64>>, new: Vec<Vec<f64>>| {
        let run = |label, processes| run(label, &serde_json::json!(processes));
        let comparisons = compare::compare(&run("old", old), &run("new", new), &Options::default());
        let shift = comparisons[0].change.as_ref().unwrap().shift;
        shift.high - shift.low
    };
    assert!(interval(vec![times(0.0)], vec![times(0.5)]) < 0.01); // within the scatter of 0.019
    let apart = |n: u32| (0..n).map(|i| times(f64::from(i) / 10.0)).collect::<Vec<_>>();
    assert!((interval(apart(3), apart(3)) - 0.4).abs() < 1e-12); // from -0.2 to +0.2
    let each = |n: u32| (0..n).map(|i| vec![1.0 + f64::from(i)]).collect::<Vec<_>>();
    assert!(interval(each(3), each(3)).is_infinite()); // three measurements have no interval
}
