//! Whether the rules can fire at all: each is shown a breach made of the present results, on the path of every verdict.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::apply::apply;
use super::breach::{Bench, Breach, Edge};
use super::budget::Budget;
use super::case::Case;
use super::judgement::{Judgement, Row};
use super::level::Level;
use super::outcome::{Excuse, Outcome};
use super::profile::Topic;
use super::request::Selection;
use super::rules::{Rule, RuleKind};
use super::source::Source;
use super::{Policy, vacuous};
use crate::compare::{Comparison, Finding, Options, Sides, Summary};
use crate::model::{BenchId, Nature, Run, Standing};
use crate::unit::{Scale, show_change};

/// A rule, and whether it can fire.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmedRule {
    /// Where it stands.
    pub source: Source,
    /// The rule as it is written: `limit == 0`.
    pub rule_text: String,
    /// The benchmark and metric it was tried on; `None` where there was none to try it on.
    pub tried_on: Option<(BenchId, Arc<str>)>,
    /// Whether it can fire.
    pub state: ArmedState,
    /// What was found, in words; empty for a rule that fires at its bound.
    pub sentence: String,
}

/// Whether a rule can fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArmedState {
    /// It does, as far beyond its bound as these measurements can show.
    Fires,
    /// There is nothing it could be tried on: no old side, or none that was measured alike.
    Idle,
    /// Nothing that could be measured would break it, or these measurements would not show it.
    CannotFire,
    /// The profile leaves it out.
    Off,
    /// Its rows were left out on purpose, or there is no old side.
    NotLookedAt,
}

impl ArmedState {
    /// Whether the rule is on, and looked at: it has to fire.
    pub fn is_asked(self) -> bool {
        match self {
            ArmedState::Fires | ArmedState::Idle | ArmedState::CannotFire => true,
            ArmedState::Off | ArmedState::NotLookedAt => false,
        }
    }

    /// In words, the same in all formats.
    pub fn words(self) -> &'static str {
        match self {
            ArmedState::Fires => "fires",
            ArmedState::Idle => "idle",
            ArmedState::CannotFire => "cannot fire",
            ArmedState::Off => "off",
            ArmedState::NotLookedAt => "not looked at",
        }
    }
}

impl fmt::Display for ArmedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl ArmedRule {
    /// Whether it is one of those that have to fire: on, and looked at.
    pub fn is_asked(&self) -> bool {
        self.state.is_asked()
    }

    /// Whether it passes whatever happens though somebody wrote it: then nothing is shown by its passing.
    pub fn proves_nothing(&self) -> bool {
        self.state == ArmedState::CannotFire && self.source != Source::BuiltIn
    }
}

/// What the rules are tried with.
pub(super) struct Trial<'a> {
    pub rows: &'a [Row],
    pub old: Option<&'a Run>,
    pub new: &'a Run,
    pub policy: &'a Policy,
    pub options: &'a Options,
    pub selection: &'a Selection,
}

/// Tries every rule of the file, and those built-in ones that hold for a row: one row for each.
pub(super) fn try_all(trial: &Trial<'_>) -> Vec<ArmedRule> {
    let candidates = candidates(trial);
    let judged = trial.rows.iter().filter(|row| {
        row.comparison.metric.standing == Standing::Headline
            && row.comparison.change.as_ref().is_some_and(|c| c.p.is_some())
    });
    let alpha = trial.options.alpha / judged.count().max(1) as f64;
    let bench = Bench { old: trial.old, new: trial.new, options: Options { alpha, ..trial.options.clone() } };
    let rules = trial.policy.budgets.iter().flat_map(|budget| budget.rules.iter().map(move |rule| (budget, rule)));
    rules.filter_map(|(budget, rule)| try_one(budget, rule, trial, &bench, &candidates)).collect()
}

/// A rule: its line, its kind and, where it is built in, its metric.
type Key<'a> = (Option<usize>, RuleKind, Option<&'a str>);

/// The row that a rule is tried on: the one with the most measurements that it judged.
type Candidates<'a> = BTreeMap<Key<'a>, (Rank, &'a Row)>;

/// Judged, not waived, many measurements: the more the better.
type Rank = (bool, bool, usize);

fn candidates<'a>(trial: &Trial<'a>) -> Candidates<'a> {
    let mut candidates: Candidates<'a> = BTreeMap::new();
    for row in trial.rows {
        let sides = [row.comparison.old(), row.comparison.new_side()];
        let fewest = sides.into_iter().flatten().map(|side| side.n).min().unwrap_or(0);
        for judgement in &row.judgements {
            let is_waived = matches!(judgement.excuse, Some(Excuse::Waived(_)));
            let rank = (judgement.outcome != Outcome::NotJudged, !is_waived, fewest);
            let best = candidates.entry(key(judgement.source, judgement.rule, &row.comparison.metric.name));
            let best = best.or_insert((rank, row));
            if rank > best.0 {
                *best = (rank, row);
            }
        }
    }
    candidates
}

fn key(source: Source, kind: RuleKind, metric: &str) -> Key<'_> {
    (source.line_number(), kind, (source == Source::BuiltIn).then_some(metric))
}

fn try_one(
    budget: &Budget,
    rule: &Rule,
    trial: &Trial<'_>,
    bench: &Bench<'_>,
    candidates: &Candidates<'_>,
) -> Option<ArmedRule> {
    let is_built_in = budget.source == Source::BuiltIn;
    let metric = budget.scope.metric.as_deref().unwrap_or_default();
    let in_scope = || trial.rows.iter().find(|row| budget.scope.holds(&row.comparison.id, &row.comparison.metric.name));
    let found = match rule {
        Rule::Unproven(_) | Rule::Present(false) => return None,
        Rule::Present(true) => in_scope().filter(|row| row.comparison.new_side().is_some()),
        _ => candidates.get(&key(budget.source, rule.kind(), metric)).map(|(_, row)| *row),
    };
    let needs_old = matches!(rule.kind(), RuleKind::Change | RuleKind::Present);
    let level = trial.policy.profile.level(Topic::Rule(rule.kind()), metric).level;
    let is_left_out = || {
        let some = trial.selection.some_benchmarks && in_scope().is_none();
        some || trial.selection.leaves_out(metric)
    };
    let (state, sentence) = match found {
        _ if is_built_in && in_scope().is_none() => return None,
        _ if level == Level::Off => (ArmedState::Off, "the profile leaves it out".to_owned()),
        _ if needs_old && trial.old.is_none() => (ArmedState::NotLookedAt, "there is no old side".to_owned()),
        None if is_left_out() => (ArmedState::NotLookedAt, "its rows were left out".to_owned()),
        None if is_built_in => return None,
        None => nothing_to_try(budget, rule, trial, in_scope()),
        Some(row) if is_set_aside(row, rule.kind()) => {
            (ArmedState::Idle, "the two sides were not measured alike".to_owned())
        }
        Some(row) => Shot { budget, rule, trial, bench }.at(&row.comparison),
    };
    Some(ArmedRule {
        source: budget.source,
        rule_text: format!("{} {}", rule.kind().info().key, rule.text()),
        tried_on: found.map(|row| (row.comparison.id.clone(), row.comparison.metric.name.clone())),
        state,
        sentence,
    })
}

/// Why a rule of the file has no row to be tried on.
fn nothing_to_try(budget: &Budget, rule: &Rule, trial: &Trial<'_>, in_scope: Option<&Row>) -> (ArmedState, String) {
    let Some(row) = in_scope else {
        return (ArmedState::CannotFire, "nothing of it was measured".to_owned());
    };
    let is_decided_elsewhere =
        |judgement: &Judgement| judgement.rule == rule.kind() && judgement.source != budget.source;
    let is_overruled = row.judgements.iter().any(is_decided_elsewhere);
    let sentence = match (is_overruled, rule.kind(), vacuous::is_never_compared(budget, trial.rows)) {
        (true, ..) => "later budgets decide wherever it would".to_owned(),
        (false, RuleKind::Change, true) => "the old side has nothing to compare with".to_owned(),
        (false, RuleKind::MinSamples, _) => "it speaks of times, and none was measured".to_owned(),
        (false, ..) => "nothing that both sides measured can be held against it".to_owned(),
    };
    (ArmedState::Idle, sentence)
}

fn is_set_aside(row: &Row, kind: RuleKind) -> bool {
    kind == RuleKind::Change
        && row.judgements.iter().any(|judgement| judgement.rule == kind && judgement.outcome == Outcome::NotJudged)
}

/// A rule and everything that is needed to try it.
struct Shot<'a> {
    budget: &'a Budget,
    rule: &'a Rule,
    trial: &'a Trial<'a>,
    bench: &'a Bench<'a>,
}

impl Shot<'_> {
    /// Tries the rule on a row.
    fn at(&self, row: &Comparison) -> (ArmedState, String) {
        match self.rule {
            Rule::Present(_) => self.verdict(&vanished(row), self.trial.new),
            Rule::MinSamples(_) => self.verdict(&unmeasured(row), self.trial.new),
            Rule::Scaling(scaling) => match self.bench.growing(row, &self.budget.scope, scaling.law) {
                Some(new) => self.verdict(row, &new),
                None => (ArmedState::Idle, "there are no sizes it could grow with".to_owned()),
            },
            Rule::Limit(_) | Rule::Change(_) | Rule::Ratio(_) => self.beyond_the_edge(row),
            Rule::Unproven(_) => (ArmedState::Off, String::new()),
        }
    }

    fn verdict(&self, row: &Comparison, new: &Run) -> (ArmedState, String) {
        match self.judged(row, new) {
            Some(judgement) if fires(&judgement) => (ArmedState::Fires, String::new()),
            Some(judgement) => (ArmedState::CannotFire, judgement.advice.unwrap_or(judgement.sentence)),
            None => (ArmedState::CannotFire, "it says nothing of its own breach".to_owned()),
        }
    }

    fn beyond_the_edge(&self, row: &Comparison) -> (ArmedState, String) {
        let Some(edge) = self.bench.edge(self.rule, &self.budget.scope, row) else {
            return (ArmedState::Idle, "what it refers to was not measured".to_owned());
        };
        let Some(far) = edge.far_beyond(row.metric.nature) else {
            return (ArmedState::CannotFire, "no number breaks it: nothing is less than nothing".to_owned());
        };
        match self.judged_at(row, far) {
            Some(judgement) if fires(&judgement) => (ArmedState::Fires, self.reach(row, edge, far)),
            Some(judgement) => {
                let advice = judgement.advice.unwrap_or(judgement.sentence);
                (ArmedState::CannotFire, format!("no change whatever would be shown: {advice}"))
            }
            None => (ArmedState::Idle, "nothing that both sides measured can be held against it".to_owned()),
        }
    }

    /// From which number on it fires, where that is not at its edge: `from +86.2 %`.
    fn reach(&self, row: &Comparison, edge: Edge, far: f64) -> String {
        /// Finer than this nobody asks.
        const STEP: f64 = 1.01;
        /// From the largest number to the smallest, 632 decades apart, it takes 18 to come within a step.
        const HALVINGS: u32 = 20;
        /// Nearer to the edge than this it is at the edge.
        const NEAR: f64 = 1.02;
        let (Nature::Timed, Edge::Above(near) | Edge::Below(near)) = (row.metric.nature, edge) else {
            return String::new();
        };
        // From 0, and from where numbers end, there is no way in steps of a factor.
        if !(near > 0.0 && far > 0.0 && near.is_finite() && far.is_finite()) {
            return String::new();
        }
        let (mut kept, mut broken) = (near, far);
        for _ in 0..HALVINGS {
            if f64::max(kept / broken, broken / kept) <= STEP {
                break;
            }
            // The root of the product, which may have no finite square.
            let middle = kept.sqrt() * broken.sqrt();
            match self.judged_at(row, middle) {
                Some(judgement) if fires(&judgement) => broken = middle,
                _ => kept = middle,
            }
        }
        if f64::max(near / broken, broken / near) <= NEAR {
            return String::new();
        }
        match (self.rule, row.old()) {
            (Rule::Change(_), Some(old)) => format!("from {} on", show_change(broken / old.center.point)),
            _ => format!("from {} on", Scale::fitting(&row.metric.unit, &[broken]).show(broken)),
        }
    }

    fn judged_at(&self, row: &Comparison, number: f64) -> Option<Judgement> {
        let Breach { row, new } = self.bench.with(row, &self.budget.scope, self.rule, number)?;
        self.judged(&row, &new)
    }

    fn judged(&self, row: &Comparison, new: &Run) -> Option<Judgement> {
        let case = Case {
            row,
            scope: &self.budget.scope,
            old: self.trial.old,
            new,
            options: &self.bench.options,
            benchmark_is_new_side: false,
            benchmark_has_headline: false,
        };
        apply(self.budget, self.rule, &case, self.trial.policy, self.trial.selection)
    }
}

/// Broken, or what the profile makes of that. Too few measurements break nothing, and prove nothing.
fn fires(judgement: &Judgement) -> bool {
    let only_warned = matches!(judgement.excuse, Some(Excuse::Warned(_)));
    let too_few = judgement.rule == RuleKind::MinSamples && judgement.outcome >= Outcome::Tolerated;
    judgement.outcome == Outcome::Broken || only_warned || too_few
}

/// The row without its new side.
fn vanished(row: &Comparison) -> Comparison {
    let side = row.old().or(row.new_side());
    let sides = side.map_or_else(|| row.sides.clone(), |side| Sides::OnlyOld(side.clone()));
    Comparison { sides, change: None, finding: Finding::OnlyOld, ..row.clone() }
}

/// The row with no measurement on any side.
fn unmeasured(row: &Comparison) -> Comparison {
    let none = |side: &Summary| Summary { n: 0, ..side.clone() };
    let sides = match &row.sides {
        Sides::Both { old, new } => Sides::Both { old: none(old), new: none(new) },
        Sides::OnlyOld(side) => Sides::OnlyOld(none(side)),
        Sides::OnlyNew(side) => Sides::OnlyNew(none(side)),
    };
    Comparison { sides, ..row.clone() }
}
