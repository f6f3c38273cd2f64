use std::cmp::Ordering;

use crate::model::{METRICS, Observation};

/// A benchmark's metric in two runs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pair<'a> {
    Both { old: &'a Observation, new: &'a Observation },
    OnlyOld(&'a Observation),
    OnlyNew(&'a Observation),
}

/// Lines up two lists that are sorted by benchmark and metric.
pub(super) fn pair<'a>(old: &'a [Observation], new: &'a [Observation]) -> Vec<Pair<'a>> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    let mut pairs = Vec::with_capacity(old.len().max(new.len()));
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return pairs,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => by_name(old, new),
        };
        pairs.extend(match order {
            Ordering::Less => old.next().map(Pair::OnlyOld),
            Ordering::Greater => new.next().map(Pair::OnlyNew),
            Ordering::Equal => old.next().zip(new.next()).map(|(old, new)| Pair::Both { old, new }),
        });
    }
}

fn by_name(a: &Observation, b: &Observation) -> Ordering {
    let position = |o: &Observation| METRICS.position(&o.metric.name);
    a.id.cmp(&b.id).then_with(|| position(a).cmp(&position(b))).then_with(|| a.metric.name.cmp(&b.metric.name))
}
