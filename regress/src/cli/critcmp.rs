use std::io::Write;
use std::path::PathBuf;

use clap::Args as ClapArgs;
use regex_lite::Regex;

use super::colour::ColourChoice;
use super::{Exit, Stop};
use crate::formats::estimates::{self, Baseline};
use crate::io::{self as world, Failure};
use crate::report::critcmp::{self, Benchmark};
use crate::report::visible;

/// critcmp's own arguments.
#[derive(ClapArgs)]
pub(super) struct CritcmpArgs {
    /// The baselines to compare, or files that --export wrote; all there are unless given
    #[arg(value_name = "BASELINE")]
    pub baselines_wanted: Vec<String>,
    /// List the baselines
    #[arg(long)]
    pub baselines: bool,
    /// Write all estimates of a baseline as JSON, for a file that can be compared later
    #[arg(long, value_name = "BASELINE")]
    pub export: Option<String>,
    /// Show benchmarks whose name matches
    #[arg(long, short, value_name = "REGEXP")]
    pub filter: Option<Regex>,
    /// Compare benchmarks with one another of which this captures the same
    #[arg(long, short, value_name = "REGEXP", value_parser = capturing)]
    pub group: Option<Regex>,
    /// Show comparisons whose slowest is slower than the fastest by more
    #[arg(long, short, value_name = "PERCENT")]
    pub threshold: Option<f64>,
    /// Show a list for each comparison, not a line
    #[arg(long)]
    pub list: bool,
    /// Look for criterion's results in this target directory
    ///
    /// Otherwise in what CARGO_TARGET_DIR names, else in the nearest `target` upwards.
    #[arg(long, value_name = "DIRECTORY")]
    pub target_dir: Option<PathBuf>,
    /// Use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColourChoice,
}

fn capturing(text: &str) -> Result<Regex, String> {
    let pattern = Regex::new(text).map_err(|error| error.to_string())?;
    match pattern.captures_len() {
        1 => Err("it captures nothing; put what compared benchmarks have in common into ( )".to_owned()),
        _ => Ok(pattern),
    }
}

pub(super) fn run(args: &CritcmpArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    let all = world::load_estimates(&args.baselines_wanted, args.target_dir.as_deref())?;
    if args.baselines {
        for baseline in &all {
            writeln!(out, "{}", visible(&baseline.name))?;
        }
        return Ok(Exit::FINE);
    }
    if let Some(name) = &args.export {
        let wanted = all.iter().find(|baseline| baseline.name == *name);
        let unknown =
            || Failure::new(format!("no baseline named `{name}`"), "`regress critcmp --baselines` lists them");
        out.write_all(&estimates::write_export(wanted.ok_or_else(unknown)?))?;
        return Ok(Exit::FINE);
    }
    let benchmarks: Vec<Benchmark> = all.iter().flat_map(benchmarks_of).collect();
    let mut groups = match &args.group {
        None => critcmp::by_name(&benchmarks, args.filter.as_ref()),
        Some(pattern) => critcmp::by_pattern(&benchmarks, args.filter.as_ref(), pattern),
    };
    if let Some(threshold) = args.threshold {
        groups.retain(|group| group.biggest_difference_percent() > threshold);
    }
    if groups.is_empty() {
        return Err(Failure::new("no benchmark is left to show", "take --filter, --group or --threshold away").into());
    }
    match args.list {
        true => critcmp::write_list(&groups, out)?,
        false => critcmp::write_columns(&groups, args.color.colour(), out)?,
    }
    Ok(Exit::FINE)
}

fn benchmarks_of(baseline: &Baseline) -> impl Iterator<Item = Benchmark<'_>> {
    baseline.benchmarks.iter().map(|(id, estimated)| Benchmark {
        baseline: &baseline.name,
        id,
        mean_nanoseconds: estimated.mean_nanoseconds(),
        deviation_nanoseconds: estimated.deviation_nanoseconds(),
        rate: estimated.rate(),
    })
}
