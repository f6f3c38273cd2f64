//! One line per case for people.

use crate::latency::{TIME_P50, TIME_P99, percentile};
use crate::results::{ALLOC_BYTES, ALLOCS, LEAKED_BYTES, PEAK_BYTES, Record, Value};

/// `string/builder/n100    1 alloc   512 B   peak 512 B`, all per operation; `leaked 8 B` behind it where something was.
pub(crate) fn line(benchmark: &str, records: &[Record]) -> String {
    let value = |metric: &str| records.iter().find(|record| record.metric == metric);
    let bytes = |record: &Record| format!("{} B", per_operation(&record.value));
    let allocs = value(ALLOCS).map_or_else(String::new, allocs);
    let alloc_bytes = value(ALLOC_BYTES).map_or_else(String::new, bytes);
    let peak = value(PEAK_BYTES).map_or_else(|| "unknown".to_owned(), bytes);
    let leaked = value(LEAKED_BYTES).filter(|record| !record.value.is_zero());
    let leaked = leaked.map_or_else(String::new, |leaked| format!("   leaked {}", bytes(leaked)));
    format!("{benchmark:<44} {allocs:>16} {alloc_bytes:>18}   peak {peak}{leaked}")
}

/// `request/verify/kb4      p50 5 210 ns     p99 7 040 ns`, both the middle one of the rounds.
pub(crate) fn line_of_calls(benchmark: &str, records: &[Record]) -> String {
    let middle = |metric: &str| {
        let record = records.iter().find(|record| record.metric == metric);
        match record.map(|record| &record.value) {
            Some(Value::Varying { samples }) => grouped(percentile(&mut samples.clone(), 50)),
            Some(Value::Exact { total, .. }) => grouped(*total),
            None => "unknown".to_owned(),
        }
    };
    let (p50, p99) = (middle(TIME_P50), middle(TIME_P99));
    format!("{benchmark:<44} p50 {p50:>11} ns   p99 {p99:>11} ns")
}

fn allocs(record: &Record) -> String {
    let number = per_operation(&record.value);
    let noun = if number == "1" { "alloc" } else { "allocs" };
    format!("{number} {noun}")
}

/// The number for one operation, never rounded: `5`, `0.5`, `1/3`, or `4…6` where it varied.
fn per_operation(value: &Value) -> String {
    match value {
        Value::Exact { total, operations } => fraction(*total, *operations),
        Value::Varying { samples } => {
            let low = samples.iter().min().copied().unwrap_or(0);
            let high = samples.iter().max().copied().unwrap_or(0);
            format!("{}…{}", grouped(low), grouped(high))
        }
    }
}

/// Decimal where three places are enough to be exact, else a fraction.
fn fraction(total: u64, operations: u64) -> String {
    let operations = operations.max(1);
    let (whole, rest) = (total / operations, total % operations);
    if rest == 0 {
        return grouped(whole);
    }
    let thousandths = u128::from(rest) * 1000;
    if thousandths % u128::from(operations) != 0 {
        return format!("{total}/{operations}");
    }
    let places = format!("{:03}", thousandths / u128::from(operations));
    format!("{}.{}", grouped(whole), places.trim_end_matches('0'))
}

/// `11509793` → `11 509 793`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place != 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_per_operation_is_never_rounded() {
        #[track_caller]
        fn check(total: u64, operations: u64, expected: &str) {
            assert_eq!(fraction(total, operations), expected);
        }
        check(0, 100, "0");
        check(600, 100, "6");
        check(50, 100, "0.5");
        check(1, 100, "0.01");
        check(1, 1000, "0.001");
        check(1, 10_000, "1/10000"); // four places
        check(1, 3, "1/3");
        check(1_150_979_300, 100, "11 509 793");
        check(u64::MAX, 1, "18 446 744 073 709 551 615");
        check(u64::MAX, u64::MAX, "1");
    }
}
