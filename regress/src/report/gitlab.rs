//! The numbers of the new side, for GitLab to set beside those of the target branch in a merge request
//! (`artifacts:reports:metrics`); anything else that reads OpenMetrics can take them as well.
//!
//! Source: <https://prometheus.io/docs/specs/om/open_metrics_spec/>

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::escape;
use super::line::Line;
use super::view::Report;
use super::{Renderer, Style};
use crate::model::Standing;
use crate::unit::Unit;

pub(super) const RENDERER: Renderer = Renderer {
    name: "gitlab",
    what: "For GitLab's merge requests: metrics report (OpenMetrics text)",
    draws: |_| false,
    is_whole: false,
    render,
};

fn render(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let counts = &report.counts;
    let tallies = [
        ("regress_exit_code", "0 nothing broke, 1 a verdict, 3 not proven", usize::from(report.conclusion.exit_code())),
        ("regress_rules_broken", "Rules that are broken, once for each row", counts.rules_broken),
        ("regress_rules_not_proven", "Rules whose proof is missing, once for each row", counts.rules_not_proven),
        ("regress_rules_passed", "Rules that are kept, once for each row", counts.rules_passed),
        ("regress_benchmarks", "Benchmarks on either side", counts.benchmarks),
    ];
    for (name, help, number) in tallies {
        writeln!(out, "# TYPE {name} gauge\n# HELP {name} {help}\n{name} {number}")?;
    }
    for (Family { name, unit }, samples) in families(report) {
        writeln!(out, "# TYPE {name} gauge")?;
        if let Some(unit) = unit {
            writeln!(out, "# UNIT {name} {unit}")?;
        }
        samples.iter().try_for_each(|sample| writeln!(out, "{name}{sample}"))?;
    }
    writeln!(out, "# EOF")
}

/// The samples that stand under one name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Family {
    name: String,
    unit: Option<&'static str>,
}

/// The new side's number of every headline, by family and name of the benchmark.
fn families(report: &Report) -> BTreeMap<Family, Vec<String>> {
    let mut families: BTreeMap<Family, Vec<String>> = BTreeMap::new();
    let headlines = report.lines.iter().filter(|line| line.row.comparison.metric.standing == Standing::Headline);
    for line in headlines {
        if let Some(sample) = sample(line) {
            families.entry(family(line)).or_default().push(sample);
        }
    }
    families.values_mut().for_each(|samples| samples.sort());
    families
}

/// `time_seconds`, `alloc_bytes`, `allocs`: the unit ends the name, as OpenMetrics wants it.
fn family(line: &Line) -> Family {
    let metric = &line.row.comparison.metric;
    let unit = match metric.unit {
        Unit::Seconds => Some("seconds"),
        Unit::Bytes => Some("bytes"),
        Unit::BytesPerSecond => Some("bytes_per_second"),
        Unit::PerSecond => Some("per_second"),
        Unit::Count | Unit::Other(_) => None,
    };
    let name = escape::metric_name(&metric.name);
    match unit {
        Some(unit) if name != unit && !name.ends_with(&format!("_{unit}")) => {
            Family { name: format!("{name}_{unit}"), unit: Some(unit) }
        }
        unit => Family { name, unit },
    }
}

/// `{benchmark="sort/small"} 1.5`. A metric whose name had to be changed is named once more.
fn sample(line: &Line) -> Option<String> {
    let row = &line.row.comparison;
    let number = escape::csv_number(row.new_side()?.center.point);
    let metric = match is_common(&row.metric.name) {
        true => String::new(),
        false => format!(",metric=\"{}\"", escape::metric_label(&row.metric.name)),
    };
    Some(format!("{{benchmark=\"{}\"{metric}}} {number}", escape::metric_label(row.id.as_str())))
}

/// Whether no other such name becomes the same family.
fn is_common(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}
