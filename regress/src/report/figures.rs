//! The numbers of a row as text: one scale per row, so that old and new line up.

use super::line::Line;
use crate::compare::{Benchstat, Change, Comparison, Finding, Interval, Lack, Sides, Summary, Word};
use crate::policy::{Against, Bound, Judgement, Outcome, RuleKind};
use crate::unit::{Better, Scale, Unit, show_change};

/// Stands where there is nothing to show: a side that does not exist, the p-value of a count.
pub(super) const NOTHING: &str = "–";
/// Stands for an interval without width.
const EXACT: &str = "exact";

/// Whether a cell says no more than that its row is a count: a column of such cells can be left out.
pub(super) fn is_silent(cell: &str) -> bool {
    cell == NOTHING || cell == EXACT
}

/// Above what benchstat would say: its p is that of one row alone.
pub(super) const BENCHSTAT: &str = "benchstat, uncorrected";

/// Stands where no difference was shown.
const NO_DIFFERENCE: &str = "~";
/// Stands where nothing can be said.
const CANNOT_SAY: &str = "?";

/// The cells of one row, not yet escaped: benchmark and metric are still as somebody wrote them.
pub(super) struct Figures {
    pub benchmark: String,
    pub metric: String,
    /// Without its unit where new has it.
    pub old: String,
    pub new: String,
    /// new against old: a ratio as a percentage, or the difference where one of them is zero.
    pub change: String,
    pub verdict: &'static str,
    /// What new ÷ old can be believed to lie in.
    pub believed: String,
    pub p: String,
    pub n: String,
    /// Half the interval of the median, relative to it.
    pub old_spread: String,
    pub new_spread: String,
    /// As benchstat prints it.
    pub benchstat: String,
}

impl Figures {
    pub fn of(line: &Line) -> Figures {
        let row = &line.row.comparison;
        let sides = SidesText::of(row);
        Figures {
            benchmark: row.id.to_string(),
            metric: metric(row),
            change: change_cell(row, &sides),
            verdict: verdict(line),
            believed: believed_cell(row),
            p: p_cell(row),
            n: n(row).unwrap_or_else(|| NOTHING.to_owned()),
            old_spread: spread(row.old()),
            new_spread: spread(row.new_side()),
            benchstat: row.benchstat.as_ref().map_or_else(|| NOTHING.to_owned(), benchstat),
            old: sides.old_beside_new,
            new: sides.new,
        }
    }
}

/// Old and new as text, in one scale; and their difference.
pub(super) struct SidesText {
    /// With its unit.
    pub old: String,
    /// With its unit.
    pub new: String,
    /// Old for a column beside new: without the unit that stands there.
    pub old_beside_new: String,
    /// `+1`, `-3 KiB`. `None` when one side is missing.
    pub difference: Option<String>,
}

impl SidesText {
    pub fn of(row: &Comparison) -> SidesText {
        let unit = &row.metric.unit;
        let one = |side: &Summary| show([side.center.point], unit, side.exact.is_some()).all()[0].clone();
        match &row.sides {
            Sides::Both { old, new } => {
                let counted = old.exact.is_some() && new.exact.is_some();
                let difference = new.center.point - old.center.point;
                let shown = show([old.center.point, new.center.point, difference], unit, counted);
                let [old, new, difference] = shown.all();
                let sign = if difference.starts_with('-') { "" } else { "+" };
                let [old_beside_new, _, _] = shown.numbers;
                SidesText { old, new, old_beside_new, difference: Some(format!("{sign}{difference}")) }
            }
            Sides::OnlyOld(old) => {
                SidesText { old: one(old), new: NOTHING.to_owned(), old_beside_new: one(old), difference: None }
            }
            Sides::OnlyNew(new) => SidesText {
                old: NOTHING.to_owned(),
                new: one(new),
                old_beside_new: NOTHING.to_owned(),
                difference: None,
            },
        }
    }
}

/// Numbers of one row, and the unit behind each of them.
struct Shown<const N: usize> {
    numbers: [String; N],
    /// ` ms`, with the space; empty for counts.
    unit: String,
}

impl<const N: usize> Shown<N> {
    fn all(&self) -> [String; N] {
        std::array::from_fn(|i| format!("{}{}", self.numbers[i], self.unit))
    }
}

/// Numbers of one row in one scale. Counts get as many digits as tell them apart: 409600 B and 409601 B are two
/// numbers, though both are 400.0 KiB.
fn show<const N: usize>(values: [f64; N], unit: &Unit, counted: bool) -> Shown<N> {
    // The difference, where there is one, comes last and does not choose the scale.
    let scale = Scale::fitting(unit, &values[..N.min(2)]);
    let numbers = values.map(|value| scale.number(value));
    if counted && !tell_apart(&values, &numbers) {
        return in_base_units(values, unit);
    }
    let unit = scale.show(values[0])[numbers[0].len()..].to_owned();
    Shown { numbers: if counted { without_common_zeros(numbers) } else { numbers }, unit }
}

fn tell_apart<const N: usize>(values: &[f64; N], numbers: &[String; N]) -> bool {
    (1..N).all(|i| (0..i).all(|j| values[i] == values[j] || numbers[i] != numbers[j]))
}

/// The fewest decimals that tell the numbers apart.
fn in_base_units<const N: usize>(values: [f64; N], unit: &Unit) -> Shown<N> {
    /// A floating point number has no more.
    const MOST_DECIMALS: usize = 17;
    let with = |decimals: usize| values.map(|value| format!("{value:.decimals$}"));
    let enough = (0..MOST_DECIMALS).map(with).find(|numbers| tell_apart(&values, numbers));
    let unit = match unit {
        Unit::Count | Unit::Other(_) => String::new(),
        unit => format!(" {unit}"),
    };
    Shown { numbers: enough.unwrap_or_else(|| with(MOST_DECIMALS)), unit }
}

/// `0.5000` and `1.0000` as `0.5` and `1.0`: a count is not measured to four digits.
fn without_common_zeros<const N: usize>(numbers: [String; N]) -> [String; N] {
    let spare = |number: &String| {
        let decimals = number.split_once('.').map_or("", |(_, decimals)| decimals);
        (decimals.len() - decimals.trim_end_matches('0').len()).min(decimals.len().saturating_sub(1))
    };
    let zeros = numbers.iter().map(spare).min().unwrap_or(0);
    numbers.map(|number| number[..number.len() - zeros].to_owned())
}

/// The metric's name, with its unit where the numbers do not say it.
pub(super) fn metric(row: &Comparison) -> String {
    match &row.metric.unit {
        Unit::Other(unit) if **unit != *row.metric.name => format!("{} ({unit})", row.metric.name),
        _ => row.metric.name.to_string(),
    }
}

/// In capitals what a rule demands otherwise.
pub(super) fn verdict(line: &Line) -> &'static str {
    match (line.outcome, line.word) {
        (Outcome::Broken, _) => "FAIL",
        (Outcome::NotProven, _) => "NOT PROVEN",
        (Outcome::Excused, _) => {
            line.row.judgements.iter().find_map(|judgement| judgement.excuse).map_or("excused", |e| e.word())
        }
        // On its own, a side is neither better nor worse: the rules are all there is to say.
        (Outcome::Passed, Word::NotJudged) => "passed",
        (Outcome::Tolerated | Outcome::Passed | Outcome::NotJudged, word) => word.text(),
    }
}

fn change_cell(row: &Comparison, sides: &SidesText) -> String {
    match &row.finding {
        Finding::OnlyOld | Finding::Crashed(_) | Finding::OnlyNew => NOTHING.to_owned(),
        Finding::NotComparable(_) => CANNOT_SAY.to_owned(),
        Finding::Unchanged => NO_DIFFERENCE.to_owned(),
        Finding::NotProven(_) => format!("{CANNOT_SAY} {}", moved(row, sides)),
        Finding::Regressed | Finding::Improved | Finding::Differs | Finding::WithinBudget => moved(row, sides),
    }
}

/// How new stands to old: `+12.2 %`, `×2.28`; `+1` or `-3` where one of them is zero and a percentage says nothing.
pub(super) fn moved(row: &Comparison, sides: &SidesText) -> String {
    let counted = row.old().is_some_and(|old| old.exact.is_some());
    let ratio = row.change.as_ref().and_then(|change| change.ratio).filter(|ratio| *ratio > 0.0);
    let relative = ratio.map(show_change).filter(|text| !(counted && is_zero(text) && ratio != Some(1.0)));
    relative.or_else(|| sides.difference.clone()).unwrap_or_else(|| NOTHING.to_owned())
}

/// A count that moved by so little that its percentage rounds to nothing is shown by its difference.
fn is_zero(percentage: &str) -> bool {
    percentage.chars().all(|c| !c.is_ascii_digit() || c == '0')
}

fn believed_cell(row: &Comparison) -> String {
    match &row.change {
        _ if matches!(row.finding, Finding::NotComparable(_)) => CANNOT_SAY.to_owned(),
        Some(change) if change.p.is_some() => believed(row, change),
        Some(_) => EXACT.to_owned(),
        None => NOTHING.to_owned(),
    }
}

fn p_cell(row: &Comparison) -> String {
    match row.change.as_ref().and_then(p_value) {
        Some(_) if matches!(row.finding, Finding::NotComparable(_)) => CANNOT_SAY.to_owned(),
        Some(p) if p < SMALLEST_P => format!("<{SMALLEST_P}"),
        Some(p) => format!("{p:.4}"),
        None => NOTHING.to_owned(),
    }
}

/// `+12.20% (p=0.000 n=10)`, `~ (p=0.222 n=1+8)`.
fn benchstat(benchstat: &Benchstat) -> String {
    let delta = match benchstat.ratio {
        _ if !benchstat.differs() => NO_DIFFERENCE.to_owned(),
        Some(1.0) => "0.00%".to_owned(),
        Some(ratio) => format!("{:+.2}%", (ratio - 1.0) * 100.0),
        None => CANNOT_SAY.to_owned(),
    };
    let n = match benchstat.n {
        (old, new) if old == new => old.to_string(),
        (old, new) => format!("{old}+{new}"),
    };
    // As benchstat does: a p too small for a number is not printed.
    let p = if benchstat.p == 0.0 { String::new() } else { format!("p={:.3} ", benchstat.p) };
    format!("{delta} ({p}n={n})")
}

/// What the change can be believed to lie in: new ÷ old with the allowance, or new − old where old is zero.
pub(super) fn believed(row: &Comparison, change: &Change) -> String {
    change.believed.map_or_else(|| shift_interval(&row.metric.unit, change.shift), |(low, high)| ratios(low, high))
}

/// What the measurements say new ÷ old lies in, without the allowance for runs taken apart.
pub(super) fn measured(row: &Comparison, change: &Change) -> String {
    change.believed.map_or_else(
        || shift_interval(&row.metric.unit, change.shift),
        |(low, high)| ratios(low * change.allowance.ratio, high / change.allowance.ratio),
    )
}

/// The smallest change for the worse that these measurements could have shown: any of a count.
///
/// Of rounds in turns it is the one that is seen nine times in ten; else one that would just have been significant, and
/// lain beyond what two runs may differ by.
pub(super) fn visible(row: &Comparison) -> String {
    let Some(change) = &row.change else { return NOTHING.to_owned() };
    if change.p.is_none() {
        return "any".to_owned();
    }
    if let Finding::NotProven(Lack::Rounds { smallest_visible, .. }) = row.finding {
        return show_change(smallest_visible);
    }
    let ratio = change.ratio.zip(change.believed).map(|(ratio, (low, high))| match row.metric.better {
        Better::Lower | Better::Unknown => ratio / low,
        Better::Higher => ratio / high,
    });
    ratio.filter(|ratio| ratio.is_finite() && *ratio > 0.0).map_or_else(|| NOTHING.to_owned(), show_change)
}

fn shift_interval(unit: &Unit, shift: Interval) -> String {
    let scale = Scale::fitting(unit, &[shift.low, shift.high]);
    format!("{} … {}", scale.number(shift.low), scale.show(shift.high))
}

/// Two ratios in one manner: both as percentages, or both as factors when one of them is far from 1.
pub(super) fn ratios(low: f64, high: f64) -> String {
    /// A percentage misleads from here on: -33 % and +50 % are equally far. Chosen, nothing else depends on it.
    const FAR: f64 = 1.5;
    if low == 0.0 && high == f64::INFINITY {
        return "anything".to_owned();
    }
    if high == f64::INFINITY {
        return format!("×{low:.2} … ∞");
    }
    if high >= FAR || low <= 1.0 / FAR {
        return format!("×{low:.2} … ×{high:.2}");
    }
    let percent = |ratio: f64| (ratio - 1.0) * 100.0;
    let decimals = if percent(low).abs().min(percent(high).abs()) < 9.95 { 2 } else { 1 };
    format!("{:+.decimals$} … {:+.decimals$} %", percent(low), percent(high))
}

/// The corrected probability, where there is one.
pub(super) fn p_value(change: &Change) -> Option<f64> {
    change.p_adjusted.or(change.p)
}

/// The smallest probability that is written out; chosen, four decimals.
const SMALLEST_P: f64 = 0.000_1;

/// `p = 0.0123`, `p < 0.0001`.
pub(super) fn p_words(p: f64) -> String {
    if p < SMALLEST_P { format!("p < {SMALLEST_P}") } else { format!("p = {p:.4}") }
}

/// How many measurements each side has; `None` for counts, which need no more than one.
pub(super) fn n(row: &Comparison) -> Option<String> {
    let measured = |side: &Summary| if side.exact.is_some() { "1".to_owned() } else { side.n.to_string() };
    match &row.sides {
        Sides::Both { old, new } if old.exact.is_some() && new.exact.is_some() => None,
        Sides::Both { old, new } => Some(format!("{} + {}", measured(old), measured(new))),
        Sides::OnlyOld(side) | Sides::OnlyNew(side) => side.exact.is_none().then(|| side.n.to_string()),
    }
}

fn spread(side: Option<&Summary>) -> String {
    let Some(side) = side.filter(|side| side.exact.is_none() && side.center.point > 0.0) else {
        return NOTHING.to_owned();
    };
    let Interval { low, point, high } = side.center;
    let half = f64::max(high - point, point - low) / point;
    if half.is_finite() { format!("±{:.1} %", half * 100.0) } else { "±∞".to_owned() }
}

/// The rules that were applied to a row, as they are written; not yet escaped.
pub(super) fn rules(line: &Line) -> String {
    joined(line, |judgement| judgement.rule_text.clone())
}

/// How far the number of a row is from its limits.
pub(super) fn headroom(line: &Line) -> String {
    joined(line, headroom_of)
}

/// A cell about the rules of a row that were applied.
fn joined(line: &Line, cell: impl Fn(&Judgement) -> String) -> String {
    let applied = line.row.judgements.iter().filter(|judgement| judgement.outcome != Outcome::NotJudged);
    let cells: Vec<String> = applied.map(cell).collect();
    if cells.is_empty() { NOTHING.to_owned() } else { cells.join("; ") }
}

/// How far a number is from its limit; for another rule the number it found.
fn headroom_of(judgement: &Judgement) -> String {
    match (judgement.rule, judgement.against) {
        (RuleKind::Limit, Some(Against { found, bound })) => distance(bound, found),
        (RuleKind::Ratio, Some(Against { found, .. })) => format!("{found:.3}"),
        (RuleKind::Scaling, Some(Against { found, .. })) => format!("n^{found:.2}"),
        (_, Some(Against { found, .. })) => found.to_string(),
        (_, None) => NOTHING.to_owned(),
    }
}

fn distance(bound: Bound, value: f64) -> String {
    let room = match bound.is_upper() {
        Some(true) => bound.value - value,
        Some(false) => value - bound.value,
        None => return if bound.holds(value) { "met".to_owned() } else { "missed".to_owned() },
    };
    if bound.value == 0.0 {
        return if room < 0.0 { "over".to_owned() } else { "none".to_owned() };
    }
    let percent = room / bound.value.abs() * 100.0;
    match bound.is_upper() {
        _ if 0.0 <= percent => format!("{percent:.1} %"),
        Some(true) => format!("over by {:.1} %", -percent),
        _ => format!("short by {:.1} %", -percent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Quantity;

    #[track_caller]
    fn check_shown(values: [f64; 3], unit: Unit, counted: bool, expected: [&str; 3]) {
        assert_eq!(show(values, &unit, counted).all(), expected);
    }

    #[test]
    fn counts_have_the_digits_that_tell_them_apart() {
        check_shown([0.0, 1.0, 1.0], Unit::Count, true, ["0", "1", "1"]);
        check_shown([0.0, 0.5, 0.5], Unit::Count, true, ["0.0", "0.5", "0.5"]);
        check_shown([0.25, 1.5, 1.25], Unit::Count, true, ["0.25", "1.50", "1.25"]);
        check_shown([409_600.0, 409_601.0, 1.0], Unit::Bytes, true, ["409600 B", "409601 B", "1 B"]);
        check_shown([4096.0, 8192.0, 4096.0], Unit::Bytes, true, ["4.0 KiB", "8.0 KiB", "4.0 KiB"]);
        check_shown([1001.5, 1001.75, 0.25], Unit::Count, true, ["1001.5", "1001.8", "0.2"]);
        check_shown([12_840_155.0, 12_840_156.0, 1.0], Unit::Count, true, ["12840155", "12840156", "1"]);
        // Measurements have four digits, whether they tell apart or not.
        check_shown([1.0e-3, 1.000_01e-3, 1e-8], Unit::Seconds, false, ["1.000 ms", "1.000 ms", "0.000 ms"]);
    }

    #[track_caller]
    fn check_ratios(low: f64, high: f64, expected: &str) {
        assert_eq!(ratios(low, high), expected);
    }

    #[test]
    fn both_ends_of_an_interval_are_written_alike() {
        check_ratios(0.98, 1.03, "-2.00 … +3.00 %");
        check_ratios(1.11, 1.25, "+11.0 … +25.0 %");
        check_ratios(0.7, 1.4, "-30.0 … +40.0 %");
        check_ratios(0.6, 1.8, "×0.60 … ×1.80");
        check_ratios(1.3, 4.0, "×1.30 … ×4.00");
        check_ratios(0.2, 0.7, "×0.20 … ×0.70");
        check_ratios(0.5, f64::INFINITY, "×0.50 … ∞");
        check_ratios(0.0, f64::INFINITY, "anything");
    }

    /// A limit that is written with a unit.
    fn bound(text: &str) -> Bound {
        let (operator, number) = Bound::split(text).unwrap();
        Bound { operator, value: Quantity::parse(number).unwrap().value }
    }

    #[track_caller]
    fn check_room(rule_text: &str, value: f64, expected: &str) {
        assert_eq!(distance(bound(rule_text), value), expected, "{rule_text} at {value}");
    }

    #[test]
    fn headroom_is_a_share_of_the_limit() {
        check_room("<= 100", 87.0, "13.0 %");
        check_room("< 100 us", 125e-6, "over by 25.0 %");
        check_room(">= 100 MB/s", 150e6, "50.0 %");
        check_room(">= 100 MB/s", 50e6, "short by 50.0 %");
        check_room("== 0", 0.0, "met");
        check_room("== 0", 1.0, "missed");
        check_room("<= 0", 0.0, "none");
        check_room("<= 0", 1.0, "over");
    }

    #[test]
    fn a_change_that_rounds_to_nothing_is_seen_to() {
        assert!(is_zero("+0.00 %") && is_zero("0 %") && !is_zero("+0.01 %"));
    }
}
