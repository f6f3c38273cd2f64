//! An expression, word by word.

use std::borrow::Cow;

use regex_lite::Regex;

use super::SyntaxError;

/// A word of an expression.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    /// Where it begins, in bytes from 0.
    pub offset: usize,
    pub kind: Kind<'a>,
}

#[derive(Clone, Debug)]
pub(super) enum Kind<'a> {
    /// `( ) : @ ,` anywhere; `-` and `*` where a word could begin.
    Operator(char),
    And,
    Or,
    /// `json`, or `"with blanks"` with its escapes resolved.
    Word(Cow<'a, str>),
    /// `/^json/`
    Expression(Regex),
    /// The expression is over.
    End,
}

/// Where an expression is being read. Cheap to copy: a copy looks ahead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'a> {
    whole: &'a str,
    rest: &'a str,
}

/// Whether `/` begins a regular expression or the key of a name's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expecting {
    Key,
    Value,
}

impl<'a> Tokens<'a> {
    pub fn new(expression: &'a str) -> Tokens<'a> {
        Tokens { whole: expression, rest: expression }
    }

    /// The error that what comes next is wrong, blanks passed over.
    pub fn error(&self, problem: impl Into<String>) -> SyntaxError {
        let offset = self.whole.len() - self.rest.trim_start().len();
        SyntaxError::new(self.whole, offset, problem)
    }

    /// The word that comes next, as it is written.
    pub fn next_text(&self) -> &'a str {
        let mut after = *self;
        after.skip_blanks();
        let start = after.rest;
        match after.next(Expecting::Key) {
            Ok(_) => &start[..start.len() - after.rest.len()],
            Err(_) => start,
        }
    }

    /// Takes the next word.
    ///
    /// # Errors
    /// A quote or a regular expression that does not end, or means nothing.
    pub fn next(&mut self, expecting: Expecting) -> Result<Token<'a>, SyntaxError> {
        self.skip_blanks();
        let offset = self.offset();
        let kind = match self.rest.chars().next() {
            None => Kind::End,
            Some(operator) if begins_operator(operator) => {
                self.rest = &self.rest[operator.len_utf8()..];
                Kind::Operator(operator)
            }
            Some('/') if expecting == Expecting::Value => self.regular_expression()?,
            Some('"') => self.quoted()?,
            Some(_) => self.bare(),
        };
        Ok(Token { offset, kind })
    }

    /// The word that follows without a blank, and where reading goes on behind it: `/n100` behind the star of `*/n100`.
    pub fn glued(&self) -> Option<(&'a str, Tokens<'a>)> {
        let end = self.rest.find(|c: char| c.is_whitespace() || is_operator(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        (!word.is_empty()).then_some((word, Tokens { rest, ..*self }))
    }

    fn offset(&self) -> usize {
        self.whole.len() - self.rest.len()
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Up to a blank or an operator. `-` and `*` within a word belong to it: `foo-bar`.
    fn bare(&mut self) -> Kind<'a> {
        let end = self.rest.find(|c: char| c.is_whitespace() || is_operator(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "AND" => Kind::And,
            "OR" => Kind::Or,
            _ => Kind::Word(word.into()),
        }
    }

    fn quoted(&mut self) -> Result<Kind<'a>, SyntaxError> {
        let bytes = self.rest.as_bytes();
        let end = (1..bytes.len()).find(|&index| bytes[index] == b'"' && bytes[index - 1] != b'\\');
        let Some(end) = end else { return Err(self.error("missing end quote")) };
        let Some(word) = unescape(&self.rest[1..end]) else { return Err(self.error("bad escape sequence")) };
        self.rest = &self.rest[end + 1..];
        Ok(Kind::Word(word))
    }

    fn regular_expression(&mut self) -> Result<Kind<'a>, SyntaxError> {
        let Some(length) = length_of_expression(&self.rest[1..]) else {
            return Err(self.error("missing close \"/\""));
        };
        let (text, after) = (&self.rest[1..=length], &self.rest[length + 2..]);
        let expression = Regex::new(text).map_err(|error| self.error(error.to_string()))?;
        let is_end = after.chars().next().is_none_or(|c| c.is_whitespace() || begins_operator(c));
        self.rest = after;
        if !is_end {
            return Err(self.error("regexp must be followed by space or an operator (unescaped \"/\"?)"));
        }
        Ok(Kind::Expression(expression))
    }
}

fn is_operator(character: char) -> bool {
    matches!(character, '(' | ')' | ':' | '@' | ',')
}

fn begins_operator(character: char) -> bool {
    is_operator(character) || matches!(character, '-' | '*')
}

/// How many bytes there are before the `/` that ends a regular expression: one outside of brackets.
fn length_of_expression(text: &str) -> Option<usize> {
    let (mut brackets, mut parentheses, mut escaped) = (0_usize, 0_i64, false);
    for (index, byte) in text.bytes().enumerate() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match byte {
            b'/' if brackets == 0 && parentheses == 0 => return Some(index),
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b'(' if brackets == 0 => parentheses += 1,
            b')' if brackets == 0 => parentheses -= 1,
            b'\\' => escaped = true,
            _ => {}
        }
    }
    None
}

/// What stands between double quotes in Go, with its escapes resolved. `None` where there is no such escape.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('\n') {
        return None;
    }
    if !text.contains('\\') {
        return Some(text.into());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(escape) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..escape]);
        let kind = *rest.as_bytes().get(escape + 1)?;
        let after = escape + 2;
        let (length, radix) = match kind {
            b'x' => (2, 16),
            b'u' => (4, 16),
            b'U' => (8, 16),
            b'0'..=b'7' => (3, 8),
            _ => (0, 0),
        };
        // The three digits of an octal number begin with the character behind the backslash.
        let start = if radix == 8 { after - 1 } else { after };
        if length == 0 {
            bytes.push(match kind {
                b'a' => 7,
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'v' => 11,
                b'\\' | b'"' => kind,
                _ => return None,
            });
        } else {
            let digits = rest.get(start..start + length)?;
            let digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(digits)?;
            let number = u32::from_str_radix(digits, radix).ok()?;
            match kind {
                b'u' | b'U' => bytes.extend_from_slice(char::from_u32(number)?.encode_utf8(&mut [0; 4]).as_bytes()),
                _ => bytes.push(u8::try_from(number).ok()?),
            }
        }
        rest = &rest[start + length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    // Names are UTF-8: what is not matches none of them.
    Some(String::from_utf8_lossy(&bytes).into_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_go() {
        #[track_caller]
        fn check(text: &str, expected: Option<&str>) {
            assert_eq!(unescape(text).as_deref(), expected, "for {text:?}");
        }
        check("plain", Some("plain"));
        check(r#"a \"b\" \\ \t"#, Some("a \"b\" \\ \t"));
        check(r"\x41\101é\U0001F600", Some("AAé😀"));
        check(r"\xc3\xa9", Some("é"));
        check(r"\q", None);
        check(r"\x4", None);
        check(r"\x+4", None);
        check(r"\400", None);
        check(r"\ud800", None);
        check("a\\", None);
        check("é\\xé", None);
    }

    #[test]
    fn a_slash_in_brackets_does_not_end_an_expression() {
        #[track_caller]
        fn check(text: &str, expected: Option<usize>) {
            assert_eq!(length_of_expression(text), expected, "for {text:?}");
        }
        check("abc/", Some(3));
        check("a[/]b/", Some(5));
        check("(a/b)/", Some(5));
        check(r"a\/b/", Some(4));
        check("a]/", Some(2));
        check("abc", None);
        check("(abc/", None);
        check("a)/", None); // below zero is not zero
    }
}
