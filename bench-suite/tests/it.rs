//! The list is sound, and every workload computes what it says.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use bench_suite::{Case, Visitor, Workload, visit_all, warmed};

/// Every case of the list, with the test of its workload.
#[derive(Default)]
struct Cases(Vec<(Case, fn(usize))>);

impl Visitor for Cases {
    fn visit<W: Workload<Input: 'static>>(&mut self, case: Case) {
        self.0.push((case, check_twice::<W>));
    }
}

fn cases() -> Vec<(Case, fn(usize))> {
    let mut cases = Cases::default();
    visit_all(&mut cases);
    cases.0
}

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
    for (case, check) in cases() {
        assert!(catch_unwind(|| check(case.size)).is_ok(), "{}: see the panic above", case.id);
    }
}

#[test]
fn ids_are_unique() {
    let ids: BTreeSet<&str> = cases().iter().map(|(case, _)| case.id).collect();
    assert_eq!(ids.len(), cases().len());
}

/// They become names of functions, of modules and of directories, on file systems that do not tell
/// capitals from small letters too.
#[test]
fn ids_are_lower_case_identifiers() {
    let is_small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    for name in cases().iter().flat_map(|(case, _)| case.names) {
        assert!(name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_small), "{name}");
    }
}
