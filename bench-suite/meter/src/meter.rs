use std::hint::black_box;
use std::process::ExitCode;

use crate::arguments::{COUNTING, Mode};
use crate::measure::{self, Counter, Operation, Probe};
use crate::results;
use crate::session::{self, Session};
use crate::table;

/// The body of a bench target: reads the command line, carries out the cases, writes the results.
///
/// Exit code 0 when everything was counted, 2 when the work could not be done (a bad argument, a
/// case name used twice, no counting allocator installed, a file that could not be written), 101
/// when a case panicked. The results of the other cases are written in that last case only.
///
/// Without `--bench` on the command line, which `cargo bench` adds by itself, every case is carried
/// out once and nothing is written: that is what `cargo test --benches` wants.
pub fn main(cases: impl FnOnce(&mut Meter)) -> ExitCode {
    let session = match Session::begin(&COUNTING) {
        Ok(session) => session,
        Err(exit_code) => return exit_code,
    };
    if session.arguments.mode != Mode::List && !measure::is_counting() {
        return session::fail(format_args!("{NOT_INSTALLED}"));
    }
    let mut meter = Meter { session, counters: Vec::new() };
    cases(&mut meter);
    meter.session.finish()
}

const NOT_INSTALLED: &str = "nothing would be counted: this program does not use the counting allocator
  add to it:
    #[global_allocator]
    static ALLOCATOR: bench_meter::CountingAllocator = bench_meter::CountingAllocator::system();";

/// Takes the cases of a bench target, one after the other, and counts them as they come.
///
/// A case is a name, a setup and the work. The setup runs before every single operation and is not
/// counted. The case is warmed up with 2 operations, then counted in 5 repeats (`--repeats`) of 100
/// operations (`--operations`), each operation on its own, all threads together. If every repeat
/// gave the same, that is the result, exact; if not, the result is the list of what was seen.
///
/// Threads that the work starts and joins are counted whole. The ends of threads from
/// `std::thread::scope` are waited for (Linux). Threads that go on running count for the operation
/// during which they allocate, so give a benchmark of a pool a way to wait for its work.
#[derive(Debug)]
pub struct Meter {
    session: Session,
    /// Of the next case.
    counters: Vec<Counter>,
}

impl Meter {
    /// Counts something else in the next case as well: how far the number that `read` returns rises during an operation.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    ///
    /// static MISSES: AtomicU64 = AtomicU64::new(0);
    ///
    /// fn cases(meter: &mut bench_meter::Meter) {
    ///     meter.counter("misses", || MISSES.load(Relaxed)).case("cache/get", || (), |()| MISSES.fetch_add(1, Relaxed));
    /// }
    /// # let _ = cases;
    /// ```
    ///
    /// * `metric`: its name, by convention in small letters with hyphens; none of the meter's own, and none that other
    ///   harnesses measure (`time`, `instructions`).
    /// * `read`: a number that only rises. It must not allocate.
    pub fn counter(&mut self, metric: &'static str, read: fn() -> u64) -> &mut Meter {
        let is_taken = results::has_meaning(metric) || self.counters.iter().any(|counter| counter.metric == metric);
        match is_taken {
            true => self.session.refuse_metric(metric),
            false => self.counters.push(Counter::new(metric, read)),
        }
        self
    }

    /// Counts `run`, which is given the input by value.
    ///
    /// Counted: everything in `run`, so also the drop of the input, unless the output carries it
    /// out. Not counted: `setup`, and the drop of the output.
    ///
    /// * `name`: one line, used once per bench target, the same in every harness that measures the
    ///   same work. By convention `group/work/size`.
    pub fn case<I, O>(&mut self, name: impl Into<String>, mut setup: impl FnMut() -> I, mut run: impl FnMut(I) -> O) {
        self.carry_out(name.into(), &mut |probe| {
            let input = black_box(setup());
            probe.count(|| run(input))
        });
    }

    /// Counts `run`, which is given the input by reference.
    ///
    /// Counted: everything in `run`. Not counted: `setup`, the drop of the output, the drop of the
    /// input.
    ///
    /// * `name`: as in [`Meter::case`].
    pub fn case_ref<I, O>(
        &mut self,
        name: impl Into<String>,
        mut setup: impl FnMut() -> I,
        mut run: impl FnMut(&mut I) -> O,
    ) {
        self.carry_out(name.into(), &mut |probe| {
            let mut input = black_box(setup());
            probe.count(|| run(&mut input))
        });
    }

    fn carry_out(&mut self, name: String, operation: &mut dyn FnMut(&mut Probe) -> Operation) {
        let mut probe = Probe::new(std::mem::take(&mut self.counters));
        if !self.session.takes(&name) {
            return;
        }
        if self.session.arguments.mode == Mode::Test {
            return self.session.test(name, || _ = operation(&mut probe));
        }
        let plan = self.session.arguments.plan;
        if let Some(observed) = self.session.attempt(&name, || probe.observe(plan, operation)) {
            let records = results::records(&name, &observed);
            self.session.print(format_args!("{}", table::line(&name, &records)));
            self.session.keep(name, records);
        }
    }
}
