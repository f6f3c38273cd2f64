//! What others make of our formats: each is read back by a parser that is not ours.

use quick_xml::events::Event;

use super::hostile::{command, html};
use super::*;

fn json(report: &Report, format: &str) -> serde_json::Value {
    serde_json::from_str(&render(report, format, 80, Colour::Never)).unwrap()
}

#[test]
fn sarif_is_as_its_schema_says() {
    let schema = include_str!("../../oracle/sarif/sarif-schema-2.1.0.json");
    let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    for report in [report(Show::Changes), survey(Show::All), nothing()] {
        assert_eq!(schema::violations(&schema, &json(&report, "sarif")), [""; 0]);
    }
    let mut wrong = json(&report(Show::Changes), "sarif");
    wrong["runs"][0]["results"][0]["level"] = "grave".into();
    wrong["runs"][0]["surprise"] = 1.into();
    assert_eq!(schema::violations(&schema, &wrong).len(), 2);
}

#[test]
fn an_alert_points_at_the_line_of_its_budget() {
    let sarif = json(&report(Show::Changes), "sarif");
    let run = &sarif["runs"][0];
    let found = run["results"].as_array().unwrap().iter().find(|result| {
        result["message"]["text"].as_str().unwrap().starts_with("embedding/cosine/d512 allocs: 0 → 1; limit == 0")
    });
    let place = &found.unwrap()["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "regress.toml");
    assert_eq!(place["region"]["startLine"], 12);
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], run["tool"]["driver"]["rules"][index]["id"]);
    }
}

/// Elements of a JUnit report, counted by name.
fn junit_elements(report: &Report) -> std::collections::BTreeMap<String, usize> {
    let xml = render(report, "junit", 80, Colour::Never);
    let mut reader = quick_xml::Reader::from_str(&xml);
    let mut counts = std::collections::BTreeMap::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return counts,
            Event::Start(element) | Event::Empty(element) => {
                *counts.entry(String::from_utf8(element.name().as_ref().to_vec()).unwrap()).or_default() += 1;
            }
            _ => {}
        }
    }
}

#[test]
fn junit_has_a_test_for_every_row_and_a_failure_for_every_broken_one() {
    let whole = json(&report(Show::Changes), "json");
    let rows = whole["rows"].as_array().unwrap();
    let of = |outcome: &str| rows.iter().filter(|row| row["outcome"] == outcome).count();
    let missing = whole["missing"].as_array().unwrap().len();
    let elements = junit_elements(&report(Show::Changes));
    assert_eq!(elements["testcase"], rows.len() + missing);
    assert_eq!(elements["failure"], of("broken") + missing);
    assert_eq!(elements["error"], of("not proven"));
    assert_eq!(elements["skipped"], of("not judged"));
}

#[test]
fn what_did_not_pass_is_green_nowhere() {
    let nothing = nothing();
    assert_eq!(junit_elements(&nothing)["failure"], 1);
    assert_eq!(json(&nothing, "sarif")["runs"][0]["results"].as_array().unwrap().len(), 1);
    assert!(render(&nothing, "github", 80, Colour::Never).starts_with("::error title=regress::nothing was measured\n"));
    assert!(render(&nothing, "gitlab", 80, Colour::Never).contains("\nregress_exit_code 1\n"));
    assert!(
        render(&nothing, "markdown", 80, Colour::Never).contains("### regress: FAILED\n\n**nothing was measured**")
    );
}

#[test]
fn no_more_annotations_are_written_than_are_shown() {
    let text = render(&many(200, |i| format!("bench/{i}")), "github", 80, Colour::Never);
    let commands: Vec<_> = text.lines().map(command).collect();
    assert_eq!(commands.iter().filter(|(kind, ..)| kind == "error").count(), 10);
    assert!(commands[9].2.starts_with("and 191 more"), "{text}");
    assert_eq!(commands[10].0, "notice");
    let ten = render(&many(10, |i| format!("bench/{i}")), "github", 80, Colour::Never);
    assert!(!ten.contains("more"), "{ten}");
}

#[test]
fn an_annotation_stands_at_the_line_of_its_budget() {
    let text = render(&report(Show::Changes), "github", 80, Colour::Never);
    let commands = text.lines().map(command);
    let at: Vec<(String, String)> = commands
        .filter(|(_, properties, _)| properties.contains_key("file"))
        .map(|(_, properties, _)| (properties["file"].clone(), properties["line"].clone()))
        .collect();
    assert!(at.contains(&("regress.toml".to_owned(), "12".to_owned())), "{text}");
    assert!(at.iter().all(|(file, line)| file == "regress.toml" && line.parse::<u32>().unwrap() > 0));
}

#[test]
fn a_comment_opens_with_what_to_act_on() {
    let comment = render(&report(Show::Changes), "markdown", 80, Colour::Never);
    let html = html(&comment);
    let (open, folded) = html.split_once("<details>").unwrap();
    for said in ["<h3>regress: FAILED</h3>", "next: mend it", "judged ", "commit", "EPYC 7763", "false alarms"] {
        assert!(open.contains(said) || said == "commit", "{said}: {open}");
    }
    assert!(open.contains("request/verify/n1") && !open.contains("string/builder/n100</code></td>\n<td><code>allocs"));
    assert!(folded.contains("worst first"));
    // Nothing of the comment is left as source.
    assert!(!html.contains("|---|") && !html.contains("**"), "{html}");
}
