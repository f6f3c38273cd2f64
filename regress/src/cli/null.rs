use std::io::Write;
use std::time::Duration;

use super::args::NullArgs;
use super::run::lanes::built;
use super::run::rounds::{Outcome, Rounds};
use super::run::{BUDGET, SEED, TIME};
use super::select::Filters;
use super::{Exit, Stop, tell};
use crate::compare::{self, NullProcess, Options};
use crate::io::{self as world, Failure, Lane, Occasion, Origin, Project, Turn};
use crate::model::{BenchId, BenchNoise, Noise, Provenance};
use crate::policy::Budgets;
use crate::report;
use crate::trial::{self, Candidate, Measure, Pairing, Plan, Question, Round};

pub(super) fn run(args: &NullArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<Exit, Stop> {
    let filters = Filters::new(&args.filter)?;
    filters.only_of_names()?;
    let project = Project::here()?;
    let settings = world::load_config(
        world::find_config(args.config.as_deref(), &project).as_deref(),
        &project,
        &Occasion::plain(),
    )?;
    let directory = project.run_directory().join("null");
    let _alone = world::claim(args.force.into(), &directory)?;
    world::heed_interrupts();
    let one = built("the program", &origin(args), &project, &directory.join("old"), &args.cargo, errors)?;
    // Two files, as two programs would be: one file would be in memory once.
    let other = one.twin(&directory.join("new"))?;
    let turns = wanted(&one, &filters, Duration::from_secs(args.timeout))?;
    let mut measuring = Measuring::of(&one, &turns);
    let crashed = measuring.measure(args, (&one, &other), &directory.join("rounds.journal"), errors)?;
    let plan = Plan::default();
    let provenance = Provenance { recorded_at: Some(world::now()), ..one.provenance.clone() };
    let noise = measuring.noise(provenance, &plan, &settings.options);
    if noise.benchmarks.is_empty() {
        let problem = "no benchmark has the 6 rounds that it takes to say anything";
        return Err(crashed.unwrap_or_else(|| Failure::new(problem, "give it more time: --max-time")).into());
    }
    report::noise(&noise, out)?;
    for warning in too_tight(&noise, &settings.policy.budgets, plan.looks.last()) {
        writeln!(out, "{}", report::visible(&warning))?;
    }
    // Another command is another program, and both would be called `command`.
    if args.cmd.is_none() {
        writeln!(out, "kept in {}", report::visible(&world::save_noise(&project, &noise)?))?;
    }
    match crashed {
        None => Ok(Exit::FINE),
        Some(failure) => Err(failure.into()),
    }
}

fn origin(args: &NullArgs) -> Origin {
    match (&args.program, &args.cmd, &args.revision) {
        (Some(program), _, _) => Origin::Executable(program.clone()),
        (_, Some(command), _) => Origin::Command(command.clone()),
        (_, _, Some(revision)) => Origin::Revision(revision.clone()),
        (None, None, None) => Origin::WorkingTree,
    }
}

fn wanted(lane: &Lane, filters: &Filters, timeout: Duration) -> Result<Vec<Turn>, Failure> {
    let is_wanted = |turn: &Turn| filters.could_keep(&turn.id());
    let turns: Vec<Turn> = lane.turns(timeout)?.into_iter().filter(is_wanted).collect();
    match turns.is_empty() {
        false => Ok(turns),
        true => Err(Failure::new("there is no benchmark to measure", "look at --filter, and at --package and --bench")),
    }
}

/// Budgets tighter than what the machine shows.
fn too_tight(noise: &Noise, budgets: &Budgets, rounds: usize) -> Vec<String> {
    let told = |(id, bench): (&BenchId, &BenchNoise)| {
        let words = report::too_tight(budgets.written_change(id, TIME)?, bench, rounds)?;
        Some(format!("{id}: {words}"))
    };
    noise.benchmarks.iter().filter_map(told).collect()
}

/// What is measured, and what was.
struct Measuring<'a> {
    turns: &'a [Turn],
    ways: Vec<Way>,
}

/// A benchmark, measured in one of two ways.
struct Way {
    /// Index of the benchmark.
    turn: usize,
    pairing: Pairing,
    rounds: Vec<Round>,
    seconds: f64,
    /// It cannot be measured any more.
    left: bool,
}

impl Way {
    /// Lockstep in every other round: that is enough to choose by, and what two runs apart differ by needs the others.
    fn is_due(&self, round_number: usize) -> bool {
        !self.left && (self.pairing == Pairing::Apart || round_number.is_multiple_of(2))
    }

    fn candidate(&self) -> Candidate<'_> {
        Candidate { rounds: &self.rounds, seconds: self.seconds }
    }
}

impl<'a> Measuring<'a> {
    fn of(lane: &Lane, turns: &'a [Turn]) -> Measuring<'a> {
        let ways = turns.iter().enumerate().flat_map(|(turn, of)| {
            let lockstep = lane.takes_turns(of).then_some(Pairing::Lockstep);
            let way = move |pairing| Way { turn, pairing, rounds: Vec::new(), seconds: 0.0, left: false };
            std::iter::once(Pairing::Apart).chain(lockstep).map(way)
        });
        Measuring { turns, ways: ways.collect() }
    }

    /// Measures all in random order, round by round, until the rounds or the time are used up.
    ///
    /// * Returns the crashes that made benchmarks leave.
    fn measure(
        &mut self,
        args: &NullArgs,
        lanes: (&Lane, &Lane),
        journal: &std::path::Path,
        errors: &mut dyn Write,
    ) -> Result<Option<Failure>, Stop> {
        let (mut rounds, _) = Rounds::begin(lanes, Duration::from_secs(args.timeout), journal, false)?;
        let mut crashes: Option<Failure> = None;
        'rounds: for number in 0..args.rounds as usize {
            if self.ways.iter().all(|way| way.left) {
                break;
            }
            let due: Vec<usize> = (0..self.ways.len()).filter(|&way| self.ways[way].is_due(number)).collect();
            for turn in trial::round_order(SEED, number as u64, &due) {
                let way = &mut self.ways[turn.benchmark];
                let begin = rounds.seconds();
                if begin > args.max_time.as_secs_f64() {
                    tell::progress(errors, &format!("the time is up in round {} of {}", number + 1, args.rounds))?;
                    break 'rounds;
                }
                match rounds.measure(&self.turns[way.turn], way.pairing, turn.first, number)? {
                    Outcome::Measured(round) => way.rounds.extend(round),
                    Outcome::Interrupted => break 'rounds,
                    Outcome::Crashed(_, crash) => {
                        let failure = crash.failure(&self.turns[way.turn].benchmark);
                        crashes = Some(match crashes {
                            Some(earlier) => earlier.and(failure),
                            None => failure,
                        });
                        way.left = true;
                    }
                }
                way.seconds += rounds.seconds() - begin;
            }
            if (number + 1).is_multiple_of(10) {
                let what = format!("{} of {} rounds after {:.0} s", number + 1, args.rounds, rounds.seconds());
                tell::progress(errors, &what)?;
            }
        }
        // Who never took turns was measured apart all the time, in half of the rounds that count as lockstep.
        self.ways
            .retain(|way| way.pairing == Pairing::Apart || way.rounds.iter().all(|round| round.lockstep.is_some()));
        if let Some(words) = rounds.disturbances() {
            tell::progress(errors, &words)?;
        }
        Ok(crashes)
    }

    /// What the rounds say of each benchmark that has enough of them.
    fn noise(&self, provenance: Provenance, plan: &Plan, options: &Options) -> Noise {
        /// Runs that are redrawn: none flagged of so many means fewer than 6 in 1000, 19 times in 20. Takes a second.
        const RUNS: usize = 500;
        let question = Question::new(Measure::Typical, BUDGET);
        let chosen: Vec<&Way> = (0..self.turns.len()).map(|turn| self.tighter(turn, plan)).collect();
        let rounds: Vec<Vec<Round>> = chosen.iter().map(|way| way.rounds.clone()).collect();
        let alarms = trial::false_alarms(&rounds, &question, plan, RUNS, SEED);
        let bench = |(index, way): (usize, &&Way)| {
            let floor = trial::noise_floor(&way.rounds, &question, plan, chosen.len())?;
            let processes: Vec<NullProcess> = self.processes(way.turn).collect();
            // What only repeats what is stated was not seen.
            let between_runs = compare::seen_between(&processes, options.between_runs)
                .filter(|ratio| processes.len() >= compare::ENOUGH || *ratio > options.between_runs);
            let noise = BenchNoise {
                rounds: floor.rounds,
                lockstep: way.pairing == Pairing::Lockstep,
                scatter: floor.scatter,
                round_seconds: way.seconds / way.rounds.len() as f64,
                visible: floor.visible,
                between_runs,
                false_flags: alarms.flags[index],
            };
            Some((self.turns[way.turn].id(), noise))
        };
        let benchmarks = chosen.iter().enumerate().filter_map(bench).collect();
        Noise { provenance, runs: alarms.runs, false_runs: alarms.runs_with_a_flag, benchmarks }
    }

    /// The way that reaches the same certainty in less time.
    fn tighter(&self, turn: usize, plan: &Plan) -> &Way {
        let way = |pairing| self.ways.iter().find(move |way| way.turn == turn && way.pairing == pairing);
        let apart = way(Pairing::Apart).expect("every benchmark is measured apart");
        let Some(lockstep) = way(Pairing::Lockstep) else { return apart };
        match trial::tighter(apart.candidate(), lockstep.candidate(), plan) {
            Pairing::Apart => apart,
            Pairing::Lockstep => lockstep,
        }
    }

    /// The processes of a benchmark that ran alone: what two runs taken apart consist of.
    fn processes(&self, turn: usize) -> impl Iterator<Item = NullProcess> {
        let apart = self.ways.iter().filter(move |way| way.turn == turn && way.pairing == Pairing::Apart);
        let sides = apart.flat_map(|way| &way.rounds).flat_map(|round| [round.old, round.new]);
        sides.map(|summary| NullProcess { median: summary.median, best: summary.min })
    }
}
