//! The tables of a record, and of made-up machines.

use regress::stats::{Sample, median, robust_standard_deviation};
use regress::trial::{Evidence, Measure, Pairing, Plan, Question, log_ratios, weigh};

use super::calibration::PROFILES;
use super::draw::World;
use super::random::Random;
use super::rules::{FAMILY, MOST_ROUNDS};
use super::samples::Samples;
use super::table::{markdown, percent, row};
use super::tally::{EFFECTS, Scored, Size, smallest_found};

/// What it was recorded on, a fact a line.
pub fn machine(samples: &Samples) -> String {
    samples.machine.iter().map(|(name, value)| format!("* {name}: {value}\n")).collect()
}

/// The smallest effect found in 90 % at family-wise 1 %.
pub fn headline(world: &World, scored: &[Scored], size: Size) -> String {
    let found = |scored: &Scored| match smallest_found(scored.rule, world, size.changed) {
        _ if scored.unchanged.family_wise().0 > 0.01 => "none, too many false flags".to_owned(),
        Some(effect) => percent(effect),
        None => "> 25 %".to_owned(),
    };
    format!(
        "**MDE90@1: {}** of a family of 50 on this machine; {} without lockstep.\n",
        found(&scored[0]),
        found(&scored[1])
    )
}

/// Every rule, over all kinds.
pub fn rules(scored: &[Scored]) -> String {
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
    for scored in scored {
        let none = scored.unchanged;
        let (share, (low, high)) = none.family_wise();
        let mut cells = vec![
            scored.rule.name.to_owned(),
            scored.rule.design.to_owned(),
            format!("{:.3}", none.count.flagged as f64 / none.runs as f64),
            format!("{} ({} … {})", percent(share), percent(low), percent(high)),
            percent(none.count.share(none.count.proven)),
        ];
        cells.extend(
            EFFECTS[1..].iter().map(|effect| scored.at(*effect)).map(|count| percent(count.share(count.flagged))),
        );
        cells.push(format!("{:.0}", none.count.mean_rounds()));
        cells.push(format!("{:.0}", scored.at(1.05).mean_rounds()));
        rows.push(cells);
    }
    markdown(&rows)
}

/// Ours, by kind of workload.
pub fn kinds(world: &World, ours: &Scored) -> String {
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
    for (kind, name) in world.samples().kinds.iter().enumerate() {
        let [none, three, five, ten] = [1.0, 1.03, 1.05, 1.10].map(|effect| ours.by_kind(effect)[kind]);
        let pairing = |half| match world.pairing(half, kind) {
            Pairing::Apart => "apart",
            Pairing::Lockstep => "lockstep",
        };
        let pairing =
            if pairing(0) == pairing(1) { pairing(0).to_owned() } else { format!("{}, {}", pairing(0), pairing(1)) };
        rows.push(vec![
            name.clone(),
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

/// q90, apart: what it scatters by, and what that leaves to see.
pub fn tails(world: &World, size: Size) -> String {
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
    let level = plan.alpha / (plan.looks.count() * FAMILY) as f64;
    for (kind, name) in world.samples().kinds.iter().enumerate() {
        let scatter = |measure| {
            let rounds = world.benchmark(kind, 1.0, 1, 1).rounds_apart(4 * MOST_ROUNDS);
            robust_standard_deviation(&Sample::new(log_ratios(&rounds, measure, &plan).1).expect("recorded"))
        };
        let share = |measure, budget, effect: f64, is_hit: fn(&Evidence, &Plan, f64) -> bool| {
            let hits = (0..size.changed).filter(|&number| {
                let rounds =
                    world.benchmark(kind, effect, number % 2, 7 << 50 | number as u64).rounds_apart(MOST_ROUNDS);
                let sample = Sample::new(log_ratios(&rounds, measure, &plan).1).expect("recorded");
                is_hit(&weigh(&sample, &Question::new(measure, budget), &plan).expect("160 rounds"), &plan, level)
            });
            percent(hits.count() as f64 / size.changed as f64)
        };
        rows.push(vec![
            name.clone(),
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
pub fn calibration() -> String {
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
