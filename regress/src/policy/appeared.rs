use super::judgement::Judgement;
use super::level::Level;
use super::outcome::{Excuse, Outcome};
use super::profile::{Profile, Stand, Topic};
use super::rules::RuleKind;
use super::source::Source;
use crate::compare::{Comparison, Finding, Sides};
use crate::model::Standing;

/// What a profile says of a benchmark that the old side does not have; `None` where it says nothing.
///
/// * `benchmark_has_headline`: whether a headline metric tells of the benchmark, so that its details need not.
pub(super) fn judge(row: &Comparison, benchmark_has_headline: bool, profile: &Profile) -> Option<Judgement> {
    let is_told_elsewhere = row.metric.standing == Standing::Detail && benchmark_has_headline;
    let Stand { level, source } = profile.level(Topic::New, &row.metric.name);
    let source = source.unwrap_or(Source::BuiltIn);
    let (outcome, excuse) = match (&row.sides, level) {
        _ if is_told_elsewhere || matches!(row.finding, Finding::Crashed(_)) => return None,
        (Sides::Both { .. } | Sides::OnlyOld(_), _) | (_, Level::Off) => return None,
        (Sides::OnlyNew(_), Level::Warn) => (Outcome::Excused, Some(Excuse::Warned(source))),
        (Sides::OnlyNew(_), Level::Fail) => (Outcome::Broken, None),
    };
    Some(Judgement {
        outcome,
        excuse,
        rule: RuleKind::Present,
        rule_text: format!("on_new {level}"),
        source,
        sentence: "new: the old side does not have it; if that is meant, record a new baseline".to_owned(),
        advice: None,
        against: None,
        why: None,
    })
}
