//! What stands between a report and "passed", one entry for each rule and row: what JUnit, SARIF and annotations list.

use super::figures;
use super::view::Report;
use super::words;
use crate::policy::{Conclusion, Judgement, Outcome, Source};

/// A rule that is broken, or whose proof is missing.
pub(super) struct Problem {
    pub gravity: Gravity,
    /// The key of the rule, [`WAIVER`] or [`NOTHING_JUDGED`].
    pub rule_name: &'static str,
    /// Where the rule stands in the configuration file; `None` for a built-in one.
    pub line_number: Option<usize>,
    /// As it is called; `None` where no benchmark is at hand to be named.
    pub benchmark: Option<String>,
    /// `time`, or all metrics of a benchmark that vanished; empty where none was measured.
    pub metrics: Vec<String>,
    /// `limit <= 4 KiB (regress.toml:38)`.
    pub rule_text: String,
    /// What was found and what was wanted, in one sentence.
    pub text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gravity {
    Broken,
    NotProven,
}

impl Problem {
    /// `request/verify/n1 time`; empty where neither is known.
    pub fn subject(&self) -> String {
        let words = [self.benchmark.clone().unwrap_or_default(), self.metrics.join(", ")];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Stands for the rule of a report that did not pass though no rule says so: nothing was measured, or nothing judged.
pub(super) const NOTHING_JUDGED: &str = "judged";
/// Stands for a waiver that excuses nothing any more.
pub(super) const WAIVER: &str = "waiver";

/// Broken rules first, worst first; never empty unless the report passed.
pub(super) fn problems(report: &Report) -> Vec<Problem> {
    let mut problems = Vec::new();
    for block in report.broken() {
        let words::Failure { benchmark, metrics: _, facts, breaches } = words::failure(report, &block);
        let metrics: Vec<String> = block.lines.iter().map(|line| figures::metric(&line.row.comparison)).collect();
        for (judgement, breach) in block.judgements.iter().zip(breaches) {
            let found = breach.sentence.unwrap_or_else(|| facts.join(" "));
            let text = sentence(&[&found, &breach.rule, breach.why.as_deref().unwrap_or_default()]);
            problems.push(problem(report, judgement, Gravity::Broken, Some(benchmark.clone()), metrics.clone(), text));
        }
    }
    for (id, judgement) in report.missing.iter().filter(|(_, judgement)| judgement.outcome >= Outcome::NotProven) {
        let words::Breach { rule, sentence: found, why } = words::breach(report, judgement);
        let text = sentence(&[&found.unwrap_or_default(), &rule, &why.unwrap_or_default()]);
        let benchmark = id.as_ref().map(ToString::to_string);
        problems.push(problem(report, judgement, gravity(judgement.outcome), benchmark, Vec::new(), text));
    }
    for used in report.waivers.iter().filter(|used| used.fails()) {
        let (head, pieces) = words::waiver(report, used);
        let (line_number, rule_text) = (line_number(used.waiver.source()), head.clone());
        problems.push(Problem {
            gravity: Gravity::Broken,
            rule_name: WAIVER,
            line_number,
            benchmark: Some(used.waiver.benchmark.to_string()),
            metrics: Vec::new(),
            rule_text,
            text: sentence(&[&head, &pieces.join("; ")]),
        });
    }
    for group in report.not_proven() {
        for (line, judgement) in &group.members {
            let row = &line.row.comparison;
            let found = words::unproven_facts(row, judgement).join(" ");
            let text = sentence(&[&found, &words::rule(report, judgement), &group.advice]);
            let (benchmark, metric) = (row.id.to_string(), figures::metric(row));
            problems.push(problem(report, judgement, Gravity::NotProven, Some(benchmark), vec![metric], text));
        }
    }
    if problems.is_empty() {
        problems.extend(without_a_rule(report));
    }
    problems
}

fn problem(
    report: &Report,
    judgement: &Judgement,
    gravity: Gravity,
    benchmark: Option<String>,
    metrics: Vec<String>,
    text: String,
) -> Problem {
    let (rule_name, line_number) = (judgement.rule.info().key, line_number(judgement.source));
    let rule_text = words::rule(report, judgement);
    Problem { gravity, rule_name, line_number, benchmark, metrics, rule_text, text }
}

fn line_number(source: Source) -> Option<usize> {
    match source {
        Source::Line(line_number) => Some(line_number),
        Source::BuiltIn => None,
    }
}

/// A report that is not green must not look so to whoever counts its problems.
fn without_a_rule(report: &Report) -> Option<Problem> {
    let gravity = match report.conclusion {
        Conclusion::Passed => return None,
        Conclusion::NotProven => Gravity::NotProven,
        Conclusion::Failed => Gravity::Broken,
    };
    Some(Problem {
        gravity,
        rule_name: NOTHING_JUDGED,
        line_number: None,
        benchmark: None,
        metrics: Vec::new(),
        rule_text: NOTHING_JUDGED.to_owned(),
        text: words::tally(report),
    })
}

fn gravity(outcome: Outcome) -> Gravity {
    match outcome {
        Outcome::Broken => Gravity::Broken,
        Outcome::NotProven | Outcome::Excused | Outcome::Tolerated | Outcome::Passed | Outcome::NotJudged => {
            Gravity::NotProven
        }
    }
}

fn sentence(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("; ")
}
