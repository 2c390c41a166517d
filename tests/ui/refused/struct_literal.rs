//! Active values in a variant of an enum, and in what update syntax completes.
use autodiff_runtime::{Differentiable, differentiate};

enum Shape {
    Circle(f64),
    Square { side: f64 },
}

#[differentiate]
fn area(x: f64) -> f64 {
    let shape = Shape::Square { side: x };
    match shape {
        Shape::Circle(r) => r,
        Shape::Square { side } => side,
    }
}

#[derive(Differentiable, Clone, Default)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiate]
fn defaults(x: f64) -> f64 {
    let p = Point { x, ..Default::default() };
    p.x * p.y
}

fn main() {}
