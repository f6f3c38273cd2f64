use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use super::args::{BudgetArgs, BudgetCommand, rules_help};
use super::{Exit, Stop};
use crate::io::{self as world, Project};
use crate::model::{BenchId, METRICS};
use crate::policy::{Budget, Budgets, Rule, Source};
use crate::report::visible;

pub(super) fn run(args: &BudgetArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    match &args.command {
        BudgetCommand::Rules => write!(out, "{}", rules_help())?,
        BudgetCommand::Explain { benchmark, config } => explain(benchmark, config.as_deref(), out)?,
    }
    Ok(Exit::FINE)
}

fn explain(benchmark: &str, config: Option<&Path>, out: &mut dyn Write) -> Result<(), Stop> {
    let project = Project::here()?;
    let config = world::find_config(config, &project);
    let settings = world::load_config(config.as_deref(), &project)?;
    let file = visible(settings.path.as_deref().unwrap_or("regress.toml"));
    let id = BenchId::new(benchmark);
    writeln!(out, "{}", visible(benchmark))?;
    for metric in metrics(&settings.budgets) {
        for (budget, rule) in settings.budgets.holding(&id, &metric) {
            let text = format!("{} {}", rule.kind().info().key, rule.text());
            let (text, metric) = (visible(&text), visible(&metric));
            writeln!(out, "  {metric:<16} {text:<36} {}", place(budget.source, &file))?;
            if let Some(why) = &budget.why {
                writeln!(out, "  {:<16} because: {}", "", visible(why))?;
            }
            for (weaker, text) in overruled(&settings.budgets, budget, rule, &id, &metric) {
                writeln!(out, "  {:<16} instead of {} ({})", "", visible(&text), place(weaker.source, &file))?;
            }
        }
    }
    Ok(())
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
