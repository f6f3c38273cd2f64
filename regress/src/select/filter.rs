use regex_lite::Regex;

use super::token::{Expecting, Kind, Token, Tokens};
use super::{CONFIG, FULL_NAME, NAME, Name, Subject, SyntaxError, UNIT};

/// Which results are wanted: `/format:json -.unit:B/op goos:/linux|darwin/`.
///
/// ```
/// use regress::select::{Filter, Subject};
///
/// let filter = Filter::new("/format:(json OR gob) -.unit:B/op")?;
/// let subject = Subject { file: "old.txt", name: "Encode/format=gob-8", settings: &[("goos", "linux")] };
/// assert!(filter.keeps(&subject, &["sec/op", "ns/op"]));
/// assert!(!filter.keeps(&subject, &["B/op"]));
/// # Ok::<(), regress::select::SyntaxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Filter(Node);

#[derive(Clone, Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Match(Value, Wanted),
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
    /// `.file` among them.
    Setting(String),
}

impl Value {
    /// # Errors
    /// No key at all. `.config` is many, and the caller's matter.
    pub fn new(text: &str) -> Result<Value, &'static str> {
        match text {
            "" => Err("key must not be empty"),
            NAME => Ok(Value::Name),
            FULL_NAME => Ok(Value::FullName),
            UNIT => Ok(Value::Unit),
            _ if text.starts_with('/') => Ok(Value::Part(text.to_owned())),
            _ => Ok(Value::Setting(text.to_owned())),
        }
    }

    /// Its value; a unit is asked for elsewhere.
    pub fn of<'a>(&self, subject: &Subject<'a>) -> &'a str {
        match self {
            Value::Name => Name::new(subject.name).base(),
            Value::FullName => subject.name,
            Value::Unit => "",
            Value::Part(key) => Name::new(subject.name).part(key),
            Value::Setting(key) => subject.setting(key),
        }
    }
}

impl Filter {
    /// The filter that is written like this; `*` is everything.
    ///
    /// # Errors
    /// The first place that makes no sense.
    pub fn new(expression: &str) -> Result<Filter, SyntaxError> {
        let mut parser = Parser { expression, tokens: Tokens::new(expression), depth: 0 };
        let node = parser.any()?;
        match parser.peek()?.kind {
            Kind::End => Ok(Filter(node)),
            _ => Err(parser.unexpected()),
        }
    }

    /// Whether a measurement is wanted.
    ///
    /// * `units`: all names of its unit, as in `["sec/op", "ns/op"]`.
    pub fn keeps(&self, subject: &Subject, units: &[&str]) -> bool {
        self.0.keeps(subject, units)
    }
}

impl Node {
    fn keeps(&self, subject: &Subject, units: &[&str]) -> bool {
        match self {
            Node::All(nodes) => nodes.iter().all(|node| node.keeps(subject, units)),
            Node::Any(nodes) => nodes.iter().any(|node| node.keeps(subject, units)),
            Node::Not(node) => !node.keeps(subject, units),
            Node::Match(Value::Unit, wanted) => units.iter().any(|unit| wanted.is(unit)),
            Node::Match(key, wanted) => wanted.is(key.of(subject)),
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
    tokens: Tokens<'a>,
    /// How many parentheses and minuses are open.
    depth: usize,
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
            Kind::Operator('-') => Ok(Node::Not(Box::new(self.deeper(Parser::term)?))),
            Kind::Operator('*') => Ok(Node::All(Vec::new())),
            Kind::Word(key) => match self.peek()?.kind {
                Kind::Operator(':') => {
                    self.next(Expecting::Key)?;
                    self.values(start, token.offset, &key)
                }
                _ => Err(start.error("expected key:value")),
            },
            _ => Err(start.error("expected key:value or subexpression")),
        }
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
                return self.matching(offset, key, wanted);
            }
        }
        let mut nodes = Vec::new();
        loop {
            let value = self.tokens;
            let wanted = wanted(self.next(Expecting::Value)?.kind).ok_or_else(|| value.error("expected value"))?;
            nodes.push(self.matching(offset, key, wanted)?);
            let separator = self.tokens;
            match self.next(Expecting::Value)?.kind {
                Kind::Operator(')') => return Ok(Node::Any(nodes)),
                Kind::Or => {}
                _ => return Err(separator.error("value list must be separated by OR")),
            }
        }
    }

    fn matching(&self, offset: usize, key: &str, wanted: Wanted) -> Result<Node, SyntaxError> {
        let error = |problem: &str| SyntaxError::new(self.expression, offset, problem);
        if key == CONFIG {
            return Err(error(".config is only allowed in projections"));
        }
        Value::new(key).map(|key| Node::Match(key, wanted)).map_err(error)
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

    const SUBJECT: Subject<'static> = Subject {
        file: "old.txt",
        name: "Encode/format=json/4k-8",
        settings: &[("goos", "linux"), ("note", "two words")],
    };

    #[track_caller]
    fn check(expression: &str, expected: bool) {
        let filter = Filter::new(expression).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(filter.keeps(&SUBJECT, &["sec/op", "ns/op"]), expected, "for {expression:?}");
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
    fn errors_have_a_place() {
        #[track_caller]
        fn check(expression: &str, offset: usize, problem: &str) {
            let error = Filter::new(expression).expect_err(expression);
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
        check(&"(".repeat(300), 201, "more than 200 parentheses within each other");
    }

    #[test]
    fn a_caret_stands_under_the_place() {
        let error = Filter::new("ä:b )").expect_err("an unmatched parenthesis");
        assert_eq!(error.to_string(), "syntax error: unexpected \")\"\n\tä:b )\n\t    ^");
    }
}
