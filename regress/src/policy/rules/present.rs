use super::{Rule, RuleInfo, RuleKind, Ruling};
use crate::compare::{Finding, Sides};
use crate::policy::case::Case;
use crate::policy::entry::Value;
use crate::policy::outcome::Outcome;
use crate::policy::scope::Scope;

pub(super) const INFO: RuleInfo = RuleInfo {
    kind: RuleKind::Present,
    key: "present",
    example: "true",
    what: "Demands that the benchmark is in the new results; `false` lets it go",
    parse,
};

fn parse(value: &Value, _: &Scope) -> Result<Rule, String> {
    match value {
        Value::Boolean(present) => Ok(Rule::Present(*present)),
        other => Err(format!("{other} is neither `true` nor `false`")),
    }
}

pub(super) fn judge(present: bool, case: &Case<'_>) -> Option<Ruling> {
    if let (Sides::OnlyOld(_), Finding::Crashed(how)) = (&case.row.sides, &case.row.finding) {
        return Some(Ruling::new(Outcome::Broken, format!("crashed: {how}")));
    }
    match (&case.row.sides, present) {
        (Sides::OnlyOld(_), true) => {
            let advice = match case.benchmark_is_new_side {
                true => "the benchmark was measured without it",
                false => "renamed, removed, filtered out or crashed; if that is meant, record a new baseline",
            };
            Some(Ruling::new(Outcome::Broken, format!("lost coverage: only the old side has it; {advice}")))
        }
        (Sides::OnlyOld(_), false) => Some(Ruling::new(Outcome::Passed, "gone, as allowed")),
        (Sides::Both { .. } | Sides::OnlyNew(_), _) => None,
    }
}
