//! What must hold for all inputs of the readers.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use regress::formats::{self, FORMATS, File, bencher_metric, native, noise, note};
use regress::model::{
    BenchId, Commit, Exact, Host, METRICS, Metric, Nature, Observation, Processes, Provenance, Run, Settings, Standing,
    Values,
};
use regress::stats::{Sample, median};
use regress::unit::{Better, Unit};

use super::corpus;

/// Hands bytes to every reader, under paths that lead each of them as far in as it goes.
fn read_with_all(bytes: &[u8], path: &str) {
    let file = |path: &str| File { path: path.into(), bytes: bytes.to_vec() };
    let _ = formats::choose(bytes).map(|format| format.name);
    for format in FORMATS {
        if let Some(baseline_of) = format.baseline_of {
            let _ = baseline_of(path);
        }
        let _ = (format.read)(&[file(path)]);
    }
    let together = ["g/f.i/benchmark.json", "g/f.i/sample.json"].map(file);
    let _ = (corpus::format("criterion").read)(&together);
    let _ = noise::read(&path.into(), bytes);
    let _ = note::read(&path.into(), bytes);
}

#[test]
fn no_prefix_of_a_golden_file_makes_a_reader_panic() {
    for case in corpus::cases() {
        for file in case.files.iter().filter(|file| !corpus::OURS.contains(&&*file.path)) {
            let Some(format) = formats::choose(&file.bytes) else { continue };
            for (index, end) in ends(file.bytes.len()).enumerate() {
                let bytes = file.bytes[..end].to_vec();
                // To the other readers all of them look alike: some are enough.
                if index % 16 == 0 {
                    read_with_all(&bytes, &file.path);
                }
                let _ = (format.read)(&[File { path: file.path.clone(), bytes }]);
            }
        }
    }
}

/// A note that was cut off: the runs whose lines are whole are read, the others are not, and no prefix panics.
#[test]
fn every_prefix_of_a_note_gives_the_runs_that_are_whole() {
    let case = corpus::cases().into_iter().find(|case| case.name == "meter/0.1.0").expect("the case is kept");
    let files: Vec<File> = case.files.into_iter().filter(|file| file.path.ends_with(".jsonl")).collect();
    let reading = (corpus::format("meter").read)(&files);
    let on_machine = |cpu: &str| {
        let host = Some(Host { cpu: cpu.to_owned(), cores: 2, os: "linux x86_64".to_owned() });
        let some = reading.observations.iter().take(2).cloned().collect();
        Run::new("", Provenance { host, ..Provenance::default() }, Vec::new(), some).expect("no two alike")
    };
    let note = note::with(&note::with(b"somebody's words\n", &on_machine("a")), &on_machine("b"));
    let line_ends: Vec<usize> = (0..note.len()).filter(|&index| note[index] == b'\n').collect();
    assert_eq!(line_ends.len(), 3, "the words, and a run of each machine");
    for end in 0..=note.len() {
        let readings = note::read(&"the note of x".into(), &note[..end]);
        let sound = readings.iter().filter(|reading| reading.problems.is_empty()).count();
        let whole = line_ends[1..].iter().filter(|&&line_end| line_end <= end).count();
        assert_eq!(sound, whole, "cut off after {end} bytes");
        let _ = note::with(&note[..end], &on_machine("c"));
    }
}

/// Every place in a short file; in a long one those near the beginning and the end, and some between.
fn ends(length: usize) -> impl Iterator<Item = usize> {
    const SHORT: usize = 8192;
    let step = if length <= SHORT { 1 } else { length / 100 };
    (0..=length).filter(move |end| end % step == 0 || *end < 256 || length - end < 256)
}

/// JSON-like and Go-like fragments reach deeper than random bytes.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        Just("{\"sampling_mode\":\"Linear\",\"iters\":["),
        Just("],\"times\":["),
        Just("{\"group_id\":\"g\",\"full_id\":\"g\",\"throughput\":"),
        Just("{\"Bytes\":"),
        Just("{\"schema\":\"meter/1\"}\n"),
        Just("{\"schema\":\"regress-run/1\",\"observations\":["),
        Just("{\"benchmark\":\"a\",\"metric\":\"allocs\",\"unit\":\"count\",\"harness\":\"h\","),
        Just("{\"schema\":\"regress-noise/1\",\"provenance\":{},\"runs\":1,\"false_runs\":0,\"benchmarks\":["),
        Just("{\"benchmark\":\"a\",\"rounds\":1,\"lockstep\":true,\"scatter\":0,\"round_seconds\":1,\"visible\":[[1,"),
        Just("\"total\":1,\"operations\":1}"),
        Just("\"processes\":[["),
        Just("\"samples\":["),
        Just("{\"end\":true}\n"),
        Just("{\"dhatFileVersion\":2,\"mode\":\"heap\",\"cmd\":\"x --iai-run a b::c::d\",\"pps\":["),
        Just("{\"tb\":1,\"tbk\":2,\"fs\":[0,"),
        Just("],\"ftbl\":[\"0x1: a (b)\"]}"),
        Just("# callgrind format\nevents: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw\n"),
        Just("part: 2\nthread: 1\n"),
        Just("desc: --pages-as-heap=yes\ncmd: ./a b\n"),
        Just("events: Ir I1mr\nfn=f\n1 5 2\n"),
        Just("summary: 5 2\n"),
        Just("time_unit: i\nsnapshot=0\nmem_heap_B="),
        Just("\nheap_tree=peak\nn1: 5 (x)\n n0: 5 y\n"),
        Just(
            "{\"baselines\":[null,\"v1\"],\"kind\":\"BinaryBenchmark\",\"module_path\":\"a::b::c\",\"version\":\"6\","
        ),
        Just("\"profiles\":[{\"tool\":\"DHAT\",\"summaries\":{\"parts\":[],\"total\":{\"summary\":{\"Dhat\":{"),
        Just("\"TotalBlocks\":{\"metrics\":{\"Both\":[{\"Int\":1},{\"Int\":2}]}}"),
        Just("totals: 5 4 3 2 1 9 9 9 18446744073709551615\n"),
        Just("BenchmarkX/ü-8 1 "),
        Just("{\"results\":[{\"command\":\"a\",\"exit_codes\":[0,null],\"times\":["),
        Just(
            "{\"schema_version\":2,\"results\":[{\"command\":\"a\",\"measurements\":[{\"time_wall_clock\":{\"value\":"
        ),
        Just(
            "{\"context\":{\"date\":\"\"},\"benchmarks\":[{\"name\":\"a\",\"time_unit\":\"ns\",\"cpu_time\":1,\"real_time\":"
        ),
        Just(
            "[{\"jmhVersion\":\"1\",\"benchmark\":\"a\",\"mode\":\"avgt\",\"primaryMetric\":{\"score\":1,\"scoreUnit\":\"ns/op\","
        ),
        Just("\"rawData\":[["),
        Just("\"rawDataHistogram\":[[[[1,"),
        Just("{\"machine_info\":{},\"benchmarks\":[{\"fullname\":\"a\",\"stats\":{\"median\":1,\"data\":["),
        Just("{\"version\":\"1.0\",\"metadata\":{\"name\":\"a\"},\"benchmarks\":[{\"runs\":[{\"values\":["),
        Just("{\"a\":{\"latency\":{\"value\":"),
        Just("[{\"name\":\"a\",\"unit\":\"ms\",\"value\":"),
        Just("{\"Action\":\"output\",\"Package\":\"p\",\"Output\":\"BenchmarkX 1 2 ns/op\\n"),
        Just("{\"Action\":\"fail\",\"Test\":\"BenchmarkX\"}\n"),
        Just("Unit x better="),
        Just("{\"reason\":\"benchmark-complete\",\"id\":\"a\",\"unit\":\"ns\",\"iteration_count\":["),
        Just("],\"measured_values\":["),
        Just("group,function,value,throughput_num,throughput_type,sample_measured_value,unit,iteration_count\n"),
        Just("g,\"f\",,64,bytes,50.0,ns,10\n"),
        Just("{\"name\":\"a\",\"benchmarks\":{\"b\":{\"criterion_benchmark_v1\":{},\"criterion_estimates_v1\":"),
        Just("{\"median\":{\"point_estimate\":"),
        Just("{\"name\":\"a\",\"uri\":\"b\",\"stats\":{\"min_ns\":1,\"median_ns\":"),
        Just("test a ... bench: "),
        Just(" ns/iter (+/- 1)"),
        Just("t fastest │ slowest │ median │ mean │ samples │ iters\n"),
        Just("├─ a  1 ns │ 1 ns │ 1 ns │ 1 ns │ 1 │ 1\n"),
        Just("│      alloc: │ │ │ │ │\n"),
        Just("│      1 │ 1 │ 1 │ 1 │ │\n"),
        Just("3,2,1\n"),
        Just("pkg: "),
        Just(" ns/op "),
        Just(" MB/s "),
        Just("1e308"),
        Just("-0.0"),
        Just("0"),
        Just("12345678901234567890"),
        Just("1.5"),
        Just("null"),
        Just(","),
        Just("]"),
        Just("}"),
        Just("\""),
        Just("\n"),
        Just("\r\n"),
        Just("\u{feff}"),
    ];
    vec(fragment, 0..12).prop_map(|fragments| fragments.concat())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[a-z]{1,3}(/[a-z0-9]{1,4}){0,2}", 1 => any::<String>()]
}

fn finite() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("finite", |number| number.is_finite())
}

fn values() -> impl Strategy<Value = Values> {
    let exact = (any::<u64>(), 1..u64::MAX)
        .prop_map(|(total, operations)| Values::Exact(Exact::new(total, operations).expect("at least one operation")));
    let sample = vec(finite(), 1..6).prop_map(|values| Sample::new(values).expect("finite values"));
    let sampled = vec(sample, 1..4).prop_map(|samples| Values::Sampled(Processes::new(samples).expect("at least one")));
    let middles = (vec(finite(), 1..6), option::of(finite()), option::of((finite(), finite())));
    let middles = middles.prop_map(|(values, least, within)| {
        let middles = Processes::middles(Sample::new(values).expect("finite values"), least);
        Values::Sampled(within.map_or(middles.clone(), |(a, b)| middles.within(a.min(b), a.max(b))))
    });
    prop_oneof![exact, sampled, middles]
}

fn metric() -> impl Strategy<Value = Metric> {
    let name =
        prop_oneof![proptest::sample::select(METRICS.names().collect::<Vec<_>>()).prop_map(str::to_owned), name()];
    let unit = prop_oneof![
        Just(Unit::Seconds),
        Just(Unit::Bytes),
        Just(Unit::Count),
        Just(Unit::BytesPerSecond),
        Just(Unit::PerSecond),
        name_of_unit().prop_map(|name| Unit::from_name(&name)),
    ];
    let better = prop_oneof![Just(Better::Lower), Just(Better::Higher), Just(Better::Unknown)];
    let nature = prop_oneof![Just(Nature::Counted), Just(Nature::Timed)];
    let standing = prop_oneof![Just(Standing::Headline), Just(Standing::Detail)];
    (name, unit, better, nature, standing).prop_map(|(name, unit, better, nature, standing)| Metric {
        name: name.into(),
        unit,
        better,
        nature,
        standing,
    })
}

fn name_of_unit() -> impl Strategy<Value = String> {
    "[a-z/-]{1,8}"
}

fn provenance() -> impl Strategy<Value = Provenance> {
    let commit = (any::<String>(), any::<bool>()).prop_map(|(hash, dirty)| Commit { hash, dirty });
    let host = (any::<String>(), any::<usize>(), any::<String>()).prop_map(|(cpu, cores, os)| Host { cpu, cores, os });
    let names = || btree_map(any::<String>(), any::<String>(), 0..3);
    let texts = (option::of(any::<String>()), option::of(any::<String>()));
    (option::of(commit), texts, option::of(host), names(), names()).prop_map(
        |(commit, (recorded_at, toolchain), host, harnesses, build)| Provenance {
            commit,
            recorded_at,
            host,
            toolchain,
            harnesses,
            build,
        },
    )
}

prop_compose! {
    fn run()(
        provenance in provenance(),
        observations in vec((name(), metric(), values(), "[a-z-]{1,8}"), 0..8),
        said in vec(option::of(btree_map("[a-z]{1,3}", "[ -~\n]{0,8}", 0..3)), 8),
    ) -> Run {
        let mut kept: Vec<Observation> = Vec::new();
        for (name, metric, values, harness) in observations {
            let id = BenchId::new(&name);
            if kept.iter().any(|o| o.id == id && o.metric.name == metric.name) {
                continue;
            }
            let (metric, harness, origin) = (Arc::new(metric), harness.into(), "run.json".into());
            kept.push(Observation { id, metric, values, harness, origin });
        }
        let settings = |said: BTreeMap<String, String>| {
            said.into_iter().rev().map(|(key, value)| (key.into(), value.into())).collect::<Settings>()
        };
        let said = kept.iter().map(|o| o.id.clone()).zip(said).filter_map(|(id, said)| Some((id, settings(said?))));
        let said = said.collect();
        let mut run = Run::new("run.json", provenance, Vec::new(), kept).expect("no two of a benchmark and metric");
        run.settings = said;
        run
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in vec(any::<u8>(), 0..300)) {
        read_with_all(&bytes, "g/f.i/dhat.f.i.out");
    }

    #[test]
    fn no_fragments_make_a_reader_panic(text in fragments(), path in "[a-c./@]{0,12}") {
        read_with_all(text.as_bytes(), &path);
    }

    #[test]
    fn what_the_native_writer_writes_its_reader_reads_back_equal(run in run()) {
        let bytes = native::write(&run);
        let document: serde_json::Value = serde_json::from_slice(&bytes).expect("it is JSON");
        prop_assert_eq!(document["observations"].as_array().map(Vec::len), Some(run.observations().len()));
        let reader = formats::choose(&bytes).expect("our own file is recognised");
        let reading = (reader.read)(&[File { path: "run.json".into(), bytes: bytes.clone() }]);
        prop_assert_eq!(&*reading.problems, &[]);
        let settings = reading.settings;
        let mut back = Run::new("run.json", reading.provenance, reading.warnings, reading.observations).expect("no collisions");
        back.settings = settings;
        prop_assert_eq!(&back, &run);
        for (ours, theirs) in run.observations().iter().zip(back.observations()) {
            if let (Values::Exact(ours), Values::Exact(theirs)) = (&ours.values, &theirs.values) {
                prop_assert_eq!((ours.total(), ours.operations()), (theirs.total(), theirs.operations()));
            }
        }
        prop_assert_eq!(native::write(&back), bytes);
    }

    #[test]
    fn a_note_keeps_a_run_of_each_machine(runs in vec(run(), 1..6), foreign in "[ -~]{0,20}") {
        let mut text = format!("{foreign}\n").into_bytes();
        for run in &runs {
            text = note::with(&text, run);
        }
        let path = "the note of x".into();
        let back: Vec<Run> = note::read(&path, &text)
            .into_iter()
            .filter(|reading| reading.problems.is_empty())
            .map(|reading| Run::new("", reading.provenance, Vec::new(), reading.observations).expect("no collisions"))
            .collect();
        // One for each machine, and of the last of it nothing is lost.
        for (index, run) in runs.iter().enumerate() {
            let is_of_it = |other: &&Run| other.provenance.host == run.provenance.host;
            prop_assert_eq!(back.iter().filter(is_of_it).count(), 1);
            let kept = back.iter().find(is_of_it).expect("it was counted");
            if !runs[index + 1..].iter().any(|later| is_of_it(&later)) {
                for observation in run.observations() {
                    let found = kept.get(&observation.id, &observation.metric.name).expect("it is kept");
                    prop_assert_eq!(&found.values, &observation.values);
                }
            }
        }
        let has_foreign = foreign.trim().is_empty() || text.split(|byte| *byte == b'\n').any(|line| line == foreign.as_bytes());
        prop_assert!(has_foreign, "what is not ours stays");
        // To keep the same once more changes nothing.
        let last = runs.last().expect("at least one");
        prop_assert_eq!(note::with(&text, last), text);
    }

    #[test]
    fn what_is_written_for_bencher_reads_back_as_medians_and_counts(run in run()) {
        let bytes = bencher_metric::write(&run);
        let document: serde_json::Value = serde_json::from_slice(&bytes).expect("it is JSON");
        for observation in run.observations() {
            let measures = &document[observation.id.as_str()];
            let measure = match (&*observation.metric.name, &observation.metric.unit) {
                ("time", Unit::Seconds) => "latency",
                ("throughput", Unit::BytesPerSecond) => "bytes-per-second",
                (name, _) => name,
            };
            let value = measures[measure]["value"].as_f64();
            let per_second = if measure == "latency" { 1e9 } else { 1.0 };
            let expected = match &observation.values {
                Values::Exact(exact) => exact.per_operation(),
                Values::Sampled(processes) => median(processes.pooled()),
            };
            // What overflows as nanoseconds is left out.
            let close = value.is_none_or(|value| (value / per_second - expected).abs() <= expected.abs() * 1e-9);
            prop_assert!(close && (value.is_some() || !(expected * per_second).is_finite()), "{value:?} {expected}");
        }
    }

    #[test]
    fn a_native_file_has_one_observation_a_line(run in run()) {
        let text = String::from_utf8(native::write(&run)).expect("it is UTF-8");
        let lines = text.lines().filter(|line| line.starts_with("{\"benchmark\":")).count();
        prop_assert_eq!(lines, run.observations().len());
    }
}
