//! The numbers to reach, and whether they are.

use super::counts::{Exactly, exactly};
use super::draw::World;
use super::rules::MOST_ROUNDS;
use super::table::{markdown, percent, row};
use super::tally::Scored;

/// One column of the table: what was reached by one way of measuring.
type Reached = fn(&Scored) -> (bool, String);

/// What is wanted of families of 50 with a budget of 3 %.
const GOALS: &[(&str, Reached)] = &[
    ("false flags in at most 1 % of the runs in which nothing changed", |scored| {
        let (share, (low, high)) = scored.unchanged.family_wise();
        (share <= 0.01, format!("{} ({} … {})", percent(share), percent(low), percent(high)))
    }),
    ("+5 % found in 98 % on seven of eight kinds", |scored| {
        let kinds = scored.by_kind(1.05);
        let reached = kinds.iter().filter(|count| count.share(count.flagged) >= 0.98).count();
        (8 * reached >= 7 * kinds.len(), format!("on {reached} of {}", kinds.len()))
    }),
    ("+5 % found in 90 % over all", |scored| found(scored, 1.05, 0.90)),
    ("+10 % found in 97 %", |scored| found(scored, 1.10, 0.97)),
    ("+3 % found in 80 %, better 90 %", |scored| found(scored, 1.03, 0.80)),
    ("unchanged: proven within budget in 90 %", |scored| {
        let count = scored.unchanged.count;
        let share = count.share(count.proven);
        (share >= 0.90, percent(share))
    }),
    ("unchanged: in at most 40 rounds on average", |scored| {
        let rounds = scored.unchanged.count.mean_rounds();
        (rounds <= 40.0, format!("{rounds:.0}"))
    }),
    ("a third of the time of always 160 rounds: unchanged, at +5 %", |scored| {
        let shares = [scored.unchanged.count, scored.at(1.05)].map(|count| count.mean_rounds() / MOST_ROUNDS as f64);
        (shares.iter().all(|share| *share <= 1.0 / 3.0), format!("{}, {}", percent(shares[0]), percent(shares[1])))
    }),
];

fn found(scored: &Scored, effect: f64, wanted: f64) -> (bool, String) {
    let count = scored.at(effect);
    let share = count.share(count.flagged);
    (share >= wanted, percent(share))
}

/// * `scored`: ours with lockstep and without it.
pub fn goals(world: &World, scored: [&Scored; 2]) -> String {
    let mut rows = vec![row(&["wanted", scored[0].rule.name, scored[1].rule.name])];
    for (wanted, reached) in GOALS {
        let cells = scored.map(|scored| cell(reached(scored)));
        rows.push([vec![(*wanted).to_owned()], cells.to_vec()].concat());
    }
    let exact = exact_cell(exactly(world.samples()));
    rows.push(vec!["counts: nothing flagged that did not change, all that did".to_owned(), exact.clone(), exact]);
    markdown(&rows)
}

fn exact_cell(exactly: Option<(Exactly, Exactly)>) -> String {
    let Some((unchanged, changed)) = exactly else { return "not counted".to_owned() };
    let text = format!("{} of {}, {} of {}", unchanged.flagged, unchanged.pairs, changed.flagged, changed.pairs);
    cell((unchanged.flagged == 0 && changed.flagged == changed.pairs, text))
}

fn cell((is_reached, text): (bool, String)) -> String {
    if is_reached { format!("yes: {text}") } else { format!("**no**: {text}") }
}
