//! Each stage on its own, in memory: `cargo bench -p bench-regress --bench stages`.

mod inputs;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use regress::compare::{self, Options};
use regress::formats::{self, File};
use regress::model::{Run, Values};
use regress::stats;

fn go_file(benchmarks: usize, runs: usize, seed: u64) -> File {
    File { path: "go.txt".into(), bytes: inputs::go_text(benchmarks, runs, inputs::Times::Printed, seed).into_bytes() }
}

/// The files of each directory, as a walk through the tree hands them to the reader.
fn criterion_directories(benchmarks: usize, samples: usize, seed: u64) -> Vec<Vec<File>> {
    (0..benchmarks)
        .map(|benchmark| {
            let saved = inputs::criterion(benchmark, "new", samples, seed);
            let wanted = saved.files.into_iter().filter(|(name, _)| matches!(*name, "benchmark.json" | "sample.json"));
            wanted
                .map(|(name, text)| File {
                    path: format!("{}/{name}", saved.directory).into(),
                    bytes: text.into_bytes(),
                })
                .collect()
        })
        .collect()
}

fn run_of(directories: &[Vec<File>]) -> Run {
    let mut observations = Vec::new();
    for files in directories {
        let format = formats::choose(&files[0].bytes).expect("it is criterion's");
        observations.extend((format.read)(files).observations);
    }
    Run::new("bench", Default::default(), Vec::new(), observations).expect("no two of one benchmark and metric")
}

fn go_run(benchmarks: usize, runs: usize, seed: u64) -> Run {
    run_of(&[vec![go_file(benchmarks, runs, seed)]])
}

fn reading_go_text(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("formats/go_text");
    for (name, benchmarks) in [("n1000", 1_000), ("n10000", 10_000)] {
        let files = [go_file(benchmarks, 20, 1)];
        let format = formats::choose(&files[0].bytes).expect("it is Go's");
        group.throughput(Throughput::Bytes(files[0].bytes.len() as u64));
        group.bench_function(name, |bencher| bencher.iter_with_large_drop(|| (format.read)(black_box(&files))));
    }
    group.finish();
}

fn reading_criterion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("formats/criterion");
    let directories = criterion_directories(1_000, 100, 1);
    let bytes: usize = directories.iter().flatten().map(|file| file.bytes.len()).sum();
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("n1000", |bencher| bencher.iter_with_large_drop(|| run_of(black_box(&directories))));
    group.finish();
}

fn sorting_into_a_run(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("model/run");
    let observations = go_run(10_000, 1, 1).observations().to_vec();
    group.throughput(Throughput::Elements(observations.len() as u64));
    group.bench_function("n30000", |bencher| {
        bencher.iter_batched(
            || observations.iter().rev().cloned().collect(),
            |observations| Run::new("bench", Default::default(), Vec::new(), observations),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// What one row of a comparison costs: the shift of 100 + 100 measurements of criterion, and the rank test of 20 + 20
/// of Go, of which some are equal.
fn one_row(criterion: &mut Criterion) {
    let sample = |run: &Run| match &run.observations()[0].values {
        Values::Sampled(processes) => processes.pooled().clone(),
        Values::Exact(_) => unreachable!("times are sampled"),
    };
    let [old, new] = [1, 2].map(|seed| sample(&run_of(&criterion_directories(1, 100, seed))));
    criterion.bench_function("stats/shift/n100", |bencher| {
        bencher.iter(|| stats::shift(black_box(&old), black_box(&new), 0.95));
    });
    let [old, new] = [1, 2].map(|seed| {
        let run = go_run(1, 20, seed);
        sample(&run.filtered(|observation| &*observation.metric.name == "time"))
    });
    criterion.bench_function("stats/rank_test/n20", |bencher| {
        bencher.iter(|| stats::rank_test(black_box(&old), black_box(&new)));
    });
}

/// 1000 benchmarks × 20 runs × 3 metrics of Go, and 10 000 benchmarks × 100 measurements of criterion.
fn comparing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compare");
    let options = Options::default();
    let criterions = |seed| run_of(&criterion_directories(10_000, 100, seed));
    for (name, old, new) in [
        ("go/n1000x20x3", go_run(1_000, 20, 1), go_run(1_000, 20, 2)),
        ("criterion/n10000x100", criterions(1), criterions(2)),
    ] {
        group.throughput(Throughput::Elements(new.observations().len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter_with_large_drop(|| compare::compare(black_box(&old), black_box(&new), &options));
        });
    }
    group.finish();
}

criterion_group! {
    name = stages;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = reading_go_text, reading_criterion, sorting_into_a_run, one_row, comparing
}
criterion_main!(stages);
