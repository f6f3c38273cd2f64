//! How long single calls take, for those workloads that somebody waits for: the list as cases of the meter.
//!
//! The counting allocator is not installed: counting takes time.

use std::hint::black_box;
use std::process::ExitCode;

use bench_meter::Latency;
use bench_suite::{Workload, for_each_workload, warmed, workloads};

macro_rules! latency_main {
    ($(
        $group:ident {$(
            $function:ident: $workload:ident {
                $($case:ident = $size:literal),* $(; varies: $($varying_case:ident = $varying_size:literal),*)?
            }
        )*}
    )*) => {
        fn main() -> ExitCode {
            bench_meter::latency(|latency| {$($(
                $(
                    let id = concat!(stringify!($group), "/", stringify!($function), "/", stringify!($case));
                    time::<workloads::$group::$workload>(latency, id, $size);
                )*
                $($(
                    let id = concat!(stringify!($group), "/", stringify!($function), "/", stringify!($varying_case));
                    time::<workloads::$group::$workload>(latency, id, $varying_size);
                )*)?
            )*)*})
        }
    };
}

for_each_workload!(latency_main);

/// What a call returns is dropped while the clock runs, as in the other harnesses.
fn time<'a, W: Workload<Input: 'a>>(latency: &mut Latency<'a>, id: &str, size: usize) {
    if W::IS_WAITED_FOR {
        latency.case(id, move || warmed::<W>(size), |input| drop(black_box(W::run(input))));
    }
}
