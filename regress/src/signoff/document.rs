use std::collections::BTreeMap;

use serde::Serialize;

use super::answer::{Case, State};
use super::checklist::{Line, checklist};
use super::course::{Course, course};
use super::facts::Facts;
use super::headroom::{BudgetUse, budgets, line_number};
use super::null_run::NullRun;
use super::recipe::{Input, Recipe, Tool};
use super::unjudged::{Unjudged, unjudged};
use super::word::as_word;
use crate::compare::MetricMean;
use crate::model::{Provenance, Run, Warning};
use crate::policy::{ArmedRule, ArmedState, Conclusion, Judgement, Outcome, WaiverState, WaiverUse};

/// All that a release is signed on. Numbers are in base units; what is not known is `None`.
///
/// Its shape is the file's: it is what is hashed, signed and compared, so nothing stands between the two.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// What it was made of.
    pub recipe: Recipe,
    /// Did it pass?
    pub verdict: Verdict,
    /// The questions before a release.
    pub checklist: Vec<Line>,
    /// Where the last release's numbers come from.
    pub old: Option<Origin>,
    /// Where this release's numbers come from.
    pub new: Origin,
    /// Budgets and how much of them is left.
    pub budgets: Vec<BudgetUse>,
    /// Whether each rule could have fired.
    pub armed: Vec<Armed>,
    /// Every row against the last release, and against the best ever.
    pub course: Vec<Course>,
    /// Geometric means of new ÷ old, per metric.
    pub means: Vec<Mean>,
    /// What was waived.
    pub waivers: Vec<Waived>,
    /// Rows without a verdict, by reason.
    pub unjudged: Vec<Unjudged>,
    /// What the measurements can show.
    pub noise: NoiseSeen,
    /// What the reader should know.
    pub warnings: Vec<String>,
    /// Every file that went in.
    pub inputs: Vec<Input>,
    /// The program that made this.
    pub tool: Tool,
    /// What makes it again, a command each.
    pub commands: Vec<String>,
}

/// Did it pass?
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The answer.
    #[serde(serialize_with = "as_word")]
    pub conclusion: Conclusion,
    /// That of the command.
    pub exit_code: u8,
    /// How many there are of everything.
    pub counts: Counts,
    /// What is broken, or demanded and not proven; the gravest first.
    pub breaches: Vec<Breach>,
}

/// How many there are of everything. A rule counts once for each row it was applied to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Lines of the checklist, by their state.
    pub checks: BTreeMap<&'static str, usize>,
    /// Rules, by their outcome.
    pub rules: BTreeMap<&'static str, usize>,
    /// Rows that a release is judged by.
    pub rows: usize,
    /// Those with a verdict.
    pub rows_judged: usize,
    /// Rows that explain those, and that no written rule names: nobody expects a verdict of them.
    pub details: usize,
}

/// A rule that is broken, or demanded and not proven.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Breach {
    /// The benchmark; `None` where nobody measured one.
    pub benchmark: Option<String>,
    /// The metric.
    pub metric: Option<String>,
    /// Broken or not proven.
    #[serde(serialize_with = "as_word")]
    pub outcome: Outcome,
    /// The rule as it is written.
    pub rule: String,
    /// The line it stands on; `None` for a built-in rule.
    pub line_number: Option<usize>,
    /// What was found, in words.
    pub found: String,
    /// What would tell what cannot be told.
    pub advice: Option<String>,
    /// Why the rule is there.
    pub why: Option<String>,
}

/// Where the numbers of a side come from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Origin {
    /// What it is called.
    pub label: String,
    /// Results of how many benchmarks, in words.
    pub holds: String,
    /// The commit that was built.
    pub commit: Option<String>,
    /// Whether files differed from it.
    pub dirty: Option<bool>,
    /// When it was recorded.
    pub recorded_at: Option<String>,
    /// The machine.
    pub host: Option<String>,
    /// The compiler.
    pub toolchain: Option<String>,
    /// Versions of the harnesses.
    pub harnesses: BTreeMap<String, String>,
    /// Settings of the build.
    pub build: BTreeMap<String, String>,
}

/// The geometric mean of new ÷ old of one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mean {
    /// The metric.
    pub metric: String,
    /// Over so many benchmarks.
    pub benchmarks: usize,
    /// `None` when something came from zero or went to zero.
    pub ratio: Option<f64>,
}

/// A waiver, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Waived {
    /// The line it stands on.
    pub line_number: usize,
    /// The benchmark.
    pub benchmark: String,
    /// The metric.
    pub metric: String,
    /// How it stands.
    #[serde(serialize_with = "as_word")]
    pub state: WaiverState,
    /// The same in words, with what is to be done.
    pub sentence: String,
    /// What the number may be, as it is written.
    pub ceiling: String,
    /// Why.
    pub reason: String,
    /// Where it is discussed.
    pub issue: String,
    /// Who answers for it.
    pub owner: String,
    /// Its last day.
    pub expires: String,
}

/// A rule, and whether it can fire: it was shown a breach made of these results.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Armed {
    /// The rule as it is written.
    pub rule: String,
    /// The line it stands on; `None` for a built-in rule.
    pub line_number: Option<usize>,
    /// Whether it can.
    #[serde(serialize_with = "as_word")]
    pub state: ArmedState,
    /// The benchmark and metric it was tried on.
    pub tried_on: Option<(String, String)>,
    /// What was found, in words; empty for a rule that fires at its bound.
    pub found: String,
}

/// What the measurements can show.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NoiseSeen {
    /// Confidence of the intervals.
    pub confidence: f64,
    /// The probability of any false finding that is allowed.
    pub alpha: f64,
    /// What two runs of one program may differ by, where nobody measured it: a ratio above 1.
    pub between_runs: f64,
    /// What measuring a program against itself found on this machine.
    pub null_run: Option<NullRun>,
}

impl Document {
    /// The document of these facts.
    pub fn of(facts: &Facts<'_>) -> Document {
        let course = course(facts);
        let checklist = checklist(&Case { facts, course: &course });
        Document {
            verdict: verdict(facts, &checklist),
            old: facts.old.map(Origin::of),
            new: Origin::of(facts.new),
            budgets: budgets(facts),
            armed: facts.verdicts.armed.iter().map(Armed::of).collect(),
            means: facts.verdicts.means.iter().map(Mean::of).collect(),
            waivers: facts.verdicts.waivers.iter().map(Waived::of).collect(),
            unjudged: unjudged(facts),
            noise: NoiseSeen::of(facts),
            warnings: facts.verdicts.warnings.iter().map(warning).collect(),
            inputs: facts.inputs.clone(),
            tool: facts.tool.clone(),
            commands: commands(facts),
            recipe: facts.recipe.clone(),
            checklist,
            course,
        }
    }
}

/// The rules decide, and so does every line of the checklist that fails.
fn verdict(facts: &Facts<'_>, checklist: &[Line]) -> Verdict {
    let of_rules = facts.verdicts.conclusion();
    let is_failed = checklist.iter().any(|line| line.state == State::Fail);
    let conclusion = if is_failed { Conclusion::Failed } else { of_rules };
    Verdict {
        conclusion,
        exit_code: conclusion.exit_code(),
        counts: Counts::of(facts, checklist),
        breaches: breaches(facts),
    }
}

impl Counts {
    fn of(facts: &Facts<'_>, checklist: &[Line]) -> Counts {
        let (rows, details) = (facts.rows().count(), facts.details().count());
        let mut counts = Counts { rows, details, ..Counts::default() };
        counts.rows_judged = facts.rows().filter(|row| super::unjudged::reason(row).is_none()).count();
        for state in State::ALL {
            counts.checks.insert(state.word(), checklist.iter().filter(|line| line.state == state).count());
        }
        for (_, judgement) in judgements(facts) {
            *counts.rules.entry(judgement.outcome.word()).or_insert(0) += 1;
        }
        counts
    }
}

/// Benchmark and metric of a judgement, as far as there is one.
type Place = (Option<String>, Option<String>);

fn judgements<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = (Place, &'a Judgement)> {
    let of_rows = facts.verdicts.rows.iter().flat_map(|row| {
        let place = (Some(row.comparison.id.to_string()), Some(row.comparison.metric.name.to_string()));
        row.judgements.iter().map(move |judgement| (place.clone(), judgement))
    });
    let of_nothing =
        facts.verdicts.missing.iter().map(|(id, judgement)| ((id.as_ref().map(ToString::to_string), None), judgement));
    of_rows.chain(of_nothing)
}

fn breaches(facts: &Facts<'_>) -> Vec<Breach> {
    let is_one = |(_, judgement): &(Place, &Judgement)| judgement.outcome >= Outcome::NotProven;
    let mut found: Vec<(Place, &Judgement)> = judgements(facts).filter(is_one).collect();
    found.sort_by_key(|(_, judgement)| std::cmp::Reverse(judgement.outcome));
    found
        .into_iter()
        .map(|((benchmark, metric), judgement)| Breach {
            benchmark,
            metric,
            outcome: judgement.outcome,
            rule: judgement.rule_text.clone(),
            line_number: line_number(judgement.source),
            found: judgement.sentence.clone(),
            advice: judgement.advice.clone(),
            why: judgement.why.as_deref().map(str::to_owned),
        })
        .collect()
}

impl Origin {
    fn of(run: &Run) -> Origin {
        let Provenance { commit, recorded_at, host, toolchain, harnesses, build } = &run.provenance;
        Origin {
            label: run.label.clone(),
            holds: run.description(),
            commit: commit.as_ref().map(|commit| commit.hash.clone()),
            dirty: commit.as_ref().map(|commit| commit.dirty),
            recorded_at: recorded_at.clone(),
            host: host.as_ref().map(ToString::to_string),
            toolchain: toolchain.clone(),
            harnesses: harnesses.clone(),
            build: build.clone(),
        }
    }
}

impl Mean {
    fn of(MetricMean { metric, benchmarks, ratio, left_out: _ }: &MetricMean) -> Mean {
        Mean { metric: metric.to_string(), benchmarks: *benchmarks, ratio: *ratio }
    }
}

impl Armed {
    fn of(rule: &ArmedRule) -> Armed {
        let tried_on = rule.tried_on.as_ref().map(|(id, metric)| (id.to_string(), metric.to_string()));
        Armed {
            rule: rule.rule_text.clone(),
            line_number: line_number(rule.source),
            state: rule.state,
            tried_on,
            found: rule.sentence.clone(),
        }
    }
}

impl Waived {
    fn of(used: &WaiverUse) -> Waived {
        let waiver = &used.waiver;
        Waived {
            line_number: waiver.line_number,
            benchmark: waiver.benchmark.to_string(),
            metric: waiver.metric.to_string(),
            state: used.state,
            sentence: used.sentence.clone(),
            ceiling: waiver.ceiling_text.clone(),
            reason: waiver.reason.to_string(),
            issue: waiver.issue.to_string(),
            owner: waiver.owner.to_string(),
            expires: waiver.expires.to_string(),
        }
    }
}

impl NoiseSeen {
    fn of(facts: &Facts<'_>) -> NoiseSeen {
        let null_run = facts.noise.map(NullRun::of);
        let options = facts.options;
        NoiseSeen { confidence: options.confidence, alpha: options.alpha, between_runs: options.between_runs, null_run }
    }
}

fn warning(warning: &Warning) -> String {
    match &warning.row {
        Some((id, Some(metric))) => format!("{id} {metric}: {}", warning.text),
        Some((id, None)) => format!("{id}: {}", warning.text),
        None => warning.text.clone(),
    }
}

/// From a clean checkout to the same document.
fn commands(facts: &Facts<'_>) -> Vec<String> {
    let checkout = facts.new.provenance.commit.as_ref().map(|commit| format!("git checkout {}", commit.hash));
    let file = super::quote::quote(&format!("{}.json", facts.recipe.stem()));
    let verify = format!("regress signoff --verify {file}");
    checkout.into_iter().chain([facts.recipe.command(), verify]).collect()
}
