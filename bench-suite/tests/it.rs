//! The list is sound, and every workload computes what it says.

use bench_suite::{Workload, for_each_workload, warmed, workloads};

/// Every case of the list: group, function, case, and the test of its workload at its size.
macro_rules! cases {
    ($(
        $group:ident {$(
            $function:ident: $workload:ident {
                $($case:ident = $size:literal),* $(; varies: $($varying_case:ident = $varying_size:literal),*)?
            }
        )*}
    )*) => {
        fn cases() -> Vec<Case> {
            vec![$($(
                $(Case {
                    id: [stringify!($group), stringify!($function), stringify!($case)],
                    check: || check_twice::<workloads::$group::$workload>($size),
                },)*
                $($(Case {
                    id: [stringify!($group), stringify!($function), stringify!($varying_case)],
                    check: || check_twice::<workloads::$group::$workload>($varying_size),
                },)*)?
            )*)*]
        }
    };
}

struct Case {
    id: [&'static str; 3],
    check: fn(),
}

for_each_workload!(cases);

/// The second run on the same input must be right as well: a pool may hand out dirty buffers.
fn check_twice<W: Workload>(size: usize) {
    let mut input = warmed::<W>(size);
    for _ in 0..2 {
        let output = W::run(&mut input);
        W::check(&input, &output);
    }
}

#[test]
fn every_workload_is_right_at_every_size() {
    for case in cases() {
        (case.check)();
    }
}
