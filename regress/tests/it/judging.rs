//! What must hold for all runs, of comparing and judging them; and how often the statistics as a whole are wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use regress::compare::{Comparison, Finding, Lack, Options, Reason, compare, survey};
use regress::model::{BenchId, Exact, Metric, Nature, Observation, Processes, Provenance, Run, Standing, Values};
use regress::policy::{
    Budgets, Conclusion, Entry, Field, Judgement, Outcome, Policy, Profile, Request, Selection, Value, Verdicts, judge,
};
use regress::report::{Colour, Context, FalseAlarms, RENDERERS, Report, Show, Side, Style};
use regress::stats::Sample;

// ---- runs ---------------------------------------------------------------------------------------------------------

/// Both sides of a comparison: what each has of a benchmark and metric.
type Pairs = BTreeMap<(String, &'static str), Sides>;

/// What old and what new has.
type Sides = (Option<Values>, Option<Values>);

/// Few names, so that benchmarks have several metrics; and one that sorts between a name and what is below it.
fn name() -> impl Strategy<Value = String> {
    "[abc](/[ab]|-a)?"
}

fn count() -> impl Strategy<Value = Values> {
    (0..5_u64, 1..4_u64).prop_map(|(total, operations)| Values::Exact(Exact::new(total, operations).unwrap()))
}

/// Seconds, on a grid: ties are frequent, and some sides are far from others.
fn sampled() -> impl Strategy<Value = Values> {
    let process = (1..4_u32, vec(20..30_u32, 1..12)).prop_map(|(speed, ticks)| {
        let seconds = ticks.iter().map(|tick| f64::from(tick * speed * speed) * 1e-9).collect();
        Sample::new(seconds).unwrap()
    });
    vec(process, 1..6).prop_map(|processes| Values::Sampled(Processes::new(processes).unwrap()))
}

fn pairs_of(metrics: &'static [&'static str]) -> impl Strategy<Value = Pairs> {
    let row = (name(), select(metrics)).prop_flat_map(|(name, metric)| {
        let values = || match Metric::known(metric).nature {
            Nature::Counted => count().boxed(),
            Nature::Timed => sampled().boxed(),
        };
        let both = (values(), values()).prop_map(|(old, new)| (Some(old), Some(new)));
        let some = (option::of(values()), option::of(values()));
        let some = some.prop_filter("one side has it", |sides| *sides != (None, None));
        let sides = prop_oneof![3 => both.boxed(), 1 => some.boxed()];
        (Just((name, metric)), sides)
    });
    vec(row, 1..10).prop_map(|rows| rows.into_iter().collect())
}

fn pairs() -> impl Strategy<Value = Pairs> {
    pairs_of(&["allocs", "alloc-bytes", "instructions", "time", "throughput", "frees"])
}

fn counts() -> impl Strategy<Value = Pairs> {
    pairs_of(&["allocs", "alloc-bytes", "instructions", "frees"])
}

fn observation(id: &str, metric: &str, values: Values) -> Observation {
    let metric = Arc::new(Metric::known(metric));
    Observation { id: BenchId::new(id), metric, values, harness: "test".into(), origin: "here".into() }
}

fn run(observations: Vec<Observation>) -> Run {
    Run::new("run", Provenance::default(), Vec::new(), observations).expect("no two of a benchmark and metric")
}

fn observations(pairs: &Pairs, side: fn(&Sides) -> &Option<Values>) -> Vec<Observation> {
    let values = pairs.iter().filter_map(|((id, metric), sides)| Some((id, metric, side(sides).clone()?)));
    values.map(|(id, metric, values)| observation(id, metric, values)).collect()
}

fn sides(pairs: &Pairs) -> (Run, Run) {
    (run(observations(pairs, |sides| &sides.0)), run(observations(pairs, |sides| &sides.1)))
}

/// A run in which every time is `factor` as long.
fn scaled(run: &Run, factor: f64) -> Run {
    let scale = |observation: &Observation| match (&observation.values, observation.metric.nature) {
        (Values::Sampled(processes), Nature::Timed) => {
            let scaled = |process: &[f64]| Sample::new(process.iter().map(|value| value * factor).collect()).unwrap();
            let processes = Processes::new(processes.by_process().map(scaled).collect()).unwrap();
            Observation { values: Values::Sampled(processes), ..observation.clone() }
        }
        _ => observation.clone(),
    };
    self::run(run.observations().iter().map(scale).collect())
}

// ---- judging ------------------------------------------------------------------------------------------------------

/// Budgets as they would stand in a file, each a list of keys and texts; a number of measurements is a number.
fn budgets(written: &[&[(&str, &str)]]) -> Budgets {
    let field = |line_number, (key, text): &(&str, &str)| {
        let value = text.parse().map_or_else(|_| Value::Text((*text).to_owned()), Value::Integer);
        Field { key: (*key).to_owned(), value, line_number }
    };
    let entries: Vec<Entry> = (1..)
        .zip(written)
        .map(|(line_number, keys)| Entry {
            line_number,
            fields: keys.iter().map(|key| field(line_number, key)).collect(),
        })
        .collect();
    Budgets::from_entries(&entries).expect("the budgets of the tests make sense")
}

fn verdicts(old: &Run, new: &Run, budgets: &Budgets) -> Verdicts {
    verdicts_by(old, new, &Policy::from(budgets.clone()))
}

fn verdicts_by(old: &Run, new: &Run, policy: &Policy) -> Verdicts {
    let options = Options::default();
    let comparisons = compare(old, new, &options);
    let selection = Selection::default();
    judge(Request {
        comparisons,
        old: Some(old),
        new,
        policy,
        options: &options,
        selection: &selection,
        unmeasured: Vec::new(),
    })
    .expect("the budgets hold for every benchmark")
}

/// A breach of the old side excuses the same breach of a tight limit, and not that of a loose one which it keeps: here
/// every breach counts.
fn nothing_inherited(budgets: Budgets) -> Policy {
    let fail = Field { key: "on_inherited".to_owned(), value: Value::Text("fail".to_owned()), line_number: 1 };
    let entry = ("strict".to_owned(), Entry { line_number: 1, fields: vec![fail] });
    let profile = Profile::from_entries(&[entry], &budgets).unwrap().remove(0);
    Policy { profile, ..Policy::from(budgets) }
}

fn check(new: &Run, budgets: &Budgets) -> Verdicts {
    let options = Options::default();
    let comparisons = survey(new, &options);
    let selection = Selection::default();
    judge(Request {
        comparisons,
        old: None,
        new,
        policy: &Policy::from(budgets.clone()),
        options: &options,
        selection: &selection,
        unmeasured: Vec::new(),
    })
    .expect("the budgets hold for every benchmark")
}

fn rendered(verdicts: Verdicts, format: &str) -> String {
    let side = || Side { label: "run".to_owned(), provenance: Provenance::default() };
    let context = Context {
        title: "regress".to_owned(),
        elsewhere: Vec::new(),
        between: regress::report::Between::Runs,
        old: Some(side()),
        new: side(),
        options: Options::default(),
        config_path: None,
        config_in_checkout: None,
        profile: None,
        false_alarms: FalseAlarms::default(),
        code: Vec::new(),
        show: Show::All,
        measurements: None,
    };
    let renderer = RENDERERS.iter().find(|renderer| renderer.name == format).unwrap();
    let mut text = Vec::new();
    let style = Style { width: 200, colour: Colour::Never };
    (renderer.render)(&Report::new(verdicts, context), &style, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn key(row: &Comparison) -> (String, String) {
    (row.id.to_string(), row.metric.name.to_string())
}

fn by_key(comparisons: &[Comparison]) -> BTreeMap<(String, String), &Comparison> {
    comparisons.iter().map(|row| (key(row), row)).collect()
}

fn judgements(verdicts: &Verdicts) -> BTreeMap<(String, String), &[Judgement]> {
    verdicts.rows.iter().map(|row| (key(&row.comparison), &row.judgements[..])).collect()
}

/// The gravest outcome of each row.
fn outcomes(verdicts: &Verdicts) -> Vec<Outcome> {
    verdicts.rows.iter().map(regress::policy::Row::outcome).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_run_compared_with_itself_breaks_no_budget(pairs in pairs(), percent in 0..20_u32, absolute in 0..3_u32) {
        let (run, _) = sides(&pairs);
        prop_assume!(!run.is_empty());
        let relative = format!("<= +{percent}%");
        let absolute = format!("<= +{absolute}");
        let any: [(&str, &str); 2] = [("benchmark", "*"), ("metric", "*")];
        for budgets in [
            Budgets::built_in(),
            budgets(&[&[any[0], any[1], ("change", &relative)]]),
            budgets(&[&[any[0], any[1], ("change", &absolute)]]),
            budgets(&[&[any[0], any[1], ("change", &relative), ("unproven", "pass")]]),
        ] {
            let verdicts = verdicts(&run, &run, &budgets);
            prop_assert_ne!(verdicts.conclusion(), Conclusion::Failed, "{:?}", verdicts);
            for row in verdicts.rows.iter().filter(|row| row.comparison.metric.nature == Nature::Counted) {
                prop_assert_eq!(&row.comparison.finding, &Finding::Unchanged);
                prop_assert!(row.outcome() <= Outcome::Passed);
            }
        }
    }

    #[test]
    fn turning_the_sides_round_turns_the_finding_round(pairs in pairs()) {
        let (old, new) = sides(&pairs);
        let (there, back) = (compare(&old, &new, &Options::default()), compare(&new, &old, &Options::default()));
        for (there, back) in there.iter().zip(&back) {
            prop_assert_eq!(key(there), key(back));
            let counted = there.metric.nature == Nature::Counted;
            match (&there.finding, &back.finding) {
                (Finding::OnlyOld, back) => prop_assert_eq!(back, &Finding::OnlyNew),
                (Finding::OnlyNew, back) => prop_assert_eq!(back, &Finding::OnlyOld),
                (Finding::Regressed, back) if counted => prop_assert_eq!(back, &Finding::Improved),
                (Finding::Improved, back) if counted => prop_assert_eq!(back, &Finding::Regressed),
                (there, back) if counted => prop_assert_eq!(there, back),
                // An interval around a ratio looks different from the other end, but it never says the opposite.
                (there @ (Finding::Regressed | Finding::Improved), back) => prop_assert_ne!(there, back),
                _ => {}
            }
            if let (Some(there), Some(back)) = (&there.change, &back.change) {
                prop_assert_eq!(there.p.is_some(), back.p.is_some());
                let pairs = [(there.p, back.p), (there.p_adjusted, back.p_adjusted)];
                for (there, back) in pairs.into_iter().filter_map(|(there, back)| there.zip(back)) {
                    prop_assert!((there - back).abs() <= 1e-12, "{} and {}", there, back);
                }
                prop_assert_eq!(there.shift.low, -back.shift.high);
            }
        }
    }

    /// By a power of two, which rounds nothing: the clock's unit is nobody's finding.
    #[test]
    fn all_times_on_both_sides_times_the_same_factor_change_no_finding(pairs in pairs(), exponent in -20..20_i32) {
        let (old, new) = sides(&pairs);
        let factor = f64::powi(2.0, exponent);
        let before = compare(&old, &new, &Options::default());
        let after = compare(&scaled(&old, factor), &scaled(&new, factor), &Options::default());
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!((key(before), &before.finding), (key(after), &after.finding));
            let p = |row: &Comparison| row.change.as_ref().and_then(|change| change.p_adjusted);
            prop_assert_eq!(p(before), p(after));
        }
    }

    #[test]
    fn the_order_of_the_observations_changes_no_byte_of_the_report(
        (pairs, order) in pairs().prop_flat_map(|pairs| {
            let order = Just((0..pairs.len()).collect::<Vec<usize>>()).prop_shuffle();
            (Just(pairs), order)
        })
    ) {
        let (old, new) = sides(&pairs);
        let shuffled = |run: &Run| {
            let observations = run.observations();
            self::run(order.iter().filter_map(|index| observations.get(*index).cloned()).collect())
        };
        for format in RENDERERS.iter().map(|renderer| renderer.name) {
            let before = rendered(verdicts(&old, &new, &Budgets::built_in()), format);
            let after = rendered(verdicts(&shuffled(&old), &shuffled(&new), &Budgets::built_in()), format);
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn loosening_a_budget_never_adds_a_failure(pairs in pairs(), tight in 0..300_u32, slack in 0..300_u32) {
        let (old, new) = sides(&pairs);
        prop_assume!(!old.is_empty() && !new.is_empty());
        let loose = tight + slack;
        let limits = |metric: &str, unit: &str| {
            let text = |number: u32| format!("<= {number}{unit}");
            [tight, loose].map(|number| {
                budgets(&[&[("benchmark", "*"), ("metric", metric), ("limit", &text(number))]])
            })
        };
        let changes = |sign: &str, unit: &str| [tight, loose].map(|number| {
            budgets(&[&[("benchmark", "*"), ("metric", "*"), ("change", &format!("{sign}{number}{unit}"))]])
        });
        let fewest = [loose, tight].map(|least| {
            budgets(&[&[("benchmark", "*"), ("metric", "time"), ("min_samples", &least.max(1).to_string())]])
        });
        for [tight, loose] in [limits("time", " ns"), limits("allocs", ""), changes("<= +", "%"), changes("< +", ""), fewest] {
            for (tight, loose) in [
                (verdicts_by(&old, &new, &nothing_inherited(tight.clone())), verdicts_by(&old, &new, &nothing_inherited(loose.clone()))),
                (check(&new, &tight), check(&new, &loose)),
            ] {
                for (tight, loose) in outcomes(&tight).into_iter().zip(outcomes(&loose)) {
                    prop_assert!(loose <= tight, "{:?} became {:?}", tight, loose);
                }
            }
        }
    }

    #[test]
    fn a_count_that_rises_regressed_and_one_that_stays_is_unchanged(
        total in 0..u64::MAX / 2, operations in 1..u64::MAX, more in 1..1000_u64, metric in select(vec!["allocs", "alloc-bytes", "peak-bytes"])
    ) {
        let side = |total| run(vec![observation("a", metric, Values::Exact(Exact::new(total, operations).unwrap()))]);
        let finding = |old, new| {
            let verdicts = verdicts(&side(old), &side(new), &Budgets::built_in());
            (verdicts.rows[0].comparison.finding.clone(), verdicts.conclusion())
        };
        prop_assert_eq!(finding(total, total + more), (Finding::Regressed, Conclusion::Failed));
        prop_assert_eq!(finding(total + more, total), (Finding::Improved, Conclusion::Passed));
        prop_assert_eq!(finding(total, total), (Finding::Unchanged, Conclusion::Passed));
    }

    #[test]
    fn every_row_stands_in_every_report_exactly_once(pairs in pairs()) {
        let (old, new) = sides(&pairs);
        let expected: BTreeSet<(String, String)> =
            pairs.keys().map(|(id, metric)| (id.clone(), (*metric).to_owned())).collect();
        let verdicts = verdicts(&old, &new, &Budgets::built_in());
        let keys: Vec<(String, String)> = verdicts.rows.iter().map(|row| key(&row.comparison)).collect();
        prop_assert_eq!(keys.len(), expected.len());
        prop_assert_eq!(&keys.into_iter().collect::<BTreeSet<_>>(), &expected);

        let csv = rendered(verdicts.clone(), "csv");
        let json: serde_json::Value = serde_json::from_str(&rendered(verdicts.clone(), "json")).unwrap();
        let table = rendered(verdicts, "table");
        let table: Vec<Vec<&str>> = table
            .lines()
            .skip_while(|line| !line.starts_with("───"))
            .map(|line| line.split_whitespace().take(2).collect())
            .collect();
        prop_assert_eq!(csv.lines().count(), expected.len() + 1);
        for (id, metric) in &expected {
            let in_csv = csv.lines().filter(|line| line.starts_with(&format!("{id},{metric},"))).count();
            let rows = json["rows"].as_array().unwrap().iter();
            let in_json = rows.filter(|row| row["benchmark"] == **id && row["metric"] == **metric).count();
            let in_table = table.iter().filter(|words| **words == [id, metric]).count();
            prop_assert_eq!((in_csv, in_json, in_table), (1, 1, 1), "{} {}", id, metric);
        }
    }

    #[test]
    fn an_unrelated_benchmark_changes_no_verdict_of_a_count(pairs in counts(), unrelated in (sampled(), sampled())) {
        let (old, new) = sides(&pairs);
        let mut more = pairs.clone();
        more.insert(("unrelated".to_owned(), "time"), (Some(unrelated.0), Some(unrelated.1)));
        more.insert(("unrelated".to_owned(), "allocs"), (Some(Values::Exact(Exact::once(1))), None));
        let (more_old, more_new) = sides(&more);
        let budgets = budgets(&[&[("benchmark", "*"), ("metric", "allocs"), ("limit", "<= 1")]]);
        let (before, after) = (verdicts(&old, &new, &budgets), verdicts(&more_old, &more_new, &budgets));
        let after = judgements(&after);
        for (key, before) in judgements(&before) {
            prop_assert_eq!(before, after[&key]);
        }
    }

    /// Holm's correction lets further rows cost power, never add a finding.
    #[test]
    fn an_unrelated_benchmark_adds_no_finding_of_a_time(pairs in pairs(), unrelated in (sampled(), sampled())) {
        let (old, new) = sides(&pairs);
        let mut more = pairs.clone();
        more.insert(("unrelated".to_owned(), "time"), (Some(unrelated.0), Some(unrelated.1)));
        let (more_old, more_new) = sides(&more);
        let before = compare(&old, &new, &Options::default());
        let after = compare(&more_old, &more_new, &Options::default());
        let before = by_key(&before);
        let found = |row: &Comparison| matches!(row.finding, Finding::Regressed | Finding::Improved | Finding::Differs);
        for row in after.iter().filter(|row| row.id.as_str() != "unrelated" && found(row)) {
            prop_assert_eq!(&before[&key(row)].finding, &row.finding);
        }
    }

    #[test]
    fn a_benchmark_that_is_lost_fails(pairs in pairs(), lost in any::<proptest::sample::Index>()) {
        let (old, _) = sides(&pairs);
        prop_assume!(!old.is_empty());
        let lost = lost.get(old.observations()).id.clone();
        let new = old.clone().filtered(|observation| observation.id != lost);
        let verdicts = verdicts(&old, &new, &Budgets::built_in());
        prop_assert_eq!(verdicts.conclusion(), Conclusion::Failed);
        let broken: BTreeSet<&BenchId> = verdicts
            .rows
            .iter()
            .filter(|row| row.outcome() == Outcome::Broken)
            .map(|row| &row.comparison.id)
            .collect();
        prop_assert_eq!(broken, BTreeSet::from([&lost]));
    }

    /// Coverage is not lost by a detail of a benchmark that is still there, but by each of its headlines.
    #[test]
    fn a_headline_that_is_lost_fails(pairs in pairs(), lost in any::<proptest::sample::Index>()) {
        let (old, _) = sides(&pairs);
        prop_assume!(!old.is_empty());
        let lost = lost.get(old.observations()).clone();
        let is_lost = |o: &Observation| (&o.id, &o.metric) == (&lost.id, &lost.metric);
        let is_last = !old.observations().iter().any(|o| o.id == lost.id && !is_lost(o));
        let new = old.clone().filtered(|observation| !is_lost(observation));
        let expected = is_last || lost.metric.standing == Standing::Headline;
        prop_assert_eq!(verdicts(&old, &new, &Budgets::built_in()).conclusion() == Conclusion::Failed, expected);
    }

    #[test]
    fn no_budget_of_some_benchmarks_touches_the_others(
        pairs in counts(), metrics in subsequence(vec!["allocs", "alloc-bytes", "instructions"], 1..3)
    ) {
        let mut pairs = pairs;
        let one = || Some(Values::Exact(Exact::once(1)));
        pairs.insert(("a".to_owned(), "allocs"), (one(), one()));
        let (old, new) = sides(&pairs);
        let touched = |row: &(String, String)| row.0.starts_with('a') && metrics.contains(&row.1.as_str());
        let written: Vec<Vec<(&str, &str)>> = metrics
            .iter()
            .map(|metric| vec![("benchmark", "a*"), ("metric", *metric), ("change", "<= +1000%")])
            .collect();
        let written: Vec<&[(&str, &str)]> = written.iter().map(|keys| &keys[..]).collect();
        let (before, after) = (verdicts(&old, &new, &Budgets::built_in()), verdicts(&old, &new, &budgets(&written)));
        let after = judgements(&after);
        for (key, before) in judgements(&before).into_iter().filter(|(key, _)| !touched(key)) {
            prop_assert_eq!(before, after[&key]);
        }
    }
}

// ---- how often it is wrong -----------------------------------------------------------------------------------------

/// Random numbers, the same ones each time.
///
/// Source: Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators (SplitMix64).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// In (0, 1].
    fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// With mean 0 and standard deviation 1 (Box & Muller 1958).
    fn normal(&mut self) -> f64 {
        f64::sqrt(-2.0 * self.uniform().ln()) * f64::cos(std::f64::consts::TAU * self.uniform())
    }
}

/// The standard deviation of ln(new ÷ old) between two runs of one program, such that ×1.75 is three of them.
fn drift_between_runs() -> f64 {
    f64::ln(1.75) / 3.0
}

/// A benchmark of one process: 30 measurements that scatter by 2 %, all of them as disturbed as the run was.
fn one_process(random: &mut Random, seconds: f64) -> Values {
    let disturbed = seconds * f64::exp(random.normal() * drift_between_runs() / f64::sqrt(2.0));
    let times = (0..30).map(|_| disturbed * f64::exp(0.02 * random.normal())).collect();
    Values::Sampled(Processes::one(Sample::new(times).unwrap()))
}

/// How many of `pairs` comparisons say `Regressed`, when new takes `factor` times as long.
fn regressed(pairs: u32, factor: f64) -> u32 {
    let mut random = Random(1);
    let mut is_regressed = || {
        let mut side = |seconds| run(vec![observation("a", "time", one_process(&mut random, seconds))]);
        let (old, new) = (side(1e-6), side(1e-6 * factor));
        compare(&old, &new, &Options::default())[0].finding == Finding::Regressed
    };
    (0..pairs).map(|_| u32::from(is_regressed())).sum()
}

/// One run a side, on a machine that drifts between them. The chances follow from the drift alone: a change is found
/// when it and the drift together lie beyond ×1.75 and the smallest effect of 1 %.
///
/// | new ÷ old | drift needed | standard deviations | chance |
/// |---|---|---|---|
/// | 1 | ×1.7675 | 3.05 | 0.1 % |
/// | 1.1 | ×1.61 | 2.54 | 0.6 % |
/// | 2 | ×0.88 | −0.66 | 75 % |
/// | 3 | ×0.59 | −2.84 | 99.8 % |
#[test]
fn single_runs_give_no_false_alarm_and_find_what_is_large() {
    #[track_caller]
    fn check(factor: f64, pairs: u32, expected: std::ops::RangeInclusive<u32>) {
        let found = regressed(pairs, factor);
        assert!(expected.contains(&found), "×{factor}: regressed in {found} of {pairs}, expected {expected:?}");
    }
    check(1.0, 1000, 0..=5); // 1 expected
    check(1.1, 500, 0..=9); // 3 expected
    check(2.0, 500, 340..=405); // 373 expected, ± 10
    check(3.0, 500, 494..=500); // 499 expected
}

/// `go test -count 10`: ten measurements, each of a process of its own.
fn ten_replicates(random: &mut Random) -> Values {
    let processes = (0..10).map(|_| Sample::new(vec![f64::exp(0.05 * random.normal())]).unwrap());
    Values::Sampled(Processes::new(processes.collect()).unwrap())
}

/// Of the tests of equal sides, no more than alpha may be significant, and not many fewer: the exact test with
/// 10 + 10 values cannot reach 0.05, only 0.0433 (U ≤ 23; Mann & Whitney 1947).
#[test]
fn replicates_of_equal_sides_differ_significantly_as_often_as_alpha_says() {
    const PAIRS: u32 = 3000;
    let mut random = Random(2);
    let mut is_significant = || {
        let mut side = || run(vec![observation("a", "time", ten_replicates(&mut random))]);
        let (old, new) = (side(), side());
        let p = compare(&old, &new, &Options::default())[0].change.as_ref().and_then(|change| change.p).unwrap();
        u32::from(p <= 0.05)
    };
    let significant: u32 = (0..PAIRS).map(|_| is_significant()).sum();
    // 130 expected, and 95 % of all seeds within two standard deviations of 11.
    assert!((108..=152).contains(&significant), "{significant} of {PAIRS}");
}

/// Any false finding among all rows counts: Holm's correction keeps their rate at alpha, where single rows would
/// raise an alarm in 89 % of all comparisons (1 − 0.9567⁵⁰).
#[test]
fn fifty_equal_rows_raise_a_false_alarm_no_more_often_than_one() {
    const ROWS: usize = 50;
    const FAMILIES: u32 = 150;
    let mut random = Random(3);
    let (mut corrected, mut plain) = (0, 0);
    for _ in 0..FAMILIES {
        let mut side = || {
            let rows = (0..ROWS).map(|row| observation(&format!("row/{row}"), "time", ten_replicates(&mut random)));
            run(rows.collect())
        };
        let (old, new) = (side(), side());
        let changes: Vec<_> =
            compare(&old, &new, &Options::default()).into_iter().filter_map(|row| row.change).collect();
        assert_eq!(changes.len(), ROWS);
        corrected += u32::from(changes.iter().any(|change| change.p_adjusted.is_some_and(|p| p <= 0.05)));
        plain += u32::from(changes.iter().any(|change| change.p.is_some_and(|p| p <= 0.05)));
    }
    assert!(corrected <= 13, "{corrected} of {FAMILIES}"); // at most 7.5 expected, ± 2.7
    assert!((120..=146).contains(&plain), "{plain} of {FAMILIES}"); // 134 expected, ± 4
}

// ---- what was not compared --------------------------------------------------------------------------------------------

/// A time on both sides, and what is to be said of it.
fn concluded(finding: Finding, unmeasured: &[&str]) -> Conclusion {
    let time = |seconds: f64| Observation {
        id: BenchId::new("a"),
        metric: Arc::new(Metric::known("time")),
        values: Values::Sampled(Processes::one(Sample::new(vec![seconds; 8]).unwrap())),
        harness: "criterion".into(),
        origin: "x".into(),
    };
    let (old, new) = (run(vec![time(1e-6)]), run(vec![time(9e-6)]));
    let mut comparisons = compare(&old, &new, &Options::default());
    comparisons[0].finding = finding;
    let written = budgets(&[&[("benchmark", "*"), ("metric", "time"), ("change", "<= +5%")]]);
    let request = Request {
        comparisons,
        old: Some(&old),
        new: &new,
        policy: &Policy::from(written),
        options: &Options::default(),
        selection: &Selection::default(),
        unmeasured: unmeasured.iter().map(|id| (BenchId::new(id), "crashed: no disk".to_owned())).collect(),
    };
    judge(request).unwrap().conclusion()
}

#[test]
fn the_same_code_keeps_a_budget_and_what_has_moved_with_the_layout_proves_nothing() {
    // Nine times slower, so that only the finding can say otherwise.
    assert_eq!(concluded(Finding::Regressed, &[]), Conclusion::Failed);
    assert_eq!(concluded(Finding::NotComparable(Reason::SameCode), &[]), Conclusion::Passed);
    assert_eq!(concluded(Finding::NotComparable(Reason::SameFunctions), &[]), Conclusion::Passed);
    assert_eq!(concluded(Finding::NotProven(Lack::Layout), &[]), Conclusion::NotProven);
}

#[test]
fn a_benchmark_that_could_not_be_measured_fails_whatever_the_others_do() {
    assert_eq!(concluded(Finding::NotComparable(Reason::SameCode), &["b"]), Conclusion::Failed);
}
