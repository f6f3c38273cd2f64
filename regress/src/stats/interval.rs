//! A range in which the true value is believed to lie.

/// From `low` to `high`, both included.
///
/// Where there are too few measurements for an end, that end is `f64::NEG_INFINITY` or
/// `f64::INFINITY` (for ratios: 0 or `f64::INFINITY`). `low <= high`, and neither is NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end, in the unit of the values.
    pub low: f64,
    /// The upper end, in the unit of the values.
    pub high: f64,
    /// How often intervals made in this way hold the true value: a probability in \[0, 1\], at
    /// least the one asked for. Orders come in whole steps, so it is usually more.
    pub confidence: f64,
}

impl Interval {
    /// Whether `value` lies in the interval, ends included.
    ///
    /// ```
    /// use regress::stats::Interval;
    ///
    /// let interval = Interval { low: -1.0, high: f64::INFINITY, confidence: 1.0 };
    /// assert!(interval.contains(-1.0));
    /// assert!(!interval.contains(-1.5));
    /// ```
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}
