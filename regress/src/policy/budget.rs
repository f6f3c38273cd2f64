use std::sync::Arc;

use super::entry::{Entry, EntryError, Field, Value, did_you_mean};
use super::rules::{RULES, Rule, RuleKind, Unproven};
use super::scope::Scope;
use super::source::Source;
use crate::model::BenchId;
use crate::select::Pattern;

/// Rules and where they hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// Where it stands.
    pub source: Source,
    /// Where it holds.
    pub scope: Scope,
    /// The rules, at most one of a kind.
    pub rules: Vec<Rule>,
    /// Whether no waiver excuses a breach of its rules.
    pub hard: bool,
    /// The reason, in the words of who wrote it.
    pub why: Option<Arc<str>>,
}

/// All budgets, in order: a later one refines an earlier one.
#[derive(Clone, Debug, PartialEq)]
pub struct Budgets(Vec<Budget>);

/// What holds without a word from the user, written as the user would.
///
/// * Counts may not grow. Instructions may by 0.3 %: layout and the allocator's state move them by up to 0.1 % on
///   edits that change nothing. A proven loss of time is a breach, an unproven one is not.
/// * A benchmark may not vanish.
const BUILT_IN: &[(&str, &[(&str, &str)])] = &[
    ("allocs", &[("change", "<= +0%")]),
    ("alloc-bytes", &[("change", "<= +0%")]),
    ("peak-bytes", &[("change", "<= +0%")]),
    ("leaked-bytes", &[("change", "<= +0%")]),
    ("instructions", &[("change", "<= +0.3%")]),
    ("time", &[("change", "<= +0%"), ("unproven", "pass")]),
];

impl Budgets {
    /// The budgets that hold without a configuration file.
    pub fn built_in() -> Budgets {
        let text = |text: &str| Value::Text(text.to_owned());
        let field = |key: &str, value: Value| Field { key: key.to_owned(), value, line_number: 0 };
        let mut entries = vec![Entry {
            line_number: 0,
            fields: vec![field("benchmark", text("*")), field("present", Value::Boolean(true))],
        }];
        entries.extend(BUILT_IN.iter().map(|(metric, rules)| {
            let mut fields = vec![field("benchmark", text("*")), field("metric", text(metric))];
            fields.extend(rules.iter().map(|(key, value)| field(key, text(value))));
            Entry { line_number: 0, fields }
        }));
        let budgets = entries.iter().map(|entry| {
            let budget = Budget::from_entry(entry).expect("the built-in budgets are tested");
            Budget { source: Source::BuiltIn, ..budget }
        });
        Budgets(budgets.collect())
    }

    /// The built-in budgets, followed by those of a file.
    ///
    /// # Errors
    /// Every problem of every entry: unknown keys, values of the wrong kind, contradictions.
    pub fn from_entries(entries: &[Entry]) -> Result<Budgets, Vec<EntryError>> {
        let mut budgets = Budgets::built_in();
        let mut errors = Vec::new();
        for entry in entries {
            match Budget::from_entry(entry) {
                Ok(budget) => budgets.0.push(budget),
                Err(problems) => errors.extend(problems),
            }
        }
        errors.extend(contradictions(&budgets.0));
        errors.sort_by_key(|error| error.line_number);
        if errors.is_empty() { Ok(budgets) } else { Err(errors) }
    }

    /// The growth that a written budget allows a metric of a benchmark, as a ratio: 1.05 for `change = "<= +5%"`.
    /// `None` where only the built-in rules speak, or the bound is not of that kind.
    pub fn written_change(&self, id: &BenchId, metric: &str) -> Option<f64> {
        self.written_ratio(id, metric).filter(|ratio| *ratio >= 1.0)
    }

    /// The largest new ÷ old that a written budget allows: as [`written_change`](Budgets::written_change), and 0.85 for
    /// the goal `change = "<= -15%"`.
    pub fn written_ratio(&self, id: &BenchId, metric: &str) -> Option<f64> {
        self.holding(id, metric).into_iter().find_map(|(budget, rule)| match (budget.source, rule) {
            (Source::Line(_), Rule::Change(change)) => change.largest_ratio(),
            _ => None,
        })
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Budget> {
        self.0.iter()
    }

    /// The rules that hold for a row: of each kind the last that matches, in the order of [`RULES`].
    pub fn holding(&self, id: &BenchId, metric: &str) -> Vec<(&Budget, &Rule)> {
        let matching: Vec<&Budget> = self.0.iter().filter(|budget| budget.scope.holds(id, metric)).collect();
        RULES
            .iter()
            .filter_map(|info| {
                matching.iter().rev().find_map(|budget| {
                    let rule = budget.rules.iter().find(|rule| rule.kind() == info.kind)?;
                    Some((*budget, rule))
                })
            })
            .collect()
    }
}

impl Budget {
    fn from_entry(entry: &Entry) -> Result<Budget, Vec<EntryError>> {
        let mut errors = Vec::new();
        let scope = Scope::from_entry(entry, &mut errors);
        let mut rules = Vec::new();
        for field in &entry.fields {
            if SCOPE_KEYS.contains(&field.key.as_str()) || field.key == HARD {
                continue;
            }
            match RULES.iter().find(|info| info.key == field.key) {
                None => errors.push(unknown_key(field)),
                Some(info) => match (info.parse)(&field.value, &scope) {
                    Ok(rule) => rules.push(rule),
                    Err(problem) => errors.push(EntryError {
                        line_number: field.line_number,
                        problem: format!("`{}`: {problem}", field.key),
                        next_step: format!("for example: {} = {}", info.key, info.example),
                    }),
                },
            }
        }
        if rules.is_empty() && errors.is_empty() {
            errors.push(EntryError {
                line_number: entry.line_number,
                problem: "this [[budget]] has no rule".to_owned(),
                next_step: format!("add one of: {}", known_rules()),
            });
        }
        // Who writes a bound wants it kept, unless the same budget says otherwise.
        let has = |kind| rules.iter().any(|rule: &Rule| rule.kind() == kind);
        if has(RuleKind::Change) && !has(RuleKind::Unproven) {
            rules.push(Rule::Unproven(Unproven::Fail));
        }
        let hard = hard(entry).unwrap_or_else(|error| {
            errors.push(error);
            false
        });
        let why = entry.text("why").map(Arc::from);
        let source = Source::Line(entry.line_number);
        if errors.is_empty() { Ok(Budget { source, scope, rules, hard, why }) } else { Err(errors) }
    }
}

/// Keys of a budget that are no rules, and texts.
const SCOPE_KEYS: &[&str] = &["benchmark", "metric", "versus", "why"];

/// The key that forbids waivers.
const HARD: &str = "hard";

fn hard(entry: &Entry) -> Result<bool, EntryError> {
    let Some(field) = entry.fields.iter().find(|field| field.key == HARD) else { return Ok(false) };
    match &field.value {
        Value::Boolean(hard) => Ok(*hard),
        other => Err(EntryError {
            line_number: field.line_number,
            problem: format!("`{HARD}`: {other} is neither `true` nor `false`"),
            next_step: "write hard = true where no waiver may excuse a breach".to_owned(),
        }),
    }
}

impl Scope {
    fn from_entry(entry: &Entry, errors: &mut Vec<EntryError>) -> Scope {
        for field in entry.fields.iter().filter(|field| SCOPE_KEYS.contains(&field.key.as_str())) {
            if let Err(problem) = field.value.text() {
                errors.push(EntryError {
                    line_number: field.line_number,
                    problem: format!("`{}`: {problem}", field.key),
                    next_step: format!("for example: {} = \"…\"", field.key),
                });
            }
        }
        if entry.fields.iter().all(|field| field.key != "benchmark") {
            errors.push(EntryError {
                line_number: entry.line_number,
                problem: "this [[budget]] names no benchmark".to_owned(),
                next_step: "add benchmark = \"*\" for all".to_owned(),
            });
        }
        let versus = entry.fields.iter().find(|field| field.key == "versus");
        if let Some(field) = versus.filter(|_| entry.fields.iter().all(|field| field.key != "ratio")) {
            errors.push(EntryError {
                line_number: field.line_number,
                problem: "`versus` without `ratio` compares nothing".to_owned(),
                next_step: "add ratio = \"<= 0.5\"".to_owned(),
            });
        }
        let metric = entry.text("metric").filter(|metric| *metric != "*");
        Scope {
            benchmark: Pattern::new(entry.text("benchmark").unwrap_or("*")),
            metric: metric.map(Arc::from),
            versus: entry.text("versus").map(Pattern::new),
        }
    }
}

fn unknown_key(field: &Field) -> EntryError {
    let known: Vec<&str> = SCOPE_KEYS.iter().copied().chain([HARD]).chain(RULES.iter().map(|info| info.key)).collect();
    let mean = did_you_mean(&field.key, known.iter().copied());
    EntryError {
        line_number: field.line_number,
        problem: format!("unknown key `{}` in [[budget]]", field.key),
        next_step: format!("{mean}known keys: {}", known.join(", ")),
    }
}

fn known_rules() -> String {
    RULES.iter().map(|info| info.key).collect::<Vec<_>>().join(", ")
}

/// Two budgets of the same scope that say different things of the same kind: one of them is not meant.
fn contradictions(budgets: &[Budget]) -> Vec<EntryError> {
    let mut errors = Vec::new();
    let written: Vec<&Budget> = budgets.iter().filter(|budget| budget.source != Source::BuiltIn).collect();
    for (index, later) in written.iter().enumerate() {
        for earlier in &written[..index] {
            let same = earlier.scope.benchmark == later.scope.benchmark && earlier.scope.metric == later.scope.metric;
            if !same {
                continue;
            }
            let clash = later.rules.iter().find_map(|rule| {
                let other = earlier.rules.iter().find(|other| other.kind() == rule.kind())?;
                (other != rule && rule.kind() != RuleKind::Unproven).then_some((rule, other))
            });
            if let (Some((rule, other)), Source::Line(line_number)) = (clash, later.source) {
                errors.push(EntryError {
                    line_number,
                    problem: format!(
                        "`{} = \"{}\"` contradicts `\"{}\"` of {} for the same benchmarks and metric",
                        rule.kind().info().key,
                        rule.text(),
                        other.text(),
                        earlier.source,
                    ),
                    next_step: "keep one of them, or name the benchmarks that are the exception".to_owned(),
                });
            }
        }
    }
    errors
}
