//! How long each workload takes: the list as criterion groups.

use std::hint::black_box;
use std::time::Duration;

use bench_meter::InTurns;
use bench_suite::{Workload, for_each_workload, warmed, workloads};
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};

macro_rules! criterion_main {
    ($(
        $group:ident {$(
            $function:ident: $workload:ident {
                $($case:ident = $size:literal),* $(; varies: $($varying_case:ident = $varying_size:literal),*)?
            }
        )*}
    )*) => {
        fn main() {
            let mut criterion = sparing_new(defaults().configure_from_args());
            $(
                let mut group = criterion.benchmark_group(stringify!($group));
                $(
                    let function = stringify!($function);
                    $(
                        let id = BenchmarkId::new(function, stringify!($case));
                        measure::<workloads::$group::$workload>(&mut group, id, $size);
                    )*
                    $($(
                        let id = BenchmarkId::new(function, stringify!($varying_case));
                        measure::<workloads::$group::$workload>(&mut group, id, $varying_size);
                    )*)?
                )*
                group.finish();
            )*
            criterion.final_summary();
        }
    };
}

for_each_workload!(criterion_main);

/// What holds unless the command line says otherwise; the whole list takes about 4 minutes on one core.
fn defaults() -> Criterion<InTurns> {
    Criterion::default()
        .with_measurement(InTurns::from_env())
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        // A tenth of criterion's default. The bootstrap is for its own printout only, and would take
        // as long as half the measuring in a short run.
        .nresamples(10_000)
}

/// Keeps results that are to be called `new` from being emptied.
///
/// criterion 0.8 writes every run to `new/` and then copies it to the baseline's directory. When that is `new/`
/// itself, each file is copied onto itself, which leaves it with 0 bytes. Saved as `base`, as without the option,
/// the run stands in `new/` all the same.
fn sparing_new(criterion: Criterion<InTurns>) -> Criterion<InTurns> {
    let arguments: Vec<String> = std::env::args().collect();
    let apart = |pair: &[String]| matches!(pair[0].as_str(), "--save-baseline" | "-s") && pair[1] == "new";
    let is_new = arguments.iter().any(|argument| argument == "--save-baseline=new") || arguments.windows(2).any(apart);
    if is_new { criterion.save_baseline("base".to_owned()) } else { criterion }
}

/// The input is made once and only if the filter lets the case through:
/// criterion calls the closure for every sample.
fn measure<W: Workload>(group: &mut BenchmarkGroup<'_, InTurns>, id: BenchmarkId, size: usize) {
    let mut input = None;
    if let Some(bytes) = W::bytes(size) {
        group.throughput(Throughput::Bytes(bytes));
    }
    group.bench_function(id, |bencher| {
        let input = input.get_or_insert_with(|| warmed::<W>(size));
        bencher.iter(|| W::run(black_box(input)));
    });
}
