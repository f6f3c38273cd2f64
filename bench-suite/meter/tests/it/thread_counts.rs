//! Counts of one thread: exact although other tests run beside it.

use std::hint::black_box;

use bench_meter::{Counts, FixedHashMap, reset_thread_peak, thread, thread_peak_bytes};

#[track_caller]
fn check<O>(work: impl FnOnce() -> O, expected: Counts) {
    let old = thread();
    drop(black_box(work()));
    let actual = thread().since(&old);
    assert_eq!(actual, expected);
}

#[test]
fn nothing_is_zero() {
    check(|| (), Counts::default());
    check(Vec::<u64>::new, Counts::default());
}

#[test]
fn growing_counts_the_whole_new_size() {
    // 4, 8, 16, 32, 64, 128 elements of 8 bytes: 252 * 8 = 2016.
    let grow = || {
        let mut vec = Vec::new();
        (0..100u64).for_each(|n| vec.push(black_box(n)));
        vec
    };
    let expected = Counts { fresh: 1, grows: 5, frees: 1, bytes: 2016, ..Counts::default() };
    check(grow, expected);
    assert_eq!(expected.allocs(), 6);
    assert_eq!(expected.reallocs(), 5);
}

#[test]
fn shrinking_counts_the_whole_new_size() {
    let shrink = || {
        let mut vec = black_box(vec![1u8; 1000]);
        vec.truncate(10);
        vec.shrink_to_fit();
        vec
    };
    check(
        shrink,
        Counts {
            fresh: 1,
            shrinks: 1,
            frees: 1,
            bytes: 1010, // 1000 + 10
            ..Counts::default()
        },
    );
}

#[test]
fn zeroed_memory_counts_like_any_other() {
    check(|| vec![0u8; 1000], Counts { fresh: 1, frees: 1, bytes: 1000, ..Counts::default() });
}

#[test]
fn what_is_kept_is_live() {
    let mut kept = Vec::new();
    let old = thread();
    kept.push(black_box(Box::new([1u8; 500])));
    // 500 bytes, and a list of 4 pointers.
    assert_eq!(thread().since(&old).live_bytes, 500 + 4 * size_of::<usize>() as i64);
    drop(kept);
    assert_eq!(thread().since(&old).live_bytes, 0);
}

#[test]
fn the_peak_stays_until_it_is_reset() {
    reset_thread_peak();
    assert_eq!(thread_peak_bytes(), 0);
    drop(black_box(vec![1u8; 1000]));
    drop(black_box(vec![1u8; 400]));
    assert_eq!(thread_peak_bytes(), 1000);
    reset_thread_peak();
    assert_eq!(thread_peak_bytes(), 0);
    drop((black_box(vec![1u8; 1000]), black_box(vec![1u8; 400])));
    assert_eq!(thread_peak_bytes(), 1400);
}

#[test]
fn the_peak_of_a_thread_that_only_frees_is_zero() {
    let block = black_box(vec![1u8; 1000]);
    let peak_bytes = std::thread::spawn(move || {
        reset_thread_peak();
        drop(block);
        thread_peak_bytes()
    });
    assert_eq!(peak_bytes.join().expect("freeing does not panic"), 0);
}

#[test]
fn a_map_with_the_fixed_hasher_iterates_in_the_same_order() {
    let order = || {
        let mut map = FixedHashMap::default();
        map.extend((0..1000u32).map(|key| (key, ())));
        map.into_keys().collect::<Vec<u32>>()
    };
    assert_eq!(order(), order());
    assert!(!order().is_sorted(), "it is a hash map after all");
}
