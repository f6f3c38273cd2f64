use super::{Rule, RuleInfo, RuleKind, Ruling};
use crate::compare::{self, Change, Finding, Lack, Sides};
use crate::model::{METRICS, Nature};
use crate::policy::bound::{Bound, Keeps};
use crate::policy::case::Case;
use crate::policy::entry::Value;
use crate::policy::outcome::Outcome;
use crate::policy::scope::Scope;
use crate::unit::{Better, Quantity, Scale, parse_percent, show_change};

pub(super) const INFO: RuleInfo = RuleInfo {
    kind: RuleKind::Change,
    key: "change",
    example: "\"<= +5%\" or \"<= +2\"",
    what: "Bounds the change against the old side, relative or in the metric's unit",
    parse,
};

/// A bound on the change against the old side.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeLimit {
    /// Relative: the bound is on new ÷ old. Absolute: on new − old, in base units.
    pub kind: ChangeKind,
    /// As it is written.
    pub text: String,
}

/// What of a change is bounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ChangeKind {
    /// new ÷ old.
    Relative(Bound),
    /// new − old, in base units.
    Absolute(Bound),
}

fn parse(value: &Value, scope: &Scope) -> Result<Rule, String> {
    let text = value.text()?;
    let (operator, number) = Bound::split(text)?;
    let known = scope.metric.as_deref().and_then(|metric| METRICS.get(metric));
    let (kind, bound) = if number.ends_with('%') {
        let bound = Bound { operator, value: parse_percent(number)? };
        (ChangeKind::Relative(bound), bound)
    } else {
        let quantity = Quantity::parse(number).map_err(|e| format!("{e}; a relative change ends with %"))?;
        if let Some(metric) = known.as_ref().filter(|metric| metric.unit != quantity.unit && quantity.value != 0.0) {
            return Err(format!(
                "`{number}` is in {}, but {} is measured in {}",
                quantity.unit, metric.name, metric.unit
            ));
        }
        let bound = Bound { operator, value: quantity.value };
        (ChangeKind::Absolute(bound), bound)
    };
    let upside_down = known.is_some_and(|metric| {
        matches!((metric.better, bound.is_upper()), (Better::Higher, Some(true)) | (Better::Lower, Some(false)))
    });
    if upside_down {
        let metric = scope.metric.as_deref().unwrap_or_default();
        return Err(format!("`{text}` allows every loss of {metric} and forbids a gain; turn the sign round"));
    }
    Ok(Rule::Change(ChangeLimit { kind, text: text.to_owned() }))
}

impl ChangeLimit {
    /// The largest new ÷ old that it allows: above 1 a growth, below 1 a goal. `None` for a bound of another kind.
    pub fn largest_ratio(&self) -> Option<f64> {
        match self.kind {
            ChangeKind::Relative(bound) if bound.is_upper() == Some(true) => Some(bound.value),
            ChangeKind::Relative(_) | ChangeKind::Absolute(_) => None,
        }
    }

    /// The relative growth it allows, as a ratio of at least 1. `None` for a bound of another kind.
    pub fn growth(&self) -> Option<f64> {
        self.largest_ratio().filter(|ratio| *ratio >= 1.0)
    }

    /// Whether staying as it was breaks it: `<= -15%`, `>= +10%`, `<= -2`. Then the evidence has to show the gain, and
    /// evidence that there is none breaks it, whatever was found besides.
    pub fn is_goal(&self) -> bool {
        match self.kind {
            ChangeKind::Relative(bound) => !bound.holds(1.0),
            ChangeKind::Absolute(bound) => !bound.holds(0.0),
        }
    }

    pub(super) fn judge(&self, case: &Case<'_>) -> Option<Ruling> {
        if let (Sides::OnlyNew(_), Finding::Crashed(how)) = (&case.row.sides, &case.row.finding) {
            return Some(Ruling::new(
                Outcome::NotProven,
                format!("the old side {how}: there is nothing to compare with"),
            ));
        }
        let (Sides::Both { old, new }, Some(change)) = (&case.row.sides, &case.row.change) else { return None };
        if matches!(case.row.finding, Finding::NotComparable(_)) {
            return None;
        }
        let (keeps, found, bound) = match self.kind {
            ChangeKind::Relative(bound) => {
                let keeps = match (change.believed, old.center.point == 0.0) {
                    (Some((low, high)), _) => bound.keeps(low, high),
                    (None, true) => from_zero(bound, change),
                    (None, false) => Keeps::Unknown,
                };
                (keeps, change.ratio.unwrap_or(f64::INFINITY), bound)
            }
            ChangeKind::Absolute(bound) => {
                // The interval that is shown of rounds is not made for deciding at many looks, what is believed is; and only
                // that knows what two runs differ by, which no gain may be mistaken for.
                let is_timed = case.row.metric.nature == Nature::Timed;
                let by_belief = is_timed && (change.method == compare::IN_TURNS || self.is_goal());
                let (low, high) = match change.believed.filter(|_| by_belief) {
                    Some((low, high)) => ((low - 1.0) * old.center.point, (high - 1.0) * old.center.point),
                    None => (change.shift.low, change.shift.high),
                };
                (bound.keeps(low, high), change.shift.point, bound)
            }
        };
        // Taken in turns, a growth was decided against this very bound while it was measured.
        let in_turns = self.growth().is_some() && change.method == compare::IN_TURNS;
        let keeps = match case.row.finding {
            Finding::WithinBudget if in_turns => Keeps::Yes,
            Finding::NotProven(Lack::Rounds { .. }) if in_turns => Keeps::Unknown,
            Finding::NotProven(Lack::Layout | Lack::Copied) => Keeps::Unknown,
            Finding::Regressed if in_turns => Keeps::No,
            Finding::Improved if in_turns => Keeps::Yes,
            _ => keeps,
        };
        // Beyond the bound, but by no more than chance may do: that is no breach yet.
        let proven = matches!(case.row.finding, Finding::Regressed | Finding::Improved | Finding::Differs);
        let keeps = if keeps == Keeps::No && !proven && !self.is_goal() { Keeps::Unknown } else { keeps };
        let scale = Scale::fitting(&case.row.metric.unit, &[old.center.point, new.center.point]);
        let moved = match change.ratio {
            Some(ratio) if new.center.point > 0.0 => show_change(ratio),
            _ => format!("{} → {}", scale.number(old.center.point), scale.show(new.center.point)),
        };
        let ruling = Ruling::on(keeps, found, bound, format!("{moved}, allowed {}", self.text));
        Some(ruling.advised(|| lack(&case.row.finding, change).advice()))
    }
}

/// What a change lacks to be told.
fn lack(finding: &Finding, change: &Change) -> Lack {
    match finding {
        Finding::NotProven(lack) => lack.clone(),
        // That it changed is proven, on which side of the bound it lies is not.
        _ if change.allowance.ratio > 1.0 => change.apart(),
        _ => Lack::Spread,
    }
}

/// From zero, only staying at zero keeps a relative bound: nothing is 5 % more than nothing.
fn from_zero(bound: Bound, change: &Change) -> Keeps {
    let zero = Bound { operator: bound.operator, value: 0.0 };
    zero.keeps(change.shift.low, change.shift.high)
}
