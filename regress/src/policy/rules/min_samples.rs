use super::{Rule, RuleInfo, RuleKind, Ruling};
use crate::model::Nature;
use crate::policy::bound::{Bound, Keeps, Operator};
use crate::policy::case::Case;
use crate::policy::entry::Value;
use crate::policy::scope::Scope;
use crate::unit::count;

pub(super) const INFO: RuleInfo = RuleInfo {
    kind: RuleKind::MinSamples,
    key: "min_samples",
    example: "20",
    what: "Demands so many measurements a side before a time may pass",
    parse,
};

fn parse(value: &Value, _: &Scope) -> Result<Rule, String> {
    match value {
        Value::Integer(least) if *least >= 1 => usize::try_from(*least)
            .map(Rule::MinSamples)
            .map_err(|_| format!("{least} is more than there is memory for")),
        other => Err(format!("{other} is no number of measurements; write `min_samples = 20`")),
    }
}

pub(super) fn judge(least: usize, case: &Case<'_>) -> Option<Ruling> {
    if case.row.metric.nature == Nature::Counted {
        return None;
    }
    let fewest = [case.row.old(), case.row.new_side()].into_iter().flatten().map(|side| side.n).min()?;
    let bound = Bound { operator: Operator::AtLeast, value: least as f64 };
    let keeps = if fewest < least { Keeps::Unknown } else { Keeps::Yes };
    let ruling =
        Ruling::on(keeps, fewest as f64, bound, format!("{}, {least} are demanded", count(fewest, "measurement")));
    Some(ruling.advised(|| format!("take at least {least} a side")))
}
