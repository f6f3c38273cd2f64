use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::counts::Counts;
use super::line::{Fold, Line, Place};
use super::measurements::Samples;
use crate::compare::{Change, Finding, Lack, MetricMean, Reason};
use crate::model::{BenchId, METRICS, Nature, Warning};
use crate::policy::{
    ArmedRule, Conclusion, Excuse, Judgement, Outcome, Renamed, RuleKind, Source, Verdicts, WaiverUse,
};

/// Rows decided and ordered, not formatted.
#[derive(Clone, Debug)]
pub struct Report {
    pub(super) context: Context,
    pub(super) conclusion: Conclusion,
    pub(super) counts: Counts,
    /// Every row, worst first.
    pub(super) lines: Vec<Line>,
    pub(super) missing: Vec<(Option<BenchId>, Judgement)>,
    pub(super) waivers: Vec<WaiverUse>,
    pub(super) armed: Vec<ArmedRule>,
    pub(super) renamed: Vec<Renamed>,
    pub(super) means: Vec<MetricMean>,
    /// Warnings, each text once.
    pub(super) warnings: Vec<Note>,
    /// Smaller changes are not listed: |new ÷ old − 1|.
    pub(super) threshold: Option<f64>,
}

/// In which order rows stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// By what was found, the gravest first.
    Verdict,
    /// By the size of the change, up or down, the largest first.
    Change,
    /// By name, and metrics in the order of [`METRICS`].
    Name,
    /// By these places; what has none stands last.
    Places(BTreeMap<BenchId, usize>),
}

/// Something said once for many rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub text: String,
    /// The rows it is about: benchmark and metric. Empty when it is about everything.
    pub rows: Vec<(BenchId, Option<String>)>,
}

impl Report {
    /// Orders the rows, worst first, and decides which of them are listed.
    pub fn new(verdicts: Verdicts, context: Context) -> Report {
        let conclusion = verdicts.conclusion();
        let Verdicts { rows, missing, waivers, armed, renamed, means, warnings } = verdicts;
        let mut lines: Vec<Line> = rows.into_iter().map(|row| Line::of(row, &context)).collect();
        // No two lines are equal, and they are large: this way none is moved into a buffer.
        lines.sort_unstable_by(worst_first);
        let counts = Counts::of(&lines, &missing);
        Report {
            context,
            conclusion,
            counts,
            lines,
            missing,
            waivers,
            armed,
            renamed,
            means,
            warnings: merge(warnings),
            threshold: None,
        }
    }

    /// What was measured of a row, where a renderer draws it.
    pub(super) fn samples(&self, line: &Line) -> Samples<'_> {
        let row = &line.row.comparison;
        let measurements = self.context.measurements.as_ref();
        measurements.map_or_else(Samples::default, |measurements| measurements.of(&row.id, &row.metric.name))
    }

    /// Whether it passed.
    pub fn conclusion(&self) -> Conclusion {
        self.conclusion
    }

    /// The same with its rows in another order.
    pub fn sorted(mut self, order: &Order) -> Report {
        let place = |line: &Line, places: &BTreeMap<BenchId, usize>| {
            places.get(&line.row.comparison.id).copied().unwrap_or(usize::MAX)
        };
        match order {
            Order::Verdict => {}
            Order::Change => self.lines.sort_by(|a, b| b.size.total_cmp(&a.size).then_with(|| by_name(a, b))),
            Order::Name => self.lines.sort_by(by_name),
            Order::Places(places) => {
                self.lines.sort_by(|a, b| place(a, places).cmp(&place(b, places)).then_with(|| by_name(a, b)));
            }
        }
        self
    }

    /// The same without the rows that changed by less; they are counted. What is broken, or not proven though it should
    /// be, stays, and so does what has no ratio: it came from nothing, or is on one side only.
    ///
    /// * `threshold`: of |new ÷ old − 1|, at least 0.
    pub fn without_smaller(mut self, threshold: f64) -> Report {
        let is_small = |line: &Line| {
            let change = line.row.comparison.change.as_ref();
            let ratio = change.and_then(|change| change.ratio.or((change.shift.point == 0.0).then_some(1.0)));
            line.outcome < Outcome::Excused && ratio.is_some_and(|ratio| (ratio - 1.0).abs() < threshold)
        };
        for line in self.lines.iter_mut().filter(|line| line.place == Place::Table && is_small(line)) {
            line.place = Place::Folded(Fold::Small);
        }
        self.threshold = Some(threshold);
        self
    }

    /// The rows that are listed one by one, worst first.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.place == Place::Table)
    }

    /// The rows that are only counted, for one reason.
    pub(super) fn folded(&self, fold: Fold) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.place == Place::Folded(fold))
    }

    /// Whether one side was judged on its own.
    pub(super) fn is_survey(&self) -> bool {
        self.context.old.is_none()
    }

    /// The changes of times that equal programs may show as well, by their allowance.
    pub(super) fn allowed_for(&self) -> impl Iterator<Item = &Change> {
        let compared = self.lines.iter().filter(|line| {
            let row = &line.row.comparison;
            row.metric.nature == Nature::Timed
                && !matches!(line.place, Place::Folded(Fold::Detail))
                && !matches!(row.finding, Finding::NotComparable(_))
        });
        let changes = compared.filter_map(|line| line.row.comparison.change.as_ref());
        changes.filter(|change| change.allowance.ratio > 1.0)
    }

    /// The rows that show nothing, since nobody measured them again, and that no rule holds back for it.
    pub(super) fn copied(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| {
            line.row.comparison.finding == Finding::NotProven(Lack::Copied)
                && line.outcome < Outcome::Excused
                && line.place != Place::Folded(Fold::Detail)
        })
    }

    /// Blocks of broken rules: benchmark, its metrics, the judgements. A benchmark that vanished is one block,
    /// not one per metric.
    pub(super) fn broken(&self) -> Vec<Broken<'_>> {
        let mut blocks: Vec<Broken<'_>> = Vec::new();
        let mut vanished: BTreeMap<(&BenchId, &str), usize> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.outcome == Outcome::Broken) {
            let judgements: Vec<&Judgement> =
                line.row.judgements.iter().filter(|judgement| judgement.outcome == Outcome::Broken).collect();
            if let [only] = judgements[..]
                && only.rule == RuleKind::Present
            {
                let index = *vanished.entry((&line.row.comparison.id, &only.sentence)).or_insert(blocks.len());
                if let Some(block) = blocks.get_mut(index) {
                    block.lines.push(line);
                    continue;
                }
            }
            blocks.push(Broken { lines: vec![line], judgements });
        }
        blocks
    }

    /// What is broken or not proven, and excused.
    pub(super) fn excused(&self) -> impl Iterator<Item = (&Line, &Judgement, Excuse)> {
        let lines =
            self.lines.iter().flat_map(|line| line.row.judgements.iter().map(move |judgement| (line, judgement)));
        lines.filter_map(|(line, judgement)| Some((line, judgement, judgement.excuse?)))
    }

    /// What is demanded and not proven, gathered by rule and by what it would take.
    pub(super) fn not_proven(&self) -> Vec<NotProven<'_>> {
        let mut groups: Vec<NotProven<'_>> = Vec::new();
        let mut index: BTreeMap<(String, &str, Option<usize>), usize> = BTreeMap::new();
        for line in &self.lines {
            for judgement in line.row.judgements.iter().filter(|judgement| judgement.outcome == Outcome::NotProven) {
                let advice = advice(judgement).to_owned();
                let line_number = match judgement.source {
                    Source::BuiltIn => None,
                    Source::Line(line_number) => Some(line_number),
                };
                let at = *index.entry((advice.clone(), &judgement.rule_text, line_number)).or_insert(groups.len());
                match groups.get_mut(at) {
                    Some(group) => group.members.push((line, judgement)),
                    None => groups.push(NotProven { advice, judgement, members: vec![(line, judgement)] }),
                }
            }
        }
        groups
    }

    /// Rows that were not judged because the sides were not measured alike, said once per reason.
    pub(super) fn not_compared(&self) -> Vec<NotCompared<'_>> {
        let mut reasons: Vec<NotCompared<'_>> = Vec::new();
        for line in &self.lines {
            let Finding::NotComparable(reason) = &line.row.comparison.finding else { continue };
            if line.place == Place::Folded(Fold::Detail) {
                continue;
            }
            let row = &line.row.comparison;
            // A handful of reasons at most: they are properties of the runs and of the harnesses.
            let index = reasons.iter().position(|known| known.reason == reason).unwrap_or_else(|| {
                reasons.push(NotCompared { reason, metrics: BTreeSet::new(), benchmarks: BTreeSet::new() });
                reasons.len() - 1
            });
            reasons[index].metrics.insert((METRICS.position(&row.metric.name), &row.metric.name));
            reasons[index].benchmarks.insert(&row.id);
        }
        reasons
    }
}

/// What it would take to prove what is not proven.
fn advice(judgement: &Judgement) -> &str {
    judgement.advice.as_deref().unwrap_or(&judgement.sentence)
}

/// Broken rules of one row, or of all rows of a benchmark that vanished.
pub(super) struct Broken<'a> {
    /// At least one; all of the same benchmark.
    pub lines: Vec<&'a Line>,
    /// At least one.
    pub judgements: Vec<&'a Judgement>,
}

/// Rows that one rule demands proof of, for one reason.
pub(super) struct NotProven<'a> {
    /// What it would take.
    pub advice: String,
    /// The rule: that of the first member.
    pub judgement: &'a Judgement,
    pub members: Vec<(&'a Line, &'a Judgement)>,
}

/// Rows that cannot be compared, for one reason.
pub(super) struct NotCompared<'a> {
    pub reason: &'a Reason,
    pub metrics: BTreeSet<(usize, &'a str)>,
    pub benchmarks: BTreeSet<&'a BenchId>,
}

/// By outcome, then by finding, then by the size of the change, then by name.
fn worst_first(a: &Line, b: &Line) -> Ordering {
    let grave = |line: &Line| std::cmp::Reverse(line.outcome.max(Outcome::Passed));
    grave(a)
        .cmp(&grave(b))
        .then_with(|| a.word.cmp(&b.word))
        .then_with(|| b.size.total_cmp(&a.size))
        .then_with(|| by_name(a, b))
}

fn by_name(a: &Line, b: &Line) -> Ordering {
    let (left, right) = (&a.row.comparison, &b.row.comparison);
    left.id
        .cmp(&right.id)
        .then_with(|| METRICS.position(&left.metric.name).cmp(&METRICS.position(&right.metric.name)))
        .then_with(|| left.metric.name.cmp(&right.metric.name))
}

/// Warnings with equal texts become one, in the order of their first. What both sides say of a row is said once.
fn merge(warnings: Vec<Warning>) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut told: BTreeSet<(usize, (BenchId, Option<String>))> = BTreeSet::new();
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    for Warning { row, text } in warnings {
        let at = *index.entry(text.clone()).or_insert(notes.len());
        if at == notes.len() {
            notes.push(Note { text, rows: Vec::new() });
        }
        notes[at].rows.extend(row.filter(|row| told.insert((at, row.clone()))));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_sides_say_of_a_row_is_said_once() {
        let (a, b) = (BenchId::new("a"), BenchId::new("b"));
        let about = |id: &BenchId| Warning::about(id, "allocs", "in doubt");
        let notes = merge(vec![about(&a), about(&b), about(&a), Warning::general("so it is")]);
        let allocs = Some("allocs".to_owned());
        assert_eq!(
            notes,
            [
                Note { text: "in doubt".to_owned(), rows: vec![(a, allocs.clone()), (b, allocs)] },
                Note { text: "so it is".to_owned(), rows: Vec::new() },
            ]
        );
    }
}
