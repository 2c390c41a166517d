//! Points in clusters, and the ways of the centroids.

use std::path::Path;

use plotters::prelude::*;

use super::plane::{legend, plane, with_margin};
use super::{BLUE, GREEN, INK, MUTED, ORANGE, Result, draw_curve, px, save, titled};

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
pub fn clusters(path: &Path, names: (&str, &str), clusters: &Clusters<'_>) -> Result<()> {
    let xs = with_margin(clusters.points.iter().map(|((x, _), _)| *x), 0.08)?;
    let ys = with_margin(clusters.points.iter().map(|((_, y), _)| *y), 0.08)?;
    save(path, 900, 700, |canvas| {
        let subtitle =
            "Colours: the clusters. Marks: the species. Lines: the centroids, from Newton step to Newton step";
        let body = titled(canvas, "k-means by Newton's method", subtitle)?;
        let mut chart = plane(&body, (xs, ys), names, 1)?;
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
        legend(&mut chart, 28, SeriesLabelPosition::UpperLeft)
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
