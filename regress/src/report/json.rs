//! The schema `regress-report/1`, written down in `schema/report-1.schema.json`.
//!
//! Every row is in it, listed or not, with every number the table has. Numbers are in base units. What is not known,
//! and the infinite end of an interval, is `null`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::view::{FalseAlarms, Line, Note, NullRun, Report, SameCode, Side};
use super::{Renderer, Style};
use crate::compare::{Benchstat, Change, Correction, Finding, Lack, MetricMean, Options, Reason, Summary};
use crate::model::{BenchId, Nature, Provenance, Standing};
use crate::policy::{ArmedRule, ArmedState, Judgement, Renamed, Source, Waiver, WaiverUse};
use crate::unit::Better;

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
struct SideFile<'a> {
    label: &'a str,
    provenance: ProvenanceFile<'a>,
}

#[derive(Serialize)]
struct ProvenanceFile<'a> {
    commit: Option<CommitFile<'a>>,
    recorded_at: Option<&'a str>,
    host: Option<HostFile<'a>>,
    toolchain: Option<&'a str>,
    harnesses: &'a BTreeMap<String, String>,
    build: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct CommitFile<'a> {
    hash: &'a str,
    dirty: bool,
}

#[derive(Serialize)]
struct HostFile<'a> {
    cpu: &'a str,
    cores: usize,
    os: &'a str,
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
struct RowFile<'a> {
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
struct BenchstatFile {
    ratio: Option<f64>,
    p_uncorrected: f64,
    differs: bool,
    old_n: usize,
    new_n: usize,
}

#[derive(Serialize)]
struct SummaryFile {
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
struct ChangeFile<'a> {
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
struct ReasonFile {
    kind: &'static str,
    sentence: String,
    needed: Option<usize>,
}

#[derive(Serialize)]
struct JudgementFile<'a> {
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
struct ExcuseFile<'a> {
    kind: &'static str,
    source: Option<SourceFile<'a>>,
}

#[derive(Serialize)]
struct WaiverFile<'a> {
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
struct ArmedFile<'a> {
    asked: usize,
    fire: usize,
    rules: Vec<ArmedRuleFile<'a>>,
}

#[derive(Serialize)]
struct ArmedRuleFile<'a> {
    state: &'static str,
    rule_text: &'a str,
    source: SourceFile<'a>,
    benchmark: Option<&'a str>,
    metric: Option<&'a str>,
    sentence: &'a str,
}

#[derive(Serialize)]
struct RenamedFile<'a> {
    from: &'a str,
    to: &'a str,
    likeness: f64,
}

#[derive(Serialize)]
struct SourceFile<'a> {
    kind: &'static str,
    path: Option<&'a str>,
    line_number: Option<usize>,
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
        let null_run = alarms.null_run.as_ref().map(|NullRun { recorded_at, runs, false_runs }| NullRunFile {
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

impl<'a> SideFile<'a> {
    fn of(side: &'a Side) -> SideFile<'a> {
        let Provenance { commit, recorded_at, host, toolchain, harnesses, build } = &side.provenance;
        SideFile {
            label: &side.label,
            provenance: ProvenanceFile {
                commit: commit.as_ref().map(|commit| CommitFile { hash: &commit.hash, dirty: commit.dirty }),
                recorded_at: recorded_at.as_deref(),
                host: host.as_ref().map(|host| HostFile { cpu: &host.cpu, cores: host.cores, os: &host.os }),
                toolchain: toolchain.as_deref(),
                harnesses,
                build,
            },
        }
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

impl<'a> RowFile<'a> {
    fn of(line: &'a Line, config: Option<&'a str>) -> RowFile<'a> {
        let row = &line.row.comparison;
        RowFile {
            benchmark: row.id.as_str(),
            metric: &row.metric.name,
            unit: row.metric.unit.name(),
            better: better(row.metric.better),
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
            reason: ReasonFile::of(&row.finding),
            outcome: line.outcome.word(),
            judgements: line.row.judgements.iter().map(|judgement| JudgementFile::of(judgement, config)).collect(),
            benchstat: row.benchstat.as_ref().map(BenchstatFile::of),
            warnings: &row.warnings,
        }
    }
}

impl BenchstatFile {
    fn of(benchstat: &Benchstat) -> BenchstatFile {
        let Benchstat { ratio, p, n: (old_n, new_n) } = *benchstat;
        BenchstatFile { ratio, p_uncorrected: p, differs: benchstat.differs(), old_n, new_n }
    }
}

impl SummaryFile {
    fn of(side: &Summary) -> SummaryFile {
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
    fn of(change: &'a Change) -> ChangeFile<'a> {
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

impl ReasonFile {
    fn of(finding: &Finding) -> Option<ReasonFile> {
        match finding {
            Finding::NotProven(lack) => Some(ReasonFile::of_lack(lack)),
            Finding::NotComparable(reason) => {
                let kind = match reason {
                    Reason::OtherMachine { .. } => "other machine",
                    Reason::OtherBuild { .. } => "other build",
                    Reason::OtherHarness { .. } => "other harness",
                    Reason::SameCode => "same code",
                    Reason::SameFunctions => "same functions",
                    Reason::OfTheTime => "of the time",
                    Reason::OtherUnit { .. } => "other unit",
                };
                Some(ReasonFile { kind, sentence: reason.to_string(), needed: None })
            }
            Finding::Crashed(how) => Some(ReasonFile { kind: "crashed", sentence: how.clone(), needed: None }),
            Finding::Regressed
            | Finding::Improved
            | Finding::Unchanged
            | Finding::WithinBudget
            | Finding::Differs
            | Finding::OnlyOld
            | Finding::OnlyNew => None,
        }
    }

    fn of_lack(lack: &Lack) -> ReasonFile {
        let (kind, needed) = match lack {
            Lack::Measurements { needed } => ("too few measurements", *needed),
            Lack::RunsApart { .. } => ("runs apart", None),
            Lack::Rounds { more, .. } => ("too few rounds", *more),
            Lack::OneProcess { .. } => ("one process", None),
            Lack::Layout => ("layout", None),
            Lack::Copied => ("copied", None),
            Lack::Summary { .. } => ("summary only", None),
            Lack::Spread => ("spread", None),
        };
        ReasonFile { kind, sentence: lack.advice(), needed }
    }
}

impl<'a> JudgementFile<'a> {
    fn of(judgement: &'a Judgement, config: Option<&'a str>) -> JudgementFile<'a> {
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

impl<'a> SourceFile<'a> {
    fn of(source: Source, config: Option<&'a str>) -> SourceFile<'a> {
        match source {
            Source::BuiltIn => SourceFile { kind: "built-in", path: None, line_number: None },
            Source::Line(line_number) => SourceFile { kind: "file", path: config, line_number: Some(line_number) },
        }
    }
}

impl<'a> WaiverFile<'a> {
    fn of(used: &'a WaiverUse, config: Option<&'a str>) -> WaiverFile<'a> {
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
    fn of(report: &'a Report, config: Option<&'a str>) -> ArmedFile<'a> {
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
    fn of(Renamed { from, to, likeness }: &'a Renamed) -> RenamedFile<'a> {
        RenamedFile { from: from.as_str(), to: to.as_str(), likeness: *likeness }
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

pub(super) fn better(better: Better) -> &'static str {
    match better {
        Better::Lower => "lower",
        Better::Higher => "higher",
        Better::Unknown => "unknown",
    }
}

/// One line for each field of the report, and for each row: what changed between two reports shows in `diff`.
pub(super) struct LineByLine {
    /// How many arrays and objects are open.
    depth: usize,
    /// How many of them, from the outside, have a line for each of their elements: 2 for the report itself and the
    /// arrays in it.
    broken_up: usize,
}

impl LineByLine {
    pub(super) fn new(broken_up: usize) -> LineByLine {
        LineByLine { depth: 0, broken_up }
    }

    fn open<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(bracket)
    }

    fn next<W: ?Sized + Write>(&self, writer: &mut W, first: bool, broken_up: bool) -> io::Result<()> {
        let comma: &[u8] = if first { b"" } else { b"," };
        writer.write_all(comma)?;
        if broken_up { writer.write_all(b"\n") } else { Ok(()) }
    }
}

impl serde_json::ser::Formatter for LineByLine {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(if self.depth == 0 { b"\n}" } else { b"}" })
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first, self.depth < self.broken_up)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first, self.depth <= self.broken_up)
    }
}
