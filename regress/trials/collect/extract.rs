//! From all that was measured to what rules are scored on.
//!
//! ```text
//!   apart.txt      sort b5 min 2014.2 2101.0 …      one number a round, microseconds, five digits
//!                  … median, q90, mean, sd          of the 15 measurements of the process
//!   lockstep.txt   sort b5 pair 0.04871 …           the median of log(new ÷ old) over the 15 pairs
//!   machine.txt    processor: …                     a fact a line; times of a round, load
//! ```

use std::collections::HashMap;
use std::path::Path;

use regress::stats::{Sample, median, quantile};

use crate::raw;
use crate::versions::VERSIONS;

type Statistic = fn(&Sample) -> f64;

const STATISTICS: [(&str, Statistic); 5] = [
    ("min", Sample::min),
    ("median", median),
    ("q90", |sample| quantile(sample, 0.9)),
    ("mean", mean),
    ("sd", |sample| (squares(sample) / (sample.len() - 1) as f64).sqrt()),
];

/// By way, kernel and version: the measurements of each round.
type Series<'a> = HashMap<(&'a str, &'a str, &'a str), Vec<Sample>>;

pub fn extract(record: &Path, kinds: &[String], machine: &str) -> Result<(), String> {
    let path = record.join(raw::FILE);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let series = series(&text)?;
    let files = [
        ("apart.txt", apart(&series, kinds)),
        ("lockstep.txt", lockstep(&series, kinds)),
        ("machine.txt", format!("{machine}{}", rounds(&text, kinds.len()))),
    ];
    for (name, text) in files {
        std::fs::write(record.join(name), text).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

fn series(text: &str) -> Result<Series<'_>, String> {
    let mut series = Series::new();
    let mut way = "";
    for line in text.lines() {
        let mut words = line.split(' ');
        let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        if first == "round" {
            way = second;
            continue;
        }
        let numbers = words.map(|word| word.parse::<f64>().map_err(|error| format!("`{word}`: {error}")));
        let sample = Sample::new(numbers.collect::<Result<_, _>>()?).map_err(|error| format!("{first}: {error}"))?;
        series.entry((way, first, second)).or_default().push(sample);
    }
    Ok(series)
}

fn apart(series: &Series<'_>, kinds: &[String]) -> String {
    let mut text = String::new();
    for kind in kinds {
        for (version, _) in VERSIONS {
            for (name, statistic) in STATISTICS {
                let samples = series.get(&("apart", kind, version)).map_or(&[][..], Vec::as_slice);
                let numbers: Vec<String> = samples.iter().map(|sample| five_digits(statistic(sample) / 1e3)).collect();
                text += &format!("{kind} {version} {name} {}\n", numbers.join(" "));
            }
        }
    }
    text
}

fn lockstep(series: &Series<'_>, kinds: &[String]) -> String {
    let mut text = String::new();
    for kind in kinds {
        for (version, _) in &VERSIONS[1..] {
            let samples = series.get(&("lockstep", kind, version)).map_or(&[][..], Vec::as_slice);
            let numbers: Vec<String> = samples.iter().filter_map(pair).map(|log| format!("{log:.6}")).collect();
            text += &format!("{kind} {version} pair {}\n", numbers.join(" "));
        }
    }
    text
}

fn pair(in_turn: &Sample) -> Option<f64> {
    let logs = in_turn.values().chunks_exact(2).map(|pair| (pair[1] / pair[0]).ln());
    Sample::new(logs.collect()).ok().map(|logs| median(&logs))
}

/// How many rounds, how long one pair of processes took, and the load meanwhile.
fn rounds(text: &str, kinds: usize) -> String {
    let mut lines = String::new();
    let mut loads = Vec::new();
    for (way, versions) in [("apart", VERSIONS.len()), ("lockstep", VERSIONS.len() - 1)] {
        let heads: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.split(' ').collect::<Vec<_>>())
            .filter(|words| words[0] == "round" && words.get(1) == Some(&way))
            .collect();
        let number = |place: usize| heads.iter().filter_map(move |words| words.get(place)?.parse::<f64>().ok());
        let processes = (kinds * versions) as f64 / if way == "apart" { 2.0 } else { 1.0 };
        let all_seconds = number(4).fold(0.0, |sum, seconds| sum + seconds); // an empty `sum` is -0.0
        let seconds = all_seconds / heads.len().max(1) as f64 / processes;
        lines += &format!("rounds {way}: {}\nseconds of a pair {way}: {seconds:.4}\n", heads.len());
        loads.extend(number(6));
    }
    if let Ok(loads) = Sample::new(loads) {
        let [low, middle, high] = [0.1, 0.5, 0.9].map(|share| quantile(&loads, share));
        lines += &format!("load: {middle:.1} (one in ten below {low:.1}, one in ten above {high:.1})\n");
    }
    lines
}

fn mean(sample: &Sample) -> f64 {
    sample.values().iter().sum::<f64>() / sample.len() as f64
}

fn squares(sample: &Sample) -> f64 {
    let mean = mean(sample);
    sample.values().iter().map(|value| (value - mean).powi(2)).sum()
}

/// 1234.56 as `1234.6`, 0.0123456 as `0.012346`.
fn five_digits(number: f64) -> String {
    let before_point = if number >= 1.0 { number.log10().floor() as i32 + 1 } else { 0 };
    format!("{number:.*}", (5 - before_point).clamp(0, 6) as usize)
}
