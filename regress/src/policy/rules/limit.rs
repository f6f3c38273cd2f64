use super::{Age, Rule, RuleInfo, RuleKind, Ruling};
use crate::compare::{Finding, Reason, Summary};
use crate::model::Nature;
use crate::policy::bound::{Bound, Keeps};
use crate::policy::case::Case;
use crate::policy::entry::Value;
use crate::policy::scope::Scope;
use crate::unit::{Better, Quantity, Scale, count};

pub(super) const INFO: RuleInfo = RuleInfo {
    kind: RuleKind::Limit,
    key: "limit",
    example: "\"< 10\" or \"<= 250 ns\"",
    what: "Bounds the number itself; no baseline is needed",
    parse,
};

/// An absolute bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The bound, in base units of the metric.
    pub bound: Bound,
    /// As it is written.
    pub text: String,
}

fn parse(value: &Value, scope: &Scope) -> Result<Rule, String> {
    Limit::parse(value.text()?, scope).map(Rule::Limit)
}

fn unit_words(name: &str) -> &str {
    match name {
        "count" => "plain counts (no unit)",
        "s" => "seconds (`ns`, `us`, `ms`, `s`)",
        "B" => "bytes (`B`, `KiB`, `MiB`)",
        other => other,
    }
}

impl Limit {
    /// A limit of a metric as it is written: `< 12`, `<= 2 ms`.
    ///
    /// # Errors
    /// It makes no sense, or is in another unit than the metric.
    pub(in crate::policy) fn parse(text: &str, scope: &Scope) -> Result<Limit, String> {
        let (operator, number) = Bound::split(text)?;
        let quantity = Quantity::parse(number)?;
        let metric = scope.metric.as_deref().ok_or("`limit` needs a `metric` to know what is bounded")?;
        if let Some(known) = crate::model::METRICS.get(metric) {
            let bare_other = matches!(&quantity.unit, crate::unit::Unit::Count) && quantity.value == 0.0;
            let per_second = metric == "throughput" && quantity.unit == crate::unit::Unit::PerSecond;
            if known.unit != quantity.unit && !bare_other && !per_second {
                return Err(format!(
                    "`{number}` is in {}, but {metric} is measured in {}",
                    unit_words(quantity.unit.name()),
                    unit_words(known.unit.name())
                ));
            }
        }
        Ok(Limit { bound: Bound { operator, value: quantity.value }, text: text.to_owned() })
    }

    pub(super) fn judge(&self, case: &Case<'_>) -> Option<Ruling> {
        let side = case.row.new_side()?;
        let (low, high) = believed(side, case);
        let shown = Scale::fitting(&case.row.metric.unit, &[side.center.point]).show(side.center.point);
        let keeps = self.bound.keeps(low, high);
        let range = match keeps {
            Keeps::Yes | Keeps::No => String::new(),
            Keeps::Unknown => {
                let scale = Scale::fitting(&case.row.metric.unit, &[low, high]);
                format!(" may stand for {} … {}", scale.number(low), scale.show(high))
            }
        };
        let age = if keeps == Keeps::No { self.age(case) } else { Age::New };
        let already = match age {
            Age::New => "",
            Age::Inherited => ", and broken by the old side as well",
            Age::PerhapsInherited => ", and broken by the old side as well; whether it got worse cannot be told",
        };
        let sentence = format!("{shown}{range}, allowed {}{already}", self.text);
        let ruling = Ruling::on(keeps, side.center.point, self.bound, sentence).advised(|| more_needed(side, case));
        Some(Ruling { age, ..ruling })
    }

    /// Since when a broken limit is broken. Inherited: the old side breaks it as well, and the new side is no worse; of
    /// times, not shown to be worse.
    fn age(&self, case: &Case<'_>) -> Age {
        let (Some(old), Some(new)) = (case.row.old(), case.row.new_side()) else { return Age::New };
        let is_no_worse = match (&case.row.finding, case.row.metric.nature) {
            (Finding::NotComparable(reason), _) if !matches!(reason, Reason::SameCode | Reason::SameFunctions) => false,
            (_, Nature::Counted) => self.excess(new) <= self.excess(old),
            (finding, Nature::Timed) => !matches!(finding, Finding::Regressed | Finding::Crashed(_)),
        };
        let (low, high) = believed(old, case);
        match is_no_worse && self.bound.keeps(low, high) == Keeps::No {
            true if self.may_be_worse(case) => Age::PerhapsInherited,
            true => Age::Inherited,
            false => Age::New,
        }
    }

    /// Of times on both sides of which the limit is broken: the new ones are worse than the old by more than they scatter,
    /// and by no more than two runs of one program may differ.
    fn may_be_worse(&self, case: &Case<'_>) -> bool {
        let (Some(old), Some(new)) = (case.row.old(), case.row.new_side()) else { return false };
        let is_open = matches!(case.row.finding, Finding::NotProven(_) | Finding::Differs);
        let is_apart = old.center.high < new.center.low || new.center.high < old.center.low;
        case.row.metric.nature == Nature::Timed && is_open && is_apart && self.excess(old) < self.excess(new)
    }

    /// How far beyond the bound a side lies; less is better.
    fn excess(&self, side: &Summary) -> f64 {
        match self.bound.is_upper() {
            Some(true) => side.center.point,
            Some(false) => -side.center.point,
            None => (side.center.point - self.bound.value).abs(),
        }
    }
}

/// What the number of one side can be believed to lie in.
///
/// Times get the allowance between runs on the side of the fault only: a disturbance makes a run slower, never
/// faster. A run within its limit shows that the code keeps it; a run beyond it may have been disturbed.
fn believed(side: &Summary, case: &Case<'_>) -> (f64, f64) {
    let allowance = case.options.allowance(&case.row.id, &case.row.metric).ratio;
    match (case.row.metric.nature, case.row.metric.better) {
        (Nature::Counted, _) => side.range,
        (Nature::Timed, Better::Lower) => (side.center.low / allowance, side.center.high),
        (Nature::Timed, Better::Higher) => (side.center.low, side.center.high * allowance),
        (Nature::Timed, Better::Unknown) => (side.center.low / allowance, side.center.high * allowance),
    }
}

fn more_needed(side: &Summary, case: &Case<'_>) -> String {
    if side.center.low.is_infinite() || side.center.high.is_infinite() {
        return format!("{} without an interval, take at least 6", count(side.n, "measurement"));
    }
    match case.row.metric.nature {
        Nature::Counted => "the count does not repeat, make it deterministic or raise the limit".to_owned(),
        Nature::Timed => {
            let allowance = case.options.allowance(&case.row.id, &case.row.metric).ratio;
            format!("a disturbed run may be slower by ×{allowance}, measure again")
        }
    }
}
