use std::borrow::Cow;
use std::fmt;

use regex_lite::Regex;

use super::token::{Expecting, Kind, Token, Tokens};
use super::{CONFIG, FILE, FULL_NAME, Language, NAME, Pattern, Subject, SyntaxError, UNIT};

/// Which results are wanted: `sort -/format:json goos:/linux|darwin/`.
///
/// ```
/// use regress::select::{Filter, Language, Subject};
///
/// let filter = Filter::new("Enc* /format:(json OR gob) -.unit:B/op", Language::Ours)?;
/// let subject = Subject::of_go("old.txt", "Encode/format=gob-8", &[("goos", "linux")]);
/// assert!(filter.keeps(&subject, &["sec/op", "ns/op"]));
/// assert!(!filter.keeps(&subject, &["B/op"]));
/// # Ok::<(), regress::select::SyntaxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Filter {
    expression: String,
    node: Node,
}

#[derive(Clone, Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Term(Term),
}

/// A part of a filter that stands for itself: `sort`, `/format:json`, one value of `goos:(linux OR darwin)`.
#[derive(Clone, Debug)]
pub struct Term {
    /// Where it begins, in bytes from 0.
    offset: usize,
    sense: Sense,
    test: Test,
}

/// Whether a term is demanded or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// `x`, `--x`
    Demanded,
    /// `-x`
    Refused,
}

impl Sense {
    fn turned(self) -> Sense {
        match self {
            Sense::Demanded => Sense::Refused,
            Sense::Refused => Sense::Demanded,
        }
    }
}

#[derive(Clone, Debug)]
enum Test {
    /// A word without a key.
    Pattern(Pattern),
    Value(Value, Wanted),
}

#[derive(Clone, Debug)]
enum Wanted {
    Text(String),
    Expression(Regex),
}

/// A single value of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Name,
    FullName,
    Unit,
    /// With its slash.
    Part(String),
    /// The part of this number, from 1, whatever it is called.
    Place(usize),
    /// `.file` among them.
    Setting(String),
}

impl Value {
    /// # Errors
    /// No key at all. `.config` is many, and the caller's matter.
    pub fn new(text: &str, language: Language) -> Result<Value, &'static str> {
        let place = || text.strip_prefix('/')?.parse().ok().filter(|place| 1 <= *place);
        match text {
            "" => Err("key must not be empty"),
            NAME => Ok(Value::Name),
            FULL_NAME => Ok(Value::FullName),
            UNIT => Ok(Value::Unit),
            _ if language == Language::Ours && place().is_some() => Ok(Value::Place(place().unwrap_or(1))),
            _ if text.starts_with('/') => Ok(Value::Part(text.to_owned())),
            _ => Ok(Value::Setting(text.to_owned())),
        }
    }

    /// The key: `.name`, `/format`, `goos`.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Value::Name => NAME.into(),
            Value::FullName => FULL_NAME.into(),
            Value::Unit => UNIT.into(),
            Value::Part(key) | Value::Setting(key) => key.into(),
            Value::Place(place) => format!("/{place}").into(),
        }
    }

    /// Its value; a unit is asked for elsewhere.
    pub fn of<'a>(&self, subject: &Subject<'a>) -> &'a str {
        match self {
            Value::Name => subject.name.base(),
            Value::FullName => subject.name.full(),
            Value::Unit => "",
            Value::Part(key) => subject.name.part(key),
            Value::Place(place) => subject.name.place(*place),
            Value::Setting(key) => subject.setting(key),
        }
    }
}

impl Filter {
    /// The filter that is written like this; `*` is everything.
    ///
    /// # Errors
    /// The first place that makes no sense.
    pub fn new(expression: &str, language: Language) -> Result<Filter, SyntaxError> {
        let tokens = Tokens::new(expression);
        let mut parser = Parser { expression, language, tokens, depth: 0, sense: Sense::Demanded, meaningless: None };
        let node = parser.any()?;
        match (parser.peek()?.kind, parser.meaningless.take()) {
            (Kind::End, None) => Ok(Filter { expression: expression.to_owned(), node }),
            (Kind::End, Some(error)) => Err(error),
            _ => Err(parser.unexpected()),
        }
    }

    /// As it is written.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Whether a measurement is wanted.
    ///
    /// * `units`: all names of its unit, as in `["sec/op", "ns/op"]`.
    pub fn keeps(&self, subject: &Subject, units: &[&str]) -> bool {
        self.node.keeps(&|term| term.is_met(subject, units))
    }

    /// Whether a benchmark of which only the name is known may turn out to be wanted: what asks for something else is
    /// taken to be as it has to be.
    pub fn could_keep(&self, subject: &Subject) -> bool {
        self.node.keeps(&|term| match term.asks_for_name() {
            true => term.is_met(subject, &[]),
            false => term.sense == Sense::Demanded,
        })
    }

    /// Its terms, in the order in which they are written.
    pub fn terms(&self) -> Vec<&Term> {
        let mut terms = Vec::new();
        self.node.gather(&mut terms);
        terms
    }

    /// The error that a term of it means nothing, with its place.
    pub fn error(&self, term: &Term, problem: impl Into<String>) -> SyntaxError {
        SyntaxError::new(&self.expression, term.offset, problem)
    }
}

impl Term {
    /// Whether a measurement is what it asks for; see [`Filter::keeps`].
    pub fn is_met(&self, subject: &Subject, units: &[&str]) -> bool {
        match &self.test {
            Test::Pattern(pattern) => pattern.matches_text(subject.id),
            Test::Value(Value::Unit, wanted) => units.iter().any(|unit| wanted.is(unit)),
            Test::Value(key, wanted) => wanted.is(key.of(subject)),
        }
    }

    /// Whether a result that is what it asks for is wanted for it, or not wanted.
    pub fn sense(&self) -> Sense {
        self.sense
    }

    /// Whether the name of a benchmark answers it.
    pub fn asks_for_name(&self) -> bool {
        match &self.test {
            Test::Pattern(_) | Test::Value(Value::Name | Value::FullName | Value::Part(_) | Value::Place(_), _) => true,
            Test::Value(Value::Unit | Value::Setting(_), _) => false,
        }
    }

    /// The setting that it asks for, other than `.file`, which every result has.
    pub fn setting(&self) -> Option<&str> {
        match &self.test {
            Test::Value(Value::Setting(key), _) if key != FILE => Some(key),
            Test::Pattern(_) | Test::Value(..) => None,
        }
    }

    /// What a result has where it asks; of a unit its first name.
    pub fn found<'s>(&self, subject: &Subject<'s>, units: &[&'s str]) -> &'s str {
        match &self.test {
            Test::Pattern(_) => subject.id,
            Test::Value(Value::Unit, _) => units.first().copied().unwrap_or_default(),
            Test::Value(key, _) => key.of(subject),
        }
    }

    /// The pattern of names, where it is one.
    pub fn pattern(&self) -> Option<&Pattern> {
        match &self.test {
            Test::Pattern(pattern) => Some(pattern),
            Test::Value(..) => None,
        }
    }
}

impl fmt::Display for Term {
    /// `sort`, `/format:json`, `goos:/lin|dar/`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.test {
            Test::Pattern(pattern) => pattern.fmt(f),
            Test::Value(key, Wanted::Text(text)) => write!(f, "{}:{text}", key.name()),
            Test::Value(key, Wanted::Expression(expression)) => write!(f, "{}:/{}/", key.name(), expression.as_str()),
        }
    }
}

impl Node {
    fn keeps(&self, is_met: &impl Fn(&Term) -> bool) -> bool {
        match self {
            Node::All(nodes) => nodes.iter().all(|node| node.keeps(is_met)),
            Node::Any(nodes) => nodes.iter().any(|node| node.keeps(is_met)),
            Node::Not(node) => !node.keeps(is_met),
            Node::Term(term) => is_met(term),
        }
    }

    fn gather<'n>(&'n self, terms: &mut Vec<&'n Term>) {
        match self {
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| node.gather(terms)),
            Node::Not(node) => node.gather(terms),
            Node::Term(term) => terms.push(term),
        }
    }
}

impl Wanted {
    fn is(&self, value: &str) -> bool {
        match self {
            Wanted::Text(text) => text == value,
            Wanted::Expression(expression) => expression.is_match(value),
        }
    }
}

struct Parser<'a> {
    expression: &'a str,
    language: Language,
    tokens: Tokens<'a>,
    /// How many parentheses and minuses are open.
    depth: usize,
    /// By how many minuses are open.
    sense: Sense,
    /// The first term that can be read and means nothing: told when all can be read.
    meaningless: Option<SyntaxError>,
}

/// Chosen: far more than anybody writes, far less than the stack holds.
const DEEPEST: usize = 200;

impl<'a> Parser<'a> {
    fn peek(&self) -> Result<Token<'a>, SyntaxError> {
        let mut ahead = self.tokens;
        ahead.next(Expecting::Key)
    }

    fn next(&mut self, expecting: Expecting) -> Result<Token<'a>, SyntaxError> {
        self.tokens.next(expecting)
    }

    /// `x OR y`
    fn any(&mut self) -> Result<Node, SyntaxError> {
        let mut nodes = vec![self.all()?];
        while matches!(self.peek()?.kind, Kind::Or) {
            self.next(Expecting::Key)?;
            nodes.push(self.all()?);
        }
        Ok(one_or(nodes, Node::Any))
    }

    /// `x y`, `x AND y`
    fn all(&mut self) -> Result<Node, SyntaxError> {
        let mut nodes = vec![self.term()?];
        loop {
            match self.peek()?.kind {
                Kind::And => {
                    self.next(Expecting::Key)?;
                }
                Kind::Operator('(' | '-' | '*') | Kind::Word(_) => nodes.push(self.term()?),
                Kind::Operator(')') | Kind::Or | Kind::End => return Ok(one_or(nodes, Node::All)),
                Kind::Operator(_) | Kind::Expression(_) => return Err(self.unexpected()),
            }
        }
    }

    /// `key:value`, `-x`, `(x)`, `*`
    fn term(&mut self) -> Result<Node, SyntaxError> {
        let start = self.tokens;
        let token = self.next(Expecting::Key)?;
        match token.kind {
            Kind::Operator('(') => {
                let node = self.deeper(Parser::any)?;
                match self.peek()?.kind {
                    Kind::Operator(')') => self.next(Expecting::Key).map(|_| node),
                    _ => Err(self.tokens.error("missing \")\"")),
                }
            }
            Kind::Operator('-') => {
                self.sense = self.sense.turned();
                let node = self.deeper(Parser::term)?;
                self.sense = self.sense.turned();
                Ok(Node::Not(Box::new(node)))
            }
            Kind::Operator('*') => Ok(match self.tokens.glued().filter(|_| self.language == Language::Ours) {
                Some((word, after)) => {
                    self.tokens = after;
                    self.pattern(token.offset, &format!("*{word}"))
                }
                None => Node::All(Vec::new()),
            }),
            Kind::Word(key) => match self.peek()?.kind {
                Kind::Operator(':') => {
                    self.next(Expecting::Key)?;
                    self.values(start, token.offset, &key)
                }
                _ if self.language == Language::Ours => Ok(self.pattern(token.offset, &key)),
                _ => Err(start.error("expected key:value")),
            },
            _ => Err(start.error("expected key:value or subexpression")),
        }
    }

    /// A word without a key: the names it stands for.
    fn pattern(&self, offset: usize, word: &str) -> Node {
        Node::Term(Term { offset, sense: self.sense, test: Test::Pattern(Pattern::new(word)) })
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Result<Node, SyntaxError>) -> Result<Node, SyntaxError> {
        if self.depth == DEEPEST {
            return Err(self.tokens.error(format!("more than {DEEPEST} parentheses within each other")));
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    /// What follows `key:`.
    fn values(&mut self, start: Tokens<'a>, offset: usize, key: &str) -> Result<Node, SyntaxError> {
        match self.next(Expecting::Value)?.kind {
            Kind::Operator('(') => {}
            kind => {
                let wanted = wanted(kind).ok_or_else(|| start.error("expected key:value"))?;
                return Ok(self.matching(offset, key, wanted));
            }
        }
        let mut nodes = Vec::new();
        loop {
            let value = self.tokens;
            let wanted = wanted(self.next(Expecting::Value)?.kind).ok_or_else(|| value.error("expected value"))?;
            nodes.push(self.matching(offset, key, wanted));
            let separator = self.tokens;
            match self.next(Expecting::Value)?.kind {
                Kind::Operator(')') => return Ok(Node::Any(nodes)),
                Kind::Or => {}
                _ => return Err(separator.error("value list must be separated by OR")),
            }
        }
    }

    fn matching(&mut self, offset: usize, key: &str, wanted: Wanted) -> Node {
        let value = match key {
            CONFIG => Err(".config is only allowed in projections"),
            key => Value::new(key, self.language),
        };
        match value {
            Ok(key) => Node::Term(Term { offset, sense: self.sense, test: Test::Value(key, wanted) }),
            Err(problem) => {
                self.meaningless.get_or_insert_with(|| SyntaxError::new(self.expression, offset, problem));
                Node::All(Vec::new())
            }
        }
    }

    fn unexpected(&self) -> SyntaxError {
        self.tokens.error(format!("unexpected {:?}", self.tokens.next_text()))
    }
}

fn one_or(mut nodes: Vec<Node>, many: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        Some(last) => {
            nodes.push(last);
            many(nodes)
        }
        None => many(nodes),
    }
}

fn wanted(kind: Kind) -> Option<Wanted> {
    match kind {
        Kind::Word(word) => Some(Wanted::Text(word.into_owned())),
        Kind::Expression(expression) => Some(Wanted::Expression(expression)),
        Kind::Operator(_) | Kind::And | Kind::Or | Kind::End => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(name: &'static str) -> Subject<'static> {
        Subject::of_go("old.txt", name, &[("goos", "linux"), ("note", "two words")])
    }

    fn filter(expression: &str, language: Language) -> Filter {
        Filter::new(expression, language).unwrap_or_else(|error| panic!("{error}"))
    }

    #[track_caller]
    fn check(expression: &str, expected: bool) {
        for language in [Language::Benchstat, Language::Ours] {
            let keeps = filter(expression, language).keeps(&subject("Encode/format=json/4k-8"), &["sec/op", "ns/op"]);
            assert_eq!(keeps, expected, "for {expression:?} in {language:?}");
        }
    }

    #[test]
    fn results_are_kept_or_not() {
        check("*", true);
        check("-*", false);
        check(".name:Encode", true);
        check(".name:Enc", false);
        check(".name:/^Enc/", true);
        check(".fullname:Encode/format=json/4k-8", true);
        check(".file:old.txt", true);
        check("/format:json", true);
        check("/gomaxprocs:8", true);
        check("/level:\"\"", true);
        check("goos:linux", true);
        check("goos:(darwin OR /^lin/)", true);
        check("note:\"two words\"", true);
        check("\"goos\":linux", true);
        check(".unit:ns/op", true);
        check(".unit:sec/op", true);
        check("-.unit:sec/op", false);
        check("goos:darwin OR /format:json", true);
        check("goos:darwin OR /format:json AND .name:X", false);
        check("(goos:darwin OR /format:json) -/format:gob", true);
        check("goos:linux AND", true);
        check("--goos:linux", true);
        check("/format:js-on", false);
    }

    #[test]
    fn a_bare_word_is_a_pattern_of_names() {
        #[track_caller]
        fn check(expression: &str, expected: bool) {
            let keeps = filter(expression, Language::Ours).keeps(&subject("sort/std-64/n100"), &["time"]);
            assert_eq!(keeps, expected, "for {expression:?}");
        }
        check("sort", true); // and all below
        check("sort/std-64", true);
        check("sort/std", false);
        check("sort/*", true);
        check("sort/???-64", true);
        check("*/n100", true);
        check("*64*", true);
        check("-*/n100", false);
        check("-sort", false);
        check("sort -*64*", false);
        check("sort -*32*", true);
        check("search OR sort", true);
        check("search sort", false);
        check("(search OR sort) .unit:time", true);
        check("\"sort/std-64\"", true);
        check("* sort", true);
        check("*", true);
        check("/1:std-64", true); // the first part behind the name
        check("/2:n100", true);
        check("/3:\"\"", true);
    }

    #[test]
    fn what_the_name_cannot_answer_is_left_open() {
        #[track_caller]
        fn check(expression: &str, expected: bool) {
            let could = filter(expression, Language::Ours).could_keep(&subject("sort/std"));
            assert_eq!(could, expected, "for {expression:?}");
        }
        check("sort", true);
        check("search", false);
        check(".unit:allocs", true);
        check("-.unit:allocs", true);
        check("search .unit:allocs", false);
        check("sort -goos:linux", true);
        check("-(sort .unit:allocs)", true);
        check("-(sort OR .unit:allocs)", false);
        check("--.unit:allocs", true);
    }

    #[test]
    fn terms_are_told_one_by_one() {
        let filter = filter("sort -(goos:(linux OR darwin) -x)", Language::Ours);
        let told: Vec<(usize, Sense, bool)> =
            filter.terms().iter().map(|term| (term.offset, term.sense(), term.asks_for_name())).collect();
        let (demanded, refused) = (Sense::Demanded, Sense::Refused);
        assert_eq!(told, [(0, demanded, true), (7, refused, false), (7, refused, false), (31, demanded, true)]);
    }

    #[test]
    fn errors_have_a_place() {
        #[track_caller]
        fn check(expression: &str, offset: usize, problem: &str) {
            let error = Filter::new(expression, Language::Benchstat).expect_err(expression);
            assert_eq!((error.offset, &*error.problem), (offset, problem), "for {expression:?}");
        }
        check("", 0, "expected key:value or subexpression");
        check("word", 0, "expected key:value");
        check("a:b c", 4, "expected key:value");
        check("a:", 0, "expected key:value");
        check("a:b )", 4, "unexpected \")\"");
        check("a:b : c", 4, "unexpected \":\"");
        check("(a:b", 4, "missing \")\"");
        check("a:(b c)", 5, "value list must be separated by OR");
        check("a:(b OR )", 8, "expected value");
        check("a:\"b", 2, "missing end quote");
        check("a:\"\\q\"", 2, "bad escape sequence");
        check("a:/b", 2, "missing close \"/\"");
        check("a:/b/c", 5, "regexp must be followed by space or an operator (unescaped \"/\"?)");
        check(".config:x", 0, ".config is only allowed in projections");
        check("a:b \"\":x", 4, "key must not be empty");
        check("\"\":x .config:y )", 15, "unexpected \")\"");
        check(&"(".repeat(300), 201, "more than 200 parentheses within each other");
    }

    #[test]
    fn a_caret_stands_under_the_place() {
        let error = Filter::new("ä:b )", Language::Ours).expect_err("an unmatched parenthesis");
        assert_eq!(error.to_string(), "syntax error: unexpected \")\"\n\tä:b )\n\t    ^");
    }
}
