use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::policy::{Day, did_you_mean};
use crate::signoff::{CHECKS, Evidence};
use crate::unit::parse_percent;

#[derive(Args)]
#[command(after_help = WHAT_IS_KEPT_IS_LONG, after_long_help = WHAT_IS_KEPT)]
pub(in crate::cli) struct SignoffArgs {
    /// The last release and this one, as kept results
    ///
    /// This one alone for a first release: it is held against absolute budgets only.
    #[arg(value_name = "RESULTS", num_args = 1..=2, required_unless_present = "verify")]
    pub results: Vec<String>,
    /// Sign off this release: v1.2.0
    #[arg(long, value_name = "NAME", required_unless_present = "verify", value_parser = release)]
    pub release: Option<String>,
    /// Make this sign-off again, and say what differs
    ///
    /// Exits with 1 when anything does: a file that changed, a number, a document beside it, a signature. It looks for the
    /// files where the sign-off named them, seen from here.
    #[arg(long, value_name = "FILE", conflicts_with_all = MAKING)]
    pub verify: Option<PathBuf>,
    /// Compare with the best of these runs as well
    ///
    /// A kept run, or a directory of them. May be given several times. Runs whose times are of another machine do not take
    /// part with their times.
    #[arg(long, value_name = "RESULTS")]
    pub history: Vec<String>,
    /// Fail when a row is worse than its best by more
    ///
    /// Small losses that each release allowed add up: +10% bounds their sum. Only what the evidence shows counts.
    #[arg(long, value_name = "PERCENT", value_parser = creep, requires = "history")]
    pub creep: Option<String>,
    /// Answer for a line of the checklist with a file
    ///
    /// For what no measurement shows: cpu-profile=cpu.svg, memory-profile=heap.json, tests=tests.log. The file is hashed,
    /// and nobody judges what is in it.
    #[arg(long, value_name = "CHECK=FILE", value_parser = evidence)]
    pub evidence: Vec<Evidence>,
    /// Fail when this line is not measured
    ///
    /// May be given several times: --require p99 --require tests.
    #[arg(long, value_name = "CHECK", value_parser = check_names(), hide_possible_values = true)]
    pub require: Vec<String>,
    /// Sign the JSON with this SSH key
    ///
    /// The signature lies beside it, STEM.json.sig, as `ssh-keygen -Y sign -n regress-signoff` writes it. A public key will
    /// do when ssh-agent holds its private one.
    #[arg(long, value_name = "KEY")]
    pub sign: Option<PathBuf>,
    /// Ask --verify for a signature of one of these
    ///
    /// A line for each: NAME KEY; see ALLOWED SIGNERS in man ssh-keygen.
    #[arg(long, value_name = "FILE", requires = "verify")]
    pub allowed_signers: Option<PathBuf>,
    /// Write STEM.json, STEM.md and STEM.html
    ///
    /// signoff-RELEASE unless given.
    #[arg(long, short, value_name = "STEM")]
    pub output: Option<String>,
    /// Read budgets from this file, not from regress.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Judge as this profile of regress.toml says
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Do without a metric that nobody can measure here
    #[arg(long, value_name = "NAME")]
    pub without: Vec<String>,
    /// Sign off as of this day, not of today
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Day::parse, hide_short_help = true)]
    pub today: Option<Day>,
}

/// What is of no use to `--verify`: the document says it.
const MAKING: [&str; 12] = [
    "results", "release", "history", "creep", "evidence", "require", "sign", "output", "config", "profile", "without",
    "today",
];

const WHAT_IS_KEPT_IS_LONG: &str = "What the documents rest on: see --help";

const WHAT_IS_KEPT: &str = "\
Results are files that stay, so that anybody can compute it all again:
  regress record v1.2.0            after measuring; commit baselines/v1.2.0.json
  regress signoff --release v1.2.0 --history baselines/releases v1.1.0 v1.2.0
  regress signoff --verify signoff-v1.2.0.json
The JSON holds the SHA-256 of each file, of the budgets and of this program. It
is the same to the byte whenever it is made again; Markdown and HTML say the
same. The checklist has a line for each of
  baseline commit coverage environment settings armed judged allocations
  instructions time p99 regressions best goals growth leaks contention steady null-run
  false-alarms waivers cpu-profile memory-profile tests
with `pass`, `fail`, `not measured` or `not applicable`, its number and its file.

Which line a metric is of tells its name, or a word of it in other tools' names:
  p99          time-p99         p99 q99 p999 q999
  leaks        leaked-bytes     live leak leaks leaked
  contention   contended        lock locks contention contended mutex blocked";

fn release(text: &str) -> Result<String, String> {
    match text.trim().is_empty() || text.chars().any(char::is_control) {
        true => Err("write the name of a release: v1.2.0".to_owned()),
        false => Ok(text.to_owned()),
    }
}

fn creep(text: &str) -> Result<String, String> {
    match parse_percent(text)? {
        ratio if ratio >= 1.0 => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is negative; write how much worse than its best a row may be: +10%")),
    }
}

fn evidence(text: &str) -> Result<Evidence, String> {
    let (check, path) = text.split_once('=').ok_or("write CHECK=FILE: cpu-profile=cpu.svg")?;
    if CHECKS.iter().all(|known| known.name != check) {
        let meant = did_you_mean(check, CHECKS.iter().map(|known| known.name));
        return Err(format!("`{check}` is no line of the checklist; {meant}see --help"));
    }
    match path.is_empty() {
        true => Err(format!("which file? {check}=FILE")),
        false => Ok(Evidence { check: check.to_owned(), path: path.to_owned() }),
    }
}

fn check_names() -> PossibleValuesParser {
    PossibleValuesParser::new(CHECKS.iter().map(|check| check.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{METRICS, WORDS};

    #[test]
    fn the_help_names_the_metrics_of_each_line_as_the_table_does() {
        let rows: Vec<Vec<&str>> = WHAT_IS_KEPT.lines().map(|line| line.split_whitespace().collect()).collect();
        for (aspect, words) in WORDS {
            let name = format!("{aspect:?}").to_lowercase();
            let row = rows.iter().find(|row| row.first() == Some(&&*name)).expect("the line has its row");
            let names: Vec<&str> = METRICS.of(*aspect).chain(words.iter().copied()).collect();
            assert_eq!(row[1..], names);
        }
    }
}
