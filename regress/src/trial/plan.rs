//! What is asked, and how surely it is to be answered.

use crate::compare::Correction;

/// How one set of benchmarks is measured and decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// After how many rounds the evidence is weighed.
    pub looks: Looks,
    /// The probability of even one false "regressed" in the whole family over all looks, in (0, 1); the same again
    /// for "improved".
    pub alpha: f64,
    /// The probability over all looks of calling one benchmark that changed by just the budget "within budget", in
    /// (0, 1). Not corrected for the family: each promise is a promise about one benchmark.
    pub alpha_within: f64,
    /// How the family is corrected for being many.
    pub correction: Correction,
    /// The share of the rounds that is cut off at each end, in \[0, 0.5).
    pub trim: f64,
    /// Confidence of the intervals that are shown, in (0, 1). Decides nothing.
    pub confidence: f64,
}

/// Family-wise 1 %, looks after 10, 20, 40, 80 and 160 rounds: scored on real samples in `trials/README.md`.
impl Default for Plan {
    fn default() -> Plan {
        Plan {
            looks: Looks::default(),
            alpha: 0.01,
            alpha_within: 0.01,
            correction: Correction::Holm,
            trim: 0.25,
            confidence: 0.95,
        }
    }
}

/// Numbers of rounds after which the evidence is weighed: ascending, at least one, none below [`Looks::EARLIEST`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks(Vec<usize>);

impl Plan {
    /// The p that shows a benchmark to be within its budget, at each look.
    pub(super) fn alpha_within_at_each_look(&self) -> f64 {
        self.alpha_within / self.looks.count() as f64
    }
}

impl Looks {
    /// Fewer rounds leave fewer than 4 after trimming a quarter, and t no freedom to be small.
    pub const EARLIEST: usize = 6;

    /// These numbers of rounds; `None` when there is none, one is below [`Looks::EARLIEST`], or they do not ascend.
    pub fn new(rounds: Vec<usize>) -> Option<Looks> {
        let ascends = rounds.windows(2).all(|pair| pair[0] < pair[1]);
        let early = rounds.first().is_none_or(|&first| first < Looks::EARLIEST);
        (ascends && !early).then_some(Looks(rounds))
    }

    /// 10, 20, 40, … as long as they are below `most_rounds`, and then that; at least [`Looks::EARLIEST`].
    ///
    /// ```
    /// use regress::trial::Looks;
    ///
    /// assert_eq!(Looks::doubling(160).rounds(), [10, 20, 40, 80, 160]);
    /// assert_eq!(Looks::doubling(50).rounds(), [10, 20, 40, 50]);
    /// assert_eq!(Looks::doubling(8).rounds(), [8]);
    /// ```
    pub fn doubling(most_rounds: usize) -> Looks {
        let last = most_rounds.max(Looks::EARLIEST);
        let doubling = std::iter::successors(Some(FIRST_LOOK), |look| look.checked_mul(2));
        Looks(doubling.take_while(|&look| look < last).chain([last]).collect())
    }

    /// The numbers of rounds, ascending.
    pub fn rounds(&self) -> &[usize] {
        &self.0
    }

    /// How many looks there are: at least 1.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The number of rounds of the last look.
    pub fn last(&self) -> usize {
        self.0[self.0.len() - 1]
    }
}

impl Default for Looks {
    fn default() -> Looks {
        Looks::doubling(160)
    }
}

/// With 10 rounds 6 are left after trimming: enough to prove a quiet benchmark to be within 3 %.
const FIRST_LOOK: usize = 10;

/// What of a process is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// How long it takes undisturbed: process minima, medians where minima fall into two modes, or lockstep pairs.
    Typical,
    /// How long one call in ten takes: q90. The minimum is blind to what hits only some calls.
    Tail,
}

/// One thing to be decided about one benchmark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Question {
    /// What is compared.
    pub measure: Measure,
    /// new ÷ old that is allowed: 1.03 for 3 %. Below 1 it is a goal: 0.85 for 15 % less.
    pub budget: f64,
    /// new ÷ old beyond which a change must be *shown* to lie to be called a regression; its inverse for an
    /// improvement. At least 1.
    pub boundary: f64,
}

impl Question {
    /// The question whether new ÷ old keeps to `budget`, a ratio above 0.
    ///
    /// A regression has to be shown to lie beyond 1 %: smaller ones are within what the same code differs by in
    /// another link order. With budgets above 3 % the boundary follows 2 % below the budget: a budget of 20 % is
    /// not broken by something that is surely slower by 5 %. A change of just the budget can be found because the
    /// boundary lies below it; tails scatter five times as much, and their boundary is half of the budget.
    ///
    /// ```
    /// use regress::trial::{Measure, Question};
    ///
    /// assert_eq!(Question::new(Measure::Typical, 1.03).boundary, 1.01);
    /// assert_eq!(Question::new(Measure::Typical, 1.20).boundary, 1.20 / 1.02);
    /// assert_eq!(Question::new(Measure::Tail, 1.21).boundary, 1.1); // 1.1 · 1.1
    /// ```
    pub fn new(measure: Measure, budget: f64) -> Question {
        let below_budget = match measure {
            Measure::Typical => budget / ROOM_BELOW_BUDGET,
            Measure::Tail => budget.sqrt(),
        };
        Question { measure, budget, boundary: f64::max(SMALLEST_EFFECT, below_budget) }
    }
}

/// Ten link orders of the same code differ by up to 2.3 %, nine in ten of their pairs by up to 0.1 to 1.7 %.
const SMALLEST_EFFECT: f64 = 1.01;

/// What a change of just the budget lies above the boundary; chosen so that a budget of 3 % has its boundary at 1 %.
const ROOM_BELOW_BUDGET: f64 = 1.02;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_ascend() {
        assert_eq!(Looks::new(vec![10, 30]).map(|looks| looks.last()), Some(30));
        for bad in [vec![], vec![5], vec![10, 10], vec![20, 10]] {
            assert_eq!(Looks::new(bad.clone()), None, "{bad:?}");
        }
        assert_eq!(Looks::doubling(0).rounds(), [Looks::EARLIEST]);
        assert_eq!(Looks::doubling(10).rounds(), [10]);
    }
}
