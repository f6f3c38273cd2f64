use super::frame;
use super::markup::Html;
use crate::report::Side;
use crate::report::tone::Tone;
use crate::report::view::Report;
use crate::report::words::{self, Breach, Failure};
use crate::unit::count;

/// The answer, and what it is about.
pub(super) fn head(report: &Report, html: &mut Html) {
    let (answer, tone) = (words::answer(report.conclusion), Tone::of_conclusion(report.conclusion));
    frame::head(answer, tone, &words::sides(report), &words::tally(report), html);
    if let Some(step) = words::next_step(report) {
        html.element("p", &step);
    }
    html.element("p class=\"why\"", &words::circumstances(report).join(" · "));
    html.raw("</header>\n<dl class=\"sides\">\n");
    if let Some(old) = &report.context.old {
        side("old", old, html);
    }
    side("new", &report.context.new, html);
    html.raw("</dl>\n");
}

fn side(name: &str, side: &Side, html: &mut Html) {
    let words = words::provenance(side).unwrap_or_else(|| side.label.clone());
    html.raw("<dt>").text(name).raw("</dt><dd>").text(&words).raw("</dd>\n");
}

/// More would only repeat the table.
const LISTED: usize = 50;

/// Why: what is broken, not proven, excused.
pub(super) fn findings(report: &Report, html: &mut Html) {
    let blocks = report.broken();
    if !blocks.is_empty() || !report.missing.is_empty() {
        html.raw("<h2>Broken</h2>\n<ul class=\"findings bad\">\n");
        for block in blocks.iter().take(LISTED) {
            let Failure { benchmark, metrics, facts, breaches } = words::failure(report, block);
            let facts: Vec<String> = std::iter::once(metrics).chain(facts).collect();
            item("FAIL", &benchmark, &facts, &breaches, html);
        }
        if let Some(more @ 1..) = blocks.len().checked_sub(LISTED) {
            html.element("li", &format!("and {more} more, in the table"));
        }
        for (id, judgement) in &report.missing {
            let name = id.as_ref().map(ToString::to_string).unwrap_or_default();
            item("FAIL", &name, &[], &[words::breach(report, judgement)], html);
        }
        html.raw("</ul>\n");
    }
    let groups = report.not_proven();
    if !groups.is_empty() {
        html.raw("<h2>Not proven</h2>\n<ul class=\"findings doubtful\">\n");
        for group in &groups {
            let rows = count(group.members.len(), "row");
            html.raw("<li>").element("strong", &words::rule(report, group.judgement));
            html.element("span", &format!("{rows}: {}", group.advice)).raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
    let mut excused = words::excused(report).peekable();
    if excused.peek().is_some() {
        html.raw("<h2>Excused</h2>\n<ul class=\"findings doubtful\">\n");
        for (word, pieces) in excused {
            html.raw("<li>").element("strong", &word).element("span", &pieces.join(" · ")).raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
}

fn item(word: &str, name: &str, facts: &[String], breaches: &[Breach], html: &mut Html) {
    html.raw("<li>").element("strong", word).element("code", name);
    html.element("span", &facts.join(" · "));
    for Breach { rule, sentence, why } in breaches {
        let sentence = sentence.as_ref().map(|sentence| format!("{sentence}: ")).unwrap_or_default();
        html.element("span class=\"why\"", &format!("{sentence}{rule}"));
        if let Some(why) = why {
            html.element("span class=\"why\"", why);
        }
    }
    html.raw("</li>\n");
}

/// What is said once for many rows.
pub(super) fn foot(report: &Report, html: &mut Html) {
    let mut lines: Vec<String> = report.means.iter().map(words::mean).collect();
    lines.extend(words::notes(report));
    if !lines.is_empty() {
        html.raw("<h2>Notes</h2>\n<ul class=\"plain\">\n");
        for line in &lines {
            html.element("li", line);
        }
        html.raw("</ul>\n");
    }
}
