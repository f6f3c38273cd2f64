//! How sure a share is: Clopper & Pearson's exact interval.

/// The 95 % interval of a share of which `hits` in `trials` were seen.
///
/// Source: Clopper & Pearson 1934, Biometrika 26(4), 404–413.
pub fn clopper_pearson(hits: usize, trials: usize) -> (f64, f64) {
    let low = if hits == 0 { 0.0 } else { bisect(|p| 1.0 - binomial_cdf(hits - 1, trials, p) > 0.025) };
    let high = if hits == trials { 1.0 } else { bisect(|p| binomial_cdf(hits, trials, p) <= 0.025) };
    (low, high)
}

/// The smallest p in [0, 1] for which `is_above` holds; it must hold from there on.
fn bisect(is_above: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if is_above(middle) { high = middle } else { low = middle }
    }
    high
}

/// P(at most `hits` of `trials`), summed term by term in logarithms.
fn binomial_cdf(hits: usize, trials: usize, p: f64) -> f64 {
    let odds = p.ln() - (-p).ln_1p();
    let mut term = trials as f64 * (-p).ln_1p();
    let mut sum = term.exp();
    for k in 1..=hits {
        term += ((trials - k + 1) as f64 / k as f64).ln() + odds;
        sum += term.exp();
    }
    sum.min(1.0)
}
