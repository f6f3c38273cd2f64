//! What real tools wrote, and what is broken, through the readers.
//!
//! `tests/corpus/<tool>/<case>/` holds files untouched, an `ORIGIN` line (tool, version, command) and
//! `expected.txt`: what the readers make of them. After a change on purpose, write those anew with
//! `REGRESS_WRITE_EXPECTED=1 cargo test corpus` and read the diff. Numbers are checked against the tools' own
//! summaries as well, so that a wrong reading cannot become the expectation unseen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use regress::formats::{self, FORMATS, File, Format, Reading};
use regress::model::{Kept, Observation, Processes, Values};
use serde_json::Value;

/// Files of a case that no tool wrote.
pub const OURS: [&str; 2] = ["ORIGIN", "expected.txt"];

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");

/// A directory with an `ORIGIN`.
pub struct Case {
    /// `criterion/0.8.2`.
    pub name: String,
    /// Its files, with paths below the case, sorted by path.
    pub files: Vec<File>,
}

/// All cases of the corpus, by name.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for tool in sorted_entries(Path::new(CORPUS)).into_iter().filter(|path| path.is_dir()) {
        for case in sorted_entries(&tool) {
            let mut files = Vec::new();
            collect(&case, &case, &mut files);
            cases.push(Case { name: relative(Path::new(CORPUS), &case), files });
        }
    }
    assert!(!cases.is_empty(), "the corpus is part of the repository");
    cases
}

fn collect(root: &Path, directory: &Path, files: &mut Vec<File>) {
    for path in sorted_entries(directory) {
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let bytes = fs::read(&path).expect("a file of the corpus can be read");
            files.push(File { path: relative(root, &path).into(), bytes });
        }
    }
}

fn sorted_entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory of the corpus can be listed");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.sort();
    paths
}

fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).expect("the path lies below the root");
    path.to_str().expect("names in the corpus are UTF-8").replace('\\', "/")
}

impl Case {
    /// The readings by baseline, directory and format, as a walk over the directory would group the files. Where no
    /// harness has laid them out, each file by its content.
    pub fn readings(&self) -> BTreeMap<String, Reading> {
        let mut claims: Vec<(&str, &str, &Format, &File)> = Vec::new();
        for file in &self.files {
            for format in FORMATS {
                if let Some(baseline) = format.baseline_of.and_then(|baseline_of| baseline_of(&file.path)) {
                    let (directory, _) = file.path.rsplit_once('/').expect("a layout has directories");
                    claims.push((baseline, directory, format, file));
                }
            }
        }
        let mut groups: BTreeMap<String, (&Format, Vec<File>)> = BTreeMap::new();
        for (baseline, directory, format, file) in &claims {
            let is_beside = |other: &&(_, &str, &Format, _)| other.1 == *directory;
            if !claims.iter().filter(is_beside).any(|other| formats::repeats(format, other.2)) {
                let key = format!("{baseline}: {directory}, {}", format.name);
                groups.entry(key).or_insert((format, Vec::new())).1.push((*file).clone());
            }
        }
        if groups.is_empty() {
            for file in self.files.iter().filter(|file| !OURS.contains(&&*file.path)) {
                if let Some(format) = formats::choose(&file.bytes) {
                    groups.insert(format!("{}, {}", file.path, format.name), (format, vec![file.clone()]));
                }
            }
        }
        groups.into_iter().map(|(key, (format, files))| (key, (format.read)(&files))).collect()
    }

    fn json(&self, path: &str) -> Option<Value> {
        let file = self.files.iter().find(|file| file.path.as_ref() == path)?;
        Some(serde_json::from_slice(&file.bytes).expect("a summary is JSON"))
    }
}

/// A reading in words, complete but for the middle of long samples.
fn describe(reading: &Reading) -> String {
    let mut text = String::new();
    let mut observations: Vec<&Observation> = reading.observations.iter().collect();
    observations.sort_by(|a, b| (&a.id, &a.metric.name).cmp(&(&b.id, &b.metric.name)));
    for observation in observations {
        let Observation { id, metric, values, harness, .. } = observation;
        let numbers = match values {
            Values::Exact(exact) => format!("{}/{}", exact.total(), exact.operations()),
            Values::Sampled(processes) => describe_samples(processes),
        };
        let unit = &metric.unit;
        let how = (metric.better, metric.nature, metric.standing);
        writeln!(text, "  {:?} {} [{unit}] {harness}: {numbers} {how:?}", id.as_str(), metric.name).expect("a String");
    }
    for (name, version) in &reading.provenance.harnesses {
        writeln!(text, "  version: {name} {version}").expect("a String");
    }
    if let Some(host) = &reading.provenance.host {
        writeln!(text, "  host: {host:?}").expect("a String");
    }
    for (name, observations) in &reading.earlier {
        writeln!(text, "  earlier {name:?}:").expect("a String");
        let earlier = Reading { observations: observations.clone(), ..Reading::default() };
        text.push_str(&describe(&earlier).replace("  \"", "    \""));
    }
    for warning in &reading.warnings {
        let row = warning.row.as_ref().map(|(id, metric)| format!("{id:?} {metric:?}: ")).unwrap_or_default();
        writeln!(text, "  warning: {row}{}", warning.text).expect("a String");
    }
    for problem in reading.problems.iter() {
        writeln!(text, "  problem: {problem}").expect("a String");
    }
    text
}

fn describe_samples(processes: &Processes) -> String {
    let lengths: Vec<usize> = processes.by_process().map(<[f64]>::len).collect();
    let values = processes.pooled().values();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let shape = match lengths[..] {
        [one] => format!("{one} of a process"),
        _ if lengths.iter().all(|length| *length == 1) => format!("1 each of {} processes", lengths.len()),
        _ => format!("{lengths:?}"),
    };
    if let Kept::Middles { least, within } = processes.kept() {
        let least = least.map_or("unknown".to_owned(), |least| format!("{least:e}"));
        let within = within.map_or(String::new(), |(low, high)| format!(", within {low:e} … {high:e}"));
        return format!("middles {values:?}, least {least}{within}");
    }
    format!("{shape}, {:e} … {:e}, mean {mean:e}", values[0], values[values.len() - 1])
}

#[test]
fn every_case_reads_as_expected() {
    let mut differing = Vec::new();
    for case in cases() {
        let mut actual = String::new();
        for (group, reading) in case.readings() {
            write!(actual, "{group:?}\n{}", describe(&reading)).expect("a String");
        }
        let path = Path::new(CORPUS).join(&case.name).join("expected.txt");
        if std::env::var_os("REGRESS_WRITE_EXPECTED").is_some() {
            fs::write(&path, &actual).expect("the expectation can be written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if actual != expected {
            differing.push(format!("{}: expected\n{expected}\nactual\n{actual}", case.name));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn every_case_says_where_it_is_from() {
    for case in cases() {
        let origin = case.files.iter().find(|file| file.path.as_ref() == "ORIGIN");
        let origin = origin.unwrap_or_else(|| panic!("{} has no ORIGIN", case.name));
        assert_eq!(origin.bytes.iter().filter(|byte| **byte == b'\n').count(), 1, "{}: one line", case.name);
    }
}

fn mean(processes: &Processes) -> f64 {
    assert_eq!(processes.count(), 1, "criterion measures in one process");
    processes.pooled().values().iter().sum::<f64>() / processes.pooled().len() as f64
}

#[test]
fn criterion_means_and_medians_are_criterions_own() {
    let mut compared = 0;
    for case in cases().into_iter().filter(|case| case.name.starts_with("criterion/")) {
        for observation in case.readings().into_values().flat_map(|reading| reading.observations) {
            if observation.metric.name.as_ref() != "time" {
                continue;
            }
            let estimates = case.json(&observation.origin.replace("sample.json", "estimates.json"));
            let (Some(estimates), Values::Sampled(processes)) = (estimates, &observation.values) else { continue };
            let nanoseconds = |name: &str| estimates[name]["point_estimate"].as_f64().expect("an estimate");
            let sorted = processes.pooled().sorted();
            let median = (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0;
            for (ours, theirs) in [(mean(processes), nanoseconds("mean")), (median, nanoseconds("median"))] {
                let ratio = ours * 1e9 / theirs;
                assert!((ratio - 1.0).abs() < 1e-9, "{}: {ours} s, {theirs} ns", observation.origin);
            }
            compared += 1;
        }
    }
    assert!(compared >= 20, "only {compared} compared");
}

/// The total of a tool's metric in a summary of iai-callgrind (versions 3, 5, 6) or gungraun (version 7).
fn summarised(summary: &Value, tool: &str, metric: &str, side: Side) -> Option<u64> {
    let number = |value: &Value| value.as_u64().or_else(|| value["Int"].as_u64());
    let of_side = |both: &Value| match side {
        Side::New => number(both.get("Left").unwrap_or(&both["Both"][0])),
        Side::Old => number(&both["Both"][1]),
    };
    if summary.get("callgrind_summary").is_some() {
        let total = match tool {
            "Callgrind" => &summary["callgrind_summary"]["callgrind_run"]["total"]["summary"],
            _ => &summary["tool_summaries"][0]["summaries"]["total"]["DhatSummary"],
        };
        return of_side(&total[metric]["metrics"]);
    }
    let profiles = summary["profiles"].as_array().expect("profiles");
    let profile = profiles.iter().find(|profile| profile["tool"] == tool)?;
    if summary["version"] != "7" {
        let variant = if tool == "DHAT" { "Dhat" } else { tool };
        return of_side(&profile["summaries"]["total"]["summary"][variant][metric]["metrics"]);
    }
    let values = &profile["data"]["total"]["metrics"][metric]["values"];
    match side {
        Side::New => values["new"].as_u64(),
        Side::Old => values["old"].as_u64(),
    }
}

#[derive(Clone, Copy)]
enum Side {
    New,
    Old,
}

/// Our metric and theirs.
const SUMMARISED: [(&str, &str, &str); 7] = [
    ("instructions", "Callgrind", "Ir"),
    ("l1-hits", "Callgrind", "L1hits"),
    ("ll-hits", "Callgrind", "LLhits"),
    ("ram-hits", "Callgrind", "RamHits"),
    ("estimated-cycles", "Callgrind", "EstimatedCycles"),
    ("allocs", "DHAT", "TotalBlocks"),
    ("alloc-bytes", "DHAT", "TotalBytes"),
];

#[test]
fn counts_are_those_that_iai_callgrind_and_gungraun_printed() {
    let mut compared = 0;
    for case in cases() {
        for observation in case.readings().into_values().flat_map(|reading| reading.observations) {
            let (directory, file) = observation.origin.rsplit_once('/').unwrap_or(("", &observation.origin));
            let Some(summary) = case.json(&format!("{directory}/summary.json")) else { continue };
            let side = if file.contains(".out.base@") { Side::Old } else { Side::New };
            let theirs = SUMMARISED.iter().find(|(ours, ..)| *ours == observation.metric.name.as_ref());
            let Some((_, tool, metric)) = theirs else { continue };
            // Before 0.16 iai-callgrind took DHAT's numbers of the whole process.
            let is_process = ["3", "4", "5"].map(Value::from).contains(&summary["version"]);
            if is_process && *tool == "DHAT" && !file.ends_with("summary.json") {
                continue;
            }
            let Values::Exact(ours) = observation.values else { panic!("{}: counts are exact", observation.origin) };
            assert_eq!(ours.operations(), 1);
            assert_eq!(Some(ours.total()), summarised(&summary, tool, metric, side), "{}", observation.origin);
            compared += 1;
        }
    }
    assert!(compared >= 40, "only {compared} compared");
}

/// What a reading counted, for comparing two of the same run.
fn counts(reading: &Reading) -> BTreeMap<(String, String), (u64, String)> {
    let count = |o: &Observation| match o.values {
        Values::Exact(exact) => exact.total(),
        Values::Sampled(_) => panic!("{}: counts are exact", o.origin),
    };
    let counted = |o: &Observation| ((o.id.to_string(), o.metric.name.to_string()), (count(o), o.harness.to_string()));
    reading.observations.iter().map(counted).collect()
}

#[test]
fn a_summary_reads_as_the_raw_files_beside_it() {
    let mut compared = 0;
    for case in cases() {
        let readings = case.readings();
        for file in case.files.iter().filter(|file| file.path.ends_with("/summary.json")) {
            let (directory, _) = file.path.rsplit_once('/').expect("a layout has directories");
            let mut raw = Reading::default();
            for (group, reading) in &readings {
                let is_raw = group.starts_with("new: ") && group.contains(directory) && !group.ends_with("gungraun");
                let beside = reading.observations.iter().filter(|_| is_raw);
                raw.observations.extend(beside.cloned());
            }
            let summary = (format("gungraun").read)(std::slice::from_ref(file));
            assert_eq!(*summary.problems, []);
            let mut summary = counts(&summary);
            let mut raw = counts(&raw);
            // Some cases keep the files of one tool only, and some summaries count the whole process.
            let harnesses = |counts: &BTreeMap<_, (u64, String)>| {
                counts.values().map(|(_, harness)| harness.clone()).collect::<Vec<_>>()
            };
            let (of_raw, of_summary) = (harnesses(&raw), harnesses(&summary));
            summary.retain(|_, (_, harness)| of_raw.contains(harness));
            raw.retain(|_, (_, harness)| of_summary.contains(harness));
            assert_eq!(summary, raw, "{}: {directory}", case.name);
            compared += raw.len();
        }
    }
    assert!(compared >= 40, "only {compared} compared");
}

#[test]
fn each_golden_file_is_recognised_by_one_format() {
    for case in cases() {
        for file in case.files.iter().filter(|file| !OURS.contains(&&*file.path)) {
            let names = FORMATS.iter().filter(|format| (format.recognises)(&file.bytes)).map(|format| format.name);
            let names: Vec<&str> = names.collect();
            assert!(names.len() <= 1, "{}/{}: {names:?}", case.name, file.path);
        }
    }
}

/// The format of this name.
pub fn format(name: &str) -> &'static Format {
    FORMATS.iter().find(|format| format.name == name).unwrap_or_else(|| panic!("no format `{name}`"))
}

/// Reads files given as path and text, and compares the problems, and the texts of the warnings.
#[track_caller]
pub fn check(name: &str, files: &[(&str, &str)], expected_problems: &[&str], expected_warnings: &[&str]) -> Reading {
    let files: Vec<File> =
        files.iter().map(|(path, text)| File { path: (*path).into(), bytes: text.as_bytes().into() }).collect();
    let reading = (format(name).read)(&files);
    let problems: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, expected_problems);
    let warnings: Vec<&str> = reading.warnings.iter().map(|warning| warning.text.as_str()).collect();
    assert_eq!(warnings, expected_warnings);
    reading
}

const BENCHMARK: &str = r#"{"group_id":"g","function_id":"f","value_str":null,"throughput":null,"full_id":"g/f","directory_name":"g/f","title":"g/f"}"#;

#[track_caller]
fn check_criterion(benchmark: &str, sample: &str, expected_problems: &[&str], expected_warnings: &[&str]) -> Reading {
    let files = [("g/f/new/benchmark.json", benchmark), ("g/f/new/sample.json", sample)];
    check("criterion", &files, expected_problems, expected_warnings)
}

#[test]
fn a_broken_criterion_directory_is_refused_with_the_place() {
    let sample = |text| (BENCHMARK, text);
    for (files, expected) in [
        (sample(""), "g/f/new/sample.json:1: the file ends too early; wanted a sample.json of criterion"),
        (
            sample(r#"{"sampling_mode":"Linear","iters":[1.0,2"#),
            "g/f/new/sample.json:1:40: the file ends too early; wanted a sample.json of criterion",
        ),
        (
            sample("[[1.0],[2.0]]"),
            "g/f/new/sample.json:1: found sequence; wanted an object in a sample.json of criterion",
        ),
        (
            sample(r#"{"name":"other tool"}"#),
            "g/f/new/sample.json:1:21: found no `iters`; wanted a sample.json of criterion",
        ),
        (
            sample(r#"{"sampling_mode":"Linear","iters":[1.0,2.0,3.0],"times":[5.0,6.0]}"#),
            "g/f/new/sample.json: 3 iteration counts but 2 times; they must pair up",
        ),
        (
            sample(r#"{"sampling_mode":"Linear","iters":[],"times":[]}"#),
            "g/f/new/sample.json: nothing was measured in it",
        ),
        (
            sample(r#"{"sampling_mode":"Linear","iters":[1.0,0.0],"times":[5.0,6.0]}"#),
            "g/f/new/sample.json: `iters[1]`: `0.0` is no measurement; wanted more than 0 iterations",
        ),
        (
            sample(r#"{"sampling_mode":"Linear","iters":[1.0,2.0],"times":[5.0,-6.0]}"#),
            "g/f/new/sample.json: `times[1]`: `-6.0` is no measurement; wanted a time of at least 0",
        ),
        (
            sample(r#"{"sampling_mode":"Linear","iters":[1.0,2.0],"times":[5.0,null]}"#),
            "g/f/new/sample.json: `times[1]`: `null` is no measurement; wanted a finite number",
        ),
        (
            sample(r#"{"sampling_mode":"Linear","iters":[1.0,2.0],"times":[5.0,NaN]}"#),
            "g/f/new/sample.json:1:58: found `NaN`, which JSON does not have; wanted a sample.json of criterion",
        ),
        (
            sample(r#"{"sampling_mode":"Linear","iters":[1.0,2.0],"times":[5.0,1e999]}"#),
            "g/f/new/sample.json: `times[1]`: `1e999` is no measurement; wanted a finite number",
        ),
        (
            sample(r#"{"sampling_mode":"Linear","iters":[1e-300],"times":[1e300]}"#),
            "g/f/new/sample.json: `times[0]`: `1e300 / 1e-300` is no measurement; wanted a finite time for one iteration",
        ),
        (
            sample(r#"{"iters":[1.0],"iters":[1.0],"times":[5.0]}"#),
            "g/f/new/sample.json:1:22: found `iters` twice; wanted a sample.json of criterion",
        ),
    ] {
        check_criterion(files.0, files.1, &[expected], &[]);
    }
}

#[test]
fn both_files_of_criterion_are_reported_at_once() {
    check_criterion(
        "{}",
        r#"{"sampling_mode":"Flat","iters":[0.0,"x"],"times":[{}]}"#,
        &[
            "g/f/new/benchmark.json:1:2: found no `full_id`; wanted a benchmark.json of criterion",
            "g/f/new/sample.json: `iters[1]`: `\"x\"` is no measurement; wanted a finite number",
            "g/f/new/sample.json: `times[0]`: `{}` is no measurement; wanted a finite number",
        ],
        &[],
    );
}

#[test]
fn each_file_of_criterion_needs_the_other() {
    let sample = r#"{"sampling_mode":"Flat","iters":[1.0],"times":[2.0]}"#;
    check(
        "criterion",
        &[("g/new/sample.json", sample)],
        &["g/new/sample.json: there is no `benchmark.json` beside it"],
        &[],
    );
    check("criterion", &[("benchmark.json", BENCHMARK)], &["benchmark.json: there is no `sample.json` beside it"], &[]);
}

#[test]
fn a_throughput_that_gives_no_rate_is_left_out_and_said() {
    let sample = r#"{"sampling_mode":"Flat","iters":[2.0],"times":[4.0]}"#;
    let with = |throughput: &str| BENCHMARK.replace("\"throughput\":null", &format!("\"throughput\":{throughput}"));
    let unknown = "its throughput is of a kind this program does not know; left out";
    let reading = check_criterion(&with(r#"{"Furlongs":4}"#), sample, &[], &[unknown]);
    assert_eq!(reading.observations.len(), 1);
    check_criterion(&with(r#"{"Bytes":0}"#), sample, &[], &["no rate follows from a throughput of 0; left out"]);

    let reading = check_criterion(&with(r#"{"Bits":4096}"#), sample, &[], &[]);
    let value = |metric: &str| {
        let observation = reading.observations.iter().find(|o| o.metric.name.as_ref() == metric).expect("it was read");
        let Values::Sampled(processes) = &observation.values else { panic!("it is sampled") };
        processes.pooled().values()[0]
    };
    assert_eq!(value("time"), 2e-9); // 4 ns / 2
    assert_eq!(value("throughput"), 512.0 / 2e-9); // 4096 bits are 512 bytes
    assert_eq!(value("time-per-kb"), 2e-9 / 512.0 * 1000.0);
}

#[test]
fn a_byte_order_mark_and_line_ends_of_windows_are_read_over() {
    let sample = "\u{feff}{\"sampling_mode\":\"Flat\",\r\n\"iters\":[2.0],\r\n\"times\":[4.0]}\r\n";
    check_criterion(BENCHMARK, sample, &[], &[]);
    let go = "\u{feff}BenchmarkA-8 1 5 ns/op\r\nBenchmarkA-8 1 6 ns/op\r\n";
    let reading = check("go", &[("a.txt", go)], &[], &[]);
    assert_eq!(reading.observations[0].id.as_str(), "A-8");
    assert_eq!(reading.observations[0].metric.name.as_ref(), "time");
}

const CALLGRIND: &str = "# callgrind format\nversion: 1\ncreator: callgrind-3.19.0\ncmd: x --iai-run g 0 0 b::g::f\n\nevents: Ir Dr\nsummary: 9 9\n\nfn=f\n1 5 2\n\ntotals: 5 2\n";

#[test]
fn a_broken_callgrind_file_is_refused_with_the_place() {
    #[track_caller]
    fn check_one(text: &str, expected: &str) {
        check("callgrind", &[("g/f.i/callgrind.f.i.out", text)], &[expected], &[]);
    }
    check_one("", "g/f.i/callgrind.f.i.out: the file ends too early; wanted an `events:` line");
    check_one("events: Ir\n", "g/f.i/callgrind.f.i.out: the file ends too early; wanted a `totals:` line");
    // The last digits may be missing.
    check_one(CALLGRIND.trim_end(), "g/f.i/callgrind.f.i.out: the file ends too early; wanted a `totals:` line");
    check_one(
        &CALLGRIND.replace("totals: 5", "totals: 5 5"),
        "g/f.i/callgrind.f.i.out:12: 2 events but 3 totals; they must pair up",
    );
    check_one(
        &CALLGRIND.replace("totals: 5", "totals: -5"),
        "g/f.i/callgrind.f.i.out:12: `-5 2` is no measurement; wanted counts below 2^64",
    );
    check_one(&CALLGRIND.replace("totals: 5", "totals: 0"), "g/f.i/callgrind.f.i.out: nothing was measured in it");
    check_one(
        &CALLGRIND.replace("version: 1", "version: 2"),
        "g/f.i/callgrind.f.i.out:2: version `2`; this program reads version 1",
    );
    check_one(
        &format!("{CALLGRIND}{CALLGRIND}"),
        "g/f.i/callgrind.f.i.out:24: found a part for a second time; wanted each part once",
    );
}

#[test]
fn threads_and_parts_of_callgrind_are_added_up() {
    let more = CALLGRIND.replace("totals: 5", "totals: 7");
    let files = [("g/f.i/callgrind.f.i.t1.p1.out", CALLGRIND), ("g/f.i/callgrind.f.i.t2.p1.out", more.as_str())];
    let reading = check("callgrind", &files, &[], &[]);
    let [observation] = &reading.observations[..] else { panic!("one metric of one benchmark") };
    assert_eq!(observation.id.as_str(), "g/f/i");
    assert_eq!(observation.harness.as_ref(), "iai-callgrind");
    let Values::Exact(instructions) = observation.values else { panic!("a count") };
    assert_eq!(instructions.total(), 12); // 5 + 7

    let huge = CALLGRIND.replace("totals: 5", "totals: 18446744073709551615");
    let files = [("g/f.i/callgrind.f.i.t1.out", CALLGRIND), ("g/f.i/callgrind.f.i.t2.out", huge.as_str())];
    let expected = "g/f.i/callgrind.f.i.t1.out: `the sum of all events` is no measurement; wanted less than 2^64";
    check("callgrind", &files, &[expected], &[]);
}

const DHAT: &str = r#"{"dhatFileVersion":2,"mode":"heap","cmd":"target/b --iai-run g 0 0 b::g::f","pps":[{"tb":32,"tbk":2,"gb":0,"fs":[1,2]},{"tb":100,"tbk":1,"gb":0,"fs":[1,3]}],"ftbl":["[root]","0x1: malloc (in x.so)","0x2: b::f::i (b.rs:3)","0x3: std::rt::init (rt.rs:1)"]}"#;

#[test]
fn a_broken_dhat_file_is_refused_with_the_place() {
    #[track_caller]
    fn check_one(text: &str, expected: &str) {
        check("dhat", &[("g/f.i/dhat.f.i.out", text)], &[expected], &[]);
    }
    check_one("", "g/f.i/dhat.f.i.out:1: the file ends too early; wanted a profile of DHAT");
    check_one(
        &DHAT.replace("\"heap\"", "\"cow\""),
        "g/f.i/dhat.f.i.out: `mode`: found mode `cow`; wanted mode `heap`, `ad-hoc` or `copy`",
    );
    check_one(
        &DHAT.replace("Version\":2", "Version\":3"),
        "g/f.i/dhat.f.i.out: `dhatFileVersion`: version `3`; this program reads version 2",
    );
    check_one(
        &DHAT.replace("[1,3]", "[1,4]"),
        "g/f.i/dhat.f.i.out: `pps[1].fs`: found frame 4; wanted one of the 4 in `ftbl`",
    );
    check_one(
        &DHAT.replace("\"tb\":32", "\"tb\":-32"),
        "g/f.i/dhat.f.i.out:1:92: found integer `-32`; wanted a whole number of at least 0 in a profile of DHAT",
    );
    let huge = DHAT.replace("[1,3]", "[1,2]").replace("\"tbk\":2", "\"tbk\":18446744073709551615");
    check_one(&huge, "g/f.i/dhat.f.i.out: `pps`: `the sum of all `tbk`` is no measurement; wanted less than 2^64");
    // A process without any allocation was not measured: the runtime alone makes some.
    let empty = r#"{"dhatFileVersion":2,"mode":"heap","cmd":"b --iai-run g 0 0 b::g::f","pps":[],"ftbl":["[root]"]}"#;
    check_one(empty, "g/f.i/dhat.f.i.out: nothing was measured in it");
}

#[test]
fn a_zero_of_dhat_comes_with_its_doubt() {
    let other = DHAT.replace("b::f::i", "b::g::j");
    let files = [("g/f.i/dhat.f.i.out", other.as_str())];
    let setup = "DHAT of iai-callgrind counts the allocations that set up a benchmark's arguments; gungraun does not";
    let doubt = "DHAT lists allocations only, so this 0 may also mean that no function matched its entry point; keep a benchmark that must allocate beside it";
    let reading = check("dhat", &files, &[], &[setup, doubt]);
    assert!(reading.observations.iter().all(|o| matches!(o.values, Values::Exact(exact) if exact.total() == 0)));
}

#[test]
fn what_is_true_of_the_whole_run_is_said_once() {
    let files = [("g/f.i/dhat.f.i.out", DHAT), ("g/f.i/dhat.f.j.out", DHAT)];
    let setup = "DHAT of iai-callgrind counts the allocations that set up a benchmark's arguments; gungraun does not";
    check("dhat", &files, &[], &[setup]);
}

const METER: &str = "{\"schema\":\"meter/1\",\"harness\":\"bench-meter 0.1.0\",\"package\":\"p\",\"bench\":\"b\",\"operations\":2}\n{\"benchmark\":\"a\",\"metric\":\"allocs\",\"unit\":\"count\",\"total\":1,\"operations\":2}\n{\"end\":true,\"cases\":1}\n";

#[test]
fn a_broken_meter_file_is_refused_with_the_place() {
    #[track_caller]
    fn check_one(text: &str, expected: &[&str]) {
        check("meter", &[("p/b/new.jsonl", text)], expected, &[]);
    }
    let without_end = METER.replace("{\"end\":true,\"cases\":1}\n", "");
    check_one("", &["p/b/new.jsonl:1: the file ends too early; wanted a first line with a schema"]);
    check_one(&without_end, &["p/b/new.jsonl: the file ends too early; wanted a last line with `end`"]);
    check_one(
        &METER.replace("meter/1", "meter/2"),
        &["p/b/new.jsonl:1: version `meter/2`; this program reads meter/1"],
    );
    check_one(
        &METER.replace("\"cases\":1", "\"cases\":2"),
        &["p/b/new.jsonl: 1 cases but 2 promised by the last line; they must pair up"],
    );
    check_one(
        &METER.replace("\"operations\":2}\n{\"end", "\"operations\":0}\n{\"end"),
        &["p/b/new.jsonl:2: `0` is no measurement; wanted at least 1 operation"],
    );
    check_one(
        &METER.replace("\"total\":1", "\"total\":-1"),
        &["p/b/new.jsonl:2: found integer `-1`; wanted a whole number of at least 0 in a line of a meter file"],
    );
    check_one(
        &METER.replace("\"total\":1,\"operations\":2", "\"samples\":[1,-5,2]"),
        &["p/b/new.jsonl:2: `-5.0` is no measurement; wanted a measurement of at least 0"],
    );
    check_one(
        &METER.replace("\"unit\":\"count\"", "\"unit\":\"s\""),
        &["p/b/new.jsonl:2: found `allocs` in `s`; wanted `allocs` in `count`"],
    );
    let line = "{\"benchmark\":\"a\",\"metric\":\"allocs\",\"unit\":\"count\",\"total\":1,\"operations\":2}\n";
    check_one(
        &METER.replace(line, &format!("{line}oops\n{line}")),
        &[
            "p/b/new.jsonl:3: found what is no JSON (expected value); wanted a line of a meter file",
            "p/b/new.jsonl:4: `a` allocs stands here a second time; first in line 2",
        ],
    );
    check_one(
        &METER.replace(line, "").replace("\"cases\":1", "\"cases\":0"),
        &["p/b/new.jsonl: nothing was measured in it"],
    );
}

#[test]
fn benchmark_lines_that_benchstat_skips_are_warned_about_with_their_number() {
    let cases = cases();
    let case = cases.iter().find(|case| case.name == "go/malformed-lines").expect("the case is there");
    let reading = case.readings().into_values().next().expect("it was read");
    // benchstat: old.txt:7: parsing iteration count: invalid syntax, old.txt:14: missing measurements
    let warnings: Vec<&str> = reading.warnings.iter().map(|warning| warning.text.as_str()).collect();
    let expected = [
        "old.txt:7: `not-a-number` is no number of iterations; the line is left out",
        "old.txt:14: there are no measurements; the line is left out",
    ];
    assert_eq!(warnings, expected);
    let counts: Vec<usize> = reading
        .observations
        .iter()
        .map(|o| match &o.values {
            Values::Sampled(processes) => processes.count(),
            Values::Exact(_) => 0,
        })
        .collect();
    assert_eq!(counts, [10; 6]); // n=10 in benchstat's table: 2 benchmarks, 3 units
}

#[test]
fn go_lines_are_read_as_benchstat_reads_them() {
    #[track_caller]
    fn check_line(line: &str, problems: &[&str], warnings: &[&str], metrics: &[&str]) {
        let text = format!("BenchmarkA 1 1 ns/op\n{line}\n");
        let reading = check("go", &[("a.txt", &text)], problems, warnings);
        let names: Vec<String> = reading.observations.iter().map(|o| format!("{} {}", o.id, o.metric.name)).collect();
        let mut expected = vec!["A time".to_owned()];
        expected.extend(metrics.iter().map(|name| (*name).to_owned()));
        assert_eq!(names, expected);
    }
    check_line("BenchmarkB", &[], &[], &[]);
    check_line("Benchmark", &[], &[], &[]);
    check_line(" BenchmarkB 1 2 ns/op", &[], &[], &[]);
    check_line("BenchmarkB 1 2 ns/op 3", &[], &["a.txt:2: `3` has no unit; the line is left out"], &[]);
    check_line("BenchmarkB 1 x ns/op", &[], &["a.txt:2: `x` is no number; the line is left out"], &[]);
    check_line("BenchmarkB 1 1e999 ns/op", &[], &["a.txt:2: `1e999` is no number; the line is left out"], &[]);
    check_line("BenchmarkB 1 1e-300 ns/op", &[], &[], &["B time"]);
    check_line("BenchmarkB 1 +Inf ns/op", &["a.txt:2: `inf` is no measurement; wanted a finite measurement"], &[], &[]);
    check_line("BenchmarkB 1 NaN ns/op", &["a.txt:2: `NaN` is no measurement; wanted a finite measurement"], &[], &[]);
    let finite = "wanted a number that is finite in base units (seconds, bytes, counts)";
    check_line("BenchmarkB 1 1e308 MB/s", &[&format!("a.txt:2: `1e308` is no measurement; {finite}")], &[], &[]);
    check_line("BenchmarkB\u{a0}1\t2\u{3000}ns/op", &[], &[], &["B time"]);
    check_line("BenchmarkB/ü|<x> 1 2 MB/s 3 time", &[], &[], &["B/ü|<x> throughput", "B/ü|<x> go:time"]);
    check_line("Unit", &[], &["a.txt:2: `Unit` without a unit"], &[]);
    check_line("Unit x better", &[], &["a.txt:2: `better` is no `key=value`"], &[]);
    check_line("Unit x a=1 a=1 a=2", &[], &["a.txt:2: `a` of unit `x` is already `1`; `2` is left out"], &[]);
    check_line("Unitary x", &[], &[], &[]);
}

#[test]
fn a_go_file_without_results_or_in_another_encoding_is_refused() {
    check("go", &[("a.txt", "PASS\nok x 1s\n")], &["a.txt: nothing was measured in it"], &[]);
    let files = [File { path: "a.txt".into(), bytes: b"BenchmarkA 1 1 ns/op\nBenchmark\xFF 1 1 ns/op\n".into() }];
    let reading = (format("go").read)(&files);
    let problems: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["a.txt:2: found bytes that are no UTF-8; wanted text in UTF-8"]);
    check(
        "go",
        &[("a.txt", "BenchmarkA 1 1 ns/op")],
        &[],
        &["a.txt:1: the last line has no end; the file may be cut off"],
    );
}

const NATIVE: &str = r#"{
"schema": "regress-run/1",
"provenance": {},
"observations": [
{"benchmark":"a","metric":"allocs","unit":"count","harness":"meter","total":1,"operations":2},
{"benchmark":"a","metric":"time","unit":"s","harness":"criterion","processes":[[1.0,2.0],[3.0]]}
]
}
"#;

#[test]
fn a_broken_file_of_our_own_is_refused_with_the_line() {
    #[track_caller]
    fn check_one(from: &str, to: &str, expected: &[&str]) {
        assert!(NATIVE.contains(from), "{from} stands in the file");
        check("regress", &[("main.json", &NATIVE.replace(from, to))], expected, &[]);
    }
    check("regress", &[("main.json", NATIVE)], &[], &[]);
    check_one(
        "regress-run/1",
        "regress-run/2",
        &["main.json: `schema`: version `regress-run/2`; this program reads regress-run/1"],
    );
    check_one(
        "\"provenance\"",
        "\"providence\"",
        &[
            "main.json:3:12: found an unknown field `providence`, expected one of `schema`, `provenance`, `settings`, `observations`; wanted a file of `regress record`",
        ],
    );
    check_one(
        "\"total\":1,",
        "\"total\":1,\"colour\":1,",
        &[
            "main.json:5: found an unknown field `colour`, expected one of `benchmark`, `metric`, `unit`, `better`, `nature`, `standing`, `harness`, `total`, `operations`, `processes`, `summary`, `turns`, `settings`; wanted an observation",
        ],
    );
    check_one(
        "[[1.0,2.0],[3.0]]",
        "[[1.0,2.0],[3.0]],\"summary\":{}",
        &["main.json:6: found a `summary` of several numbers a process; wanted one number a process: its middle"],
    );
    check_one(
        "\"operations\":2",
        "\"operations\":2,\"summary\":{}",
        &["main.json:5: found other numbers; wanted either `total` and `operations` or `processes`"],
    );
    check_one(
        "\"operations\":2",
        "\"operations\":0",
        &["main.json:5: `0` is no measurement; wanted at least 1 operation"],
    );
    check_one(
        ",\"operations\":2",
        "",
        &["main.json:5: found other numbers; wanted either `total` and `operations` or `processes`"],
    );
    check_one(
        "\"metric\":\"time\"",
        "\"metric\":\"allocs\"",
        &["main.json:6: `a` allocs stands here a second time; first in line 5"],
    );
    check_one("[3.0]", "[]", &["main.json:6: nothing was measured in it"]);
    check_one("[[1.0,2.0],[3.0]]", "[]", &["main.json:6: nothing was measured in it"]);
    check_one("3.0", "1e400", &["main.json:6: `1e400` is no measurement; wanted a finite number"]);
    check_one("]\n}\n", "", &["main.json:7: the file ends too early; wanted a file of `regress record`"]);
    check_one("\"total\":1,", "\"total\":1,\"total\":1,", &["main.json:5: found `total` twice; wanted an observation"]);
}

#[test]
fn formats_are_recognised_by_their_beginning() {
    #[track_caller]
    fn check_name(text: &str, expected: Option<&str>) {
        assert_eq!(formats::choose(text.as_bytes()).map(|format| format.name), expected, "for {text:?}");
    }
    check_name(NATIVE, Some("regress"));
    check_name(METER, Some("meter"));
    check_name(BENCHMARK, Some("criterion"));
    check_name(r#"{"sampling_mode":"Flat","iters":[1.0],"times":[2.0]}"#, Some("criterion"));
    check_name(CALLGRIND, Some("callgrind"));
    check_name(DHAT, Some("dhat"));
    check_name("{\"Time\":\"2026-11-20T20:28:55Z\",\"Action\":\"start\",\"Package\":\"p\"}\n", Some("go"));
    check_name("{\"Time\":\"2026-11-20T20:28:55Z\",\"Event\":\"start\"}\n{\"Action\":1}", None);
    check_name("make: nothing to do\nBenchmarkA-8  1  5 ns/op\n", Some("go"));
    check_name("Benchmarks are fun to read\n", None);
    check_name("{\"schema\":\"other/1\"}", None);
    check_name("{}", None);
    check_name("", None);
}

#[test]
fn a_depth_bomb_is_an_error() {
    let bomb = "[".repeat(100_000);
    for (name, text) in [
        ("criterion", format!(r#"{{"sampling_mode":"Flat","iters":{bomb}"#)),
        ("criterion", format!(r#"{{"group_id":{bomb}"#)),
        ("dhat", format!(r#"{{"dhatFileVersion":2,"pps":{bomb}"#)),
        ("go", format!("{{\"Action\":\"output\",\"Output\":{bomb}\n")),
        ("meter", format!("{{\"schema\":\"meter/1\"}}\n{bomb}\n")),
        ("regress", format!(r#"{{"schema":"regress-run/1","observations":{bomb}"#)),
    ] {
        let files = [File { path: "a/b/sample.json".into(), bytes: text.into_bytes() }];
        assert!(!(format(name).read)(&files).problems.is_empty(), "{name}");
    }
}
