//! Does the rule hold what its tables promise? Scored on recorded rounds, at reduced size, with fixed seeds.

use regress::stats::Sample;
use regress::trial::{Measure, Pairing, Plan, Question, log_ratios, weigh};

#[path = "../../trials/score/mod.rs"]
#[allow(dead_code, reason = "shared with examples/score.rs, which uses the rest")]
mod score;

use score::apart;
use score::calibration::PROFILES;
use score::draw::World;
use score::exact::clopper_pearson;
use score::random::Random;
use score::rules::{BUDGET, RULES, Rule};
use score::samples::{EFFECTS, KINDS, Samples};
use score::table::between;
use score::tally::{Count, changed_of_all_kinds, unchanged};

const README: &str = include_str!("../../trials/README.md");

/// The cell of a table between markers, as a share: the number before the first `%`.
fn published(table: &str, row: usize, column: &str) -> f64 {
    let text = between(README, table).unwrap();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = text.lines();
    let place = cells(lines.next().unwrap()).iter().position(|cell| cell == column).unwrap();
    let cell = cells(lines.nth(1 + row).unwrap())[place].clone();
    cell.split_once('%')
        .map_or_else(|| cell.parse().unwrap(), |(number, _)| number.trim().parse::<f64>().unwrap() / 100.0)
}

/// Counted anew, a share must be one that the published one can be of: its 95 % interval, half as wide again.
#[track_caller]
fn check_share(what: &str, hits: usize, trials: usize, published: f64) {
    let (low, high) = clopper_pearson(hits, trials);
    let room = (high - low) / 4.0;
    assert!(
        low - room <= published && published <= high + room,
        "{what}: {hits} of {trials} ({low:.3} … {high:.3}), published {published}"
    );
}

fn rule(name: &str) -> (usize, &'static Rule) {
    RULES.iter().enumerate().find(|(_, rule)| rule.name == name).unwrap()
}

#[test]
fn the_recorded_rounds_are_whole() {
    let samples = Samples::read();
    assert_eq!((samples.old.len(), samples.new.len(), samples.lockstep.len()), (KINDS.len(), KINDS.len(), KINDS.len()));
    for kind in 0..KINDS.len() {
        assert_eq!(samples.old[kind].len(), 512);
        assert!(samples.new[kind].len() == EFFECTS.len() && samples.new[kind].iter().all(|arm| arm.len() == 512));
        assert!(
            samples.lockstep[kind].len() == EFFECTS.len() && samples.lockstep[kind].iter().all(|arm| arm.len() == 139)
        );
        for process in &samples.old[kind] {
            assert!(0.0 < process.min && process.min <= process.median && process.median <= process.q90);
        }
    }
    let bytes = include_str!("../../trials/apart.txt").len() + include_str!("../../trials/lockstep.txt").len();
    assert!(bytes < 1_500_000, "{bytes}");
}

#[test]
fn the_rule_holds_its_published_numbers() {
    let world = World::new();
    let (row, regress) = rule("regress");
    let none = unchanged(regress, &world, 16); // 800 benchmarks
    assert_eq!((none.runs_flagged, none.runs_improved), (0, 0));
    check_share("proven", none.count.proven, none.count.benchmarks, published("rules", row, "proven within 3 %"));
    let (rounds, expected) = (none.count.mean_rounds(), published("rules", row, "rounds at 0"));
    assert!((rounds / expected - 1.0).abs() < 0.1, "{rounds} rounds, published {expected}");
    for (effect, column) in [(1.01, "+1 %"), (1.03, "+3 %"), (1.05, "+5 %"), (1.10, "+10 %")] {
        let count = changed_of_all_kinds(regress, &world, effect, 12);
        check_share(column, count.flagged, count.benchmarks, published("rules", row, column));
        assert_eq!(count.improved, 0);
    }
}

#[test]
fn the_published_numbers_are_the_ones_aimed_at() {
    let (row, _) = rule("regress");
    let of = |column| published("rules", row, column);
    assert!(of("false flags per run of 50") <= 0.01);
    assert!(of("runs with a false flag (95 %)") <= 0.01);
    assert!(of("proven within 3 %") >= 0.90 && of("rounds at 0") <= 40.0);
    assert!(of("+3 %") >= 0.80 && of("+5 %") >= 0.90 && of("+10 %") >= 0.97);
    let kinds_at_5 = (0..KINDS.len()).filter(|&kind| published("kinds", kind, "+5 %") >= 0.98).count();
    assert!(kinds_at_5 >= 7, "{kinds_at_5} of 8 kinds");
    // A third of the fixed plan of 160 rounds.
    assert!(of("rounds at 0") <= 160.0 / 3.0 && of("at +5 %") <= 160.0 / 3.0);
}

#[test]
fn old_then_new_is_flagged_by_every_other_rule() {
    let world = World::new();
    for (row, rule) in RULES.iter().enumerate().filter(|(_, rule)| rule.design.contains("then")) {
        let none = unchanged(rule, &world, 6);
        assert!(none.runs_flagged >= 4, "{}: {} of 6 runs", rule.name, none.runs_flagged);
        let per_run = none.count.flagged as f64 / none.runs as f64;
        let expected = published("rules", row, "false flags per run of 50");
        assert!((per_run / expected - 1.0).abs() < 0.5, "{}: {per_run} per run, published {expected}", rule.name);
    }
}

#[test]
fn lockstep_is_chosen_where_it_is_tighter() {
    let world = World::new();
    let pairing = |name| {
        let kind = KINDS.iter().position(|kind| *kind == name).unwrap();
        [world.pairing(0, kind), world.pairing(1, kind)]
    };
    assert_eq!(pairing("chase"), [Pairing::Lockstep; 2]);
    assert_eq!(pairing("map"), [Pairing::Apart; 2]);
    assert_eq!(pairing("pingpong"), [Pairing::Apart; 2]);
}

/// A p of at most 5 % comes up in at most 5 % where the truth sits on the boundary, on whatever machine.
#[test]
fn p_is_calibrated_at_the_boundary() {
    const TRIALS: usize = 1000;
    let (plan, question) = (Plan::default(), Question::new(Measure::Typical, BUDGET));
    for profile in PROFILES {
        for rounds in [10, 40] {
            let mut random = Random::new(99);
            let mut slower = Count::default();
            let mut within = 0;
            for _ in 0..TRIALS {
                let evidence = |random: &mut Random, effect| {
                    let drawn = profile.rounds(random, rounds, effect);
                    let sample = Sample::new(log_ratios(&drawn, Measure::Typical, &plan).1).unwrap();
                    weigh(&sample, &question, &plan).unwrap()
                };
                slower.benchmarks += 1;
                slower.flagged += usize::from(evidence(&mut random, question.boundary).p_regressed <= 0.05);
                within += usize::from(evidence(&mut random, question.budget).p_over_budget <= 0.05);
            }
            // 50 + 4 sqrt(1000 * 0.05 * 0.95) = 78; and the test is not merely blunt: at least a third of 50
            let counts = [("slower", slower.flagged), ("within", within)];
            for (what, hits) in counts {
                assert!((17..=78).contains(&hits), "{}, {rounds} rounds, {what}: {hits} of {TRIALS}", profile.name);
            }
        }
    }
}

#[test]
fn clopper_and_pearson_by_hand() {
    // None of n: the upper end solves (1 - p)^n = 0.025
    let (low, high) = clopper_pearson(0, 500);
    assert!(low == 0.0 && (high - (1.0 - 0.025_f64.powf(1.0 / 500.0))).abs() < 1e-12);
    let (low, high) = clopper_pearson(500, 500);
    assert!(high == 1.0 && (low - 0.025_f64.powf(1.0 / 500.0)).abs() < 1e-12);
    // scipy.stats.binomtest(3, 20).proportion_ci(): 0.0320709, 0.3789268
    let (low, high) = clopper_pearson(3, 20);
    assert!((low - 0.032_070_9).abs() < 1e-6 && (high - 0.378_926_8).abs() < 1e-6);
}

/// The tables are written by the example, in the same way: no digit of them may differ.
#[test]
fn two_runs_taken_apart_are_as_published() {
    let samples = Samples::read();
    let one_ratio = apart::by_ratio(&samples);
    assert_eq!(between(README, "one-ratio"), Some(&*one_ratio));
    let architecture = include_str!("../../../ARCHITECTURE.md");
    for row in one_ratio.lines().filter(|row| !row.contains("---")) {
        assert!(architecture.contains(row), "ARCHITECTURE.md has another row than {row}");
    }
    for kind in ["alu", "map"] {
        let row = apart::row(&samples, KINDS.iter().position(|name| *name == kind).unwrap()).join(" | ");
        assert!(between(README, "apart").unwrap().contains(&row), "{row}");
    }
    // What null runs are for: hardly a pair of a steady kind lies beyond what they saw.
    for kind in [0, 1, 2, 4, 5, 7] {
        assert!(published("apart", kind, "beyond what was seen") <= 0.01, "{}", KINDS[kind]);
    }
}
