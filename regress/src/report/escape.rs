//! Names and sentences come from other people's programs. One function per language they are written into.

use std::borrow::Cow;
use std::fmt::Write;

/// Control characters made visible: a name can neither move the cursor nor break a line nor turn text around.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            c if is_unprintable(c) => escaped.extend(c.escape_unicode()),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// Whether each byte is a character of ASCII with a shape, one column wide: most text is, and is seen to be so fast.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Characters that have no shape of their own, or change how others are shown.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' // zero width, and direction
            | '\u{2028}'..='\u{202e}' // line separators, and direction that is not closed
            | '\u{2060}'..='\u{206f}' // word joiner, invisible operators, isolates
            | '\u{feff}' // byte order mark
            | '\u{e0000}'..='\u{e007f}') // tags
}

/// Text between the markup of a GitHub comment: no element, no link, no mention, no broken table, no new line.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in terminal(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // An invisible character keeps `@team` from calling a team, and `#1` from being listed there.
            // A backslash or an entity does not: GitHub looks for them in the finished text.
            '@' | '#' => {
                escaped.push(c);
                escaped.push(WORD_JOINER);
            }
            // So that `https://…` and `www.…` are no links either.
            ':' => {
                escaped.push(c);
                escaped.extend(text.contains("://").then_some(WORD_JOINER));
            }
            c => escaped.push(c),
        }
    }
    escaped.replace("www.", "www\u{2060}.")
}

/// Invisible, and breaks no line.
const WORD_JOINER: char = '\u{2060}';

/// A name as code in a GitHub comment, also inside a table: nothing in it is markup or a mention.
pub(super) fn markdown_code(text: &str) -> String {
    let text = terminal(text);
    // A table is cut at its bars before code is looked for: https://github.github.com/gfm/#example-200
    let text = text.replace('|', "\\|");
    let fence = "`".repeat(longest_run_of_backticks(&text) + 1);
    let blank = text.trim().is_empty();
    // A space next to the fence is taken away on both sides, unless there is nothing else.
    let touches = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let space = if touches && !blank { " " } else { "" };
    let text = if text.is_empty() { " " } else { &text };
    format!("{fence}{space}{text}{space}{fence}")
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A field of CSV: quoting is done by the `csv` crate, so all that is left is one spelling for numbers that other
/// programs read. Infinities are `inf` and `-inf`.
pub(super) fn csv_number(number: f64) -> String {
    let mut text = String::new();
    // A `String` never refuses.
    let _ = write!(text, "{number}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(escape: impl Fn(&str) -> String, text: &str, expected: &str) {
        assert_eq!(escape(text), expected, "for {text:?}");
    }

    #[test]
    fn control_characters_are_visible_in_a_terminal() {
        let escape = |text: &str| terminal(text).into_owned();
        check(escape, "plain/ünïcode/日本", "plain/ünïcode/日本");
        check(escape, "a\nb\tc\r", "a\\nb\\tc\\r");
        check(escape, "\u{1b}[31mred", "\\u{1b}[31mred");
        check(escape, "\u{9b}31m", "\\u{9b}31m");
        check(escape, "abc\u{202e}cba", "abc\\u{202e}cba");
        check(escape, "", "");
    }

    #[test]
    fn text_is_no_markup_on_github() {
        check(markdown, "a|<img src=x>&", "a\\|&lt;img src=x&gt;&amp;");
        check(markdown, "@team #12", "@\u{2060}team #\u{2060}12");
        check(markdown, "[x](y) *b* _i_ `c` ~s~ $m$", "\\[x\\](y) \\*b\\* \\_i\\_ \\`c\\` \\~s\\~ \\$m\\$");
        check(markdown, "https://x.y www.x.y 10:30", "https:\u{2060}//x.y www\u{2060}.x.y 10:\u{2060}30");
        check(markdown, "regress.toml:7", "regress.toml:7");
        check(markdown, "two\nlines", "two\\\\nlines");
    }

    #[test]
    fn code_is_fenced_by_more_backticks_than_it_holds() {
        check(markdown_code, "plain", "`plain`");
        check(markdown_code, "a|b", "`a\\|b`");
        check(markdown_code, "a`b", "``a`b``");
        check(markdown_code, "``", "``` `` ```");
        check(markdown_code, " spaced ", "`  spaced  `");
        check(markdown_code, "two\nlines", "`two\\nlines`");
        check(markdown_code, "", "` `");
    }

    #[test]
    fn numbers_in_csv_are_read_by_others() {
        check(|_| csv_number(0.1), "", "0.1");
        check(|_| csv_number(f64::NEG_INFINITY), "", "-inf");
        check(|_| csv_number(1e-9), "", "0.000000001");
    }
}
