use super::section::Align::{Left, Right};
use super::section::{Cell, Section, code, or_nothing, outcome, text};
use crate::compare::Word;
use crate::policy::Outcome;
use crate::report::figures::ratios;
use crate::signoff::{Best, Course, Document};
use crate::unit::{Scale, Unit, count, show_change};

/// What moved, against the last release and against the best ever; the rest is counted.
pub(super) fn course(document: &Document) -> Section {
    let moved = |row: &&Course| {
        row.finding != Word::Unchanged || row.best.as_ref().is_some_and(|best| best.finding == Word::Regressed)
    };
    let rows: Vec<Vec<Cell>> = document.course.iter().filter(moved).map(course_row).collect();
    let still = document.course.len() - rows.len();
    let means = document.means.iter().map(|mean| match mean.ratio {
        Some(ratio) => format!("{} {} over {}", mean.metric, show_change(ratio), count(mean.benchmarks, "benchmark")),
        None => format!("{}: none, something came from zero or went to zero", mean.metric),
    });
    let mut section = Section::new("Against the last release, and the best ever");
    let means: Vec<String> = means.collect();
    if !means.is_empty() {
        section = section.saying(format!("Geometric means of new ÷ old: {}.", means.join("; ")));
    }
    if document.recipe.history.is_empty() {
        section = section.saying("No earlier runs were named (--history): the best ever is not known.");
    }
    let columns = [
        ("benchmark", Left),
        ("metric", Left),
        ("last release", Right),
        ("this one", Right),
        ("change", Right),
        ("believed", Right),
        ("found", Left),
        ("best ever", Right),
        ("against it", Right),
        ("of", Left),
    ];
    section.saying(format!("{} unchanged.", count(still, "row"))).with(&columns, rows)
}

fn course_row(row: &Course) -> Vec<Cell> {
    let best = row.best.as_ref();
    let values: Vec<f64> = [row.old, row.new, best.and_then(|best| best.value)].into_iter().flatten().collect();
    let unit = Unit::from_name(&row.unit);
    let scale = Scale::fitting(&unit, &values);
    let shown = |value: Option<f64>| or_nothing(value.map(|value| scale.show(value)));
    let believed = row.believed_low.zip(row.believed_high).filter(|(low, high)| low != high);
    vec![
        code(&*row.benchmark),
        code(&*row.metric),
        shown(row.old),
        shown(row.new),
        or_nothing(row.ratio.map(show_change)),
        or_nothing(believed.map(|(low, high)| ratios(low, high))),
        match row.outcome {
            Outcome::Broken | Outcome::NotProven => outcome(row.outcome),
            Outcome::NotJudged | Outcome::Passed | Outcome::Tolerated | Outcome::Excused => text(row.finding.text()),
        },
        shown(best.and_then(|best| best.value)),
        or_nothing(best.map(against_best)),
        best.map_or_else(|| or_nothing(None), |best| code(&*best.run)),
    ]
}

fn against_best(best: &Best) -> String {
    match best.ratio {
        Some(ratio) => show_change(ratio),
        None => best.finding.to_string(),
    }
}
