//! Many questions at one look: what is decided, and at which odds.

use super::forecast;
use super::{Evidence, Plan, Question};
use crate::compare::Correction;
use crate::stats::{benjamini_hochberg, holm};

/// What is known about one question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Shown to be slower than the boundary, and not within the budget.
    Regressed,
    /// Shown to be faster than the inverse of the boundary.
    Improved,
    /// Shown to keep the budget.
    WithinBudget,
    /// Not proven.
    Undecided {
        /// How many more rounds would probably decide it, if it goes on as it did; `None` when more than ten
        /// thousand would be needed, or too few were taken to say.
        more_rounds: Option<usize>,
    },
}

/// What one look says about one question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// What is known.
    pub verdict: Verdict,
    /// `p_regressed`, corrected for the family and the looks: compare with the plan's alpha.
    pub p_regressed_adjusted: f64,
    /// `p_improved`, corrected in the same way.
    pub p_improved_adjusted: f64,
    /// The smallest slowdown that these rounds would have shown nine times in ten: a share of old, 0.03 is 3 %.
    pub smallest_visible_change: f64,
}

/// Where one question of the family stands when the others are weighed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// It is weighed at this look.
    Weighed(Question, Evidence),
    /// It has been decided at an earlier look.
    Decided(Verdict),
    /// It is part of the family, and says nothing at this look.
    Silent,
}

/// Decides what can be decided at one look; for each question of the family in turn, `None` where nothing is weighed.
///
/// ```text
///   WithinBudget   p(H0: at least the budget) · (looks) ≤ alpha_within, and not Improved
///   Regressed      p(H0: at most the boundary) · (questions not yet flagged) · (looks) ≤ alpha, stepped down (Holm)
///   Improved       the same below the inverse of the boundary; where the budget is a goal (below 1), and keeps it
/// ```
///
/// *Holm* bounds the probability of even one false flag in the family over all looks by alpha, however questions and
/// looks depend on one another. Say m₀ of the questions have nothing to be flagged for. Until the first false flag
/// only others have been flagged, so at least m₀ were left, and it had p ≤ alpha ÷ (m₀ · looks). That m₀ questions
/// reach this at one of their looks has at most probability m₀ · looks · alpha ÷ (m₀ · looks).
///
/// *Benjamini–Hochberg* keeps the share of false flags among all at most alpha on average: at each look at most
/// alpha ÷ looks, with those decided before counted as p = 1.
///
/// Source: Holm 1979 and Benjamini & Hochberg 1995, see [`holm`]; flagged ones leaving their share to the others over
/// several looks after Maurer & Bretz 2013, Statistics in Biopharmaceutical Research 5(4), 311–320.
pub fn decide(family: &[Standing], plan: &Plan) -> Vec<Option<Decision>> {
    let regressed = adjusted(family, plan, Verdict::Regressed, |evidence| evidence.p_regressed);
    let improved = adjusted(family, plan, Verdict::Improved, |evidence| evidence.p_improved);
    let unflagged = family.iter().filter(|standing| !matches!(standing, Standing::Decided(Verdict::Regressed))).count();
    let level = plan.alpha / (plan.looks.count() * unflagged.max(1)) as f64;
    let decision = |index: usize| match &family[index] {
        Standing::Weighed(question, evidence) => {
            let (p_regressed_adjusted, p_improved_adjusted) = (regressed[index], improved[index]);
            let keeps_budget = evidence.p_over_budget <= plan.alpha_within_at_each_look();
            // Some gain is not yet the gain that was asked for.
            let is_answered = question.budget >= 1.0 || keeps_budget;
            let verdict = if p_improved_adjusted <= plan.alpha && is_answered {
                Verdict::Improved
            } else if keeps_budget {
                Verdict::WithinBudget
            } else if p_regressed_adjusted <= plan.alpha {
                Verdict::Regressed
            } else {
                Verdict::Undecided { more_rounds: forecast::more_rounds(evidence, question, plan, level) }
            };
            let smallest_visible_change = forecast::smallest_visible_change(evidence, question, level);
            Some(Decision { verdict, p_regressed_adjusted, p_improved_adjusted, smallest_visible_change })
        }
        Standing::Decided(_) | Standing::Silent => None,
    };
    (0..family.len()).map(decision).collect()
}

/// p of each question for one kind of flag, corrected for the family and the looks, at most 1; 1 where nothing is weighed.
fn adjusted(family: &[Standing], plan: &Plan, flag: Verdict, p: fn(&Evidence) -> f64) -> Vec<f64> {
    // What has got this flag is rejected, and leaves its share of alpha to the others.
    let is_left = |standing: &Standing| match plan.correction {
        Correction::Holm => *standing != Standing::Decided(flag),
        Correction::BenjaminiHochberg => true,
    };
    let p_of = |standing: &Standing| match standing {
        Standing::Weighed(_, evidence) => p(evidence),
        Standing::Decided(_) | Standing::Silent => 1.0,
    };
    let p_values: Vec<f64> = family.iter().filter(|standing| is_left(standing)).map(p_of).collect();
    let corrected = match plan.correction {
        Correction::Holm => holm(&p_values),
        Correction::BenjaminiHochberg => benjamini_hochberg(&p_values),
    };
    let mut corrected = corrected.into_iter().map(|p| (p * plan.looks.count() as f64).min(1.0));
    family.iter().map(|standing| if is_left(standing) { corrected.next().unwrap_or(1.0) } else { 1.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Sample;
    use crate::trial::{Measure, weigh};

    const QUESTION: Question = Question { measure: Measure::Typical, budget: 1.03, boundary: 1.01 };

    /// 20 rounds around `center` that scatter by `scatter`, symmetrically.
    fn rounds(center: f64, scatter: f64) -> Evidence {
        let log_ratios = (0..20).map(|i| center.ln() + scatter * (f64::from(i) - 9.5) / 10.0).collect();
        weigh(&Sample::new(log_ratios).expect("finite"), &QUESTION, &Plan::default()).expect("20 rounds")
    }

    #[track_caller]
    fn check(evidence: Evidence, others: usize, expected: Verdict) {
        let family: Vec<Standing> =
            [Standing::Weighed(QUESTION, evidence)].into_iter().chain(vec![Standing::Silent; others]).collect();
        let decisions = decide(&family, &Plan::default());
        let verdict = decisions[0].expect("weighed").verdict;
        let undecided = matches!(verdict, Verdict::Undecided { .. }) && matches!(expected, Verdict::Undecided { .. });
        assert!(undecided || verdict == expected, "{verdict:?}, expected {expected:?}, for {evidence:?}");
        assert!(decisions[1..].iter().all(Option::is_none));
    }

    const UNDECIDED: Verdict = Verdict::Undecided { more_rounds: None };

    #[test]
    fn three_verdicts_and_not_proven() {
        check(rounds(1.10, 0.02), 49, Verdict::Regressed);
        check(rounds(1.00, 0.02), 49, Verdict::WithinBudget);
        check(rounds(0.90, 0.02), 49, Verdict::Improved);
        check(rounds(1.03, 0.05), 49, UNDECIDED);
        check(rounds(1.02, 0.002), 49, Verdict::WithinBudget); // surely above 1 %, and surely below 3 %
        check(rounds(1.05, 0.04), 0, Verdict::Regressed);
        check(rounds(1.05, 0.04), 10_000, UNDECIDED); // one of ten thousand
    }

    #[test]
    fn a_goal_is_reached_when_it_is_shown_and_not_before() {
        let goal = Question::new(Measure::Typical, 0.85);
        let verdict = |center: f64, scatter: f64| {
            let log_ratios = (0..20).map(|i| center.ln() + scatter * (f64::from(i) - 9.5) / 10.0).collect();
            let plan = Plan::default();
            let evidence = weigh(&Sample::new(log_ratios).expect("finite"), &goal, &plan).expect("20 rounds");
            decide(&[Standing::Weighed(goal, evidence)], &plan)[0].expect("weighed").verdict
        };
        assert_eq!(verdict(0.80, 0.02), Verdict::Improved);
        assert_eq!(verdict(1.10, 0.02), Verdict::Regressed);
        for (center, scatter) in [(0.86, 0.02), (0.84, 0.2), (1.00, 0.02)] {
            assert!(matches!(verdict(center, scatter), Verdict::Undecided { .. }), "{center} {scatter}");
        }
    }

    #[test]
    fn what_was_flagged_leaves_its_share_to_the_others() {
        let evidence = rounds(1.05, 0.05);
        let adjusted = |other: Standing| {
            let decisions = decide(&[Standing::Weighed(QUESTION, evidence), other], &Plan::default());
            decisions[0].expect("weighed").p_regressed_adjusted
        };
        let looks = 5.0;
        let near = |p: f64, times: f64| (p / (times * looks * evidence.p_regressed) - 1.0).abs() < 1e-12;
        assert!(near(adjusted(Standing::Silent), 2.0));
        assert!(near(adjusted(Standing::Decided(Verdict::WithinBudget)), 2.0));
        assert!(near(adjusted(Standing::Decided(Verdict::Improved)), 2.0));
        assert!(near(adjusted(Standing::Decided(Verdict::Regressed)), 1.0));
    }

    #[test]
    fn benjamini_hochberg_lets_many_help_one_another() {
        let evidence = rounds(1.05, 0.05);
        assert!((0.01 / 250.0..0.01 / 5.0).contains(&evidence.p_regressed), "{}", evidence.p_regressed);
        let family = [Standing::Weighed(QUESTION, evidence); 50];
        let regressed = |correction| {
            let plan = Plan { correction, ..Plan::default() };
            decide(&family, &plan).iter().flatten().filter(|decision| decision.verdict == Verdict::Regressed).count()
        };
        assert_eq!(regressed(Correction::Holm), 0);
        assert_eq!(regressed(Correction::BenjaminiHochberg), 50);
    }
}
