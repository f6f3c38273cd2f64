//! The one list.

use crate::workload::Workload;
use crate::workloads;

/// Hands the list of workloads to `$expand!`: group, function, workload, cases with their sizes.
///
/// ```text
/// group {
///     function: Workload { case = size, …; varies: case = size, … }
/// }
/// ```
///
/// * `Workload` is the type `bench_suite::workloads::group::Workload`.
/// * `group/function/case` is the id, the same in every harness; all three are Rust identifiers
///   because iai-callgrind makes functions and modules of them.
/// * Cases after `varies` are left out by the instruction harness: several threads take part.
///   Callgrind counts the one that measures, and how long it spins and waits is another number in
///   every run. Three runs of each, to see, with plain mutexes:
///
///   ```text
///   queue/bounded/p2     516620    516541    517166
///   counter/mutex/t2    1000258   1001854   1001065
///   counter/atomic/t2    150200    150209    150191   t1: 150173
///   counter/sharded/t2  1060736   1060689   1060689   t1: 1060662
///   ```
///
///   Every other case takes the same number in every run, to the last instruction.
#[macro_export]
macro_rules! for_each_workload {
    ($expand:ident) => {
        $expand! {
            embedding {
                cosine: Cosine { d128 = 128, d512 = 512, d1024 = 1024 }
                euclidean: Euclidean { d128 = 128, d512 = 512, d1024 = 1024 }
                normalize: Normalize { d128 = 128, d512 = 512, d1024 = 1024 }
                search: Search { d128 = 128, d512 = 512, d1024 = 1024 }
            }
            request {
                verify: Verify { kb4 = 4, kb64 = 64 }
            }
            response {
                format: Format { n1 = 1, n10 = 10 }
            }
            query {
                build: Build { n10 = 10, n1000 = 1000 }
            }
            string {
                concat: Concat { n100 = 100 }
                builder: Builder { n100 = 100 }
            }
            slice {
                grow: Grow { n1000 = 1000 }
                reserved: Reserved { n1000 = 1000 }
            }
            message {
                fresh: Fresh { n100 = 100 }
                pooled: Pooled { n100 = 100 }
            }
            json {
                text: Text { kb4 = 4, kb64 = 64 }
                binary: Binary { kb4 = 4, kb64 = 64 }
            }
            image {
                decode: Decode { px112 = 112, px448 = 448 }
            }
            queue {
                bounded: Bounded { alone = 0; varies: p2 = 2 }
            }
            cache {
                hit: Hit { n10000 = 10000 }
                double_lookup: DoubleLookup { n1000 = 1000 }
                single_lookup: SingleLookup { n1000 = 1000 }
            }
            counter {
                mutex: Mutex { t1 = 1; varies: t2 = 2 }
                atomic: Atomic { t1 = 1; varies: t2 = 2 }
                sharded: Sharded { t1 = 1; varies: t2 = 2 }
            }
            batch {
                one_by_one: OneByOne { n100 = 100 }
                transaction: Transaction { n100 = 100 }
            }
            format {
                boxed: Boxed { n100 = 100 }
                concrete: Concrete { n100 = 100 }
            }
        }
    };
}

/// A line of the list, for one size.
#[derive(Clone, Copy)]
pub struct Case {
    /// The parts of the id: group, function, case.
    pub names: [&'static str; 3],
    /// `group/function/case`.
    pub id: &'static str,
    /// What its workload is set up with.
    pub size: usize,
}

/// Something to do with every case, `varies` or not.
pub trait Visitor {
    /// With this one, of that workload.
    fn visit<W: Workload<Input: 'static>>(&mut self, case: Case);
}

macro_rules! visit_all {
    ($(
        $group:ident {$(
            $function:ident: $workload:ident {
                $($case:ident = $size:literal),* $(; varies: $($varying_case:ident = $varying_size:literal),*)?
            }
        )*}
    )*) => {
        /// Shows a visitor every case, in the order of the list.
        pub fn visit_all(visitor: &mut impl Visitor) {$($(
            $(visit_all!(visitor, $group, $function, $workload, $case, $size);)*
            $($(visit_all!(visitor, $group, $function, $workload, $varying_case, $varying_size);)*)?
        )*)*}
    };
    ($visitor:ident, $group:ident, $function:ident, $workload:ident, $case:ident, $size:literal) => {
        $visitor.visit::<workloads::$group::$workload>(Case {
            names: [stringify!($group), stringify!($function), stringify!($case)],
            id: concat!(stringify!($group), "/", stringify!($function), "/", stringify!($case)),
            size: $size,
        })
    };
}

for_each_workload!(visit_all);
