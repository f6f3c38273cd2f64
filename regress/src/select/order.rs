//! In which order the values of a key stand.

use std::cmp::Ordering;

use super::number::number;

/// The order of the values of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As they were seen first.
    First,
    /// By their bytes.
    Alpha,
    /// By the number in them, those without one last.
    Num,
    /// As listed. Of a value that is listed twice the last place counts.
    Fixed(Vec<String>),
}

impl Order {
    /// * `seen`: at which place a value was first seen.
    ///
    /// Values of the same rank stand by their bytes: only the same value is equal.
    pub fn compare(&self, a: &str, b: &str, seen: impl Fn(&str) -> usize) -> Ordering {
        let by_rank = match self {
            Order::First => seen(a).cmp(&seen(b)),
            Order::Alpha => Ordering::Equal,
            Order::Num => by_number(number(a), number(b)),
            Order::Fixed(values) => place(values, a).cmp(&place(values, b)),
        };
        by_rank.then_with(|| a.cmp(b))
    }
}

/// What is not listed stands with the first.
fn place(values: &[String], value: &str) -> usize {
    values.iter().rposition(|listed| listed == value).unwrap_or(0)
}

/// Numbers, then NaN, then what is none.
fn by_number(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_their_order() {
        #[track_caller]
        fn check(order: &Order, values: &[&str], expected: &[&str]) {
            let mut sorted = values.to_vec();
            sorted.sort_by(|a, b| order.compare(a, b, |value| values.iter().position(|v| *v == value).unwrap()));
            assert_eq!(sorted, expected, "by {order:?}");
        }
        check(&Order::First, &["b", "a", "c"], &["b", "a", "c"]);
        check(&Order::Alpha, &["b", "a", "10", "9"], &["10", "9", "a", "b"]);
        check(&Order::Num, &["1Mi", "x", "16k", "nan", "4k", "a"], &["4k", "16k", "1Mi", "nan", "a", "x"]);
        check(&Order::Fixed(vec!["gob".into(), "json".into()]), &["json", "gob"], &["gob", "json"]);
    }
}
