use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::line::Line;
use crate::compare::Word;
use crate::model::BenchId;
use crate::policy::{Excuse, Judgement, Outcome, RuleKind};

/// How many there are of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub benchmarks: usize,
    /// Those of which a number was held against a rule.
    pub benchmarks_judged: usize,
    /// A rule counts once for each row it was applied to.
    pub rules_broken: usize,
    pub benchmarks_broken: usize,
    pub rules_not_proven: usize,
    pub rules_passed: usize,
    /// Not proven, and nobody demands proof.
    pub rules_tolerated: usize,
    /// Broken, and the old side breaks it as well.
    pub rules_inherited: usize,
    /// Broken or not proven, and a waiver stands.
    pub rules_waived: usize,
    /// Broken, and the profile only warns of it.
    pub rules_warned: usize,
    /// Rows by what was found; every word has its number.
    pub findings: BTreeMap<Word, usize>,
}

impl Counts {
    /// * `missing`: judgements on what has no row.
    pub fn of(lines: &[Line], missing: &[(Option<BenchId>, Judgement)]) -> Counts {
        let judgements = || lines.iter().flat_map(|line| &line.row.judgements).chain(missing.iter().map(|(_, j)| j));
        let of = |outcome: Outcome| judgements().filter(|judgement| judgement.outcome == outcome).count();
        let excused = |is_it: fn(Excuse) -> bool| {
            judgements().filter_map(|judgement| judgement.excuse).filter(|e| is_it(*e)).count()
        };
        let broken_rows =
            lines.iter().filter(|line| line.outcome == Outcome::Broken).map(|line| &line.row.comparison.id);
        let broken_missing = missing.iter().filter(|(_, judgement)| judgement.outcome == Outcome::Broken);
        let mut findings: BTreeMap<Word, usize> = Word::ALL.into_iter().map(|word| (word, 0)).collect();
        for line in lines {
            *findings.entry(line.word).or_insert(0) += 1;
        }
        let is_judged = |line: &&Line| {
            let numbers = line.row.judgements.iter().filter(|judgement| judgement.rule != RuleKind::Present);
            numbers.map(|judgement| judgement.outcome).any(|outcome| outcome != Outcome::NotJudged)
        };
        let judged = lines.iter().filter(is_judged).map(|line| &line.row.comparison.id);
        Counts {
            benchmarks_judged: judged.collect::<FxHashSet<_>>().len(),
            benchmarks: lines.iter().map(|line| &line.row.comparison.id).collect::<FxHashSet<_>>().len(),
            rules_broken: of(Outcome::Broken),
            benchmarks_broken: broken_rows
                .chain(broken_missing.filter_map(|(id, _)| id.as_ref()))
                .collect::<FxHashSet<_>>()
                .len(),
            rules_not_proven: of(Outcome::NotProven),
            rules_passed: of(Outcome::Passed),
            rules_tolerated: of(Outcome::Tolerated),
            rules_inherited: excused(|excuse| matches!(excuse, Excuse::Inherited)),
            rules_waived: excused(|excuse| matches!(excuse, Excuse::Waived(_))),
            rules_warned: excused(|excuse| matches!(excuse, Excuse::Warned(_))),
            findings,
        }
    }
}
