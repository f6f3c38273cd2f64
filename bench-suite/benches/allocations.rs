//! What each workload allocates and leaks, and how often threads find a lock taken: the list as cases of the meter.
//!
//! The counting allocator is installed here and nowhere else, because counting takes time.

use std::cell::{RefCell, RefMut};
use std::hint::black_box;
use std::process::ExitCode;

use bench_meter::{CountingAllocator, Meter};
use bench_suite::{Case, Visitor, Workload, contended, visit_all, warmed};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator::system();

fn main() -> ExitCode {
    bench_meter::main(|meter| visit_all(&mut Counter(meter)))
}

struct Counter<'m>(&'m mut Meter);

impl Visitor for Counter<'_> {
    /// The meter asks for an input before every operation. It is handed the same one each time, as in
    /// the other harnesses, and made only if the filter lets the case through.
    fn visit<W: Workload<Input: 'static>>(&mut self, Case { id, size, .. }: Case) {
        let input = RefCell::new(None);
        let lend = || RefMut::map(input.borrow_mut(), |input| input.get_or_insert_with(|| warmed::<W>(size)));
        let meter = if W::LOCKS { self.0.counter("contended", contended) } else { &mut *self.0 };
        meter.case_ref(id, lend, |input| drop(black_box(W::run(input))));
    }
}
