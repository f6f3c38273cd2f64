//! The one list.

/// Hands the list of workloads to `$expand!`: group, function, workload, cases with their sizes.
///
/// ```text
/// group {
///     function: Workload { case = size, … } varies { case = size, … }
/// }
/// ```
///
/// * `Workload` is the type `bench_suite::workloads::group::Workload`.
/// * `group/function/case` is the id, the same in every harness; all three are Rust identifiers
///   because iai-callgrind makes functions and modules of them.
/// * Cases under `varies` are those whose instruction count is not the same in every run,
///   because other threads take part; the instruction harness leaves them out.
#[macro_export]
macro_rules! for_each_workload {
    ($expand:ident) => {
        $expand! {
            string {
                builder: Builder { n100 = 100, n1000 = 1000 }
                concat: Concat { n100 = 100, n1000 = 1000 }
            }
        }
    };
}
