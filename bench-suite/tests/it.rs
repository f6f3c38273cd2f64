//! The list is sound, and every workload computes what it says.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

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
        let id = case.id.join("/");
        assert!(catch_unwind(case.check).is_ok(), "{id}: see the panic above");
    }
}

#[test]
fn ids_are_unique() {
    let ids: BTreeSet<[&str; 3]> = cases().iter().map(|case| case.id).collect();
    assert_eq!(ids.len(), cases().len());
}

/// They become names of functions, of modules and of directories, on file systems that do not tell
/// capitals from small letters too.
#[test]
fn ids_are_lower_case_identifiers() {
    let is_small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    for name in cases().iter().flat_map(|case| case.id) {
        assert!(name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_small), "{name}");
    }
}
