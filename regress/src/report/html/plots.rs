use std::ops::Range;

use plotters::prelude::*;

use super::super::line::Line;
use super::super::measurements::Samples;
use super::super::view::Report;
use super::markup::Html;
use crate::model::{Nature, Processes};
use crate::policy::RuleKind;
use crate::unit::{Scale, Unit, show_change};

/// Colours that the style sheet puts others in the place of, in light and in dark.
const INK: RGBColor = RGBColor(1, 1, 1);
const OLD: RGBColor = RGBColor(2, 2, 2);
const NEW: RGBColor = RGBColor(3, 3, 3);
const GRID: RGBColor = RGBColor(4, 4, 4);
const BUDGET: RGBColor = RGBColor(5, 5, 5);

const SIZE: (u32, u32) = (380, 190);
const TEXT: (&str, u32) = ("sans-serif", 14);

/// More points than a plot has columns say nothing.
const POINTS: usize = 240;

type Failure = Box<dyn std::error::Error>;

/// Whether there is anything to draw of a row: a count is a number, not a picture.
pub(super) fn has_any(report: &Report, line: &Line) -> bool {
    let samples = report.samples(line);
    line.row.comparison.metric.nature == Nature::Timed && (most(&samples) > 1 || samples.rounds.len() > 1)
}

/// How many measurements the side has that has more. One is a number, not a picture.
fn most(samples: &Samples<'_>) -> usize {
    [samples.old, samples.new].map(|side| taken(side).len()).into_iter().fold(0, usize::max)
}

/// In the order in which it was measured.
fn taken(side: Option<&Processes>) -> &[f64] {
    side.map_or(&[], |processes| processes.pooled().values())
}

fn ascending(side: Option<&Processes>) -> &[f64] {
    side.map_or(&[], |processes| processes.pooled().sorted())
}

/// Everything that was measured, on either side.
fn both<'a>(samples: &Samples<'a>) -> impl Iterator<Item = f64> + use<'a> {
    taken(samples.old).iter().chain(taken(samples.new)).copied()
}

/// Every plot of a row. A plot that cannot be drawn is left out: the numbers stand above it.
pub(super) fn all(report: &Report, line: &Line, html: &mut Html) {
    let samples = report.samples(line);
    let unit = &line.row.comparison.metric.unit;
    html.raw("<div class=\"plots\">\n");
    if most(&samples) > 1 {
        let what = "Share of measurements up to a value: a curve further left is lower";
        figure(what, true, distributions(&samples, unit), html);
    }
    if samples.rounds.len() > 1 {
        figure("new against old, round by round", false, rounds(samples.rounds), html);
    } else if most(&samples) > 1 {
        figure("Measurements in the order in which they were taken", true, in_order(&samples, unit), html);
    }
    if let Some(effect) = Effect::of(line) {
        figure(&effect.words(), false, effect.draw(), html);
    }
    html.raw("</div>\n");
}

fn figure(what: &str, has_sides: bool, svg: Result<String, Failure>, html: &mut Html) {
    let Ok(svg) = svg else { return };
    html.raw("<figure role=\"img\" aria-label=\"").text(what).raw("\">").raw(&svg).raw("<figcaption>").text(what);
    if has_sides {
        html.raw(" (<b class=\"old\">old grey</b>, <b class=\"new\">new blue</b>)");
    }
    html.raw("</figcaption></figure>\n");
}

/// The empirical distribution of both sides.
fn distributions(samples: &Samples<'_>, unit: &Unit) -> Result<String, Failure> {
    let x = range(both(samples));
    let scale = Scale::fitting(unit, &[x.start, x.end]);
    draw(x, 0.0..100.0, &|x| scale.show(*x), &|y| format!("{y:.0} %"), |chart| {
        for (side, colour) in [(samples.old, OLD), (samples.new, NEW)] {
            let sorted = ascending(side);
            let n = sorted.len();
            let step = n.div_ceil(POINTS).max(1);
            let mut points: Vec<(f64, f64)> = Vec::new();
            for rank in (0..n).step_by(step).chain(n.checked_sub(1)) {
                let before = points.last().map_or(0.0, |(_, share)| *share);
                points.extend([(sorted[rank], before), (sorted[rank], 100.0 * (rank + 1) as f64 / n as f64)]);
            }
            chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
        }
        Ok(())
    })
}

/// Both sides as they were measured.
fn in_order(samples: &Samples<'_>, unit: &Unit) -> Result<String, Failure> {
    let y = range(both(samples));
    let scale = Scale::fitting(unit, &[y.start, y.end]);
    draw(1.0..most(samples) as f64, y, &|x| format!("{x:.0}"), &|y| scale.show(*y), |chart| {
        for (side, colour) in [(samples.old, OLD), (samples.new, NEW)] {
            chart.draw_series(LineSeries::new(numbered(taken(side)), colour.stroke_width(1)))?;
        }
        Ok(())
    })
}

/// Ratios of the rounds, and where nothing changed.
fn rounds(ratios: &[f64]) -> Result<String, Failure> {
    let y = range(ratios.iter().copied().chain([1.0]));
    let last = ratios.len() as f64;
    draw(1.0..last, y, &|x| format!("{x:.0}"), &|y| show_change(*y), |chart| {
        chart.draw_series(LineSeries::new([(1.0, 1.0), (last, 1.0)], INK.stroke_width(1)))?;
        chart.draw_series(LineSeries::new(numbered(ratios), NEW.stroke_width(2)))?;
        Ok(())
    })
}

/// Numbered from 1; of many every so many.
fn numbered(values: &[f64]) -> Vec<(f64, f64)> {
    let step = values.len().div_ceil(POINTS).max(1);
    values.iter().enumerate().step_by(step).map(|(index, value)| ((index + 1) as f64, *value)).collect()
}

/// A change with its intervals, against its budget. All as new ÷ old.
struct Effect {
    point: f64,
    /// What the measurements say.
    measured: (f64, f64),
    /// With the allowance for runs taken apart.
    believed: (f64, f64),
    /// What a rule allows.
    budget: Option<f64>,
    /// By how much two runs of the same program may differ.
    allowance: f64,
}

impl Effect {
    fn of(line: &Line) -> Option<Effect> {
        let change = line.row.comparison.change.as_ref()?;
        let (low, high) = change.believed?;
        let allowance = change.allowance.ratio;
        let budget = line.row.judgements.iter().filter(|judgement| judgement.rule == RuleKind::Change);
        let relative = budget.filter_map(|judgement| judgement.against).map(|against| against.bound.value);
        let effect = Effect {
            point: change.ratio?,
            measured: (low * allowance, high / allowance),
            believed: (low, high),
            budget: relative.filter(|bound| *bound > 0.0).reduce(f64::min),
            allowance,
        };
        let ends = [effect.point, low, high];
        (ends.iter().all(|end| end.is_finite() && *end > 0.0) && low < high).then_some(effect)
    }

    fn words(&self) -> String {
        let budget = self.budget.map(|bound| format!("; red: the budget, {}", show_change(bound))).unwrap_or_default();
        let allowance = match self.allowance > 1.0 {
            true => format!("; grey: what two runs of one program may differ by, ×{}", self.allowance),
            false => String::new(),
        };
        format!(
            "The change, {}: thick what was measured, thin what is believed{budget}{allowance}",
            show_change(self.point)
        )
    }

    fn draw(&self) -> Result<String, Failure> {
        let noise = [1.0 / self.allowance, self.allowance];
        let ends = [self.believed.0, self.believed.1, 1.0].into_iter().chain(self.budget).chain(noise);
        let axis = Axis::for_ratios(&ends.collect::<Vec<_>>());
        let at = |ratio: f64| axis.place(ratio);
        let x = range([self.believed.0, self.believed.1, 1.0].into_iter().chain(self.budget).chain(noise).map(at));
        draw(x, 0.0..1.0, &|x| show_change(axis.ratio(*x)), &|_| String::new(), |chart| {
            let band = |low: f64, high: f64, colour: RGBColor, y: Range<f64>| {
                Rectangle::new([(at(low), y.start), (at(high), y.end)], colour.filled())
            };
            if self.allowance > 1.0 {
                chart.draw_series([band(noise[0], noise[1], GRID, 0.1..0.2)])?;
            }
            let line = |ratio: f64, colour: RGBColor, width: u32| {
                LineSeries::new([(at(ratio), 0.0), (at(ratio), 1.0)], colour.stroke_width(width))
            };
            chart.draw_series(line(1.0, INK, 1))?;
            if let Some(budget) = self.budget {
                chart.draw_series(line(budget, BUDGET, 2))?;
            }
            chart.draw_series([
                band(self.believed.0, self.believed.1, NEW, 0.53..0.57),
                band(self.measured.0, self.measured.1, NEW, 0.47..0.63),
            ])?;
            let point = [(at(self.point), 0.35), (at(self.point), 0.75)];
            chart.draw_series(LineSeries::new(point, NEW.stroke_width(3)))?;
            Ok(())
        })
    }
}

/// Where ratios stand.
enum Axis {
    /// By their difference from 1: what is small is read as a percentage.
    Linear,
    /// As far to the left for a half as to the right for a double.
    Doublings,
}

impl Axis {
    fn for_ratios(ratios: &[f64]) -> Axis {
        /// From here on a percentage misleads; chosen.
        const FAR: f64 = 1.5;
        let is_near = ratios.iter().all(|ratio| (1.0 / FAR..FAR).contains(ratio));
        if is_near { Axis::Linear } else { Axis::Doublings }
    }

    fn place(&self, ratio: f64) -> f64 {
        match self {
            Axis::Linear => ratio - 1.0,
            Axis::Doublings => ratio.log2(),
        }
    }

    fn ratio(&self, place: f64) -> f64 {
        match self {
            Axis::Linear => place + 1.0,
            Axis::Doublings => place.exp2(),
        }
    }
}

/// The range of numbers, with some air; never empty.
fn range(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let air = match high - low {
        width if width > 0.0 => width * 0.05,
        _ => (high.abs() * 0.05).max(f64::MIN_POSITIVE),
    };
    low - air..high + air
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// A plot with axes.
fn draw(
    x: Range<f64>,
    y: Range<f64>,
    x_text: &dyn Fn(&f64) -> String,
    y_text: &dyn Fn(&f64) -> String,
    series: impl FnOnce(&mut Chart<'_, '_>) -> Result<(), Failure>,
) -> Result<String, Failure> {
    if ![x.start, x.end, y.start, y.end].iter().all(|end| end.is_finite()) {
        return Err("it cannot be drawn".into());
    }
    let has_y = !y_text(&y.start).is_empty();
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(6)
            .margin_right(34)
            .x_label_area_size(28)
            .y_label_area_size(if has_y { 84 } else { 12 })
            .build_cartesian_2d(x, y)?;
        let mut mesh = chart.configure_mesh();
        mesh.disable_x_mesh().light_line_style(TRANSPARENT).bold_line_style(GRID).axis_style(INK);
        mesh.x_labels(4).y_labels(if has_y { 5 } else { 0 }).label_style(TEXT.into_font().color(&INK));
        mesh.x_label_formatter(x_text).y_label_formatter(y_text);
        if !has_y {
            mesh.disable_y_mesh().disable_y_axis();
        }
        mesh.draw()?;
        series(&mut chart)?;
        area.present()?;
    }
    Ok(svg)
}
