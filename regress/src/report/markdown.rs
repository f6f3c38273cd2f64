//! A comment on a pull request, as GitHub shows it: <https://github.github.com/gfm/>.

use std::io::{self, Write};

use super::escape::{markdown as text, markdown_code as code};
use super::figures::{self, Figures};
use super::view::{Line, Report};
use super::words::{self, Breach, Failure};
use super::{Renderer, Style};
use crate::compare::Beside;
use crate::policy::Outcome;

pub(super) const RENDERER: Renderer =
    Renderer { name: "markdown", what: "For a comment on a pull request", draws: false, render };

fn render(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { left: LONGEST, out };
    page.headline(report)?;
    page.failures(report)?;
    page.not_proven(report)?;
    page.next_step(report)?;
    page.table(report)?;
    page.notes(report)
}

/// GitHub refuses a comment of more than 65 536 characters; what follows the tables needs some of them too.
const LONGEST: usize = 60_000;

/// What is written on.
struct Page<'a> {
    /// Bytes that the tables may still take; at least as many as characters.
    left: usize,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn headline(&mut self, report: &Report) -> io::Result<()> {
        let answer = words::answer(report.conclusion);
        writeln!(self.out, "**{answer}** {}: {}", text(&words::sides(report)), text(&words::tally(report)))
    }

    fn failures(&mut self, report: &Report) -> io::Result<()> {
        let blocks = report.broken();
        let rows = blocks.iter().map(|block| {
            let Failure { benchmark, metrics, facts, breaches } = words::failure(report, block);
            [code(&benchmark), code(&metrics), facts_cell(&facts), breaches_cell(&breaches)]
        });
        let missing = report.missing.iter().map(|(id, judgement)| {
            let benchmark = id.as_ref().map_or_else(|| figures::NOTHING.to_owned(), |id| code(id.as_str()));
            let breaches = [words::breach(report, judgement)];
            [benchmark, figures::NOTHING.to_owned(), figures::NOTHING.to_owned(), breaches_cell(&breaches)]
        });
        self.rows(&["broken", "metric", "old → new", "rule"], "---|---|---|---", rows.chain(missing))
    }

    fn not_proven(&mut self, report: &Report) -> io::Result<()> {
        let groups = report.not_proven();
        let rows = groups.iter().flat_map(|group| {
            group.members.iter().map(|(line, judgement)| {
                let row = &line.row.comparison;
                [
                    code(row.id.as_str()),
                    code(&figures::metric(row)),
                    facts_cell(&words::unproven_facts(row, judgement)),
                    text(&words::rule(report, judgement)),
                ]
            })
        });
        self.rows(&["not proven", "metric", "found", "rule"], "---|---|---|---", rows)?;
        for group in &groups {
            writeln!(self.out, "\n{}: {}", text(&words::rule(report, group.judgement)), text(&group.advice))?;
        }
        Ok(())
    }

    fn next_step(&mut self, report: &Report) -> io::Result<()> {
        match words::next_step(report) {
            Some(step) => writeln!(self.out, "\n{}", text(&step)),
            None => Ok(()),
        }
    }

    /// Everything that is listed, folded up.
    fn table(&mut self, report: &Report) -> io::Result<()> {
        let lines: Vec<&Line> = report.listed().collect();
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n<details><summary>{}, worst first</summary>", words::count(lines.len(), "row"))?;
        if report.is_survey() {
            let headers = ["benchmark", "metric", "value", "rule", "headroom", "verdict"];
            let cells = |f: Figures| {
                [code(&f.benchmark), code(&f.metric), text(&f.new), text(&f.rules), text(&f.headroom), text(f.verdict)]
            };
            self.rows(&headers, "---|---|--:|---|--:|---", lines.iter().map(|line| cells(Figures::of(line))))?;
        } else {
            let rows = lines.iter().map(|line| compared_cells(line));
            match report.context.options.beside {
                Beside::Nothing => self.rows(&COMPARED, ALIGNMENT, rows)?,
                Beside::Benchstat => {
                    let [a, b, c, d, e, f, g, h, i] = COMPARED;
                    let headers = [a, b, c, d, e, f, g, h, i, figures::BENCHSTAT];
                    let rows = lines.iter().zip(rows).map(|(line, [a, b, c, d, e, f, g, h, i])| {
                        [a, b, c, d, e, f, g, h, i, text(&Figures::of(line).benchstat)]
                    });
                    self.rows(&headers, &format!("{ALIGNMENT}|--:"), rows)?;
                }
            }
        }
        writeln!(self.out, "\n</details>")
    }

    fn notes(&mut self, report: &Report) -> io::Result<()> {
        let sides = report.context.old.iter().chain([&report.context.new]);
        let means = report.means.iter().map(words::mean);
        let excused = words::excused(report).map(|(words, pieces)| format!("{words}: {}", pieces.join(" ")));
        let all: Vec<String> = excused
            .chain(words::folds(report))
            .chain(means)
            .chain(words::notes(report))
            .chain(sides.filter_map(words::provenance))
            .collect();
        if all.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n<details><summary>Notes</summary>\n")?;
        for note in all {
            writeln!(self.out, "- {}", text(&note))?;
        }
        writeln!(self.out, "\n</details>")
    }

    /// A table, as far as the comment may grow; nothing when there are no rows.
    fn rows<const N: usize>(
        &mut self,
        headers: &[&str; N],
        alignment: &str,
        mut rows: impl Iterator<Item = [String; N]>,
    ) -> io::Result<()> {
        let Some(first) = rows.next() else { return Ok(()) };
        writeln!(self.out, "\n| {} |\n|{alignment}|", headers.join(" | "))?;
        let mut left_out = 0_usize;
        for row in std::iter::once(first).chain(rows) {
            let row = format!("| {} |", row.join(" | "));
            if left_out == 0 && row.len() < self.left {
                self.left -= row.len() + 1;
                writeln!(self.out, "{row}")?;
            } else {
                left_out += 1;
            }
        }
        if left_out == 0 {
            return Ok(());
        }
        writeln!(
            self.out,
            "\n{} more: a comment can hold no more, the other formats have them",
            words::count(left_out, "row")
        )
    }
}

const COMPARED: [&str; 9] = ["benchmark", "metric", "old", "new", "change", "verdict", "believed", "p", "n"];
const ALIGNMENT: &str = "---|---|--:|--:|--:|---|--:|--:|--:";

fn compared_cells(line: &Line) -> [String; 9] {
    let f = Figures::of(line);
    let verdict = match line.outcome {
        Outcome::Broken | Outcome::NotProven => format!("**{}**", text(f.verdict)),
        Outcome::Excused | Outcome::Tolerated | Outcome::Passed | Outcome::NotJudged => text(f.verdict),
    };
    [
        code(&f.benchmark),
        code(&f.metric),
        text(&f.old),
        text(&f.new),
        text(&f.change),
        verdict,
        text(&f.believed),
        text(&f.p),
        text(&f.n),
    ]
}

fn facts_cell(facts: &[String]) -> String {
    if facts.is_empty() { figures::NOTHING.to_owned() } else { text(&facts.join(" ")) }
}

/// The rules of one row, each with what was found and why it is there.
fn breaches_cell(breaches: &[Breach]) -> String {
    let lines: Vec<String> = breaches
        .iter()
        .flat_map(|Breach { rule, sentence, why }| {
            let sentence = sentence.as_deref().map(text);
            [sentence, Some(text(rule)), why.as_deref().map(|why| format!("_{}_", text(why)))]
        })
        .flatten()
        .collect();
    lines.join("<br>")
}
