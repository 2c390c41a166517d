//! Gradient descent on the parameters of a line.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::plane::{legend, plane, with_margin};
use super::{BLUE, INK, MUTED, ORANGE, Result, blend, draw_curve, px, save, text, titled};

/// The way of an optimizer through the plane of parameters.
pub struct Descent<'a> {
    /// The optimizer.
    pub name: &'a str,
    /// Intercept and slope after 0, 1, 2, … steps.
    pub path: &'a [[f64; 2]],
}

/// Draws the ways of up to two optimizers over the contours of `loss`, with the minimum at `best`.
///
/// # Errors
///
/// When the file cannot be written.
pub fn descents(
    path: &Path,
    (x_range, y_range): ([f64; 2], [f64; 2]),
    best: [f64; 2],
    loss: &dyn Fn([f64; 2]) -> f64,
    descents: &[Descent<'_>],
) -> Result<()> {
    save(path, 900, 700, |canvas| {
        let subtitle = "Steps over the contours of the loss above its minimum, which double from one to the next";
        let body = titled(canvas, "The way to the best line", subtitle)?;
        let mut chart = ChartBuilder::on(&body)
            .margin_left(px(20))
            .margin_right(px(24))
            .margin_bottom(px(12))
            .margin_top(px(8))
            .x_label_area_size(px(48))
            .y_label_area_size(px(72))
            .build_cartesian_2d(x_range[0]..x_range[1], y_range[0]..y_range[1])?;

        // Bands of the excess loss on a logarithmic scale, with contours where one meets the next.
        let (wide, high) = chart.plotting_area().dim_in_pixel();
        let least = loss(best);
        let band = |x: u32, y: u32| {
            let w0 = x_range[0] + (x_range[1] - x_range[0]) * (f64::from(x) + 0.5) / f64::from(wide);
            let w1 = y_range[1] - (y_range[1] - y_range[0]) * (f64::from(y) + 0.5) / f64::from(high);
            (loss([w0, w1]) - least).max(f64::MIN_POSITIVE).log2().floor()
        };
        let row = |y| (0..wide).map(|x| band(x, y)).collect::<Vec<_>>();
        let highest = [row(0), row(high - 1)].into_iter().flatten().fold(f64::MIN, f64::max);
        let area = chart.plotting_area().strip_coord_spec();
        let mut above = row(0);
        for y in 0..high {
            let bands = row(y);
            for x in 0..wide as usize {
                // Twelve bands below the highest; what is deeper still looks like the last one.
                let depth = (highest - bands[x]) / 12.0;
                let on_contour = bands[x] != above[x] || bands[x] != bands[x.saturating_sub(1)];
                let fill = blend(RGBColor(250, 251, 253), RGBColor(150, 178, 214), depth);
                let color = if on_contour { blend(fill, BLUE, 0.35) } else { fill };
                area.draw_pixel((x as i32, y as i32), &color)?;
            }
            above = bands;
        }
        chart
            .configure_mesh()
            .disable_mesh()
            .axis_style(MUTED.stroke_width(px(1) as u32))
            .label_style(text(13, MUTED, HPos::Left, VPos::Top))
            .axis_desc_style(text(14, MUTED, HPos::Left, VPos::Top))
            .x_label_formatter(&|w| format!("{w:.1}"))
            .y_label_formatter(&|w| format!("{w:.1}"))
            .x_desc("Intercept w₀")
            .y_desc("Slope w₁")
            .draw()?;
        // The first one is drawn last, so that it stays visible where they coincide.
        for (descent, color) in descents.iter().zip([ORANGE, BLUE]).rev() {
            let points: Vec<_> = descent.path.iter().map(|w| (w[0], w[1])).collect();
            draw_curve(chart.plotting_area(), &points, color)?;
            chart
                .draw_series(points.into_iter().map(|point| Circle::new(point, px(3), color.filled())))?
                .label(descent.name)
                .legend(move |(x, y)| {
                    PathElement::new(vec![(x, y), (x + px(24), y)], color.stroke_width(px(3) as u32))
                });
        }
        chart
            .draw_series([Cross::new((best[0], best[1]), px(7), INK.stroke_width(px(2) as u32))])?
            .label("least squares")
            .legend(|(x, y)| Cross::new((x + px(12), y), px(6), INK.stroke_width(px(2) as u32)));
        legend(&mut chart, 34, SeriesLabelPosition::UpperRight)
    })
}

/// A line on its way to the best one.
pub struct Line {
    /// After how many steps.
    pub step: usize,
    /// Intercept and slope, in the units of the axes.
    pub line: [f64; 2],
}

/// Draws points and, from light to dark, the lines that were fitted to them on the way; the best one is dashed.
///
/// # Errors
///
/// When there are no points or the file cannot be written.
pub fn lines(
    path: &Path,
    (xs, ys): (&[f64], &[f64]),
    names: (&str, &str),
    lines: &[Line],
    best: [f64; 2],
) -> Result<()> {
    let x_ends = with_margin(xs.iter().copied(), 0.04)?;
    let segment = |[intercept, slope]: [f64; 2]| [x_ends.0, x_ends.1].map(|x| (x, intercept + slope * x));
    let heights = lines.iter().flat_map(|line| segment(line.line)).map(|(_, y)| y);
    let y_ends = with_margin(ys.iter().copied().chain(heights), 0.04)?;
    save(path, 900, 700, |canvas| {
        let subtitle = "The fitted line after more and more steps of gradient descent";
        let body = titled(canvas, "The line on its way", subtitle)?;
        let mut chart = plane(&body, (x_ends, y_ends), names, 0)?;
        let points = xs.iter().zip(ys).map(|(&x, &y)| Circle::new((x, y), px(3), MUTED.mix(0.35).filled()));
        chart.draw_series(points)?;
        for (i, line) in lines.iter().enumerate() {
            let t = (i + 1) as f64 / lines.len() as f64;
            let color = blend(RGBColor(252, 207, 164), RGBColor(166, 54, 3), t);
            let label = match line.step {
                0 => "start".to_string(),
                1 => "after 1 step".to_string(),
                n => format!("after {n} steps"),
            };
            chart
                .draw_series(LineSeries::new(segment(line.line), color.stroke_width(px(3) as u32)))?
                .label(label)
                .legend(move |(x, y)| {
                    PathElement::new(vec![(x, y), (x + px(24), y)], color.stroke_width(px(3) as u32))
                });
        }
        let dash = INK.stroke_width(px(2) as u32);
        chart
            .draw_series(DashedLineSeries::new(segment(best), px(7), px(6), dash))?
            .label("least squares")
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + px(24), y)], dash));
        legend(&mut chart, 34, SeriesLabelPosition::UpperLeft)
    })
}
