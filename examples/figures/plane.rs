//! A plane of two quantities, with axes, a faint grid and a legend.

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{Canvas, GRID, INK, MUTED, Result, px, text};

/// What is drawn on.
pub(super) type Plane<'a> = ChartContext<'a, BitMapBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws the axes over a range each, with their names and so many decimals at their ticks.
pub(super) fn plane<'a>(
    body: &Canvas<'a>,
    (xs, ys): ((f64, f64), (f64, f64)),
    (x_name, y_name): (&str, &str),
    decimals: usize,
) -> Result<Plane<'a>> {
    let mut plane = ChartBuilder::on(body)
        .margin_left(px(20))
        .margin_right(px(24))
        .margin_bottom(px(12))
        .margin_top(px(8))
        .x_label_area_size(px(48))
        .y_label_area_size(px(72))
        .build_cartesian_2d(xs.0..xs.1, ys.0..ys.1)?;
    plane
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID.stroke_width(px(1) as u32))
        .axis_style(MUTED.stroke_width(px(1) as u32))
        .label_style(text(13, MUTED, HPos::Left, VPos::Top))
        .axis_desc_style(text(14, MUTED, HPos::Left, VPos::Top))
        .x_label_formatter(&|x| format!("{x:.decimals$}"))
        .y_label_formatter(&|y| format!("{y:.decimals$}"))
        .x_desc(x_name)
        .y_desc(y_name)
        .draw()?;
    Ok(plane)
}

/// Draws the legend of what has a label; its marks are so wide.
pub(super) fn legend(plane: &mut Plane<'_>, width: i32, position: SeriesLabelPosition) -> Result<()> {
    plane
        .configure_series_labels()
        .position(position)
        .margin(px(14))
        .legend_area_size(px(width))
        .label_font(text(14, INK, HPos::Left, VPos::Top))
        .background_style(WHITE.mix(0.85))
        .border_style(GRID)
        .draw()?;
    Ok(())
}

/// The smallest and the largest value, with a share of the distance between them as room on both sides.
pub(super) fn with_margin(values: impl Iterator<Item = f64> + Clone, share: f64) -> Result<(f64, f64)> {
    match (values.clone().reduce(f64::min), values.reduce(f64::max)) {
        (Some(low), Some(high)) => Ok((low - share * (high - low), high + share * (high - low))),
        _ => Err("there are no points to draw".into()),
    }
}
