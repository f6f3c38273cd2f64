use std::fmt;
use std::sync::Arc;

use super::methods::method::PAIRS;
use super::{Allowance, Benchstat, Interval, Options, Summary};
use crate::model::{BenchId, Metric, Observation};

/// Everything known about one metric of one benchmark in two runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The benchmark.
    pub id: BenchId,
    /// The metric; all numbers are in its base unit.
    pub metric: Arc<Metric>,
    /// The tool that measured.
    pub harness: Arc<str>,
    /// What each side measured.
    pub sides: Sides,
    /// How they differ; `None` when one side is missing.
    pub change: Option<Change>,
    /// What that means.
    pub finding: Finding,
    /// What benchstat would print, where that was asked for.
    pub benchstat: Option<Benchstat>,
    /// What the reader of the row should know.
    pub warnings: Vec<String>,
}

/// What each side measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Sides {
    /// Both have it.
    Both {
        /// The side compared against.
        old: Summary,
        /// The side that is judged.
        new: Summary,
    },
    /// It vanished.
    OnlyOld(Summary),
    /// It appeared.
    OnlyNew(Summary),
}

/// How two sides differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The name of the method in [`METHODS`](super::METHODS).
    pub method: &'static str,
    /// new ÷ old of the centres. `None` when old is zero: then only `shift` says something.
    pub ratio: Option<f64>,
    /// new − old in base units: the Hodges–Lehmann estimate with its interval; for counts the difference.
    pub shift: Interval,
    /// What new ÷ old can be believed to lie in: the interval of the shift, widened by the allowance.
    /// `None` when old is zero.
    pub believed: Option<(f64, f64)>,
    /// new ÷ old of the best measurements (the fastest, or the largest throughput). `None` when old's is zero.
    pub best_ratio: Option<f64>,
    /// The two-sided Mann–Whitney probability of such a difference between equal sides. `None` for counts.
    pub p: Option<f64>,
    /// `p`, corrected for the number of rows that are judged.
    pub p_adjusted: Option<f64>,
    /// The allowance between runs that `believed` holds.
    pub allowance: Allowance,
}

/// What a comparison found, before any budget.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// Worse, by the evidence.
    Regressed,
    /// Better, by the evidence.
    Improved,
    /// The same: equal counts, or believed to lie within the smallest effect.
    Unchanged,
    /// Shown to keep the budget that was asked about, in measurements that took turns.
    WithinBudget,
    /// It differs, and nobody said which direction is good.
    Differs,
    /// These measurements cannot tell.
    NotProven(Lack),
    /// The two sides were not measured alike.
    NotComparable(Reason),
    /// In old only.
    OnlyOld,
    /// In one only, because the program of the other failed while it was measured. What happened, as the end of a
    /// sentence about that program: `failed (exit status: 101): no disk`.
    Crashed(String),
    /// In new only.
    OnlyNew,
}

/// What a comparison lacks to be decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Lack {
    /// With so few measurements no difference would be significant.
    Measurements {
        /// How many each side needs; `None` when more than could sensibly be taken.
        needed: Option<usize>,
    },
    /// Two runs of the same program may differ as much.
    RunsApart {
        /// By how much: its ratio is above 1.
        allowance: Allowance,
    },
    /// One process a side, or few: measured in turns, and yet each was dealt memory of its own.
    OneProcess {
        /// By how much two processes of the same program may differ: its ratio is above 1.
        allowance: Allowance,
    },
    /// A side kept no more than a summary of its measurements.
    Summary {
        /// By how much two runs of the same program may differ.
        allowance: Allowance,
    },
    /// The measurements scatter too much.
    Spread,
    /// It moved, though it does the same instructions: where code and data lie in memory does that as well.
    Layout,
    /// One measurement stands on both sides.
    Copied,
    /// Too few rounds of processes that took turns.
    Rounds {
        /// How many were measured.
        taken: usize,
        /// How many more would probably decide it; `None` when nobody can say.
        more: Option<usize>,
        /// The smallest change that they would have shown nine times in ten, as a ratio above 1.
        smallest_visible: f64,
    },
}

/// Why two sides cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Times of two machines.
    OtherMachine {
        /// The machine of the old side.
        old: String,
        /// The machine of the new side.
        new: String,
    },
    /// Instructions of two toolchains or processors.
    OtherBuild {
        /// Toolchain and processor of the old side.
        old: String,
        /// Toolchain and processor of the new side.
        new: String,
    },
    /// Two harnesses count differently.
    OtherHarness {
        /// Who measured the old side.
        old: String,
        /// Who measured the new side.
        new: String,
    },
    /// Nothing that could differ: the machine code is the same.
    SameCode,
    /// Nothing that a function does: the same functions lie elsewhere in the program.
    SameFunctions,
    /// It says nothing that the row of its benchmark's time does not.
    OfTheTime,
    /// The same metric in two units.
    OtherUnit {
        /// The unit of the old side.
        old: String,
        /// The unit of the new side.
        new: String,
    },
}

impl Change {
    /// What is lacking where a change does not lie beyond the allowance.
    pub fn apart(&self) -> Lack {
        let allowance = self.allowance.clone();
        if self.method == PAIRS { Lack::OneProcess { allowance } } else { Lack::RunsApart { allowance } }
    }
}

impl Lack {
    /// What it would take to tell. Lower case, no full stop.
    pub fn advice(&self) -> String {
        match self {
            Lack::Measurements { needed: Some(needed) } => {
                format!("too few measurements to show anything; take at least {needed} a side")
            }
            Lack::Measurements { needed: None } => {
                "too few measurements among too many rows to show anything; look at fewer rows (--filter, --metric)"
                    .to_owned()
            }
            Lack::RunsApart { allowance } => runs_apart(allowance),
            Lack::OneProcess { allowance } => format!(
                "measured in turns, but by one process a side: by the memory that each is dealt they may differ by ×{}, and \
                 more measurements do not change that; give the files of at least 6 runs (a,b,c,d,e,f)",
                allowance.ratio
            ),
            Lack::Rounds { taken, more, smallest_visible } => {
                let visible = crate::unit::show_change(*smallest_visible);
                let more = match more {
                    Some(more) => format!("about {more} more would tell"),
                    None => "many more would be needed".to_owned(),
                };
                format!("{taken} rounds would have shown {visible}; {more} (--max-time, --rounds)")
            }
            Lack::Copied => {
                "the very same measurements are on both sides, to the last digit: it was not measured again, or copied; \
                 measure it on each side"
                    .to_owned()
            }
            Lack::Layout => {
                "it moved and its instructions did not: where the code lies in memory can do that, by 16 % and \
                             more; align functions (README, \"Layout\"), or judge its instructions"
                    .to_owned()
            }
            Lack::Summary { allowance } => {
                let apart = match allowance.ratio > 1.0 {
                    true => format!(", and two runs may differ by ×{}", allowance.ratio),
                    false => String::new(),
                };
                format!(
                    "only a summary of the measurements was kept{apart}; keep them (`regress formats` says where they \
                     are), or give the files of at least 4 runs a side (a,b,c,d)"
                )
            }
            Lack::Spread => "the measurements scatter too much; take more of them, on a quieter machine".to_owned(),
        }
    }
}

fn runs_apart(Allowance { ratio, seen_by }: &Allowance) -> String {
    let (source, steadier) = match seen_by {
        Some(who) => (format!(", seen by {who}"), ""),
        None => (String::new(), "let `regress null` see how steady this machine is, "),
    };
    format!(
        "two runs taken one after the other may differ by ×{ratio}{source}, and more measurements do not change that; \
         measure in turns (`regress run`), {steadier}bound a count instead (instructions, allocs), or say \
         unproven = \"pass\""
    )
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::OtherMachine { old, new } => write!(f, "measured on another machine: {old}; this is {new}"),
            Reason::OtherBuild { old, new } => write!(f, "counted for another build: {old}; this is {new}"),
            Reason::OtherHarness { old, new } => write!(f, "{old} and {new} count differently"),
            Reason::SameFunctions => {
                f.write_str("every function is the same on both sides, a difference in time is where they lie")
            }
            Reason::SameCode => {
                f.write_str("the machine code is the same on both sides, a difference in time is the machine's")
            }
            Reason::OfTheTime => f.write_str("computed from a time that has a row of its own"),
            Reason::OtherUnit { old, new } => write!(f, "old is in {old}, new in {new}"),
        }
    }
}

impl Comparison {
    /// A benchmark that only one side has.
    pub(super) fn lonely(observation: &Observation, sides: Sides) -> Comparison {
        let finding = if matches!(sides, Sides::OnlyOld(_)) { Finding::OnlyOld } else { Finding::OnlyNew };
        Comparison {
            id: observation.id.clone(),
            metric: observation.metric.clone(),
            harness: observation.harness.clone(),
            sides,
            change: None,
            finding,
            benchstat: None,
            warnings: Vec::new(),
        }
    }

    /// Two sides whose processes took turns: what was decided elsewhere, while they were measured.
    ///
    /// * `sides`: one number for each process, old and new.
    /// * `change`: made of the rounds.
    pub fn in_turns(
        old: &Observation,
        new: &Observation,
        change: Change,
        finding: Finding,
        options: &Options,
    ) -> Comparison {
        let summary = |observation: &Observation| Summary::of(observation, options.confidence);
        Comparison {
            id: new.id.clone(),
            metric: new.metric.clone(),
            harness: new.harness.clone(),
            sides: Sides::Both { old: summary(old), new: summary(new) },
            change: Some(change),
            finding,
            benchstat: None,
            warnings: Vec::new(),
        }
    }

    /// The same numbers, for looking at only.
    pub fn not_judged(mut self, reason: Reason) -> Comparison {
        self.finding = Finding::NotComparable(reason);
        self
    }

    /// The old side, when there is one.
    pub fn old(&self) -> Option<&Summary> {
        match &self.sides {
            Sides::Both { old, .. } | Sides::OnlyOld(old) => Some(old),
            Sides::OnlyNew(_) => None,
        }
    }

    /// The new side, when there is one.
    pub fn new_side(&self) -> Option<&Summary> {
        match &self.sides {
            Sides::Both { new, .. } | Sides::OnlyNew(new) => Some(new),
            Sides::OnlyOld(_) => None,
        }
    }
}
