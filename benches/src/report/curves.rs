//! Time per element by size: the points of the curves, and one plot a kernel.

use std::path::Path;

use plotters::prelude::*;

use super::bends::Point;
use super::traffic;
use super::words::{elements, three};
use crate::case::Case;
use crate::compare::results::{Measured, Results};

/// The measured sizes of one kernel on one number of threads.
#[derive(Debug)]
pub struct Curve<'a> {
    /// The first case: what the others have but for the size.
    pub case: Case,
    /// On so many threads.
    pub threads: usize,
    measured: Vec<&'a Measured>,
}

/// A line of a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Whose.
    pub name: String,
    /// Its points, the smallest first.
    pub points: Vec<Point>,
    /// Bytes in memory for each element.
    pub held: usize,
}

/// All curves, in their order. Cases of one kernel follow each other.
#[must_use]
pub fn curves(results: &Results) -> Vec<Curve<'_>> {
    let mut all: Vec<Curve<'_>> = Vec::new();
    for measured in results.cases.iter().filter(|measured| measured.curve) {
        let Ok(case) = measured.case.parse::<Case>() else { continue };
        match all.last_mut() {
            Some(curve)
                if (&curve.case.kernel, curve.threads) == (&case.kernel, measured.threads) =>
            {
                curve.measured.push(measured);
            }
            _ => all.push(Curve { case, threads: measured.threads, measured: vec![measured] }),
        }
    }
    all
}

impl Curve<'_> {
    /// Its name, for people.
    #[must_use]
    pub fn title(&self) -> String {
        let name = self.case.kernel.replace('_', " ");
        let threads =
            if self.threads == 1 { "1 thread".into() } else { format!("{} threads", self.threads) };
        let fixed = ["channels", "p"]
            .iter()
            .filter_map(|key| self.case.text(key).ok().map(|value| format!(", {key} = {value}")));
        format!("{name}{}, f32, {threads}", fixed.collect::<String>())
    }

    /// The file of its plot.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}-{}.svg", self.case.kernel, self.threads)
    }

    /// Ours first, then the plain traffic, then the rivals.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let Some(traffic) = traffic::of(&self.case) else { return Vec::new() };
        let plain = match (&*self.case.kernel, traffic.limit) {
            ("roofline", _) => vec!["copy", "copy_streaming", "read", "write", "triad"],
            (_, "copy") => vec!["copy", "copy_streaming"],
            (_, limit) => vec![limit],
        };
        let ours = [("ours", "out")];
        let plain = plain.into_iter().map(|name| ("roofline", name));
        let named = ours.into_iter().chain(plain).map(|(whose, variant)| {
            let is_plain = whose == "roofline";
            let name = if is_plain { variant.replace('_', ", ") } else { whose.into() };
            let held = if is_plain { traffic::of_plain(variant) } else { traffic.held };
            Line { name, points: self.points(whose, variant), held: 4 * held }
        });
        let rivals = self.rivals().into_iter().map(|(whose, variant)| Line {
            points: self.points(whose, variant),
            name: format!("{whose} {variant}"),
            held: 4 * traffic.held,
        });
        named.chain(rivals).filter(|line| line.points.len() > 1).collect()
    }

    fn points(&self, contestant: &str, variant: &str) -> Vec<Point> {
        let point = |measured: &&Measured| {
            let n = measured.case.parse::<Case>().ok()?.elements()?;
            Some((n, measured.line(contestant, variant)?.median / n as f64))
        };
        self.measured.iter().filter_map(point).collect()
    }

    /// Of each rival the way that was fastest most often.
    fn rivals(&self) -> Vec<(&str, &str)> {
        let mut wins: Vec<(&str, &str, usize)> = Vec::new();
        for measured in &self.measured {
            let mut seen: Vec<&str> = Vec::new();
            for line in measured.rivals() {
                if seen.contains(&&*line.contestant) {
                    continue;
                }
                seen.push(&line.contestant);
                match wins
                    .iter_mut()
                    .find(|(c, v, _)| (*c, *v) == (&line.contestant, &line.variant))
                {
                    Some((_, _, count)) => *count += 1,
                    None => wins.push((&line.contestant, &line.variant, 1)),
                }
            }
        }
        wins.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
        let first = |k: &usize| wins[..*k].iter().all(|(c, _, _)| *c != wins[*k].0);
        (0..wins.len()).filter(first).map(|k| (wins[k].0, wins[k].1)).collect()
    }

    /// Writes the plot.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn draw(&self, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let (lines, path) = (self.lines(), folder.join(self.file()));
        let root = SVGBackend::new(&path, (860, 520)).into_drawing_area();
        root.fill(&WHITE)?;
        let (x, y) = ranges(&lines);
        let mut chart = ChartBuilder::on(&root)
            .caption(self.title(), ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(x.clone(), y.clone())?;
        // Both axes are logarithms to base 2: whole numbers are powers.
        chart
            .configure_mesh()
            .x_labels((x.end - x.start) as usize + 2)
            .y_labels((y.end - y.start) as usize + 2)
            .x_label_formatter(&|x| elements(1 << (x.round() as u32)))
            .y_label_formatter(&|y| three(y.exp2()))
            .light_line_style(TRANSPARENT)
            .bold_line_style(RGBColor(222, 222, 222))
            .x_desc("elements")
            .y_desc("ns per element")
            .axis_desc_style(("sans-serif", 15))
            .label_style(("sans-serif", 13))
            .draw()?;
        for (k, line) in lines.iter().enumerate() {
            let color = COLORS[k % COLORS.len()];
            let points: Vec<(f64, f64)> =
                line.points.iter().map(|(n, t)| ((*n as f64).log2(), t.log2())).collect();
            let style = color.stroke_width(if k == 0 { 3 } else { 2 });
            chart.draw_series(points.iter().map(|p| Circle::new(*p, 3, color.filled())))?;
            chart
                .draw_series(LineSeries::new(points, style))?
                .label(&line.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], style));
        }
        chart
            .configure_series_labels()
            .position(free_corner(&lines))
            .label_font(("sans-serif", 14))
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(200, 200, 200))
            .draw()?;
        root.present()?;
        Ok(())
    }
}

/// Okabe and Ito's colours, which the colour-blind tell apart.
const COLORS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(0, 0, 0),
    RGBColor(130, 130, 130),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
];

/// The upper corner above which no line stands: where the highest end is lower.
fn free_corner(lines: &[Line]) -> SeriesLabelPosition {
    let highest = |end: fn(&Line) -> Option<&Point>| {
        lines.iter().filter_map(end).map(|(_, time)| *time).fold(0.0, f64::max)
    };
    if highest(|line| line.points.last()) > highest(|line| line.points.first()) {
        SeriesLabelPosition::UpperLeft
    } else {
        SeriesLabelPosition::UpperRight
    }
}

/// Whole powers of two around all points.
fn ranges(lines: &[Line]) -> (std::ops::Range<f64>, std::ops::Range<f64>) {
    let around = |values: Vec<f64>| {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        low.floor()..(high.ceil().max(low.floor() + 1.0))
    };
    let all = || lines.iter().flat_map(|line| &line.points);
    (
        around(all().map(|(n, _)| (*n as f64).log2()).collect()),
        around(all().map(|(_, time)| time.log2()).collect()),
    )
}

#[cfg(test)]
mod tests;
