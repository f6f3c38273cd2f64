use super::{Age, Rule, RuleInfo, RuleKind, Ruling};
use crate::compare::{Growing, Interval, Law, Step, growth, steps};
use crate::model::{BenchId, METRICS, Run};
use crate::policy::bound::{Bound, Keeps, Operator};
use crate::policy::case::Case;
use crate::policy::entry::Value;
use crate::policy::outcome::Outcome;
use crate::policy::scope::Scope;
use crate::select::size_of;
use crate::unit::{Better, count};

pub(super) const INFO: RuleInfo = RuleInfo {
    kind: RuleKind::Scaling,
    key: "scaling",
    example: "\"<= n log n\", \"<= n\", \"<= n^1.5\", \"<= log n\" or \"<= 1\"",
    what: "Bounds the growth with the size in the name (n1000, d512, size=4k); of instructions, else of time",
    parse,
};

/// A bound on how a cost grows with the size of its input.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalingLimit {
    /// What it may grow like.
    pub law: Law,
    /// As it is written.
    pub text: String,
}

/// Growth that exceeds a law by less than this is not told from it, as a power of n: ×1.12 for ten times the size.
///
/// Chosen: a linear loop whose last block is handled apart seems to grow like n^1.01, and n log n between a thousand
/// and a million grows like n^1.1.
const SLACK: f64 = 0.05;

/// What is looked at where the budget names no metric: the first that was measured at three sizes.
pub(in crate::policy) const COSTS: [&str; 2] = ["instructions", "time"];

/// So many sizes are needed for an interval.
const SIZES_MIN: usize = 3;

fn parse(value: &Value, scope: &Scope) -> Result<Rule, String> {
    let text = value.text()?;
    let wrong = || format!("`{text}` is no bound on growth; write `<= n log n`, `<= n^1.5` or `<= 1`");
    let law = text.trim().strip_prefix("<=").and_then(law).ok_or_else(wrong)?;
    let known = scope.metric.as_deref().and_then(|metric| METRICS.get(metric));
    if let Some(metric) = known.filter(|metric| metric.better == Better::Higher) {
        return Err(format!("more {} is better, and `scaling` bounds a cost; bound the growth of time", metric.name));
    }
    Ok(Rule::Scaling(ScalingLimit { law, text: text.to_owned() }))
}

/// `1`, `n`, `n^1.5`, `log n`, `n log n`, `n^2 log^2 n`.
fn law(text: &str) -> Option<Law> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let logarithms = |word: &str| match word.strip_prefix("log")? {
        "" => Some(1),
        times => times.strip_prefix('^')?.parse().ok().filter(|times| (1..=9).contains(times)),
    };
    match words[..] {
        ["1"] => Some(Law { power: 0.0, logarithms: 0 }),
        [n] => Some(Law { power: power(n)?, logarithms: 0 }),
        [log, "n"] => Some(Law { power: 0.0, logarithms: logarithms(log)? }),
        [n, log, "n"] => Some(Law { power: power(n)?, logarithms: logarithms(log)? }),
        _ => None,
    }
}

/// `n` or `n^1.5`.
fn power(word: &str) -> Option<f64> {
    match word.strip_prefix('n')? {
        "" => Some(1.0),
        power => power.strip_prefix('^')?.parse().ok().filter(|power| (0.0..=9.0).contains(power)),
    }
}

/// A growth, held against the law.
struct Found {
    exponent: Interval,
    /// That of the law over the same sizes, and how far beyond it the exponent may lie.
    bound: Bound,
    keeps: Keeps,
}

impl ScalingLimit {
    /// Speaks once for all sizes of a benchmark: in the row of the largest.
    pub(super) fn judge(&self, case: &Case<'_>) -> Option<Ruling> {
        let steps = sizes_of(case)?;
        let sizes =
            format!("over {} from {} to {}", count(steps.len(), "size"), steps.first()?.size, steps.last()?.size);
        let growing = growth(&steps, self.law, case.options);
        let Some(new) = Found::of(growing) else {
            let ruling = match growing {
                Growing::Zero => Ruling::new(Outcome::Passed, format!("0 {sizes}")),
                _ => Ruling::new(
                    Outcome::NotProven,
                    format!("{} cannot show how it grows, allowed {}", count(steps.len(), "size"), self.text),
                ),
            };
            return Some(ruling.advised(|| {
                format!(
                    "measure at {SIZES_MIN} sizes or more at which it costs something, each some times the one before"
                )
            }));
        };
        let old = self.old(case);
        let from = old.as_ref().map_or(String::new(), |old| format!("n^{:.2} → ", old.exponent.point));
        let there = match self.law.logarithms {
            0 => String::new(),
            _ => format!(" (like n^{:.2} there)", new.bound.value - SLACK),
        };
        let Interval { low, point, high } = new.exponent;
        let allowed = format!("allowed {}{there}", self.text);
        let sentence = format!("{from}n^{point:.2}, between n^{low:.2} and n^{high:.2} {sizes}, {allowed}");
        let inherited = old.is_some_and(|old| old.keeps == Keeps::No && point <= old.exponent.point + SLACK);
        let age = if new.keeps == Keeps::No && inherited { Age::Inherited } else { Age::New };
        let ruling = Ruling::on(new.keeps, point, new.bound, sentence);
        let ruling = ruling.advised(|| {
            format!("{} allow either; measure at more of them, and at larger ones", count(steps.len(), "size"))
        });
        Some(Ruling { age, ..ruling })
    }

    /// The growth on the old side.
    fn old(&self, case: &Case<'_>) -> Option<Found> {
        let belongs = |id: &BenchId| case.scope.benchmark.matches(id);
        Found::of(growth(&steps(case.old?, &case.row.id, &case.row.metric.name, belongs), self.law, case.options))
    }
}

impl Found {
    /// `None` where there is no exponent.
    fn of(growing: Growing) -> Option<Found> {
        let Growing::Fitted { exponent, law_exponent, beyond } = growing else { return None };
        let bound = Bound { operator: Operator::AtMost, value: law_exponent + SLACK };
        // A constant part makes a line bend and its interval wide. Where all steps from one size to the next agree, no
        // line is needed.
        let keeps = match beyond {
            (_, most) if most <= SLACK => Keeps::Yes,
            (least, _) if SLACK < least => Keeps::No,
            _ => bound.keeps(exponent.low, exponent.high),
        };
        Some(Found { exponent, bound, keeps })
    }
}

/// All sizes of the benchmark of a row. `None` unless the row is the one to speak in: the largest size, in the metric
/// that is looked at.
fn sizes_of<'a>(case: &Case<'a>) -> Option<Vec<Step<'a>>> {
    let (id, name) = (&case.row.id, &case.row.metric.name);
    let at = |metric: &str| steps(case.new, id, metric, |id| case.scope.benchmark.matches(id));
    let chosen = match &case.scope.metric {
        Some(metric) => at(metric),
        None if !COSTS.contains(&&**name) => return None,
        None => {
            let all = COSTS.map(at);
            let enough = all.iter().position(|steps| SIZES_MIN <= steps.len());
            let chosen = enough.or_else(|| all.iter().position(|steps| !steps.is_empty()))?;
            all.into_iter().nth(chosen)?
        }
    };
    let Step { observation: largest, .. } = chosen.last()?;
    (largest.id == *id && largest.metric.name == *name).then_some(chosen)
}

/// Whether the rule has anything to look at: a name with a size in it, and a cost.
pub(in crate::policy) fn speaks_of(scope: &Scope, run: &Run) -> bool {
    run.observations().iter().any(|observation| {
        let is_cost = match &scope.metric {
            Some(metric) => *metric == observation.metric.name,
            None => COSTS.contains(&&*observation.metric.name),
        };
        is_cost && scope.benchmark.matches(&observation.id) && size_of(observation.id.as_str()).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_are_written_as_people_write_them() {
        #[track_caller]
        fn check(text: &str, expected: Option<(f64, u32)>) {
            assert_eq!(law(text).map(|law| (law.power, law.logarithms)), expected, "for {text:?}");
        }
        check(" n log n", Some((1.0, 1)));
        check("n", Some((1.0, 0)));
        check("1", Some((0.0, 0)));
        check("log n", Some((0.0, 1)));
        check("log^2 n", Some((0.0, 2)));
        check("n^1.2", Some((1.2, 0)));
        check("n^2  log^3 n", Some((2.0, 3)));
        for nonsense in
            ["", "2", "n n", "n^", "n^-1", "n^99", "n^nan", "log", "log m", "log^0 n", "m log n", "n log n n"]
        {
            check(nonsense, None);
        }
    }
}
