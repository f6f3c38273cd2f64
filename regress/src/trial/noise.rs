//! What a machine can show: one program measured against itself.

use super::forecast::visible_after;
use super::random::Random;
use super::{Evidence, Plan, Question, Rotation, Round, Verdict, log_ratios, weigh};
use crate::stats::Sample;

/// How far one benchmark can be trusted on one machine.
#[derive(Clone, Debug, PartialEq)]
pub struct NoiseFloor {
    /// So many rounds have a ratio.
    pub rounds: usize,
    /// The standard deviation of one round's log ratio, without its wildest quarters: 0.03 is 3 %.
    pub scatter: f64,
    /// For each look of the plan its rounds, and new ÷ old of the smallest slowdown that would be flagged nine times
    /// in ten by then; above 1.
    pub visible: Vec<(usize, f64)>,
}

/// The noise floor of one benchmark, of rounds in which old and new are the same program.
///
/// * `family`: how many benchmarks are judged together: each of them makes it harder for the others.
/// * Returns `None` for fewer than 6 rounds: too few to say how they scatter.
pub fn noise_floor(rounds: &[Round], question: &Question, plan: &Plan, family: usize) -> Option<NoiseFloor> {
    let (_, log_ratios) = log_ratios(rounds, question.measure, plan);
    if log_ratios.len() < super::Looks::EARLIEST {
        return None;
    }
    let evidence = weigh(&Sample::new(log_ratios).ok()?, question, plan)?;
    let level = plan.alpha / (family.max(1) * plan.looks.count()) as f64;
    let visible = plan.looks.rounds().iter().map(|&look| (look, visible_at(&evidence, question, plan, look, level)));
    let scatter = evidence.mean.standard_error * (evidence.rounds as f64).sqrt();
    Some(NoiseFloor { rounds: evidence.rounds, scatter, visible: visible.collect() })
}

fn visible_at(evidence: &Evidence, question: &Question, plan: &Plan, rounds: usize, level: f64) -> f64 {
    1.0 + visible_after(rounds, evidence, question, plan, level)
}

/// How often a plan flags what did not change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FalseAlarms {
    /// Runs of the whole family that were redrawn.
    pub runs: usize,
    /// Those with at least one benchmark called slower or faster.
    pub runs_with_a_flag: usize,
    /// How often each benchmark was flagged.
    pub flags: Vec<usize>,
}

/// Plays `runs` runs of the whole family, of rounds that were measured with one program on both sides.
///
/// * `rounds`: of each benchmark, in the order they were taken.
/// * `question`: what is asked about each of them.
///
/// Rounds are drawn in blocks of 8 neighbours, with replacement: what follows a disturbed round stays behind it. In
/// half of the blocks old and new change places, which is fair since they are the same program. A benchmark without
/// rounds takes no part.
pub fn false_alarms(rounds: &[Vec<Round>], question: &Question, plan: &Plan, runs: usize, seed: u64) -> FalseAlarms {
    let mut alarms = FalseAlarms { runs, runs_with_a_flag: 0, flags: vec![0; rounds.len()] };
    for run in 0..runs {
        let mut flagged = false;
        for row in play(rounds, question, plan, seed, run as u64) {
            let verdict = row.decision.map(|decision| decision.verdict);
            if matches!(verdict, Some(Verdict::Regressed | Verdict::Improved)) {
                alarms.flags[row.benchmark] += 1;
                flagged = true;
            }
        }
        alarms.runs_with_a_flag += usize::from(flagged);
    }
    alarms
}

fn play(rounds: &[Vec<Round>], question: &Question, plan: &Plan, seed: u64, run: u64) -> Vec<super::Row> {
    let mut rotation = Rotation::new(plan.clone(), seed, vec![vec![*question]; rounds.len()]);
    let mut draws: Vec<Draw<'_>> = rounds.iter().map(|rounds| Draw { rounds, block: None }).collect();
    (0..rounds.len()).filter(|&index| rounds[index].is_empty()).for_each(|index| rotation.leave(index));
    let mut random = Random::new(seed, run);
    loop {
        let turns = rotation.next_round(f64::INFINITY);
        if turns.is_empty() {
            return rotation.finish();
        }
        for turn in turns {
            let round = draws[turn.benchmark].next(&mut random);
            rotation.record(turn.benchmark, Some(round), 1.0);
        }
        rotation.look();
    }
}

/// So many neighbouring rounds are drawn together; as in `trials/`.
const BLOCK: usize = 8;

/// Rounds of one benchmark, redrawn.
struct Draw<'a> {
    rounds: &'a [Round],
    block: Option<Block>,
}

struct Block {
    next: usize,
    left: usize,
    exchanged: bool,
}

impl Draw<'_> {
    /// `rounds` is not empty.
    fn next(&mut self, random: &mut Random) -> Round {
        let fresh = |random: &mut Random| Block {
            next: random.below(self.rounds.len()),
            left: BLOCK,
            exchanged: random.below(2) == 1,
        };
        let block = self.block.take().filter(|block| block.left > 0).unwrap_or_else(|| fresh(random));
        let round = self.rounds[block.next % self.rounds.len()];
        let drawn = if block.exchanged { round.exchanged() } else { round };
        self.block = Some(Block { next: block.next + 1, left: block.left - 1, ..block });
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{Measure, Summary};

    fn question() -> Question {
        Question::new(Measure::Typical, 1.03)
    }

    /// Rounds whose ratios scatter by `scatter` around `ratio`, evenly.
    fn rounds(count: usize, ratio: f64, scatter: f64) -> Vec<Round> {
        let summary = |x: f64| Summary { min: x, median: x, q90: x };
        let offset = |i: usize| scatter * ((i * 7 % 11) as f64 - 5.0) / 3.3;
        (0..count).map(|i| Round { old: summary(1.0), new: summary(ratio * offset(i).exp()), lockstep: None }).collect()
    }

    #[test]
    fn what_scatters_more_shows_less_and_more_rounds_show_more() {
        let floor =
            |scatter: f64, family| noise_floor(&rounds(44, 1.0, scatter), &question(), &Plan::default(), family);
        let (quiet, loud) = (floor(0.01, 50).unwrap(), floor(0.05, 50).unwrap());
        assert!((loud.scatter / quiet.scatter - 5.0).abs() < 0.01, "{} {}", quiet.scatter, loud.scatter);
        let last = |floor: &NoiseFloor| floor.visible.last().unwrap().1;
        assert!(last(&quiet) < last(&loud));
        assert_eq!(quiet.visible.iter().map(|(look, _)| *look).collect::<Vec<_>>(), [10, 20, 40, 80, 160]);
        assert!(quiet.visible.windows(2).all(|pair| pair[0].1 > pair[1].1));
        assert!(last(&floor(0.01, 1).unwrap()) < last(&quiet));
        assert_eq!(noise_floor(&rounds(5, 1.0, 0.01), &question(), &Plan::default(), 1), None);
    }

    #[test]
    fn unchanged_programs_raise_no_alarm_and_a_one_sided_record_would() {
        let family = [rounds(40, 1.0, 0.02), rounds(40, 1.0, 0.05), Vec::new()];
        let alarms = false_alarms(&family, &question(), &Plan::default(), 40, 1);
        assert_eq!(alarms, FalseAlarms { runs: 40, runs_with_a_flag: 0, flags: vec![0, 0, 0] });
        // Rounds of which one side is always slower are not of one program; even exchanged in blocks they scatter as
        // blocks do, and single rounds would hide that.
        let lopsided = [rounds(40, 1.5, 0.001)];
        let alarms = false_alarms(&lopsided, &question(), &Plan::default(), 200, 1);
        assert!(alarms.runs_with_a_flag > 0, "{alarms:?}");
        assert_eq!(alarms.flags, [alarms.runs_with_a_flag]);
    }
}
