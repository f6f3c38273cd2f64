use std::borrow::Cow;
use std::collections::BTreeSet;

use super::args::Look;
use crate::compare::Subjects;
use crate::io::{self as world, Failure, Occasion};
use crate::model::{BenchId, METRICS, Nature, Observation, Run};
use crate::policy::{Budgets, Selection, did_you_mean};
use crate::select::{Filter, Language, Name, Pattern, Sense, Subject, Term};

/// What `--filter` says; of several each is enough.
pub(super) struct Filters(Vec<Filter>);

const HOW_FILTERS_ARE_WRITTEN: &str =
    "write a benchmark's name, `*` for any text in it, or key:value; see --help of this command";

impl Filters {
    /// # Errors
    /// Every one that makes no sense, with a caret under the place.
    pub fn new(expressions: &[String]) -> Result<Filters, Failure> {
        let filters = expressions.iter().map(|expression| {
            let filter = Filter::new(expression, Language::Ours);
            filter.map_err(|error| Failure::of_expression(FILTER, &error, HOW_FILTERS_ARE_WRITTEN))
        });
        all_or_failures(filters).map(Filters)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn keep(&self, subject: &Subject, units: &[&str]) -> bool {
        self.is_empty() || self.0.iter().any(|filter| filter.keeps(subject, units))
    }

    /// The part of a run that they want.
    pub fn of(&self, run: Run) -> Run {
        if self.is_empty() {
            return run;
        }
        let subjects = Subjects::of(&run);
        let is_kept = |observation: &Observation| subjects.ask(observation, |subject, units| self.keep(subject, units));
        let kept: Vec<bool> = run.observations().iter().map(is_kept).collect();
        let mut kept = kept.into_iter();
        run.filtered(|_| kept.next().unwrap_or(false))
    }

    /// Whether a benchmark may be wanted, before anything else is known of it than its name.
    pub fn could_keep(&self, id: &BenchId) -> bool {
        let id = id.as_str();
        let subject = Subject { file: "", id, name: Name::plain(id), settings: &[] };
        self.is_empty() || self.0.iter().any(|filter| filter.could_keep(&subject))
    }

    /// # Errors
    /// What asks for anything else than the name of a benchmark.
    pub fn only_of_names(&self) -> Result<(), Failure> {
        let others = self.0.iter().flat_map(|filter| filter.terms().into_iter().map(move |term| (filter, term)));
        let refused = others.filter(|(_, term)| !term.asks_for_name()).map(|(filter, term)| {
            let error = filter.error(term, "only the names of benchmarks are known here");
            Err(Failure::of_expression(FILTER, &error, "choose by a name: `sort/*`, /size:1k"))
        });
        all_or_failures(refused).map(|_: Vec<()>| ())
    }

    /// # Errors
    /// Every word that means nothing in any of these runs: a typing error would hide what it wants to show.
    pub fn check(&self, runs: &[&Run]) -> Result<(), Failure> {
        let subjects: Vec<Subjects> = runs.iter().map(|run| Subjects::of(run)).collect();
        let results = Results { runs, subjects: &subjects };
        let terms = self.0.iter().flat_map(|filter| filter.terms().into_iter().map(move |term| (filter, term)));
        all_or_failures(terms.map(|(filter, term)| results.check(filter, term))).map(|_: Vec<()>| ())
    }
}

const FILTER: &str = "filter";

/// All that went well, or all that did not.
pub(super) fn all_or_failures<T>(results: impl Iterator<Item = Result<T, Failure>>) -> Result<Vec<T>, Failure> {
    let (mut all, mut failures) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(one) => all.push(one),
            Err(failure) => failures.push(failure),
        }
    }
    match failures.into_iter().reduce(Failure::and) {
        None => Ok(all),
        Some(failure) => Err(failure),
    }
}

/// Everything that was read.
struct Results<'a> {
    runs: &'a [&'a Run],
    subjects: &'a [Subjects<'a>],
}

impl Results<'_> {
    /// Whether `ask` says yes to any of them.
    fn any(&self, ask: impl Fn(&Subject, &[&str]) -> bool) -> bool {
        let mut sides = self.runs.iter().zip(self.subjects);
        sides.any(|(run, subjects)| run.observations().iter().any(|observation| subjects.ask(observation, &ask)))
    }

    /// What `ask` makes of each.
    fn each(&self, mut ask: impl FnMut(&Subject, &[&str])) {
        for (run, subjects) in self.runs.iter().zip(self.subjects) {
            run.observations().iter().for_each(|observation| subjects.ask(observation, &mut ask));
        }
    }

    fn check(&self, filter: &Filter, term: &Term) -> Result<(), Failure> {
        if let Some(key) = term.setting()
            && !self.any(|subject, _| subject.settings.iter().any(|(known, _)| *known == key))
        {
            let mut keys = BTreeSet::new();
            self.each(|subject, _| keys.extend(subject.settings.iter().map(|(key, _)| (*key).to_owned())));
            let error = filter.error(term, format!("no result has a setting `{key}`"));
            let meant = did_you_mean(key, keys.iter().map(String::as_str));
            let there_are = format!("{meant}there are: {}", keys.into_iter().collect::<Vec<_>>().join(", "));
            let next_step = self.as_a_name(filter).unwrap_or(there_are);
            return Err(Failure::of_expression(FILTER, &error, next_step));
        }
        if term.sense() == Sense::Refused || self.any(|subject, units| term.is_met(subject, units)) {
            return Ok(());
        }
        let what = if term.pattern().is_some() { "benchmark" } else { "result" };
        let error = filter.error(term, format!("`{term}` matches no {what}"));
        let next_step = self.as_a_name(filter).unwrap_or_else(|| self.found_instead(term));
        Err(Failure::of_expression(FILTER, &error, next_step))
    }

    /// A name with blanks, colons or parentheses in it means something else without quotes.
    fn as_a_name(&self, filter: &Filter) -> Option<String> {
        let name = filter.expression();
        let pattern = Pattern::new(name);
        let is_a_name = self.any(|subject, _| pattern.matches(&BenchId::new(subject.id)));
        is_a_name.then(|| format!("to mean the name, put it between quotes: --filter '\"{name}\"'"))
    }

    fn found_instead(&self, term: &Term) -> String {
        /// More would not be read.
        const NAMED: usize = 8;
        let mut found = BTreeSet::new();
        self.each(|subject, units| {
            found.insert(term.found(subject, units).to_owned());
        });
        if let Some(pattern) = term.pattern() {
            let meant = did_you_mean(&pattern.to_string(), found.iter().map(String::as_str));
            return format!("{meant}`*` stands for any text");
        }
        found.remove("");
        let more = if found.len() > NAMED { ", …" } else { "" };
        let named = found.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        if named.is_empty() { "no result has that key".to_owned() } else { format!("there are: {named}{more}") }
    }
}

/// Which results the user wants to look at.
pub(super) struct Selector<'a> {
    look: &'a Look,
    filters: &'a Filters,
}

impl<'a> Selector<'a> {
    /// What `look` selects of these runs.
    ///
    /// # Errors
    /// Every word of it that means nothing in any of them: a typing error would hide what it wants to show.
    pub fn new(look: &'a Look, filters: &'a Filters, budgets: &Budgets, runs: &[&Run]) -> Result<Self, Failure> {
        let selector = Selector { look, filters };
        let observations: Vec<&Observation> = runs.iter().flat_map(|run| run.observations()).collect();
        let unknown = selector.unknown_metrics(&observations, budgets);
        match filters.check(runs).err().into_iter().chain(unknown).reduce(Failure::and) {
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
        let selected = self.filters.of(run.clone().filtered(|observation| self.wants(observation)));
        match selected.is_empty() {
            false => Ok(Cow::Owned(selected)),
            true => Err(Failure::new(
                format!(
                    "of `{}` nothing is left to look at: no result matches --filter, --metric, --exact and --without",
                    run.label
                ),
                "take one of them away; `x y` in a filter is what matches both, `x OR y` what matches either",
            )),
        }
    }

    fn wants(&self, observation: &Observation) -> bool {
        let is_named = |names: &[String]| names.iter().any(|name| **name == *observation.metric.name);
        let Look { metric: metrics, exact, without, .. } = self.look;
        (metrics.is_empty() || is_named(metrics))
            && !(*exact && observation.metric.nature == Nature::Timed)
            && !is_named(without)
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

    /// What the gate is used for, and when.
    pub fn occasion(&self) -> Occasion<'_> {
        Occasion { profile: self.profile.as_deref(), today: self.today.unwrap_or_else(world::today) }
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
