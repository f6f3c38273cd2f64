//! Changes to `regress.toml` that leave every other byte as it is: comments, order, spaces, ends of lines.
//!
//! The parser says from where to where a value stands; only those bytes are replaced.

use std::ops::Range;
use std::path::{Path, PathBuf};

use similar::TextDiff;
use toml::de::{DeTable, DeValue};

use super::entries::Lines;
use super::{Occasion, parse};
use crate::io::error::Failure;
use crate::io::project::Project;
use crate::io::replace;
use crate::policy::Proposal;

/// A configuration file that is to be changed.
#[derive(Debug)]
pub struct ConfigFile {
    path: PathBuf,
    shown: String,
    text: String,
}

/// A value of a `[[budget]]` that is to be another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The line of the `[[budget]]`, from 1.
    pub line_number: usize,
    /// The key. One that is not there yet is written behind `limit`.
    pub key: &'static str,
    /// The text that it is to have.
    pub value: String,
}

/// Bytes of the file, and what is to stand there.
type Splice = (Range<usize>, String);

impl ConfigFile {
    /// Reads the file.
    ///
    /// # Errors
    /// What the system refused, with the file's name.
    pub fn read(path: &Path, project: &Project) -> Result<ConfigFile, Failure> {
        let shown = project.shown(path);
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::new(format!("{shown}: {error}"), "check the path, or leave --config out"))?;
        Ok(ConfigFile { path: path.to_owned(), shown, text })
    }

    /// The text with these changes. What is changed is still a configuration.
    ///
    /// # Errors
    /// A budget that cannot be told from another one; a file that makes no sense, before or after.
    pub fn with(&self, changes: &[Change]) -> Result<String, Failure> {
        let mut splices = changes.iter().map(|change| self.splice(change)).collect::<Result<Vec<_>, _>>()?;
        splices.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let mut text = self.text.clone();
        for (range, value) in splices {
            text.replace_range(range, &value);
        }
        parse(&text, &self.shown, &Occasion::plain())?;
        Ok(text)
    }

    /// What would become of the file, as `patch` and `git apply` read it; empty when nothing would.
    pub fn patch(&self, new: &str) -> String {
        if self.text == new {
            return String::new();
        }
        let diff = TextDiff::from_lines(self.text.as_str(), new);
        let is_below = !(self.shown.starts_with("..") || Path::new(&self.shown).is_absolute());
        let side = |letter: &str| if is_below { format!("{letter}/{}", self.shown) } else { self.shown.clone() };
        diff.unified_diff().header(&side("a"), &side("b")).to_string()
    }

    /// Replaces the file: all of it or nothing.
    ///
    /// # Errors
    /// What the system refused, with the file's name.
    pub fn write(&self, new: &str) -> Result<(), Failure> {
        replace::file(&self.path, new.as_bytes())
    }

    /// As the user would type it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    fn splice(&self, change: &Change) -> Result<Splice, Failure> {
        let lines = Lines::of(&self.text);
        let table = DeTable::parse(&self.text).map_err(|error| {
            Failure::new(format!("{}: {}", self.shown, error.message()), "the file has to be TOML: https://toml.io")
        })?;
        let budgets = match table.get_ref().get("budget").map(|budgets| budgets.get_ref()) {
            Some(DeValue::Array(budgets)) => budgets.iter().collect(),
            _ => Vec::new(),
        };
        let on_line = budgets.iter().filter(|budget| lines.number(budget.span().start) == change.line_number);
        let [budget] = on_line.collect::<Vec<_>>()[..] else {
            let problem = format!("{}:{}: several budgets stand on this line", self.shown, change.line_number);
            return Err(Failure::new(problem, "give each a [[budget]] of its own"));
        };
        let DeValue::Table(keys) = budget.get_ref() else {
            let problem = format!("{}:{}: a budget has to be a table", self.shown, change.line_number);
            return Err(Failure::new(problem, "write [[budget]] and its keys below"));
        };
        let span = |key: &str| {
            let (key, value) = keys.iter().find(|(known, _)| known.get_ref() == key)?;
            Some((key.span(), value.span()))
        };
        let quoted = quoted(&change.value);
        if let Some((_, value)) = span(change.key) {
            return Ok((value, quoted));
        }
        let Some((limit_key, limit)) = span("limit") else {
            let problem = format!("{}:{}: this [[budget]] has no limit", self.shown, change.line_number);
            return Err(Failure::new(problem, "name a budget with a limit"));
        };
        let is_inline = self.text[budget.span()].starts_with('{');
        Ok(match is_inline {
            true => (limit.end..limit.end, format!(", {} = {quoted}", change.key)),
            false => self.line_behind(limit_key, limit, change.key, &quoted),
        })
    }

    /// A line of its own behind that of another key, set out like it.
    fn line_behind(&self, key: Range<usize>, value: Range<usize>, new: &str, quoted: &str) -> Splice {
        let line_start = self.text[..key.start].rfind('\n').map_or(0, |at| at + 1);
        let indent = &self.text[line_start..key.start];
        let equals = self.text[key.start..value.start].find('=').unwrap_or(key.len() + 1);
        let line = format!("{indent}{new:<equals$}= {quoted}");
        match self.text[value.end..].find('\n') {
            Some(at) => {
                let end = value.end + at;
                let line_end = if self.text[..end].ends_with('\r') { "\r\n" } else { "\n" };
                (end + 1..end + 1, format!("{line}{line_end}"))
            }
            None => (self.text.len()..self.text.len(), format!("\n{line}\n")),
        }
    }
}

/// Where a first configuration file is to be: `wanted`, else `regress.toml` here.
///
/// # Errors
/// There is one already, here or, where no file is named, further up: the new one would hide it.
pub fn place_of_first(wanted: Option<&Path>, project: &Project) -> Result<PathBuf, Failure> {
    let there = match wanted {
        Some(path) => Some(path.to_owned()).filter(|path| path.symlink_metadata().is_ok()),
        None => super::find(None, project),
    };
    match there {
        Some(path) => Err(Failure::new(
            format!("{} is there already", project.shown(&path)),
            "`regress budget tighten` lowers its limits; without --write the proposal is only shown",
        )),
        None => Ok(wanted.map_or_else(|| project.directory.join("regress.toml"), Path::to_owned)),
    }
}

/// A text as TOML has it, on one line: what JSON escapes and how is understood here as well.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is always JSON").replace('\u{7f}', "\\u007F")
}

/// A first configuration file.
///
/// * `heading`: what stands on top, a comment line each.
pub fn file_of(heading: &[String], proposals: &[Proposal]) -> String {
    let mut text: String = heading.iter().map(|line| comment(line)).collect();
    for Proposal { comments, benchmark, metric, rules } in proposals {
        text.push('\n');
        text.extend(comments.iter().map(|line| comment(line)));
        if rules.is_empty() {
            continue;
        }
        text.push_str(&format!("[[budget]]\nbenchmark   = {}\nmetric      = {}\n", quoted(benchmark), quoted(metric)));
        for (key, value) in rules {
            let value = if *key == "min_samples" { value.clone() } else { quoted(value) };
            text.push_str(&format!("{key:<11} = {value}\n"));
        }
    }
    text
}

/// A line of comment: a name with an end of line in it does not leave it.
fn comment(line: &str) -> String {
    let harmless: String =
        line.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect();
    if harmless.is_empty() { "#\n".to_owned() } else { format!("# {harmless}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ConfigFile {
        ConfigFile { path: "regress.toml".into(), shown: "regress.toml".to_owned(), text: text.to_owned() }
    }

    fn change(line_number: usize, key: &'static str, value: &str) -> Change {
        Change { line_number, key, value: value.to_owned() }
    }

    #[track_caller]
    fn check(text: &str, changes: &[Change], expected: &str) {
        assert_eq!(file(text).with(changes).expect("it stays a configuration"), expected);
    }

    #[test]
    fn only_the_value_is_replaced() {
        let limit = [change(2, "limit", "<= 7")];
        check(
            "# a\n[[budget]] # b\nlimit   =  \"< 10\"   # c\nmetric = 'allocs'\nbenchmark=\"a\" # d\n\n# e",
            &limit,
            "# a\n[[budget]] # b\nlimit   =  \"<= 7\"   # c\nmetric = 'allocs'\nbenchmark=\"a\" # d\n\n# e",
        );
        check(
            "\r\n[[budget]]\r\nbenchmark = \"a\"\r\nmetric = \"allocs\"\r\nlimit = '< 10'\r\n",
            &limit,
            "\r\n[[budget]]\r\nbenchmark = \"a\"\r\nmetric = \"allocs\"\r\nlimit = \"<= 7\"\r\n",
        );
        check(
            "\nbudget = [{ benchmark = \"a\", metric = \"allocs\", limit = \"< 10\" }]\n",
            &limit,
            "\nbudget = [{ benchmark = \"a\", metric = \"allocs\", limit = \"<= 7\" }]\n",
        );
    }

    #[test]
    fn a_reason_is_written_behind_the_limit() {
        let both = [change(1, "limit", "<= 12"), change(1, "why", "a \"cache\"\nof its own")];
        let head = "[[budget]]\n  benchmark = \"a\"\n  metric    = \"allocs\"\n  limit     = ";
        let check = |before: &str, after: &str| {
            let text = file(&format!("{head}{before}")).with(&both).expect("it stays a configuration");
            assert_eq!(text, format!("{head}{after}"));
        };
        check("\"< 10\" # so far\n", "\"<= 12\" # so far\n  why       = \"a \\\"cache\\\"\\nof its own\"\n");
        check("\"< 10\"\n  why       = \"old\"\n", "\"<= 12\"\n  why       = \"a \\\"cache\\\"\\nof its own\"\n");
        check("\"< 10\"", "\"<= 12\"\n  why       = \"a \\\"cache\\\"\\nof its own\"\n");
        assert_eq!(
            file("budget = [{ benchmark = \"a\", metric = \"allocs\", limit = \"< 1\" }]")
                .with(&[change(1, "why", "so")])
                .expect("it stays a configuration"),
            "budget = [{ benchmark = \"a\", metric = \"allocs\", limit = \"< 1\", why = \"so\" }]"
        );
    }

    #[test]
    fn what_cannot_be_told_apart_or_makes_no_sense_is_refused() {
        #[track_caller]
        fn check(text: &str, change: Change, expected: &str) {
            let failure = file(text).with(&[change]).expect_err("it is refused");
            assert_eq!(failure.messages()[0].problem, expected);
        }
        let one = "{ benchmark = \"a\", metric = \"allocs\", limit = \"< 1\" }";
        check(
            &format!("budget = [{one}, {one}]"),
            change(1, "limit", "<= 0"),
            "regress.toml:1: several budgets stand on this line",
        );
        check(
            &format!("budget = [{one}]"),
            change(1, "limit", "<= 1 ms"),
            "regress.toml:1: `limit`: `1 ms` is in seconds (`ns`, `us`, `ms`, `s`), but allocs is measured in plain counts (no unit)",
        );
    }

    #[test]
    fn a_name_does_not_leave_its_comment_or_its_quotes() {
        let proposal = Proposal {
            comments: vec!["a\n[[budget]]: 3".to_owned()],
            benchmark: "a\"\n[[budget]]".to_owned(),
            metric: "allocs".to_owned(),
            rules: vec![("limit", "<= 3".to_owned())],
        };
        let text = file_of(&["heading".to_owned()], &[proposal]);
        assert!(text.starts_with("# heading\n\n# a\\n[[budget]]: 3\n[[budget]]\n"), "{text}");
        let settings = parse(&text, "regress.toml", &Occasion::plain()).expect("it is a configuration");
        let written = settings.policy.budgets.iter().next_back().expect("there is one");
        assert_eq!(written.scope.benchmark.to_string(), "a\"\n[[budget]]");
    }
}
