use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Entry, EntryError, Value, did_you_mean};
use super::source::Source;
use crate::model::{BenchId, Collision, Run, Warning};

/// A benchmark that was renamed: what the old side calls `from` is compared with what the new side calls `to`.
///
/// It holds for everything below as well: with `from = "sort"`, `sort/n100` becomes `to` + `/n100`. Of several that speak of
/// a benchmark the one with the longest name does, wherever it stands: it says more of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Where it stands: the line, from 1.
    pub line_number: usize,
    /// The old name.
    pub from: BenchId,
    /// The new name.
    pub to: BenchId,
}

/// All renamings of a file; no name is renamed twice, or to a name that is itself renamed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases(Vec<Alias>);

const KEYS: &[&str] = &["from", "to"];

impl Aliases {
    /// The `[[alias]]` of a file.
    ///
    /// # Errors
    /// Keys that are missing or mean nothing, names that are renamed twice, to two names, or on and on.
    pub fn from_entries(entries: &[Entry]) -> Result<Aliases, Vec<EntryError>> {
        let mut aliases = Vec::new();
        let mut errors = Vec::new();
        for entry in entries {
            match Alias::from_entry(entry) {
                Ok(alias) => aliases.push(alias),
                Err(problems) => errors.extend(problems),
            }
        }
        errors.extend(aliases.iter().enumerate().filter_map(|(index, alias)| clash(alias, &aliases[..index])));
        errors.extend(aliases.iter().filter_map(|alias| chain(alias, &aliases)));
        if errors.is_empty() { Ok(Aliases(aliases)) } else { Err(errors) }
    }

    /// The old side under its new names, with a warning for each alias that applies to nothing.
    ///
    /// # Errors
    /// Old results that would stand under one name then.
    pub fn apply(&self, mut old: Run) -> Result<Run, Vec<Collision>> {
        if self.0.is_empty() {
            return Ok(old);
        }
        let idle = self.idle(old.observations().iter().map(|observation| &observation.id));
        old.warnings.extend(idle);
        old.renamed(|id| self.new_name(id))
    }

    /// A warning for each alias that applies to none of these benchmarks of the old side, with the reason.
    pub fn idle<'a>(&self, old: impl Iterator<Item = &'a BenchId>) -> Vec<Warning> {
        let names: BTreeSet<&BenchId> = old.collect();
        let at_work: BTreeSet<&BenchId> = names.iter().filter_map(|id| Some(&self.of(id)?.0.from)).collect();
        let idle = self.0.iter().filter(|alias| !at_work.contains(&alias.from));
        idle.map(|alias| alias.idle(&names, self)).collect()
    }

    /// Whether nothing is renamed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name that two of these benchmarks of the old side would share.
    pub fn shared<'a>(&self, old: impl Iterator<Item = &'a BenchId>) -> Option<BenchId> {
        let mut known: BTreeMap<BenchId, &BenchId> = BTreeMap::new();
        old.filter_map(|id| {
            let name = self.new_name(id).unwrap_or_else(|| id.clone());
            let other = known.insert(name.clone(), id)?;
            (other != id).then_some(name)
        })
        .next()
    }

    /// What the old side's benchmark is called now; `None` where it is called as it was.
    pub fn new_name(&self, id: &BenchId) -> Option<BenchId> {
        self.of(id).map(|(_, name)| name)
    }

    /// The alias that renames a benchmark, and to what.
    fn of(&self, id: &BenchId) -> Option<(&Alias, BenchId)> {
        let all = self.0.iter().filter_map(|alias| Some((alias, alias.new_name(id)?)));
        all.max_by_key(|(alias, _)| alias.from.as_str().len())
    }
}

impl Alias {
    fn from_entry(entry: &Entry) -> Result<Alias, Vec<EntryError>> {
        let mut errors = Vec::new();
        for field in entry.fields.iter().filter(|field| !KEYS.contains(&field.key.as_str())) {
            errors.push(EntryError {
                line_number: field.line_number,
                problem: format!("unknown key `{}` in [[alias]]", field.key),
                next_step: format!("{}known keys: from, to", did_you_mean(&field.key, KEYS.iter().copied())),
            });
        }
        let names = ["from", "to"].map(|key| name(entry, key).map_err(|error| errors.push(error)).ok());
        match names {
            [Some(from), Some(to)] if from == to => errors.push(EntryError {
                line_number: entry.line_number,
                problem: format!("`{from}` is renamed to itself"),
                next_step: "write the old name as `from` and the new one as `to`".to_owned(),
            }),
            [Some(from), Some(to)] if errors.is_empty() => {
                return Ok(Alias { line_number: entry.line_number, from, to });
            }
            _ => {}
        }
        Err(errors)
    }

    /// What this renames a benchmark to; `None` where it is about another one.
    fn new_name(&self, id: &BenchId) -> Option<BenchId> {
        let below = id.as_str().strip_prefix(self.from.as_str())?;
        (below.is_empty() || below.starts_with('/')).then(|| BenchId::new(&format!("{}{below}", self.to)))
    }

    /// Why it renames none of these benchmarks, though it is there.
    fn idle(&self, names: &BTreeSet<&BenchId>, all: &Aliases) -> Warning {
        let meant_it_too = names.iter().find(|id| self.new_name(id).is_some()).and_then(|id| all.of(id));
        let because = match meant_it_too {
            Some((other, _)) => {
                format!("{} says more of all that it is about; remove it", Source::Line(other.line_number))
            }
            None => {
                // It may be meant for all below a name as well.
                let ends = |id: &'_ &&BenchId| id.as_str().match_indices('/').map(|(end, _)| end).collect::<Vec<_>>();
                let heads = names.iter().flat_map(|id| ends(&id).into_iter().map(|end| &id.as_str()[..end]));
                let meant = did_you_mean(self.from.as_str(), names.iter().map(|id| id.as_str()).chain(heads));
                format!("the old side has no `{}`; {meant}remove it, or mend its name", self.from)
            }
        };
        Warning::general(format!("the alias of {} renames nothing: {because}", Source::Line(self.line_number)))
    }
}

fn name(entry: &Entry, key: &str) -> Result<BenchId, EntryError> {
    let example = || format!("for example: {key} = \"sort/small\", the whole name");
    let Some(field) = entry.fields.iter().find(|field| field.key == key) else {
        return Err(EntryError {
            line_number: entry.line_number,
            problem: format!("this [[alias]] has no `{key}`"),
            next_step: example(),
        });
    };
    let text = match &field.value {
        Value::Text(text) if text.is_empty() => Err("it is empty".to_owned()),
        Value::Text(text) if text.contains(['*', '?']) => {
            Err(format!("an alias is for one benchmark and what is below it, and `{text}` is a pattern"))
        }
        value => value.text(),
    };
    text.map(BenchId::new).map_err(|problem| EntryError {
        line_number: field.line_number,
        problem: format!("`{key}`: {problem}"),
        next_step: example(),
    })
}

/// Two aliases of one name, or to one name.
fn clash(alias: &Alias, earlier: &[Alias]) -> Option<EntryError> {
    let other = earlier.iter().find(|other| other.from == alias.from || other.to == alias.to)?;
    let problem = match other.from == alias.from {
        true => format!("`{}` is renamed to `{}` by {} already", alias.from, other.to, Source::Line(other.line_number)),
        false => {
            format!("`{}` is renamed to `{}` by {} already", other.from, alias.to, Source::Line(other.line_number))
        }
    };
    let next_step = "keep one of them: a benchmark has one name on each side".to_owned();
    Some(EntryError { line_number: alias.line_number, problem, next_step })
}

/// An alias to a name that another one renames.
fn chain(alias: &Alias, all: &[Alias]) -> Option<EntryError> {
    let next = all.iter().find(|next| next.new_name(&alias.to).is_some() && next.from != alias.from)?;
    Some(EntryError {
        line_number: alias.line_number,
        problem: format!(
            "`{}` is renamed to `{}`, which {} renames to `{}`",
            alias.from,
            alias.to,
            Source::Line(next.line_number),
            next.to
        ),
        next_step: format!("write to = \"{}\" here, the name it has today", next.to),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Exact, Metric, Observation, Provenance, Values};
    use crate::policy::Field;

    fn aliases(pairs: &[(&str, &str)]) -> Result<Aliases, Vec<String>> {
        let entry = |(line_number, (from, to)): (usize, &(&str, &str))| {
            let field =
                |key: &str, text: &str| Field { key: key.to_owned(), value: Value::Text(text.to_owned()), line_number };
            Entry { line_number, fields: vec![field("from", from), field("to", to)] }
        };
        let entries: Vec<Entry> = (1..).zip(pairs).map(entry).collect();
        Aliases::from_entries(&entries).map_err(|errors| errors.into_iter().map(|error| error.problem).collect())
    }

    #[track_caller]
    fn check(pairs: &[(&str, &str)], name: &str, expected: Option<&str>) {
        let aliases = aliases(pairs).unwrap();
        assert_eq!(aliases.new_name(&BenchId::new(name)).as_ref().map(BenchId::as_str), expected);
    }

    #[test]
    fn a_name_and_all_below_it_get_the_new_one() {
        check(&[("sort", "order")], "sort", Some("order"));
        check(&[("sort", "order")], "sort/n100", Some("order/n100"));
        check(&[("sort", "order")], "sorted/n100", None);
        check(&[("sort", "order")], "a/sort", None);
        check(&[("a", "b"), ("c", "d")], "c", Some("d"));
    }

    #[test]
    fn the_longest_name_decides_wherever_it_stands() {
        let all = [("sort", "order"), ("sort/big", "large")];
        for pairs in [all, [all[1], all[0]]] {
            check(&pairs, "sort/big", Some("large"));
            check(&pairs, "sort/big/n9", Some("large/n9"));
            check(&pairs, "sort/bigger", Some("order/bigger"));
            check(&pairs, "sort", Some("order"));
        }
    }

    #[test]
    fn an_alias_that_renames_nothing_is_told_with_the_reason() {
        #[track_caller]
        fn check(pairs: &[(&str, &str)], names: &[&str], expected: &[&str]) {
            let observation = |name: &&str| Observation {
                id: BenchId::new(name),
                metric: Metric::known("allocs").into(),
                values: Values::Exact(Exact::once(1)),
                harness: "test".into(),
                origin: "here".into(),
            };
            let old = names.iter().map(observation).collect();
            let old = Run::new("old", Provenance::default(), Vec::new(), old).unwrap();
            let renamed = aliases(pairs).unwrap().apply(old).unwrap();
            assert_eq!(renamed.warnings.iter().map(|warning| &*warning.text).collect::<Vec<_>>(), expected);
        }
        check(&[("a", "b")], &["a/x"], &[]);
        check(&[("a", "b"), ("a/x", "c")], &["a/x", "a/y"], &[]);
        let overshadowed = "the alias of line 1 renames nothing: line 2 says more of all that it is about; remove it";
        check(&[("a", "b"), ("a/x", "c")], &["a/x"], &[overshadowed]);
        let idle = "the alias of line 1 renames nothing: the old side has no `sotr`; did you mean `sort`? remove it, or mend \
                    its name";
        check(&[("sotr", "b")], &["sort"], &[idle]);
    }

    #[track_caller]
    fn check_refused(pairs: &[(&str, &str)], expected: &str) {
        assert_eq!(aliases(pairs), Err(vec![expected.to_owned()]));
    }

    #[test]
    fn a_benchmark_has_one_name_on_each_side() {
        check_refused(&[("a", "a")], "`a` is renamed to itself");
        check_refused(&[("a", "b"), ("a", "c")], "`a` is renamed to `b` by line 1 already");
        check_refused(&[("a", "c"), ("b", "c")], "`a` is renamed to `c` by line 1 already");
        check_refused(&[("a", "b"), ("b", "c")], "`a` is renamed to `b`, which line 2 renames to `c`");
        check_refused(&[("a", "b/x"), ("b", "c")], "`a` is renamed to `b/x`, which line 2 renames to `c`");
        check_refused(
            &[("a*", "b")],
            "`from`: an alias is for one benchmark and what is below it, and `a*` is a pattern",
        );
        check_refused(&[("a", "")], "`to`: it is empty");
    }
}
