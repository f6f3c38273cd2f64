//! A test report, as Jenkins and GitLab read it: a row of the comparison is a test. A broken rule is a failure; what is
//! demanded and not proven is an error, so that nobody takes it for green; what no rule judged is skipped.

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use super::escape::xml;
use super::figures::{self, Figures};
use super::line::Line;
use super::problems::{Gravity, Problem, problems};
use super::view::Report;
use super::{Renderer, Style, words};
use crate::policy::Outcome;

pub(super) const RENDERER: Renderer = Renderer {
    name: "junit",
    what: "For test reports of Jenkins, GitLab and others: a test for every row",
    draws: |_| false,
    is_whole: true,
    render,
};

fn render(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let title = xml(&report.context.title);
    let mut suite = TestSuite::new(title.clone());
    suite.add_properties(properties(report));
    let problems = problems(report);
    let mut by_row: BTreeMap<(&str, &str), Vec<&Problem>> = BTreeMap::new();
    for problem in &problems {
        for metric in &problem.metrics {
            by_row.entry((problem.benchmark.as_deref().unwrap_or_default(), metric)).or_default().push(problem);
        }
    }
    suite.add_test_cases(report.lines.iter().map(|line| {
        let figures = Figures::of(line);
        let problems = by_row.get(&(&*figures.benchmark, &*figures.metric)).map_or(&[][..], Vec::as_slice);
        test_of(line, &figures, problems)
    }));
    // What has no row: a benchmark that was never measured, or nothing at all.
    let no_row = |problem: &&Problem| problem.metrics.is_empty();
    suite.add_test_cases(problems.iter().filter(no_row).map(test_without_row));
    let warnings = words::notes(report);
    if !warnings.is_empty() {
        suite.set_system_out(warnings.iter().map(|warning| xml(warning)).collect::<Vec<_>>().join("\n"));
    }
    let mut whole = quick_junit::Report::new(title);
    whole.add_test_suite(suite);
    // First as a whole: the crate's error would hide what the writer says, and a closed pipe is no failure.
    out.write_all(whole.to_string().map_err(io::Error::other)?.as_bytes())
}

fn properties(report: &Report) -> Vec<Property> {
    let sides = [("old", report.context.old.as_ref()), ("new", Some(&report.context.new))];
    let sides = sides.into_iter().filter_map(|(name, side)| {
        let side = side?;
        Some(Property::new(name, xml(&words::provenance(side).unwrap_or_else(|| side.label.clone()))))
    });
    let conclusion = Property::new("conclusion", report.conclusion.to_string());
    let tally = Property::new("tally", xml(&words::tally(report)));
    [conclusion, tally].into_iter().chain(sides).collect()
}

/// * `problems`: those of this row; none unless it is broken or not proven.
fn test_of(line: &Line, figures: &Figures, problems: &[&Problem]) -> TestCase {
    let status = match line.outcome {
        Outcome::Broken | Outcome::NotProven => unsuccessful(problems),
        Outcome::Excused | Outcome::Tolerated | Outcome::Passed => TestCaseStatus::success(),
        Outcome::NotJudged => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(line.word.text());
            status
        }
    };
    let mut test = TestCase::new(xml(&format!("{} {}", figures.benchmark, figures.metric)), status);
    test.set_classname(xml(&figures.benchmark));
    let found = match figures.old == figures::NOTHING {
        true => figures.new.clone(),
        false => format!("{} → {} {} ({})", figures.old, figures.new, figures.change, figures.verdict),
    };
    test.set_system_out(xml(&found));
    test
}

fn test_without_row(problem: &Problem) -> TestCase {
    let subject = if problem.subject().is_empty() { problem.rule_text.clone() } else { problem.subject() };
    let mut test = TestCase::new(xml(&subject), unsuccessful(&[problem]));
    test.set_classname(xml(problem.benchmark.as_deref().unwrap_or(problem.rule_name)));
    test
}

/// * `problems`: at least one, the gravest first.
fn unsuccessful(problems: &[&Problem]) -> TestCaseStatus {
    let is_broken = problems.iter().any(|problem| problem.gravity == Gravity::Broken);
    let mut status =
        TestCaseStatus::non_success(if is_broken { NonSuccessKind::Failure } else { NonSuccessKind::Error });
    let texts: Vec<String> = problems.iter().map(|problem| xml(&problem.text)).collect();
    if let (Some(problem), Some(text)) = (problems.first(), texts.first()) {
        status.set_type(problem.rule_name).set_message(text).set_description(texts.join("\n"));
    }
    status
}
