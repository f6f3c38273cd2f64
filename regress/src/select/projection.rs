use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::filter::Value;
use super::order::Order;
use super::token::{Expecting, Kind, Tokens};
use super::{CONFIG, FULL_NAME, Filter, Language, Subject, SyntaxError, UNIT};

/// Which values make a table, a row and a column, and which are ignored.
///
/// What is asked for on its own is left out where it would be one of many: with `--col goos`, the tables of `.config`
/// do not part by `goos`, and with `--col /format`, the rows of `.fullname` have no `/format`.
#[derive(Clone, Debug)]
pub struct Projections {
    /// With the unit behind everything else.
    pub table: Projection,
    /// What is compared along.
    pub row: Projection,
    /// What is compared.
    pub column: Projection,
    /// What none of them asks for.
    pub residue: Projection,
    /// Results of other values than the listed ones are left out.
    lists: Vec<(Value, Vec<String>)>,
}

/// The expressions for [`Projections::new`]: keys between commas or blanks, each with an order if need be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// One table for each value.
    pub table: &'a str,
    /// One row for each value.
    pub row: &'a str,
    /// One column for each value; compared with the first.
    pub column: &'a str,
    /// Keys in which results may differ without being told apart.
    pub ignore: &'a str,
}

impl Default for Wanted<'static> {
    fn default() -> Self {
        Wanted { table: CONFIG, row: FULL_NAME, column: ".file", ignore: "" }
    }
}

impl Projections {
    /// # Errors
    /// The first expression that makes no sense, and which one: `table`, `row`, `col` or `ignore`.
    pub fn new(wanted: &Wanted, language: Language) -> Result<Projections, (&'static str, SyntaxError)> {
        let parse = |name, text| parse(text, language).map_err(|error| (name, error));
        let mut table = parse("table", wanted.table)?;
        let parts = [parse("row", wanted.row)?, parse("col", wanted.column)?, parse("ignore", wanted.ignore)?];
        let all = || table.iter().chain(parts.iter().flatten());
        let lists = all().filter_map(Part::list).collect();
        let specific: Vec<String> = all().filter_map(Part::specific).collect();
        let places: Vec<usize> = all().filter_map(Part::place).collect();
        let asks_for = |source: &Source| all().any(|part| part.source == *source);
        let residue: Vec<Part> = [Source::Config, Source::FullName]
            .into_iter()
            .filter(|source| !asks_for(source))
            .map(|source| Part { source, order: Order::First })
            .collect();
        table.push(Part { source: Source::Unit, order: Order::First });
        let [row, column, _] = parts;
        let new = |parts| Projection::new(parts, &specific, &places);
        Ok(Projections { table: new(table), row: new(row), column: new(column), residue: new(residue), lists })
    }

    /// Whether no list of values leaves it out.
    pub fn admit(&self, subject: &Subject) -> bool {
        self.lists.iter().all(|(value, listed)| {
            let value = value.of(subject);
            listed.iter().any(|listed| *listed == value)
        })
    }

    /// Whether a measurement is wanted: by the lists of values and by a filter.
    pub fn keep(&self, filter: &Filter, subject: &Subject, units: &[&str]) -> bool {
        self.admit(subject) && filter.keeps(subject, units)
    }
}

/// A key with its order.
#[derive(Clone, Debug)]
struct Part {
    source: Source,
    order: Order,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    One(Value),
    /// The name without what is asked for on its own.
    FullName,
    /// All settings but those that are asked for on their own.
    Config,
    /// Of the measurement at hand.
    Unit,
}

impl Part {
    /// The name of a single value, which is left out of groups.
    fn specific(&self) -> Option<String> {
        match &self.source {
            Source::One(value) => Some(value.name().into_owned()),
            Source::FullName | Source::Config | Source::Unit => None,
        }
    }

    /// The part of the name that it asks for by its place.
    fn place(&self) -> Option<usize> {
        match &self.source {
            Source::One(Value::Place(place)) => Some(*place),
            Source::One(_) | Source::FullName | Source::Config | Source::Unit => None,
        }
    }

    /// The values that are listed, of the value they are listed for.
    fn list(&self) -> Option<(Value, Vec<String>)> {
        match (&self.source, &self.order) {
            (Source::One(value), Order::Fixed(listed)) => Some((value.clone(), listed.clone())),
            (Source::FullName, Order::Fixed(listed)) => Some((Value::FullName, listed.clone())),
            _ => None,
        }
    }
}

/// `.name,/size@num`
fn parse(expression: &str, language: Language) -> Result<Vec<Part>, SyntaxError> {
    let mut tokens = Tokens::new(expression);
    let mut parts = Vec::new();
    loop {
        let mut ahead = tokens;
        match ahead.next(Expecting::Key)?.kind {
            Kind::End => return parts.into_iter().collect(),
            Kind::Operator(',') if !parts.is_empty() => tokens = ahead,
            _ => {}
        }
        parts.push(part(expression, &mut tokens, language)?);
    }
}

/// A key with its order. The inner error is that it means nothing: that is told when all can be read.
fn part(expression: &str, tokens: &mut Tokens, language: Language) -> Result<Result<Part, SyntaxError>, SyntaxError> {
    let start = *tokens;
    let token = tokens.next(Expecting::Key)?;
    let Kind::Word(key) = token.kind else { return Err(start.error("expected key")) };
    let (order_offset, order) = order(tokens, token.offset + key.len())?;
    let at = |offset| move |problem: String| SyntaxError::new(expression, offset, problem);
    Ok(order.map_err(at(order_offset)).and_then(|order| {
        let source = match &*key {
            CONFIG if matches!(order, Order::Fixed(_)) => {
                return Err(at(order_offset)("fixed order not allowed for .config".to_owned()));
            }
            CONFIG => Source::Config,
            FULL_NAME => Source::FullName,
            UNIT => return Err(at(token.offset)(".unit is only allowed in filters".to_owned())),
            key => Source::One(Value::new(key, language).map_err(str::to_owned).map_err(at(token.offset))?),
        };
        Ok(Part { source, order })
    }))
}

/// `@num`, `@(json gob)` or nothing; with its place. The inner error is that there is no such order.
fn order(tokens: &mut Tokens, behind_key: usize) -> Result<(usize, Result<Order, String>), SyntaxError> {
    let mut ahead = *tokens;
    // What is no word at all is told by whoever reads on.
    match ahead.next(Expecting::Key) {
        Ok(token) if matches!(token.kind, Kind::Operator('@')) => *tokens = ahead,
        Ok(_) | Err(_) => return Ok((behind_key, Ok(Order::First))),
    }
    let start = *tokens;
    let token = tokens.next(Expecting::Key)?;
    let order = match token.kind {
        Kind::Word(name) => match &*name {
            "first" => Ok(Order::First),
            "alpha" => Ok(Order::Alpha),
            "num" => Ok(Order::Num),
            "fixed" => Ok(Order::Fixed(Vec::new())),
            name => Err(format!("unknown order {name:?}")),
        },
        Kind::Operator('(') => Ok(Order::Fixed(listed(tokens)?)),
        _ => return Err(start.error("expected named sort order or parenthesized list")),
    };
    Ok((token.offset, order))
}

/// `json gob)`
fn listed(tokens: &mut Tokens) -> Result<Vec<String>, SyntaxError> {
    let mut values = Vec::new();
    loop {
        let start = *tokens;
        match tokens.next(Expecting::Key)?.kind {
            Kind::Word(value) => values.push(value.into_owned()),
            Kind::Operator(')') if values.is_empty() => return Err(start.error("nothing to match")),
            Kind::Operator(')') => return Ok(values),
            _ => return Err(start.error("missing )")),
        }
    }
}

/// What a projection made of a subject: the same for the same values. Its number counts from 0, as they were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u32);

impl Key {
    /// Keys of a projection are numbered from 0 without gaps.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Values of subjects, put in order.
///
/// Remembers every value and every key it was asked for, and when it saw each first.
#[derive(Clone, Debug)]
pub struct Projection {
    parts: Vec<Part>,
    /// The fields of each part: one, or as many as settings were seen.
    fields_of_parts: Vec<Vec<usize>>,
    fields: Vec<Field>,
    /// What the parts of a name and settings leave out.
    specific: Vec<String>,
    /// The same by place.
    places: Vec<usize>,
    texts: Vec<Arc<str>>,
    symbols: FxHashMap<Arc<str>, Symbol>,
    keys: Vec<Arc<[Symbol]>>,
    numbers: FxHashMap<Arc<[Symbol]>, Key>,
    /// The symbols of the subject at hand, by field.
    row: Vec<Symbol>,
}

/// A field of a key, in the order in which the fields were seen.
#[derive(Clone, Debug)]
struct Field {
    name: Box<str>,
    order: Order,
    /// At which place each symbol was first seen; only where the field is a part of its own. Settings of `.config`
    /// stand by their bytes, as benchstat's do.
    seen: Option<FxHashMap<Symbol, usize>>,
}

/// A text that was seen, by number. The empty one is 0.
type Symbol = u32;

impl Projection {
    fn new(parts: Vec<Part>, specific: &[String], places: &[usize]) -> Projection {
        let mut projection = Projection {
            fields_of_parts: Vec::new(),
            fields: Vec::new(),
            specific: specific.to_vec(),
            places: places.to_vec(),
            texts: vec!["".into()],
            symbols: [("".into(), 0)].into_iter().collect(),
            keys: Vec::new(),
            numbers: FxHashMap::default(),
            row: Vec::new(),
            parts: Vec::new(),
        };
        for part in &parts {
            let name = match &part.source {
                Source::One(value) => value.name(),
                Source::FullName => FULL_NAME.into(),
                Source::Unit => UNIT.into(),
                Source::Config => {
                    projection.fields_of_parts.push(Vec::new());
                    continue;
                }
            };
            let seen = matches!(part.order, Order::First).then(FxHashMap::default);
            let field = projection.add_field(&name, part.order.clone(), seen);
            projection.fields_of_parts.push(vec![field]);
        }
        projection.parts = parts;
        projection
    }

    /// The key of a subject.
    ///
    /// * `unit`: of the measurement, for a projection that tells units apart.
    pub fn key(&mut self, subject: &Subject, unit: &str) -> Key {
        self.take(subject);
        self.key_in(unit)
    }

    /// Takes the values of a subject, for the measurements of [`key_in`](Projection::key_in).
    pub fn take(&mut self, subject: &Subject) {
        self.row.fill(0);
        for index in 0..self.parts.len() {
            let value = match &self.parts[index].source {
                Source::One(value) => value.of(subject).into(),
                Source::FullName => subject.name.without(&self.specific, &self.places),
                Source::Unit => continue,
                Source::Config => {
                    self.take_settings(index, subject);
                    continue;
                }
            };
            self.row[self.fields_of_parts[index][0]] = self.symbol(&value);
        }
    }

    /// The key of a measurement of the subject that was taken last.
    pub fn key_in(&mut self, unit: &str) -> Key {
        if let Some(part) = self.parts.iter().position(|part| part.source == Source::Unit) {
            self.row[self.fields_of_parts[part][0]] = self.symbol(unit);
        }
        self.number_row()
    }

    fn take_settings(&mut self, part: usize, subject: &Subject) {
        for (name, value) in subject.settings {
            let known = self.fields_of_parts[part].iter().copied().find(|&field| *self.fields[field].name == **name);
            let field = match known {
                Some(field) => field,
                None if self.specific.iter().any(|specific| specific == name) => continue,
                None => {
                    let field = self.add_field(name, self.parts[part].order.clone(), None);
                    self.fields_of_parts[part].push(field);
                    field
                }
            };
            self.row[field] = self.symbol(value);
        }
    }

    fn add_field(&mut self, name: &str, order: Order, seen: Option<FxHashMap<Symbol, usize>>) -> usize {
        self.fields.push(Field { name: name.into(), order, seen });
        self.row.push(0);
        self.fields.len() - 1
    }

    fn symbol(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.symbols.get(text) {
            return *symbol;
        }
        let symbol = self.texts.len() as Symbol;
        let text: Arc<str> = text.into();
        self.texts.push(text.clone());
        self.symbols.insert(text, symbol);
        symbol
    }

    /// The key of the row: fields that came later are empty in earlier keys.
    fn number_row(&mut self) -> Key {
        let length = self.row.iter().rposition(|symbol| *symbol != 0).map_or(0, |last| last + 1);
        if let Some(key) = self.numbers.get(&self.row[..length]) {
            return *key;
        }
        for (field, symbol) in self.fields.iter_mut().zip(&self.row) {
            if let Some(seen) = &mut field.seen {
                let next = seen.len();
                seen.entry(*symbol).or_insert(next);
            }
        }
        let key = Key(self.keys.len() as u32);
        let row: Arc<[Symbol]> = self.row[..length].into();
        self.keys.push(row.clone());
        self.numbers.insert(row, key);
        key
    }

    /// Whether somebody listed the values that are wanted.
    pub fn is_listed(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.order, Order::Fixed(_)))
    }

    /// The fields of its keys, those of `.config` in its place.
    pub fn field_names(&self) -> Vec<&str> {
        self.flat().map(|field| &*self.fields[field].name).collect()
    }

    /// The values of a key, one for each of [`field_names`](Projection::field_names); empty where it has none.
    pub fn values(&self, key: Key) -> Vec<&str> {
        self.flat().map(|field| self.value(key, field)).collect()
    }

    /// The values that are there, with blanks between.
    pub fn label(&self, key: Key) -> String {
        let values = self.flat().map(|field| self.value(key, field)).filter(|value| !value.is_empty());
        values.collect::<Vec<_>>().join(" ")
    }

    /// Puts keys into the order that was asked for.
    pub fn sort(&self, keys: &mut [Key]) {
        let flat: Vec<usize> = self.flat().collect();
        keys.sort_by(|a, b| {
            let of_fields = flat.iter().map(|&field| self.compare(*a, *b, field));
            of_fields.fold(std::cmp::Ordering::Equal, |before, next| before.then(next))
        });
    }

    /// The names of the fields in which keys differ.
    pub fn varying<'k>(&self, mut keys: impl Iterator<Item = &'k Key> + Clone) -> Vec<&str> {
        let Some(first) = keys.next() else { return Vec::new() };
        let varies =
            |field: &usize| keys.clone().any(|key| self.symbol_of(*key, *field) != self.symbol_of(*first, *field));
        self.flat().filter(varies).map(|field| &*self.fields[field].name).collect()
    }

    fn compare(&self, a: Key, b: Key, field: usize) -> std::cmp::Ordering {
        let (a, b) = (self.symbol_of(a, field), self.symbol_of(b, field));
        if a == b {
            return std::cmp::Ordering::Equal;
        }
        let Field { order, seen, .. } = &self.fields[field];
        if let Some(seen) = seen {
            return seen.get(&a).cmp(&seen.get(&b));
        }
        order.compare(&self.texts[a as usize], &self.texts[b as usize], |_| 0)
    }

    fn flat(&self) -> impl Iterator<Item = usize> {
        self.fields_of_parts.iter().flatten().copied()
    }

    fn value(&self, key: Key, field: usize) -> &str {
        &self.texts[self.symbol_of(key, field) as usize]
    }

    fn symbol_of(&self, key: Key, field: usize) -> Symbol {
        self.keys[key.index()].get(field).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject<'a>(name: &'a str, settings: &'a [(&'a str, &'a str)]) -> Subject<'a> {
        Subject::of_go("old.txt", name, settings)
    }

    fn projections(wanted: &Wanted) -> Projections {
        Projections::new(wanted, Language::Ours).unwrap_or_else(|(name, error)| panic!("{name}: {error}"))
    }

    #[test]
    fn what_is_asked_for_alone_is_left_out_of_the_groups() {
        let mut all =
            projections(&Wanted { table: ".config", row: ".fullname", column: "/format goos", ignore: "cpu" });
        let settings = [("goos", "linux"), ("pkg", "p"), ("cpu", "c")];
        let subject = subject("Encode/format=json/1k-8", &settings);
        let row = all.row.key(&subject, "");
        assert_eq!(all.row.label(row), "Encode/1k-8");
        let column = all.column.key(&subject, "");
        assert_eq!(
            (all.column.values(column), all.column.field_names()),
            (vec!["json", "linux"], vec!["/format", "goos"])
        );
        let table = all.table.key(&subject, "sec/op");
        assert_eq!((all.table.values(table), all.table.field_names()), (vec!["p", "sec/op"], vec!["pkg", ".unit"]));
        assert_eq!(all.residue.field_names(), Vec::<&str>::new());
    }

    #[test]
    fn the_residue_is_what_nobody_asks_for() {
        let mut all = projections(&Wanted { table: "goos", row: ".name", ..Wanted::default() });
        let keys: Vec<Key> = [
            ("A/x=1", [("goos", "linux"), ("pkg", "p")]),
            ("A/x=2", [("goos", "linux"), ("pkg", "p")]),
            ("A/x=1", [("goos", "darwin"), ("pkg", "q")]),
        ]
        .iter()
        .map(|(name, settings)| all.residue.key(&subject(name, settings), ""))
        .collect();
        assert_eq!(all.residue.varying(keys[..2].iter()), [".fullname"]);
        assert_eq!(all.residue.varying(keys.iter()), ["pkg", ".fullname"]);
        assert_eq!(all.residue.varying(keys[..1].iter()), Vec::<&str>::new());
    }

    #[test]
    fn keys_stand_as_they_were_seen_or_as_asked_for() {
        #[track_caller]
        fn check(column: &str, expected: &[&str]) {
            let mut all = projections(&Wanted { column, ..Wanted::default() });
            let names = ["E/size=4k", "E/size=16k", "E/size=1k", "E/size=4k"];
            let subjects = names.iter().map(|name| subject(name, &[])).filter(|subject| all.admit(subject));
            let subjects: Vec<Subject> = subjects.collect();
            let mut keys: Vec<Key> = subjects.iter().map(|subject| all.column.key(subject, "")).collect();
            keys.sort();
            keys.dedup();
            all.column.sort(&mut keys);
            let labels: Vec<String> = keys.iter().map(|key| all.column.label(*key)).collect();
            assert_eq!(labels, expected, "for {column}");
        }
        check("/size", &["4k", "16k", "1k"]);
        check("/size@first", &["4k", "16k", "1k"]);
        check("/size@alpha", &["16k", "1k", "4k"]);
        check("/size@num", &["1k", "4k", "16k"]);
        check("/size@(1k 4k)", &["1k", "4k"]);
        check("/size@fixed", &[]);
        check("/1", &["size=4k", "size=16k", "size=1k"]);
    }

    #[test]
    fn settings_of_a_group_stand_by_their_bytes() {
        let mut all = projections(&Wanted::default());
        let of = |settings: &[(&str, &str)], all: &mut Projections| all.table.key(&subject("A", settings), "sec/op");
        let mut keys =
            vec![of(&[("pkg", "z")], &mut all), of(&[("pkg", "a"), ("goos", "x")], &mut all), of(&[], &mut all)];
        all.table.sort(&mut keys);
        let labels: Vec<String> = keys.iter().map(|key| all.table.label(*key)).collect();
        assert_eq!(labels, ["sec/op", "a x sec/op", "z sec/op"]);
    }

    #[test]
    fn errors_have_a_place() {
        #[track_caller]
        fn check(expression: &str, offset: usize, problem: &str) {
            let error = parse(expression, Language::Benchstat).expect_err(expression);
            assert_eq!((error.offset, &*error.problem), (offset, problem), "for {expression:?}");
        }
        check(",a", 0, "expected key");
        check("a,,b", 2, "expected key");
        check("a,", 2, "expected key");
        check("a@x", 2, "unknown order \"x\"");
        check("a@", 2, "expected named sort order or parenthesized list");
        check("a@()", 3, "nothing to match");
        check("a@(b", 4, "missing )");
        check("a@(b,c)", 4, "missing )");
        check("a .unit", 2, ".unit is only allowed in filters");
        check(".config@(a)", 8, "fixed order not allowed for .config");
        check("a \"\"", 2, "key must not be empty");
        check("a \"b", 2, "missing end quote");
        check(".unit \"\" a@x (", 13, "expected key"); // what it means is asked for when all is read
        check(".unit \"\" a@x", 0, ".unit is only allowed in filters");
    }
}
