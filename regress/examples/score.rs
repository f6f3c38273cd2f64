//! Writes the tables of `trials/README.md`: decision rules, scored on the same recorded rounds.
//!
//!     cargo run --release -p bench-regress --example score            all tables
//!     cargo run --release -p bench-regress --example score tails      one of them
//!
//! Takes some minutes on one core. Seeds are fixed: the same tables come out everywhere.

use std::path::Path;
use std::{env, fs};

use regress::stats::{Sample, median, robust_standard_deviation};
use regress::trial::{Measure, Pairing, Plan, Question, log_ratios, weigh};

#[path = "../trials/score/mod.rs"]
#[allow(dead_code, reason = "shared with tests/it/trial.rs, which uses the rest")]
mod score;

use score::apart;
use score::calibration::PROFILES;
use score::draw::World;
use score::random::Random;
use score::rules::{MOST_ROUNDS, RULES};
use score::samples::{KINDS, Samples};
use score::table::{markdown, percent, replace_between};
use score::tally::{Size, changed, changed_of_all_kinds, smallest_found, unchanged};

const SIZE: Size = Size { unchanged_runs: 2000, changed: 1000 };

type Table = fn(&World) -> String;

const TABLES: &[(&str, Table)] = &[
    ("headline", headline),
    ("rules", rules),
    ("kinds", kinds),
    ("tails", tails),
    ("calibration", |_| calibration()),
    ("apart", |_| apart::by_kind(&Samples::read())),
    ("null-length", |_| apart::by_length(&Samples::read())),
    ("one-ratio", |_| apart::by_ratio(&Samples::read())),
];

fn main() -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("trials/README.md");
    let mut text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let world = World::new();
    let wanted: Vec<String> = env::args().skip(1).collect();
    for (name, table) in TABLES.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|w| w == name)) {
        let inner = table(&world);
        text = replace_between(&text, name, &inner).ok_or_else(|| format!("no `<!-- {name} -->` in README.md"))?;
    }
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn rules(world: &World) -> String {
    let mut rows = vec![row(&[
        "rule",
        "measures",
        "false flags per run of 50",
        "runs with a false flag (95 %)",
        "proven within 3 %",
        "+1 %",
        "+2 %",
        "+3 %",
        "+5 %",
        "+10 %",
        "rounds at 0",
        "at +5 %",
    ])];
    for rule in RULES {
        let none = unchanged(rule, world, SIZE.unchanged_runs);
        let (share, (low, high)) = none.family_wise();
        let mut cells = vec![
            rule.name.to_owned(),
            rule.design.to_owned(),
            format!("{:.3}", none.count.flagged as f64 / none.runs as f64),
            format!("{} ({} … {})", percent(share), percent(low), percent(high)),
            percent(none.count.share(none.count.proven)),
        ];
        let counts =
            [1.01, 1.02, 1.03, 1.05, 1.10].map(|effect| changed_of_all_kinds(rule, world, effect, SIZE.changed));
        cells.extend(counts.map(|count| percent(count.share(count.flagged))));
        cells.push(format!("{:.0}", none.count.mean_rounds()));
        cells.push(format!("{:.0}", counts[3].mean_rounds()));
        rows.push(cells);
    }
    markdown(&rows)
}

/// Ours, by kind of workload.
fn kinds(world: &World) -> String {
    let mut rows = vec![row(&[
        "kind",
        "measured",
        "flagged at 0",
        "proven at 0",
        "rounds at 0",
        "+3 %",
        "called within at +3 %",
        "+5 %",
        "called within at +5 %",
        "rounds at +5 %",
        "+10 %",
    ])];
    for (kind, name) in KINDS.iter().enumerate() {
        let count = |effect| changed(&RULES[0], world, kind, effect, SIZE.changed);
        let (none, three, five, ten) = (count(1.0), count(1.03), count(1.05), count(1.10));
        let pairing = |half| match world.pairing(half, kind) {
            Pairing::Apart => "apart",
            Pairing::Lockstep => "lockstep",
        };
        let pairing =
            if pairing(0) == pairing(1) { pairing(0).to_owned() } else { format!("{}, {}", pairing(0), pairing(1)) };
        rows.push(vec![
            (*name).to_owned(),
            pairing,
            percent(none.share(none.flagged)),
            percent(none.share(none.proven)),
            format!("{:.0}", none.mean_rounds()),
            percent(three.share(three.flagged)),
            percent(three.share(three.proven)),
            percent(five.share(five.flagged)),
            percent(five.share(five.proven)),
            format!("{:.0}", five.mean_rounds()),
            percent(ten.share(ten.flagged)),
        ]);
    }
    markdown(&rows)
}

/// The smallest effect found in 90 % at family-wise 1 %.
fn headline(world: &World) -> String {
    let found = |rule| smallest_found(rule, world, SIZE.changed).map_or("> 25 %".to_owned(), percent);
    format!(
        "**MDE90@1: {}** of a family of 50 on this machine; {} without lockstep.\n",
        found(&RULES[0]),
        found(&RULES[1])
    )
}

/// q90, apart: what it scatters by, and what that leaves to see.
fn tails(world: &World) -> String {
    let mut rows = vec![row(&[
        "kind",
        "scatter of one round, minimum",
        "of q90",
        "proven within 3 % after 160, minimum",
        "within 25 % after 160, q90",
        "+25 % found, q90",
        "+50 % found, q90",
    ])];
    let plan = Plan::default();
    let level = plan.alpha / (plan.looks.count() * score::rules::FAMILY) as f64;
    for (kind, name) in KINDS.iter().enumerate() {
        let scatter = |measure| {
            let rounds = world.benchmark(kind, 1.0, 1, 1).rounds_apart(4 * MOST_ROUNDS);
            robust_standard_deviation(&Sample::new(log_ratios(&rounds, measure, &plan).1).expect("recorded"))
        };
        let share = |measure, budget, effect: f64, is_hit: fn(&regress::trial::Evidence, &Plan, f64) -> bool| {
            let hits = (0..SIZE.changed).filter(|&number| {
                let rounds =
                    world.benchmark(kind, effect, number % 2, 7 << 50 | number as u64).rounds_apart(MOST_ROUNDS);
                let sample = Sample::new(log_ratios(&rounds, measure, &plan).1).expect("recorded");
                is_hit(&weigh(&sample, &Question::new(measure, budget), &plan).expect("160 rounds"), &plan, level)
            });
            percent(hits.count() as f64 / SIZE.changed as f64)
        };
        rows.push(vec![
            (*name).to_owned(),
            percent(scatter(Measure::Typical)),
            percent(scatter(Measure::Tail)),
            share(Measure::Typical, 1.03, 1.0, |e, plan, _| e.p_over_budget <= plan.alpha_within / 5.0),
            share(Measure::Tail, 1.25, 1.0, |e, plan, _| e.p_over_budget <= plan.alpha_within / 5.0),
            share(Measure::Tail, 1.25, 1.25, |e, _, level| e.p_regressed <= level),
            share(Measure::Tail, 1.25, 1.50, |e, _, level| e.p_regressed <= level),
        ]);
    }
    markdown(&rows)
}

/// How often p of a true effect of just the boundary falls below what it says.
fn calibration() -> String {
    const TRIALS: usize = 20_000;
    let mut rows = vec![row(&[
        "made-up machine",
        "rounds",
        "p ≤ .05",
        "p ≤ .01",
        "p ≤ .001",
        "95 % interval holds the truth",
        "median of the interval's width",
    ])];
    let (plan, question) = (Plan::default(), Question::new(Measure::Typical, 1.03));
    for profile in PROFILES {
        for rounds in [10, 40, 160] {
            let mut random = Random::new(rounds as u64);
            let (mut hits, mut held, mut widths) = ([0; 3], 0, Vec::new());
            for _ in 0..TRIALS {
                let drawn = profile.rounds(&mut random, rounds, question.boundary);
                let sample = Sample::new(log_ratios(&drawn, Measure::Typical, &plan).1).expect("made up");
                let evidence = weigh(&sample, &question, &plan).expect("10 rounds");
                for (hits, level) in hits.iter_mut().zip([0.05, 0.01, 0.001]) {
                    *hits += usize::from(evidence.p_regressed <= level);
                }
                held += usize::from(evidence.interval.contains(question.boundary));
                widths.push(evidence.interval.high - evidence.interval.low);
            }
            let share = |hits: usize| percent(hits as f64 / TRIALS as f64);
            let width = median(&Sample::new(widths).expect("made up"));
            rows.push(vec![
                profile.name.to_owned(),
                rounds.to_string(),
                share(hits[0]),
                share(hits[1]),
                share(hits[2]),
                share(held),
                percent(width),
            ]);
        }
    }
    markdown(&rows)
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}
