use std::borrow::Cow;
use std::collections::BTreeSet;

use super::args::Look;
use crate::io::Failure;
use crate::model::{METRICS, Nature, Observation, Run};
use crate::policy::{Budgets, Pattern, Selection, did_you_mean};

/// Which results the user wants to look at.
pub(super) struct Selector<'a> {
    look: &'a Look,
    filters: Vec<Pattern>,
}

impl<'a> Selector<'a> {
    /// What `look` selects of these runs.
    ///
    /// # Errors
    /// Every word of it that means nothing in any of them: a typing error would hide what it wants to show.
    pub fn new(look: &'a Look, budgets: &Budgets, runs: &[&Run]) -> Result<Selector<'a>, Failure> {
        let filters = look.filter.iter().map(|text| Pattern::new(text)).collect();
        let selector = Selector { look, filters };
        let observations: Vec<&Observation> = runs.iter().flat_map(|run| run.observations()).collect();
        let unknown = selector.unknown_filters(&observations).chain(selector.unknown_metrics(&observations, budgets));
        match unknown.reduce(Failure::and) {
            None => Ok(selector),
            Some(failure) => Err(failure),
        }
    }

    /// The part of a run that is looked at.
    ///
    /// # Errors
    /// Nothing is left: that would pass whatever happens.
    pub fn of<'r>(&self, run: &'r Run) -> Result<Cow<'r, Run>, Failure> {
        if self.filters.is_empty() && !self.look.chooses_metrics() {
            return Ok(Cow::Borrowed(run));
        }
        let selected = run.clone().filtered(|observation| self.wants(observation));
        match selected.is_empty() {
            false => Ok(Cow::Owned(selected)),
            true => Err(Failure::new(
                format!(
                    "of `{}` nothing is left to look at: no result matches --filter, --metric, --exact and --without",
                    run.label
                ),
                "take one of them away; `regress list` shows what was measured",
            )),
        }
    }

    fn wants(&self, observation: &Observation) -> bool {
        let is_named = |names: &[String]| names.iter().any(|name| **name == *observation.metric.name);
        let Look { metric: metrics, exact, without, .. } = self.look;
        (self.filters.is_empty() || self.filters.iter().any(|filter| filter.matches(&observation.id)))
            && (metrics.is_empty() || is_named(metrics))
            && !(*exact && observation.metric.nature == Nature::Timed)
            && !is_named(without)
    }

    fn unknown_filters(&self, observations: &[&Observation]) -> impl Iterator<Item = Failure> {
        let is_unknown = |filter: &&Pattern| !observations.iter().any(|observation| filter.matches(&observation.id));
        self.filters.iter().filter(is_unknown).map(|filter| {
            let filter = filter.to_string();
            let meant = did_you_mean(&filter, observations.iter().map(|observation| observation.id.as_str()));
            Failure::new(format!("--filter `{filter}` matches no benchmark"), format!("{meant}`*` stands for any text"))
        })
    }

    /// What is looked at has to be measured; what is done without has to be a metric at least.
    fn unknown_metrics(&self, observations: &[&Observation], budgets: &Budgets) -> impl Iterator<Item = Failure> {
        let measured: BTreeSet<&str> = observations.iter().map(|observation| &*observation.metric.name).collect();
        let mut known = measured.clone();
        for name in METRICS.names() {
            known.insert(name);
        }
        known.extend(budgets.iter().filter_map(|budget| budget.scope.metric.as_deref()));
        let there_are = measured.iter().copied().collect::<Vec<_>>().join(", ");
        let unknown = |option: &str, names: &[String], among: &BTreeSet<&str>| -> Vec<Failure> {
            let refusal = |name: &String| {
                let meant = did_you_mean(name, among.iter().copied());
                Failure::new(format!("--{option} `{name}` was not measured"), format!("{meant}there are: {there_are}"))
            };
            names.iter().filter(|name| !among.contains(name.as_str())).map(refusal).collect()
        };
        let wanted = unknown("metric", &self.look.metric, &measured);
        wanted.into_iter().chain(unknown("without", &self.look.without, &known))
    }
}

impl Look {
    fn chooses_metrics(&self) -> bool {
        self.exact || !self.metric.is_empty() || !self.without.is_empty()
    }

    /// The same for the rules.
    pub fn selection(&self) -> Selection {
        Selection {
            some_benchmarks: !self.filter.is_empty(),
            metrics: self.metric.clone(),
            without: self.without.clone(),
            counts_only: self.exact,
        }
    }
}
