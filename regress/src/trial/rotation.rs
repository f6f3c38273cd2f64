//! Who is measured next, who leaves, and who gets the time that is left.

use super::family::{Decision, Standing, Verdict, decide};
use super::{Evidence, Plan, Question, Round, Statistic, Turn, log_ratios, round_order, weigh};
use crate::stats::Sample;

/// All benchmarks of one `run`, with what was measured of them so far.
///
/// ```text
///   while let turns = next_round(seconds left), not empty:
///       for each turn: measure, record
///       look
///   finish
/// ```
///
/// ```
/// use regress::stats::Sample;
/// use regress::trial::{Measure, Plan, Question, Rotation, Round, Verdict};
///
/// let mut rotation = Rotation::new(Plan::default(), 1, vec![vec![Question::new(Measure::Typical, 1.03)]]);
/// loop {
///     let turns = rotation.next_round(60.0);
///     if turns.is_empty() {
///         break;
///     }
///     for turn in turns {
///         let jitter = 1e-5 * rotation.rounds_of(turn.benchmark).len() as f64;
///         let (old, new) = (Sample::new(vec![1.0])?, Sample::new(vec![1.1 + jitter])?);
///         rotation.record(turn.benchmark, Some(Round::apart(&old, &new)), 0.1);
///     }
///     rotation.look();
/// }
/// let rows = rotation.finish();
/// assert_eq!(rows[0].decision.expect("weighed").verdict, Verdict::Regressed);
/// assert_eq!(rotation.rounds_of(0).len(), 10);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rotation {
    plan: Plan,
    seed: u64,
    round_number: u64,
    benchmarks: Vec<Benchmark>,
    /// By benchmark.
    tracks: Vec<Track>,
}

/// What is known about one question of one benchmark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Which benchmark.
    pub benchmark: usize,
    /// What was asked.
    pub question: Question,
    /// Which number of each process was compared.
    pub statistic: Statistic,
    /// What the rounds say; `None` when fewer than 2 have a ratio.
    pub evidence: Option<Evidence>,
    /// What that decides; `None` when nothing could be weighed.
    pub decision: Option<Decision>,
}

#[derive(Clone, Debug, Default)]
struct Benchmark {
    rounds: Vec<Round>,
    /// Rounds that were tried, those that failed among them.
    tried: usize,
    seconds: f64,
    /// It is measured no more, whatever is undecided.
    left: bool,
}

/// One question of one benchmark on its way.
#[derive(Clone, Debug)]
struct Track {
    benchmark: usize,
    question: Question,
    looks_taken: usize,
    row: Option<Row>,
}

impl Rotation {
    /// Nothing is measured yet.
    ///
    /// * `seed`: of the random orders.
    /// * `questions`: for each benchmark what is asked about it. All of them are one family.
    pub fn new(plan: Plan, seed: u64, questions: Vec<Vec<Question>>) -> Rotation {
        let benchmarks = vec![Benchmark::default(); questions.len()];
        let track = |benchmark| move |question| Track { benchmark, question, looks_taken: 0, row: None };
        let tracks =
            questions.into_iter().enumerate().flat_map(|(index, questions)| questions.into_iter().map(track(index)));
        Rotation { plan, seed, round_number: 0, benchmarks, tracks: tracks.collect() }
    }

    /// Who is measured in the next round, in which order. Empty when all is decided, or the time is up.
    ///
    /// * `seconds_left`: for all that is still to be measured; infinite when nobody waits.
    ///
    /// Everybody has a first round, as long as `seconds_left` is not negative. From then on it is known what a round costs, and those go on whose next look
    /// still fits into the time, the soonest reached first: better a verdict for some than none for all.
    pub fn next_round(&mut self, seconds_left: f64) -> Vec<Turn> {
        let mut waiting: Vec<(f64, usize)> = (0..self.benchmarks.len())
            .filter(|&index| self.is_open(index))
            .map(|index| (self.seconds_to_next_look(index), index))
            .collect();
        waiting.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut needed = 0.0;
        let fitting = waiting.into_iter().take_while(|(seconds, _)| {
            needed += seconds;
            needed <= seconds_left
        });
        let mut on: Vec<usize> = fitting.map(|(_, index)| index).collect();
        on.sort_unstable();
        let turns = round_order(self.seed, self.round_number, &on);
        self.round_number += 1;
        turns
    }

    /// Takes in what a turn measured; `None` when a process failed. Costs `seconds` either way.
    ///
    /// A benchmark that is not part of the rotation is passed over.
    pub fn record(&mut self, benchmark: usize, round: Option<Round>, seconds: f64) {
        let Some(benchmark) = self.benchmarks.get_mut(benchmark) else { return };
        benchmark.tried += 1;
        benchmark.seconds += seconds;
        benchmark.rounds.extend(round);
    }

    /// Takes a benchmark out: it cannot be measured any more. What is known of it stays.
    pub fn leave(&mut self, benchmark: usize) {
        let Some(benchmark) = self.benchmarks.get_mut(benchmark) else { return };
        benchmark.left = true;
    }

    /// Weighs every question that has reached its next look. Call it after each round.
    ///
    /// * Returns what was weighed: decided and undecided, by benchmark.
    pub fn look(&mut self) -> Vec<Row> {
        self.weigh_where(|track, rounds, plan| {
            plan.looks.rounds().get(track.looks_taken).is_some_and(|&look| look <= rounds)
        })
    }

    /// What is known in the end, for every question.
    ///
    /// What has rounds since its last look is weighed once more, as long as the plan has a look left for it: when the
    /// time is up does not depend on which way the benchmarks lean.
    pub fn finish(&mut self) -> Vec<Row> {
        self.weigh_where(|track, rounds, plan| {
            let weighed = track.row.and_then(|row| row.evidence).map_or(0, |evidence| evidence.rounds);
            track.looks_taken < plan.looks.count() && rounds > weighed
        });
        let unweighed = |track: &Track| track.weighed(&self.benchmarks[track.benchmark].rounds, &self.plan);
        self.tracks.iter().map(|track| track.row.unwrap_or_else(|| unweighed(track))).collect()
    }

    /// The rounds of one benchmark so far; none for one that is not part of the rotation.
    pub fn rounds_of(&self, benchmark: usize) -> &[Round] {
        self.benchmarks.get(benchmark).map_or(&[], |benchmark| &benchmark.rounds)
    }

    /// How long the rounds of one benchmark took so far, failed ones too, in seconds.
    pub fn seconds_of(&self, benchmark: usize) -> f64 {
        self.benchmarks.get(benchmark).map_or(0.0, |benchmark| benchmark.seconds)
    }

    /// Whether a benchmark is to be measured on: it has an open question, and rounds left.
    pub fn is_open(&self, benchmark: usize) -> bool {
        let mut tracks = self.tracks.iter().filter(|track| track.benchmark == benchmark);
        let has_rounds_left = |benchmark: &Benchmark| !benchmark.left && benchmark.tried < self.plan.looks.last();
        self.benchmarks.get(benchmark).is_some_and(has_rounds_left) && tracks.any(|track| track.goes_on(&self.plan))
    }

    /// How many benchmarks are still measured.
    pub fn open(&self) -> usize {
        (0..self.benchmarks.len()).filter(|&index| self.is_open(index)).count()
    }

    /// The plan it follows.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    fn weigh_where(&mut self, is_due: impl Fn(&Track, usize, &Plan) -> bool) -> Vec<Row> {
        let rounds = |track: &Track| &self.benchmarks[track.benchmark].rounds;
        let due = |track: &Track| track.goes_on(&self.plan) && is_due(track, rounds(track).len(), &self.plan);
        let rows: Vec<Option<Row>> =
            self.tracks.iter().map(|track| due(track).then(|| track.weighed(rounds(track), &self.plan))).collect();
        let standing = |(track, row): (&Track, &'_ Option<Row>)| match row {
            Some(Row { question, evidence: Some(evidence), .. }) => Standing::Weighed(*question, *evidence),
            Some(_) | None => track.standing(),
        };
        let family: Vec<Standing> = self.tracks.iter().zip(&rows).map(standing).collect();
        let decisions = decide(&family, &self.plan);
        let mut weighed = Vec::new();
        for ((track, row), decision) in self.tracks.iter_mut().zip(rows).zip(decisions) {
            let Some(row) = row else { continue };
            let row = Row { decision, ..row }.kept(track.row);
            track.looks_taken += 1;
            track.row = Some(row);
            weighed.push(row);
        }
        weighed
    }

    /// 0 before the first round: nobody knows.
    fn seconds_to_next_look(&self, index: usize) -> f64 {
        let benchmark = &self.benchmarks[index];
        if benchmark.tried == 0 {
            return 0.0;
        }
        let taken = benchmark.rounds.len();
        let next = self.plan.looks.rounds().iter().find(|&&look| look > taken).map_or(1, |look| look - taken);
        benchmark.seconds / benchmark.tried as f64 * next as f64
    }
}

impl Track {
    /// Whether its benchmark must be measured on for it.
    ///
    /// Decided ones leave; but what is within its budget and looks faster goes on until that is shown or the looks
    /// are over: a slowdown is excluded sooner than a speed-up is shown, and who made it faster wants to read that.
    ///
    /// Undecided ones stay, however far off a verdict seems. Leaving when the forecast says more than four times the
    /// plan's rounds was tried: it saved one round in twenty, and missed one +5 % in seventy.
    fn goes_on(&self, plan: &Plan) -> bool {
        let Some(Row { evidence: Some(evidence), decision: Some(decision), .. }) = self.row else { return true };
        self.looks_taken < plan.looks.count()
            && match decision.verdict {
                Verdict::Regressed | Verdict::Improved => false,
                Verdict::WithinBudget => evidence.p_improved <= LOOKS_FASTER,
                Verdict::Undecided { .. } => true,
            }
    }

    /// What the rounds say, undecided.
    fn weighed(&self, rounds: &[Round], plan: &Plan) -> Row {
        let (statistic, log_ratios) = log_ratios(rounds, self.question.measure, plan);
        let evidence = Sample::new(log_ratios).ok().and_then(|sample| weigh(&sample, &self.question, plan));
        Row { benchmark: self.benchmark, question: self.question, statistic, evidence, decision: None }
    }

    fn standing(&self) -> Standing {
        match self.row.and_then(|row| row.decision).map(|decision| decision.verdict) {
            Some(Verdict::Undecided { .. }) | None => Standing::Silent,
            Some(verdict) => Standing::Decided(verdict),
        }
    }
}

/// p of an unchanged benchmark that is followed further for a speed-up; chosen, costs rounds, decides nothing.
const LOOKS_FASTER: f64 = 0.02;

impl Row {
    /// A budget once shown to be kept stays so: only an improvement says more.
    fn kept(self, earlier: Option<Row>) -> Row {
        let verdict = |row: &Row| row.decision.map(|decision| decision.verdict);
        match earlier {
            Some(earlier)
                if verdict(&earlier) == Some(Verdict::WithinBudget) && verdict(&self) != Some(Verdict::Improved) =>
            {
                let decision = self.decision.map(|decision| Decision { verdict: Verdict::WithinBudget, ..decision });
                Row { decision, ..self }
            }
            Some(_) | None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{Measure, Summary};

    /// A round of new ÷ old = `ratio`, give or take up to 1 % by the round's number.
    fn round(ratio: f64, number: usize) -> Round {
        let summary = |x: f64| Summary { min: x, median: x, q90: x };
        Round {
            old: summary(1.0),
            new: summary(ratio * (1.0 + ((number * 7 % 11) as f64 - 5.0) / 500.0)),
            lockstep: None,
        }
    }

    /// Benchmarks whose new side takes `ratios` of the old one, each round of each taking a second.
    fn run(ratios: &[f64], seconds: f64) -> (Vec<Row>, Rotation) {
        let questions = vec![vec![Question::new(Measure::Typical, 1.03)]; ratios.len()];
        let mut rotation = Rotation::new(Plan::default(), 1, questions);
        let mut left = seconds;
        loop {
            let turns = rotation.next_round(left);
            if turns.is_empty() {
                return (rotation.finish(), rotation);
            }
            for Turn { benchmark, .. } in turns {
                let number = rotation.rounds_of(benchmark).len();
                rotation.record(benchmark, Some(round(ratios[benchmark], number)), 1.0);
                left -= 1.0;
            }
            rotation.look();
        }
    }

    #[track_caller]
    fn check(ratios: &[f64], seconds: f64, expected: &[(Option<Verdict>, usize)]) {
        let (rows, rotation) = run(ratios, seconds);
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.decision.map(|decision| decision.verdict), rotation.rounds_of(row.benchmark).len()))
            .collect();
        assert_eq!(found, expected);
        let spent: f64 = (0..ratios.len()).map(|benchmark| rotation.seconds_of(benchmark)).sum();
        assert!(spent <= seconds.max(ratios.len() as f64), "{spent} of {seconds} s");
    }

    #[test]
    fn decided_ones_leave_and_the_others_go_on() {
        let expected = [
            (Some(Verdict::Regressed), 10),
            (Some(Verdict::WithinBudget), 10),
            (Some(Verdict::Improved), 10),
            (Some(Verdict::WithinBudget), 20), // 2.2 % is close to 3 %
        ];
        check(&[1.2, 1.0, 0.8, 1.022], f64::INFINITY, &expected);
    }

    #[test]
    fn what_looks_faster_is_followed_until_that_is_shown() {
        // 2 % faster: within any budget after 10 rounds, shown to be faster than 1 % after 20
        check(&[0.98], f64::INFINITY, &[(Some(Verdict::Improved), 20)]);
    }

    #[test]
    fn with_little_time_some_get_a_verdict() {
        let (rows, rotation) = run(&[1.0; 5], 25.0);
        let decided = rows.iter().filter(|row| row.decision.is_some_and(|d| d.verdict == Verdict::WithinBudget));
        assert_eq!(decided.count(), 2); // 5 first rounds, 9 more for each of two
        assert_eq!((0..5).map(|i| rotation.rounds_of(i).len()).collect::<Vec<_>>(), [10, 10, 1, 1, 1]);
        assert_eq!(rows[4].decision, None);
    }

    #[test]
    fn when_the_time_is_up_the_rounds_since_the_last_look_are_weighed() {
        let (rows, rotation) = run(&[1.022], 15.0);
        assert_eq!(rotation.rounds_of(0).len(), 10); // ten more do not fit
        assert!(matches!(
            rows[0].decision,
            Some(Decision { verdict: Verdict::Undecided { more_rounds: Some(10) }, .. })
        ));
        let questions = vec![vec![Question::new(Measure::Typical, 1.03)]];
        let mut interrupted = Rotation::new(Plan::default(), 1, questions);
        for number in 0..8 {
            interrupted.record(0, Some(round(1.0, number)), 1.0);
            interrupted.look();
        }
        assert_eq!(interrupted.finish()[0].decision.map(|d| d.verdict), Some(Verdict::WithinBudget));
    }

    #[test]
    fn failed_rounds_cost_and_end() {
        let questions = vec![vec![Question::new(Measure::Typical, 1.03), Question::new(Measure::Tail, 1.10)]];
        let mut rotation = Rotation::new(Plan::default(), 1, questions);
        let mut rounds = 0;
        while !rotation.next_round(f64::INFINITY).is_empty() {
            rotation.record(0, None, 1.0);
            rotation.look();
            rounds += 1;
        }
        assert_eq!((rounds, rotation.seconds_of(0)), (160, 160.0));
        let rows = rotation.finish();
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|row| row.evidence.is_none() && row.decision.is_none()));
        rotation.record(7, None, 1.0); // not part of it
    }

    #[test]
    fn who_leaves_is_measured_no_more_and_keeps_what_is_known() {
        let questions = vec![vec![Question::new(Measure::Typical, 1.03)]; 2];
        let mut rotation = Rotation::new(Plan::default(), 1, questions);
        for number in 0..7 {
            (0..2).for_each(|benchmark| rotation.record(benchmark, Some(round(1.2, number)), 1.0));
        }
        rotation.leave(0);
        rotation.leave(9); // not part of it
        let turns = rotation.next_round(f64::INFINITY);
        assert_eq!(turns.iter().map(|turn| turn.benchmark).collect::<Vec<_>>(), [1]);
        assert_eq!(rotation.finish()[0].evidence.map(|evidence| evidence.rounds), Some(7));
    }

    #[test]
    fn a_tail_that_is_open_keeps_its_benchmark_in() {
        let questions = vec![vec![Question::new(Measure::Typical, 1.03), Question::new(Measure::Tail, 1.03)]];
        let mut rotation = Rotation::new(Plan::default(), 1, questions);
        for number in 0..10 {
            let mut round = round(1.0, number);
            round.new.q90 *= 1.027;
            rotation.record(0, Some(round), 1.0);
        }
        assert_eq!(rotation.look().len(), 2);
        assert_eq!(rotation.next_round(f64::INFINITY).len(), 1);
        for number in 10..20 {
            rotation.record(0, Some(round(1.0, number)), 1.0);
        }
        assert_eq!(rotation.look().len(), 1); // the tail only; the other is decided
    }
}
