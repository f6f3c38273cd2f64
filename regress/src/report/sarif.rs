//! Findings as code scanning reads them: SARIF 2.1.0, a result for each broken or unproven rule, at the line of the
//! budget it comes from.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::io::{self, Write};

use serde::Serialize;

use super::escape;
use super::problems::{Gravity, NOTHING_JUDGED, Problem, WAIVER, problems};
use super::view::Report;
use super::{Renderer, Style, words};
use crate::policy::RULES;

pub(super) const RENDERER: Renderer = Renderer {
    name: "sarif",
    what: "For code scanning: broken and unproven rules at the lines of their budgets (SARIF 2.1.0)",
    draws: |_| false,
    is_whole: false,
    render,
};

fn render(report: &Report, _: &Style, mut out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, &Log::of(report))?;
    writeln!(out)
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: AutomationDetails,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<Found>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text,
}

/// Which of several gates of one commit this is.
#[derive(Serialize)]
struct AutomationDetails {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
}

/// What keeps an alert the same one from run to run. GitHub would take the line of the file alone, and many benchmarks
/// are judged by one line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints {
    primary_location_line_hash: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl Text {
    fn of(text: &str) -> Text {
        Text { text: escape::terminal(text).into_owned() }
    }
}

impl Log {
    fn of(report: &Report) -> Log {
        let driver = Driver { name: "regress", semantic_version: env!("CARGO_PKG_VERSION"), rules: rules() };
        let warnings = report.warnings.iter();
        let notifications =
            warnings.map(|note| Notification { level: "warning", message: Text::of(&words::warning(note)) });
        let invocation = Invocation {
            execution_successful: true,
            exit_code: report.conclusion.exit_code(),
            tool_execution_notifications: notifications.collect(),
        };
        let run = Run {
            tool: Tool { driver },
            automation_details: AutomationDetails { id: format!("{}/", report.context.title) },
            invocations: [invocation],
            column_kind: "utf16CodeUnits",
            results: problems(report).iter().map(|problem| Found::of(report, problem)).collect(),
        };
        Log {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [run],
        }
    }
}

/// The kinds of rules, and behind them what no budget says; nothing judged comes last.
fn rules() -> Vec<Rule> {
    let rules = RULES.iter().map(|info| (info.key, info.what));
    let rules = rules.chain([
        (WAIVER, "Demands that a waiver excuses what it was written for"),
        (NOTHING_JUDGED, "Demands that something was measured and judged"),
    ]);
    rules.map(|(id, what)| Rule { id, short_description: Text::of(what) }).collect()
}

impl Found {
    fn of(report: &Report, problem: &Problem) -> Found {
        let subject = problem.subject();
        let text = if subject.is_empty() { problem.text.clone() } else { format!("{subject}: {}", problem.text) };
        let rule_id = problem.rule_name;
        let what = if subject.is_empty() { &problem.text } else { &subject };
        Found {
            rule_id,
            rule_index: rules().iter().position(|rule| rule.id == rule_id).unwrap_or(RULES.len() + 1),
            level: match problem.gravity {
                Gravity::Broken => "error",
                Gravity::NotProven => "warning",
            },
            message: Text::of(&text),
            locations: locations(report, problem),
            partial_fingerprints: Fingerprints {
                primary_location_line_hash: format!("{:016x}:1", hash(&format!("{rule_id} {what}"))),
            },
        }
    }
}

/// The budget's line. A built-in rule has none: its file is where a budget that says otherwise would stand.
fn locations(report: &Report, problem: &Problem) -> Vec<Location> {
    let physical_location = report.context.config_place().map(|path| PhysicalLocation {
        artifact_location: ArtifactLocation { uri: escape::uri(path) },
        region: Region { start_line: problem.line_number.unwrap_or(1) },
    });
    let name = |benchmark: &String| LogicalLocation {
        fully_qualified_name: escape::terminal(benchmark).into_owned(),
        kind: "function",
    };
    let logical_locations: Vec<LogicalLocation> = problem.benchmark.iter().map(name).collect();
    match physical_location.is_none() && logical_locations.is_empty() {
        true => Vec::new(),
        false => vec![Location { physical_location, logical_locations }],
    }
}

/// FNV-1a of 64 bits: the same on every machine and in every version.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9923>
fn hash(text: &str) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    text.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_its_specification() {
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
    }
}
