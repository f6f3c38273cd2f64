//! The middle of a sample with its ends cut off, and how surely it is known.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{Interval, Sample};

/// The mean of what is left after cutting off both ends, with what Student's t needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrimmedMean {
    /// The mean of the values that are left, in their unit.
    pub value: f64,
    /// The standard error of `value`, in the same unit, at least 0. From the Winsorised variance,
    /// so that cutting the ends off does not make the values look quieter than they are.
    pub standard_error: f64,
    /// Degrees of freedom: values left after cutting, less one; at least 1.
    pub degrees_of_freedom: usize,
}

/// The mean without the smallest and the largest `trim` of the values, and its standard error.
///
/// * `trim`: the share that is cut off at each end, in \[0, 0.5); 0 is the ordinary mean and
///   Student's t, 0.25 the mean of the middle half. Anything else counts as the nearest of these.
/// * Returns `None` when fewer than 2 values are left: nothing could be said about the error.
///
/// With n values, g = ⌊trim n⌋ are cut off at each end and h = n − 2 g are left. The Winsorised
/// values have the g lowest replaced by the next one up, and the g highest by the next one down;
/// SSD is the sum of their squared distances from their own mean:
///
/// ```text
///   taken        1   3   4   5   6   7   9  40      n = 8, trim = 0.25
///   trimmed              4   5   6   7              h = 4, mean 5.5
///   Winsorised   4   4   4   5   6   7   7   7      mean 5.5, SSD = 3 * 2.25 + 2 * 0.25 + 3 * 2.25 = 14
///   standard error = sqrt(SSD / (h (h − 1))) = sqrt(14 / 12)
/// ```
///
/// Source: Tukey & McLaughlin 1963, Sankhyā A 25(3), 331–352 (trimmed t); Yuen 1974, Biometrika
/// 61(1), 165–170 (h − 1 degrees of freedom).
///
/// ```
/// use regress::stats::{Sample, trimmed_mean};
///
/// let sample = Sample::new(vec![1.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0, 40.0])?;
/// let mean = trimmed_mean(&sample, 0.25).expect("4 of 8 values are left");
/// assert_eq!(mean.value, 5.5);
/// assert_eq!(mean.standard_error, (14.0_f64 / 12.0).sqrt());
/// assert_eq!(mean.degrees_of_freedom, 3);
/// # Ok::<(), regress::stats::SampleError>(())
/// ```
pub fn trimmed_mean(sample: &Sample, trim: f64) -> Option<TrimmedMean> {
    let sorted = sample.sorted();
    let n = sorted.len();
    let cut = (trim.clamp(0.0, 0.5) * n as f64) as usize; // NaN casts to 0
    let left = n.saturating_sub(2 * cut);
    if left < 2 {
        return None;
    }
    let middle = &sorted[cut..n - cut];
    let (lowest, highest) = (middle[0], middle[left - 1]);
    let ends = cut as f64;
    let winsorised_mean = (mean(middle) * left as f64 + ends * lowest + ends * highest) / n as f64;
    let squared = |x: f64| (x - winsorised_mean).powi(2);
    let deviations = middle.iter().map(|&x| squared(x)).sum::<f64>() + ends * (squared(lowest) + squared(highest));
    // All equal: rounding of the mean must not pass for scatter.
    let deviations = if lowest == highest { 0.0 } else { deviations };
    let freedom = (left - 1) as f64;
    Some(TrimmedMean {
        value: mean(middle).clamp(lowest, highest),
        standard_error: (deviations / (left as f64 * freedom)).sqrt().min(f64::MAX),
        degrees_of_freedom: left - 1,
    })
}

impl TrimmedMean {
    /// The probability of a mean at least this large when the centre is at most `boundary`.
    ///
    /// A small p shows that the centre lies above the boundary. Without any scatter it is 0 or 1.
    ///
    /// ```
    /// use regress::stats::{Sample, trimmed_mean};
    ///
    /// // Mean 2, standard error 1, 1 degree of freedom: t is Cauchy's distribution
    /// let mean = trimmed_mean(&Sample::new(vec![1.0, 3.0])?, 0.0).expect("2 values");
    /// assert!((mean.p_above(1.0) - 0.25).abs() < 1e-12); // 1/2 − atan(1) / π
    /// assert_eq!(mean.p_above(2.0), 0.5);
    /// # Ok::<(), regress::stats::SampleError>(())
    /// ```
    pub fn p_above(&self, boundary: f64) -> f64 {
        self.upper_tail(self.value - boundary)
    }

    /// The probability of a mean at most this large when the centre is at least `boundary`:
    /// [`p_above`](TrimmedMean::p_above), mirrored.
    pub fn p_below(&self, boundary: f64) -> f64 {
        self.upper_tail(boundary - self.value)
    }

    /// The interval in which the centre lies with this confidence, ends equally far from the mean.
    ///
    /// * `confidence`: in \[0, 1\); from 1 on the ends are infinite.
    ///
    /// ```
    /// use regress::stats::{Sample, trimmed_mean};
    ///
    /// // 2 ± tan(π/4): half of Cauchy's distribution lies within 1
    /// let mean = trimmed_mean(&Sample::new(vec![1.0, 3.0])?, 0.0).expect("2 values");
    /// let interval = mean.interval(0.5);
    /// assert!((interval.low - 1.0).abs() < 1e-9 && (interval.high - 3.0).abs() < 1e-9);
    /// # Ok::<(), regress::stats::SampleError>(())
    /// ```
    pub fn interval(&self, confidence: f64) -> Interval {
        let confidence = if confidence < 1.0 { confidence.max(0.0) } else { 1.0 };
        let reach = self.reach((1.0 - confidence) / 2.0);
        Interval { low: self.value - reach, high: self.value + reach, confidence }
    }

    /// How far the mean must lie beyond a boundary for its one-sided p to be `alpha`: the
    /// quantile of t times the standard error, in the unit of the values; infinite for alpha 0.
    ///
    /// * `alpha`: a probability up to 0.5; negative beyond that.
    pub fn reach(&self, alpha: f64) -> f64 {
        if alpha <= 0.0 {
            return f64::INFINITY;
        }
        if self.standard_error == 0.0 {
            return 0.0;
        }
        student_quantile(self.degrees_of_freedom, alpha) * self.standard_error
    }

    fn upper_tail(&self, distance: f64) -> f64 {
        if self.standard_error == 0.0 {
            return if distance > 0.0 { 0.0 } else { 1.0 };
        }
        let t = distance / self.standard_error;
        if t.is_nan() { 1.0 } else { student(self.degrees_of_freedom).sf(t) }
    }
}

/// What Student's t exceeds with probability `alpha`.
///
/// * `degrees_of_freedom`: at least 1; 0 counts as 1.
/// * `alpha`: in \[0, 1\]; the ends give plus and minus infinity.
///
/// ```
/// use regress::stats::student_quantile;
///
/// assert!((student_quantile(1, 0.25) - 1.0).abs() < 1e-9); // Cauchy: tan(π/4)
/// assert!((student_quantile(10, 0.025) - 2.228).abs() < 5e-4); // any printed table
/// ```
pub fn student_quantile(degrees_of_freedom: usize, alpha: f64) -> f64 {
    if alpha <= 0.0 {
        return f64::INFINITY;
    }
    if alpha >= 1.0 {
        return f64::NEG_INFINITY;
    }
    if alpha > 0.5 {
        return -student_quantile(degrees_of_freedom, 1.0 - alpha);
    }
    // Bisection on the tail: one minus a small alpha would lose the digits that statrs' inverse needs.
    let distribution = student(degrees_of_freedom);
    let mut high = 1.0;
    while distribution.sf(high) > alpha && high < f64::MAX / 2.0 {
        high *= 2.0;
    }
    let mut low = if high > 1.0 { high / 2.0 } else { 0.0 };
    for _ in 0..BISECTIONS {
        let middle = f64::midpoint(low, high);
        if distribution.sf(middle) > alpha { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// Halvings of an interval of one octave: 2^-45 of its width is left.
const BISECTIONS: u32 = 45;

fn student(degrees_of_freedom: usize) -> StudentsT {
    StudentsT::new(0.0, 1.0, degrees_of_freedom.max(1) as f64).expect("scale and freedom are above 0")
}

fn mean(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let sum: f64 = values.iter().sum();
    if sum.is_finite() { sum / count } else { values.iter().map(|value| value / count).sum() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trimmed(values: &[f64], trim: f64) -> Option<TrimmedMean> {
        trimmed_mean(&Sample::new(values.to_vec()).expect("finite"), trim)
    }

    #[test]
    fn two_values_must_be_left() {
        assert_eq!(trimmed(&[1.0], 0.0), None);
        assert_eq!(trimmed(&[1.0, 2.0, 3.0], 0.49), None); // 1 is left
        assert_eq!(trimmed(&[1.0, 2.0], 0.5), None);
        assert_eq!(trimmed(&[1.0, 2.0, 3.0], 0.25).map(|mean| mean.degrees_of_freedom), Some(2)); // ⌊0.75⌋ = 0
        assert_eq!(trimmed(&[1.0; 4], f64::NAN).map(|mean| mean.degrees_of_freedom), Some(3));
    }

    #[test]
    fn without_scatter_every_boundary_is_certain() {
        let mean = trimmed(&[0.1; 7], 0.25).expect("7 values");
        assert_eq!((mean.value, mean.standard_error), (0.1, 0.0));
        assert_eq!((mean.p_above(0.0), mean.p_above(0.1), mean.p_above(0.2)), (0.0, 1.0, 1.0));
        assert_eq!((mean.p_below(0.2), mean.p_below(0.1), mean.p_below(0.0)), (0.0, 1.0, 1.0));
        assert_eq!(mean.interval(0.99), Interval { low: 0.1, high: 0.1, confidence: 0.99 });
    }

    #[test]
    fn the_widest_values_do_not_overflow() {
        let mean = trimmed(&[f64::MIN, f64::MAX, f64::MAX, f64::MAX], 0.0).expect("4 values");
        assert!(mean.value.is_finite() && mean.standard_error.is_finite());
        assert!(!mean.p_above(0.0).is_nan());
    }

    #[test]
    fn quantiles_at_the_ends() {
        assert_eq!(student_quantile(5, 0.0), f64::INFINITY);
        assert_eq!(student_quantile(5, 1.0), f64::NEG_INFINITY);
        assert!(student_quantile(5, 0.5).abs() < 1e-12);
        assert_eq!(student_quantile(5, 0.9), -student_quantile(5, 1.0 - 0.9));
        // far out Cauchy's tail is 1 / (π t)
        assert!((student_quantile(1, 1e-100) * std::f64::consts::PI * 1e-100 - 1.0).abs() < 1e-9);
    }

    fn values() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(-1e3..1e3, 2..60)
    }

    proptest! {
        #[test]
        fn mirrored_values_have_mirrored_probabilities(values in values(), boundary in -1e3..1e3) {
            let mirrored: Vec<f64> = values.iter().map(|x| -x).collect();
            let (there, back) = (trimmed(&values, 0.25).expect("enough"), trimmed(&mirrored, 0.25).expect("enough"));
            prop_assert!((there.value + back.value).abs() < 1e-9);
            prop_assert!((there.p_above(boundary) - back.p_below(-boundary)).abs() < 1e-6);
        }

        #[test]
        fn the_interval_and_the_p_value_tell_the_same(values in values(), boundary in -1e3..1e3_f64) {
            let mean = trimmed(&values, 0.25).expect("enough");
            let interval = mean.interval(0.98);
            let near_the_end = [interval.low, interval.high].iter().any(|end: &f64| (boundary - end).abs() < 1e-6);
            prop_assert!(near_the_end || (boundary < interval.low) == (mean.p_above(boundary) < 0.01));
            prop_assert!(near_the_end || (boundary > interval.high) == (mean.p_below(boundary) < 0.01));
        }

        #[test]
        fn one_wild_value_is_worth_no_more_than_its_place(values in prop::collection::vec(-1e3..1e3, 8..60), wild in 2e3..1e300) {
            let (mut far, mut farther) = (values.clone(), values);
            far.push(2e3);
            farther.push(wild);
            prop_assert_eq!(trimmed(&far, 0.25), trimmed(&farther, 0.25));
        }

        #[test]
        fn shifts_and_scales_with_the_values(values in values(), power in -9..9) {
            let factor = 2.0_f64.powi(power);
            let scaled: Vec<f64> = values.iter().map(|x| x * factor).collect();
            let (one, other) = (trimmed(&values, 0.2).expect("enough"), trimmed(&scaled, 0.2).expect("enough"));
            prop_assert_eq!(one.value * factor, other.value);
            prop_assert!((one.standard_error * factor - other.standard_error).abs() <= 1e-12 * other.standard_error);
        }
    }
}
