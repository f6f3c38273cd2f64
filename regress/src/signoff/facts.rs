use super::recipe::{Evidence, Input, Recipe, Tool};
use crate::compare::Options;
use crate::model::{Noise, Run, Standing};
use crate::policy::{Day, Row, Source, Verdicts};

/// All that a document is made of.
pub struct Facts<'a> {
    /// What was asked for.
    pub recipe: Recipe,
    /// The day of [`Recipe::today`].
    pub today: Day,
    /// The loss of [`Recipe::creep`], as a ratio of at least 1.
    pub creep: Option<f64>,
    /// The last release.
    pub old: Option<&'a Run>,
    /// This release.
    pub new: &'a Run,
    /// Runs among which the best of each row is sought.
    pub history: &'a [Run],
    /// What the rules say of this release.
    pub verdicts: &'a Verdicts,
    /// What the comparison took as given.
    pub options: &'a Options,
    /// What a null run found on the machine of this release.
    pub noise: Option<&'a Noise>,
    /// Every file that was read.
    pub inputs: Vec<Input>,
    /// The program.
    pub tool: Tool,
}

impl Facts<'_> {
    /// Rows that a release is judged by: headline metrics, and what a written rule names.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.verdicts.rows.iter().filter(|row| !is_detail(row))
    }

    /// All other rows: they explain those, and no written rule names them. Nobody expects a verdict of them.
    pub(super) fn details(&self) -> impl Iterator<Item = &Row> {
        self.verdicts.rows.iter().filter(|row| is_detail(row))
    }

    /// The files that somebody answers for in a line of the checklist.
    pub(super) fn evidence<'f>(&'f self, check: &'f str) -> impl Iterator<Item = &'f Evidence> {
        self.recipe.evidence.iter().filter(move |evidence| evidence.check == check)
    }

    /// The file of the budgets, or what stands for it.
    pub(super) fn budgets_file(&self) -> &str {
        self.recipe.config.as_deref().unwrap_or("built-in rules")
    }
}

fn is_detail(row: &Row) -> bool {
    let is_named = row.judgements.iter().any(|judgement| judgement.source != Source::BuiltIn);
    row.comparison.metric.standing == Standing::Detail && !is_named
}
