//! What valgrind's tools and the harnesses around them leave, broken in every way.

use regress::formats::{File, Reading};
use regress::model::{Observation, Run, Values};

use super::corpus::{check, format};

/// `benchmark metric harness count`, one for each observation.
fn told(observations: &[Observation]) -> Vec<String> {
    let line = |o: &Observation| match o.values {
        Values::Exact(exact) => format!("{} {} {} {}", o.id, o.metric.name, o.harness, exact.total()),
        Values::Sampled(_) => panic!("counts are exact"),
    };
    observations.iter().map(line).collect()
}

fn read(name: &str, files: &[(&str, &str)]) -> Reading {
    let file = |(path, text): &(&str, &str)| File { path: (*path).into(), bytes: text.as_bytes().into() };
    (format(name).read)(&files.iter().map(file).collect::<Vec<_>>())
}

const CALLGRIND: &str = "# callgrind format\nversion: 1\ncreator: callgrind-3.19.0\npid: 7\ncmd: ./walk 10\npart: 1\n\nevents: Ir\nsummary: 5\n\nfn=f\n1 5\n\ntotals: 5\n";

#[test]
fn callgrind_parts_in_one_file_are_added_up_and_a_lost_one_is_noticed() {
    let part = |number: u32| format!("\npart: {number}\n\nevents: Ir\nsummary: 6\n\nfn=f\n1 6\n\ntotals: 6\n");
    let combined = format!("{CALLGRIND}{}{}", part(2), part(3));
    let reading = check("callgrind", &[("callgrind.out.7", &combined)], &[], &[]);
    assert_eq!(told(&reading.observations), ["walk 10 instructions callgrind 17"]); // 5 + 6 + 6

    let end = |text: &str| combined.find(text).unwrap();
    for (length, wanted) in [
        (end("part: 2") + 8, "an `events:` line"),
        (end("summary: 6"), "a `totals:` line"),
        (combined.len() - 1, "a `totals:` line"), // The last digits may be missing.
    ] {
        let expected = format!("callgrind.out.7: the file ends too early; wanted {wanted}");
        check("callgrind", &[("callgrind.out.7", &combined[..length])], &[&expected], &[]);
    }
    let twice = format!("{CALLGRIND}{}{}", part(2), part(2));
    let expected = "callgrind.out.7:34: found a part for a second time; wanted each part once";
    check("callgrind", &[("callgrind.out.7", &twice)], &[expected], &[]);
    let lost = CALLGRIND.replace("totals: 5\n", "\npart: 2\nevents: Ir\ntotals: 5\n");
    let expected = "callgrind.out.7:16: the file ends too early; wanted a `totals:` line before further `events:`";
    check("callgrind", &[("callgrind.out.7", &lost)], &[expected], &[]);
}

#[test]
fn plain_files_are_named_after_the_command_and_stand_apart() {
    let other = CALLGRIND.replace("./walk 10", "/usr/bin/walk 20").replace("totals: 5", "totals: 9");
    let second = CALLGRIND.replace("part: 1\n", "part: 1\nthread: 2\n");
    let files = [("a/callgrind.out.7", CALLGRIND), ("a/callgrind.out.8", &*other), ("a/callgrind.out.7-02", &*second)];
    let reading = check("callgrind", &files, &[], &[]);
    assert_eq!(
        told(&reading.observations),
        [
            "walk 10 instructions callgrind 5",
            "walk 20 instructions callgrind 9",
            "walk 10/thread 2 instructions callgrind 5",
        ]
    );
}

const CACHEGRIND: &str = "desc: I1 cache: 32768 B\ncmd: ./walk 10\nevents: Ir I1mr ILmr Dr D1mr DLmr Dw D1mw DLmw\nfl=a.c\nfn=f\n1 5\nsummary: 100 6 2 20 4 1 10 2 1\n";

#[test]
fn a_broken_cachegrind_file_is_refused_with_the_place() {
    #[track_caller]
    fn check_one(text: &str, expected: &str) {
        check("cachegrind", &[("cachegrind.out.7", text)], &[expected], &[]);
    }
    let reading = check("cachegrind", &[("cachegrind.out.7", CACHEGRIND)], &[], &[]);
    assert_eq!(
        told(&reading.observations),
        [
            "walk 10 instructions cachegrind 100",
            "walk 10 estimated-cycles cachegrind 298", // 118 + 5 * 8 + 35 * 4
            "walk 10 l1-hits cachegrind 118",          // 130 accesses, 12 missed
            "walk 10 ll-hits cachegrind 8",            // 12 - 4
            "walk 10 ram-hits cachegrind 4",
        ]
    );
    check_one("", "cachegrind.out.7: the file ends too early; wanted an `events:` line");
    let (head, _) = CACHEGRIND.split_once("summary").unwrap();
    check_one(head, "cachegrind.out.7: the file ends too early; wanted a `summary:` line");
    check_one(CACHEGRIND.trim_end(), "cachegrind.out.7: the file ends too early; wanted a `summary:` line");
    check_one(
        &format!("{CACHEGRIND}{CACHEGRIND}"),
        "cachegrind.out.7:8: found more behind `summary:`; wanted one process in a file",
    );
    check_one(
        &format!("{head}{CACHEGRIND}"),
        "cachegrind.out.7:9: the file ends too early; wanted a `summary:` line before further `events:`",
    );
    check_one(
        &CACHEGRIND.replace("2 1\n", "2 -1\n"),
        "cachegrind.out.7:7: `100 6 2 20 4 1 10 2 -1` is no measurement; wanted counts below 2^64",
    );
    check_one(&CACHEGRIND.replace("2 1\n", "2 1 9\n"), "cachegrind.out.7:7: 9 events but 10 counts; they must pair up");
    check_one(&CACHEGRIND.replace("I1mr", "Ir"), "cachegrind.out.7:7: found event `Ir` twice; wanted each event once");
    check_one(&CACHEGRIND.replace("100", "0"), "cachegrind.out.7: nothing was measured in it");
    check_one(
        &CACHEGRIND.replace("100", "18446744073709551615"),
        "cachegrind.out.7: `the sum of all events` is no measurement; wanted less than 2^64",
    );
    let windows = format!("\u{feff}{}", CACHEGRIND.replace('\n', "\r\n"));
    assert_eq!(regress::formats::choose(windows.as_bytes()).map(|format| format.name), Some("cachegrind"));
    assert_eq!(read("cachegrind", &[("x", &windows)]).observations.len(), 5);
}

const MASSIF: &str = "desc: --peak-inaccuracy=0.0\ncmd: ./walk 10\ntime_unit: i\n#-----------\nsnapshot=0\n#-----------\ntime=0\nmem_heap_B=0\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=empty\n#-----------\nsnapshot=1\n#-----------\ntime=9\nmem_heap_B=70\nmem_heap_extra_B=8\nmem_stacks_B=0\nheap_tree=peak\nn2: 70 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n n0: 60 0x1: f (a.c:1)\n n0: 10 in 1 place, below massif's threshold (1.00%)\n#-----------\nsnapshot=2\n#-----------\ntime=10\nmem_heap_B=60\nmem_heap_extra_B=8\nmem_stacks_B=0\nheap_tree=empty\n";

#[test]
fn a_broken_massif_file_is_refused_with_the_place() {
    #[track_caller]
    fn check_one(text: &str, expected: &str) {
        check("massif", &[("massif.out.7", text)], &[expected], &[]);
    }
    let reading = check("massif", &[("massif.out.7", MASSIF)], &[], &[]);
    assert_eq!(told(&reading.observations), ["walk 10 peak-bytes massif 70"]);
    let end = |text: &str| MASSIF.find(text).unwrap() + text.len();
    check_one("", "massif.out.7: the file ends too early; wanted a snapshot");
    check_one(&MASSIF[..end("time=9\n")], "massif.out.7: the file ends too early; wanted the rest of a snapshot");
    check_one(
        &MASSIF[..end("heap_tree=peak\n")],
        "massif.out.7: the file ends too early; wanted 1 more nodes of a heap tree",
    );
    check_one(&MASSIF[..end("etc.\n")], "massif.out.7: the file ends too early; wanted 2 more nodes of a heap tree");
    check_one(&MASSIF[..MASSIF.len() - 1], "massif.out.7: the file ends too early; wanted 1 more nodes of a heap tree");
    check_one(
        &format!("{MASSIF}{MASSIF}"),
        "massif.out.7:31: found `desc: --peak-inaccuracy=0.0`; wanted `snapshot=3`",
    );
    check_one(&MASSIF.replace("snapshot=1", "snapshot=2"), "massif.out.7:13: found `snapshot=2`; wanted `snapshot=1`");
    check_one(
        &MASSIF.replace("mem_heap_B=70", "mem_heap_B=-70"),
        "massif.out.7:16: `-70` is no measurement; wanted bytes below 2^64",
    );
    check_one(
        &MASSIF.replace("heap_tree=peak", "heap_tree=oak"),
        "massif.out.7:19: found `heap_tree=oak`; wanted `empty`, `detailed` or `peak`",
    );
    check_one(
        &MASSIF.replace(" n0: 60", " 60"),
        "massif.out.7:21: found ` 60 0x1: f (a.c:1)`; wanted a node of the heap tree",
    );
    let (second, tree) = ("heap_tree=empty\n#-----------\nsnapshot=2", "heap_tree=peak\nn0: 1 x\n");
    assert!(!MASSIF.contains(second));
    check_one(
        &MASSIF.replacen("heap_tree=empty\n", tree, 1),
        "massif.out.7:20: found a second `heap_tree=peak`; wanted one peak",
    );
    let windows = MASSIF.replace('\n', "\r\n");
    assert_eq!(told(&read("massif", &[("x", &windows)]).observations), ["walk 10 peak-bytes massif 70"]);
}

#[test]
fn massif_says_what_its_peak_is_worth() {
    let about = "massif's peak may be up to 1 % too low; with --peak-inaccuracy=0.0 it is exact, and so is DHAT's";
    let unmarked = "massif marked no snapshot as the peak, as where memory is never freed; the largest one is taken";
    let loose = MASSIF.replace("--peak-inaccuracy=0.0", "(none)");
    check("massif", &[("massif.out.7", &loose)], &[], &[about]);
    let reading = check("massif", &[("massif.out.7", &MASSIF.replace("=peak", "=detailed"))], &[], &[unmarked]);
    assert_eq!(told(&reading.observations), ["walk 10 peak-bytes massif 70"]);
    let pages = MASSIF.replace("desc: ", "desc: --pages-as-heap=yes ");
    let reading = check("massif", &[("massif.out.7", &pages)], &[], &[]);
    assert_eq!(told(&reading.observations), ["walk 10 peak-mapped-bytes massif 70"]);
    // Of the processes of a benchmark the largest.
    let more = MASSIF.replace("mem_heap_B=70", "mem_heap_B=90");
    let files = [("g/f.i/massif.f.i.1.out", MASSIF), ("g/f.i/massif.f.i.2.out", &more)];
    assert_eq!(told(&check("massif", &files, &[], &[]).observations), ["g/f/i peak-bytes massif 90"]);
}

const DHAT: &str = r#"{"dhatFileVersion":2,"mode":"heap","cmd":"./walk 10","pps":[{"tb":32,"tbk":2,"gb":30,"fs":[]}],"ftbl":["[root]"]}"#;

#[test]
fn dhat_counts_events_and_copies_and_adds_processes_up() {
    let of_mode = |mode: &str| {
        let text = DHAT.replace("\"heap\"", &format!("\"{mode}\""));
        told(&check("dhat", &[("dhat.out.7", &text)], &[], &[]).observations)
    };
    let heap = ["walk 10 allocs dhat 2", "walk 10 alloc-bytes dhat 32", "walk 10 peak-bytes dhat 30"];
    assert_eq!(of_mode("heap"), heap);
    assert_eq!(of_mode("rust-heap"), heap);
    assert_eq!(of_mode("ad-hoc"), ["walk 10 events dhat 2", "walk 10 units dhat 32"]);
    assert_eq!(of_mode("rust-ad-hoc"), ["walk 10 events dhat 2", "walk 10 units dhat 32"]);
    assert_eq!(of_mode("copy"), ["walk 10 copies dhat 2", "walk 10 copied-bytes dhat 32"]);

    let more = DHAT.replace("\"gb\":30", "\"gb\":31");
    let files = [("bins/f.i/dhat.f.i.1.out", DHAT), ("bins/f.i/dhat.f.i.2.out", &more)];
    let reading = check("dhat", &files, &[], &[]);
    assert_eq!(
        told(&reading.observations),
        ["bins/f/i allocs dhat 4", "bins/f/i alloc-bytes dhat 64", "bins/f/i peak-bytes dhat 31"]
    );
    let copies = DHAT.replace("\"heap\"", "\"copy\"");
    let files = [("bins/f.i/dhat.f.i.1.out", DHAT), ("bins/f.i/dhat.f.i.2.out", &copies)];
    let expected = "bins/f.i/dhat.f.i.2.out: `mode`: found mode `copy`; wanted mode `heap`";
    check("dhat", &files, &[expected], &[]);
    let doubled = format!("{DHAT}{DHAT}");
    let expected = "dhat.out.7:1:114: found what is no JSON (trailing characters); wanted a profile of DHAT";
    check("dhat", &[("dhat.out.7", &doubled)], &[expected], &[]);
}

const SUMMARY: &str = r#"{"baselines":[null,null],"benchmark_exe":"b","function_name":"f","id":"i","kind":"LibraryBenchmark","module_path":"b::g::f","profiles":[{"summaries":{"parts":[{"details":{"Left":{"command":"b --iai-run g 0 0 b::g::f","path":"x","pid":1}},"metrics_summary":{"Callgrind":{"Ir":{"diffs":null,"metrics":{"Left":{"Int":5}}}}}}],"total":{"regressions":[],"summary":{"Callgrind":{"Ir":{"diffs":null,"metrics":{"Both":[{"Int":5},{"Int":4}]}}}}}},"tool":"Callgrind"}],"version":"6"}"#;

#[test]
fn a_summary_holds_the_new_run_and_the_one_before() {
    let reading = check("gungraun", &[("g/f.i/summary.json", SUMMARY)], &[], &[]);
    assert_eq!(told(&reading.observations), ["g/f/i instructions iai-callgrind 5"]);
    assert_eq!(told(&reading.earlier["old"]), ["g/f/i instructions iai-callgrind 4"]);
    let named = SUMMARY.replace("[null,null]", "[\"v2\",\"v1\"]");
    let reading = check("gungraun", &[("x", &named)], &[], &[]);
    assert_eq!(reading.earlier.keys().collect::<Vec<_>>(), ["v1"]);
    // Only old: the benchmark has lost its tool.
    let only_old = SUMMARY.replace(r#"{"Both":[{"Int":5},{"Int":4}]}"#, r#"{"Right":{"Int":4}}"#);
    let reading = check("gungraun", &[("x", &only_old)], &[], &[]);
    assert_eq!((reading.observations.len(), reading.earlier["old"].len()), (0, 1));
}

#[test]
fn cachegrind_counts_of_a_summary_give_way_to_callgrinds() {
    let cachegrind = SUMMARY.replace("Callgrind", "Cachegrind");
    let whole = "cachegrind counts the whole process, set-up and harness included, unless the benchmark starts and stops it; callgrind counts the benchmark alone";
    let reading = check("gungraun", &[("x", &cachegrind)], &[], &[whole]);
    assert_eq!(told(&reading.observations), ["g/f/i instructions cachegrind 5"]);
    let of =
        |text: &str| text.split_once("\"profiles\":[").unwrap().1.split_once("],\"version\"").unwrap().0.to_owned();
    let both = SUMMARY.replace(&of(SUMMARY), &format!("{},{}", of(&cachegrind), of(SUMMARY)));
    let reading = check("gungraun", &[("x", &both)], &[], &[]);
    assert_eq!(told(&reading.observations), ["g/f/i instructions iai-callgrind 5"]);
}

#[test]
fn of_two_tools_the_one_nearer_to_the_benchmark_is_taken() {
    let library = CALLGRIND.replace("./walk 10", "b --iai-run g 0 0 b::g::f");
    let callgrind = read("callgrind", &[("g/f.i/callgrind.f.i.out", &library)]);
    let cachegrind = read("cachegrind", &[("g/f.i/cachegrind.f.i.out", CACHEGRIND)]);
    let mut both = cachegrind;
    both.absorb(callgrind);
    let run = Run::new("run", both.provenance, both.warnings, both.observations).unwrap();
    assert_eq!(told(run.observations())[0], "g/f/i instructions iai-callgrind 5");
    let texts: Vec<&str> = run.warnings.iter().map(|warning| warning.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "1 counts were taken by two tools, which count by other rules: the one nearer to the benchmark is used (meter; then callgrind and DHAT; then cachegrind and massif)"
        ]
    );
}

#[test]
fn a_broken_summary_is_refused_with_the_place() {
    #[track_caller]
    fn check_one(text: &str, expected: &[&str]) {
        check("gungraun", &[("g/f.i/summary.json", text)], expected, &[]);
    }
    let with = |from: &str, to: &str| {
        assert!(SUMMARY.contains(from), "{from} stands in it");
        SUMMARY.replace(from, to)
    };
    check_one("", &["g/f.i/summary.json: the file ends too early; wanted a summary of iai-callgrind or gungraun"]);
    check_one(
        &SUMMARY[..300],
        &["g/f.i/summary.json:1: the file ends too early; wanted a summary of iai-callgrind or gungraun"],
    );
    for version in ["2", "8", "6.1"] {
        let expected = format!(
            "g/f.i/summary.json: `version`: version `{version}`; this program reads 3 to 7 of iai-callgrind and gungraun"
        );
        check_one(&with("\"version\":\"6\"", &format!("\"version\":\"{version}\"")), &[&expected]);
    }
    // Whatever else is new in it.
    check_one(
        r#"{"baselines":"none","version":"9"}"#,
        &["g/f.i/summary.json: `version`: version `9`; this program reads 3 to 7 of iai-callgrind and gungraun"],
    );
    check_one(
        &format!("{SUMMARY}\n{SUMMARY}\n"),
        &["g/f.i/summary.json:2: `g/f/i` stands here a second time; first in line 1"],
    );
    check_one(
        &with("\"id\":\"i\"", "\"id\":\"i\",\"id\":\"j\""),
        &["g/f.i/summary.json:1: found `id` twice; wanted a summary of iai-callgrind or gungraun"],
    );
    check_one(
        &with(r#"[{"Int":5},{"Int":4}]"#, r#"[{"Int":-5},{"Int":4}]"#),
        &["g/f.i/summary.json: `profiles: Callgrind`: found `Ir` that is no integer; wanted a count below 2^64"],
    );
    check_one(
        &with(r#"[{"Int":5},{"Int":4}]"#, r#"[{"Int":123456789012345678901},{"Int":4}]"#),
        &["g/f.i/summary.json: `profiles: Callgrind`: found `Ir` that is no integer; wanted a count below 2^64"],
    );
    check_one(
        &with(r#"{"Both":[{"Int":5},{"Int":4}]}"#, r#"{"Neither":1}"#),
        &[
            "g/f.i/summary.json:1: found an unknown field `Neither`, expected one of `Left`, `Right`, `Both`, `new`, `old`; wanted a summary of iai-callgrind or gungraun",
        ],
    );
    check_one(
        &with(r#"{"Both":[{"Int":5},{"Int":4}]}"#, r#"{"Left":{"Int":0}}"#),
        &["g/f.i/summary.json: `profiles: Callgrind`: nothing was measured in it"],
    );
    check_one(
        &with("\"profiles\"", "\"profile\""),
        &["g/f.i/summary.json: `profiles`: found no `profiles`; wanted a summary of iai-callgrind or gungraun"],
    );
    // Everything that is wrong with a file of lines is told at once.
    let (first, second) = (with("\"6\"", "\"1\""), with("b::g::f\",\"profiles", "b::g::h\",\"profiles"));
    let lines = format!("{first}\n{second}\n{}", &SUMMARY[..80]);
    let reading = check_lines(&lines);
    assert_eq!(
        reading,
        [
            "x.jsonl: `version`: version `1`; this program reads 3 to 7 of iai-callgrind and gungraun",
            "x.jsonl:3: the file ends too early; wanted a summary of iai-callgrind or gungraun",
        ]
    );
    let bomb = format!(r#"{{"baselines":[null,null],"version":"6","profiles":{}"#, "[".repeat(100_000));
    assert_eq!(check_lines(&bomb).len(), 1);
    let closed = format!("{bomb}{}}}", "]".repeat(100_000));
    assert_eq!(check_lines(&closed).len(), 1);
}

fn check_lines(text: &str) -> Vec<String> {
    read("gungraun", &[("x.jsonl", text)]).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn summaries_are_found_between_what_cargo_says() {
    let other = SUMMARY.replace("\"i\"", "\"j\"");
    let text = format!("\nrunning 0 tests\n\ntest result: ok. {{}}\n{SUMMARY}\nsome words\n{other}\ndone\n");
    assert_eq!(regress::formats::choose(text.as_bytes()).map(|format| format.name), Some("gungraun"));
    let reading = check("gungraun", &[("x.txt", &text)], &[], &[]);
    assert_eq!(
        told(&reading.observations),
        ["g/f/i instructions iai-callgrind 5", "g/f/j instructions iai-callgrind 5"]
    );
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(read("gungraun", &[("x.txt", &windows)]).observations.len(), 2);
}

#[test]
fn a_summary_without_counts_is_told() {
    let memcheck = SUMMARY.replace("\"tool\":\"Callgrind\"", "\"tool\":\"Memcheck\"");
    let text = "g/f/i: its summary holds no counts that are read, only Memcheck";
    assert_eq!(check("gungraun", &[("x", &memcheck)], &[], &[text]).observations.len(), 0);
    // A tool of later days, whatever its numbers look like.
    let perf =
        memcheck.replace("Memcheck", "Perf").replace("{\"Left\":{\"Int\":5}}", "{\"new\":[\"x\",{}],\"old\":0.5}");
    let text = "g/f/i: its summary holds no counts that are read, only Perf";
    check("gungraun", &[("x", &perf)], &[], &[text]);
}
