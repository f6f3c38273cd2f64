//! A comment on a pull request, as GitHub shows it: <https://github.github.com/gfm/>. Open is what a reviewer has to
//! act on; the rest is folded up.

mod page;

use std::io::{self, Write};

pub(super) use page::LONGEST;
use page::{Page, code, text};

use super::escape;
use super::figures::{self, Figures, SidesText};
use super::line::Line;
use super::view::Report;
use super::words::{self, Breach, Failure};
use super::{Renderer, Style};
use crate::compare::{Beside, Comparison};
use crate::policy::{Conclusion, Judgement, Outcome};
use crate::unit::count;

pub(super) const RENDERER: Renderer = Renderer {
    name: "markdown",
    what: "For a comment on a pull request, or the summary of a workflow's step",
    draws: |_| false,
    is_whole: false,
    render,
};

/// Rows that are read; further ones are folded up.
const OPEN_ROWS: usize = 20;

fn render(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(headline(report));
    circumstances(report, &mut page);
    copied(report, &mut page);
    broken(report, &mut page);
    not_proven(report, &mut page);
    excused(report, &mut page);
    listed(report, &mut page);
    notes(report, &mut page);
    out.write_all(page.finish(&report.context.elsewhere).as_bytes())
}

/// The first line is for whoever looks for the comment of the last push, to replace it.
fn headline(report: &Report) -> String {
    let title = escape::marker(&report.context.title);
    let answer = words::answer(report.conclusion);
    let next = words::next_step(report).map(|step| format!("\n{}\n", text(&step))).unwrap_or_default();
    let tally = text(&words::tally(report));
    format!("<!-- regress: {title} -->\n### {}: {answer}\n\n**{tally}**\n{next}", text(&report.context.title))
}

fn circumstances(report: &Report, page: &mut Page) {
    let pieces: Vec<String> = words::circumstances(report).iter().map(|piece| text(piece)).collect();
    page.paragraph(&pieces.join(" · "));
}

/// What nobody measured passes, whatever is below: that is no note.
fn copied(report: &Report, page: &mut Page) {
    words::copied(report).iter().for_each(|warning| page.paragraph(&text(warning)));
}

const BROKEN: [&str; 7] = ["broken", "old", "new", "change", "limit", "smallest visible", "cause"];
const BROKEN_ALIGNMENT: &str = "---|--:|--:|--:|---|--:|---";

fn broken(report: &Report, page: &mut Page) {
    let blocks = report.broken();
    let rows = blocks.iter().map(|block| {
        let Failure { benchmark, metrics, facts: _, breaches } = words::failure(report, block);
        let row = &block.lines[0].row.comparison;
        // What vanished has several metrics, and none of them is new.
        let shown = SidesText::of(row);
        let (old, new) = match block.lines.len() {
            1 => (text(&shown.old), text(&shown.new)),
            _ => (figures::NOTHING.to_owned(), figures::NOTHING.to_owned()),
        };
        [
            subject(&benchmark, &metrics),
            old,
            new,
            change(row),
            limit(&breaches),
            visible(row),
            cause(report, row, &breaches),
        ]
    });
    let missing = report.missing.iter().filter(|(_, judgement)| judgement.outcome >= Outcome::NotProven);
    let missing = missing.map(|(id, judgement)| {
        let nothing = || figures::NOTHING.to_owned();
        let benchmark = id.as_ref().map_or_else(nothing, |id| code(id.as_str()));
        let breach = words::breach(report, judgement);
        let found = found(std::slice::from_ref(&breach)).unwrap_or_else(nothing);
        [benchmark, nothing(), nothing(), nothing(), limit(&[breach]), nothing(), found]
    });
    let mut rows = rows.chain(missing);
    page.table(&BROKEN, BROKEN_ALIGNMENT, rows.by_ref().take(OPEN_ROWS));
    if !blocks.is_empty() {
        page.list(report.context.code.iter().map(|sentence| text(sentence)));
    }
    let mut rest = rows.peekable();
    if rest.peek().is_some() {
        let more = (blocks.len() + report.missing.len()).saturating_sub(OPEN_ROWS);
        page.folded(&format!("{more} more broken"), |page| page.table(&BROKEN, BROKEN_ALIGNMENT, rest));
    }
}

/// A name that leaves room for the numbers beside it, and below it the metric; the whole name is in the folded table.
fn subject(benchmark: &str, metrics: &str) -> String {
    const LONGEST: usize = 48;
    format!("{}<br>{}", code(&escape::shortened(benchmark, LONGEST)), text(metrics))
}

/// `×2.28`, and below it what it can be believed to lie in.
fn change(row: &Comparison) -> String {
    let Some(change) = &row.change else { return figures::NOTHING.to_owned() };
    let moved = text(&figures::moved(row, &SidesText::of(row)));
    match change.p {
        Some(_) => format!("{moved}<br>({})", text(&figures::believed(row, change))),
        None => moved,
    }
}

fn visible(row: &Comparison) -> String {
    text(&figures::visible(row))
}

/// The rules, and why they are there.
fn limit(breaches: &[Breach]) -> String {
    let lines = breaches.iter().flat_map(|Breach { rule, sentence: _, why }| {
        [Some(text(rule)), why.as_deref().map(|why| format!("_{}_", text(why)))]
    });
    lines.flatten().collect::<Vec<_>>().join("<br>")
}

/// What a rule found that is no change of a number.
fn found(breaches: &[Breach]) -> Option<String> {
    let found: Vec<String> = breaches.iter().filter_map(|breach| breach.sentence.as_deref()).map(text).collect();
    (!found.is_empty()).then(|| found.join("<br>"))
}

fn cause(report: &Report, row: &Comparison, breaches: &[Breach]) -> String {
    let known = found(breaches).or_else(|| words::cause(report, row).map(|cause| text(&cause)));
    known.unwrap_or_else(|| figures::NOTHING.to_owned())
}

/// Open where it is what the answer hangs on.
fn not_proven(report: &Report, page: &mut Page) {
    let groups = report.not_proven();
    let members = groups.iter().flat_map(|group| &group.members);
    let mut rows = members.map(|(line, judgement)| not_proven_cells(report, line, judgement));
    let total = report.counts.rules_not_proven;
    if total == 0 {
        return;
    }
    let open = match report.conclusion {
        Conclusion::NotProven => OPEN_ROWS,
        Conclusion::Failed | Conclusion::Passed => 0,
    };
    let headers = ["not proven", "metric", "found", "smallest visible", "rule"];
    let alignment = "---|---|---|--:|---";
    let advice: Vec<String> = groups
        .iter()
        .map(|group| format!("{}: {}", text(&words::rule(report, group.judgement)), text(&group.advice)))
        .collect();
    page.table(&headers, alignment, rows.by_ref().take(open));
    if open > 0 {
        advice.iter().for_each(|advice| page.paragraph(advice));
    }
    if total > open {
        let more = if open > 0 { " more" } else { "" };
        let summary = format!("{}{more} not proven", count(total - open, "rule"));
        page.folded(&summary, |page| {
            page.table(&headers, alignment, rows);
            if open == 0 {
                advice.iter().for_each(|advice| page.paragraph(advice));
            }
        });
    }
}

/// What does not fail though it is broken, and what became of the waivers; open when a waiver fails.
fn excused(report: &Report, page: &mut Page) {
    let items: Vec<String> =
        words::excused(report).map(|(words, pieces)| text(&format!("{words}: {}", pieces.join("; ")))).collect();
    match report.waivers.iter().any(|waiver| waiver.fails()) {
        true => page.list(items.into_iter()),
        false if items.is_empty() => {}
        false => page.folded(&format!("{} excused", items.len()), |page| page.list(items.into_iter())),
    }
}

fn not_proven_cells(report: &Report, line: &Line, judgement: &Judgement) -> [String; 5] {
    let row = &line.row.comparison;
    let facts = words::unproven_facts(row, judgement);
    [
        code(row.id.as_str()),
        code(&figures::metric(row)),
        text(&facts.join(" ")),
        visible(row),
        text(&words::rule(report, judgement)),
    ]
}

const COMPARED: [&str; 9] = ["benchmark", "metric", "old", "new", "change", "verdict", "believed", "p", "n"];
const COMPARED_ALIGNMENT: &str = "---|---|--:|--:|--:|---|--:|--:|--:";
const ON_ITS_OWN: [&str; 6] = ["benchmark", "metric", "value", "rule", "headroom", "verdict"];
const ON_ITS_OWN_ALIGNMENT: &str = "---|---|--:|---|--:|---";

/// Everything that is listed.
fn listed(report: &Report, page: &mut Page) {
    let lines: Vec<&Line> = report.listed().collect();
    if lines.is_empty() {
        return;
    }
    let summary = format!("{}, worst first", count(lines.len(), "row"));
    page.folded(&summary, |page| match (report.is_survey(), report.context.options.beside) {
        (true, _) => page.table(&ON_ITS_OWN, ON_ITS_OWN_ALIGNMENT, lines.iter().map(|line| own_cells(line))),
        (false, Beside::Nothing) => {
            page.table(&COMPARED, COMPARED_ALIGNMENT, lines.iter().map(|line| compared_cells(line)));
        }
        (false, Beside::Benchstat) => {
            let [a, b, c, d, e, f, g, h, i] = COMPARED;
            let headers = [a, b, c, d, e, f, g, h, i, figures::BENCHSTAT];
            let rows = lines.iter().map(|line| {
                let [a, b, c, d, e, f, g, h, i] = compared_cells(line);
                [a, b, c, d, e, f, g, h, i, text(&Figures::of(line).benchstat)]
            });
            page.table(&headers, &format!("{COMPARED_ALIGNMENT}|--:"), rows);
        }
    });
}

fn own_cells(line: &Line) -> [String; 6] {
    let f = Figures::of(line);
    let (rules, headroom) = (text(&figures::rules(line)), text(&figures::headroom(line)));
    [code(&f.benchmark), code(&f.metric), text(&f.new), rules, headroom, verdict(line, f.verdict)]
}

fn compared_cells(line: &Line) -> [String; 9] {
    let f = Figures::of(line);
    [
        code(&f.benchmark),
        code(&f.metric),
        text(&f.old),
        text(&f.new),
        text(&f.change),
        verdict(line, f.verdict),
        text(&f.believed),
        text(&f.p),
        text(&f.n),
    ]
}

fn verdict(line: &Line, word: &str) -> String {
    match line.outcome {
        Outcome::Broken | Outcome::NotProven => format!("**{}**", text(word)),
        Outcome::Excused | Outcome::Tolerated | Outcome::Passed | Outcome::NotJudged => text(word),
    }
}

/// Said once for many rows, and not said above.
fn notes(report: &Report, page: &mut Page) {
    let sides = report.context.old.iter().chain([&report.context.new]);
    let copied = words::copied(report);
    let is_code_above = |note: &String| !report.broken().is_empty() && report.context.code.contains(note);
    let is_above = |note: &String| copied.as_ref() == Some(note) || is_code_above(note);
    let all: Vec<String> = words::folds(report)
        .into_iter()
        .chain(report.means.iter().map(words::mean))
        .chain(words::notes(report).into_iter().filter(|note| !is_above(note)))
        .chain(sides.filter_map(words::provenance))
        .collect();
    if !all.is_empty() {
        page.folded("Notes", |page| page.list(all.iter().map(|note| text(note))));
    }
}
