//! Pictures of what the examples did, as PNG files.
//!
//! Everything is drawn with plotters at twice the size and averaged down, which smooths the edges of lines, and with
//! one font that is compiled in. Sizes are in pixels of the final picture.

mod digits;
mod kmeans;
mod plane;
mod regression;

use std::error::Error;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};

pub use digits::{Mistake, Series, confusion_matrix, learning_curves, mistakes};
pub use kmeans::{Clusters, clusters};
pub use regression::{Descent, Line, descents, lines};

/// What a picture is drawn on.
type Canvas<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many drawn pixels make a pixel of the picture, in each direction.
const OVERSAMPLING: u32 = 2;

const INK: RGBColor = RGBColor(31, 36, 48);
const MUTED: RGBColor = RGBColor(107, 114, 128);
const GRID: RGBColor = RGBColor(229, 231, 235);
const BLUE: RGBColor = RGBColor(37, 99, 200);
const ORANGE: RGBColor = RGBColor(217, 95, 2);
const GREEN: RGBColor = RGBColor(27, 135, 85);

/// The folder `out/<example>` at the root of the workspace, created if need be.
///
/// # Errors
///
/// When the folder cannot be created.
pub fn output_dir(example: &str) -> std::io::Result<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../out").join(example);
    fs::create_dir_all(&dir)?;
    dir.canonicalize()
}

/// Draws a picture of `width` × `height` pixels on white and writes it to `path`.
fn save(path: &Path, width: u32, height: u32, draw: impl FnOnce(&Canvas<'_>) -> Result<()>) -> Result<()> {
    for (style, font) in [(FontStyle::Normal, dejavu::sans::regular()), (FontStyle::Bold, dejavu::sans::bold())] {
        register_font("sans-serif", style, font).map_err(|_| "the font cannot be read")?;
    }
    let (wide, high) = (width * OVERSAMPLING, height * OVERSAMPLING);
    let mut pixels = vec![255; (wide * high * 3) as usize];
    {
        let canvas = BitMapBackend::with_buffer(&mut pixels, (wide, high)).into_drawing_area();
        draw(&canvas)?;
        canvas.present()?;
    }
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&average(&pixels, wide as usize))?;
    writer.finish()?;
    Ok(())
}

/// Averages squares of `OVERSAMPLING` × `OVERSAMPLING` pixels of an RGB image of the given width.
fn average(pixels: &[u8], width: usize) -> Vec<u8> {
    let n = OVERSAMPLING as usize;
    let mut averaged = Vec::with_capacity(pixels.len() / (n * n));
    for rows in pixels.chunks_exact(width * 3 * n) {
        for x in 0..width / n {
            for channel in 0..3 {
                let sum: usize =
                    (0..n * n).map(|i| usize::from(rows[(i / n * width + x * n + i % n) * 3 + channel])).sum();
                averaged.push((sum / (n * n)) as u8);
            }
        }
    }
    averaged
}

/// A length in the picture, in drawn pixels.
fn px(length: i32) -> i32 {
    length * OVERSAMPLING as i32
}

/// Text of a size, colour and place of its anchor.
fn text(size: i32, color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    ("sans-serif", px(size)).into_font().color(&color).pos(Pos::new(h, v))
}

fn bold(size: i32, color: RGBColor) -> TextStyle<'static> {
    ("sans-serif", px(size), FontStyle::Bold).into_font().color(&color).pos(Pos::new(HPos::Left, VPos::Top))
}

/// Writes a title and, below it, a line that says what is shown, and returns what is left of the canvas.
fn titled<'a>(canvas: &Canvas<'a>, title: &str, subtitle: &str) -> Result<Canvas<'a>> {
    canvas.draw_text(title, &bold(20, INK), (px(24), px(20)))?;
    canvas.draw_text(subtitle, &text(14, MUTED, HPos::Left, VPos::Top), (px(24), px(48)))?;
    Ok(canvas.margin(px(76), 0, 0, 0))
}

/// Draws straight lines from point to point by a round pen. The wide lines of plotters are thinner in some directions.
fn draw_curve<X: Ranged, Y: Ranged>(
    area: &DrawingArea<BitMapBackend<'_>, Cartesian2d<X, Y>>,
    points: &[(X::ValueType, Y::ValueType)],
    color: RGBColor,
) -> Result<()> {
    let (left, top) = (area.get_pixel_range().0.start, area.get_pixel_range().1.start);
    let pixels: Vec<_> = points.iter().map(|point| area.map_coordinate(point)).collect();
    let canvas = area.strip_coord_spec();
    for ends in pixels.windows(2) {
        let (dx, dy) = (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1);
        let length = dx.abs().max(dy.abs()).max(1);
        for i in 0..=length {
            let center = (ends[0].0 + dx * i / length - left, ends[0].1 + dy * i / length - top);
            canvas.draw(&Circle::new(center, px(1), color.filled()))?;
        }
    }
    Ok(())
}

/// The colour at `t` in [0, 1] on the way from `a` to `b`.
fn blend(a: RGBColor, b: RGBColor, t: f64) -> RGBColor {
    let mix = |a: u8, b: u8| (f64::from(a) + t.clamp(0.0, 1.0) * (f64::from(b) - f64::from(a))).round() as u8;
    RGBColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}
