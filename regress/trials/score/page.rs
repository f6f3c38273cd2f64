//! Where the tables stand: a section for each record, filled between its markers.

use super::counts::effects;
use super::draw::World;
use super::goals::goals;
use super::table::replace_between;
use super::tables::{headline, kinds, machine, rules, tails};
use super::tally::{Scored, Size};

/// A record, scored as soon as a table asks for it.
pub struct Page<'a> {
    world: &'a World,
    size: Size,
    scored: Vec<Scored>,
}

type Table = fn(&Page<'_>) -> String;

/// The tables of a record, each between markers of its name and that of the record.
pub const TABLES: &[(&str, Table)] = &[
    ("machine", |page| machine(page.world.samples())),
    ("headline", |page| headline(page.world, &page.scored, page.size)),
    ("goals", |page| goals(page.world, [&page.scored[0], &page.scored[1]])),
    ("rules", |page| rules(&page.scored)),
    ("kinds", |page| kinds(page.world, &page.scored[0])),
    ("effects", |page| effects(page.world.samples())),
    ("tails", |page| tails(page.world, page.size)),
];

/// The section of a new record: its markers, with nothing between them.
pub fn section(title: &str, record: &str) -> String {
    let marked = |name: &str| format!("<!-- {name} {record} -->\n<!-- /{name} {record} -->\n");
    let [machine, headline, goals, rules, kinds, effects, tails] =
        ["machine", "headline", "goals", "rules", "kinds", "effects", "tails"].map(marked);
    format!(
        "## {title}\n\n{machine}\n{headline}\n{goals}\n{rules}\n### By kind of workload\n\n{kinds}\n\
         ### The effects, in instructions\n\n{effects}\n### The tail\n\n{tails}\n"
    )
}

/// `text` with the tables of this record in their places; those that it has no markers for are left out.
///
/// * `is_wanted`: by the name of a table.
pub fn filled(text: String, record: &str, world: &World, size: Size, is_wanted: impl Fn(&str) -> bool) -> String {
    const UNSCORED: [&str; 3] = ["machine", "effects", "tails"];
    let wanted: Vec<_> = TABLES.iter().filter(|(name, _)| is_wanted(name)).collect();
    let needs_scores = wanted.iter().any(|(name, _)| !UNSCORED.contains(name));
    let scored = if needs_scores { Scored::all(world, size) } else { Vec::new() };
    let page = Page { world, size, scored };
    wanted.into_iter().fold(text, |text, (name, table)| {
        let marker = format!("{name} {record}");
        if !text.contains(&format!("<!-- {marker} -->")) {
            return text;
        }
        replace_between(&text, &marker, &table(&page)).unwrap_or(text)
    })
}
