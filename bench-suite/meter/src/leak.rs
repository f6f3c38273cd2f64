//! Which of the bytes that operations left on the heap nobody gave back.

/// By how many bytes the floor of the heap rose from each repeat to the next.
///
/// * `levels`: live bytes after each operation, its input and its output dropped, above those before the first one, in
///   the order taken. Below zero where something from before was given back.
/// * `of_a_repeat`: operations of a repeat, at least 1.
/// * Returns one number less than there are repeats. Their sum is how far the floor of the last lies above the lowest.
///
/// The floor of a repeat is the lowest level in it, or afterwards. What an operation left and a later one gave back is no
/// leak: a response that is held until the next one, a buffer that is emptied every tenth time. Levels go up and down
/// with those; the floor of what is leaked only rises:
///
/// ```text
/// levels                    8  24   8 │ 16  16  32 │ 24  40  24        8 bytes for good and 16 for a while
/// floor                     8         │ 16         │ 24
/// rise                                    8            8
/// ```
pub(crate) fn rises(levels: &[i64], of_a_repeat: usize) -> Vec<u64> {
    let mut floor = i64::MAX;
    let floor_from = |repeat: &[i64]| {
        floor = repeat.iter().fold(floor, |low, level| low.min(*level));
        floor
    };
    let mut floors: Vec<i64> = levels.rchunks(of_a_repeat.max(1)).map(floor_from).collect();
    floors.reverse();
    // Never below zero: what comes later is the lowest of fewer.
    floors.windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_gives_back_raises_the_floor() {
        #[track_caller]
        fn check(levels: &[&[i64]], expected: &[u64]) {
            assert_eq!(rises(&levels.concat(), levels[0].len()), expected, "for {levels:?}");
        }
        check(&[&[0, 0], &[0, 0], &[0, 0]], &[0, 0]);
        check(&[&[8, 16], &[24, 32], &[40, 48]], &[16, 16]); // 8 in each of two operations
        check(&[&[0, 8], &[8, 16], &[16, 24]], &[8, 8]); // 8 in every second one
        check(&[&[8, 24, 8], &[16, 16, 32], &[24, 40, 24]], &[8, 8]); // the drawing above
        // Held until the next one, and a buffer that is emptied.
        check(&[&[100, 0], &[100, 0], &[100, 0]], &[0, 0]);
        check(&[&[100, 0, 100], &[0, 100, 0], &[100, 0, 100]], &[0, 0]);
        check(&[&[10, 20, 0], &[10, 20, 0]], &[0]);
        // Kept once, and kept until the third repeat.
        check(&[&[0, 0], &[50, 50], &[50, 50]], &[50, 0]);
        check(&[&[0, 0], &[50, 50], &[50, 0]], &[0, 0]);
        // Less than before: counted from where it is lowest.
        check(&[&[-50, -30], &[-10, 10], &[30, 50]], &[40, 40]);
        check(&[&[-50, -60], &[-70, -80]], &[0]);
        check(&[&[5, 6]], &[]);
        check(&[&[i64::MIN], &[i64::MAX]], &[u64::MAX]);
        assert!(rises(&[], 1).is_empty());
    }
}
