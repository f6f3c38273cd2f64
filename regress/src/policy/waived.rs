use std::fmt;

use super::Policy;
use super::judgement::{Judgement, Row};
use super::level::Level;
use super::outcome::{Excuse, Outcome};
use super::profile::Topic;
use super::request::Selection;
use super::rules::RuleKind;
use super::waiver::{Leave, Waiver};
use crate::compare::{Comparison, Sides};

/// A waiver, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct WaiverUse {
    /// As it stands in the file.
    pub waiver: Waiver,
    /// How it stands after everything was judged.
    pub state: WaiverState,
    /// The same in words, with what is to be done.
    pub sentence: String,
    /// How grave that is by itself. Where something is broken, the breach says so.
    pub level: Level,
}

impl WaiverUse {
    /// Whether it fails the gate by itself.
    pub fn fails(&self) -> bool {
        self.level == Level::Fail
    }
}

/// How a waiver stands after everything was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaiverState {
    /// It excuses something.
    InForce,
    /// It excuses nothing: no rule of the row is broken, or there is no such row.
    Unused,
    /// Something is broken, and its last day is over.
    Expired,
    /// Something is broken, and beyond the ceiling.
    Exceeded,
    /// Something is broken that cannot be waived.
    Refused,
    /// Its row was left out on purpose.
    NotLookedAt,
}

impl WaiverState {
    /// In words, the same in all formats.
    pub fn words(self) -> &'static str {
        match self {
            WaiverState::InForce => "in force",
            WaiverState::Unused => "unused",
            WaiverState::Expired => "expired",
            WaiverState::Exceeded => "exceeded",
            WaiverState::Refused => "refused",
            WaiverState::NotLookedAt => "not looked at",
        }
    }
}

impl fmt::Display for WaiverState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// What became of each waiver.
pub(super) fn standing(rows: &[Row], policy: &Policy, selection: &Selection) -> Vec<WaiverUse> {
    policy.waivers.iter().map(|waiver| stand(waiver, rows, policy, selection)).collect()
}

fn stand(waiver: &Waiver, rows: &[Row], policy: &Policy, selection: &Selection) -> WaiverUse {
    let is_of_it = |row: &&Row| row.comparison.id == waiver.benchmark && row.comparison.metric.name == waiver.metric;
    let row = rows.iter().find(is_of_it).filter(|row| row.comparison.new_side().is_some());
    let (state, sentence) = match row {
        Some(row) => of_row(waiver, row, policy),
        None if selection.some_benchmarks || selection.leaves_out(&waiver.metric) => {
            (WaiverState::NotLookedAt, "its row was left out".to_owned())
        }
        None => {
            let meant = waiver.nearest(&mut rows.iter().map(|row| row.comparison.id.as_str()));
            (
                WaiverState::Unused,
                format!("{} of `{}` was not measured; {meant}remove it", waiver.metric, waiver.benchmark),
            )
        }
    };
    let level = match state {
        WaiverState::Unused => policy.profile.level(Topic::UnusedWaiver, &waiver.metric).level,
        WaiverState::InForce | WaiverState::NotLookedAt => Level::Off,
        // The breach fails, or what excuses it is told.
        WaiverState::Expired | WaiverState::Exceeded | WaiverState::Refused => Level::Warn,
    };
    WaiverUse { waiver: waiver.clone(), state, sentence, level }
}

fn of_row(waiver: &Waiver, row: &Row, policy: &Policy) -> (WaiverState, String) {
    let excused = |judgement: &&Judgement| judgement.excuse == Some(Excuse::Waived(waiver.source()));
    if let Some(judgement) = row.judgements.iter().find(excused) {
        return (WaiverState::InForce, judgement.sentence.clone());
    }
    let is_grave = |judgement: &&Judgement| {
        judgement.rule.can_be_waived()
            && (judgement.outcome >= Outcome::NotProven || matches!(judgement.excuse, Some(Excuse::Warned(_))))
    };
    let Some(grave) = row.judgements.iter().find(is_grave) else {
        if waits_for_an_old_side(row, policy) {
            return (WaiverState::NotLookedAt, "there is no old side to judge its change against".to_owned());
        }
        let over = if policy.waivers.is_expired(waiver) { ", and its last day is over" } else { "" };
        return (WaiverState::Unused, format!("no rule of it is broken{over}; remove it"));
    };
    match policy.waivers.leave(waiver, &row.comparison) {
        Some(Leave::Expired) => {
            (WaiverState::Expired, format!("{}; mend it, or write a new day and say why", grave.sentence))
        }
        Some(Leave::Exceeded) => {
            let waived = waiver.ceiling_words();
            (
                WaiverState::Exceeded,
                format!("{}, waived {waived}; mend it, or raise the ceiling and say why", grave.sentence),
            )
        }
        Some(Leave::Given) | None => {
            (WaiverState::Refused, format!("{}: `{}` is hard; mend it", grave.sentence, grave.rule_text))
        }
    }
}

/// Whether the row has a bound on its change, and no old side.
fn waits_for_an_old_side(row: &Row, policy: &Policy) -> bool {
    let Comparison { id, metric, sides, .. } = &row.comparison;
    let holding = policy.budgets.holding(id, &metric.name);
    matches!(sides, Sides::OnlyNew(_)) && holding.iter().any(|(_, rule)| rule.kind() == RuleKind::Change)
}
