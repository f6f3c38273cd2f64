//! What each fuzz target does with its bytes.
//!
//! The targets in `fuzz_targets/` hand libFuzzer's bytes to [`run`] with their own name; `tests/it/fuzz.rs` hands it the
//! inputs that are kept in `corpus/`. So this file is part of two crates.

use regress::compare::tables::{Criteria, Gathered, Measured};
use regress::formats::{self, FORMATS, File, Reading, go_text::scan, native, noise, note};
use regress::model::Run;
use regress::report;
use regress::select::{Filter, Language, Projections, Subject, Wanted};

pub mod seeds;

/// What takes any bytes, and panics where something is wrong.
type Try = fn(&[u8]);

/// The targets that are no reader of [`FORMATS`].
const OTHERS: &[(&str, Try)] =
    &[("benchstat", benchstat), ("noise", null_run), ("note", kept_note), ("select", select)];

/// Does with `bytes` what the target of this name does; a reader's target is called as its format, `_` for `-`.
///
/// # Panics
/// When something is wrong: that is what is looked for.
pub fn run(target: &str, bytes: &[u8]) {
    match OTHERS.iter().find(|(name, _)| *name == target) {
        Some((_, other)) => other(bytes),
        None => read(&target.replace('_', "-"), bytes),
    }
}

/// The names of all targets.
pub fn targets() -> impl Iterator<Item = String> {
    let readers = FORMATS.iter().map(|format| format.name.replace('-', "_"));
    readers.chain(OTHERS.iter().map(|(name, _)| (*name).to_owned()))
}

/// Reads `bytes` as the format of this name.
///
/// # Panics
/// When the reader does, or when what it read does not survive being written in our own format.
fn read(format: &str, bytes: &[u8]) {
    let format = FORMATS.iter().find(|known| known.name == format).expect("the target is named after its format");
    let files = match format.name {
        "criterion" => criterion_pair(bytes),
        "callgrind" => vec![file("g/f.i/callgrind.f.i.out", bytes)],
        "cachegrind" => vec![file("g/f.i/cachegrind.f.i.out", bytes), file("cachegrind.out.1", bytes)],
        "massif" => vec![file("massif.out.1", bytes)],
        "dhat" => vec![file("g/f.i/dhat.f.i.out", bytes)],
        _ => vec![file("run", bytes)],
    };
    let _ = formats::choose(bytes).map(|format| format.name);
    keeps_everything((format.read)(&files));
}

fn file(path: &str, bytes: &[u8]) -> File {
    File { path: path.into(), bytes: bytes.to_vec() }
}

/// The bytes as the one file that they look like, beside a sound other one.
fn criterion_pair(bytes: &[u8]) -> Vec<File> {
    const BENCHMARK: &[u8] = br#"{"group_id":"g","throughput":{"Bytes":64},"full_id":"g/f"}"#;
    const SAMPLE: &[u8] = br#"{"sampling_mode":"Linear","iters":[1.0,2.0],"times":[30.0,50.0]}"#;
    let is_benchmark = bytes.starts_with(br#"{"group"#);
    let (benchmark, sample) = if is_benchmark { (bytes, SAMPLE) } else { (BENCHMARK, bytes) };
    vec![file("g/f/new/benchmark.json", benchmark), file("g/f/new/sample.json", sample)]
}

/// What was read without a problem is the same after being written and read in our own format.
fn keeps_everything(reading: Reading) {
    if !reading.problems.is_empty() {
        return;
    }
    let Ok(run) = Run::new("run", reading.provenance, Vec::new(), reading.observations) else { return };
    let bytes = native::write(&run);
    let again = formats::choose(&bytes).expect("our own file is recognised");
    let again = (again.read)(&[file("run", &bytes)]);
    assert_eq!(*again.problems, []);
    let again = Run::new("run", again.provenance, Vec::new(), again.observations).expect("no two alike");
    assert_eq!(again.provenance, run.provenance);
    assert_eq!(native::write(&again), bytes);
}

/// What `regress null` wrote.
fn null_run(bytes: &[u8]) {
    let Ok(found) = noise::read(&"noise.json".into(), bytes) else { return };
    let written = noise::write(&found);
    let again = noise::read(&"noise.json".into(), &written).expect("what was written reads back");
    assert_eq!(noise::write(&again), written);
}

/// A git note of a commit: runs of several machines, a line each, and whatever else somebody wrote there.
fn kept_note(bytes: &[u8]) {
    let path = "the note of x".into();
    note::read(&path, bytes).into_iter().for_each(keeps_everything);
    for reading in note::read(&path, bytes) {
        if !reading.problems.is_empty() {
            continue;
        }
        let Ok(run) = Run::new("run", reading.provenance, Vec::new(), reading.observations) else { continue };
        let kept = note::with(bytes, &run);
        let of_it = note::read(&path, &kept).into_iter().filter(|other| other.provenance.host == run.provenance.host);
        let of_it: Vec<Reading> = of_it.filter(|other| other.problems.is_empty()).collect();
        assert_eq!(of_it.len(), 1, "one run of each machine");
        for observation in run.observations() {
            assert!(of_it[0].observations.iter().any(|o| o.id == observation.id && o.values == observation.values));
        }
        assert_eq!(note::with(&kept, &run), kept, "kept once more, it is the same");
    }
}

/// A filter or a projection.
fn select(bytes: &[u8]) {
    let Ok(expression) = std::str::from_utf8(bytes) else { return };
    let subject = Subject::of_go("f", "X/size=1k/é-8", &[("goos", "linux")]);
    for language in [Language::Benchstat, Language::Ours] {
        match Filter::new(expression, language) {
            Ok(filter) => {
                let keeps = filter.keeps(&subject, &["sec/op", "ns/op"]);
                assert!(!keeps || filter.could_keep(&subject), "what is kept could be kept");
            }
            Err(error) => assert!(expression.is_char_boundary(error.offset), "{error}"),
        }
        match Projections::new(&Wanted { row: expression, ..Wanted::default() }, language) {
            Ok(mut projections) => drop(projections.row.key(&subject, "")),
            Err((_, error)) => assert!(expression.is_char_boundary(error.offset), "{error}"),
        }
    }
}

/// Two files of Go text in one, with a NUL between, as benchstat's tables.
fn benchstat(bytes: &[u8]) {
    let filter = Filter::new("*", Language::Benchstat).expect("everything");
    let projections = Projections::new(&Wanted::default(), Language::Benchstat).expect("the defaults");
    let mut gathered = Gathered::new(filter, projections);
    for (index, part) in bytes.splitn(2, |byte| *byte == 0).enumerate() {
        let file = file("f", part);
        let Ok(scan) = scan::scan(&file) else { return };
        for series in &scan.series {
            let bench = &scan.benches[series.bench];
            let settings: Vec<(&str, &str)> =
                scan.settings[bench.settings].iter().map(|(key, value)| (&**key, &**value)).collect();
            let subject = Subject::of_go(["old", "new"][index], &bench.name, &settings);
            let (unit, written) = (scan.unit_of(series), &scan.units[series.unit].written);
            gathered.add(&subject, [Measured { unit, written, values: series.values.clone() }].into_iter());
        }
    }
    let is_exact = |unit: &str| unit == "B/op";
    let tables = gathered.tables(&Criteria { confidence: 0.95, alpha: 0.05, is_exact: &is_exact });
    let (mut out, mut remarks) = (Vec::new(), Vec::new());
    report::benchstat::text(&tables, &mut out).expect("memory takes everything");
    report::benchstat::csv(&tables, &mut out, &mut remarks).expect("memory takes everything");
}
