//! What counting costs: the same calls to `System` and to `CountingAllocator`, in turns, in one run.
//!
//! ```text
//! cargo bench -p bench-meter --bench overhead
//! ```
//!
//! The global allocator of this program is the plain one: a program has only one, so the two are
//! called directly. Each turn is a few hundred microseconds, and the order within a pair of turns
//! alternates, so that a slower moment of the machine falls on both.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::io::{self, Write};
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use bench_meter::CountingAllocator;

/// What is repeated. One step is one `alloc` with its `dealloc`, or one block grown to 2 KiB.
#[derive(Clone, Copy)]
enum Work {
    /// 64 bytes.
    Pair,
    /// 32 bytes, doubled 6 times with `realloc`, freed: 8 calls.
    Grow,
}

impl Work {
    const fn name(self) -> &'static str {
        match self {
            Work::Pair => "alloc + free of 64 B",
            Work::Grow => "grow 32 B to 2 KiB, free",
        }
    }

    fn carry_out<A: GlobalAlloc>(self, allocator: &A, steps: u32) {
        match self {
            Work::Pair => pairs(allocator, steps),
            Work::Grow => grows(allocator, steps),
        }
    }
}

#[derive(Clone, Copy)]
struct Effort {
    /// Measurements of each allocator.
    turns: usize,
    /// Steps per measurement.
    steps: u32,
}

/// Nanoseconds per step, one for each turn.
#[derive(Default)]
struct Nanoseconds {
    system: Vec<f64>,
    counting: Vec<f64>,
}

fn main() -> io::Result<()> {
    // `cargo test --benches` passes no `--bench`: see that it works, measure nothing.
    let is_bench = std::env::args().any(|word| word == "--bench");
    let effort = if is_bench { Effort { turns: 400, steps: 20_000 } } else { Effort { turns: 2, steps: 10 } };
    let mut out: Box<dyn Write> = if is_bench { Box::new(io::stdout()) } else { Box::new(io::sink()) };
    writeln!(
        out,
        "{:<26} {:>7}   {:>15}   {:>15}   {:>15}",
        "ns per step, min (median)", "threads", "System", "Counting", "difference"
    )?;
    for work in [Work::Pair, Work::Grow] {
        for threads in [1, 2] {
            let nanoseconds = measure(work, threads, effort);
            write_row(&mut out, work, threads, nanoseconds)?;
        }
    }
    Ok(())
}

fn write_row(out: &mut impl Write, work: Work, threads: usize, mut nanoseconds: Nanoseconds) -> io::Result<()> {
    let (system_min, system_median) = min_and_median(&mut nanoseconds.system);
    let (counting_min, counting_median) = min_and_median(&mut nanoseconds.counting);
    let cell = |min: f64, median: f64| format!("{min:.2} ({median:.2})");
    writeln!(
        out,
        "{:<26} {threads:>7}   {:>15}   {:>15}   {:>15}",
        work.name(),
        cell(system_min, system_median),
        cell(counting_min, counting_median),
        cell(counting_min - system_min, counting_median - system_median),
    )
}

/// All threads do the same at the same time; what each of them needed is a measurement.
fn measure(work: Work, threads: usize, effort: Effort) -> Nanoseconds {
    let barrier = Barrier::new(threads);
    let mut all = Nanoseconds::default();
    thread::scope(|scope| {
        let one = || measure_on_this_thread(work, &barrier, effort);
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        for handle in handles {
            let nanoseconds = handle.join().expect("measuring does not panic");
            all.system.extend(nanoseconds.system);
            all.counting.extend(nanoseconds.counting);
        }
    });
    all
}

fn measure_on_this_thread(work: Work, barrier: &Barrier, effort: Effort) -> Nanoseconds {
    let mut nanoseconds = Nanoseconds::default();
    let counting = CountingAllocator::system();
    for turn in 0..effort.turns {
        let time_system = |times: &mut Vec<f64>| times.push(time(work, &System, barrier, effort));
        let time_counting = |times: &mut Vec<f64>| times.push(time(work, &counting, barrier, effort));
        if turn % 2 == 0 {
            time_system(&mut nanoseconds.system);
            time_counting(&mut nanoseconds.counting);
        } else {
            time_counting(&mut nanoseconds.counting);
            time_system(&mut nanoseconds.system);
        }
    }
    nanoseconds
}

fn time<A: GlobalAlloc>(work: Work, allocator: &A, barrier: &Barrier, effort: Effort) -> f64 {
    barrier.wait();
    let start = Instant::now();
    work.carry_out(allocator, effort.steps);
    start.elapsed().as_nanos() as f64 / f64::from(effort.steps)
}

#[inline(never)]
fn pairs<A: GlobalAlloc>(allocator: &A, steps: u32) {
    let layout = Layout::new::<[u8; 64]>();
    for _ in 0..steps {
        // SAFETY: the layout is not zero-sized; the block is freed once, with the layout it has.
        #[expect(unsafe_code, reason = "the allocators are called directly")]
        unsafe {
            let block = black_box(allocator.alloc(black_box(layout)));
            if !block.is_null() {
                allocator.dealloc(block, layout);
            }
        }
    }
}

#[inline(never)]
fn grows<A: GlobalAlloc>(allocator: &A, steps: u32) {
    const ALIGN: usize = 8;
    for _ in 0..steps {
        // SAFETY: 8 is a power of two and no size is 0 or near `isize::MAX`. Each block is resized
        // and freed with the size it has; a failed `realloc` leaves the block as it was.
        #[expect(unsafe_code, reason = "the allocators are called directly")]
        unsafe {
            let mut size = black_box(32);
            let mut block = allocator.alloc(Layout::from_size_align_unchecked(size, ALIGN));
            if block.is_null() {
                continue;
            }
            while size < 2048 {
                let layout = Layout::from_size_align_unchecked(size, ALIGN);
                let larger = black_box(allocator.realloc(block, layout, size * 2));
                if larger.is_null() {
                    break;
                }
                block = larger;
                size *= 2;
            }
            allocator.dealloc(block, Layout::from_size_align_unchecked(size, ALIGN));
        }
    }
}

/// Sorts in place. The lower of the two middle values counts as the median.
fn min_and_median(values: &mut [f64]) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let value = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    (value(0), value(values.len().saturating_sub(1) / 2))
}
