//! Joining face ids into one quoted list: a new string per id, or one buffer.

use crate::{Workload, input};

const SEED: u64 = 0x73_7472;

/// Slow on purpose: every id makes a new string and copies all the former ones, as `+=` does in Go.
///
/// size: number of ids. One allocation per id, and bytes that grow with its square.
pub struct Concat;

impl Workload for Concat {
    type Input = Vec<String>;
    type Output = String;

    fn setup(size: usize) -> Vec<String> {
        input::face_ids(SEED, size)
    }

    fn run(ids: &mut Vec<String>) -> String {
        let mut list = String::new();
        for id in ids.iter() {
            let comma = if list.is_empty() { "" } else { "," };
            list = [&list, comma, "'", id, "'"].concat();
        }
        list
    }

    fn check(ids: &Vec<String>, list: &String) {
        assert_eq!(*list, quoted_list(ids));
    }
}

/// The same list into a string whose length is known before.
///
/// size: number of ids. One allocation, whatever the size.
pub struct Builder;

impl Workload for Builder {
    type Input = Vec<String>;
    type Output = String;

    fn setup(size: usize) -> Vec<String> {
        input::face_ids(SEED, size)
    }

    fn run(ids: &mut Vec<String>) -> String {
        const QUOTES_AND_COMMA: usize = 3;
        let len = ids.iter().map(|id| id.len() + QUOTES_AND_COMMA).sum();
        let mut list = String::with_capacity(len);
        for id in ids.iter() {
            if !list.is_empty() {
                list.push(',');
            }
            list.push('\'');
            list.push_str(id);
            list.push('\'');
        }
        list
    }

    fn check(ids: &Vec<String>, list: &String) {
        assert_eq!(*list, quoted_list(ids));
    }
}

fn quoted_list(ids: &[String]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    quoted.join(",")
}
