use super::{Rule, RuleInfo, RuleKind, Ruling};
use crate::compare;
use crate::model::Nature;
use crate::policy::bound::{Bound, Keeps};
use crate::policy::case::Case;
use crate::policy::entry::Value;
use crate::policy::outcome::Outcome;
use crate::policy::scope::Scope;
use crate::select::Pattern;

pub(super) const INFO: RuleInfo = RuleInfo {
    kind: RuleKind::Ratio,
    key: "ratio",
    example: "\"<= 0.2\", together with versus = \"string/concat\"",
    what: "Bounds this benchmark ÷ another one of the same run",
    parse,
};

/// A bound on one benchmark ÷ another of the same run.
#[derive(Clone, Debug, PartialEq)]
pub struct RatioLimit {
    /// On this ÷ versus.
    pub bound: Bound,
    /// The other benchmark.
    pub versus: Pattern,
    /// As it is written.
    pub text: String,
}

fn parse(value: &Value, scope: &Scope) -> Result<Rule, String> {
    let text = value.text()?;
    let (operator, number) = Bound::split(text)?;
    let value: f64 = number
        .parse()
        .ok()
        .filter(|ratio: &f64| ratio.is_finite() && *ratio >= 0.0)
        .ok_or_else(|| format!("`{number}` is no ratio; write `<= 0.2`"))?;
    let versus = scope.versus.clone().ok_or("`ratio` needs `versus`, the benchmark to divide by")?;
    if scope.metric.is_none() {
        return Err("`ratio` needs a `metric`".to_owned());
    }
    Ok(Rule::Ratio(RatioLimit { bound: Bound { operator, value }, versus, text: text.to_owned() }))
}

impl RatioLimit {
    pub(super) fn judge(&self, case: &Case<'_>) -> Option<Ruling> {
        let id = &case.row.id;
        let this = case.new.get(id, &case.row.metric.name)?;
        let Some(other_id) = case.scope.benchmark.counterpart(id, &self.versus) else {
            return Some(Ruling::new(Outcome::Broken, format!("`{}` has no counterpart for {id}", self.versus)));
        };
        let Some(other) = case.new.get(&other_id, &case.row.metric.name) else {
            let sentence = format!("{other_id} was not measured, and the ratio needs it");
            return Some(Ruling::new(Outcome::Broken, sentence));
        };
        let evidence = compare::contrast(other, this, case.options);
        let change = evidence.change?;
        // Both were measured in one run, but not at the same moment: the allowance holds for times.
        let keeps = match (change.believed, case.row.metric.nature) {
            (Some((low, high)), _) => self.bound.keeps(low, high),
            (None, Nature::Counted) if change.shift.low == 0.0 && change.shift.high == 0.0 => Keeps::Yes,
            (None, Nature::Counted) => self.bound.keeps(f64::INFINITY, f64::INFINITY),
            (None, Nature::Timed) => Keeps::Unknown,
        };
        let ratio = change.ratio.map_or("from 0".to_owned(), |ratio| format!("{ratio:.3}"));
        let sentence = format!("{ratio} of {other_id}, allowed {}", self.text);
        let ruling = Ruling::on(keeps, change.ratio.unwrap_or(f64::INFINITY), self.bound, sentence);
        Some(ruling.advised(|| "the measurements allow either; bound a count instead".to_owned()))
    }
}
