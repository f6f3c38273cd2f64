//! The inputs that fuzzing found and kept, through the same code that fuzzing runs.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use targets::seeds;

const FUZZ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz");

/// The names, without ending, of the files of a directory of `fuzz/` that end like this.
fn names(directory: &str, ending: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(Path::new(FUZZ).join(directory)).expect("the directory is part of the repository");
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

#[test]
fn every_kept_input_still_passes() {
    let mut failing = Vec::new();
    let mut replayed = 0;
    for target in targets::targets() {
        let text = fs::read_to_string(format!("{FUZZ}/corpus/{target}.txt")).expect("every target keeps inputs");
        let inputs = seeds::read(&text);
        assert!(inputs.len() >= 5, "{target} keeps only {} inputs", inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            if catch_unwind(|| targets::run(&target, input)).is_err() {
                failing.push(format!("fuzz/corpus/{target}.txt:{}", index + 1));
            }
            replayed += 1;
        }
    }
    assert!(failing.is_empty(), "{}", failing.join("\n"));
    assert!(replayed >= 1000, "only {replayed} inputs");
}

#[test]
fn every_reader_has_a_target_and_every_target_its_inputs() {
    let wanted: BTreeSet<String> = targets::targets().collect();
    assert_eq!(names("fuzz_targets", ".rs"), wanted);
    assert_eq!(names("corpus", ".txt"), wanted);
    let manifest = fs::read_to_string(format!("{FUZZ}/Cargo.toml")).unwrap();
    let workflow = fs::read_to_string(format!("{FUZZ}/../../.github/workflows/fuzz.yml")).unwrap();
    for target in &wanted {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")), "{target} in Cargo.toml");
        assert!(
            workflow.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == target),
            "{target} in fuzz.yml"
        );
        let body = fs::read_to_string(format!("{FUZZ}/fuzz_targets/{target}.rs")).unwrap();
        assert!(body.contains(&format!("run(\"{target}\", bytes)")), "{target} runs itself");
    }
}

#[test]
fn any_bytes_are_a_line_and_back() {
    let all: Vec<u8> = (0..=255).collect();
    for input in [&all[..], b"", b"\\x4\n", b"\"'\t\r\n\\"] {
        let line = seeds::line(input);
        assert!(!line.contains('\n') && line.is_ascii());
        assert_eq!(seeds::read(&format!("{line}\n")), [input]);
    }
}
