//! Annotations of a workflow's run: GitHub shows them beside the line of the budget, and above the log.
//!
//! Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::escape::{self, shortened};
use super::problems::{Gravity, Problem, problems};
use super::view::Report;
use super::{Renderer, Style, words};

pub(super) const RENDERER: Renderer = Renderer {
    name: "github",
    what: "For GitHub Actions: annotations beside the budgets (workflow commands)",
    draws: |_| false,
    is_whole: false,
    render,
};

/// GitHub shows no more of a kind for one step, and does not say so.
const SHOWN: usize = 10;
/// Longer titles are cut by GitHub; its limit is 255.
const TITLE_LONGEST: usize = 200;
/// An annotation is a sentence; the whole of it stands in the report.
const TEXT_LONGEST: usize = 2000;

fn render(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let problems = problems(report);
    let of = |gravity: Gravity| {
        let mut subjects = BTreeSet::new();
        // Several rules of one row stand together, the gravest first: one annotation tells enough of it.
        let problems = problems.iter().filter(move |problem| {
            problem.gravity == gravity && (problem.subject().is_empty() || subjects.insert(problem.subject()))
        });
        problems.map(|problem| Annotation::of(report, problem)).collect::<Vec<_>>()
    };
    let warnings = report.warnings.iter().map(|note| Annotation {
        file: None,
        line_number: None,
        title: report.context.title.clone(),
        text: words::warning(note),
    });
    let excused = words::excused(report)
        .map(|(words, pieces)| Annotation::about_all(report, format!("{words}: {}", pieces.join(" "))));
    write_gravest("error", of(Gravity::Broken), report, out)?;
    write_gravest("warning", of(Gravity::NotProven).into_iter().chain(excused).chain(warnings).collect(), report, out)?;
    let answer = format!("{} {}: {}", words::answer(report.conclusion), words::sides(report), words::tally(report));
    command("notice", &Annotation::about_all(report, answer), out)
}

/// As many as are shown; the last of them counts the others.
fn write_gravest(kind: &str, annotations: Vec<Annotation>, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown = if annotations.len() > SHOWN { SHOWN - 1 } else { annotations.len() };
    for annotation in &annotations[..shown] {
        command(kind, annotation, out)?;
    }
    match annotations.len() - shown {
        0 => Ok(()),
        more => {
            let text = format!("and {more} more, which GitHub would not show: see the report");
            command(kind, &Annotation::about_all(report, text), out)
        }
    }
}

struct Annotation {
    file: Option<String>,
    line_number: Option<usize>,
    title: String,
    text: String,
}

impl Annotation {
    fn of(report: &Report, problem: &Problem) -> Annotation {
        let subject = problem.subject();
        Annotation {
            file: report.context.config_place().map(str::to_owned).filter(|_| problem.line_number.is_some()),
            line_number: problem.line_number,
            title: if subject.is_empty() { report.context.title.clone() } else { subject },
            text: problem.text.clone(),
        }
    }

    fn about_all(report: &Report, text: String) -> Annotation {
        Annotation { file: None, line_number: None, title: report.context.title.clone(), text }
    }
}

/// `::error file=regress.toml,line=12,title=embedding/dot allocs::0 → 1; limit == 0`.
fn command(kind: &str, annotation: &Annotation, out: &mut dyn Write) -> io::Result<()> {
    let Annotation { file, line_number, title, text } = annotation;
    write!(out, "::{kind} ")?;
    if let (Some(file), Some(line_number)) = (file, line_number) {
        write!(out, "file={},line={line_number},", escape::workflow_property(file))?;
    }
    let title = escape::workflow_property(&shortened(title, TITLE_LONGEST));
    writeln!(out, "title={title}::{}", escape::workflow_data(&shortened(text, TEXT_LONGEST)))
}
