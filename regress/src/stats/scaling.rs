//! How fast a cost grows with the size of its input: the exponent of a power of n, with an interval.

use super::trimmed::student_quantile;
use super::{Interval, natural};

/// A law of growth, up to a constant factor: n^power · log(n)^logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// The power of n, at least 0.
    pub power: f64,
    /// How many times log n is a factor.
    pub logarithms: u32,
}

/// A cost against a law: a straight line through the logarithms of size and cost ÷ law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// The cost grows like n to this power.
    pub exponent: f64,
    /// The law grows like n to this power, over the same sizes.
    pub law_exponent: f64,
    /// The standard error of the difference of the two, at least 0.
    pub standard_error: f64,
    /// How many sizes there are beyond the two that a line needs; at least 1.
    pub degrees_of_freedom: usize,
}

impl Law {
    /// The logarithm of the law at a size, up to a constant. `None` where the law has no logarithm: at 0, and for
    /// log n at 1.
    fn ln_at(self, size: f64) -> Option<f64> {
        if !(size > 0.0 && size.is_finite()) {
            return None;
        }
        let ln = natural::ln(size);
        match self.logarithms {
            0 => Some(self.power * ln),
            _ if ln <= 0.0 => None,
            times => Some(self.power * ln + f64::from(times) * natural::ln(ln)),
        }
    }
}

/// How a cost grows, held against a law.
///
/// * `points`: size and cost, both above 0, in any order. A size that the law has no logarithm for is left out.
/// * Returns `None` for fewer than 3 different sizes: two points lie on a line whatever they are.
///
/// ```text
///   ln(cost / law)  │                 ·        slope = exponent − law_exponent, by least squares;
///                   │         ·                its standard error is made of what the points scatter
///                   │  ·                       around the line, n − 2 degrees of freedom
///                   └───────────────────── ln n
/// ```
///
/// Held against the law first and then fitted, a cost that follows the law exactly scatters not at all, though
/// n log n itself is no straight line.
///
/// Source: any textbook on linear regression, for example Draper & Smith 1998, Applied Regression Analysis, 1.4.
///
/// ```
/// use regress::stats::{Law, growth};
///
/// let points = [10.0, 100.0, 1000.0].map(|n: f64| (n, 3.0 * n * n));
/// let growth = growth(&points, Law { power: 1.0, logarithms: 0 }).expect("3 sizes");
/// assert!((growth.exponent - 2.0).abs() < 1e-12);
/// assert!((growth.law_exponent - 1.0).abs() < 1e-12);
/// assert!(growth.standard_error < 1e-12);
/// assert_eq!(growth.degrees_of_freedom, 1);
/// ```
pub fn growth(points: &[(f64, f64)], law: Law) -> Option<Growth> {
    let logarithms = |&(size, cost): &(f64, f64)| {
        let law = law.ln_at(size)?;
        (cost > 0.0 && cost.is_finite()).then(|| (natural::ln(size), natural::ln(cost) - law, law))
    };
    let points: Vec<(f64, f64, f64)> = points.iter().filter_map(logarithms).collect();
    if different(points.iter().map(|point| point.0)) < 3 {
        return None;
    }
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y, mean_law) = (mean(|p| p.0), mean(|p| p.1), mean(|p| p.2));
    let spread = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum::<f64>();
    let slope = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum::<f64>() / spread;
    let law_slope = points.iter().map(|p| (p.0 - mean_x) * (p.2 - mean_law)).sum::<f64>() / spread;
    let residual = |p: &(f64, f64, f64)| (p.1 - mean_y - slope * (p.0 - mean_x)).powi(2);
    let freedom = points.len() - 2;
    let variance = points.iter().map(residual).sum::<f64>() / freedom as f64;
    Some(Growth {
        exponent: law_slope + slope,
        law_exponent: law_slope,
        standard_error: (variance / spread).sqrt(),
        degrees_of_freedom: freedom,
    })
}

/// By how much the steps from one size to the next are steeper than a law, as a power of n: at least, and at most.
///
/// * `points`: size, and the smallest and the largest that the cost may be there; sizes ascending, all different. A
///   size that the law has no logarithm for is left out.
/// * Returns `None` for fewer than two sizes. Infinite where something came from nothing.
///
/// A cost of a + b n seems to bend upwards in logarithms, so the interval of [`growth`] is wide; but no step of it is
/// steeper than n.
///
/// ```
/// use regress::stats::{Law, steps_beyond};
///
/// let points = [(10.0, 130.0, 130.0), (100.0, 1030.0, 1030.0), (1000.0, 10_030.0, 10_030.0)];
/// let (least, most) = steps_beyond(&points, Law { power: 1.0, logarithms: 0 }).expect("3 sizes");
/// assert!((least - ((1030.0_f64 / 130.0).log10() - 1.0)).abs() < 1e-12);
/// assert!((most - ((10_030.0_f64 / 1030.0).log10() - 1.0)).abs() < 1e-12);
/// ```
pub fn steps_beyond(points: &[(f64, f64, f64)], law: Law) -> Option<(f64, f64)> {
    let known: Vec<_> = points.iter().filter_map(|point| Some((*point, law.ln_at(point.0)?))).collect();
    let steps = known.windows(2).map(|pair| {
        let [((size, low, high), law), ((next_size, next_low, next_high), next_law)] = [pair[0], pair[1]];
        let apart = natural::ln(next_size) - natural::ln(size);
        let beyond = |cost, next_cost| (ln_ratio(cost, next_cost) - (next_law - law)) / apart;
        match apart > 0.0 {
            true => (beyond(high, next_low), beyond(low, next_high)),
            false => (f64::NEG_INFINITY, f64::INFINITY),
        }
    });
    steps.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

/// ln(new ÷ old) of numbers of at least 0, of which some may be infinite: from nothing to nothing is a fall.
fn ln_ratio(old: f64, new: f64) -> f64 {
    match (old, new) {
        (_, 0.0) => f64::NEG_INFINITY,
        (0.0, _) => f64::INFINITY,
        (f64::INFINITY, _) => f64::NEG_INFINITY,
        (_, f64::INFINITY) => f64::INFINITY,
        _ => natural::ln(new) - natural::ln(old),
    }
}

impl Growth {
    /// The interval in which the exponent lies with this confidence: Student's t, ends equally far.
    ///
    /// * `confidence`: in \[0, 1\); from 1 on the ends are infinite.
    pub fn interval(&self, confidence: f64) -> Interval {
        let alpha = (1.0 - confidence) / 2.0;
        let reach = match self.standard_error == 0.0 && alpha > 0.0 {
            true => 0.0,
            false => student_quantile(self.degrees_of_freedom, alpha) * self.standard_error,
        };
        Interval { low: self.exponent - reach, high: self.exponent + reach, confidence }
    }
}

/// How many different numbers there are.
fn different(numbers: impl Iterator<Item = f64>) -> usize {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    numbers.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LINEAR: Law = Law { power: 1.0, logarithms: 0 };
    const N_LOG_N: Law = Law { power: 1.0, logarithms: 1 };

    #[test]
    fn a_cost_that_follows_the_law_does_not_scatter() {
        #[track_caller]
        fn check(law: Law, cost: fn(f64) -> f64) {
            let points = [10.0, 300.0, 7000.0, 1e6].map(|n| (n, cost(n)));
            let growth = growth(&points, law).expect("4 sizes");
            assert!((growth.exponent - growth.law_exponent).abs() < 1e-12, "{growth:?}");
            assert!(growth.standard_error < 1e-12, "{growth:?}");
        }
        check(LINEAR, |n| 7.0 * n);
        check(N_LOG_N, |n| 7.0 * n * n.log2());
        check(Law { power: 0.0, logarithms: 0 }, |_| 7.0);
        check(Law { power: 0.0, logarithms: 1 }, f64::log10);
        check(Law { power: 1.2, logarithms: 0 }, |n| n.powf(1.2));
    }

    #[test]
    fn two_sizes_are_too_few() {
        assert_eq!(growth(&[(10.0, 1.0), (20.0, 2.0)], LINEAR), None);
        assert_eq!(growth(&[(10.0, 1.0), (20.0, 2.0), (20.0, 2.1)], LINEAR), None);
        assert_eq!(growth(&[(1.0, 1.0), (10.0, 2.0), (100.0, 3.0)], N_LOG_N), None, "log 1 is 0");
        assert!(growth(&[(1.0, 1.0), (10.0, 2.0), (100.0, 3.0)], LINEAR).is_some());
        assert_eq!(growth(&[(0.0, 1.0), (10.0, 2.0), (100.0, 3.0)], LINEAR), None);
        assert_eq!(growth(&[(5.0, 0.0), (10.0, 2.0), (100.0, 3.0)], LINEAR), None);
        assert_eq!(growth(&[(f64::NAN, 1.0), (f64::INFINITY, 2.0), (100.0, 3.0)], LINEAR), None);
    }

    #[test]
    fn the_ends_of_the_interval() {
        let exact = Growth { exponent: 2.0, law_exponent: 1.0, standard_error: 0.0, degrees_of_freedom: 1 };
        assert_eq!(exact.interval(0.95), Interval { low: 2.0, high: 2.0, confidence: 0.95 });
        let wide = Growth { standard_error: 1.0, ..exact }.interval(0.5);
        assert!((wide.low - 1.0).abs() < 1e-9 && (wide.high - 3.0).abs() < 1e-9); // Cauchy: tan(π/4) = 1
        assert_eq!(Growth { standard_error: 1.0, ..exact }.interval(1.0).high, f64::INFINITY);
    }

    #[test]
    fn the_gentlest_and_the_steepest_step_count() {
        const NOTHING: f64 = f64::NEG_INFINITY;
        const ALL: f64 = f64::INFINITY;
        #[track_caller]
        fn check(points: &[(f64, f64, f64)], law: Law, expected: Option<(f64, f64)>) {
            let found = steps_beyond(points, law);
            let near = |ours: f64, theirs: f64| ours == theirs || (ours - theirs).abs() < 1e-12;
            let agrees = match (found, expected) {
                (Some(ours), Some(theirs)) => near(ours.0, theirs.0) && near(ours.1, theirs.1),
                (ours, theirs) => ours == theirs,
            };
            assert!(agrees, "{found:?}, expected {expected:?}");
        }
        let exact = |n: f64, cost: f64| (n, cost, cost);
        check(&[exact(1.0, 1.0), exact(10.0, 100.0), exact(100.0, 100.0)], LINEAR, Some((-1.0, 1.0))); // n^2, then n^0
        check(&[exact(1.0, 0.0), exact(10.0, 0.0), exact(100.0, 0.0)], LINEAR, Some((NOTHING, NOTHING)));
        check(&[exact(1.0, 0.0), exact(10.0, 1.0)], LINEAR, Some((ALL, ALL)));
        check(&[(1.0, 1.0, 1.0), (10.0, 0.0, ALL)], LINEAR, Some((NOTHING, ALL)));
        check(&[exact(5.0, 1.0), exact(5.0, 1.0)], LINEAR, Some((NOTHING, ALL)));
        check(&[(1.0, 1.0, 2.0), (10.0, 2.0, 10.0)], LINEAR, Some((-1.0, 0.0))); // 2 ÷ 2 and 10 ÷ 1
        check(&[exact(1.0, 1.0), exact(10.0, 1.0)], N_LOG_N, None);
        check(&[exact(5.0, 1.0)], LINEAR, None);
    }

    proptest! {
        /// What a cost is counted in changes no exponent: ln turns a factor into an intercept.
        #[test]
        fn a_factor_changes_nothing(costs in prop::collection::vec(0.1..1e6_f64, 3..9), factor in 1e-9..1e9_f64) {
            let points = |factor: f64| (1_u32..).map(|i| 10.0 * f64::from(i)).zip(costs.iter().map(|c| c * factor)).collect::<Vec<_>>();
            let (one, other) = (growth(&points(1.0), N_LOG_N).expect("3 sizes"), growth(&points(factor), N_LOG_N).expect("3 sizes"));
            prop_assert!((one.exponent - other.exponent).abs() < 1e-9);
            prop_assert!((one.standard_error - other.standard_error).abs() < 1e-9);
        }
    }
}
