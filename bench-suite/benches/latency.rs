//! How long single calls take, for those workloads that somebody waits for: the list as cases of the meter.
//!
//! The counting allocator is not installed: counting takes time.

use std::hint::black_box;
use std::process::ExitCode;

use bench_meter::Latency;
use bench_suite::{Case, Visitor, Workload, visit_all, warmed};

fn main() -> ExitCode {
    bench_meter::latency(|latency| visit_all(&mut Timer(latency)))
}

struct Timer<'l, 'a>(&'l mut Latency<'a>);

impl Visitor for Timer<'_, '_> {
    /// What a call returns is dropped while the clock runs, as in the other harnesses.
    fn visit<W: Workload<Input: 'static>>(&mut self, Case { id, size, .. }: Case) {
        if W::IS_WAITED_FOR {
            self.0.case(id, move || warmed::<W>(size), |input| drop(black_box(W::run(input))));
        }
    }
}
