//! The schema `regress-report/1`, written down in `schema/report-1.schema.json`.
//!
//! Every row is in it, listed or not, with every number the table has. Numbers are in base units. What is not known,
//! and the infinite end of an interval, is `null`.

mod lines;
mod policy;
mod row;
mod side;

use std::collections::BTreeMap;
use std::io::{self, Write};

use policy::{ArmedFile, RenamedFile, WaiverFile};
use row::{JudgementFile, RowFile};
use serde::Serialize;
use side::SideFile;

pub(super) use lines::LineByLine;

use super::view::{Note, Report};
use super::{FalseAlarms, SameCode};
use super::{Renderer, Style};
use crate::compare::{Correction, MetricMean, Options};
use crate::model::BenchId;
use crate::policy::Judgement;
use crate::signoff::NullRun;

pub(super) const RENDERER: Renderer = Renderer {
    name: "json",
    what: "For programs: every number of every row (schema regress-report/1)",
    draws: |_| false,
    is_whole: true,
    render,
};

fn render(report: &Report, _: &Style, mut out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, LineByLine::new(2));
    ReportFile::of(report).serialize(&mut serializer)?;
    writeln!(out)
}

#[derive(Serialize)]
struct ReportFile<'a> {
    schema: &'static str,
    conclusion: &'static str,
    exit_code: u8,
    counts: CountsFile,
    old: Option<SideFile<'a>>,
    new: SideFile<'a>,
    options: OptionsFile,
    false_alarms: FalseAlarmsFile<'a>,
    code: &'a [String],
    config: Option<&'a str>,
    profile: Option<&'a str>,
    rows: Vec<RowFile<'a>>,
    missing: Vec<MissingFile<'a>>,
    waivers: Vec<WaiverFile<'a>>,
    armed: ArmedFile<'a>,
    renamed: Vec<RenamedFile<'a>>,
    geomeans: Vec<MeanFile<'a>>,
    warnings: Vec<WarningFile<'a>>,
}

#[derive(Serialize)]
struct CountsFile {
    benchmarks: usize,
    rows: usize,
    rules_broken: usize,
    benchmarks_broken: usize,
    rules_not_proven: usize,
    rules_passed: usize,
    rules_tolerated: usize,
    rules_inherited: usize,
    rules_waived: usize,
    rules_warned: usize,
    findings: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct FalseAlarmsFile<'a> {
    null_run: Option<NullRunFile<'a>>,
    same_code: Option<SameCodeFile>,
}

#[derive(Serialize)]
struct NullRunFile<'a> {
    recorded_at: Option<&'a str>,
    runs: usize,
    false_runs: usize,
}

#[derive(Serialize)]
struct SameCodeFile {
    benchmarks: usize,
    seemed_to_change: usize,
}

#[derive(Serialize)]
struct OptionsFile {
    confidence: f64,
    alpha: f64,
    correction: &'static str,
    smallest_effect: f64,
    between_runs: f64,
}

#[derive(Serialize)]
struct MissingFile<'a> {
    benchmark: Option<&'a str>,
    judgement: JudgementFile<'a>,
}

#[derive(Serialize)]
struct MeanFile<'a> {
    metric: &'a str,
    benchmarks: usize,
    ratio: Option<f64>,
    left_out: usize,
}

#[derive(Serialize)]
struct WarningFile<'a> {
    text: &'a str,
    rows: Vec<WarnedRowFile<'a>>,
}

#[derive(Serialize)]
struct WarnedRowFile<'a> {
    benchmark: &'a str,
    metric: Option<&'a str>,
}

impl<'a> ReportFile<'a> {
    fn of(report: &'a Report) -> ReportFile<'a> {
        let config = report.context.config_path.as_deref();
        ReportFile {
            schema: "regress-report/1",
            conclusion: report.conclusion.word(),
            exit_code: report.conclusion.exit_code(),
            counts: CountsFile::of(report),
            old: report.context.old.as_ref().map(SideFile::of),
            new: SideFile::of(&report.context.new),
            options: OptionsFile::of(&report.context.options),
            false_alarms: FalseAlarmsFile::of(&report.context.false_alarms),
            code: &report.context.code,
            config,
            profile: report.context.profile.as_deref(),
            rows: report.lines.iter().map(|line| RowFile::of(line, config)).collect(),
            missing: report.missing.iter().map(|missing| MissingFile::of(missing, config)).collect(),
            waivers: report.waivers.iter().map(|waiver| WaiverFile::of(waiver, config)).collect(),
            armed: ArmedFile::of(report, config),
            renamed: report.renamed.iter().map(RenamedFile::of).collect(),
            geomeans: report.means.iter().map(MeanFile::of).collect(),
            warnings: report.warnings.iter().map(WarningFile::of).collect(),
        }
    }
}

impl CountsFile {
    fn of(report: &Report) -> CountsFile {
        let counts = &report.counts;
        CountsFile {
            benchmarks: counts.benchmarks,
            rows: report.lines.len(),
            rules_broken: counts.rules_broken,
            benchmarks_broken: counts.benchmarks_broken,
            rules_not_proven: counts.rules_not_proven,
            rules_passed: counts.rules_passed,
            rules_tolerated: counts.rules_tolerated,
            rules_inherited: counts.rules_inherited,
            rules_waived: counts.rules_waived,
            rules_warned: counts.rules_warned,
            findings: counts.findings.iter().map(|(word, n)| (word.text(), *n)).collect(),
        }
    }
}

impl<'a> FalseAlarmsFile<'a> {
    fn of(alarms: &'a FalseAlarms) -> FalseAlarmsFile<'a> {
        let null_run = alarms.null_run.as_ref().map(|NullRun { recorded_at, runs, false_runs, .. }| NullRunFile {
            recorded_at: recorded_at.as_deref(),
            runs: *runs,
            false_runs: *false_runs,
        });
        let same_code = alarms
            .same_code
            .map(|SameCode { benchmarks, seemed_to_change }| SameCodeFile { benchmarks, seemed_to_change });
        FalseAlarmsFile { null_run, same_code }
    }
}

impl OptionsFile {
    fn of(options: &Options) -> OptionsFile {
        OptionsFile {
            confidence: options.confidence,
            alpha: options.alpha,
            correction: match options.correction {
                Correction::Holm => "holm",
                Correction::BenjaminiHochberg => "benjamini-hochberg",
            },
            smallest_effect: options.smallest_effect,
            between_runs: options.between_runs,
        }
    }
}

impl<'a> MissingFile<'a> {
    fn of((id, judgement): &'a (Option<BenchId>, Judgement), config: Option<&'a str>) -> MissingFile<'a> {
        MissingFile { benchmark: id.as_ref().map(BenchId::as_str), judgement: JudgementFile::of(judgement, config) }
    }
}

impl<'a> MeanFile<'a> {
    fn of(mean: &'a MetricMean) -> MeanFile<'a> {
        let MetricMean { metric, benchmarks, ratio, left_out } = mean;
        MeanFile { metric, benchmarks: *benchmarks, ratio: ratio.and_then(finite), left_out: *left_out }
    }
}

impl<'a> WarningFile<'a> {
    fn of(note: &'a Note) -> WarningFile<'a> {
        let row = |(id, metric): &'a (BenchId, Option<String>)| WarnedRowFile {
            benchmark: id.as_str(),
            metric: metric.as_deref(),
        };
        WarningFile { text: &note.text, rows: note.rows.iter().map(row).collect() }
    }
}

/// JSON has no infinity.
fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}
