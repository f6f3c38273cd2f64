//! What each workload allocates and leaks, and how often threads find a lock taken: the list as cases of the meter.
//!
//! The counting allocator is installed here and nowhere else, because counting takes time.

use std::cell::{RefCell, RefMut};
use std::hint::black_box;
use std::process::ExitCode;

use bench_meter::{CountingAllocator, Meter};
use bench_suite::{Workload, contended, for_each_workload, warmed, workloads};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator::system();

macro_rules! meter_main {
    ($(
        $group:ident {$(
            $function:ident: $workload:ident {
                $($case:ident = $size:literal),* $(; varies: $($varying_case:ident = $varying_size:literal),*)?
            }
        )*}
    )*) => {
        fn main() -> ExitCode {
            bench_meter::main(|meter| {$($(
                $(
                    let id = concat!(stringify!($group), "/", stringify!($function), "/", stringify!($case));
                    count::<workloads::$group::$workload>(meter, id, $size);
                )*
                $($(
                    let id = concat!(stringify!($group), "/", stringify!($function), "/", stringify!($varying_case));
                    count::<workloads::$group::$workload>(meter, id, $varying_size);
                )*)?
            )*)*})
        }
    };
}

for_each_workload!(meter_main);

/// The meter asks for an input before every operation. It is handed the same one each time, as in
/// the other harnesses, and made only if the filter lets the case through.
fn count<W: Workload>(meter: &mut Meter, id: &str, size: usize) {
    let input = RefCell::new(None);
    let lend = || RefMut::map(input.borrow_mut(), |input| input.get_or_insert_with(|| warmed::<W>(size)));
    let meter = if W::LOCKS { meter.counter("contended", contended) } else { meter };
    meter.case_ref(id, lend, |input| drop(black_box(W::run(input))));
}
