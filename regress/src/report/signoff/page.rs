//! What stands in a sign-off for people: sections of sentences and tables, not yet escaped. Markdown and HTML write the
//! same page.

use std::collections::BTreeMap;

use super::super::escape::csv_number as number;
use super::super::figures::{NOTHING, ratios};
use super::super::tone::Tone;
use super::super::words;
use crate::compare::Word;
use crate::policy::{ArmedState, Outcome};
use crate::signoff::{
    Best, Breach, BudgetRow, BudgetUse, Course, Document, Evidence, Input, NullRun, Origin, State, Unjudged,
};
use crate::unit::{Scale, Unit, count, show_change};

/// All that is written.
pub(super) struct Page {
    pub title: String,
    pub headline: Headline,
    pub sections: Vec<Section>,
}

pub(super) struct Section {
    pub title: &'static str,
    /// Said before the table.
    pub sentences: Vec<String>,
    pub table: Option<Table>,
    /// Commands, one a line.
    pub commands: Vec<String>,
}

pub(super) struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

pub(super) struct Column {
    pub title: &'static str,
    pub is_number: bool,
}

/// The first line.
pub(super) struct Headline {
    /// `PASSED`.
    pub answer: &'static str,
    pub tone: Tone,
    /// `v1.2.0 against v1.1.0, 2026-11-21`.
    pub about: String,
    /// `checks 0 fail, 3 not measured, 4 not applicable, 12 pass; 27 of 30 rows judged`.
    pub tally: String,
}

impl Headline {
    /// In one line.
    pub fn text(&self) -> String {
        format!("{}  {}: {}", self.answer, self.about, self.tally)
    }
}

/// Text is still as somebody wrote it.
pub(super) enum Cell {
    Text(String),
    /// A name, a rule, a file.
    Code(String),
    /// A word of a closed set, to be seen when it is not good.
    Word(&'static str, Option<Tone>),
}

/// So many rows stand open; more are folded up.
pub(super) const ROWS_OPEN: usize = 40;

pub(super) fn page(document: &Document, sha256: &str) -> Page {
    let sections = [
        Some(checklist(document)),
        broken(document),
        Some(budgets(document)),
        Some(armed(document)),
        Some(course(document)),
        Some(waivers(document)),
        Some(unjudged(document)),
        Some(noise(document)),
        Some(origins(document)),
        warnings(document),
        Some(inputs(document)),
        Some(commands(document, sha256)),
    ];
    Page {
        title: format!("Sign-off {}", document.recipe.release),
        headline: headline(document),
        sections: sections.into_iter().flatten().collect(),
    }
}

/// The answer, and what it is about.
pub(super) fn headline(document: &Document) -> Headline {
    let recipe = &document.recipe;
    let against = recipe.old.as_ref().map_or_else(String::new, |old| format!(" against {old}"));
    let counts = &document.verdict.counts;
    let checks = State::ALL.map(|state| {
        let n = counts.checks.get(state.word()).copied().unwrap_or(0);
        format!("{n} {state}")
    });
    Headline {
        answer: words::answer(document.verdict.conclusion),
        tone: Tone::of_conclusion(document.verdict.conclusion),
        about: format!("{}{against}, {}", recipe.release, recipe.today),
        tally: format!("checks {}; {} of {} judged", checks.join(", "), counts.rows_judged, count(counts.rows, "row")),
    }
}

/// What is broken or not proven, a line each.
pub(super) fn breaches(document: &Document) -> Vec<String> {
    let line = |breach: &Breach| {
        let word = if breach.outcome == Outcome::Broken { "FAIL" } else { "NOT PROVEN" };
        let place: Vec<&str> = [&breach.benchmark, &breach.metric].into_iter().flatten().map(String::as_str).collect();
        let place = if place.is_empty() { String::new() } else { format!(" {}", place.join(" ")) };
        let why = breach.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{word}{place}  {}  {} ({}){why}", breach.found, breach.rule, source(document, breach.line_number))
    };
    document.verdict.breaches.iter().map(line).collect()
}

fn source(document: &Document, line_number: Option<usize>) -> String {
    words::place(document.recipe.config.as_deref(), line_number)
}

impl Section {
    fn new(title: &'static str) -> Section {
        Section { title, sentences: Vec::new(), table: None, commands: Vec::new() }
    }

    fn saying(mut self, sentence: impl Into<String>) -> Section {
        self.sentences.push(sentence.into());
        self
    }

    fn with(mut self, columns: &[(&'static str, Align)], rows: Vec<Vec<Cell>>) -> Section {
        let column =
            |(title, align): &(&'static str, Align)| Column { title, is_number: matches!(align, Align::Right) };
        self.table = (!rows.is_empty()).then(|| Table { columns: columns.iter().map(column).collect(), rows });
        self
    }
}

#[derive(Clone, Copy)]
enum Align {
    Left,
    Right,
}
use Align::{Left, Right};

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn code(text: impl Into<String>) -> Cell {
    Cell::Code(text.into())
}

fn state(state: State) -> Cell {
    Cell::Word(state.word(), Tone::of_state(state))
}

fn outcome(outcome: Outcome) -> Cell {
    Cell::Word(outcome.word(), Tone::of_outcome(outcome))
}

fn or_nothing(text: Option<String>) -> Cell {
    Cell::Text(text.unwrap_or_else(|| NOTHING.to_owned()))
}

fn checklist(document: &Document) -> Section {
    let rows = document
        .checklist
        .iter()
        .map(|line| vec![state(line.state), text(line.question), text(&*line.found), code(&*line.artefact)]);
    Section::new("Checklist").with(&[("", Left), ("question", Left), ("found", Left), ("file", Left)], rows.collect())
}

fn broken(document: &Document) -> Option<Section> {
    let rows: Vec<Vec<Cell>> = document
        .verdict
        .breaches
        .iter()
        .map(|breach| {
            let rule = format!("{} ({})", breach.rule, source(document, breach.line_number));
            vec![
                outcome(breach.outcome),
                breach.benchmark.as_ref().map_or_else(|| or_nothing(None), code),
                breach.metric.as_ref().map_or_else(|| or_nothing(None), code),
                text(&*breach.found),
                code(rule),
                or_nothing(breach.why.clone()),
            ]
        })
        .collect();
    let columns =
        [("", Left), ("benchmark", Left), ("metric", Left), ("found", Left), ("rule", Left), ("why it is there", Left)];
    (!rows.is_empty()).then(|| Section::new("Broken or not proven").with(&columns, rows))
}

/// A line for each budget, told by the row that has the least left.
fn budgets(document: &Document) -> Section {
    let rows = document.budgets.iter().filter_map(|budget| {
        let tightest = budget.rows.first()?;
        let shown = |value: Option<f64>| value.map(|value| in_unit(budget, tightest, value));
        Some(vec![
            outcome(budget.outcome),
            code(format!("{} ({})", budget.rule, source(document, budget.line_number))),
            text(budget.rows.len().to_string()),
            code(format!("{} {}", tightest.benchmark, tightest.metric)),
            or_nothing(shown(tightest.measured)),
            or_nothing(shown(tightest.limit)),
            or_nothing(left(budget, tightest)),
        ])
    });
    let columns = [
        ("", Left),
        ("budget", Left),
        ("rows", Right),
        ("least left", Left),
        ("measured", Right),
        ("limit", Right),
        ("left", Right),
    ];
    Section::new("Budgets")
        .saying("Of each budget the row that is nearest to its limit.")
        .with(&columns, rows.collect())
}

/// A number of a budget as people write it.
fn in_unit(budget: &BudgetUse, row: &BudgetRow, value: f64) -> String {
    match row.unit.as_str() {
        "ratio" if budget.rule.starts_with("ratio") => format!("{value:.3}"),
        "ratio" => show_change(value),
        "exponent" => format!("n^{value:.2}"),
        unit => Scale::fitting(&Unit::from_name(unit), &[value]).show(value),
    }
}

/// `13.0 %` of a limit, `+0.30 %` of a change that may still come.
fn left(budget: &BudgetUse, row: &BudgetRow) -> Option<String> {
    let left = row.left?;
    match (row.unit.as_str(), row.left_share) {
        ("ratio", _) if !budget.rule.starts_with("ratio") => Some(format!("{:.2} points", left * 100.0)),
        ("ratio" | "exponent", _) => Some(format!("{left:.3}")),
        (_, Some(share)) => Some(format!("{:.1} %", share * 100.0)),
        (_, None) => Some(in_unit(budget, row, left)),
    }
}

/// Rules that do not fire at their bound; the rest is counted.
fn armed(document: &Document) -> Section {
    let fire = document.armed.iter().filter(|rule| rule.state == ArmedState::Fires).count();
    let asked = document.armed.iter().filter(|rule| rule.state.is_asked()).count();
    let rows =
        document.armed.iter().filter(|rule| rule.state != ArmedState::Fires || !rule.found.is_empty()).map(|rule| {
            let tried_on = rule.tried_on.as_ref().map(|(benchmark, metric)| format!("{benchmark} {metric}"));
            vec![
                Cell::Word(rule.state.words(), Tone::of_armed(rule.state)),
                code(format!("{} ({})", rule.rule, source(document, rule.line_number))),
                tried_on.map_or_else(|| or_nothing(None), code),
                text(if rule.found.is_empty() { NOTHING } else { &rule.found }),
            ]
        });
    let columns = [("", Left), ("rule", Left), ("tried on", Left), ("found", Left)];
    let said = format!("{fire} of {} fire on a breach made of these results.", count(asked, "rule"));
    Section::new("Can the rules fire?").saying(said).with(&columns, rows.collect())
}

/// What moved, against the last release and against the best ever; the rest is counted.
fn course(document: &Document) -> Section {
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

fn waivers(document: &Document) -> Section {
    let rows: Vec<Vec<Cell>> = document
        .waivers
        .iter()
        .map(|waiver| {
            vec![
                text(waiver.state.words()),
                code(format!("{} {}", waiver.benchmark, waiver.metric)),
                text(&*waiver.ceiling),
                text(&*waiver.expires),
                text(&*waiver.owner),
                text(&*waiver.issue),
                text(&*waiver.reason),
            ]
        })
        .collect();
    let columns = [
        ("", Left),
        ("row", Left),
        ("ceiling", Right),
        ("last day", Left),
        ("owner", Left),
        ("issue", Left),
        ("reason", Left),
    ];
    let section = Section::new("Waivers");
    if rows.is_empty() { section.saying("None.") } else { section.with(&columns, rows) }
}

fn unjudged(document: &Document) -> Section {
    let section = Section::new("Rows without a verdict");
    if document.unjudged.is_empty() {
        return section.saying("None.");
    }
    /// So many are named; the JSON has all.
    const NAMED: usize = 8;
    let rows = document.unjudged.iter().map(|Unjudged { reason, rows }| {
        let named: Vec<String> =
            rows.iter().take(NAMED).map(|(benchmark, metric)| format!("{benchmark} {metric}")).collect();
        let more = if rows.len() > NAMED { format!(", and {} more", rows.len() - NAMED) } else { String::new() };
        vec![text(rows.len().to_string()), text(&**reason), text(format!("{}{more}", named.join(", ")))]
    });
    section.with(&[("rows", Right), ("why", Left), ("which", Left)], rows.collect())
}

fn noise(document: &Document) -> Section {
    let noise = &document.noise;
    let section = Section::new("Noise and false alarms").saying(format!(
        "Intervals hold with {} %; at most {} of 100 comparisons of equal programs may find anything.",
        words::percent(noise.confidence),
        words::percent(noise.alpha)
    ));
    let Some(NullRun { recorded_at, runs, false_runs, benchmarks, visible_least, visible_most }) = &noise.null_run
    else {
        return section.saying(format!(
            "No program was measured against itself on this machine: two runs may differ by ×{} in time, by assumption.",
            number(noise.between_runs)
        ));
    };
    let when = recorded_at.as_deref().unwrap_or("an unknown day");
    let section = section.saying(format!(
        "{false_runs} of {runs} runs redrawn from the null run of {when} ({}) raised a false alarm.",
        count(*benchmarks, "benchmark")
    ));
    match visible_least.zip(*visible_most) {
        Some((least, most)) => section.saying(format!(
            "Measured in turns, a slowdown can be seen from {} (the steadiest) to {} (the wildest).",
            show_change(least),
            show_change(most)
        )),
        None => section,
    }
}

/// A line for each fact, a column for each side.
fn origins(document: &Document) -> Section {
    let (new, old) = (&document.new, document.old.as_ref());
    let of = |map: &BTreeMap<String, String>| {
        let parts: Vec<String> = map.iter().map(|(name, value)| format!("{name} {value}")).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    };
    let commit = |origin: &Origin| {
        let hash = origin.commit.clone()?;
        Some(if origin.dirty == Some(true) { format!("{hash} with local changes") } else { hash })
    };
    let row = |what: &'static str, fact: &dyn Fn(&Origin) -> Option<String>| {
        let cell = |origin: Option<&Origin>| or_nothing(origin.and_then(fact));
        vec![text(what), cell(Some(new)), cell(old)]
    };
    let rows = vec![
        row("results", &|origin| Some(origin.label.clone())),
        row("hold", &|origin| Some(origin.holds.clone())),
        row("commit", &commit),
        row("recorded", &|origin| origin.recorded_at.clone()),
        row("machine", &|origin| origin.host.clone()),
        row("toolchain", &|origin| origin.toolchain.clone()),
        row("harnesses", &|origin| of(&origin.harnesses)),
        row("build", &|origin| of(&origin.build)),
    ];
    Section::new("Environment").with(&[("what", Left), ("this release", Left), ("last release", Left)], rows)
}

fn warnings(document: &Document) -> Option<Section> {
    let rows: Vec<Vec<Cell>> = document.warnings.iter().map(|warning| vec![text(&**warning)]).collect();
    (!rows.is_empty()).then(|| Section::new("Warnings").with(&[("what to know", Left)], rows))
}

fn inputs(document: &Document) -> Section {
    let files = document.inputs.iter().map(|Input { role, path, bytes, sha256 }| {
        let evidence = document.recipe.evidence.iter().filter(|Evidence { path: shown, .. }| shown == path);
        let checks: Vec<&str> = evidence.map(|evidence| evidence.check.as_str()).collect();
        let role = if checks.is_empty() { role.clone() } else { format!("{role} for {}", checks.join(", ")) };
        vec![text(role), code(&**path), text(bytes.to_string()), code(&**sha256)]
    });
    let tool = &document.tool;
    let program =
        vec![text("program"), code(format!("{} {}", tool.name, tool.version)), or_nothing(None), code(&*tool.sha256)];
    let columns = [("", Left), ("file", Left), ("bytes", Right), ("SHA-256", Left)];
    Section::new("Files").with(&columns, files.chain([program]).collect())
}

fn commands(document: &Document, sha256: &str) -> Section {
    let section = Section::new("To make it again")
        .saying(format!("The JSON beside this says the same and more; its SHA-256 is {sha256}."));
    Section { commands: document.commands.clone(), ..section }
}
