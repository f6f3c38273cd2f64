use serde::Serialize;

use crate::policy::{ArmedRule, ArmedState, Renamed, Source, Waiver, WaiverUse};
use crate::report::view::Report;

#[derive(Serialize)]
pub(super) struct WaiverFile<'a> {
    state: &'static str,
    level: String,
    sentence: &'a str,
    benchmark: &'a str,
    metric: &'a str,
    ceiling: f64,
    ceiling_text: &'a str,
    expires: String,
    reason: &'a str,
    issue: &'a str,
    owner: &'a str,
    source: SourceFile<'a>,
}

#[derive(Serialize)]
pub(super) struct ArmedFile<'a> {
    asked: usize,
    fire: usize,
    rules: Vec<ArmedRuleFile<'a>>,
}

#[derive(Serialize)]
pub(super) struct ArmedRuleFile<'a> {
    state: &'static str,
    rule_text: &'a str,
    source: SourceFile<'a>,
    benchmark: Option<&'a str>,
    metric: Option<&'a str>,
    sentence: &'a str,
}

#[derive(Serialize)]
pub(super) struct RenamedFile<'a> {
    from: &'a str,
    to: &'a str,
    likeness: f64,
}

#[derive(Serialize)]
pub(super) struct SourceFile<'a> {
    kind: &'static str,
    path: Option<&'a str>,
    line_number: Option<usize>,
}

impl<'a> SourceFile<'a> {
    pub(super) fn of(source: Source, config: Option<&'a str>) -> SourceFile<'a> {
        match source {
            Source::BuiltIn => SourceFile { kind: "built-in", path: None, line_number: None },
            Source::Line(line_number) => SourceFile { kind: "file", path: config, line_number: Some(line_number) },
        }
    }
}

impl<'a> WaiverFile<'a> {
    pub(super) fn of(used: &'a WaiverUse, config: Option<&'a str>) -> WaiverFile<'a> {
        let Waiver { benchmark, metric, ceiling, ceiling_text, expires, reason, issue, owner, line_number: _ } =
            &used.waiver;
        WaiverFile {
            state: used.state.words(),
            level: used.level.to_string(),
            sentence: &used.sentence,
            benchmark: benchmark.as_str(),
            metric,
            ceiling: *ceiling,
            ceiling_text,
            expires: expires.to_string(),
            reason,
            issue,
            owner,
            source: SourceFile::of(used.waiver.source(), config),
        }
    }
}

impl<'a> ArmedFile<'a> {
    pub(super) fn of(report: &'a Report, config: Option<&'a str>) -> ArmedFile<'a> {
        let of_rule = |rule: &'a ArmedRule| ArmedRuleFile {
            state: rule.state.words(),
            rule_text: &rule.rule_text,
            source: SourceFile::of(rule.source, config),
            benchmark: rule.tried_on.as_ref().map(|(id, _)| id.as_str()),
            metric: rule.tried_on.as_ref().map(|(_, metric)| &**metric),
            sentence: &rule.sentence,
        };
        ArmedFile {
            asked: report.armed.iter().filter(|rule| rule.is_asked()).count(),
            fire: report.armed.iter().filter(|rule| rule.state == ArmedState::Fires).count(),
            rules: report.armed.iter().map(of_rule).collect(),
        }
    }
}

impl<'a> RenamedFile<'a> {
    pub(super) fn of(Renamed { from, to, likeness }: &'a Renamed) -> RenamedFile<'a> {
        RenamedFile { from: from.as_str(), to: to.as_str(), likeness: *likeness }
    }
}
