//! What a release is signed on: the same bytes from the same files, and whatever is changed is told.

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use serde_json::Value;

use super::{Desk, Told, told};
use crate::report::schema;

const OLD: &str = "BenchmarkParse 1000 9 allocs/op 520 B/op\nBenchmarkVerify 1000 40 allocs/op 4096 B/op\n";
const NEW: &str = "BenchmarkParse 1000 8 allocs/op 520 B/op\nBenchmarkVerify 1000 41 allocs/op 4096 B/op\n";
const BEST: &str = "BenchmarkParse 1000 7 allocs/op 512 B/op\nBenchmarkVerify 1000 40 allocs/op 4096 B/op\n";
const BUDGETS: &str = "[[budget]]\nbenchmark = \"*\"\nmetric = \"allocs\"\nlimit = \"< 50\"\nchange = \"<= +5%\"\n";
const SIGN: &str = "signoff --release v2 --today 2026-11-21 --history runs --evidence cpu-profile=cpu.txt old new";
const VERIFY: &str = "signoff --verify signoff-v2.json";

/// Every file that goes into [`SIGN`].
const INPUTS: &[&str] = &["old", "new", "runs/v0.json", "cpu.txt", "regress.toml"];

fn desk() -> Desk {
    Desk::with(&[
        ("old", OLD),
        ("new", NEW),
        ("runs/v0.json", BEST),
        ("cpu.txt", "4821 samples\n"),
        ("regress.toml", BUDGETS),
    ])
}

/// A desk on which the release was signed off.
fn signed() -> Desk {
    let desk = desk();
    assert_eq!(desk.run(SIGN).code, Some(0));
    desk
}

fn read(desk: &Desk, path: &str) -> String {
    fs::read_to_string(desk.path(path)).unwrap()
}

fn content(desk: &Desk, path: &str) -> Value {
    serde_json::from_str::<Value>(&read(desk, path)).unwrap()["content"].clone()
}

#[test]
fn a_sign_off_is_not_written_over_what_it_rests_on() {
    let desk = desk();
    desk.write("old.json", read(&desk, "old"));
    let before = read(&desk, "old.json");
    let told = desk.run("signoff --release v2 -o old old.json new");
    told.refused(&["old.json: would be written over old.json, which it is made from", "a name of its own"]);
    assert_eq!(read(&desk, "old.json"), before);
    assert!(!desk.path("old.md").exists() && !desk.path("old.html").exists());
    desk.write("proof.md", "looked at");
    desk.run("signoff --release v2 -o ./proof --evidence cpu-profile=proof.md old new").refused(&["proof.md"]);
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let (first, second) = (signed(), signed());
    for ending in ["json", "md", "html"] {
        let name = format!("signoff-v2.{ending}");
        assert_eq!(read(&first, &name), read(&second, &name));
    }
    let before = read(&first, "signoff-v2.json");
    first.run(SIGN);
    assert_eq!(read(&first, "signoff-v2.json"), before);
}

#[test]
fn keys_are_sorted() {
    fn check(value: &Value) {
        match value {
            Value::Object(map) => {
                assert!(map.keys().is_sorted(), "{:?}", map.keys().collect::<Vec<_>>());
                map.values().for_each(check);
            }
            Value::Array(values) => values.iter().for_each(check),
            _ => {}
        }
    }
    let desk = signed();
    // As they stand there: a map that sorts its keys while it is read would hide it.
    let text = read(&desk, "signoff-v2.json");
    let at: Vec<usize> =
        ["budgets", "checklist", "commands", "course", "inputs", "means", "new", "noise", "old", "recipe"]
            .iter()
            .map(|key| text.find(&format!("\n\"{key}\":")).unwrap())
            .collect();
    assert!(at.is_sorted(), "{at:?}");
    check(&content(&desk, "signoff-v2.json"));
}

#[test]
fn the_document_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../../schema/signoff-1.schema.json")).unwrap();
    let desk = signed();
    let file: Value = serde_json::from_str(&read(&desk, "signoff-v2.json")).unwrap();
    assert_eq!(schema::violations(&schema, &file), [""; 0]);
    let first = "signoff --release v1 --today 2026-11-21 -o first new";
    assert_eq!(desk.run(first).code, Some(0), "{:#?}", desk.run(first));
    let file: Value = serde_json::from_str(&read(&desk, "first.json")).unwrap();
    assert_eq!(schema::violations(&schema, &file), [""; 0]);
    let mut wrong = file;
    wrong["content"]["surprise"] = Value::Null;
    wrong["content"]["checklist"][0]["state"] = Value::from("");
    assert_eq!(schema::violations(&schema, &wrong).len(), 2);
}

#[test]
fn no_line_of_the_checklist_is_blank() {
    let desk = signed();
    desk.write("times", "BenchmarkParse 1000 88000 ns/op\n");
    desk.write("slower", "BenchmarkParse 1000 99000 ns/op\n");
    for sides in ["old new", "new", "times slower", "times"] {
        desk.write("none.toml", "");
        desk.run(&format!("signoff --release v3 --config none.toml {sides}"));
        let content = content(&desk, "signoff-v3.json");
        let lines = content["checklist"].as_array().unwrap();
        assert_eq!(lines.len(), regress::signoff::CHECKS.len());
        for line in lines {
            let text = |key: &str| line[key].as_str().unwrap().trim().to_owned();
            assert!(["pass", "fail", "not measured", "not applicable"].contains(&text("state").as_str()), "{line}");
            assert!(
                ["check", "question", "found", "artefact"].iter().all(|key| !text(key).is_empty()),
                "{sides}: {line}"
            );
            assert!(
                text("check") == "commit" || text("found").contains(|c: char| c.is_ascii_digit()),
                "{sides}: {line}"
            );
        }
    }
}

/// What was measured of the slowest calls, of leaks and of locks answers the questions about them.
#[test]
fn the_tail_leaks_and_locks_have_their_lines() {
    const BUDGETS: &str = "[[budget]]\nbenchmark = \"*\"\nmetric = \"time-p99\"\nlimit = \"< 1 ms\"\n\
                           [[budget]]\nbenchmark = \"*\"\nmetric = \"leaked-bytes\"\nlimit = \"== 0\"\n\
                           [[budget]]\nbenchmark = \"a\"\nmetric = \"contended\"\nlimit = \"== 0\"\n";
    let line = |benchmark: &str, metric: &str, unit: &str, value: &str| {
        format!("{{\"benchmark\":\"{benchmark}\",\"metric\":\"{metric}\",\"unit\":\"{unit}\",{value}}}\n")
    };
    let results = |p99: &str, leaked: u32, contended: u32| {
        let calls = |center: &str| format!("\"samples\":[{}]", [center; 8].join(","));
        [
            "{\"schema\":\"meter/1\",\"harness\":\"bench-meter 0.1.0\",\"package\":\"p\",\"bench\":\"b\",\"operations\":100}\n",
            &line("a", "time-p99", "ns", &calls(p99)),
            &line("a", "leaked-bytes", "bytes", &format!("\"total\":{leaked},\"operations\":100")),
            &line("a", "contended", "count", &format!("\"total\":{contended},\"operations\":100")),
            &line("b", "contended", "count", "\"samples\":[0,3]"),
            "{\"end\":true,\"cases\":2}\n",
        ]
        .concat()
    };
    let check = |results: &str, expected: [(&str, &str, &str); 3]| {
        let desk = Desk::with(&[("regress.toml", BUDGETS), ("new", results)]);
        desk.run("signoff --release v2 --today 2026-11-21 new");
        let checklist = content(&desk, "signoff-v2.json")["checklist"].clone();
        let lines = checklist.as_array().expect("a list");
        for (check, state, found) in expected {
            let line = lines.iter().find(|line| line["check"] == check).expect("every check has its line");
            assert_eq!(line["state"], state, "{line}");
            assert!(line["found"].as_str().is_some_and(|text| text.contains(found)), "{line}");
        }
    };
    check(
        &results("5000", 0, 0),
        [
            ("p99", "pass", "1 of 1 row; least left: a time-p99"),
            ("leaks", "pass", "1 of 1 row"),
            ("contention", "pass", "1 of 1 row; 1 detail that no budget names"),
        ],
    );
    check(
        &results("5000000", 1, 7),
        [
            ("p99", "fail", "1 of 1 row beyond budget; a time-p99"),
            ("leaks", "fail", "1 of 1 row beyond budget; a leaked-bytes"),
            ("contention", "fail", "1 of 1 row beyond budget; a contended"),
        ],
    );
}

/// A median of single calls explains a time. Whatever no budget names is told apart, and by all lines alike.
#[test]
fn a_detail_that_no_budget_names_is_no_row_without_a_verdict() {
    #[track_caller]
    fn check(arguments: &str, metrics: &[&str], judged: &str, time: (&str, &str)) {
        let row = |metric: &&str| {
            format!(
                "{{\"benchmark\":\"a\",\"metric\":\"{metric}\",\"unit\":\"ns\",\"samples\":[100,100,101,100,100,100,101,100]}}\n"
            )
        };
        let head = "{\"schema\":\"meter/1\",\"harness\":\"bench-meter 0.1.0\",\"package\":\"p\",\"bench\":\"b\",\"operations\":100}\n";
        let allocs =
            "{\"benchmark\":\"a\",\"metric\":\"allocs\",\"unit\":\"count\",\"total\":100,\"operations\":100}\n";
        let rows: String = metrics.iter().map(row).collect();
        let results = [head, allocs, &rows, "{\"end\":true,\"cases\":1}\n"].concat();
        let budget = |metric: &str, limit: &str| {
            format!("[[budget]]\nbenchmark = \"*\"\nmetric = \"{metric}\"\nlimit = \"{limit}\"\n")
        };
        let of_time = if metrics.contains(&"time") { budget("time", "< 1 ms") } else { String::new() };
        let budgets = budget("allocs", "< 50") + &of_time;
        let desk = Desk::with(&[("regress.toml", &budgets), ("new", &results)]);
        let told = desk.run(&format!("signoff --release v2 --today 2026-11-21 {arguments} new"));
        assert_eq!(told.code, Some(0), "{told:#?}");
        let content = content(&desk, "signoff-v2.json");
        let line = |check: &str| {
            let mut lines = content["checklist"].as_array().unwrap().iter();
            let line = lines.find(|line| line["check"] == check).unwrap();
            (line["state"].as_str().unwrap().to_owned(), line["found"].as_str().unwrap().to_owned())
        };
        assert_eq!(line("judged"), ("pass".to_owned(), judged.to_owned()));
        let (state, found) = line("time");
        assert!(state == time.0 && found.starts_with(time.1), "{state}: {found}");
        assert_eq!(content["unjudged"], Value::Array(Vec::new()));
        let page = read(&desk, "signoff-v2.md");
        let told_apart = judged.split_once("; ").map(|(_, details)| format!("Not among them: {details}."));
        assert!(told_apart.is_none_or(|sentence| page.contains(&sentence)), "{page}");
    }
    check("", &["time"], "2 of 2 rows", ("pass", "1 of 1 row; least left"));
    let one = "1 detail that no budget names";
    check(
        "",
        &["time", "time-p50"],
        &format!("2 of 2 rows; {one}"),
        ("pass", &format!("1 of 1 row; {one}; least left")),
    );
    check("", &["time-p50"], &format!("1 of 1 row; {one}"), ("not measured", &format!("times: {one}")));
    check("--without time", &["time-p50"], &format!("1 of 1 row; {one}"), ("not applicable", "0 rows: --without time"));
}

/// Whoever pastes the commands gets the same files, under the names that they have.
#[test]
fn the_commands_name_the_files_that_were_written() {
    #[track_caller]
    fn check(output: &str, stem: &str) {
        let desk = desk();
        assert_eq!(desk.run(&format!("signoff --release v2 --today 2026-11-21 {output} old new")).code, Some(0));
        let file = format!("{stem}.json");
        let before = read(&desk, &file);
        let commands = content(&desk, &file)["commands"].clone();
        for command in commands.as_array().unwrap() {
            let arguments = command.as_str().unwrap().strip_prefix("regress ").unwrap();
            assert_eq!(desk.run(arguments).code, Some(0), "{arguments}");
        }
        assert_eq!(commands[1], format!("regress signoff --verify {file}"));
        assert_eq!(read(&desk, &file), before);
    }
    check("", "signoff-v2");
    check("-o proof", "proof");
}

#[test]
fn the_exit_code_is_that_of_the_verdict_and_the_documents_are_there() {
    #[track_caller]
    fn check(arguments: &str, code: i32, conclusion: &str) {
        let desk = desk();
        desk.write("worse", "BenchmarkParse 1000 60 allocs/op 520 B/op\nBenchmarkVerify 1000 40 allocs/op 4096 B/op\n");
        let told = desk.run(&format!("signoff --release v2 --today 2026-11-21 {arguments}"));
        assert_eq!(told.code, Some(code), "{told:#?}");
        assert!(["json", "md", "html"].iter().all(|ending| desk.path(&format!("signoff-v2.{ending}")).is_file()));
        assert_eq!(content(&desk, "signoff-v2.json")["verdict"]["conclusion"], conclusion);
        // What it found does not matter to whether it holds.
        assert_eq!(desk.run(VERIFY).code, Some(0), "{:#?}", desk.run(VERIFY));
    }
    check("old new", 0, "passed");
    check("old worse", 1, "failed");
    check("--require tests old new", 1, "failed");
    check("--history runs --creep +1% old new", 1, "failed"); // 7 → 8 allocations
    check("--history runs --creep +20% old new", 0, "passed");
}

#[test]
fn documents_say_one_thing() {
    let desk = signed();
    let content = content(&desk, "signoff-v2.json");
    let (markdown, html) = (read(&desk, "signoff-v2.md"), read(&desk, "signoff-v2.html"));
    let json_hash = regress::signoff::sha256(read(&desk, "signoff-v2.json").as_bytes());
    let hashes = content["inputs"].as_array().unwrap().iter().map(|input| input["sha256"].as_str().unwrap().to_owned());
    let program = content["tool"]["sha256"].as_str().unwrap().to_owned();
    for hash in hashes.chain([program, json_hash]) {
        assert!(markdown.contains(&hash) && html.contains(&hash), "{hash}");
    }
    for line in content["checklist"].as_array().unwrap() {
        let question = line["question"].as_str().unwrap();
        assert!(markdown.contains(question) && html.contains(&question.replace('\'', "&#39;")), "{question}");
    }
}

// ---- tampering ------------------------------------------------------------------------------------------------

#[track_caller]
fn differs(desk: &Desk, arguments: &str, texts: &[&str]) -> Told {
    let told = desk.run(arguments);
    assert_eq!((told.code, &*told.stderr), (Some(1), ""), "{told:#?}");
    assert!(told.stdout.starts_with("DIFFERS  signoff-v2.json"), "{told:#?}");
    for text in texts {
        assert!(told.stdout.contains(text), "{text:?} is not in {told:#?}");
    }
    told
}

#[test]
fn what_was_changed_is_told_by_its_name() {
    let desk = signed();
    desk.write("new", NEW.replace("8 allocs", "6 allocs"));
    differs(&desk, VERIFY, &["FAIL  new (new): changed: sha256", "course[Parse allocs].new: signed 8.0, computed 6.0"]);
    desk.write("new", "nothing that can be read");
    differs(&desk, VERIFY, &["FAIL  new (new): changed: sha256", "it cannot be computed again"]);
    desk.write("new", NEW);
    desk.write("runs/v1.json", NEW);
    differs(&desk, VERIFY, &["inputs[runs/v1.json]: signed nothing"]);
    fs::remove_file(desk.path("runs/v1.json")).unwrap();
    desk.write("signoff-v2.md", read(&desk, "signoff-v2.md").replace("pass", "PASS"));
    differs(&desk, VERIFY, &["FAIL  signoff-v2.md: does not say what the JSON says"]);
}

/// What is signed is the JSON: a document for people that is gone is no difference, and nobody is told that it says the same.
#[test]
fn documents_for_people_that_are_gone_are_told_and_fail_nothing() {
    let desk = signed();
    let said = |told: &Told| {
        let lines =
            told.stdout.lines().filter(|line| line.contains("signoff-v2.md") || line.contains("signoff-v2.html"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(said(&desk.run(VERIFY)), ["same  signoff-v2.md says the same", "same  signoff-v2.html says the same"]);
    for gone in ["signoff-v2.md", "signoff-v2.html"] {
        fs::remove_file(desk.path(gone)).unwrap();
        let told = desk.run(VERIFY);
        assert!(told.code == Some(0) && told.stdout.starts_with("VERIFIED"), "{told:#?}");
        let note = format!("note  {gone} cannot be read: whether it says the same is not known");
        assert!(said(&told).contains(&note), "{told:#?}");
    }
    assert_eq!(said(&desk.run(VERIFY)).len(), 2, "one line of each");
}

#[test]
fn what_is_not_there_is_no_answer() {
    let desk = signed();
    fs::remove_file(desk.path("old")).unwrap();
    desk.run(VERIFY).refused(&["old (old): cannot be read", "where the sign-off was made"]);
    desk.run("signoff --verify none.json").refused(&["none.json"]);
    desk.run("signoff --verify regress.toml").refused(&["regress.toml: it is no sign-off"]);
    desk.run("signoff --release v3 new new").refused(&["new and new hold the same bytes"]);
    desk.write("other.json", "{\"schema\": \"regress-signoff/2\", \"content\": {}, \"sha256\": \"\"}");
    desk.run("signoff --verify other.json").refused(&["its schema is `regress-signoff/2`"]);
}

/// Everything between quotes is left: numbers of the content, each with its place in the text.
fn numbers(text: &str) -> Vec<std::ops::Range<usize>> {
    let (mut found, mut is_text, mut begin) = (Vec::new(), false, None);
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if is_text {
            is_text = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        is_text = c == '"';
        let is_number = c.is_ascii_digit() || "+-.eE".contains(c);
        match (begin, is_number) {
            (None, true) if c.is_ascii_digit() => begin = Some(at),
            (Some(start), false) => {
                found.push(start..at);
                begin = None;
            }
            _ => {}
        }
    }
    found
}

proptest! {
    // Each case starts the program once.
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_byte_of_any_input_is_told(input in 0..INPUTS.len(), at in any::<prop::sample::Index>(), other in 1..=255u8) {
        let desk = signed_once();
        let name = INPUTS[input];
        let mut bytes = fs::read(desk.path(name)).unwrap();
        let before = bytes.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= other;
        desk.write(name, &bytes);
        let told = desk.run(VERIFY);
        desk.write(name, &before);
        prop_assert_eq!(told.code, Some(1), "{}: {:#?}", name, told);
        let line = format!("FAIL  {name} (");
        prop_assert!(told.stdout.contains(&line), "{:#?}", told);
    }

    #[test]
    fn a_number_of_the_content_is_told(which in any::<prop::sample::Index>(), hash_is_mended in any::<bool>()) {
        let desk = signed_once();
        let before = read(&desk, "signoff-v2.json");
        let places = numbers(&before);
        let place = places[which.index(places.len())].clone();
        let number: f64 = before[place.clone()].parse().unwrap();
        let mut after = before.clone();
        after.replace_range(place, &(number + 1.0).to_string());
        if hash_is_mended {
            after = with_its_hash(&after);
        }
        desk.write("signoff-v2.json", &after);
        let told = desk.run(VERIFY);
        desk.write("signoff-v2.json", &before);
        prop_assert_eq!(told.code, Some(1), "{:#?}", told);
        prop_assert!(hash_is_mended || told.stdout.contains("FAIL  content: changed after it was made"), "{:#?}", told);
        prop_assert!(told.stdout.contains(": signed "), "{:#?}", told);
    }

    #[test]
    fn a_byte_of_the_document_is_told(at in any::<prop::sample::Index>(), other in 1..=255u8) {
        let desk = signed_once();
        let before = read(&desk, "signoff-v2.json").into_bytes();
        let mut bytes = before.clone();
        bytes[at.index(before.len())] ^= other;
        desk.write("signoff-v2.json", &bytes);
        let told = desk.run(VERIFY);
        desk.write("signoff-v2.json", &before);
        // 2 where it is no sign-off any more, or names a file that is not there.
        prop_assert!(matches!(told.code, Some(1 | 2)), "{:#?}", told);
    }
}

/// One desk for the cases of this process; they put back what they change, and take turns.
fn signed_once() -> std::sync::MutexGuard<'static, Desk> {
    static DESK: std::sync::LazyLock<std::sync::Mutex<Desk>> =
        std::sync::LazyLock::new(|| std::sync::Mutex::new(signed()));
    DESK.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Who forges a number can forge the hash that stands beside it.
fn with_its_hash(text: &str) -> String {
    let begin = text.find("\"content\":").unwrap() + "\"content\":".len();
    let end = text.rfind(",\n\"schema\":").unwrap();
    let said = text.rfind("\"sha256\":\"").unwrap() + "\"sha256\":\"".len();
    let hash = regress::signoff::sha256(&text.as_bytes()[begin..end]);
    format!("{}{hash}{}", &text[..said], &text[said + hash.len()..])
}

// ---- noise ------------------------------------------------------------------------------------------------------

const NOISE: &str = "baselines/noise/amd-epyc-2-cores-linux-x86-64.json";

/// Times of one machine, and what a null run found there on the first of November.
fn timed_desk() -> Desk {
    let run = |seconds: f64| {
        let times: Vec<f64> = (0..40).map(|i| seconds * (1.0 + f64::from(i * 17 % 40) / 4000.0)).collect();
        format!(
            "{{\"schema\":\"regress-run/1\",\"provenance\":{{\"host\":{{\"cpu\":\"AMD EPYC\",\"cores\":2,\"os\":\"linux x86_64\"}},\
             \"toolchain\":\"rustc 1.95.0\",\"harnesses\":{{\"criterion\":\"0.8.2\"}}}},\"observations\":[\n{{\"benchmark\":\"sort\",\
             \"metric\":\"time\",\"unit\":\"s\",\"harness\":\"criterion\",\"processes\":[{times:?}]}}\n]}}\n"
        )
    };
    let noise = "{\n\"schema\": \"regress-noise/1\",\n\"provenance\": {\n\"recorded_at\": \"2026-11-01T08:00:00Z\",\n\
                 \"host\": {\"cpu\":\"AMD EPYC\",\"cores\":2,\"os\":\"linux x86_64\"}\n},\n\"runs\": 500,\n\"false_runs\": 3,\n\
                 \"benchmarks\": [\n{\"benchmark\":\"sort\",\"rounds\":40,\"lockstep\":false,\"scatter\":0.021,\"round_seconds\":0.11,\
                 \"visible\":[[10,1.09],[160,1.02]],\"between_runs\":1.18,\"false_flags\":0}\n]\n}\n";
    Desk::with(&[("old", &run(1e-3)), ("new", &run(1.01e-3)), (NOISE, noise)])
}

#[test]
fn the_noise_of_the_machine_is_an_input() {
    #[track_caller]
    fn check(desk: &Desk, today: &str, null_run: (&str, &str), false_alarms: &str) {
        desk.run(&format!("signoff --release v2 --today {today} old new"));
        let content = content(desk, "signoff-v2.json");
        let line = |check: &str| {
            let lines = content["checklist"].as_array().unwrap().iter();
            lines.clone().find(|line| line["check"] == check).unwrap().clone()
        };
        let (state, found) = null_run;
        assert_eq!(line("null-run")["state"], state, "{}", line("null-run"));
        assert!(line("null-run")["found"].as_str().unwrap().contains(found), "{}", line("null-run"));
        assert_eq!(line("false-alarms")["state"], false_alarms, "{}", line("false-alarms"));
    }
    let desk = timed_desk();
    check(&desk, "2026-11-21", ("pass", "20 days old"), "pass");
    assert_eq!(content(&desk, "signoff-v2.json")["recipe"]["noise"], NOISE);
    assert_eq!(desk.run(VERIFY).code, Some(0), "{:#?}", desk.run(VERIFY));
    let noise = read(&desk, NOISE);
    desk.write(NOISE, noise.replace("\"false_runs\": 3", "\"false_runs\": 4"));
    let field = "noise.null_run.false_runs: signed 3, computed 4";
    differs(&desk, VERIFY, &["(noise): changed", field]);
    fs::remove_file(desk.path(NOISE)).unwrap();
    desk.run(VERIFY).refused(&["amd-epyc-2-cores-linux-x86-64.json (noise): cannot be read"]);
    check(&desk, "2026-11-21", ("not measured", "regress null"), "not measured");
    // One that was measured since is not what was signed on.
    desk.write(NOISE, &noise);
    assert_eq!(desk.run(VERIFY).code, Some(0), "{:#?}", desk.run(VERIFY));
    check(&desk, "2026-12-25", ("fail", "54 days old (2026-11-01), allowed 30"), "pass");
    check(&desk, "2026-10-31", ("fail", "1 day after"), "pass");
    desk.write(NOISE, noise.replace("\"false_runs\": 3", "\"false_runs\": 60"));
    check(&desk, "2026-11-21", ("pass", "20 days old"), "fail");
}

#[test]
fn another_program_that_computes_the_same_is_a_note() {
    let desk = signed();
    for ending in ["md", "html"] {
        fs::remove_file(desk.path(&format!("signoff-v2.{ending}"))).unwrap();
    }
    let text = read(&desk, "signoff-v2.json");
    let program = content(&desk, "signoff-v2.json")["tool"]["sha256"].as_str().unwrap().to_owned();
    desk.write("signoff-v2.json", with_its_hash(&text.replace(&program, &"0".repeat(64))));
    let told = desk.run(VERIFY);
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert!(told.stdout.contains("note  made by regress"), "{told:#?}");
}

// ---- signatures -----------------------------------------------------------------------------------------------

#[track_caller]
fn key(desk: &Desk, name: &str) {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(desk.path(name));
    let done = command.status().expect("these tests need ssh-keygen: install openssh-client");
    assert!(done.success());
}

fn allow(desk: &Desk, name: &str) {
    desk.write("allowed", format!("{name}@example.org {}", read(desk, &format!("{name}.pub"))));
}

#[test]
fn a_signature_is_of_these_bytes_and_of_somebody_who_may() {
    let desk = desk();
    key(&desk, "ada");
    key(&desk, "eve");
    assert_eq!(desk.run(&SIGN.replace("--release", "--sign ada --release")).code, Some(0));
    let verify = format!("{VERIFY} --allowed-signers allowed");
    allow(&desk, "ada");
    let told = desk.run(&verify);
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert!(told.stdout.contains("signature: Good \"regress-signoff\" signature for ada@example.org"), "{told:#?}");
    assert!(desk.run(VERIFY).stdout.contains("signoff-v2.json.sig: not looked at"));
    // ssh-keygen alone says the same: nobody needs this program for it.
    let mut plain = Command::new("ssh-keygen");
    plain.args(["-Y", "verify", "-n", "regress-signoff", "-I", "ada@example.org", "-f"]);
    plain.arg(desk.path("allowed")).arg("-s").arg(desk.path("signoff-v2.json.sig"));
    assert!(plain.stdin(fs::File::open(desk.path("signoff-v2.json")).unwrap()).output().unwrap().status.success());
    let before = read(&desk, "signoff-v2.json");
    desk.write("signoff-v2.json", before.replace("Verify", "Verifx"));
    differs(&desk, &verify, &["FAIL  signature: "]);
    desk.write("signoff-v2.json", before);
    allow(&desk, "eve");
    differs(&desk, &verify, &["FAIL  signature: ", "names nobody with its key"]);
    fs::remove_file(desk.path("signoff-v2.json.sig")).unwrap();
    desk.run(&verify).refused(&["signoff-v2.json.sig: cannot be read", "--sign KEY"]);
}

#[test]
fn without_ssh_keygen_it_is_said() {
    let desk = desk();
    desk.write("key", "no key at all\n");
    desk.run(&SIGN.replace("--release", "--sign none --release")).refused(&["none: no such key", "ssh-keygen -t"]);
    desk.run(&SIGN.replace("--release", "--sign key --release")).refused(&["key: ssh-keygen does not sign"]);
    let mut command = desk.command(&SIGN.replace("--release", "--sign key --release"));
    command.env("PATH", desk.path("runs"));
    told(command).refused(&["ssh-keygen cannot be run", "install OpenSSH"]);
    assert!(!Path::new(&desk.path("signoff-v2.json")).exists(), "nothing is half-written");
}

// ---- what somebody else wrote -----------------------------------------------------------------------------------

#[test]
fn hostile_names_do_no_harm() {
    let name = "a|<img src=x onerror=alert(1)>`@team` https://evil.example \\\"\\u202ex";
    let run = format!(
        "{{\"schema\":\"regress-run/1\",\"provenance\":{{}},\"observations\":[\n{{\"benchmark\":\"{name}\",\"metric\":\"allocs\",\"unit\":\"count\",\"harness\":\"meter\",\"total\":3,\"operations\":1}}\n]}}\n"
    );
    let desk = Desk::with(&[("old", &run), ("new", &run.replace(":3,", ":4,"))]);
    let told = desk.run("signoff --release <b>v2</b> --today 2026-11-21 -o out old new");
    assert_eq!(told.code, Some(1), "{told:#?}");
    let (markdown, html) = (read(&desk, "out.md"), read(&desk, "out.html"));
    let outside_of_code = without_code(&markdown);
    assert!(!outside_of_code.contains(['<', '@']) || outside_of_code.contains("@\u{2060}team"), "{outside_of_code}");
    assert!(!outside_of_code.contains("<img") && !outside_of_code.contains("<b>"), "{outside_of_code}");
    assert!(!html.contains("<img") && !html.contains("<b>") && html.contains("&lt;img"), "{html}");
    assert!(![&markdown, &html, &told.stdout].iter().any(|text| text.contains('\u{202e}')));
    let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-";
    assert!(
        html.contains(policy) && !html.contains("unsafe") && !html.contains("<script") && !html.contains("http://"),
        "{html}"
    );
    assert_eq!(desk.run("signoff --verify out.json").code, Some(0));
}

/// Markdown without its code: what stands between two runs of as many backticks.
fn without_code(markdown: &str) -> String {
    let run = |text: &str| text.chars().take_while(|c| *c == '`').count();
    let (mut rest, mut plain) = (markdown, String::new());
    while let Some(at) = rest.find('`') {
        let is_escaped = rest[..at].ends_with('\\');
        let fence = run(&rest[at..]);
        let after = &rest[at + fence..];
        let ends: Vec<usize> =
            after.match_indices('`').map(|(at, _)| at).filter(|at| !after[..*at].ends_with('`')).collect();
        match ends.into_iter().find(|end| run(&after[*end..]) == fence).filter(|_| !is_escaped) {
            Some(end) => {
                plain.push_str(&rest[..at]);
                rest = &after[end + fence..];
            }
            None => {
                plain.push_str(&rest[..at + fence]);
                rest = after;
            }
        }
    }
    plain + rest
}
