//! Names that are markup, commands, formulas or control sequences to somebody: every format takes them for names.
//!
//! Each format is read back by a parser that is not ours.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::XmlVersion;
use quick_xml::events::Event;
use regress::report::visible;

use super::*;

/// What benchmarks were called. Short ones: long ones are shortened, which has a test of its own.
fn names() -> Vec<String> {
    serde_json::from_str(include_str!("hostile-names.json")).unwrap()
}

/// Each of them as a benchmark that broke a rule; and as everything else that comes from outside.
fn hostile() -> Report {
    let everywhere = names().join(" ");
    let side = |label: &str, total| {
        let mut observations: Vec<Observation> = names().iter().map(|name| counted(name, "allocs", total, 1)).collect();
        for name in names() {
            let metric = Metric::custom(&name, Unit::Other(name.as_str().into()), Better::Lower);
            observations.push(observation("metrics", metric, Values::Exact(Exact::once(total)), &name));
        }
        let host = Host { cpu: everywhere.clone(), cores: 4, os: everywhere.clone() };
        let provenance = Provenance {
            commit: Some(Commit { hash: everywhere.clone(), dirty: false }),
            host: Some(host),
            toolchain: Some(everywhere.clone()),
            ..Provenance::default()
        };
        run(&format!("{label}{everywhere}"), provenance, observations)
    };
    let (old, new) = (side("old", 1), side("new", 2));
    let fields =
        [("benchmark", text("*")), ("metric", text("allocs")), ("limit", text("<= 1")), ("why", text(&everywhere))];
    let budgets = Budgets::from_entries(&[entry(3, &fields)]).unwrap();
    let policy = Policy::from(budgets);
    let options = Options::default();
    let selection = Selection::default();
    let mut new_with_warnings = new.clone();
    new_with_warnings.warnings = names().iter().map(|name| Warning::general(name.clone())).collect();
    let request = Request {
        comparisons: compare::compare(&old, &new, &options),
        old: Some(&old),
        new: &new_with_warnings,
        policy: &policy,
        options: &options,
        selection: &selection,
        unmeasured: vec![(BenchId::new(&format!("unmeasured {everywhere}")), everywhere.clone())],
    };
    let verdicts = policy::judge(request).unwrap();
    let side = |run: Run| Side { label: run.label, provenance: run.provenance };
    let context = context(Some(side(old)), side(new), Show::All);
    let context = Context { code: names(), config_path: Some(everywhere), title: "a--><b>".to_owned(), ..context };
    Report::new(verdicts, context)
}

fn rendered(format: &str) -> String {
    render(&hostile(), format, 400, Colour::Never)
}

/// As GitHub renders a comment, before it takes away what it thinks is dangerous.
pub(super) fn html(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.extension.alerts = true;
    options.render.r#unsafe = true;
    comrak::markdown_to_html(markdown, &options)
}

/// Elements of HTML as `(tag, text behind it)`, in order.
fn elements(html: &str) -> Vec<(&str, &str)> {
    html.split('<').skip(1).map(|piece| piece.split_once('>').unwrap_or((piece, ""))).collect()
}

fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Elements of the page for a browser, and of its plots.
const OF_THE_PAGE: &str = "!doctype html head meta title style script body main header footer h1 h2 h3 small p dl dt dd \
    ul li strong b code span div label input select option output button noscript table caption thead tbody tr th td \
    template figure figcaption svg line text polyline rect";

#[test]
fn a_page_has_no_element_and_no_attribute_of_a_name() {
    let page = rendered("html");
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    let (body, script) = body.rsplit_once("<script>").unwrap();
    assert!(script.ends_with("</script>\n</body>\n</html>\n"), "{script}");
    for (tag, _) in [head, body].into_iter().flat_map(elements) {
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        assert!(OF_THE_PAGE.split(' ').any(|ours| ours == name), "<{tag}>");
        assert!(!tag.contains(" on") && !tag.contains(" style=") && !tag.contains(" href="), "<{tag}>");
    }
    assert!(body.contains("&lt;img"), "the names are there");
}

#[test]
fn a_comment_holds_no_markup_but_its_own() {
    const OURS: &[&str] = &[
        "h3", "p", "strong", "em", "code", "table", "thead", "tbody", "tr", "th", "td", "br", "details", "summary",
        "ul", "li",
    ];
    let markdown = rendered("markdown");
    assert_eq!(markdown.matches("<!--").count(), 1, "one marker: {markdown}");
    assert!(markdown.starts_with("<!-- regress: a-b -->\n"), "{markdown}");
    let (_, html) = (markdown.split_once("-->").unwrap().0, html(&markdown));
    let (_, html) = html.split_once("-->").unwrap();
    for (tag, _) in elements(html) {
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        assert!(OURS.contains(&name), "<{tag}> in {html}");
        let attributes = tag.trim_start_matches('/').trim_start_matches(name).trim_matches([' ', '/']);
        assert!(attributes.is_empty() || attributes.starts_with("align="), "<{tag}> in {html}");
    }
}

#[test]
fn a_comment_calls_nobody_and_links_nothing() {
    let html = html(&rendered("markdown"));
    let mut is_code = false;
    let mut outside = String::new();
    for (tag, text) in elements(&html) {
        is_code = tag == "code" || (is_code && tag != "/code");
        if !is_code {
            outside.push_str(&unescaped(text));
        }
    }
    let pattern = regex_lite::Regex::new(r"@\w|#\d|(?i:gh-\d)|://|(?i:www\.)|:\w+:").unwrap();
    assert_eq!(pattern.find(&outside).map(|found| found.as_str()), None, "{outside}");
}

#[test]
fn every_name_is_a_cell_of_the_comment() {
    let report = many(names().len(), |i| names()[i].clone());
    let html = html(&render(&report, "markdown", 80, Colour::Never));
    let (_, listed) = html.split_once("worst first").unwrap();
    let elements = elements(listed);
    let mut cells = BTreeSet::new();
    for pair in elements.windows(2) {
        if let [("td", ""), ("code", text)] = pair {
            cells.insert(unescaped(text));
        }
    }
    for name in names() {
        // What looks like our marker is torn in two, and so is a backslash before a bar.
        let shown = visible(&name).replace("<!--", "<\u{2060}!--").replace("\\|", "\\\u{2060}|");
        assert!(cells.contains(&shown), "{shown:?} is not in {cells:#?}");
    }
    // No row of a table has more or fewer cells than its head.
    for table in html.split("<table>").skip(1) {
        let rows: Vec<usize> = table.split("<tr>").skip(1).map(|row| row.matches("</t").count()).collect();
        let cells: Vec<usize> = table
            .split("<tr>")
            .skip(1)
            .map(|row| row.matches("</td>").count() + row.matches("</th>").count())
            .collect();
        assert!(cells.iter().all(|count| *count == cells[0]), "{rows:?} {table}");
    }
}

#[test]
fn a_long_name_is_shortened_in_a_comment_and_whole_elsewhere() {
    let name = "x".repeat(10_000);
    let report = many(1, |_| name.clone());
    assert!(render(&report, "markdown", 80, Colour::Never).len() < 5_000);
    assert!(render(&report, "github", 80, Colour::Never).lines().all(|line| line.len() < 3_000));
    for format in ["json", "csv", "junit", "gitlab"] {
        assert!(render(&report, format, 80, Colour::Never).contains(&name), "{format}");
    }
}

#[test]
fn every_name_is_a_test_of_junit() {
    let xml = rendered("junit");
    let mut found = BTreeSet::new();
    let mut reader = quick_xml::Reader::from_str(&xml);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) if element.name().as_ref() == b"testcase" => {
                let name = element.try_get_attribute("name").unwrap().unwrap();
                found.insert(name.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned());
            }
            _ => {}
        }
    }
    for name in names() {
        let shown = visible(&name).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}");
        assert!(found.contains(&format!("{shown} allocs")), "{shown:?} is not in {found:#?}");
    }
    let forbidden =
        |c: char| matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    assert!(!xml.contains(forbidden));
}

#[test]
fn programs_read_every_name_as_it_is() {
    let json: serde_json::Value = serde_json::from_str(&rendered("json")).unwrap();
    let in_json: BTreeSet<&str> =
        json["rows"].as_array().unwrap().iter().map(|row| row["benchmark"].as_str().unwrap()).collect();
    assert!(names().iter().all(|name| in_json.contains(name.as_str())), "{in_json:#?}");

    let csv = rendered("csv");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let in_csv: BTreeSet<&str> = records.iter().map(|record| &record[0]).collect();
    for name in names() {
        assert!(in_csv.contains(name.as_str()) || in_csv.contains(format!("'{name}").as_str()), "{name:?}");
    }
    for field in records.iter().flat_map(csv::StringRecord::iter) {
        let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && field.parse::<f64>().is_err();
        assert!(!is_formula, "{field:?}");
    }
}

#[test]
fn every_name_is_in_an_alert_of_code_scanning() {
    let sarif: serde_json::Value = serde_json::from_str(&rendered("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let named: BTreeSet<&str> = results
        .iter()
        .filter_map(|result| result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].as_str())
        .collect();
    assert!(names().iter().all(|name| named.contains(&*visible(name))), "{named:#?}");
    let hashes: BTreeSet<&str> = results
        .iter()
        .map(|result| result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap())
        .collect();
    assert_eq!(hashes.len(), results.len(), "each alert is one of its own");
}

/// A workflow command as GitHub's runner takes it apart: `(kind, properties, data)`.
pub(super) fn command(line: &str) -> (String, BTreeMap<String, String>, String) {
    let (head, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (kind, properties) = head.split_once(' ').unwrap();
    let decoded = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
    let decoded = |text: &str| decoded(text).replace("%25", "%");
    let properties = properties.split(',').map(|property| property.split_once('=').unwrap());
    (kind.to_owned(), properties.map(|(key, value)| (key.to_owned(), decoded(value))).collect(), decoded(data))
}

#[test]
fn no_name_is_a_command_to_a_workflow() {
    for name in names() {
        let report = many(1, |_| name.clone());
        let commands: Vec<_> = render(&report, "github", 80, Colour::Never).lines().map(command).collect();
        let kinds: Vec<&str> = commands.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(kinds, ["error", "notice"], "{name:?}");
        let shown = format!("{name} allocs");
        assert_eq!(commands[0].1["title"], visible(&shown), "{name:?}");
    }
    for line in rendered("github").lines() {
        assert!(["error", "warning", "notice"].contains(&command(line).0.as_str()), "{line}");
    }
    // What is printed as a table runs through the same log.
    let report = hostile();
    for width in (60..200).step_by(7) {
        let table = render(&report, "table", width, Colour::Never);
        let obeyed = table.lines().find(|line| line.trim_start().starts_with("::") || line.contains("##["));
        assert_eq!(obeyed, None);
    }
}

#[test]
fn no_name_moves_the_cursor() {
    for format in RENDERERS.iter().filter(|renderer| !["json", "csv"].contains(&renderer.name)) {
        let text = rendered(format.name);
        let moved = text.chars().find(|c| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(moved, None, "{}", format.name);
    }
}

#[test]
fn every_name_is_a_label_of_openmetrics() {
    let text = rendered("gitlab");
    let mut labels = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name_ends = line.find(['{', ' ']).unwrap();
        assert!(line[..name_ends].chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
        let Some(rest) = line[name_ends..].strip_prefix("{benchmark=\"") else { continue };
        let (mut label, mut rest) = (String::new(), rest.chars());
        while let Some(c) = rest.next().filter(|c| *c != '"') {
            label.push(if c == '\\' { rest.next().unwrap() } else { c });
        }
        labels.insert(label);
        let (_, number) = line.rsplit_once(' ').unwrap();
        assert!(number.parse::<f64>().is_ok(), "{line}");
    }
    assert!(names().iter().all(|name| labels.contains(&*visible(name))), "{labels:#?}");
    assert_eq!(text.matches("# EOF\n").count(), 1 + text.matches("\\n# EOF\n").count());
    assert!(text.ends_with("# EOF\n"));
}
