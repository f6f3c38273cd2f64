//! Names and sentences come from other people's programs. One function per language they are written into.

use std::borrow::Cow;
use std::fmt::Write;

/// Control characters made visible: a name can neither move the cursor nor break a line nor turn text around. Nor is
/// it a command where a build server reads what is printed: GitHub obeys lines that begin with `::`, and `##[`
/// anywhere.
pub fn terminal(text: &str) -> Cow<'_, str> {
    let may_command = text.bytes().any(|byte| matches!(byte, b'#' | b':')); // hardly any cell of a table does
    let is_command =
        may_command && (text.contains("##[") || text.match_indices("::").any(|(at, _)| begins_a_word(text, at)));
    if !is_command && (is_plain(text) || !text.chars().any(is_unprintable)) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        match c {
            ':' if is_command && begins_a_word(text, at) && text[at..].starts_with("::") => escaped.push_str("\\u{3a}"),
            '[' if text[..at].ends_with("##") => escaped.push_str("\\u{5b}"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            c if is_unprintable(c) => escaped.extend(c.escape_unicode()),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// How many columns of a terminal a text takes that has been made [visible](terminal).
pub fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// A line may be broken before a word.
fn begins_a_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_none_or(char::is_whitespace)
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
    let text = terminal(text);
    for (at, c) in text.char_indices() {
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
            // So that `https://…` and `www.…` are no links either, and `:tada:` no picture.
            ':' => {
                escaped.push(c);
                let is_more = text[at..].starts_with("://") || begins_a_picture(&text[at..]);
                escaped.extend(is_more.then_some(WORD_JOINER));
            }
            // `GH-12` is a link as `#12` is.
            '-' if ends_with(&escaped, "gh") => escaped.extend([c, WORD_JOINER]),
            '.' if ends_with(&escaped, "www") => escaped.extend([WORD_JOINER, c]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Whether a text is `:tada:` and more.
fn begins_a_picture(text: &str) -> bool {
    let is_of_name = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '+' | '-');
    text.strip_prefix(':').is_some_and(|name| {
        let rest = name.trim_start_matches(is_of_name);
        rest.len() < name.len() && rest.starts_with(':')
    })
}

/// Text of [`markdown`] that begins a line: no item of a list, no rule, no code by its indent.
pub(super) fn markdown_line(escaped: &str) -> String {
    let line = escaped.trim_start();
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    if line.starts_with(['-', '+', '=']) || (rest.len() < line.len() && rest.starts_with(['.', ')'])) {
        let (number, rest) = line.split_at(line.len() - rest.len());
        return format!("{number}\\{rest}");
    }
    line.to_owned()
}

/// In letters of either case.
fn ends_with(text: &str, end: &str) -> bool {
    let tail = text.len().checked_sub(end.len()).and_then(|start| text.get(start..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// Invisible, and breaks no line.
const WORD_JOINER: char = '\u{2060}';

/// A name as code in a GitHub comment, also inside a table: nothing in it is markup or a mention.
pub(super) fn markdown_code(text: &str) -> String {
    let text = terminal(text);
    // A table is cut at its bars before code is looked for: https://github.github.com/gfm/#example-200
    // So that a backslash before a bar is not taken for one that escapes the next one.
    let text = text.replace("\\|", "\\\u{2060}|").replace('|', "\\|");
    // Whoever looks for the marker of a comment looks at its source, where code is not yet code.
    let text = text.replace("<!--", "<\u{2060}!--");
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

/// What a comment is found by: no end of a comment and no second marker is in it.
pub(super) fn marker(text: &str) -> String {
    let is_harmless = |c: &char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '.' | '/');
    let harmless: String = text.chars().map(|c| if is_harmless(&c) { c } else { '-' }).collect();
    harmless.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// A text of at most so many characters: the end of a name tells as much as its beginning, so the middle goes.
pub(super) fn shortened(text: &str, longest: usize) -> Cow<'_, str> {
    let count = text.chars().count();
    if count <= longest {
        return Cow::Borrowed(text);
    }
    let (head, tail) = (longest * 2 / 3, longest - longest * 2 / 3 - 1);
    let characters = || text.chars();
    Cow::Owned(characters().take(head).chain(['…']).chain(characters().skip(count - tail)).collect())
}

/// Text of XML: the `quick-junit` crate escapes what is markup, but drops what may not stand in XML at all.
pub(super) fn xml(text: &str) -> String {
    terminal(text).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}

/// What stands behind `::` in a workflow command of GitHub.
pub(super) fn workflow_data(text: &str) -> String {
    terminal(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a workflow command.
pub(super) fn workflow_property(text: &str) -> String {
    workflow_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A path in this tree as a relative reference: <https://www.rfc-editor.org/rfc/rfc3986#section-4.2>.
pub(super) fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            byte => {
                // A `String` never refuses.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// A name of OpenMetrics: letters, digits and `_`, no digit first.
pub(super) fn metric_name(text: &str) -> String {
    let name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("metric_{name}") }
}

/// The value of a label of OpenMetrics, between its quotes.
pub(super) fn metric_label(text: &str) -> String {
    terminal(text).replace('\\', "\\\\").replace('"', "\\\"")
}

/// A text in CSV that no spreadsheet takes for a formula: an apostrophe stands before what would be one.
///
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>
pub(super) fn csv_text(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// Text in an element or between the quotes of an attribute of HTML, with control characters made visible.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in terminal(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
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
    fn nothing_is_a_command_to_whoever_reads_a_log() {
        let escape = |text: &str| terminal(text).into_owned();
        check(escape, "::error::x", "\\u{3a}:error::x");
        check(escape, "  ::add-mask::x", "  \\u{3a}:add-mask::x");
        check(escape, "a ##[command]x", "a ##\\u{5b}command]x");
        check(escape, "a ::error::x", "a \\u{3a}:error::x");
        check(escape, "vec::push #[a] ", "vec::push #[a] ");
        check(workflow_data, "50 % of\n::x:: a,b", "50 %25 of\\n\\u{3a}:x:: a,b");
        check(workflow_property, "a::b,c=50%", "a%3A%3Ab%2Cc=50%25");
    }

    #[test]
    fn a_marker_holds_no_end_of_a_comment() {
        check(marker, "linux/x86_64 0.1", "linux/x86_64 0.1");
        check(marker, "a--><!-- b", "a- b");
        check(marker, "a-b", "a-b");
    }

    #[test]
    fn long_texts_lose_their_middle() {
        let escape = |text: &str| shortened(text, 7).into_owned();
        check(escape, "abcdefg", "abcdefg");
        check(escape, "abcdefgh", "abcd…gh");
        check(escape, "äöüßäöüß", "äöüß…üß");
    }

    #[test]
    fn no_character_is_left_that_xml_forbids() {
        check(xml, "a<b>&\u{0}\u{fffe}", "a<b>&\\u{0}\\u{fffe}");
    }

    #[test]
    fn metrics_have_names_and_labels_that_openmetrics_takes() {
        check(metric_name, "alloc-bytes", "alloc_bytes");
        check(metric_name, "99th", "metric_99th");
        check(metric_name, "", "metric_");
        check(metric_label, "a\"b\\c\nd", "a\\\"b\\\\c\\\\nd");
    }

    #[test]
    fn paths_are_references() {
        check(uri, "ci/regress.toml", "ci/regress.toml");
        check(uri, "a b\\c:ü.toml", "a%20b/c%3A%C3%BC.toml");
    }

    #[test]
    fn no_text_in_csv_is_a_formula() {
        check(csv_text, "=cmd()", "'=cmd()");
        check(csv_text, "@x", "'@x");
        check(csv_text, "sort/small", "sort/small");
    }

    #[test]
    fn text_is_no_markup_on_github() {
        check(markdown, "a|<img src=x>&", "a\\|&lt;img src=x&gt;&amp;");
        check(markdown, "@team #12", "@\u{2060}team #\u{2060}12");
        check(markdown, "[x](y) *b* _i_ `c` ~s~ $m$", "\\[x\\](y) \\*b\\* \\_i\\_ \\`c\\` \\~s\\~ \\$m\\$");
        check(markdown, "https://x.y www.x.y 10:30", "https:\u{2060}//x.y www\u{2060}.x.y 10:30");
        check(markdown, "regress.toml:7", "regress.toml:7");
        check(markdown, ":tada: GH-12 WWW.x.y", ":\u{2060}tada: GH-\u{2060}12 WWW\u{2060}.x.y");
        check(markdown, "two\nlines", "two\\\\nlines");
    }

    #[test]
    fn a_line_is_no_item_of_a_list() {
        check(markdown_line, "1. item", "1\\. item");
        check(markdown_line, "- item", "\\- item");
        check(markdown_line, "    10 ns", "10 ns");
        check(markdown_line, "1.5 ms", "1\\.5 ms");
    }

    #[test]
    fn code_is_fenced_by_more_backticks_than_it_holds() {
        check(markdown_code, "plain", "`plain`");
        check(markdown_code, "a|b", "`a\\|b`");
        check(markdown_code, "a\\|b", "`a\\\u{2060}\\|b`");
        check(markdown_code, "a`b", "``a`b``");
        check(markdown_code, "``", "``` `` ```");
        check(markdown_code, " spaced ", "`  spaced  `");
        check(markdown_code, "two\nlines", "`two\\nlines`");
        check(markdown_code, "", "` `");
        check(markdown_code, "<!-- regress: x -->", "`<\u{2060}!-- regress: x -->`");
    }

    #[test]
    fn numbers_in_csv_are_read_by_others() {
        check(|_| csv_number(0.1), "", "0.1");
        check(|_| csv_number(f64::NEG_INFINITY), "", "-inf");
        check(|_| csv_number(1e-9), "", "0.000000001");
    }
}
