//! Points in clusters, and the ways of the centroids.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{BLUE, GREEN, GRID, INK, MUTED, ORANGE, Result, draw_curve, px, save, text, titled};

/// The colours of clusters.
const COLORS: [RGBColor; 3] = [BLUE, ORANGE, GREEN];

/// A point of the plane.
type Xy = (f64, f64);

/// A clustering.
pub struct Clusters<'a> {
    /// Points with the cluster that each is in.
    pub points: Vec<(Xy, usize)>,
    /// What each point is: an index of `names`. Points are drawn as circles, crosses and triangles by it.
    pub kinds: Vec<usize>,
    /// The names of what points can be.
    pub names: &'a [&'a str],
    /// For each cluster, where its centroid was after 0, 1, 2, … steps.
    pub paths: Vec<Vec<Xy>>,
}

/// Draws the points, coloured by cluster, and the ways of the centroids, which end in a large ring.
///
/// # Errors
///
/// When there are no points or the file cannot be written.
pub fn clusters(path: &Path, (x_name, y_name): (&str, &str), clusters: &Clusters<'_>) -> Result<()> {
    let xs = ends(clusters.points.iter().map(|((x, _), _)| *x))?;
    let ys = ends(clusters.points.iter().map(|((_, y), _)| *y))?;
    save(path, 900, 700, |canvas| {
        let subtitle =
            "Colours: the clusters. Marks: the species. Lines: the centroids, from Newton step to Newton step";
        let body = titled(canvas, "k-means by Newton's method", subtitle)?;
        let mut chart = ChartBuilder::on(&body)
            .margin_left(px(20))
            .margin_right(px(24))
            .margin_bottom(px(12))
            .margin_top(px(8))
            .x_label_area_size(px(48))
            .y_label_area_size(px(72))
            .build_cartesian_2d(xs.0..xs.1, ys.0..ys.1)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID.stroke_width(px(1) as u32))
            .axis_style(MUTED.stroke_width(px(1) as u32))
            .label_style(text(13, MUTED, HPos::Left, VPos::Top))
            .axis_desc_style(text(14, MUTED, HPos::Left, VPos::Top))
            .x_desc(x_name)
            .y_desc(y_name)
            .draw()?;
        for (kind, name) in clusters.names.iter().enumerate() {
            let of_kind = clusters.points.iter().zip(&clusters.kinds).filter(|(_, k)| **k == kind);
            chart
                .draw_series(of_kind.map(|((point, cluster), _)| mark(kind, *point, COLORS[cluster % COLORS.len()])))?
                .label(*name)
                .legend(move |(x, y)| mark(kind, (x + px(12), y), MUTED));
        }
        for (way, color) in clusters.paths.iter().zip(COLORS.iter().cycle()) {
            draw_curve(chart.plotting_area(), way, INK)?;
            chart.draw_series(way.iter().map(|&at| Circle::new(at, px(3), INK.filled())))?;
            if let Some(&last) = way.last() {
                chart.draw_series([
                    Circle::new(last, px(9), WHITE.filled()),
                    Circle::new(last, px(7), color.filled()),
                    Circle::new(last, px(9), INK.stroke_width(px(2) as u32)),
                ])?;
            }
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .margin(px(14))
            .legend_area_size(px(28))
            .label_font(text(14, INK, HPos::Left, VPos::Top))
            .background_style(WHITE.mix(0.85))
            .border_style(GRID)
            .draw()?;
        Ok(())
    })
}

/// A circle, a cross or a triangle.
fn mark<C: Clone + 'static, DB: DrawingBackend>(kind: usize, at: C, color: RGBColor) -> DynElement<'static, DB, C> {
    let faint = color.mix(0.65);
    match kind {
        0 => Circle::new(at, px(4), faint.filled()).into_dyn(),
        1 => Cross::new(at, px(4), faint.stroke_width(px(2) as u32)).into_dyn(),
        _ => TriangleMarker::new(at, px(5), faint.filled()).into_dyn(),
    }
}

/// The smallest and the largest value, with some room around them.
fn ends(values: impl Iterator<Item = f64> + Clone) -> Result<(f64, f64)> {
    match (values.clone().reduce(f64::min), values.reduce(f64::max)) {
        (Some(low), Some(high)) => Ok((low - 0.08 * (high - low), high + 0.08 * (high - low))),
        _ => Err("there are no points to draw".into()),
    }
}
