//! Whether the rules could have said no.

use super::super::answer::{Case, Found, State};
use crate::policy::{ArmedRule, ArmedState};
use crate::unit::count_doing;

pub(super) fn armed(case: &Case<'_>) -> Found {
    let asked: Vec<&ArmedRule> = case.facts.verdicts.armed.iter().filter(|rule| rule.is_asked()).collect();
    let fire = asked.iter().filter(|rule| rule.state == ArmedState::Fires).count();
    let tally = format!("{fire} of {}", count_doing(asked.len(), "rule", "fire"));
    let others = asked.iter().filter(|rule| rule.state != ArmedState::Fires);
    // What cannot fire is graver than what there is nothing to try on.
    let worst = others.max_by_key(|rule| rule.state);
    let found = match worst {
        _ if asked.is_empty() => return Found::new(State::Fail, "0 rules: nothing could fail"),
        None => Found::new(State::Pass, tally),
        Some(rule) => {
            let state = if rule.proves_nothing() { State::Fail } else { State::NotMeasured };
            Found::new(state, format!("{tally}; {}: {}: {}", rule.rule_text, rule.state.words(), rule.sentence))
        }
    };
    found.shown_by(case.facts.budgets_file())
}
