//! Active values in a variant of an enum, in what update syntax completes, and in a struct whose type is another.
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

#[derive(Differentiable, Clone)]
struct Single {
    x: f32,
}

#[differentiate]
fn precision(x: f64) -> f64 {
    let p = Single { x: 0.1 };
    x * f64::from(p.x)
}

fn main() {}
