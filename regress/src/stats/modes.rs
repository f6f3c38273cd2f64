//! Are these two populations? Where a sample falls into a lower and an upper mode.

use super::Sample;

/// A sample that falls into two modes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modes {
    /// The mean of the lower mode, in the unit of the values.
    pub low: f64,
    /// The mean of the upper mode.
    pub high: f64,
    /// The middle of the gap between them: a value above it belongs to the upper mode.
    pub boundary: f64,
    /// The share of the values in the upper mode, from 15 to 85 %.
    pub upper_share: f64,
    /// How many standard deviations within a mode the two means are apart; infinite where neither
    /// mode scatters.
    pub separation: f64,
}

/// Where the values part into two modes, if they do.
///
/// * Returns `None` for fewer than 20 values.
///
/// The sorted values are cut in two where the squared distances from the two means are smallest.
/// Two modes they are called when
///
/// ```text
///   1. each has at least 15 % of the values: a tail is no mode,
///   2. the means lie at least 5 standard deviations within a mode apart,
///   3. the gap at the cut is at least half of such a standard deviation.
///
///      ··:··                 ·:·
///   ───┴┴┴┴┴────────┼────────┴┴┴───     |—— gap ——|
///       low      boundary    high
/// ```
///
/// A normal sample cut in its middle shows a separation of 2.7, a uniform one 3.5, an exponential
/// one 3.6, each more with few values. Simulated, in 2000 samples of each (n = 20, 40, 80): called
/// two modes 0.1, 0, 0 % of normal, 3, 0.3, 0 % of uniform, 9, 4, 0.3 % of exponential ones; and
/// 84, 92, 97 % of mixtures with 30 % at a distance of 6 standard deviations.
///
/// Source: the cut after Fisher 1958, Journal of the American Statistical Association 53(284),
/// 789–798; the distance after Ashman, Bird & Zepf 1994, The Astronomical Journal 108, 2348–2361,
/// who take 2 for "cleanly separated" where the modes are known beforehand. 5 and the gap make up
/// for choosing the best of all cuts.
///
/// ```
/// use regress::stats::{Sample, two_modes};
///
/// let mut values: Vec<f64> = (0..15).map(|i| 100.0 + f64::from(i % 3)).collect(); // 100, 101, 102
/// values.extend((0..9).map(|i| 120.0 + f64::from(i % 3))); // 120, 121, 122
/// let modes = two_modes(&Sample::new(values)?).expect("20 apart, and 2 wide");
/// assert_eq!((modes.low, modes.high, modes.boundary), (101.0, 121.0, 111.0));
/// assert_eq!(modes.upper_share, 9.0 / 24.0);
/// // 24 values, 16 of them 1 from their mean, less the two means: sqrt(16 / 22)
/// assert!((modes.separation - 20.0 / (16.0_f64 / 22.0).sqrt()).abs() < 1e-9);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn two_modes(sample: &Sample) -> Option<Modes> {
    let sorted = sample.sorted();
    let n = sorted.len();
    if n < FEWEST_VALUES || sample.is_constant() {
        return None;
    }
    // Around the middle and in units of the range: no sum overflows, and no square loses its digits.
    let (center, range) = (sorted[n / 2], sample.max() / 2.0 - sample.min() / 2.0);
    let scaled: Vec<f64> = sorted.iter().map(|x| (x / 2.0 - center / 2.0) / range).collect();
    let cut = best_cut(&scaled)?;
    let deviation = (cut.within / (n - 2) as f64).sqrt();
    let gap = scaled[cut.lower] - scaled[cut.lower - 1];
    let apart = cut.high - cut.low;
    let is_parted = apart >= SEPARATION * deviation && gap >= GAP * deviation;
    let restore = |x: f64| 2.0 * (x * range + center / 2.0);
    is_parted.then(|| Modes {
        low: restore(cut.low),
        high: restore(cut.high),
        boundary: f64::midpoint(sorted[cut.lower - 1], sorted[cut.lower]),
        upper_share: (n - cut.lower) as f64 / n as f64,
        separation: apart / deviation,
    })
}

/// Below this, samples with one mode look like two too often; see the rates at [`two_modes`].
const FEWEST_VALUES: usize = 20;

/// The share of the values that the smaller mode must have. Chosen: a quarter trimmed at each end
/// of paired differences removes what less than that can do.
const SMALLEST_SHARE: f64 = 0.15;

/// Standard deviations within a mode between the two means; the rates at [`two_modes`] follow.
const SEPARATION: f64 = 5.0;

/// Standard deviations within a mode that the gap is wide.
const GAP: f64 = 0.5;

/// Two parts of the sorted values.
struct Cut {
    /// How many values the lower part has.
    lower: usize,
    low: f64,
    high: f64,
    /// The squared distances from the mean of the own part, summed.
    within: f64,
}

/// The cut with the smallest distances within, both parts large enough; the lowest of equal ones.
fn best_cut(sorted: &[f64]) -> Option<Cut> {
    let n = sorted.len();
    let (sum, squares) = sums(sorted);
    let smallest = (SMALLEST_SHARE * n as f64).ceil() as usize;
    let (mut lower_sum, mut lower_squares) = sums(&sorted[..smallest - 1]);
    let mut best: Option<Cut> = None;
    for lower in smallest..=n - smallest {
        lower_sum += sorted[lower - 1];
        lower_squares += sorted[lower - 1].powi(2);
        let (low, high) = (lower_sum / lower as f64, (sum - lower_sum) / (n - lower) as f64);
        let within = lower_squares - lower_sum * low + (squares - lower_squares) - (sum - lower_sum) * high;
        if best.as_ref().is_none_or(|best| within < best.within) {
            best = Some(Cut { lower, low, high, within: within.max(0.0) });
        }
    }
    best
}

fn sums(values: &[f64]) -> (f64, f64) {
    values.iter().fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn modes(values: Vec<f64>) -> Option<Modes> {
        two_modes(&Sample::new(values).expect("finite"))
    }

    #[track_caller]
    fn check(what: &str, values: impl IntoIterator<Item = f64>, expected_share: Option<f64>) {
        assert_eq!(modes(values.into_iter().collect()).map(|modes| modes.upper_share), expected_share, "{what}");
    }

    #[test]
    fn what_is_two_modes_and_what_is_not() {
        let ramp = |n: u32| (0..n).map(f64::from);
        check("a constant", [7.0; 40], None);
        check("evenly spread", ramp(40), None); // separation 20 / (20 / sqrt(12)) = 3.5
        check("too few", ramp(9).chain(ramp(9).map(|x| x + 1e3)), None);
        check("10 and 10", ramp(10).chain(ramp(10).map(|x| x + 1e3)), Some(0.5));
        check("3 of 20 far up", ramp(17).chain([1e3, 1e3, 1e3]), Some(0.15));
        check("2 of 20 far up: a tail", ramp(18).chain([1e3, 1e3]), None);
        check("two values only", (0..20).map(|i| f64::from(i % 2)), Some(0.5));
        check("the widest", (0..20).map(|i| if i % 2 == 0 { f64::MIN } else { f64::MAX }), Some(0.5));
    }

    #[test]
    fn a_tail_that_thins_out_is_one_mode() {
        let quantiles = (0..100).map(|i| -(1.0 - (f64::from(i) + 0.5) / 100.0).ln()); // exponential
        check("exponential", quantiles, None);
    }

    proptest! {
        #[test]
        fn moving_and_stretching_changes_nothing(
            values in prop::collection::vec((-1000..1000_i32).prop_map(f64::from), 20..60), far in 0..2, power in -9..9
        ) {
            let lifted: Vec<f64> =
                values.iter().enumerate().map(|(i, x)| if i % 3 == 0 { x + f64::from(far) * 65536.0 } else { *x }).collect();
            let factor = 2.0_f64.powi(power);
            let moved = lifted.iter().map(|x| (x + 4096.0) * factor).collect();
            let (one, other) = (modes(lifted), modes(moved));
            prop_assert_eq!(one.map(|modes| modes.upper_share), other.map(|modes| modes.upper_share));
            if far == 1 {
                let modes = one.expect("65536 apart");
                prop_assert!(modes.low < modes.boundary && modes.boundary < modes.high);
            }
        }
    }
}
