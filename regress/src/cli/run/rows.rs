use std::collections::BTreeSet;

use super::TIME;
use super::benchmarks::Benchmarks;
use super::measuring::{Measured, MeasuredRow};
use crate::cli::compare::Desk;
use crate::compare::{self, Comparison, Finding, Lack, Reason, Sides};
use crate::io::Side;
use crate::model::{BenchId, METRICS, Run};
use crate::report::{self, SameCode};
use crate::trial::{self, Measure};

/// Counts and benchmarks of one side as ever; times by what was decided while they were measured.
pub(super) fn of(
    desk: &Desk<'_>,
    old: &Run,
    new: &Run,
    measured: &Measured,
    benchmarks: &Benchmarks,
) -> (Vec<Comparison>, Option<SameCode>) {
    let options = &desk.settings.options;
    let in_turns: BTreeSet<(&BenchId, &str)> =
        measured.rows.iter().map(|row| (&row.sides.0.id, &*row.sides.0.metric.name)).collect();
    let apart = |run: &Run| run.clone().filtered(|o| !in_turns.contains(&(&o.id, &*o.metric.name)));
    let apart = compare::compare(&apart(old), &apart(new), options).into_iter();
    let mut rows: Vec<Comparison> =
        apart.map(|row| tell_of_crash(of_one_process(row, benchmarks), measured, benchmarks)).collect();
    let same_instructions = same_instructions(&rows);
    let mut same = SameCode { benchmarks: 0, seemed_to_change: 0 };
    for MeasuredRow { row, sides, ratios: _ } in &measured.rows {
        let mut comparison = trial::comparison(&sides.0, &sides.1, row, &measured.plan, options);
        let seems_changed = matches!(comparison.finding, Finding::Regressed | Finding::Improved);
        let is_typical = row.question.measure == Measure::Typical;
        let same_code = benchmarks.same_code.get(&comparison.id).cloned();
        if same_code == Some(Reason::SameCode) && is_typical {
            same.benchmarks += 1;
            same.seemed_to_change += usize::from(seems_changed);
        }
        if is_typical {
            comparison.warnings.extend(too_tight(desk, &comparison.id, measured.plan.looks.last()));
        }
        if seems_changed && same_instructions.contains(&comparison.id) {
            comparison.finding = Finding::NotProven(Lack::Layout);
        }
        rows.push(match same_code {
            Some(reason) => comparison.not_judged(reason),
            None => comparison,
        });
    }
    rows.sort_by(|a, b| {
        let key = |c: &Comparison| (c.id.clone(), METRICS.position(&c.metric.name));
        key(a).cmp(&key(b)).then_with(|| a.metric.name.cmp(&b.metric.name))
    });
    (rows, (same.benchmarks > 0).then_some(same))
}

/// What took no turns: of skipped benchmarks the time, of others what is computed from it. What the programs that count
/// tell, counts and `time-p99` alike, is compared as that of any two runs.
fn of_one_process(row: Comparison, benchmarks: &Benchmarks) -> Comparison {
    let reason = match (&row.sides, &*row.metric.name) {
        (Sides::Both { .. }, TIME) => benchmarks.same_code.get(&row.id).cloned(),
        (Sides::Both { .. }, name) if METRICS.is_of_the_time(name) => Some(Reason::OfTheTime),
        _ => None,
    };
    match reason {
        Some(reason) => row.not_judged(reason),
        None => row,
    }
}

/// A time that one side lacks because its process failed says so.
fn tell_of_crash(mut row: Comparison, measured: &Measured, benchmarks: &Benchmarks) -> Comparison {
    let is_of = |index: &usize| benchmarks.both[*index].id() == row.id && &*row.metric.name == TIME;
    let crash = measured.crashes.iter().find(|(index, _)| is_of(index)).map(|(_, (side, crash))| (*side, crash));
    match (&row.sides, crash) {
        (Sides::OnlyOld(_), Some((Side::New, crash))) | (Sides::OnlyNew(_), Some((Side::Old, crash))) => {
            row.finding = Finding::Crashed(crash.to_string());
        }
        _ => {}
    }
    row
}

/// Benchmarks that do what they did, as far as valgrind can count: a time that moved all the same has moved with the
/// place of the code in memory, or with something that nobody counts.
fn same_instructions(rows: &[Comparison]) -> BTreeSet<BenchId> {
    /// As the built-in budget of instructions: the allocator's state moves them by up to a tenth of a per cent.
    const INSTRUCTIONS: f64 = 0.003;
    /// Cycles have cache misses in them, which move with the place of the data.
    const CYCLES: f64 = 0.01;
    let moved_most = |row: &Comparison| match &*row.metric.name {
        "instructions" => Some(INSTRUCTIONS),
        "estimated-cycles" => Some(CYCLES),
        _ => None,
    };
    let judged = rows.iter().filter_map(|row| Some((row, moved_most(row)?)));
    let (same, moved): (Vec<_>, Vec<_>) = judged.partition(|(row, most)| {
        let is_compared = !matches!(row.finding, Finding::NotComparable(_));
        let ratio = row.change.as_ref().and_then(|change| change.ratio);
        is_compared && ratio.is_some_and(|ratio| ratio.ln().abs() <= *most)
    });
    let ids = |rows: &[(&Comparison, f64)]| rows.iter().map(|(row, _)| row.id.clone()).collect::<BTreeSet<_>>();
    ids(&same).difference(&ids(&moved)).cloned().collect()
}

/// A written budget that cannot be seen on this machine says so.
fn too_tight(desk: &Desk<'_>, id: &BenchId, rounds: usize) -> Option<String> {
    let noise = desk.noise.as_ref()?.benchmarks.get(id)?;
    report::too_tight(desk.settings.policy.budgets.written_change(id, TIME)?, noise, rounds)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::compare::Options;
    use crate::model::{Exact, Metric, Observation, Provenance, Values};

    fn run(counts: &[(&str, u64)]) -> Run {
        let observation = |(metric, total): &(&str, u64)| Observation {
            id: BenchId::new("a"),
            metric: Arc::new(Metric::known(metric)),
            values: Values::Exact(Exact::new(*total, 1).expect("one operation")),
            harness: "callgrind".into(),
            origin: "x".into(),
        };
        let counts = counts.iter().map(observation).collect();
        Run::new("x", Provenance::default(), Vec::new(), counts).expect("each metric once")
    }

    #[track_caller]
    fn check(old: &[(&str, u64)], new: &[(&str, u64)], expected: bool) {
        let rows = compare::compare(&run(old), &run(new), &Options::default());
        assert_eq!(same_instructions(&rows).contains(&BenchId::new("a")), expected, "{old:?} {new:?}");
    }

    #[test]
    fn a_benchmark_does_what_it_did_when_neither_instructions_nor_cycles_moved() {
        let (instructions, cycles) = ("instructions", "estimated-cycles");
        check(&[(instructions, 1000)], &[(instructions, 1000)], true);
        check(&[(instructions, 1000)], &[(instructions, 1002)], true);
        check(&[(instructions, 1000)], &[(instructions, 1004)], false);
        check(&[(instructions, 1000)], &[(instructions, 996)], false);
        check(&[(instructions, 1000), (cycles, 1000)], &[(instructions, 1000), (cycles, 1009)], true);
        check(&[(instructions, 1000), (cycles, 1000)], &[(instructions, 1000), (cycles, 1020)], false);
        // Nobody counted: a time that moved is a time that moved.
        check(&[("allocs", 1)], &[("allocs", 1)], false);
        check(&[(instructions, 1000)], &[("allocs", 1)], false);
    }
}
