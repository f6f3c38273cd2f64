use std::fmt;

use super::{Rule, RuleInfo, RuleKind};
use crate::policy::entry::Value;
use crate::policy::scope::Scope;

pub(super) const INFO: RuleInfo = RuleInfo {
    kind: RuleKind::Unproven,
    key: "unproven",
    example: "\"pass\" or \"fail\"",
    what: "Says whether a change that cannot be told passes; by default it does not where `change` is written",
    parse,
};

/// What becomes of a rule that these measurements cannot decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// Only a proven breach breaks the rule.
    Pass,
    /// The evidence has to show that the rule is kept.
    Fail,
}

fn parse(value: &Value, _: &Scope) -> Result<Rule, String> {
    Unproven::parse(value).map(Rule::Unproven)
}

impl Unproven {
    /// Of `"pass"` or `"fail"`.
    pub(in crate::policy) fn parse(value: &Value) -> Result<Unproven, String> {
        match value.text()? {
            "pass" => Ok(Unproven::Pass),
            "fail" => Ok(Unproven::Fail),
            other => Err(format!("`{other}` is neither `pass` nor `fail`")),
        }
    }
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unproven::Pass => "pass",
            Unproven::Fail => "fail",
        })
    }
}
