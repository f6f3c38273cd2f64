//! What stands in a sign-off for people: sections of sentences and tables, not yet escaped. Markdown and HTML write the
//! same page.

use std::collections::BTreeMap;

use super::budgets::budgets;
use super::course::course;
use super::section::Align::{Left, Right};
use super::section::{Cell, Section, code, or_nothing, outcome, state, text};
use super::source::source;
use crate::policy::{ArmedState, Outcome};
use crate::report::escape::csv_number as number;
use crate::report::figures::NOTHING;
use crate::report::tone::Tone;
use crate::report::words;
use crate::signoff::{Breach, Document, Evidence, Input, NullRun, Origin, State, Unjudged};
use crate::unit::{count, count_doing, show_change};

/// All that is written.
pub(super) struct Page {
    pub title: String,
    pub headline: Headline,
    pub sections: Vec<Section>,
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
    let said = format!("{fire} of {} on a breach made of these results.", count_doing(asked, "rule", "fire"));
    Section::new("Can the rules fire?").saying(said).with(&columns, rows.collect())
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
    let section = match document.verdict.counts.details {
        0 => Section::new("Rows without a verdict"),
        n => {
            let details = count(n, "detail");
            Section::new("Rows without a verdict").saying(format!("Not among them: {details} that no budget names."))
        }
    };
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
