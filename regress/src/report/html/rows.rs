use super::frame::{class, scroll};
use super::markup::Html;
use super::plots;
use crate::policy::Outcome;
use crate::report::figures::{self, Figures};
use crate::report::line::Line;
use crate::report::tone::Tone;
use crate::report::view::Report;
use crate::report::words;

/// So many rows get plots, the worst first: more make a page that opens slowly, and nobody looks at them all.
const PLOTTED: usize = 400;

/// So many rows are shown at first: more take seconds to be laid out.
const SHOWN: usize = 500;

/// Of so many broken rows the details are open when the page is.
const OPEN: usize = 3;

/// All rows, worst first; each with what opens below it.
pub(super) fn table(report: &Report, html: &mut Html) {
    let survey = report.is_survey();
    let drawable = report.lines.iter().filter(|line| plots::has_any(report, line)).count();
    html.raw("<h2>Rows</h2>\n");
    if report.lines.is_empty() {
        html.element("p", "Nothing was measured.");
        return;
    }
    controls(report, html);
    if drawable > PLOTTED {
        let more = drawable - PLOTTED;
        html.element(
            "p",
            &format!("Plots are drawn of the first {PLOTTED} rows; for the other {more} choose rows: --filter."),
        );
    }
    scroll("Rows", html);
    let class = if survey { "rows survey" } else { "rows" };
    html.raw("<table").attribute("class", class).attribute("data-limit", &SHOWN.to_string()).raw(">\n<caption>");
    html.text("Every metric of every benchmark, worst first. A row opens to its rules, its evidence and its plots.");
    html.raw("</caption>\n<thead>\n<tr>");
    for (name, class) in columns(survey) {
        html.raw("<th scope=\"col\" class=\"")
            .raw(class)
            .raw("\"><button type=\"button\">")
            .text(name)
            .raw("</button></th>");
    }
    html.raw("</tr>\n</thead>\n<tbody>\n");
    let mut drawn = 0;
    for (index, line) in report.lines.iter().enumerate() {
        let draws = drawn < PLOTTED && plots::has_any(report, line);
        drawn += usize::from(draws);
        row(report, line, index, survey, html);
        detail(report, line, survey, draws, html);
    }
    html.raw("</tbody>\n</table>\n</div>\n");
}

fn controls(report: &Report, html: &mut Html) {
    html.raw("<div class=\"controls\">\n<label>Search <input id=\"search\" type=\"search\" placeholder=\"part of a name\"></label>\n");
    html.raw("<label>Verdict <select id=\"verdict\"><option value=\"\">all</option>");
    let mut verdicts: Vec<&str> = report.lines.iter().map(figures::verdict).collect();
    verdicts.sort_unstable();
    verdicts.dedup();
    for verdict in verdicts {
        html.element("option", verdict);
    }
    html.raw("</select></label>\n<output id=\"shown\" aria-live=\"polite\"></output>\n");
    html.raw("<button type=\"button\" id=\"all\" hidden>Show all</button>\n</div>\n");
    html.raw("<noscript><p>Where scripts do not run, rows do not open.</p></noscript>\n");
}

/// The columns, and which of them a telephone can do without.
fn columns(survey: bool) -> &'static [(&'static str, &'static str)] {
    match survey {
        true => &[
            ("benchmark", "text"),
            ("metric", "text"),
            ("value", ""),
            ("verdict", "text"),
            ("rule", "text spare"),
            ("headroom", "spare"),
        ],
        false => &[
            ("benchmark", "text"),
            ("metric", "text"),
            ("old", ""),
            ("new", ""),
            ("change", ""),
            ("verdict", "text"),
            ("believed", "spare"),
        ],
    }
}

fn row(report: &Report, line: &Line, index: usize, survey: bool, html: &mut Html) {
    let row = &line.row.comparison;
    let figures = Figures::of(line);
    html.raw("<tr class=\"row\"").attribute("data-verdict", figures.verdict);
    if index >= SHOWN {
        html.raw(" hidden");
    }
    if is_open(report, line, index) {
        html.raw(" data-open");
    }
    html.raw("><th scope=\"row\"><button type=\"button\" class=\"name\" aria-expanded=\"false\">");
    html.text(&figures.benchmark).raw("</button></th>");
    html.element("td class=\"text\"", &figures.metric);
    let value = |number: Option<f64>| number.filter(|number| number.is_finite());
    let point = |side: Option<&crate::compare::Summary>| value(side.map(|side| side.center.point));
    if !survey {
        cell(point(row.old()), &figures.old, "", html);
    }
    cell(point(row.new_side()), &figures.new, "", html);
    if !survey {
        let ratio = row.change.as_ref().and_then(|change| change.ratio);
        cell(value(ratio), &figures.change, "", html);
    }
    html.raw("<td class=\"verdict-word ").raw(class(Tone::of_line(line))).raw("\">").text(figures.verdict).raw("</td>");
    if survey {
        html.element("td class=\"text spare\"", &figures::rules(line));
        cell(None, &figures::headroom(line), "spare", html);
    } else {
        let low = row.change.as_ref().and_then(|change| change.believed).map(|(low, _)| low);
        cell(value(low), &figures.believed, "spare", html);
    }
    html.raw("</tr>\n");
}

/// A number, and what it is sorted by: no number stands last.
fn cell(value: Option<f64>, text: &str, class: &str, html: &mut Html) {
    html.raw("<td class=\"").raw(class).raw("\" data-value=\"");
    if let Some(value) = value {
        html.number(value);
    }
    html.raw("\">").text(text).raw("</td>");
}

fn is_open(report: &Report, line: &Line, index: usize) -> bool {
    line.outcome == Outcome::Broken && index < OPEN && report.lines.len() > 1
}

/// In a template: nothing of it is laid out before somebody opens the row.
fn detail(report: &Report, line: &Line, survey: bool, draws: bool, html: &mut Html) {
    let row = &line.row.comparison;
    html.raw("<template><tr class=\"detail\"><td colspan=\"").number(columns(survey).len()).raw("\">\n");
    let evidence = words::evidence(report, row);
    let rules = &line.row.judgements;
    if !rules.is_empty() {
        html.raw("<h3>Rules</h3><ul class=\"plain\">\n");
        for judgement in rules {
            let outcome = judgement.outcome.word();
            let rule = words::rule(report, judgement);
            html.raw("<li>").element("b", outcome).element("code", &rule).text(&judgement.sentence);
            for text in [judgement.why.as_deref(), judgement.advice.as_deref()].into_iter().flatten() {
                html.element("span class=\"why\"", text);
            }
            html.raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
    if evidence.is_some() || !row.warnings.is_empty() {
        html.raw("<h3>Evidence</h3>\n");
        let bare = evidence.as_deref().map(|text| text.trim_start_matches('(').trim_end_matches(')'));
        for text in bare.into_iter().chain(row.warnings.iter().map(String::as_str)) {
            html.element("p", text);
        }
    }
    html.raw("<div class=\"metrics\"></div>\n");
    if draws {
        plots::all(report, line, html);
    }
    if rules.is_empty() && evidence.is_none() && row.warnings.is_empty() && !draws {
        html.element("p", "No rule speaks of this row.");
    }
    html.raw("</td></tr></template>\n");
}
