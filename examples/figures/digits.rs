//! How the training went, and where the classifier is wrong.

use std::path::Path;

use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{BLUE, Canvas, GRID, INK, MUTED, ORANGE, Result, blend, draw_curve, px, save, text, titled};

/// One number per epoch.
pub struct Series<'a> {
    /// What is measured, for the legend.
    pub name: &'a str,
    /// The number after epoch 1, 2, ….
    pub values: Vec<f64>,
}

/// Draws loss (on a logarithmic axis) and accuracy over the epochs, side by side.
///
/// # Errors
///
/// When there is nothing to draw or the file cannot be written.
pub fn learning_curves(path: &Path, losses: &[Series<'_>], accuracies: &[Series<'_>]) -> Result<()> {
    let (lowest_loss, highest_loss) = range(losses)?;
    let (lowest_accuracy, _) = range(accuracies)?;
    save(path, 1200, 520, |canvas| {
        let body = titled(canvas, "Learning curves", "Cross-entropy and accuracy at the end of each epoch")?;
        let (left, right) = body.split_horizontally(px(600));
        let loss_axis = (lowest_loss / 1.5..highest_loss * 1.5).log_scale();
        panel(&left, "Loss", loss_axis, &|y: &f64| y.to_string(), losses)?;
        let floor = (lowest_accuracy * 20.0).floor() / 20.0;
        panel(&right, "Accuracy", floor..1.0, &|y: &f64| format!("{:.0} %", 100.0 * y), accuracies)
    })
}

fn range(series: &[Series<'_>]) -> Result<(f64, f64)> {
    let values = || series.iter().flat_map(|s| &s.values).copied();
    match (values().reduce(f64::min), values().reduce(f64::max)) {
        (Some(low), Some(high)) if low.is_finite() && high.is_finite() => Ok((low, high)),
        _ => Err("there are no finite numbers to draw".into()),
    }
}

fn panel<Y>(
    area: &Canvas<'_>,
    title: &str,
    y_axis: Y,
    label: &dyn Fn(&f64) -> String,
    series: &[Series<'_>],
) -> Result<()>
where
    Y: AsRangedCoord<Value = f64>,
    Y::CoordDescType: ValueFormatter<f64>,
{
    let epochs = series.iter().map(|s| s.values.len()).max().unwrap_or(0);
    let mut chart = ChartBuilder::on(area)
        .margin_right(px(24))
        .margin_bottom(px(12))
        .margin_top(px(44))
        .x_label_area_size(px(44))
        .y_label_area_size(px(76))
        .build_cartesian_2d(1.0..epochs as f64, y_axis)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID.stroke_width(px(1) as u32))
        .axis_style(MUTED.stroke_width(px(1) as u32))
        .label_style(text(13, MUTED, HPos::Left, VPos::Top))
        .x_desc("Epoch")
        .axis_desc_style(text(13, MUTED, HPos::Left, VPos::Top))
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(label)
        .y_labels(6)
        .draw()?;
    area.draw_text(title, &text(15, INK, HPos::Left, VPos::Top), (px(76), px(8)))?;
    let mut legend = 220;
    for (s, color) in series.iter().zip([ORANGE, BLUE]) {
        let points: Vec<_> = s.values.iter().enumerate().map(|(i, &y)| (i as f64 + 1.0, y)).collect();
        draw_curve(chart.plotting_area(), &points, color)?;
        let line = vec![(px(legend), px(16)), (px(legend + 24), px(16))];
        area.draw(&PathElement::new(line, color.stroke_width(px(3) as u32)))?;
        area.draw_text(s.name, &text(13, INK, HPos::Left, VPos::Center), (px(legend + 32), px(16)))?;
        legend += 150;
    }
    Ok(())
}

/// Draws how often each digit (row) was taken for each digit (column).
///
/// # Errors
///
/// When the file cannot be written.
pub fn confusion_matrix(path: &Path, counts: &[[usize; 10]; 10]) -> Result<()> {
    const CELL: i32 = 52;
    const LEFT: i32 = 84;
    const TOP: i32 = 64;
    let total: usize = counts.iter().flatten().sum();
    let right: usize = (0..10).map(|c| counts[c][c]).sum();
    let subtitle = format!("{right} of {total} held-out digits are recognised, {} are not", total - right);
    save(path, 640, 700, |canvas| {
        let body = titled(canvas, "Confusion matrix", &subtitle)?;
        let centred = |size, color| text(size, color, HPos::Center, VPos::Center);
        body.draw_text("Recognised as", &centred(14, MUTED), (px(LEFT + 5 * CELL), px(16)))?;
        let upright = centred(14, MUTED).transform(FontTransform::Rotate270);
        body.draw_text("Written digit", &upright, (px(28), px(TOP + 5 * CELL)))?;
        for (row, written) in (0..10).zip(counts) {
            let middle = CELL * row + CELL / 2;
            body.draw_text(&row.to_string(), &centred(16, INK), (px(LEFT + middle), px(TOP - 18)))?;
            body.draw_text(&row.to_string(), &centred(16, INK), (px(LEFT - 20), px(TOP + middle)))?;
            let of_row = written.iter().sum::<usize>().max(1) as f64;
            for (column, &count) in (0..10).zip(written) {
                let share = count as f64 / of_row;
                let fill = match (count, row == column) {
                    (0, _) => RGBColor(246, 247, 249),
                    (_, true) => blend(RGBColor(206, 222, 245), BLUE, share.powi(3)),
                    // A few percent are a lot of mistakes.
                    (_, false) => blend(RGBColor(253, 224, 196), ORANGE, 5.0 * share),
                };
                let (x, y) = (LEFT + CELL * column, TOP + CELL * row);
                let corners = [(px(x + 1), px(y + 1)), (px(x + CELL - 1), px(y + CELL - 1))];
                body.draw(&Rectangle::new(corners, fill.filled()))?;
                if count > 0 {
                    let ink = if row == column { WHITE } else { INK };
                    body.draw_text(&count.to_string(), &centred(16, ink), (px(x + CELL / 2), px(y + CELL / 2)))?;
                }
            }
        }
        Ok(())
    })
}

/// A digit that was taken for another.
pub struct Mistake<'a> {
    /// 8 × 8 pixels, from 0 (paper) to 1 (ink).
    pub pixels: &'a [f64; 64],
    /// The digit that was meant.
    pub written: usize,
    /// The digit that the classifier found most probable.
    pub recognised: usize,
    /// The probability that it gave to that digit.
    pub probability: f64,
}

/// Draws up to twelve digits with what they are and what they were taken for.
///
/// # Errors
///
/// When the file cannot be written.
pub fn mistakes(path: &Path, mistakes: &[Mistake<'_>]) -> Result<()> {
    const PIXEL: i32 = 20;
    const COLUMN: i32 = 8 * PIXEL + 32;
    const ROW: i32 = 8 * PIXEL + 60;
    let rows = mistakes.len().clamp(1, 12).div_ceil(6) as i32;
    save(path, (24 + 6 * COLUMN) as u32, (92 + rows * ROW) as u32, |canvas| {
        let subtitle = "Held-out digits that the classifier got wrong, the most confident mistakes first";
        let body = titled(canvas, "Mistakes", subtitle)?;
        for (i, mistake) in (0..12).zip(mistakes) {
            let (left, top) = (24 + i % 6 * COLUMN, 8 + i / 6 * ROW);
            for (k, &ink) in (0..64).zip(mistake.pixels) {
                let (x, y) = (left + k % 8 * PIXEL, top + k / 8 * PIXEL);
                let corners = [(px(x), px(y)), (px(x + PIXEL), px(y + PIXEL))];
                body.draw(&Rectangle::new(corners, blend(RGBColor(246, 247, 249), INK, ink).filled()))?;
            }
            let label = |size, color| text(size, color, HPos::Left, VPos::Top);
            let Mistake { written, recognised, probability, .. } = mistake;
            body.draw_text(
                &format!("a {written}, taken for a {recognised}"),
                &label(15, INK),
                (px(left), px(top + 8 * PIXEL + 8)),
            )?;
            let confidence = format!("with probability {probability:.2}");
            body.draw_text(&confidence, &label(12, MUTED), (px(left), px(top + 8 * PIXEL + 29)))?;
        }
        Ok(())
    })
}
