//! What every fuzz target does with its bytes.

use regress::formats::{self, FORMATS, File, Reading, native};
use regress::model::Run;

/// Reads `bytes` as the format of this name.
///
/// # Panics
/// When the reader does, or when what it read does not survive being written in our own format.
pub fn read(format: &str, bytes: &[u8]) {
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

fn keeps_everything(reading: Reading) {
    if !reading.problems.is_empty() {
        return;
    }
    let Ok(run) = Run::new("run", reading.provenance, Vec::new(), reading.observations) else { return };
    let bytes = native::write(&run);
    let again = formats::choose(&bytes).expect("our own file is recognised");
    let again = (again.read)(&[file("run", &bytes)]);
    assert_eq!(again.problems, []);
    let again = Run::new("run", again.provenance, Vec::new(), again.observations).expect("no two alike");
    assert_eq!(again.provenance, run.provenance);
    assert_eq!(native::write(&again), bytes);
}
