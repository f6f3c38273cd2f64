use serde::Serialize;

use super::finite;
use super::policy::SourceFile;
use crate::compare::{Benchstat, Change, Summary, Why};
use crate::model::{Nature, Standing};
use crate::policy::Judgement;
use crate::report::line::Line;

#[derive(Serialize)]
pub(super) struct RowFile<'a> {
    benchmark: &'a str,
    metric: &'a str,
    unit: &'a str,
    better: &'static str,
    nature: &'static str,
    standing: &'static str,
    harness: &'a str,
    old: Option<SummaryFile>,
    new: Option<SummaryFile>,
    change: Option<ChangeFile<'a>>,
    finding: &'static str,
    reason: Option<ReasonFile>,
    outcome: &'static str,
    judgements: Vec<JudgementFile<'a>>,
    benchstat: Option<BenchstatFile>,
    warnings: &'a [String],
}

#[derive(Serialize)]
pub(super) struct BenchstatFile {
    ratio: Option<f64>,
    p_uncorrected: f64,
    differs: bool,
    old_n: usize,
    new_n: usize,
}

#[derive(Serialize)]
pub(super) struct SummaryFile {
    center: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    n: usize,
    processes: usize,
    total: Option<u64>,
    operations: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct ChangeFile<'a> {
    method: &'static str,
    ratio: Option<f64>,
    shift: Option<f64>,
    shift_low: Option<f64>,
    shift_high: Option<f64>,
    believed_low: Option<f64>,
    believed_high: Option<f64>,
    best_ratio: Option<f64>,
    p: Option<f64>,
    p_adjusted: Option<f64>,
    allowance: f64,
    allowance_seen_by: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct ReasonFile {
    kind: &'static str,
    sentence: String,
    needed: Option<usize>,
}

#[derive(Serialize)]
pub(super) struct JudgementFile<'a> {
    outcome: &'static str,
    excuse: Option<ExcuseFile<'a>>,
    rule: &'static str,
    rule_text: &'a str,
    source: SourceFile<'a>,
    sentence: &'a str,
    advice: Option<&'a str>,
    found: Option<f64>,
    bound: Option<f64>,
    why: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct ExcuseFile<'a> {
    kind: &'static str,
    source: Option<SourceFile<'a>>,
}

impl<'a> RowFile<'a> {
    pub(super) fn of(line: &'a Line, config: Option<&'a str>) -> RowFile<'a> {
        let row = &line.row.comparison;
        RowFile {
            benchmark: row.id.as_str(),
            metric: &row.metric.name,
            unit: row.metric.unit.name(),
            better: row.metric.better.word(),
            nature: match row.metric.nature {
                Nature::Counted => "counted",
                Nature::Timed => "timed",
            },
            standing: match row.metric.standing {
                Standing::Headline => "headline",
                Standing::Detail => "detail",
            },
            harness: &row.harness,
            old: row.old().map(SummaryFile::of),
            new: row.new_side().map(SummaryFile::of),
            change: row.change.as_ref().map(ChangeFile::of),
            finding: line.word.text(),
            reason: row.finding.why().map(ReasonFile::from),
            outcome: line.outcome.word(),
            judgements: line.row.judgements.iter().map(|judgement| JudgementFile::of(judgement, config)).collect(),
            benchstat: row.benchstat.as_ref().map(BenchstatFile::of),
            warnings: &row.warnings,
        }
    }
}

impl BenchstatFile {
    pub(super) fn of(benchstat: &Benchstat) -> BenchstatFile {
        let Benchstat { ratio, p, n: (old_n, new_n) } = *benchstat;
        BenchstatFile { ratio, p_uncorrected: p, differs: benchstat.differs(), old_n, new_n }
    }
}

impl SummaryFile {
    pub(super) fn of(side: &Summary) -> SummaryFile {
        SummaryFile {
            center: finite(side.center.point),
            low: finite(side.center.low),
            high: finite(side.center.high),
            min: finite(side.range.0),
            max: finite(side.range.1),
            n: side.n,
            processes: side.processes,
            total: side.exact.map(|exact| exact.total()),
            operations: side.exact.map(|exact| exact.operations()),
        }
    }
}

impl<'a> ChangeFile<'a> {
    pub(super) fn of(change: &'a Change) -> ChangeFile<'a> {
        ChangeFile {
            method: change.method,
            ratio: change.ratio.and_then(finite),
            shift: finite(change.shift.point),
            shift_low: finite(change.shift.low),
            shift_high: finite(change.shift.high),
            believed_low: change.believed.and_then(|(low, _)| finite(low)),
            believed_high: change.believed.and_then(|(_, high)| finite(high)),
            best_ratio: change.best_ratio.and_then(finite),
            p: change.p,
            p_adjusted: change.p_adjusted,
            allowance: change.allowance.ratio,
            allowance_seen_by: change.allowance.seen_by.as_deref(),
        }
    }
}

impl From<Why> for ReasonFile {
    fn from(Why { kind, sentence, needed }: Why) -> ReasonFile {
        ReasonFile { kind, sentence, needed }
    }
}

impl<'a> JudgementFile<'a> {
    pub(super) fn of(judgement: &'a Judgement, config: Option<&'a str>) -> JudgementFile<'a> {
        JudgementFile {
            outcome: judgement.outcome.word(),
            excuse: judgement.excuse.map(|excuse| ExcuseFile {
                kind: excuse.word(),
                source: excuse.source().map(|source| SourceFile::of(source, config)),
            }),
            rule: judgement.rule.info().key,
            rule_text: &judgement.rule_text,
            source: SourceFile::of(judgement.source, config),
            sentence: &judgement.sentence,
            advice: judgement.advice.as_deref(),
            found: judgement.against.map(|against| against.found).filter(|found| found.is_finite()),
            bound: judgement.against.map(|against| against.bound.value),
            why: judgement.why.as_deref(),
        }
    }
}
