/// A number with the interval it lies in, at the confidence of [`Options`](super::Options). Ends may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The best guess.
    pub point: f64,
    /// The upper end.
    pub high: f64,
}
