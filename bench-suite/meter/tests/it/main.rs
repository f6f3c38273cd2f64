//! What a user of the crate sees: counts read in a program, and a bench target run as a program.

mod bench_target;
mod latency;
mod program;
mod thread_counts;

#[global_allocator]
static ALLOCATOR: bench_meter::CountingAllocator = bench_meter::CountingAllocator::system();
