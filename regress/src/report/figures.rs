//! The numbers of a row as text: one scale per row, so that old and new line up.

use super::view::{Line, Word};
use crate::compare::{Change, Comparison, Finding, Interval, Sides, Summary};
use crate::policy::{Bound, Judgement, Outcome, RuleKind};
use crate::unit::{Quantity, Scale, Unit, show_change};

/// Stands where there is nothing to show: a side that does not exist, the p-value of a count.
pub(super) const NOTHING: &str = "–";
/// Stands where no difference was shown.
const NO_DIFFERENCE: &str = "~";
/// Stands where nothing can be said.
const CANNOT_SAY: &str = "?";

/// The cells of one row, not yet escaped: benchmark, metric and rules are still as somebody wrote them.
pub(super) struct Figures {
    pub benchmark: String,
    pub metric: String,
    pub old: String,
    pub new: String,
    /// new against old: a ratio as a percentage, or the difference where one of them is zero.
    pub change: String,
    pub verdict: String,
    /// What new ÷ old can be believed to lie in.
    pub believed: String,
    pub p: String,
    pub n: String,
    /// Half the interval of the median, relative to it.
    pub old_spread: String,
    pub new_spread: String,
    /// The rules that were applied, as they are written.
    pub rules: String,
    /// How far the number is from its limit.
    pub headroom: String,
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
            p: row.change.as_ref().and_then(p_value).map_or_else(|| NOTHING.to_owned(), p_number),
            n: n(row).unwrap_or_else(|| NOTHING.to_owned()),
            old_spread: spread(row.old()),
            new_spread: spread(row.new_side()),
            rules: joined(line, |judgement| judgement.rule_text.clone()),
            headroom: joined(line, |judgement| headroom(row, judgement)),
            old: sides.old,
            new: sides.new,
        }
    }
}

/// Old and new as text, in one scale; and their difference.
pub(super) struct SidesText {
    pub old: String,
    pub new: String,
    /// `+1`, `-3 KiB`. `None` when one side is missing.
    pub difference: Option<String>,
}

impl SidesText {
    pub fn of(row: &Comparison) -> SidesText {
        let unit = &row.metric.unit;
        match &row.sides {
            Sides::Both { old, new } => {
                let counted = old.exact.is_some() && new.exact.is_some();
                let values = [old.center.point, new.center.point];
                let difference = values[1] - values[0];
                let [old, new, difference] = show([values[0], values[1], difference], unit, counted);
                let sign = if difference.starts_with('-') { "" } else { "+" };
                SidesText { old, new, difference: Some(format!("{sign}{difference}")) }
            }
            Sides::OnlyOld(old) => {
                let [old] = show([old.center.point], unit, old.exact.is_some());
                SidesText { old, new: NOTHING.to_owned(), difference: None }
            }
            Sides::OnlyNew(new) => {
                let [new] = show([new.center.point], unit, new.exact.is_some());
                SidesText { old: NOTHING.to_owned(), new, difference: None }
            }
        }
    }
}

/// Numbers of one row in one scale. Counts get as many digits as tell them apart: 409600 B and 409601 B are two
/// numbers, though both are 400.0 KiB.
fn show<const N: usize>(values: [f64; N], unit: &Unit, counted: bool) -> [String; N] {
    // The difference, where there is one, comes last and does not choose the scale.
    let scale = Scale::fitting(unit, &values[..N.min(2)]);
    let shown = values.map(|value| scale.show(value));
    if !counted {
        return shown;
    }
    if tells_apart(&values, &shown) { without_common_zeros(shown) } else { in_base_units(values, unit) }
}

fn tells_apart<const N: usize>(values: &[f64; N], shown: &[String; N]) -> bool {
    (1..N).all(|i| (0..i).all(|j| values[i] == values[j] || shown[i] != shown[j]))
}

/// The fewest decimals that tell the numbers apart.
fn in_base_units<const N: usize>(values: [f64; N], unit: &Unit) -> [String; N] {
    /// A floating point number has no more.
    const MOST_DECIMALS: usize = 17;
    let symbol = match unit {
        Unit::Count | Unit::Other(_) => String::new(),
        unit => format!(" {unit}"),
    };
    let with = |decimals: usize| values.map(|value| format!("{value:.decimals$}{symbol}"));
    (0..MOST_DECIMALS).map(with).find(|shown| tells_apart(&values, shown)).unwrap_or_else(|| with(MOST_DECIMALS))
}

/// `0.5000` and `1.0000` as `0.5` and `1.0`: a count is not measured to four digits.
fn without_common_zeros<const N: usize>(shown: [String; N]) -> [String; N] {
    let spare = |text: &String| {
        let decimals = text.split_once('.').map_or("", |(_, decimals)| decimals);
        (decimals.len() - decimals.trim_end_matches('0').len()).min(decimals.len().saturating_sub(1))
    };
    let zeros = shown.iter().map(spare).min().unwrap_or(0);
    shown.map(|text| text[..text.len() - zeros].to_owned())
}

/// The metric's name, with its unit where the numbers do not say it.
pub(super) fn metric(row: &Comparison) -> String {
    match &row.metric.unit {
        Unit::Other(unit) if **unit != *row.metric.name => format!("{} ({unit})", row.metric.name),
        _ => row.metric.name.to_string(),
    }
}

fn verdict(line: &Line) -> String {
    match (line.outcome, line.word) {
        (Outcome::Broken, Word::NotProven | Word::NotJudged) => "FAIL".to_owned(),
        (Outcome::Broken, word) => format!("FAIL {}", word.text()),
        (Outcome::NotProven, _) => "NOT PROVEN".to_owned(),
        // On its own, a side is neither better nor worse: the rules are all there is to say.
        (Outcome::Passed, Word::NotJudged) => "passed".to_owned(),
        (Outcome::Passed | Outcome::NotJudged, word) => word.text().to_owned(),
    }
}

impl Word {
    /// As every format writes it.
    pub fn text(self) -> &'static str {
        match self {
            Word::Regressed => "regressed",
            Word::Improved => "improved",
            Word::Differs => "differs",
            Word::NotProven => "not proven",
            Word::NotJudged => "not judged",
            Word::New => "new",
            Word::Gone => "gone",
            Word::Unchanged => "unchanged",
        }
    }
}

fn change_cell(row: &Comparison, sides: &SidesText) -> String {
    match &row.finding {
        Finding::OnlyOld | Finding::OnlyNew => NOTHING.to_owned(),
        Finding::NotComparable(_) => CANNOT_SAY.to_owned(),
        Finding::Unchanged => NO_DIFFERENCE.to_owned(),
        Finding::NotProven(_) => format!("{CANNOT_SAY} {}", moved(row, sides)),
        Finding::Regressed | Finding::Improved | Finding::Differs => moved(row, sides),
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
        Some(change) if change.p.is_some() => believed(row, change),
        Some(_) => "exact".to_owned(),
        None => NOTHING.to_owned(),
    }
}

/// What the change can be believed to lie in: new ÷ old with the allowance, or new − old where old is zero.
pub(super) fn believed(row: &Comparison, change: &Change) -> String {
    change.believed.map_or_else(|| shift_interval(&row.metric.unit, change.shift), |(low, high)| ratios(low, high))
}

/// What the measurements say new ÷ old lies in, without the allowance for runs taken apart.
pub(super) fn measured(row: &Comparison, change: &Change) -> String {
    change.believed.map_or_else(
        || shift_interval(&row.metric.unit, change.shift),
        |(low, high)| ratios(low * change.allowance, high / change.allowance),
    )
}

fn shift_interval(unit: &Unit, shift: Interval) -> String {
    let scale = Scale::fitting(unit, &[shift.low, shift.high]);
    format!("{} … {}", scale.number(shift.low), scale.show(shift.high))
}

/// Two ratios in one manner: both as percentages, or both as factors when one of them is a doubling or more.
pub(super) fn ratios(low: f64, high: f64) -> String {
    if high == f64::INFINITY {
        return format!("×{low:.2} … ∞");
    }
    if high >= 2.0 || low <= 0.5 {
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

fn p_number(p: f64) -> String {
    if p < SMALLEST_P { format!("<{SMALLEST_P}") } else { format!("{p:.4}") }
}

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

/// A cell about the rules of a row that were applied.
fn joined(line: &Line, cell: impl Fn(&Judgement) -> String) -> String {
    let applied = line.row.judgements.iter().filter(|judgement| judgement.outcome != Outcome::NotJudged);
    let cells: Vec<String> = applied.map(cell).collect();
    if cells.is_empty() { NOTHING.to_owned() } else { cells.join("; ") }
}

/// How far a number is from its limit, or what else the rule found.
fn headroom(row: &Comparison, judgement: &Judgement) -> String {
    let limit = (judgement.rule == RuleKind::Limit).then(|| bound(&judgement.rule_text)).flatten();
    match (limit, row.new_side()) {
        (Some(bound), Some(side)) => distance(bound, side.center.point),
        // The sentence begins with what was found: `0.150 of string/concat/n100, allowed <= 0.2`.
        _ => judgement.sentence.split(", ").next().unwrap_or_default().to_owned(),
    }
}

/// The bound that a `limit` is written with.
fn bound(rule_text: &str) -> Option<Bound> {
    let (operator, number) = Bound::split(rule_text.strip_prefix(RuleKind::Limit.info().key)?).ok()?;
    Some(Bound { operator, value: Quantity::parse(number).ok()?.value })
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
