//! How many instructions each workload takes: the list as iai-callgrind functions.
//!
//! Cases marked `varies` are left out; see the list.

use std::hint::black_box;

use bench_suite::{Workload, for_each_workload};
use iai_callgrind::main;

macro_rules! iai_main {
    ($(
        $group:ident {$(
            $function:ident: $workload:ident {
                $($case:ident = $size:literal),* $(; varies: $($varying_case:ident = $varying_size:literal),*)?
            }
        )*}
    )*) => {
        $(
            // One module per group, because `hit` may exist in two of them. `main!` reads the name
            // of the group from the module it finds it under, hence the re-export.
            mod $group {
                use bench_suite::{Workload, warmed, workloads};
                use iai_callgrind::{library_benchmark, library_benchmark_group};

                use super::run_once;

                $(
                    // The setup is the argument: `setup = …` inside a macro does not compile with
                    // gungraun, the successor of iai-callgrind.
                    #[library_benchmark]
                    $(#[bench::$case(warmed::<workloads::$group::$workload>($size))])*
                    fn $function(
                        input: <workloads::$group::$workload as Workload>::Input,
                    ) -> <workloads::$group::$workload as Workload>::Input {
                        run_once::<workloads::$group::$workload>(input)
                    }
                )*

                library_benchmark_group!(name = all; benchmarks = $($function),*);
                pub use all::*;
            }
        )*

        main!(library_benchmark_groups = $($group),*);
    };
}

for_each_workload!(iai_main);

/// Gives the input back, so that its drop is not counted.
fn run_once<W: Workload>(mut input: W::Input) -> W::Input {
    black_box(W::run(black_box(&mut input)));
    input
}
