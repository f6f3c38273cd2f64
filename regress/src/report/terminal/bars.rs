use crate::model::Processes;
use crate::report::figures::NOTHING;

/// Narrower terminals get no bars: their columns are for numbers. Chosen, nothing else depends on it.
pub(super) const WIDE: u16 = 120;

/// What stands below the table.
///
/// * `sides`: 1 or 2.
pub(super) fn key(sides: usize) -> String {
    let axis = if sides == 1 { "" } else { ", both sides on one axis" };
    format!("bars: how often, from low to high{axis}; ▁ never, █ most often; the ends hold the outer 5 % as well")
}

/// Fewer bars have no shape.
const LEAST: usize = 6;
/// More say no more, since twenty to a hundred measurements have to fill them.
const MOST: usize = 10;

/// From never to most often.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How many bars each side gets where there is room for so many columns; `None` where they would have no shape.
///
/// * `sides`: 1 or 2, with a blank between them.
pub(super) fn that_fit(room: usize, sides: usize) -> Option<usize> {
    let bars = (room + 1).saturating_sub(sides) / sides;
    (bars >= LEAST).then_some(bars.min(MOST))
}

/// What each side measured, old first, with a blank between them; [`NOTHING`] where none measured more than once, or all
/// measured the same.
///
/// * `bars`: of each side, at least 1.
pub(super) fn picture(sides: &[Option<&Processes>], bars: usize) -> String {
    let sides: Vec<Option<&[f64]>> = sides.iter().map(|side| side.and_then(several)).collect();
    let present: Vec<&[f64]> = sides.iter().copied().flatten().collect();
    let mut all = present.iter().copied().flatten();
    let is_one_value = all.next().is_none_or(|first| all.all(|value| value == first));
    if is_one_value {
        return NOTHING.to_owned();
    }
    let mut drawn = histograms(&present, bars).into_iter();
    let cells = sides.iter().map(|side| side.and_then(|_| drawn.next()).unwrap_or_else(|| format!("{NOTHING:<bars$}")));
    cells.collect::<Vec<_>>().join(" ")
}

/// What was measured, ascending. A single measurement is a number and not a picture.
fn several(processes: &Processes) -> Option<&[f64]> {
    Some(processes.pooled().sorted()).filter(|sorted| sorted.len() > 1)
}

/// Histograms over one axis, from where the middle nine tenths of any side begin to where those of any side end: a single
/// outlier would else push all that is usual into one bar. Every bar is a share of its side, and the highest of all is full.
///
/// * `sides`: each in ascending order, at least one number.
/// * `bars`: at least 1.
fn histograms(sides: &[&[f64]], bars: usize) -> Vec<String> {
    /// One in so many lies beyond either end, rounded down: of fewer, none.
    const BEYOND: usize = 20;
    let ends = sides.iter().map(|side| (side[side.len() / BEYOND], side[side.len() - 1 - side.len() / BEYOND]));
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (a, b)| (low.min(a), high.max(b)));
    let place = |value: f64| match high > low {
        // What lies below becomes 0: so numbers are cut.
        true => (((value - low) / (high - low) * bars as f64) as usize).min(bars - 1),
        false => bars / 2,
    };
    let shares = sides.iter().map(|side| {
        let mut counts = vec![0_usize; bars];
        side.iter().for_each(|value| counts[place(*value)] += 1);
        counts.into_iter().map(|count| count as f64 / side.len() as f64).collect()
    });
    let shares: Vec<Vec<f64>> = shares.collect();
    let most = shares.iter().flatten().copied().fold(0.0, f64::max);
    shares.iter().map(|shares| shares.iter().map(|share| height(share / most)).collect()).collect()
}

/// What is there is seen, however little it is.
///
/// * `share`: of the highest bar, from 0 to 1.
fn height(share: f64) -> char {
    let full = HEIGHTS.len() - 1;
    HEIGHTS[if share > 0.0 { ((share * full as f64).round() as usize).clamp(1, full) } else { 0 }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Sample;

    #[track_caller]
    fn check(sides: &[&[f64]], bars: usize, expected: &[&str]) {
        assert_eq!(histograms(sides, bars), expected);
    }

    #[test]
    fn both_sides_stand_on_one_axis() {
        check(&[&[1.0, 2.0], &[3.0, 4.0]], 4, &["██▁▁", "▁▁██"]);
        // The axis goes from 0 to 8, a bar holds 2, the last also its upper end: 1 · 3 · 0 · 0 and 0 · 0 · 2 · 2 of 4.
        check(&[&[0.0, 2.0, 3.0, 3.5], &[4.0, 5.0, 7.0, 8.0]], 4, &["▃█▁▁", "▁▁▆▆"]);
        // 1/3 of 7 eighths is 2.3, 2/3 are 4.7; a side with more measurements has no higher bars for it.
        check(&[&[0.0, 0.0, 0.0, 1.0, 1.0, 2.0], &[0.0, 0.0, 0.0]], 3, &["▅▃▂", "█▁▁"]);
    }

    #[test]
    fn what_lies_far_beyond_stands_at_the_end() {
        // 20 measurements: the lowest and the highest are beyond the axis, which goes from 1 to 18.
        let mut values: Vec<f64> = (0..20).map(f64::from).collect();
        values[19] = 1e9;
        check(&[&values], 2, &["██"]);
        values[0] = -1e9;
        check(&[&values], 2, &["██"]);
        // Of 19 none is left out, and the outlier takes the axis.
        check(&[&values[1..]], 3, &["█▁▂"]); // 1 of 18 is 0.4 eighths, which is seen all the same
    }

    #[test]
    fn equal_measurements_stand_in_the_middle() {
        check(&[&[5.0, 5.0], &[5.0, 5.0]], 3, &["▁█▁", "▁█▁"]);
        check(&[&[0.0, 0.0]], 1, &["█"]);
        check(&[&[f64::MIN, f64::MAX]], 2, &["█▁"]); // further apart than a number is large
        check(&[], 3, &[]);
    }

    #[track_caller]
    fn check_picture(sides: &[&[f64]], expected: &str) {
        let sides: Vec<Option<Processes>> =
            sides.iter().map(|side| Sample::new(side.to_vec()).ok().map(Processes::one)).collect();
        let sides: Vec<Option<&Processes>> = sides.iter().map(Option::as_ref).collect();
        assert_eq!(picture(&sides, 3), expected);
    }

    #[test]
    fn a_single_value_is_no_picture() {
        check_picture(&[&[1.0, 2.0], &[2.0, 3.0]], "██▁ ▁██");
        check_picture(&[&[1.0], &[2.0, 3.0]], "–   █▁█");
        check_picture(&[&[1.0, 2.0], &[]], "█▁█ –  ");
        check_picture(&[&[1.0, 2.0]], "█▁█");
        check_picture(&[&[], &[1.0]], NOTHING);
        check_picture(&[&[3.0, 3.0], &[3.0, 3.0]], NOTHING);
        check_picture(&[&[3.0, 3.0], &[4.0, 4.0]], "█▁▁ ▁▁█");
    }

    #[test]
    fn bars_have_a_shape_or_are_left_out() {
        assert_eq!(
            [0, 12, 13, 14, 15, 21, 200].map(|room| that_fit(room, 2)),
            [
                None,
                None,
                Some(6), // 6 + 1 + 6
                Some(6),
                Some(7),
                Some(10),
                Some(10)
            ]
        );
        assert_eq!([0, 5, 6, 200].map(|room| that_fit(room, 1)), [None, None, Some(6), Some(10)]);
    }
}
