use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use super::args::{BudgetArgs, BudgetCommand, rules_help};
use super::ratchet;
use super::{Exit, Stop};
use crate::io::{self as world, Occasion, Project, Settings};
use crate::model::{BenchId, METRICS};
use crate::policy::{Budget, Budgets, LEVEL_KEYS, LevelKey, Policy, Profile, Rule, Source, Stand, Topic};
use crate::report::visible;

pub(super) fn run(args: &BudgetArgs, out: &mut dyn Write, errors: &mut dyn Write) -> Result<Exit, Stop> {
    match &args.command {
        BudgetCommand::Tighten(args) => ratchet::tighten(args, out, errors)?,
        BudgetCommand::Loosen(args) => ratchet::loosen(args, out, errors)?,
        BudgetCommand::Init(args) => ratchet::init(args, out, errors)?,
        BudgetCommand::Profiles { config } => profiles(config.as_deref(), out)?,
        BudgetCommand::Rules => write!(out, "{}", rules_help())?,
        BudgetCommand::Explain { benchmark, config, profile } => {
            explain(benchmark, config.as_deref(), profile.as_deref(), out)?;
        }
    }
    Ok(Exit::FINE)
}

/// Their names, a line each.
fn profiles(config: Option<&Path>, out: &mut dyn Write) -> Result<(), Stop> {
    let project = Project::here()?;
    let config = world::find_config(config, &project);
    for name in world::load_config(config.as_deref(), &project, &Occasion::plain())?.profiles {
        writeln!(out, "{}", visible(&name))?;
    }
    Ok(())
}

fn explain(benchmark: &str, config: Option<&Path>, profile: Option<&str>, out: &mut dyn Write) -> Result<(), Stop> {
    let project = Project::here()?;
    let config = world::find_config(config, &project);
    let occasion = Occasion { profile, ..Occasion::plain() };
    let Settings { policy, path, .. } = world::load_config(config.as_deref(), &project, &occasion)?;
    let file = visible(path.as_deref().unwrap_or("regress.toml")).into_owned();
    let id = BenchId::new(benchmark);
    match policy.profile.name.as_deref() {
        Some(name) => writeln!(out, "{}, profile {}", visible(benchmark), visible(name))?,
        None => writeln!(out, "{}", visible(benchmark))?,
    }
    for metric in metrics(&policy.budgets) {
        for (budget, rule) in policy.budgets.holding(&id, &metric) {
            let text = format!("{} {}", rule.kind().info().key, rule.text());
            let (text, metric) = (visible(&text), visible(&metric));
            writeln!(out, "  {metric:<16} {text:<36} {}", place(budget.source, &file))?;
            for (weaker, text) in overruled(&policy.budgets, budget, rule, &id, &metric) {
                writeln!(out, "  {:<16} instead of {} ({})", "", visible(&text), place(weaker.source, &file))?;
            }
            for note in notes(budget, rule, &policy, &id, &metric, &file) {
                writeln!(out, "  {:<16} {note}", "")?;
            }
        }
    }
    for LevelKey { key, topic, .. } in LEVEL_KEYS.iter().filter(|known| !matches!(known.topic, Topic::Rule(_))) {
        if let Stand { level, source: Some(source) } = policy.profile.level(*topic, "") {
            writeln!(out, "  {:<16} {:<36} {}", "", format!("{key} {level}"), place(source, &file))?;
        }
    }
    Ok(())
}

/// What the profile, a waiver and whoever wrote the budget say of a rule.
fn notes(budget: &Budget, rule: &Rule, policy: &Policy, id: &BenchId, metric: &str, file: &str) -> Vec<String> {
    let why = budget.why.as_ref().map(|why| format!("because: {}", visible(why)));
    let hard = (budget.hard && rule.kind().can_be_waived()).then(|| "hard: cannot be waived".to_owned());
    let waiver = policy.waivers.of(id, &metric.into()).filter(|_| rule.kind().can_be_waived() && !budget.hard);
    let waiver = waiver.map(|waiver| {
        let (ceiling, reason) = (waiver.ceiling_words(), visible(&waiver.reason));
        format!("waived {ceiling} until {}: {reason} ({})", waiver.expires, place(waiver.source(), file))
    });
    [why, level(rule, &policy.profile, metric, file), hard, waiver].into_iter().flatten().collect()
}

/// How grave a breach is, where the profile says so; else it fails.
fn level(rule: &Rule, profile: &Profile, metric: &str, file: &str) -> Option<String> {
    let (said, source) = match rule {
        Rule::Unproven(_) => profile.unproven(metric).map(|(unproven, source)| (unproven.to_string(), source))?,
        Rule::Limit(_)
        | Rule::Change(_)
        | Rule::Ratio(_)
        | Rule::Scaling(_)
        | Rule::MinSamples(_)
        | Rule::Present(_) => {
            let Stand { level, source } = profile.level(Topic::Rule(rule.kind()), metric);
            (format!("level {level}"), source?)
        }
    };
    Some(format!("{said} by the profile ({})", place(source, file)))
}

/// Every metric that a report judges by itself or that a budget names.
fn metrics(budgets: &Budgets) -> Vec<String> {
    let named: BTreeSet<String> =
        budgets.iter().filter_map(|budget| Some(budget.scope.metric.as_ref()?.to_string())).collect();
    let mut named: Vec<String> = named.into_iter().collect();
    named.sort_by_key(|name| (METRICS.position(name), name.clone()));
    named
}

/// Earlier rules of the same kind that would hold if this one did not.
fn overruled<'a>(
    budgets: &'a Budgets,
    winner: &'a Budget,
    rule: &'a Rule,
    id: &'a BenchId,
    metric: &'a str,
) -> impl Iterator<Item = (&'a Budget, String)> {
    budgets
        .iter()
        .take_while(move |budget| !std::ptr::eq(*budget, winner))
        .filter(move |budget| budget.scope.holds(id, metric))
        .flat_map(move |budget| {
            let weaker = budget.rules.iter().filter(move |other| other.kind() == rule.kind());
            weaker.map(move |other| (budget, format!("{} {}", other.kind().info().key, other.text())))
        })
}

fn place(source: Source, file: &str) -> String {
    match source {
        Source::BuiltIn => "built-in rule".to_owned(),
        Source::Line(line_number) => format!("{file}:{line_number}"),
    }
}
