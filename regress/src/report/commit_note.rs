//! A line for a commit message, and its trailer: what `git log --grep` and `git interpret-trailers --parse` read years
//! later. Nothing of it is longer than a line, whatever a benchmark is called.

use std::io::{self, Write};

use super::escape::terminal as visible;
use super::figures::{self, SidesText};
use super::line::{Fold, Line, Place};
use super::view::Report;
use super::{Renderer, Style};
use crate::compare::Word;
use crate::policy::{Conclusion, Outcome};
use crate::unit::count;

pub(super) const RENDERER: Renderer = Renderer {
    name: "commit-note",
    what: "For a commit message: a line, and a trailer for programs",
    draws: |_| false,
    is_whole: false,
    render,
};

fn render(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Benchmarks: {}\n", visible(&line(report)))?;
    writeln!(out, "Regress: {}", trailer(report))
}

/// `3 improved, best embedding/cosine time -12.4 % (95 %: -14.0 … -10.8 %), none regressed; 31 of 33 judged`.
fn line(report: &Report) -> String {
    let tally = Tally::of(report);
    let mut parts = Vec::new();
    let gone = rows(report).filter(|line| matches!(line.word, Word::Gone | Word::Crashed)).count();
    let moved = |word: Word, superlative: &str, none: &str| match tally.of_word(word) {
        0 => none.to_owned(),
        n => format!(
            "{n} {}, {superlative} {}",
            word.text(),
            rows(report).find(|line| line.word == word).map(|line| of(report, line)).unwrap_or_default()
        ),
    };
    let regressed = moved(Word::Regressed, "worst", "none regressed");
    let improved = moved(Word::Improved, "best", "none improved");
    match tally.of_word(Word::Regressed) {
        0 => parts.extend([improved, regressed]),
        _ => parts.extend([regressed, improved]),
    }
    if gone > 0 {
        parts.push(format!("{gone} gone or crashed"));
    }
    if report.counts.rules_broken > 0 {
        parts.push(format!("{} broken", count(report.counts.rules_broken, "rule")));
    }
    parts.extend(excuses(report).into_iter().map(|(word, n)| format!("{n} {word}")));
    let judged = match tally.rows {
        0 => "nothing was measured".to_owned(),
        rows => format!("{} of {rows} judged", tally.judged),
    };
    format!("{}; {judged}", parts.join(", "))
}

/// `embedding/cosine time -12.4 % (95 %: -14.0 … -10.8 %)`, `sort/small allocs 3 → 1`.
fn of(report: &Report, line: &Line) -> String {
    let row = &line.row.comparison;
    let shown = SidesText::of(row);
    let name = format!("{} {}", row.id, figures::metric(row));
    match row.change.as_ref().filter(|change| figures::p_value(change).is_some()) {
        Some(change) => {
            let confidence = report.context.options.confidence * 100.0;
            format!("{name} {} ({confidence:.0} %: {})", figures::moved(row, &shown), figures::measured(row, change))
        }
        None => format!("{name} {} → {}", shown.old, shown.new),
    }
}

/// `verdict=passed base=4f0c… host=amd-epyc-2-cores judged=31/33 regressed=0 improved=3 not-proven=2`: words without
/// blanks. What is not known is left out.
fn trailer(report: &Report) -> String {
    let verdict = match report.conclusion {
        Conclusion::Passed => "passed",
        Conclusion::NotProven => "not-proven",
        Conclusion::Failed => "failed",
    };
    let tally = Tally::of(report);
    let old = report.context.old.as_ref().and_then(|old| old.provenance.commit.as_ref());
    let new = &report.context.new.provenance;
    // A hash may come from a file that somebody else wrote: a word is all it can be.
    let word = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let hash =
        |commit: &crate::model::Commit| format!("{}{}", word(&commit.hash), if commit.dirty { "-dirty" } else { "" });
    let known = [
        Some(format!("verdict={verdict}")),
        old.map(|commit| format!("base={}", hash(commit))),
        new.commit.as_ref().map(|commit| format!("head={}", hash(commit))),
        new.host.as_ref().map(|host| format!("host={}", host.key())),
        Some(format!("judged={}/{}", tally.judged, tally.rows)),
        Some(format!("regressed={}", tally.of_word(Word::Regressed))),
        Some(format!("improved={}", tally.of_word(Word::Improved))),
        Some(format!("not-proven={}", tally.of_word(Word::NotProven))),
    ];
    let excused = excuses(report).into_iter().map(|(word, n)| format!("{word}={n}"));
    known.into_iter().flatten().chain(excused).collect::<Vec<_>>().join(" ")
}

/// Why what broke does not fail, and how often; nothing where nothing had to be excused.
fn excuses(report: &Report) -> Vec<(&'static str, usize)> {
    let counts = &report.counts;
    let all = [("waived", counts.rules_waived), ("inherited", counts.rules_inherited), ("warned", counts.rules_warned)];
    all.into_iter().filter(|(_, n)| *n > 0).collect()
}

/// How many rows there are of what. Rows that explain another one do not count.
struct Tally<'a> {
    report: &'a Report,
    rows: usize,
    judged: usize,
}

impl Tally<'_> {
    fn of(report: &Report) -> Tally<'_> {
        let is_judged = |line: &&Line| {
            matches!(line.outcome, Outcome::Passed | Outcome::Excused | Outcome::Broken)
                && !matches!(line.word, Word::NotProven | Word::NotJudged)
        };
        Tally { report, rows: rows(report).count(), judged: rows(report).filter(is_judged).count() }
    }

    fn of_word(&self, word: Word) -> usize {
        rows(self.report).filter(|line| line.word == word).count()
    }
}

fn rows(report: &Report) -> impl Iterator<Item = &Line> {
    report.lines.iter().filter(|line| line.place != Place::Folded(Fold::Detail))
}
