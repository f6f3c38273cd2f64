//! Benchmarks that vanished, with what appeared and looks like them. A suggestion; nothing is renamed by it.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{Comparison, Sides};
use crate::model::{BenchId, Standing};

/// A benchmark that vanished, and the one that appeared and looks most like it.
#[derive(Clone, Debug, PartialEq)]
pub struct Renamed {
    /// Only the old side has it.
    pub from: BenchId,
    /// Only the new side has it.
    pub to: BenchId,
    /// How much they look alike, from 0 to 1: half by name, half by what was measured.
    pub likeness: f64,
}

/// Below this two benchmarks are strangers; chosen. Names of one group with one word changed have 0.6 and more, and
/// numbers within a factor of two 0.5 and more.
const ALIKE: f64 = 0.55;

/// More benchmarks on either side are no renamings but another suite, and to compare all with all would take long.
const MOST: usize = 500;

/// Numbers of one benchmark, by metric, in base units.
type Numbers<'a> = BTreeMap<&'a str, f64>;

/// The likeliest renamings, most alike first; no benchmark is in two of them.
pub(super) fn likeliest(rows: &[Comparison]) -> Vec<Renamed> {
    let (vanished, appeared) = (only_on_one_side(rows, Side::Old), only_on_one_side(rows, Side::New));
    if vanished.len().max(appeared.len()) > MOST {
        return Vec::new();
    }
    let mut pairs: Vec<Renamed> = vanished
        .iter()
        .flat_map(|old| appeared.iter().map(move |new| pair(old, new)))
        .filter(|pair| pair.likeness >= ALIKE)
        .collect();
    pairs.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to))));
    let (mut from, mut to) = (BTreeSet::new(), BTreeSet::new());
    pairs.retain(|pair| {
        let is_free = !from.contains(&pair.from) && !to.contains(&pair.to);
        if is_free {
            from.insert(pair.from.clone());
            to.insert(pair.to.clone());
        }
        is_free
    });
    pairs
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

fn only_on_one_side(rows: &[Comparison], side: Side) -> BTreeMap<&BenchId, Numbers<'_>> {
    let mut benchmarks: BTreeMap<&BenchId, Numbers<'_>> = BTreeMap::new();
    let number_of = |row: &Comparison| match (&row.sides, side) {
        (Sides::OnlyOld(only), Side::Old) | (Sides::OnlyNew(only), Side::New) => Some(only.center.point),
        (Sides::Both { .. } | Sides::OnlyOld(_) | Sides::OnlyNew(_), _) => None,
    };
    for row in rows {
        let Some(number) = number_of(row) else { continue };
        let numbers = benchmarks.entry(&row.id).or_default();
        if row.metric.standing == Standing::Headline {
            numbers.insert(&row.metric.name, number);
        }
    }
    for row in rows.iter().filter(|row| number_of(row).is_none()) {
        if benchmarks.is_empty() {
            break;
        }
        benchmarks.remove(&row.id);
    }
    benchmarks
}

fn pair((from, old): (&&BenchId, &Numbers<'_>), (to, new): (&&BenchId, &Numbers<'_>)) -> Renamed {
    let by_name = strsim::normalized_damerau_levenshtein(from.as_str(), to.as_str());
    let likeness = match nearness(old, new) {
        Some(by_numbers) => (by_name + by_numbers) / 2.0,
        // Nothing that both measured: the name alone has to say it.
        None => by_name,
    };
    Renamed { from: (*from).clone(), to: (*to).clone(), likeness }
}

/// How near the numbers of two benchmarks are: 1 for equal ones, ½ for a factor of two, on average over the metrics that
/// both have; `None` when there is none.
fn nearness(old: &Numbers<'_>, new: &Numbers<'_>) -> Option<f64> {
    let near = |(metric, old): (&&str, &f64)| {
        let new = new.get(*metric)?;
        let (small, large) = (old.abs().min(new.abs()), old.abs().max(new.abs()));
        Some(if large == 0.0 { 1.0 } else { small / large })
    };
    let nears: Vec<f64> = old.iter().filter_map(near).collect();
    (!nears.is_empty()).then(|| nears.iter().sum::<f64>() / nears.len() as f64)
}
