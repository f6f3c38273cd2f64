//! What the order of the measurements tells: a warm-up, a machine that slows down, slow ones that follow slow ones.

use crate::model::{Nature, Observation, Processes, Standing, Values};
use crate::stats::{self, Sample};
use crate::unit::show_change;

/// What a reader of the row should know about how `old` and `new` were measured: at most one sentence a side.
///
/// Only times that stand for themselves are looked at: what is computed from one would say the same again.
pub(super) fn warnings(old: &Observation, new: &Observation) -> Vec<String> {
    let sides = [("old", old), ("new", new)];
    sides.into_iter().filter_map(|(side, o)| Some(format!("{side}: {}", warning(o)?))).collect()
}

fn warning(observation: &Observation) -> Option<String> {
    let is_a_time = observation.metric.nature == Nature::Timed && observation.metric.standing == Standing::Headline;
    match &observation.values {
        Values::Sampled(processes) if is_a_time => in_words(&patterns(processes)),
        Values::Sampled(_) | Values::Exact(_) => None,
    }
}

/// What is seen in one process.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pattern {
    None,
    /// The halves differ.
    Trend {
        /// Median of the second half ÷ that of the first.
        late: f64,
        p: f64,
    },
    /// Slow ones follow slow ones.
    Clumps {
        /// The correlation of each rank with the one before.
        autocorrelation: f64,
        /// So many measurements,
        taken: usize,
        /// count as so many independent ones.
        count_as: f64,
    },
}

/// A p of a half against the other above this is chance.
const ALPHA: f64 = 0.01;

/// A half that is slower by less is not told. Of 157 recorded criterion samples, 65 of a loaded machine and 92 of one at
/// rest, 10 and 0 have a trend with p ≤ 0.01 of any size, 7 and 0 one of 5 % and more.
const LEAST_TREND: f64 = 1.05;

/// From here on three measurements tell no more than one. Without a trend that is told, 3 of the 65 samples of the loaded
/// machine have it, none of the 92; at 0.3 it would be 29 and 2 % of them.
const LEAST_AUTOCORRELATION: f64 = 0.5;

/// Where measurements hardly differ it does no harm that they resemble each other; chosen.
const LEAST_SPREAD: f64 = 0.02;

/// Halves of five are the smallest whose p can be below [`ALPHA`]: 2 ÷ C(10, 5) = 0.008.
const FEWEST: usize = 10;

/// One for each process that measured often enough, and kept the order.
fn patterns(processes: &Processes) -> Vec<Pattern> {
    if processes.measured_once_each() {
        return Vec::new();
    }
    let is_long = |values: &&[f64]| values.len() >= FEWEST && keeps_order(values);
    let long = processes.by_process().filter(is_long);
    if processes.count() == 1 {
        return long.map(|_| pattern(processes.pooled())).collect();
    }
    long.map(|values| Sample::new(values.to_vec()).map_or(Pattern::None, |sample| pattern(&sample))).collect()
}

/// See [`Processes`]: a harness that loses the order hands its measurements over sorted.
fn keeps_order(values: &[f64]) -> bool {
    !values.is_sorted()
}

/// What is quickly known is asked first: of ten thousand samples all but a few have no pattern.
fn pattern(sample: &Sample) -> Pattern {
    let Some(drift) = stats::drift(sample) else { return Pattern::None };
    let early = drift.early_median();
    let late = drift.late_median() / early;
    let is_large = late >= LEAST_TREND || late <= 1.0 / LEAST_TREND;
    if early > 0.0 && is_large {
        let p = drift.early_to_late().p;
        if p <= ALPHA {
            return Pattern::Trend { late, p };
        }
    }
    if stats::relative_spread(sample).is_none_or(|spread| spread < LEAST_SPREAD) {
        return Pattern::None;
    }
    let autocorrelation = drift.autocorrelation();
    if autocorrelation >= LEAST_AUTOCORRELATION && autocorrelation > drift.autocorrelation_bound(ALPHA) {
        let count_as = stats::effective_size(sample.len(), autocorrelation);
        return Pattern::Clumps { autocorrelation, taken: sample.len(), count_as };
    }
    Pattern::None
}

/// One sentence when at least half of the processes show the same, told of the one in the middle.
fn in_words(patterns: &[Pattern]) -> Option<String> {
    let trend = |wanted: fn(f64) -> bool| {
        let of = |pattern: &Pattern| match *pattern {
            Pattern::Trend { late, p } if wanted(late) => Some((late, p)),
            Pattern::Trend { .. } | Pattern::Clumps { .. } | Pattern::None => None,
        };
        patterns.iter().filter_map(of).collect()
    };
    let clumps = patterns.iter().filter_map(|pattern| match *pattern {
        Pattern::Clumps { autocorrelation, taken, count_as } => Some((autocorrelation, (taken, count_as))),
        Pattern::Trend { .. } | Pattern::None => None,
    });
    let p_words = |p: f64| if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") };
    let (warm_up, slow_down) = (trend(|late| late < 1.0), trend(|late| late > 1.0));
    if let Some((late, p)) = middle(warm_up, patterns) {
        let slower = show_change(late.recip());
        return Some(format!(
            "the first half of the measurements is {slower} against the second ({}{}), as in a warm-up; warm up longer",
            p_words(p),
            share(patterns)
        ));
    }
    if let Some((late, p)) = middle(slow_down, patterns) {
        let slower = show_change(late);
        return Some(format!(
            "the second half of the measurements is {slower} against the first ({}{}): something slowed down meanwhile",
            p_words(p),
            share(patterns)
        ));
    }
    let (autocorrelation, (taken, count_as)) = middle(clumps.collect(), patterns)?;
    Some(format!(
        "slow measurements follow slow ones (autocorrelation {autocorrelation:.2}{}): {taken} tell as much as {count_as:.0} \
         independent ones",
        share(patterns)
    ))
}

/// The one in the middle by its first number, where at least half of all processes are among `found`.
fn middle<T: Copy>(mut found: Vec<(f64, T)>, all: &[Pattern]) -> Option<(f64, T)> {
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let is_usual = 2 * found.len() >= all.len();
    found.get(found.len() / 2).copied().filter(|_| is_usual)
}

/// Says that there are others.
fn share(patterns: &[Pattern]) -> String {
    match patterns.len() {
        1 => String::new(),
        n => format!(", usual in {n} processes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BenchId, Metric};

    fn observation(processes: Processes) -> Observation {
        Observation {
            id: BenchId::new("a"),
            metric: Metric::known("time").into(),
            values: Values::Sampled(processes),
            harness: "criterion".into(),
            origin: "x".into(),
        }
    }

    fn sample(values: impl IntoIterator<Item = f64>) -> Sample {
        Sample::new(values.into_iter().collect()).unwrap()
    }

    /// 20 times that scatter by up to 4 %, alike in both halves, multiplied.
    fn times(factor: impl Fn(usize) -> f64) -> Sample {
        sample((0..20).map(|i| factor(i) * (1.0 + (i * 2 % 5) as f64 / 100.0)))
    }

    #[track_caller]
    fn check(what: &str, processes: Processes, expected: Option<&str>) {
        let said = warning(&observation(processes));
        assert_eq!(said.as_deref(), expected, "{what}");
    }

    #[test]
    fn a_trend_is_told_with_its_size_and_a_small_one_is_not() {
        check("no pattern", Processes::one(times(|_| 1.0)), None);
        check(
            "a warm-up",
            Processes::one(times(|i| if i < 10 { 1.3 } else { 1.0 })),
            Some(
                "the first half of the measurements is +30.0 % against the second (p < 0.001), as in a warm-up; warm up longer",
            ),
        );
        check(
            "a slow-down",
            Processes::one(times(|i| if i < 10 { 1.0 } else { 1.2 })),
            Some(
                "the second half of the measurements is +20.0 % against the first (p < 0.001): something slowed down meanwhile",
            ),
        );
        let slight = |i: usize| (1.0 + if i < 10 { 0.02 } else { 0.0 }) * (1.0 + (i * 7 % 20) as f64 / 2e4);
        check("2 %, however significant", Processes::one(sample((0..20).map(slight))), None);
    }

    #[test]
    fn slow_ones_that_follow_slow_ones_count_less() {
        // Two waves over 20 measurements: the halves are alike.
        let waves =
            (0..20).map(|i| 1.0 + 0.1 * (f64::from(i) * std::f64::consts::PI / 5.0).sin() + f64::from(i % 3) / 1e3);
        check(
            "waves",
            Processes::one(sample(waves)),
            Some("slow measurements follow slow ones (autocorrelation 0.75): 20 tell as much as 3 independent ones"),
        );
    }

    #[test]
    fn most_processes_have_to_show_it() {
        let (warm, steady) = (|| times(|i| if i < 10 { 1.3 } else { 1.0 }), || times(|_| 1.0));
        check("1 of 3", Processes::new(vec![warm(), steady(), steady()]).unwrap(), None);
        check(
            "2 of 3",
            Processes::new(vec![warm(), steady(), warm()]).unwrap(),
            Some(
                "the first half of the measurements is +30.0 % against the second (p < 0.001, usual in 3 processes), \
                 as in a warm-up; warm up longer",
            ),
        );
    }

    #[test]
    fn where_there_is_no_order_none_is_seen() {
        check("sorted", Processes::one(sample((0..40).map(|i| 1.0 + f64::from(i)))), None);
        check("one measurement a process", Processes::each(times(|i| if i < 10 { 1.3 } else { 1.0 })), None);
        check("too few", Processes::one(sample([9.0, 9.0, 9.0, 9.0, 1.0, 1.0, 1.0, 1.0, 1.0])), None);
        let warm = observation(Processes::one(times(|i| if i < 10 { 1.3 } else { 1.0 })));
        let rate = Observation { metric: Metric::known("throughput").into(), ..warm.clone() };
        assert_eq!(warnings(&rate, &rate), [""; 0]);
        assert_eq!(warnings(&warm, &warm).len(), 2);
    }
}
